"""`python -m bench.programme`: what the programme around recognitions costs as it grows.

Leaderboards after ten thousand and after five million recognitions of the same people; the Monday wave of many
tenants; the Thursday reminders of many people; and what it costs to look while nothing is due.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from sqlalchemy import func, select, text

from bench.databases import ENGINES, Measured, folder_on_disk, open_database
from bench.filled import CHUNK, ZONES, Filled, chunks, fill_recognitions, fill_tenant, indexed_at_the_end, insert_all
from bench.report import NAMES, show
from bot.presenter import CardPresenter
from handlers import registry
from handlers.dispatch import Dispatcher
from handlers.purposes import Purpose
from handlers.ticks import Ticks
from handlers.vocabulary import AccountRef, Command, Platform, WorkspaceRef
from scheduler.ticks import TickRunner
from store.choices import choice
from store.db import Database
from store.migrate import upgrade
from store.outbox import outbox
from store.schedules import START, schedule
from store.types import Ids

T = TypeVar("T")
NOW = datetime(2026, 11, 19, 12, tzinfo=UTC)
"""A Thursday; the people of these books have worked for years."""
ASKS = 30
"""How often a board is asked for; the median counts."""


@dataclass(frozen=True, slots=True)
class Size:
    few: int = 10_000
    many: int = 5_000_000
    people: int = 5_000
    tenants: int = 1_000
    reminded: int = 200_000


QUICK = Size(few=2_000, many=50_000, people=500, tenants=50, reminded=2_000)


def main() -> None:
    asked = _parser().parse_args()
    registry.load()
    size = QUICK if asked.quick else Size()
    size = replace(size, many=asked.many or size.many)
    for engine in [asked.only] if asked.only else ENGINES:
        show(f"## {NAMES[engine]}, {size}")
        with folder_on_disk(asked.dir) as folder:
            for measure in [_boards, _monday, _thursday]:
                if asked.part in ("", measure.__name__.strip("_")):
                    measure(engine, folder, size)


# --- leaderboards -----------------------------------------------------------------------------------------


def _boards(engine: str, folder: Path, size: Size) -> None:
    with ExitStack() as opened:
        few, many = (opened.enter_context(_board_books(engine, folder, size, one)) for one in (size.few, size.many))
        for words in ("given week", "given month", "given quarter", "given all", "received week", "received all"):
            # In turn, so that both meet the same noise.
            took = [(_timed(partial(few, n, words)), _timed(partial(many, n, words))) for n in range(ASKS)]
            short, long = (1000 * median(one) for one in zip(*took, strict=True))
            show(f"* /leaderboard {words}: {short:.1f} ms after {size.few:,}, {long:.1f} ms after {size.many:,} "
                 f"recognitions: {long / short:.2f} times (aim 1.5)")  # fmt: skip


@contextmanager
def _board_books(engine: str, folder: Path, size: Size, count: int) -> Iterator[Callable[[int, str], None]]:
    """An organisation after so many recognitions, given at one pace: half a week, or five years. Gives who asks."""
    with _filled(engine, folder / f"boards{count}") as (database, measured):
        began = time.perf_counter()
        with database.writing() as tx, indexed_at_the_end(tx):
            filled = fill_tenant(tx, 0, size.people, ["UTC"], NOW - timedelta(days=2000))
            fill_recognitions(tx, filled, count, 260 * count / size.many, NOW)
        _analyse(database, measured)
        show(f"* {count:,} recognitions filled in {time.perf_counter() - began:.0f} s")
        dispatcher = Dispatcher(database, CardPresenter(), clock=lambda: NOW, new_id=Ids())
        yield partial(_ask, dispatcher, filled)


def _ask(dispatcher: Dispatcher, filled: Filled, number: int, words: str) -> None:
    who = AccountRef(WorkspaceRef(Platform.SLACK, "T00000"), f"U{filled.people[number % len(filled.people)]}")
    answered = dispatcher.dispatch(Command(key=f"{words}:{number}", who=who, name="leaderboard", text=(words,)))
    assert answered.outcome == "read", answered


# --- schedules --------------------------------------------------------------------------------------------


def _monday(engine: str, folder: Path, size: Size) -> None:
    """Each tenant's own Monday, hour by hour; then the same after a week of downtime, all at once."""
    with _filled(engine, folder / "monday") as (database, measured):
        with database.writing() as tx:
            for number in range(size.tenants):
                zone = ZONES[number % len(ZONES)]
                filled = fill_tenant(tx, number, 12, [zone], NOW - timedelta(days=60))
                fill_recognitions(tx, filled, 60, 2, NOW)
        _analyse(database, measured)
        clock = _Clock(NOW)
        runner = _runner(database, clock)
        asyncio.run(runner.plan())
        waits, posts = [], 0
        for _ in range(7 * 24):
            clock.now += timedelta(hours=1)
            before = _messages(database)
            took = _timed(lambda: asyncio.run(runner.run()))
            if made := _messages(database) - before:
                waits.append(took)
                posts += made
        show(
            f"* Monday of {size.tenants:,} tenants in {len(ZONES)} zones: {posts:,} posts; from due to the last one in "
            f"the outbox {1000 * median(waits):.0f} ms in the median hour, {1000 * max(waits):.0f} ms in the fullest"
        )
        clock.now += timedelta(days=14)
        took = _timed(lambda: asyncio.run(runner.run()))
        show(f"* The same after two weeks of downtime, every zone at once: {took:.1f} s")
        idle = [_timed(lambda: asyncio.run(runner.run())) for _ in range(ASKS)]
        show(f"* To look while nothing is due: {1000 * median(idle):.2f} ms")


