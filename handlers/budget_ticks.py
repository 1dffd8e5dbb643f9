"""What time does to budgets: periods open in the night, a shortage is told, and so is an owner who left."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from handlers.access import list_administrators
from handlers.budget_moving import NEWS
from handlers.budget_renewal import SHORT
from handlers.budgets import holds, renew, returned, told, told_owner
from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules.budget_periods import period_words
from handlers.rules.instants import Daily
from handlers.vocabulary import Card, Send, Tick, Turned
from store.budgets import (
    BudgetFact,
    find_budget,
    list_budgets,
    list_left_behind,
    list_periods,
    lock_budgets,
    save_budget,
)
from store.people import Member, list_members

OWNERLESS = "budget_ownerless"
_MOST_PERIODS = 24


@tick("budgets", rule=Daily(time(0)), by_tenant=True)
def turn_budgets(tick: Tick, ctx: TenantContext) -> Turned:
    """Opens periods, hands on what came back into closed budgets, and tells who owns one and left."""
    renew(ctx)
    for budget_id in list_left_behind(ctx.tx, ctx.tenant_id):
        returned(ctx, budget_id)
    return Turned(tell_ownerless(ctx))


@tick(SHORT)
def tell_short(tick: Tick, ctx: TenantContext) -> Turned:
    """A period opened with less than planned: both owners hear of it."""
    budget_id, _, label = tick.subject.partition(":")
    budget = find_budget(ctx.tx, ctx.tenant_id, budget_id)
    periods = list_periods(ctx.tx, ctx.tenant_id, budget_id, _MOST_PERIODS)
    period = next((one for one in periods if one.label == label), None)
    above = find_budget(ctx.tx, ctx.tenant_id, budget.parent_id) if budget and budget.parent_id else None
    if budget is None or period is None or above is None:
        return Turned()
    sentence = (
        f"{budget.name} began with {period.came:,} of {period.planned:,} points planned ({period_words(label)}): "
        f"{above.name}, which it draws on, held no more. Once {above.name} holds more, it can top up {budget.name}."
    )
    sends = told_owner(ctx, budget, Card(NEWS, {"id": budget.id, "sentence": sentence}))
    if above.owner_id != budget.owner_id:
        sends += told_owner(ctx, above, Card(NEWS, {"id": above.id, "sentence": sentence}))
    return Turned(sends)


def tell_ownerless(ctx: TenantContext) -> tuple[Send, ...]:
    """Administrators hear once of each budget whose owner takes part no more."""
    if not _to_tell(ctx):
        return ()
    lock_budgets(ctx.tx, ctx.tenant_id)
    sends: tuple[Send, ...] = ()
    for one, owner in _to_tell(ctx):
        is_here = owner is not None and owner.active
        save_budget(ctx.tx, ctx.tenant_id, replace(one, missed_id="" if is_here else one.owner_id))
        if not is_here:
            data = {
                "id": one.id,
                "budget": one.name,
                "owner": owner.name if owner else "Its owner",
                "holds": holds(ctx, one.id),
            }
            sends += told(list_administrators(ctx), one, Card(OWNERLESS, data))
    return sends


def _to_tell(ctx: TenantContext) -> list[tuple[BudgetFact, Member | None]]:
    """Budgets whose owner left and nobody was told, and those whose owner is back."""
    every = list_budgets(ctx.tx, ctx.tenant_id)
    owners = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, {one.owner_id for one in every})}
    here = {one.id for one in owners.values() if one.active}
    return [
        (one, owners.get(one.owner_id)) for one in every if (one.owner_id in here) == (one.missed_id == one.owner_id)
    ]
