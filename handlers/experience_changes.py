"""A date was changed: everybody with a place is told, a page at a time, and more places are offered to those in line.

Orders are locked here, and the reward was locked by whoever changed the date, so it is another transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from handlers.approving import SUBJECT as APPROVAL
from handlers.context import TenantContext
from handlers.experience_line import SUBJECT, pass_on, tell
from handlers.experience_ticks import PAGE, lock_open
from handlers.fulfilment_experience import dated_answers
from handlers.order_cards import follow
from handlers.ordering import KIND
from handlers.registry import tick
from handlers.ticks import schedule_once
from handlers.vocabulary import Card, Direct, Send, Subject, Tick, Touch, Turned
from store.approvals import find_approval_of
from store.catalogue import find_rewards, lock_reward
from store.experiences import (
    LineState,
    SessionFact,
    SessionState,
    change_line,
    count_waiting,
    find_session,
    list_line,
    list_orders_for,
    take_place,
)
from store.people import list_members
from store.redemptions import CANCELLABLE, OrderFact, OrderState, change_order

CHANGED = "experience_changed"
"""The job, the card, and what its messages are about."""
FILL = "experience_fill"
"""The job that offers places that were added."""
AT_ONCE = 20
"""Places that one transaction offers."""


def tell_change(ctx: TenantContext, was: SessionFact) -> None:
    """Call it where a date has another time or place than `was`."""
    schedule_once(ctx, CHANGED, f"{was.id}/{int(was.starts_at.timestamp())}")


@tick(CHANGED)
def tell_everybody(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of those who have a place; with the last one those in line."""
    session_id, _, seconds = tick.subject.partition("/")
    session = find_session(ctx.tx, ctx.tenant_id, session_id)
    if session is None or session.state is not SessionState.OPEN:
        return Turned()
    was = datetime.fromtimestamp(int(seconds), UTC)
    page = list_orders_for(ctx.tx, ctx.tenant_id, session.id, after=tick.page, most=PAGE)
    sends = [send for one in lock_open(ctx, page) for send in _tell(ctx, session, was, one)]
    if len(page) == PAGE:
        return Turned(tuple(sends), next_page=page[-1])
    return Turned((*sends, *_tell_line(ctx, session)))


def _tell(ctx: TenantContext, session: SessionFact, was: datetime, order: OrderFact) -> tuple[Send, ...]:
    """What the order says of its date follows, for approvers too, and the day that it is promised for."""
    answers, promised_on = dated_answers(ctx, session)
    changed: dict[str, Any] = {"answers": order.answers | answers, "promised_on": promised_on}
    change_order(ctx.tx, ctx.tenant_id, order.id, **changed)
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    card = changed_card(replace(order, **changed), session, was)
    news = (Direct(person, card, Subject(CHANGED, f"{order.id}/{ctx.now.isoformat()}")),) if person.active else ()
    return (*follow(order.id), *_approval(ctx, order), *news)


def changed_card(order: OrderFact, session: SessionFact, was: datetime) -> Card:
    data = {
        "id": order.id,
        "title": order.title,
        "begins": session.starts_at,
        "place": session.place,
        "was": was if was != session.starts_at else None,
        "calendar": order.state is not OrderState.ASKED,
        "cancellable": order.state in CANCELLABLE,
    }
    return Card(CHANGED, data)


def _approval(ctx: TenantContext, order: OrderFact) -> tuple[Send, ...]:
    asked = find_approval_of(ctx.tx, ctx.tenant_id, KIND, order.id) if order.state is OrderState.ASKED else None
    return (Touch(Subject(APPROVAL, asked.id)),) if asked else ()


def _tell_line(ctx: TenantContext, session: SessionFact) -> tuple[Send, ...]:
    """Who is offered a place decides by the new time; the card of who waits follows."""
    reward = find_rewards(ctx.tx, ctx.tenant_id, [session.reward_id])[session.reward_id]
    offered = list_line(ctx.tx, ctx.tenant_id, session.id, LineState.OFFERED)
    told = [one for one in offered if one.offer_from and one.offer_from <= ctx.now]
    waiting = list_line(ctx.tx, ctx.tenant_id, session.id, LineState.WAITING)
    for one in offered:  # no longer than until it begins
        if one.offer_until and one.offer_until > session.starts_at:
            change_line(ctx.tx, ctx.tenant_id, one.id, LineState.OFFERED, offer_until=session.starts_at)
    news = [send for one in told for send in tell(ctx, reward, one.id)]
    return (*news, *(Touch(Subject(SUBJECT, one.id)) for one in (*waiting, *offered)))


# --- more places ------------------------------------------------------------------------------------------


@tick(FILL)
def fill_places(tick: Tick, ctx: TenantContext) -> Turned:
    """Places that are free go to those in line, one after the other, as far as they can hear of it."""
    session = find_session(ctx.tx, ctx.tenant_id, tick.subject)
    reward = lock_reward(ctx.tx, ctx.tenant_id, session.reward_id) if session else None
    if session is None or reward is None:
        return Turned()
    sends: list[Send] = []
    for _ in range(AT_ONCE):
        waiting = _waiting(ctx, session)
        if not waiting or not take_place(ctx.tx, ctx.tenant_id, session.id):
            return Turned(tuple(sends))
        sends += pass_on(ctx, reward, session.id)
        if _waiting(ctx, session) == waiting:  # none of them can hear of it in time: it is everybody's
            return Turned(tuple(sends))
    return Turned(tuple(sends), next_page=str(int(tick.page or 1) + 1))


def _waiting(ctx: TenantContext, session: SessionFact) -> int:
    return count_waiting(ctx.tx, ctx.tenant_id, [session.id]).get(session.id, 0)
