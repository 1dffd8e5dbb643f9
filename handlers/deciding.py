"""Deciding what somebody asks for: agree, decline with a reason, or ask back. Once a step, whoever is quicker."""

from __future__ import annotations

from handlers.approving import SUBJECT, ask_whoever_decides, card_for, deciders, kinds
from handlers.context import Context, who
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, rewards_word
from handlers.vocabulary import (
    Action,
    Card,
    Direct,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Send,
    Subject,
    Submission,
    TextField,
    Touch,
)
from store.approvals import (
    ApprovalFact,
    ApprovalState,
    DecisionFact,
    change_approval,
    decide,
    find_approval,
    list_approvers,
    list_to_decide,
    lock_approval,
)
from store.people import list_members

REASON_LEAST, REASON_MOST = 3, 500
QUESTION_MOST = 1000
MOST_SHOWN = 5
"""In the list of what waits for somebody."""


@rewards_word("approvals", reads=True)
def approvals(said: Said, ctx: Context) -> Response:
    """What waits for your decision."""
    return Response(Reply(waiting_card(ctx)))


@action("approvals", reads=True)
def show_approvals(request: Action, ctx: Context) -> Response:
    """Shows what waits for your decision."""
    return Response(Replace(waiting_card(ctx)))


@action("approval_yes")
def approve(request: Action, ctx: Context) -> Response:
    """Agrees to what somebody asked for."""
    fact = _get(ctx, request.values.get("id", ""))
    sends = _decide(ctx, fact, request.values.get("step", ""), approved=True)
    listed = request.values.get("list") == "yes"
    return Response(Replace(waiting_card(ctx) if listed else _card(ctx, fact.id)), sends)


@action("approval_no_form", reads=True)
def open_decline(request: Action, ctx: Context) -> Response:
    """Opens the form to decline with a reason."""
    fact = _get(ctx, request.values.get("id", ""))
    _check_may(ctx, fact)
    form = Form(
        name="approval_no",
        form_id=ctx.new_id(),
        opened_by="approval_no_form",
        title="Decline",
        submit="Decline",
        note="Whoever asked reads your reason, with your name.",
        fields=(
            TextField(name="reason", label="Why not?", multiline=True, min_length=REASON_LEAST, max_length=REASON_MOST),
        ),
        context={"id": fact.id, "step": request.values.get("step", "")},
    )
    return Response(OpenForm(form))


@submission("approval_no")
def decline(request: Submission, ctx: Context) -> Response:
    """Declines what somebody asked for, with a reason."""
    fact = _get(ctx, request.context.get("id", ""))
    reason = request.text("reason")
    if not REASON_LEAST <= len(reason) <= REASON_MOST:
        raise Refusal(
            "reason_out_of_bounds",
            f"A reason has {REASON_LEAST} to {REASON_MOST} characters.",
            "A few words help whoever asked.",
            field="reason",
        )
    sends = _decide(ctx, fact, request.context.get("step", ""), approved=False, reason=reason)
    return Response(Reply(_card(ctx, fact.id)), sends)


@action("approval_ask_form", reads=True)
def open_question(request: Action, ctx: Context) -> Response:
    """Opens the form to ask whoever asked."""
    fact = _get(ctx, request.values.get("id", ""))
    _check_may(ctx, fact)
    form = Form(
        name="approval_ask",
        form_id=ctx.new_id(),
        opened_by="approval_ask_form",
        title="Ask back",
        submit="Ask",
        note="It goes to whoever asked, with your name. The decision stays open.",
        fields=(
            TextField(
                name="question",
                label="What would you like to know?",
                multiline=True,
                min_length=3,
                max_length=QUESTION_MOST,
            ),
        ),
        context={"id": fact.id},
    )
    return Response(OpenForm(form))


@submission("approval_ask")
def ask_back(request: Submission, ctx: Context) -> Response:
    """Brings a question to whoever asked."""
    fact = _get(ctx, request.context.get("id", ""))
    _check_may(ctx, fact)
    question = request.text("question")
    if not 3 <= len(question) <= QUESTION_MOST:
        raise Refusal("no_question", "What would you like to know?", "Write it here, please.", field="question")
    shown = kinds[fact.kind].shown(ctx.tx, ctx.tenant_id, fact.subject_id)
    (asker,) = list_members(ctx.tx, ctx.tenant_id, [fact.asker_id])
    data = {
        "approver": who(ctx.actor),
        "title": shown.title if shown else "",
        "people": [one for one in (shown.people if shown else ()) if one != who(asker)],
        "question": question,
    }
    told = Direct(asker, Card("approval_question", data), Subject("approval_question", ctx.new_id()))
    return Response(Reply(Card("notice", {"sentence": f"{asker.name} has your question, and answers you."})), (told,))


