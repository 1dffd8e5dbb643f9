"""Period labels, and when a period ends.

Allowances, streaks and leaderboards count under a *label* (`2026-W47`), never under a pair of instants: who
moves to another zone keeps the label and is granted nothing twice. Weeks are those of ISO 8601: Monday to
Sunday, and week 1 has the year's first Thursday, so the year of a week may differ from the year of its days.
A day belongs to the label that a calendar on the wall of the given zone shows.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

ALL = "all"
_DAY = timedelta(days=1)


class Every(StrEnum):
    """How often something comes anew."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True)
class Span:
    """A period of the calendar: its label, and its first and last day."""

    label: str
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def tally_labels(instant: datetime, zone: ZoneInfo) -> tuple[str, str, str, str]:
    """The labels a recognition counts under: week, month, quarter, and `all`."""
    day = _day(instant, zone)
    return _week(day), _month(day), _quarter(day), ALL


def week_label(instant: datetime, zone: ZoneInfo) -> str:
    """`2026-W47`: the week of ISO 8601 section 5.5.4, with the week's own year."""
    return _week(_day(instant, zone))


def month_label(instant: datetime, zone: ZoneInfo) -> str:
    """`2026-11`: the month of ISO 8601 section 5.2.2.2."""
    return _month(_day(instant, zone))


def quarter_label(instant: datetime, zone: ZoneInfo) -> str:
    """`2026-Q4`: calendar quarters from January, written like a week; ISO 8601 has no quarters of its own."""
    return _quarter(_day(instant, zone))


def span_of(every: Every, day: date) -> Span:
    """The day, week, month or quarter that a day lies in. A day's label is its date: `2026-11-22`."""
    match every:
        case Every.DAY:
            return Span(day.isoformat(), day, day)
        case Every.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Span(_week(day), monday, monday + timedelta(days=6))
        case Every.MONTH:
            first = day.replace(day=1)
            return Span(_month(day), first, _next_month(first) - _DAY)
        case Every.QUARTER:
            first = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            return Span(_quarter(day), first, _next_month(_next_month(_next_month(first))) - _DAY)


def spans_before(every: Every, span: Span, number: int) -> list[Span]:
    """The periods before one, the latest first."""
    spans = [span]
    for _ in range(number):
        spans.append(span_of(every, spans[-1].first - _DAY))
    return spans[1:]


def day_in(instant: datetime, zone: ZoneInfo) -> date:
    """The date on the zone's wall."""
    return _day(instant, zone)


def period_end(every: Every, instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after this one, in UTC, of the next day, week, month or quarter: 00:00 on the zone's wall.

    Where clocks skip this midnight (Tehran 2021, Toronto 1919), the day begins at the first time shown.
    """
    return _begin(span_of(every, _day(instant, zone)).last + _DAY, zone, instant)


def week_end(instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after this one, in UTC, of the next week (ISO 8601): Monday 00:00 on the zone's wall."""
    return period_end(Every.WEEK, instant, zone)


def zone_or(name: str, fallback: ZoneInfo) -> ZoneInfo:
    """The zone of this IANA name, or `fallback` where the name is empty, unknown or no name at all."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; a path or a NUL; "", "America" and other folders
        return fallback


def _day(instant: datetime, zone: ZoneInfo) -> date:
    assert instant.tzinfo is not None, "an instant is aware"
    return instant.astimezone(zone).date()


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def _month(day: date) -> str:
    return f"{day.year:04}-{day.month:02}"


def _quarter(day: date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _begin(day: date, zone: ZoneInfo, after: datetime) -> datetime:
    midnight = datetime.combine(day, time.min, zone)
    first, second = sorted((midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)))
    if not _exists(midnight):
        return _first_of(day, zone, first, second)
    return first if first > after else second


def _exists(local: datetime) -> bool:
    """Whether clocks show this time: one that is skipped comes back from UTC as another (PEP 495)."""
    zone = local.tzinfo
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


def _first_of(day: date, zone: ZoneInfo, after: datetime, until: datetime) -> datetime:
    """The first second of `day` in a span whose clocks jump over its midnight."""
    seconds = range(int((until - after).total_seconds()))
    jump = bisect_left(seconds, day, key=lambda second: _day(after + timedelta(seconds=second), zone))
    return after + timedelta(seconds=jump)
