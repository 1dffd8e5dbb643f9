"""What people see of a pool: the post with its bar, their own part, the work of whoever sees to it, and its end.

A post tells how much there is and of how many people, never who gave how much.
"""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.context import Context, who
from handlers.pool_rights import may_cancel
from handlers.registry import view
from handlers.vocabulary import Card, Send, Subject, Touch
from store.outbox import Due
from store.people import list_members
from store.pools import PoolFact, find_pool, list_parts, sums_of

SUBJECT, END, WORK = "pool", "pool_end", "pool_work"
"""Of the posts and invitations, of the message about its end, and of that to whoever sees to it."""
USUAL = 10
"""Points of one tap."""
GATHERED_S = 3
"""Taps of so many seconds are shown by one edit of the post."""


def follow(pool_id: str, within_s: int = 0) -> tuple[Send, ...]:
    """Every message that shows a pool follows what happened to it."""
    return tuple(Touch(Subject(one, pool_id), within_s=within_s) for one in (SUBJECT, END, WORK))


@view("pool")
def show_pool(tx: Connection, due: Due) -> Card | None:
    pool = find_pool(tx, due.tenant_id, due.subject_id)
    return pool_card(tx, due.tenant_id, pool) if pool else None


@view("pool_ended")
def show_ended(tx: Connection, due: Due) -> Card | None:
    pool = find_pool(tx, due.tenant_id, due.subject_id)
    return ended_card(tx, due.tenant_id, pool) if pool else None


@view("pool_work")
def show_work(tx: Connection, due: Due) -> Card | None:
    pool = find_pool(tx, due.tenant_id, due.subject_id)
    return work_card(tx, due.tenant_id, pool, due.reader_id or "") if pool else None


def pool_card(tx: Connection, tenant_id: str, pool: PoolFact) -> Card:
    """For everybody who may see it."""
    (starter,) = list_members(tx, tenant_id, [pool.starter_id])
    missing = pool.goal - sums_of(tx, tenant_id, [pool.id])[pool.id].points
    usual = min(USUAL, max(0, missing))
    own = {"starter": who(starter), "usual": usual, "tap": {"values": {"points": str(usual)}}}
    return Card("pool", facts_of(tx, tenant_id, pool) | own)


def own_card(ctx: Context, pool: PoolFact, done: str = "") -> Card:
    """The actor's own part of it."""
    mine = sum(one.points for one in list_parts(ctx.tx, ctx.tenant_id, pool.id) if one.person_id == ctx.actor.id)
    own = {"done": done, "mine": mine, "cancels": may_cancel(ctx, pool)}
    return Card("pool_own", facts_of(ctx.tx, ctx.tenant_id, pool) | own)


def ended_card(tx: Connection, tenant_id: str, pool: PoolFact) -> Card:
    """For everybody who took part, once it is reached or over."""
    return Card("pool_ended", facts_of(tx, tenant_id, pool) | {"helper": _name(tx, tenant_id, pool.done_by)})


def work_card(tx: Connection, tenant_id: str, pool: PoolFact, reader_id: str) -> Card:
    """For whoever sees to what people reached together: who started it may be the reader."""
    (starter,) = list_members(tx, tenant_id, [pool.starter_id])
    own = {
        "starter": who(starter),
        "helper": _name(tx, tenant_id, pool.done_by),
        "yours": reader_id == pool.starter_id,
    }
    return Card("pool_work", facts_of(tx, tenant_id, pool) | own)


def facts_of(tx: Connection, tenant_id: str, pool: PoolFact) -> dict[str, object]:
    """What every card of it shows."""
    inside = sums_of(tx, tenant_id, [pool.id])[pool.id]
    return {
        "id": pool.id,
        "title": pool.title,
        "goal": pool.goal,
        "have": inside.points,
        "people": inside.people,
        "until": pool.ends_on,
        "state": pool.state.value,
    }


def _name(tx: Connection, tenant_id: str, person_id: str) -> str:
    return next((one.name for one in list_members(tx, tenant_id, [person_id])), "") if person_id else ""
