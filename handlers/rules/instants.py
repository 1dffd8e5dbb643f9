"""When something scheduled is due: a time on the wall of a zone, every week or every day.

Where clocks skip the time it is due at the first instant after the gap, where they show it twice at the first of the
two: PEP 495, and what RFC 5545 section 3.3.5 asks of calendars.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handlers.rules.periods import week_label

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY, THURSDAY = 1, 4


@dataclass(frozen=True, slots=True)
class Weekly:
    """`weekday` is that of ISO 8601: Monday is 1."""

    weekday: int
    at: time

    def latest(self, zone: ZoneInfo, until: datetime) -> datetime:
        """The last instant that is not after `until`, in UTC."""
        day = until.astimezone(zone).date()
        due_on = day - timedelta(days=(day.isoweekday() - self.weekday) % 7)
        return _latest(due_on, WEEK, self.at, zone, until)

    def following(self, zone: ZoneInfo, after: datetime) -> datetime:
        """The first instant after `after`, in UTC."""
        return _following(self.latest(zone, after), WEEK, self.at, zone)

    def label(self, due_at: datetime, zone: ZoneInfo) -> str:
        """The period that it is done once in."""
        return week_label(due_at, zone)


@dataclass(frozen=True, slots=True)
class Daily:
    at: time

    def latest(self, zone: ZoneInfo, until: datetime) -> datetime:
        """The last instant that is not after `until`, in UTC."""
        return _latest(until.astimezone(zone).date(), DAY, self.at, zone, until)

    def following(self, zone: ZoneInfo, after: datetime) -> datetime:
        """The first instant after `after`, in UTC."""
        return _following(self.latest(zone, after), DAY, self.at, zone)

    def label(self, due_at: datetime, zone: ZoneInfo) -> str:
        """The period that it is done once in."""
        return due_at.astimezone(zone).date().isoformat()


Rule = Weekly | Daily


def due_on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a time on the wall, in UTC."""
    wall = datetime.combine(day, at, zone)
    early, late = sorted((wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)))
    shown = early.astimezone(zone)
    if shown.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return early
    # The wall never shows it. Between the two readings the clocks jump: find the first instant after the jump.
    before, after = early, late
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == early.astimezone(zone).utcoffset():
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def after_moving(rule: Rule, old: ZoneInfo, new: ZoneInfo, now: datetime) -> datetime:
    """When something is due next for a tenant that moves to another zone: once a period, before and after.

    The first instant on the new wall whose period was not yet due on the old one. It may have passed.
    """
    last = rule.latest(old, now)
    due_at = rule.latest(new, last)
    while rule.label(due_at, new) <= rule.label(last, old):
        due_at = rule.following(new, due_at)
    return due_at


def _latest(day: date, step: timedelta, at: time, zone: ZoneInfo, until: datetime) -> datetime:
    due_at = due_on(day, at, zone)
    return due_at if due_at <= until else due_on(day - step, at, zone)


def _following(latest: datetime, step: timedelta, at: time, zone: ZoneInfo) -> datetime:
    """By the wall, and not by the clock: the next one may be 23 hours away."""
    return due_on(_day_of(latest, at, zone) + step, at, zone)


def _day_of(due_at: datetime, at: time, zone: ZoneInfo) -> date:
    """The day whose instant this is, which a gap over midnight moves to the next one."""
    shown = due_at.astimezone(zone).date()
    return shown if due_on(shown, at, zone) == due_at else shown - DAY
