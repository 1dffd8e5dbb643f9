"""Big screens that show the wall to whoever passes by: each has a link with a secret, which can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, UniqueConstraint, bindparam, func, select
from sqlmodel import Field, SQLModel

from store.db import fetch
from store.imports import token_hash
from store.prepared import Prepared
from store.sign_ins import LONGEST_TOKEN
from store.types import UtcDateTime


class WallScreen(SQLModel, table=True):
    """Refers to no person: it goes on when whoever set it up leaves."""

    __tablename__ = "screen"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever has the link is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_screen_token_hash"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    token_hash: str
    """SHA-256 of the secret in the link."""
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    seen_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """About when it was shown last."""
    revoked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


@dataclass(frozen=True, slots=True)
class ScreenFact:
    tenant_id: str
    id: str
    name: str
    made_at: datetime
    seen_at: datetime | None


screen = WallScreen.__table__  # type: ignore[attr-defined]

_FACT = tuple(screen.c[name] for name in ScreenFact.__dataclass_fields__)
_BY_TOKEN = Prepared(
    select(*_FACT).where(screen.c.token_hash == bindparam("token_hash"), screen.c.revoked_at.is_(None))
)
_THIS = (screen.c.tenant_id == bindparam("b_tenant_id")) & (screen.c.id == bindparam("b_id"))
_NOTE = Prepared(screen.update().where(_THIS).values(seen_at=bindparam("b_at", type_=UtcDateTime)))


def add_screen(tx: Connection, fact: ScreenFact, token: str) -> None:
    row = {name: getattr(fact, name) for name in ScreenFact.__dataclass_fields__}
    tx.execute(screen.insert(), row | {"token_hash": token_hash(token), "revoked_at": None})


def find_screen(tx: Connection, token: str) -> ScreenFact | None:
    """The screen that a link is for, whosever tenant it is. None for one that was taken back, or never was."""
    row = _BY_TOKEN.row(tx, {"token_hash": token_hash(token)}) if 0 < len(token) <= LONGEST_TOKEN else None
    return ScreenFact(*row) if row else None


def note_screen(tx: Connection, one: ScreenFact, at: datetime) -> None:
    """Writes down that it was shown."""
    _NOTE.run(tx, {"b_tenant_id": one.tenant_id, "b_id": one.id, "b_at": at})


def list_screens(tx: Connection, tenant_id: str, most: int) -> list[ScreenFact]:
    """Those that were not taken back, the newest first."""
    mine = (screen.c.tenant_id == tenant_id) & screen.c.revoked_at.is_(None)
    rows = fetch(tx, select(*_FACT).where(mine).order_by(screen.c.id.desc()).limit(most), {})
    return [ScreenFact(*row) for row in rows]


def count_screens(tx: Connection, tenant_id: str) -> int:
    """How many there are that were not taken back."""
    mine = (screen.c.tenant_id == tenant_id) & screen.c.revoked_at.is_(None)
    return int(fetch(tx, select(func.count()).select_from(screen).where(mine), {})[0][0])


def revoke_screen(tx: Connection, tenant_id: str, screen_id: str, at: datetime) -> str | None:
    """Takes a screen's link back. Its name; None where there is none, or it was taken back before."""
    mine = (screen.c.tenant_id == tenant_id) & (screen.c.id == screen_id) & screen.c.revoked_at.is_(None)
    rows = tx.execute(screen.update().where(mine).values(revoked_at=at).returning(screen.c.name)).all()
    return str(rows[0][0]) if rows else None
