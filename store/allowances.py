"""What decides how much somebody may give: rules for groups of people, and what is known of a person and their points.

As in `ledger`: when a function here raises, the caller rolls back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Connection, ForeignKeyConstraint, bindparam, exists, func, or_, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.ledger import (
    Account,
    Kind,
    Place,
    Posting,
    Side,
    Transaction,
    account,
    allowance,
    entry,
    post,
    roll_over_act,
    transaction,
)
from store.people import person
from store.person_records import record
from store.prepared import Prepared, PreparedInsert, in_list
from store.tenants import tenant
from store.types import Id, Points


class Segment(StrEnum):
    """Whom a rule is for."""

    DEPARTMENT = "department"
    MANAGERS = "managers"  # whoever is somebody's manager
    PERSON = "person"


class AllowanceRule(SQLModel, table=True):
    """What a group of people gets instead of what everybody gets."""

    __tablename__ = "allowance_rule"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("segment IN ('department', 'managers', 'person')", name="ck_allowance_rule_segment"),
        CheckConstraint("points > 0", name="ck_allowance_rule_points"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    """The department's name, or the person's id; empty for managers."""
    points: int


@dataclass(frozen=True, slots=True)
class RuleFact:
    segment: Segment
    value: str
    points: Points


@dataclass(frozen=True, slots=True)
class GiverFacts:
    """What is known of somebody that their allowance may go by."""

    person_id: Id
    programme_since: datetime
    known_at: datetime | None
    started_on: date | None
    department: str
    is_manager: bool


@dataclass(frozen=True, slots=True)
class KeptPeriod:
    """What the account of a period holds, and what was granted for it; None where nothing was."""

    balance: Points
    granted: Points | None


@dataclass(frozen=True, slots=True)
class Carried:
    """What comes along out of the account of a period, and what expires there."""

    moved: Points
    expired: Points


allowance_rule = AllowanceRule.__table__  # type: ignore[attr-defined]

_FIRST_ENTRIES = 2
"""Of the account of a period: its grant, and what rolled over, which come in one transaction before all others."""

_SAVE = PreparedInsert(
    allowance_rule,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "segment", "value"], set_={"points": insert.excluded["points"]}
    ),
)
_RULES = (
    select(allowance_rule.c.segment, allowance_rule.c.value, allowance_rule.c.points)
    .where(allowance_rule.c.tenant_id == bindparam("tenant_id"))
    .order_by(allowance_rule.c.segment, allowance_rule.c.value)
)
_managed = record.alias("managed")
_FACTS = (
    select(
        person.c.id,
        tenant.c.created_at,
        person.c.known_at,
        record.c.started_on,
        record.c.department,
        exists()
        .where(_managed.c.tenant_id == bindparam("tenant_id"), _managed.c.manager_id == person.c.id)
        .label("is_manager"),
    )
    .join_from(person, tenant, tenant.c.id == person.c.tenant_id)
    .outerjoin(record, (record.c.tenant_id == person.c.tenant_id) & (record.c.person_id == person.c.id))
    .where(person.c.tenant_id == bindparam("tenant_id"))
)
_ONE = Prepared(_FACTS.where(person.c.id == bindparam("person_id")))
_CAN_GIVE = person.c.active & person.c.kind.in_(["member", "guest"])
_GIVERS = _FACTS.where(_CAN_GIVE)
_HOW_MANY = select(func.count()).select_from(person).where(person.c.tenant_id == bindparam("tenant_id"), _CAN_GIVE)
# By the account, whose first two entries they are, and one account at a time: by their acts, or for a list of
# accounts, SQLite walks over every entry of the tenant.
_CAME = Prepared(
    select(transaction.c.kind, entry.c.amount)
    .join_from(
        entry,
        transaction,
        (transaction.c.tenant_id == entry.c.tenant_id) & (transaction.c.id == entry.c.transaction_id),
    )
    .where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.account_id == bindparam("account_id"),
        entry.c.seq <= _FIRST_ENTRIES,
        entry.c.amount > 0,
        or_(transaction.c.kind == Kind.GRANT.value, transaction.c.kind == Kind.ROLL_OVER.value),
    )
)
_BALANCES = (
    select(account.c.id, account.c.balance)
    .where(account.c.tenant_id == bindparam("tenant_id"), in_list(account.c.id, "ids"))
    .order_by(account.c.id)
)
_SEE_BALANCES, _LOCK_BALANCES = Prepared(_BALANCES), Prepared(_BALANCES.with_for_update())


# --- rules of groups --------------------------------------------------------------------------------------


def save_rule(tx: Connection, tenant_id: Id, rule: RuleFact) -> None:
    """Adds or replaces what a group gets. Who keeps the programme in memory is told by `tenants.change_programme`."""
    row = {"tenant_id": tenant_id, "segment": rule.segment, "value": rule.value, "points": rule.points}
    _SAVE.run(tx, [row])


def remove_rule(tx: Connection, tenant_id: Id, segment: Segment, value: str) -> bool:
    """Whether there was one."""
    this = (
        (allowance_rule.c.tenant_id == tenant_id)
        & (allowance_rule.c.segment == segment)
        & (allowance_rule.c.value == value)
    )
    return bool(tx.execute(allowance_rule.delete().where(this)).rowcount)


def list_rules(tx: Connection, tenant_id: Id) -> tuple[RuleFact, ...]:
    """Every rule of a tenant, by segment and value."""
    return tuple(RuleFact(Segment(one), *rest) for one, *rest in fetch(tx, _RULES, {"tenant_id": tenant_id}))


def find_giver(tx: Connection, tenant_id: Id, person_id: Id) -> GiverFacts:
    """What is known of somebody who is there."""
    row = _ONE.row(tx, {"tenant_id": tenant_id, "person_id": person_id})
    assert row, "a giver is a person of the tenant"
    return _fact(row)


def list_givers(tx: Connection, tenant_id: Id) -> list[GiverFacts]:
    """Everybody who can give now, for an administrator's figures: members and guests who are active."""
    return [_fact(row) for row in fetch(tx, _GIVERS, {"tenant_id": tenant_id})]


