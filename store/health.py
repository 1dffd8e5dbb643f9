"""How a tenant's programme fares, in counts: for its administrators. Reads tables of other modules, and has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from store.conversations import conversation
from store.db import fetch
from store.ledger import account, entry, transaction
from store.outbox import State, outbox
from store.people import person
from store.schedules import schedule
from store.tenants import workspace

MOST_WAITING = 1_000
MOST_LATEST = 20_000
"""So many messages are looked at, however many there are: who asks waits for the answer."""


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """Human beings only."""

    known: int
    active: int


@dataclass(frozen=True, slots=True)
class WorkspaceHealth:
    id: str
    platform: str
    name: str
    removed_at: datetime | None
    refreshed_at: datetime | None


@dataclass(frozen=True, slots=True)
class DeadCount:
    """Messages that will never be shown: how many of a kind, and in which conversation where it has a name."""

    kind: str
    place: str
    count: int


@dataclass(frozen=True, slots=True)
class NextDue:
    job: str
    subject: str
    next_at: datetime


def count_people(tx: Connection, tenant_id: str) -> PeopleCount:
    active = func.coalesce(func.sum(case((person.c.active, 1), else_=0)), 0)
    query = select(func.count(), active).where(person.c.tenant_id == tenant_id, person.c.kind != "bot")
    known, of_them = tx.execute(query).one()
    return PeopleCount(int(known), int(of_them))


def list_workspaces(tx: Connection, tenant_id: str) -> list[WorkspaceHealth]:
    """Those that were removed too, the oldest first."""
    names = tuple(WorkspaceHealth.__dataclass_fields__)
    query = select(*(workspace.c[name] for name in names)).where(workspace.c.tenant_id == tenant_id)
    return [WorkspaceHealth(*row) for row in fetch(tx, query.order_by(workspace.c.id), {})]


def count_waiting(tx: Connection, tenant_id: str, due_before: datetime) -> int:
    """Messages that should have been sent before an instant, and were not; of those that wait longest of all."""
    late = select(outbox.c.tenant_id).where(outbox.c.pending, outbox.c.due_at < due_before)
    longest = late.order_by(outbox.c.due_at).limit(MOST_WAITING).subquery()
    return int(tx.execute(select(func.count()).where(longest.c.tenant_id == tenant_id)).scalar_one())


def count_dead(tx: Connection, tenant_id: str, since: datetime) -> list[DeadCount]:
    """What was never shown of the latest messages since then, the most frequent first."""
    names = ("kind", "conversation_id", "state", "added_at")
    latest = (
        select(*(outbox.c[name] for name in names))
        .where(outbox.c.tenant_id == tenant_id)
        .order_by(outbox.c.id.desc())
        .limit(MOST_LATEST)
        .subquery()
    )
    in_place = (conversation.c.tenant_id == tenant_id) & (conversation.c.id == latest.c.conversation_id)
    name = func.coalesce(conversation.c.name, "")
    query = (
        select(latest.c.kind, name, func.count())
        .select_from(latest.outerjoin(conversation, in_place))
        .where(latest.c.state == State.DEAD, latest.c.added_at >= since)
        .group_by(latest.c.kind, name)
        .order_by(func.count().desc(), latest.c.kind, name)
    )
    return [DeadCount(*row) for row in fetch(tx, query, {})]


def list_next_due(tx: Connection, tenant_id: str, most: int) -> list[NextDue]:
    """What the schedule does next, the soonest first."""
    query = (
        select(schedule.c.job, schedule.c.subject, schedule.c.next_at)
        .where(schedule.c.tenant_id == tenant_id)
        .order_by(schedule.c.next_at, schedule.c.job, schedule.c.subject)
        .limit(most)
    )
    return [NextDue(*row) for row in fetch(tx, query, {})]


def do_latest_agree(tx: Connection, tenant_id: str, most: int) -> bool:
    """Whether the latest transactions sum to zero, and left their accounts with the balance that these keep.

    A glance that costs the same in any year; `ledger_check.verify` looks at everything.
    """
    latest = select(transaction.c.id).where(transaction.c.tenant_id == tenant_id)
    ids = [row[0] for row in fetch(tx, latest.order_by(transaction.c.id.desc()).limit(most), {})]
    mine = (entry.c.tenant_id == tenant_id) & entry.c.transaction_id.in_(ids)
    sums = select(entry.c.transaction_id).where(mine).group_by(entry.c.transaction_id)
    unequal = tx.execute(sums.having(func.sum(entry.c.amount) != 0).limit(1)).first()
    of_entry = (account.c.tenant_id == entry.c.tenant_id) & (account.c.id == entry.c.account_id)
    last = mine & (entry.c.seq == account.c.seq) & (entry.c.balance_after != account.c.balance)
    differs = tx.execute(select(account.c.id).join_from(entry, account, of_entry).where(last).limit(1)).first()
    return unequal is None and differs is None
