"""From when to when something can be given: two fields of a form, and how a span is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.refusals import Refusal
from handlers.rules.written_dates import Unclear, read_date
from handlers.vocabulary import TextField

STARTS, ENDS = "starts_on", "ends_on"
_LONGEST = 40


def span_fields(first: date | None, last: date | None) -> tuple[TextField, TextField]:
    """Both may stay empty: from now on, and for good."""
    return (
        TextField(
            name=STARTS,
            label="From",
            initial=first.isoformat() if first else "",
            hint="A day like 2027-01-01; empty: from now on.",
            max_length=_LONGEST,
        ),
        TextField(
            name=ENDS,
            label="To",
            initial=last.isoformat() if last else "",
            hint="That day included; empty: for good.",
            max_length=_LONGEST,
        ),
    )


def span_of(told: Mapping[str, str]) -> tuple[date | None, date | None]:
    """What stands in the two fields. Raises a `Refusal` at the one that is unclear."""
    first, last = _day(told, STARTS), _day(told, ENDS)
    if first and last and last < first:
        raise Refusal(
            "ends_first", "It would end before it begins.", "Choose a later day, or leave it empty.", field=ENDS
        )
    return first, last


def _day(told: Mapping[str, str], field: str) -> date | None:
    typed = told.get(field, "").strip()
    if not typed:
        return None
    try:
        written = read_date(typed)
    except Unclear as unclear:
        raise Refusal("unclear_day", str(unclear), "Or leave it empty.", field=field) from unclear
    if written.year is None:
        raise Refusal("unclear_day", "That day has no year.", "Write it like 2027-01-01.", field=field)
    return date(written.year, written.month, written.day)


def told_span(first: date | None, last: date | None) -> str:
    """`From 1 Jan 2027 to 31 Mar 2027.`; empty where it is for good."""
    if first and last:
        return f"From {_said(first)} to {_said(last)}."
    if first:
        return f"From {_said(first)}."
    return f"Until {_said(last)}." if last else ""


def _said(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
