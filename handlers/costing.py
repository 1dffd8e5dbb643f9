"""Where the figures of costs come from: what everybody gets, and how much of it was given lately."""

from __future__ import annotations

from dataclasses import replace

from handlers.allowances import whole_allowance
from handlers.context import Context
from handlers.rules.costs import WEEKS, Costs, costs_of, share_given
from handlers.rules.periods import Every, Span, day_in, span_of, spans_before
from handlers.rules.policy import Policy
from store.allowances import count_givers, find_giver, list_givers
from store.boards import sum_points_given
from store.types import Points


def granted_to_all(ctx: Context) -> tuple[int, Points]:
    """How many people can give, and what they get together in one whole period."""
    if not ctx.programme.allowance_rules:
        people = count_givers(ctx.tx, ctx.tenant_id)
        return people, people * ctx.policy.allowance
    givers = list_givers(ctx.tx, ctx.tenant_id)
    return len(givers), sum(whole_allowance(ctx, one) for one in givers)


def whole_weeks(ctx: Context) -> list[Span]:
    """The last ones, by the tenant's calendar, that were over since the programme began; the latest first."""
    began = day_in(find_giver(ctx.tx, ctx.tenant_id, ctx.actor.id).programme_since, ctx.tenant_zone)
    this_week = span_of(Every.WEEK, day_in(ctx.now, ctx.tenant_zone))
    return [one for one in spans_before(Every.WEEK, this_week, WEEKS) if one.first >= began]


def costs_now(ctx: Context, granted: Points, weeks: list[Span], lived: Policy | None = None) -> Costs:
    """What allowances can bring into wallets by the policy of the context.

    `lived` is the one that people gave under, where that of the context is only thought of: they give the same share of
    more, and not a smaller one.
    """
    given = sum(sum_points_given(ctx.tx, ctx.tenant_id, one.label) for one in weeks)
    then = granted_to_all(replace(ctx, policy=lived))[1] if lived else granted
    share = share_given((lived or ctx.policy).allowance_period, then, len(weeks), given)
    return costs_of(ctx.policy.allowance_period, ctx.policy.rollover_periods, granted, share)
