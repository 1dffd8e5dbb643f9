"""How work enters the synchronous core: a bounded queue before a few threads, and who goes first.

Background work (relay records, imports, ticks) lets interactive work go first, for a while. A request is refused at
the door when those before it would keep it waiting for more than a second, and nothing starts later than two seconds
after it arrived: the person reads that we are busy, and nothing was taken. What has started always ends.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

QUEUE_LIMIT = 64
LONGEST_WAIT_S = 1.0
LATEST_START_S = 2.0
BACKGROUND_WAITS_S = 0.2
"""How much later than interactive work of the same moment background work begins; it never starves."""

T = TypeVar("T")


class Busy(Exception):
    """Refused before it started: nothing was taken."""


class Closed(Busy):
    """The process is stopping."""


@dataclass(order=True)
class _Job:
    rank: tuple[float, int]
    work: Callable[[], Any] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)
    latest_start: float = field(compare=False)


class Lane:
    """A queue and its threads. One for writers, one for readers, so that forms never wait behind gifts."""

    def __init__(self, name: str, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: queue.PriorityQueue[_Job | _Stop] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._waiting = 0
        self._usual_s = 0.005
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Callable[[], T], *, background: bool = False) -> T:
        """Runs `work` in a thread and returns what it returns. Raises `Busy` if it did not start."""
        if self._closed:
            raise Closed
        if not background:
            self._admit()
            self._waiting += 1
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        now = self._clock()
        latest = float("inf") if background else now + LATEST_START_S
        rank = now + BACKGROUND_WAITS_S if background else now
        self._jobs.put(_Job((rank, next(self._numbers)), work, future, latest))
        try:
            # A client that hangs up stops waiting; what has started goes on.
            return await asyncio.shield(future)
        finally:
            if not background:
                self._waiting -= 1

    async def close(self) -> None:
        """Finishes what was admitted, then ends the threads."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put(_Stop((float("inf"), next(self._numbers))))
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    @property
    def waiting(self) -> int:
        return self._waiting

    def _admit(self) -> None:
        expected_s = self._waiting * self._usual_s / len(self._threads)
        if self._waiting >= QUEUE_LIMIT or expected_s > LONGEST_WAIT_S:
            raise Busy

    def _work(self) -> None:
        while isinstance(job := self._jobs.get(), _Job):
            started = self._clock()
            if started > job.latest_start:
                _settle(job.done, error=Busy())
                continue
            try:
                result = job.work()
            except BaseException as error:
                _settle(job.done, error=error)
            else:
                _settle(job.done, result=result)
            # A slow moving mean of what a piece of work takes, for the door.
            self._usual_s += (self._clock() - started - self._usual_s) / 16


@dataclass(order=True)
class _Stop:
    rank: tuple[float, int]


def _settle(done: asyncio.Future[Any], *, result: Any = None, error: BaseException | None = None) -> None:
    def settle() -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    done.get_loop().call_soon_threadsafe(settle)
