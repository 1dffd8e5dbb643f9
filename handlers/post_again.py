"""A post that may not have been shown: its giver looked, and sends it once more. Nobody else can know."""

from __future__ import annotations

from handlers.context import Context
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vocabulary import Action, Card, Replace, Response
from store.bundles import list_standing
from store.outbox import BUNDLE, find_subject, post_again
from store.recognitions import RecognitionFact, find_recognition


@action("post_again")
def send_post_again(request: Action, ctx: Context) -> Response:
    """Posts a kudos once more."""
    message_id = request.values.get("id", "")
    fact = _find_shown(ctx, message_id)
    if fact is None or fact.giver_id != ctx.actor.id:
        raise Refusal("not_yours", "Only who gave it can post it again.", "Nothing was posted.")
    if fact.taken_back_at:
        raise Refusal("taken_back", "You took that kudos back.", "Nothing was posted.")
    if not post_again(ctx.tx, ctx.tenant_id, message_id, ctx.now):
        raise Refusal("not_uncertain", "That post has found its way already.", "Nothing was posted twice.")
    return Response(Replace(Card("notice", {"sentence": "It is on its way again."})))


def _find_shown(ctx: Context, message_id: str) -> RecognitionFact | None:
    """What the post shows; of a bundle the first, whose giver was asked."""
    kind, subject_id = find_subject(ctx.tx, ctx.tenant_id, message_id) or ("", "")
    if kind == BUNDLE:
        subject_id = next(iter(list_standing(ctx.tx, ctx.tenant_id, subject_id)), "")
    return find_recognition(ctx.tx, ctx.tenant_id, subject_id) if kind in (SUBJECT, BUNDLE) else None
