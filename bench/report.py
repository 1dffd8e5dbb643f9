"""Results as Markdown: medians of the pairs with the range they lie in, and the aims beside them."""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.measure import CONNECTIONS, RATE, Pair, Result, Run

PAGE = Path(__file__).parent.parent / "docs" / "PERFORMANCE.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
MOST_CPU = {"sqlite": 6.0, "postgresql": 10.0}
MOST_P99_MS = 100.0
MOST_RSS_MB = 200.0
MOST_READY_S = 3.0
FLAT = 1.05
"""How much memory may grow from the first tenth of the kudos on."""


def report(result: Result, arguments: list[str], load: tuple[float, float]) -> str:
    parts = [
        f"## {NAMES[result.engine]}",
        _circumstances(arguments, load),
        _table(["what", "aim", "measured", ""], _aims(result)),
    ]
    if result.pairs:
        parts += ["### Closed loop", _table(["connections", "", "bare", "Plaudit", "ratio"], _closed(result.pairs))]
    if result.open_full and result.open_bare:
        head = ["", "kudos a second", "p50", "p99", "worst", "not confirmed"]
        parts += ["### Open loop", _table(head, _open(result.open_bare, result.open_full))]
    if len(result.samples) > 1:
        head = ["kudos", "resident memory", "kudos a second", "p99", "server CPU"]
        parts += ["### Memory", _table(head, _memory(result))]
    return "\n\n".join([*parts, _notes(result)]) + "\n"


def write(engine: str, text: str) -> None:
    """Puts a report between its markers in the document."""
    begin, end = f"<!-- {engine}: begin -->", f"<!-- {engine}: end -->"
    page = PAGE.read_text(encoding="utf-8")
    between = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    assert between.search(page), f"{PAGE.name} has no place for {engine}"
    PAGE.write_text(between.sub(lambda _: f"{begin}\n{text}{end}", page), encoding="utf-8")


def _circumstances(arguments: list[str], load: tuple[float, float]) -> str:
    command = shlex.join(["python", "-m", "bench", *arguments])
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, `{command}`, {os.cpu_count()} cores of {_cpu_model()}, "
        f"Python {platform.python_version()}, {platform.system()}; "
        f"load average {load[0]:.1f} before and {load[1]:.1f} after."
    )


def _cpu_model() -> str:
    try:
        found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except OSError:
        found = None
    return found[1] if found else platform.processor() or platform.machine()


# --- the aims ---------------------------------------------------------------------------------------------


def _aims(result: Result) -> Iterator[list[str]]:
    most = MOST_CPU[result.engine]
    for connections in CONNECTIONS:
        if ratios := [one.full.cpu_us / one.bare.cpu_us for one in _of(result.pairs, connections)]:
            what = f"server CPU a request against bare, {_connections(connections)}"
            yield [what, f"≤ {most:g} times", f"{median(ratios):.1f} times", _met(median(ratios) <= most)]
    if result.open_full:
        p99 = result.open_full.p99_ms
        aim = f"< {MOST_P99_MS:.0f} ms"
        yield [f"p99 at {RATE:.0f} a second, open loop", aim, f"{p99:.1f} ms", _met(p99 < MOST_P99_MS)]
    highest = max(one.rss_mb for one in result.samples)
    yield ["resident memory", f"< {MOST_RSS_MB:.0f} MB", f"{highest:.0f} MB", _met(highest < MOST_RSS_MB)]
    if len(result.samples) > 2:
        first, last = result.samples[1], result.samples[-1]
        grown = f"{first.rss_mb:.0f} MB after {first.kudos:,}, {last.rss_mb:.0f} MB after {last.kudos:,}"
        yield ["and flat", f"≤ {(FLAT - 1) * 100:.0f} % more", grown, _met(last.rss_mb <= first.rss_mb * FLAT)]
    yield [
        "ready, second start",
        f"≤ {MOST_READY_S:.0f} s",
        f"{result.ready_s:.1f} s",
        _met(result.ready_s <= MOST_READY_S),
    ]
    yield ["messages left in the outbox", "0", str(result.left), _met(result.left == 0)]
    yield ["`verify-ledger`, exit code", "0", str(result.ledger), _met(result.ledger == 0)]


def _met(met: bool) -> str:
    return "met" if met else "**missed**"


# --- the tables -------------------------------------------------------------------------------------------


def _closed(pairs: list[Pair]) -> Iterator[list[str]]:
    rows: list[tuple[str, Callable[[Run], float], str]] = [
        ("a second", lambda one: one.rate, ".0f"),
        ("p50, ms", lambda one: one.p50_ms, ".2f"),
        ("p99, ms", lambda one: one.p99_ms, ".2f"),
        ("server CPU a request, µs", lambda one: one.cpu_us, ".0f"),
    ]
    for connections in CONNECTIONS:
        here = _of(pairs, connections)
        for name, value, form in rows:
            bare, full = [value(one.bare) for one in here], [value(one.full) for one in here]
            ratios = [mine / theirs for mine, theirs in zip(full, bare, strict=True)]
            ratio = f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
            yield [str(connections), name, format(median(bare), form), format(median(full), form), ratio]
        database = [one.full.database_us for one in here]
        if any(database):
            yield [str(connections), "database CPU a request, µs", "", f"{median(database):.0f}", ""]
        drained = [one.full.drain_s for one in here]
        yield [str(connections), "until everything was sent, s", "", f"{median(drained):.1f}", ""]
        yield [str(connections), "not confirmed", *_others(here), ""]


def _open(bare: Run, full: Run) -> Iterator[list[str]]:
    for name, run in (("bare", bare), ("Plaudit", full)):
        times = [f"{one:.1f} ms" for one in (run.p50_ms, run.p99_ms, run.worst_ms)]
        yield [name, f"{run.rate:.0f}", *times, str(sum(run.others.values()))]


def _memory(result: Result) -> Iterator[list[str]]:
    for one in result.samples:
        run = one.run
        shown = [f"{run.rate:.0f}", f"{run.p99_ms:.0f} ms", f"{run.cpu_us:.0f} µs"] if run else ["", "", ""]
        yield [f"{one.kudos:,}", f"{one.rss_mb:.0f} MB", *shown]


def _others(pairs: list[Pair]) -> list[str]:
    """How many were answered, but not with a confirmation: all pairs together."""
    return [str(sum(sum(run.others.values()) for run in runs)) for runs in zip(*_both(pairs), strict=True)]


def _both(pairs: list[Pair]) -> list[tuple[Run, Run]]:
    return [(one.bare, one.full) for one in pairs]


def _notes(result: Result) -> str:
    runs = [one.full for one in result.pairs]
    said: Counter[str] = Counter()
    for run in [*runs, *filter(None, [result.open_full])]:
        said.update(run.others)
    lines = []
    if runs:
        busiest = max(one.client_cpu_s / one.seconds for pair in result.pairs for one in (pair.bare, pair.full))
        typical = median(run.client_us for run in runs)
        lines.append(
            f"The client used {typical:.0f} µs of CPU a request in the median, and at most {busiest:.0%} of one core."
        )
    lines += [f"Answered {count} times instead of a confirmation: “{what}”." for what, count in said.most_common()]
    return "\n".join(f"* {one}" for one in lines)


def _of(pairs: list[Pair], connections: int) -> list[Pair]:
    return [one for one in pairs if one.connections == connections]


def _connections(number: int) -> str:
    return "1 connection" if number == 1 else f"{number} connections"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(one) + " |" for one in lines)


def show(text: str) -> None:
    sys.stdout.write(text + "\n")
