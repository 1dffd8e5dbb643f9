"""Somebody in one's place: who decides and awards for a person who is away, between two dates."""

from __future__ import annotations

from datetime import date

from handlers.approving import ask_whoever_decides
from handlers.asked_days import day_fields, read_days
from handlers.context import Context, who
from handlers.finding import find_picked
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.reward_words import Said, rewards_word
from handlers.rules.days import in_words
from handlers.vocabulary import (
    Action,
    Card,
    Direct,
    Form,
    FormErrors,
    OpenForm,
    PeopleField,
    Replace,
    Reply,
    Response,
    Send,
    Subject,
    Submission,
)
from store.approvals import (
    DelegationFact,
    end_delegation,
    list_delegations,
    list_stood_in_for,
    list_to_decide,
    save_delegation,
)
from store.audit import AuditFact, add_audit
from store.people import MEMBER, Member, list_members

DELEGATE = "delegate"
MOST_WAITING = 50
"""Approvals that wait, and are brought to whoever stands in at once."""


@action("delegation", reads=True)
def show_delegation(request: Action, ctx: Context) -> Response:
    """Shows who stands in for you."""
    return Response(Replace(delegation_card(ctx)))


@rewards_word("delegate", reads=True)
def delegate(said: Said, ctx: Context) -> Response:
    """Who decides and awards in your place while you are away."""
    return Response(Reply(delegation_card(ctx)))


@action("delegation_form", reads=True)
def open_delegation(request: Action, ctx: Context) -> Response:
    """Opens the form to name somebody in your place."""
    kept, today = _kept(ctx), _today(ctx)
    form = Form(
        name="delegation",
        form_id=ctx.new_id(),
        opened_by="delegation_form",
        title="In my place",
        submit="Save",
        note="They decide what you would be asked, and may award out of your budgets. What they do carries their name.",
        fields=(
            PeopleField(name=DELEGATE, label="Who?"),
            *day_fields(kept.first_on if kept else today, kept.last_on if kept else None),
        ),
    )
    return Response(OpenForm(form))


@submission("delegation")
def submit_delegation(request: Submission, ctx: Context) -> Response:
    """Keeps who stands in for you."""
    delegate = _delegate(ctx, find_picked(request, ctx, DELEGATE))
    days = read_days(request, _today(ctx))
    if isinstance(days, FormErrors):
        return Response(days)
    first_on, last_on = days
    fact = DelegationFact(person_id=ctx.actor.id, delegate_id=delegate.id, first_on=first_on, last_on=last_on)
    save_delegation(ctx.tx, ctx.tenant_id, fact)
    _note(ctx, "stands in", {"days": [fact.first_on.isoformat(), fact.last_on.isoformat()]}, delegate.id)
    sends = _tell(ctx, delegate, fact)
    return Response(Reply(delegation_card(ctx, f"{delegate.name} stands in for you.")), sends)


@action("delegation_over")
def end(request: Action, ctx: Context) -> Response:
    """Nobody stands in for you any more."""
    if end_delegation(ctx.tx, ctx.tenant_id, ctx.actor.id):
        _note(ctx, "stands in no more", {}, "")
    return Response(Replace(delegation_card(ctx)))


def delegation_card(ctx: Context, done: str = "") -> Card:
    """Who stands in for the actor, and for whom the actor does today."""
    kept = _kept(ctx)
    others = list_stood_in_for(ctx.tx, ctx.tenant_id, ctx.actor.id, _today(ctx))
    ids = {*others, *([kept.delegate_id] if kept else [])}
    people = {one.id: one for one in (list_members(ctx.tx, ctx.tenant_id, ids) if ids else ())}
    data = {
        "done": done,
        "delegate": who(people[kept.delegate_id]) if kept else None,
        "first": in_words(kept.first_on) if kept else "",
        "last": in_words(kept.last_on) if kept else "",
        "for_whom": [who(people[one]) for one in others],
    }
    return Card("delegation", data)


def _kept(ctx: Context) -> DelegationFact | None:
    """What is over is not shown."""
    kept = list_delegations(ctx.tx, ctx.tenant_id, [ctx.actor.id]).get(ctx.actor.id)
    return kept if kept and kept.last_on >= _today(ctx) else None


def _delegate(ctx: Context, picked: tuple[Member, ...]) -> Member:
    if len(picked) != 1:
        raise Refusal("not_one_person", "Who stands in for you?", "Pick one person.", field=DELEGATE)
    (delegate,) = picked
    if delegate.id == ctx.actor.id:
        raise Refusal("oneself", "That is you.", "Pick a colleague.", field=DELEGATE)
    if not delegate.active or delegate.kind != MEMBER:
        raise Refusal(
            "cannot_stand_in", f"{delegate.name} is no active member here.", "Pick a colleague.", field=DELEGATE
        )
    return delegate


def _tell(ctx: Context, delegate: Member, fact: DelegationFact) -> tuple[Send, ...]:
    """To whoever stands in: from when to when, and what waits already."""
    data = {"person": who(ctx.actor), "first": in_words(fact.first_on), "last": in_words(fact.last_on)}
    told = Direct(delegate, Card("standing_in", data), Subject("delegation", ctx.new_id()))
    if not fact.first_on <= _today(ctx) <= fact.last_on:
        return (told,)
    waiting = list_to_decide(ctx.tx, ctx.tenant_id, ctx.actor.id, MOST_WAITING)
    return (told, *(send for one in waiting for send in ask_whoever_decides(ctx, one)))


def _note(ctx: Context, act: str, details: dict[str, object], subject_id: str) -> None:
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=subject_id, details=details
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _today(ctx: Context) -> date:
    """By the tenant's calendar, by which delegations count."""
    return ctx.now.astimezone(ctx.tenant_zone).date()
