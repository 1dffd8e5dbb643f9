"""The schedule: done once, whoever looks and whatever happens, over long time and over every kind of clock."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import text

from bot.presenter import CardPresenter
from handlers import registry
from handlers.context import TenantContext
from handlers.programme import read_programme
from handlers.purposes import Purpose
from handlers.rules.instants import MONDAY, Daily, Rule, Weekly
from handlers.rules.policy import Policy
from handlers.ticks import HELD, Ticks, move_tenant, schedule_for_zone, schedule_once
from handlers.vocabulary import Card, Reader, Tick, Turned, Who
from scheduler.ticks import TickRunner
from store.choices import choose
from store.conversations import Conversation, save_place
from store.db import Database
from store.people import Profile, save_profiles
from store.person_records import RecordFact, save_records
from store.requests import claim
from store.schedules import Scheduled, add_schedules
from store.tenants import Workspace, add_tenant, add_workspace, list_homes
from store.types import Ids
from tests.conftest import Clock

T = TypeVar("T")
MONDAYS, DAYS = Weekly(MONDAY, time(9)), Daily(time(9))
Job = Callable[[Tick, TenantContext], Turned]


class Cards:
    """The real presenter, which keeps what was shown."""

    def __init__(self) -> None:
        self._presenter = CardPresenter()
        self.shown: list[Card] = []
        self.form = self._presenter.form

    def card(self, card: Card, reader: Reader) -> dict[str, Any]:
        self.shown.append(card)
        return self._presenter.card(card, reader)

    def names(self) -> list[str]:
        """Whom the cards name, in order."""
        rows = [row for card in self.shown for row in card.data["rows"]]  # type: ignore[attr-defined]
        return [one.name for row in rows for one in row["people"] if isinstance(one, Who)]


class Desk:
    """One process's schedule, and what an auditor sees of it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.cards = Cards()
        self.reads = self.writes = 0
        self.ticks = Ticks(database, self.cards, clock=clock, new_id=Ids())
        self.runner = TickRunner(self.ticks, read=self._read, write=self._write)

    async def at(self, instant: str | datetime) -> None:
        self.clock.now = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        await self.runner.run()

    def add(self, job: str, next_at: str, subject: str = "", page: str = "") -> None:
        row = Scheduled("t", job, subject, datetime.fromisoformat(next_at), page)
        with self.database.writing() as tx:
            add_schedules(tx, [row])

    def context(self, tx: Any) -> TenantContext:
        home = list_homes(tx, "t")[0]
        return TenantContext(
            tx=tx,
            now=self.clock(),
            new_id=Ids(),
            home=home,
            policy=Policy.read(home.policy),
            programme=read_programme(tx, "t"),
        )

    def moves_to(self, zone: str) -> None:
        with self.database.writing() as tx:
            move_tenant(self.context(tx), zone)
            tx.execute(text("UPDATE tenant SET zone = :zone"), {"zone": zone})

    def marks(self) -> list[str]:
        """What the jobs of these tests did, in order."""
        with self.database.reading() as tx:
            rows = tx.execute(text("SELECT name FROM request WHERE key LIKE 'mark:%' ORDER BY key"))
            return [row[0] for row in rows]

    def rows(self) -> dict[str, str]:
        with self.database.reading() as tx:
            rows = tx.execute(text("SELECT job, next_at FROM schedule")).all()
        return {row[0]: str(row[1])[:16].replace("T", " ") for row in rows}

    def _read(self, work: Callable[[], T]) -> Awaitable[T]:
        self.reads += 1
        return asyncio.to_thread(work)

    def _write(self, work: Callable[[], T]) -> Awaitable[T]:
        self.writes += 1
        return asyncio.to_thread(work)


@pytest.fixture
def desk(database: Database, clock: Clock) -> Desk:
    registry.load()
    _found(database, clock)
    return Desk(database, clock)


def _found(database: Database, clock: Clock, zone: str = "Europe/Berlin") -> None:
    with database.writing() as tx:
        add_tenant(tx, "t", "Acme", zone, clock())
        add_workspace(
            tx,
            Workspace(tenant_id="t", id="w", platform="slack", ref="T1", name="acme", bot_ref="B", recognition_id="c"),
        )
        save_place(tx, Conversation(tenant_id="t", id="c", workspace_id="w", ref="C1", kind="channel", name="kudos"))


