"""What people redeemed together, for the report of a year: each with the points that they gave to a shared goal.

A goal for a reward with a value is worth that value, as it is today, shared by points, so that the shares of a goal sum
to it to the last minor unit. Any other goal counts with what a point is worth, as orders without a value do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from handlers.context import TenantContext
from store.catalogue import RewardFact, find_rewards
from store.person_records import list_records
from store.pools import SpentTogether, list_spent
from store.redemptions import RedeemedSum
from store.types import Points


def redeemed_together(ctx: TenantContext, since: datetime, until: datetime) -> list[RedeemedSum]:
    """One for each person and goal; the country is that of the person now, for goals keep none."""
    spent = list_spent(ctx.tx, ctx.tenant_id, since, until)
    rewards = find_rewards(ctx.tx, ctx.tenant_id, {one.reward_id for one in spent if one.reward_id})
    records = list_records(ctx.tx, ctx.tenant_id, {one.person_id for one in spent})
    countries = {id: one.country for id, one in records.items()}
    by_goal = (list(parts) for _, parts in groupby(spent, key=lambda one: one.pool_id))
    return [one for parts in by_goal for one in _of_goal(parts, rewards.get(parts[0].reward_id or ""), countries)]


def merged(sums: Iterable[RedeemedSum]) -> list[RedeemedSum]:
    """One for each person, country and currency."""
    found: dict[tuple[str, str, str], RedeemedSum] = {}
    for one in sums:
        had = found.get(one[:3])
        found[one[:3]] = RedeemedSum(*one[:3], *(a + b for a, b in zip(had[3:], one[3:], strict=True))) if had else one
    return list(found.values())


def shares_of(value_minor: int, points: Sequence[Points]) -> list[int]:
    """A value shared by points: each is off by less than one minor unit, and together they are the value."""
    whole, upto, given = sum(points), 0, 0
    shares: list[int] = []
    for one in points:
        upto += one
        shares.append(value_minor * upto // whole - given)
        given += shares[-1]
    return shares


def _of_goal(parts: list[SpentTogether], reward: RewardFact | None, countries: dict[str, str]) -> Iterable[RedeemedSum]:
    value, currency = (reward.value_minor, reward.currency) if reward and reward.value_minor else (0, "")
    shares = shares_of(value, [one.points for one in parts])
    for one, share in zip(parts, shares, strict=True):
        yield RedeemedSum(one.person_id, countries.get(one.person_id, ""), currency, 1, one.points, share)
