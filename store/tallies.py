"""Kept counts behind boards: what each person gave and received, by period and company value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKeyConstraint, Index
from sqlmodel import Field, SQLModel

from store.db import COMPACT, add_on_conflict
from store.prepared import PreparedInsert


class Tally(SQLModel, table=True):
    """Kept by person, so that what a gift counts for somebody lies together; boards read by the index."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_tally_period", "tenant_id", "period"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    value_id: str = Field(primary_key=True)
    """Empty for a recognition that names no value."""
    given: int = 0
    received: int = 0
    points_given: int = 0
    points_received: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """What one recognition adds to a person's tally in a period."""

    period: str
    person_id: str
    given: int = 0
    received: int = 0
    points_given: int = 0
    points_received: int = 0


tally = Tally.__table__  # type: ignore[attr-defined]

_ADD = PreparedInsert(
    tally,
    lambda insert: add_on_conflict(
        insert,
        key=("tenant_id", "person_id", "period", "value_id"),
        add=("given", "received", "points_given", "points_received"),
    ),
)


def add_counts(tx: Connection, tenant_id: str, value_id: str | None, counts: Iterable[Count], sign: int = 1) -> None:
    """Adds counts to the tallies, or subtracts them with `sign=-1`. One row a period and person."""
    rows = [
        {
            "tenant_id": tenant_id,
            "period": one.period,
            "person_id": one.person_id,
            "value_id": value_id or "",
            "given": sign * one.given,
            "received": sign * one.received,
            "points_given": sign * one.points_given,
            "points_received": sign * one.points_received,
        }
        # In one order everywhere, so that two gifts never wait for each other in a ring.
        for one in sorted(counts, key=lambda one: (one.person_id, one.period))
    ]
    _ADD.run(tx, rows)
