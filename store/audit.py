"""Who changed what of a programme, and when. Rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import fetch
from store.types import JsonDict, UtcDateTime


class AuditEntry(SQLModel, table=True):
    """Refers to no person row: what was done stays told when its doer is erased."""

    __tablename__ = "audit"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),)

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    """Grows with time."""
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor_id: str
    act: str
    """What was done: `policy`, `value added`, `points granted`..."""
    subject_id: str = ""
    """Whom or what it was done to, where that is one person or thing."""
    details: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """What it was and what it is, in a few plain words or numbers."""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditFact:
    id: str
    at: datetime
    actor_id: str
    act: str
    subject_id: str = ""
    details: Mapping[str, Any]
    reason: str = ""


audit = AuditEntry.__table__  # type: ignore[attr-defined]

_COLUMNS = tuple(audit.c[name] for name in AuditFact.__dataclass_fields__)
_LATEST = (
    select(*_COLUMNS)
    .where(audit.c.tenant_id == bindparam("tenant_id"), audit.c.id < bindparam("before"))
    .order_by(audit.c.id.desc())
    .limit(bindparam("most"))
)
_SINCE = (
    select(*_COLUMNS)
    .where(
        audit.c.tenant_id == bindparam("tenant_id"),
        audit.c.actor_id == bindparam("actor_id"),
        audit.c.act == bindparam("act"),
        audit.c.at >= bindparam("since", type_=UtcDateTime),
    )
    .order_by(audit.c.id.desc())
)
_NEWEST = "g"  # after every id, for those are hex digits


def add_audit(tx: Connection, tenant_id: str, fact: AuditFact) -> None:
    tx.execute(
        audit.insert(),
        {
            "tenant_id": tenant_id,
            "id": fact.id,
            "at": fact.at,
            "actor_id": fact.actor_id,
            "act": fact.act,
            "subject_id": fact.subject_id,
            "details": dict(fact.details),
            "reason": fact.reason,
        },
    )


def list_audit(tx: Connection, tenant_id: str, *, before: str = "", most: int = 10) -> list[AuditFact]:
    """The newest entries first; those before the one with id `before`, to page on."""
    return _facts(fetch(tx, _LATEST, {"tenant_id": tenant_id, "before": before or _NEWEST, "most": most}))


def list_acts_since(tx: Connection, tenant_id: str, actor_id: str, act: str, since: datetime) -> list[AuditFact]:
    """What somebody did of one kind lately, the newest first."""
    return _facts(fetch(tx, _SINCE, {"tenant_id": tenant_id, "actor_id": actor_id, "act": act, "since": since}))


def _facts(rows: Sequence[tuple[Any, ...]]) -> list[AuditFact]:
    names = tuple(AuditFact.__dataclass_fields__)
    return [AuditFact(**dict(zip(names, row, strict=True))) for row in rows]
