"""Sends calls to vendors: claims what is due, signs and sends it, writes down what came of it.

No transaction is open while the network is used. A process that dies in between loses nothing: the lease of its call
runs out, and the vendor knows the call again by its key.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from random import random as random_number

import aiohttp
import structlog

from bot.admission import Closed
from bot.backoff import wait_s
from bot.connected import Core
from bot.public_addresses import InsideError, beginning, make_session, refuse_inside
from bot.writing import write
from handlers.rules.vendor_signature import HEADER, sign
from handlers.vendor_desk import Claimed, VendorDesk
from handlers.vendors import Answer, Call, Verdict
from store.vendor_calls import CallFact

IDLE_S = 2.0
"""How often it looks for work: to look costs one look into an index."""
SEND_S = 10.0
MOST_READ = 65_536
"""Bytes of an answer; what follows is not looked at."""
LONGEST_ASKED_S = 3_600.0
"""The longest pause that a vendor may ask for."""

_log = structlog.get_logger("vendors")


class Vendors:
    """`loopback` lets vendors be on this machine, without TLS: for the sandbox and tests. `wall` is real time."""

    def __init__(
        self,
        core: Core,
        desk: VendorDesk,
        *,
        on_sends: Callable[[], None] = lambda: None,
        loopback: bool = False,
        wall: Callable[[], float] = time.time,
        random: Callable[[], float] = random_number,
        send_s: float = SEND_S,
    ) -> None:
        self._core = core
        self._desk = desk
        self._on_sends = on_sends
        self._loopback = loopback
        self._wall = wall
        self._random = random
        self._send_s = send_s
        self._session: aiohttp.ClientSession | None = None
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Runs until `stop`."""
        while not self._stop.is_set():
            try:
                await self.turn()
            except Closed:
                return
            except Exception:
                _log.exception("turn failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), IDLE_S)

    async def stop(self) -> None:
        """Claims nothing more."""
        self._stop.set()

    async def close(self) -> None:
        """After the last turn."""
        if self._session:
            await self._session.close()

    async def turn(self) -> int:
        """Sends what is due, all of it at once, and waits for what comes of it. How many calls that is."""
        due = await self._core.readers.run(self._list_due, background=True)
        if due and not self._stop.is_set():
            await asyncio.gather(*(self._deliver(one) for one in due))
        return len(due)

    def _list_due(self) -> list[CallFact]:
        with self._core.database.reading() as tx:
            return self._desk.list_due(tx)

    async def _deliver(self, seen: CallFact) -> None:
        """What goes wrong with one holds up no other: it rests a while."""
        try:
            pause = wait_s(seen.attempt, None, self._random)
            claimed = await self._core.writers.run(
                lambda: write(self._core.database, lambda tx: self._desk.claim(tx, seen, wait_s=pause)),
                background=True,
                short=True,
            )
            self._on_sends()
            if claimed:
                await self._send(claimed)
        except Closed:
            raise
        except Exception:
            _log.exception("not sent", order=seen.order_id, tenant=seen.tenant_id)
            await self._leave_alone(seen)

    async def _leave_alone(self, seen: CallFact) -> None:
        """Else what cannot be done would be tried every moment, before all others that are due."""
        try:
            await self._core.writers.run(
                lambda: write(self._core.database, lambda tx: self._desk.leave_alone(tx, seen)),
                background=True,
                short=True,
            )
        except Closed:
            raise
        except Exception:
            _log.exception("not left alone", order=seen.order_id, tenant=seen.tenant_id)

    async def _send(self, claimed: Claimed) -> None:
        answer, asked_s = await self._ask(claimed)
        _log.info(
            "vendor called",
            tenant=claimed.tenant_id,
            order=claimed.order_id,
            attempt=claimed.attempt,
            verdict=answer.verdict.value,  # why it is so may name people, and is for administrators
        )
        pause = wait_s(claimed.attempt, asked_s, self._random)
        await self._core.writers.run(
            lambda: write(self._core.database, lambda tx: self._desk.record(tx, claimed, answer, wait_s=pause)),
            background=True,
            short=True,
        )
        self._on_sends()

    async def _ask(self, claimed: Claimed) -> tuple[Answer, float | None]:
        """What the vendor answers, and how long it asks us to wait."""
        call = claimed.call
        try:
            refuse_inside(call.address, loopback=self._loopback)
            async with asyncio.timeout(self._send_s):
                status, body, asked_s = await self._post(call)
        except InsideError:
            return Answer(Verdict.REFUSED, "Its address is not on the public internet."), None
        except TimeoutError:
            return Answer(Verdict.AGAIN, f"It did not answer within {self._send_s:g} seconds."), None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(Verdict.AGAIN, f"It could not be reached: {type(error).__name__}."), None
        return self._desk.read(claimed, status, body), asked_s

    async def _post(self, call: Call) -> tuple[int, bytes, float | None]:
        if self._session is None:
            self._session = make_session(loopback=self._loopback)
        headers = {"Content-Type": "application/json", "User-Agent": "Plaudit", **call.headers}
        if call.secret:
            headers[HEADER] = sign(call.secret, int(self._wall()), call.body)
        async with self._session.post(call.address, data=call.body, headers=headers, allow_redirects=False) as response:
            body = await beginning(response.content, MOST_READ)
            return response.status, body, _asked_s(response.headers.get("Retry-After", ""))


def _asked_s(said: str) -> float | None:
    """Seconds; a date is not read, for our own pauses do as well."""
    return min(float(said), LONGEST_ASKED_S) if said.isascii() and said.isdigit() and len(said) < 8 else None
