"""Somebody reacts at the page: on Slack it gives points, on Teams it joins in, and taken off it is as before."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_programmes_emoji_on_a_message_of_slack_gives_points(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Kalani Akana")
    await at.slack.goes_to("general")
    await at.slack.says("the pump runs again")
    await at.slack.acts_as("Tāne Rāwiri")
    message = at.slack.message("the pump runs again")
    await message.hover()
    await message.get_by_role("button", name="React with sports_medal").click()
    await expect(message.get_by_role("button", name="sports_medal: 1, with yours")).to_have_attribute(
        "aria-pressed", "true"
    )
    await expect(at.slack.whispered("5 points", "Kalani Akana", "for their message")).to_be_visible()
    await expect(at.slack.messages.filter(has_text="thanked").filter(has_text="the pump")).to_have_count(0)

    await at.slack.acts_as("Kalani Akana")
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("thanked you", "A message in #general")).to_be_visible()

    await at.slack.acts_as("Tāne Rāwiri")
    await at.slack.goes_to("general")
    await at.slack.message("the pump runs again").get_by_role("button", name="with yours").click()
    await expect(at.slack.message("the pump runs again").locator(".reactions")).to_have_count(0)
    await at.slack.acts_as("Kalani Akana")
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("took back this kudos to you")).to_be_visible()


async def test_another_emoji_is_only_shown(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Mateo Ibáñez 🎸")
    await at.slack.goes_to("general")
    await at.slack.says("lunch is here")
    await at.slack.acts_as("Priya Raghunathan")
    message = at.slack.message("lunch is here")
    await at.slack.all.get_by_role("button", name="React with tada").last.focus()
    await at.page.keyboard.press("Enter")
    await expect(message.get_by_role("button", name="tada: 1, with yours")).to_be_visible()
    await expect(at.slack.whispered("for their message")).to_have_count(0)


async def test_a_like_on_a_post_of_teams_joins_in(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Zoë Lindström")
    await at.teams.goes_to("Design")
    await at.teams.says("@Plaudit kudos @Bob Okafor +1 for the ladder on Friday")
    post = at.teams.message("thanked", "the ladder on Friday", "Boost")
    await expect(post).to_be_visible()
    await at.teams.acts_as("佐藤 由紀")
    await post.hover()
    await post.get_by_role("button", name="React with heart").click()
    await expect(post).to_contain_text("佐藤 由紀 joined in")
    await expect(at.teams.whispered("You joined in", "2 points")).to_be_visible()
    await post.get_by_role("button", name="heart: 1, with yours").click()
    await expect(post).not_to_contain_text("joined in")


async def test_the_button_joins_in_on_slack(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Siobhán O'Brien")
    await at.slack.goes_to("design")
    await at.slack.says("/kudos @bob +1 for carrying the sofa")
    post = at.slack.message("thanked", "carrying the sofa")
    await expect(post).to_be_visible()
    await at.slack.acts_as("Maximiliane Theodora Freifrau von Hohenstein-Lichtenberg")
    await post.get_by_role("button", name="Boost +2").click()
    await expect(post).to_contain_text("joined in: 2 points more")
    await expect(at.slack.whispered("You joined in", "2 points")).to_be_visible()


async def test_a_message_is_one_stop_of_the_tab_key_and_arrows_lead_on(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Priya Raghunathan")
    await at.slack.goes_to("general")
    await at.slack.says("the kettle is new")
    message = at.slack.message("the kettle is new")
    await expect(message).to_be_visible()
    stops = at.slack.messages.locator("[role=toolbar]")
    counted = await stops.evaluate_all("bars => bars.map(bar => bar.querySelectorAll('[tabindex=\"0\"]').length)")
    assert counted == [1] * len(counted)

    await at.tabs_to(message.get_by_role("button", name="React with sports_medal"))
    await expect(message.locator(".deeds")).to_have_css("opacity", "1")
    await at.presses("ArrowRight")
    await expect(message.get_by_role("button", name="React with +1")).to_be_focused()
    await at.presses("End")
    await expect(message.get_by_role("button", name="Give kudos for this message")).to_be_focused()
    await at.presses("ArrowRight")
    await expect(message.get_by_role("button", name="React with sports_medal")).to_be_focused()
    await at.presses("ArrowLeft", "Home", "ArrowRight", "Enter")
    theirs = message.get_by_role("button", name="+1: 1, with yours")
    await expect(theirs).to_be_visible()
    await expect(message.get_by_role("button", name="React with +1")).to_be_focused()
    await at.presses("Home", "Enter")
    await expect(theirs).to_have_count(0)
    await expect(message.get_by_role("button", name="React with sports_medal")).to_be_focused()
    await at.presses("Tab")
    await expect(message.locator(":focus")).to_have_count(0)


async def test_thanks_of_the_past_can_be_boosted(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Mateo Ibáñez 🎸")
    await at.teams.goes_to("General")
    of_others = at.teams.messages.filter(has_text="thanked").filter(has_not_text="Mateo").first
    post = at.teams.all.locator(f'[data-message="{await of_others.get_attribute("data-message")}"]')
    await post.get_by_role("button", name="Boost +2").click()
    await expect(post).to_contain_text("Mateo Ibáñez 🎸 joined in")
