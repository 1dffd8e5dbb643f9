"""When points expire, and the two warnings before it. Dates are by the person's own wall; a day counts to its end.

Points that came in a month expire together, at the end of the last day of a month: so there is one date to know, and
two messages a month at most. The steps for the points of one such day:

1. From 30 days before on, the first warning names the points and the day. Where it comes late, the day moves: it is 30
   days after the warning at the earliest.
2. From 7 days before that day on, the second one, provided that the first one arrived; where it did not, it is sent
   again, and the day moves. What was not in the first is not in the second.
3. The day after they are gone, provided that the second warning was seen to have arrived at least 7 days ago; where it
   did not arrive, it is sent again after a week, and the day moves. What was not in both warnings stays: what came
   back from an order meanwhile is warned of anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from handlers.rules.lots import Lot
from handlers.rules.periods import Every, day_in, span_of
from store.expiries import NoticeFact
from store.types import Points

FIRST, SECOND = timedelta(days=30), timedelta(days=7)
"""How long before the day the warnings come."""
GRACE = timedelta(days=60)
"""For how long nothing expires after expiry was switched on, or made quicker."""
DAY = timedelta(days=1)


class Warn(StrEnum):
    FIRST = "first"
    SECOND = "second"


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done today for the points of one day. `notice` None: there is nothing to keep any more."""

    notice: NoticeFact | None
    warn: Warn | None = None
    expire: Points = 0


def due_days(lots: Iterable[Lot], months: int, zone: ZoneInfo, not_before: date) -> dict[date, Points]:
    """The points of lots by the day on whose end they expire, the earliest first."""
    due: dict[date, Points] = {}
    for lot in lots:
        day = max(due_on(lot.since, months, zone), not_before)
        due[day] = due.get(day, 0) + lot.points
    return dict(sorted(due.items()))


def due_on(since: datetime, months: int, zone: ZoneInfo) -> date:
    """The last day of the month so many months after the one in which the points came."""
    came = day_in(since, zone)
    number = came.year * 12 + came.month - 1 + months
    return month_end(date(number // 12, number % 12 + 1, 1))


def floor_of(since: str) -> date:
    """Before this day nothing expires: the policy is of the date `since`, as `2026-11-22`, or of no date."""
    return month_end(date.fromisoformat(since) + GRACE) if since else date.min


def month_end(day: date) -> date:
    return span_of(Every.MONTH, day).last


def begins_between(first: date, last: date) -> bool:
    """Whether the first warnings for the end of a month begin on one of these days."""
    end = month_end(first + FIRST)
    return end - FIRST <= last


def step(notice: NoticeFact | None, due: date, points: Points, today: date, *, arrived: bool = False) -> Step:
    """What to do today. `points` are those in the wallet that expire on `due`; `arrived`: the last warning did."""
    if not points:
        return Step(None)
    if notice is None:
        return _begun(due, points, today) if today >= due - FIRST else Step(None)
    if notice.second_on is None:
        if today < notice.expires_on - SECOND:
            return Step(notice)
        return _second(notice, points, today) if arrived else _begun(due, points, today)
    if notice.seen_on is None:
        if arrived:
            return Step(replace(notice, seen_on=today))
        return _second(notice, points, today) if today >= notice.second_on + SECOND else Step(notice)
    if today <= notice.expires_on or today < notice.seen_on + SECOND:
        return Step(notice)
    gone = min(points, notice.second_points)
    rest = _begun(due, points - gone, today) if points > gone else Step(None)
    return replace(rest, expire=gone)


def _begun(due: date, points: Points, today: date) -> Step:
    notice = NoticeFact(due_on=due, expires_on=max(due, today + FIRST), first_on=today, first_points=points)
    return Step(notice, Warn.FIRST)


def _second(notice: NoticeFact, points: Points, today: date) -> Step:
    told = replace(
        notice,
        expires_on=max(notice.expires_on, today + SECOND),
        second_on=today,
        second_points=min(points, notice.first_points, notice.second_points or points),
    )
    return Step(told, Warn.SECOND)
