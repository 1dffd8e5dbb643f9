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
    THURSDAY = "thursday"
    """The next Thursday, 14:00 there: when people hear of streaks that are about to end."""


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
            return _next(1, time(9), now, zone)
        case Jump.THURSDAY:
            return _next(4, time(14), now, zone)


def _next(isoweekday: int, hour: time, now: datetime, zone: ZoneInfo) -> datetime:
    """The next such hour by the clocks of the zone, whatever they do in between."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(isoweekday - local.isoweekday()) % 7)
    due = datetime.combine(day, hour, zone)
    return due if due > local else datetime.combine(day + timedelta(days=7), hour, zone)
