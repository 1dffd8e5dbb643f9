"""What people do together: a goal in points until a day, and what each set aside for it. The points are holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    bindparam,
    func,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.people import person
from store.prepared import Prepared, PreparedInsert, in_list
from store.types import Points, UtcDateTime


class PoolState(StrEnum):
    OPEN = "open"
    REACHED = "reached"  # all points are spent; somebody sees to it
    DONE = "done"  # handed over
    MISSED = "missed"  # not reached by its day; all points are back, as below
    CANCELLED = "cancelled"  # by its starter
    GONE = "gone"  # reached, but it could not be had: all points are back


class PartState(StrEnum):
    HELD = "held"
    BACK = "back"
    SPENT = "spent"


class Pool(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "starter_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        Index("ix_pool_state", "tenant_id", "state", "ends_on"),
        CheckConstraint("goal > 0", name="ck_pool_goal"),
        CheckConstraint("state IN ('open', 'reached', 'done', 'missed', 'cancelled', 'gone')", name="ck_pool_state"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    starter_id: str
    title: str
    reward_id: str | None = None
    """Of the catalogue; without one its helper sees to it."""
    helper_id: str
    goal: int = Field(sa_column=Column(BigInteger, nullable=False))
    ends_on: date = Field(sa_column=Column(Date, nullable=False))
    """The last day, by the tenant's calendar."""
    place_id: str
    """The conversation that it was posted in, or empty."""
    public: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether everybody in the organisation may see it."""
    state: str
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When it was reached, or ended."""
    done_by: str = ""
    """Whoever handed it over."""


