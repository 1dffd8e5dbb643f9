"""What leads to an order at the page: Alice fills the catalogue, people have points, and somebody orders."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.hands import Column
from tests.browser.people import ALICE


async def adds(me: Column, title: str, kind: str, **told: str) -> None:
    """By the form of the catalogue, in two steps. `told`: what is typed into its fields, by words of their labels."""
    await me.opens_chat(ALICE)
    await me.asks("rewards-admin catalogue")
    await me.presses("Add a reward", "The catalogue")
    await me.fills("Title", title)
    for label, text in told.items():
        await me.fills(label.replace("_", " "), text)
    await me.chooses("How is it handed out?", kind)
    await me.sends_form("How it is handed out")
    await me.form.locator("footer .primary").click()
    await expect(me.form).to_contain_text(f"{title} is in the catalogue")
    await me.closes_form()


async def grants(me: Column, points: int, reason: str, *names: str) -> None:
    """Alice grants each of them so many points; they hear of it where `me` is."""
    await me.comes(*names)
    await me.opens_chat(ALICE)
    await me.asks(f"rewards-admin grant {' '.join(map(me.at, names))} +{points} for {reason}")
    await me.reads("Granted.", reason)


async def opens_order(me: Column, name: str, title: str) -> None:
    """Somebody searches for a reward, and reads what it takes."""
    await me.opens_chat(name)
    await me.asks(f"rewards browse {title}")
    await me.message("Shown:", title).get_by_role("button", name=re.compile(f"Redeem {title}")).click()
    await expect(me.form).to_contain_text(title)


async def orders(me: Column, name: str, title: str, *answer: str) -> None:
    await opens_order(me, name, title)
    await me.sends_form(*answer)
    await me.closes_form()
