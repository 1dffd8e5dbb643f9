"""Boosts: points that others add to a recognition, once a person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared, in_list
from store.types import UtcDateTime


class Boost(SQLModel, table=True):
    """The key is the rule: one a recognition and person, whether it came by a button or by a reaction."""

    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "recognition_id"], ["recognition.tenant_id", "recognition.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        CheckConstraint("points >= 0", name="ck_boost_points"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    recognition_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    points: int
    """To each receiver."""
    transaction_id: str | None = None
    tally_labels: str
    """The periods it was counted under, so that a take-back subtracts there."""
    boosted_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True)
class BoostFact:
    recognition_id: str
    person_id: str
    points: int
    transaction_id: str | None
    tally_labels: tuple[str, ...]
    boosted_at: datetime


boost = Boost.__table__  # type: ignore[attr-defined]

_ADD = insert_or_nothing(boost)
_OF = Prepared(
    select(*(boost.c[name] for name in BoostFact.__dataclass_fields__))
    .where(boost.c.tenant_id == bindparam("tenant_id"), in_list(boost.c.recognition_id, "recognitions"))
    .order_by(boost.c.recognition_id, boost.c.boosted_at, boost.c.person_id)
)
_THIS = (
    (boost.c.tenant_id == bindparam("b_tenant_id"))
    & (boost.c.recognition_id == bindparam("b_recognition_id"))
    & (boost.c.person_id == bindparam("b_person_id"))
)
_PAID = boost.update().where(_THIS).values(transaction_id=bindparam("b_transaction_id"))
_REMOVE = boost.delete().where(_THIS)


def add_boost(tx: Connection, tenant_id: str, fact: BoostFact) -> bool:
    """False if this person boosted it already."""
    row = {
        "tenant_id": tenant_id,
        "recognition_id": fact.recognition_id,
        "person_id": fact.person_id,
        "points": fact.points,
        "transaction_id": fact.transaction_id,
        "tally_labels": " ".join(fact.tally_labels),
        "boosted_at": fact.boosted_at,
    }
    return bool(tx.execute(_ADD, row).rowcount)


def list_boosts(tx: Connection, tenant_id: str, recognitions: Collection[str]) -> list[BoostFact]:
    """The boosts of these recognitions, the earliest first."""
    rows = _OF.rows(tx, {"tenant_id": tenant_id, "recognitions": list(recognitions)})
    return [BoostFact(row[0], row[1], row[2], row[3], tuple(row[4].split()), row[5]) for row in rows]


def keep_transaction(tx: Connection, tenant_id: str, recognition_id: str, person_id: str, transaction_id: str) -> None:
    """Notes which transaction moved the points of a boost."""
    row = {"b_tenant_id": tenant_id, "b_recognition_id": recognition_id, "b_person_id": person_id}
    tx.execute(_PAID, row | {"b_transaction_id": transaction_id})


def remove_boost(tx: Connection, tenant_id: str, recognition_id: str, person_id: str) -> bool:
    """Takes a boost off. False if there is none."""
    row = {"b_tenant_id": tenant_id, "b_recognition_id": recognition_id, "b_person_id": person_id}
    return bool(tx.execute(_REMOVE, row).rowcount)
