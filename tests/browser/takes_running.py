"""Pictures for managers and administrators; the last ones move the clock."""

from __future__ import annotations

from contextlib import suppress

from playwright.async_api import Locator, expect

from tests.browser.hands import Screen
from tests.browser.people import ALICE, BOB, KALANI, PRIYA, SIOBHAN, ZOE
from tests.browser.takes import Chapter, goes_to_page

RUNNING = Chapter()
PEOPLE = """\
email,birthday,start date,department,manager
bob@kestrel-finch.example,9 March,2021-11-23,Platform,alice@kestrel-finch.example
zoe@kestrel-finch.example,29 Feb,2019-04-01,Design,alice@kestrel-finch.example
priya@kestrel-finch.example,03/09,2024-03-09,Design,zoe@kestrel-finch.example
inez@kestrel-finch.example,,2024-06-17,Museum desk,alice@kestrel-finch.example
"""

# --- for managers -----------------------------------------------------------------------------------------


@RUNNING.picture
async def slack_copied(at: Screen) -> Locator:
    await at.slack.acts_as(SIOBHAN)
    await at.slack.goes_to("general")
    await at.slack.all.locator(".shortcut").click()
    await at.slack.ticks("Whom do you thank?", "Bob")
    await at.slack.field("What for?").locator("textarea").fill("staying calm on the phone with the museum on Monday")
    await at.slack.field("Who sees it?").locator("select").select_option(label="The receivers and their managers")
    await at.slack.form.locator("footer .primary").click()
    await expect(at.slack.form).to_contain_text("Sent.")
    await at.slack.closes_form()
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("Plaudit")
    return at.slack.message("wants you to read it")


@RUNNING.picture
async def teams_departments(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("leaderboard teams")
    return at.teams.message("Departments that said thanks this week")


# --- for administrators -----------------------------------------------------------------------------------


@RUNNING.picture
async def teams_admin(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin")
    return at.teams.message("Run Plaudit")


@RUNNING.picture
async def slack_setup(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin setup")
    return at.slack.form


@RUNNING.picture
async def slack_badge(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.closes_form()
    await at.slack.says("/rewards-admin badges")
    await at.slack.whispered("Badges").get_by_role("button", name="Add").first.click()
    await at.slack.field("Title").locator("input").fill("Calm hands")
    await at.slack.field("Emoji").first.locator("input").fill("🫖")
    await at.slack.field("What does it stand for?").locator("input, textarea").fill("Stayed calm when it counted")
    await at.slack.field("Who can give it?").locator("select").select_option(label="Managers")
    await at.slack.field("Points it brings").locator("input").fill("20")
    return at.slack.form


@RUNNING.picture
async def teams_allowances(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.closes_form()
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin setup allowance-for department:Workshop 80")
    await at.teams.says("rewards-admin setup allowance-for managers 100")
    await at.teams.says("rewards-admin allowances")
    told = at.teams.messages.filter(has_text="Who may give how much")
    await expect(told).to_have_count(3)
    return told.last


@RUNNING.picture
async def slack_cost(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin cost 0.05 EUR")
    return at.slack.whispered("What it costs")


@RUNNING.picture
async def people_preview(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.closes_form()
    await at.slack.says("/rewards-admin people import")
    await at.slack.field("Where are the lines?").get_by_text("In a file").click()
    await at.slack.form.locator("footer .primary").click()
    await at.page.goto(str(await at.slack.form.get_by_role("link").get_attribute("href")))
    await at.page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}
    )
    await at.page.get_by_role("button", name="Preview").click()
    await goes_to_page(at.page, None, 760, 1500)
    return at.page.locator("main")


@RUNNING.picture
async def screen(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.closes_form()
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin screens add Lobby")
    link = at.slack.whispered("Lobby is set up").get_by_role("link", name="Open the screen")
    await goes_to_page(at.page, await link.get_attribute("href"), 1120, 630)
    return at.page.locator("body")


# --- on Monday --------------------------------------------------------------------------------------------


@RUNNING.picture
async def slack_last_week(at: Screen) -> Locator:
    await at.slack.acts_as(KALANI)
    await at.page.get_by_role("button", name="To Mon 09:00").click()
    await at.slack.goes_to("kudos")
    return at.slack.message("Last week in thanks")


@RUNNING.picture
async def slack_bundle(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("design")
    await at.slack.says("/rewards-admin setup channel-posts 1")
    await expect(at.slack.whispered("Single posts in a channel")).to_be_visible()
    for name, typed in (
        (ZOE, "@yuki for the empty states, which now say what to do next #craft"),
        (BOB, "@priya +10 for an hour of pairing on the import #teamwork"),
        (PRIYA, "@bob @mateo for the icons, and for asking what they mean #craft :star2:"),
        (KALANI, "@zoe for reading all of it aloud #customer-first"),
    ):
        await at.slack.acts_as(name)
        await at.slack.says(f"/kudos {typed}")
        await expect(at.slack.whispered("Sent.", "Undo").last).to_be_visible()
    bundle = at.slack.message("kudos", "pairing on the import")
    for _ in range(4):  # two hours after the last of them, however fast the machine is
        await at.page.get_by_role("button", name="+1 hour").click()
        with suppress(AssertionError):
            await expect(bundle).to_be_visible(timeout=3000)
            break
    return bundle