@pytest.fixture
def job() -> Iterator[Callable[..., None]]:
    """Registers a job for the length of a test."""
    with ExitStack() as stack:

        def register(name: str, handler: Job, **how: Any) -> None:
            registry.tick(name, **how)(handler)
            stack.callback(registry.ticks.pop, name)

        yield register


def mark(ctx: TenantContext, what: str) -> None:
    """Something that is there once for each time it was done; ids are in order."""
    claim(ctx.tx, ctx.tenant_id, f"mark:{ctx.new_id()}", what, ctx.now)


def marking(tick: Tick, ctx: TenantContext) -> Turned:
    mark(ctx, tick.label)
    return Turned()


# --- once --------------------------------------------------------------------------------------------------


async def test_three_schedulers_at_once_do_it_once(
    database_url: str, database: Database, desk: Desk, clock: Clock, job: Callable[..., None]
) -> None:
    def paged(tick: Tick, ctx: TenantContext) -> Turned:
        mark(ctx, f"{tick.label}/{tick.page}")
        return Turned(next_page=str(int(tick.page or 0) + 1) if tick.page < "4" else "")

    def whole(tick: Tick, ctx: TenantContext) -> Turned:
        mark(ctx, f"once/{tick.page}")
        return Turned(next_page="2" if not tick.page else "")

    job("paged", paged, rule=DAYS)
    job("whole", whole)
    desk.add("paged", "2026-11-19T08:00Z")
    desk.add("whole", "2026-11-19T08:00Z", subject="u1")
    clock.now = datetime(2026, 11, 19, 8, tzinfo=UTC)
    barrier = Barrier(3)

    def process() -> None:
        with closing(Database(database_url, durable=False)) as own:
            other = Desk(own, clock)
            barrier.wait()
            for _ in range(10):  # who was in somebody's way looks again, as the clock makes it do
                asyncio.run(other.runner.run())

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(process) for _ in range(3)]:
            await asyncio.wrap_future(done)
    pages = [f"2026-11-19/{page}" for page in ("", "1", "2", "3", "4")]
    assert sorted(desk.marks()) == [*pages, "once/", "once/2"]
    assert desk.rows() == {"paged": "2026-11-20 08:00"}


async def test_what_died_between_pages_goes_on_there_and_repeats_nothing(
    desk: Desk, clock: Clock, job: Callable[..., None]
) -> None:
    broken = True

    def handler(tick: Tick, ctx: TenantContext) -> Turned:
        mark(ctx, tick.page or "first")
        if broken and tick.page == "second":
            raise RuntimeError("died")
        return Turned(next_page={"": "second", "second": "third"}.get(tick.page, ""))

    job("pages", handler, rule=DAYS)
    desk.add("pages", "2026-11-19T08:00Z")
    with structlog.testing.capture_logs() as logs:
        await desk.at("2026-11-19T08:00Z")
        await desk.at("2026-11-19T08:09:59Z")
    assert [one["event"] for one in logs if one["log_level"] == "error"] == ["tick failed"]
    assert desk.marks() == ["first"]
    broken = False
    await desk.at(datetime(2026, 11, 19, 8, tzinfo=UTC) + HELD)
    assert desk.marks() == ["first", "second", "third"]
    await desk.at("2026-11-20T08:00Z")
    assert desk.marks() == ["first", "second", "third"] * 2


async def test_what_is_left_of_a_period_ends_with_it(desk: Desk, job: Callable[..., None]) -> None:
    def handler(tick: Tick, ctx: TenantContext) -> Turned:
        if tick.page and tick.label == "2026-11-19":
            raise RuntimeError("died")
        mark(ctx, f"{tick.label}/{tick.page}")
        return Turned(next_page="" if tick.page else "2")

    job("pages", handler, rule=DAYS)
    desk.add("pages", "2026-11-19T08:00Z")
    with structlog.testing.capture_logs():
        await desk.at("2026-11-19T08:00Z")
    await desk.at("2026-11-20T08:00Z")
    assert desk.marks() == ["2026-11-19/", "2026-11-20/", "2026-11-20/2"]


