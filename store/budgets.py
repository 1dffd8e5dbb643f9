"""Budgets: what an owner may award. Their points are in the ledger; here is whose they are and how they are renewed."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.ledger import account, entry, transaction
from store.ledger import budget as account_of
from store.prepared import Prepared, PreparedInsert
from store.types import Points, UtcDateTime

LONG_AGO = date.min
"""Until when the period before the first was open: that is due at once."""


class Renewal(StrEnum):
    """How often a budget comes anew, by the tenant's calendar."""

    NEVER = "never"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Move(StrEnum):
    """Kinds of ledger transactions that move points into budgets, out of them and between them, and spend nothing."""

    OPEN = "budget-open"
    CLOSE = "budget-close"  # the end of a period
    TOP_UP = "budget-top-up"
    TRANSFER = "budget-transfer"
    TAKE_OUT = "budget-take-out"  # back to the organisation
    GIVE_UP = "budget-give-up"  # closed for good


class Budget(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "owner_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "parent_id"], ["budget.tenant_id", "budget.id"], onupdate="CASCADE"),
        Index(  # a name is free again once its budget was closed
            "uq_budget_name",
            "tenant_id",
            "name",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_budget_owner", "tenant_id", "owner_id"),
        Index("ix_budget_due", "tenant_id", "open_until"),
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
    open_until: date | None = Field(default=None, sa_column=Column(Date))
    """Its last day, by the tenant's calendar, from which on another is due; long ago before the first. None where no
    other follows it."""
    missed_id: str = ""
    """The owner whose leaving administrators were told of."""
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
    came: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Of the plan; less than that where the budget it draws on did not hold as much."""
    carried: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Points that were left of the period before, and stayed."""
    returned: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Points that came back in it, from awards of periods before: they are not less spent of this one."""
    warned: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether its owner was told that most of it is used up. Here and not with the budget, whose row whoever moves
    points holds before accounts: an award has its account by then."""


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
    open_until: date | None = LONG_AGO
    missed_id: str = ""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Of a budget's account: what it holds, and the number of its last entry."""

    balance: Points
    seq: int


@dataclass(frozen=True, slots=True)
class Taken:
    """When a transaction took points from a budget: the number of the account's entry, and the time."""

    seq: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFact:
    budget_id: str
    label: str
    opened_at: datetime
    opened_seq: int
    planned: Points
    came: Points
    carried: Points
    returned: Points = 0
    warned: bool = False


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
    # Not the key: an award refers to its budget, and need not wait for this.
    .with_for_update(key_share=True)
)
_LOCK_ACCOUNTS = (
    select(account.c.id, account.c.balance, account.c.seq)
    .where(account.c.tenant_id == bindparam("tenant_id"), account.c.id.in_(bindparam("accounts", expanding=True)))
    .order_by(account.c.id)
    .with_for_update(key_share=True)
)
_DUE = Prepared(
    select(budget.c.id)
    .where(
        budget.c.tenant_id == bindparam("tenant_id"),
        budget.c.open_until < bindparam("day"),
    )
    .limit(1)
)
_LEFT_BEHIND = (
    select(budget.c.id)
    .join_from(
        budget,
        account,
        (account.c.tenant_id == budget.c.tenant_id) & (account.c.id == "budget:" + budget.c.id + ":"),
    )
    .where(budget.c.tenant_id == bindparam("tenant_id"), budget.c.closed_at.is_not(None), account.c.balance > 0)
    .order_by(budget.c.id)
)
_WARN = (
    budget_period.update()
    .where(
        budget_period.c.tenant_id == bindparam("b_tenant_id"),
        budget_period.c.budget_id == bindparam("b_id"),
        budget_period.c.label == bindparam("b_label"),
        budget_period.c.warned != bindparam("b_warned"),
    )
    .values(warned=bindparam("b_warned"))
    .execution_options(preserve_rowcount=True)
)
_RETURN = (
    budget_period.update()
    .where(
        budget_period.c.tenant_id == bindparam("b_tenant_id"),
        budget_period.c.budget_id == bindparam("b_id"),
        budget_period.c.label == bindparam("b_label"),
    )
    .values(returned=budget_period.c.returned + bindparam("b_points"))
)
_TAKEN = Prepared(
    select(entry.c.seq, transaction.c.recorded_at)
    .join_from(
        entry,
        transaction,
        (transaction.c.tenant_id == entry.c.tenant_id) & (transaction.c.id == entry.c.transaction_id),
    )
    .where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.transaction_id == bindparam("transaction_id"),
        entry.c.account_id == bindparam("account_id"),
    )
)
_SPENT = Prepared(
    select(func.coalesce(-func.sum(entry.c.amount), 0))
    .join_from(
        entry,
        transaction,
        (transaction.c.tenant_id == entry.c.tenant_id) & (transaction.c.id == entry.c.transaction_id),
    )
    .where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.account_id == bindparam("account_id"),
        entry.c.seq > bindparam("after"),
        entry.c.seq <= bindparam("until"),
        *(transaction.c.kind != one.value for one in Move),
    )
)
_PASSED_ON = Prepared(
    select(func.coalesce(-func.sum(entry.c.amount), 0))
    .join_from(
        entry,
        transaction,
        (transaction.c.tenant_id == entry.c.tenant_id) & (transaction.c.id == entry.c.transaction_id),
    )
    .where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.account_id == bindparam("account_id"),
        entry.c.seq > bindparam("after"),
        or_(
            and_(entry.c.amount < 0, or_(*(transaction.c.kind == one.value for one in (Move.OPEN, Move.TOP_UP)))),
            and_(entry.c.amount > 0, or_(*(transaction.c.kind == one.value for one in (Move.CLOSE, Move.GIVE_UP)))),
        ),
    )
)
_LATEST_SEQ = 2**31 - 1
_ADD_PERIODS = PreparedInsert(budget_period)
_OPEN = (
    budget.update().where(_THIS).values(open_label=bindparam("b_label"), open_until=bindparam("b_until", type_=Date))
)
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


