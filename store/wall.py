"""What the wall shows: recognitions that the whole organisation may see, the newest first.

One is left out whole, not by halves, where its giver or a receiver does not agree to be named, is not active any more,
or belongs to another organisation. Every question looks through `WINDOW` recognitions at most, by an index, and says
where the next one goes on: so that a rare word costs no more than a frequent one, however many there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    not_,
    or_,
    select,
    tuple_,
    union_all,
)

from store.boards import Naming
from store.choices import choice
from store.db import fetch
from store.people import folded, person
from store.person_records import record
from store.prepared import Prepared, in_list
from store.recognitions import receiver, recognition
from store.types import UtcDateTime

WINDOW = 20_000
"""Recognitions that one question looks through at most."""
ROUND, ROUNDS = 500, 10
"""Of somebody's own recognitions: how many are looked at together, and how often."""
MOST_NAMED = 500
"""People whom one word of a search may mean."""
_COLUMNS = ("id", "given_at", "giver_id", "reason", "value_id", "badge_id")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: what comes next was given earlier, or at the same instant with a smaller id."""

    at: datetime
    id: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that is sought: as it may be written, and the people whose names have it."""

    spellings: tuple[str, ...]
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """All that is given has to be so. `since` is within, `until` is not."""

    since: datetime | None = None
    until: datetime | None = None
    value_id: str = ""
    badge_id: str = ""
    person_id: str = ""
    """Who gave or received it."""
    receiver_id: str = ""
    team: tuple[str, ...] | None = None
    """People, of whom one gave or received it."""
    words: tuple[Word, ...] = ()
    before: Cursor | None = None


@dataclass(frozen=True, slots=True)
class WallFact:
    id: str
    giver_id: str
    receiver_ids: tuple[str, ...]
    reason: str
    value_id: str | None
    badge_id: str | None
    points: int
    given_at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class WallPage:
    """`older` is where the next page begins. With `looked` the search rested there before the page was full, having
    looked through so many."""

    facts: list[WallFact]
    older: Cursor | None = None
    looked: int = 0


def list_wall(tx: Connection, tenant_id: str, naming: Naming, sought: Sought, most: int) -> WallPage:
    """The next `most` recognitions that may be shown."""
    values = _values(tenant_id, naming, sought)
    if sought.person_id or sought.receiver_id:
        found, rest = _of_person(tx, sought, values, most + 1)
    else:
        found, rest = _of_everybody(tx, sought, values, most + 1)
    facts = _facts(tx, tenant_id, [one.id for one in found[:most]])
    if len(found) > most:
        return WallPage(facts, found[most - 1])
    return WallPage(facts, rest.at, rest.looked) if rest else WallPage(facts)


@dataclass(frozen=True, slots=True)
class _Rest:
    """Where a search goes on that did not come to its end."""

    at: Cursor
    looked: int


def _of_everybody(
    tx: Connection, sought: Sought, values: Mapping[str, Any], most: int
) -> tuple[list[Cursor], _Rest | None]:
    """The first ones of the window, by the index in its order."""
    floor = _floor(tx, sought, values)
    query = _query(recognition, sought).where(_visible(), _all_named(recognition))
    if floor:
        query = query.where(recognition.c.given_at >= bindparam("floor", type_=UtcDateTime))
    rows = fetch(tx, query, {**values, "floor": floor, "most": most})
    return [Cursor(row[1], row[0]) for row in rows], _Rest(Cursor(floor), WINDOW) if floor else None


def _of_person(
    tx: Connection, sought: Sought, values: Mapping[str, Any], most: int
) -> tuple[list[Cursor], _Rest | None]:
    """Some of theirs, then who of those may be shown, and again: most may, and to ask for all takes long."""
    found: list[Cursor] = []
    for _ in range(ROUNDS):
        query = _query(_theirs(sought), sought)
        rows = fetch(tx, query, {**values, **_before(sought.before), "most": ROUND})
        may = {row[0] for row in _MAY_BE_SHOWN.rows(tx, {**values, "ids": [row[0] for row in rows]})}
        found += [Cursor(row[1], row[0]) for row in rows if row[0] in may]
        if len(found) >= most or len(rows) < ROUND:
            return found[:most], None
        sought = replace(sought, before=Cursor(rows[-1][1], rows[-1][0]))
    assert sought.before
    return found, _Rest(sought.before, ROUNDS * ROUND)


def _values(tenant_id: str, naming: Naming, sought: Sought) -> dict[str, Any]:
    """Of every parameter that a question may have."""
    values = {
        "tenant_id": tenant_id,
        "purpose": naming.purpose,
        "default": naming.default,
        "since": sought.since,
        "until": sought.until,
        "value_id": sought.value_id,
        "badge_id": sought.badge_id,
        "person_id": sought.person_id or sought.receiver_id,
        "team": list(sought.team or ()),
    } | _before(sought.before)
    for number, word in enumerate(sought.words):
        values[f"people_{number}"] = list(word.people)
        values |= {f"spelt_{number}_{n}": f"%{escape_like(one)}%" for n, one in enumerate(word.spellings)}
    return values


