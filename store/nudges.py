"""Unasked messages that somebody got, by kind: so that each is sent once, and seldom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.prepared import Prepared, PreparedInsert, in_list
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

_SINCE = Prepared(
    select(nudge.c.person_id).where(
        nudge.c.tenant_id == bindparam("tenant_id"),
        in_list(nudge.c.person_id, "people"),
        nudge.c.kind == bindparam("kind"),
        nudge.c.sent_at > bindparam("since", type_=UtcDateTime),
    )
)
_NOTE = PreparedInsert(
    nudge,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id", "kind"],
        set_={name: insert.excluded[name] for name in ("label", "sent_at")},
    ),
)


def list_nudged(tx: Connection, tenant_id: str, kind: str, people: Collection[str], since: datetime) -> set[str]:
    """Who of these got one after `since`."""
    sought = {"tenant_id": tenant_id, "kind": kind, "people": list(people), "since": since}
    return {row[0] for row in _SINCE.rows(tx, sought)}


def note_nudges(tx: Connection, tenant_id: str, kind: str, people: Collection[str], label: str, at: datetime) -> None:
    """Keeps that these people get one now."""
    if people:
        rows = [
            {"tenant_id": tenant_id, "person_id": one, "kind": kind, "label": label, "sent_at": at}
            for one in sorted(people)
        ]
        _NOTE.run(tx, rows)
