"""Working days: Monday to Friday. Holidays differ by place and faith, and are nobody's here."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)
_FRIDAY = 5


def is_working(day: date) -> bool:
    return day.isoweekday() <= _FRIDAY


def after_working_days(day: date, number: int) -> date:
    """The day that is so many working days after another. Of a weekend the first one after is Monday."""
    weeks, rest = divmod(number, 5)
    day += timedelta(weeks=weeks)
    if weeks and not rest and not is_working(day):  # five days after a Sunday are a Friday
        day -= timedelta(days=day.isoweekday() - _FRIDAY)
    for _ in range(rest):
        day += _DAY
        while not is_working(day):
            day += _DAY
    return day


def working_days_between(first: date, last: date) -> int:
    """How many working days have come after `first` until `last`, which counts; 0 where it is earlier."""
    if last <= first:
        return 0
    weeks, rest = divmod((last - first).days, 7)
    return weeks * 5 + sum(is_working(last - timedelta(days=back)) for back in range(rest))
