"""What people chose about what is shown of them, and sent to them. No row: they never chose."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, ForeignKeyConstraint, Index, bindparam, func, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.people import person
from store.prepared import Prepared, PreparedInsert, in_list
from store.types import UtcDateTime


class Choice(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        # With the person, so that pages of them are read in its order.
        Index("ix_choice_purpose", "tenant_id", "purpose", "chosen", "person_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    chosen: bool = Field(sa_column=Column(Boolean, nullable=False))
    chosen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


choice = Choice.__table__  # type: ignore[attr-defined]

_SAVE = PreparedInsert(
    choice,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id", "purpose"],
        set_={name: insert.excluded[name] for name in ("chosen", "chosen_at")},
    ),
)
_OF = Prepared(
    select(choice.c.purpose, choice.c.chosen).where(
        choice.c.tenant_id == bindparam("tenant_id"), choice.c.person_id == bindparam("person_id")
    )
)
_AMONG = Prepared(
    select(choice.c.person_id, choice.c.chosen).where(
        choice.c.tenant_id == bindparam("tenant_id"),
        in_list(choice.c.person_id, "people"),
        choice.c.purpose == bindparam("purpose"),
    )
)
_WHO_CHOSE = Prepared(
    select(choice.c.person_id).where(
        choice.c.tenant_id == bindparam("tenant_id"),
        choice.c.purpose == bindparam("purpose"),
        choice.c.chosen == bindparam("chosen", type_=Boolean),
    )
)
_ZONES = (
    select(person.c.zone)
    .join(choice, (choice.c.tenant_id == person.c.tenant_id) & (choice.c.person_id == person.c.id))
    .where(
        choice.c.tenant_id == bindparam("tenant_id"),
        choice.c.purpose == bindparam("purpose"),
        choice.c.chosen,
        person.c.active,
    )
    .distinct()
)
_IN_ZONE = Prepared(
    select(choice.c.person_id)
    .join(person, (choice.c.tenant_id == person.c.tenant_id) & (choice.c.person_id == person.c.id))
    .where(
        choice.c.tenant_id == bindparam("tenant_id"),
        choice.c.purpose == bindparam("purpose"),
        choice.c.chosen,
        person.c.zone == bindparam("zone"),
        person.c.active,
        choice.c.person_id > bindparam("after"),
    )
    .order_by(choice.c.person_id)
    .limit(bindparam("most"))
)

# The same where whoever never chose is taken for a yes.
_OWN_CHOICE = (
    (choice.c.tenant_id == person.c.tenant_id)
    & (choice.c.person_id == person.c.id)
    & (choice.c.purpose == bindparam("purpose"))
)
_NO_NO = func.coalesce(choice.c.chosen, True)
_ZONES_BUT_NO = (
    select(person.c.zone)
    .outerjoin_from(person, choice, _OWN_CHOICE)
    .where(person.c.tenant_id == bindparam("tenant_id"), person.c.active, _NO_NO)
    .distinct()
)
_IN_ZONE_BUT_NO = Prepared(
    select(person.c.id)
    .outerjoin_from(person, choice, _OWN_CHOICE)
    .where(
        person.c.tenant_id == bindparam("tenant_id"),
        person.c.zone == bindparam("zone"),
        person.c.active,
        person.c.id > bindparam("after"),
        _NO_NO,
    )
    .order_by(person.c.id)
    .limit(bindparam("most"))
)


def choose(tx: Connection, tenant_id: str, person_id: str, purpose: str, chosen: bool, at: datetime) -> None:
    """Keeps what somebody chose last."""
    row = {"tenant_id": tenant_id, "person_id": person_id, "purpose": purpose, "chosen": chosen, "chosen_at": at}
    _SAVE.run(tx, [row])


def list_choices(tx: Connection, tenant_id: str, person_id: str) -> dict[str, bool]:
    """What somebody chose, by purpose."""
    return dict(_OF.rows(tx, {"tenant_id": tenant_id, "person_id": person_id}))


def list_chosen(tx: Connection, tenant_id: str, purpose: str, people: Collection[str]) -> dict[str, bool]:
    """What these people chose for a purpose; those who never chose are missing."""
    return dict(_AMONG.rows(tx, {"tenant_id": tenant_id, "purpose": purpose, "people": list(people)}))


def list_who_chose(tx: Connection, tenant_id: str, purpose: str, chosen: bool) -> set[str]:
    """Everybody who chose so."""
    return {row[0] for row in _WHO_CHOSE.rows(tx, {"tenant_id": tenant_id, "purpose": purpose, "chosen": chosen})}


def list_zones(tx: Connection, tenant_id: str, purpose: str, *, default: bool) -> list[str]:
    """The zones of active people for whom it holds, by `default` where they never chose; empty where none is known."""
    query = _ZONES_BUT_NO if default else _ZONES
    return [row[0] for row in fetch(tx, query, {"tenant_id": tenant_id, "purpose": purpose})]


def list_in_zone(
    tx: Connection, tenant_id: str, purpose: str, zone: str, after: str, most: int, *, default: bool
) -> list[str]:
    """Active people of a zone for whom it holds, in the order of their ids, after `after`."""
    sought = {"tenant_id": tenant_id, "purpose": purpose, "zone": zone, "after": after, "most": most}
    return [row[0] for row in (_IN_ZONE_BUT_NO if default else _IN_ZONE).rows(tx, sought)]
