"""Every state that an order comes to: it begins, is started, handed over, declined, cancelled; its points are spent or
given back. How one is made is in `order_placing`.

Each move locks the order first, then its reward, then accounts: nobody waits for another in a ring. What a move
returns is to be sent in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from handlers import approving
from handlers.back_in_stock import notice_stock
from handlers.context import TenantContext
from handlers.fulfillers import fulfillers
from handlers.fulfilment import PROMISED, Begun, kinds
from handlers.order_cards import PAID, WORDS, WORK, confirms_payment, follow, state_message, work_card
from handlers.refusals import Refusal
from handlers.rules.periods import day_in
from handlers.rules.working_days import after_working_days
from handlers.vocabulary import Direct, Send, Subject
from store.catalogue import RewardFact, find_rewards, lock_reward, put_back
from store.closings import release, settle
from store.outbox import is_unsent
from store.people import Member, list_members
from store.redemptions import (
    CANCELLABLE,
    UNDER_WAY,
    OrderFact,
    OrderState,
    StepFact,
    add_step,
    change_order,
    find_order,
    lock_order,
)

KIND = "redemption"
"""Of what is asked for, where somebody has to agree."""


def begin(ctx: TenantContext, fact: OrderFact, *, by: str = "") -> tuple[Send, ...]:
    """Everybody agreed to an order that is locked: its fulfilment begins, and the promise counts from now on."""
    reward = _reward(ctx, fact)
    fact = replace(fact, state=OrderState.ORDERED, promised_on=promise(ctx, reward, fact.answers))
    change_order(ctx.tx, ctx.tenant_id, fact.id, state=fact.state, promised_on=fact.promised_on)
    note_step(ctx, fact, by)
    fact, sends = set_off(ctx, fact, reward)
    return (*follow(fact.id), *sends, *_news(ctx, fact))


def start(ctx: TenantContext, order_id: str, *, by: str = "", note: str = "") -> tuple[Send, ...]:
    """Somebody is at it: it cannot be cancelled any more. Raises a `Refusal` where it is in another state."""
    fact = _locked(ctx, order_id, (OrderState.ORDERED,))
    _move(ctx, fact, OrderState.STARTED, by, note)
    return follow(order_id)


def finish(ctx: TenantContext, order_id: str, *, by: str = "", note: str = "") -> tuple[Send, ...]:
    """It was handed over: the points are spent, and the person is told. Raises a `Refusal` where it had ended."""
    fact = _spend(ctx, _locked(ctx, order_id, UNDER_WAY), by, note)
    return (*follow(order_id), *_news(ctx, fact))


def fail(ctx: TenantContext, order_id: str, *, by: str = "", reason: str) -> tuple[Send, ...]:
    """It could not be fulfilled: the points are back. Raises a `Refusal` where it had ended."""
    return _end(ctx, _locked(ctx, order_id, UNDER_WAY), OrderState.FAILED, by, reason)


def decline(ctx: TenantContext, order_id: str, *, by: str = "", reason: str) -> tuple[Send, ...]:
    """Whoever had to agree, or to hand it out, does not: the points are back."""
    return _end(ctx, _locked(ctx, order_id, (OrderState.ASKED, *UNDER_WAY)), OrderState.DECLINED, by, reason)


def lapse(ctx: TenantContext, order_id: str) -> tuple[Send, ...]:
    """Nobody agreed in time: the points are back."""
    return _end(ctx, _locked(ctx, order_id, (OrderState.ASKED,)), OrderState.LAPSED, "", "")


def cancel(ctx: TenantContext, order_id: str, *, by: str) -> tuple[Send, ...]:
    """By whoever ordered it, until its fulfilment starts."""
    seen = find_order(ctx.tx, ctx.tenant_id, order_id)
    withdrawn: tuple[Send, ...] = ()
    if seen and seen.state is OrderState.ASKED:  # the approval is locked first, as by whoever decides it
        withdrawn = approving.withdraw(ctx, KIND, order_id)
    fact = _locked(ctx, order_id, CANCELLABLE)
    return (*withdrawn, *_end(ctx, fact, OrderState.CANCELLED, by, ""))


def pay_rest(ctx: TenantContext, order_id: str, *, by: str) -> tuple[Send, ...]:
    """The rest from the person's own pocket was paid. What waited for that begins. Once; a second time is nothing."""
    fact = _locked(ctx, order_id, (*UNDER_WAY, OrderState.FULFILLED))
    if not fact.own_minor or fact.own_paid_at:
        return ()
    waited = _waits_for_money(fact)
    fact = replace(fact, own_paid_at=ctx.now)
    change_order(ctx.tx, ctx.tenant_id, order_id, own_paid_at=ctx.now)
    add_step(
        ctx.tx, ctx.tenant_id, order_id, StepFact(id=ctx.new_id(), state=fact.state, at=ctx.now, by_id=by, note=PAID)
    )
    if not waited:
        return follow(order_id)
    reward = _reward(ctx, fact)
    fact = replace(fact, promised_on=promise(ctx, reward, fact.answers))  # it counts from now on, as after agreement
    change_order(ctx.tx, ctx.tenant_id, order_id, promised_on=fact.promised_on, told_late=False)
    fact, sends = set_off(ctx, fact, reward)
    news = () if fact.is_open else _news(ctx, fact)
    return (*follow(order_id), *sends, *news)


def promise(ctx: TenantContext, reward: RewardFact, answers: Mapping[str, Any]) -> date:
    """The day by which the person has it, as they are told today."""
    if said := answers.get(PROMISED):
        return date.fromisoformat(said)
    return after_working_days(day_in(ctx.now, ctx.tenant_zone), reward.within_days)


