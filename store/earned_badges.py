"""Badges that people earned by a rule, once each; and what the rules count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, and_, bindparam, func, or_, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT
from store.people import person
from store.prepared import Prepared, PreparedInsert, in_list
from store.recognitions import receiver, recognition
from store.tallies import WEEKS, tally
from store.types import UtcDateTime


class EarnedBadge(SQLModel, table=True):
    """The key is the rule: nobody earns a badge twice."""

    __tablename__ = "earned_badge"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "badge_id"], ["badge.tenant_id", "badge.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    badge_id: str = Field(primary_key=True)
    earned_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody did since the beginning: weeks with recognition given, different people thanked, both sides."""

    weeks: int = 0
    people: int = 0
    given: int = 0
    received: int = 0


earned_badge = EarnedBadge.__table__  # type: ignore[attr-defined]

_PRIVATE = "private:"
_ADD = PreparedInsert(earned_badge, lambda insert: insert.on_conflict_do_nothing())
_OF = Prepared(
    select(earned_badge.c.person_id, earned_badge.c.badge_id, earned_badge.c.earned_at)
    .where(earned_badge.c.tenant_id == bindparam("tenant_id"), in_list(earned_badge.c.person_id, "people"))
    .order_by(earned_badge.c.person_id, earned_badge.c.earned_at, earned_badge.c.badge_id)
)
_ACTIVE = Prepared(
    select(person.c.id)
    .where(
        person.c.tenant_id == bindparam("tenant_id"),
        person.c.id > bindparam("after"),
        person.c.active,
        or_(person.c.kind == "member", person.c.kind == "guest"),
    )
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_TOTALS = Prepared(
    select(tally.c.person_id, func.sum(tally.c.given), func.sum(tally.c.received))
    .where(
        tally.c.tenant_id == bindparam("tenant_id"),
        in_list(tally.c.person_id, "people"),
        or_(tally.c.period == "all", tally.c.period == _PRIVATE + "all"),
    )
    .group_by(tally.c.person_id)
)
_WEEKS = Prepared(
    select(tally.c.person_id, func.count(func.replace(tally.c.period, _PRIVATE, "").distinct()))
    .where(
        tally.c.tenant_id == bindparam("tenant_id"),
        in_list(tally.c.person_id, "people"),
        or_(tally.c.period.like(WEEKS), tally.c.period.like(_PRIVATE + WEEKS)),
        tally.c.given > 0,
    )
    .group_by(tally.c.person_id)
)
_PEOPLE = Prepared(
    select(recognition.c.giver_id, func.count(receiver.c.person_id.distinct()))
    .join_from(
        recognition,
        receiver,
        and_(receiver.c.tenant_id == recognition.c.tenant_id, receiver.c.recognition_id == recognition.c.id),
    )
    .where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        in_list(recognition.c.giver_id, "people"),
        recognition.c.taken_back_at.is_(None),
    )
    .group_by(recognition.c.giver_id)
)


def add_earned(tx: Connection, tenant_id: str, person_id: str, badges: Collection[str], at: datetime) -> None:
    """What somebody has already stays as it was."""
    rows = [
        {"tenant_id": tenant_id, "person_id": person_id, "badge_id": one, "earned_at": at} for one in sorted(badges)
    ]
    if rows:
        _ADD.run(tx, rows)


def list_earned(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, dict[str, datetime]]:
    """When each of these people earned which badge, by person and badge, the earliest first."""
    found: dict[str, dict[str, datetime]] = {one: {} for one in people}
    for person_id, badge_id, at in _OF.rows(tx, {"tenant_id": tenant_id, "people": list(people)}):
        found[person_id][badge_id] = at
    return found


def list_active(tx: Connection, tenant_id: str, after: str, most: int) -> list[str]:
    """Active members and guests by id, after `after`."""
    rows: Sequence[tuple[str]] = _ACTIVE.rows(tx, {"tenant_id": tenant_id, "after": after, "most": most})
    return [row[0] for row in rows]


def count_for(tx: Connection, tenant_id: str, people: Collection[str], *, with_people: bool) -> dict[str, Counted]:
    """What the rules count, for each of these people. How many were thanked costs the most, and is asked for apart."""
    sought = {"tenant_id": tenant_id, "people": list(people)}
    totals = {row[0]: (row[1], row[2]) for row in _TOTALS.rows(tx, sought)}
    weeks = {row[0]: row[1] for row in _WEEKS.rows(tx, sought)}
    thanked = {row[0]: row[1] for row in _PEOPLE.rows(tx, sought)} if with_people else {}
    return {
        one: Counted(
            weeks=weeks.get(one, 0),
            people=thanked.get(one, 0),
            given=totals.get(one, (0, 0))[0],
            received=totals.get(one, (0, 0))[1],
        )
        for one in people
    }
