"""A browser in front of the real process with its sandbox. Without a Chromium these tests are skipped, and say so."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from app import Process
from bot.sandbox.app import Sandbox
from bot.settings import read_settings
from scheduler.clock import ProgrammeClock, real_time
from tests.browser.hands import Screen

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

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip(f"there is no browser here (apt-get install chromium): looked for {', '.join(CHROMIUM)}")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=[*QUIET])
        yield opened
        await opened.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def sandbox_url(
    chromium: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    """One process for all tests of a worker. Each test gives its own words, mostly as people of its own."""
    copy = shutil.copy(sqlite_template, tmp_path_factory.mktemp("browser") / "plaudit.db")
    settings = read_settings(
        plaudit_sandbox="on", plaudit_port=0, plaudit_database_url=f"sqlite:///{copy}", plaudit_log="error"
    )
    clock = ProgrammeClock(ahead=_last_wednesday(real_time()) - real_time())

    def make(database: Any, presenter: Any, on_clock: Any) -> Sandbox:
        return Sandbox(database, presenter, clock, on_clock=on_clock)

    process = Process(settings, clock, sandbox=make, durable=False)
    await process.start()
    yield f"http://127.0.0.1:{process.port}/sandbox"
    await process.stop()


def _last_wednesday(now: datetime) -> datetime:
    """Ten o'clock: a middle of a week and of a day, so that no test meets the end of either."""
    day = now.astimezone(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    return day - timedelta(days=(day.isoweekday() - 3) % 7 or 7)


class Visit(Protocol):
    """Opens a page of the sandbox. At its end nothing may have gone wrong in it, nor any request elsewhere."""

    async def __call__(self, path: str = "", **looks: Any) -> Screen: ...


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, sandbox_url: str) -> AsyncIterator[Visit]:
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    async def open_page(path: str = "", **looks: Any) -> Screen:
        context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **looks})
        contexts.append(context)
        page = await context.new_page()
        _watch(page, sandbox_url, trouble)
        await page.goto(sandbox_url + path)
        return Screen(page)

    yield open_page
    for context in contexts:
        await context.close()
    assert trouble == []


def _watch(page: Page, url: str, trouble: list[str]) -> None:
    own = url.removesuffix("sandbox")
    page.set_default_timeout(PATIENCE_MS)
    page.on("console", lambda said: trouble.append(f"console: {said.text}") if said.type != "log" else None)
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("request", lambda asked: None if asked.url.startswith(own) else trouble.append(f"asked for {asked.url}"))
