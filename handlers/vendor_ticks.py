"""Vendors that say nothing: two weeks after the promised day administrators hear of it, once for each order."""

from __future__ import annotations

from datetime import time, timedelta

from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.rules.working_days import is_working
from handlers.vendor_cards import tell_administrators
from handlers.vocabulary import Send, Tick, Turned
from store.redemptions import find_order
from store.vendor_calls import CallState, find_call, list_silent, tell_silent

PAGE = 20
PATIENCE = timedelta(days=14)
"""Ten working days."""


@tick("silent_vendors", rule=Daily(time(9)), by_tenant=True)
def tell_of_silence(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the orders that a vendor was told of, and never said how they ended."""
    today = day_in(ctx.now, ctx.tenant_zone)
    if not is_working(today):
        return Turned()
    silent = [
        one
        for state in (CallState.SENT, CallState.WAITING)
        for one in list_silent(ctx.tx, ctx.tenant_id, state, today - PATIENCE, PAGE)
    ]
    sends: tuple[Send, ...] = ()
    for order_id in silent:
        tell_silent(ctx.tx, ctx.tenant_id, order_id)
        order, call = find_order(ctx.tx, ctx.tenant_id, order_id), find_call(ctx.tx, ctx.tenant_id, order_id)
        if order and call:
            sends += tell_administrators(ctx, order, call, "silent", silent=True)
    return Turned(sends, next_page=str(int(tick.page or 1) + 1) if len(silent) >= PAGE else "")
