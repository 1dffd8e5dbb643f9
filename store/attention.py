"""What people's attention was spent on: unasked messages by their own day and week, and when they are away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKeyConstraint,
    Integer,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.outbox import Due, State, outbox
from store.people import person
from store.prepared import Prepared, PreparedInsert, in_list
from store.tenants import tenant

MOST_LATEST = 20_000
"""So many messages are looked at for the administrators' numbers, however many there are."""


class Attention(SQLModel, table=True):
    """The last unasked message to somebody, and how many of that week there were. Days and weeks are labels."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    day: str
    """`2026-11-18`, by their own wall."""
    week: str
    in_week: int
    message_id: str
    """That tries to send it go on, and count once."""


class Away(SQLModel, table=True):
    """The span of days that somebody is on leave, both ends included."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        CheckConstraint("first_on <= last_on", name="ck_away_span"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    first_on: date = Field(sa_column=Column(Date, nullable=False))
    last_on: date = Field(sa_column=Column(Date, nullable=False))


@dataclass(frozen=True, slots=True)
class AwayFact:
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class Attended:
    """What decides when somebody may get an unasked message. No `message_id`: they never got one."""

    person_id: str
    active: bool
    zone: str
    tenant_zone: str
    first_on: date | None
    last_on: date | None
    day: str
    week: str
    in_week: int
    message_id: str


attention = Attention.__table__  # type: ignore[attr-defined]
away = Away.__table__  # type: ignore[attr-defined]


# --- the relay's side ---------------------------------------------------------------------------------------

_ATTENDED = Prepared(
    select(
        person.c.id,
        person.c.active,
        person.c.zone,
        tenant.c.zone,
        away.c.first_on,
        away.c.last_on,
        func.coalesce(attention.c.day, ""),
        func.coalesce(attention.c.week, ""),
        func.coalesce(attention.c.in_week, 0),
        func.coalesce(attention.c.message_id, ""),
    )
    .join_from(person, tenant, tenant.c.id == person.c.tenant_id)
    .outerjoin(away, (away.c.tenant_id == person.c.tenant_id) & (away.c.person_id == person.c.id))
    .outerjoin(attention, (attention.c.tenant_id == person.c.tenant_id) & (attention.c.person_id == person.c.id))
    .where(in_list(person.c.tenant_id, "tenants"), in_list(person.c.id, "people"))
)
_FIRST = insert(attention).from_select(
    [column.name for column in attention.columns],
    select(
        outbox.c.tenant_id,
        outbox.c.reader_id,
        bindparam("day", type_=String),
        bindparam("week", type_=String),
        literal(1),
        outbox.c.id,
    )
    .where(in_list(outbox.c.tenant_id, "tenants"), in_list(outbox.c.id, "ids"))
    .order_by(outbox.c.reader_id),
)
# One statement for any number of messages, and the row decides: two relays at once never both have somebody.
# Labels only ever grow, so whoever moves to another zone has no day twice.
_SPEND = Prepared(
    _FIRST.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={
            "day": _FIRST.excluded.day,
            "week": _FIRST.excluded.week,
            "in_week": case((attention.c.week < _FIRST.excluded.week, 1), else_=attention.c.in_week + 1),
            "message_id": _FIRST.excluded.message_id,
        },
        where=(attention.c.day < _FIRST.excluded.day)
        & (
            (attention.c.week < _FIRST.excluded.week)
            | (
                (attention.c.week == _FIRST.excluded.week)
                & (attention.c.in_week < bindparam("most_a_week", type_=Integer))
            )
        ),
    ).returning(attention.c.message_id)
)


def list_attended(tx: Connection, tenants: Collection[str], people: Collection[str]) -> dict[str, Attended]:
    """How it stands with these people, by person."""
    found = _ATTENDED.rows(tx, {"tenants": sorted(tenants), "people": sorted(people)})
    return {row[0]: Attended(*row) for row in found}


def spend(tx: Connection, messages: Sequence[Due], day: str, week: str, most_a_week: int) -> set[str]:
    """Keeps that these messages go on this day of their readers, and returns the ids of those that may.

    One message a person; none to whoever got one on this day or later, or so many in this week.
    """
    row = {
        "tenants": sorted({one.tenant_id for one in messages}),
        "ids": [one.id for one in messages],
        "day": day,
        "week": week,
        "most_a_week": most_a_week,
    }
    return {found[0] for found in _SPEND.rows(tx, row)}


# --- leave ----------------------------------------------------------------------------------------------------

_SAVE_AWAY = PreparedInsert(
    away,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={name: insert.excluded[name] for name in ("first_on", "last_on")},
    ),
)
_THIS = (away.c.tenant_id == bindparam("tenant_id")) & (away.c.person_id == bindparam("person_id"))
_AWAY = Prepared(select(away.c.first_on, away.c.last_on).where(_THIS))
_BACK = Prepared(
    away.delete().where(away.c.tenant_id == bindparam("tenant_id"), away.c.person_id == bindparam("person_id"))
)


def save_away(tx: Connection, tenant_id: str, person_id: str, first: date, last: date) -> None:
    """Somebody is on leave from `first` to `last`, both included, instead of what was known before."""
    _SAVE_AWAY.run(tx, [{"tenant_id": tenant_id, "person_id": person_id, "first_on": first, "last_on": last}])


def end_away(tx: Connection, tenant_id: str, person_id: str) -> None:
    """Nothing is known of a leave any more."""
    _BACK.run(tx, {"tenant_id": tenant_id, "person_id": person_id})


def find_away(tx: Connection, tenant_id: str, person_id: str) -> AwayFact | None:
    """The leave that is known, which may be over."""
    row = _AWAY.row(tx, {"tenant_id": tenant_id, "person_id": person_id})
    return AwayFact(*row) if row else None


# --- for administrators: numbers, and no names ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnaskedCount:
    """Unasked messages of one purpose since some instant, and those that wait for a better time now."""

    purpose: str
    sent: int
    dropped: int
    waiting: int


def count_unasked(tx: Connection, tenant_id: str, since: datetime) -> list[UnaskedCount]:
    """By purpose, of the latest messages. What was sent and dropped counts from when it was due."""
    names = ("unasked", "state", "due_at")
    latest = (
        select(*(outbox.c[name] for name in names))
        .where(outbox.c.tenant_id == tenant_id)
        .order_by(outbox.c.id.desc())
        .limit(MOST_LATEST)
        .subquery()
    )
    lately = latest.c.due_at >= since

    def count(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    query = (
        select(
            latest.c.unasked,
            count(latest.c.state == State.SENT, lately),
            count(latest.c.state == State.DROPPED, lately),
            count(latest.c.state.in_([State.WAITING, State.SENDING])),
        )
        .where(latest.c.unasked != "")
        .group_by(latest.c.unasked)
        .order_by(latest.c.unasked)
    )
    return [UnaskedCount(row[0], int(row[1]), int(row[2]), int(row[3])) for row in fetch(tx, query, {})]
