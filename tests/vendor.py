"""A test vendor: a small server that takes orders, checks their signature as the guide shows, and calls back.

vendor.will(503, 200); vendor.delay = asyncio.Event(); await vendor.says(order, "fulfilled", code="CODE-1")
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


class TestVendor:
    __test__ = False

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.secret = self.address = self.call_back = ""
        self.heard: list[dict[str, Any]] = []
        self.headers: list[Any] = []
        self.answers: list[int | tuple[int, dict[str, Any]]] = []
        self.gate: asyncio.Event | None = None
        self.before_answer: Callable[[str], Awaitable[Any]] | None = None
        self.location = ""

    def will(self, *answers: int | tuple[int, dict[str, Any]]) -> None:
        """How it answers the next calls; 200 after them."""
        self.answers += answers

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.headers.append(request.headers)
        self.heard.append(json.loads(body))
        if self.secret:
            assert self.is_ours(request.headers["Plaudit-Signature"], body)
        if self.gate:
            await self.gate.wait()
        if self.before_answer:
            await self.before_answer(self.heard[-1].get("order", ""))
        answer = self.answers.pop(0) if self.answers else 200
        status, told = answer if isinstance(answer, tuple) else (answer, {})
        return web.json_response(told, status=status, headers={"Location": self.location} if self.location else {})

    def is_ours(self, signature: str, body: bytes) -> bool:
        """As the guide for administrators shows it."""
        told = dict(part.split("=", 1) for part in signature.split(","))
        signed = told["t"].encode() + b"." + body
        expected = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        fresh = abs(self.clock() - int(told["t"])) < 300
        return fresh and hmac.compare_digest(expected, told["v1"])

    async def says(self, order: str, state: str, *, old_s: int = 0, secret: str = "", **more: Any) -> int:
        """Calls back, signed; the status of the answer."""
        body = json.dumps({"order": order, "state": state} | more).encode()
        return await self.sends(body, old_s=old_s, secret=secret)

    async def sends(self, body: bytes, *, old_s: int = 0, secret: str = "", signature: str = "") -> int:
        at = int(self.clock()) - old_s
        signed = hmac.new((secret or self.secret).encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {"Plaudit-Signature": signature or f"t={at},v1={signed}"}
        async with aiohttp.ClientSession() as http, http.post(self.call_back, data=body, headers=headers) as response:
            return response.status


@asynccontextmanager
async def open_vendor(clock: Callable[[], float]) -> AsyncIterator[TestVendor]:
    vendor = TestVendor(clock)
    app = web.Application()
    app.router.add_post("/orders", vendor.take)
    async with TestServer(app) as server:
        vendor.address = str(server.make_url("/orders"))
        yield vendor
