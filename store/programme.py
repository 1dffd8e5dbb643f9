"""What a tenant's recognitions can carry: company values and badges."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Connection, ForeignKeyConstraint, UniqueConstraint, bindparam, func, select
from sqlmodel import Field, SQLModel


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


class Badge(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        UniqueConstraint("tenant_id", "shortcode", name="uq_badge_shortcode"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    shortcode: str
    """As typed between colons on Slack: `rocket`."""
    emoji: str
    """The same as a character, which is what Teams sends."""
    title: str
    position: int = 0
    active: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))


@dataclass(frozen=True, slots=True)
class ValueFact:
    id: str
    name: str
    emoji: str
    meaning: str
    active: bool


@dataclass(frozen=True, slots=True)
class BadgeFact:
    id: str
    shortcode: str
    emoji: str
    title: str
    active: bool


company_value = CompanyValue.__table__  # type: ignore[attr-defined]
badge = Badge.__table__  # type: ignore[attr-defined]

_VALUES = (
    select(
        company_value.c.id,
        company_value.c.name,
        company_value.c.emoji,
        company_value.c.meaning,
        company_value.c.active,
    )
    .where(company_value.c.tenant_id == bindparam("tenant_id"))
    .order_by(company_value.c.position, company_value.c.name)
)
_BADGES = (
    select(badge.c.id, badge.c.shortcode, badge.c.emoji, badge.c.title, badge.c.active)
    .where(badge.c.tenant_id == bindparam("tenant_id"))
    .order_by(badge.c.position, badge.c.title)
)


def list_values(tx: Connection, tenant_id: str) -> tuple[ValueFact, ...]:
    """Every value of a tenant in its order, retired ones too, for old recognitions show them."""
    return tuple(ValueFact(*row) for row in tx.execute(_VALUES, {"tenant_id": tenant_id}))


def list_badges(tx: Connection, tenant_id: str) -> tuple[BadgeFact, ...]:
    """Every badge of a tenant in its order, retired ones too."""
    return tuple(BadgeFact(*row) for row in tx.execute(_BADGES, {"tenant_id": tenant_id}))


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
    return {"name": value.name, "emoji": value.emoji, "meaning": value.meaning, "active": value.active}


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
            "position": n,
            "active": True,
        }
        for n, (shortcode, emoji, title) in enumerate(STARTING_BADGES)
    ]
    tx.execute(company_value.insert(), values)
    tx.execute(badge.insert(), badges)