def _thursday(engine: str, folder: Path, size: Size) -> None:
    """Everybody asked to be reminded, nobody gave: the most that a Thursday can be."""
    with _filled(engine, folder / "thursday") as (database, measured):
        with database.writing() as tx:
            filled = fill_tenant(tx, 0, size.reminded, ZONES, NOW - timedelta(days=60))
            for part in chunks(filled.people, CHUNK):
                insert_all(tx, choice, [_agrees(filled.tenant_id, one) for one in part])
            tx.execute(schedule.insert(), [_reminder(filled.tenant_id, zone) for zone in ZONES])
        _analyse(database, measured)
        clock = _Clock(NOW + timedelta(hours=10))  # when it is Thursday afternoon, or was, wherever there is a row
        runner = _runner(database, clock)
        before = _messages(database)
        took = _timed(lambda: asyncio.run(runner.run()))
        made = _messages(database) - before
        show(f"* Thursday of {size.reminded:,} people in {len(ZONES)} zones, all at once: {made:,} reminders in "
             f"{took:.1f} s, {1e6 * took / max(made, 1):.0f} µs each")  # fmt: skip
        idle = [_timed(lambda: asyncio.run(runner.run())) for _ in range(ASKS)]
        show(f"* To look while nothing is due: {1000 * median(idle):.2f} ms")


def _agrees(tenant_id: str, person_id: str) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "person_id": person_id,
        "purpose": Purpose.REMINDER,
        "chosen": True,
        "chosen_at": NOW,
    }


def _reminder(tenant_id: str, zone: str) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "job": "streak_reminder",
        "subject": zone,
        "next_at": NOW - timedelta(hours=1),
        "page": "",
        "held_until": START,
    }


# --- what they share --------------------------------------------------------------------------------------


class _Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def _runner(database: Database, clock: _Clock) -> TickRunner:
    ticks = Ticks(database, CardPresenter(), clock=clock, new_id=Ids())
    return TickRunner(ticks, read=_at_once, write=_at_once)


def _at_once(work: Callable[[], T]) -> Awaitable[T]:
    async def done() -> T:
        return work()

    return done()


def _messages(database: Database) -> int:
    with database.reading() as tx:
        return tx.execute(select(func.count()).select_from(outbox)).scalar_one()


@contextmanager
def _filled(engine: str, folder: Path) -> Iterator[tuple[Database, Measured]]:
    """A new database with every table, durable, without time limits for the filling."""
    folder.mkdir()
    with open_database(engine, folder) as measured:
        upgrade(measured.url)
        with closing(Database(measured.url, patient=True)) as database:
            yield database, measured


def _analyse(database: Database, measured: Measured) -> None:
    """What was filled is told to PostgreSQL's statistics now: by itself that may come seconds later, and be missed."""
    if database.kind == "postgresql":
        with database.writing() as tx:
            tx.execute(text("SELECT pg_stat_force_next_flush()"))
    measured.analyse()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.programme", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small books: does it work")
    parser.add_argument("--only", choices=ENGINES, help="one database engine")
    parser.add_argument("--part", choices=("boards", "monday", "thursday"), default="", help="one measurement")
    parser.add_argument("--many", type=int, help="recognitions of the large boards")
    parser.add_argument("--dir", type=Path, help="a folder on a disk for databases")
    return parser


if __name__ == "__main__":
    main()
