"""What time brings to experiences: offers are told and pass on, a date begins, it is settled the day after.

Cancelled dates are given back here as well, a page at a time. Approvals are locked first, then orders, then the reward.
"""

from __future__ import annotations

from datetime import UTC, datetime, time

from handlers import approving
from handlers.context import TenantContext
from handlers.experience_line import OVER, SUBJECT, TELL, offer_again, pass_on, tell
from handlers.ordering import KIND, decline, fail, finish, lapse, start
from handlers.registry import tick
from handlers.rules.instants import Daily
from handlers.vocabulary import Send, Subject, Tick, Touch, Turned
from store.catalogue import RewardFact, lock_reward
from store.experiences import (
    IN_LINE,
    LineState,
    SessionFact,
    SessionState,
    change_line,
    end_session,
    find_line,
    find_session,
    free_place,
    list_ended,
    list_line,
    list_orders_for,
)
from store.redemptions import UNDER_WAY, OrderFact, OrderState, find_order, lock_order

PAGE = 50
BEGINS, CANCELLED = "experience_begins", "experience_cancelled"
REASON = "This date was cancelled by whoever runs it. There may be others in the catalogue."


@tick(TELL)
def tell_offer(tick: Tick, ctx: TenantContext) -> Turned:
    """Their day has begun: the offer that came at night is told."""
    fact = find_line(ctx.tx, ctx.tenant_id, tick.subject)
    session = find_session(ctx.tx, ctx.tenant_id, fact.session_id) if fact else None
    if fact is None or session is None or fact.state is not LineState.OFFERED:
        return Turned()
    reward = _locked(ctx, session)
    if fact.offer_until and fact.offer_until <= ctx.now < session.starts_at:
        offer_again(ctx, fact, session)
    return Turned(tell(ctx, reward, fact.id))


@tick(OVER)
def pass_offer_on(tick: Tick, ctx: TenantContext) -> Turned:
    """An offer was not taken in time: the place goes to the next in line."""
    fact = find_line(ctx.tx, ctx.tenant_id, tick.subject.partition("/")[0])
    session = find_session(ctx.tx, ctx.tenant_id, fact.session_id) if fact else None
    if fact is None or session is None or (fact.offer_until and fact.offer_until > ctx.now):
        return Turned()
    reward = _locked(ctx, session)
    if not change_line(ctx.tx, ctx.tenant_id, fact.id, LineState.OFFERED, state=LineState.LAPSED):
        return Turned()
    return Turned((Touch(Subject(SUBJECT, fact.id)), *pass_on(ctx, reward, session.id)))


@tick(BEGINS)
def begin_date(tick: Tick, ctx: TenantContext) -> Turned:
    """A date begins: nobody cancels any more, what nobody agreed to lapses, and nobody waits in line."""
    session = find_session(ctx.tx, ctx.tenant_id, tick.subject)
    if session is None or session.state is SessionState.CANCELLED:
        return Turned()
    page = list_orders_for(ctx.tx, ctx.tenant_id, session.id, after=tick.page, most=PAGE)
    sends = _withdraw(ctx, page)
    for one in lock_open(ctx, page):
        if one.state is OrderState.ASKED:
            sends += lapse(ctx, one.id)
        elif one.state is OrderState.ORDERED:
            sends += start(ctx, one.id)
    if len(page) < PAGE:
        sends += _end_line(ctx, session)
    return Turned(tuple(sends), next_page=page[-1] if len(page) == PAGE else "")


@tick(CANCELLED)
def give_back_date(tick: Tick, ctx: TenantContext) -> Turned:
    """A date was cancelled: everybody gets back what it took, and whoever waits hears of it."""
    session = find_session(ctx.tx, ctx.tenant_id, tick.subject)
    if session is None:
        return Turned()
    page = list_orders_for(ctx.tx, ctx.tenant_id, session.id, after=tick.page, most=PAGE)
    sends = _withdraw(ctx, page)
    for one in lock_open(ctx, page):
        end = decline if one.state is OrderState.ASKED else fail
        sends += end(ctx, one.id, reason=REASON)
    if len(page) < PAGE:
        sends += _end_line(ctx, session, told=True)
    return Turned(tuple(sends), next_page=page[-1] if len(page) == PAGE else "")


@tick("experiences", rule=Daily(time(6)), by_tenant=True)
def settle_dates(tick: Tick, ctx: TenantContext) -> Turned:
    """The day after: what was ordered for a date is fulfilled. A page of the orders of one date."""
    today = datetime.combine(ctx.now.astimezone(ctx.tenant_zone).date(), time.min, ctx.tenant_zone).astimezone(UTC)
    session_id, _, after = tick.page.partition(" ")
    ended = list_ended(ctx.tx, ctx.tenant_id, today, 2)
    session = next((one for one in ended if one.id == session_id), next(iter(ended), None))
    if session is None:
        return Turned()
    page = list_orders_for(
        ctx.tx, ctx.tenant_id, session.id, after=after if session.id == session_id else "", most=PAGE
    )
    due = [one for one in lock_open(ctx, page) if one.state in UNDER_WAY]
    sends = tuple(send for one in due for send in finish(ctx, one.id))
    if len(page) == PAGE:
        return Turned(sends, next_page=f"{session.id} {page[-1]}")
    end_session(ctx.tx, ctx.tenant_id, session.id, SessionState.OVER)
    return Turned(sends, next_page=f"{ended[-1].id} " if len(ended) > 1 else "")


def _withdraw(ctx: TenantContext, orders: list[str]) -> list[Send]:
    """Nobody has to agree to them any more."""
    seen = [find_order(ctx.tx, ctx.tenant_id, one) for one in orders]
    asked = [one.id for one in seen if one and one.state is OrderState.ASKED]
    return [send for one in asked for send in approving.withdraw(ctx, KIND, one)]


def lock_open(ctx: TenantContext, orders: list[str]) -> list[OrderFact]:
    """Those of them that are open, locked, in the order of their ids."""
    locked = [lock_order(ctx.tx, ctx.tenant_id, one) for one in orders]
    return [one for one in locked if one and one.is_open]


def _end_line(ctx: TenantContext, session: SessionFact, *, told: bool = False) -> tuple[Send, ...]:
    reward = _locked(ctx, session)
    sends: list[Send] = []
    for state in IN_LINE:
        for one in list_line(ctx.tx, ctx.tenant_id, session.id, state):
            change_line(ctx.tx, ctx.tenant_id, one.id, state, state=LineState.ENDED)
            if state is LineState.OFFERED:
                free_place(ctx.tx, ctx.tenant_id, session.id)
            sends += tell(ctx, reward, one.id) if told else (Touch(Subject(SUBJECT, one.id)),)
    return tuple(sends)


def _locked(ctx: TenantContext, session: SessionFact) -> RewardFact:
    reward = lock_reward(ctx.tx, ctx.tenant_id, session.reward_id)
    assert reward, f"a date {session.id} of no reward"
    return reward
