"""What kinds of fulfilment that call a vendor have beside the protocol of all kinds: what is sent, and what it means.

They know no network: `bot/vendors.py` sends, and `handlers/vendor_desk.py` writes down what came of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol, cast

from handlers.context import TenantContext
from handlers.fulfilment import kinds
from store.catalogue import RewardFact
from store.redemptions import OrderFact

LONGEST_SECRET, LONGEST_WORDS = 500, 500
"""Characters of a code, and of what a vendor says to people."""


@dataclass(frozen=True, slots=True)
class Call:
    """One POST of JSON. With a `secret` it is signed as it leaves, for the time is part of that."""

    address: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str = field(default="", repr=False)


class Verdict(Enum):
    TAKEN = "taken"
    """The vendor will call back."""
    HANDED_OVER = "handed over"
    AGAIN = "again"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `why` is for administrators; `secret` is a code or a link for whoever ordered."""

    verdict: Verdict
    why: str = ""
    secret: str = field(default="", repr=False)
    ref: str = ""
    """How the vendor names the order."""


class CannotCall(Exception):
    """Why nothing can be sent, as a sentence for administrators. `passes`: that may be otherwise later."""

    def __init__(self, sentence: str, *, passes: bool) -> None:
        super().__init__(sentence)
        self.passes = passes


class Vendor(Protocol):
    def call(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Call:
        """What is sent, the same each time. Raises `CannotCall`."""

    def read(self, status: int, body: bytes) -> Answer:
        """What an answer over HTTP means."""


def find_vendor(kind: str) -> Vendor | None:
    """The kind of fulfilment of this name, where it calls a vendor."""
    found = kinds.get(kind)
    return cast("Vendor", found) if hasattr(found, "call") else None


_LATER = (408, 409, 423, 425, 429)
"""Of the answers that refuse: too slow, at it already, locked, too early, too many (RFC 9110, 8470, 6585)."""


def judge(status: int) -> Answer:
    """What a status of HTTP means where nobody looks at what is said with it. Nobody follows a vendor elsewhere."""
    if 200 <= status < 300:
        return Answer(Verdict.TAKEN)
    if status >= 500 or status in _LATER:
        return Answer(Verdict.AGAIN, f"It answered {status}.")
    if 300 <= status < 400:
        return Answer(Verdict.REFUSED, f"It answered {status}, which leads elsewhere: set the address it leads to.")
    return Answer(Verdict.REFUSED, f"It answered {status}.")
