"""Whether points become something in time: what a usual participant receives in six weeks against the cheapest reward.

Looked up for a few hundred people of each week, however many there are: whoever asks waits for the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from statistics import median_low

from handlers.context import Context
from handlers.rules.periods import day_in, week_label
from store.catalogue import RewardFact
from store.tallies import list_received_in, list_someone_in
from store.types import Points

WEEKS = 6
LEAST_WEEKS = 2
"""With less to look back on nobody can tell."""
MOST_OF_A_WEEK = 500


def too_dear(ctx: Context, rewards: Sequence[RewardFact]) -> str:
    """A warning in a sentence with the next step; empty where all is well, or nobody can tell yet."""
    cheapest = _cheapest(ctx, rewards)
    usual = usual_points(ctx) if cheapest else None
    if cheapest is None or usual is None or usual >= cheapest:
        return ""
    return (
        f"A usual participant receives about {usual:,} points in six weeks, and the cheapest reward takes "
        f"{cheapest:,}. Make one cheaper, or let people give more: else most wait longer than six weeks for anything."
    )


def usual_points(ctx: Context) -> Points | None:
    """The median of what people received in the last six whole weeks, of those who gave or received; None: too early.

    A younger programme is reckoned up to six weeks.
    """
    labels = [week_label(ctx.now - timedelta(weeks=one), ctx.tenant_zone) for one in range(1, WEEKS + 1)]
    by_week = [list_someone_in(ctx.tx, ctx.tenant_id, one, MOST_OF_A_WEEK) for one in labels]
    seen = sum(bool(one) for one in by_week)
    people = {person for week in by_week for person in week}
    if seen < LEAST_WEEKS or not people:
        return None
    received = list_received_in(ctx.tx, ctx.tenant_id, labels, people)
    return median_low([received.get(one, 0) for one in sorted(people)]) * WEEKS // seen


def _cheapest(ctx: Context, rewards: Sequence[RewardFact]) -> Points | None:
    """Of what everybody can have today."""
    today = day_in(ctx.now, ctx.tenant_zone)
    there = [one for one in rewards if one.is_open(today) and one.stock != 0 and one.is_for("", "")]
    return min((one.price for one in there), default=None)
