"""The catalogue as one person has it: what is open today, for their country and department, and within reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.context import Context
from handlers.fulfilment import kinds
from handlers.order_checks import takes_own_money
from handlers.reaching import SoFar, Step, reachable
from handlers.refusals import Refusal
from handlers.rules.categories import category_of
from handlers.rules.periods import day_in
from handlers.vocabulary import RewardPicture
from store import ledger
from store.catalogue import RewardFact, find_rewards, list_rewards, list_wishes
from store.person_records import list_records
from store.types import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """`rewards` in the order of the catalogue, those that are gone last. `wishes` tell whether to say: it is back."""

    rewards: tuple[RewardFact, ...]
    wallet: Points
    wishes: dict[str, bool]
    today: date


def shelf_of(ctx: Context) -> Shelf:
    """What the actor can choose from."""
    here = _whereabouts(ctx)
    today = day_in(ctx.now, ctx.tenant_zone)
    found = [one for one in list_rewards(ctx.tx, ctx.tenant_id) if _is_shown(one, today, *here)]
    return Shelf(
        rewards=tuple(sorted(found, key=is_gone)),
        wallet=ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id)),
        wishes=list_wishes(ctx.tx, ctx.tenant_id, ctx.actor.id),
        today=today,
    )


def find_shown(ctx: Context, reward_id: str) -> RewardFact:
    """A reward that the actor can see. Raises a `Refusal` for any other: buttons may be sent by anybody."""
    found = find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id)
    if found is None or not _is_shown(found, day_in(ctx.now, ctx.tenant_zone), *_whereabouts(ctx)):
        raise Refusal("reward_gone", "That is not in the catalogue any more.", "Look at what there is now: rewards.")
    return found


def is_gone(reward: RewardFact) -> bool:
    return reward.stock == 0


def _is_shown(reward: RewardFact, day: date, country: str, department: str) -> bool:
    return reward.fulfilment in kinds and reward.is_open(day) and reward.is_for(country, department)


def _whereabouts(ctx: Context) -> tuple[str, str]:
    record = list_records(ctx.tx, ctx.tenant_id, [ctx.actor.id]).get(ctx.actor.id)
    return (record.country, record.department) if record else ("", "")


# --- how a reward is shown --------------------------------------------------------------------------------


def row_of(shelf: Shelf, reward: RewardFact) -> dict[str, object]:
    """One reward as cards show it."""
    category = category_of(reward.category)
    return {
        "id": reward.id,
        "emoji": reward.emoji or category.emoji,
        "title": reward.title,
        "picture": RewardPicture(reward.picture, reward.title),
        "price": reward.price,
        "have": min(shelf.wallet, reward.price),
        "missing": max(0, reward.price - shelf.wallet),
        "least": reward.least_points if takes_own_money(reward) else 0,
        "facts": facts_of(reward, shelf.today),
        "gone": is_gone(reward),
        "payable": shelf.wallet >= (reward.least_points if takes_own_money(reward) else reward.price),
        "wished": reward.id in shelf.wishes,
        "told": shelf.wishes.get(reward.id, False),
    }


def facts_of(reward: RewardFact, today: date) -> str:
    """`Food and drinks, within 5 working days. 3 left. Until 27 November: 5 more days.`"""
    return " ".join((f"{category_of(reward.category).label}, {promise_of(reward)}.", *drop_of(reward, today)))


def drop_of(reward: RewardFact, today: date) -> list[str]:
    """Where there are not always some: how many are left, and until when. `3 left.`, `Today is the last day.`"""
    return list(filter(None, (_left(reward), _until(reward, today))))


def promise_of(reward: RewardFact) -> str:
    if said := getattr(kinds.get(reward.fulfilment), "short", ""):
        return str(said)
    match reward.within_days:
        case 0:
            return "the same day"
        case 1:
            return "within one working day"
        case days:
            return f"within {days} working days"


def _left(reward: RewardFact) -> str:
    match reward.stock:
        case None:
            return ""
        case 0:
            return "All are gone."
        case 1:
            return "The last one."
        case number:
            return f"{number:,} left."


def _until(reward: RewardFact, today: date) -> str:
    if reward.ends_on is None:
        return ""
    day = f"{reward.ends_on.day} {reward.ends_on:%B}"
    match (reward.ends_on - today).days:
        case 0:
            return "Today is the last day."
        case 1:
            return f"Until tomorrow, {day}."
        case days if days > 60:
            return f"Until {day} {reward.ends_on.year}."
        case days:
            return f"Until {day}: {days} more days."


# --- what is within reach ---------------------------------------------------------------------------------


@reachable
def rewards(ctx: Context, so_far: SoFar) -> Iterable[Step]:
    """The nearest reward that they wish for, and the nearest of all, as far as points are missing."""
    shelf = shelf_of(ctx)
    missing = [one for one in shelf.rewards if not is_gone(one) and one.price > so_far.wallet]
    missing.sort(key=lambda one: one.price)
    wished = [one for one in missing if one.id in shelf.wishes]
    for one in dict.fromkeys(one.id for one in (*wished[:1], *missing[:1])):
        reward = next(each for each in missing if each.id == one)
        sign = reward.emoji or category_of(reward.category).emoji
        yield Step(so_far.wallet, reward.price, f"points for {reward.title} {sign}")
