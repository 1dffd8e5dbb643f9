"""Together: people set points aside for a goal until a day. Reached, all is spent; else everybody has theirs back.

Each move locks the pool first, then its reward, then accounts, wallets in the order of their people: nobody waits for
another in a ring. What a move returns is to be sent in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from handlers import approving
from handlers.access import is_administrator, list_administrators
from handlers.budgets import list_spendable
from handlers.context import Context, TenantContext
from handlers.fulfillers import fulfillers
from handlers.ordering import KIND
from handlers.placing import place_for
from handlers.pool_cards import END, GATHERED_S, SUBJECT, WORK, ended_card, follow, pool_card, work_card
from handlers.refusals import Refusal
from handlers.rules.periods import day_in
from handlers.rules.policy import PoolsBy
from handlers.vocabulary import Direct, Post, Send, Subject
from store import ledger
from store.catalogue import RewardFact, find_rewards, lock_reward, take_stock
from store.closings import hold, release, settle
from store.people import Member, list_members
from store.pools import (
    PartFact,
    PartState,
    PoolFact,
    PoolState,
    add_part,
    add_pool,
    change_pool,
    count_open_of,
    end_part,
    find_pool,
    list_invited_to,
    list_parts,
    list_parts_of,
    lock_pool,
    sums_of,
)
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


# --- starting ---------------------------------------------------------------------------------------------


def check_may_start(ctx: Context) -> None:
    """By the policy: everybody, or administrators and whoever has a budget."""
    if ctx.policy.pools_by is PoolsBy.OWNERS and not _answers_for_cost(ctx):
        raise Refusal(
            "not_for_you",
            "Here, shared goals are started by whoever has a budget, and by those who run Plaudit.",
            "They will be glad to hear your idea.",
        )
    if count_open_of(ctx.tx, ctx.tenant_id, ctx.actor.id) >= MOST_OPEN:
        raise Refusal("too_many", f"You have {MOST_OPEN} open already.", "Let one of them come to its end first.")


def _check_size(ctx: Context, goal: Points) -> None:
    """What somebody would have to agree to as an order is started by those who answer for what it costs."""
    asked = approving.Asked(kind=KIND, subject_id="", asker=ctx.actor, points=goal)
    if approving.steps_for(ctx, asked) and not _answers_for_cost(ctx):
        raise Refusal(
            "too_large",
            f"A goal of {goal:,} points is started by whoever has a budget, or runs Plaudit.",
            "Ask one of them, or start a smaller one.",
            field="goal",
        )


def _answers_for_cost(ctx: Context) -> bool:
    return is_administrator(ctx) or bool(list_spendable(ctx))


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


# --- adding, and taking back ------------------------------------------------------------------------------


def get_seen(ctx: Context, pool_id: str) -> PoolFact:
    """A pool that the actor may see. Raises a `Refusal` for any other: buttons and forms may be sent by anybody."""
    return _seen(ctx, find_pool(ctx.tx, ctx.tenant_id, pool_id))


def add_points(ctx: Context, pool_id: str, wanted: Points) -> tuple[PartFact, PoolFact, tuple[Send, ...]]:
    """Sets points of the actor aside: as many as they want, or as are missing if that is less."""
    pool = _locked_open(ctx, pool_id)
    if day_in(ctx.now, ctx.tenant_zone) > pool.ends_on:
        raise Refusal("pool_over", f"{pool.title} was until yesterday.", "All points go back to their people.")
    missing = pool.goal - sums_of(ctx.tx, ctx.tenant_id, [pool.id])[pool.id].points
    reward = None
    if wanted >= missing:
        if pool.reward_id:  # before any account, as whoever orders it does
            reward = lock_reward(ctx.tx, ctx.tenant_id, pool.reward_id)
        missing += _release_leavers(ctx, pool)
    points = min(wanted, missing)
    part = _hold(ctx, pool, points)
    if points < missing:
        return part, pool, follow(pool.id, GATHERED_S)
    pool, sends = _reach(ctx, pool, reward)
    return part, pool, sends


def take_back(ctx: Context, pool_id: str) -> tuple[Points, PoolFact, tuple[Send, ...]]:
    """Everything that the actor set aside for a pool, until it is reached."""
    pool = _locked_open(ctx, pool_id)
    mine = [one for one in list_parts(ctx.tx, ctx.tenant_id, pool.id) if one.person_id == ctx.actor.id]
    if not mine:
        raise Refusal("nothing_there", f"You have no points in {pool.title}.", "Nothing was changed.")
    return _give_back(ctx, mine), pool, follow(pool.id, GATHERED_S)


def _seen(ctx: Context, pool: PoolFact | None) -> PoolFact:
    if pool is None or not _may_see(ctx, pool):
        raise Refusal("no_pool", "I do not know that goal here.", "See what is open: together.")
    return pool


def _may_see(ctx: Context, pool: PoolFact) -> bool:
    if pool.public or pool.starter_id == ctx.actor.id or is_administrator(ctx):
        return True
    if ctx.place is not None and ctx.place.id == pool.place_id:
        return True
    return may_see_apart(ctx, pool)


def may_see_apart(ctx: Context, pool: PoolFact) -> bool:
    """Whether somebody is invited to a pool, or takes part in it."""
    if pool.id in list_invited_to(ctx.tx, ctx.tenant_id, ctx.actor.id):
        return True
    return any(one.pool_id == pool.id for one in list_parts_of(ctx.tx, ctx.tenant_id, ctx.actor.id))


def _locked_open(ctx: Context, pool_id: str) -> PoolFact:
    pool = _seen(ctx, lock_pool(ctx.tx, ctx.tenant_id, pool_id))
    if not pool.is_open:
        raise _ended_already(pool)
    return pool


def _ended_already(pool: PoolFact) -> Refusal:
    how = {
        PoolState.REACHED: "is reached already. Thank you for wanting to join in",
        PoolState.DONE: "is reached already. Thank you for wanting to join in",
        PoolState.CANCELLED: "was cancelled",
    }.get(pool.state, "is over")
    return Refusal("pool_ended", f"{pool.title} {how}.", "Nothing was changed.")


def _hold(ctx: Context, pool: PoolFact, points: Points) -> PartFact:
    part_id, wallet = ctx.new_id(), ledger.wallet(ctx.actor.id)
    try:
        held = hold(ctx.tx, ctx.tenant_id, wallet, part_id, points, f"pool:{part_id}", ctx.now)
    except ledger.InsufficientPoints as short:
        raise Refusal(
            "not_enough",
            f"You have {short.available:,} points to redeem, and this is {points:,}.",
            "Add fewer, if you like." if short.available else "What you receive from now on can go there.",
            field="points",
        ) from short
    part = PartFact(
        id=part_id,
        pool_id=pool.id,
        person_id=ctx.actor.id,
        points=points,
        hold_id=held,
        state=PartState.HELD,
        added_at=ctx.now,
    )
    add_part(ctx.tx, ctx.tenant_id, part)
    return part


# --- the end ----------------------------------------------------------------------------------------------


def cancel_pool(ctx: Context, pool_id: str) -> tuple[PoolFact, tuple[Send, ...]]:
    """By its starter, or an administrator: everybody has their points back, and is told."""
    pool = _locked_open(ctx, pool_id)
    if pool.starter_id != ctx.actor.id and not is_administrator(ctx):
        raise Refusal("not_yours", "Only who started it can cancel it.", "You can take back what is yours.")
    return _end(ctx, pool, PoolState.CANCELLED)


def end_missed(ctx: TenantContext, pool_id: str) -> tuple[Send, ...]:
    """Its day is over. Nothing where somebody was quicker."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    return _end(ctx, pool, PoolState.MISSED)[1] if pool and pool.is_open else ()


