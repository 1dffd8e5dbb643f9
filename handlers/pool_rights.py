"""Who may do what with a shared goal: see it, start one whatever it costs, see to it once it is reached."""

from __future__ import annotations

from handlers.access import is_administrator, list_administrators
from handlers.budgets import list_spendable
from handlers.context import Context, TenantContext
from handlers.fulfillers import fulfillers
from handlers.refusals import Refusal
from handlers.reward_words import command_name
from store.catalogue import find_rewards
from store.people import Member, list_members
from store.pools import PoolFact, PoolState, find_pool, list_invited_to, list_parts_of, lock_pool


def get_seen(ctx: Context, pool_id: str) -> PoolFact:
    """A pool that the actor may see. Raises a `Refusal` for any other: buttons and forms may be sent by anybody."""
    return _seen(ctx, find_pool(ctx.tx, ctx.tenant_id, pool_id))


def lock_open(ctx: Context, pool_id: str) -> PoolFact:
    """One that the actor may see and that is open, which nobody else changes. Raises a `Refusal`."""
    pool = _seen(ctx, lock_pool(ctx.tx, ctx.tenant_id, pool_id))
    if not pool.is_open:
        raise _ended_already(pool)
    return pool


def lock_helped(ctx: Context, pool_id: str) -> PoolFact:
    """One that the actor sees to, which nobody else changes. Raises a `Refusal`."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    if pool is None or not (_helps(ctx, pool) or is_administrator(ctx)):
        raise Refusal("not_yours_to_do", "That is for others to see to.", "Nothing was changed.")
    return pool


def may_cancel(ctx: Context, pool: PoolFact) -> bool:
    return pool.starter_id == ctx.actor.id or is_administrator(ctx)


def answers_for_cost(ctx: Context) -> bool:
    return is_administrator(ctx) or bool(list_spendable(ctx))


def helpers_of(ctx: TenantContext, pool: PoolFact) -> list[Member]:
    """Whoever was named, or hands the reward out; else administrators."""
    if pool.reward_id:
        reward = find_rewards(ctx.tx, ctx.tenant_id, [pool.reward_id])[pool.reward_id]
        return fulfillers(ctx, reward, pool.starter_id)
    named = [one for one in list_members(ctx.tx, ctx.tenant_id, [pool.helper_id]) if one.active]
    return named or list_administrators(ctx)


def _helps(ctx: Context, pool: PoolFact) -> bool:
    return ctx.actor.id in {one.id for one in helpers_of(ctx, pool)}


def _seen(ctx: Context, pool: PoolFact | None) -> PoolFact:
    if pool is None or not _may_see(ctx, pool):
        raise Refusal("no_pool", "I do not know that goal here.", f"See what is open: {command_name(ctx)} together.")
    return pool


def _may_see(ctx: Context, pool: PoolFact) -> bool:
    """It is everybody's, or was posted here, or they started it, run the program, are invited or take part."""
    if pool.public or pool.starter_id == ctx.actor.id or is_administrator(ctx):
        return True
    if ctx.place is not None and ctx.place.id == pool.place_id:
        return True
    if pool.id in list_invited_to(ctx.tx, ctx.tenant_id, ctx.actor.id):
        return True
    return any(one.pool_id == pool.id for one in list_parts_of(ctx.tx, ctx.tenant_id, ctx.actor.id))


def _ended_already(pool: PoolFact) -> Refusal:
    how = {
        PoolState.REACHED: "is reached already, thanks to all who joined in",
        PoolState.DONE: "is reached already, thanks to all who joined in",
        PoolState.CANCELLED: "was cancelled",
    }.get(pool.state, "is over")
    return Refusal("pool_ended", f"{pool.title} {how}.", "Nothing was changed.")
