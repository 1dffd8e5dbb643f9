"""Budgets as whoever awards meets them: which they may spend, what those hold, and who can help where it is too little.

A budget is its owner's to spend, and while they are away that of whoever stands in for them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from handlers.access import is_administrator, list_administrators
from handlers.budget_renewal import holds as holds
from handlers.budget_renewal import renew as renew
from handlers.context import Context, TenantContext
from handlers.refusals import Refusal
from handlers.reward_words import command_name
from handlers.rules.days import in_words
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.vocabulary import Card, Direct, Send, Subject
from store import ledger
from store.approvals import list_stood_in_for
from store.budgets import (
    BudgetFact,
    Move,
    PeriodFact,
    count_spent,
    find_budget,
    find_taken,
    list_owned,
    list_periods,
    note_returned,
    set_warned,
)
from store.people import Member, list_members
from store.types import Points

WARN_AT = 80
"""Per cent of what there was to award in a period, from which on its owner is warned."""
WARNING = "budget_warning"
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Spendable:
    """A budget that the actor may spend. `for_whom`: its owner, where the actor stands in for them."""

    budget: BudgetFact
    balance: Points
    for_whom: Member | None = None


@dataclass(frozen=True, slots=True)
class Used:
    """Of the period that is open: what was awarded, and what there was to award. Points are promised once held."""

    spent: Points
    of: Points

    @property
    def is_nearly_all(self) -> bool:
        return self.of > 0 and self.spent * 100 >= self.of * WARN_AT


# --- which ------------------------------------------------------------------------------------------------


def list_spendable(ctx: Context) -> list[Spendable]:
    """The actor's own budgets, then those of whom they stand in for today; by name. Call `renew` before."""
    absent = list_stood_in_for(ctx.tx, ctx.tenant_id, ctx.actor.id, day_in(ctx.now, ctx.tenant_zone))
    people = list_members(ctx.tx, ctx.tenant_id, absent) if absent else []
    found = [*_owned(ctx, ctx.actor, None)]
    for one in sorted(people, key=lambda one: (one.name, one.id)):
        if one.active and one.id != ctx.actor.id:  # who left stands in for nobody, and nobody for them
            found += _owned(ctx, one, one)
    return found


def get_spendable(ctx: Context, budget_id: str) -> Spendable:
    """The budget, if the actor may spend it today. A stranger's is as good as none."""
    found = next((one for one in list_spendable(ctx) if one.budget.id == budget_id), None)
    if found is None:
        raise Refusal(
            "not_your_budget",
            "This budget is not yours to spend.",
            f"Its owner can award out of it, or let you stand in for them: {command_name(ctx)} delegate.",
            field="budget",
        )
    return found


def owner_of(ctx: TenantContext, budget: BudgetFact) -> Member | None:
    """None where they are erased."""
    return next(iter(list_members(ctx.tx, ctx.tenant_id, [budget.owner_id])), None)


def _owned(ctx: Context, owner: Member, for_whom: Member | None) -> list[Spendable]:
    owned = sorted(list_owned(ctx.tx, ctx.tenant_id, owner.id), key=lambda one: (one.name.casefold(), one.id))
    return [Spendable(one, holds(ctx, one.id), for_whom) for one in owned]


# --- whether it is enough ---------------------------------------------------------------------------------


def check_holds(ctx: Context, spendable: Spendable, total: Points) -> None:
    """Refuses what is more than the budget holds now, and says who can help."""
    available = holds(ctx, spendable.budget.id)
    if available < total:
        raise too_little(ctx, spendable.budget, total, available, field="amount")


def too_little(ctx: Context, budget: BudgetFact, total: Points, available: Points, field: str = "points") -> Refusal:
    """For whoever finds by `ledger.InsufficientPoints` that another was quicker."""
    more = "top it up first" if is_administrator(ctx) else f"ask for more: {who_helps(ctx, budget)} can top it up"
    return Refusal(
        "budget_short",
        f"{budget.name} holds {points_words(available)}, and this takes {total:,}.",
        f"You can take less, or {more}.",
        field=field,
    )


def who_helps(ctx: TenantContext, budget: BudgetFact) -> str:
    """Names: the owner of the budget that it draws on, else administrators; never whoever owns it already."""
    above = find_budget(ctx.tx, ctx.tenant_id, budget.parent_id) if budget.parent_id else None
    owner = owner_of(ctx, above) if above else None
    if above and owner and owner.active and owner.id != budget.owner_id:
        return f"{owner.name}, who owns {above.name},"
    names = [one.name for one in list_administrators(ctx) if one.id != budget.owner_id][:_MOST_NAMED]
    return " or ".join(names) if names else "An administrator"


def worth_of(ctx: TenantContext, budget: BudgetFact) -> Money | None:
    """What one point of it is worth: its own worth, else that of the programme; None where points have none."""
    return Money(budget.worth, budget.currency) if budget.worth else ctx.policy.worth