def settled_already(fact: OrderFact) -> Refusal:
    """A move came too late, or for the second time."""
    now = "under way" if fact.state is OrderState.STARTED else WORDS[fact.state]
    return Refusal("order_settled", f"{fact.title} is {now} already.", "Nothing was changed.")


def set_off(ctx: TenantContext, fact: OrderFact, reward: RewardFact) -> tuple[OrderFact, tuple[Send, ...]]:
    """What the kind of fulfilment makes of it. What is to be paid first waits for that, unless its people see to it."""
    if _waits_for_money(fact):
        return fact, _ask_for_money(ctx, fact, reward)
    begun: Begun = kinds[fact.fulfilment].fulfil(ctx, reward, fact)
    match begun.state:
        case OrderState.STARTED:
            return _move(ctx, fact, OrderState.STARTED, "", begun.note), begun.sends
        case OrderState.FULFILLED:
            return _spend(ctx, fact, "", begun.note), begun.sends
        case OrderState.FAILED:
            ended, freed = _give_back(ctx, fact, OrderState.FAILED, "", begun.note)
            return ended, (*begun.sends, *freed)
        case _:
            assert begun.state is OrderState.ORDERED, begun
            return fact, begun.sends


def _waits_for_money(fact: OrderFact) -> bool:
    due = fact.own_minor > 0 and fact.own_paid_at is None and fact.state is OrderState.ORDERED
    return due and not confirms_payment(fact)


def _ask_for_money(ctx: TenantContext, fact: OrderFact, reward: RewardFact) -> tuple[Send, ...]:
    card = work_card(ctx.tx, ctx.tenant_id, fact)
    people = fulfillers(ctx, reward, fact.person_id)
    return tuple(Direct(one, card, Subject(WORK, fact.id)) for one in people)


# --- moves ------------------------------------------------------------------------------------------------


def _locked(ctx: TenantContext, order_id: str, states: tuple[OrderState, ...]) -> OrderFact:
    fact = lock_order(ctx.tx, ctx.tenant_id, order_id)
    if fact is None:
        raise Refusal("no_order", "I do not know that order.", "Your orders show what there is.")
    if fact.state not in states:
        raise settled_already(fact)
    return fact


def _spend(ctx: TenantContext, fact: OrderFact, by: str, note: str) -> OrderFact:
    settle(ctx.tx, ctx.tenant_id, fact.hold_id, f"order-done:{fact.id}", ctx.now)
    in_time = day_in(ctx.now, ctx.tenant_zone) <= fact.promised_on
    change_order(ctx.tx, ctx.tenant_id, fact.id, in_time=in_time)
    return _move(ctx, replace(fact, in_time=in_time), OrderState.FULFILLED, by, note, settled_at=ctx.now)


def _end(ctx: TenantContext, fact: OrderFact, state: OrderState, by: str, note: str) -> tuple[Send, ...]:
    ended, freed = _give_back(ctx, fact, state, by, note)
    news = () if by == fact.person_id else _news(ctx, ended)
    return (*follow(fact.id), *freed, *news)


def _give_back(
    ctx: TenantContext, fact: OrderFact, state: OrderState, by: str, note: str
) -> tuple[OrderFact, tuple[Send, ...]]:
    """The points, what was taken from the stock, and what its kind had reserved."""
    reward = lock_reward(ctx.tx, ctx.tenant_id, fact.reward_id)
    assert reward, f"order {fact.id} is of a reward that is not there"
    release(ctx.tx, ctx.tenant_id, fact.hold_id, f"order-back:{fact.id}", ctx.now)
    if fact.stocked and _is_of_its_stock(fact, reward):
        put_back(ctx.tx, ctx.tenant_id, fact.reward_id, fact.stocked)
        if reward.stock is not None:
            notice_stock(ctx, reward, replace(reward, stock=reward.stock + fact.stocked))
    ended = _move(ctx, fact, state, by, note, settled_at=ctx.now)
    return ended, kinds[fact.fulfilment].give_back(ctx, reward, ended)


def _is_of_its_stock(fact: OrderFact, reward: RewardFact) -> bool:
    """A reward may be of another kind by now: what one counts by itself is not what others have left."""
    counting = {one for one, kind in kinds.items() if getattr(kind, "counts_stock", False)}
    return fact.fulfilment == reward.fulfilment or not counting & {fact.fulfilment, reward.fulfilment}


def _move(
    ctx: TenantContext, fact: OrderFact, state: OrderState, by: str, note: str, settled_at: datetime | None = None
) -> OrderFact:
    change_order(ctx.tx, ctx.tenant_id, fact.id, state=state, settled_at=settled_at)
    moved = replace(fact, state=state, settled_at=settled_at)
    note_step(ctx, moved, by, note)
    return moved


def note_step(ctx: TenantContext, fact: OrderFact, by: str = "", note: str = "") -> None:
    step = StepFact(id=ctx.new_id(), state=fact.state, at=ctx.now, by_id=by, note=note)
    add_step(ctx.tx, ctx.tenant_id, fact.id, step)


def _news(ctx: TenantContext, fact: OrderFact) -> tuple[Send, ...]:
    """A new message; none where the one before waits to be sent: it is touched, and says all of it then."""
    news = state_message(ctx.tx, fact, _person(ctx, fact))
    about = news.subject
    unsent = is_unsent(ctx.tx, ctx.tenant_id, about.kind, about.id, fact.person_id, news.card.name)
    return () if unsent else (news,)


def _person(ctx: TenantContext, fact: OrderFact) -> Member:
    (person,) = list_members(ctx.tx, ctx.tenant_id, [fact.person_id])
    return person


def _reward(ctx: TenantContext, fact: OrderFact) -> RewardFact:
    return find_rewards(ctx.tx, ctx.tenant_id, [fact.reward_id])[fact.reward_id]
