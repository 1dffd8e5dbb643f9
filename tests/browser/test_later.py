"""What time brings, at the page: gifts on their day, reminders, ends, expiry. In a sandbox whose clock is moved on.

Some of the people are on Slack and the others on Teams, because a clock that was moved on does not come back.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.conftest import visiting
from tests.browser.hands import Column, Screen
from tests.browser.house import House, open_house
from tests.browser.people import ALICE, BOB, MATEO, MAXI, NOOR, PRIYA, TANE, YUKI, ZOE
from tests.browser.shop import grants, orders

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
"""A Wednesday."""
GIVER, RECEIVER, STARTER = (
    {"slack": ZOE, "teams": BOB},
    {"slack": YUKI, "teams": MATEO},
    {"slack": PRIYA, "teams": NOOR},
)
TICKET = "Cinema ticket"


@pytest_asyncio.fixture(loop_scope="session")
async def late_house(sqlite_template: Path, tmp_path: Path, chromium: str) -> AsyncIterator[House]:
    """Whose vendor says nothing."""
    copy = shutil.copy(sqlite_template, tmp_path / "plaudit.db")
    async with open_house(f"sqlite:///{copy}", NOW) as opened:
        opened.vendor.by_itself = False
        yield opened


async def test_what_was_begun_comes_to_its_end_as_time_goes_on(late_house: House, browser: Browser) -> None:
    async with visiting(browser, late_house.url) as visit:
        at = await visit()
        both = (at.slack, at.teams)
        await _rules(at)
        for me in both:
            await _begins(me)
        await at.teams.opens_chat(ALICE)
        await at.teams.asks(f"rewards-admin deactivate {at.teams.at(TANE)}")
        await at.teams.reads(TANE, "Deactivated by administrators")

        await _waits(at, "To Mon 09:00", "Mon 23 Nov, 09:00")
        for me in both:
            await me.opens_chat(RECEIVER[me.key])
            await me.reads(f"the open door on {me.key}", "40 points")
            await me.opens_chat(STARTER[me.key])
            await me.reads(f"A kite on {me.key} was not reached by Friday 20 November", "has back what they had set")
        await at.slack.opens_chat(MAXI)
        await at.slack.reads("still waits for your answer about an award", "the long way on slack")
        await at.slack.reads("still waits for your answer about an award", "the long way on teams")
        await at.teams.opens_chat(ALICE)
        await at.teams.reads("Points of people who left", f"{TANE} takes part no more and holds", "They are kept until")

        await _waits(at, "To Mon 09:00", "Mon 30 Nov, 09:00")
        await at.teams.opens_chat(ALICE)
        for me in both:
            await at.teams.reads("Nobody answered", f"the long way on {me.key}")
        await _waits(at, "To Mon 09:00", "Mon 7 Dec, 09:00")
        await at.teams.opens_chat(ALICE)
        await at.teams.reads("The vendor of Cinema ticket", "says nothing, ten working days after the promised day")
        await at.teams.reads("In November 2026 colleagues gave")
        await _waits(at, "To Mon 09:00", "Mon 14 Dec, 09:00")
        for me in both:
            await me.opens_chat(GIVER[me.key])
            await me.reads("Nobody answered about your award", "in time", "120 points are back in the budget")
        for day in ("21 Dec", "28 Dec", "4 Jan"):
            await _waits(at, "To Mon 09:00", f"Mon {day}, 09:00")
        for me in both:
            await me.opens_chat(RECEIVER[me.key])
            await me.presses("My statement", "Some of your points expire soon", "can be used until the end of")
            await me.reads("Your statement")


async def _rules(at: Screen) -> None:
    """Points expire after a month, those of leavers after thirty days; Maxi agrees to what is large."""
    me = at.slack
    await me.comes(MAXI)
    await at.teams.opens_chat(ALICE)
    for rule in ("expiry 1", "leavers 30"):
        await at.teams.asks(f"rewards-admin setup {rule}")
        await at.teams.reads("1", rule.partition(" ")[2])
    await at.teams.asks("rewards-admin approvals")
    await at.teams.presses("Add a rule", "Who has to agree")
    await at.teams.fills("From how many points?", "100")
    await at.teams.chooses("Who agrees?", "Somebody named below")
    await at.teams.ticks("Named for the first step", "Maximiliane")
    await at.teams.sends_form("Added.")
    await at.teams.closes_form()


async def _begins(me: Column) -> None:
    """An award for Friday, one that somebody has to agree to, a goal until Friday, orders that take their time."""
    giver, receiver, starter = GIVER[me.key], RECEIVER[me.key], STARTER[me.key]
    await grants(me, 60, f"the patience on {me.key}", receiver, starter)
    await me.asks(f"rewards-admin budgets add {me.at(giver)} 300 month Later on {me.key} from Kestrel & Finch")
    await me.reads(f"Later on {me.key} is there.")
    await me.asks(f"rewards-admin awarders add {me.at(giver)}")
    await me.reads("Who may reward", giver)
    await me.opens_chat(giver)
    await me.asks(f"reward {me.at(receiver)} +40 on 2026-11-20 for the open door on {me.key}")
    await me.presses("Send", "Before it is sent", "It arrives on Friday 20 November")
    await me.reads("Kept for", "20 November")
    await me.asks(f"reward {me.at(receiver)} +120 for the long way on {me.key}")
    await me.presses("Ask for it", "Before it is sent", "the long way")
    await me.reads("Asked.")
    await me.opens_chat(starter)
    await me.asks("rewards together")
    await me.presses("Start something", "Together")
    await me.fills("What for?", f"A kite on {me.key}")
    await me.fills("How many points?", "90")
    await me.fills("Until which day?", "20 November")
    await me.sends_form("It is started.")
    await me.presses("Add points")
    await me.sends_form("You added 10 points.")
    await me.closes_form()
    await orders(me, starter, TICKET, f"{TICKET} is ordered")
    await orders(me, receiver, "A tree is planted", "your donation is made")


async def _waits(at: Screen, button: str, until: str) -> None:
    await at.page.get_by_role("button", name=button).click()
    await expect(at.clock).to_contain_text(until)
