"""Budgets: what an owner may award. Their points are in the ledger; here is whose they are and how they are renewed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch, insert_or_nothing
from store.prepared import Prepared
from store.types import Points, UtcDateTime


class Renewal(StrEnum):
    """How often a budget comes anew, by the tenant's calendar."""

    NEVER = "never"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Budget(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "owner_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "parent_id"], ["budget.tenant_id", "budget.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "name", name="uq_budget_name"),
        Index("ix_budget_owner", "tenant_id", "owner_id"),
        CheckConstraint("plan >= 0", name="ck_budget_plan"),
        CheckConstraint("renewal IN ('never', 'month', 'quarter', 'year')", name="ck_budget_renewal"),
        CheckConstraint("(worth = 0) = (currency = '')", name="ck_budget_worth"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    owner_id: str
    parent_id: str | None = None
    """The budget that it draws on; without one its points are issued by the organisation."""
    renewal: str
    plan: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Points that come in for each period."""
    carries_over: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether what is left at the end of a period stays."""
    worth: int
    """Of one point, in minor units of `currency`; 0 where the programme's own holds."""
    currency: str
    open_label: str = ""
    """The period that is open: `2026-Q4`; empty before the first."""
    warned_label: str = ""
    """The period for which its owner was warned."""
    closed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When it was given up."""


class BudgetPeriod(SQLModel, table=True):
    """A period of a budget as it was opened: the plan of a chart, and from which entry its spending is counted."""

    __tablename__ = "budget_period"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "budget_id"], ["budget.tenant_id", "budget.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    budget_id: str = Field(primary_key=True)
    label: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    opened_seq: int
    """Of the account's last entry before the period."""
    planned: int = Field(sa_column=Column(BigInteger, nullable=False))
    carried: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Points that were left of the period before, and stayed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetFact:
    id: str
    name: str
    owner_id: str
    parent_id: str | None = None
    renewal: Renewal = Renewal.NEVER
    plan: Points = 0
    carries_over: bool = False
    worth: int = 0
    currency: str = ""
    open_label: str = ""
    warned_label: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFact:
    budget_id: str
    label: str
    opened_at: datetime
    opened_seq: int
    planned: Points
    carried: Points


budget = Budget.__table__  # type: ignore[attr-defined]
budget_period = BudgetPeriod.__table__  # type: ignore[attr-defined]

_FACT = tuple(budget.c[name] for name in BudgetFact.__dataclass_fields__)
_OF_TENANT = select(*_FACT).where(budget.c.tenant_id == bindparam("tenant_id"), budget.c.closed_at.is_(None))
_ALL = _OF_TENANT.order_by(budget.c.name, budget.c.id)
_OWNED = Prepared(_OF_TENANT.where(budget.c.owner_id == bindparam("owner_id")))
_THIS = (budget.c.tenant_id == bindparam("b_tenant_id")) & (budget.c.id == bindparam("b_id"))
_ONE = Prepared(select(*_FACT).where(budget.c.tenant_id == bindparam("tenant_id"), budget.c.id == bindparam("id")))
_LOCK = (
    select(budget.c.id)
    .where(budget.c.tenant_id == bindparam("tenant_id"), budget.c.closed_at.is_(None))
    .order_by(budget.c.id)
    .with_for_update()
)
_ADD_PERIOD = insert_or_nothing(budget_period)
_PERIODS = Prepared(
    select(*(budget_period.c[name] for name in PeriodFact.__dataclass_fields__))
    .where(budget_period.c.tenant_id == bindparam("tenant_id"), budget_period.c.budget_id == bindparam("budget_id"))
    .order_by(budget_period.c.opened_at.desc(), budget_period.c.label.desc())
    .limit(bindparam("most"))
)


def add_budget(tx: Connection, tenant_id: str, fact: BudgetFact) -> None:
    tx.execute(budget.insert(), {"tenant_id": tenant_id} | _row(fact))


def save_budget(tx: Connection, tenant_id: str, fact: BudgetFact) -> None:
    """Writes every field of a budget that there is."""
    row = {name: value for name, value in _row(fact).items() if name != "id"}
    tx.execute(budget.update().where(_THIS).values(**row), {"b_tenant_id": tenant_id, "b_id": fact.id})


def find_budget(tx: Connection, tenant_id: str, budget_id: str) -> BudgetFact | None:
    """Also one that was given up."""
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": budget_id})
    return _fact(row) if row else None


def list_budgets(tx: Connection, tenant_id: str) -> list[BudgetFact]:
    """Those that are there, by name."""
    return [_fact(row) for row in fetch(tx, _ALL, {"tenant_id": tenant_id})]


def list_owned(tx: Connection, tenant_id: str, owner_id: str) -> list[BudgetFact]:
    """Those of one owner, by id."""
    owned = [_fact(row) for row in _OWNED.rows(tx, {"tenant_id": tenant_id, "owner_id": owner_id})]
    return sorted(owned, key=lambda one: one.id)


def lock_budgets(tx: Connection, tenant_id: str) -> None:
    """Nobody else opens a period, moves points between budgets or changes one, before this transaction ends."""
    tx.execute(_LOCK, {"tenant_id": tenant_id}).all()


def add_period(tx: Connection, tenant_id: str, fact: PeriodFact) -> bool:
    """False where this period was opened before."""
    row = {name: getattr(fact, name) for name in PeriodFact.__dataclass_fields__}
    return bool(tx.execute(_ADD_PERIOD, {"tenant_id": tenant_id} | row).rowcount)


def list_periods(tx: Connection, tenant_id: str, budget_id: str, most: int) -> list[PeriodFact]:
    """The latest first."""
    rows: Iterable[tuple[Any, ...]] = _PERIODS.rows(tx, {"tenant_id": tenant_id, "budget_id": budget_id, "most": most})
    return [PeriodFact(**dict(zip(PeriodFact.__dataclass_fields__, row, strict=True))) for row in rows]


def _row(fact: BudgetFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in BudgetFact.__dataclass_fields__}


def _fact(row: tuple[Any, ...]) -> BudgetFact:
    values = dict(zip(BudgetFact.__dataclass_fields__, row, strict=True))
    return BudgetFact(**values | {"renewal": Renewal(values["renewal"])})
