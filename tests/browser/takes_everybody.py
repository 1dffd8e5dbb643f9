"""Pictures for everybody: giving, receiving, one's own pages, the wall."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.hands import Screen
from tests.browser.people import ALICE, BOB, INES, KALANI, SIOBHAN
from tests.browser.takes import Chapter, brings_departments, goes_to_page

EVERYBODY = Chapter()
RELEASE = "walking me through the release"
WORKSHOP = "the museum workshop, and the cake after it"


@EVERYBODY.picture
async def slack_sent(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says(f"/kudos @bob +10 for {RELEASE} #teamwork :rocket:")
    await expect(at.slack.message("thanked", RELEASE)).to_be_visible()
    return at.slack.whispered("Sent.", "Undo")


@EVERYBODY.picture
async def slack_post(at: Screen) -> Locator:
    await at.slack.acts_as(SIOBHAN)
    await at.slack.goes_to("general")
    return at.slack.message("thanked", RELEASE)


@EVERYBODY.picture
async def slack_received(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("Plaudit")
    return at.slack.message("thanked you", RELEASE)


@EVERYBODY.picture
async def teams_form(at: Screen) -> Locator:
    await at.teams.acts_as(BOB)
    await at.teams.goes_to("Design")
    await at.teams.all.locator(".shortcut").click()
    await at.teams.ticks("Whom do you thank?", "Inês")
    await at.teams.field("What for?").locator("textarea").fill(WORKSHOP)
    await at.teams.field("Which value does it show?").locator("select").select_option(label="🌱 kindness")
    return at.teams.form


@EVERYBODY.picture
async def teams_post(at: Screen) -> Locator:
    await at.teams.acts_as(BOB)
    await at.teams.closes_form()
    await at.teams.goes_to("General")
    await at.teams.says(f"@Plaudit kudos @{INES} for {WORKSHOP} #kindness")
    return at.teams.message("thanked", "the museum workshop")


@EVERYBODY.picture
async def slack_boost(at: Screen) -> Locator:
    await at.slack.goes_to("general")
    for name in (SIOBHAN, KALANI):
        await at.slack.acts_as(name)
        await at.slack.message("thanked", RELEASE).get_by_role("button", name="Boost").click()
        await expect(at.slack.whispered("You joined in")).to_be_visible()
    post = at.slack.message("thanked", RELEASE)
    await expect(post).to_contain_text(f"{SIOBHAN} and {KALANI} joined in")
    return post


@EVERYBODY.picture
async def slack_points(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/points")
    return at.slack.whispered("Your points")


@EVERYBODY.picture
async def slack_profile(at: Screen) -> Locator:
    await at.slack.acts_as(KALANI)
    await at.slack.goes_to("general")
    await at.slack.says("/profile @bob")
    return at.slack.whispered(BOB, "Thanked in public")


@EVERYBODY.picture
async def wall(at: Screen) -> Locator:
    await _opens_wall(at, ALICE)
    await at.page.add_style_tag(content="article.thanks ~ article.thanks ~ article.thanks ~ * { display: none }")
    return at.page.locator("body")


@EVERYBODY.picture
async def wall_person(at: Screen) -> Locator:
    await _opens_wall(at, SIOBHAN)
    await at.page.get_by_role("link", name=BOB).first.click()
    await at.page.get_by_label("Write to").fill("You explain things as if we had all day. Thank you for that.")
    await at.page.get_by_role("button", name="Leave the note").click()
    await expect(at.page.get_by_role("status")).to_have_text("Your note is on the page.")
    await goes_to_page(at.page, at.page.url.partition("?")[0], 900, 1000)
    await at.page.add_style_tag(content="article.thanks ~ article.thanks ~ * { display: none }")
    return at.page.locator("body")


@EVERYBODY.picture
async def share(at: Screen) -> Locator:
    """Both have agreed, so both are named."""
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/my-choices")
    await at.slack.whispered("Your choices").get_by_role("button", name="Allow pictures").click()
    await expect(at.slack.whispered("Your choices").get_by_role("button", name="No pictures")).to_be_visible()
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("Plaudit")
    await at.slack.message("thanked you", RELEASE).get_by_role("button", name="Make a picture").click()
    await at.slack.message("May a picture").get_by_role("button", name="Allow pictures of me").click()
    link = at.slack.message("Your picture is ready").get_by_role("link", name="Open the picture")
    await goes_to_page(at.page, await link.get_attribute("href"), 680, 700)
    return at.page.get_by_role("img")


@EVERYBODY.picture
async def teams_leaderboard(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("leaderboard")
    return at.teams.message("Who said thanks this week")


@EVERYBODY.picture
async def slack_choices(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/my-choices")
    return at.slack.whispered("Your choices")


@EVERYBODY.picture
async def slack_home(at: Screen) -> Locator:
    await brings_departments(at)
    await at.slack.says("/rewards-admin purposes suggestion yes")
    await expect(at.slack.whispered("Suggestions")).to_be_visible()
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("Home")
    home = at.slack.all.locator(".home-tab")
    await expect(home).to_contain_text("Not thanked by you in a while")
    return home


@EVERYBODY.picture
async def teams_home(at: Screen) -> Locator:
    await at.teams.acts_as(INES)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("my-home")
    return at.teams.message("Your home")


async def _opens_wall(at: Screen, name: str) -> None:
    await at.slack.acts_as(name)
    await at.slack.goes_to("general")
    await at.slack.says("/wall")
    link = at.slack.whispered("Here is your way").get_by_role("link", name="Open the wall")
    await goes_to_page(at.page, await link.get_attribute("href"), 900, 1000)
    await at.page.get_by_role("button", name="Open the wall").click()
