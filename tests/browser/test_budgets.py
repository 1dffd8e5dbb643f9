"""Budgets at the page: an owner looks and moves points on one platform, an administrator tops up on the other."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_owner_on_slack_gives_more_to_who_draws_on_it(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Alice Moreau")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards budget")
    shown = at.slack.whispered("Spent against plan", "Museum desk")
    await expect(shown).to_contain_text("come in every quarter")
    await shown.get_by_role("button", name="Open Workshop").click()
    opened = at.slack.whispered("Draws on Kestrel & Finch")
    await opened.get_by_role("button", name="Top up").click()
    await at.slack.field("Points").locator("input").fill("120")
    await at.slack.field("What is it for?").locator("input").fill("the open house")
    await at.slack.form.locator("footer .primary").click()
    await expect(at.slack.form).to_contain_text("120 points came into Workshop, from Kestrel & Finch.")
    await at.slack.closes_form()
    await at.slack.acts_as("Maximiliane Theodora Freifrau von Hohenstein-Lichtenberg")
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("120 points came into Workshop", "the open house")).to_be_visible()


async def test_on_teams_an_owner_gives_back_what_is_not_needed(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Siobhán O'Brien")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards budget")
    shown = at.teams.message("Museum desk", "Spent against plan")
    await expect(shown.get_by_role("button", name="Close for good")).to_have_count(0)
    await shown.get_by_role("button", name="Move points").click()
    await at.teams.field("Points").locator("input").fill("50")
    await at.teams.field("What is it for?").locator("input").fill("not needed this month")
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("50 points went from Museum desk to Kestrel & Finch.")
    await at.teams.closes_form()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin budgets add @Bob Okafor 300 month Repairs from Kestrel & Finch")
    await expect(at.teams.message("Repairs is there.")).to_be_visible()
