"""How work enters the synchronous core: a bounded queue before a few threads, and who goes first.

Background work (relay records, imports, ticks) lets interactive work go first, for a while. A request is refused at
the door when those before it would keep it waiting for more than a second, and nothing starts later than two seconds
after it arrived: the person reads that we are busy, and nothing was taken. What has started always ends.

Where there is one writer, what waits at the same time is done together: it is committed once, and answered then.
"""

from __future__ import annotations

import asyncio
import itertools
import queue
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

QUEUE_LIMIT = 64
LONGEST_WAIT_S = 1.0
LATEST_START_S = 2.0
BACKGROUND_WAITS_S = 0.2
"""How much later than interactive work of the same moment background work begins; it never starves."""
MOST_TOGETHER = 32
TOGETHER_S = 0.05
"""How long the first of those that are done together waits for the others, about."""

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
    alone: bool = False
    """Whether nothing is done together with it."""


_Entry: TypeAlias = tuple[float, int, _Job | None]
"""When its turn is, a number that no other has, and what is to be done; None ends a thread."""
_Outcome: TypeAlias = tuple[_Job, Any, BaseException | None]
"""A job, what it gave, and what it raised."""
Together: TypeAlias = Callable[[], AbstractContextManager[None]]


class Lane:
    """A queue and its threads. One for writers, one for readers, so that forms never wait behind gifts.

    `together` is entered around jobs that wait at the same time. If it raises in the end, nothing of them was done.
    """

    def __init__(
        self,
        name: str,
        threads: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        together: Together | None = None,
    ) -> None:
        self._clock = clock
        self._together = together or nullcontext
        self._most = MOST_TOGETHER if together else 1
        self._jobs: queue.PriorityQueue[_Entry] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._waiting = 0
        self._usual_s = 0.005
        self._closed = False
        self._threads = [threading.Thread(target=self._work, name=f"{name}-{n}", daemon=True) for n in range(threads)]
        for thread in self._threads:
            thread.start()

    async def run(self, work: Callable[[], T], *, background: bool = False, short: bool = False) -> T:
        """Runs `work` in a thread and returns what it returns. Raises `Busy` if it did not start.

        Background work is done by itself, for people would wait for its commit; unless it is `short`.
        """
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
        self._jobs.put((turn, next(self._numbers), _Job(work, future, latest, alone=background and not short)))
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
        while first := self._jobs.get()[2]:
            started = self._clock()
            outcomes = self._do(first)
            _settle(outcomes)
            if any(job.latest_start < float("inf") for job, *_ in outcomes):
                # A slow moving mean of what a request takes, for the door; a page of background work takes longer.
                self._usual_s += ((self._clock() - started) / len(outcomes) - self._usual_s) / 16

    def _do(self, first: _Job) -> list[_Outcome]:
        """Does a job, and what waits by then. Nobody hears of it before it is done for good."""
        outcomes: list[_Outcome] = []
        try:
            with self._together():
                until = self._clock() + TOGETHER_S
                job: _Job | None = first
                while job:
                    outcomes.append(self._outcome(job))
                    room = len(outcomes) < self._most and not first.alone and self._clock() < until
                    job = self._next() if room else None
        except Exception:  # each alone, for one of them may be why
            return [self._outcome(job) for job, *_ in outcomes]
        return outcomes

    def _next(self) -> _Job | None:
        try:
            entry = self._jobs.get_nowait()
        except queue.Empty:
            return None
        if entry[2] is None or entry[2].alone:
            self._jobs.put(entry)
            return None
        return entry[2]

    def _outcome(self, job: _Job) -> _Outcome:
        if self._clock() > job.latest_start:
            return job, None, Busy()
        try:
            return job, job.work(), None
        except StopIteration as error:  # which no future takes, so that whoever waits would wait for ever
            return job, None, RuntimeError(repr(error))
        except BaseException as error:
            return job, None, error


def _settle(outcomes: list[_Outcome]) -> None:
    def settle() -> None:
        for job, result, error in outcomes:
            if job.done.done():
                continue
            if error is None:
                job.done.set_result(result)
            else:
                job.done.set_exception(error)

    outcomes[0][0].done.get_loop().call_soon_threadsafe(settle)
