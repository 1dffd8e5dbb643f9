"""Who may do what others may not: administrators of a programme, and who may award anybody."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Connection, ForeignKeyConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch, insert_or_nothing
from store.types import UtcDateTime


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    AWARDER = "awarder"  # may award anybody, out of a budget of theirs


class HeldRole(SQLModel, table=True):
    __tablename__ = "role"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    role: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    given_by: str | None = None
    """The person who named them; none for whoever installed the app."""
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


role = HeldRole.__table__  # type: ignore[attr-defined]

_GIVE = insert_or_nothing(role)
_THIS = (
    (role.c.tenant_id == bindparam("b_tenant_id"))
    & (role.c.role == bindparam("b_role"))
    & (role.c.person_id == bindparam("b_person_id"))
)
_HAS = select(role.c.person_id).where(_THIS)
_TAKE = role.delete().where(_THIS)
_WHO = (
    select(role.c.person_id)
    .where(role.c.tenant_id == bindparam("tenant_id"), role.c.role == bindparam("role"))
    .order_by(role.c.given_at, role.c.person_id)
)


def give_role(tx: Connection, tenant_id: str, held: Role, person_id: str, at: datetime, by: str | None = None) -> bool:
    """Whether that is new."""
    row = {"tenant_id": tenant_id, "role": held, "person_id": person_id, "given_by": by, "given_at": at}
    return bool(tx.execute(_GIVE, row).rowcount)


def take_role(tx: Connection, tenant_id: str, held: Role, person_id: str) -> bool:
    """Whether they had it."""
    return bool(tx.execute(_TAKE, _this(tenant_id, held, person_id)).rowcount)


def has_role(tx: Connection, tenant_id: str, held: Role, person_id: str) -> bool:
    return tx.execute(_HAS, _this(tenant_id, held, person_id)).first() is not None


def list_holders(tx: Connection, tenant_id: str, held: Role) -> list[str]:
    """The people who have a role, whoever had it first in front."""
    return [row[0] for row in fetch(tx, _WHO, {"tenant_id": tenant_id, "role": held})]


def _this(tenant_id: str, held: Role, person_id: str) -> dict[str, object]:
    return {"b_tenant_id": tenant_id, "b_role": held, "b_person_id": person_id}
