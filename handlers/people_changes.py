"""What a file of people would change: rows that found their people and managers, against what is stored."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Connection

from handlers.rules.csv_text import LineError
from handlers.rules.days import in_words
from handlers.rules.people_csv import BIRTHDAY, COUNTRY, DEPARTMENT, EMAIL, MANAGER, START, PersonRow
from handlers.rules.reporting_line import find_loops, from_the_top
from store.people import find_names_by_emails
from store.person_records import RecordFact, list_all_records, list_records

NOBODY_HERE = (
    "I know nobody with that address. Look for a typing mistake; on Teams I know only who is in a team that I am in."
)
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Change:
    """One row with what is stored before and after it; they may be equal."""

    row: PersonRow
    name: str
    before: RecordFact
    after: RecordFact


@dataclass(frozen=True, slots=True)
class Resolved:
    """`kept` are the rows that can be applied, managers in front of those who report to them.

    `changes` are those of them that change something.
    """

    kept: tuple[Change, ...]
    changes: tuple[Change, ...]
    errors: tuple[LineError, ...]


def resolve_file(tx: Connection, tenant_id: str, rows: Sequence[PersonRow]) -> Resolved:
    """A whole file against everybody."""
    stored = list_all_records(tx, tenant_id)
    found, errors = _found(tx, tenant_id, rows, lambda people: stored)
    kept, loops = _without_loops(found, lambda people: {one: fact.manager_id for one, fact in stored.items()})
    managers = {one: fact.manager_id for one, fact in stored.items()} | _managers(kept)
    by_person = {one.after.person_id: one for one in kept}
    return _resolved([by_person[one] for one in from_the_top(by_person, managers)], [*errors, *loops])


def resolve_page(tx: Connection, tenant_id: str, rows: Sequence[PersonRow]) -> Resolved:
    """A few rows against what is stored now. Of the lines above them only what is needed is read."""

    def records(people: Collection[str]) -> Mapping[str, RecordFact]:
        return list_records(tx, tenant_id, people)

    found, errors = _found(tx, tenant_id, rows, records)
    kept, loops = _without_loops(found, lambda people: {one: fact.manager_id for one, fact in records(people).items()})
    return _resolved(kept, [*errors, *loops])


def _resolved(kept: Sequence[Change], errors: Iterable[LineError]) -> Resolved:
    changes = tuple(one for one in kept if one.before != one.after)
    return Resolved(tuple(kept), changes, tuple(sorted(errors, key=lambda one: one.line)))


# --- people and managers ----------------------------------------------------------------------------------


def _found(
    tx: Connection,
    tenant_id: str,
    rows: Sequence[PersonRow],
    records: Callable[[Collection[str]], Mapping[str, RecordFact]],
) -> tuple[list[Change], list[LineError]]:
    people = _people(tx, tenant_id, {row.email for row in rows} | {row.manager for row in rows if row.manager})
    stored = records([people[row.email][0] for row in rows if row.email in people])
    changes: list[Change] = []
    errors: list[LineError] = []
    for row in rows:
        wrong = _wrong(row, people)
        errors += wrong
        if not wrong:
            person_id, name = people[row.email]
            before = stored.get(person_id) or RecordFact(person_id)
            manager_id = people[row.manager][0] if row.manager else None
            changes.append(Change(row, name, before, _after(row, before, manager_id)))
    return changes, errors


def _people(tx: Connection, tenant_id: str, addresses: Collection[str]) -> dict[str, tuple[str, str]]:
    """Ids and names by address, in parts: no single statement takes long, however large the file is."""
    people: dict[str, tuple[str, str]] = {}
    left = iter(addresses)
    while some := list(islice(left, _AT_ONCE)):
        people |= find_names_by_emails(tx, tenant_id, some)
    return people


def _wrong(row: PersonRow, people: Mapping[str, tuple[str, str]]) -> list[LineError]:
    errors = []
    if row.email not in people:
        errors.append(LineError(row.line, EMAIL, row.email, NOBODY_HERE))
    if row.manager and row.manager not in people:
        errors.append(LineError(row.line, MANAGER, row.manager, NOBODY_HERE))
    return errors


def _after(row: PersonRow, before: RecordFact, manager_id: str | None) -> RecordFact:
    """None in a row leaves what there is; an empty text clears it."""
    started_on = date.fromisoformat(row.started_on) if row.started_on else None
    return RecordFact(
        before.person_id,
        before.birthday if row.birthday is None else row.birthday or None,
        before.started_on if row.started_on is None else started_on,
        before.department if row.department is None else row.department,
        before.manager_id if row.manager is None else manager_id,
        before.country if row.country is None else row.country,
    )


# --- loops ------------------------------------------------------------------------------------------------


def _without_loops(
    found: list[Change], load: Callable[[Collection[str]], Mapping[str, str | None]]
) -> tuple[list[Change], list[LineError]]:
    """Rows that close no loop, together or with what is stored, and an error for each of the others.

    A row that is left out leaves its person with the manager they had, which may close another loop. Where nobody
    gets another manager there is nothing to look at, for what is stored has no loops.
    """
    if all(one.before.manager_id == one.after.manager_id for one in found):
        return found, []
    kept, errors = found, list[LineError]()
    known: dict[str, str | None] = {}
    while True:
        managers = _managers(kept)
        _load_upwards(known, managers, load)
        loops = find_loops(known | managers)
        closing = [one for one in kept if one.after.person_id in loops and one.row.manager]
        if not closing:
            return kept, errors
        names = {one.after.person_id: one.name for one in kept}
        errors += [_loop(one, names) for one in closing]
        out = {one.row.line for one in closing}
        kept = [one for one in kept if one.row.line not in out]


def _managers(changes: Iterable[Change]) -> dict[str, str | None]:
    return {one.after.person_id: one.after.manager_id for one in changes}


def _load_upwards(
    known: dict[str, str | None],
    managers: Mapping[str, str | None],
    load: Callable[[Collection[str]], Mapping[str, str | None]],
) -> None:
    """Adds whoever is above the people of `managers` and not known yet, level by level."""
    wanted = set(managers.values())
    while unknown := {one for one in wanted if one is not None and one not in known and one not in managers}:
        above = load(unknown)
        known.update(dict.fromkeys(unknown) | dict(above))
        wanted = {known[one] for one in unknown}


def _loop(change: Change, names: Mapping[str, str]) -> LineError:
    if change.after.manager_id == change.after.person_id:
        says = "Nobody is their own manager. Write somebody else's address, or a dash for nobody."
    else:
        says = "With this, the reporting line leads back to where it began. Look at it and at the lines above it."
    return LineError(change.row.line, MANAGER, change.row.manager or "", says)


# --- words ------------------------------------------------------------------------------------------------


def counts_of(changes: Iterable[Change]) -> dict[str, int]:
    """How many birthdays, start dates, departments, managers and countries change."""
    counts = {"birthdays": 0, "starts": 0, "departments": 0, "managers": 0, "countries": 0}
    for one in changes:
        counts["birthdays"] += one.before.birthday != one.after.birthday
        counts["starts"] += one.before.started_on != one.after.started_on
        counts["departments"] += one.before.department != one.after.department
        counts["managers"] += one.before.manager_id != one.after.manager_id
        counts["countries"] += one.before.country != one.after.country
    return counts


def fields_of(change: Change) -> tuple[str, ...]:
    """The names of what changes, without what it was or will be."""
    before, after = change.before, change.after
    changed = {
        BIRTHDAY: before.birthday != after.birthday,
        START: before.started_on != after.started_on,
        DEPARTMENT: before.department != after.department,
        MANAGER: before.manager_id != after.manager_id,
        COUNTRY: before.country != after.country,
    }
    return tuple(name for name, it_changed in changed.items() if it_changed)


def describe(change: Change, names: Mapping[str, str]) -> str:
    """`department Design, was Sales; manager Ann Lee`. `names` are those of managers, by id."""
    before, after = change.before, change.after
    parts = [
        _part("birthday", _birthday(before.birthday), _birthday(after.birthday)),
        _part("started on", _day(before.started_on), _day(after.started_on)),
        _part("department", before.department, after.department),
        _part("manager", names.get(before.manager_id or "", ""), names.get(after.manager_id or "", "")),
        _part("country", before.country, after.country),
    ]
    return "; ".join(filter(None, parts))


def _part(what: str, before: str, after: str) -> str:
    if before == after:
        return ""
    if not after:
        return f"{what} cleared, was {before}"
    return f"{what} {after}, was {before}" if before else f"{what} {after}"


def _birthday(stored: str | None) -> str:
    if not stored:
        return ""
    month, day = stored.split("-")
    return f"{int(day)} {calendar.month_name[int(month)]}"


def _day(day: date | None) -> str:
    return in_words(day) if day else ""
