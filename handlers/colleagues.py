"""Colleagues somebody has not thanked in a while, and why just those: shown to who agreed, about who agreed.

They are taken from what the organisation told (manager, department) and from thanks that went to them together.
Nothing is read from messages.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.access import why_not_receive
from handlers.context import Context
from handlers.purposes import Purpose, agrees, who_agrees
from handlers.rules.periods import week_label
from store.looking_back import list_thanked, list_thanked_together
from store.people import Member, list_members
from store.teammates import list_teammates

A_WHILE = timedelta(weeks=8)
TOGETHER = timedelta(days=365)
"""How long thanks to two people together connect them."""
MOST = 3
MOST_TEAMMATES = 300
"""Of each kind that are looked at: a department may have thousands."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`together_at` None: they are in the same team."""

    person: Member
    together_at: datetime | None


def suggest(ctx: Context) -> list[Suggestion]:
    """At most three, other ones each week; none where the asker did not agree."""
    if not agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.SUGGESTION, ctx.actor.id):
        return []
    me = ctx.actor.id
    together = list_thanked_together(ctx.tx, ctx.tenant_id, me, ctx.now - TOGETHER)
    team = list_teammates(ctx.tx, ctx.tenant_id, me, MOST_TEAMMATES)
    lately = list_thanked(ctx.tx, ctx.tenant_id, me, ctx.now - A_WHILE)
    candidates = ({*together, *team}) - lately - {me}
    agreed = who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.SUGGESTION, candidates)
    people = [one for one in list_members(ctx.tx, ctx.tenant_id, agreed) if why_not_receive(one, ctx.policy) is None]
    week = week_label(ctx.now, ctx.tenant_zone)
    chosen = sorted(people, key=lambda one: _lot(week, me, one.id))[:MOST]
    return [Suggestion(one, together.get(one.id)) for one in chosen]


def _lot(week: str, *people: str) -> str:
    """A lot that falls anew each week, and the same way all week long."""
    return hashlib.sha256(" ".join((week, *people)).encode()).hexdigest()
