"""Thank back: one tap that costs nothing, and the giver hears of it."""

from __future__ import annotations

from handlers.context import Context, who
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Card, Direct, Nothing, Response, Subject, Touch
from store.people import list_members
from store.recognitions import RecognitionKind, find_recognition, thank_back

THANKED = "thanked_back"
_EXCERPT = 200


@action("thank_back")
def say_thanks(request: Action, ctx: Context) -> Response:
    """Tells the giver that their words arrived."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    if fact is None or ctx.actor.id not in fact.receiver_ids:
        raise Refusal("not_yours", "That kudos went to somebody else.", "Nothing was sent.")
    if fact.taken_back_at:
        raise Refusal("taken_back", "That kudos was taken back.", "Nothing was sent.")
    if not thank_back(ctx.tx, ctx.tenant_id, fact.id, ctx.actor.id, ctx.now):
        return Response(Nothing())
    giver = list_members(ctx.tx, ctx.tenant_id, [fact.giver_id])[0]
    award = fact.kind is RecognitionKind.AWARD
    card = Card(THANKED, {"sender": who(ctx.actor), "reason": fact.reason[:_EXCERPT], "award": award})
    told = Direct(giver, card, Subject(THANKED, f"{fact.id}/{ctx.actor.id}"))
    return Response(Nothing(), (told, Touch(Subject(SUBJECT, fact.id), reader_id=ctx.actor.id)))
