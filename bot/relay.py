"""Empties the outbox: claims lanes, renders what changed, sends, and records, in this order whatever happens.

A claim and the records of what was sent before it share one transaction, so that a busy relay costs the database
little. A relay that dies loses nothing: its leases run out, and its posts that may have been shown are looked for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from random import random as random_number
from typing import Any

import orjson
import structlog

from bot.admission import Closed, Lane
from bot.backoff import wait_s
from bot.metrics import SENDS
from bot.transport import Fate, SendFailed, Sent, Transport
from handlers.deliveries import Claimed, Deliveries
from handlers.vocabulary import POST_LINK
from store.outbox import Due, Record, SendKind, State

IDLE_S = 1.0
"""How often an idle relay looks, for work of other replicas and messages that became due."""
GATHER_S = 0.05
"""How long it gathers news, so that one transaction does for many messages. Nobody sees how much later a post is."""
MOST_AT_ONCE = 64
LOOK_AFTER_MS = 5_000
"""How long a platform may take to show what it did not answer for."""
SEND_S = 25.0
"""For everything that a send takes, well under the lease of its lane."""
LAST_TRIES = 3
"""How often a relay that stops tries to record what it sent."""
MOST_REPEATS = 3
"""How often a direct message is sent that may have been shown already."""

_log = structlog.get_logger("relay")


class Relay:
    """`transports` finds the sender for a message, by its workspace; None while a workspace is not connected."""

    def __init__(
        self,
        deliveries: Deliveries,
        lane: Lane,
        transports: Callable[[Due], Awaitable[Transport | None]],
        *,
        random: Callable[[], float] = random_number,
    ) -> None:
        self._deliveries = deliveries
        self._lane = lane
        self._transports = transports
        self._random = random
        self._news = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._done: list[Record] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._stopping = False
        self._turning = asyncio.Lock()
        self.healthy = True

    def wake(self) -> None:
        """Says that something is due. Safe to call from any thread."""
        if self._loop and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    async def run(self) -> None:
        """Runs until `stop`."""
        self._loop = asyncio.get_running_loop()
        while not self._stopping:
            try:
                await self.turn()
                self.healthy = True
            except Closed:
                return
            except Exception:
                self.healthy = False
                _log.exception("turn failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), IDLE_S)
                await asyncio.sleep(GATHER_S)

    async def stop(self) -> None:
        """Claims nothing more, finishes what is being sent, and records it."""
        self._stopping = True
        self._news.set()
        async with self._turning:  # a turn may be claiming just now
            pass
        await self.sent()
        for _ in range(LAST_TRIES):
            try:
                await self.turn(claim=False)
            except Exception:
                _log.exception("what was sent is not recorded")
            else:
                return

    async def turn(self, *, claim: bool = True) -> int:
        """Records what was sent, and begins to send what is due. How many messages that is."""
        async with self._turning:
            return await self._turn(claim)

    async def _turn(self, claim: bool) -> int:
        self._news.clear()
        records, self._done = self._done, []
        most = MOST_AT_ONCE - len(self._sending) if claim and not self._stopping else 0
        try:
            claimed = await self._lane.run(
                lambda: self._deliveries.turn(records, most=most), background=True, short=True
            )
        except BaseException:
            self._done = records + self._done  # writing down the same twice does no harm
            raise
        for one in claimed:
            task = asyncio.ensure_future(self._deliver(one))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        if self._deliveries.behind:
            self._news.set()
        return len(claimed)

    @property
    def busy(self) -> bool:
        """Whether something is being sent, was sent and is not recorded yet, or is still to be looked for."""
        return bool(self._sending or self._done or self._turning.locked() or self._deliveries.behind)

    async def sent(self) -> None:
        """Waits for what is being sent."""
        if self._sending:
            await asyncio.wait(self._sending)

    async def _deliver(self, claimed: Claimed) -> None:
        try:
            record = await self._attempt(claimed)
        except Exception:
            _log.exception("not sent", message=claimed.due.id, tenant=claimed.due.tenant_id)
            record = self._again(claimed.due, SendFailed(Fate.AGAIN, "a bug of ours; see the log"))
        SENDS.labels(claimed.due.kind, record.state.value).inc()
        self._done.append(record)
        self._news.set()

    async def _attempt(self, claimed: Claimed) -> Record:
        due = claimed.due
        transport = await self._transports(due)
        if transport is None:
            return self._again(due, SendFailed(Fate.AGAIN, "the workspace is not connected"))
        if due.state != State.SENT and self._deliveries.is_past(due.expires_at):
            return _record(due, State.DROPPED)
        try:
            found = await transport.find(due) if _may_be_shown(due) else None
        except SendFailed as failed:
            return self._not_found(due, failed)
        if found:
            return _sent(due, found, transport, shown=due.shown)
        try:
            return await self._show(claimed, transport)
        except SendFailed as failed:
            return self._failed(due, failed)

    async def _show(self, claimed: Claimed, transport: Transport) -> Record:
        due = claimed.due
        payload, shown = due.payload, due.shown
        if due.wanted > due.shown:
            fresh = await self._render(due)
            if fresh is None:
                return _record(due, State.DROPPED)
            payload, shown = fresh, due.wanted
        if due.linked:
            payload = with_link(payload, claimed.link)
        return _sent(due, await _send(transport, due, payload), transport, shown=shown)

    async def _render(self, due: Due) -> dict[str, Any] | None:
        return await self._lane.run(lambda: self._deliveries.show(due), background=True, short=True)

    # --- failures -----------------------------------------------------------------------------------------

    def _not_found(self, due: Due, failed: SendFailed) -> Record:
        """A post that nobody can look for: its giver is asked to."""
        _note("not found", due, failed)
        if failed.fate is Fate.UNCERTAIN:
            return _record(due, State.UNCERTAIN, trouble=failed.what)
        return self._again(due, failed)

    def _failed(self, due: Due, failed: SendFailed) -> Record:
        """An edit may be repeated without harm, a direct message sometimes, a post never."""
        _note("send failed", due, failed)
        edits = due.state == State.SENT
        match failed.fate:
            case Fate.DEAD:
                return _record(due, State.DEAD, closed=failed.closed, trouble=failed.what)
            case Fate.UNCERTAIN if due.kind == SendKind.POST and not edits:
                return _record(due, State.SENDING, wait_ms=LOOK_AFTER_MS)
            case Fate.UNCERTAIN if not edits and due.attempts >= MOST_REPEATS:
                return _record(due, State.UNCERTAIN, trouble=failed.what)
            case _:
                return self._again(due, failed, State.SENT if edits else State.WAITING)

    def _again(self, due: Due, failed: SendFailed, state: State | None = None) -> Record:
        """Without a `state` it was not tried, so what may have been shown is still to be looked for."""
        seconds = wait_s(due.attempts, failed.after_s, self._random)
        if seconds is None:
            untried = state is None and _may_be_shown(due)
            return _record(due, State.UNCERTAIN if untried else State.DEAD, trouble=failed.what)
        pause = int((failed.after_s or 0) * 1000) if failed.everywhere else 0
        return _record(due, state or State(due.state), wait_ms=int(seconds * 1000), pause_ms=pause)


async def _send(transport: Transport, due: Due, payload: dict[str, Any]) -> Sent:
    try:
        async with asyncio.timeout(SEND_S):
            return await (transport.edit if due.state == State.SENT else transport.send)(due, payload)
    except SendFailed:
        raise
    except Exception as error:
        _log.exception("send failed", message=due.id, tenant=due.tenant_id)
        raise SendFailed(Fate.UNCERTAIN, "a bug of ours; see the log") from error


def _may_be_shown(due: Due) -> bool:
    """A post that a relay was sending when it died, or got no answer for."""
    return due.state == State.SENDING and due.kind == SendKind.POST


def _note(event: str, due: Due, failed: SendFailed) -> None:
    _log.warning(event, tenant=due.tenant_id, message=due.id, kind=due.kind, fate=failed.fate.value, what=failed.what)


def with_link(payload: dict[str, Any], link: str) -> dict[str, Any]:
    """Puts the address of the post where it was left open; without one, leaves out the lines that show it."""
    text = orjson.dumps(payload)
    if (open_link := POST_LINK.encode()) not in text:
        return payload
    if link:
        filled: dict[str, Any] = orjson.loads(text.replace(open_link, orjson.dumps(link)[1:-1]))
        return filled
    pruned: dict[str, Any] = _pruned(payload)
    return pruned


def _pruned(value: Any) -> Any:
    """Without the parts of lists that hold the open link, and without parts that this leaves empty."""
    if isinstance(value, dict):
        return {name: _pruned(part) for name, part in value.items()}
    if isinstance(value, list):
        kept = [(part, _pruned(part)) for part in value if not _holds_directly(part)]
        return [pruned for part, pruned in kept if not _emptied(part, pruned)]
    return value


def _holds_directly(part: Any) -> bool:
    """Whether the open link is in a text of this part itself, and not in a list further down."""
    if isinstance(part, str):
        return POST_LINK in part
    if isinstance(part, dict):
        return any(_holds_directly(one) for one in part.values() if not isinstance(one, list))
    return False


def _emptied(part: Any, pruned: Any) -> bool:
    return isinstance(part, dict) and any(value == [] and part[name] for name, value in pruned.items())


def _sent(due: Due, sent: Sent, transport: Transport, *, shown: int) -> Record:
    return Record(
        message=due,
        state=State.SENT,
        ref=sent.ref or due.ref,
        link=sent.link,
        shown=shown,
        wait_ms=transport.pace_ms(due),
        chat_ref=sent.chat_ref,
    )


def _record(due: Due, state: State, **more: Any) -> Record:
    return Record(message=due, state=state, ref=due.ref, shown=due.shown, attempts=due.attempts + 1, **more)
