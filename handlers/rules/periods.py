"""Period labels, and when a week ends.

Allowances, streaks and leaderboards count under a *label* (`2026-W47`), never under a pair of instants: who
moves to another zone keeps the label and is granted nothing twice. Weeks are those of ISO 8601: Monday to
Sunday, and week 1 has the year's first Thursday, so the year of a week may differ from the year of its days.
A day belongs to the label that a calendar on the wall of the given zone shows.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ALL = "all"


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


def week_end(instant: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after this one, in UTC, of the next week (ISO 8601): Monday 00:00 on the zone's wall.

    Where clocks skip this midnight (Tehran 2021, Toronto 1919), Monday begins at the first time shown.
    """
    day = _day(instant, zone)
    monday = day + timedelta(days=8 - day.isoweekday())
    midnight = datetime.combine(monday, time.min, zone)
    first, second = sorted((midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)))
    if not _exists(midnight):
        return _first_of(monday, zone, first, second)
    return first if first > instant else second


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


def _exists(local: datetime) -> bool:
    """Whether clocks show this time: one that is skipped comes back from UTC as another (PEP 495)."""
    zone = local.tzinfo
    return local.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)


def _first_of(day: date, zone: ZoneInfo, after: datetime, until: datetime) -> datetime:
    """The first second of `day` in a span whose clocks jump over its midnight."""
    seconds = range(int((until - after).total_seconds()))
    jump = bisect_left(seconds, day, key=lambda second: _day(after + timedelta(seconds=second), zone))
    return after + timedelta(seconds=jump)
