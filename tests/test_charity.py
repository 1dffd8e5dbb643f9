"""Charity: points become a donation at once; a month is reported once, and each donation is in one report."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from store.db import Database
from tests.posting import open_house
from tests.test_concurrency import at_once
from tests.test_experiences import Studio
from tests.test_ordering import said

FIRST = datetime(2026, 12, 1, 8, tzinfo=UTC)


@pytest.fixture
async def studio(database: Database, clock: Any) -> AsyncIterator[Studio]:
    """Ann and Bob have 200 points each; Cleo runs it. It is November."""
    async with open_house(database, clock) as house:
        studio = Studio(house)
        for name in ("ann", "bob"):
            studio.grant(name, 200)
        yield studio
        assert house.books_agree()


def trees(studio: Studio, code: str = "trees", **more: Any) -> str:
    usual: dict[str, Any] = {"value_minor": 800, "currency": "EUR", "settings": {"charity": "Trees for the valley"}}
    return studio.reward(code, fulfilment="charity", **usual | more)


async def test_a_donation_is_given_at_once_and_stands(studio: Studio) -> None:
    reward = trees(studio)
    assert "cannot be taken back" in said(studio.presses("ann", "redeem", reward=reward, price="40"))
    told = said(studio.orders("ann", reward))
    assert "your donation is made." in told
    assert "It goes to Trees for the valley" in told
    assert (studio.state(), studio.wallet("ann"), studio.held()) == ("fulfilled", 160, 0)
    assert studio.presses("ann", "order_cancel").outcome == "order_settled"
    assert studio.house.one("SELECT month FROM charity_gift") == "2026-11"


async def test_a_month_is_reported_once_on_the_first_with_all_that_was_given(studio: Studio) -> None:
    both, other = trees(studio), trees(studio, "bank", value_minor=500, currency="USD", settings={})
    studio.orders("ann", both)
    studio.orders("bob", both)
    studio.orders("bob", other)
    studio.it_is(FIRST.replace(month=11, day=30, hour=23))
    await studio.house.settled()
    assert not [one for one in studio.house.platform.texts("U3") if "charity" in one]
    studio.it_is(FIRST)
    studio.orders("ann", both)  # of December
    studio.it_is(FIRST.replace(day=2))
    await studio.house.settled()
    (report,) = [one for one in studio.house.platform.texts("U3") if "to charity" in one]
    assert "In *November 2026* colleagues gave 120 points to charity" in report
    assert "*Trees for the valley*: 16.00 EUR, from 2 donations of 80 points" in report
    assert "*Bank*: 5.00 USD, from 1 donation of 40 points" in report
    assert "In all *16.00 EUR*\\nIn all *5.00 USD*" in report
    assert "The month is still running" in said(studio.presses("cleo", "admin_charity", month="2026-12"))
    assert "the month is closed" in said(studio.presses("cleo", "admin_charity", month="2026-11"))


async def test_months_that_were_missed_are_reported_each(studio: Studio) -> None:
    reward = trees(studio)
    studio.orders("ann", reward)
    studio.house.clock.now = FIRST.replace(day=10)
    studio.orders("ann", reward)
    studio.it_is(datetime(2027, 1, 20, 12, tzinfo=UTC))
    assert studio.house.one("SELECT COUNT(*) FROM charity_month") == 2
    await studio.house.settled()
    assert len([one for one in studio.house.platform.texts("U3") if "to charity" in one]) == 2


async def test_what_comes_back_to_a_month_that_is_reported_counts_for_the_next(studio: Studio) -> None:
    """The organisation moves to another zone, where it is still November."""
    reward = trees(studio)
    studio.orders("ann", reward)
    studio.it_is(FIRST)
    studio.house.change("UPDATE tenant SET zone = 'Pacific/Pago_Pago'")
    studio.house.clock.now = FIRST.replace(hour=9)
    studio.orders("ann", reward)
    with studio.house.database.reading() as tx:
        rows = tx.exec_driver_sql("SELECT month, COUNT(*) FROM charity_gift GROUP BY month ORDER BY month").all()
    assert [tuple(one) for one in rows] == [("2026-11", 1), ("2026-12", 1)]


async def test_only_administrators_see_what_was_given(studio: Studio) -> None:
    assert studio.presses("ann", "admin_charity", month="2026-11").outcome == "not_administrator"
    assert studio.presses("cleo", "admin_charity", month="2026-13").outcome == "unclear_month"


async def test_two_processes_report_a_month_once(studio: Studio) -> None:
    studio.orders("ann", trees(studio))
    studio.ticks.plan()
    studio.house.clock.now = FIRST
    (due,) = [one for one in studio.ticks.list_due(50) if one.job == "charity"]
    assert sorted(at_once(*(lambda: studio.ticks.turn(due) for _ in range(4)))) == [False, False, False, True]
    await studio.house.settled()
    assert len([one for one in studio.house.platform.texts("U3") if "to charity" in one]) == 1


async def test_a_month_of_many_charities_is_reported_and_every_one_is_found(studio: Studio) -> None:
    """More than a message takes: with all of them in one card, no report would ever be sent."""
    for number in range(70):
        studio.grant("ann", 40)
        studio.orders("ann", trees(studio, f"trees {number}", settings={"charity": f"Charity {number:02}"}))
    studio.it_is(FIRST)
    await studio.house.settled()
    (report,) = [one for one in studio.house.platform.texts("U3") if "to charity" in one]
    assert ("*Charity 29*" in report, "*Charity 30*" in report, "And 40 more." in report) == (True, False, True)
    assert "In all *560.00 EUR*" in report
    last = said(studio.presses("cleo", "admin_charity", month="2026-11", page="2"))
    assert ("*Charity 69*" in last, "More of them" in last) == (True, False)