async def test_a_job_that_fails_holds_up_nobody_else(desk: Desk, job: Callable[..., None]) -> None:
    def failing(tick: Tick, ctx: TenantContext) -> Turned:
        raise RuntimeError("it fails always")

    job("a failing one", failing, rule=DAYS)
    job("another", marking, rule=DAYS)
    desk.add("a failing one", "2026-11-19T08:00Z")
    desk.add("another", "2026-11-19T08:00Z")
    with structlog.testing.capture_logs() as logs:
        for day in range(19, 23):
            await desk.at(f"2026-11-{day}T08:00Z")
    assert desk.marks() == ["2026-11-19", "2026-11-20", "2026-11-21", "2026-11-22"]
    assert len(logs) == 4


async def test_work_that_is_done_once_is_gone_when_it_is_done(desk: Desk, job: Callable[..., None]) -> None:
    def handler(tick: Tick, ctx: TenantContext) -> Turned:
        mark(ctx, f"{tick.subject}/{tick.page}")
        return Turned(next_page="2" if not tick.page else "")

    job("work", handler)
    with desk.database.writing() as tx:
        schedule_once(desk.context(tx), "work", "upload 1")
        schedule_once(desk.context(tx), "work", "upload 1")
    await desk.runner.run()
    await desk.at("2026-12-19T08:00Z")
    assert desk.marks() == ["upload 1/", "upload 1/2"]
    assert desk.rows() == {}


# --- downtime, and what is not there -----------------------------------------------------------------------


async def test_after_five_days_the_board_comes_once_and_what_is_late_does_not(
    desk: Desk, job: Callable[..., None]
) -> None:
    missed: list[datetime] = []

    def board(tick: Tick, ctx: TenantContext) -> Turned:
        missed.append(tick.missed_at)
        return marking(tick, ctx)

    job("board", board, rule=DAYS)
    job("note", marking, rule=MONDAYS, late=timedelta(hours=27))
    desk.add("board", "2026-11-23T08:00Z")
    desk.add("note", "2026-11-23T08:00Z")
    await desk.at("2026-11-28T07:00Z")
    assert desk.marks() == ["2026-11-27"]
    assert missed == [datetime(2026, 11, 23, 8, tzinfo=UTC)]
    assert desk.rows() == {"board": "2026-11-28 08:00", "note": "2026-11-30 08:00"}


async def test_while_the_app_is_removed_rows_stay_due_and_then_it_goes_on(desk: Desk, job: Callable[..., None]) -> None:
    job("days", marking, rule=DAYS)
    job("work", marking)
    desk.add("days", "2026-11-19T08:00Z")
    desk.add("work", "2026-11-19T08:00Z", subject="upload 1", page="7")
    with desk.database.writing() as tx:
        tx.execute(text("UPDATE workspace SET removed_at = '2026-11-18T00:00:00.000000+00:00'"))
    await desk.at("2026-11-19T08:00Z")
    assert (desk.marks(), desk.rows()) == ([], {"days": "2026-11-19 08:00", "work": "2026-11-19 08:00"})
    await desk.at("2026-11-20T11:30Z")
    with desk.database.writing() as tx:
        tx.execute(text("UPDATE workspace SET removed_at = NULL"))
    await desk.at("2026-11-21T11:30Z")
    assert sorted(desk.marks()) == ["", "2026-11-21"]
    assert desk.rows() == {"days": "2026-11-22 08:00"}


async def test_a_job_of_another_version_is_left_for_it(desk: Desk) -> None:
    desk.add("quests", "2026-11-19T08:00Z")
    await desk.at("2026-11-19T08:00Z")
    assert desk.rows() == {"quests": "2026-11-19 08:00"}


async def test_what_comes_due_while_the_app_is_away_for_a_moment_is_not_lost(
    desk: Desk, job: Callable[..., None]
) -> None:
    job("days", marking, rule=DAYS)
    desk.add("days", "2026-11-19T08:00Z")
    with desk.database.writing() as tx:
        tx.execute(text("UPDATE workspace SET removed_at = '2026-11-18T00:00:00.000000+00:00'"))
    await desk.at("2026-11-19T08:00Z")
    with desk.database.writing() as tx:
        tx.execute(text("UPDATE workspace SET removed_at = NULL"))
    await desk.at("2026-11-19T09:00Z")
    assert desk.marks() == ["2026-11-19"]


