"""When each tenant's scheduled jobs are due next, and how far one has come that is under way.

A row is one (job, zone) of a tenant, or a job that is done once. It is due while `next_at` has passed; whoever
moves it on in the transaction of its work has done that work, so that it is done once however many ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, Index, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch, insert_or_nothing
from store.prepared import Prepared
from store.tenants import tenant
from store.types import UtcDateTime

START = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Schedule(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        # One process wakes every tenant, so this is led by what is due.
        Index("ix_schedule_next_at", "next_at"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    job: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    """An IANA zone; empty for a job that goes by the tenant's own; an id for work that is done once."""
    next_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    page: str = ""
    """Where the work of `next_at` goes on; empty: from its beginning."""
    held_until: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    """After a failure it is left alone until then."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    tenant_id: str
    job: str
    subject: str
    next_at: datetime
    page: str


schedule = Schedule.__table__  # type: ignore[attr-defined]

_THIS = (
    (schedule.c.tenant_id == bindparam("b_tenant_id"))
    & (schedule.c.job == bindparam("b_job"))
    & (schedule.c.subject == bindparam("b_subject"))
)
_AS_SEEN = (
    _THIS
    & (schedule.c.next_at == bindparam("b_seen_at", type_=UtcDateTime))
    & (schedule.c.page == bindparam("b_seen_page"))
)
_ADD = insert_or_nothing(schedule)
_DUE = Prepared(
    select(*(schedule.c[name] for name in Scheduled.__dataclass_fields__))
    .where(
        schedule.c.next_at <= bindparam("now", type_=UtcDateTime),
        schedule.c.held_until <= bindparam("now", type_=UtcDateTime),
    )
    .order_by(schedule.c.next_at)
    .limit(bindparam("most"))
)
_AFTER = Prepared(
    select(*(schedule.c[name] for name in Scheduled.__dataclass_fields__))
    .where(schedule.c.next_at > bindparam("after", type_=UtcDateTime))
    .order_by(schedule.c.next_at)
)
_MOVE = Prepared(
    schedule.update()
    .where(_AS_SEEN)
    .values(next_at=bindparam("b_next_at", type_=UtcDateTime), page=bindparam("b_page"))
)
_END = schedule.delete().where(_AS_SEEN)
_HOLD = schedule.update().where(_AS_SEEN).values(held_until=bindparam("b_until", type_=UtcDateTime))
_RESET = (
    schedule.update()
    .where(_THIS, schedule.c.next_at > bindparam("b_now", type_=UtcDateTime))
    .values(next_at=bindparam("b_next_at", type_=UtcDateTime), page="", held_until=START)
)
_WITHOUT = select(tenant.c.id, tenant.c.zone).where(
    ~select(schedule.c.job)
    .where(schedule.c.tenant_id == tenant.c.id, schedule.c.job == bindparam("job"), schedule.c.subject == "")
    .exists()
)


def add_schedules(tx: Connection, rows: Iterable[Scheduled]) -> None:
    """Adds schedules; those that are there already stay as they are."""
    for one in rows:
        tx.execute(
            _ADD,
            {
                "tenant_id": one.tenant_id,
                "job": one.job,
                "subject": one.subject,
                "next_at": one.next_at,
                "page": one.page,
                "held_until": START,
            },
        )


def list_due(tx: Connection, now: datetime, most: int) -> list[Scheduled]:
    """What is due over all tenants, the longest due first."""
    return [Scheduled(*row) for row in _DUE.rows(tx, {"now": now, "most": most})]


def list_after(tx: Connection, after: datetime) -> list[Scheduled]:
    """What is due after an instant, over all tenants."""
    return [Scheduled(*row) for row in _AFTER.rows(tx, {"after": after})]


def move_on(tx: Connection, seen: Scheduled, next_at: datetime, page: str = "") -> bool:
    """Sets when it is due next, or where it goes on. False if somebody else was quicker."""
    return bool(_MOVE.run(tx, _seen(seen) | {"b_next_at": next_at, "b_page": page}))


def end(tx: Connection, seen: Scheduled) -> bool:
    """Takes away what was to be done once. False if somebody else was quicker."""
    return bool(tx.execute(_END, _seen(seen)).rowcount)


def hold(tx: Connection, seen: Scheduled, until: datetime) -> None:
    """Leaves it alone for a while, unless somebody else has moved it on."""
    tx.execute(_HOLD, _seen(seen) | {"b_until": until})


def reset(tx: Connection, tenant_id: str, job: str, subject: str, next_at: datetime, now: datetime) -> None:
    """Sets anew when a job is due that is not due by now."""
    row = {"b_tenant_id": tenant_id, "b_job": job, "b_subject": subject, "b_next_at": next_at, "b_now": now}
    tx.execute(_RESET, row)


def list_tenants_without(tx: Connection, job: str) -> list[tuple[str, str]]:
    """Tenants that a job of the tenant's own zone is not scheduled for: id and zone."""
    return [(row[0], row[1]) for row in fetch(tx, _WITHOUT, {"job": job})]


def _seen(seen: Scheduled) -> dict[str, object]:
    return {
        "b_tenant_id": seen.tenant_id,
        "b_job": seen.job,
        "b_subject": seen.subject,
        "b_seen_at": seen.next_at,
        "b_seen_page": seen.page,
    }
