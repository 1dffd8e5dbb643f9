"""Links to the picture of a recognition, each made by one of its receivers; and how often it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, UniqueConstraint, bindparam, func, select
from sqlmodel import Field, SQLModel

from store.imports import token_hash
from store.prepared import Prepared
from store.types import UtcDateTime

LONGEST_TOKEN = 100


class ShareLink(SQLModel, table=True):
    """One a recognition and receiver: the next takes the place of the last, and its count goes on."""

    __tablename__ = "share_link"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "recognition_id"], ["recognition.tenant_id", "recognition.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever has the link is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_share_link_token_hash"),
    )

    tenant_id: str = Field(primary_key=True)
    recognition_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    token_hash: str
    """SHA-256 of the secret in the link."""
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    downloads: int = 0


@dataclass(frozen=True, slots=True)
class ShareFact:
    tenant_id: str
    recognition_id: str
    person_id: str
    expires_at: datetime
    downloads: int


share_link = ShareLink.__table__  # type: ignore[attr-defined]

_FACT = tuple(share_link.c[name] for name in ShareFact.__dataclass_fields__)
_THIS = (
    (share_link.c.tenant_id == bindparam("b_tenant_id"))
    & (share_link.c.recognition_id == bindparam("b_recognition_id"))
    & (share_link.c.person_id == bindparam("b_person_id"))
)
_RENEW = (
    share_link.update()
    .where(_THIS)
    .values(token_hash=bindparam("b_token_hash"), expires_at=bindparam("b_expires_at", type_=UtcDateTime))
    .returning(share_link.c.downloads)
)
_BY_TOKEN = Prepared(select(*_FACT).where(share_link.c.token_hash == bindparam("token_hash")))
_COUNT = share_link.update().where(_THIS).values(downloads=share_link.c.downloads + 1)
_TAKEN = select(func.coalesce(func.sum(share_link.c.downloads), 0)).where(
    share_link.c.tenant_id == bindparam("tenant_id")
)


def save_share(tx: Connection, fact: ShareFact, token: str) -> int:
    """A new link for this receiver; the one before it is not good any more. How often the picture was taken so far."""
    renewed = _key(fact) | {"b_token_hash": token_hash(token), "b_expires_at": fact.expires_at}
    taken: int | None = tx.execute(_RENEW, renewed).scalar()
    if taken is not None:
        return taken
    row = {name: getattr(fact, name) for name in ShareFact.__dataclass_fields__}
    tx.execute(share_link.insert(), row | {"token_hash": token_hash(token)})
    return 0


def find_share(tx: Connection, token: str) -> ShareFact | None:
    """What a link is for, whosever tenant it is."""
    row = _BY_TOKEN.row(tx, {"token_hash": token_hash(token)}) if 0 < len(token) <= LONGEST_TOKEN else None
    return ShareFact(*row) if row else None


def count_download(tx: Connection, fact: ShareFact) -> None:
    tx.execute(_COUNT, _key(fact))


def count_taken(tx: Connection, tenant_id: str) -> int:
    """How often pictures of a tenant were downloaded."""
    return int(tx.execute(_TAKEN, {"tenant_id": tenant_id}).scalar_one())


def _key(fact: ShareFact) -> dict[str, object]:
    return {
        "b_tenant_id": fact.tenant_id,
        "b_recognition_id": fact.recognition_id,
        "b_person_id": fact.person_id,
    }
