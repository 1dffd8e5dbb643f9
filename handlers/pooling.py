"""Adding points to a shared goal, and taking them back: they are holds, until it is reached.

The pool is locked first, then its reward, then accounts: nobody waits for another in a ring.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.pool_cards import GATHERED_S, follow
from handlers.pool_ending import give_back, give_back_to_leavers, reach
from handlers.pool_rights import lock_open
from handlers.refusals import Refusal
from handlers.rules.periods import day_in
from handlers.vocabulary import Send
from store import ledger
from store.catalogue import lock_reward
from store.closings import hold
from store.pools import PartFact, PartState, PoolFact, add_part, list_parts, sums_of
from store.types import Points


def add_points(ctx: Context, pool_id: str, wanted: Points) -> tuple[PartFact, PoolFact, tuple[Send, ...]]:
    """Sets points of the actor aside: as many as they want, or as are missing if that is less."""
    pool = lock_open(ctx, pool_id)
    if day_in(ctx.now, ctx.tenant_zone) > pool.ends_on:
        raise Refusal("pool_over", f"{pool.title} was until yesterday.", "All points go back to their people.")
    missing = pool.goal - sums_of(ctx.tx, ctx.tenant_id, [pool.id])[pool.id].points
    reward = None
    if wanted >= missing:
        if pool.reward_id:  # before any account, as whoever orders it does
            reward = lock_reward(ctx.tx, ctx.tenant_id, pool.reward_id)
        missing += give_back_to_leavers(ctx, pool)
    points = min(wanted, missing)
    part = _hold(ctx, pool, points)
    if points < missing:
        return part, pool, follow(pool.id, GATHERED_S)
    pool, sends = reach(ctx, pool, reward)
    return part, pool, sends


def take_back(ctx: Context, pool_id: str) -> tuple[Points, PoolFact, tuple[Send, ...]]:
    """Everything that the actor set aside for a pool, until it is reached."""
    pool = lock_open(ctx, pool_id)
    mine = [one for one in list_parts(ctx.tx, ctx.tenant_id, pool.id) if one.person_id == ctx.actor.id]
    if not mine:
        raise Refusal("nothing_there", f"You have no points in {pool.title}.", "Nothing was changed.")
    return give_back(ctx, mine), pool, follow(pool.id, GATHERED_S)


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
