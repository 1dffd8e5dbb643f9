"""Recognitions as administrators see them: the latest ones, and taking one back with a reason.

What only its receivers and people in copy see is not there: nobody else ever reads it. An award of that kind is, for it
is the organisation's money; and so is what was said where not everybody reads along: without its words.
"""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_audit import moment
from handlers.admin_words import Said, admin_word
from handlers.context import Context, who
from handlers.finding import find_one
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.unseen import seen
from handlers.taking_back import TakenBack, take_back_as_administrator
from handlers.vocabulary import (
    Action,
    Card,
    Direct,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Subject,
    Submission,
    TextField,
)
from store.people import list_members
from store.recognitions import RecognitionFact, RecognitionKind, find_recognition, list_latest

PAGE = 5
EXCERPT = 160
REASON_LEAST, REASON_MOST = 3, 500
TOLD = "taken_back"
CLOSED = "(said where not everybody reads along, so the words are not shown here)"
PRIVATE = "(for its receivers only, so the words are not shown here)"
NO_ALLOWANCE = "Nobody's allowance is filled again."
NO_BUDGET = "The budget is not filled again: if it was a slip, top it up under Budgets."


@admin_word("recognitions", usage="or recognitions @somebody", reads=True)
def recognitions(said: Said, ctx: Context) -> Response:
    """The latest thanks, and taking one back."""
    person = find_one(said.request, ctx, said.rest)[0].id if said.text else ""
    return Response(Reply(_card(ctx, person)))


@action("admin_recognitions", reads=True)
def show_recognitions(request: Action, ctx: Context) -> Response:
    """Shows the latest thanks, or older ones."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx, request.values.get("person", ""), request.values.get("before", ""))))


@action("admin_take_back", reads=True)
def open_take_back(request: Action, ctx: Context) -> Response:
    """Opens the form to take a recognition back."""
    check_administrator(ctx)
    fact = _find(ctx, request.values.get("id", ""))
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, (fact.giver_id, *fact.receiver_ids))}
    receivers = ", ".join(names[one] for one in fact.receiver_ids[:3])
    form = Form(
        name="admin_take_back",
        form_id=ctx.new_id(),
        opened_by="admin_take_back",
        title=f"Take {'an award' if _is_award(fact) else 'a kudos'} back",
        submit="Take back",
        note=f"{names[fact.giver_id]} to {receivers}. What the receivers still hold of its points leaves the "
        f"programme; what they spent stays with them. {NO_BUDGET if _is_award(fact) else NO_ALLOWANCE}",
        context={"id": fact.id},
        fields=(
            TextField(
                name="reason",
                label="Why?",
                hint="The giver reads it, and it stands in the audit.",
                multiline=True,
                min_length=REASON_LEAST,
                max_length=REASON_MOST,
            ),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_take_back")
def submit_take_back(request: Submission, ctx: Context) -> Response:
    """Takes a recognition back."""
    check_administrator(ctx)
    fact = _find(ctx, request.context.get("id", ""))
    taken = take_back_as_administrator(ctx, fact, _reason(request))
    sentence = f"Taken back. {_points(taken)} Its giver was told, and it stands in the audit."
    return Response(Reply(Card("notice", {"sentence": sentence})), (*taken.touches, *_told(ctx, fact, taken)))


def _find(ctx: Context, recognition_id: str) -> RecognitionFact:
    """A private kudos is as good as none: that it exists is nobody's business."""
    fact = find_recognition(ctx.tx, ctx.tenant_id, recognition_id)
    if fact is None or (fact.private and not _is_award(fact)):
        raise Refusal("unknown_recognition", "I do not know that kudos.", "Open the list of the latest ones anew.")
    if fact.taken_back_at:
        raise Refusal("taken_back", "That kudos was taken back already.", "Nothing more was changed.")
    return fact


def _reason(request: Submission) -> str:
    reason = request.text("reason")
    if not REASON_LEAST <= len(seen(reason)) <= len(reason) <= REASON_MOST:
        raise Refusal(
            "unclear_reason",
            f"A reason has {REASON_LEAST} to {REASON_MOST} characters.",
            "A few words that its giver can understand, please.",
            field="reason",
        )
    return reason


def _points(taken: TakenBack) -> str:
    if not taken.returned and not taken.kept:
        return "It carried no points."
    stay = "stays" if taken.kept == 1 else "stay"
    kept = f" {taken.kept} had been spent and {stay}." if taken.kept else ""
    return f"{taken.returned} {'point' if taken.returned == 1 else 'points'} left the programme.{kept}"


def _told(ctx: Context, fact: RecognitionFact, taken: TakenBack) -> tuple[Direct, ...]:
    """The giver hears why; receivers see it in the message that they have."""
    giver = next(iter(list_members(ctx.tx, ctx.tenant_id, [fact.giver_id])))
    if not giver.active or giver.id == ctx.actor.id:
        return ()
    receivers = list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)
    data = {
        "receivers": [who(one) for one in receivers],
        "why": taken.reason,
        "words": _words(fact),
        "award": _is_award(fact),
    }
    return (Direct(giver, Card("kudos_taken_back", data), Subject(TOLD, fact.id)),)


def _card(ctx: Context, person_id: str, before: str = "") -> Card:
    found = list_latest(ctx.tx, ctx.tenant_id, person_id=person_id, before=before, most=PAGE + 1)
    facts, more = found[:PAGE], len(found) > PAGE
    ids = {one for fact in facts for one in (fact.giver_id, *fact.receiver_ids)}
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, ids)}
    rows = [
        {
            "id": fact.id,
            "when": moment(fact.given_at, ctx.zone),
            "giver": people[fact.giver_id].name,
            "receivers": _names([people[one].name for one in fact.receiver_ids]),
            "points": fact.points + fact.badge_points,
            "words": _words(fact),
            "award": _is_award(fact),
            "taken_back": fact.taken_back_at is not None,
        }
        for fact in facts
    ]
    data = {
        "rows": rows,
        "person": {"id": person_id},
        "older": {"id": facts[-1].id} if more else None,
        "first": not before,
        "zone": ctx.zone.key,
    }
    return Card("admin_recognitions", data)


def _is_award(fact: RecognitionFact) -> bool:
    return fact.kind is RecognitionKind.AWARD


def _words(fact: RecognitionFact) -> str:
    """What an administrator may read of it."""
    if fact.public:
        return _excerpt(fact.reason)
    return PRIVATE if fact.private else CLOSED


def _names(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[: EXCERPT - 1].rstrip() + "…"
