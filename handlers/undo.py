"""Undo: for some minutes a giver can take a recognition back."""

from __future__ import annotations

from handlers import allowances, budgets
from handlers.boosting import lock_points, subtract, take_back_boosts
from handlers.context import Context, who
from handlers.grace import find_mine
from handlers.recognising import counts_of
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Card, Replace, Response, Subject, Touch
from store.awards import find_award
from store.badge_gifts import remove_badge_gifts
from store.closings import reverse
from store.people import list_members
from store.recognitions import RecognitionFact, RecognitionKind, take_back


@action("undo")
def undo(request: Action, ctx: Context) -> Response:
    """Takes back a recognition that was given by mistake."""
    fact = find_mine(ctx, request.values.get("id", ""), verb="take it back")
    undone = take_back_kudos(ctx, fact)
    if undone is None:
        raise Refusal("already_undone", "You took that back already.", "Nothing more was changed.")
    returned, kept = undone
    receivers = list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)
    left = allowances.left(ctx)
    data = {
        "receivers": [who(one) for one in receivers],
        "award": fact.kind is RecognitionKind.AWARD,
        "returned": returned,
        "kept": kept,
        "left": left.points,
        "allowance": left.of,
    }
    return Response(Replace(Card("kudos_undone", data)), (Touch(Subject(SUBJECT, fact.id)),))


def take_back_kudos(ctx: Context, fact: RecognitionFact) -> tuple[int, int] | None:
    """Takes back a recognition of the actor with its points, counts and boosts; whether they still may is asked before.

    Gives the points that came back, and those that the receivers keep, for they had spent them. None where it was
    taken back already.
    """
    if not take_back(ctx.tx, ctx.tenant_id, fact.id, ctx.now):
        return None
    lock_points(ctx, fact)
    returned, kept = _reverse(fact, ctx)
    boosted = take_back_boosts(ctx, fact)
    subtract(ctx, fact, counts_of(fact) + boosted.counts)
    return returned, kept


def _reverse(fact: RecognitionFact, ctx: Context) -> tuple[int, int]:
    """Of what the giver gave; what the badge brought goes back to the organisation, and the badge may be given anew."""
    if fact.badge_transaction_id:
        brought = reverse(ctx.tx, ctx.tenant_id, fact.badge_transaction_id, f"undo:badge:{fact.id}", ctx.now)
        if not brought.kept:
            remove_badge_gifts(ctx.tx, ctx.tenant_id, fact.id)
    if fact.transaction_id is None:
        return 0, 0
    undone = reverse(ctx.tx, ctx.tenant_id, fact.transaction_id, f"undo:{fact.id}", ctx.now)
    if award := find_award(ctx.tx, ctx.tenant_id, fact.id) if fact.kind is RecognitionKind.AWARD else None:
        budgets.returned(ctx, award.budget_id, undone.returned, taken_by=fact.transaction_id)
    return undone.returned, undone.kept