def count_givers(tx: Connection, tenant_id: Id) -> int:
    """How many can give now."""
    return int(tx.execute(_HOW_MANY, {"tenant_id": tenant_id}).scalar_one())


def _fact(row: Sequence[Any]) -> GiverFacts:
    id, since, known_at, started_on, department, is_manager = row
    return GiverFacts(id, since, known_at, started_on, department or "", bool(is_manager))


# --- points of periods ------------------------------------------------------------------------------------


def find_available(tx: Connection, tenant_id: Id, of: Account) -> Points | None:
    """All that there was to give in a period: its grant, and what rolled over. None before it was granted."""
    came = _CAME.rows(tx, {"tenant_id": tenant_id, "account_id": of.id})
    return sum(amount for _, amount in came) if any(kind == Kind.GRANT for kind, _ in came) else None


def list_kept(
    tx: Connection, tenant_id: Id, person_id: Id, labels: Collection[str], *, lock: bool
) -> dict[str, KeptPeriod]:
    """Somebody's periods with these labels, by label; those that have neither points nor a grant are missing.

    A `lock` keeps others from changing the balances before this transaction ends.
    """
    by_id = {allowance(person_id, label).id: label for label in labels}
    balances = (_LOCK_BALANCES if lock else _SEE_BALANCES).rows(tx, {"tenant_id": tenant_id, "ids": list(by_id)})
    return {by_id[id]: KeptPeriod(balance, _granted(tx, tenant_id, id)) for id, balance in balances}


def _granted(tx: Connection, tenant_id: Id, account_id: Id) -> Points | None:
    came = _CAME.rows(tx, {"tenant_id": tenant_id, "account_id": account_id})
    return next((amount for kind, amount in came if kind == Kind.GRANT), None)


def roll_over(
    tx: Connection, tenant_id: Id, person_id: Id, to_label: str, come: Mapping[str, Carried], at: datetime
) -> None:
    """Empties earlier periods into the one with this label, once a period: what is too old expires.

    Raises ledger.AlreadyPosted, ledger.InsufficientPoints.
    """
    to = allowance(person_id, to_label)
    moves: list[tuple[str, Place, Points]] = [(label, to, one.moved) for label, one in come.items()]
    moves += [(label, Side.EXPIRED, one.expired) for label, one in come.items()]
    postings = [Posting(allowance(person_id, label), target, amount) for label, target, amount in moves if amount]
    post(tx, tenant_id, Transaction(Kind.ROLL_OVER, roll_over_act(to), at, at, postings))
