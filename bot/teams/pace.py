"""How long a conversation rests between two messages, so that Teams never has to say "too many".

A bot may write to one conversation 7 times in 1 s, 8 in 2 s, 60 in 30 s and 1800 in an hour
(learn.microsoft.com/microsoftteams/platform/bots/how-to/rate-limit). 500 ms keep the first three; kept up for an
hour they would be 7200, and the 2000 ms that keep all four would let every second answer in a busy channel wait.
So a conversation has 600 quick messages, which come back at one in 3 s, and takes 3 s when they are used up: 600
and 3600 / 3 are the 1800. Each process counts for itself; where several write much, Teams says 429 and they wait.
"""

from __future__ import annotations

import time
from collections.abc import Callable

QUICK_MS = 500
SLOW_MS = 3000
QUICK_ONES = 600
MOST_KEPT = 10_000


class Pace:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}

    def rest_ms(self, conversation: str) -> int:
        """How long it rests after a message that was just sent. Counts that message."""
        now = self._clock()
        left = self._now_left(conversation, now) - 1
        if len(self._left) >= MOST_KEPT:
            self._left = {one: kept for one, kept in self._left.items() if self._now_left(one, now) < QUICK_ONES}
        self._left[conversation] = (left, now)
        return QUICK_MS if left >= 0 else SLOW_MS

    def _now_left(self, conversation: str, now: float) -> float:
        left, counted_at = self._left.get(conversation, (QUICK_ONES, now))
        return min(QUICK_ONES, left + (now - counted_at) * 1000 / SLOW_MS)
