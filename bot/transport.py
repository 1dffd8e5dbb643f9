"""What a sender promises to the relay, and the three ways in which sending fails."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from store.outbox import Due


@dataclass(frozen=True, slots=True)
class Sent:
    """A platform showed it. `chat_ref` is a direct conversation that was not known before."""

    ref: str
    link: str = ""
    chat_ref: str = ""


class Fate(StrEnum):
    AGAIN = "again"
    """It was not shown, and trying later may help: 429, 5xx, no connection."""
    DEAD = "dead"
    """It will never be shown: archived, removed, revoked, blocked."""
    UNCERTAIN = "uncertain"
    """It may have been shown: the answer got lost."""


class SendFailed(Exception):
    """`after_s` is what the platform asked for; `everywhere` means the whole workspace is to wait.

    `closed` tells why a conversation takes no more posts: `archived` or `not_in_channel`. `what` is one line for
    an administrator; it holds no text of a message and no token.
    """

    def __init__(
        self,
        fate: Fate,
        what: str,
        *,
        after_s: float | None = None,
        everywhere: bool = False,
        closed: str = "",
    ) -> None:
        super().__init__(what)
        self.fate = fate
        self.what = what
        self.after_s = after_s
        self.everywhere = everywhere
        self.closed = closed


class Transport(Protocol):
    """Sends to one workspace. Whatever a platform or a network does wrong is a `SendFailed`, nothing else."""

    async def send(self, message: Due, payload: dict[str, Any]) -> Sent: ...

    async def edit(self, message: Due, payload: dict[str, Any]) -> Sent: ...

    async def find(self, message: Due) -> Sent | None:
        """Looks for a post that may have been shown. None: it was not. Cannot know: `SendFailed` UNCERTAIN."""

    def pace_ms(self, message: Due) -> int:
        """How long its conversation rests afterwards."""
