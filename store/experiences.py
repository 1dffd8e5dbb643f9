"""Experiences with places: their dates, who has a place, and who waits in line for one.

A place is taken by an update that holds only while one is free, so it is given once. While somebody in line is offered
a place it stays taken: `taken` is the places of open orders and the offers that are out.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKeyConstraint, Index, bindparam, func, or_, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.people import person
from store.prepared import Prepared, in_list
from store.recognitions import receiver, recognition
from store.redemptions import OrderState, redemption
from store.types import UtcDateTime


class SessionState(StrEnum):
    OPEN = "open"
    CANCELLED = "cancelled"  # by an administrator
    OVER = "over"  # it took place, and what was ordered for it is settled


class LineState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"  # a place is kept until `offer_until`
    TAKEN = "taken"  # they ordered it
    LAPSED = "lapsed"  # they did not answer in time
    LEFT = "left"  # they do not want it any more
    ENDED = "ended"  # it began, or was cancelled


IN_LINE = (LineState.WAITING, LineState.OFFERED)


class ExperienceSession(SQLModel, table=True):
    __tablename__ = "experience_session"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        Index("ix_experience_session_reward", "tenant_id", "reward_id", "starts_at"),
        Index("ix_experience_session_state", "tenant_id", "state", "ends_at"),
        CheckConstraint("capacity > 0", name="ck_experience_session_capacity"),
        CheckConstraint("taken >= 0 AND taken <= capacity", name="ck_experience_session_taken"),
        CheckConstraint("ends_at > starts_at", name="ck_experience_session_ends_at"),
        CheckConstraint("state IN ('open', 'cancelled', 'over')", name="ck_experience_session_state"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    reward_id: str
    starts_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ends_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    place: str = ""
    """Where it is, as administrators wrote it."""
    capacity: int
    taken: int = 0
    state: str = SessionState.OPEN


class ExperiencePlace(SQLModel, table=True):
    """For which date an order is."""

    __tablename__ = "experience_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "session_id"], ["experience_session.tenant_id", "experience_session.id"], onupdate="CASCADE"
        ),
        Index("ix_experience_place_session", "tenant_id", "session_id", "order_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    """No foreign key: the place is taken before the order is written, in one transaction."""
    session_id: str


class ExperienceLine(SQLModel, table=True):
    """Somebody in line. Who leaves and comes back stands at the end again, as a new row."""

    __tablename__ = "experience_line"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "session_id"], ["experience_session.tenant_id", "experience_session.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_experience_line_session", "tenant_id", "session_id", "state", "id"),
        Index("ix_experience_line_person", "tenant_id", "person_id", "session_id"),
        CheckConstraint(
            "state IN ('waiting', 'offered', 'taken', 'lapsed', 'left', 'ended')", name="ck_experience_line_state"
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    session_id: str
    person_id: str
    state: str
    joined_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    offer_from: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When they are told of the offer, in their day."""
    offer_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFact:
    id: str
    reward_id: str
    starts_at: datetime
    ends_at: datetime
    place: str
    capacity: int
    taken: int = 0
    state: SessionState = SessionState.OPEN

    @property
    def free(self) -> int:
        return self.capacity - self.taken


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFact:
    id: str
    session_id: str
    person_id: str
    state: LineState
    joined_at: datetime
    offer_from: datetime | None = None
    offer_until: datetime | None = None


session = ExperienceSession.__table__  # type: ignore[attr-defined]
place = ExperiencePlace.__table__  # type: ignore[attr-defined]
line = ExperienceLine.__table__  # type: ignore[attr-defined]

