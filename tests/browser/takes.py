"""What leads to each picture of the guide, in the order in which they are taken.

All are taken in one made-up company, so what is done for one is still there in the next.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, Page, expect

from bot.sandbox.organisation import COLLEAGUES
from tests.browser.hands import Screen
from tests.browser.people import ALICE

LOOKS = """
.who time, .deeds { display: none !important }
.messages > li { padding-block: 12px !important }
dialog { border-radius: 0 !important; box-shadow: none !important }
dialog::backdrop { background: white !important }
section:has(input[type=file]) { display: none !important }
*, ::before, ::after { caret-color: transparent !important; outline: none !important; scrollbar-width: none !important }
"""
"""What would differ from run to run, and what is not the product's."""

DEPARTMENTS = """\
email,department,manager
{alice},Museum desk,
{ines},Museum desk,{alice}
{siobhan},Museum desk,{alice}
{kalani},Museum desk,{alice}
{priya},Museum desk,{alice}
{zoe},Museum desk,{alice}
{maxi},Museum desk,{alice}
{bob},Workshop,{alice}
{tane},Workshop,{bob}
{yuki},Workshop,{bob}
{mateo},Workshop,{bob}
{noor},Workshop,{bob}
""".format_map({one.handle: one.email for one in COLLEAGUES})

Take = Callable[[Screen], Awaitable[Locator]]


class Chapter(dict[str, Take]):
    """Pictures by the names of their files."""

    def picture(self, take: Take) -> Take:
        """Registers what leads to a picture; its file has the name of the function."""
        self[take.__name__.replace("_", "-")] = take
        return take


async def goes_to_page(page: Page, address: str | None, width: int, height: int) -> None:
    """To a page of the product, or the one that is open, of this size."""
    if address:
        await page.goto(address)
    await page.set_viewport_size({"width": width, "height": height})
    await page.add_style_tag(content=LOOKS)


async def brings_departments(at: Screen) -> None:
    """Alice imports where everybody works and who their managers are."""
    await at.slack.acts_as(ALICE)
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin people import")
    await at.slack.form.locator("textarea").fill(DEPARTMENTS)
    await at.slack.form.locator("footer .primary").click()
    await at.slack.form.get_by_role("button", name="Confirm").click()
    await expect(at.slack.form.get_by_role("button", name="Confirm")).to_have_count(0)
    await at.slack.closes_form()
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("12 people")).to_be_visible()
    await at.slack.goes_to("general")
