"""The door for vendors: `POST /vendors/<token>`, signed with the secret that we sign with, too.

200 says that it is written down, now or before; then nothing is to be sent again. 400: it cannot be read. 401: it is
not signed, or not now. 404: no such address, or no such order there. 409: it came too late, and the points are back, or
they are spent. 413: it is too long. 503: later, please.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.admission import Busy
from bot.connected import Core
from bot.public_addresses import beginning
from bot.storable import storable
from bot.strangers import Strangers
from handlers.rules.vendor_signature import HEADER, is_signed
from handlers.vendor_desk import CallBack, Heard, VendorDesk
from handlers.vendors import LONGEST_SECRET, LONGEST_WORDS
from store.redemptions import OrderState

PATH = "/vendors"
MOST_BYTES = 16_384
READ_S = 10.0
MOST_READING = 32
"""How many bodies are read at a time; none of them is longer than `MOST_BYTES`."""
_LONGEST_ID = 64
_STATES = {one.value: one for one in (OrderState.STARTED, OrderState.FULFILLED, OrderState.FAILED)}
_STATUS = {
    Heard.DONE: HTTPStatus.OK,
    Heard.ALREADY: HTTPStatus.OK,
    Heard.TOO_LATE: HTTPStatus.CONFLICT,
    Heard.UNKNOWN: HTTPStatus.NOT_FOUND,
    Heard.NOT_NOW: HTTPStatus.SERVICE_UNAVAILABLE,
}
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class VendorDoor:
    """`wall` is real time, by which signatures grow old."""

    def __init__(
        self,
        core: Core,
        desk: VendorDesk,
        *,
        on_sends: Callable[[], None] = lambda: None,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._strangers = Strangers(core)
        self._desk = desk
        self._on_sends = on_sends
        self._wall = wall
        self._reading = 0

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        door = web.Application()
        door.router.add_post("/{token}", self._called)
        door.on_response_prepare.append(_harden)
        app.add_subapp(PATH, door)

    async def _called(self, request: web.Request) -> web.Response:
        try:
            return await self._hear(request)
        except Busy:
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, "busy")

    async def _hear(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        link = await self._strangers.read(lambda tx: self._desk.look(tx, token))
        if link is None:
            return _said(HTTPStatus.NOT_FOUND, "unknown")
        body = await self._body(request)
        if len(body) > MOST_BYTES:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too long")
        secret = self._desk.secret_of(link)
        if secret is None:
            return _said(HTTPStatus.SERVICE_UNAVAILABLE, Heard.NOT_NOW.value)
        if not is_signed(request.headers.get(HEADER, ""), secret, body, self._wall()):
            return _said(HTTPStatus.UNAUTHORIZED, "not signed")
        said = read_call_back(body)
        if said is None:
            return _said(HTTPStatus.BAD_REQUEST, "unclear")
        heard = await self._strangers.write(lambda tx: self._desk.hear(tx, link, said))
        self._on_sends()
        return _said(_STATUS[heard], heard.value)

    async def _body(self, request: web.Request) -> bytes:
        """Of those who know an address, so many at a time; of one that is too long, a little more than may be."""
        if self._reading >= MOST_READING:
            raise Busy
        self._reading += 1
        try:
            async with asyncio.timeout(READ_S):
                return await beginning(request.content, MOST_BYTES + 1)
        except TimeoutError:
            raise Busy from None
        finally:
            self._reading -= 1


def read_call_back(body: bytes) -> CallBack | None:
    """`{"order": ..., "state": "fulfilled", "code": ...}`, or `started`, or `failed` with a `reason`. None for what
    is no such thing; a code that is too long is none, for a part of it is worth nothing."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, dict):
        return None
    texts = {name: told.get(name, "") for name in ("order", "state", "code", "note", "reason")}
    if not all(isinstance(one, str) for one in texts.values()):
        return None
    clean = {name: storable(one).strip() for name, one in texts.items()}
    state = _STATES.get(clean["state"])
    if state is None or not 0 < len(clean["order"]) <= _LONGEST_ID or len(clean["code"]) > LONGEST_SECRET:
        return None
    if clean["code"] and state is not OrderState.FULFILLED:
        return None
    note = clean["reason"] if state is OrderState.FAILED else clean["note"]
    return CallBack(clean["order"], state, note[:LONGEST_WORDS], clean["code"])


def _said(status: HTTPStatus, outcome: str) -> web.Response:
    later = {"Retry-After": "60"} if status is HTTPStatus.SERVICE_UNAVAILABLE else {}
    return web.json_response({"outcome": outcome}, status=status, headers=later)


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
