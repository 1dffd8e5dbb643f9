"""What a tenant's recognitions can carry: company values and badges. Who earned which badge is in `earned_badges`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    UniqueConstraint,
    bindparam,
    func,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT


class Givers(StrEnum):
    """Who may give a badge."""

    EVERYBODY = "everybody"
    MANAGERS = "managers"  # whoever somebody reports to
    ADMINISTRATORS = "administrators"
    NAMED = "named"
    NOBODY = "nobody"  # it is earned only


class Earning(StrEnum):
    """What earns a badge, so many times."""

    NEVER = ""
    WEEKS = "weeks"  # weeks with recognition given, whatever lies between
    PEOPLE = "people"  # different people thanked
    GIVEN = "given"  # recognitions given
    RECEIVED = "received"  # recognitions received


class CompanyValue(SQLModel, table=True):
    __tablename__ = "company_value"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "name", name="uq_company_value_name"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    name: str
    emoji: str
    meaning: str = ""
    position: int = 0
    active: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    starts_on: date | None = Field(default=None, sa_column=Column(Date))
    ends_on: date | None = Field(default=None, sa_column=Column(Date))


class Badge(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "shortcode", name="uq_badge_shortcode"),
        CheckConstraint("points >= 0", name="ck_badge_points"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    shortcode: str
    """As typed between colons on Slack: `rocket`."""
    emoji: str
    """The same as a character, which is what Teams sends."""
    title: str
    meaning: str = ""
    position: int = 0
    active: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    starts_on: date | None = Field(default=None, sa_column=Column(Date))
    ends_on: date | None = Field(default=None, sa_column=Column(Date))
    givers: str = Givers.EVERYBODY
    points: int = 0
    """From the organisation, to each receiver, on top of the giver's."""
    earning: str = Earning.NEVER
    threshold: int = 0
    picture: str = ""
    """The address of a picture of one's own; empty: the program makes one."""


