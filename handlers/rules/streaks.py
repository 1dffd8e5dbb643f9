"""Weeks in which somebody gave: how many in a row, and how many of the last few.

Both are told side by side, for a week that was missed ends a run and takes nothing else away. The present week
counts once something was given in it; until it is over it breaks nothing. Labels are those of `periods.week_label`,
so the year of a week is that of ISO 8601, and week 1 follows week 52 or 53.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, takewhile

_MONDAY = 1
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Weeks:
    """`run`: weeks in a row up to now. `given`: those with giving among the last `of`."""

    run: int
    given: int
    of: int


def read_weeks(labels_with_giving: Collection[str], now_label: str, of: int = 10) -> Weeks:
    """What weeks with giving come to, seen from the week `now_label`.

    The last `of` weeks end with the present one if something was given in it, else with the one before. Weeks
    after the present one do not count: who moves west may have given in them.
    """
    given = set(labels_with_giving)
    until = now_label if now_label in given else week_before(now_label)
    run = sum(1 for _ in takewhile(given.__contains__, _backwards(until)))
    return Weeks(run=run, given=sum(label in given for label in islice(_backwards(until), of)), of=of)


def week_before(label: str, weeks: int = 1) -> str:
    """The label of so many weeks earlier: `2026-W01` comes after `2025-W52`."""
    return _label(_monday(label) - weeks * _WEEK)


def _backwards(label: str) -> Iterator[str]:
    """This week, and each one before."""
    monday = _monday(label)
    while True:
        yield _label(monday)
        monday -= _WEEK


def _monday(label: str) -> date:
    year, _, week = label.partition("-W")
    return date.fromisocalendar(int(year), int(week), _MONDAY)


def _label(monday: date) -> str:
    year, week, _ = monday.isocalendar()
    return f"{year:04}-W{week:02}"
