"""The catalogue at the page: wished for on Teams, searched on Slack, changed by whoever runs it, and in the browser."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_far_is_wished_for_and_stands_on_the_list_with_a_bar(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Inês Cardoso")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards browse train")
    card = at.teams.message("Rewards", "A day trip by train")
    await card.get_by_role("button", name="Wish for A day trip by train").click()
    await expect(at.teams.message("A day trip by train is on your wish list")).to_be_visible()
    await at.teams.says("rewards wishes")
    await expect(at.teams.message("My wish list", "of 300", "to go")).to_be_visible()


async def test_a_search_by_form_finds_a_kind_and_what_is_gone_can_be_waited_for(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Priya Raghunathan")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    await at.slack.whispered("Rewards").get_by_role("button", name="Search").click()
    await at.slack.field("What kind?").locator("select").select_option(label="🎽 Company swag")
    await at.slack.form.locator("footer .primary").click()
    await expect(at.slack.form).to_contain_text("All are gone")
    await at.slack.form.get_by_role("button", name="Tell me when it is back: The hoodie").click()
    await expect(at.slack.form).to_contain_text("I will tell you once when The hoodie is back")
    await at.slack.closes_form()


async def test_an_administrator_adds_a_reward_in_two_steps(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin catalogue")
    await at.teams.message("The catalogue").get_by_role("button", name="Add a reward").click()
    await at.teams.field("Title").locator("input").first.fill("Brass telescope")
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("Who hands it out?")
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("Brass telescope is in the catalogue")
    await at.teams.closes_form()


async def test_the_same_rewards_are_a_page_in_the_browser(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Bob Okafor")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    await at.slack.whispered("Rewards", "/rewards how").get_by_role("button", name="In the browser").click()
    await at.page.goto(str(await at.slack.whispered("Open the rewards").get_by_role("link").get_attribute("href")))
    await at.page.locator("button").first.click()
    await at.page.get_by_label("Kind").select_option(label="Entertainment")
    await at.page.get_by_role("button", name="Show").click()
    await expect(at.page.locator(".rewards li")).to_have_count(1)
    await expect(at.page.locator(".rewards")).to_contain_text("3 left")
