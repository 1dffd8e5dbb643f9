"""On which day of a year a day of the calendar is kept.

Who was born or started on 29 February celebrates on 28 February in years without one: the day before keeps them in
their own month, as most people born then do.
"""

from __future__ import annotations

from calendar import isleap
from datetime import date, timedelta


def days_kept_on(day: date) -> tuple[str, ...]:
    """The month and day of everything that is celebrated on this day: `02-28`, in common years `02-29` too."""
    return ("02-28", "02-29") if (day.month, day.day) == (2, 28) and not isleap(day.year) else (f"{day:%m-%d}",)


def years_on(day: date, started_on: date) -> int:
    """Years completed on the anniversary that is kept on this day; none, and fewer, for who started since."""
    return day.year - started_on.year


def days_back(today: date, days: int) -> list[date]:
    """So many days before today, and today, in their order."""
    return [today - timedelta(days=one) for one in range(days, -1, -1)]
