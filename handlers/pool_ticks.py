"""What time does to shared goals: those whose day is over give their points back, and so does whoever left."""

from __future__ import annotations

from datetime import time

from handlers.context import TenantContext
from handlers.pool_ending import end_missed, release_leavers
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.vocabulary import Tick, Turned
from store.pools import find_with_leavers, list_over


@tick("pools", rule=Daily(time(9)), by_tenant=True)
def turn_pools(tick: Tick, ctx: TenantContext) -> Turned:
    """One pool a page: so the wallets of a transaction are taken in one order."""
    following = str(int(tick.page or 1) + 1)
    if over := list_over(ctx.tx, ctx.tenant_id, day_in(ctx.now, ctx.tenant_zone), most=1):
        return Turned(end_missed(ctx, over[0].id), next_page=following)
    if with_leavers := find_with_leavers(ctx.tx, ctx.tenant_id):
        return Turned(release_leavers(ctx, with_leavers), next_page=following)
    return Turned()
