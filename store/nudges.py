"""Unasked messages that somebody got, by kind: so that each is sent once, and seldom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, ForeignKeyConstraint, String, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.people import person
from store.prepared import Prepared, in_list
from store.types import UtcDateTime


class Nudge(SQLModel, table=True):
    """The last one of a kind to a person."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    label: str
    """The period it was for."""
    sent_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


nudge = Nudge.__table__  # type: ignore[attr-defined]

# One statement for any number of people, and the row decides: two pages at once never both have somebody.
_CLAIM = Prepared(
    insert(nudge)
    .from_select(
        [column.name for column in nudge.columns],
        select(
            person.c.tenant_id,
            person.c.id,
            bindparam("kind", type_=String),
            bindparam("label", type_=String),
            bindparam("at", type_=UtcDateTime),
        ).where(person.c.tenant_id == bindparam("tenant_id"), in_list(person.c.id, "people")),
    )
    .on_conflict_do_update(
        index_elements=["tenant_id", "person_id", "kind"],
        set_={"label": bindparam("label", type_=String), "sent_at": bindparam("at", type_=UtcDateTime)},
        where=nudge.c.sent_at <= bindparam("since", type_=UtcDateTime),
    )
    .returning(nudge.c.person_id)
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What it is, the period it is for, and how long it is until the next one to the same person."""

    name: str
    label: str
    apart: timedelta


def claim_nudges(tx: Connection, tenant_id: str, kind: Kind, people: Collection[str], at: datetime) -> set[str]:
    """Keeps that these people get one now, and returns whom: not those who got one lately."""
    if not people:
        return set()
    row = {
        "tenant_id": tenant_id,
        "people": sorted(people),
        "kind": kind.name,
        "label": kind.label,
        "at": at,
        "since": at - kind.apart,
    }
    return {found[0] for found in _CLAIM.rows(tx, row)}
