"""Badges that are earned: looked up once a day, so that no gift waits for it, and told in a message of their own."""

from __future__ import annotations

from datetime import time, timedelta

from handlers.context import TenantContext
from handlers.purposes import Purpose, who_agrees
from handlers.registry import tick
from handlers.rules.earning import earned_of, is_earnable, told
from handlers.rules.instants import Daily
from handlers.vocabulary import BadgePicture, Card, Direct, Subject, Tick, Turned
from store.earned_badges import add_earned, count_for, list_active, list_earned
from store.people import Member, list_members
from store.programme import BadgeFact, Earning

EARNED = "badge_earned"
PAGE = 200
LIFE = timedelta(days=7)


@tick("badges", rule=Daily(time(8)), by_tenant=True)
def award_earned(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of the people, in the order of their ids. A badge is earned once, and never lost again."""
    badges = [one for one in ctx.programme.current_badges if is_earnable(one)]
    if not badges:
        return Turned()
    people = list_active(ctx.tx, ctx.tenant_id, tick.page, PAGE)
    counted = count_for(ctx.tx, ctx.tenant_id, people, with_people=any(one.earning is Earning.PEOPLE for one in badges))
    had = list_earned(ctx.tx, ctx.tenant_id, people)
    new = {one: [badge for badge in earned_of(badges, counted[one]) if badge.id not in had[one]] for one in people}
    for person_id, earned in new.items():
        add_earned(ctx.tx, ctx.tenant_id, person_id, [badge.id for badge in earned], ctx.now)
    earning = [one for one, earned in new.items() if earned]
    told_of_it = who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.MILESTONE, earning)
    members = list_members(ctx.tx, ctx.tenant_id, told_of_it)
    sends = tuple(_told(one, new[one.id], ctx) for one in sorted(members, key=lambda one: one.id))
    return Turned(sends, next_page=people[-1] if len(people) == PAGE else "")


def _told(member: Member, badges: list[BadgeFact], ctx: TenantContext) -> Direct:
    """One message, however many there are."""
    rows = [
        {
            "emoji": one.emoji,
            "title": one.title,
            "meaning": one.meaning,
            "earned": told(one),
            "picture": BadgePicture(ctx.tenant_id, one.id, one.emoji, one.title, one.picture),
        }
        for one in badges
    ]
    return Direct(
        member,
        Card(EARNED, {"badges": rows}),
        Subject(EARNED, f"{member.id}/{ctx.now.date()}"),
        unasked=Purpose.MILESTONE,
        expires_at=ctx.now + LIFE,
    )
