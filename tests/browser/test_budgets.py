"""Budgets at the page, on each platform: an owner looks, tops up and gives back; an administrator adds and closes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.hands import Column
from tests.browser.people import ALICE, BOB, MAXI, SIOBHAN

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]


async def test_owners_give_more_and_give_back_and_each_hears_of_it(me: Column) -> None:
    await me.comes(MAXI, SIOBHAN)
    await me.opens_chat(ALICE)
    await me.asks("rewards budget")
    shown = me.message("Spent against plan", "Museum desk")
    await expect(shown).to_contain_text("come in every quarter")
    await me.presses("Open Workshop", "Spent against plan", "Museum desk")
    await me.presses("Top up", "Draws on Kestrel & Finch")
    await me.fills("Points", "120")
    await me.fills("What is it for?", f"the open house on {me.key}")
    await me.sends_form("120 points came into Workshop, from Kestrel & Finch.")
    await me.closes_form()
    await me.opens_chat(MAXI)
    await me.reads("120 points came into Workshop", f"the open house on {me.key}")

    await me.opens_chat(SIOBHAN)
    await me.asks("rewards budget")
    shown = me.message("Museum desk", "Spent against plan")
    await expect(shown.get_by_role("button", name="Close for good")).to_have_count(0)
    await me.presses("Move points", "Museum desk", "Spent against plan")
    await me.fills("Points", "50")
    await me.fills("What is it for?", f"not needed on {me.key}")
    await me.sends_form("50 points went from Museum desk to Kestrel & Finch.")
    await me.closes_form()
    await me.opens_chat(ALICE)
    await me.reads("50 points went from Museum desk to Kestrel & Finch", f"not needed on {me.key}")


async def test_an_administrator_adds_one_and_closes_it_for_good(me: Column) -> None:
    name = f"Repairs on {me.key}"
    await me.comes(BOB)
    await me.opens_chat(ALICE)
    await me.asks(f"rewards-admin budgets add {me.at(BOB)} 300 month {name} from Kestrel & Finch")
    await me.reads(f"{name} is there.")
    await me.presses("Close for good", f"{name} is there.", sure=True)
    await me.reads(f"{name} is closed. 300 points went back to Kestrel & Finch.")
    await me.opens_chat(BOB)
    await me.reads(f"Alice Moreau: {name} is closed.")
    await me.asks(f"rewards budget {name}")
    await me.lacks(name, "It holds")