class BadgeGiver(SQLModel, table=True):
    """Somebody who may give a badge that only named people give."""

    __tablename__ = "badge_giver"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "badge_id"], ["badge.tenant_id", "badge.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    badge_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


@dataclass(frozen=True, slots=True)
class ValueFact:
    """`active` unless retired; from `starts_on` to `ends_on`, both included, by the tenant's calendar."""

    id: str
    name: str
    emoji: str
    meaning: str
    active: bool
    starts_on: date | None = None
    ends_on: date | None = None

    def is_current(self, day: date) -> bool:
        """Whether it can be given on a day."""
        return self.active and _within(day, self.starts_on, self.ends_on)


@dataclass(frozen=True, slots=True)
class BadgeFact:
    id: str
    shortcode: str
    emoji: str
    title: str
    active: bool
    meaning: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    givers: Givers = Givers.EVERYBODY
    points: int = 0
    earning: Earning = Earning.NEVER
    threshold: int = 0
    picture: str = ""
    named: tuple[str, ...] = ()
    """Who may give it where `givers` says that it is for named people, by id."""

    def is_current(self, day: date) -> bool:
        """Whether it can be given, or earned, on a day."""
        return self.active and _within(day, self.starts_on, self.ends_on)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


company_value = CompanyValue.__table__  # type: ignore[attr-defined]
badge = Badge.__table__  # type: ignore[attr-defined]
badge_giver = BadgeGiver.__table__  # type: ignore[attr-defined]

_VALUES = (
    select(
        company_value.c.id,
        company_value.c.name,
        company_value.c.emoji,
        company_value.c.meaning,
        company_value.c.active,
        company_value.c.starts_on,
        company_value.c.ends_on,
    )
    .where(company_value.c.tenant_id == bindparam("tenant_id"))
    .order_by(company_value.c.position, company_value.c.name)
)
_BADGES = (
    select(
        badge.c.id,
        badge.c.shortcode,
        badge.c.emoji,
        badge.c.title,
        badge.c.active,
        badge.c.meaning,
        badge.c.starts_on,
        badge.c.ends_on,
        badge.c.givers,
        badge.c.points,
        badge.c.earning,
        badge.c.threshold,
        badge.c.picture,
    )
    .where(badge.c.tenant_id == bindparam("tenant_id"))
    .order_by(badge.c.position, badge.c.title)
)
_GIVERS = (
    select(badge_giver.c.badge_id, badge_giver.c.person_id)
    .where(badge_giver.c.tenant_id == bindparam("tenant_id"))
    .order_by(badge_giver.c.badge_id, badge_giver.c.person_id)
)


def list_values(tx: Connection, tenant_id: str) -> tuple[ValueFact, ...]:
    """Every value of a tenant in its order, retired ones too, for old recognitions show them."""
    return tuple(ValueFact(*row) for row in tx.execute(_VALUES, {"tenant_id": tenant_id}))


def list_badges(tx: Connection, tenant_id: str) -> tuple[BadgeFact, ...]:
    """Every badge of a tenant in its order, retired ones too."""
    named: dict[str, list[str]] = {}
    for badge_id, person_id in tx.execute(_GIVERS, {"tenant_id": tenant_id}):
        named.setdefault(badge_id, []).append(person_id)
    rows = tx.execute(_BADGES, {"tenant_id": tenant_id}).all()
    return tuple(
        BadgeFact(*row[:8], Givers(row[8]), row[9], Earning(row[10]), row[11], row[12], tuple(named.get(row[0], ())))
        for row in rows
    )


def add_value(tx: Connection, tenant_id: str, value: ValueFact) -> None:
    """Adds a value after all others. Who keeps the programme in memory is told by `tenants.change_programme`."""
    last = select(func.max(company_value.c.position)).where(company_value.c.tenant_id == tenant_id)
    position = tx.execute(last).scalar()
    row = {"tenant_id": tenant_id, "position": 0 if position is None else position + 1} | _written(value)
    tx.execute(company_value.insert(), row | {"id": value.id})


def change_value(tx: Connection, tenant_id: str, value: ValueFact) -> None:
    """Writes a value anew; recognitions that show it show it as it is now."""
    mine = (company_value.c.tenant_id == tenant_id) & (company_value.c.id == value.id)
    tx.execute(company_value.update().where(mine).values(**_written(value)))


def _written(value: ValueFact) -> dict[str, object]:
    return {
        "name": value.name,
        "emoji": value.emoji,
        "meaning": value.meaning,
        "active": value.active,
        "starts_on": value.starts_on,
        "ends_on": value.ends_on,
    }


def add_badge(tx: Connection, tenant_id: str, fact: BadgeFact) -> None:
    """Adds a badge after all others. Who keeps the programme in memory is told by `tenants.change_programme`."""
    position = tx.execute(select(func.max(badge.c.position)).where(badge.c.tenant_id == tenant_id)).scalar()
    row = {"tenant_id": tenant_id, "id": fact.id, "position": 0 if position is None else position + 1}
    tx.execute(badge.insert(), row | _badge_row(fact))
    _save_givers(tx, tenant_id, fact.id, fact.named)


def change_badge(tx: Connection, tenant_id: str, fact: BadgeFact) -> None:
    """Writes a badge anew; recognitions that carry it show it as it is now, and keep the points they brought."""
    mine = (badge.c.tenant_id == tenant_id) & (badge.c.id == fact.id)
    tx.execute(badge.update().where(mine).values(**_badge_row(fact)))
    _save_givers(tx, tenant_id, fact.id, fact.named)


def _save_givers(tx: Connection, tenant_id: str, badge_id: str, people: Collection[str]) -> None:
    tx.execute(badge_giver.delete().where(badge_giver.c.tenant_id == tenant_id, badge_giver.c.badge_id == badge_id))
    if people:
        rows = [{"tenant_id": tenant_id, "badge_id": badge_id, "person_id": one} for one in sorted(set(people))]
        tx.execute(badge_giver.insert(), rows)


def _badge_row(fact: BadgeFact) -> dict[str, object]:
    names = ("shortcode", "emoji", "title", "meaning", "active", "starts_on", "ends_on", "points", "threshold")
    words = {"givers": fact.givers.value, "earning": fact.earning.value, "picture": fact.picture}
    return {name: getattr(fact, name) for name in names} | words


STARTING_VALUES = (
    ("teamwork", "🤝", "We win together"),
    ("customer-first", "💛", "We start from what customers need"),
    ("craft", "🛠️", "We care how things are made"),
    ("courage", "🦁", "We say and try what is hard"),
    ("kindness", "🌱", "We make each other's days better"),
)
STARTING_BADGES = (
    ("rocket", "🚀", "Shipped it"),
    ("star2", "🌟", "Above and beyond"),
    ("handshake", "🤝", "Great team player"),
    ("bulb", "💡", "Bright idea"),
    ("fire_engine", "🚒", "Saved the day"),
    ("mortar_board", "🎓", "Patient teacher"),
)


def add_starting_programme(tx: Connection, tenant_id: str) -> None:
    """Values and badges that every new tenant starts with, to be changed by its administrators."""
    values = [
        {
            "tenant_id": tenant_id,
            "id": f"{tenant_id}-v{n}",
            "name": name,
            "emoji": emoji,
            "meaning": meaning,
            "position": n,
            "active": True,
        }
        for n, (name, emoji, meaning) in enumerate(STARTING_VALUES)
    ]
    badges = [
        {
            "tenant_id": tenant_id,
            "id": f"{tenant_id}-b{n}",
            "shortcode": shortcode,
            "emoji": emoji,
            "title": title,
            "meaning": "",
            "position": n,
            "active": True,
            "starts_on": None,
            "ends_on": None,
            "givers": Givers.EVERYBODY.value,
            "points": 0,
            "earning": Earning.NEVER.value,
            "threshold": 0,
            "picture": "",
        }
        for n, (shortcode, emoji, title) in enumerate(STARTING_BADGES)
    ]
    tx.execute(company_value.insert(), values)
    tx.execute(badge.insert(), badges)
