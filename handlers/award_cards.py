"""What whoever awards sees: before it is sent, right after, when it is decided, and the list of theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import Connection

from handlers.budgets import worth_of
from handlers.context import Context, TenantContext, who
from handlers.placing import place_for
from handlers.programme import read_policy
from handlers.rules.days import in_words, with_weekday
from handlers.rules.money import Money
from handlers.vocabulary import Card
from store.approvals import DecisionFact, find_approval_of, list_decisions
from store.awards import OPEN_STATES, AwardFact, AwardState
from store.budgets import BudgetFact, find_budget
from store.people import Member, list_members
from store.recognitions import Audience, find_recognition
from store.types import Points

KIND = "award"
"""Of the ledger's transaction, and of what is approved."""
MOST_NAMED = 3
SEEN = {
    Audience.HERE: "everybody there",
    Audience.WALL: "the whole organisation",
    Audience.RECEIVERS: "the receivers only",
    Audience.COPIED: "the receivers and the people in copy",
}
STATES = {
    AwardState.ASKED: "somebody has to agree",
    AwardState.DUE: "waits for its day",
    AwardState.GIVEN: "given",
    AwardState.DECLINED: "declined",
    AwardState.LAPSED: "nobody answered in time",
    AwardState.WITHDRAWN: "withdrawn",
    AwardState.VOID: "given to nobody, for they left",
}


def worth_words(ctx: TenantContext, budget: BudgetFact | None, points: Points) -> str:
    """What points of a budget are worth, as `60.00 EUR`; empty where they have no worth."""
    worth = worth_of(ctx, budget) if budget else ctx.policy.worth
    return str(worth.times(points)) if worth else ""


def worth_of_award(tx: Connection, tenant_id: str, budget: BudgetFact | None, points: Points) -> str:
    """The same where there is no context, as in cards that follow."""
    worth = Money(budget.worth, budget.currency) if budget and budget.worth else read_policy(tx, tenant_id).worth
    return str(worth.times(points)) if worth else ""


def preview_card(
    ctx: Context,
    *,
    draft_id: str,
    receivers: Iterable[Member],
    copied: Iterable[Member],
    points: Points,
    total: Points,
    budget: BudgetFact,
    left: Points,
    reason: str,
    audience: Audience,
    arrives_on: date | None,
    agrees: bool,
    again: bool,
    badge: str = "",
) -> Card:
    """What it costs, and what the budget holds afterwards, before anything is sent. `again`: for the second time."""
    data = {
        "values": {"draft": draft_id},
        "receivers": [who(one) for one in receivers],
        "copied": [who(one) for one in copied],
        "points": points,
        "total": total,
        "worth": worth_words(ctx, budget, total),
        "budget": budget.name,
        "left": left,
        "reason": reason,
        "seen": SEEN[audience],
        "place": next(iter(place_for(ctx, audience).posts), None) if audience is Audience.HERE else None,
        "badge": badge,
        "day": with_weekday(arrives_on) if arrives_on else "",
        "agrees": agrees,
        "again": again,
    }
    return Card("award_preview", data)


def awarded_card(ctx: Context, fact: AwardFact, left: Points) -> Card:
    """Right after it was sent."""
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)}
    budget = find_budget(ctx.tx, ctx.tenant_id, fact.budget_id)
    data = {
        "values": {"id": fact.id},
        "receivers": [who(people[one]) for one in fact.receiver_ids],
        "points": fact.points,
        "total": fact.total,
        "budget": budget.name if budget else "",
        "left": left,
        "state": fact.state.value,
        "day": in_words(fact.arrives_on) if fact.arrives_on and fact.state is not AwardState.GIVEN else "",
        "undo_minutes": ctx.policy.undo_minutes if fact.state is AwardState.GIVEN else 0,
    }
    return Card("awarded", data)


def decided_card(
    ctx: TenantContext, fact: AwardFact, state: AwardState, receivers: Collection[Member], decision: DecisionFact | None
) -> Card:
    """For whoever asked: what became of it, and who gets it."""
    decided = list_members(ctx.tx, ctx.tenant_id, [decision.person_id]) if decision else []
    data = {
        "values": {"id": fact.id},
        "receivers": [who(one) for one in receivers],
        "total": fact.points * len(receivers),
        "state": state.value,
        "by": who(decided[0]) if decided else None,
        "agreed": [who(one) for one in who_agreed(ctx, fact.id)],
        "reason": decision.reason if decision else "",
        "day": in_words(fact.arrives_on) if fact.arrives_on else "",
        "undo_minutes": ctx.policy.undo_minutes if state is AwardState.GIVEN else 0,
    }
    return Card("award_decided", data)


def who_agreed(ctx: TenantContext, award_id: str) -> tuple[Member, ...]:
    """Everybody who agreed to an award, step by step; nobody where nobody had to."""
    approval = find_approval_of(ctx.tx, ctx.tenant_id, KIND, award_id)
    decisions = list_decisions(ctx.tx, ctx.tenant_id, approval.id) if approval else []
    ids = [one.person_id for one in decisions if one.approved]
    people = {one.id: one for one in (list_members(ctx.tx, ctx.tenant_id, ids) if ids else ())}
    return tuple(people[one] for one in ids)


def awards_card(ctx: Context, facts: list[AwardFact], *, older: str, done: str = "") -> Card:
    """What somebody awarded or asked for, the newest first."""
    ids = {one for fact in facts for one in fact.receiver_ids}
    people = {one.id: one for one in (list_members(ctx.tx, ctx.tenant_id, ids) if ids else ())}
    rows = [
        {
            "values": {"id": one.id},
            "number": number,
            "receivers": [who(people[person]) for person in one.receiver_ids[:MOST_NAMED]],
            "more": max(0, len(one.receiver_ids) - MOST_NAMED),
            "total": one.total,
            "state": _state(ctx, one),
            "when": in_words(one.asked_at.astimezone(ctx.zone).date()),
            "waits": one.state in OPEN_STATES,
        }
        for number, one in enumerate(facts, start=1)
    ]
    return Card("awards", {"rows": rows, "older": {"values": {"before": older}} if older else None, "done": done})


def _state(ctx: TenantContext, fact: AwardFact) -> str:
    given = find_recognition(ctx.tx, ctx.tenant_id, fact.id) if fact.state is AwardState.GIVEN else None
    if given and given.taken_back_at:
        return "taken back"
    if fact.state is AwardState.DUE and fact.arrives_on:
        return f"waits for {in_words(fact.arrives_on)}"
    return STATES[fact.state]
