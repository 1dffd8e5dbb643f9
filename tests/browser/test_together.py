"""What people do together at the page: a goal that many add points to, and a yearly amount that each divides."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.hands import Column
from tests.browser.people import ALICE, MATEO, PRIYA
from tests.browser.shop import grants

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

PLACES = {"slack": "kudos", "teams": "General"}


async def test_a_goal_is_started_added_to_taken_back_from_and_reached(me: Column) -> None:
    goal = f"Kites for everybody on {me.key}"
    await grants(me, 40, f"the wind on {me.key}", PRIYA, MATEO)

    await me.opens_chat(PRIYA)
    await me.asks("rewards together")
    await me.presses("Start something", "Together")
    await me.fills("What for?", goal)
    await me.fills("How many points?", "30")
    await me.sends_form("It is started.", "0 of 30 points")
    await me.closes_form()
    await me.goes_to(PLACES[me.key])
    await me.presses("Another amount", "started something together", goal)
    await me.fills("How many?", "25")
    await me.sends_form("You added 25 points. Thank you!")
    await me.presses("Take mine back")
    await expect(me.form).to_contain_text("Your 25 points are back in your wallet.")
    await me.closes_form()
    await me.presses("Add 10", "started something together", goal)
    await me.reads("You added 10 points. Thank you!", goal)

    await me.opens_chat(MATEO)
    await me.goes_to(PLACES[me.key])
    await me.reads(goal, "10 of 30 points, from 1 person")
    await me.presses("Another amount", "started something together", goal)
    await me.fills("How many?", "40")
    await me.sends_form("You added 20 points. Thank you! That was all that was missing.")
    await me.closes_form()
    await me.reads("started something together", goal, "Reached! 30 points, from 2 people.")
    await me.goes_to("Plaudit")
    await me.reads(f"{goal} is reached: 30 points, from 2 people.")
    await me.opens_chat(PRIYA)
    await me.presses("It is done", f"2 people reached {goal} together")
    await me.reads(f"2 people reached {goal} together", "There is nothing left to do.")
    await me.opens_chat(MATEO)
    await me.reads(f"{goal} was reached, and", "saw to it. Enjoy it together!")


async def test_a_yearly_amount_is_divided_and_told_to_nobody_yet(me: Column) -> None:
    title = f"Wellbeing on {me.key}"
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin benefits")
    await me.presses("Add one", "Yearly amounts")
    await me.fills("What is it called?", title)
    await me.fills("How much for each person?", "600 EUR")
    await me.fills("Among which kinds?", "Sports 60\nBooks")
    await me.fills("Until which day?", "31 December")
    await me.sends_form(f"{title} is there.")
    await me.closes_form()

    await me.opens_chat(MATEO)
    await me.asks("rewards benefits")
    await me.presses(f"Divide {title}", "My yearly amount", f"{title}: 600.00 EUR for you")
    await me.fills("Sports", "60")
    await me.fills("Books", "50")
    await me.sends_form("Together that is 110 per cent: 10 too many.")
    await me.fills("Books", "30")
    await me.sends_form("It is kept.", "Sports: 60 per cent, 360.00 EUR", "10 per cent are not divided yet.")
    await me.closes_form()
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin benefits")
    await me.reads(f"{title}: 600.00 EUR for each person", "Totals come once it is over")
    await me.lacks(title, "360.00 EUR")