_SESSION_NAMES = tuple(SessionFact.__dataclass_fields__)
_LINE_NAMES = tuple(LineFact.__dataclass_fields__)
_SESSIONS = select(*(session.c[name] for name in _SESSION_NAMES)).where(session.c.tenant_id == bindparam("tenant_id"))
_LINES = select(*(line.c[name] for name in _LINE_NAMES)).where(line.c.tenant_id == bindparam("tenant_id"))
_SESSION = Prepared(_SESSIONS.where(session.c.id == bindparam("id")))
_OF_REWARD = Prepared(
    _SESSIONS.where(
        session.c.reward_id == bindparam("reward_id"), session.c.starts_at > bindparam("since", type_=UtcDateTime)
    ).order_by(session.c.starts_at, session.c.id)
)
_ENDED = Prepared(
    _SESSIONS.where(session.c.state == bindparam("state"), session.c.ends_at < bindparam("before", type_=UtcDateTime))
    .order_by(session.c.ends_at, session.c.id)
    .limit(bindparam("most"))
)
_THIS = (session.c.tenant_id == bindparam("b_tenant_id")) & (session.c.id == bindparam("b_id"))
_TAKE = (
    session.update()
    .where(_THIS, session.c.state == SessionState.OPEN, session.c.taken < session.c.capacity)
    .values(taken=session.c.taken + 1)
)
_FREE = session.update().where(_THIS, session.c.taken > 0).values(taken=session.c.taken - 1)
_MOVE = session.update().where(_THIS, session.c.state == SessionState.OPEN)
_SESSION_OF = Prepared(
    select(place.c.session_id).where(
        place.c.tenant_id == bindparam("tenant_id"), place.c.order_id == bindparam("order_id")
    )
)
_ORDERS = Prepared(
    select(place.c.order_id)
    .where(
        place.c.tenant_id == bindparam("tenant_id"),
        place.c.session_id == bindparam("session_id"),
        place.c.order_id > bindparam("after"),
    )
    .order_by(place.c.order_id)
    .limit(bindparam("most"))
)
_LINE = Prepared(_LINES.where(line.c.id == bindparam("id")))
_IN_STATE = Prepared(
    _LINES.where(line.c.session_id == bindparam("session_id"), line.c.state == bindparam("state")).order_by(line.c.id)
)
_MINE = Prepared(_LINES.where(line.c.person_id == bindparam("person_id"), in_list(line.c.session_id, "sessions")))
_COMING_OF = (session.c.tenant_id == bindparam("tenant_id")) & (session.c.state == SessionState.OPEN)
# Once a day, over what is open in a tenant: not prepared, as what is busy is.
_LEFT_ORDER = (
    select(place.c.order_id)
    .join_from(session, place, (place.c.tenant_id == session.c.tenant_id) & (place.c.session_id == session.c.id))
    .join(redemption, (redemption.c.tenant_id == place.c.tenant_id) & (redemption.c.id == place.c.order_id))
    .join(person, (person.c.tenant_id == redemption.c.tenant_id) & (person.c.id == redemption.c.person_id))
    .where(
        _COMING_OF,
        session.c.starts_at > bindparam("now", type_=UtcDateTime),
        or_(redemption.c.state == OrderState.ASKED, redemption.c.state == OrderState.ORDERED),
        ~person.c.active,
    )
    .limit(1)
)
_LEFT_LINE = (
    select(*(line.c[name] for name in _LINE_NAMES))
    .join_from(session, line, (line.c.tenant_id == session.c.tenant_id) & (line.c.session_id == session.c.id))
    .join(person, (person.c.tenant_id == line.c.tenant_id) & (person.c.id == line.c.person_id))
    .where(_COMING_OF, or_(line.c.state == LineState.WAITING, line.c.state == LineState.OFFERED), ~person.c.active)
    .limit(1)
)
_WAITING = Prepared(
    select(line.c.session_id, func.count())
    .where(
        line.c.tenant_id == bindparam("tenant_id"),
        in_list(line.c.session_id, "sessions"),
        line.c.state == LineState.WAITING,
    )
    .group_by(line.c.session_id)
)
_BADGED = Prepared(
    select(receiver.c.person_id)
    .join_from(
        receiver,
        recognition,
        (receiver.c.tenant_id == recognition.c.tenant_id) & (receiver.c.recognition_id == recognition.c.id),
    )
    .where(
        receiver.c.tenant_id == bindparam("tenant_id"),
        in_list(receiver.c.person_id, "people"),
        recognition.c.badge_id == bindparam("badge_id"),
        recognition.c.taken_back_at.is_(None),
    )
    .distinct()
)


# --- dates ------------------------------------------------------------------------------------------------


def add_session(tx: Connection, tenant_id: str, fact: SessionFact) -> None:
    tx.execute(session.insert(), {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in _SESSION_NAMES})


def find_session(tx: Connection, tenant_id: str, session_id: str) -> SessionFact | None:
    row = _SESSION.row(tx, {"tenant_id": tenant_id, "id": session_id})
    return _session(row) if row else None


def change_session(tx: Connection, tenant_id: str, fact: SessionFact) -> None:
    """Writes when, where and for how many it is. Read it under the lock of its reward: buyers take from it."""
    changed = {name: getattr(fact, name) for name in ("starts_at", "ends_at", "place", "capacity")}
    tx.execute(_MOVE.values(**changed), {"b_tenant_id": tenant_id, "b_id": fact.id})


def list_sessions(tx: Connection, tenant_id: str, reward_id: str, since: datetime) -> list[SessionFact]:
    """Those of a reward that begin after an instant, also cancelled ones, the first first."""
    rows = _OF_REWARD.rows(tx, {"tenant_id": tenant_id, "reward_id": reward_id, "since": since})
    return [_session(row) for row in rows]


def list_ended(tx: Connection, tenant_id: str, before: datetime, most: int) -> list[SessionFact]:
    """Open ones that ended before an instant: what was ordered for them is to be settled."""
    sought = {"tenant_id": tenant_id, "state": SessionState.OPEN, "before": before, "most": most}
    return [_session(row) for row in _ENDED.rows(tx, sought)]


