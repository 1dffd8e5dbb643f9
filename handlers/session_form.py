"""The form of a date of an experience, for a new one and for one that is changed: what it asks, and what was typed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.days import read_day
from handlers.rules.instants import due_on
from handlers.rules.periods import day_in
from handlers.rules.unseen import seen
from handlers.rules.written_dates import HOW, Unclear
from handlers.vocabulary import Field, NumberField, Submission, TextField
from store.experiences import SessionFact

MOST_PLACES, LONGEST_PLACE = 1_000, 120
USUAL_PLACES = 10
FURTHEST = timedelta(days=2 * 366)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Typed:
    """A date as it was typed, by the clock of the organisation; in UTC."""

    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int


def session_fields(ctx: Context, was: SessionFact | None = None) -> tuple[Field, ...]:
    """`was`: the date that is changed."""
    begins = was.starts_at.astimezone(ctx.tenant_zone) if was else None
    ends = was.ends_at.astimezone(ctx.tenant_zone) if was else None
    return (
        TextField(
            name="day",
            label="Which day?",
            initial=begins.date().isoformat() if begins else "",
            hint=HOW,
            min_length=1,
            max_length=40,
        ),
        TextField(
            name="from",
            label="From",
            initial=f"{begins:%H:%M}" if begins else "",
            hint="Such as 18:00.",
            min_length=1,
            max_length=5,
        ),
        TextField(
            name="until",
            label="Until",
            initial=f"{ends:%H:%M}" if ends else "",
            hint="Such as 21:00; an earlier time is that of the next day.",
            min_length=1,
            max_length=5,
        ),
        TextField(
            name="place",
            label="Where?",
            initial=was.place if was else "",
            hint="A room, an address, or a link.",
            max_length=LONGEST_PLACE,
        ),
        NumberField(
            name="places",
            label="How many places?",
            initial=was.capacity if was else USUAL_PLACES,
            least=1,
            most=MOST_PLACES,
        ),
    )


def read_session(request: Submission, ctx: Context) -> Typed:
    """Raises a `Refusal` at the field that does not fit."""
    starts_at, ends_at = _read_hours(request, ctx)
    return Typed(starts_at, ends_at, seen(request.text("place"))[:LONGEST_PLACE], _read_places(request))


def _read_hours(request: Submission, ctx: Context) -> tuple[datetime, datetime]:
    zone, day = ctx.tenant_zone, _read_day(request, ctx)
    begins, ends = _read_time(request, "from"), _read_time(request, "until")
    starts_at = due_on(day, begins, zone)
    ends_at = due_on(day if ends > begins else day + _DAY, ends, zone)
    if starts_at <= ctx.now:
        raise Refusal("over_already", "That time is over.", "Name one that comes.", field="day")
    if begins == ends or ends_at <= starts_at:  # where clocks skip an hour, both may be the first instant after it
        raise Refusal("no_time", "It ends as it begins.", "Name a later end, please.", field="until")
    return starts_at.astimezone(UTC), ends_at.astimezone(UTC)


def _read_day(request: Submission, ctx: Context) -> date:
    today = day_in(ctx.now, ctx.tenant_zone)
    try:
        day = read_day(request.text("day"), today)
    except Unclear as unclear:
        raise Refusal("unclear_day", str(unclear), "", field="day") from unclear
    if day > today + FURTHEST:
        raise Refusal("too_far", "That is more than two years away.", "Name an earlier day.", field="day")
    return day


def _read_time(request: Submission, name: str) -> time:
    found = _CLOCK.fullmatch(request.text(name))
    if found is None:
        raise Refusal("unclear_time", "I cannot read that as a time.", "Write it like 18:00.", field=name)
    return time(int(found[1]), int(found[2]))


def _read_places(request: Submission) -> int:
    digits = request.text("places")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5 and 1 <= int(digits) <= MOST_PLACES):
        raise Refusal("unclear_number", "That is no number of places.", f"Write 1 to {MOST_PLACES:,}.", field="places")
    return int(digits)
