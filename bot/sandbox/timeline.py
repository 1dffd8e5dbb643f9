"""What the programme's clock shows, and when it was moved: Slack's messages carry real time, and the page ours."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo


class MovableClock(Protocol):
    """The programme's clock, which here can be moved forward."""

    @property
    def ahead(self) -> timedelta: ...

    def __call__(self) -> datetime: ...

    def move_to(self, instant: datetime) -> None: ...


class Jump(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONDAY = "monday"
    """The next Monday, 09:00 in the organisation's zone."""


class Timeline:
    """`real` is what Slack goes by, in seconds since 1970."""

    def __init__(self, clock: MovableClock, zone: str, real: Callable[[], float]) -> None:
        self._clock = clock
        self._zone = ZoneInfo(zone)
        self._real = real
        self._moves = [(real(), clock.ahead)]
        self.revision = 0

    def move(self, jump: Jump) -> datetime:
        self.move_to(_target(jump, self._clock(), self._zone))
        return self._clock()

    def move_to(self, instant: datetime) -> None:
        """Raises ValueError for an instant that has passed."""
        self._clock.move_to(instant)
        self._moves.append((self._real(), self._clock.ahead))
        self.revision += 1

    def at(self, seconds: float) -> datetime:
        """The programme's time at a real instant. What is older than the process was written in that time."""
        number = bisect_right(self._moves, seconds, key=lambda move: move[0])
        ahead = self._moves[number - 1][1] if number else timedelta()
        return datetime.fromtimestamp(seconds, UTC) + ahead

    def shown(self) -> dict[str, object]:
        now = self._clock()
        return {"now": now.isoformat(), "zone": self._zone.key, "ahead_s": int(self._clock.ahead.total_seconds())}


def _target(jump: Jump, now: datetime, zone: ZoneInfo) -> datetime:
    match jump:
        case Jump.HOUR:
            return now + timedelta(hours=1)
        case Jump.DAY:
            return now + timedelta(days=1)
        case Jump.MONDAY:
            return _next_monday(now, zone)


def _next_monday(now: datetime, zone: ZoneInfo) -> datetime:
    local = now.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    nine = datetime.combine(monday, time(9), zone)
    return nine if nine > local else datetime.combine(monday + timedelta(days=7), time(9), zone)
