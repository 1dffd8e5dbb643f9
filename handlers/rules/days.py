"""Days as people say them: written out, and read from what somebody typed.

What can be meant in two ways is asked about: `03/04` is March or April, and on a Friday "Friday" is today or in a week.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from handlers.rules.written_dates import HOW, Unclear, WrittenDate, read_date

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"mon": 0, "tue": 1, "tues": 1, "wed": 2, "thu": 3, "thur": 3, "thurs": 3, "fri": 4, "sat": 5, "sun": 6}
_BY_NAME = {name: number for number, name in enumerate(_WEEKDAYS)} | _SHORT
_NAMES = "|".join(sorted(_BY_NAME, key=len, reverse=True))
_WEEKDAY = re.compile(rf"(?:(?P<which>this|next|coming)\s+)?(?P<name>{_NAMES})", re.IGNORECASE | re.ASCII)
_OF = re.compile(r"\s+of\s+", re.IGNORECASE)
_WEEK = timedelta(days=7)


def in_words(day: date) -> str:
    """`24 December 2026`."""
    return f"{day.day} {day:%B %Y}"


def with_weekday(day: date) -> str:
    """`Thursday 24 December 2026`."""
    return f"{day:%A} {in_words(day)}"


def read_day(text: str, today: date) -> date:
    """`tomorrow`, `Friday`, `24 December`, `24.12.`, `2026-12-24`. Raises `Unclear`, with what it may mean."""
    typed = " ".join(text.split()).casefold()
    if typed in ("today", "tomorrow"):
        return today + timedelta(days=1 if typed == "tomorrow" else 0)
    if found := _WEEKDAY.fullmatch(typed):
        return _weekday(_BY_NAME[found["name"]], found["which"] or "", today)
    return day_of(read_date(_OF.sub(" ", text)), today)


def day_of(written: WrittenDate, today: date) -> date:
    """Without a year it is the next such day. Raises `Unclear` where that year has none."""
    years = [written.year] if written.year is not None else [today.year, today.year + 1]
    try:
        found = [date(year, written.month, written.day) for year in years]
    except ValueError:
        raise Unclear(f"There is no such day. {HOW}") from None
    return next((one for one in found if one >= today), found[-1])


def _weekday(number: int, which: str, today: date) -> date:
    """The next one. On such a day itself, and where "next" may be the one after, it is asked."""
    coming = today + timedelta(days=(number - today.weekday()) % 7)
    if coming != today and which != "next":
        return coming
    first = coming if coming != today or which != "next" else today + _WEEK
    second = first + _WEEK
    shown = "today" if first == today else in_words(first)
    raise Unclear(f"That can be {shown} or {in_words(second)}. Write it like {first.isoformat()}.")
