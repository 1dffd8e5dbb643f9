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
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

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


@dataclass(frozen=True, slots=True)
class _Job:
    work: Callable[[], Any]
    done: asyncio.Future[Any]
    latest_start: float


_Entry: TypeAlias = tuple[float, int, _Job | None]
"""When its turn is, a number that no other has, and what is to be done; None ends a thread."""


class Lane:
    """A queue and its threads. One for writers, one for readers, so that forms never wait behind gifts."""

    def __init__(self, name: str, threads: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._jobs: queue.PriorityQueue[_Entry] = queue.PriorityQueue()
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
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if not background:
            self._admit()
            self._waiting += 1
            future.add_done_callback(self._left)
        now = self._clock()
        latest = float("inf") if background else now + LATEST_START_S
        turn = now + BACKGROUND_WAITS_S if background else now
        self._jobs.put((turn, next(self._numbers), _Job(work, future, latest)))
        # A client that hangs up stops waiting; what it asked for goes on, and counts until it is done.
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Finishes what was admitted, then ends the threads."""
        self._closed = True
        for _ in self._threads:
            self._jobs.put((float("inf"), next(self._numbers), None))
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    @property
    def waiting(self) -> int:
        return self._waiting

    def _left(self, _: asyncio.Future[Any]) -> None:
        self._waiting -= 1

    def _admit(self) -> None:
        expected_s = self._waiting * self._usual_s / len(self._threads)
        if self._waiting >= QUEUE_LIMIT or expected_s > LONGEST_WAIT_S:
            raise Busy

    def _work(self) -> None:
        while job := self._jobs.get()[2]:
            started = self._clock()
            if started > job.latest_start:
                _settle(job.done, error=Busy())
                continue
            try:
                result = job.work()
            except StopIteration as error:  # which no future takes, so that whoever waits would wait for ever
                _settle(job.done, error=RuntimeError(repr(error)))
            except BaseException as error:
                _settle(job.done, error=error)
            else:
                _settle(job.done, result=result)
            if job.latest_start < float("inf"):
                # A slow moving mean of what a request takes, for the door; a page of background work takes longer.
                self._usual_s += (self._clock() - started - self._usual_s) / 16


def _settle(done: asyncio.Future[Any], *, result: Any = None, error: BaseException | None = None) -> None:
    def settle() -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    done.get_loop().call_soon_threadsafe(settle)
