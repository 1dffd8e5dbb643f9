"""Whole ways through the house, over real HTTP, as people on both platforms go them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock) as opened:
        yield opened


async def test_inline_kudos_is_confirmed_posted_and_told(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +10 for shipping the release #teamwork :rocket:")
    await world.settled()
    assert "40* of 50" in world.whispered("ann")
    assert "shipping the release" in world.shown("#general")
    assert "wallet now holds 10" in world.told("bob")
    assert (world.balance("allowance", "Ann"), world.balance("wallet", "Bob Okafor")) == (40, 10)
    assert world.books_agree()
