"""How a shared goal ends: reached, and all is spent; or not, and everybody has theirs back. Once, and told once.

Each move locks the pool first, then its reward, then accounts, wallets in the order of their people: nobody waits for
another in a ring. What a move returns is to be sent in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from handlers.back_in_stock import notice_stock
from handlers.context import Context, TenantContext
from handlers.fulfillers import MANUAL
from handlers.pool_cards import END, WORK, ended_card, follow, work_card
from handlers.pool_rights import helpers_of, lock_helped, lock_open, may_cancel
from handlers.refusals import Refusal
from handlers.rules.periods import day_in
from handlers.vocabulary import Direct, Send, Subject
from store import ledger
from store.audit import AuditFact, add_audit
from store.catalogue import RewardFact, lock_reward, put_back, take_stock
from store.closings import release, settle
from store.people import list_members
from store.pools import PartFact, PartState, PoolFact, PoolState, change_pool, end_part, list_parts, lock_pool
from store.types import Points

REFUND = "pool-refund"
"""Points of a goal that was reached come back to a wallet: the kind of the transaction, and how its act begins."""


def cancel_pool(ctx: Context, pool_id: str) -> tuple[PoolFact, tuple[Send, ...]]:
    """By its starter, or an administrator: everybody has their points back, and is told."""
    pool = lock_open(ctx, pool_id)
    if not may_cancel(ctx, pool):
        raise Refusal("not_yours", "Only who started it can cancel it.", "You can take back what is yours.")
    return _end(ctx, pool, PoolState.CANCELLED)


def end_missed(ctx: TenantContext, pool_id: str) -> tuple[Send, ...]:
    """Its day is over. Nothing where somebody was quicker."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    return _end(ctx, pool, PoolState.MISSED)[1] if pool and pool.is_open else ()


def reach(ctx: TenantContext, pool: PoolFact, reward: RewardFact | None) -> tuple[PoolFact, tuple[Send, ...]]:
    """It has all it needs. `reward` is locked; what cannot be had any more gives everybody theirs back."""
    if reward and not _is_there(ctx, reward):
        return _end(ctx, pool, PoolState.GONE)
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    for one in parts:
        settle(ctx.tx, ctx.tenant_id, one.hold_id, f"pool-spent:{one.id}", ctx.now)
        end_part(ctx.tx, ctx.tenant_id, one.id, PartState.SPENT, ctx.now)
    pool = _move(ctx, pool, PoolState.REACHED)
    helpers = helpers_of(ctx, pool)
    work = tuple(Direct(one, work_card(ctx.tx, ctx.tenant_id, pool, one.id), Subject(WORK, pool.id)) for one in helpers)
    told = {pool.starter_id} & {one.id for one in helpers}  # whoever started it and sees to it hears once, with buttons
    return pool, (*follow(pool.id), *_tell(ctx, pool, parts, but=told), *work)


def _is_there(ctx: TenantContext, reward: RewardFact) -> bool:
    """Takes it from the stock. The catalogue may be another by now than it was when people began."""
    if reward.fulfilment != MANUAL or not reward.is_open(day_in(ctx.now, ctx.tenant_zone)):
        return False
    return reward.stock is None or take_stock(ctx.tx, ctx.tenant_id, reward.id)


# --- once it is reached -----------------------------------------------------------------------------------


def hand_over(ctx: Context, pool_id: str) -> tuple[PoolFact, tuple[Send, ...]]:
    """Somebody saw to what people reached. A second time it changes nothing, and tells who it was."""
    pool = lock_helped(ctx, pool_id)
    if pool.state is not PoolState.REACHED:
        return pool, ()
    pool = replace(pool, state=PoolState.DONE, done_by=ctx.actor.id)
    change_pool(ctx.tx, ctx.tenant_id, pool.id, state=pool.state, done_by=pool.done_by)
    return pool, follow(pool.id)


