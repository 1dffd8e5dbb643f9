"""Pages of one's own in the browser: rewards are wished for and ordered there, budgets and costs are looked at."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.hands import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 800}, "has_touch": True, "is_mobile": True}
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


async def way_of(at: Screen, name: str, typed: str, words: str) -> str:
    """Where the button of a card leads somebody."""
    await at.slack.acts_as(name)
    await at.slack.goes_to("general")
    await at.slack.says(typed)
    links = at.slack.all.locator(".messages > .private").filter(has_text="Here is your way in")
    known = await links.count()
    await at.slack.whispered(words).get_by_role("button", name="In the browser").click()
    await expect(links).to_have_count(known + 1)
    return str(await links.last.get_by_role("link").get_attribute("href"))


async def comes_in(page: Page, address: str) -> Page:
    await page.goto(address)
    await page.get_by_role("button", name="Open the wall").click()
    await page.wait_for_url(re.compile(r"/wall/(rewards|budgets|liability)"))
    return page


async def test_a_reward_is_wished_for_and_ordered_in_the_browser_and_told_in_the_chat(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin grant @Zoë Lindström +70 for the new tables")
    await expect(at.teams.message("granted", "70 points").last).to_be_visible()
    page = await comes_in((await visit()).page, await way_of(at, "Zoë Lindström", "/rewards", "/rewards how"))
    train = page.locator(".rewards li").filter(has_text="A day trip by train")
    await train.get_by_role("button", name="Wish for it").click()
    await expect(page.get_by_role("status")).to_have_text("A day trip by train is on your wish list.")
    await page.get_by_role("link", name="My wish list").click()
    await expect(page.locator(".rewards li")).to_have_count(1)
    await page.get_by_role("link", name="All rewards").click()
    await page.locator(".rewards li").filter(has_text="Cake for your team").get_by_role("link", name="Order").click()
    hand = Screen(page)
    await hand.tabs_to(page.get_by_label("Which day"))
    await page.keyboard.type("Friday, for nine")
    await hand.tabs_to(page.get_by_role("button", name="Order", exact=True))
    await hand.presses("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Cake for your team is ordered. You have it by")
    await page.get_by_role("link", name="My orders").click()
    await expect(page.get_by_role("article")).to_contain_text("It takes 60 points.")
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("Cake for your team", "is ordered")).to_be_visible()
    await page.get_by_text("Cancel the order").click()
    await page.get_by_role("button", name="Cancel Cake for your team").click()
    await expect(page.get_by_role("status")).to_contain_text("Your 60 points are back in your wallet")


async def test_a_picture_moves_nothing_and_a_dead_one_shows_its_sign(visit: Visit, browser: Browser) -> None:
    at = await visit()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin catalogue")
    for name in ("there", "dead"):
        await at.teams.message("The catalogue").get_by_role("button", name="Add a reward").click()
        await at.teams.field("Title").locator("input").first.fill(f"Map {name}")
        await at.teams.field("Emoji").locator("input").fill("🗺️")
        await at.teams.field("Address of a picture").locator("input").fill(f"https://acme.example/{name}.png")
        await at.teams.form.locator("footer .primary").click()
        await expect(at.teams.form).to_contain_text("Who hands it out?")
        await at.teams.form.locator("footer .primary").click()
        await expect(at.teams.form).to_contain_text(f"Map {name} is in the catalogue")
        await at.teams.closes_form()
    address = await way_of(at, "Tāne Rāwiri", "/rewards", "/rewards how")

    async def fetch(route: Route) -> None:
        if "dead" in route.request.url:
            await route.abort()
        else:
            await route.fulfill(body=DOT, content_type="image/png")

    # Not by `visit`: pictures are asked for elsewhere.
    context = await browser.new_context(viewport={"width": 1280, "height": 2400})
    await context.route(re.compile("^https://"), fetch)
    page = await comes_in(await context.new_page(), address)
    sizes = await page.locator(".rewards .picture").evaluate_all(
        "all => [...new Set(all.map(one => Math.round(one.clientWidth / one.clientHeight * 10)))]"
    )
    assert sizes == [16], "all are of one shape, with a picture or without"
    there = page.get_by_role("img", name="Map there")
    await expect(there).to_have_js_property("naturalWidth", 1)
    sign = await page.get_by_role("img", name="Map dead").evaluate("one => getComputedStyle(one, '::after').content")
    assert "🗺" in sign
    await context.close()
    await at.slack.acts_as("Alice Moreau")
    await at.slack.goes_to("general")
    for name in ("there", "dead"):  # the pages of other tests ask for nothing elsewhere
        await at.slack.says(f"/rewards-admin catalogue retire map-{name}")
        await expect(at.slack.whispered(f"Map {name}", "is out of the catalogue")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out_and_fit_a_small_phone(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    at = await visit()
    address = await way_of(at, "Alice Moreau", "/rewards budget", "Budgets")
    page = await comes_in((await visit(color_scheme=scheme, **PHONE)).page, address)
    base = page.url.partition("/wall")[0]
    addresses = ["rewards", "rewards?text=nothing-like-it", "rewards?list=wishes", "orders", "budgets"]
    addresses += ["liability?rule=allowance&value=60", "liability?rule=allowance&value=many", "statement"]
    await page.goto(f"{base}/wall/budgets")
    addresses.append(str(await page.locator("table a").first.get_attribute("href")).removeprefix("/wall/"))
    await page.goto(f"{base}/wall/rewards")
    addresses.append(str(await page.locator(".rewards h2 a").first.get_attribute("href")).removeprefix("/wall/"))
    for one in addresses:
        await page.goto(f"{base}/wall/{one}")
        looked, faint = await page.evaluate(CONTRAST)
        assert (looked > 5, faint) == (True, []), one
        assert await Screen(page).overflow() <= 0, one


async def test_a_budget_is_drawn_and_another_rule_reckoned_with(visit: Visit) -> None:
    at = await visit()
    page = await comes_in((await visit()).page, await way_of(at, "Alice Moreau", "/rewards budget", "Budgets"))
    await page.goto(page.url.partition("?")[0])
    await page.get_by_role("link", name="Kestrel & Finch").last.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Kestrel & Finch")
    drawn, figures = page.locator(".bars .bar"), page.get_by_role("table", name="Spent against plan")
    assert await drawn.count() == await figures.locator("tbody tr").count() > 0
    box = await drawn.first.bounding_box()
    assert box
    assert box["width"] > 200
    await expect(page.get_by_text("Budgets that draw on it")).to_be_visible()
    await page.get_by_role("link", name="What is owed").click()
    hand = Screen(page)
    await hand.tabs_to(page.get_by_label("Would be"))
    await page.keyboard.type("60")
    await hand.presses("Enter")
    await expect(page.get_by_role("status")).to_contain_text("The most that a year can cost")
    await expect(page.get_by_role("table", name="What each rule would do")).to_contain_text(
        "How often fresh points come"
    )
