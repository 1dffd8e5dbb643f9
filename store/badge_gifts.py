"""Badges with points of the organisation: who gave which to whom in a month, once each."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, ForeignKeyConstraint, Index, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared


class BadgeGift(SQLModel, table=True):
    """The key is the rule: of two gifts at once the later waits for the other, and is one too many."""

    __tablename__ = "badge_gift"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "recognition_id"], ["recognition.tenant_id", "recognition.id"], onupdate="CASCADE"
        ),
        Index("ix_badge_gift_recognition", "tenant_id", "recognition_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    giver_id: str = Field(primary_key=True)
    badge_id: str = Field(primary_key=True)
    month: str = Field(primary_key=True)
    """`2026-11`, by the tenant's calendar."""
    receiver_id: str = Field(primary_key=True)
    recognition_id: str


badge_gift = BadgeGift.__table__  # type: ignore[attr-defined]

_ADD = Prepared(insert_or_nothing(badge_gift))
_HAD = Prepared(
    select(badge_gift.c.receiver_id).where(
        badge_gift.c.tenant_id == bindparam("tenant_id"),
        badge_gift.c.giver_id == bindparam("giver_id"),
        badge_gift.c.badge_id == bindparam("badge_id"),
        badge_gift.c.month == bindparam("month"),
    )
)
_REMOVE = badge_gift.delete().where(
    badge_gift.c.tenant_id == bindparam("b_tenant_id"), badge_gift.c.recognition_id == bindparam("b_recognition_id")
)


def list_had(tx: Connection, tenant_id: str, giver_id: str, badge_id: str, month: str) -> set[str]:
    """Who had it of this giver in that month."""
    sought = {"tenant_id": tenant_id, "giver_id": giver_id, "badge_id": badge_id, "month": month}
    return {row[0] for row in _HAD.rows(tx, sought)}


def add_badge_gifts(
    tx: Connection,
    tenant_id: str,
    recognition_id: str,
    giver_id: str,
    badge_id: str,
    month: str,
    receiver_ids: Collection[str],
) -> set[str]:
    """Keeps that these people have it now, and gives those who had it already."""
    same = {"tenant_id": tenant_id, "giver_id": giver_id, "badge_id": badge_id, "month": month}
    # In the order of their ids, so that two gifts never wait for each other in a ring.
    return {
        one
        for one in sorted(receiver_ids)
        if not _ADD.run(tx, same | {"receiver_id": one, "recognition_id": recognition_id})
    }


def remove_badge_gifts(tx: Connection, tenant_id: str, recognition_id: str) -> None:
    """As if it had not been given: only where every point of it came back."""
    tx.execute(_REMOVE, {"b_tenant_id": tenant_id, "b_recognition_id": recognition_id})