def release_leavers(ctx: TenantContext, pool_id: str) -> tuple[Send, ...]:
    """Whoever left has their points back in their wallet, to be treated as the rules say for leavers."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    if pool is None or not pool.is_open or not _release_leavers(ctx, pool):
        return ()
    return follow(pool_id)


def hand_over(ctx: Context, pool_id: str) -> tuple[PoolFact, tuple[Send, ...]]:
    """Somebody saw to what people reached. A second time it changes nothing, and tells who it was."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    if pool is None or not (_helps(ctx, pool) or is_administrator(ctx)):
        raise Refusal("not_yours_to_do", "That is for others to see to.", "Nothing was changed.")
    if pool.state is not PoolState.REACHED:
        return pool, ()
    pool = replace(pool, state=PoolState.DONE, done_by=ctx.actor.id)
    change_pool(ctx.tx, ctx.tenant_id, pool.id, state=pool.state, done_by=pool.done_by)
    return pool, follow(pool.id)


def _reach(ctx: Context, pool: PoolFact, reward: RewardFact | None) -> tuple[PoolFact, tuple[Send, ...]]:
    if reward and reward.stock is not None and not take_stock(ctx.tx, ctx.tenant_id, reward.id):
        return _end(ctx, pool, PoolState.GONE)
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    for one in parts:
        settle(ctx.tx, ctx.tenant_id, one.hold_id, f"pool-spent:{one.id}", ctx.now)
        end_part(ctx.tx, ctx.tenant_id, one.id, PartState.SPENT, ctx.now)
    pool = _move(ctx, pool, PoolState.REACHED)
    card = work_card(ctx.tx, ctx.tenant_id, pool)
    work = tuple(Direct(one, card, Subject(WORK, pool.id)) for one in helpers_of(ctx, pool))
    return pool, (*follow(pool.id), *_tell(ctx, pool, parts), *work)


