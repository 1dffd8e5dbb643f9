"""Being away: two dates, told by the person, in which nothing comes to them unasked."""

from __future__ import annotations

from datetime import date

from handlers.asked_days import day_fields, read_days
from handlers.choices import choices_card
from handlers.context import Context
from handlers.registry import action, submission
from handlers.vocabulary import Action, Form, FormErrors, OpenForm, Replace, Reply, Response, Submission
from store.attention import end_away, find_away, save_away


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
        fields=day_fields(coming.first_on if coming else today, coming.last_on if coming else None),
    )
    return Response(OpenForm(form))


@submission("away")
def submit_away(request: Submission, ctx: Context) -> Response:
    """Keeps when you are away."""
    days = read_days(request, _today(ctx))
    if isinstance(days, FormErrors):
        return Response(days)
    save_away(ctx.tx, ctx.tenant_id, ctx.actor.id, *days)
    return Response(Reply(choices_card(ctx)))


@action("away_over")
def come_back(request: Action, ctx: Context) -> Response:
    """You are here again."""
    end_away(ctx.tx, ctx.tenant_id, ctx.actor.id)
    return Response(Replace(choices_card(ctx)))


def _today(ctx: Context) -> date:
    return ctx.now.astimezone(ctx.zone).date()
