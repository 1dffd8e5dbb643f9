"""Ordering a reward: all is checked, one is taken from the stock, points are held, whoever has to agree is asked."""

from __future__ import annotations

from dataclasses import replace

from handlers import approving
from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.order_cards import state_card, state_message
from handlers.order_checks import check_price, check_reward, check_wallet, country_of, pay_of
from handlers.ordering import KIND, note_step, promise, set_off
from handlers.refusals import Refusal
from handlers.rules.money import Money
from handlers.rules.own_part import own_part
from handlers.vocabulary import Reply, Response, Submission
from store import ledger
from store.catalogue import RewardFact, lock_reward, take_stock
from store.closings import hold
from store.redemptions import OrderFact, OrderState, add_order


def order(request: Submission, ctx: Context, reward_id: str) -> Response:
    """Orders a reward: checks, takes from the stock, holds the points, asks who has to agree. Whole, or not at all.

    The form's context holds the price that the person saw, its field `pay` how many points they pay.
    """
    reward = check_reward(ctx, lock_reward(ctx.tx, ctx.tenant_id, reward_id))
    if repriced := check_price(request, reward):
        return Response(Reply(repriced))
    if instead := _instead(request, ctx, reward):
        return instead
    points = pay_of(request, ctx, reward)
    order_id, kind = ctx.new_id(), kinds[reward.fulfilment]
    stocked = _take_one(ctx, reward)
    answers = kind.reserve(request, ctx, reward, order_id)
    fact = _fact(ctx, reward, points, order_id)
    asked = asked_for(ctx, reward, points, order_id)
    steps = approving.steps_for(ctx, asked)
    fact = replace(
        fact,
        answers=answers,
        stocked=stocked,
        hold_id=_hold(ctx, reward, fact),
        state=OrderState.ASKED if steps else OrderState.ORDERED,
        promised_on=promise(ctx, reward, answers),
    )
    add_order(ctx.tx, ctx.tenant_id, fact)
    note_step(ctx, fact, ctx.actor.id)
    if steps:
        sends = approving.ask(ctx, asked, steps)
    else:
        fact, sends = set_off(ctx, fact, reward)
    shown = state_card(ctx.tx, ctx.tenant_id, fact)
    return Response(Reply(shown), (state_message(ctx.tx, fact, ctx.actor), *sends))


def asked_for(ctx: Context, reward: RewardFact, points: int, order_id: str = "") -> approving.Asked:
    """What somebody may have to agree to. It costs its worth, without what comes from the own pocket."""
    own = own_part(reward.value_minor, reward.price, points)
    return approving.Asked(
        kind=KIND,
        subject_id=order_id,
        asker=ctx.actor,
        points=points,
        cost=Money(reward.value_minor - own, reward.currency) if reward.value_minor else None,
        extra=tuple(kinds[reward.fulfilment].steps(reward)),
    )


def _take_one(ctx: Context, reward: RewardFact) -> int:
    if reward.stock is None:
        return 0
    if not take_stock(ctx.tx, ctx.tenant_id, reward.id):
        raise Refusal(
            "sold_out", f"{reward.title} is gone: somebody was quicker.", "You can ask to be told when it is back."
        )
    return 1


def _fact(ctx: Context, reward: RewardFact, points: int, order_id: str) -> OrderFact:
    return OrderFact(
        id=order_id,
        person_id=ctx.actor.id,
        reward_id=reward.id,
        title=reward.title,
        points=points,
        own_minor=own_part(reward.value_minor, reward.price, points),
        value_minor=reward.value_minor,
        currency=reward.currency,
        country=country_of(ctx),
        fulfilment=reward.fulfilment,
        answers={},
        state=OrderState.ORDERED,
        hold_id="",
        ordered_at=ctx.now,
        promised_on=promise(ctx, reward, {}),
    )


def _instead(request: Submission, ctx: Context, reward: RewardFact) -> Response | None:
    waits = getattr(kinds[reward.fulfilment], "instead", None)
    if waits is None:
        return None
    check_wallet(ctx, reward)  # nobody waits for what they could not take
    answered: Response | None = waits(request, ctx, reward)
    return answered


def _hold(ctx: Context, reward: RewardFact, fact: OrderFact) -> str:
    wallet = ledger.wallet(ctx.actor.id)
    try:
        return hold(ctx.tx, ctx.tenant_id, wallet, fact.id, fact.points, f"order:{fact.id}", ctx.now)
    except ledger.InsufficientPoints as short:
        raise Refusal(
            "not_enough",
            f"{reward.title} takes {fact.points} points, and you have {short.available}.",
            "Put it on your wish list, and I show you how far it is.",
        ) from short
