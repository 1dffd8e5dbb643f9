"""Approvals: who has to agree before something is done, what they decided, and who stands in for somebody away.

One decision a step: its key is approval and step, so a second tap, or another approver's, finds the first.
"""

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
    UniqueConstraint,
    bindparam,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch, insert_or_nothing
from store.prepared import Prepared, PreparedInsert, in_list
from store.types import Points, UtcDateTime


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"  # nobody decided in time
    WITHDRAWN = "withdrawn"  # whoever asked does not want it any more


class ApprovalRule(SQLModel, table=True):
    """When who has to agree. Of the rules that fit, the one of the highest `least` holds, then the latest."""

    __tablename__ = "approval_rule"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("least >= 0", name="ck_approval_rule_least"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str = ""
    """What is asked for: `award`, `redemption`; empty for everything."""
    least: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Points from which on it holds."""
    department: str = ""
    """Of whoever asks; empty for everybody."""
    giver_id: str = ""
    """Whoever asks; empty for everybody."""
    first: str
    """Who agrees first: `manager`, `owner` (of the budget), `administrator`, a person's id, or empty for nobody."""
    second: str = ""
    """Who agrees after that; empty for one step."""
    position: int = 0


class Approval(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "asker_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "kind", "subject_id", name="uq_approval_subject"),
        Index("ix_approval_waiting", "tenant_id", "state", "asked_at"),
        CheckConstraint(
            "state IN ('waiting', 'approved', 'declined', 'lapsed', 'withdrawn')", name="ck_approval_state"
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    """`award` or `redemption`; whose rows `subject_id` is of."""
    subject_id: str
    asker_id: str
    step: int
    """The one that is waited for, from 1."""
    steps: str
    """Who agrees at each step, as a rule says it, with spaces between."""
    state: str
    asked_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    step_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    """Since when this step is waited for."""
    reminded: bool = Field(sa_column=Column(Boolean, nullable=False))
    escalated: bool = Field(sa_column=Column(Boolean, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Approver(SQLModel, table=True):
    """Somebody who was asked to decide a step. Whether they still may is looked at when they do."""

    __tablename__ = "approver"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "approval_id"], ["approval.tenant_id", "approval.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_approver_person", "tenant_id", "person_id", "approval_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    approval_id: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


class Decision(SQLModel, table=True):
    """The key is the rule: one a step."""

    __tablename__ = "approval_decision"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "approval_id"], ["approval.tenant_id", "approval.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    approval_id: str = Field(primary_key=True)
    step: int = Field(primary_key=True)
    person_id: str
    approved: bool = Field(sa_column=Column(Boolean, nullable=False))
    reason: str
    decided_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Delegation(SQLModel, table=True):
    """Who decides and awards in somebody's place, from the first day to the last, both included."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "delegate_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_delegation_delegate", "tenant_id", "delegate_id", "last_on", "first_on"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    delegate_id: str
    first_on: date = Field(sa_column=Column(Date, nullable=False))
    last_on: date = Field(sa_column=Column(Date, nullable=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRuleFact:
    id: str
    kind: str = ""
    least: Points = 0
    department: str = ""
    giver_id: str = ""
    first: str = ""
    second: str = ""
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalFact:
    id: str
    kind: str
    subject_id: str
    asker_id: str
    step: int
    steps: tuple[str, ...]
    state: ApprovalState
    asked_at: datetime
    step_at: datetime
    reminded: bool = False
    escalated: bool = False
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFact:
    approval_id: str
    step: int
    person_id: str
    approved: bool
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationFact:
    person_id: str
    delegate_id: str
    first_on: date
    last_on: date


approval_rule = ApprovalRule.__table__  # type: ignore[attr-defined]
approval = Approval.__table__  # type: ignore[attr-defined]
approver = Approver.__table__  # type: ignore[attr-defined]
decision = Decision.__table__  # type: ignore[attr-defined]
delegation = Delegation.__table__  # type: ignore[attr-defined]

_RULES = (
    select(*(approval_rule.c[name] for name in ApprovalRuleFact.__dataclass_fields__))
    .where(approval_rule.c.tenant_id == bindparam("tenant_id"))
    .order_by(approval_rule.c.least.desc(), approval_rule.c.position.desc(), approval_rule.c.id.desc())
)
_SHOWN = select(*(approval.c[name] for name in ApprovalFact.__dataclass_fields__)).where(
    approval.c.tenant_id == bindparam("tenant_id")
)
_ONE = Prepared(_SHOWN.where(approval.c.id == bindparam("id")))
_OF_SUBJECT = Prepared(
    _SHOWN.where(approval.c.kind == bindparam("kind"), approval.c.subject_id == bindparam("subject_id"))
)
_WAITING = Prepared(
    _SHOWN.where(
        approval.c.state == ApprovalState.WAITING,
        approval.c.asked_at < bindparam("until", type_=UtcDateTime),
        approval.c.id > bindparam("after"),
    )
    .order_by(approval.c.id)
    .limit(bindparam("most"))
)
_TO_DECIDE = Prepared(
    select(approver.c.approval_id, approver.c.step).where(
        approver.c.tenant_id == bindparam("tenant_id"), approver.c.person_id == bindparam("person_id")
    )
)
_THESE = Prepared(
    _SHOWN.where(in_list(approval.c.id, "approvals"), approval.c.state == ApprovalState.WAITING).order_by(approval.c.id)
)
_APPROVERS = Prepared(
    select(approver.c.person_id)
    .where(
        approver.c.tenant_id == bindparam("tenant_id"),
        approver.c.approval_id == bindparam("approval_id"),
        approver.c.step == bindparam("step"),
    )
    .order_by(approver.c.person_id)
)
_DECISIONS = Prepared(
    select(*(decision.c[name] for name in DecisionFact.__dataclass_fields__))
    .where(decision.c.tenant_id == bindparam("tenant_id"), decision.c.approval_id == bindparam("approval_id"))
    .order_by(decision.c.step)
)
_ADD_APPROVERS = PreparedInsert(approver, lambda insert: insert.on_conflict_do_nothing())
_DECIDE = insert_or_nothing(decision)
_THIS = (approval.c.tenant_id == bindparam("b_tenant_id")) & (approval.c.id == bindparam("b_id"))
_LOCK = select(approval.c.state, approval.c.step).where(_THIS).with_for_update()
_SAVE_DELEGATION = PreparedInsert(
    delegation,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={name: insert.excluded[name] for name in ("delegate_id", "first_on", "last_on")},
    ),
)
_DELEGATIONS = Prepared(
    select(*(delegation.c[name] for name in DelegationFact.__dataclass_fields__)).where(
        delegation.c.tenant_id == bindparam("tenant_id"), in_list(delegation.c.person_id, "people")
    )
)
_STANDING_IN = Prepared(
    select(delegation.c.person_id).where(
        delegation.c.tenant_id == bindparam("tenant_id"),
        delegation.c.delegate_id == bindparam("delegate_id"),
        delegation.c.first_on <= bindparam("day"),
        delegation.c.last_on >= bindparam("day"),
    )
)


# --- rules ------------------------------------------------------------------------------------------------


def add_approval_rule(tx: Connection, tenant_id: str, fact: ApprovalRuleFact) -> None:
    tx.execute(approval_rule.insert(), {"tenant_id": tenant_id} | _values(fact))


def remove_approval_rule(tx: Connection, tenant_id: str, rule_id: str) -> bool:
    """False where there is none."""
    this = (approval_rule.c.tenant_id == tenant_id) & (approval_rule.c.id == rule_id)
    return bool(tx.execute(approval_rule.delete().where(this)).rowcount)


def list_approval_rules(tx: Connection, tenant_id: str) -> list[ApprovalRuleFact]:
    """In the order in which they are looked at: the first that fits holds."""
    rows = fetch(tx, _RULES, {"tenant_id": tenant_id})
    return [ApprovalRuleFact(**dict(zip(ApprovalRuleFact.__dataclass_fields__, row, strict=True))) for row in rows]


# --- approvals --------------------------------------------------------------------------------------------


def add_approval(tx: Connection, tenant_id: str, fact: ApprovalFact) -> None:
    tx.execute(approval.insert(), {"tenant_id": tenant_id} | _values(fact) | {"steps": " ".join(fact.steps)})


def add_approvers(tx: Connection, tenant_id: str, approval_id: str, step: int, people: Iterable[str]) -> None:
    """Whoever was asked already stays so."""
    rows = [
        {"tenant_id": tenant_id, "approval_id": approval_id, "step": step, "person_id": one}
        for one in sorted(set(people))
    ]
    if rows:
        _ADD_APPROVERS.run(tx, rows)


def lock_approval(tx: Connection, tenant_id: str, approval_id: str) -> tuple[ApprovalState, int] | None:
    """Its state and step, which nobody else changes before this transaction ends. None where there is none."""
    row = tx.execute(_LOCK, {"b_tenant_id": tenant_id, "b_id": approval_id}).first()
    return (ApprovalState(row[0]), row[1]) if row else None


def decide(tx: Connection, tenant_id: str, fact: DecisionFact) -> bool:
    """Keeps the decision of a step. False where it was decided before."""
    return bool(tx.execute(_DECIDE, {"tenant_id": tenant_id} | _values(fact)).rowcount)


def change_approval(tx: Connection, tenant_id: str, approval_id: str, **changed: Any) -> None:
    """Writes fields of one that is locked: state, step, step_at, reminded, escalated, settled_at."""
    tx.execute(approval.update().where(_THIS).values(**changed), {"b_tenant_id": tenant_id, "b_id": approval_id})


def find_approval(tx: Connection, tenant_id: str, approval_id: str) -> ApprovalFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": approval_id})
    return _fact(row) if row else None


def find_approval_of(tx: Connection, tenant_id: str, kind: str, subject_id: str) -> ApprovalFact | None:
    """That of an award or a redemption."""
    row = _OF_SUBJECT.row(tx, {"tenant_id": tenant_id, "kind": kind, "subject_id": subject_id})
    return _fact(row) if row else None


def list_waiting(tx: Connection, tenant_id: str, until: datetime, *, after: str = "", most: int) -> list[ApprovalFact]:
    """Those that were asked for before an instant and wait, by id."""
    rows = _WAITING.rows(tx, {"tenant_id": tenant_id, "until": until, "after": after, "most": most})
    return [_fact(row) for row in rows]


def list_to_decide(tx: Connection, tenant_id: str, person_id: str, most: int) -> list[ApprovalFact]:
    """Those whose waiting step somebody was asked to decide, the oldest first."""
    asked: set[tuple[str, int]] = set(_TO_DECIDE.rows(tx, {"tenant_id": tenant_id, "person_id": person_id}))
    rows = _THESE.rows(tx, {"tenant_id": tenant_id, "approvals": sorted({one for one, _ in asked})})
    return [one for row in rows if ((one := _fact(row)).id, one.step) in asked][:most]


def list_approvers(tx: Connection, tenant_id: str, approval_id: str, step: int) -> list[str]:
    """Who was asked to decide a step, by id."""
    rows = _APPROVERS.rows(tx, {"tenant_id": tenant_id, "approval_id": approval_id, "step": step})
    return [row[0] for row in rows]


def list_decisions(tx: Connection, tenant_id: str, approval_id: str) -> list[DecisionFact]:
    """By step."""
    rows = _DECISIONS.rows(tx, {"tenant_id": tenant_id, "approval_id": approval_id})
    return [DecisionFact(**dict(zip(DecisionFact.__dataclass_fields__, row, strict=True))) for row in rows]


# --- standing in ------------------------------------------------------------------------------------------


def save_delegation(tx: Connection, tenant_id: str, fact: DelegationFact) -> None:
    """Takes the place of an earlier one of the same person."""
    _SAVE_DELEGATION.run(tx, [{"tenant_id": tenant_id} | _values(fact)])


def end_delegation(tx: Connection, tenant_id: str, person_id: str) -> bool:
    """False where there is none."""
    this = (delegation.c.tenant_id == tenant_id) & (delegation.c.person_id == person_id)
    return bool(tx.execute(delegation.delete().where(this)).rowcount)


def list_delegations(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, DelegationFact]:
    """By whom they stand in for, whatever the day."""
    rows = _DELEGATIONS.rows(tx, {"tenant_id": tenant_id, "people": list(people)})
    facts = [DelegationFact(**dict(zip(DelegationFact.__dataclass_fields__, row, strict=True))) for row in rows]
    return {one.person_id: one for one in facts}


def list_stood_in_for(tx: Connection, tenant_id: str, delegate_id: str, day: date) -> list[str]:
    """For whom somebody stands in on a day, by id."""
    rows = _STANDING_IN.rows(tx, {"tenant_id": tenant_id, "delegate_id": delegate_id, "day": day})
    return sorted(row[0] for row in rows)


def _values(fact: Any) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__dataclass_fields__}


def _fact(row: tuple[Any, ...]) -> ApprovalFact:
    values = dict(zip(ApprovalFact.__dataclass_fields__, row, strict=True))
    return ApprovalFact(**values | {"steps": tuple(values["steps"].split()), "state": ApprovalState(values["state"])})
