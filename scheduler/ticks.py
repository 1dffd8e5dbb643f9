"""Wakes what is due of the schedules of all tenants, one transaction after the other, behind what people wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

import structlog

from handlers.ticks import Ticks
from store.db import is_conflict, is_lost
from store.schedules import Scheduled

MOST = 200
"""Schedules that are looked at together."""

T = TypeVar("T")
_log = structlog.get_logger("scheduler")


class Run(Protocol):
    """Runs work in a thread that may wait for the database."""

    def __call__(self, work: Callable[[], T]) -> Awaitable[T]: ...


class TickRunner:
    """`read` and `write` run work behind that of people."""

    def __init__(self, ticks: Ticks, *, read: Run, write: Run) -> None:
        self._ticks = ticks
        self._read = read
        self._write = write
        self._running = asyncio.Lock()

    async def plan(self) -> None:
        """Schedules the jobs of tenants that are new, unless another process does so just now."""
        try:
            await self._write(self._ticks.plan)
        except Exception as error:
            if not (is_conflict(error) or is_lost(error)):
                raise
            _log.info("planned later", why=repr(error))

    async def run(self) -> None:
        """Until nothing is due any more, or others do what is."""
        async with self._running:
            while due := await self._read(lambda: self._ticks.list_due(MOST)):
                turned = [await self._turn(one) for one in due]
                if not any(turned):
                    return

    async def _turn(self, due: Scheduled) -> bool:
        try:
            return await self._write(lambda: self._ticks.turn(due))
        except Exception as error:
            if is_conflict(error) or is_lost(error):  # somebody else is at it, or it is found again
                return False
            _log.exception("tick failed", tenant=due.tenant_id, job=due.job, subject=due.subject)
            await self._write(lambda: self._ticks.hold(due))
            return False
