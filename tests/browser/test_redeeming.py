"""Redeeming at the page: ordered on one platform and handed out on the other, by hand and from a pool of codes."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _adds(at: Screen, reward: str, to: str) -> None:
    """Alice adds a reward by hand, for whoever runs it to hand out, and grants somebody what it takes."""
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says(f"rewards-admin catalogue add 30 {reward}")
    await expect(at.teams.message(reward[2:], "30 points").last).to_be_visible()
    await at.teams.says(f"rewards-admin grant {to} +30 for looking after the visitors")
    await expect(at.teams.message("granted", "30 points").last).to_be_visible()


async def _orders_on_slack(at: Screen, name: str, title: str) -> None:
    await at.slack.acts_as(name)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    await at.slack.whispered(title).get_by_role("button", name=f"Redeem {title}").click()
    await at.slack.form.locator("footer .primary").click()


async def test_what_is_ordered_on_teams_is_declined_on_slack(visit: Visit) -> None:
    at = await visit()
    await _adds(at, "🧭 Pocket compass", "@Tāne Rāwiri")
    await at.teams.acts_as("Tāne Rāwiri")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards")
    await at.teams.message("Pocket compass").get_by_role("button", name="Redeem Pocket compass").click()
    await expect(at.teams.form).to_contain_text("You have it within 5 working days")
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("Pocket compass is ordered")
    await at.teams.closes_form()
    await at.slack.acts_as("Alice Moreau")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin orders")
    await at.slack.whispered("Orders").get_by_role("button", name="Show Pocket compass").click()
    card = at.slack.whispered("ordered Pocket compass")
    await card.get_by_role("button", name="Decline").click()
    await at.slack.field("Why?").locator("textarea").fill("The last one went overboard.")
    await at.slack.form.locator("footer .primary").click()
    await expect(at.slack.form).to_contain_text("Declined. The points are back")
    await at.slack.closes_form()
    await at.teams.acts_as("Tāne Rāwiri")
    await at.teams.goes_to("Plaudit")
    news = at.teams.message("Pocket compass was declined", "The last one went overboard.")
    await news.get_by_role("button", name="My orders").click()
    await expect(at.teams.message("My orders", "Pocket compass")).to_be_visible()


async def test_what_is_ordered_on_slack_is_handed_out_on_teams(visit: Visit) -> None:
    at = await visit()
    await _adds(at, "🎏 Paper kite", "@Priya Raghunathan")
    await _orders_on_slack(at, "Priya Raghunathan", "Paper kite")
    await expect(at.slack.form).to_contain_text("Paper kite is ordered. You have it by")
    await at.slack.closes_form()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.message("Priya Raghunathan ordered Paper kite").get_by_role("button", name="I start on it").click()
    done = at.teams.message("Priya Raghunathan ordered Paper kite", "started by Alice Moreau")
    await done.get_by_role("button", name="Done").click()
    await at.teams.field("A word to them").locator("textarea").fill("It hangs by the door.")
    await at.teams.field("A code or a secret link").locator("input").fill("KITE-42")
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("handed over by Alice Moreau")
    await at.teams.closes_form()
    await at.slack.acts_as("Priya Raghunathan")
    await at.slack.goes_to("Plaudit")
    news = at.slack.message("Paper kite is yours", "It hangs by the door.")
    await news.get_by_role("button", name="Show my code").click()
    await expect(at.slack.whispered("KITE-42")).to_be_visible()
