"""Pictures of what points become: for everybody, for who awards and agrees, and for who runs it."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.hands import Screen
from tests.browser.people import ALICE, BOB, SIOBHAN, TANE
from tests.browser.takes import Chapter, goes_to_page

REWARDS = Chapter()

# --- for everybody ----------------------------------------------------------------------------------------


@REWARDS.picture
async def slack_rewards(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    return at.slack.whispered("Rewards")


@REWARDS.picture
async def teams_redeem(at: Screen) -> Locator:
    await at.teams.acts_as(TANE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards browse pottery")
    await at.teams.message("Rewards").get_by_role("button", name="Redeem").first.click()
    return at.teams.form


@REWARDS.picture
async def slack_orders(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    for title in ("Coffee with a colleague", "Cinema ticket"):
        await at.slack.says("/rewards")
        await at.slack.whispered("Rewards").get_by_role("button", name=f"Redeem {title}").click()
        await at.slack.form.locator("footer .primary").click()
        await expect(at.slack.form).to_contain_text(f"{title} is ordered")
        await at.slack.closes_form()
    await at.slack.says("/rewards orders")
    return at.slack.whispered("My orders")


@REWARDS.picture
async def slack_statement(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards statement")
    return at.slack.whispered("Your statement")


@REWARDS.picture
async def teams_together(at: Screen) -> Locator:
    await at.teams.acts_as(TANE)
    await at.teams.closes_form()
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards together")
    return at.teams.message("Together", "Breakfast for everybody")


@REWARDS.picture
async def rewards_page(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    await at.slack.whispered("Rewards", "/rewards how").get_by_role("button", name="In the browser").click()
    way = at.slack.whispered("Open the rewards").get_by_role("link")
    await goes_to_page(at.page, await way.get_attribute("href"), 900, 900)
    await at.page.locator("button").first.click()
    await goes_to_page(at.page, None, 900, 900)
    await at.page.add_style_tag(content="body { height: 860px; overflow: hidden }")
    return at.page.locator("body")


# --- for who awards and agrees ----------------------------------------------------------------------------


@REWARDS.picture
async def teams_award(at: Screen) -> Locator:
    await at.teams.acts_as(SIOBHAN)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("reward @Bob Okafor @Tāne Rāwiri +60 each for a weekend of keeping the museum's lights on")
    return at.teams.message("Before it is sent")


@REWARDS.picture
async def slack_budget(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards budget")
    return at.slack.whispered("Spent against plan")


# --- for administrators -----------------------------------------------------------------------------------


@REWARDS.picture
async def teams_catalogue(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin catalogue")
    return at.teams.message("The catalogue")


@REWARDS.picture
async def liability_page(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin liability")
    await at.slack.whispered("What is owed").get_by_role("button", name="In the browser").click()
    way = at.slack.whispered("Here is your way in").get_by_role("link")
    await goes_to_page(at.page, await way.get_attribute("href"), 900, 900)
    await at.page.locator("button").first.click()
    await goes_to_page(at.page, None, 900, 900)
    return at.page.locator("body")
