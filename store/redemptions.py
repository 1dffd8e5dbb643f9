"""Redemptions: what people ordered for their points, and every state that an order went through."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    bindparam,
    case,
    func,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.prepared import Prepared
from store.types import JsonDict, Points, UtcDateTime


class OrderState(StrEnum):
    ASKED = "asked"  # somebody has to agree; the points are held
    ORDERED = "ordered"  # it waits for whoever fulfils it; the points are held
    STARTED = "started"  # they are at it: it cannot be cancelled any more; the points are held
    FULFILLED = "fulfilled"  # the points are spent
    DECLINED = "declined"  # by whoever had to agree, or to fulfil it; the points are back, as below
    CANCELLED = "cancelled"  # by the person
    FAILED = "failed"  # it could not be fulfilled
    LAPSED = "lapsed"  # nobody agreed in time


OPEN = (OrderState.ASKED, OrderState.ORDERED, OrderState.STARTED)
UNDER_WAY = (OrderState.ORDERED, OrderState.STARTED)
"""Of those who hand it out: nobody has to agree any more."""
CANCELLABLE = (OrderState.ASKED, OrderState.ORDERED)


class Redemption(SQLModel, table=True):
    """What it is and costs is kept as it was when it was ordered; the reward may change."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        Index("ix_redemption_person", "tenant_id", "person_id", "reward_id", "ordered_at"),
        Index("ix_redemption_state", "tenant_id", "state", "promised_on"),
        CheckConstraint("points > 0", name="ck_redemption_points"),
        CheckConstraint("own_minor >= 0", name="ck_redemption_own_minor"),
        CheckConstraint(
            "state IN ('asked', 'ordered', 'started', 'fulfilled', 'declined', 'cancelled', 'failed', 'lapsed')",
            name="ck_redemption_state",
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    reward_id: str
    title: str
    points: int = Field(sa_column=Column(BigInteger, nullable=False))
    own_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    """The rest, from one's own pocket, in minor units of `currency`; whoever fulfils it confirms that it was paid."""
    own_paid_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    value_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str
    country: str
    """Of the person, then."""
    fulfilment: str
    answers: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """What the person was asked by that kind of fulfilment: a date, a size."""
    state: str
    hold_id: str
    """The ledger's transaction that holds the points."""
    stocked: int
    """How many were taken from the stock, to be put back."""
    ordered_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    promised_on: date = Field(sa_column=Column(Date, nullable=False))
    settled_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When it was fulfilled, or ended otherwise."""
    vendor_ref: str = ""
    """How a vendor names it."""
    in_time: bool | None = Field(default=None, sa_column=Column(Boolean))
    """Whether it was fulfilled by the day that was promised; None while it is not fulfilled."""
    told_late: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    """Whether those who hand it out were told that it is late."""


class RedemptionStep(SQLModel, table=True):
    """One state that a redemption came to, when, by whom, and a word of theirs."""

    __tablename__ = "redemption_step"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "redemption_id"], ["redemption.tenant_id", "redemption.id"], onupdate="CASCADE"
        ),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    redemption_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    state: str
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    by_id: str = ""
    """Whoever did it; empty for the program."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFact:
    id: str
    person_id: str
    reward_id: str
    title: str
    points: Points
    own_minor: int = 0
    own_paid_at: datetime | None = None
    value_minor: int = 0
    currency: str = ""
    country: str = ""
    fulfilment: str
    answers: dict[str, Any]
    state: OrderState
    hold_id: str
    stocked: int = 0
    ordered_at: datetime
    promised_on: date
    settled_at: datetime | None = None
    vendor_ref: str = ""
    in_time: bool | None = None
    told_late: bool = False

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFact:
    id: str
    state: OrderState
    at: datetime
    by_id: str = ""
    note: str = ""


class RedeemedSum(NamedTuple):
    """What somebody got in a country. `value_minor` is without what they paid themselves; no currency: no value."""

    person_id: str
    country: str
    currency: str
    orders: int
    points: Points
    value_minor: int


redemption = Redemption.__table__  # type: ignore[attr-defined]
redemption_step = RedemptionStep.__table__  # type: ignore[attr-defined]

_NAMES = tuple(OrderFact.__dataclass_fields__)
_COLUMNS = tuple(redemption.c[name] for name in _NAMES)
_SHOWN = select(*_COLUMNS).where(redemption.c.tenant_id == bindparam("tenant_id"))
_ONE = Prepared(_SHOWN.where(redemption.c.id == bindparam("id")))
_OF_PERSON = Prepared(
    _SHOWN.where(redemption.c.person_id == bindparam("person_id"), redemption.c.id < bindparam("before"))
    .order_by(redemption.c.id.desc())
    .limit(bindparam("most"))
)
_LATE = Prepared(
    _SHOWN.where(
        redemption.c.state == bindparam("state"),
        redemption.c.promised_on < bindparam("day"),
        redemption.c.told_late == bindparam("told", type_=Boolean),
        redemption.c.id > bindparam("after"),
    )
    .order_by(redemption.c.id)
    .limit(bindparam("most"))
)
_KEPT = Prepared(
    select(redemption.c.in_time, func.count())
    .where(
        redemption.c.tenant_id == bindparam("tenant_id"),
        redemption.c.state == OrderState.FULFILLED,
        redemption.c.promised_on >= bindparam("since"),
    )
    .group_by(redemption.c.in_time)
)
_IN_STATE = Prepared(
    _SHOWN.where(redemption.c.state == bindparam("state"), redemption.c.id > bindparam("after"))
    .order_by(redemption.c.id)
    .limit(bindparam("most"))
)
_PROMISED = Prepared(
    _SHOWN.where(redemption.c.state == bindparam("state"))
    .order_by(redemption.c.promised_on, redemption.c.id)
    .limit(bindparam("most"))
)
_UNPAID = Prepared(
    _SHOWN.where(
        redemption.c.state == OrderState.FULFILLED,
        redemption.c.promised_on >= bindparam("since"),
        redemption.c.own_minor > 0,
        redemption.c.own_paid_at.is_(None),
    )
    .order_by(redemption.c.id)
    .limit(bindparam("most"))
)
_COUNT = (
    select(func.count())
    .select_from(redemption)
    .where(
        redemption.c.tenant_id == bindparam("tenant_id"),
        redemption.c.person_id == bindparam("person_id"),
        redemption.c.reward_id == bindparam("reward_id"),
        redemption.c.ordered_at >= bindparam("since", type_=UtcDateTime),
        redemption.c.state.not_in([OrderState.DECLINED, OrderState.CANCELLED, OrderState.FAILED, OrderState.LAPSED]),
    )
)
_THIS = (redemption.c.tenant_id == bindparam("b_tenant_id")) & (redemption.c.id == bindparam("b_id"))
_LOCK = select(*_COLUMNS).where(_THIS).with_for_update()
_STEPS = Prepared(
    select(*(redemption_step.c[name] for name in StepFact.__dataclass_fields__))
    .where(
        redemption_step.c.tenant_id == bindparam("tenant_id"),
        redemption_step.c.redemption_id == bindparam("redemption_id"),
    )
    .order_by(redemption_step.c.id)
)
# What has no value of its own is summed apart, under no currency: somebody else says what its points are worth.
_CURRENCY = case((redemption.c.value_minor > 0, redemption.c.currency), else_="")
_GIVEN = case(
    (redemption.c.value_minor > redemption.c.own_minor, redemption.c.value_minor - redemption.c.own_minor), else_=0
)
_REDEEMED = (
    select(
        redemption.c.person_id,
        redemption.c.country,
        _CURRENCY,
        func.count(),
        func.sum(redemption.c.points),
        func.sum(_GIVEN),
    )
    .where(
        redemption.c.tenant_id == bindparam("tenant_id"),
        redemption.c.state == OrderState.FULFILLED,
        redemption.c.settled_at >= bindparam("since", type_=UtcDateTime),
        redemption.c.settled_at < bindparam("until", type_=UtcDateTime),
    )
    .group_by(redemption.c.person_id, redemption.c.country, _CURRENCY)
)
_NEWEST = "g"


def add_order(tx: Connection, tenant_id: str, fact: OrderFact) -> None:
    tx.execute(redemption.insert(), {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in _NAMES})


def lock_order(tx: Connection, tenant_id: str, order_id: str) -> OrderFact | None:
    """An order, which nobody else changes before this transaction ends."""
    row = tx.execute(_LOCK, {"b_tenant_id": tenant_id, "b_id": order_id}).first()
    return _fact(tuple(row)) if row else None


def change_order(tx: Connection, tenant_id: str, order_id: str, **changed: Any) -> None:
    """Writes fields of one that is locked."""
    tx.execute(redemption.update().where(_THIS).values(**changed), {"b_tenant_id": tenant_id, "b_id": order_id})


def add_step(tx: Connection, tenant_id: str, order_id: str, fact: StepFact) -> None:
    row = {name: getattr(fact, name) for name in StepFact.__dataclass_fields__}
    tx.execute(redemption_step.insert(), {"tenant_id": tenant_id, "redemption_id": order_id} | row)


def find_order(tx: Connection, tenant_id: str, order_id: str) -> OrderFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "id": order_id})
    return _fact(row) if row else None


