"""Donations: what was redeemed for charities, collected by month, and which months were reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, ForeignKeyConstraint, Index, bindparam, func, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared
from store.types import Points, UtcDateTime


class CharityGift(SQLModel, table=True):
    """An order that became a donation: once, for the key is the order's."""

    __tablename__ = "charity_gift"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "order_id"], ["redemption.tenant_id", "redemption.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        Index("ix_charity_gift_month", "tenant_id", "month", "reward_id", "currency"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    reward_id: str
    month: str
    """`2026-11`, by the tenant's calendar, in which it was given; never changed."""
    points: int = Field(sa_column=Column(BigInteger, nullable=False))
    value_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    """What the organisation gives for it, in minor units of `currency`; 0 where nobody said."""
    currency: str


class CharityMonth(SQLModel, table=True):
    """A month that was reported: it is closed."""

    __tablename__ = "charity_month"
    __table_args__ = (ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"), COMPACT)

    tenant_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    reported_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True)
class Collected:
    """What a month brought one charity, in one currency."""

    reward_id: str
    currency: str
    gifts: int
    points: Points
    value_minor: int


charity_gift = CharityGift.__table__  # type: ignore[attr-defined]
charity_month = CharityMonth.__table__  # type: ignore[attr-defined]

_OF_TENANT = charity_gift.c.tenant_id == bindparam("tenant_id")
_SUMS = Prepared(
    select(
        charity_gift.c.reward_id,
        charity_gift.c.currency,
        func.count(),
        func.sum(charity_gift.c.points),
        func.sum(charity_gift.c.value_minor),
    )
    .where(_OF_TENANT, charity_gift.c.month == bindparam("month"))
    .group_by(charity_gift.c.reward_id, charity_gift.c.currency)
    .order_by(charity_gift.c.reward_id, charity_gift.c.currency)
)
_DUE = Prepared(
    select(charity_gift.c.month)
    .where(
        _OF_TENANT,
        charity_gift.c.month > bindparam("after"),
        charity_gift.c.month < bindparam("before"),
        ~select(charity_month.c.month)
        .where(charity_month.c.tenant_id == charity_gift.c.tenant_id, charity_month.c.month == charity_gift.c.month)
        .exists(),
    )
    .order_by(charity_gift.c.month)
    .limit(1)
)
_REPORTED = Prepared(
    select(charity_month.c.reported_at).where(
        charity_month.c.tenant_id == bindparam("tenant_id"), charity_month.c.month == bindparam("month")
    )
)
_CLOSE = insert_or_nothing(charity_month)


def add_gift(tx: Connection, tenant_id: str, order_id: str, month: str, collected: Collected) -> None:
    """One donation, of one order. An order that is there already is a bug."""
    row = {
        "tenant_id": tenant_id,
        "order_id": order_id,
        "reward_id": collected.reward_id,
        "month": month,
        "points": collected.points,
        "value_minor": collected.value_minor,
        "currency": collected.currency,
    }
    tx.execute(charity_gift.insert(), row)


def list_collected(tx: Connection, tenant_id: str, month: str) -> list[Collected]:
    """What a month brought, by charity."""
    rows = _SUMS.rows(tx, {"tenant_id": tenant_id, "month": month})
    return [Collected(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in rows]


def find_unreported(tx: Connection, tenant_id: str, before: str) -> str | None:
    """The earliest month before another that brought something and was not reported yet."""
    row = _DUE.row(tx, {"tenant_id": tenant_id, "after": "", "before": before})
    return row[0] if row else None


def close_month(tx: Connection, tenant_id: str, month: str, at: datetime) -> bool:
    """Marks it as reported. False where it was before."""
    return bool(tx.execute(_CLOSE, {"tenant_id": tenant_id, "month": month, "reported_at": at}).rowcount)


def find_reported(tx: Connection, tenant_id: str, month: str) -> datetime | None:
    row = _REPORTED.row(tx, {"tenant_id": tenant_id, "month": month})
    return row[0] if row else None