class PoolInvited(SQLModel, table=True):
    __tablename__ = "pool_invited"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "pool_id"], ["pool.tenant_id", "pool.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_pool_invited_person", "tenant_id", "person_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    pool_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


class PoolPart(SQLModel, table=True):
    """What somebody set aside by one act. Its points are held in the ledger account of its id."""

    __tablename__ = "pool_part"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "pool_id"], ["pool.tenant_id", "pool.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_pool_part_pool", "tenant_id", "pool_id", "state"),
        Index("ix_pool_part_person", "tenant_id", "person_id", "state"),
        CheckConstraint("points > 0", name="ck_pool_part_points"),
        CheckConstraint("state IN ('held', 'back', 'spent')", name="ck_pool_part_state"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    pool_id: str
    person_id: str
    points: int = Field(sa_column=Column(BigInteger, nullable=False))
    hold_id: str
    state: str
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFact:
    id: str
    starter_id: str
    title: str
    reward_id: str | None
    helper_id: str
    goal: Points
    ends_on: date
    place_id: str
    public: bool
    state: PoolState
    started_at: datetime
    settled_at: datetime | None = None
    done_by: str = ""

    @property
    def is_open(self) -> bool:
        return self.state is PoolState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFact:
    id: str
    pool_id: str
    person_id: str
    points: Points
    hold_id: str
    state: PartState
    added_at: datetime
    ended_at: datetime | None = None


class SpentTogether(NamedTuple):
    """What one person gave to a goal that was reached."""

    pool_id: str
    reward_id: str | None
    person_id: str
    points: Points


@dataclass(frozen=True, slots=True)
class Sum:
    """What is in a pool, and of how many people."""

    points: Points = 0
    people: int = 0


pool = Pool.__table__  # type: ignore[attr-defined]
pool_invited = PoolInvited.__table__  # type: ignore[attr-defined]
pool_part = PoolPart.__table__  # type: ignore[attr-defined]

_NAMES = tuple(PoolFact.__dataclass_fields__)
_PARTS = tuple(PartFact.__dataclass_fields__)
_OF_TENANT = select(*(pool.c[name] for name in _NAMES)).where(pool.c.tenant_id == bindparam("tenant_id"))
_ONE = Prepared(_OF_TENANT.where(pool.c.id == bindparam("id")))
_OPEN = Prepared(
    _OF_TENANT.where(pool.c.state == PoolState.OPEN).order_by(pool.c.ends_on, pool.c.id).limit(bindparam("most"))
)
_OVER = Prepared(
    _OF_TENANT.where(pool.c.state == PoolState.OPEN, pool.c.ends_on < bindparam("day"))
    .order_by(pool.c.ends_on, pool.c.id)
    .limit(bindparam("most"))
)
_STARTED = Prepared(
    select(func.count())
    .select_from(pool)
    .where(
        pool.c.tenant_id == bindparam("tenant_id"),
        pool.c.state == PoolState.OPEN,
        pool.c.starter_id == bindparam("starter_id"),
    )
)
_THIS = (pool.c.tenant_id == bindparam("b_tenant_id")) & (pool.c.id == bindparam("b_id"))
_LOCK = (
    select(*(pool.c[name] for name in _NAMES))
    .where(_THIS)
    # Not the key: its parts refer to it.
    .with_for_update(key_share=True)
)
_INVITE = PreparedInsert(pool_invited, lambda insert: insert.on_conflict_do_nothing())
_INVITED = Prepared(
    select(pool_invited.c.pool_id).where(
        pool_invited.c.tenant_id == bindparam("tenant_id"), pool_invited.c.person_id == bindparam("person_id")
    )
)
_ALL_PARTS = select(*(pool_part.c[name] for name in _PARTS)).where(pool_part.c.tenant_id == bindparam("tenant_id"))
# Sorted afterwards: for an order SQLite would rather walk over every part of the tenant.
_OF_POOL = Prepared(
    _ALL_PARTS.where(pool_part.c.pool_id == bindparam("pool_id"), pool_part.c.state == bindparam("state"))
)
_OF_PERSON = Prepared(
    _ALL_PARTS.where(pool_part.c.person_id == bindparam("person_id"), pool_part.c.state == PartState.HELD)
)
_SUMS = Prepared(
    select(
        pool_part.c.pool_id,
        func.sum(pool_part.c.points),
        func.count(pool_part.c.person_id.distinct()),
    )
    .where(
        pool_part.c.tenant_id == bindparam("tenant_id"),
        in_list(pool_part.c.pool_id, "pools"),
        pool_part.c.state != PartState.BACK,
    )
    .group_by(pool_part.c.pool_id)
)
# Once a day: not prepared, as what is busy is.
_WITH_LEAVERS = (
    select(pool.c.id)
    .join(pool_part, (pool_part.c.tenant_id == pool.c.tenant_id) & (pool_part.c.pool_id == pool.c.id))
    .join(person, (person.c.tenant_id == pool_part.c.tenant_id) & (person.c.id == pool_part.c.person_id))
    .where(
        pool.c.tenant_id == bindparam("tenant_id"),
        pool.c.state == PoolState.OPEN,
        pool_part.c.state == PartState.HELD,
        ~person.c.active,
    )
    .limit(1)
)
# Once a year, over the parts of a tenant: not prepared, as what is busy is.
_SPENT = (
    select(pool_part.c.pool_id, pool.c.reward_id, pool_part.c.person_id, func.sum(pool_part.c.points))
    .join_from(pool_part, pool, (pool.c.tenant_id == pool_part.c.tenant_id) & (pool.c.id == pool_part.c.pool_id))
    .where(
        pool_part.c.tenant_id == bindparam("tenant_id"),
        pool_part.c.state == PartState.SPENT,
        pool_part.c.ended_at >= bindparam("since", type_=UtcDateTime),
        pool_part.c.ended_at < bindparam("until", type_=UtcDateTime),
    )
    .group_by(pool_part.c.pool_id, pool.c.reward_id, pool_part.c.person_id)
    .order_by(pool_part.c.pool_id, pool_part.c.person_id)
)
_THESE_PARTS = (pool_part.c.tenant_id == bindparam("b_tenant_id")) & (pool_part.c.id == bindparam("b_id"))
_END_PART = (
    pool_part.update()
    .where(_THESE_PARTS, pool_part.c.state == bindparam("b_was"))
    .values(state=bindparam("b_state"), ended_at=bindparam("b_at", type_=UtcDateTime))
)


# --- pools ------------------------------------------------------------------------------------------------


def add_pool(tx: Connection, tenant_id: str, fact: PoolFact, invited: Iterable[str] = ()) -> None:
    """With those who are invited to it."""
    tx.execute(pool.insert(), {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in _NAMES})
    if rows := [{"tenant_id": tenant_id, "pool_id": fact.id, "person_id": one} for one in sorted(set(invited))]:
        _INVITE.run(tx, rows)


def find_pool(tx: Connection, tenant_id: str, pool_id: str) -> PoolFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": pool_id})
    return _fact(row) if row else None


def lock_pool(tx: Connection, tenant_id: str, pool_id: str) -> PoolFact | None:
    """A pool, which nobody else adds to, takes from or ends before this transaction ends."""
    row = tx.execute(_LOCK, {"b_tenant_id": tenant_id, "b_id": pool_id}).first()
    return _fact(tuple(row)) if row else None


def change_pool(tx: Connection, tenant_id: str, pool_id: str, **changed: Any) -> None:
    """Writes fields of one that is locked."""
    tx.execute(pool.update().where(_THIS).values(**changed), {"b_tenant_id": tenant_id, "b_id": pool_id})


def list_open(tx: Connection, tenant_id: str, *, most: int) -> list[PoolFact]:
    """Those that can be added to, the one that ends next first."""
    return [_fact(row) for row in _OPEN.rows(tx, {"tenant_id": tenant_id, "most": most})]


def list_over(tx: Connection, tenant_id: str, day: date, *, most: int) -> list[PoolFact]:
    """Those that are open, and whose last day was before a day."""
    return [_fact(row) for row in _OVER.rows(tx, {"tenant_id": tenant_id, "day": day, "most": most})]


def find_with_leavers(tx: Connection, tenant_id: str) -> str:
    """The id of an open one that holds points of somebody who is not active any more, or nothing."""
    return next((str(row[0]) for row in fetch(tx, _WITH_LEAVERS, {"tenant_id": tenant_id})), "")


def count_open_of(tx: Connection, tenant_id: str, starter_id: str) -> int:
    return int(_STARTED.scalar(tx, {"tenant_id": tenant_id, "starter_id": starter_id}) or 0)


def list_invited_to(tx: Connection, tenant_id: str, person_id: str) -> set[str]:
    """Ids of the pools that somebody is invited to."""
    return {row[0] for row in _INVITED.rows(tx, {"tenant_id": tenant_id, "person_id": person_id})}


# --- what people set aside --------------------------------------------------------------------------------


def add_part(tx: Connection, tenant_id: str, fact: PartFact) -> None:
    tx.execute(pool_part.insert(), {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in _PARTS})


def end_part(
    tx: Connection, tenant_id: str, part_id: str, state: PartState, at: datetime, was: PartState = PartState.HELD
) -> None:
    """Of a pool that is locked: it is back, or spent."""
    tx.execute(_END_PART, {"b_tenant_id": tenant_id, "b_id": part_id, "b_state": state, "b_at": at, "b_was": was})


def list_parts(tx: Connection, tenant_id: str, pool_id: str, state: PartState = PartState.HELD) -> list[PartFact]:
    """By person, so that who ends them all takes wallets in one order."""
    rows = _OF_POOL.rows(tx, {"tenant_id": tenant_id, "pool_id": pool_id, "state": state})
    return sorted((_part(row) for row in rows), key=lambda one: (one.person_id, one.id))


def list_parts_of(tx: Connection, tenant_id: str, person_id: str) -> list[PartFact]:
    """What somebody has set aside now, the oldest first."""
    rows = _OF_PERSON.rows(tx, {"tenant_id": tenant_id, "person_id": person_id})
    return sorted((_part(row) for row in rows), key=lambda one: one.id)


def sums_of(tx: Connection, tenant_id: str, pool_ids: Collection[str]) -> dict[str, Sum]:
    """What is in pools, or was spent of them. Of an empty one: nothing."""
    rows = _SUMS.rows(tx, {"tenant_id": tenant_id, "pools": list(pool_ids)})
    found = {id: Sum(int(points), people) for id, points, people in rows}
    return {one: found.get(one, Sum()) for one in pool_ids}


def list_spent(tx: Connection, tenant_id: str, since: datetime, until: datetime) -> list[SpentTogether]:
    """What was spent on goals that were reached from an instant on and before another: all of a goal, or nothing."""
    rows = fetch(tx, _SPENT, {"tenant_id": tenant_id, "since": since, "until": until})
    return [SpentTogether(row[0], row[1], row[2], int(row[3])) for row in rows]


def _fact(row: tuple[Any, ...]) -> PoolFact:
    values = dict(zip(_NAMES, row, strict=True))
    return PoolFact(**values | {"state": PoolState(values["state"])})


def _part(row: tuple[Any, ...]) -> PartFact:
    values = dict(zip(_PARTS, row, strict=True))
    return PartFact(**values | {"state": PartState(values["state"])})
