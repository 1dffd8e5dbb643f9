"""What the books say, at the page: a statement that adds up, taxes by person, and what the programme costs."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.hands import Column
from tests.browser.people import ALICE, MATEO, NOOR, YUKI, ZOE
from tests.browser.shop import grants, orders

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.walk]

TREE = "A tree is planted"


async def test_a_statement_adds_up_in_the_chat_on_the_page_and_in_the_file(me: Column) -> None:
    name = {"slack": YUKI, "teams": NOOR}[me.key]
    await grants(me, 30, f"adding up on {me.key}", name)
    await orders(me, name, TREE, f"{TREE}: your donation is made.")
    await me.asks("rewards statement")
    shown = me.message("Your statement", f"{TREE}, 30 out")
    await expect(shown).to_contain_text(f": adding up on {me.key}, 30 in")
    holds = re.search(r"Your wallet holds ([\d,]+)", await shown.inner_text())
    assert holds
    await me.presses("In the browser", "Your statement", TREE)
    page = await _goes_in(me, "Open my statement")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your points")
    await expect(page.get_by_text(f"you hold {holds[1]}")).to_be_visible()
    file = await page.request.get(page.url.partition("/wall")[0] + "/wall/statement.csv")
    lines = list(csv.DictReader((await file.text()).lstrip("\ufeff").splitlines()))
    assert sum(int(one["Points"]) for one in lines) == int(lines[-1]["Balance after"]) == int(holds[1].replace(",", ""))


async def test_what_was_redeemed_and_what_it_costs_is_no_surprise(me: Column) -> None:
    who = {"slack": MATEO, "teams": ZOE}[me.key]
    await grants(me, 30, f"the taxes on {me.key}", who)
    await orders(me, who, TREE, f"{TREE}: your donation is made.")
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin liability allowance 60")
    await me.reads("What is owed", "In people's wallets:", "A year at the most:", "Nothing is changed by looking.")
    await me.asks("rewards-admin cost 0.05 EUR")
    await me.reads("What it costs", "with a point worth 0.05 EUR", "Switch on")
    await me.asks("rewards-admin taxes")
    await me.presses("In the browser", "Redeemed in", "The file has a line for each person.")
    page = await _goes_in(me, "Open the report of")
    await expect(page.get_by_role("row").filter(has_text=who)).to_be_visible()
    async with page.expect_download() as brought:
        await page.get_by_role("link", name="All of it as a file").click()
    file = (await (await brought.value).path()).read_text(encoding="utf-8-sig")
    assert who in file


async def _goes_in(me: Column, label: str) -> Page:
    """By the link that the chat gave."""
    link = me.message("Here is your way in", label).get_by_role("link", name=label)
    await me.page.goto(str(await link.get_attribute("href")))
    await me.page.get_by_role("button").first.click()
    return me.page