def give_up(ctx: Context, pool_id: str) -> tuple[PoolFact, tuple[Send, ...]]:
    """What people reached cannot be had after all: everybody has their points back, as new as on that day."""
    pool = lock_helped(ctx, pool_id)
    if pool.state is not PoolState.REACHED:
        return pool, ()
    _put_back(ctx, pool)
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id, PartState.SPENT)
    for one in parts:
        _refund(ctx, one)
    change_pool(ctx.tx, ctx.tenant_id, pool.id, done_by=ctx.actor.id)
    _audit(ctx, pool)
    pool = _move(ctx, replace(pool, done_by=ctx.actor.id), PoolState.GONE)
    return pool, (*follow(pool.id), *_tell(ctx, pool, parts))


def _audit(ctx: Context, pool: PoolFact) -> None:
    """What was spent comes back: those who answer for the cost can see whose word that was."""
    details = {"title": pool.title, "points": pool.goal}
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="shared goal given back",
        subject_id=pool.id,
        details=details,
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)


def _put_back(ctx: TenantContext, pool: PoolFact) -> None:
    reward = lock_reward(ctx.tx, ctx.tenant_id, pool.reward_id) if pool.reward_id else None
    if reward and reward.stock is not None and reward.fulfilment == MANUAL:
        put_back(ctx.tx, ctx.tenant_id, reward.id)
        notice_stock(ctx, reward, replace(reward, stock=reward.stock + 1))


def _refund(ctx: TenantContext, part: PartFact) -> None:
    moved = ledger.Posting(ledger.Side.SPENT, ledger.wallet(part.person_id), part.points)
    ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(REFUND, f"{REFUND}:{part.id}", ctx.now, ctx.now, [moved]))
    end_part(ctx.tx, ctx.tenant_id, part.id, PartState.BACK, ctx.now, was=PartState.SPENT)


# --- giving back ------------------------------------------------------------------------------------------


def give_back(ctx: TenantContext, parts: Iterable[PartFact]) -> Points:
    """Of a pool that is locked and open."""
    points = 0
    for one in parts:
        release(ctx.tx, ctx.tenant_id, one.hold_id, f"pool-back:{one.id}", ctx.now)
        end_part(ctx.tx, ctx.tenant_id, one.id, PartState.BACK, ctx.now)
        points += one.points
    return points


def release_leavers(ctx: TenantContext, pool_id: str) -> tuple[Send, ...]:
    """Whoever left has their points back in their wallet, to be treated as the rules say for leavers."""
    pool = lock_pool(ctx.tx, ctx.tenant_id, pool_id)
    return follow(pool_id) if pool and pool.is_open and give_back_to_leavers(ctx, pool) else ()


def give_back_to_leavers(ctx: TenantContext, pool: PoolFact) -> Points:
    """Of a pool that is locked and open."""
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    here = {one.id for one in list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in parts}) if one.active}
    return give_back(ctx, [one for one in parts if one.person_id not in here])


def _end(ctx: TenantContext, pool: PoolFact, state: PoolState) -> tuple[PoolFact, tuple[Send, ...]]:
    parts = list_parts(ctx.tx, ctx.tenant_id, pool.id)
    give_back(ctx, parts)
    pool = _move(ctx, pool, state)
    return pool, (*follow(pool.id), *_tell(ctx, pool, parts))


def _move(ctx: TenantContext, pool: PoolFact, state: PoolState) -> PoolFact:
    change_pool(ctx.tx, ctx.tenant_id, pool.id, state=state, settled_at=ctx.now)
    return replace(pool, state=state, settled_at=ctx.now)


def _tell(
    ctx: TenantContext, pool: PoolFact, parts: Iterable[PartFact], *, but: Collection[str] = ()
) -> tuple[Send, ...]:
    """Its starter and everybody who took part, once. `but`: who hears of it by another message, by id."""
    people = sorted({pool.starter_id, *(one.person_id for one in parts)}.difference(but))
    card = ended_card(ctx.tx, ctx.tenant_id, pool)
    members = [one for one in list_members(ctx.tx, ctx.tenant_id, people) if one.active]
    return tuple(Direct(one, card, Subject(END, pool.id)) for one in members)
