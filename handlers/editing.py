"""Another reason for a recognition, for some minutes: the post and the messages follow."""

from __future__ import annotations

from handlers.context import Context
from handlers.giving import check_reason
from handlers.grace import find_mine
from handlers.recognising import fingerprint_of
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    OpenForm,
    Reply,
    Response,
    Subject,
    Submission,
    TextField,
    Touch,
)
from store.approvals import find_approval_of
from store.recognitions import RecognitionFact, RecognitionKind, edit_reason

VERB = "change its words"


@action("edit_kudos", reads=True)
def open_edit(request: Action, ctx: Context) -> Response:
    """Opens the words of a recognition that you just gave."""
    fact = find_mine(ctx, request.values.get("id", ""), verb=VERB)
    _check_stands(fact)
    _check_not_agreed(ctx, fact)
    form = Form(
        name="edit_kudos",
        form_id=ctx.new_id(),
        opened_by="edit_kudos",
        title="Change the words",
        submit="Save",
        note="Whoever sees it sees the new words, and that they were changed.",
        context={"id": fact.id},
        fields=(
            TextField(
                name="reason",
                label="What for?",
                initial=fact.reason,
                multiline=True,
                min_length=ctx.policy.reason_least,
                max_length=ctx.policy.reason_most,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("edit_kudos")
def submit_edit(request: Submission, ctx: Context) -> Response:
    """Changes the words of a recognition."""
    fact = find_mine(ctx, request.context.get("id", ""), verb=VERB)
    _check_not_agreed(ctx, fact)
    reason = request.text("reason")
    check_reason(ctx, reason)
    if reason == fact.reason:
        return _told("These are the words that it has, so nothing was changed.")
    mark = fingerprint_of(fact.receiver_ids, fact.points, fact.value_id, fact.badge_id, reason)
    if not edit_reason(ctx.tx, fact, reason, mark, ctx.now):
        _check_stands(fact, gone=True)
    told = _told("Changed. Whoever sees it sees your new words.")
    return Response(told.answer, (Touch(Subject(SUBJECT, fact.id)),))


def _check_stands(fact: RecognitionFact, *, gone: bool = False) -> None:
    if gone or fact.taken_back_at:
        raise Refusal("taken_back", "That kudos was taken back.", "There is nothing to change any more.")


def _check_not_agreed(ctx: Context, fact: RecognitionFact) -> None:
    if fact.kind is RecognitionKind.AWARD and find_approval_of(ctx.tx, ctx.tenant_id, "award", fact.id):
        raise Refusal(
            "agreed_words",
            "Somebody agreed to these words, so they stay as they are.",
            "You can take the award back, and ask once more.",
        )


def _told(sentence: str) -> Response:
    return Response(Reply(Card("notice", {"sentence": sentence})))
