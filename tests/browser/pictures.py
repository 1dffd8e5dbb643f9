"""Takes the pictures of the guide from the sandbox: `make pictures`.

Always the same Wednesday in the same made-up company, so that names and numbers are those that the guide tells. What
would differ from run to run, the minute in which something was said, is left out. Look at every picture before you
keep it, and at the words beside it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from datetime import UTC, datetime

from playwright.async_api import Browser, expect

from bot.logs import set_up_logs
from manifest.files import ROOT
from tests.browser.hands import Screen
from tests.browser.house import CHROMIUM, find_chromium, open_browser, serve_sandbox, watch
from tests.browser.small_png import make_small
from tests.browser.takes import LOOKS, Take
from tests.browser.takes_everybody import EVERYBODY
from tests.browser.takes_rewards import REWARDS
from tests.browser.takes_running import RUNNING

FOLDER = ROOT / "docs" / "guide" / "pictures"
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
"""A Wednesday: some of the week has been given, and some of it is left."""
COMPANIES = (EVERYBODY | RUNNING, REWARDS)
"""What is taken in one made-up company, in this order; the next ones begin in a fresh one."""


async def main(chromium: str) -> tuple[dict[str, bytes], list[str]]:
    """The pictures by name, and what went wrong in the pages. One that cannot be taken raises."""
    trouble: list[str] = []
    pictures: dict[str, bytes] = {}
    async with open_browser(chromium) as browser:
        for takes in COMPANIES:
            with tempfile.TemporaryDirectory() as books:
                async with serve_sandbox(f"sqlite:///{books}/plaudit.db", NOW) as url:
                    pictures |= {name: await _shoot(browser, url, take, trouble) for name, take in takes.items()}
    return pictures, trouble


async def _shoot(browser: Browser, url: str, take: Take, trouble: list[str]) -> bytes:
    context = await browser.new_context(
        viewport={"width": 1180, "height": 2600},
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
