"""Allowances in the books: granted once a period, with what rolls over, whatever people and clocks do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from handlers import allowances
from handlers.allowances import Left, Spending
from handlers.context import Context
from handlers.programme import read_programme
from handlers.refusals import Refusal
from handlers.rules.periods import Every, Span, day_in, span_of
from handlers.rules.policy import Policy
from store import closings
from store.allowances import RuleFact, Segment, save_rule
from store.db import Database
from store.ledger_check import verify
from store.people import Profile, list_members, save_profiles
from store.person_records import RecordFact, save_records
from store.tenants import Workspace, add_tenant, add_workspace, find_home

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
WEDNESDAY = datetime(2026, 11, 18, 10, tzinfo=UTC)
WEEK = timedelta(days=7)
_numbers = count(1)


class Giver:
    """Somebody who gives, in an organisation of their own; each call is a transaction of its own, as at the edge."""

    def __init__(
        self,
        database: Database,
        policy: Policy | None = None,
        *,
        zone: str = "Europe/Berlin",
        since: datetime = LONG_AGO,
        known: datetime | None = None,
    ) -> None:
        self.database = database
        self.policy = policy or Policy()
        self.tenant = f"tenant-{next(_numbers)}"
        self.acts = (f"gift:{number}" for number in count())
        self.ids = [f"{self.tenant}-{name}" for name in ("ann", "bob", "cleo")]
        made = Workspace(
            tenant_id=self.tenant, id=f"{self.tenant}-w", platform="slack", ref=self.tenant, name="", bot_ref=""
        )
        with database.writing() as tx:
            add_tenant(tx, self.tenant, "Acme", "UTC", since)
            add_workspace(tx, made)
            profiles = [Profile(one, one, zone=zone) for one in self.ids]
            save_profiles(tx, self.tenant, made.id, profiles, {one: one for one in self.ids}, known)

    def moves_to(self, zone: str) -> None:
        with self.database.writing() as tx:
            tx.execute(text("UPDATE person SET zone = :zone WHERE tenant_id = :id"), {"zone": zone, "id": self.tenant})

    def record(self, *, started: str = "", department: str = "", reports: bool = False) -> None:
        """What the organisation told: about the giver, and with `reports` that somebody reports to them."""
        started_on = date.fromisoformat(started) if started else None
        facts = [RecordFact(self.ids[0], started_on=started_on, department=department)]
        if reports:
            facts.append(RecordFact(self.ids[1], manager_id=self.ids[0]))
        with self.database.writing() as tx:
            save_records(tx, self.tenant, facts)

    def rule(self, segment: Segment, value: str, points: int) -> None:
        with self.database.writing() as tx:
            save_rule(tx, self.tenant, RuleFact(segment, value, points))

    def gives(self, points: int, at: datetime, *, to: int = 1) -> Left:
        receivers = self.ids[1 : 1 + to]
        with self.database.writing() as tx:
            spending = Spending(kind="gift", act=next(self.acts), each=points, receiver_ids=receivers)
            return allowances.spend(self.context(tx, at), spending).left

    def left(self, at: datetime) -> tuple[int, int]:
        """Points that are left, and of how many."""
        with self.database.reading() as tx:
            seen = allowances.left(self.context(tx, at))
        return seen.points, seen.of

    def context(self, tx: Connection, at: datetime) -> Context:
        home = find_home(tx, "slack", self.tenant)
        assert home
        [actor] = list_members(tx, self.tenant, self.ids[:1])
        return Context(
            tx=tx,
            now=at,
            new_id=lambda: "",
            home=home,
            policy=self.policy,
            programme=read_programme(tx, self.tenant),
            actor=actor,
            place=None,
            people={},
        )

    def issued(self) -> dict[str, int]:
        """What was granted, by label."""
        sql = """
            SELECT account.label, SUM(entry.amount) FROM ledger_transaction AS t
            JOIN ledger_entry AS entry ON entry.tenant_id = t.tenant_id AND entry.transaction_id = t.id
            JOIN ledger_account AS account ON account.tenant_id = t.tenant_id AND account.id = entry.account_id
            WHERE t.kind = 'grant' AND t.tenant_id = :tenant GROUP BY account.label
        """
        with self.database.reading() as tx:
            return {label: int(points) for label, points in tx.execute(text(sql), {"tenant": self.tenant})}

    def books_agree(self) -> bool:
        with self.database.reading() as tx:
            return verify(tx, self.tenant) == []


@pytest.fixture
def ann(database: Database) -> Giver:
    return Giver(database)


# --- roll-over --------------------------------------------------------------------------------------------


def test_what_was_not_given_comes_along_for_two_weeks(database: Database) -> None:
    ann = Giver(database, since=WEDNESDAY)
    assert ann.left(WEDNESDAY) == (50, 50)
    assert ann.gives(20, WEDNESDAY).points == 30
    assert ann.left(WEDNESDAY + WEEK) == (80, 80)
    left = ann.gives(5, WEDNESDAY + WEEK)
    assert (left.points, left.of) == (75, 80)
    assert ann.left(WEDNESDAY + 2 * WEEK) == (125, 125)
    assert ann.gives(5, WEDNESDAY + 2 * WEEK).points == 120
    # The oldest are given first; of the first week 20 are left by now, and had their two weeks more.
    assert ann.left(WEDNESDAY + 3 * WEEK) == (150, 150)
    assert ann.books_agree()


def test_weeks_without_a_gift_count_too_and_are_granted_late(ann: Giver) -> None:
    assert ann.left(WEDNESDAY) == (150, 150)
    assert ann.issued() == {}, "looking grants nothing"
    assert ann.gives(10, WEDNESDAY).points == 140
    assert ann.issued() == {"2026-W47": 50, "2026-W46": 50, "2026-W45": 50}
    assert ann.gives(10, WEDNESDAY + 5 * WEEK).points == 140
    assert ann.books_agree()


def test_without_roll_over_what_is_left_is_gone(database: Database) -> None:
    ann = Giver(database, Policy(rollover_periods=0))
    ann.gives(10, WEDNESDAY)
    assert ann.left(WEDNESDAY + WEEK) == (50, 50)
    assert ann.gives(10, WEDNESDAY + WEEK).points == 40


def test_nothing_comes_along_from_before_the_programme_or_the_person(database: Database) -> None:
    fresh = Giver(database, since=WEDNESDAY)
    assert fresh.left(WEDNESDAY) == (50, 50)
    assert fresh.left(WEDNESDAY + WEEK) == (100, 100)
    newcomer = Giver(database, known=WEDNESDAY)
    assert newcomer.left(WEDNESDAY) == (36, 36), "five days of seven"
    assert newcomer.left(WEDNESDAY + 2 * WEEK) == (136, 136)


def test_who_starts_gets_the_share_that_is_left_and_at_least_one_kudos(database: Database) -> None:
    ann = Giver(database, Policy(allowance_period=Every.MONTH))
    ann.record(started="2026-11-16")
    assert ann.left(WEDNESDAY) == (25, 25)
    ann.record(started="2026-11-30")
    assert ann.left(WEDNESDAY) == (5, 5)
    ann.record(started="2019-05-01")
    assert ann.left(WEDNESDAY) == (150, 150)


def test_points_that_come_back_by_undo_come_along_as_well(database: Database) -> None:
    ann = Giver(database, since=WEDNESDAY)
    sunday = datetime(2026, 11, 22, 22, 59, tzinfo=UTC)
    with database.writing() as tx:
        spending = Spending(kind="gift", act="late", each=20, receiver_ids=ann.ids[1:2])
        gift = allowances.spend(ann.context(tx, sunday), spending)
    ann.gives(1, sunday + timedelta(minutes=5))
    with database.writing() as tx:
        closings.reverse(tx, ann.tenant, gift.transaction_id, "undo:late", sunday + timedelta(minutes=6))
    assert ann.left(sunday + timedelta(minutes=7)) == (79, 80)
    assert ann.left(sunday + timedelta(minutes=7) + WEEK) == (149, 149), "in the next week at the latest"
    assert ann.books_agree()


# --- a changed policy -------------------------------------------------------------------------------------


def test_a_changed_allowance_counts_from_the_next_period_and_says_what_there_was(database: Database) -> None:
    ann = Giver(database, since=WEDNESDAY)
    ann.gives(20, WEDNESDAY)
    ann.policy = Policy(allowance=80)
    assert ann.left(WEDNESDAY) == (30, 50)
    assert ann.left(WEDNESDAY + WEEK) == (110, 110)
    ann.policy = Policy(allowance=5, default_points=1)
    assert ann.left(WEDNESDAY + WEEK) == (15, 15), "no more comes along than the policy of now allows"


def test_another_kind_of_period_begins_with_the_share_that_is_left(database: Database) -> None:
    ann = Giver(database)
    ann.gives(20, WEDNESDAY)
    ann.policy = Policy(allowance=60, allowance_period=Every.MONTH, allowance_since="2026-11-19")
    assert ann.left(WEDNESDAY + timedelta(days=1)) == (24, 24)
    assert ann.gives(4, WEDNESDAY + timedelta(days=1)).points == 20
    assert ann.left(WEDNESDAY + timedelta(days=20)) == (80, 80)
    assert ann.books_agree()


@pytest.mark.parametrize(
    ("every", "words", "refusal"),
    [
        (Every.DAY, "tomorrow", "left today, and this takes 51"),
        (Every.WEEK, "Monday", "left this week, and this takes 51"),
        (Every.MONTH, "1 December", "left this month, and this takes 51"),
        (Every.QUARTER, "1 January", "left this quarter, and this takes 51"),
    ],
)
def test_what_is_told_goes_by_the_period(database: Database, every: Every, words: str, refusal: str) -> None:
    ann = Giver(database, Policy(allowance_period=every), since=WEDNESDAY)
    assert ann.gives(1, WEDNESDAY).until == words
    with pytest.raises(Refusal) as refused:
        ann.gives(51, WEDNESDAY)
    assert refused.value.sentence == f"You have 49 of 50 points {refusal}."
    arrives = words if every is Every.DAY else f"on {words}"
    assert refused.value.next_step == f"Write +49 or less, or come back {arrives}."
    ann.gives(49, WEDNESDAY)
    with pytest.raises(Refusal) as refused:
        ann.gives(1, WEDNESDAY)
    assert refused.value.next_step == f"Fresh points arrive {arrives}."


# --- groups -----------------------------------------------------------------------------------------------


def test_the_highest_rule_that_fits_holds_and_else_what_everybody_gets(database: Database) -> None:
    ann = Giver(database, Policy(rollover_periods=0))
    ann.rule(Segment.DEPARTMENT, "Support", 30)
    ann.rule(Segment.MANAGERS, "", 90)
    assert ann.left(WEDNESDAY) == (50, 50)
    ann.record(department="support")
    assert ann.left(WEDNESDAY) == (30, 30), "a group can have less"
    ann.record(department="support", reports=True)
    assert ann.left(WEDNESDAY) == (90, 90)
    ann.rule(Segment.PERSON, ann.ids[0], 120)
    ann.rule(Segment.PERSON, ann.ids[1], 999)
    assert ann.left(WEDNESDAY) == (120, 120)
    assert ann.gives(20, WEDNESDAY).points == 100
    ann.rule(Segment.PERSON, ann.ids[0], 10)
    assert ann.left(WEDNESDAY) == (100, 120), "what was granted stays"


# --- whatever people and clocks do ------------------------------------------------------------------------


class Model:
    """Points that are worth something in their period and the next ones; the oldest are given first."""

    def __init__(self, every: Every, allowance: int, lasts: int, first: Span) -> None:
        self.every, self.allowance, self.lasts = every, allowance, lasts
        self.lots: dict[date, int] = {first.first: allowance}

    def come_to(self, day: date) -> None:
        last = max(self.lots)
        while last < span_of(self.every, day).first:
            last = span_of(self.every, last).last + timedelta(days=1)
            self.lots[last] = self.allowance
        for first in sorted(self.lots)[: -self.lasts - 1]:
            self.lots[first] = 0

    def left(self) -> int:
        return sum(self.lots.values())

    def give(self, points: int) -> None:
        for first in sorted(self.lots):
            taken = min(points, self.lots[first])
            self.lots[first] -= taken
            points -= taken


steps = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 80)), min_size=1, max_size=10)


def test_what_can_be_given_is_what_lasts_until_now(database: Database) -> None:
    @given(st.sampled_from(Every), st.integers(0, 3), steps)
    @example(Every.MONTH, 3, [(0, 0), (23, 0), (40, 1), (40, 51), (31, 0)])  # some expire while others roll over
    def check(every: Every, lasts: int, steps: list[tuple[int, int]]) -> None:
        policy = Policy(allowance_period=every, rollover_periods=lasts)
        ann, now, zone = Giver(database, policy, since=WEDNESDAY), WEDNESDAY, ZoneInfo("Europe/Berlin")
        model = Model(every, policy.allowance, lasts, span_of(every, day_in(now, zone)))
        for wait, points in steps:
            now += timedelta(days=wait)
            model.come_to(day_in(now, zone))
            assert ann.left(now)[0] == model.left()
            if 0 < points <= model.left():
                assert ann.gives(points, now).points == model.left() - points
                model.give(points)
        assert ann.books_agree()

    check()


flights = st.sampled_from(
    ["Pacific/Kiritimati", "Asia/Tokyo", "Europe/Berlin", "America/New_York", "Pacific/Pago_Pago"]
)
travels = st.lists(st.tuples(st.integers(0, 60), flights, st.integers(1, 30)), min_size=1, max_size=10)


def test_no_way_over_zones_and_dates_grants_a_period_twice(database: Database) -> None:
    @given(st.sampled_from([Every.DAY, Every.WEEK]), travels)
    def check(every: Every, travels: list[tuple[int, str, int]]) -> None:
        ann, now, given_points = Giver(database, Policy(allowance_period=every)), WEDNESDAY, 0
        labels = set()
        for hours, zone, points in travels:
            now += timedelta(hours=hours)
            ann.moves_to(zone)
            labels.add(span_of(every, day_in(now, ZoneInfo(zone))).label)
            if points <= ann.left(now)[0]:
                given_points += points
                ann.gives(points, now)
        issued = ann.issued()
        assert set(issued.values()) <= {50}
        first, last = min(labels), max(labels)
        assert all(label <= last for label in issued)
        assert len([one for one in issued if one < first]) <= 2
        assert given_points <= sum(issued.values())
        assert ann.books_agree()

    check()


def test_first_gifts_at_once_grant_and_bring_along_once(ann: Giver) -> None:
    ann.gives(10, WEDNESDAY - WEEK)
    start = threading.Barrier(6)

    def give(_: int) -> None:
        start.wait(30)
        ann.gives(5, WEDNESDAY)

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(give, range(6)))
    assert ann.left(WEDNESDAY)[0] == ann.left(WEDNESDAY)[1] - 30
    assert ann.issued() == dict.fromkeys(("2026-W44", "2026-W45", "2026-W46", "2026-W47"), 50)
    assert ann.left(WEDNESDAY) == (120, 150)
    assert ann.books_agree()


# --- the price of it --------------------------------------------------------------------------------------


class Counting:
    """A transaction that counts the statements of the busiest paths, which run on cursors of the driver."""

    def __init__(self, tx: Connection) -> None:
        self.tx = tx
        self.statements = 0

    @property
    def connection(self) -> Any:
        self.statements += 1  # asked once a statement
        return self.tx.connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self.tx, name)


def test_after_the_first_gift_of_a_period_a_gift_asks_once_what_was_granted(ann: Giver) -> None:
    """Then transaction, debit, credit and entries, as every gift: as many as when it tried to grant each time."""
    ann.gives(5, WEDNESDAY)
    with ann.database.writing() as tx:
        counting: Any = Counting(tx)
        ctx = replace(ann.context(tx, WEDNESDAY), tx=counting)
        allowances.spend(ctx, Spending(kind="gift", act="g", each=5, receiver_ids=ann.ids[1:2]))
    assert counting.statements == 5
