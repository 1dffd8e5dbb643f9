"""How much of somebody's thanks went to one person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from store.prepared import Prepared
from store.recognitions import receiver, recognition
from store.types import Id

# Counted here and not in SQL: to group by person, SQLite walks over all receivers of a tenant.
_LATELY = Prepared(
    select(receiver.c.recognition_id, receiver.c.person_id)
    .join_from(
        recognition,
        receiver,
        (receiver.c.tenant_id == recognition.c.tenant_id) & (receiver.c.recognition_id == recognition.c.id),
    )
    .where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        recognition.c.giver_id == bindparam("giver_id"),
        recognition.c.given_at > bindparam("since"),
        recognition.c.taken_back_at.is_(None),
    )
)


@dataclass(frozen=True, slots=True)
class Closest:
    """Whom somebody thanked most, in how many gifts, of how many in all. A gift to several counts for each of them."""

    person_id: Id
    gifts: int
    of: int


def find_closest(tx: Connection, tenant_id: Id, giver_id: Id, since: datetime) -> Closest | None:
    """Whom this giver thanked most after `since`; None where they thanked nobody. What was taken back is not there."""
    rows = _LATELY.rows(tx, {"tenant_id": tenant_id, "giver_id": giver_id, "since": since})
    if not rows:
        return None
    thanked = Counter(person_id for _, person_id in rows)
    person_id = min(thanked, key=lambda one: (-thanked[one], one))
    return Closest(person_id, thanked[person_id], len({recognition_id for recognition_id, _ in rows}))
