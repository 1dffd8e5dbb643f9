"""What time does to shared goals: those whose day is over give their points back, and so does whoever left."""

from __future__ import annotations

from datetime import time

from handlers.context import TenantContext
from handlers.pooling import end_missed, release_leavers
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.vocabulary import Tick, Turned
from store.people import list_members
from store.pools import list_open, list_over, list_parts

LOOKED_AT = 500


@tick("pools", rule=Daily(time(9)), by_tenant=True)
def turn_pools(tick: Tick, ctx: TenantContext) -> Turned:
    """One pool a page: so the wallets of a transaction are taken in one order."""
    following = str(int(tick.page or 1) + 1)
    if over := list_over(ctx.tx, ctx.tenant_id, day_in(ctx.now, ctx.tenant_zone), most=1):
        return Turned(end_missed(ctx, over[0].id), next_page=following)
    if with_leavers := _with_leavers(ctx):
        return Turned(release_leavers(ctx, with_leavers), next_page=following)
    return Turned()


def _with_leavers(ctx: TenantContext) -> str:
    """The id of an open pool that holds points of somebody who is not active any more, or nothing."""
    pools = list_open(ctx.tx, ctx.tenant_id, most=LOOKED_AT)
    parts = [part for one in pools for part in list_parts(ctx.tx, ctx.tenant_id, one.id)]
    people = list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in parts}) if parts else []
    here = {one.id for one in people if one.active}
    return next((one.pool_id for one in parts if one.person_id not in here), "")
