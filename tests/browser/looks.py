"""Takes pictures of the home on both platforms, to be looked at: `python -m tests.browser.looks FOLDER`.

On a phone and on a desk, in light and in dark; and the card with the longest names, with names from right to left
and with emoji, from the gallery. Nothing is compared: what matters is whether people can read it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from itertools import product
from pathlib import Path

from playwright.async_api import Browser, Locator, expect

from bot.logs import set_up_logs
from cards.render import list_cards
from tests.browser.hands import Screen
from tests.browser.house import CHROMIUM, PATIENCE_MS, find_chromium, open_browser, serve_sandbox, watch
from tests.browser.pictures import NOW

SCHEMES = ("light", "dark")
WIDTHS = {"desk": 1440, "phone": 390}
TALL = 2600
CARDS = ("home", "profile", "my_choices")
WHO = "Bob Okafor"


async def main(chromium: str) -> tuple[dict[str, bytes], list[str]]:
    """The pictures by name, and what went wrong in the pages."""
    trouble: list[str] = []
    taken: dict[str, bytes] = {}
    with tempfile.TemporaryDirectory() as books:
        async with serve_sandbox(f"sqlite:///{books}/plaudit.db", NOW) as url, open_browser(chromium) as browser:
            for scheme, (device, width) in product(SCHEMES, WIDTHS.items()):
                for side in ("slack", "teams"):
                    at = await _open(browser, url, scheme, width, trouble)
                    shown = await (_on_slack(at, device) if side == "slack" else _on_teams(at, device))
                    taken[f"home-{side}-{scheme}-{device}"] = await _shoot(shown)
                at = await _open(browser, f"{url}/gallery", scheme, width, trouble)
                await expect(at.page.locator("main article")).to_have_count(len(list_cards()))
                for card in CARDS:
                    taken[f"{card}-cards-{scheme}-{device}"] = await _shoot(at.page.locator(f"#{card}"))
    return taken, trouble


async def _open(browser: Browser, url: str, scheme: str, width: int, trouble: list[str]) -> Screen:
    context = await browser.new_context(
        viewport={"width": width, "height": TALL},
        color_scheme="dark" if scheme == "dark" else "light",
        locale="en-GB",
    )
    page = await context.new_page()
    watch(page, url.removesuffix("/gallery"), trouble)
    await page.goto(url)
    return Screen(page)


async def _on_slack(at: Screen, device: str) -> Locator:
    await at.slack.acts_as(WHO)
    await at.slack.all.locator(".places button").filter(has_text="Home").click()
    await expect(at.slack.all.locator(".home-tab")).to_contain_text("Your home")
    return at.slack.all


async def _on_teams(at: Screen, device: str) -> Locator:
    if device == "phone":
        await at.page.get_by_role("tab", name="Teams").click()
    await at.teams.acts_as(WHO)
    await at.teams.all.locator(".places button").filter(has_text="Plaudit").first.click()
    await at.teams.says("my-home")
    await expect(at.teams.message("Your home")).to_be_visible()
    return at.teams.all


async def _shoot(shown: Locator) -> bytes:
    await expect(shown).to_be_visible()
    return await shown.screenshot(animations="disabled", timeout=4 * PATIENCE_MS)


if __name__ == "__main__":
    found = find_chromium()
    if found is None:
        sys.exit(f"there is no browser here (apt-get install chromium): looked for {', '.join(CHROMIUM)}")
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "build/looks")
    target.mkdir(parents=True, exist_ok=True)
    set_up_logs("error")
    expect.set_options(timeout=4 * PATIENCE_MS)
    pictures, wrong = asyncio.run(main(found))
    for name, content in pictures.items():
        (target / f"{name}.png").write_bytes(content)
    sys.exit("\n".join(wrong) or None)
