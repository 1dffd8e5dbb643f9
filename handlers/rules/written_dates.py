"""Dates as people and spreadsheets write them. Only what can be meant in one way is taken.

Written out are year-month-day (ISO 8601, with and without dashes, or with slashes), day.month.year, and a day with
the name of its month in English. `03/09/2024` is September or March: the other dates of the same column tell which.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import Enum

HOW = "Write it like 2024-03-09."
HOW_YEARLY = "Write it like 9 March."


class Slashes(Enum):
    """What stands first in `03/09/2024`."""

    DAY = "day"
    MONTH = "month"
    UNKNOWN = "unknown"
    BOTH = "both"


class Unclear(ValueError):
    """A sentence that says why a date is not taken, and how to write it."""


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A day that there is. Without a year it is one of a leap year."""

    month: int
    day: int
    year: int | None = None


def order_of_slashes(texts: Iterable[str]) -> Slashes:
    """What all dates with slashes of a column say together: a number over 12 is no month."""
    seen = {order for text in texts if (order := _order(text))}
    if not seen:
        return Slashes.UNKNOWN
    return seen.pop() if len(seen) == 1 else Slashes.BOTH


def read_date(text: str, slashes: Slashes = Slashes.UNKNOWN, *, yearly: bool = False) -> WrittenDate:
    """The day that is written, with its year if that is written too. Raises `Unclear`.

    For what comes `yearly` no year is asked for, and none is told back.
    """
    how = HOW_YEARLY if yearly else HOW
    text = _MIDNIGHT.sub("", text.strip()) if len(text) <= _LONGEST else ""
    if found := _SLASHES.fullmatch(text):
        return _slashed(found, slashes, yearly)
    for notation in _NOTATIONS:
        if found := notation.fullmatch(text):
            return _made(found.groupdict(), how)
    if _SHORT_YEAR.fullmatch(text):
        raise Unclear(_no_year(yearly))
    if _SERIAL.fullmatch(text):
        raise Unclear("That is a spreadsheet's number. Format the column as a date, then save again.")
    raise Unclear(f"I cannot read that as a date. {how}")


def _no_year(yearly: bool) -> str:
    return f"Two digits are not a year. {'Leave the year out, like 9 March.' if yearly else HOW}"


_LONGEST = 40
"""Characters; no date takes more."""
# Without ASCII, the letters ı, İ and ſ are an i and an s, and no month has such a name.
_LETTERS = re.IGNORECASE | re.ASCII


_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_D, _M, _Y = r"(?P<day>[0-9]{1,2})", r"(?P<month>[0-9]{1,2})", r"(?P<year>[0-9]{4})"
_NAME, _TH = rf"(?P<name>{_NAMES})\.?", r"(?:st|nd|rd|th|\.)?"
_NOTATIONS = [
    re.compile(pattern, _LETTERS)
    for pattern in (
        rf"{_Y}-{_M}-{_D}",
        rf"{_Y}/{_M}/{_D}",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"(?:--)?{_M}-{_D}",
        rf"{_D}\. ?{_M}\. ?{_Y}",
        rf"{_D}\. ?{_M}\.?",
        rf"{_D}{_TH}[ -]{_NAME}(?:,?[ -]{_Y})?",
        rf"{_NAME} {_D}{_TH}(?:,? {_Y})?",
    )
]
_SLASHES = re.compile(r"(?P<first>[0-9]{1,2})/(?P<second>[0-9]{1,2})(?:/(?P<year>[0-9]+))?")
_SHORT_YEAR = re.compile(rf"[0-9]{{1,2}}[.-] ?[0-9]{{1,2}}[.-] ?[0-9]{{2}}|.*({_NAMES}).*[ -]'?[0-9]{{2}}", _LETTERS)
_SERIAL = re.compile(r"[0-9]{5}([.,][0-9]+)?")
"""Days since 1900, as a spreadsheet counts them where a column is not formatted as dates."""
_MIDNIGHT = re.compile(r"[T ]0?0:00(:00(\.0+)?)?(Z|\+00:?00)?$")
"""What spreadsheets add to a day."""


def _order(text: str) -> Slashes | None:
    found = _SLASHES.fullmatch(_MIDNIGHT.sub("", text.strip()))
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second"])
    if first > 12 >= second:
        return Slashes.DAY
    return Slashes.MONTH if second > 12 >= first else None


def _slashed(found: re.Match[str], slashes: Slashes, yearly: bool) -> WrittenDate:
    first, second, year = int(found["first"]), int(found["second"]), found["year"]
    how = HOW_YEARLY if yearly else HOW
    if year and len(year) != 4:
        raise Unclear(_no_year(yearly) if len(year) == 2 else f"That is no year. {how}")
    own = _order(found[0]) or slashes
    if first != second and own in (Slashes.UNKNOWN, Slashes.BOTH):
        raise Unclear(_either(first, second, "" if yearly else year, slashes))
    day, month = (second, first) if own is Slashes.MONTH else (first, second)
    return _checked(WrittenDate(month, day, int(year) if year else None), how)


def _either(first: int, second: int, year: str | None, slashes: Slashes) -> str:
    if not (1 <= first <= 12 and 1 <= second <= 12):
        return f"There is no such day. {HOW if year else HOW_YEARLY}"
    readings = f"{first} {calendar.month_name[second]} or {second} {calendar.month_name[first]}"
    why = ", and this column has dates of both kinds" if slashes is Slashes.BOTH else ""
    how = f"{year}-{second:02}-{first:02}, the month before the day" if year else f"{first} {_SHORT[second]}"
    return f"That can be {readings}{why}. Write it like {how}."


_SHORT = [name[:3] for name in calendar.month_name]


def _made(parts: dict[str, str | None], how: str) -> WrittenDate:
    name, year = parts.get("name"), parts.get("year")
    month = _MONTHS[name.lower()] if name else int(parts["month"] or 0)
    return _checked(WrittenDate(month, int(parts["day"] or 0), int(year) if year else None), how)


_A_LEAP_YEAR = 2000


def _checked(written: WrittenDate, how: str) -> WrittenDate:
    try:
        date(_A_LEAP_YEAR if written.year is None else written.year, written.month, written.day)
    except ValueError:
        raise Unclear(f"There is no such day. {how}") from None
    return written
