"""What comes back into a budget late: it is nothing of the period that is open, neither to spend nor as less spent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from handlers import registry
from handlers.budgets import Used, after_spending, renew, returned, used_up
from handlers.context import TenantContext
from store import ledger
from store.budgets import BudgetFact, add_budget, count_passed_on, find_budget, list_periods
from store.closings import hold, release
from store.db import Database
from store.ledger_check import verify
from tests.budgeting import post, within
from tests.conftest import Clock
from tests.posting import found_acme
from tests.test_budgets_at_once import CHILD, COMPANY, balances

Make = Callable[[BudgetFact], Database]


@pytest.fixture
def acme(database: Database, clock: Clock) -> Iterator[Make]:
    """Company has 1,000 a quarter, and the child of it 300 a month, of which 200 are held in November."""

    def make(child: BudgetFact) -> Database:
        registry.load()
        found_acme(database, clock)
        with database.writing() as tx:
            add_budget(tx, "acme", COMPANY)
            add_budget(tx, "acme", child)
        with renewed(database, clock) as ctx:
            hold(ctx.tx, "acme", ledger.budget("child"), "a1", 200, "hold:a1", clock())
        return database

    yield make
    with database.reading() as tx:
        assert verify(tx) == []


def test_what_was_promised_in_a_month_that_is_over_goes_on_as_what_was_left_of_it(acme: Make, clock: Clock) -> None:
    database = acme(CHILD)
    clock.forward(days=14)
    comes_back(database, clock)
    assert balances(database, "company", "child") == [700, 300]
    assert used(database, clock) == Used(0, 300)
    assert spends(database, clock, 240), "its owner is warned, as of every 300"
    assert used(database, clock) == Used(240, 300)


def test_what_carries_over_stays_and_is_not_less_spent(acme: Make, clock: Clock) -> None:
    database = acme(replace(CHILD, carries_over=True))
    clock.forward(days=14)
    comes_back(database, clock)
    assert used(database, clock) == Used(0, 600)
    assert spends(database, clock, 480)
    assert used(database, clock) == Used(480, 600)


def test_it_goes_on_as_far_as_periods_are_over(acme: Make, clock: Clock) -> None:
    database = acme(CHILD)
    clock.forward(days=50)
    comes_back(database, clock)
    assert balances(database, "company", "child") == [700, 300], "a new quarter of the company began as well"
    assert used(database, clock) == Used(0, 300)


def test_what_is_held_and_comes_back_in_one_period_stays(acme: Make, clock: Clock) -> None:
    database = acme(CHILD)
    clock.forward(days=5)
    assert used(database, clock) == Used(200, 300)
    comes_back(database, clock)
    assert balances(database, "company", "child") == [700, 300]
    with database.reading() as tx:
        [period] = list_periods(tx, "acme", "child", 5)
        assert (period.returned, count_passed_on(tx, "acme", "company", 0)) == (0, 300)


def comes_back(database: Database, clock: Clock) -> None:
    with renewed(database, clock) as ctx:
        (hold_id,) = ctx.tx.exec_driver_sql("SELECT id FROM ledger_transaction WHERE act = 'hold:a1'").one()
        release(ctx.tx, "acme", hold_id, "release:a1", clock())
        returned(ctx, "child", 200, taken_by=hold_id)


def spends(database: Database, clock: Clock, points: int) -> bool:
    """Whether somebody is warned of it."""
    with renewed(database, clock) as ctx:
        post(ctx, "award", [ledger.Posting(ledger.budget("child"), ledger.wallet("person ann"), points)])
        return bool(after_spending(ctx, "child"))


def used(database: Database, clock: Clock) -> Used:
    with renewed(database, clock) as ctx:
        child = find_budget(ctx.tx, "acme", "child")
        assert child
        return used_up(ctx, child)


@contextmanager
def renewed(database: Database, clock: Clock) -> Iterator[TenantContext]:
    with within(database, clock()) as ctx:
        renew(ctx)
        yield ctx