def waiting_card(ctx: Context) -> Card:
    """What waits for the actor's decision, the oldest first."""
    facts = list_to_decide(ctx.tx, ctx.tenant_id, ctx.actor.id, MOST_SHOWN + 1)
    cards = [card_for(ctx.tx, ctx.tenant_id, one, ctx.actor.id) for one in facts[:MOST_SHOWN]]
    rows = [dict(one.data) | {"values": _listed(one)} for one in cards if one]
    return Card("approvals", {"rows": rows, "more": len(facts) > MOST_SHOWN})


def _listed(card: Card) -> dict[str, str]:
    """What its buttons carry in a list, which takes its own place again."""
    values = card.data["values"]
    assert isinstance(values, dict)
    return values | {"list": "yes"}


def _decide(ctx: Context, fact: ApprovalFact, step: str, *, approved: bool, reason: str = "") -> tuple[Send, ...]:
    """Keeps the decision of the step that was shown, and does what follows. Nothing where it was decided before: a
    second tap, or somebody who was quicker; the card then says who."""
    found = lock_approval(ctx.tx, ctx.tenant_id, fact.id)
    if found != (ApprovalState.WAITING, fact.step) or step != str(fact.step):
        return ()
    _check_may(ctx, fact)
    decision = DecisionFact(
        approval_id=fact.id,
        step=fact.step,
        person_id=ctx.actor.id,
        approved=approved,
        reason=reason,
        decided_at=ctx.now,
    )
    kept = decide(ctx.tx, ctx.tenant_id, decision)
    assert kept, "the approval is locked, and its step is waited for"
    touch = Touch(Subject(SUBJECT, fact.id))
    if approved and fact.step < len(fact.steps):
        return (touch, *_go_on(ctx, fact))
    state = ApprovalState.APPROVED if approved else ApprovalState.DECLINED
    change_approval(ctx.tx, ctx.tenant_id, fact.id, state=state, settled_at=ctx.now)
    follows = kinds[fact.kind]
    if approved:
        return (touch, *follows.approved(ctx, fact.subject_id))
    return (touch, *follows.ended(ctx, fact.subject_id, state, decision))


def _go_on(ctx: Context, fact: ApprovalFact) -> tuple[Send, ...]:
    """To the next step."""
    change_approval(
        ctx.tx, ctx.tenant_id, fact.id, step=fact.step + 1, step_at=ctx.now, reminded=False, escalated=False
    )
    asking = ask_whoever_decides(ctx, _get(ctx, fact.id))
    if not asking:
        raise Refusal(
            "nobody_approves",
            "After you, somebody else has to agree, and there is nobody who could.",
            "Whoever runs Plaudit can name an administrator. It waits as it is.",
        )
    return asking


def _get(ctx: Context, approval_id: str) -> ApprovalFact:
    """One that the actor may see: they decide, or decided, a step of it."""
    fact = find_approval(ctx.tx, ctx.tenant_id, approval_id)
    steps = range(1, fact.step + 1) if fact else ()
    if fact is None or not any(ctx.actor.id in list_approvers(ctx.tx, ctx.tenant_id, fact.id, one) for one in steps):
        raise Refusal(
            "not_yours_to_decide", "That is not yours to decide.", "Whoever was asked has a message with the buttons."
        )
    return fact


def _check_may(ctx: Context, fact: ApprovalFact) -> None:
    if fact.state is not ApprovalState.WAITING:
        raise Refusal("decided_already", "That is decided already.", "The message says how.")
    if all(one.id != ctx.actor.id for one in deciders(ctx, fact)):
        raise Refusal(
            "not_yours_any_more", "That is not yours to decide any more.", "Somebody else is asked; nothing changed."
        )


def _card(ctx: Context, approval_id: str) -> Card:
    fact = find_approval(ctx.tx, ctx.tenant_id, approval_id)
    assert fact, "it was there just now"
    card = card_for(ctx.tx, ctx.tenant_id, fact, ctx.actor.id)
    return card or Card("notice", {"sentence": "That is not there any more."})
