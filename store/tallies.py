"""Kept counts behind boards: what each person gave and received, by period and company value."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, ForeignKeyConstraint, Index, bindparam, func, or_, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, add_on_conflict
from store.prepared import Prepared, PreparedInsert, in_list


class Tally(SQLModel, table=True):
    """Kept by person, so that what a gift counts for somebody lies together; boards read by the index."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_tally_period", "tenant_id", "period"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    period: str = Field(primary_key=True)
    value_id: str = Field(primary_key=True)
    """Empty for a recognition that names no value."""
    given: int = 0
    received: int = 0
    points_given: int = 0
    points_received: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """What one recognition adds to a person's tally in a period."""

    period: str
    person_id: str
    given: int = 0
    received: int = 0
    points_given: int = 0
    points_received: int = 0


@dataclass(frozen=True, slots=True)
class Totals:
    """What somebody gave and received in a period; a kudos to three people counts three."""

    given: int = 0
    received: int = 0
    points_given: int = 0
    points_received: int = 0


tally = Tally.__table__  # type: ignore[attr-defined]

WEEKS = "____-W__"
"""As LIKE takes it: labels of weeks, and of no other period."""
_PRIVATE = "private:"
"""Before a label: what others do not see. Boards read the labels without it."""

_ADD = PreparedInsert(
    tally,
    lambda insert: add_on_conflict(
        insert,
        key=("tenant_id", "person_id", "period", "value_id"),
        add=("given", "received", "points_given", "points_received"),
    ),
)

_TOTALS = Prepared(
    select(tally.c.period, *(func.sum(tally.c[name]) for name in Totals.__dataclass_fields__))
    .where(
        tally.c.tenant_id == bindparam("tenant_id"),
        tally.c.person_id == bindparam("person_id"),
        in_list(tally.c.period, "periods"),
    )
    .group_by(tally.c.period)
)
_WEEKS_GIVEN = Prepared(
    select(tally.c.person_id, tally.c.period)
    .where(
        tally.c.tenant_id == bindparam("tenant_id"),
        in_list(tally.c.person_id, "people"),
        or_(
            (tally.c.period >= bindparam("since")) & tally.c.period.like(WEEKS),
            (tally.c.period >= bindparam("private_since")) & tally.c.period.like(_PRIVATE + WEEKS),
        ),
        tally.c.given > 0,
    )
    .distinct()
)


_SOMEONE = Prepared(
    select(tally.c.person_id)
    .where(tally.c.tenant_id == bindparam("tenant_id"), tally.c.period == bindparam("period"))
    .limit(bindparam("most"))
)
_RECEIVED = Prepared(
    select(tally.c.person_id, func.sum(tally.c.points_received))
    .where(
        tally.c.tenant_id == bindparam("tenant_id"),
        in_list(tally.c.person_id, "people"),
        in_list(tally.c.period, "periods"),
    )
    .group_by(tally.c.person_id)
)


def private_label(label: str) -> str:
    """Where a period's counts are kept that only the giver and the receivers know of."""
    return f"{_PRIVATE}{label}"


def add_counts(tx: Connection, tenant_id: str, value_id: str | None, counts: Iterable[Count], sign: int = 1) -> None:
    """Adds counts to the tallies, or subtracts them with `sign=-1`. One row a period and person."""
    rows = [
        {
            "tenant_id": tenant_id,
            "period": one.period,
            "person_id": one.person_id,
            "value_id": value_id or "",
            "given": sign * one.given,
            "received": sign * one.received,
            "points_given": sign * one.points_given,
            "points_received": sign * one.points_received,
        }
        # In one order everywhere, so that two gifts never wait for each other in a ring.
        for one in sorted(counts, key=lambda one: (one.person_id, one.period))
    ]
    _ADD.run(tx, rows)


def merged(counts: Iterable[Count]) -> list[Count]:
    """One for each period and person, as `add_counts` takes them."""
    sums: dict[tuple[str, str], Count] = {}
    for one in counts:
        key = (one.period, one.person_id)
        had = sums.get(key, Count(*key))
        sums[key] = Count(
            *key,
            given=had.given + one.given,
            received=had.received + one.received,
            points_given=had.points_given + one.points_given,
            points_received=had.points_received + one.points_received,
        )
    return list(sums.values())


def list_totals(tx: Connection, tenant_id: str, person_id: str, periods: Collection[str]) -> dict[str, Totals]:
    """What somebody gave and received in each of these periods, for their own eyes: with what others do not see."""
    labels = [*periods, *map(private_label, periods)]
    rows = _TOTALS.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "periods": labels})
    found = {row[0]: row[1:] for row in rows}
    nothing = (0,) * len(Totals.__dataclass_fields__)
    return {
        one: Totals(*map(sum, zip(found.get(one, nothing), found.get(private_label(one), nothing), strict=True)))
        for one in periods
    }


def list_weeks_given(
    tx: Connection, tenant_id: str, people: Collection[str], since: str = "", *, own: bool = True
) -> dict[str, set[str]]:
    """The labels of the weeks in which each of these people gave, from the week `since` on.

    Everybody asked about is in the answer. What was taken back does not count. Without `own` it is for others' eyes:
    without what only those whom it names know of.
    """
    weeks: dict[str, set[str]] = {one: set() for one in people}
    sought = {"tenant_id": tenant_id, "people": list(people), "since": since, "private_since": private_label(since)}
    for person_id, label in _WEEKS_GIVEN.rows(tx, sought):
        if own or not label.startswith(_PRIVATE):
            weeks[person_id].add(label.removeprefix(_PRIVATE))
    return weeks


def list_someone_in(tx: Connection, tenant_id: str, period: str, most: int) -> list[str]:
    """People who gave or received something in a period, of up to `most` counts that others see and as many that are
    private; which of more is nobody's choice."""
    labels = (period, private_label(period))
    rows = [_SOMEONE.rows(tx, {"tenant_id": tenant_id, "period": one, "most": most}) for one in labels]
    return sorted({row[0] for found in rows for row in found})


def list_received_in(
    tx: Connection, tenant_id: str, periods: Collection[str], people: Collection[str]
) -> dict[str, int]:
    """The points that each of these people received in all of these periods together."""
    labels = [*periods, *map(private_label, periods)]
    rows = _RECEIVED.rows(tx, {"tenant_id": tenant_id, "people": sorted(people), "periods": labels})
    return {row[0]: int(row[1]) for row in rows}
