"""Days off, places and donations at the page: agreed to and in a calendar, a line that moves up, a report."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import expect

from scheduler.clock import real_time
from tests.browser.hands import Column
from tests.browser.people import ALICE, BOB, MATEO, PRIYA, SIOBHAN, TANE, ZOE
from tests.browser.shop import grants, opens_order, orders

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

AFTERNOON, POTTERY, TREE = "A free afternoon", "Pottery evening", "A tree is planted"


async def test_a_free_afternoon_is_agreed_to_and_goes_into_the_calendar(me: Column) -> None:
    who = {"slack": ZOE, "teams": TANE}[me.key]
    day = real_time().date() + timedelta(days=40)
    await grants(me, 150, f"the long nights on {me.key}", who)

    await opens_order(me, who, AFTERNOON)
    await expect(me.form).to_contain_text("Your manager agrees first.")
    await me.fills("Which day?", "30 February")
    await me.sends_form("There is no such day.")
    await me.fills("Which day?", day.isoformat())
    await me.sends_form(f"You asked for {AFTERNOON}")
    await me.closes_form()
    await me.opens_chat(ALICE)
    await me.presses("Agree", "asks you to agree", AFTERNOON, f"{day.day} {day:%B %Y}")
    await me.opens_chat(who)
    await me.presses("Calendar file", f"{AFTERNOON} is yours")
    link = me.message("Here it is for your calendar").get_by_role("link", name="Open the calendar file")
    file = await me.page.request.get(str(await link.get_attribute("href")))
    assert f"DTSTART;VALUE=DATE:{day:%Y%m%d}\r\n" in await file.text()


async def test_a_full_date_has_a_line_that_moves_up(me: Column) -> None:
    place, day = f"Kiln {me.key}", real_time().date() + timedelta(days=20)
    await grants(me, 60, f"the clay on {me.key}", SIOBHAN, BOB)
    await me.asks("rewards-admin sessions pottery-evening")
    await me.presses("Add a date", f"Dates of {POTTERY}")
    for label, text in {"Which day?": day.isoformat(), "From": "18:00", "Until": "21:00", "Where?": place}.items():
        await me.fills(label, text)
    await me.fills("How many places?", "1")
    await me.sends_form("The date is added", f"{place}: 0 of 1 places taken")
    await me.closes_form()

    for name, answer in ((SIOBHAN, "your place is booked"), (BOB, "is full just now, and you are in line")):
        await opens_order(me, name, POTTERY)
        await me.chooses("Which date?", place)
        await me.sends_form(answer)
        await me.closes_form()
    await me.reads(f"{POTTERY} is full just now", "No points are taken while you wait.")
    await me.opens_chat(SIOBHAN)
    await me.presses("Cancel the order", f"{POTTERY}: your place is booked", place, sure=True)
    await me.reads(f"You cancelled {POTTERY}. Your 60 points are back")
    await me.opens_chat(BOB)
    await me.presses("Take the place", f"{POTTERY} has a place for you", place)
    await me.chooses("Which date?", "a place is kept for you")
    await me.sends_form("your place is booked")
    await me.closes_form()
    await me.presses("Calendar file", f"{POTTERY}: your place is booked", place)
    await me.reads("Here it is for your calendar")


async def test_a_donation_is_given_at_once_and_stands_in_the_report(me: Column) -> None:
    who = {"slack": PRIYA, "teams": MATEO}[me.key]
    await grants(me, 30, f"the garden on {me.key}", who)
    await orders(me, who, TREE, f"{TREE}: your donation is made.", "It goes to Trees for the valley")
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin charity")
    await me.reads("Given to charity", "Trees for the valley", "The month is still running.")
