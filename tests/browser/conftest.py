"""A browser in front of the real process with its sandbox. Without a Chromium these tests are skipped, and say so."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, expect

from scheduler.clock import real_time
from tests.browser.hands import Column, Screen
from tests.browser.house import CHROMIUM, PATIENCE_MS, House, find_chromium, open_browser, open_house, watch

expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = find_chromium()
    if found is None:
        pytest.skip(f"there is no browser here (apt-get install chromium): looked for {', '.join(CHROMIUM)}")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with open_browser(chromium) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def house(chromium: str, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One process for all tests of a file. Each test gives its own words, mostly as people of its own."""
    copy = shutil.copy(sqlite_template, tmp_path_factory.mktemp("browser") / "plaudit.db")
    async with open_house(f"sqlite:///{copy}", _last_wednesday(real_time())) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def sandbox_url(house: House) -> str:
    return house.url


def _last_wednesday(now: datetime) -> datetime:
    """Ten o'clock: a middle of a week and of a day, so that no test meets the end of either."""
    day = now.astimezone(UTC).replace(hour=10, minute=0, second=0, microsecond=0)
    return day - timedelta(days=(day.isoweekday() - 3) % 7 or 7)


class Visit(Protocol):
    """Opens a page of the sandbox. At its end nothing may have gone wrong in it, nor any request elsewhere."""

    async def __call__(self, path: str = "", **looks: Any) -> Screen: ...


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, sandbox_url: str) -> AsyncIterator[Visit]:
    async with visiting(browser, sandbox_url) as visit:
        yield visit


@asynccontextmanager
async def visiting(browser: Browser, sandbox_url: str) -> AsyncIterator[Visit]:
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    async def open_page(path: str = "", **looks: Any) -> Screen:
        context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", **looks})
        contexts.append(context)
        page = await context.new_page()
        watch(page, sandbox_url, trouble)
        await page.goto(sandbox_url + path)
        return Screen(page)

    try:
        yield open_page
    finally:
        for context in contexts:
            await context.close()
    assert trouble == []


@pytest_asyncio.fixture(loop_scope="session", params=["slack", "teams"])
async def me(visit: Visit, request: pytest.FixtureRequest) -> Column:
    """The hands of whoever acts, on each platform in turn, at a page of their own."""
    return (await visit()).on(request.param)
