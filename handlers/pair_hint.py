"""A kind word to a giver, and to nobody else, when most of their thanks went to one person.

Only where the policy asks for it. It is a line of the giver's own confirmation; what is kept is that they had one,
so that there are two weeks between them, and not about whom.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.context import Context
from handlers.rules.periods import week_label
from store.nudges import Kind, claim_nudges
from store.pairs import find_closest
from store.people import Member

WEEKS = 8
SHARE = 60
"""Per cent of the gifts of these weeks that went to one person."""
LEAST = 6
"""Gifts to that person: fewer say nothing."""
APART = timedelta(days=14)


def mostly_thanked(ctx: Context, receivers: Sequence[Member]) -> Member | None:
    """Who of the receivers of a gift that was just given got most of the giver's thanks, if it is to be said now.

    Thanks to somebody else are what the hint is for, and bring none.
    """
    if not ctx.policy.pair_limit:
        return None
    closest = find_closest(ctx.tx, ctx.tenant_id, ctx.actor.id, ctx.now - timedelta(weeks=WEEKS))
    if closest is None or closest.gifts < LEAST or closest.gifts * 100 < closest.of * SHARE:
        return None
    meant = next((one for one in receivers if one.id == closest.person_id), None)
    return meant if meant and _may_say(ctx) else None


def _may_say(ctx: Context) -> bool:
    kind = Kind("pair", week_label(ctx.now, ctx.zone), APART)
    return bool(claim_nudges(ctx.tx, ctx.tenant_id, kind, [ctx.actor.id], ctx.now))
