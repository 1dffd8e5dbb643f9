"""Awards before they are recognitions: what somebody wants to reward out of a budget, and what became of it.

Once given it is a recognition of the same id, which says everything else about it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    bindparam,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.prepared import Prepared, PreparedInsert, in_list
from store.recognitions import Audience
from store.types import Points, UtcDateTime


class AwardState(StrEnum):
    ASKED = "asked"  # its points are held, and somebody has to agree
    DUE = "due"  # agreed; its points are held until its day
    GIVEN = "given"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody decided in time
    WITHDRAWN = "withdrawn"  # by its giver, before it was given
    VOID = "void"  # everybody whom it was for had left


OPEN_STATES = (AwardState.ASKED, AwardState.DUE)


class Award(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "giver_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budget.tenant_id", "budget.id"], onupdate="CASCADE"),
        Index("ix_award_giver", "tenant_id", "giver_id", "id"),
        Index("ix_award_due", "tenant_id", "state", "arrives_on"),
        CheckConstraint("points >= 0", name="ck_award_points"),
        CheckConstraint(
            "state IN ('asked', 'due', 'given', 'declined', 'lapsed', 'withdrawn', 'void')", name="ck_award_state"
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    giver_id: str
    budget_id: str
    points: int = Field(sa_column=Column(BigInteger, nullable=False))
    """To each receiver."""
    reason: str
    badge_id: str | None = None
    audience: str
    place_id: str = ""
    """The conversation that it was said in."""
    copied: str = ""
    """Ids of people in copy, with spaces between."""
    arrives_on: date | None = Field(default=None, sa_column=Column(Date))
    """The day on which the points arrive, by the tenant's calendar; None for at once."""
    state: str
    hold_id: str | None = None
    """The ledger's transaction that holds the points of all receivers."""
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When it was given, declined, let go or withdrawn."""


class AwardReceiver(SQLModel, table=True):
    __tablename__ = "award_receiver"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "award_id"], ["award.tenant_id", "award.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    award_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AwardFact:
    """An award with its receivers, in the order they were named."""

    id: str
    giver_id: str
    budget_id: str
    points: Points
    reason: str
    badge_id: str | None
    audience: Audience
    place_id: str
    copied_ids: tuple[str, ...]
    arrives_on: date | None
    state: AwardState
    hold_id: str | None
    asked_at: datetime
    settled_at: datetime | None = None
    receiver_ids: tuple[str, ...] = ()

    @property
    def total(self) -> Points:
        return self.points * len(self.receiver_ids)


award = Award.__table__  # type: ignore[attr-defined]
award_receiver = AwardReceiver.__table__  # type: ignore[attr-defined]

_COLUMNS = (
    "id",
    "giver_id",
    "budget_id",
    "points",
    "reason",
    "badge_id",
    "audience",
    "place_id",
    "copied",
    "arrives_on",
    "state",
    "hold_id",
    "asked_at",
    "settled_at",
)
_SHOWN = select(*(award.c[name] for name in _COLUMNS)).where(award.c.tenant_id == bindparam("tenant_id"))
_ONE = Prepared(_SHOWN.where(award.c.id == bindparam("id")))
_OF_GIVER = Prepared(
    _SHOWN.where(award.c.giver_id == bindparam("giver_id"), award.c.id < bindparam("before"))
    .order_by(award.c.id.desc())
    .limit(bindparam("most"))
)
_DUE = Prepared(
    _SHOWN.where(
        award.c.state == AwardState.DUE, award.c.arrives_on <= bindparam("day"), award.c.id > bindparam("after")
    )
    .order_by(award.c.id)
    .limit(bindparam("most"))
)
_RECEIVERS = Prepared(
    select(award_receiver.c.award_id, award_receiver.c.person_id)
    .where(award_receiver.c.tenant_id == bindparam("tenant_id"), in_list(award_receiver.c.award_id, "awards"))
    .order_by(award_receiver.c.award_id, award_receiver.c.position)
)
_ADD_RECEIVERS = PreparedInsert(award_receiver)
_MOVE = (
    award.update()
    .where(
        award.c.tenant_id == bindparam("b_tenant_id"),
        award.c.id == bindparam("b_id"),
        award.c.state == bindparam("b_was"),
    )
    .values(state=bindparam("b_now"), settled_at=bindparam("b_settled_at", type_=UtcDateTime))
)
_NEWEST = "g"


def add_award(tx: Connection, tenant_id: str, fact: AwardFact) -> None:
    row = {name: getattr(fact, name) for name in _COLUMNS if name != "copied"}
    tx.execute(award.insert(), row | {"tenant_id": tenant_id, "copied": " ".join(fact.copied_ids)})
    rows = [
        {"tenant_id": tenant_id, "award_id": fact.id, "person_id": one, "position": at}
        for at, one in enumerate(fact.receiver_ids)
    ]
    _ADD_RECEIVERS.run(tx, rows)


def move_award(
    tx: Connection, tenant_id: str, award_id: str, was: AwardState, now: AwardState, at: datetime | None
) -> bool:
    """From one state to another, once. False where somebody else was quicker. `at` where that settles it."""
    row = {"b_tenant_id": tenant_id, "b_id": award_id, "b_was": was, "b_now": now, "b_settled_at": at}
    return bool(tx.execute(_MOVE, row).rowcount)


def find_award(tx: Connection, tenant_id: str, award_id: str) -> AwardFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": award_id})
    return _with_receivers(tx, tenant_id, [row])[0] if row else None


def list_awards(tx: Connection, tenant_id: str, giver_id: str, *, before: str = "", most: int = 10) -> list[AwardFact]:
    """What somebody awarded or asked for, the newest first, before an id."""
    sought = {"tenant_id": tenant_id, "giver_id": giver_id, "before": before or _NEWEST, "most": most}
    return _with_receivers(tx, tenant_id, _OF_GIVER.rows(tx, sought))


def list_due_awards(tx: Connection, tenant_id: str, day: date, *, after: str = "", most: int) -> list[AwardFact]:
    """Agreed ones whose day has come, by id."""
    rows = _DUE.rows(tx, {"tenant_id": tenant_id, "day": day, "after": after, "most": most})
    return _with_receivers(tx, tenant_id, rows)


def _with_receivers(tx: Connection, tenant_id: str, rows: Collection[tuple[Any, ...]]) -> list[AwardFact]:
    if not rows:
        return []
    named: dict[str, list[str]] = {row[0]: [] for row in rows}
    for award_id, person_id in _RECEIVERS.rows(tx, {"tenant_id": tenant_id, "awards": list(named)}):
        named[award_id].append(person_id)
    return [_fact(row, tuple(named[row[0]])) for row in rows]


def _fact(row: tuple[Any, ...], receiver_ids: tuple[str, ...]) -> AwardFact:
    values = dict(zip(_COLUMNS, row, strict=True))
    values["copied_ids"] = tuple(values.pop("copied").split())
    values["audience"], values["state"] = Audience(values["audience"]), AwardState(values["state"])
    return AwardFact(**values, receiver_ids=receiver_ids)
