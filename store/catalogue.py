"""The catalogue: what points can be redeemed for, how much of it there is, and what people wish for."""

from __future__ import annotations

from collections.abc import Collection
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

from store.db import COMPACT
from store.prepared import Prepared, PreparedInsert, in_list
from store.types import JsonDict, Points, UtcDateTime


class Limited(StrEnum):
    """The period in which somebody may redeem a reward so many times."""

    NEVER = ""  # no limit
    EVER = "ever"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Reward(SQLModel, table=True):
    """A reward is never deleted: orders refer to it. What is taken out of the catalogue is not `active`."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "code", name="uq_reward_code"),
        Index("ix_reward_active", "tenant_id", "active", "category"),
        CheckConstraint("price > 0", name="ck_reward_price"),
        CheckConstraint("least_points > 0 AND least_points <= price", name="ck_reward_least_points"),
        CheckConstraint("stock IS NULL OR stock >= 0", name="ck_reward_stock"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    code: str
    """How files and vendors name it: `coffee-mug`."""
    title: str
    description: str = ""
    category: str
    emoji: str = ""
    picture: str = ""
    """The address of a picture, or empty."""
    price: int = Field(sa_column=Column(BigInteger, nullable=False))
    """In points."""
    least_points: int = Field(sa_column=Column(BigInteger, nullable=False))
    """That have to be paid in points; less than the price where the rest may come from one's own pocket."""
    value_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    """What it is worth, in minor units of `currency`; 0 where nobody said."""
    currency: str = ""
    countries: str = ""
    """ISO 3166 codes with spaces between; empty for everywhere."""
    departments: str = ""
    """One in each line; empty for everybody."""
    stock: int | None = None
    """How many are left; None for as many as are asked for."""
    limit: int = 0
    """How often one person may redeem it in the period `limited`."""
    limited: str = Limited.NEVER
    starts_on: date | None = Field(default=None, sa_column=Column(Date))
    ends_on: date | None = Field(default=None, sa_column=Column(Date))
    fulfilment: str
    """The kind of its fulfilment, by the name that it is registered under."""
    settings: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """What that kind needs to know: who fulfils it, where a vendor is."""
    within_days: int
    """Working days in which it is promised."""
    position: int = 0
    active: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))