def list_orders(tx: Connection, tenant_id: str, person_id: str, *, before: str = "", most: int) -> list[OrderFact]:
    """Somebody's, the newest first, before an id."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "before": before or _NEWEST, "most": most}
    return [_fact(row) for row in _OF_PERSON.rows(tx, sought)]


def list_in_state(tx: Connection, tenant_id: str, state: OrderState, *, after: str = "", most: int) -> list[OrderFact]:
    """By id, so the oldest first."""
    rows = _IN_STATE.rows(tx, {"tenant_id": tenant_id, "state": state, "after": after, "most": most})
    return [_fact(row) for row in rows]


def list_promised(tx: Connection, tenant_id: str, state: OrderState, most: int) -> list[OrderFact]:
    """Those that were promised first."""
    return [_fact(row) for row in _PROMISED.rows(tx, {"tenant_id": tenant_id, "state": state, "most": most})]


def list_late(
    tx: Connection, tenant_id: str, state: OrderState, day: date, *, after: str = "", most: int
) -> list[OrderFact]:
    """Those that were promised before a day, and nobody was told of yet, by id."""
    sought = {"tenant_id": tenant_id, "state": state, "day": day, "told": False, "after": after, "most": most}
    return [_fact(row) for row in _LATE.rows(tx, sought)]


def count_kept(tx: Connection, tenant_id: str, since: date) -> tuple[int, int]:
    """Of what was promised for a day since then and is fulfilled: how much came in time, and how much there is."""
    rows = _KEPT.rows(tx, {"tenant_id": tenant_id, "since": since})
    return sum(number for in_time, number in rows if in_time), sum(number for _, number in rows)


def list_unpaid(tx: Connection, tenant_id: str, since: date, most: int) -> list[OrderFact]:
    """What was promised for a day since then and handed over, while the rest from somebody's own pocket is due."""
    return [_fact(row) for row in _UNPAID.rows(tx, {"tenant_id": tenant_id, "since": since, "most": most})]


