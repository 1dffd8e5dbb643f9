"""What somebody gave and received: in pages, counted, and with whom. What was taken back is in none of it.

Pages go by the id of a recognition at their edge. `own`: with what only those whom it names may know of; without it,
what everybody in the organisation may see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Select, bindparam, func, or_, select

from store.prepared import Prepared, in_list
from store.recognitions import Audience, receiver, recognition
from store.types import UtcDateTime


@dataclass(frozen=True, slots=True)
class Listed:
    id: str
    giver_id: str
    reason: str
    points: int
    audience: str
    given_at: datetime

    @property
    def private(self) -> bool:
        return self.audience in (Audience.RECEIVERS, Audience.COPIED)


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page begins: behind the recognition `before`, which is newer, or above `after`, or at the newest."""

    before: str = ""
    after: str = ""


NEWEST = Cut()
_END = "g"  # after every id, for those are hex digits
_MOST_TOGETHER = 500

_LISTED = tuple(recognition.c[name] for name in Listed.__dataclass_fields__)
_OF_RECEIVER = (recognition.c.tenant_id == receiver.c.tenant_id) & (recognition.c.id == receiver.c.recognition_id)
_SEEN = or_(recognition.c.public, bindparam("own", type_=Boolean))


def _received(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .join_from(receiver, recognition, _OF_RECEIVER)
        .where(
            receiver.c.tenant_id == bindparam("tenant_id"),
            receiver.c.person_id == bindparam("person_id"),
            recognition.c.taken_back_at.is_(None),
            _SEEN,
        )
    )


_RECEIVED_BEFORE = Prepared(
    _received(*_LISTED)
    .where(receiver.c.recognition_id < bindparam("edge"))
    .order_by(receiver.c.recognition_id.desc())
    .limit(bindparam("most"))
)
_RECEIVED_AFTER = Prepared(
    _received(*_LISTED)
    .where(receiver.c.recognition_id > bindparam("edge"))
    .order_by(receiver.c.recognition_id)
    .limit(bindparam("most"))
)
_GIVEN = select(*_LISTED).where(
    recognition.c.tenant_id == bindparam("tenant_id"),
    recognition.c.giver_id == bindparam("person_id"),
    recognition.c.taken_back_at.is_(None),
)
_AT = bindparam("at", type_=UtcDateTime)
# By the time that the index has, and among those of one moment by id.
_GIVEN_NEWEST = Prepared(
    _GIVEN.order_by(recognition.c.given_at.desc(), recognition.c.id.desc()).limit(bindparam("most"))
)
_GIVEN_BEFORE = Prepared(
    _GIVEN.where(recognition.c.given_at <= _AT, or_(recognition.c.given_at < _AT, recognition.c.id < bindparam("edge")))
    .order_by(recognition.c.given_at.desc(), recognition.c.id.desc())
    .limit(bindparam("most"))
)
_GIVEN_AFTER = Prepared(
    _GIVEN.where(recognition.c.given_at >= _AT, or_(recognition.c.given_at > _AT, recognition.c.id > bindparam("edge")))
    .order_by(recognition.c.given_at, recognition.c.id)
    .limit(bindparam("most"))
)
_GIVEN_AT = Prepared(
    select(recognition.c.given_at).where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        recognition.c.id == bindparam("id"),
        recognition.c.giver_id == bindparam("person_id"),
    )
)
_RECEIVERS = Prepared(
    select(receiver.c.recognition_id, receiver.c.person_id)
    .where(receiver.c.tenant_id == bindparam("tenant_id"), in_list(receiver.c.recognition_id, "ids"))
    .order_by(receiver.c.recognition_id, receiver.c.position)
)


def _counted(by: ColumnElement[Any]) -> Prepared:
    return Prepared(_received(by, func.count()).where(by.is_not(None)).group_by(by))


_BADGES = _counted(recognition.c.badge_id)
_VALUES = _counted(recognition.c.value_id)

