"""What somebody does at the page of the sandbox: by pointer or by keys, in one of the two columns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from playwright.async_api import Locator, Page, expect


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.slack = Column(page, "slack")
        self.teams = Column(page, "teams")

    @property
    def drawer(self) -> Locator:
        return self.page.locator("#behind")

    @property
    def clock(self) -> Locator:
        return self.page.locator("#now")

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def tabs_to(self, sought: Locator) -> None:
        """By the Tab key alone, as somebody does who has no pointer."""
        for _ in range(200):  # every message has things to do
            if await sought.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{sought} is not reached by the Tab key")

    async def overflow(self) -> int:
        """How many pixels of the page lie beyond the right edge."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


class Column:
    def __init__(self, page: Page, key: Literal["slack", "teams"]) -> None:
        self.page = page
        self.key = key
        self.all = page.locator(f"#{key}")
        self.line = self.all.locator(".compose textarea")
        self.offers = self.all.locator(".offers [role=option]")
        self.messages = self.all.locator(".messages > li")
        self.form = page.locator(f"dialog.{key}[open]")

    async def acts_as(self, name: str) -> None:
        await self.all.locator(".me").select_option(label=name)
        await expect(self.all).to_have_attribute("aria-busy", "false")

    async def goes_to(self, place: str) -> None:
        await self.all.locator(".places button").filter(has_text=place).first.click()
        await expect(self.all.locator(".place bdi")).to_have_text(place)

    async def says(self, text: str) -> None:
        await self.line.fill(text)
        await self.line.press("Escape")  # no offer is to be taken
        await self.line.press("Enter")
        await expect(self.line).to_have_value("")

    def message(self, *words: str) -> Locator:
        """The last one with all of these words."""
        return _last(self.messages, words)

    def whispered(self, *words: str) -> Locator:
        """The last one with all of these words that only its reader sees."""
        return _last(self.all.locator(".messages > .private"), words)

    def field(self, label: str) -> Locator:
        return self.form.locator(".field").filter(has_text=label)

    async def ticks(self, label: str, name: str) -> None:
        """Finds somebody in a long list by the beginning of their name."""
        picker = self.field(label)
        await picker.locator(".sift").fill(name)
        await picker.locator(".boxes label:visible").first.click()

    async def closes_form(self) -> None:
        """What is open stays open for this person, also in another window."""
        if await self.form.count():
            await self.page.keyboard.press("Escape")
        await expect(self.form).to_have_count(0)


def _last(messages: Locator, words: Iterable[str]) -> Locator:
    for one in words:
        messages = messages.filter(has_text=one)
    return messages.last
