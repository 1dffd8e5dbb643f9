"""Rewarding at the page, on each platform: what it costs before it is sent, its day, and whoever has to agree."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from scheduler.clock import real_time
from tests.browser.conftest import Visit
from tests.browser.hands import Column
from tests.browser.people import ALICE, MATEO, MAXI, NOOR, PRIYA, SIOBHAN, YUKI, ZOE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

PLACES = {"slack": "kudos", "teams": "General"}


async def _gets_budget(me: Column, name: str, budget: str) -> None:
    """Alice gives somebody 300 points to award to whomever they like."""
    await me.opens_chat(ALICE)
    await me.asks(f"rewards-admin budgets add {me.at(name)} 300 month {budget} from Kestrel & Finch")
    await me.reads(f"{budget} is there.")
    await me.asks(f"rewards-admin awarders add {me.at(name)}")
    await me.reads("Who may reward", name)


async def test_what_it_costs_is_seen_before_it_is_sent_and_everybody_hears_what_is_theirs(me: Column) -> None:
    budget, both = f"Harbour on {me.key}", f"{me.at(YUKI)} {me.at(PRIYA)}"
    await _gets_budget(me, ZOE, budget)
    await me.comes(YUKI, PRIYA)

    await me.opens_chat(ZOE)
    await me.asks(f'reward {both} +40 from:"{budget}" for painting the boats on {me.key}')
    before = me.message("Before it is sent", "painting the boats")
    await expect(before).to_contain_text("40 points each, 80 points in all")
    await expect(before).to_contain_text(f"{budget} holds 220 points afterwards.")
    await before.get_by_role("button", name="Send", exact=True).click()
    await me.reads("Sent.", f"{budget} holds 220 points now.")
    await me.asks(f'reward {me.at(YUKI)} +221 from:"{budget}" for the mast')
    await me.reads("holds 220", ALICE)
    await me.asks(f'reward {me.at(YUKI)} +170 from:"{budget}" for the sails')
    await me.presses("Send", "Before it is sent", "the sails")
    await me.reads(f"{budget} is nearly used up: 250 of 300")
    await me.presses("Look at it", "nearly used up")
    await me.reads("It holds 50 points now. 250 of 300 are awarded or promised.")

    await me.opens_chat(YUKI)
    await me.reads("painting the boats", "40 points")
    await me.reads("the sails", "170 points")
    await me.opens_chat(PRIYA)
    await me.reads("painting the boats", "40 points")
    await me.lacks("the sails")
    await me.goes_to(PLACES[me.key])
    await me.reads(ZOE, f"painting the boats on {me.key}")


async def test_by_the_form_it_is_split_kept_for_its_day_and_withdrawn(me: Column) -> None:
    budget, day = f"Lighthouse on {me.key}", real_time().date() + timedelta(days=30)
    await _gets_budget(me, MATEO, budget)

    await me.opens_chat(MATEO)
    await me.asks("reward")
    if me.key == "teams":
        await me.presses("Reward somebody", "what it costs comes first")
    await me.ticks("Whom do you reward?", "Zoë")
    await me.ticks("Whom do you reward?", "Priya")
    await me.fills("How much?", "91")
    await me.chooses("For several people", "That much in all, split evenly")
    await me.fills("What for?", "keeping the light on")
    await me.chooses("Out of which budget?", f"{budget}: 300 points")
    await me.chooses("Who sees it?", "The receivers only")
    await me.fills("On which day?", day.isoformat())
    await me.sends_form("45 points each, 90 points in all", "Seen by the receivers only.", "is held until then")
    await me.presses("Send")
    await expect(me.form).to_contain_text("Kept for")
    await me.closes_form()
    await me.asks(f"rewards budget {budget}")
    await me.reads("It holds 210 points now.")
    await me.asks("reward list")
    await me.presses("Withdraw 1", "My awards", "waits for")
    await me.reads("Withdrawn. Its points are back in the budget.")
    await me.asks(f"rewards budget {budget}")
    await me.reads("It holds 300 points now.")


async def test_who_has_to_agree_asks_declines_and_agrees_once_though_two_tap_at_once(me: Column, visit: Visit) -> None:
    """Maxi is away and named Siobhán, so both have the card."""
    other = (await visit()).on(me.key)
    asker = {"slack": YUKI, "teams": NOOR}[me.key]
    budget, last = f"Regatta on {me.key}", real_time().date() + timedelta(days=60)
    await _gets_budget(me, asker, budget)
    await me.asks("rewards-admin approvals")
    await me.presses("Add a rule", "Who has to agree")
    await me.chooses("To what?", "Awards")
    await me.fills("From how many points?", "0")
    await me.ticks("Asked by whom?", asker)
    await me.chooses("Who agrees?", "Somebody named below")
    await me.ticks("Named for the first step", "Maximiliane")
    await me.sends_form("Added.", asker, MAXI)
    await me.closes_form()

    await me.comes(SIOBHAN)
    await me.opens_chat(MAXI)
    await me.asks("rewards delegate")
    await me.presses("Somebody in my place", "In your place")
    await me.ticks("Who?", "Siobh")
    await me.fills("Last day", last.isoformat())
    await me.sends_form("Siobhán O'Brien stands in for you.")
    await me.closes_form()

    await me.opens_chat(asker)
    for what in ("the first regatta", "the second regatta"):
        await me.asks(f'reward {me.at(PRIYA)} +50 from:"{budget}" for {what} on {me.key}')
        await me.presses("Ask for it", "Before it is sent", "Somebody has to agree first", what)
        await me.reads("Asked.", "waits for somebody to agree")

    await other.opens_chat(SIOBHAN)
    await other.reads("named you in their place")
    await other.presses("Ask back", "asks you to agree to an award", "the first regatta")
    await other.fills("What would you like to know?", "Who else was aboard?")
    await other.sends_form("has your question")
    await other.closes_form()
    await other.presses("Decline", "asks you to agree to an award", "the first regatta")
    await other.fills("Why not?", "The club pays for that one.")
    await other.sends_form("declined: The club pays for that one.")
    await other.closes_form()
    await me.reads("asks about", "Who else was aboard?")
    await me.reads("Siobhán O'Brien declined your award", "The club pays for that one.", "back in the budget")

    await me.opens_chat(MAXI)
    await me.reads("Siobhán O'Brien declined", "the first regatta")
    taps = [
        one.message("asks you to agree", "the second regatta").get_by_role("button", name="Agree")
        for one in (me, other)
    ]
    await asyncio.gather(*(one.click() for one in taps))
    said = [one.message("the second regatta", "agreed.") for one in (me, other)]
    for one in said:
        await expect(one).to_be_visible()
    first, second = [re.findall(r".* agreed\.", await one.inner_text()) for one in said]
    assert first == second
    assert len(first) == 1
    await me.opens_chat(asker)
    await me.reads("Your award to", PRIYA, "is on its way: 50 points.")
    await me.asks(f"rewards budget {budget}")
    await me.reads("It holds 250 points now. 50 of 300 are awarded or promised.")
    await me.opens_chat(MAXI)
    await me.asks("rewards delegate")
    await me.presses("End it", "In your place")
    await me.reads("Nobody stands in for you.")