def _before(cursor: Cursor | None) -> dict[str, Any]:
    return {"before_at": cursor.at if cursor else None, "before_id": cursor.id if cursor else None}


def escape_like(text: str) -> str:
    """Text that LIKE takes literally, with a backslash as its escape."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _floor(tx: Connection, sought: Sought, values: Mapping[str, Any]) -> datetime | None:
    """When the last recognition of the window was given; None where there are not so many. Reads the index alone."""
    in_order = _newest_first(select(recognition.c.given_at).where(_visible(), *_span(recognition, sought)), recognition)
    rows = fetch(tx, in_order.offset(WINDOW - 1).limit(1), values)
    return rows[0][0] if rows else None


def _query(source: FromClause, sought: Sought) -> Select[Any]:
    query = select(source.c.id, source.c.given_at).where(*_span(source, sought), *_filters(source, sought))
    return _newest_first(query, source).limit(bindparam("most"))


def _newest_first(query: Select[Any], source: FromClause) -> Select[Any]:
    return query.order_by(source.c.given_at.desc(), source.c.id.desc())


def _visible() -> ColumnElement[bool]:
    """As the partial index has it."""
    mine = recognition.c.tenant_id == bindparam("tenant_id")
    return and_(mine, recognition.c.public, recognition.c.taken_back_at.is_(None))


def _span(source: FromClause, sought: Sought) -> list[ColumnElement[bool]]:
    bounds: list[ColumnElement[bool]] = []
    if sought.since:
        bounds.append(source.c.given_at >= bindparam("since", type_=UtcDateTime))
    if sought.until:
        bounds.append(source.c.given_at < bindparam("until", type_=UtcDateTime))
    if sought.before:
        last = tuple_(bindparam("before_at", type_=UtcDateTime), bindparam("before_id"))
        bounds.append(tuple_(source.c.given_at, source.c.id) < last)
    return bounds


def _theirs(sought: Sought) -> CTE:
    """What somebody received, and gave. Read as a whole before anything is put in order: else an engine may walk over
    everybody's recognitions in that order, to look for a few."""
    columns = [recognition.c[name] for name in _COLUMNS]
    received = (
        select(*columns)
        .join_from(
            receiver,
            recognition,
            (recognition.c.tenant_id == receiver.c.tenant_id) & (recognition.c.id == receiver.c.recognition_id),
        )
        .where(
            receiver.c.tenant_id == bindparam("tenant_id"), receiver.c.person_id == bindparam("person_id"), _visible()
        )
    )
    given = select(*columns).where(recognition.c.giver_id == bindparam("person_id"), _visible())
    both = received if sought.receiver_id else union_all(received, given)  # nobody thanks themselves
    return both.cte("theirs").prefix_with("MATERIALIZED")


# --- filters ----------------------------------------------------------------------------------------------