def count_orders(tx: Connection, tenant_id: str, person_id: str, reward_id: str, since: datetime) -> int:
    """How often somebody ordered a reward since an instant, without what came to nothing."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "reward_id": reward_id, "since": since}
    return int(tx.execute(_COUNT, sought).scalar_one())


def sum_redeemed(tx: Connection, tenant_id: str, since: datetime, until: datetime) -> list[RedeemedSum]:
    """What was handed over from an instant on and before another, by person, country and currency."""
    rows = fetch(tx, _REDEEMED, {"tenant_id": tenant_id, "since": since, "until": until})
    return [RedeemedSum(*row[:3], *map(int, row[3:])) for row in rows]


def list_steps(tx: Connection, tenant_id: str, order_id: str) -> list[StepFact]:
    """The states that an order went through, the first first."""
    rows: Collection[tuple[Any, ...]] = _STEPS.rows(tx, {"tenant_id": tenant_id, "redemption_id": order_id})
    facts = [dict(zip(StepFact.__dataclass_fields__, row, strict=True)) for row in rows]
    return [StepFact(**one | {"state": OrderState(one["state"])}) for one in facts]


def _fact(row: tuple[Any, ...]) -> OrderFact:
    values = dict(zip(_NAMES, row, strict=True))
    return OrderFact(**values | {"state": OrderState(values["state"])})
