"""The catalogue at the page: wished for, searched, waited for, brought as a file, and in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import Column
from tests.browser.people import ALICE, BOB, INES, PRIYA

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_what_is_far_is_wished_for_searched_for_and_waited_for(me: Column) -> None:
    await me.opens_chat({"slack": PRIYA, "teams": INES}[me.key])
    await me.asks("rewards browse train")
    await me.presses("Add to my wishes: A day trip by train", "Rewards", "A day trip by train")
    await me.reads("A day trip by train is on your wish list")
    await me.asks("rewards wishes")
    await me.reads("My wish list", "of 300", "to go")
    await me.asks("rewards browse cinema for two")
    await me.reads("Cinema for two: 80 points", "3 left. Until", "more days")
    await me.asks("rewards")
    await me.presses("Search", "You have", "Page 1 of")
    await me.chooses("What kind?", "Company swag")
    await me.sends_form("All are gone")
    await me.presses("Tell me when it is back: The hoodie")
    await expect(me.form).to_contain_text("I will tell you once when The hoodie is back")
    await me.closes_form()


async def test_a_file_is_looked_over_before_it_changes_the_catalogue(me: Column, visit: Visit) -> None:
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin catalogue")
    await me.presses("Import and export", "The catalogue")
    link = me.message("one file: please do not pass it on").get_by_role("link").last
    page = me.page
    await page.goto(str(await link.get_attribute("href")))
    lines = f"short name,title,category,points,left\nrope-{me.key},Rope on {me.key},learning,40,7\nbad,Bad,food,few,"
    file: Any = {"name": "rewards.csv", "mimeType": "text/csv", "buffer": lines.encode()}
    await page.locator("input[type=file]").set_input_files(file)
    await page.get_by_role("button", name="Preview").click()
    await expect(page.get_by_text("1 reward will change")).to_be_visible()
    await expect(page.get_by_role("row").filter(has_text="few")).to_contain_text("3")
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_text("Your file was taken.")).to_be_visible()
    me = (await visit()).on(me.key)
    await me.opens_chat(BOB)
    await me.asks(f"rewards browse Rope on {me.key}")
    await me.reads(f"Rope on {me.key}: 40 points", "Learning", "7 left.")


async def test_the_same_rewards_are_a_page_in_the_browser(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as(BOB)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards")
    await at.slack.whispered("Rewards", "/rewards how").get_by_role("button", name="In the browser").click()
    await at.page.goto(str(await at.slack.whispered("Open the rewards").get_by_role("link").get_attribute("href")))
    await at.page.locator("button").first.click()
    await at.page.get_by_label("Kind").select_option(label="Entertainment")
    await at.page.get_by_role("button", name="Show").click()
    await expect(at.page.locator(".rewards li")).to_have_count(2)
    await expect(at.page.locator(".rewards li").filter(has_text="Cinema for two")).to_contain_text("3 left")
