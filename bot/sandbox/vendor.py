"""A toy vendor: it takes orders by the webhook, and calls back a moment later with a code that is worth nothing.

It listens beside the fakes, so its address is another one at every start, and so are its secrets.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from aiohttp import ClientError, ClientSession, web
from aiohttp.typedefs import Middleware
from sqlalchemy import Connection

from handlers.admin_catalogue_saving import keep_reward
from handlers.context import Context
from handlers.fulfilment_webhook import ADDRESS, NAME, TELLS, WEBHOOK
from handlers.reward_reading import CATEGORY, CODE, DESCRIPTION, EMOJI, PRICE, TITLE, WITHIN, blank, read_reward
from store.catalogue import find_coded, save_reward
from store.db import Database
from store.sealing import Sealer
from store.tenants import list_all_homes
from store.vendor_calls import LinkFact, save_vendor_link

TICKET = {
    CODE: "cinema-ticket",
    TITLE: "Cinema ticket",
    CATEGORY: "entertainment",
    EMOJI: "🎬",
    PRICE: "45",
    WITHIN: "1",
    DESCRIPTION: "For any film, on any day. Its code comes a moment after you order.",
}
PAUSE_S = 2.0
"""Long enough to see that it is on its way."""


def add_ticket(ctx: Context) -> None:
    """As an administrator would have; `ctx` is theirs."""
    settings = {ADDRESS: "", TELLS: NAME}
    keep_reward(ctx, None, replace(read_reward(TICKET, blank(ctx.new_id())), fulfilment=WEBHOOK, settings=settings))


class ToyVendor:
    """`real` is seconds since 1970. `taken` are the orders that it heard of, the latest last. Where it does not call
    back `by_itself`, whoever asks it to does, by `calls_back`."""

    def __init__(self, http: Callable[[], ClientSession], secret: str, token: str, real: Callable[[], float]) -> None:
        self.secret, self.token = secret, token
        self.call_back = ""
        self.by_itself = True
        self.taken: list[str] = []
        self._http = http
        self._real = real
        self._calls: set[asyncio.Task[None]] = set()

    def app(self, middlewares: Sequence[Middleware] = ()) -> web.Application:
        app = web.Application(middlewares=middlewares)
        app.router.add_post("/orders", self._take)
        app.on_shutdown.append(self._let_go)
        return app

    async def _take(self, request: web.Request) -> web.Response:
        order = json.loads(await request.read())["order"]
        self.taken.append(order)
        if self.by_itself:
            call = asyncio.ensure_future(self._hand_over(order))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        return web.json_response({})

    async def _hand_over(self, order: str) -> None:
        await asyncio.sleep(PAUSE_S)
        with contextlib.suppress(ClientError, OSError):  # the process is stopping; the order stays open
            await self.calls_back(order)

    async def calls_back(self, order: str, secret: str = "") -> int:
        """Hands an order over, signed with its own secret or another one. The status that it is answered with."""
        code = f"TOY-{hashlib.sha256(order.encode()).hexdigest()[:8].upper()}"
        body = json.dumps({"order": order, "state": "fulfilled", "code": code, "note": "Enjoy the film."}).encode()
        at = int(self._real())
        signed = hmac.new((secret or self.secret).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Plaudit-Signature": f"t={at},v1={signed}"}
        async with self._http().post(self.call_back, data=body, headers=headers) as answer:
            return answer.status

    async def _let_go(self, _: web.Application) -> None:
        for call in self._calls:
            call.cancel()


def connect_toys(database: Database, *connects: Callable[[Connection, str], None]) -> None:
    """Tells the books of each organisation where the toys outside are at this start, all or nothing."""
    with database.writing() as tx:
        for tenant_id in sorted({one.tenant_id for one in list_all_homes(tx)}):
            for connect in connects:
                connect(tx, tenant_id)


def connect_vendor(
    tx: Connection, tenant_id: str, *, vendor: ToyVendor, address: str, sealer: Sealer, now: datetime
) -> None:
    """Its address and secrets of this start are those in the books; nothing where the reward is not there."""
    found = find_coded(tx, tenant_id, [TICKET[CODE]]).get(TICKET[CODE])
    if found and found.fulfilment == WEBHOOK:
        save_reward(tx, tenant_id, replace(found, settings=found.settings | {ADDRESS: address}))
        save_vendor_link(tx, LinkFact(tenant_id, found.id, sealer.seal(vendor.secret)), vendor.token, now)
