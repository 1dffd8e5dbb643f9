"""Who hands out: those who are named with a reward, else administrators."""

from __future__ import annotations

from handlers.access import list_administrators
from handlers.context import TenantContext
from store.catalogue import RewardFact
from store.people import Member, list_members

MANUAL = "manual"
"""The kind of fulfilment by hand."""
PEOPLE = "people"
"""Of its settings: ids of those who hand it out."""
GONE = "gone"
"""Those of them who left, and whose open orders others have by now."""


def fulfillers(ctx: TenantContext, reward: RewardFact, orderer_id: str) -> list[Member]:
    """Who hands a reward out to somebody: those named who are here, else administrators; oneself only if alone."""
    named = _named(ctx, reward)
    administrators = list_administrators(ctx)
    for group in (named, administrators):
        if others := [one for one in group if one.id != orderer_id]:
            return others
    return named or administrators


def _named(ctx: TenantContext, reward: RewardFact) -> list[Member]:
    ids = reward.settings.get(PEOPLE, []) if reward.fulfilment == MANUAL else []
    people = [one for one in list_members(ctx.tx, ctx.tenant_id, ids) if one.active] if ids else []
    return sorted(people, key=lambda one: one.id)
