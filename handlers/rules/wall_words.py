"""What somebody asks the wall for, as it stands in an address that can be shared: words, filters, a span of days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

WEEK, MONTH, QUARTER, OWN = "week", "month", "quarter", "days"
PERIODS = {"": "All time", WEEK: "This week", MONTH: "This month", QUARTER: "This quarter", OWN: "From … to …"}
MOST_WORDS = 5
LONGEST = 80
"""Characters of one part of an address that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The parts of an address, as they were written; empty where they are not asked for."""

    q: str = ""
    value: str = ""
    badge: str = ""
    person: str = ""
    """A name, or an id."""
    team: str = ""
    period: str = ""
    since: str = ""
    """First and last day, `2026-11-18`; both are meant."""
    until: str = ""
    before: str = ""
    """Where the page before this one ended."""

    @property
    def words(self) -> list[str]:
        """Each is to be found; a letter or two in Latin script alone is no word."""
        return [one for one in self.q.split() if len(one) > 1 or not one.isascii()][:MOST_WORDS]

    @property
    def narrowed(self) -> bool:
        """Whether something is asked for, beside the page."""
        return replace(self, before="") != Asked()


@dataclass(frozen=True, slots=True)
class Span:
    """Instants: `since` is within, `until` is not. `doubt` is a sentence about what could not be read."""

    since: datetime | None = None
    until: datetime | None = None
    doubt: str = ""


def read_asked(parameters: Mapping[str, str]) -> Asked:
    """What of an address means something here. Days count only with a period of one's own, or without any."""
    told = {one.name: " ".join(parameters.get(one.name, "").split())[:LONGEST] for one in fields(Asked)}
    if told["period"] not in PERIODS:
        told["period"] = ""
    if (told["since"] or told["until"]) and not told["period"]:
        told["period"] = OWN
    if told["period"] != OWN or not (told["since"] or told["until"]):
        told |= {"since": "", "until": "", "period": "" if told["period"] == OWN else told["period"]}
    return Asked(**told)


def address(asked: Asked, **changes: Any) -> str:
    """The part of an address after its path, with a question mark where there is any."""
    changed = replace(asked, **changes)
    told = {one.name: getattr(changed, one.name) for one in fields(Asked) if getattr(changed, one.name)}
    return f"?{urlencode(told)}" if told else ""


def span_of(asked: Asked, now: datetime, zone: ZoneInfo) -> Span:
    """The instants of a period, by the calendar on the wall of `zone`. Weeks begin on Monday (ISO 8601)."""
    today = now.astimezone(zone).date()
    match asked.period:
        case "week":
            return Span(_midnight(today - timedelta(days=today.weekday()), zone))
        case "month":
            return Span(_midnight(today.replace(day=1), zone))
        case "quarter":
            return Span(_midnight(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), zone))
        case "days":
            return _own_span(asked, zone)
        case _:
            return Span()


def _own_span(asked: Asked, zone: ZoneInfo) -> Span:
    try:
        first, last = (date.fromisoformat(one) if one else None for one in (asked.since, asked.until))
    except ValueError:
        return Span(doubt="I cannot read one of the days, so all time is shown. Write it like 2026-11-18.")
    if first and last and last < first:
        first, last = last, first
    try:
        until = _midnight(last + timedelta(days=1), zone) if last else None
        return Span(_midnight(first, zone) if first else None, until)
    except OverflowError:
        return Span(doubt="One of the days is too far away, so all time is shown.")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def spellings(word: str) -> tuple[str, ...]:
    """As a word may be written. Databases fold the case of Latin letters without accents only."""
    if word.isascii():
        return (word,)
    return tuple(dict.fromkeys((word, word.lower(), word.upper(), word.capitalize())))
