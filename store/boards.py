"""What boards read out of the tallies of one period: who stands where, departments, and a week in numbers.

Each reads the rows of its period by their index, whatever happened in others, and gives back no more than is shown.
Left out of what names people: who is not active any more, apps, people of other organisations, and whoever does
not want to be named.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Connection, Select, String, and_, bindparam, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import Subquery
from sqlalchemy.sql.visitors import InternalTraversal

from store.choices import choice
from store.db import fetch
from store.people import person
from store.person_records import record
from store.prepared import Prepared
from store.tallies import WEEKS, private_label, tally


@dataclass(frozen=True, slots=True)
class Naming:
    """Who agrees to be named: by their choice for `purpose`, and without one by `default`."""

    purpose: str
    default: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody's place. `row` counts through, from 1; people with as many share a `place`: 1, 2, 2, 4.

    `everybody` is how many people stand there together with those who are not told.
    """

    person_id: str
    name: str
    number: int
    points: int
    row: int
    place: int
    everybody: int


@dataclass(frozen=True, slots=True)
class WeekNumbers:
    """`values`: how many kudos showed each company value, by its id; none are under the empty one."""

    givers: int
    receivers: int
    values: dict[str, int]

    @property
    def kudos(self) -> int:
        return sum(self.values.values())


class _Rare(ColumnElement[bool]):
    """A condition that few rows meet. SQLite counts no rows, and would rather walk over a tenant's whole history in
    the order of its people than look up those of a period (https://sqlite.org/lang_corefunc.html#unlikely)."""

    inherit_cache = True
    type = Boolean()
    # What SQLAlchemy tells a compiled statement by, so that it is compiled once.
    _traverse_internals = [("condition", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 - declared so there

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.condition = condition

    def self_group(self, against: object = None) -> _Rare:
        return self


@compiles(_Rare)
def _as_it_is(element: _Rare, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.condition, **options)


@compiles(_Rare, "sqlite")
def _unlikely(element: _Rare, compiler: SQLCompiler, **options: Any) -> str:
    return f"unlikely({compiler.process(element.condition, **options)})"


ANY_VALUE = "*"
"""For boards of everything, whatever company value it showed. No id looks so."""
_VALUE = bindparam("value_id", type_=String)
_COUNTED = and_(
    tally.c.tenant_id == bindparam("tenant_id"),
    _Rare(tally.c.period == bindparam("period")),
    or_(_VALUE == ANY_VALUE, tally.c.value_id == _VALUE),
)


def _totals(number: ColumnElement[int], points: ColumnElement[int]) -> Subquery:
    """Who has counted for something in the period, and for how much."""
    return (
        select(tally.c.person_id, func.sum(number).label("number"), func.sum(points).label("points"))
        .where(_COUNTED)
        .group_by(tally.c.person_id)
        .having(func.sum(number) > 0)
        .subquery("totals")
    )


def _agrees(person_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether somebody agrees to be on boards."""
    chosen = (
        select(choice.c.chosen)
        .where(
            choice.c.tenant_id == bindparam("tenant_id"),
            choice.c.person_id == person_id,
            choice.c.purpose == bindparam("purpose"),
        )
        .scalar_subquery()
    )
    return func.coalesce(chosen, bindparam("default", type_=Boolean), type_=Boolean)


def _nameable(totals: Subquery) -> Select[tuple[str, str, str, int, int]]:
    """Those of them who may be named."""
    return (
        select(person.c.id, person.c.name, person.c.sought_name, totals.c.number, totals.c.points)
        .join_from(totals, person, (person.c.tenant_id == bindparam("tenant_id")) & (person.c.id == totals.c.person_id))
        .where(
            person.c.active,
            or_(person.c.kind == "member", person.c.kind == "guest"),
            _agrees(totals.c.person_id),
        )
    )


def _standings(totals: Subquery) -> Select[tuple[str, str, int, int, int, int, int]]:
    one = _nameable(totals).subquery("one")
    in_order = (one.c.number.desc(), one.c.points.desc(), one.c.sought_name, one.c.id)
    ranked = select(
        one.c.id,
        one.c.name,
        one.c.number,
        one.c.points,
        func.row_number().over(order_by=in_order).label("row"),
        func.rank().over(order_by=one.c.number.desc()).label("place"),
        func.count().over().label("everybody"),
    ).subquery("ranked")
    told = (ranked.c.row <= bindparam("most")) | (ranked.c.id == bindparam("own_id"))
    return select(ranked).where(told).order_by(ranked.c.row)


_GIVERS = _totals(tally.c.given, tally.c.points_given)
_RECEIVERS = _totals(tally.c.received, tally.c.points_received)
_STANDINGS = {True: _standings(_GIVERS), False: _standings(_RECEIVERS)}


@dataclass(frozen=True, slots=True)
class Counting:
    """What is counted: giving or receiving, in the period of a label, of one company value or of any."""

    period: str
    giving: bool
    value_id: str = ANY_VALUE


def list_standings(
    tx: Connection, tenant_id: str, of: Counting, naming: Naming, *, most: int, own_id: str = ""
) -> list[Standing]:
    """The first `most` givers, or receivers, in order; `own_id` too, wherever they stand."""
    sought = {
        "tenant_id": tenant_id,
        "period": of.period,
        "value_id": of.value_id,
        "purpose": naming.purpose,
        "default": naming.default,
        "most": most,
        "own_id": own_id,
    }
    return [Standing(*row) for row in fetch(tx, _STANDINGS[of.giving], sought)]


def _departments(number: ColumnElement[int]) -> Select[tuple[str, int]]:
    counted = select(tally.c.person_id).where(_COUNTED, number > 0).distinct().subquery("counted")
    same_person = (person.c.tenant_id == record.c.tenant_id) & (person.c.id == record.c.person_id)
    return (
        select(record.c.department, func.count())
        .join_from(
            counted,
            record,
            (record.c.tenant_id == bindparam("tenant_id")) & (record.c.person_id == counted.c.person_id),
        )
        .join(person, same_person)
        .where(record.c.department != "", person.c.active, _agrees(person.c.id))
        .group_by(record.c.department)
    )


_SIZES = (
    select(record.c.department, func.count())
    .join(person, (person.c.tenant_id == record.c.tenant_id) & (person.c.id == record.c.person_id))
    .where(
        record.c.tenant_id == bindparam("tenant_id"), record.c.department != "", person.c.active, _agrees(person.c.id)
    )
    .group_by(record.c.department)
)
_DEPARTMENTS = {True: _departments(tally.c.given), False: _departments(tally.c.received)}


def count_by_department(tx: Connection, tenant_id: str, of: Counting, naming: Naming) -> dict[str, tuple[int, int]]:
    """How many people of each department gave, or received, and of how many.

    Whoever does not agree to be on boards is in neither number: "5 of 5" says something of each.
    """
    sought = {
        "tenant_id": tenant_id,
        "period": of.period,
        "value_id": of.value_id,
        "purpose": naming.purpose,
        "default": naming.default,
    }
    counted = {row[0]: row[1] for row in fetch(tx, _DEPARTMENTS[of.giving], sought)}
    return {row[0]: (counted.get(row[0], 0), row[1]) for row in fetch(tx, _SIZES, sought)}


# --- a week in numbers ------------------------------------------------------------------------------------

_VALUES = select(tally.c.value_id, func.sum(tally.c.given)).where(_COUNTED).group_by(tally.c.value_id)
_HOW_MANY = select(
    select(func.count()).select_from(_GIVERS).scalar_subquery(),
    select(func.count()).select_from(_RECEIVERS).scalar_subquery(),
)


def _first_timers(totals: Subquery) -> ColumnElement[bool]:
    """Not by the count of all time, which goes on: the post may come late, and be shown again later."""
    before = tally.alias("before")
    return ~(
        select(before.c.person_id)
        .where(
            before.c.tenant_id == bindparam("tenant_id"),
            before.c.person_id == totals.c.person_id,
            before.c.period < bindparam("period"),
            before.c.period.like(WEEKS),
            before.c.given > 0,
        )
        .exists()
    )


_COUNT_FIRST = select(func.count()).select_from(_GIVERS).where(_first_timers(_GIVERS))
_NAME_FIRST = (
    _nameable(_GIVERS)
    .with_only_columns(person.c.id)
    .where(_first_timers(_GIVERS))
    .order_by(person.c.sought_name, person.c.id)
    .limit(bindparam("most"))
)


def read_week(tx: Connection, tenant_id: str, label: str) -> WeekNumbers:
    """How many gave and received in a week, and the values that were shown."""
    sought = {"tenant_id": tenant_id, "period": label, "value_id": ANY_VALUE}
    values = {row[0]: row[1] for row in fetch(tx, _VALUES, sought) if row[1]}
    [(givers, receivers)] = fetch(tx, _HOW_MANY, sought)
    return WeekNumbers(givers, receivers, values)


def count_first_givers(tx: Connection, tenant_id: str, label: str) -> int:
    """How many gave in a week who never had before."""
    return int(fetch(tx, _COUNT_FIRST, {"tenant_id": tenant_id, "period": label, "value_id": ANY_VALUE})[0][0])


def list_first_givers(tx: Connection, tenant_id: str, label: str, naming: Naming, most: int) -> list[str]:
    """The first `most` of them who may be named, by name."""
    sought = {
        "tenant_id": tenant_id,
        "period": label,
        "value_id": ANY_VALUE,
        "purpose": naming.purpose,
        "default": naming.default,
        "most": most,
    }
    return [row[0] for row in fetch(tx, _NAME_FIRST, sought)]


_POINTS_GIVEN = Prepared(
    select(func.sum(tally.c.points_given)).where(
        tally.c.tenant_id == bindparam("tenant_id"), _Rare(tally.c.period == bindparam("period"))
    )
)


def sum_points_given(tx: Connection, tenant_id: str, label: str) -> int:
    """What everybody gave in a period together, with what others do not see: a number that names nobody."""
    labels = (label, private_label(label))
    return sum(int(_POINTS_GIVEN.scalar(tx, {"tenant_id": tenant_id, "period": one}) or 0) for one in labels)
