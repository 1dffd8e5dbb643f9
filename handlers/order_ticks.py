"""Promises: once a working day those who hand out hear which orders are late, each of them once."""

from __future__ import annotations

from collections import defaultdict
from datetime import time

from handlers.access import list_administrators
from handlers.context import TenantContext
from handlers.fulfillers import MANUAL, fulfillers
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.rules.working_days import is_working
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.catalogue import find_rewards
from store.people import Member, list_members
from store.redemptions import UNDER_WAY, OrderFact, change_order, list_late

PAGE = 100
SHOWN = 10


@tick("late_orders", rule=Daily(time(9)), by_tenant=True)
def tell_late(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the orders whose day is over: to those who hand them out, and to administrators."""
    today = day_in(ctx.now, ctx.tenant_zone)
    if not is_working(today):
        return Turned()
    late = [one for state in UNDER_WAY for one in list_late(ctx.tx, ctx.tenant_id, state, today, most=PAGE)]
    if not late:
        return Turned()
    for one in late:
        change_order(ctx.tx, ctx.tenant_id, one.id, told_late=True)
    page = int(tick.page or 1)
    label = f"{tick.label}/{page}"
    sends = tuple(
        Direct(person, _card(ctx, theirs), Subject("late_orders", label)) for person, theirs in _by_reader(ctx, late)
    )
    return Turned(sends, next_page=str(page + 1) if len(late) >= PAGE else "")


def _by_reader(ctx: TenantContext, late: list[OrderFact]) -> list[tuple[Member, list[OrderFact]]]:
    rewards = find_rewards(ctx.tx, ctx.tenant_id, {one.reward_id for one in late})
    administrators = list_administrators(ctx)
    people: dict[str, Member] = {}
    theirs: dict[str, list[OrderFact]] = defaultdict(list)
    for one in late:
        by_hand = one.fulfilment == MANUAL
        named = fulfillers(ctx, rewards[one.reward_id], one.person_id) if by_hand else []
        for reader in {each.id: each for each in (*named, *administrators)}.values():
            people[reader.id] = reader
            theirs[reader.id].append(one)
    return [(people[reader], theirs[reader]) for reader in sorted(theirs)]


def _card(ctx: TenantContext, late: list[OrderFact]) -> Card:
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in late})}
    rows = [
        {"id": one.id, "title": one.title, "person": names[one.person_id], "promised": one.promised_on}
        for one in late[:SHOWN]
    ]
    return Card("late_orders", {"orders": rows, "more": max(0, len(late) - SHOWN)})
