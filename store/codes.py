"""Gift codes and other secrets of orders. All of them are sealed: nobody reads them here but whoever they are for.

A code is handed out once: the row that names its order is written where none is named yet, and an order has one code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared, PreparedInsert, in_list
from store.types import UtcDateTime


class GiftCode(SQLModel, table=True):
    __tablename__ = "gift_code"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "digest", name="uq_gift_code_digest"),
        UniqueConstraint("tenant_id", "order_id", name="uq_gift_code_order"),
        Index("ix_gift_code_free", "tenant_id", "reward_id", "order_id", "id"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    reward_id: str
    digest: str
    """Tells a code that is there already, by a key of the tenant's own."""
    sealed: str
    order_id: str | None = None
    """Whose it is; None while it is nobody's."""
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    taken_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class CodePool(SQLModel, table=True):
    """What is kept of a reward's codes as a whole."""

    __tablename__ = "code_pool"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    reward_id: str = Field(primary_key=True)
    told_low: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether it was told that few are left, since codes were added last."""


class CodeKey(SQLModel, table=True):
    """The tenant's key for digests of codes, sealed itself. The key that seals may change; this one stays."""

    __tablename__ = "code_key"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"), COMPACT)

    tenant_id: str = Field(primary_key=True)
    sealed: str


class OrderSecret(SQLModel, table=True):
    """What an order brought that only its owner may read: a code, a link."""

    __tablename__ = "order_secret"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "order_id"], ["redemption.tenant_id", "redemption.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    sealed: str
    kept_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


gift_code = GiftCode.__table__  # type: ignore[attr-defined]
code_pool = CodePool.__table__  # type: ignore[attr-defined]
code_key = CodeKey.__table__  # type: ignore[attr-defined]
order_secret = OrderSecret.__table__  # type: ignore[attr-defined]

_ADD = PreparedInsert(gift_code)
_KNOWN = Prepared(
    select(gift_code.c.digest).where(
        gift_code.c.tenant_id == bindparam("tenant_id"), in_list(gift_code.c.digest, "digests")
    )
)
_OF_REWARD = (gift_code.c.tenant_id == bindparam("tenant_id")) & (gift_code.c.reward_id == bindparam("reward_id"))
_FREE = Prepared(select(func.count()).select_from(gift_code).where(_OF_REWARD, gift_code.c.order_id.is_(None)))
_ALL = Prepared(select(func.count()).select_from(gift_code).where(_OF_REWARD))
_NEXT = Prepared(
    select(gift_code.c.id).where(_OF_REWARD, gift_code.c.order_id.is_(None)).order_by(gift_code.c.id).limit(1)
)
_TAKE = (
    gift_code.update()
    .where(
        gift_code.c.tenant_id == bindparam("b_tenant_id"),
        gift_code.c.id == bindparam("b_id"),
        gift_code.c.order_id.is_(None),
    )
    .values(order_id=bindparam("b_order_id"), taken_at=bindparam("b_taken_at", type_=UtcDateTime))
)
_FREE_AGAIN = (
    gift_code.update()
    .where(gift_code.c.tenant_id == bindparam("b_tenant_id"), gift_code.c.order_id == bindparam("b_order_id"))
    .values(order_id=None, taken_at=None)
)
_TAKEN = Prepared(
    select(gift_code.c.sealed).where(
        gift_code.c.tenant_id == bindparam("tenant_id"), gift_code.c.order_id == bindparam("order_id")
    )
)
_TELL_LOW = PreparedInsert(
    code_pool,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "reward_id"], set_={"told_low": insert.excluded.told_low}
    ),
)
_TOLD_LOW = Prepared(
    select(code_pool.c.told_low).where(
        code_pool.c.tenant_id == bindparam("tenant_id"), code_pool.c.reward_id == bindparam("reward_id")
    )
)
_KEY = select(code_key.c.sealed).where(code_key.c.tenant_id == bindparam("tenant_id"))
_ADD_KEY = insert_or_nothing(code_key)
_SECRET = Prepared(
    select(order_secret.c.sealed).where(
        order_secret.c.tenant_id == bindparam("tenant_id"), order_secret.c.order_id == bindparam("order_id")
    )
)
_KEEP = insert_or_nothing(order_secret)


