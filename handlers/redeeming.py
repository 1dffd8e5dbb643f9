"""The way of a person to a reward: the button, the form that tells what it takes, the order."""

from __future__ import annotations

from handlers import approving
from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.order_checks import check_reward, check_wallet, pay_field, price_seen, takes_own_money
from handlers.order_placing import asked_for, order
from handlers.registry import action, submission
from handlers.vocabulary import Action, Form, OpenForm, Response, Submission
from store.catalogue import RewardFact, find_rewards
from store.redemptions import list_orders
from store.types import Points

LOOKED_AT = 20
"""The latest orders of somebody in which one like this is looked for."""


@action("redeem", reads=True)
def open_redeem(request: Action, ctx: Context) -> Response:
    """Opens the form to order a reward: `reward` is its id, `price` what the person saw."""
    reward_id = request.values.get("reward", "")
    reward = check_reward(ctx, find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id))
    wallet = check_wallet(ctx, reward)
    own = (pay_field(ctx, reward),) if takes_own_money(reward) else ()
    form = Form(
        name="redeem",
        form_id=ctx.new_id(),
        opened_by="redeem",
        title="Redeem points",
        submit="Order",
        note=_told(ctx, reward, wallet, request.values.get("price", "")),
        context={"reward": reward.id, "price": price_seen(reward)},
        fields=(*own, *kinds[reward.fulfilment].fields(ctx, reward)),
    )
    return Response(OpenForm(form))


@submission("redeem")
def submit_redeem(request: Submission, ctx: Context) -> Response:
    """Orders a reward with your points."""
    return order(request, ctx, request.context.get("reward", ""))


def _told(ctx: Context, reward: RewardFact, wallet: Points, seen: str) -> str:
    """All that somebody wants to know before they order."""
    return " ".join(
        filter(None, (_price(reward, wallet, seen), _promised(ctx, reward), _tells(reward), _one_already(ctx, reward)))
    )


def _price(reward: RewardFact, wallet: Points, seen: str) -> str:
    changed = f" That is another price than the {seen} that you saw." if _differs(seen, reward) else ""
    if takes_own_money(reward):
        return (
            f"{reward.title} takes {reward.price:,} points. You have {wallet:,}, and can pay a part yourself.{changed}"
        )
    return f"{reward.title} takes {reward.price:,} of your {wallet:,} points; {wallet - reward.price:,} stay.{changed}"


def _differs(seen: str, reward: RewardFact) -> bool:
    return seen.isascii() and seen.isdigit() and len(seen) < 10 and int(seen) != reward.price


def _promised(ctx: Context, reward: RewardFact) -> str:
    days = "the same day" if reward.within_days == 0 else f"within {reward.within_days} working days"
    if reward.within_days == 1:
        days = "within one working day"
    kind = kinds[reward.fulfilment]
    agreed = approving.steps_for(ctx, asked_for(ctx, reward, reward.price))
    if told := str(getattr(kind, "told", "")):
        return f"Somebody has to agree first. {told}" if agreed and not kind.steps(reward) else told
    if agreed:
        return f"Somebody has to agree first; you have it {days} after that. Until then your points are set aside."
    if getattr(kind, "at_once", False):
        first = "Once all is paid you have it at once" if takes_own_money(reward) else "You have it at once"
        return f"{first}, and it cannot be given back."
    paid = takes_own_money(reward) and not getattr(kind, "confirms_payment", False)
    return f"You have it {days}{' after all is paid' if paid else ''}. You can cancel until somebody starts on it."


def _tells(reward: RewardFact) -> str:
    """What goes to somebody outside, where that is so."""
    tells = getattr(kinds[reward.fulfilment], "tells", None)
    return str(tells(reward)) if tells else ""


def _one_already(ctx: Context, reward: RewardFact) -> str:
    """People order again when an answer got lost."""
    latest = list_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, most=LOOKED_AT)
    open_ones = any(one.reward_id == reward.id and one.is_open for one in latest)
    return "You have one of these on order already: this would be another." if open_ones else ""
