"""What the demo organisation does together: a breakfast that people add points to, and a yearly amount to divide."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.context import Context
from handlers.pool_starting import Wished, start_pool
from handlers.pooling import add_points
from store import ledger
from store.benefits import BenefitFact, Group, KindFact, add_benefit
from store.people import Member, list_persons

GOAL, EACH, RESERVE = 150, 10, 40
"""Points; whoever has not so many left keeps theirs, to try the catalogue with."""
DAYS = timedelta(days=12)
KINDS = (KindFact("Wellness", 50), KindFact("Public transport", 100), KindFact("Learning", 100))


def add_together(ctx: Context, now: datetime) -> None:
    """As colleagues and an administrator would have; `ctx` is theirs."""
    ctx = replace(ctx, now=now)
    wished = Wished(
        title="Breakfast for everybody",
        reward=None,
        helper=ctx.actor,
        goal=GOAL,
        ends_on=(now + DAYS).date(),
        invited=(),
        posted=True,
    )
    pool, _ = start_pool(ctx, wished)
    for one in _who_have_some(ctx)[: GOAL // EACH // 2]:
        add_points(replace(ctx, actor=one), pool.id, EACH)
    fact = BenefitFact(
        id=ctx.new_id(),
        title=f"Benefits {now.year + 1}",
        amount=60_000,
        currency="EUR",
        segment=Group.ALL,
        value="",
        kinds=KINDS,
        ends_on=(now + 3 * DAYS).date(),
        made_at=now,
    )
    add_benefit(ctx.tx, ctx.tenant_id, fact)


def _who_have_some(ctx: Context) -> list[Member]:
    people = [one for one in list_persons(ctx.tx, ctx.tenant_id) if one.active and one.kind == "member"]
    people.sort(key=lambda one: one.name)
    return [one for one in people if _wallet(ctx, one) >= RESERVE + EACH and one.id != ctx.actor.id]


def _wallet(ctx: Context, one: Member) -> int:
    return ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(one.id))
