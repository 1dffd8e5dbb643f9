"""The same award once more: who typed it twice, or sent two previews of it, is asked before the second one."""

from __future__ import annotations

from datetime import timedelta

from handlers.award_checks import Wished
from handlers.context import Context
from store.awards import AwardFact, AwardState, list_awards
from store.budgets import lock_budgets
from store.recognitions import find_recognition

WITHIN = timedelta(minutes=10)
"""Longer than for a kudos: an award is looked at before it is sent."""
LOOKED_AT = 20
_STANDS = (AwardState.ASKED, AwardState.DUE, AwardState.GIVEN)


def is_again(ctx: Context, wished: Wished, *, alone: bool = False) -> bool:
    """Whether the actor awarded the same to the same people for the same some minutes ago, and it stands.

    `alone`: nobody else awards before this transaction ends, so that of two that are sent at once one sees the other.
    """
    if alone:
        lock_budgets(ctx.tx, ctx.tenant_id)
    latest = list_awards(ctx.tx, ctx.tenant_id, ctx.actor.id, most=LOOKED_AT)
    return any(_is_same(one, wished) and _stands(ctx, one) for one in latest if one.asked_at > ctx.now - WITHIN)


def _is_same(fact: AwardFact, wished: Wished) -> bool:
    """Another badge, day or budget is meant as another one; who sees it makes none."""
    told = (fact.points, fact.reason, fact.badge_id, fact.arrives_on, fact.budget_id)
    meant = (wished.points, wished.reason, wished.badge_id, wished.arrives_on, wished.budget_id)
    return told == meant and set(fact.receiver_ids) == {one.id for one in wished.receivers}


def _stands(ctx: Context, fact: AwardFact) -> bool:
    if fact.state is not AwardState.GIVEN:
        return fact.state in _STANDS
    given = find_recognition(ctx.tx, ctx.tenant_id, fact.id)
    return given is not None and given.taken_back_at is None
