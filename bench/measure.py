"""What is measured, in which order: bare handler and whole product in turn, so that both meet the same noise."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.databases import Measured, open_database
from bench.server import ROOT, Server, start_bare, start_plaudit, start_slack, verify_ledger

CONNECTIONS = (1, 16, 64)
RATE = 100.0
READ_WHOLE = '"refreshed"'
"""What the log says when the workspace was read, which is work of its own."""
STEP = 10_000
DRAIN_S = 300.0


@dataclass(frozen=True, slots=True)
class Plan:
    pairs: int = 5
    seconds: float = 6.0
    open_seconds: float = 30.0
    many: int = 0
    """How many kudos the memory is watched over."""


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one server. CPU is counted until the outbox is empty, for the sending belongs to it."""

    done: int
    others: dict[str, int]
    seconds: float
    p50_ms: float
    p99_ms: float
    worst_ms: float
    client_cpu_s: float
    server_cpu_s: float
    database_cpu_s: float
    drain_s: float

    @property
    def rate(self) -> float:
        return self.done / self.seconds

    @property
    def cpu_us(self) -> float:
        return self.server_cpu_s / max(self.done, 1) * 1e6

    @property
    def database_us(self) -> float:
        return self.database_cpu_s / max(self.done, 1) * 1e6

    @property
    def client_us(self) -> float:
        return self.client_cpu_s / max(self.done + sum(self.others.values()), 1) * 1e6


@dataclass(frozen=True, slots=True)
class Pair:
    connections: int
    bare: Run
    full: Run


@dataclass(frozen=True, slots=True)
class Sample:
    """The server after so many kudos."""

    kudos: int
    rss_mb: float
    run: Run | None = None


@dataclass(slots=True)
class Result:
    engine: str
    pairs: list[Pair] = field(default_factory=list)
    open_bare: Run | None = None
    open_full: Run | None = None
    samples: list[Sample] = field(default_factory=list)
    ready_s: float = 0.0
    ledger: int = -1
    """The exit code of `verify-ledger`."""
    left: int = -1
    """Messages in the outbox at the end."""


def measure(engine: str, plan: Plan, folder: Path) -> Result:
    result = Result(engine)
    with open_database(engine, folder) as database:
        with _servers(database, folder, result) as bench:
            bench.warm_up()
            result.samples.append(Sample(0, bench.plaudit.rss_mb()))
            for number in range(plan.pairs):
                result.pairs += [bench.pair(one, plan.seconds, number) for one in CONNECTIONS]
            if plan.open_seconds:
                result.open_bare = bench.open(bench.bare, plan.open_seconds)
                result.open_full = bench.open(bench.plaudit, plan.open_seconds)
            result.samples += bench.many(plan.many)
            result.left = database.pending()
        result.ledger = verify_ledger(database.url)
    return result


@contextmanager
def _servers(database: Measured, folder: Path, result: Result) -> Iterator[Bench]:
    """Everything up, the product for the second time: its tables are made, and it knows its people."""
    running = [slack := start_slack(folder), bare := start_bare(folder)]
    try:
        bare.until_ready()
        running.append(first := start_plaudit(database.url, slack, folder))
        first.until_ready()
        first.until_logged(READ_WHOLE)
        running.remove(first)
        first.stop()
        database.post_each()
        database.analyse()
        running.append(plaudit := start_plaudit(database.url, slack, folder))
        result.ready_s = plaudit.until_ready()
        plaudit.until_logged(READ_WHOLE)
        yield Bench(bare, plaudit, database)
    finally:
        for one in reversed(running):
            one.stop()


class Bench:
    def __init__(self, bare: Server, plaudit: Server, database: Measured) -> None:
        self.bare = bare
        self.plaudit = plaudit
        self._database = database
        self._next = 0

    def warm_up(self) -> None:
        for server in (self.bare, self.plaudit):
            self._load(server, "--connections", "4", "--most", "300", "--seconds", "30")

    def pair(self, connections: int, seconds: float, number: int) -> Pair:
        asked = ("--connections", str(connections), "--seconds", str(seconds))
        pair = Pair(connections, self._load(self.bare, *asked), self._load(self.plaudit, *asked))
        _tell(f"pair {number + 1}, {connections} connections", pair.bare, pair.full)
        return pair

    def open(self, server: Server, seconds: float) -> Run:
        run = self._load(server, "--rate", str(RATE), "--seconds", str(seconds))
        _tell(f"open loop, {server.name}", run)
        return run

    def many(self, total: int) -> list[Sample]:
        """Memory after every so many kudos; the outbox is empty each time."""
        samples: list[Sample] = []
        for kudos in range(STEP, total + 1, STEP):
            run = self._load(self.plaudit, "--connections", "16", "--most", str(STEP), "--seconds", "3600")
            samples.append(Sample(kudos, self.plaudit.rss_mb(), run))
            _tell(f"{kudos} kudos, {samples[-1].rss_mb:.0f} MB", run)
        return samples

    def _load(self, server: Server, *asked: str) -> Run:
        """Loads one server, and waits until everything that follows was done, too."""
        used, used_by_database = server.cpu_s(), self._database.cpu_s()
        command = [sys.executable, "-m", "bench.load", "--port", str(server.port), "--first", str(self._next)]
        told = json.loads(subprocess.run([*command, *asked], cwd=ROOT, check=True, capture_output=True).stdout)
        drain_s = self._drain() if server is self.plaudit else 0.0
        if server is self.plaudit:
            self._next += told["done"] + sum(told["others"].values())
        return Run(
            **told,
            server_cpu_s=server.cpu_s() - used,
            database_cpu_s=self._database.cpu_s() - used_by_database if server is self.plaudit else 0.0,
            drain_s=drain_s,
        )

    def _drain(self) -> float:
        began = time.perf_counter()
        while self._database.pending():
            if time.perf_counter() - began > DRAIN_S:
                raise RuntimeError("the outbox does not run empty")
            time.sleep(0.2)
        return time.perf_counter() - began


def _tell(what: str, *runs: Run) -> None:
    """Progress, for whoever waits."""
    shown = "; ".join(
        f"{one.rate:.0f}/s p50 {one.p50_ms:.1f} p99 {one.p99_ms:.1f} ms, {one.cpu_us:.0f} µs CPU"
        + (f", {sum(one.others.values())} others" if one.others else "")
        for one in runs
    )
    print(f"{what}: {shown}", file=sys.stderr, flush=True)
