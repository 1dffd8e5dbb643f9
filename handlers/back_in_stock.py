"""“Tell me when it is back”: whoever asked hears of it once, when there is some of it again."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from handlers.context import TenantContext, zone_of_tenant
from handlers.fulfilment import kinds
from handlers.purposes import Purpose, who_agrees
from handlers.registry import tick, view
from handlers.rules.categories import category_of
from handlers.rules.periods import day_in
from handlers.ticks import schedule_once
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.catalogue import RewardFact, find_rewards, list_to_tell, quieten
from store.outbox import Due
from store.people import Member, list_members
from store.person_records import RecordFact, list_records

JOB = "reward_back"
PAGE = 200
LIFE = timedelta(days=7)


def notice_stock(ctx: TenantContext, before: RewardFact | None, after: RewardFact) -> None:
    """Call it with every change of a reward: where there is some again of what was gone, those who wait are told."""
    was_there = before is not None and before.active and before.stock != 0
    if not was_there and after.active and after.stock != 0:
        schedule_once(ctx, JOB, after.id)


@tick(JOB)
def tell_back(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of those who asked, by id. Each is asked about once more, and told once."""
    reward = find_rewards(ctx.tx, ctx.tenant_id, [tick.subject]).get(tick.subject)
    if reward is None or not is_back(reward, ctx):
        return Turned()
    people = list_to_tell(ctx.tx, ctx.tenant_id, reward.id, after=tick.page, most=PAGE)
    records = list_records(ctx.tx, ctx.tenant_id, people)
    meant = [one for one in people if _is_for(reward, records.get(one))]
    quieten(ctx.tx, ctx.tenant_id, reward.id, meant)
    willing = who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.RESTOCK, meant)
    members = sorted(list_members(ctx.tx, ctx.tenant_id, willing), key=lambda one: one.id) if willing else []
    sends = tuple(_direct(one, reward, ctx) for one in members if one.active)
    return Turned(sends, next_page=people[-1] if len(people) == PAGE else "")


@view(JOB)
def show_back(tx: Connection, due: Due) -> Card | None:
    """For one that had to wait: what is gone again is not told."""
    reward_id = due.subject_id.partition("/")[0]
    reward = find_rewards(tx, due.tenant_id, [reward_id]).get(reward_id)
    return _card(reward) if reward and reward.active and reward.stock != 0 else None


def is_back(reward: RewardFact, ctx: TenantContext) -> bool:
    there = reward.stock != 0 and reward.fulfilment in kinds
    return there and reward.is_open(day_in(ctx.now, zone_of_tenant(ctx.home.zone)))


def _is_for(reward: RewardFact, record: RecordFact | None) -> bool:
    return reward.is_for(record.country, record.department) if record else reward.is_for("", "")


def _direct(member: Member, reward: RewardFact, ctx: TenantContext) -> Direct:
    subject = Subject(JOB, f"{reward.id}/{ctx.now:%Y-%m-%dT%H:%M}")
    return Direct(member, _card(reward), subject, unasked=Purpose.RESTOCK, expires_at=ctx.now + LIFE)


def _card(reward: RewardFact) -> Card:
    data = {
        "emoji": reward.emoji or category_of(reward.category).emoji,
        "title": reward.title,
        "price": reward.price,
        "left": reward.stock or 0,
        "values": {"reward": reward.id, "price": str(reward.price)},
    }
    return Card(JOB, data)