def take_place(tx: Connection, tenant_id: str, session_id: str) -> bool:
    """Takes one place. False where none is free, or the date is not open."""
    return bool(tx.execute(_TAKE, {"b_tenant_id": tenant_id, "b_id": session_id}).rowcount)


def free_place(tx: Connection, tenant_id: str, session_id: str) -> None:
    tx.execute(_FREE, {"b_tenant_id": tenant_id, "b_id": session_id})


def end_session(tx: Connection, tenant_id: str, session_id: str, state: SessionState) -> bool:
    """Cancels it, or says that it is over. False where it was not open any more."""
    return bool(tx.execute(_MOVE.values(state=state), {"b_tenant_id": tenant_id, "b_id": session_id}).rowcount)


# --- orders for them --------------------------------------------------------------------------------------


def add_place(tx: Connection, tenant_id: str, order_id: str, session_id: str) -> None:
    tx.execute(place.insert(), {"tenant_id": tenant_id, "order_id": order_id, "session_id": session_id})


def find_session_of(tx: Connection, tenant_id: str, order_id: str) -> SessionFact | None:
    """The date that an order is for, also when the order has ended."""
    row = _SESSION_OF.row(tx, {"tenant_id": tenant_id, "order_id": order_id})
    return find_session(tx, tenant_id, row[0]) if row else None


def list_orders_for(tx: Connection, tenant_id: str, session_id: str, *, after: str = "", most: int) -> list[str]:
    """Ids of orders for a date, whatever became of them, the oldest first."""
    sought = {"tenant_id": tenant_id, "session_id": session_id, "after": after, "most": most}
    return [row[0] for row in _ORDERS.rows(tx, sought)]


def find_left_order(tx: Connection, tenant_id: str, now: datetime) -> str:
    """The id of an order for a date to come that can be cancelled, of somebody who takes part no more, or nothing."""
    return next((str(row[0]) for row in fetch(tx, _LEFT_ORDER, {"tenant_id": tenant_id, "now": now})), "")


# --- the line ---------------------------------------------------------------------------------------------


def add_line(tx: Connection, tenant_id: str, fact: LineFact) -> None:
    tx.execute(line.insert(), {"tenant_id": tenant_id} | {name: getattr(fact, name) for name in _LINE_NAMES})


def change_line(tx: Connection, tenant_id: str, line_id: str, seen: LineState, **changed: Any) -> bool:
    """Writes fields of one that is in the state `seen`. False where it is in another."""
    this = (line.c.tenant_id == tenant_id) & (line.c.id == line_id) & (line.c.state == seen)
    return bool(tx.execute(line.update().where(this).values(**changed)).rowcount)


def find_line(tx: Connection, tenant_id: str, line_id: str) -> LineFact | None:
    row = _LINE.row(tx, {"tenant_id": tenant_id, "id": line_id})
    return _line(row) if row else None


def list_line(tx: Connection, tenant_id: str, session_id: str, state: LineState) -> list[LineFact]:
    """Those in a state, in the order in which they came."""
    rows = _IN_STATE.rows(tx, {"tenant_id": tenant_id, "session_id": session_id, "state": state})
    return [_line(row) for row in rows]


def find_left_line(tx: Connection, tenant_id: str) -> LineFact | None:
    """Somebody in line for an open date who takes part no more."""
    return next((_line(tuple(row)) for row in fetch(tx, _LEFT_LINE, {"tenant_id": tenant_id})), None)


def find_mine(tx: Connection, tenant_id: str, person_id: str, sessions: Collection[str]) -> dict[str, LineFact]:
    """Where somebody waits or is offered a place, by date."""
    rows = _MINE.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "sessions": list(sessions)})
    return {one.session_id: one for row in rows if (one := _line(row)).state in IN_LINE}


def count_waiting(tx: Connection, tenant_id: str, sessions: Collection[str]) -> dict[str, int]:
    """How many wait, by date; without those who are offered a place."""
    return dict(_WAITING.rows(tx, {"tenant_id": tenant_id, "sessions": list(sessions)}))


def list_badged(tx: Connection, tenant_id: str, people: Collection[str], badge_id: str) -> set[str]:
    """Who of these received a badge with a recognition that stands."""
    sought = {"tenant_id": tenant_id, "people": list(people), "badge_id": badge_id}
    return {row[0] for row in _BADGED.rows(tx, sought)}


def _session(row: tuple[Any, ...]) -> SessionFact:
    values = dict(zip(_SESSION_NAMES, row, strict=True))
    return SessionFact(**values | {"state": SessionState(values["state"])})


def _line(row: tuple[Any, ...]) -> LineFact:
    values = dict(zip(_LINE_NAMES, row, strict=True))
    return LineFact(**values | {"state": LineState(values["state"])})
