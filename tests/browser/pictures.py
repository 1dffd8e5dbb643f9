"""Takes the pictures of the guide from the sandbox: `make pictures`.

Always the same Wednesday in the same made-up company, so that names and numbers are those that the guide tells. What
would differ from run to run, the minute in which something was said, is left out. Look at every picture before you
keep it, and at the words beside it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from playwright.async_api import Browser, Locator, expect

from bot.logs import set_up_logs
from manifest.files import ROOT
from tests.browser.hands import Screen
from tests.browser.house import CHROMIUM, find_chromium, open_browser, serve_sandbox, watch
from tests.browser.small_png import make_small

FOLDER = ROOT / "docs" / "guide" / "pictures"
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
"""A Wednesday: some of the week has been given, and some of it is left."""
LOOKS = """
.who time, .deeds { display: none !important }
.messages > li { padding-block: 12px !important }
dialog { border-radius: 0 !important; box-shadow: none !important }
dialog::backdrop { background: white !important }
section:has(input[type=file]) { display: none !important }
*, ::before, ::after { caret-color: transparent !important; outline: none !important; scrollbar-width: none !important }
"""
ALICE, BOB, SIOBHAN, KALANI = "Alice Moreau", "Bob Okafor", "Siobhán O'Brien", "Kalani Akana"
PEOPLE = """\
email,birthday,start date,department,manager
bob@kestrel-finch.example,9 March,2021-11-23,Platform,alice@kestrel-finch.example
zoe@kestrel-finch.example,29 Feb,2019-04-01,Design,alice@kestrel-finch.example
priya@kestrel-finch.example,03/09,2024-03-09,Design,zoe@kestrel-finch.example
inez@kestrel-finch.example,,2024-06-17,Museum desk,alice@kestrel-finch.example
"""

Take = Callable[[Screen], Awaitable[Locator]]
takes: dict[str, Take] = {}


def picture(take: Take) -> Take:
    """Registers what leads to a picture; its file has the name of the function."""
    takes[take.__name__.replace("_", "-")] = take
    return take


# --- for everybody ----------------------------------------------------------------------------------------


@picture
async def slack_sent(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/kudos @bob +10 for walking me through the release #teamwork :rocket:")
    return at.slack.whispered("Sent.", "Undo")


@picture
async def slack_post(at: Screen) -> Locator:
    await at.slack.acts_as(SIOBHAN)
    await at.slack.goes_to("general")
    return at.slack.message("thanked", "walking me through the release")


@picture
async def slack_received(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("Plaudit")
    return at.slack.message("thanked you", "walking me through the release")


@picture
async def teams_form(at: Screen) -> Locator:
    await at.teams.acts_as(BOB)
    await at.teams.goes_to("Design")
    await at.teams.all.locator(".shortcut").click()
    await at.teams.ticks("Whom do you thank?", "Inês")
    await at.teams.field("What for?").locator("textarea").fill("the museum workshop, and the cake after it")
    await at.teams.field("Which value does it show?").locator("select").select_option(label="🌱 kindness")
    return at.teams.form


@picture
async def teams_post(at: Screen) -> Locator:
    await at.teams.acts_as(BOB)
    await at.teams.closes_form()
    await at.teams.goes_to("General")
    await at.teams.says("@Plaudit kudos @Inês Cardoso for the museum workshop, and the cake after it #kindness")
    return at.teams.message("thanked", "the museum workshop")


@picture
async def slack_points(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/points")
    return at.slack.whispered("Your points")


@picture
async def teams_leaderboard(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("leaderboard")
    return at.teams.message("Who said thanks this week")


@picture
async def slack_choices(at: Screen) -> Locator:
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/my-choices")
    return at.slack.whispered("Your choices")


# --- for administrators -----------------------------------------------------------------------------------


@picture
async def teams_admin(at: Screen) -> Locator:
    await at.teams.acts_as(ALICE)
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin")
    return at.teams.message("Run Plaudit")


@picture
async def slack_setup(at: Screen) -> Locator:
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin setup")
    return at.slack.form


@picture
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
    await at.page.set_viewport_size({"width": 760, "height": 1500})
    await at.page.add_style_tag(content=LOOKS)
    return at.page.locator("main")


@picture
async def slack_last_week(at: Screen) -> Locator:
    await at.slack.acts_as(KALANI)
    await at.page.get_by_role("button", name="To Mon 09:00").click()
    await at.slack.goes_to("kudos")
    return at.slack.message("Last week in thanks")


# --- the camera -------------------------------------------------------------------------------------------


async def main(chromium: str) -> tuple[dict[str, bytes], list[str]]:
    """The pictures by name, and what went wrong in the pages. One that cannot be taken raises."""
    trouble: list[str] = []
    with tempfile.TemporaryDirectory() as books:
        async with serve_sandbox(f"sqlite:///{books}/plaudit.db", NOW) as url, open_browser(chromium) as browser:
            return {name: await _shoot(browser, url, take, trouble) for name, take in takes.items()}, trouble


async def _shoot(browser: Browser, url: str, take: Take, trouble: list[str]) -> bytes:
    context = await browser.new_context(
        viewport={"width": 1180, "height": 1500},
        device_scale_factor=2,
        color_scheme="light",
        locale="en-GB",
        bypass_csp=True,  # for our own style
    )
    page = await context.new_page()
    watch(page, url, trouble)
    await page.goto(url)
    await page.add_style_tag(content=LOOKS)
    subject = await take(Screen(page))
    await expect(subject).to_be_visible()
    await page.mouse.move(0, 0)
    shot = await make_small(page, await subject.screenshot(animations="disabled"))
    await context.close()
    return shot


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit(f"there is no browser here (apt-get install chromium): looked for {', '.join(CHROMIUM)}")
    set_up_logs("error")
    pictures, wrong = asyncio.run(main(found))
    FOLDER.mkdir(exist_ok=True)
    for name, content in pictures.items():
        (FOLDER / f"{name}.png").write_bytes(content)
    sys.exit("\n".join(wrong) or None)
