"""Whether points become something in time: what a usual participant receives in six weeks against the cheapest reward.

Looked up for a few hundred people of each week, however many there are: whoever asks waits for the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time, timedelta
from statistics import median_low

from handlers.access import list_administrators
from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules.instants import MONDAY, Weekly
from handlers.rules.periods import day_in, week_label
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.catalogue import RewardFact, list_rewards
from store.tallies import list_received_in, list_someone_in
from store.types import Points

WEEKS = 6
LEAST_WEEKS = 2
"""With less to look back on nobody can tell."""
MOST_OF_A_WEEK = 500
DAYS_OF_WEEK = 7


@tick("rewards_reach", rule=Weekly(MONDAY, time(9)), by_tenant=True)
def tell_out_of_reach(tick: Tick, ctx: TenantContext) -> Turned:
    """Administrators hear when it begins to take longer than six weeks, and once a month while it does."""
    rewards = list_rewards(ctx.tx, ctx.tenant_id)
    warning = too_dear(ctx, rewards)
    first_of_month = day_in(tick.due_at, ctx.tenant_zone).day <= DAYS_OF_WEEK
    if not warning or not (first_of_month or _was_in_reach(ctx, rewards)):
        return Turned()
    card, subject = Card("out_of_reach", {"warning": warning}), Subject("out_of_reach", tick.label)
    return Turned(tuple(Direct(one, card, subject) for one in list_administrators(ctx)))


def _was_in_reach(ctx: TenantContext, rewards: Sequence[RewardFact]) -> bool:
    """A week ago, at the prices of today."""
    cheapest, usual = _cheapest(ctx, rewards), usual_points(ctx, before=1)
    return cheapest is not None and (usual is None or usual >= cheapest)


def too_dear(ctx: TenantContext, rewards: Sequence[RewardFact]) -> str:
    """A warning in a sentence with the next step; empty where all is well, or nobody can tell yet."""
    cheapest = _cheapest(ctx, rewards)
    usual = usual_points(ctx) if cheapest else None
    if cheapest is None or usual is None or usual >= cheapest:
        return ""
    return (
        f"A usual participant receives about {usual:,} points in six weeks, and the cheapest reward takes "
        f"{cheapest:,}. Make one cheaper, or let people give more: else most wait longer than six weeks for anything."
    )


def usual_points(ctx: TenantContext, *, before: int = 0) -> Points | None:
    """The median of what people received in the last six whole weeks, of those who gave or received; None: too early.

    A younger programme is reckoned up to six weeks. `before`: as it was so many weeks ago.
    """
    back = range(before + 1, before + WEEKS + 1)
    labels = [week_label(ctx.now - timedelta(weeks=one), ctx.tenant_zone) for one in back]
    by_week = [list_someone_in(ctx.tx, ctx.tenant_id, one, MOST_OF_A_WEEK) for one in labels]
    seen = sum(bool(one) for one in by_week)
    people = {person for week in by_week for person in week}
    if seen < LEAST_WEEKS or not people:
        return None
    received = list_received_in(ctx.tx, ctx.tenant_id, labels, people)
    return median_low([received.get(one, 0) for one in sorted(people)]) * WEEKS // seen


def _cheapest(ctx: TenantContext, rewards: Sequence[RewardFact]) -> Points | None:
    """Of what everybody can have today."""
    today = day_in(ctx.now, ctx.tenant_zone)
    there = [one for one in rewards if one.is_open(today) and one.stock != 0 and one.is_for("", "")]
    return min((one.price for one in there), default=None)
