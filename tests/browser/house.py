"""The real process with its sandbox, and a browser to look at it: for the tests here and for the guide's pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from app import Process
from bot.sandbox.app import Sandbox
from bot.sandbox.vendor import ToyVendor
from bot.settings import read_settings
from scheduler.clock import ProgrammeClock, real_time

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)
"""Only pages of our own are opened, and a browser of the superuser has no sandbox; it asks nobody for anything."""
PATIENCE_MS = 15_000


def find_chromium() -> str | None:
    """The one that the variable CHROMIUM names, or one of the usual names."""
    return next(filter(None, map(shutil.which, (os.environ.get("CHROMIUM", ""), *CHROMIUM))), None)


@asynccontextmanager
async def open_browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield browser
        await browser.close()


@dataclass(frozen=True)
class House:
    """A sandbox that runs: the address of its page, and the toy vendor outside."""

    url: str
    vendor: ToyVendor


@asynccontextmanager
async def serve_sandbox(database_url: str, now: datetime) -> AsyncIterator[str]:
    """The page's address. The programme's clock shows `now` when it starts, and goes on."""
    async with open_house(database_url, now) as house:
        yield house.url


@asynccontextmanager
async def open_house(database_url: str, now: datetime) -> AsyncIterator[House]:
    """The same, for whoever needs more of it than the page."""
    settings = read_settings(
        plaudit_sandbox="on", plaudit_port=0, plaudit_database_url=database_url, plaudit_log="error"
    )
    clock = ProgrammeClock(ahead=now - real_time())

    def make(database: Any, presenter: Any, on_clock: Any) -> Sandbox:
        return Sandbox(database, presenter, clock, on_clock=on_clock)

    process = Process(settings, clock, sandbox=make, durable=False)
    try:
        await process.start()
        assert process.sandbox
        yield House(f"http://127.0.0.1:{process.port}/sandbox", process.sandbox.vendor)
    finally:
        await process.stop()


def watch(page: Page, url: str, trouble: list[str]) -> None:
    """Notes whatever goes wrong in a page, and every request to somewhere else."""
    own = url.removesuffix("sandbox")
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda said: trouble.append(f"console: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith(own) else trouble.append(f"asked for {asked.url}"))
