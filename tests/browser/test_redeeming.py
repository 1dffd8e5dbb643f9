"""Redeeming at the page: ordered on one platform and handed out on the other, by hand and from a pool of codes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import Column, Screen
from tests.browser.people import ALICE, MATEO, MAXI, PRIYA, SIOBHAN, TANE
from tests.browser.shop import adds, grants, opens_order, orders

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]


async def _adds_one(at: Screen, reward: str, to: str) -> None:
    """Alice adds a reward by a line, for whoever runs it to hand out, and grants somebody what it takes."""
    await at.teams.opens_chat(ALICE)
    await at.teams.asks(f"rewards-admin catalogue add 30 {reward}")
    await expect(at.teams.message(reward[2:], "30 points").last).to_be_visible()
    await at.teams.asks(f"rewards-admin grant {at.teams.at(to)} +30 for looking after the visitors")
    await expect(at.teams.message("granted", "30 points").last).to_be_visible()


async def test_what_is_ordered_on_teams_is_declined_on_slack(visit: Visit) -> None:
    at = await visit()
    await _adds_one(at, "🧭 Pocket compass", TANE)
    await opens_order(at.teams, TANE, "Pocket compass")
    await expect(at.teams.form).to_contain_text("You have it within 5 working days")
    await at.teams.sends_form("Pocket compass is ordered")
    await at.teams.closes_form()
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.asks("rewards-admin orders")
    await at.slack.whispered("Orders").get_by_role("button", name="Show Pocket compass").click()
    card = at.slack.whispered("ordered Pocket compass")
    await card.get_by_role("button", name="Decline").click()
    await at.slack.fills("Why?", "The last one went overboard.")
    await at.slack.sends_form("Declined. The points are back")
    await at.slack.closes_form()
    await at.teams.opens_chat(TANE)
    await at.teams.presses("My orders", "Pocket compass was declined", "The last one went overboard.")
    await at.teams.reads("My orders", "Pocket compass")


async def test_what_is_ordered_on_slack_is_handed_out_on_teams(visit: Visit) -> None:
    at = await visit()
    await _adds_one(at, "🎏 Paper kite", PRIYA)
    await orders(at.slack, PRIYA, "Paper kite", "Paper kite is ordered. You have it by")
    await at.teams.opens_chat(ALICE)
    await at.teams.presses("I start on it", "Priya Raghunathan ordered Paper kite")
    await at.teams.presses("Done", "Priya Raghunathan ordered Paper kite", "started by Alice Moreau")
    await at.teams.fills("A word to them", "It hangs by the door.")
    await at.teams.fills("A code or a secret link", "KITE-42")
    await at.teams.sends_form("handed over by Alice Moreau")
    await at.teams.closes_form()
    await at.slack.opens_chat(PRIYA)
    await at.slack.presses("Show my code", "Paper kite is yours", "It hangs by the door.")
    await expect(at.slack.whispered("KITE-42")).to_be_visible()


async def test_the_rest_from_ones_own_pocket_is_agreed_to_paid_and_confirmed(me: Column) -> None:
    who, title = {"slack": SIOBHAN, "teams": TANE}[me.key], f"Kayak on {me.key}"
    await adds(me, title, "By hand", Points="60", What_is_it_worth_in_money="30 EUR", Points_at_least="20")
    await me.asks("rewards-admin approvals")
    await me.presses("Add a rule", "Who has to agree")
    await me.chooses("To what?", "Rewards")
    await me.fills("From how many points?", "0")
    await me.ticks("Asked by whom?", who)
    await me.chooses("Who agrees?", "An administrator")
    await me.sends_form("Added.")
    await me.closes_form()
    await grants(me, 60, f"the pier on {me.key}", who)

    await opens_order(me, who, title)
    await expect(me.form).to_contain_text("Somebody has to agree first")
    await me.chooses("How would you like to pay?", "20 points and 20.00 EUR")
    await me.sends_form("Somebody has to agree first", "20.00 EUR from your own pocket, which is not paid yet")
    await me.closes_form()
    await me.presses("Cancel the order", f"You asked for {title}", sure=True)
    await me.reads(f"You cancelled {title}. Your 20 points are back in your wallet.")
    await opens_order(me, who, title)
    await me.chooses("How would you like to pay?", "20 points and 20.00 EUR")
    await me.sends_form(f"You asked for {title}")
    await me.closes_form()

    await me.opens_chat(ALICE)
    await me.reads("asks you to agree", title, "It was withdrawn")
    await me.presses("Agree", "asks you to agree", title)
    await me.reads("asks you to agree", f"{title}: 20 points (10.00 EUR)", "It is agreed to")
    await me.presses("The rest is paid", f"ordered {title}", "They pay 20.00 EUR themselves", sure=True)
    await me.reads(f"ordered {title}", "The rest of 20.00 EUR is paid.")
    await me.presses("Done", f"ordered {title}")
    await me.fills("A word to them", "Boat number seven.")
    await me.sends_form("Done. There is nothing left to do.")
    await me.closes_form()
    await me.opens_chat(who)
    await me.reads(f"{title} is yours", "Boat number seven.", "20.00 EUR from your own pocket, which is paid")


async def test_the_last_code_goes_out_and_whoever_waited_hears_when_there_are_more(me: Column) -> None:
    title = f"Puzzle on {me.key}"
    waits = {"slack": PRIYA, "teams": MAXI}[me.key]  # for the note comes by day, and one a day
    await adds(me, title, "From a pool of gift codes", Points="30")
    await _adds_code(me, title, f"FIRST-{me.key}")
    await grants(me, 30, f"the puzzles on {me.key}", MATEO, waits)

    await orders(me, MATEO, title, f"{title} is yours")
    await me.presses("Show my code", f"{title} is yours")
    await expect(me.message(f"FIRST-{me.key}")).to_be_visible()
    await me.opens_chat(waits)
    await me.asks(f"rewards browse {title}")
    await me.presses("Tell me when it is back", title, "All are gone.")
    await me.reads(f"I will tell you once when {title} is back.")
    await me.opens_chat(ALICE)
    await me.presses("Add codes", f"{title} has no gift code left")
    await me.fills("Codes", f"SECOND-{me.key}")
    await me.sends_form("1 code was added.")
    await me.closes_form()
    await me.opens_chat(waits)
    await me.presses("Redeem", f"{title} is back: it takes 30 points.")
    await me.sends_form(f"{title} is yours")
    await me.closes_form()
    await me.presses("Show my code", f"{title} is yours")
    await expect(me.message(f"SECOND-{me.key}")).to_be_visible()


async def _adds_code(me: Column, title: str, code: str) -> None:
    await me.asks("rewards-admin codes")
    await me.presses(f"Add codes: {title}", "Gift codes", title)
    await me.fills("Codes", code)
    await me.sends_form("1 left")
    await me.closes_form()
