"""The home in a real browser: the tab in Slack's column, the card in Teams' personal chat."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_home_tab_is_opened_turned_and_left(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Bob Okafor")
    await at.slack.goes_to("Home")
    tab = at.slack.all.locator(".home-tab")
    await expect(tab).to_contain_text("Your home")
    await expect(tab).to_contain_text("Thanks that you received")
    await expect(at.slack.all.locator(".compose")).to_be_hidden()

    before = await tab.inner_text()
    await tab.get_by_role("button", name="Older received").click()
    await expect(tab.get_by_role("button", name="Newer received")).to_be_visible()
    assert await tab.inner_text() != before

    await tab.get_by_role("button", name="My choices").click()
    await expect(at.slack.form).to_contain_text("Your choices")
    await at.slack.closes_form()
    await tab.get_by_role("button", name="Ask a person").click()
    await expect(at.slack.form).to_contain_text("What would you like to know?")
    await at.slack.closes_form()

    await at.slack.acts_as("Zoë Lindström")
    await expect(tab).to_contain_text("Your home")
    await expect(tab).not_to_contain_text(before[:200])
    await at.slack.goes_to("general")
    await expect(at.slack.all.locator(".compose")).to_be_visible()
    await expect(tab).to_have_count(0)


async def test_on_teams_the_card_is_in_the_personal_chat(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Bob Okafor")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("my-home")
    card = at.teams.message("Your home")
    await expect(card).to_contain_text("Thanks that you gave")
    await card.get_by_role("button", name="Older received").click()
    await expect(at.teams.message("Your home").get_by_role("button", name="Newer received")).to_be_visible()
