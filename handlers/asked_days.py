"""Asking for a first and a last day in a form: the two fields, and what was typed into them."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.refusals import Refusal
from handlers.rules.days import read_day
from handlers.rules.written_dates import HOW, Unclear
from handlers.vocabulary import FormErrors, Submission, TextField

FIRST, LAST = "first", "last"
LONGEST = timedelta(days=366)


def day_fields(first: date, last: date | None) -> tuple[TextField, TextField]:
    """With what is kept, or likely."""
    return (
        TextField(name=FIRST, label="First day", initial=first.isoformat(), hint=HOW, min_length=1, max_length=40),
        TextField(
            name=LAST,
            label="Last day",
            initial=last.isoformat() if last else "",
            hint="The day before you are back.",
            min_length=1,
            max_length=40,
        ),
    )


def read_days(request: Submission, today: date) -> tuple[date, date] | FormErrors:
    """Both days, or a sentence at each field that is unclear. Raises a `Refusal` where they do not fit each other."""
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name in (FIRST, LAST):
        try:
            days[name] = read_day(request.text(name), today)
        except Unclear as unclear:
            errors[name] = str(unclear)
    if errors:
        return FormErrors(errors)
    _check(days[FIRST], days[LAST], today)
    return days[FIRST], days[LAST]


def _check(first: date, last: date, today: date) -> None:
    if last < first:
        raise Refusal("last_before_first", "That is before the first day.", "Which is the last one?", field=LAST)
    if last < today:
        raise Refusal("over_already", "These days are over.", "Name those that come.", field=LAST)
    if last - first > LONGEST:
        raise Refusal("too_long", "That is more than a year.", "Name the first year of it.", field=LAST)