# Neither grouped nor distinct: for that SQLite would walk over everybody's in the order of the people.
_other = receiver.alias("other")
_TOGETHER = Prepared(
    select(_other.c.person_id, recognition.c.given_at)
    .join_from(receiver, recognition, _OF_RECEIVER)
    .join(_other, (_other.c.tenant_id == recognition.c.tenant_id) & (_other.c.recognition_id == recognition.c.id))
    .where(
        receiver.c.tenant_id == bindparam("tenant_id"),
        receiver.c.person_id == bindparam("person_id"),
        _other.c.person_id != bindparam("person_id"),
        recognition.c.taken_back_at.is_(None),
        recognition.c.given_at > bindparam("since", type_=UtcDateTime),
    )
    .order_by(receiver.c.recognition_id.desc())
    .limit(bindparam("most"))
)
_THANKED = Prepared(
    select(receiver.c.person_id)
    .join_from(recognition, receiver, _OF_RECEIVER)
    .where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        recognition.c.giver_id == bindparam("person_id"),
        recognition.c.given_at > bindparam("since", type_=UtcDateTime),
        recognition.c.taken_back_at.is_(None),
    )
)


def list_received_page(
    tx: Connection, tenant_id: str, person_id: str, cut: Cut, most: int, *, own: bool
) -> list[Listed]:
    """What somebody received, the newest first; after a `Cut.after` the oldest of what is newer."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "most": most, "own": own}
    if cut.after:
        rows = _RECEIVED_AFTER.rows(tx, sought | {"edge": cut.after})[::-1]
    else:
        rows = _RECEIVED_BEFORE.rows(tx, sought | {"edge": cut.before or _END})
    return [Listed(*row) for row in rows]


def list_given_page(tx: Connection, tenant_id: str, person_id: str, cut: Cut, most: int) -> list[Listed]:
    """What somebody gave, for their own eyes. A cut by what is none of theirs is none."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "most": most}
    edge = cut.after or cut.before
    at = _GIVEN_AT.scalar(tx, {"tenant_id": tenant_id, "person_id": person_id, "id": edge}) if edge else None
    if at is None:
        rows = _GIVEN_NEWEST.rows(tx, sought)
    elif cut.after:
        rows = _GIVEN_AFTER.rows(tx, sought | {"at": at, "edge": edge})[::-1]
    else:
        rows = _GIVEN_BEFORE.rows(tx, sought | {"at": at, "edge": edge})
    return [Listed(*row) for row in rows]


def list_receivers(tx: Connection, tenant_id: str, recognitions: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Who received each of these, in the order they were named."""
    found: dict[str, tuple[str, ...]] = dict.fromkeys(recognitions, ())
    for recognition_id, person_id in _RECEIVERS.rows(tx, {"tenant_id": tenant_id, "ids": list(recognitions)}):
        found[recognition_id] += (person_id,)
    return found


def count_badges(tx: Connection, tenant_id: str, person_id: str, *, own: bool) -> dict[str, int]:
    """How often somebody received each badge, by its id."""
    return dict(_BADGES.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "own": own}))


def count_values(tx: Connection, tenant_id: str, person_id: str, *, own: bool) -> dict[str, int]:
    """How often somebody was thanked for each company value, by its id."""
    return dict(_VALUES.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "own": own}))


def list_thanked_together(tx: Connection, tenant_id: str, person_id: str, since: datetime) -> dict[str, datetime]:
    """Who was thanked together with somebody after `since`, and when last."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "since": since, "most": _MOST_TOGETHER}
    latest: dict[str, datetime] = {}
    for other_id, at in _TOGETHER.rows(tx, sought):
        latest[other_id] = max(at, latest.get(other_id, at))
    return latest


def list_thanked(tx: Connection, tenant_id: str, person_id: str, since: datetime) -> set[str]:
    """Whom somebody thanked after `since`."""
    rows = _THANKED.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "since": since})
    return {row[0] for row in rows}
