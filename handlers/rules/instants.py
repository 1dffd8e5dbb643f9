"""When something scheduled is due: a time on the wall of a zone, every week or every day.

Where clocks skip the time it is due at the first instant after the gap, where they show it twice at the first of the
two: PEP 495 for how to tell, and RFC 5545 section 3.3.5 for the first of two. It belongs to the day that was meant,
even if the gap goes over midnight: two days never have one label.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, WEEK = timedelta(days=1), timedelta(days=7)
MONDAY, THURSDAY = 1, 4


@dataclass(frozen=True, slots=True)
class Weekly:
    """`weekday` is that of ISO 8601: Monday is 1."""

    weekday: int
    at: time

    def latest(self, zone: ZoneInfo, until: datetime) -> datetime:
        """The last instant that is not after `until`, in UTC."""
        return due_on(self._day(zone, until), self.at, zone)

    def following(self, zone: ZoneInfo, after: datetime) -> datetime:
        """The first instant after `after`, in UTC. By the wall, and not by the clock: a week may have 167 hours."""
        return due_on(self._day(zone, after) + WEEK, self.at, zone)

    def label(self, due_at: datetime, zone: ZoneInfo) -> str:
        """The period that it is done once in."""
        year, week, _ = self._day(zone, due_at).isocalendar()
        return f"{year:04}-W{week:02}"

    def _day(self, zone: ZoneInfo, until: datetime) -> date:
        shown = until.astimezone(zone).date()
        return _last_day(shown + timedelta(days=(self.weekday - shown.isoweekday()) % 7), WEEK, self.at, zone, until)


@dataclass(frozen=True, slots=True)
class Daily:
    at: time

    def latest(self, zone: ZoneInfo, until: datetime) -> datetime:
        """The last instant that is not after `until`, in UTC."""
        return due_on(self._day(zone, until), self.at, zone)

    def following(self, zone: ZoneInfo, after: datetime) -> datetime:
        """The first instant after `after`, in UTC. By the wall, and not by the clock: it may be 23 hours away."""
        return due_on(self._day(zone, after) + DAY, self.at, zone)

    def label(self, due_at: datetime, zone: ZoneInfo) -> str:
        """The period that it is done once in."""
        return self._day(zone, due_at).isoformat()

    def _day(self, zone: ZoneInfo, until: datetime) -> date:
        return _last_day(until.astimezone(zone).date() + DAY, DAY, self.at, zone, until)


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


def _last_day(day: date, step: timedelta, at: time, zone: ZoneInfo, until: datetime) -> date:
    """The last day, going back from `day`, whose instant is not after `until`.

    `day` is one that lies ahead: clocks that go back over midnight show a day again when its next one was due.
    """
    while due_on(day, at, zone) > until:
        day -= step
    return day
