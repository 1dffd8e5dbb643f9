"""The programme's clock: what handlers and due instants go by. In the sandbox it can be moved forward.

Signatures, trigger ids and tokens go by real time, leases and pace by the database's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def real_time() -> datetime:
    return datetime.now(UTC)


class ProgrammeClock:
    def __init__(self, real: Callable[[], datetime] = real_time, ahead: timedelta = timedelta()) -> None:
        self._real = real
        self._ahead = ahead

    def __call__(self) -> datetime:
        """Now, aware and in UTC."""
        return self._real() + self._ahead

    @property
    def ahead(self) -> timedelta:
        return self._ahead

    def move_to(self, instant: datetime) -> None:
        """Moves the clock forward. Raises ValueError for an instant that has passed: books are not unwritten."""
        if instant < self():
            raise ValueError("the clock moves forward only")
        self._ahead = instant - self._real()