def lock_holdings(tx: Connection, tenant_id: str, budget_ids: Collection[str]) -> dict[str, Holding]:
    """What budgets hold, which nobody else changes before this transaction ends. Nothing, where none ever came."""
    ids = {account_of(one).id: one for one in budget_ids}
    rows = fetch(tx, _LOCK_ACCOUNTS, {"tenant_id": tenant_id, "accounts": sorted(ids)})
    found = {ids[id]: Holding(balance, seq) for id, balance, seq in rows}
    return {one: found.get(one, Holding(0, 0)) for one in budget_ids}


def has_due(tx: Connection, tenant_id: str, day: date) -> bool:
    """Whether a period of any budget is to be opened on a day of the tenant's calendar."""
    return _DUE.row(tx, {"tenant_id": tenant_id, "day": day}) is not None


def list_left_behind(tx: Connection, tenant_id: str) -> list[str]:
    """Ids of budgets that were given up, and into which points came back since."""
    return [row[0] for row in fetch(tx, _LEFT_BEHIND, {"tenant_id": tenant_id})]


def set_warned(tx: Connection, tenant_id: str, budget_id: str, label: str, *, warned: bool = True) -> bool:
    """Keeps whether its owner was warned in a period. False where that was kept before."""
    row = {"b_tenant_id": tenant_id, "b_id": budget_id, "b_label": label, "b_warned": warned}
    return bool(tx.execute(_WARN, row).rowcount)


def count_spent(tx: Connection, tenant_id: str, budget_id: str, after: int, until: int = _LATEST_SEQ) -> Points:
    """What awards took, less what came back, of the entries of its account with numbers after one, until another.

    What is held for an award counts, for it is promised. Less than nothing where more came back than was spent:
    `PeriodFact.returned` says how much of that was taken before.
    """
    sought = {"tenant_id": tenant_id, "account_id": account_of(budget_id).id, "after": after, "until": until}
    return int(_SPENT.scalar(tx, sought) or 0)


def find_taken(tx: Connection, tenant_id: str, budget_id: str, transaction_id: str) -> Taken | None:
    """When a hold or an award took from a budget; None where it did not."""
    sought = {"tenant_id": tenant_id, "account_id": account_of(budget_id).id, "transaction_id": transaction_id}
    row = _TAKEN.row(tx, sought)
    return Taken(*row) if row else None


def note_returned(tx: Connection, tenant_id: str, period: PeriodFact, points: Points) -> None:
    """Keeps with a period that points came back in it which were taken before it."""
    row = {"b_tenant_id": tenant_id, "b_id": period.budget_id, "b_label": period.label, "b_points": points}
    tx.execute(_RETURN, row)


def count_passed_on(tx: Connection, tenant_id: str, budget_id: str, after: int) -> Points:
    """What budgets that draw on it took, less what they gave back, after the entry of its account with a number."""
    sought = {"tenant_id": tenant_id, "account_id": account_of(budget_id).id, "after": after}
    return int(_PASSED_ON.scalar(tx, sought) or 0)


def open_periods(tx: Connection, tenant_id: str, opened: Iterable[tuple[PeriodFact, date | None]]) -> None:
    """Adds periods, each with its last day, and notes with their budgets that they are the open ones."""
    facts = list(opened)
    if facts:
        _ADD_PERIODS.run(tx, [_period_row(tenant_id, one) for one, _ in facts])
        noted = [
            {"b_tenant_id": tenant_id, "b_id": one.budget_id, "b_label": one.label, "b_until": until}
            for one, until in facts
        ]
        tx.execute(_OPEN, noted)


def list_periods(tx: Connection, tenant_id: str, budget_id: str, most: int) -> list[PeriodFact]:
    """The latest first."""
    rows: Iterable[tuple[Any, ...]] = _PERIODS.rows(tx, {"tenant_id": tenant_id, "budget_id": budget_id, "most": most})
    return [PeriodFact(**dict(zip(PeriodFact.__dataclass_fields__, row, strict=True))) for row in rows]


def _period_row(tenant_id: str, fact: PeriodFact) -> dict[str, Any]:
    return {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in PeriodFact.__dataclass_fields__}


def _row(fact: BudgetFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in BudgetFact.__dataclass_fields__}


def _fact(row: tuple[Any, ...]) -> BudgetFact:
    values = dict(zip(BudgetFact.__dataclass_fields__, row, strict=True))
    return BudgetFact(**values | {"renewal": Renewal(values["renewal"])})
