"""Starting a shared goal: who may, and how large; it is posted where it was started, and told to whoever is invited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from handlers import approving
from handlers.context import Context
from handlers.ordering import KIND
from handlers.placing import place_for
from handlers.pool_cards import SUBJECT, pool_card
from handlers.pool_rights import answers_for_cost
from handlers.refusals import Refusal
from handlers.rules.policy import PoolsBy
from handlers.vocabulary import Direct, Post, Send, Subject
from store.catalogue import RewardFact
from store.people import Member
from store.pools import PoolFact, PoolState, add_pool, count_open_of
from store.recognitions import Audience
from store.types import Points

MOST_OPEN = 5
"""Pools of one starter at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What somebody wants to start. Not `posted`: only those who are invited see it."""

    title: str
    reward: RewardFact | None
    helper: Member
    goal: Points
    ends_on: date
    invited: tuple[Member, ...]
    posted: bool


def check_may_start(ctx: Context) -> None:
    """By the policy: everybody, or administrators and whoever has a budget."""
    if ctx.policy.pools_by is PoolsBy.OWNERS and not answers_for_cost(ctx):
        raise Refusal(
            "not_for_you",
            "Here, shared goals are started by whoever has a budget, and by those who run Plaudit.",
            "They will be glad to hear your idea.",
        )
    if count_open_of(ctx.tx, ctx.tenant_id, ctx.actor.id) >= MOST_OPEN:
        raise Refusal("too_many", f"You have {MOST_OPEN} open already.", "Let one of them come to its end first.")


def start_pool(ctx: Context, wished: Wished) -> tuple[PoolFact, tuple[Send, ...]]:
    """Starts one, posts it where it was started, and tells whoever is invited."""
    check_may_start(ctx)
    _check_size(ctx, wished.goal)
    placement = place_for(ctx, Audience.HERE if wished.posted else Audience.RECEIVERS)
    if not placement.posts and not wished.invited:
        raise Refusal("nobody_sees_it", "Nobody would see it.", "Invite somebody, please.", field="invited")
    fact = PoolFact(
        id=ctx.new_id(),
        starter_id=ctx.actor.id,
        title=wished.title,
        reward_id=wished.reward.id if wished.reward else None,
        helper_id=wished.helper.id,
        goal=wished.goal,
        ends_on=wished.ends_on,
        place_id=placement.posts[0].id if placement.posts else "",
        public=placement.public,
        state=PoolState.OPEN,
        started_at=ctx.now,
    )
    add_pool(ctx.tx, ctx.tenant_id, fact, [one.id for one in wished.invited])
    card = pool_card(ctx.tx, ctx.tenant_id, fact)
    posts = tuple(Post(place, card, Subject(SUBJECT, fact.id)) for place in placement.posts)
    told = tuple(Direct(one, card, Subject(SUBJECT, fact.id)) for one in wished.invited if one.id != ctx.actor.id)
    return fact, (*posts, *told)


def _check_size(ctx: Context, goal: Points) -> None:
    """What somebody would have to agree to as an order is started by those who answer for what it costs."""
    asked = approving.Asked(kind=KIND, subject_id="", asker=ctx.actor, points=goal)
    if approving.steps_for(ctx, asked) and not answers_for_cost(ctx):
        raise Refusal(
            "too_large",
            f"A goal of {goal:,} points is started by whoever has a budget, or runs Plaudit.",
            "Ask one of them, or start a smaller one.",
            field="goal",
        )
