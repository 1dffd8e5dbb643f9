"""Boards: what they are of, who stands where, and which lines are shown.

Places are those of standard competition ranking, "1, 2, 2, 4": whoever has as much shares a place, and the next one
is counted from the top.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from handlers.rules.periods import tally_labels

LEAST_PEOPLE = 5
"""Departments of fewer are not shown: a share of four people says too much about each."""
_JANUARY = 1


class Side(StrEnum):
    GIVEN = "given"
    RECEIVED = "received"


class Period(StrEnum):
    """In the order of `periods.tally_labels`."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Line:
    """`row` counts through from 1. `beside` is what goes with the number: points, or the people of a department."""

    row: int
    place: int
    id: str
    name: str
    number: int
    beside: int


@dataclass(frozen=True, slots=True)
class Layout:
    """Lines above and below one's own, which stands apart where `between` others are not shown before it.

    `more` stand below the last line that is shown.
    """

    above: tuple[Line, ...]
    own: Line | None
    below: tuple[Line, ...]
    between: int
    more: int


def label_of(period: Period, now: datetime, zone: ZoneInfo) -> str:
    """The label of the present period, as tallies are kept."""
    return dict(zip(Period, tally_labels(now, zone), strict=True))[period]


def first_day(period: Period, now: datetime, zone: ZoneInfo) -> date | None:
    """The day the present period began on. None for all time."""
    today = now.astimezone(zone).date()
    match period:
        case Period.WEEK:
            return date.fromisocalendar(*today.isocalendar()[:2], 1)
        case Period.MONTH:
            return today.replace(day=1)
        case Period.QUARTER:
            return today.replace(month=today.month - (today.month - _JANUARY) % 3, day=1)
        case Period.ALL:
            return None


def places(numbers: Sequence[int | Fraction]) -> list[int]:
    """Places of numbers that fall: 9, 7, 7, 3 are 1, 2, 2, 4."""
    found: list[int] = []
    for at, number in enumerate(numbers):
        found.append(found[-1] if at and number == numbers[at - 1] else at + 1)
    return found


def rank_shares(counted: Mapping[str, int], sizes: Mapping[str, int]) -> list[Line]:
    """Departments by the share of their people who counted, larger ones first where it is the same.

    `counted` and `sizes` are people by department. Those with fewer than `LEAST_PEOPLE`, and those where nobody
    counted, have no place.
    """
    shares = {
        name: Fraction(min(counted[name], size), size)
        for name, size in sizes.items()
        if size >= LEAST_PEOPLE and counted.get(name)
    }
    in_order = sorted(shares, key=lambda name: (-shares[name], -sizes[name], name.casefold()))
    return [
        Line(row, place, name, name, min(counted[name], sizes[name]), sizes[name])
        for row, (name, place) in enumerate(zip(in_order, places([shares[one] for one in in_order]), strict=True), 1)
    ]


def lay_out(lines: Iterable[Line], everybody: int, own_id: str, most: int) -> Layout:
    """The first `most` lines, and one's own wherever it is. `everybody` is how many lines there are in all."""
    known = list(lines)
    own = next((one for one in known if one.id == own_id), None)
    shown = [one for one in known if one.row <= most and one is not own]
    at = own.row if own else everybody + 1
    between = max(0, at - most - 1) if own else 0
    return Layout(
        above=tuple(one for one in shown if one.row < at),
        own=own,
        below=tuple(one for one in shown if one.row > at),
        between=between,
        more=everybody - len(shown) - bool(own) - between,
    )
