"""The periods of a budget, by the tenant's calendar: which one a day lies in, and when another follows."""

from __future__ import annotations

from datetime import date

from handlers.rules.periods import Every, Span, span_of
from store.budgets import Renewal

ONCE = "once"
"""The only period of a budget that is not renewed."""
_EVERY = {Renewal.MONTH: Every.MONTH, Renewal.QUARTER: Every.QUARTER}


def period_of(renewal: Renewal, day: date) -> Span | None:
    """The month, quarter or year (`2026`) that a day lies in. None for a budget that is not renewed."""
    match renewal:
        case Renewal.NEVER:
            return None
        case Renewal.YEAR:
            return Span(f"{day.year:04}", day.replace(month=1, day=1), day.replace(month=12, day=31))
        case _:
            return span_of(_EVERY[renewal], day)


def label_on(renewal: Renewal, day: date) -> str:
    """`2026-11`, `2026-Q4`, `2026` or `once`."""
    span = period_of(renewal, day)
    return span.label if span else ONCE


def open_until(renewal: Renewal, day: date) -> date | None:
    """The last day of the period that a day lies in; None where no other follows it."""
    span = period_of(renewal, day)
    return span.last if span else None


def until_after_change(until: date | None, renewal: Renewal, day: date) -> date | None:
    """The last day of an open period whose budget is renewed otherwise from today on.

    It never ends sooner than it would have, and not before the period of the new rhythm that today lies in: else a
    change of the rhythm would bring the plan of another period before its time.
    """
    new = open_until(renewal, day)
    return max(until, new) if until and new else new


def period_words(label: str) -> str:
    """`November 2026`, `Q4 2026`, `2026`, or `since it began` for the only period of a budget that is not renewed."""
    year, _, part = label.partition("-")
    if label == ONCE:
        return "since it began"
    if part.isdigit():
        return f"{date(int(year), int(part), 1):%B} {year}"
    return f"{part} {year}".strip()
