"""Being away: two dates, told by the person, in which nothing comes to them unasked."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.choices import choices_card
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.written_dates import HOW, Unclear, WrittenDate, read_date
from handlers.vocabulary import Action, Form, FormErrors, OpenForm, Replace, Reply, Response, Submission, TextField
from store.attention import end_away, find_away, save_away

FIRST, LAST = "first", "last"
LONGEST = timedelta(days=366)


@action("away_form", reads=True)
def open_away(request: Action, ctx: Context) -> Response:
    """Opens the form to say when you are away."""
    kept, today = find_away(ctx.tx, ctx.tenant_id, ctx.actor.id), _today(ctx)
    coming = kept if kept and kept.last_on >= today else None
    form = Form(
        name="away",
        form_id=ctx.new_id(),
        opened_by="away_form",
        title="I am away",
        submit="Save",
        note="In these days nothing comes to you unasked. What colleagues write to you comes all the same.",
        fields=(
            TextField(
                name=FIRST,
                label="First day",
                initial=(coming.first_on if coming else today).isoformat(),
                hint=HOW,
                min_length=1,
                max_length=40,
            ),
            TextField(
                name=LAST,
                label="Last day",
                initial=coming.last_on.isoformat() if coming else "",
                hint="The day before you are back.",
                min_length=1,
                max_length=40,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("away")
def submit_away(request: Submission, ctx: Context) -> Response:
    """Keeps when you are away."""
    days: dict[str, date] = {}
    errors: dict[str, str] = {}
    for name in (FIRST, LAST):
        typed = request.values.get(name, "")
        try:
            days[name] = _day(read_date(typed if isinstance(typed, str) else ""), _today(ctx))
        except Unclear as unclear:
            errors[name] = str(unclear)
    if errors:
        return Response(FormErrors(errors))
    _check(days[FIRST], days[LAST], _today(ctx))
    save_away(ctx.tx, ctx.tenant_id, ctx.actor.id, days[FIRST], days[LAST])
    return Response(Reply(choices_card(ctx)))


@action("away_over")
def come_back(request: Action, ctx: Context) -> Response:
    """You are here again."""
    end_away(ctx.tx, ctx.tenant_id, ctx.actor.id)
    return Response(Replace(choices_card(ctx)))


def _today(ctx: Context) -> date:
    return ctx.now.astimezone(ctx.zone).date()


def _day(written: WrittenDate, today: date) -> date:
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