def worth_words(budget: BudgetFact) -> str:
    """Its own worth of a point: `0.05 EUR`; empty where that of the programme holds."""
    return str(Money(budget.worth, budget.currency)) if budget.worth else ""


# --- afterwards -------------------------------------------------------------------------------------------


def after_spending(ctx: TenantContext, budget_id: str) -> tuple[Send, ...]:
    """Warns its owner where most of it is awarded or promised now: once a period."""
    budget = find_budget(ctx.tx, ctx.tenant_id, budget_id)
    latest = list_periods(ctx.tx, ctx.tenant_id, budget_id, 1)
    if budget is None or budget.closed_at or not latest or latest[0].warned:
        return ()
    used = used_up(ctx, budget)
    if not used.is_nearly_all or not set_warned(ctx.tx, ctx.tenant_id, budget.id, latest[0].label):
        return ()
    data = {
        "id": budget.id,
        "budget": budget.name,
        "spent": used.spent,
        "of": used.of,
        "left": used.of - used.spent,
        "until": in_words(budget.open_until) if budget.open_until else "",
        "helper": who_helps(ctx, budget),
    }
    return told_owner(ctx, budget, Card(WARNING, data))


def used_up(ctx: TenantContext, budget: BudgetFact) -> Used:
    latest = list_periods(ctx.tx, ctx.tenant_id, budget.id, 1)
    spent = spent_in(ctx, latest[0]) if latest else 0
    return Used(spent, spent + holds(ctx, budget.id))


def spent_in(ctx: TenantContext, period: PeriodFact, *until: int) -> Points:
    """What awards took or were promised in a period, less what of it came back."""
    counted = count_spent(ctx.tx, ctx.tenant_id, period.budget_id, period.opened_seq, *until)
    return max(0, counted + period.returned)


def told_owner(ctx: TenantContext, budget: BudgetFact, card: Card) -> tuple[Send, ...]:
    """To its owner, or where they left to those who can find another."""
    owner = owner_of(ctx, budget)
    return told(list_administrators(ctx) if owner is None or not owner.active else [owner], budget, card)


def told(people: Iterable[Member], budget: BudgetFact, card: Card) -> tuple[Send, ...]:
    return tuple(Direct(one, card, Subject("budget", budget.id)) for one in people)


def returned(ctx: TenantContext, budget_id: str, points: Points = 0, taken_by: str | None = None) -> None:
    """After points came back into a budget, from an award that was declined or taken back: so many, which a
    transaction, the hold or the award, took.

    Where it was given up meanwhile they go on to the one it drew on, else back to the organisation. Where they were
    taken in a period that is over, they go on as what was left of it did.
    """
    budget = find_budget(ctx.tx, ctx.tenant_id, budget_id)
    if budget and points and taken_by:
        budget = _close_late(ctx, budget, points, taken_by)
    while budget and budget.closed_at and (left := holds(ctx, budget.id)):
        target = ledger.budget(budget.parent_id) if budget.parent_id else ledger.Side.ISSUED
        moved = [ledger.Posting(ledger.budget(budget.id), target, left)]
        act = f"{Move.GIVE_UP}:{budget.id}:{ctx.new_id()}"
        ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(Move.GIVE_UP, act, ctx.now, ctx.now, moved))
        budget = _above(ctx, budget)


def _close_late(ctx: TenantContext, budget: BudgetFact, points: Points, taken_by: str) -> BudgetFact | None:
    """Points of a period that is over; gives the budget where they stay, None outside of all."""
    taken = find_taken(ctx.tx, ctx.tenant_id, budget.id, taken_by)
    latest = list_periods(ctx.tx, ctx.tenant_id, budget.id, 1)
    if budget.closed_at or not taken or not latest or taken.seq > latest[0].opened_seq:
        return budget
    note_returned(ctx.tx, ctx.tenant_id, latest[0], points)
    at: BudgetFact | None = budget
    while at and not at.closed_at and not at.carries_over and _opened_since(ctx, at, taken.at):
        target = ledger.budget(at.parent_id) if at.parent_id else ledger.Side.EXPIRED
        act = f"{Move.CLOSE}:{at.id}:{ctx.new_id()}"
        moved = [ledger.Posting(ledger.budget(at.id), target, points)]
        ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(Move.CLOSE, act, ctx.now, ctx.now, moved))
        at = _above(ctx, at)
    return at


def _opened_since(ctx: TenantContext, budget: BudgetFact, at: datetime) -> bool:
    latest = list_periods(ctx.tx, ctx.tenant_id, budget.id, 1)
    return bool(latest) and latest[0].opened_at > at  # the same request may open a period, and then take


def _above(ctx: TenantContext, budget: BudgetFact) -> BudgetFact | None:
    return find_budget(ctx.tx, ctx.tenant_id, budget.parent_id) if budget.parent_id else None


def points_words(points: Points) -> str:
    """`1 point`, `2,000 points`."""
    return f"{points:,} point" if points == 1 else f"{points:,} points"