# --- the pool ---------------------------------------------------------------------------------------------


def find_known(tx: Connection, tenant_id: str, digests: Collection[str]) -> set[str]:
    """Those of the digests whose codes are there already, for any reward, handed out or not."""
    return {row[0] for row in _KNOWN.rows(tx, {"tenant_id": tenant_id, "digests": list(digests)})}


def add_codes(
    tx: Connection, tenant_id: str, reward_id: str, codes: Mapping[str, tuple[str, str]], at: datetime
) -> None:
    """Digest and sealed text by id. The reward is locked; one that is there already is a conflict."""
    rows = [
        {
            "tenant_id": tenant_id,
            "id": code_id,
            "reward_id": reward_id,
            "digest": digest,
            "sealed": sealed,
            "order_id": None,
            "added_at": at,
            "taken_at": None,
        }
        for code_id, (digest, sealed) in codes.items()
    ]
    _ADD.run(tx, rows)


def count_codes(tx: Connection, tenant_id: str, reward_id: str) -> tuple[int, int]:
    """How many are nobody's yet, and how many there are in all."""
    sought = {"tenant_id": tenant_id, "reward_id": reward_id}
    return int(_FREE.scalar(tx, sought)), int(_ALL.scalar(tx, sought))


def take_code(tx: Connection, tenant_id: str, reward_id: str, order_id: str, at: datetime) -> bool:
    """Makes the oldest free code that of an order. False where none is left. The reward is locked."""
    code_id = _NEXT.scalar(tx, {"tenant_id": tenant_id, "reward_id": reward_id})
    if code_id is None:
        return False
    taken = {"b_tenant_id": tenant_id, "b_id": code_id, "b_order_id": order_id, "b_taken_at": at}
    return bool(tx.execute(_TAKE, taken).rowcount)


def free_code(tx: Connection, tenant_id: str, order_id: str) -> bool:
    """The order ended, and nobody has seen its code: it is the next one's."""
    return bool(tx.execute(_FREE_AGAIN, {"b_tenant_id": tenant_id, "b_order_id": order_id}).rowcount)


def find_taken(tx: Connection, tenant_id: str, order_id: str) -> str | None:
    """The sealed code of an order."""
    found: str | None = _TAKEN.scalar(tx, {"tenant_id": tenant_id, "order_id": order_id})
    return found


def tell_low(tx: Connection, tenant_id: str, reward_id: str, told: bool) -> None:
    _TELL_LOW.run(tx, [{"tenant_id": tenant_id, "reward_id": reward_id, "told_low": told}])


def is_told_low(tx: Connection, tenant_id: str, reward_id: str) -> bool:
    return bool(_TOLD_LOW.scalar(tx, {"tenant_id": tenant_id, "reward_id": reward_id}))


# --- the key of digests -----------------------------------------------------------------------------------


def keep_code_key(tx: Connection, tenant_id: str, sealed: str) -> str:
    """The tenant's key, sealed: this one, or the one that is there already."""
    tx.execute(_ADD_KEY, {"tenant_id": tenant_id, "sealed": sealed})
    return str(find_code_key(tx, tenant_id))


def find_code_key(tx: Connection, tenant_id: str) -> str | None:
    return tx.execute(_KEY, {"tenant_id": tenant_id}).scalar()


# --- secrets of orders ------------------------------------------------------------------------------------


def keep_secret(tx: Connection, tenant_id: str, order_id: str, sealed: str, at: datetime) -> bool:
    """Keeps what an order brought. False where something is kept already, which stays."""
    row = {"tenant_id": tenant_id, "order_id": order_id, "sealed": sealed, "kept_at": at}
    return bool(tx.execute(_KEEP, row).rowcount)


def find_secret(tx: Connection, tenant_id: str, order_id: str) -> str | None:
    """Sealed, as it was kept."""
    found: str | None = _SECRET.scalar(tx, {"tenant_id": tenant_id, "order_id": order_id})
    return found


def has_secret(tx: Connection, tenant_id: str, order_id: str) -> bool:
    return find_secret(tx, tenant_id, order_id) is not None
