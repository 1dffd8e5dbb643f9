"""A whole company's people from a CSV: reading, preview, and applying page by page. `python -m bench.people_import`."""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from bench.databases import ENGINES, folder_on_disk, open_database
from bot.presenter import CardPresenter
from handlers import registry
from handlers.rules.people_csv import read_people
from handlers.ticks import Ticks
from handlers.upload_desk import LINK_LIFE, UploadDesk
from store.db import Database
from store.imports import add_import
from store.migrate import upgrade
from store.people import Profile, save_profiles
from store.person_records import list_all_records
from store.tenants import Workspace, add_tenant, add_workspace
from store.types import Ids, new_token

PEOPLE = 20_000
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TENANT, WORKSPACE = "bench", "bench-slack"
_AT_ONCE = 200

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds. `worst_page_s` is the longest transaction that people may have to wait behind."""

    read_s: float
    preview_s: float
    keep_s: float
    apply_s: float
    pages: int
    worst_page_s: float
    changed: int


def make_file(people: int, department: str) -> bytes:
    """Everybody with everything, eight to a manager, in no order."""
    lines = [
        f"{_address(number)},{number % 12 + 1:02}-{number % 28 + 1:02},{2000 + number % 26}-03-09,"
        f"{department} {number % 50},{_address((number - 1) // 8) if number else '-'}"
        for number in range(people)
    ]
    random.Random(1).shuffle(lines)
    return "\n".join(["email,birthday,start date,department,manager", *lines]).encode()


def measure(engine: str, folder: Path, people: int = PEOPLE) -> Iterator[tuple[str, Figures]]:
    """One import that is all new, one that changes nothing, and one that changes every department."""
    registry.load()
    with open_database(engine, folder) as measured:
        upgrade(measured.url)
        with closing(Database(measured.url)) as database:
            _fill(database, people)
            measured.analyse()
            for what, department in (("all new", "Team"), ("nothing new", "Team"), ("new departments", "Group")):
                yield what, _import(database, make_file(people, department))


def _import(database: Database, content: bytes) -> Figures:
    ids, token = Ids(), new_token()
    desk = UploadDesk(clock=lambda: NOW, new_id=ids, owners=[_address(0)])
    with database.reading() as tx:
        administrator = str(tx.exec_driver_sql(f"SELECT id FROM person WHERE email = '{_address(0)}'").scalar())  # noqa: S608 - ours
    with database.writing() as tx:
        add_import(tx, TENANT, ids(), administrator, NOW, NOW + LINK_LIFE, token)
    file, read_s = _timed(lambda: read_people(content, date(2026, 11, 21)))
    assert not file.errors
    with database.reading() as tx:
        (preview, pages), preview_s = _timed(lambda: desk.preview(tx, token, file))
    with database.writing() as tx:
        content_id, keep_s = _timed(lambda: desk.keep(tx, token, "people.csv", preview, pages))
    with database.writing() as tx:
        desk.confirm(tx, token, content_id)
    ticks = Ticks(database, CardPresenter(), clock=lambda: NOW, new_id=ids, owners=[_address(0)])
    turns = list(_turns(ticks))
    with database.reading() as tx:
        assert list_all_records(tx, TENANT), "it was applied"
    return Figures(read_s, preview_s, keep_s, sum(turns), len(turns), max(turns), preview.changed)


def _turns(ticks: Ticks) -> Iterator[float]:
    """Each page, as the schedule does it."""
    while due := [one for one in ticks.list_due(200) if one.job == "people_import"]:
        yield _timed(lambda: ticks.turn(due[0]))[1]


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    done = work()
    return done, time.perf_counter() - began


def _fill(database: Database, people: int) -> None:
    ids = Ids()
    with database.writing() as tx:
        add_tenant(tx, TENANT, "Bench", "Europe/Berlin", NOW)
        made = Workspace(
            tenant_id=TENANT, id=WORKSPACE, platform="slack", ref="T0BENCH", name="Bench", bot_ref="U0PLAUDIT"
        )
        add_workspace(tx, made)
    for first in range(0, people, _AT_ONCE):
        numbers = range(first, min(first + _AT_ONCE, people))
        profiles = [Profile(f"U{one:07d}", f"Person {one}", email=_address(one)) for one in numbers]
        with database.writing() as tx:
            save_profiles(tx, TENANT, WORKSPACE, profiles, {one.ref: ids() for one in profiles})


def _address(number: int) -> str:
    return f"person{number}@bench.test"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.people_import", description="Measures an import of people.")
    parser.add_argument("--only", choices=ENGINES, help="one database engine")
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--dir", type=Path, help="a folder on a disk for the databases")
    asked = parser.parse_args()
    for engine in [asked.only] if asked.only else ENGINES:
        print(f"{engine}, {asked.people:,} people")
        with folder_on_disk(asked.dir) as folder:
            for what, one in measure(engine, folder, asked.people):
                print(f"  {what}: {_shown(one)}")


def _shown(one: Figures) -> str:
    return (
        f"read {one.read_s:.2f} s, preview {one.preview_s:.2f} s, keep {one.keep_s:.2f} s, "
        f"apply {one.apply_s:.2f} s in {one.pages} transactions, the longest {one.worst_page_s * 1000:.0f} ms; "
        f"{one.changed:,} changed"
    )


if __name__ == "__main__":
    main()
