"""What people were told of points that expire, and since when somebody is gone. The points themselves: the ledger."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Date, ForeignKeyConstraint, String, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.outbox import State, outbox
from store.people import person
from store.prepared import Prepared, in_list
from store.types import Points


class ExpiryNotice(SQLModel, table=True):
    """Of the points of one person that expire on one day. It is gone when they are, or were used."""

    __tablename__ = "expiry_notice"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    due_on: date = Field(sa_column=Column(Date, primary_key=True))
    """By the policy."""
    expires_on: date = Field(sa_column=Column(Date, nullable=False))
    """As the person was told; later where a warning came late."""
    first_on: date = Field(sa_column=Column(Date, nullable=False))
    first_points: int = Field(sa_column=Column(BigInteger, nullable=False))
    second_on: date | None = Field(default=None, sa_column=Column(Date))
    second_points: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_on: date | None = Field(default=None, sa_column=Column(Date))
    """When the second warning was found to have arrived."""


class Leaver(SQLModel, table=True):
    """Somebody who takes part no more, and left points."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    left_on: date = Field(sa_column=Column(Date, nullable=False))
    told_on: date = Field(sa_column=Column(Date, nullable=False))
    """When administrators were told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFact:
    due_on: date
    expires_on: date
    first_on: date
    first_points: Points
    second_on: date | None = None
    second_points: Points = 0
    seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeaverFact:
    person_id: str
    left_on: date
    told_on: date


notice = ExpiryNotice.__table__  # type: ignore[attr-defined]
leaver = Leaver.__table__  # type: ignore[attr-defined]

_NAMES = tuple(one.name for one in fields(NoticeFact))
_NOTICED = Prepared(
    select(person.c.id)
    .join(notice, (notice.c.tenant_id == person.c.tenant_id) & (notice.c.person_id == person.c.id))
    .where(
        notice.c.tenant_id == bindparam("tenant_id"),
        notice.c.person_id > bindparam("after"),
        person.c.zone == bindparam("zone"),
        person.c.active,
    )
    .distinct()
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_OF_PEOPLE = Prepared(
    select(notice.c.person_id, *(notice.c[name] for name in _NAMES))
    .where(notice.c.tenant_id == bindparam("tenant_id"), in_list(notice.c.person_id, "people"))
    .order_by(notice.c.person_id, notice.c.due_on)
)
_new = insert(notice)
_SAVE = _new.on_conflict_do_update(
    index_elements=["tenant_id", "person_id", "due_on"],
    set_={name: _new.excluded[name] for name in _NAMES if name != "due_on"},
)
_ARRIVED = Prepared(
    select(outbox.c.subject_id).where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.subject_kind == bindparam("kind", type_=String),
        in_list(outbox.c.subject_id, "subjects"),
        outbox.c.state == State.SENT,
    )
)
_LEAVERS = Prepared(
    select(leaver.c.person_id, leaver.c.left_on, leaver.c.told_on).where(
        leaver.c.tenant_id == bindparam("tenant_id"), in_list(leaver.c.person_id, "people")
    )
)


def list_noticed(tx: Connection, tenant_id: str, zone: str, after: str, most: int) -> list[str]:
    """Active people of a zone who were told that points expire, by id, after an id."""
    sought = {"tenant_id": tenant_id, "zone": zone, "after": after, "most": most}
    return [row[0] for row in _NOTICED.rows(tx, sought)]


def list_notices(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, dict[date, NoticeFact]]:
    """What these people were told, by person and day; nobody is missing."""
    found: dict[str, dict[date, NoticeFact]] = {one: {} for one in people}
    for row in _OF_PEOPLE.rows(tx, {"tenant_id": tenant_id, "people": sorted(people)}) if people else ():
        fact = NoticeFact(**dict(zip(_NAMES, row[1:], strict=True)))
        found[row[0]][fact.due_on] = fact
    return found


def save_notice(tx: Connection, tenant_id: str, person_id: str, fact: NoticeFact) -> None:
    row: dict[str, Any] = {name: getattr(fact, name) for name in _NAMES}
    tx.execute(_SAVE, {"tenant_id": tenant_id, "person_id": person_id} | row)


def remove_notices(tx: Connection, tenant_id: str, person_id: str, days: Collection[date] | None = None) -> None:
    """Those of these days, or all of a person's."""
    mine = (notice.c.tenant_id == tenant_id) & (notice.c.person_id == person_id)
    tx.execute(notice.delete().where(mine if days is None else mine & notice.c.due_on.in_(days)))


def list_arrived(tx: Connection, tenant_id: str, kind: str, subjects: Collection[str]) -> set[str]:
    """Of these subjects of messages, those of which one was shown."""
    if not subjects:
        return set()
    sought = {"tenant_id": tenant_id, "kind": kind, "subjects": sorted(subjects)}
    return {row[0] for row in _ARRIVED.rows(tx, sought)}


def add_leaver(tx: Connection, tenant_id: str, fact: LeaverFact) -> None:
    row = {"person_id": fact.person_id, "left_on": fact.left_on, "told_on": fact.told_on}
    tx.execute(leaver.insert(), {"tenant_id": tenant_id} | row)


def list_leavers(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, LeaverFact]:
    """Of these people those whom we know to be gone."""
    sought = {"tenant_id": tenant_id, "people": sorted(people)}
    return {row[0]: LeaverFact(*row) for row in _LEAVERS.rows(tx, sought)} if people else {}


def forget_returned(tx: Connection, tenant_id: str) -> None:
    """Whoever takes part again left nothing behind."""
    back = select(person.c.id).where(person.c.tenant_id == tenant_id, person.c.active)
    tx.execute(leaver.delete().where(leaver.c.tenant_id == tenant_id, leaver.c.person_id.in_(back)))
