"""The people: sends kudos and times the answers. A process of its own: `python -m bench.load --help`.

Closed loop: each connection types again as soon as it has its answer. Open loop: kudos arrive at fixed times
whatever the server does, and each is timed from when it should have been sent, so that a stall is not forgotten.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections import Counter
from itertools import count
from typing import Any

from bench.kudos import CONFIRMED, request
from bench.wire import Message, Wire

PATIENCE_S = 10.0


class Tally:
    """What came of all requests. Only a confirmation is a success."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.others: Counter[str] = Counter()

    def note(self, message: Message, seconds: float) -> None:
        if CONFIRMED in message.body:
            self.times.append(seconds)
        else:
            self.others[_gist(message)] += 1


def _gist(message: Message) -> str:
    status = message.start.decode().split(" ", 2)[1]
    try:
        said = str(json.loads(message.body)["text"])
    except (ValueError, TypeError, KeyError):
        said = message.body.decode(errors="replace")
    return f"{status} {said[:100]}"


class Person(Wire):
    """One connection: a request, then its answer, then the next."""

    def __init__(self, host: str, numbers: Any, tally: Tally) -> None:
        super().__init__()
        self._host = host
        self._numbers = numbers
        self._tally = tally
        self._since = 0.0
        self._answered: asyncio.Future[None] | None = None

    async def type(self, since: float | None = None) -> None:
        """Sends one kudos and waits for the answer, timed from `since` or from now."""
        sent = request(next(self._numbers), self._host)
        self._answered = asyncio.get_running_loop().create_future()
        self._since = time.perf_counter() if since is None else since
        self.transport.write(sent)
        await self._answered

    def heard(self, message: Message) -> None:
        self._tally.note(message, time.perf_counter() - self._since)
        assert self._answered
        self._answered.set_result(None)

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered and not self._answered.done():
            self._tally.others["connection lost"] += 1
            self._answered.set_result(None)


class People:
    def __init__(self, port: int, first: int) -> None:
        self.tally = Tally()
        self._port = port
        self._numbers = count(first)

    async def closed(self, connections: int, *, seconds: float, most: int) -> None:
        crowd = [await self._person() for _ in range(connections)]
        until = time.perf_counter() + seconds
        left = iter(range(most))

        async def keep_typing(one: Person) -> None:
            while time.perf_counter() < until and next(left, None) is not None:
                await one.type()

        await asyncio.gather(*(keep_typing(one) for one in crowd))

    async def open(self, rate: float, *, seconds: float) -> None:
        """A free connection is used again; where there is none, another person joins."""
        idle: list[Person] = [await self._person() for _ in range(16)]
        typing: set[asyncio.Task[None]] = set()
        begin = time.perf_counter() + 0.1

        async def type_once(at: float) -> None:
            one = idle.pop() if idle else await self._person()
            await one.type(since=at)
            idle.append(one)

        for number in range(int(rate * seconds)):
            at = begin + number / rate
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            task = asyncio.create_task(type_once(at))
            typing.add(task)
            task.add_done_callback(typing.discard)
        await asyncio.wait(typing or {asyncio.create_task(asyncio.sleep(0))}, timeout=PATIENCE_S)

    async def _person(self) -> Person:
        host = f"127.0.0.1:{self._port}"
        loop = asyncio.get_running_loop()
        _, one = await loop.create_connection(lambda: Person(host, self._numbers, self.tally), "127.0.0.1", self._port)
        return one


def measured(tally: Tally, seconds: float, cpu_s: float) -> dict[str, Any]:
    times = sorted(tally.times)
    return {
        "done": len(times),
        "others": dict(tally.others),
        "seconds": seconds,
        "p50_ms": _percentile(times, 0.50),
        "p99_ms": _percentile(times, 0.99),
        "worst_ms": _percentile(times, 1.0),
        "client_cpu_s": cpu_s,
    }


def _percentile(times: list[float], part: float) -> float:
    return times[min(len(times) - 1, int(part * len(times)))] * 1000 if times else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--first", type=int, required=True, help="number of the first gift; each is given once")
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--most", type=int, default=1_000_000)
    parser.add_argument("--rate", type=float, help="open loop: arrivals a second")
    asked = parser.parse_args()
    people = People(asked.port, asked.first)
    began, used = time.perf_counter(), time.process_time()
    if asked.rate:
        asyncio.run(people.open(asked.rate, seconds=asked.seconds))
    else:
        asyncio.run(people.closed(asked.connections, seconds=asked.seconds, most=asked.most))
    result = measured(people.tally, time.perf_counter() - began, time.process_time() - used)
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