async def test_a_clock_that_was_wrong_for_a_moment_silences_nothing(desk: Desk, job: Callable[..., None]) -> None:
    job("days", marking, rule=DAYS)
    desk.add("days", "2027-11-29T08:00Z")
    desk.ticks.plan()
    await desk.at("2026-11-19T08:00Z")
    assert desk.marks() == ["2026-11-19"]


async def test_a_process_that_starts_while_another_plans_goes_on(
    desk: Desk, job: Callable[..., None], database_url: str
) -> None:
    job("days", marking, rule=DAYS, by_tenant=True)
    due_at = datetime(2026, 11, 19, 8, tzinfo=UTC)
    with closing(Database(database_url, durable=False)) as other, other.writing() as tx:
        add_schedules(tx, [Scheduled("t", "days", "", due_at, "")])
        await desk.runner.plan()
    assert desk.rows()["days"] == "2026-11-19 08:00"


async def test_with_nothing_due_it_costs_one_look(desk: Desk) -> None:
    desk.ticks.plan()
    seen: list[str] = []
    with desk.database.reading() as tx:
        connection = tx.connection.dbapi_connection
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(seen.append)
    await desk.runner.run()
    assert (desk.reads, desk.writes) == (1, 0)
    assert len([one for one in seen if one.lstrip().startswith("SELECT")]) in (0, 1)


async def test_a_new_tenant_has_its_jobs_from_their_next_hour_on(desk: Desk, job: Callable[..., None]) -> None:
    job("days", marking, rule=DAYS, by_tenant=True)
    desk.ticks.plan()
    desk.ticks.plan()
    await desk.runner.run()
    assert desk.marks() == []
    assert desk.rows()["days"] == "2026-11-19 08:00"


# --- zones -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moves_at", "zones", "local"),
    [
        ("2026-11-23T07:00Z", ("Europe/Berlin", "America/New_York"), ["2026-11-23 09:00", "2026-11-30 09:00"]),
        ("2026-11-23T09:00Z", ("Europe/Berlin", "America/New_York"), ["2026-11-23 03:00", "2026-11-30 09:00"]),
        ("2026-11-23T13:00Z", ("America/New_York", "Europe/Berlin"), ["2026-11-23 14:00", "2026-11-30 09:00"]),
        ("2026-11-23T15:00Z", ("America/New_York", "Europe/Berlin"), ["2026-11-23 15:00", "2026-11-30 09:00"]),
        ("2026-11-22T20:00Z", ("Pacific/Kiritimati", "Pacific/Honolulu"), ["2026-11-22 09:00", "2026-11-30 09:00"]),
        ("2026-11-23T18:00Z", ("Pacific/Honolulu", "Pacific/Kiritimati"), ["2026-11-24 08:00", "2026-11-30 09:00"]),
    ],
)
async def test_a_tenant_that_moves_on_the_day_has_its_week_once(
    desk: Desk, clock: Clock, job: Callable[..., None], moves_at: str, zones: tuple[str, str], local: list[str]
) -> None:
    """`local`: when, on the wall that the tenant has in the end."""
    done: list[str] = []

    def handler(tick: Tick, ctx: TenantContext) -> Turned:
        done.append(f"{ctx.now.astimezone(ZoneInfo(zones[1])):%Y-%m-%d %H:%M}")
        return marking(tick, ctx)

    job("weeks", handler, rule=MONDAYS, by_tenant=True)
    desk.moves_to(zones[0])
    clock.now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    desk.add("weeks", MONDAYS.following(ZoneInfo(zones[0]), clock()).isoformat())
    move = datetime.fromisoformat(moves_at)
    while clock() < datetime(2026, 12, 1, tzinfo=UTC):
        await desk.at(clock() + timedelta(hours=1))
        if clock() == move:
            desk.moves_to(zones[1])
            await desk.runner.run()
    assert done == local
    assert desk.marks() == ["2026-W48", "2026-W49"]


