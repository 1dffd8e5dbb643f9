"""The wall in a browser, from the answer in the chat on: in, find, write, hide, answer, and a big screen."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.hands import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


async def link_for(at: Screen, name: str) -> str:
    """What `/wall` on Slack tells this person."""
    await at.slack.acts_as(name)
    await at.slack.goes_to("general")
    await at.slack.says("/wall")
    link = at.slack.whispered("Here is your way").get_by_role("link", name="Open the wall")
    return str(await link.get_attribute("href"))


async def comes_in(visit: Visit, name: str, **looks: Any) -> Page:
    """A browser of this person's own, on the wall."""
    address = await link_for(await visit(), name)
    page = (await visit(**looks)).page
    await page.goto(address)
    await expect(page.get_by_text(f"You will be here as {name}")).to_be_visible()
    await page.get_by_role("button", name="Open the wall").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("What we thank each other for")
    return page


async def test_the_link_of_the_chat_opens_the_wall_in_a_new_window(visit: Visit) -> None:
    at = await visit()
    await link_for(at, "Priya Raghunathan")
    async with at.page.expect_popup() as opened:
        await at.slack.whispered("Here is your way").get_by_role("link", name="Open the wall").click()
    page = await opened.value
    await page.get_by_role("button", name="Open the wall").click()
    await expect(page).to_have_url(re.compile("/wall$"))
    await expect(page.get_by_role("article").first).to_contain_text("thanked")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading")).to_have_text("You are signed out")
    await page.goto(page.url.partition("/wall")[0] + "/wall")
    await expect(page.get_by_text("you get a link that opens it")).to_be_visible()


async def test_on_teams_a_button_leads_there(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Inês Cardoso")
    await at.teams.goes_to("Design")
    await at.teams.says("@Plaudit wall")
    await at.teams.whispered("is on the wall").get_by_role("button", name="Get my link").click()
    link = at.teams.whispered("Here is your way").get_by_role("link", name="Open the wall")
    page = (await visit()).page
    await page.goto(str(await link.get_attribute("href")))
    await page.get_by_role("button", name="Open the wall").click()
    await expect(page.get_by_role("link", name="Your page")).to_contain_text("Inês Cardoso")


async def test_finding_by_keys_alone(visit: Visit) -> None:
    page = await comes_in(visit, "Bob Okafor")
    at = Screen(page)
    await at.tabs_to(page.get_by_label("Search", exact=True))
    await page.keyboard.type("buns")
    await at.presses("Enter")
    await expect(page.get_by_role("article").first).to_contain_text("the cinnamon buns")
    await at.tabs_to(page.get_by_text("More filters"))
    await at.presses("Enter")
    await at.tabs_to(page.get_by_label("Person"))
    await page.keyboard.type("Nobody At All")
    await at.presses("Enter")
    await expect(page.get_by_role("status")).to_contain_text("I know nobody called")
    await page.get_by_role("link", name="Show everything").first.click()
    await expect(page.get_by_role("article")).to_have_count(20)
    await page.get_by_role("link", name="Older ones").click()
    await expect(page.get_by_role("link", name="Back to the newest ones")).to_be_visible()


async def test_a_note_is_written_answered_and_hidden(visit: Visit) -> None:
    writer = await comes_in(visit, "Tāne Rāwiri")
    await writer.goto(writer.url + "?person=" + "Kalani Akana")
    await writer.get_by_role("article").first.get_by_role("link", name="Kalani Akana").click()
    await writer.get_by_label("Write to").fill("Mahalo nui\nfor the invoices")
    await writer.get_by_role("button", name="Leave the note").click()
    await expect(writer.get_by_role("status")).to_have_text("Your note is on the page.")
    mine = writer.locator(".written").filter(has_text="Mahalo nui")
    await expect(mine).to_contain_text("Tāne Rāwiri")

    owner = await comes_in(visit, "Kalani Akana")
    await owner.get_by_role("link", name="Your page").click()
    note = owner.locator(".written").filter(has_text="Mahalo nui")
    await note.get_by_text("Answer", exact=True).first.click()
    await note.get_by_label("Your answer").fill("Any time!")
    await note.get_by_role("button", name="Answer").click()
    await expect(note).to_contain_text("Any time!")
    await note.get_by_role("button", name="Hide").click()
    await expect(note).to_contain_text("Hidden.")

    reader = await comes_in(visit, "Zoë Lindström")
    await reader.goto(owner.url.partition("?")[0])
    await expect(reader.get_by_role("heading", name="Kalani Akana", exact=True)).to_be_visible()
    await expect(reader.get_by_text("Mahalo nui")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_and_fit_a_phone(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    page = await comes_in(visit, "Siobhán O'Brien", color_scheme=scheme, **PHONE)
    addresses = ["/wall", "/wall?q=nothing-like-it&value=x", "/wall?person=Bob+Okafor"]
    addresses.append(str(await page.get_by_role("link", name="Your page").get_attribute("href")))
    addresses.append(str(await page.locator(".thanks h2 a").first.get_attribute("href")))
    base = page.url.partition("/wall")[0]
    for address in addresses:
        await page.goto(base + address)
        looked, faint = await page.evaluate(CONTRAST)
        assert (looked > 5, faint) == (True, []), address
        assert await Screen(page).overflow() <= 0, address


async def test_a_big_screen_shows_and_goes_dark(visit: Visit, browser: Browser) -> None:
    at = await visit()
    await at.slack.acts_as("Alice Moreau")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin screens add Entrance")
    link = at.slack.whispered("Entrance is set up").get_by_role("link", name="Open the screen")
    # Not by `visit`: a browser complains of the answer to a link that was taken back.
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    await page.clock.install()
    await page.goto(str(await link.get_attribute("href")))
    await expect(page.locator(".people")).to_contain_text("from")
    assert await page.evaluate("document.documentElement.scrollHeight <= window.innerHeight")
    looked, faint = await page.evaluate(CONTRAST)
    assert (looked > 3, faint) == (True, [])

    await at.slack.says("/rewards-admin screens")
    at.page.once("dialog", lambda asked: asked.accept())
    await at.slack.whispered("Screens").get_by_role("button", name="Switch off: Entrance").click()
    await expect(at.slack.whispered("Entrance is switched off")).to_be_visible()
    await page.clock.fast_forward(31_000)
    await expect(page.get_by_text("This screen was switched off.")).to_be_visible()
    await context.close()
