"""Awards that were agreed to and arrive on a day: in the morning of that day, by the tenant's clock."""

from __future__ import annotations

from datetime import time

from handlers.awarding import give_due
from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.vocabulary import Tick, Turned
from store.awards import list_due_awards

PAGE = 50


@tick("awards", rule=Daily(time(9)), by_tenant=True)
def give_awards(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of those whose day has come, also of days that were missed."""
    today = ctx.now.astimezone(ctx.tenant_zone).date()
    due = list_due_awards(ctx.tx, ctx.tenant_id, today, after=tick.page, most=PAGE)
    sends = tuple(send for one in due for send in give_due(ctx, one))
    return Turned(sends, next_page=due[-1].id if len(due) == PAGE else "")
