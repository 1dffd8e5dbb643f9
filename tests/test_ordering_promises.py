"""Promised days: whoever hands out hears once of each order that is late, and it is counted what was kept."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.ticks import Ticks
from store.db import Database
from tests.posting import House, open_house
from tests.shop import Shop


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


async def at(house: House, instant: str) -> None:
    """It is this instant, and what is due of orders is done and shown."""
    house.clock.now = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    ticks = Ticks(house.database, house.presenter, clock=house.clock, new_id=house.new_id, owners=["cleo@acme.test"])
    ticks.plan()
    for _ in range(3):
        for due in ticks.list_due(50):
            if due.job in ("late_orders", "approvals"):
                ticks.turn(due)
        house.clock.forward(seconds=1)
    await house.settled()


async def test_a_late_order_is_told_once_to_those_who_hand_it_out_and_administrators(house: House) -> None:
    shop = Shop(house)
    shop.grant("ann", 200)
    await at(house, "2026-11-18T10:00:00")  # a Wednesday
    slow, quick = shop.reward("slow", people=("bob",), within_days=2), shop.reward("quick", within_days=1)
    shop.orders("ann", slow)
    shop.presses("bob", "order_start")
    shop.orders("ann", quick)
    shop.done("bob")
    shop.orders("ann", slow)
    shop.presses("ann", "order_cancel")
    before = {one: len(house.platform.texts(one)) for one in ("U2", "U3")}
    await at(house, "2026-11-20T10:00:00")  # the promised day itself
    await at(house, "2026-11-21T10:00:00")  # a Saturday
    news = {one: house.platform.texts(one)[before[one] :] for one in ("U2", "U3")}
    assert not [one for texts in news.values() for one in texts if "is over" in one]
    for day in (23, 24, 25):
        await at(house, f"2026-11-{day}T10:00:00")
    for reader in ("U2", "U3"):
        [told] = [one for one in house.platform.texts(reader) if "promised for a day that is over" in one]
        assert "*Slow* for Ann, promised for Friday 20 November" in told
        assert "Quick" not in told
    assert not [one for one in house.platform.texts("U1") if "is over" in one]
    shop.done("bob", str(house.one("SELECT MIN(id) FROM redemption")))
    shown = json.dumps(shop.presses("cleo", "admin_orders", anything="").payload)
    assert "Of 2 orders promised in the last 90 days and handed over, *1* came in time" in shown


async def test_an_order_that_nobody_decides_on_lapses_and_gives_the_points_back(house: House) -> None:
    shop = Shop(house)
    shop.grant("ann", 1500)
    await at(house, "2026-11-18T10:00:00")
    shop.orders("ann", shop.reward("trip", price=1500, stock=1))
    for day in ("2026-12-07", "2026-12-08"):
        assert shop.state() == "asked"
        await at(house, f"{day}T12:00:00")
    assert (shop.state(), shop.wallet("ann"), shop.held(), shop.stock("reward trip")) == ("lapsed", 1500, 0, 1)
    assert "Nobody decided on *Trip* in time. Your 1,500 points are back" in house.platform.texts("U1")[-1]
    assert house.books_agree()
