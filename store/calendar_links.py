"""Links to the calendar file of an order, each made by whoever ordered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, UniqueConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.imports import token_hash
from store.prepared import Prepared, PreparedInsert
from store.share_links import LONGEST_TOKEN
from store.types import UtcDateTime


class CalendarLink(SQLModel, table=True):
    """One an order: the next takes the place of the last."""

    __tablename__ = "calendar_link"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "order_id"], ["redemption.tenant_id", "redemption.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever has the link is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_calendar_link_token_hash"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    token_hash: str
    """SHA-256 of the secret in the link."""
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True)
class CalendarFact:
    tenant_id: str
    order_id: str
    expires_at: datetime


calendar_link = CalendarLink.__table__  # type: ignore[attr-defined]

_SAVE = PreparedInsert(
    calendar_link,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "order_id"],
        set_={"token_hash": insert.excluded.token_hash, "expires_at": insert.excluded.expires_at},
    ),
)
_BY_TOKEN = Prepared(
    select(calendar_link.c.tenant_id, calendar_link.c.order_id, calendar_link.c.expires_at).where(
        calendar_link.c.token_hash == bindparam("token_hash")
    )
)


def save_calendar_link(tx: Connection, fact: CalendarFact, token: str) -> None:
    """A new link for this order; the one before it is not good any more."""
    row = {"tenant_id": fact.tenant_id, "order_id": fact.order_id, "expires_at": fact.expires_at}
    _SAVE.run(tx, [row | {"token_hash": token_hash(token)}])


def find_calendar_link(tx: Connection, token: str) -> CalendarFact | None:
    """What a link is for, whosever tenant it is."""
    row = _BY_TOKEN.row(tx, {"token_hash": token_hash(token)}) if 0 < len(token) <= LONGEST_TOKEN else None
    return CalendarFact(*row) if row else None
