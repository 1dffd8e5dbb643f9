"""Budgets that many use at once, on each engine: a period opens once, and no budget gives more than it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers import registry
from handlers.budget_moving import Moving, top_up
from handlers.budget_saving import give_up
from handlers.budgets import Spendable, after_spending, check_holds, get_spendable, holds, renew
from handlers.context import Context, TenantContext
from handlers.refusals import Refusal
from store import ledger
from store.budgets import BudgetFact, Renewal, add_budget, list_periods
from store.db import Database
from store.ledger_check import verify
from store.people import list_members
from tests.budgeting import post, within
from tests.conftest import Clock
from tests.posting import found_acme
from tests.test_concurrency import at_once

OWNERS = frozenset({"cleo@acme.test"})
COMPANY = BudgetFact(id="company", name="Company", owner_id="person ann", renewal=Renewal.QUARTER, plan=1000)
CHILD = BudgetFact(
    id="child", name="Child", owner_id="person bob", parent_id="company", renewal=Renewal.MONTH, plan=300
)


@pytest.fixture
def acme(database: Database, clock: Clock) -> Iterator[Database]:
    registry.load()
    found_acme(database, clock)
    with database.writing() as tx:
        add_budget(tx, "acme", COMPANY)
        add_budget(tx, "acme", CHILD)
    yield database
    with database.reading() as tx:
        assert verify(tx) == []


def asked_by(ctx: TenantContext, person_id: str) -> Context:
    (actor,) = list_members(ctx.tx, ctx.tenant_id, [person_id])
    fields = {name: getattr(ctx, name) for name in TenantContext.__dataclass_fields__}
    return Context(**fields, actor=actor, place=None, people={})


def balances(database: Database, *budgets: str) -> list[int]:
    with database.reading() as tx:
        return [ledger.find_balance(tx, "acme", ledger.budget(one)) for one in budgets]


def refused(work: Callable[[], Any]) -> bool:
    try:
        work()
    except (Refusal, ledger.InsufficientPoints):
        return True
    return False


def test_a_period_that_eight_open_at_once_in_two_processes_opens_once(
    acme: Database, database_url: str, clock: Clock
) -> None:
    with closing(Database(database_url, durable=False)) as other:

        def opens(database: Database) -> None:
            with within(database, clock()) as ctx:
                renew(ctx)

        at_once(*(lambda one=one: opens(one) for one in [acme, other] * 4))
        assert balances(acme, "company", "child") == [700, 300]
        clock.forward(days=60)
        at_once(*(lambda one=one: opens(one) for one in [acme, other] * 4))
    assert balances(acme, "company", "child") == [700, 300]
    with acme.reading() as tx:
        assert [one.label for one in list_periods(tx, "acme", "child", 9)] == ["2027-01", "2026-11"]


def test_awards_and_a_new_period_at_once_lose_nothing(acme: Database, clock: Clock) -> None:
    with within(acme, clock()) as ctx:
        renew(ctx)

    def awards(number: int) -> None:
        with within(acme, clock() + timedelta(days=number // 4 * 20)) as ctx:
            renew(ctx)
            asked = asked_by(ctx, "person bob")
            check_holds(asked, get_spendable(asked, "child"), 50)
            post(ctx, "award", [ledger.Posting(ledger.budget("child"), ledger.wallet("person cleo"), 50)])
            told.extend(after_spending(ctx, "child"))

    told: list[object] = []
    done = at_once(*(lambda one=one: refused(lambda: awards(one)) for one in range(8)))
    with acme.reading() as tx:
        given = ledger.find_balance(tx, "acme", ledger.wallet("person cleo"))
    assert given == 50 * done.count(False)
    company, child = balances(acme, "company", "child")
    assert company + child + given == 1000


def test_a_parent_that_six_draw_on_at_once_gives_what_it_holds(acme: Database, clock: Clock) -> None:
    with within(acme, clock()) as ctx:
        for number in range(6):
            add_budget(ctx.tx, "acme", replace(CHILD, id=f"c{number}", name=f"C{number}", plan=0))
        renew(ctx)

    def fills(number: int) -> None:
        with within(acme, clock()) as ctx:
            moving = Moving(points=200, reason="for the fair", key=str(number))
            top_up(asked_by(ctx, "person ann"), f"c{number}", moving)

    done = at_once(*(lambda one=one: refused(lambda: fills(one)) for one in range(6)))
    assert done.count(False) == 3
    assert balances(acme, "company", "child") == [100, 300]


def test_awards_and_top_ups_at_once_wait_for_nobody_in_a_ring_and_warn_once(acme: Database, clock: Clock) -> None:
    with within(acme, clock()) as ctx:
        renew(ctx)
    told: list[object] = []

    def awards() -> None:
        with within(acme, clock()) as ctx:
            post(ctx, "award", [ledger.Posting(ledger.budget("child"), ledger.wallet("person cleo"), 280)])
            told.extend(after_spending(ctx, "child"))

    def fills() -> None:
        with within(acme, clock()) as ctx:
            top_up(asked_by(ctx, "person ann"), "child", Moving(points=10, reason="for the fair", key="one"))

    at_once(awards, fills)
    with within(acme, clock()) as ctx:
        told += after_spending(ctx, "child")
    assert balances(acme, "company", "child") == [690, 30]
    assert len(told) == 1


def test_a_budget_that_is_closed_while_it_is_spent_loses_nothing(acme: Database, clock: Clock) -> None:
    with within(acme, clock()) as ctx:
        renew(ctx)

    def closes() -> None:
        with within(acme, clock(), OWNERS) as ctx:
            give_up(asked_by(ctx, "person cleo"), "child")

    def awards() -> None:
        with within(acme, clock()) as ctx:
            spendable = Spendable(CHILD, holds(ctx, "child"))
            check_holds(asked_by(ctx, "person bob"), spendable, 100)
            post(ctx, "award", [ledger.Posting(ledger.budget("child"), ledger.wallet("person cleo"), 100)])

    done = at_once(lambda: refused(closes), *[lambda: refused(awards)] * 4)
    assert done[0] is False
    with acme.reading() as tx:
        given = ledger.find_balance(tx, "acme", ledger.wallet("person cleo"))
    assert given == 100 * done[1:].count(False)
    assert balances(acme, "company", "child") == [1000 - given, 0]
