"""A vendor's secret on both platforms, and the door of the whole process that vendors knock at."""

from __future__ import annotations

import re
import time
from typing import Any

import aiohttp
from sqlalchemy import Connection

from bot.sandbox.fake_teams import text_of as teams_text
from handlers.rules.vendor_signature import HEADER, sign
from store.catalogue import RewardFact, add_reward
from store.sealing import Sealer
from store.tenants import list_all_homes
from store.vendor_calls import find_link_of
from tests.administration import open_administration, says
from tests.shop import KEY
from tests.teams_world import open_office
from tests.world import World

TICKET = RewardFact(
    id="ticket",
    code="ticket",
    title="Cinema ticket",
    category="shopping",
    price=40,
    least_points=40,
    fulfilment="webhook",
    settings={"address": "https://vendor.example/orders", "tells": "nothing"},
)


def stock(world: World, tenant: str) -> None:
    """A reward with a vendor."""
    with world.process.core.database.writing() as tx:
        add_reward(tx, tenant, TICKET)


def secret_of(tx: Connection, tenant: str) -> str:
    link = find_link_of(tx, tenant, TICKET.id)
    assert link
    return Sealer([KEY]).open(link.sealed)


async def knocks(world: World, token: str, *, secret: str) -> int:
    body = b'{"order": "unknown", "state": "fulfilled"}'
    address = f"http://127.0.0.1:{world.process.port}/vendors/{token}"
    headers = {HEADER: sign(secret, int(time.time()), body)}
    async with aiohttp.ClientSession() as http, http.post(address, data=body, headers=headers) as response:
        assert response.headers["Cache-Control"] == "no-store"
        return response.status


async def test_on_slack_the_secret_is_shown_once_and_opens_the_door(database_url: str, clock: Any) -> None:
    async with open_administration(database_url, clock, plaudit_secret_keys=KEY) as world:
        with world.reading() as tx:
            tenant = list_all_homes(tx)[0].tenant_id
        stock(world, tenant)
        assert "It has no secret yet" in await says(world, "vendors")
        await world.tap("ann", world.answer("ann"), "New secret: Cinema ticket")
        shown = "\n".join(str(one.blocks) for one in world.slack.ephemerals("ann", "#general"))
        with world.reading() as tx:
            secret = secret_of(tx, tenant)
        assert secret in shown
        [token] = set(re.findall(r"/vendors/([\w-]{43})", shown))
        assert await knocks(world, token, secret="another") == 401
        assert await knocks(world, token, secret=secret) == 404, "it is signed, and there is no such order"
        assert await knocks(world, "x", secret=secret) == 404
        assert "is handed out by https://vendor.example/orders" in await says(world, "vendors")


async def test_on_teams_the_secret_is_shown_to_whoever_asked(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock, plaudit_secret_keys=KEY) as office:
        tenant = office.home.tenant_id
        stock(office.world, tenant)
        await office.says(office.ann, office.general, "rewards-admin vendors")
        card = office.answer(office.ann, office.general)
        assert "It has no secret yet" in teams_text(card)
        await office.taps(office.ann, card, "vendor_secret")
        shown = teams_text(office.answer(office.ann, office.general)) + teams_text(office.seen(office.ann, card))
        with office.world.reading() as tx:
            assert secret_of(tx, tenant) in shown
