"""What a platform's part of the process offers to the rest of it, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.admission import Lane
from bot.directory import Directory
from bot.door import Door
from bot.transport import Transport
from bot.web import Handler
from handlers.vocabulary import Platform
from store.db import Database
from store.tenants import Home


@dataclass(frozen=True, slots=True)
class Core:
    """What every part of the process shares. `clock` is the programme's."""

    database: Database
    writers: Lane
    readers: Lane
    clock: Callable[[], datetime]
    new_id: Callable[[], str]


class Connected(Protocol):
    """One platform. `doors` is called once, before `start`."""

    platform: Platform

    @property
    def directory(self) -> Directory: ...

    def doors(self, door: Door) -> Mapping[str, Handler]:
        """What answers a POST at which path."""

    def transport(self, home: Home) -> Transport:
        """The sender to one workspace."""

    async def start(self) -> None: ...

    async def stop(self) -> None:
        """Takes nothing new."""

    async def settle(self) -> None:
        """Gives every answer that is still to be given."""

    async def refresh(self) -> None:
        """Reads people and channels anew; called once a day."""
