"""Who is let in, who goes first, and what becomes of those who hang up."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import pytest

from bot.admission import BACKGROUND_WAITS_S, LATEST_START_S, QUEUE_LIMIT, Busy, Closed, Lane

T = TypeVar("T")


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self._go_on = threading.Event()

    def __call__(self) -> str:
        self.began.set()
        assert self._go_on.wait(30)
        return "done"

    def let_go(self) -> None:
        self._go_on.set()

    async def running(self) -> None:
        await asyncio.to_thread(self.began.wait, 30)


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def lane(seconds: Seconds) -> AsyncIterator[Lane]:
    opened = Lane("test", 1, seconds)
    yield opened
    await opened.close()


async def occupied(lane: Lane) -> tuple[Held, asyncio.Task[str]]:
    """The lane's only thread is busy from now on."""
    held = Held()
    task = asyncio.create_task(lane.run(held))
    await held.running()
    return held, task


async def queued(lane: Lane, work: Callable[[], str], *, background: bool = False) -> asyncio.Task[str]:
    task = asyncio.create_task(lane.run(work, background=background))
    await asyncio.sleep(0)
    return task


def noting(diary: list[T], what: T) -> Callable[[], str]:
    """Work that leaves a note when it is done."""

    def note() -> str:
        diary.append(what)
        return "done"

    return note


