"""Undo: for some minutes a giver can take a recognition back."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context, who
from handlers.giving import counts_of, left_this_week
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Card, Replace, Response, Subject, Touch
from store.closings import reverse
from store.people import list_members
from store.recognitions import RecognitionFact, find_recognition, take_back
from store.tallies import add_counts


@action("undo")
def undo(request: Action, ctx: Context) -> Response:
    """Takes back a recognition that was given by mistake."""
    fact = _mine(request, ctx)
    if not take_back(ctx.tx, ctx.tenant_id, fact.id, ctx.now):
        raise Refusal("already_undone", "You took that back already.", "Nothing more was changed.")
    assert fact.transaction_id
    undone = reverse(ctx.tx, ctx.tenant_id, fact.transaction_id, f"undo:{fact.id}", ctx.now)
    add_counts(ctx.tx, ctx.tenant_id, fact.value_id, counts_of(fact), sign=-1)
    receivers = list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)
    data = {
        "receivers": [who(one) for one in receivers],
        "returned": undone.returned,
        "kept": undone.kept,
        "left": left_this_week(ctx),
        "allowance": ctx.policy.weekly_allowance,
    }
    return Response(Replace(Card("kudos_undone", data)), (Touch(Subject(SUBJECT, fact.id)),))


def _mine(request: Action, ctx: Context) -> RecognitionFact:
    """The recognition, if the actor gave it and may still take it back. A stranger's is as good as none."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    if fact is None or fact.giver_id != ctx.actor.id:
        raise Refusal("not_yours", "Only who gave a kudos can take it back.", "Ask them, if something is wrong.")
    if ctx.now > fact.given_at + timedelta(minutes=ctx.policy.undo_minutes):
        raise Refusal(
            "too_late_to_undo",
            f"A kudos can be taken back for {ctx.policy.undo_minutes} minutes, and that time is over.",
            "If something in it is wrong, a word to whoever received it helps most.",
        )
    return fact
