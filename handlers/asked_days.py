"""Asking for a first and a last day in a form: the two fields, and what was typed into them."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.refusals import Refusal
from handlers.rules.written_dates import HOW, Unclear, WrittenDate, read_date
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
        typed = request.values.get(name, "")
        try:
            days[name] = day_of(read_date(typed if isinstance(typed, str) else ""), today)
        except Unclear as unclear:
            errors[name] = str(unclear)
    if errors:
        return FormErrors(errors)
    _check(days[FIRST], days[LAST], today)
    return days[FIRST], days[LAST]


def day_of(written: WrittenDate, today: date) -> date:
    """Without a year it is the next such day. Raises `Unclear` where that year has none."""
    years = [written.year] if written.year is not None else [today.year, today.year + 1]
    try:
        found = [date(year, written.month, written.day) for year in years]
    except ValueError:
        raise Unclear(f"There is no such day. {HOW}") from None
    return next((one for one in found if one >= today), found[-1])


def _check(first: date, last: date, today: date) -> None:
    if last < first:
        raise Refusal("last_before_first", "That is before the first day.", "Which is the last one?", field=LAST)
    if last < today:
        raise Refusal("over_already", "These days are over.", "Name those that come.", field=LAST)
    if last - first > LONGEST:
        raise Refusal("too_long", "That is more than a year.", "Name the first year of it.", field=LAST)