def _filters(source: FromClause, sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.value_id:
        found.append(source.c.value_id == bindparam("value_id"))
    if sought.badge_id:
        found.append(source.c.badge_id == bindparam("badge_id"))
    if sought.team is not None:
        found.append(_with_people(source, "team"))
    return found + [_has_word(source, number, word) for number, word in enumerate(sought.words)]


def _has_word(source: FromClause, number: int, word: Word) -> ColumnElement[bool]:
    spelt = [source.c.reason.ilike(bindparam(f"spelt_{number}_{n}"), escape="\\") for n, _ in enumerate(word.spellings)]
    return or_(*spelt, *([_with_people(source, f"people_{number}")] if word.people else []))


def _with_people(source: FromClause, people: str) -> ColumnElement[bool]:
    """Whether one of these people gave or received it."""
    among = exists().where(
        receiver.c.tenant_id == bindparam("tenant_id"),
        receiver.c.recognition_id == source.c.id,
        # Not the column itself: SQLite would look up each of these people in the index, for each recognition.
        in_list(receiver.c.person_id.concat(""), people),
    )
    return or_(in_list(source.c.giver_id, people), among)


def _all_named(source: FromClause) -> ColumnElement[bool]:
    """Whether everybody whom a recognition names may be."""
    someone = person.alias("someone")
    giver = exists().where(
        person.c.tenant_id == bindparam("tenant_id"), person.c.id == source.c.giver_id, _may_be_named(person)
    )
    left_out = (
        select(1)
        .join_from(
            receiver,
            someone,
            (someone.c.tenant_id == receiver.c.tenant_id) & (someone.c.id == receiver.c.person_id),
        )
        .where(
            receiver.c.tenant_id == bindparam("tenant_id"),
            receiver.c.recognition_id == source.c.id,
            not_(_may_be_named(someone)),
        )
    )
    return and_(giver, ~left_out.exists())


def _may_be_named(one: FromClause) -> ColumnElement[bool]:
    chosen = (
        select(choice.c.chosen)
        .where(
            choice.c.tenant_id == bindparam("tenant_id"),
            choice.c.person_id == one.c.id,
            choice.c.purpose == bindparam("purpose"),
        )
        .scalar_subquery()
    )
    agrees = func.coalesce(chosen, bindparam("default", type_=Boolean), type_=Boolean)
    return and_(one.c.active, or_(one.c.kind == "member", one.c.kind == "guest"), agrees)


_MAY_BE_SHOWN = Prepared(
    select(recognition.c.id).where(
        recognition.c.tenant_id == bindparam("tenant_id"), in_list(recognition.c.id, "ids"), _all_named(recognition)
    )
)


# --- what is shown ----------------------------------------------------------------------------------------

_FACTS = Prepared(
    select(
        recognition.c.id,
        recognition.c.giver_id,
        receiver.c.person_id,
        recognition.c.reason,
        recognition.c.value_id,
        recognition.c.badge_id,
        recognition.c.points,
        recognition.c.given_at,
        recognition.c.edited_at,
    )
    .join_from(
        recognition,
        receiver,
        (receiver.c.tenant_id == recognition.c.tenant_id) & (receiver.c.recognition_id == recognition.c.id),
    )
    .where(recognition.c.tenant_id == bindparam("tenant_id"), in_list(recognition.c.id, "ids"))
    .order_by(recognition.c.id, receiver.c.position)
)
_NAMES = Prepared(
    select(person.c.id, person.c.name).where(person.c.tenant_id == bindparam("tenant_id"), in_list(person.c.id, "ids"))
)


def _facts(tx: Connection, tenant_id: str, ids: Sequence[str]) -> list[WallFact]:
    """In the order of the ids."""
    told: dict[str, WallFact] = {}
    for one, giver, receiver_id, *rest in _FACTS.rows(tx, {"tenant_id": tenant_id, "ids": list(ids)}):
        before = told[one].receiver_ids if one in told else ()
        told[one] = WallFact(one, giver, (*before, receiver_id), *rest)
    return [told[one] for one in ids]


def list_names(tx: Connection, tenant_id: str, ids: Collection[str]) -> dict[str, str]:
    """The names of people, by id."""
    return dict(_NAMES.rows(tx, {"tenant_id": tenant_id, "ids": sorted(ids)}))


# --- whom words mean --------------------------------------------------------------------------------------

_NAMED = person.c.sought_name.like(bindparam("like"), escape="\\")
_MATCHING = select(person.c.id).where(person.c.tenant_id == bindparam("tenant_id"), _NAMED).limit(MOST_NAMED)
_NAMEABLE = (
    select(person.c.id, person.c.name)
    .where(person.c.tenant_id == bindparam("tenant_id"), _may_be_named(person))
    .order_by(person.c.sought_name, person.c.id)
    .limit(bindparam("most"))
)
_TEAMS = (
    select(record.c.department)
    .where(record.c.tenant_id == bindparam("tenant_id"), record.c.department != "")
    .distinct()
    .order_by(record.c.department)
    .limit(bindparam("most"))
)
_IN_TEAM = Prepared(
    select(record.c.person_id).where(
        record.c.tenant_id == bindparam("tenant_id"), record.c.department == bindparam("department")
    )
)


def list_matching(tx: Connection, tenant_id: str, word: str) -> tuple[str, ...]:
    """People whose names have these letters in them, whatever case and accents; `MOST_NAMED` at most."""
    values = {"tenant_id": tenant_id, "like": f"%{escape_like(folded(word))}%"}
    return tuple(row[0] for row in fetch(tx, _MATCHING, values))


def find_nameable(
    tx: Connection, tenant_id: str, naming: Naming, *, name: str = "", person_id: str = "", most: int = 8
) -> list[tuple[str, str]]:
    """Ids and names of people who may be named: the one with this id, or those whose names begin so, word by word."""
    query = _NAMEABLE.where(person.c.id == bindparam("person_id")) if person_id else _NAMEABLE.where(_begins(name))
    sought = {"tenant_id": tenant_id, "purpose": naming.purpose, "default": naming.default, "most": most}
    begins = escape_like(folded(name))
    values = {"person_id": person_id} if person_id else {"first": f"{begins}%", "later": f"% {begins}%"}
    return [(row[0], row[1]) for row in fetch(tx, query, sought | values)]


def _begins(name: str) -> ColumnElement[bool]:
    """Whether a name, or a later part of it, begins so."""
    return or_(*(person.c.sought_name.like(bindparam(one), escape="\\") for one in ("first", "later")))


def list_teams(tx: Connection, tenant_id: str, most: int) -> list[str]:
    """The departments that somebody is in, by name."""
    return [row[0] for row in fetch(tx, _TEAMS, {"tenant_id": tenant_id, "most": most})]


def list_team(tx: Connection, tenant_id: str, department: str) -> tuple[str, ...]:
    """Who is in a department."""
    return tuple(row[0] for row in _IN_TEAM.rows(tx, {"tenant_id": tenant_id, "department": department}))
