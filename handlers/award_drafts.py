"""An award that is not sent yet: what it costs is shown first, and a button sends just that, once."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

from handlers import awarding, budgets
from handlers.approving import check_somebody_could
from handlers.award_again import is_again
from handlers.award_cards import KIND, preview_card
from handlers.award_checks import Wished, check_wished
from handlers.budgets import Spendable
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Platform, Replace, Reply, Response
from store.conversations import list_places
from store.people import list_members
from store.recognitions import Audience, add_draft, find_draft, use_draft


def preview(ctx: Context, wished: Wished, spendable: Spendable) -> Response:
    """Checks everything, keeps it as a draft, and shows what it costs. Nothing is held or moved yet.

    Where it looks like one just sent, the preview asks for that: a press on it means it.
    """
    check_wished(ctx, wished, spendable)
    budgets.check_holds(ctx, spendable, wished.total)
    draft_id, again, badge = ctx.new_id(), is_again(ctx, wished), ctx.programme.badge(wished.badge_id)
    content = {
        "kind": KIND,
        "receivers": [one.id for one in wished.receivers],
        "points": wished.points,
        "reason": wished.reason,
        "budget": wished.budget_id,
        "badge": wished.badge_id,
        "audience": wished.audience,
        "copied": [one.id for one in wished.copied],
        "day": wished.arrives_on.isoformat() if wished.arrives_on else "",
        "place": ctx.place.id if ctx.place else "",
        "again": again,
    }
    steps = awarding.steps_of(ctx, wished, draft_id, spendable)
    barred = {spendable.budget.owner_id, *(one.id for one in wished.receivers)}
    check_somebody_could(ctx, ctx.actor, steps, barred)
    add_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id, json.dumps(content), ctx.now)
    card = preview_card(
        ctx,
        draft_id=draft_id,
        receivers=wished.receivers,
        copied=wished.copied,
        points=wished.points,
        total=wished.total,
        budget=spendable.budget,
        left=spendable.balance - wished.total,
        reason=wished.reason,
        audience=wished.audience,
        arrives_on=wished.arrives_on,
        agrees=bool(steps),
        again=again,
        badge=f"{badge.emoji} {badge.title}" if badge else "",
    )
    return Response(Reply(card))


@action("award_send")
def send(request: Action, ctx: Context) -> Response:
    """Sends what was shown."""
    draft_id = request.values.get("draft", "")
    kept = json.loads(find_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id) or "{}")
    if kept.get("kind") != KIND or not use_draft(ctx.tx, ctx.tenant_id, draft_id, ctx.actor.id):
        listed = "/reward list" if ctx.home.platform == Platform.SLACK else "reward list"
        raise Refusal("no_draft", "That was sent already, or is too old.", f"Look at what you awarded: {listed}.")
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, (*kept["receivers"], *kept["copied"]))}
    wished = Wished(
        receivers=tuple(people[one] for one in kept["receivers"]),
        points=kept["points"],
        reason=kept["reason"],
        budget_id=kept["budget"],
        badge_id=kept["badge"],
        audience=Audience(kept["audience"]),
        copied=tuple(people[one] for one in kept["copied"]),
        arrives_on=date.fromisoformat(kept["day"]) if kept["day"] else None,
    )
    said_in = replace(ctx, place=list_places(ctx.tx, ctx.tenant_id, [kept["place"]]).get(kept["place"]))
    if not kept.get("again") and is_again(said_in, wished, alone=True):  # of two previews, the other was sent
        sent = preview(said_in, wished, budgets.get_spendable(said_in, wished.budget_id))
    else:
        sent = awarding.award(said_in, wished, draft_id)
    assert isinstance(sent.answer, Reply)
    return Response(Replace(sent.answer.card), sent.sends)
