"""“Tell me when it is back”: whoever asked hears of it once, when there is some of it again.

A reward whose time begins on a day is told to everybody who wishes for it, in the morning of that day.
"""

from __future__ import annotations

from datetime import time, timedelta

from sqlalchemy import Connection

from handlers.context import TenantContext
from handlers.fulfilment import kinds
from handlers.purposes import Purpose, who_agrees
from handlers.registry import tick, view
from handlers.rules.categories import category_of
from handlers.rules.days import in_words
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.ticks import schedule_once
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.catalogue import RewardFact, find_rewards, list_rewards, list_to_tell, list_wishing, quieten
from store.outbox import Due
from store.people import Member, list_members
from store.person_records import RecordFact, list_records

JOB = "reward_back"
BEGINS = "begins"
"""After the reward's id, with a slash: its time begins, and more than those who asked are told."""
PAGE = 200
LIFE = timedelta(days=7)


def notice_stock(ctx: TenantContext, before: RewardFact | None, after: RewardFact) -> None:
    """Call it with every change of a reward: where there is some again of what was gone, those who wait are told."""
    today = day_in(ctx.now, ctx.tenant_zone)
    was_there = before is not None and before.is_open(today) and before.stock != 0
    if not was_there and after.is_open(today) and after.stock != 0:
        schedule_once(ctx, JOB, after.id)


@tick("rewards_begin", rule=Daily(time(9)), by_tenant=True)
def notice_beginnings(tick: Tick, ctx: TenantContext) -> Turned:
    """What begins today, or began on days that were missed, is told in pages of its own."""
    first, today = day_in(tick.missed_at, ctx.tenant_zone), day_in(ctx.now, ctx.tenant_zone)
    for one in list_rewards(ctx.tx, ctx.tenant_id):
        if one.starts_on and first <= one.starts_on <= today and is_back(one, ctx):
            schedule_once(ctx, JOB, f"{one.id}/{BEGINS}")
    return Turned()


@tick(JOB)
def tell_back(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of those who asked, or wish for it, by id. Each is asked about once more, and told once."""
    reward_id, _, begins = tick.subject.partition("/")
    reward = find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id)
    if reward is None or not is_back(reward, ctx):
        return Turned()
    list_people = list_wishing if begins else list_to_tell
    people = list_people(ctx.tx, ctx.tenant_id, reward.id, after=tick.page, most=PAGE)
    records = list_records(ctx.tx, ctx.tenant_id, people)
    meant = [one for one in people if _is_for(reward, records.get(one))]
    quieten(ctx.tx, ctx.tenant_id, reward.id, meant)
    willing = who_agrees(ctx.tx, ctx.tenant_id, ctx.policy, Purpose.RESTOCK, meant)
    members = sorted(list_members(ctx.tx, ctx.tenant_id, willing), key=lambda one: one.id) if willing else []
    sends = tuple(_direct(one, reward, ctx, begins) for one in members if one.active)
    return Turned(sends, next_page=people[-1] if len(people) == PAGE else "")


@view(JOB)
def show_back(tx: Connection, due: Due) -> Card | None:
    """For one that had to wait: what is gone again is not told."""
    reward_id, _, rest = due.subject_id.partition("/")
    reward = find_rewards(tx, due.tenant_id, [reward_id]).get(reward_id)
    begins = rest.partition("/")[2]
    return _card(reward, begins) if reward and reward.active and reward.stock != 0 else None


def is_back(reward: RewardFact, ctx: TenantContext) -> bool:
    there = reward.stock != 0 and reward.fulfilment in kinds
    return there and reward.is_open(day_in(ctx.now, ctx.tenant_zone))


def _is_for(reward: RewardFact, record: RecordFact | None) -> bool:
    return reward.is_for(record.country, record.department) if record else reward.is_for("", "")


def _direct(member: Member, reward: RewardFact, ctx: TenantContext, begins: str) -> Direct:
    about = "/".join(filter(None, (reward.id, f"{ctx.now:%Y-%m-%dT%H:%M}", begins)))
    subject = Subject(JOB, about)
    return Direct(member, _card(reward, begins), subject, unasked=Purpose.RESTOCK, expires_at=ctx.now + LIFE)


def _card(reward: RewardFact, begins: str) -> Card:
    data = {
        "emoji": reward.emoji or category_of(reward.category).emoji,
        "title": reward.title,
        "price": reward.price,
        "left": reward.stock or 0,
        "begins": bool(begins),
        "last": in_words(reward.ends_on) if reward.ends_on else "",
        "values": {"reward": reward.id, "price": str(reward.price)},
    }
    return Card(JOB, data)