def _end(ctx: TenantContext, pool: PoolFact, state: PoolState) -> tuple[PoolFact, tuple[Send, ...]]:
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    _give_back(ctx, parts)
    pool = _move(ctx, pool, state)
    return pool, (*follow(pool.id), *_tell(ctx, pool, parts))


def _move(ctx: TenantContext, pool: PoolFact, state: PoolState) -> PoolFact:
    change_pool(ctx.tx, ctx.tenant_id, pool.id, state=state, settled_at=ctx.now)
    return replace(pool, state=state, settled_at=ctx.now)


def _give_back(ctx: TenantContext, parts: Iterable[PartFact]) -> Points:
    points = 0
    for one in parts:
        release(ctx.tx, ctx.tenant_id, one.hold_id, f"pool-back:{one.id}", ctx.now)
        end_part(ctx.tx, ctx.tenant_id, one.id, PartState.BACK, ctx.now)
        points += one.points
    return points


def _release_leavers(ctx: TenantContext, pool: PoolFact) -> Points:
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    here = {one.id for one in list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in parts}) if one.active}
    return _give_back(ctx, [one for one in parts if one.person_id not in here])


def _tell(ctx: TenantContext, pool: PoolFact, parts: Iterable[PartFact]) -> tuple[Send, ...]:
    """Its starter and everybody who took part, once."""
    people = sorted({pool.starter_id, *(one.person_id for one in parts)})
    card = ended_card(ctx.tx, ctx.tenant_id, pool)
    members = [one for one in list_members(ctx.tx, ctx.tenant_id, people) if one.active]
    return tuple(Direct(one, card, Subject(END, pool.id)) for one in members)


# --- who sees to it ---------------------------------------------------------------------------------------


def helpers_of(ctx: TenantContext, pool: PoolFact) -> list[Member]:
    """Whoever was named, or hands the reward out; else administrators."""
    if pool.reward_id:
        reward = find_rewards(ctx.tx, ctx.tenant_id, [pool.reward_id])[pool.reward_id]
        return fulfillers(ctx, reward, pool.starter_id)
    named = [one for one in list_members(ctx.tx, ctx.tenant_id, [pool.helper_id]) if one.active]
    return named or list_administrators(ctx)


def _helps(ctx: Context, pool: PoolFact) -> bool:
    return ctx.actor.id in {one.id for one in helpers_of(ctx, pool)}
