"""When something that nobody asked for may be shown: to a person in their own day, in a channel at an even hour.

One unasked message a day and three a week, from 09:00 until 17:00 on the reader's own wall, and none on leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.instants import DAY, due_on

OPENS, CLOSES = time(9), time(17)
MOST_A_WEEK = 3
BUNDLE_HOURS = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """What of somebody's days is taken: the last unasked message they got, and the leave that is known.

    `day` and `week` are labels, empty without such a message; `in_week` counts those of that week.
    """

    day: str = ""
    week: str = ""
    in_week: int = 0
    away: tuple[date, date] | None = None


def next_opening(now: datetime, until: datetime, zone: ZoneInfo, taken: Taken) -> datetime | None:
    """`now` if an unasked message may go now, else the first instant at which one may. None: not before `until`."""
    last = until.astimezone(zone).date()
    day = _first_free(now.astimezone(zone).date(), last, taken)
    while day is not None:
        opens, closes = due_on(day, OPENS, zone), due_on(day, CLOSES, zone)
        if opens < closes and now < closes:
            at = max(now, opens)
            return at if at <= until else None
        day = _first_free(day + DAY, last, taken)
    return None


def _first_free(day: date, last: date, taken: Taken) -> date | None:
    while day <= last:
        if taken.away and taken.away[0] <= day <= taken.away[1]:
            if taken.away[1] >= last:
                return None
            day = taken.away[1] + DAY
        elif day.isoformat() <= taken.day:
            day = max(day, date.fromisoformat(taken.day)) + DAY
        elif taken.in_week >= MOST_A_WEEK and week_of(day) <= taken.week:
            day += timedelta(days=8 - day.isoweekday())
        else:
            return day
    return None


def week_of(day: date) -> str:
    """`2026-W47`: the week of ISO 8601, Monday to Sunday."""
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def bundle_end(now: datetime, zone: ZoneInfo) -> datetime:
    """The first even hour on the zone's wall after `now`, in UTC. Two hours are three where clocks go back."""
    day = now.astimezone(zone).date()
    hours = [time(hour) for hour in range(0, 24, BUNDLE_HOURS)]
    edges = (due_on(one, hour, zone) for one in (day, day + DAY, day + 2 * DAY) for hour in hours)
    return next(edge for edge in edges if edge > now)
