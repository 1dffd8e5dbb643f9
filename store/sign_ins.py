"""How somebody gets from a chat to a page: a link that opens once, and the session that a browser has after it.

Kept are hashes only. Lives are by the database's own time, one clock for all replicas, which nobody moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, ForeignKeyConstraint, Index, UniqueConstraint, bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Field, SQLModel

from store.db import db_now_ms, fetch
from store.imports import token_hash
from store.prepared import Prepared

LINK_MINUTES = 10
IDLE_HOURS, MOST_HOURS = 12, 7 * 24
"""A session ends when nothing was asked for so long, and after so long whatever was."""
_HOUR_MS = 3_600_000
_LINK_MS = LINK_MINUTES * 60_000
_FRESH_MS = 300_000
"""How old the note of a session's last use may grow: to look at pages is not to write."""
LONGEST_TOKEN = 100


class SignInLink(SQLModel, table=True):
    """One a person: the next takes the place of the last. It is gone once it was used."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever has the link is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_sign_in_link_token_hash"),
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    token_hash: str
    """SHA-256 of the secret in the link."""
    expires_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Milliseconds by the database's clock, as the times of sessions are."""


class WebSession(SQLModel, table=True):
    __tablename__ = "web_session"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        UniqueConstraint("token_hash", name="uq_web_session_token_hash"),
        Index("ix_web_session_person", "tenant_id", "person_id"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    token_hash: str
    began_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    seen_at: int = Field(sa_column=Column(BigInteger, nullable=False))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a link or a session is for."""

    tenant_id: str
    person_id: str
    stale: bool = False
    """Whether `note_session` is to be called: the last use was written down a while ago."""


link = SignInLink.__table__  # type: ignore[attr-defined]
session = WebSession.__table__  # type: ignore[attr-defined]

_new_link = insert(link).values(
    tenant_id=bindparam("tenant_id"),
    person_id=bindparam("person_id"),
    token_hash=bindparam("token_hash"),
    expires_at=db_now_ms() + _LINK_MS,
)
_ADD_LINK = Prepared(
    _new_link.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={"token_hash": _new_link.excluded.token_hash, "expires_at": _new_link.excluded.expires_at},
    )
)
_GOOD_LINK = (link.c.token_hash == bindparam("b_token_hash")) & (link.c.expires_at > db_now_ms())
_FIND_LINK = Prepared(select(link.c.tenant_id, link.c.person_id).where(_GOOD_LINK))
# The row decides: of two who open it at once, one finds it gone.
_USE_LINK = Prepared(link.delete().where(_GOOD_LINK).returning(link.c.tenant_id, link.c.person_id))
_ADD = Prepared(
    session.insert().values(
        tenant_id=bindparam("tenant_id"),
        id=bindparam("id"),
        person_id=bindparam("person_id"),
        token_hash=bindparam("token_hash"),
        began_at=db_now_ms(),
        seen_at=db_now_ms(),
    )
)
_GOOD = (session.c.seen_at > db_now_ms() - IDLE_HOURS * _HOUR_MS) & (
    session.c.began_at > db_now_ms() - MOST_HOURS * _HOUR_MS
)
_FIND = Prepared(
    select(session.c.tenant_id, session.c.person_id, session.c.seen_at < db_now_ms() - _FRESH_MS).where(
        session.c.token_hash == bindparam("token_hash"), _GOOD
    )
)
_NOTE = Prepared(
    session.update().where(session.c.token_hash == bindparam("b_token_hash"), _GOOD).values(seen_at=db_now_ms())
)
_END = Prepared(session.delete().where(session.c.token_hash == bindparam("token_hash")))
_END_ALL = Prepared(
    session.delete().where(session.c.tenant_id == bindparam("tenant_id"), session.c.person_id == bindparam("person_id"))
)


def add_link(tx: Connection, tenant_id: str, person_id: str, token: str) -> None:
    """A link that is good for `LINK_MINUTES` and once; an earlier one of this person is not good any more."""
    _ADD_LINK.run(tx, {"tenant_id": tenant_id, "person_id": person_id, "token_hash": token_hash(token)})


def find_link(tx: Connection, token: str) -> Holder | None:
    """Whom a link that is still good is for. Changes nothing: programs that preview links open them, too."""
    row = _FIND_LINK.row(tx, {"b_token_hash": token_hash(token)}) if _is_token(token) else None
    return Holder(*row) if row else None


def use_link(tx: Connection, token: str) -> Holder | None:
    """The same, once: None for whoever comes second."""
    rows = _USE_LINK.rows(tx, {"b_token_hash": token_hash(token)}) if _is_token(token) else []
    return Holder(*rows[0]) if rows else None


def add_session(tx: Connection, holder: Holder, session_id: str, token: str) -> None:
    row = {"tenant_id": holder.tenant_id, "id": session_id, "person_id": holder.person_id}
    _ADD.run(tx, row | {"token_hash": token_hash(token)})


def find_session(tx: Connection, token: str) -> Holder | None:
    """Whose session this is, while it lasts."""
    row = _FIND.row(tx, {"token_hash": token_hash(token)}) if _is_token(token) else None
    return Holder(row[0], row[1], bool(row[2])) if row else None


def note_session(tx: Connection, token: str) -> None:
    """Keeps a session from ending for lack of use."""
    _NOTE.run(tx, {"b_token_hash": token_hash(token)})


def end_session(tx: Connection, token: str) -> None:
    if _is_token(token):
        _END.run(tx, {"token_hash": token_hash(token)})


def end_sessions(tx: Connection, tenant_id: str, person_id: str) -> None:
    """Every session of a person, and the link that could begin another."""
    _END_ALL.run(tx, {"tenant_id": tenant_id, "person_id": person_id})
    tx.execute(link.delete().where(link.c.tenant_id == tenant_id, link.c.person_id == person_id))


def forget_sign_ins(tx: Connection, tenant_id: str, most: int) -> int:
    """Deletes up to `most` sessions that ended by themselves, and links that nobody used; says how many sessions."""
    tx.execute(link.delete().where(link.c.tenant_id == tenant_id, link.c.expires_at <= db_now_ms()))
    mine: Any = session.c.tenant_id == tenant_id
    old = [row[0] for row in fetch(tx, select(session.c.id).where(mine, ~_GOOD).limit(most), {})]
    if old:
        tx.execute(session.delete().where(mine, session.c.id.in_(old)))
    return len(old)


def _is_token(text: str) -> bool:
    return 0 < len(text) <= LONGEST_TOKEN
