"""A toy gift-card provider, with an interface like Tremendous': it places orders, and its links lead nowhere.

It listens beside the fakes, so its address is another one at every start, and so is its key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

from aiohttp import web
from sqlalchemy import Connection

from handlers.admin_catalogue_saving import keep_reward
from handlers.context import Context
from handlers.fulfilment_giftcards import CAMPAIGN, FUNDING, GIFT_CARDS, KEY, PRODUCTS, USUAL_FUNDING
from handlers.fulfilment_webhook import ADDRESS
from handlers.reward_reading import CATEGORY, CODE, DESCRIPTION, EMOJI, PRICE, TITLE, VALUE, WITHIN, blank, read_reward
from store.catalogue import find_coded, save_reward
from store.sealing import Sealer

PATH = "/gift-cards"
CARD = {
    CODE: "gift-card",
    TITLE: "Gift card",
    CATEGORY: "shopping",
    EMOJI: "💳",
    PRICE: "110",
    VALUE: "10 EUR",
    WITHIN: "1",
    DESCRIPTION: "For many shops. Its link comes a moment after you order.",
}


def add_card(ctx: Context) -> None:
    """As an administrator would have; `ctx` is theirs."""
    settings = {ADDRESS: "", KEY: "", FUNDING: USUAL_FUNDING, CAMPAIGN: "TOYS", PRODUCTS: []}
    keep_reward(ctx, None, replace(read_reward(CARD, blank(ctx.new_id())), fulfilment=GIFT_CARDS, settings=settings))


class ToyProvider:
    """Whoever has the `key` may order; the same order again is the same one."""

    def __init__(self, key: str) -> None:
        self.key = key

    async def take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {self.key}":
            return web.json_response({"errors": {"message": "The key is not known."}}, status=401)
        return web.json_response({"order": _placed(json.loads(await request.read()))}, status=201)


def _placed(asked: dict[str, str]) -> dict[str, object]:
    """What of the provider's answer is looked at, see https://developers.tremendous.com/docs/link-delivery."""
    ref = hashlib.sha256(asked["external_id"].encode()).hexdigest()[:12].upper()
    link = f"https://gift-cards.example/redeem/{ref}"
    delivery = {"method": "LINK", "status": "SUCCEEDED", "link": link}
    return {"id": ref, "external_id": asked["external_id"], "status": "EXECUTED", "rewards": [{"delivery": delivery}]}


def connect_provider(tx: Connection, tenant_id: str, *, provider: ToyProvider, address: str, sealer: Sealer) -> None:
    """Its address and key of this start are those in the books; nothing where the reward is not there."""
    found = find_coded(tx, tenant_id, [CARD[CODE]]).get(CARD[CODE])
    if found and found.fulfilment == GIFT_CARDS:
        settings = found.settings | {ADDRESS: address, KEY: sealer.seal(provider.key)}
        save_reward(tx, tenant_id, replace(found, settings=settings))
