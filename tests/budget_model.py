"""Budgets as the words say they go: a dictionary and a calendar of their own, which ask nothing of the program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from store.budgets import Renewal

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass
class Kept:
    above: str | None
    plan: int
    every: Renewal
    keeps: bool
    until: date | None
    holds: int = 0
    is_open: bool = True
    opened: datetime = LONG_AGO

    def is_late(self, taken: datetime) -> bool:
        """Whether what was taken then came back after its period was over, and nothing of that stayed."""
        return self.is_open and not self.keeps and self.opened > taken


def period(every: Renewal, day: date) -> object:
    match every:
        case Renewal.MONTH:
            return day.year, day.month
        case Renewal.QUARTER:
            return day.year, (day.month - 1) // 3
        case _:
            return day.year


def last_day(every: Renewal, day: date) -> date | None:
    if every is Renewal.NEVER:
        return None
    while period(every, day + timedelta(days=1)) == period(every, day):
        day += timedelta(days=1)
    return day


@dataclass
class Budgets:
    budgets: dict[str, Kept] = field(default_factory=dict)
    held: dict[str, tuple[str, int, datetime]] = field(default_factory=dict)
    awarded: int = 0
    at: datetime = LONG_AGO
    out: int = 0
    """What the organisation has issued, less what came back to it or was over."""

    def line(self, name: str) -> list[str]:
        """It and what is above it, upwards; longer than all there are where it is a ring."""
        found, at = [name], self.budgets[name].above
        while at and len(found) <= len(self.budgets):
            found.append(at)
            at = self.budgets[at].above
        return found

    def stands(self) -> bool:
        """At most five in a line, and none of them twice."""
        lines = [self.line(one) for one, kept in self.budgets.items() if kept.is_open]
        return all(len(set(one)) == len(one) <= 5 for one in lines)

    def give(self, name: str | None, points: int) -> None:
        if name is None:
            self.out -= points
        else:
            self.budgets[name].holds += points

    def take(self, name: str | None, points: int) -> bool:
        self.give(name, -points)
        return name is None or self.budgets[name].holds >= 0

    def come_back(self, name: str, points: int, taken: datetime) -> None:
        """From an award that came to nothing: to where what was left of their period went, past what is closed."""
        at: str | None = name
        while at and self.budgets[at].is_late(taken):
            at = self.budgets[at].above
        while at and not self.budgets[at].is_open:
            at = self.budgets[at].above
        self.give(at, points)

    def renew(self, today: date) -> None:
        due = [one for one, kept in self.budgets.items() if kept.is_open and kept.until and kept.until < today]
        for one in sorted(due, key=lambda one: -len(self.line(one))):
            kept = self.budgets[one]
            if not kept.keeps:
                self.give(kept.above, kept.holds)
                kept.holds = 0
        for one in sorted(due, key=lambda one: (len(self.line(one)), one)):
            self.open(one, today)

    def open(self, name: str, today: date) -> None:
        kept = self.budgets[name]
        come = kept.plan if kept.above is None else min(kept.plan, self.budgets[kept.above].holds)
        assert self.take(kept.above, come)
        kept.holds += come
        kept.until, kept.opened = last_day(kept.every, today), self.at
