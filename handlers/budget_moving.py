"""Points into budgets, between them and back: checked, moved once, told to whoever owns them, and in the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.budget_rights import Rights, get_seen, rights_of
from handlers.budgets import owner_of, points_words, renew, told, too_little
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.unseen import seen
from handlers.vocabulary import Card, Send
from store import ledger
from store.audit import AuditFact, add_audit, list_acts_since
from store.budgets import BudgetFact, Move, Renewal, lock_budgets, set_warned
from store.types import Points

NEWS = "budget_news"
TOPPED_UP, MOVED = "budget topped up", "budget points moved"
"""Acts of the audit."""
MOST_POINTS = 10_000_000
"""In one movement, and of a plan: more is a slip of the finger."""
REASON_LEAST, REASON_MOST = 3, 500
ORGANISATION = "the organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moving:
    """`key` names the act: the same one moves points once."""

    points: Points
    reason: str
    key: str


@dataclass(frozen=True, slots=True)
class Moved:
    """What was done, as a sentence, and the budget that it was done to."""

    done: str
    budget: BudgetFact
    sends: tuple[Send, ...] = ()


def top_up(ctx: Context, budget_id: str, moving: Moving) -> Moved:
    """Adds to a budget: from the one above it, by whoever may spend that; without one an administrator issues them."""
    rights = _locked(ctx)
    budget = get_seen(rights, budget_id)
    if not rights.may_fill(budget):
        raise Refusal(
            "not_yours_to_fill",
            f"{budget.name} is topped up by whoever owns the budget above it, or by an administrator.",
            "They will be glad to hear from you what it is for.",
        )
    _check(moving)
    above = rights.every[budget.parent_id] if budget.parent_id else None
    source = above.name if above else ORGANISATION
    details = {"budget": budget.name, "points": moving.points, "source": source} | _in_place_of(rights, above)
    _check_not_just_now(ctx, TOPPED_UP, details, moving)
    _move(ctx, Move.TOP_UP, above, budget, moving)
    if budget.renewal is Renewal.NEVER:  # nothing else begins it anew
        set_warned(ctx.tx, ctx.tenant_id, budget.id, budget.open_label, warned=False)
    _note(ctx, TOPPED_UP, budget, details, moving)
    done = f"{points_words(moving.points)} came into {budget.name}, from {source}."
    concerned = [budget, above] if above else [budget]  # an administrator may spend what is not theirs
    return Moved(done, budget, news(ctx, concerned, f"{ctx.actor.name}: {done} {_quoted(moving)}"))


def move_points(ctx: Context, source_id: str, target_id: str, moving: Moving) -> Moved:
    """Moves points to another budget; with no target, by an administrator, back to the organisation."""
    rights = _locked(ctx)
    source = get_seen(rights, source_id)
    target = rights.every.get(target_id) if target_id else None
    if (target_id and target is None) or not rights.may_move(source, target):
        raise Refusal(
            "not_yours_to_move",
            f"Points of {source.name} cannot go there by you.",
            "They can go to another budget of the same owner, or back to the one above it.",
            field="target",
        )
    if target and target.id == source.id:
        raise Refusal("same_budget", "That is the same budget.", "Choose another one.", field="target")
    _check(moving)
    to = target.name if target else ORGANISATION
    details = {"budget": source.name, "points": moving.points, "target": to} | _in_place_of(rights, source)
    _check_not_just_now(ctx, MOVED, details, moving)
    _move(ctx, Move.TRANSFER if target else Move.TAKE_OUT, source, target, moving)
    _note(ctx, MOVED, source, details, moving)
    done = f"{points_words(moving.points)} went from {source.name} to {to}."
    concerned = [source, target] if target else [source]
    return Moved(done, source, news(ctx, concerned, f"{ctx.actor.name}: {done} {_quoted(moving)}"))


def _locked(ctx: Context) -> Rights:
    """The rights as they are once nobody else changes a budget."""
    renew(ctx)
    lock_budgets(ctx.tx, ctx.tenant_id)
    return rights_of(ctx)


def _check(moving: Moving) -> None:
    if not 1 <= moving.points <= MOST_POINTS:
        raise Refusal(
            "points_out_of_bounds",
            f"That is 1 to {MOST_POINTS:,} points.",
            "Write a number in between.",
            field="points",
        )
    if not REASON_LEAST <= len(seen(moving.reason)) <= len(moving.reason) <= REASON_MOST:
        raise Refusal(
            "reason_out_of_bounds",
            f"What is it for? {REASON_LEAST} to {REASON_MOST} characters: it stands in the audit.",
            "Say it in a few words.",
            field="reason",
        )


def _in_place_of(rights: Rights, spent: BudgetFact | None) -> dict[str, str]:
    """Whose budget it is, where the actor stands in for them."""
    mine = rights.mine.get(spent.id) if spent else None
    return {"in place of": mine.for_whom.name} if mine and mine.for_whom else {}


def _check_not_just_now(ctx: Context, act: str, details: Mapping[str, Any], moving: Moving) -> None:
    """People type a thing again when its answer got lost."""
    since = ctx.now - timedelta(seconds=ctx.policy.repeat_s)
    lately = list_acts_since(ctx.tx, ctx.tenant_id, ctx.actor.id, act, since)
    if any(one.details == details and one.reason == moving.reason for one in lately):
        raise Refusal(
            "just_now",
            "That is what you did a moment ago, and it was done.",
            "If you mean it once more, say so in other words what it is for.",
            field="reason",
        )


def _move(ctx: Context, kind: Move, source: BudgetFact | None, target: BudgetFact | None, moving: Moving) -> None:
    posting = ledger.Posting(
        ledger.budget(source.id) if source else ledger.Side.ISSUED,
        ledger.budget(target.id) if target else ledger.Side.ISSUED,
        moving.points,
    )
    act = f"{kind}:{ctx.actor.id}:{moving.key}"
    try:
        ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(kind, act, ctx.now, ctx.now, [posting]))
    except ledger.AlreadyPosted as posted:
        raise Refusal("moved_already", "That was done already.", "Nothing was moved twice.") from posted
    except ledger.InsufficientPoints as short:
        assert source, "the organisation has no end"
        raise too_little(ctx, source, moving.points, short.available) from short


def _note(ctx: Context, act: str, budget: BudgetFact, details: Mapping[str, Any], moving: Moving) -> None:
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act=act,
        subject_id=budget.id,
        details=details,
        reason=moving.reason,
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def news(ctx: Context, budgets: Iterable[BudgetFact], sentence: str, *, look: bool = True) -> tuple[Send, ...]:
    """Tells the owners of budgets, each once, without whoever did it. `look`: theirs is there to be looked at."""
    sends: list[Send] = []
    heard = {ctx.actor.id}
    for one in budgets:
        owner = owner_of(ctx, one)
        if owner and owner.active and owner.id not in heard:
            heard.add(owner.id)
            sends += told([owner], one, Card(NEWS, {"id": one.id if look else "", "sentence": sentence}))
    return tuple(sends)


def _quoted(moving: Moving) -> str:
    return f"“{' '.join(moving.reason.split())}”"
