"""From a platform's request to its answer: admission, look-ups, and one log line. It never raises.

Every platform's wiring calls `Door.answer`, and writes what it gets.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeAlias, TypeVar

import structlog

from bot.admission import Busy, Lane
from bot.directory import Directory, LookupFailed
from bot.metrics import REQUEST_SECONDS, REQUESTS
from bot.presenter import CardPresenter
from handlers import registry
from handlers.dispatch import Answered, Dispatcher
from handlers.vocabulary import Card, Platform, Reader, Request, Unknown

NOT_FOR_US = "not_for_us"
NOT_TAKEN = ("busy", "failure", "lookup_failed")
"""Outcomes after which the same request is worth another try."""
LATE = "late"
"""The outcome of an answer that is only promised."""
PATIENCE_S = 2.0
"""After this the person reads that it takes longer, and the answer follows; platforms give up at three seconds."""
MOST_LOOKUPS = 2

T = TypeVar("T")
Late: TypeAlias = Callable[[Answered], Awaitable[None]]

_log = structlog.get_logger("request")


class Answering(Protocol):
    """What an edge needs of `Door`."""

    async def answer(self, request: Request, *, late: Late | None = None) -> Answered: ...


class Door:
    def __init__(
        self,
        dispatcher: Dispatcher,
        presenter: CardPresenter,
        *,
        writers: Lane,
        readers: Lane,
        directories: Mapping[Platform, Directory],
    ) -> None:
        self._dispatcher = dispatcher
        self._presenter = presenter
        self._writers = writers
        self._readers = readers
        self._directories = directories
        self._open: set[asyncio.Task[Any]] = set()

    async def answer(self, request: Request, *, late: Late | None = None) -> Answered:
        """What to answer. With `late`, an answer that takes long is promised now and given to `late` then.

        `outcome` is one of `NOT_TAKEN` where nothing was; the wiring turns those into a 503 where the sender will come
        again.
        """
        task = self._follow(self._answer(request))
        if late is None:
            return await asyncio.shield(task)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE_S)
        if done:
            return task.result()
        self._follow(self._give_late(task, late))
        return self._notice(request, "Still working on it. The answer follows here in a moment.", LATE)

    async def caught_up(self, within_s: float) -> None:
        """Waits for the requests of this moment, while others may still come."""
        if self._open:
            await asyncio.wait(set(self._open), timeout=within_s)

    async def drain(self) -> None:
        """Waits until every request has its answer, also those whose clients hung up or were promised one."""
        while self._open:
            await asyncio.wait(self._open)

    async def _answer(self, request: Request) -> Answered:
        began = time.perf_counter()
        try:
            answered = await self._found(request)
        except Busy:
            answered = self._notice(
                request, "I am busy right now. Nothing was taken; please try again in a minute.", "busy"
            )
        except LookupFailed:
            answered = self._notice(
                request,
                "I could not look up who that is just now. Nothing was taken; please try again in a minute.",
                "lookup_failed",
            )
        except Unknown:
            answered = self._notice(
                request,
                "I do not know this workspace yet. Ask whoever installed Plaudit to connect it.",
                "unknown",
            )
        except Exception:
            _log.exception("failure", key=request.key, name=_name(request))
            answered = self._notice(
                request, "Something went wrong on our side. Nothing was taken; please try again.", "failure"
            )
        if answered.outcome != NOT_FOR_US:
            self._note(request, answered, time.perf_counter() - began)
        return answered

    async def _found(self, request: Request) -> Answered:
        if not await self._concerns(request):
            return Answered("nothing", {}, NOT_FOR_US)
        for _ in range(MOST_LOOKUPS):
            try:
                return await self._dispatch(request)
            except Unknown as unknown:
                request = await self._look_up(request, unknown)
        return await self._dispatch(request)

    async def _concerns(self, request: Request) -> bool:
        """Asked of what platforms tell unasked, where most is not for us; that leaves no line in the log either."""
        entry = registry.find(request)
        if entry is None or entry.concerns is None:
            return True
        return await self._readers.run(lambda: self._dispatcher.concerns(request))

    async def _dispatch(self, request: Request) -> Answered:
        lane = self._readers if self._dispatcher.reads(request) else self._writers
        return await lane.run(lambda: self._dispatcher.dispatch(request))

    async def _look_up(self, request: Request, unknown: Unknown) -> Request:
        workspace = request.who.workspace
        found = await self._directories[workspace.platform].look_up(workspace, unknown.refs)
        return replace(
            request,
            groups={**request.groups, **found.groups},
            looked_up=request.looked_up | frozenset(unknown.refs),
        )

    async def _give_late(self, task: asyncio.Future[Answered], late: Late) -> None:
        try:
            await late(await task)
        except Exception:
            _log.exception("late answer lost")

    def _follow(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(work)
        self._open.add(task)
        task.add_done_callback(self._open.discard)
        return task

    def _notice(self, request: Request, sentence: str, outcome: str) -> Answered:
        workspace = request.who.workspace
        card = Card("notice", {"sentence": sentence})
        payload = self._presenter.card(card, Reader(workspace.platform, "", workspace.id))
        return Answered("reply", payload, outcome)

    def _note(self, request: Request, answered: Answered, seconds: float) -> None:
        """One line a request: no words of people, no tokens, no addresses."""
        name, outcome = _name(request), "again" if answered.again else answered.outcome
        REQUESTS.labels(request.who.workspace.platform, name, outcome).inc()
        REQUEST_SECONDS.labels(request.who.workspace.platform, name).observe(seconds)
        _log.info(
            "request",
            tenant=answered.tenant_id,
            platform=request.who.workspace.platform.value,
            kind=type(request).__name__.lower(),
            name=name,
            key=request.key,
            outcome=outcome,
            ms=round(seconds * 1000, 1),
        )


def _name(request: Request) -> str:
    """Only names that exist: a client may send any other, which is not for logs, and no end of metrics."""
    entry = registry.find(request)
    return entry.name if entry else "unknown"