class Wish(SQLModel, table=True):
    """What somebody would like to have. `tell` while they want to hear when it is back."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_wish_reward", "tenant_id", "reward_id", "tell"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    reward_id: str = Field(primary_key=True)
    tell: bool = Field(sa_column=Column(Boolean, nullable=False))
    wished_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardFact:
    id: str
    code: str
    title: str
    category: str
    price: Points
    least_points: Points
    fulfilment: str
    description: str = ""
    emoji: str = ""
    picture: str = ""
    value_minor: int = 0
    currency: str = ""
    countries: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    stock: int | None = None
    limit: int = 0
    limited: Limited = Limited.NEVER
    starts_on: date | None = None
    ends_on: date | None = None
    settings: dict[str, Any]
    within_days: int = 5
    position: int = 0
    active: bool = True

    def is_open(self, day: date) -> bool:
        """Whether it can be redeemed on a day, if there is any."""
        begun = self.starts_on is None or self.starts_on <= day
        return self.active and begun and (self.ends_on is None or day <= self.ends_on)

    def is_for(self, country: str, department: str) -> bool:
        """Whether it is for somebody of a country and a department. Who is in no known one sees what is for all."""
        here = not self.countries or country in self.countries
        return here and (not self.departments or department in self.departments)


reward = Reward.__table__  # type: ignore[attr-defined]
wish = Wish.__table__  # type: ignore[attr-defined]

_NAMES = tuple(RewardFact.__dataclass_fields__)
_SHOWN = select(*(reward.c[name] for name in _NAMES)).where(reward.c.tenant_id == bindparam("tenant_id"))
_ACTIVE = Prepared(
    _SHOWN.where(reward.c.active == bindparam("active", type_=Boolean)).order_by(
        reward.c.position, reward.c.price, reward.c.id
    )
)
_THESE = Prepared(_SHOWN.where(in_list(reward.c.id, "rewards")).order_by(reward.c.position, reward.c.price))
_CODED = Prepared(_SHOWN.where(in_list(reward.c.code, "codes")))
_THIS = (reward.c.tenant_id == bindparam("b_tenant_id")) & (reward.c.id == bindparam("b_id"))
_TAKE = (
    reward.update()
    .where(_THIS, reward.c.stock >= bindparam("b_number"))
    .values(stock=reward.c.stock - bindparam("b_number"))
)
_PUT_BACK = (
    reward.update().where(_THIS, reward.c.stock.is_not(None)).values(stock=reward.c.stock + bindparam("b_number"))
)
_SAVE_WISH = PreparedInsert(
    wish,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id", "reward_id"], set_={"tell": insert.excluded.tell}
    ),
)
_WISHES = Prepared(
    select(wish.c.reward_id, wish.c.tell)
    .where(wish.c.tenant_id == bindparam("tenant_id"), wish.c.person_id == bindparam("person_id"))
    .order_by(wish.c.wished_at.desc(), wish.c.reward_id)
)
_TOLD = Prepared(
    select(wish.c.person_id)
    .where(
        wish.c.tenant_id == bindparam("tenant_id"),
        wish.c.reward_id == bindparam("reward_id"),
        wish.c.tell == bindparam("tell", type_=Boolean),
        wish.c.person_id > bindparam("after"),
    )
    .order_by(wish.c.person_id)
    .limit(bindparam("most"))
)
_WISHING = Prepared(
    select(wish.c.person_id)
    .where(
        wish.c.tenant_id == bindparam("tenant_id"),
        wish.c.reward_id == bindparam("reward_id"),
        wish.c.person_id > bindparam("after"),
    )
    .order_by(wish.c.person_id)
    .limit(bindparam("most"))
)


# --- rewards ----------------------------------------------------------------------------------------------


def add_reward(tx: Connection, tenant_id: str, fact: RewardFact) -> None:
    tx.execute(reward.insert(), {"tenant_id": tenant_id} | _row(fact))


def save_reward(tx: Connection, tenant_id: str, fact: RewardFact) -> None:
    """Writes every field of a reward that there is. Read it under `lock_reward`: buyers take from its stock."""
    row = {name: value for name, value in _row(fact).items() if name != "id"}
    tx.execute(reward.update().where(_THIS).values(**row), {"b_tenant_id": tenant_id, "b_id": fact.id})


def lock_reward(tx: Connection, tenant_id: str, reward_id: str) -> RewardFact | None:
    """The reward, which nobody else changes or takes from before this transaction ends."""
    row = tx.execute(
        select(*(reward.c[name] for name in _NAMES)).where(_THIS).with_for_update(),
        {"b_tenant_id": tenant_id, "b_id": reward_id},
    ).first()
    return _fact(tuple(row)) if row else None


def list_rewards(tx: Connection, tenant_id: str, *, active: bool = True) -> list[RewardFact]:
    """What is in the catalogue, or was taken out of it, in its order."""
    return [_fact(row) for row in _ACTIVE.rows(tx, {"tenant_id": tenant_id, "active": active})]


def find_rewards(tx: Connection, tenant_id: str, rewards: Collection[str]) -> dict[str, RewardFact]:
    """By id, also such that were taken out."""
    found = _THESE.rows(tx, {"tenant_id": tenant_id, "rewards": list(rewards)})
    return {row[0]: _fact(row) for row in found}


def find_coded(tx: Connection, tenant_id: str, codes: Collection[str]) -> dict[str, RewardFact]:
    """By code, also such that were taken out."""
    return {row[1]: _fact(row) for row in _CODED.rows(tx, {"tenant_id": tenant_id, "codes": list(codes)})}


def take_stock(tx: Connection, tenant_id: str, reward_id: str, number: int = 1) -> bool:
    """Takes from what is left. False where there is less than that; call it only where stock is kept."""
    return bool(tx.execute(_TAKE, {"b_tenant_id": tenant_id, "b_id": reward_id, "b_number": number}).rowcount)


def put_back(tx: Connection, tenant_id: str, reward_id: str, number: int = 1) -> None:
    """Gives back what was taken; nothing where no stock is kept by now."""
    tx.execute(_PUT_BACK, {"b_tenant_id": tenant_id, "b_id": reward_id, "b_number": number})


# --- wishes -----------------------------------------------------------------------------------------------


def save_wish(tx: Connection, tenant_id: str, person_id: str, reward_id: str, at: datetime, *, tell: bool) -> None:
    row = {"tenant_id": tenant_id, "person_id": person_id, "reward_id": reward_id, "tell": tell, "wished_at": at}
    _SAVE_WISH.run(tx, [row])


def remove_wish(tx: Connection, tenant_id: str, person_id: str, reward_id: str) -> bool:
    """False where there is none."""
    this = (wish.c.tenant_id == tenant_id) & (wish.c.person_id == person_id) & (wish.c.reward_id == reward_id)
    return bool(tx.execute(wish.delete().where(this)).rowcount)


def list_wishes(tx: Connection, tenant_id: str, person_id: str) -> dict[str, bool]:
    """Whether they want to hear when it is back, by reward, the latest wish first."""
    return dict(_WISHES.rows(tx, {"tenant_id": tenant_id, "person_id": person_id}))


def list_to_tell(tx: Connection, tenant_id: str, reward_id: str, *, after: str = "", most: int) -> list[str]:
    """Who wants to hear when a reward is back, by id."""
    sought = {"tenant_id": tenant_id, "reward_id": reward_id, "tell": True, "after": after, "most": most}
    return [row[0] for row in _TOLD.rows(tx, sought)]


def list_wishing(tx: Connection, tenant_id: str, reward_id: str, *, after: str = "", most: int) -> list[str]:
    """Who has a reward on their wish list, by id."""
    sought = {"tenant_id": tenant_id, "reward_id": reward_id, "after": after, "most": most}
    return [row[0] for row in _WISHING.rows(tx, sought)]


def quieten(tx: Connection, tenant_id: str, reward_id: str, people: Collection[str]) -> None:
    """They were told, or need not be any more; their wishes stay."""
    if people:
        this = (wish.c.tenant_id == tenant_id) & (wish.c.reward_id == reward_id) & wish.c.person_id.in_(list(people))
        tx.execute(wish.update().where(this).values(tell=False))


def _row(fact: RewardFact) -> dict[str, Any]:
    row = {name: getattr(fact, name) for name in _NAMES}
    return row | {"countries": " ".join(fact.countries), "departments": "\n".join(fact.departments)}


def _fact(row: tuple[Any, ...]) -> RewardFact:
    values = dict(zip(_NAMES, row, strict=True))
    return RewardFact(
        **values
        | {
            "countries": tuple(values["countries"].split()),
            "departments": tuple(values["departments"].splitlines()),
            "limited": Limited(values["limited"]),
        }
    )