async def test_what_is_due_while_the_tenant_moves_is_still_done(
    desk: Desk, clock: Clock, job: Callable[..., None]
) -> None:
    job("weeks", marking, rule=MONDAYS, by_tenant=True)
    desk.add("weeks", "2026-11-23T08:00Z")
    clock.now = datetime(2026, 11, 23, 8, 0, 2, tzinfo=UTC)
    desk.moves_to("Europe/Athens")
    await desk.runner.run()
    assert desk.marks() == ["2026-W48"]


async def test_a_row_of_the_old_wall_is_put_right(desk: Desk, job: Callable[..., None]) -> None:
    """Whose zone is not known goes by the tenant's, also when that was changed behind the schedule's back."""
    job("days", marking, rule=DAYS)
    desk.add("days", "2026-11-19T06:00Z")
    with desk.database.writing() as tx:
        tx.execute(text("UPDATE tenant SET zone = 'Atlantic/Azores'"))
    await desk.at("2026-11-19T06:00Z")
    await desk.at("2026-11-19T10:00Z")
    assert desk.marks() == ["2026-11-18", "2026-11-19"]


async def test_a_zone_is_scheduled_once_for_all_who_are_in_it(desk: Desk, job: Callable[..., None]) -> None:
    job("zones", marking, rule=DAYS)
    with desk.database.writing() as tx:
        for _ in range(3):
            schedule_for_zone(desk.context(tx), "zones", "Asia/Tokyo")
    await desk.at("2026-11-19T00:00Z")
    assert desk.marks() == ["2026-11-19"]


# --- long time ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "step"),
    [
        ("Europe/Berlin", timedelta(hours=11)),
        ("Australia/Sydney", timedelta(hours=23)),
        ("America/New_York", timedelta(days=3)),
        ("Pacific/Auckland", timedelta(days=7)),
    ],
)
async def test_two_years_have_each_week_once_and_each_birthday_twice_on_its_own_day(
    database: Database, clock: Clock, job: Callable[..., None], zone: str, step: timedelta
) -> None:
    registry.load()
    _found(database, clock, zone)
    desk, wall = Desk(database, clock), ZoneInfo(zone)
    days = [date(2028, 1, 1) + timedelta(days=5 * n) for n in range(73)] + [date(2028, 2, 29)]
    _with_birthdays(database, clock, [f"{day:%m-%d}" for day in days])
    labels: list[str] = []

    def weekly(tick: Tick, ctx: TenantContext) -> Turned:
        assert tick.due_at.astimezone(wall).time() == time(9)
        assert ctx.now - tick.due_at <= step
        labels.append(tick.label)
        return Turned()

    job("weekly", weekly, rule=MONDAYS)
    rules: dict[str, Rule] = {"weekly": MONDAYS, "celebrations": DAYS}
    for name, rule in rules.items():
        desk.add(name, rule.following(wall, clock()).isoformat())
    end, wrong = datetime(2028, 11, 18, 10, tzinfo=UTC), []
    while clock() < end:
        before = len(desk.cards.names())
        await desk.at(min(clock() + step, end))
        today = clock().astimezone(wall).date()
        kept = [_kept(name, today) for name in desk.cards.names()[before:]]
        wrong += [day for day in kept if not timedelta() <= today - day <= step + timedelta(days=1)]
    assert wrong == []
    assert labels == sorted(set(labels))
    assert len(labels) in (104, 105)
    assert sorted(desk.cards.names()) == sorted(2 * [f"{day:%m-%d}" for day in days])


def _with_birthdays(database: Database, clock: Clock, birthdays: list[str]) -> None:
    """A person for each, called by it, who agreed."""
    with database.writing() as tx:
        profiles = [Profile(ref=f"U{one}", name=one) for one in birthdays]
        save_profiles(tx, "t", "w", profiles, {f"U{one}": f"p{one}" for one in birthdays})
        save_records(tx, "t", [RecordFact(f"p{one}", birthday=one) for one in birthdays])
        for one in birthdays:
            choose(tx, "t", f"p{one}", Purpose.CELEBRATION, True, clock())


def _kept(birthday: str, today: date) -> date:
    """The day, up to today, on which somebody's birthday was last."""
    for back in range(400):
        day = today - timedelta(days=back)
        if f"{day:%m-%d}" == birthday or (birthday == "02-29" and f"{day:%m-%d}" == "02-28" and day.year % 4):
            return day
    raise AssertionError(birthday)
