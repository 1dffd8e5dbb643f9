"""The page itself: keys, the clock, the drawer, a narrow screen, dark colours, and the gallery."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import expect

from cards.render import list_cards
from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")


async def test_the_slash_menu_needs_keys_only(visit: Visit) -> None:
    at = await visit()
    await expect(at.slack.messages.first).to_be_visible()
    await at.tabs_to(at.slack.line)
    await at.page.keyboard.type("/")
    kudos = at.slack.offers.filter(has_text="/kudos")
    await expect(kudos).to_contain_text("@name +5 for the reason")
    await expect(kudos).to_contain_text("Thank somebody, here and now.")
    await at.page.keyboard.type("kud")
    await at.presses("ArrowDown", "ArrowUp", "Enter")
    await expect(at.slack.line).to_have_value("/kudos ")
    await at.page.keyboard.type("@bo")
    await at.presses("Tab")
    await at.page.keyboard.type("for the keys")
    await expect(at.slack.line).to_have_value("/kudos @bob for the keys")
    await at.presses("Enter")
    await expect(at.slack.message("thanked", "the keys")).to_be_visible()


async def test_a_mention_of_the_app_on_teams_offers_its_commands(visit: Visit) -> None:
    at = await visit()
    await at.teams.line.click()
    await at.page.keyboard.type("@Plau")
    await at.presses("Enter")
    await expect(at.teams.offers.filter(has_text="@Plaudit help")).to_contain_text("How to say thank you.")
    await at.page.keyboard.type("hel")
    await at.presses("Enter")
    await expect(at.teams.line).to_have_value("@Plaudit help ")
    await at.presses("Enter")
    await expect(at.teams.whispered("How to say thank you")).to_be_visible()


async def test_escape_leaves_the_menu_and_what_is_typed(visit: Visit) -> None:
    at = await visit()
    await at.slack.line.click()
    await at.page.keyboard.type("/kudo")
    await expect(at.slack.offers).to_have_count(1)
    await at.presses("Escape")
    await expect(at.slack.offers.first).to_be_hidden()
    await expect(at.slack.line).to_have_value("/kudo")


async def test_the_clock_jumps_forward(visit: Visit) -> None:
    at = await visit()
    await at.page.get_by_role("button", name="To Thu 14:00").click()
    await expect(at.clock).to_have_text(re.compile(r"^Thu .*, 14:00 in Dublin$"))
    await at.page.get_by_role("button", name="+1 hour").click()
    await expect(at.clock).to_have_text(re.compile(r"^Thu .*, 15:00 in Dublin$"))


async def test_the_drawer_shows_what_an_act_wrote(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Zoë Lindström")
    await at.page.locator("#behind-toggle").focus()
    await at.presses("Enter")
    await expect(at.drawer).to_contain_text("Nothing was written yet")
    await at.slack.says("/kudos @tane +4 for opening the drawer")

    act = at.drawer.locator(".acts > li").first
    await expect(act.locator(".row.request")).to_contain_text("done")
    await expect(act.locator(".row.outbox").filter(has_text="kudos_posted").first).to_contain_text("sent")
    await expect(act.locator(".row.outbox").filter(has_text="kudos_received")).to_contain_text("Tāne Rāwiri")
    gift = act.locator(".row.ledger").filter(has_text="gift")
    await expect(gift.locator("tr").filter(has_text="allowance of Zoë Lindström")).to_contain_text("−4")
    await expect(gift.locator("tr").filter(has_text="wallet of Tāne Rāwiri")).to_contain_text("+4")
    await expect(gift.locator("tfoot")).to_contain_text("0")

    await at.drawer.locator("h2").focus()
    await at.presses("Escape")
    await expect(at.drawer).to_be_hidden()
    await expect(at.page.locator("#behind-toggle")).to_be_focused()


async def test_the_gallery_shows_every_card(visit: Visit) -> None:
    at = await visit("/gallery")
    await expect(at.page.locator("main article")).to_have_count(len(list_cards()))
    shown = await at.page.locator("main").inner_text()
    assert "[unsupported" not in shown
    assert await at.page.locator("main article").evaluate_all("all => all.map(one => one.id)") == list_cards()


async def test_a_phone_scrolls_down_only(visit: Visit) -> None:
    at = await visit(**PHONE)
    await expect(at.slack.messages.first).to_be_visible()
    await expect(at.teams.all).to_be_hidden()
    assert await at.overflow() <= 0
    await at.page.get_by_role("tab", name="Teams").click()
    await expect(at.teams.messages.first).to_be_visible()
    assert await at.overflow() <= 0
    await at.teams.all.locator(".shortcut").click()
    await expect(at.teams.form).to_be_visible()
    assert await at.overflow() <= 0
    await at.teams.closes_form()
    await at.page.locator("#behind-toggle").click()
    await expect(at.drawer).to_be_visible()
    assert await at.overflow() <= 0


async def test_the_gallery_fits_a_phone(visit: Visit) -> None:
    at = await visit("/gallery", **PHONE)
    await expect(at.page.locator("main article")).to_have_count(len(list_cards()))
    assert await at.overflow() <= 0


@pytest.mark.parametrize("path", ["", "/gallery"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_stands_out_from_what_is_behind_it(
    visit: Visit, scheme: Literal["light", "dark"], path: str
) -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1, and 3 to 1 for large letters. Without motion, so that no colour is half-way."""
    at = await visit(path, color_scheme=scheme, reduced_motion="reduce")
    await expect(at.page.locator("main article" if path else "#teams .messages > li").first).to_be_visible()
    if not path:
        await at.page.locator("#behind-toggle").click()
        await at.slack.line.press_sequentially("/")
        await expect(at.slack.offers.first).to_be_visible()
    checked, faint = await at.page.evaluate(CONTRAST)
    assert checked > 50
    assert faint == []
