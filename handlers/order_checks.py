"""Whether somebody can order a reward now, at the price that they saw, with the points that they have."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from hashlib import sha256

from handlers.context import Context
from handlers.fulfillers import GONE, PEOPLE
from handlers.fulfilment import kinds
from handlers.refusals import Refusal
from handlers.rules.money import Money
from handlers.rules.own_part import own_part, shares
from handlers.rules.periods import Every, day_in, span_of
from handlers.vocabulary import Card, Choice, ChoiceField, Platform, Submission
from store import ledger
from store.catalogue import Limited, RewardFact
from store.person_records import list_records
from store.redemptions import count_orders
from store.types import Points

PAY = "pay"
"""The field that says how many points somebody pays, where the rest may come from their own pocket."""


def check_reward(ctx: Context, reward: RewardFact | None) -> RewardFact:
    """The reward, where this person can order it now. Raises a `Refusal`."""
    if reward is None or not reward.active or reward.fulfilment not in kinds:
        name = reward.title if reward else "That reward"
        raise Refusal("reward_gone", f"{name} is not in the catalogue any more.", f"See what there is: {command(ctx)}.")
    day = day_in(ctx.now, ctx.tenant_zone)
    if not reward.is_open(day):
        begins = reward.starts_on and day < reward.starts_on
        sentence = f"{reward.title} can be ordered from {_said(reward.starts_on)} on." if begins else ""
        raise Refusal(
            "not_open",
            sentence or f"The time of {reward.title} is over.",
            "Come back then." if begins else f"See what there is: {command(ctx)}.",
        )
    record = list_records(ctx.tx, ctx.tenant_id, [ctx.actor.id]).get(ctx.actor.id)
    if not reward.is_for(record.country if record else "", record.department if record else ""):
        raise Refusal(
            "not_for_you",
            f"{reward.title} is for other countries or departments.",
            "If that is wrong, whoever runs Plaudit here can put it right.",
        )
    _check_limit(ctx, reward)
    if reward.stock == 0:
        raise Refusal("sold_out", f"{reward.title} is gone.", "You can ask to be told when it is back.")
    if why_not := kinds[reward.fulfilment].why_not(ctx, reward):
        raise Refusal("cannot_now", f"{reward.title} cannot be ordered just now.", why_not)
    return reward


def _check_limit(ctx: Context, reward: RewardFact) -> None:
    if reward.limited is Limited.NEVER or not reward.limit:
        return
    since = _since(ctx, reward.limited)
    if count_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, reward.id, since) < reward.limit:
        return
    often = "once" if reward.limit == 1 else f"{reward.limit} times"
    if reward.limited is Limited.EVER:
        raise Refusal("limit_reached", f"Everybody can have {reward.title} {often}.", "Have a look at the others.")
    period = reward.limited.value
    raise Refusal(
        "limit_reached",
        f"Everybody can have {reward.title} {often} in a {period}.",
        f"It is open for you again next {period}.",
    )


def _since(ctx: Context, limited: Limited) -> datetime:
    """Since when orders count: by the tenant's calendar."""
    day = day_in(ctx.now, ctx.tenant_zone)
    match limited:
        case Limited.MONTH:
            first = span_of(Every.MONTH, day).first
        case Limited.QUARTER:
            first = span_of(Every.QUARTER, day).first
        case Limited.YEAR:
            first = day.replace(month=1, day=1)
        case _:
            first = date(1970, 1, 2)
    return datetime.combine(first, time.min, ctx.tenant_zone).astimezone(UTC)


# --- the price --------------------------------------------------------------------------------------------


def check_price(request: Submission, reward: RewardFact) -> Card | None:
    """The reward shown anew where it costs something else than the person saw; then nothing was taken. Raises a
    `Refusal` where something else was asked in the form, or told."""
    seen = request.context.get("price", "")
    if seen == price_seen(reward):
        return None
    if seen.rpartition("/")[0] == price_seen(reward).rpartition("/")[0]:
        raise Refusal(
            "changed_meanwhile",
            f"How {reward.title} is handed out changed while your form was open.",
            "Nothing was ordered. Open it once more: it asks what is to be known now.",
        )
    was = seen.partition("/")[0]
    return Card(
        "reward_repriced",
        {
            "title": reward.title,
            "was": int(was) if was.isascii() and was.isdigit() and len(was) < 10 else 0,
            "price": reward.price,
            "values": {"reward": reward.id, "price": str(reward.price)},
        },
    )


def price_seen(reward: RewardFact) -> str:
    """All that somebody saw of what it costs, and of how it comes: a change of any part is told before it counts."""
    cost = f"{reward.price}/{reward.least_points}/{reward.value_minor}/{reward.currency}"
    way = [reward.fulfilment, {name: value for name, value in reward.settings.items() if name not in (PEOPLE, GONE)}]
    return f"{cost}/{sha256(json.dumps(way, sort_keys=True).encode()).hexdigest()[:12]}"


def takes_own_money(reward: RewardFact) -> bool:
    return reward.least_points < reward.price and reward.value_minor > 0


def check_wallet(ctx: Context, reward: RewardFact) -> Points:
    """What the person has: enough for the least that the reward takes. Raises a `Refusal`."""
    wallet = ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id))
    if wallet < least_of(reward):
        raise Refusal(
            "not_enough",
            f"{reward.title} takes {least_of(reward):,} points, and you have {wallet:,}.",
            "Put it on your wish list, and I show you how far it is.",
        )
    return wallet


def least_of(reward: RewardFact) -> Points:
    """The points that somebody needs at least."""
    return reward.least_points if takes_own_money(reward) else reward.price


def pay_field(ctx: Context, reward: RewardFact) -> ChoiceField:
    """How to share it between points and money: the money is told with each choice, before anybody confirms it."""
    wallet = ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id))
    offered = shares(reward.price, reward.least_points, wallet)
    return ChoiceField(
        name=PAY,
        label="How would you like to pay?",
        choices=tuple(Choice(str(one), _way(reward, one)) for one in offered),
        initial=str(offered[0]) if offered else "",
        hint="The rest comes from your own pocket: whoever hands it out tells you how to pay it.",
    )


def _way(reward: RewardFact, points: Points) -> str:
    own = own_part(reward.value_minor, reward.price, points)
    return f"{points:,} points and {Money(own, reward.currency)}" if own else f"{points:,} points"


def pay_of(request: Submission, ctx: Context, reward: RewardFact) -> Points:
    """How many points they pay: all, where nothing else was to be chosen. Raises a `Refusal` at the field."""
    typed = request.text(PAY)
    if not takes_own_money(reward) or not typed:
        return reward.price
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10) or not (
        reward.least_points <= int(typed) <= reward.price
    ):
        raise Refusal(
            "unclear_pay",
            f"It takes {reward.least_points} to {reward.price} points.",
            "Choose one of those offered.",
            field=PAY,
        )
    return int(typed)


def country_of(ctx: Context) -> str:
    record = list_records(ctx.tx, ctx.tenant_id, [ctx.actor.id]).get(ctx.actor.id)
    return record.country if record else ""


def command(ctx: Context) -> str:
    return "/rewards" if ctx.home.platform == Platform.SLACK else "rewards"


def _said(day: date | None) -> str:
    return f"{day.day} {day:%B}" if day else ""
