"""Requests that were handled, with their answers: what makes a second delivery find the first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Index, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import insert_or_nothing
from store.prepared import Prepared
from store.types import JsonDict, UtcDateTime


class HandledRequest(SQLModel, table=True):
    """Refers to no tenant row: on PostgreSQL every request would lock that one."""

    __tablename__ = "request"
    __table_args__ = (Index("ix_request_at", "tenant_id", "at"),)

    tenant_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    name: str
    outcome: str = ""
    """Empty while the handler runs; nobody else ever sees that, for it commits together with its outcome."""
    answer: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True)
class Outcome:
    outcome: str
    answer: dict[str, Any]


request = HandledRequest.__table__  # type: ignore[attr-defined]

_CLAIM = Prepared(insert_or_nothing(request))
_THIS = (request.c.tenant_id == bindparam("b_tenant_id")) & (request.c.key == bindparam("b_key"))
_FIND = Prepared(select(request.c.outcome, request.c.answer).where(_THIS))
_KEEP = Prepared(
    request.update().where(_THIS).values(outcome=bindparam("b_outcome"), answer=bindparam("b_answer", type_=JsonDict))
)


def claim(tx: Connection, tenant_id: str, key: str, name: str, at: datetime) -> Outcome | None:
    """Claims a request's key. Returns what was answered before if this delivery is known.

    On PostgreSQL this waits for another transaction that holds the key, and then finds its outcome.
    """
    row = {"tenant_id": tenant_id, "key": key, "name": name, "outcome": "", "answer": {}, "at": at}
    if _CLAIM.run(tx, row):
        return None
    return find_outcome(tx, tenant_id, key)


def find_outcome(tx: Connection, tenant_id: str, key: str) -> Outcome | None:
    row = _FIND.row(tx, {"b_tenant_id": tenant_id, "b_key": key})
    return Outcome(*row) if row else None


def keep_outcome(tx: Connection, tenant_id: str, key: str, outcome: str, answer: dict[str, Any]) -> None:
    _KEEP.run(tx, {"b_tenant_id": tenant_id, "b_key": key, "b_outcome": outcome, "b_answer": answer})


def forget_requests(tx: Connection, tenant_id: str, before: datetime, most: int) -> int:
    """Deletes up to `most` old outcomes, and says how many: no platform sends anything again after days."""
    mine = request.c.tenant_id == tenant_id
    old = select(request.c.key).where(mine, request.c.at < before).limit(most)
    return tx.execute(request.delete().where(mine, request.c.key.in_(old))).rowcount
