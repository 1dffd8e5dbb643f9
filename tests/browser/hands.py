"""What somebody does at the page of the sandbox: by pointer or by keys, in one of the two columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, TypeAlias

from playwright.async_api import Locator, Page, expect

from bot.sandbox.organisation import COLLEAGUES

Platform: TypeAlias = Literal["slack", "teams"]
_HANDLES = {one.name: one.handle for one in COLLEAGUES}


class Screen:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.slack = Column(page, "slack")
        self.teams = Column(page, "teams")

    def on(self, platform: Platform) -> Column:
        return self.slack if platform == "slack" else self.teams

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
    def __init__(self, page: Page, key: Platform) -> None:
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
        """The first one whose label begins like this."""
        begins = self.page.locator("label[id]").filter(has_text=re.compile(f"^{re.escape(label)}"))
        return self.form.locator(".field").filter(has=begins).first

    async def ticks(self, label: str, name: str) -> None:
        """Finds somebody in a long list by the beginning of their name."""
        picker = self.field(label)
        await picker.locator(".sift").fill(name)
        await picker.locator(".boxes label:visible").first.click()

    # --- what is the same on both platforms ---------------------------------------------------------------

    def at(self, name: str) -> str:
        """How somebody is named in a line."""
        return f"@{_HANDLES[name]}" if self.key == "slack" else f"@{name}"

    async def opens_chat(self, name: str) -> None:
        """As this person, the conversation that they have with the app alone."""
        await self.acts_as(name)
        await self.goes_to("Plaudit")

    async def comes(self, *names: str) -> None:
        """These people were here last, by something that writes: so the app writes to them here, and not elsewhere."""
        for name in names:
            await self.opens_chat(name)
            await self.asks("rewards budget")
            await self.reads("budget")

    async def asks(self, command: str) -> None:
        """Types a command into the line: on Slack they begin with a slash."""
        await self.says(f"/{command}" if self.key == "slack" else command)

    async def presses(self, button: str, *words: str, sure: bool = False) -> None:
        """A button on the last message with these words; without any, one on the form that is open. `sure`: it asks
        back, and they mean it; Slack does so by itself, on Teams the same button unfolds once more."""
        shown = self.message(*words) if words else self.form
        if sure and self.key == "slack":
            self.page.once("dialog", lambda asked: asked.accept())
        await shown.get_by_role("button", name=button).first.click()
        if sure and self.key == "teams":
            await shown.get_by_role("button", name=button).nth(1).click()

    async def reads(self, *words: str) -> None:
        """Some message in this conversation has all of these words."""
        await expect(self.message(*words)).to_be_visible()

    async def lacks(self, *words: str) -> None:
        """No message in this conversation has all of these words."""
        await expect(self.message(*words)).to_have_count(0)

    async def fills(self, label: str, text: str) -> None:
        await self.field(label).locator("input, textarea").first.fill(text)

    async def chooses(self, label: str, choice: str) -> None:
        """From a list to open, or one of some to tick."""
        offered = self.field(label).locator("select, .ticks").first
        if await offered.evaluate("element => element.matches('select')"):
            await offered.select_option(await offered.locator("option").filter(has_text=choice).first.text_content())
        else:
            await offered.locator("label").filter(has_text=choice).first.click()

    async def sends_form(self, *answer: str) -> None:
        """Sends it, and reads the answer in its place."""
        await self.form.locator("footer .primary").click()
        for words in answer:
            await expect(self.form).to_contain_text(words)

    async def closes_form(self) -> None:
        """What is open stays open for this person, also in another window. On Slack forms lie upon each other."""
        while shown := await self.form.locator("form").element_handles():
            await self.page.keyboard.press("Escape")
            await shown[0].wait_for_element_state("hidden")
        await expect(self.form).to_have_count(0)


def _last(messages: Locator, words: Iterable[str]) -> Locator:
    for one in words:
        messages = messages.filter(has_text=one)
    return messages.last
