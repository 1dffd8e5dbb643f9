"""A yearly amount that each person divides among kinds of benefit. An allotment: no points, not in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
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
    func,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.prepared import Prepared, PreparedInsert
from store.types import JsonDict, UtcDateTime


class Group(StrEnum):
    """Whom it is for."""

    ALL = "all"
    DEPARTMENT = "department"
    COUNTRY = "country"


class Benefit(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        Index("ix_benefit_ends", "tenant_id", "ends_on"),
        CheckConstraint("amount > 0", name="ck_benefit_amount"),
        CheckConstraint("segment IN ('all', 'department', 'country')", name="ck_benefit_segment"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    title: str
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    """For each person: in minor units of `currency`, or in points where that is empty."""
    currency: str
    segment: str
    value: str
    """The department's name, or the country's code; empty for all."""
    kinds: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """A list under `kinds`, each with a `name` and the `most` per cent that can go there."""
    ends_on: date = Field(sa_column=Column(Date, nullable=False))
    """The last day on which it can be divided, by the tenant's calendar."""
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class BenefitShare(SQLModel, table=True):
    """What somebody gives to one kind. Shares of nothing are left out."""

    __tablename__ = "benefit_share"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "benefit_id"], ["benefit.tenant_id", "benefit.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        CheckConstraint("percent > 0 AND percent <= 100", name="ck_benefit_share_percent"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    benefit_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    kind: int = Field(primary_key=True)
    """Its place among the benefit's kinds, from 0."""
    percent: int


@dataclass(frozen=True, slots=True)
class KindFact:
    name: str
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenefitFact:
    id: str
    title: str
    amount: int
    currency: str
    segment: Group
    value: str
    kinds: tuple[KindFact, ...]
    ends_on: date
    made_at: datetime

    def is_for(self, country: str, department: str) -> bool:
        match self.segment:
            case Group.ALL:
                return True
            case Group.DEPARTMENT:
                return self.value.casefold() == department.casefold()
            case Group.COUNTRY:
                return self.value == country


@dataclass(frozen=True, slots=True)
class Total:
    """Of one kind: how many people give something to it, and their per cents together."""

    people: int
    percent: int


benefit = Benefit.__table__  # type: ignore[attr-defined]
benefit_share = BenefitShare.__table__  # type: ignore[attr-defined]

_NAMES = tuple(BenefitFact.__dataclass_fields__)
_OF_TENANT = select(*(benefit.c[name] for name in _NAMES)).where(benefit.c.tenant_id == bindparam("tenant_id"))
_ONE = Prepared(_OF_TENANT.where(benefit.c.id == bindparam("id")))
_LATEST = Prepared(
    _OF_TENANT.where(benefit.c.ends_on >= bindparam("since")).order_by(benefit.c.ends_on).limit(bindparam("most"))
)
_NEWEST = Prepared(
    _OF_TENANT.where(benefit.c.ends_on >= bindparam("since"))
    .order_by(benefit.c.ends_on.desc(), benefit.c.id.desc())
    .limit(bindparam("most"))
)
_THIS = (benefit.c.tenant_id == bindparam("b_tenant_id")) & (benefit.c.id == bindparam("b_id"))
_MINE = (
    (benefit_share.c.tenant_id == bindparam("b_tenant_id"))
    & (benefit_share.c.benefit_id == bindparam("b_id"))
    & (benefit_share.c.person_id == bindparam("b_person_id"))
)
_SHARES = Prepared(select(benefit_share.c.kind, benefit_share.c.percent).where(_MINE))
_EVERYBODYS = Prepared(
    select(benefit_share.c.person_id, benefit_share.c.kind, benefit_share.c.percent)
    .where(benefit_share.c.tenant_id == bindparam("tenant_id"), benefit_share.c.benefit_id == bindparam("benefit_id"))
    .order_by(benefit_share.c.person_id, benefit_share.c.kind)
)
_ADD = PreparedInsert(benefit_share)
_TOTALS = Prepared(
    select(benefit_share.c.kind, func.count(), func.sum(benefit_share.c.percent))
    .where(benefit_share.c.tenant_id == bindparam("tenant_id"), benefit_share.c.benefit_id == bindparam("benefit_id"))
    .group_by(benefit_share.c.kind)
)
_PEOPLE = Prepared(
    select(func.count(benefit_share.c.person_id.distinct())).where(
        benefit_share.c.tenant_id == bindparam("tenant_id"), benefit_share.c.benefit_id == bindparam("benefit_id")
    )
)


def add_benefit(tx: Connection, tenant_id: str, fact: BenefitFact) -> None:
    row = {name: getattr(fact, name) for name in _NAMES}
    kinds = [{"name": one.name, "most": one.most} for one in fact.kinds]
    tx.execute(benefit.insert(), {"tenant_id": tenant_id} | row | {"kinds": {"kinds": kinds}})


def find_benefit(tx: Connection, tenant_id: str, benefit_id: str) -> BenefitFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": benefit_id})
    return _fact(row) if row else None


def lock_benefit(tx: Connection, tenant_id: str, benefit_id: str) -> BenefitFact | None:
    """Nobody else ends or divides it before this transaction ends."""
    tx.execute(select(benefit.c.id).where(_THIS).with_for_update(), {"b_tenant_id": tenant_id, "b_id": benefit_id})
    return find_benefit(tx, tenant_id, benefit_id)


def end_benefit(tx: Connection, tenant_id: str, benefit_id: str, ends_on: date) -> None:
    tx.execute(benefit.update().where(_THIS).values(ends_on=ends_on), {"b_tenant_id": tenant_id, "b_id": benefit_id})


def list_benefits(tx: Connection, tenant_id: str, since: date, *, most: int) -> list[BenefitFact]:
    """Those whose last day is not before a day, the one that ends next first."""
    return [_fact(row) for row in _LATEST.rows(tx, {"tenant_id": tenant_id, "since": since, "most": most})]


def list_newest_benefits(tx: Connection, tenant_id: str, since: date, *, most: int) -> list[BenefitFact]:
    """Those whose last day is not before a day, the one that ends last first."""
    return [_fact(row) for row in _NEWEST.rows(tx, {"tenant_id": tenant_id, "since": since, "most": most})]


def save_shares(tx: Connection, tenant_id: str, benefit_id: str, person_id: str, shares: Mapping[int, int]) -> None:
    """How somebody divides it, instead of whatever it was. Call it under `lock_benefit`."""
    tx.execute(
        benefit_share.delete().where(_MINE),
        {"b_tenant_id": tenant_id, "b_id": benefit_id, "b_person_id": person_id},
    )
    key = {"tenant_id": tenant_id, "benefit_id": benefit_id, "person_id": person_id}
    if rows := [key | {"kind": kind, "percent": percent} for kind, percent in shares.items() if percent]:
        _ADD.run(tx, rows)


def find_shares(tx: Connection, tenant_id: str, benefit_id: str, person_id: str) -> dict[int, int]:
    """Per cents by the place of a kind."""
    sought = {"b_tenant_id": tenant_id, "b_id": benefit_id, "b_person_id": person_id}
    return {int(kind): int(percent) for kind, percent in _SHARES.rows(tx, sought)}


def list_shares(tx: Connection, tenant_id: str, benefit_id: str) -> list[tuple[str, int, int]]:
    """Everybody's: whose, the place of a kind, and the per cent of it."""
    return [tuple(row) for row in _EVERYBODYS.rows(tx, {"tenant_id": tenant_id, "benefit_id": benefit_id})]


def total_shares(tx: Connection, tenant_id: str, benefit_id: str) -> tuple[int, dict[int, Total]]:
    """How many people divided it, and the totals by the place of a kind."""
    sought = {"tenant_id": tenant_id, "benefit_id": benefit_id}
    totals = {kind: Total(people, int(percent)) for kind, people, percent in _TOTALS.rows(tx, sought)}
    return int(_PEOPLE.scalar(tx, sought) or 0), totals


def _fact(row: tuple[Any, ...]) -> BenefitFact:
    values = dict(zip(_NAMES, row, strict=True))
    kinds = tuple(KindFact(str(one["name"]), int(one["most"])) for one in values["kinds"]["kinds"])
    return BenefitFact(**values | {"segment": Group(values["segment"]), "kinds": kinds})
