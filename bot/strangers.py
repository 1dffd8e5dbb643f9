"""The way into the core for pages that anybody may ask for: few at a time, and behind what people in the chats wait
for. Whoever comes on top is told to come back later, before anything was queued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection

from bot.admission import Busy
from bot.connected import Core
from bot.writing import write

MOST_ASKING = 8

T = TypeVar("T")


class Strangers:
    """One for each kind of page, so that a flood at one of them shuts no other. Raises `Busy` where it is full."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._asking = 0

    async def read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._core.database.reading() as tx:
                return work(tx)

        with self._one_more():
            return await self._core.readers.run(run, background=True)

    async def write(self, work: Callable[[Connection], T]) -> T:
        with self._one_more():
            return await self._core.writers.run(lambda: write(self._core.database, work), background=True, short=True)

    @contextmanager
    def _one_more(self) -> Iterator[None]:
        if self._asking >= MOST_ASKING:
            raise Busy
        self._asking += 1
        try:
            yield
        finally:
            self._asking -= 1
