"""Whoever takes part no more gives up places and their stand in line, so that the next one moves up. One a page."""

from __future__ import annotations

from datetime import time

from handlers.context import TenantContext
from handlers.experience_line import SUBJECT, pass_on
from handlers.ordering import cancel
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.vocabulary import Send, Subject, Tick, Touch, Turned
from store.catalogue import lock_reward
from store.experiences import LineFact, LineState, change_line, find_left_line, find_left_order, find_session
from store.redemptions import find_order


@tick("experience_leavers", rule=Daily(time(6, 30)), by_tenant=True)
def free_places(tick: Tick, ctx: TenantContext) -> Turned:
    """What a place took goes back to the wallet, and from there as the rules for leavers say."""
    following = str(int(tick.page or 1) + 1)
    if order_id := find_left_order(ctx.tx, ctx.tenant_id, ctx.now):
        order = find_order(ctx.tx, ctx.tenant_id, order_id)
        assert order, f"no order {order_id}"
        return Turned(cancel(ctx, order.id, by=order.person_id), next_page=following)
    if line := find_left_line(ctx.tx, ctx.tenant_id):
        return Turned(_leave(ctx, line), next_page=following)
    return Turned()


def _leave(ctx: TenantContext, line: LineFact) -> tuple[Send, ...]:
    session = find_session(ctx.tx, ctx.tenant_id, line.session_id)
    assert session, f"a line {line.id} for no date"
    reward = lock_reward(ctx.tx, ctx.tenant_id, session.reward_id)
    assert reward, f"a date {session.id} of no reward"
    touched = Touch(Subject(SUBJECT, line.id))
    if change_line(ctx.tx, ctx.tenant_id, line.id, LineState.OFFERED, state=LineState.LEFT):
        return (touched, *pass_on(ctx, reward, session.id))
    change_line(ctx.tx, ctx.tenant_id, line.id, LineState.WAITING, state=LineState.LEFT)
    return (touched,)
