"""Rewards that others hand out, at the page: by a vendor that is wrong, twice, silent or late, and by gift card."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.sandbox.vendor import ToyVendor
from tests.browser.hands import Column
from tests.browser.house import House
from tests.browser.people import ALICE, BOB, YUKI
from tests.browser.shop import grants, opens_order, orders

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

TICKET, CARD = "Cinema ticket", "Gift card"


@pytest_asyncio.fixture(loop_scope="session")
async def vendor(house: House) -> AsyncIterator[ToyVendor]:
    """It says nothing by itself, and is asked to by the test."""
    house.vendor.by_itself = False
    yield house.vendor
    house.vendor.by_itself = True


async def test_a_vendor_may_be_wrong_twice_silent_and_late(me: Column, vendor: ToyVendor) -> None:
    who = {"slack": YUKI, "teams": BOB}[me.key]
    await grants(me, 200, f"the film evening on {me.key}", who)

    await opens_order(me, who, TICKET)
    await expect(me.form).to_contain_text("A vendor hands it out, and hears your name.")
    await me.sends_form(f"{TICKET} is ordered")
    await me.closes_form()
    await me.reads(f"{TICKET} is on its way")
    first = vendor.taken[-1]
    assert await vendor.calls_back(first, secret="somebody else's") == 401
    assert [await vendor.calls_back(first) for _ in range(2)] == [200, 200]
    await me.presses("Show my code", f"{TICKET} is yours", "Enjoy the film.")
    await me.reads("Here is what came with", "TOY-")

    await orders(me, who, TICKET, f"{TICKET} is ordered")
    await me.reads(f"{TICKET} is on its way")
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin vendors")
    await me.presses(f"Show {TICKET}", "These orders are with vendors", who)
    await me.presses("Give the points back", TICKET, "The order is called", sure=True)
    await me.reads(f"{TICKET} for {who} was not possible, and the points are back.")
    await me.opens_chat(who)
    await me.reads(f"{TICKET} was not possible", "45 points are back in your wallet")
    late = vendor.taken[-1]
    assert late != first
    assert await vendor.calls_back(late) == 409
    await me.opens_chat(ALICE)
    await me.reads(TICKET, "says afterwards that it handed it over")

    await orders(me, who, CARD, f"{CARD} is ordered")
    await me.presses("Show my code", f"{CARD} is yours")
    await me.reads("https://gift-cards.example/redeem/")
    await me.asks("rewards orders")
    await me.reads("My orders", f"{CARD}, 110 points: handed over", f"{TICKET}, 45 points: not possible")