async def test_work_runs_beside_the_loop_and_gives_what_it_gives(lane: Lane) -> None:
    assert await lane.run(threading.get_ident) != threading.get_ident()
    with pytest.raises(ZeroDivisionError):
        await lane.run(lambda: 1 // 0)
    assert await lane.run(lambda: "still there") == "still there"


async def test_work_that_stops_an_iteration_leaves_nobody_waiting(lane: Lane) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await asyncio.wait_for(lane.run(lambda: next(iter(()))), 10)


async def test_a_full_queue_refuses_and_takes_nothing(lane: Lane) -> None:
    held, first = await occupied(lane)
    done: list[int] = []
    waiting = [await queued(lane, noting(done, 1)) for _ in range(QUEUE_LIMIT - 1)]
    with pytest.raises(Busy):
        await lane.run(noting(done, 2))
    held.let_go()
    await asyncio.gather(first, *waiting)
    assert done == [1] * (QUEUE_LIMIT - 1)
    assert lane.waiting == 0


async def test_background_work_is_never_refused(lane: Lane) -> None:
    held, first = await occupied(lane)
    waiting = [await queued(lane, lambda: "done", background=True) for _ in range(QUEUE_LIMIT * 2)]
    held.let_go()
    assert set(await asyncio.gather(first, *waiting)) == {"done"}


async def test_a_request_is_refused_when_those_before_it_would_take_longer_than_a_second(
    lane: Lane, seconds: Seconds
) -> None:
    def slow() -> str:
        seconds.now += 8.0
        return "done"

    await lane.run(slow)
    held, first = await occupied(lane)
    second = await queued(lane, lambda: "done")
    third = asyncio.create_task(lane.run(lambda: "done"))
    with pytest.raises(Busy):
        await third
    held.let_go()
    await asyncio.gather(first, second)


async def test_nothing_starts_later_than_two_seconds_after_it_came(lane: Lane, seconds: Seconds) -> None:
    held, first = await occupied(lane)
    started: list[str] = []
    late = await queued(lane, noting(started, "late"))
    background = await queued(lane, noting(started, "background"), background=True)
    seconds.now += LATEST_START_S + 0.001
    in_time = await queued(lane, noting(started, "in time"))
    held.let_go()
    await asyncio.gather(first, background, in_time)
    with pytest.raises(Busy):
        await late
    assert sorted(started) == ["background", "in time"]


async def test_what_started_in_time_may_take_its_time(lane: Lane, seconds: Seconds) -> None:
    held, first = await occupied(lane)
    seconds.now += 60
    held.let_go()
    assert await first == "done"


async def test_background_work_lets_others_go_first_for_a_while_and_then_has_its_turn(
    lane: Lane, seconds: Seconds
) -> None:
    held, first = await occupied(lane)
    order: list[str] = []
    tasks = [await queued(lane, noting(order, "background"), background=True)]
    for name in ("at once", "soon", "late"):
        tasks.append(await queued(lane, noting(order, name)))
        seconds.now += BACKGROUND_WAITS_S * 0.75
    held.let_go()
    await asyncio.gather(first, *tasks)
    assert order == ["at once", "soon", "background", "late"]


async def test_who_hangs_up_stops_nothing_and_counts_until_it_is_done(lane: Lane) -> None:
    held, first = await occupied(lane)
    done: list[str] = []
    gone = await queued(lane, noting(done, "gone"))
    first.cancel()
    gone.cancel()
    for task in (first, gone):
        with suppress(asyncio.CancelledError):
            await task
    assert lane.waiting == 2
    held.let_go()
    await lane.run(lambda: None)
    assert (done, lane.waiting) == (["gone"], 0)


async def test_who_hangs_up_before_a_failure_leaves_no_trace_of_it(lane: Lane) -> None:
    held, first = await occupied(lane)
    gone = await queued(lane, lambda: str(1 // 0))
    gone.cancel()
    with suppress(asyncio.CancelledError):
        await gone
    held.let_go()
    await first
    await lane.run(lambda: None)
    gc.collect()
    assert lane.waiting == 0


class Commits:
    """Ends what was done together; badly, as often as it is told to."""

    def __init__(self, *, bad: int = 0) -> None:
        self.diary: list[str] = []
        self._bad = bad

    @contextmanager
    def __call__(self) -> Iterator[None]:
        yield
        self.diary.append("commit")
        if self._bad:
            self._bad -= 1
            raise OSError("the disk is full")


async def test_what_waits_at_the_same_time_is_done_together_and_answered_then(seconds: Seconds) -> None:
    commits = Commits()
    lane = Lane("test", 1, seconds, together=commits)
    held, first = await occupied(lane)
    others = [await queued(lane, noting(commits.diary, name)) for name in "ab"]
    refused = await queued(lane, lambda: str(1 // 0))
    held.let_go()
    assert await asyncio.gather(first, *others) == ["done"] * 3
    with pytest.raises(ZeroDivisionError):
        await refused
    assert commits.diary == ["a", "b", "commit"]
    await lane.close()


async def test_what_could_not_be_ended_together_is_done_again_each_alone(seconds: Seconds) -> None:
    commits = Commits(bad=1)
    lane = Lane("test", 1, seconds, together=commits)
    held, first = await occupied(lane)
    others = [await queued(lane, noting(commits.diary, name)) for name in "ab"]
    held.let_go()
    assert await asyncio.gather(first, *others) == ["done"] * 3
    assert commits.diary == ["a", "b", "commit", "a", "b"]
    await lane.close()


async def test_long_work_in_the_background_is_done_by_itself(seconds: Seconds) -> None:
    """People would wait for its commit."""
    commits = Commits()
    lane = Lane("test", 1, seconds, together=commits)
    held, first = await occupied(lane)
    second = await queued(lane, noting(commits.diary, "second"))
    page = await queued(lane, noting(commits.diary, "page"), background=True)
    held.let_go()
    assert [await one for one in (first, second, page)] == ["done"] * 3
    assert " ".join(commits.diary) == "second commit page commit"
    await lane.close()


async def test_a_lane_that_closes_finishes_what_it_let_in(seconds: Seconds) -> None:
    lane = Lane("test", 1, seconds)
    held, first = await occupied(lane)
    second = await queued(lane, lambda: "second")
    closing = asyncio.create_task(lane.close())
    await asyncio.sleep(0)
    with pytest.raises(Closed):
        await lane.run(lambda: None)
    held.let_go()
    await closing
    assert (await first, await second) == ("done", "second")
