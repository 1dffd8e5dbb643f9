"""When to try a send again: equal jitter over a doubling range, as in AWS's "Exponential Backoff And Jitter"."""

from __future__ import annotations

from collections.abc import Callable

FIRST_S = 2.0
LONGEST_S = 900.0
MOST_ATTEMPTS = 40
"""Four to eight hours of trying, then it is dead and an administrator hears of it."""


def wait_s(attempt: int, asked_s: float | None, random: Callable[[], float]) -> float | None:
    """Seconds until attempt `attempt + 1`; at least what the platform asked for. None: give up.

    `random` gives a number in [0, 1).
    """
    if attempt >= MOST_ATTEMPTS:
        return None
    spread = min(LONGEST_S, FIRST_S * 2.0 ** min(attempt, 20))
    return (asked_s or 0.0) + spread * (0.5 + random() / 2)
