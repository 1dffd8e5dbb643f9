"""What an organisation tells about its people beside what platforms know: dates, department and manager."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, Date, ForeignKeyConstraint, Index, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import fetch
from store.prepared import Prepared, PreparedInsert, in_list


class PersonRecord(SQLModel, table=True):
    """A birthday has no year: nobody's age is anybody's business here."""

    __tablename__ = "person_record"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "manager_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_person_record_birthday", "tenant_id", "birthday"),
        Index("ix_person_record_start_day", "tenant_id", "start_day"),
        Index("ix_person_record_department", "tenant_id", "department"),
        Index("ix_person_record_manager", "tenant_id", "manager_id"),
    )

    tenant_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    birthday: str | None = None
    """Month and day, `02-29`."""
    started_on: date | None = Field(default=None, sa_column=Column(Date))
    start_day: str | None = None
    """Month and day of `started_on`, to be found by."""
    department: str = ""
    manager_id: str | None = None
    country: str = ""
    """Where they work, as ISO 3166 has it: `DE`; empty where nobody said."""


@dataclass(frozen=True, slots=True)
class RecordFact:
    person_id: str
    birthday: str | None = None
    started_on: date | None = None
    department: str = ""
    manager_id: str | None = None
    country: str = ""


record = PersonRecord.__table__  # type: ignore[attr-defined]

_FACT = tuple(record.c[name] for name in RecordFact.__dataclass_fields__)
_SAVE = PreparedInsert(
    record,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "person_id"],
        set_={
            name: insert.excluded[name]
            for name in ("birthday", "started_on", "start_day", "department", "manager_id", "country")
        },
    ),
)
_REPORTS = Prepared(
    select(record.c.person_id)
    .where(record.c.tenant_id == bindparam("tenant_id"), record.c.manager_id == bindparam("person_id"))
    .limit(1)
)
_OF = Prepared(
    select(*_FACT).where(record.c.tenant_id == bindparam("tenant_id"), in_list(record.c.person_id, "people"))
)
_ALL = select(*_FACT).where(record.c.tenant_id == bindparam("tenant_id"))
_ON_DAYS = Prepared(
    select(*_FACT).where(
        record.c.tenant_id == bindparam("tenant_id"),
        in_list(record.c.birthday, "days"),
    )
)
_STARTED_ON_DAYS = Prepared(
    select(*_FACT).where(record.c.tenant_id == bindparam("tenant_id"), in_list(record.c.start_day, "days"))
)


def manages_somebody(tx: Connection, tenant_id: str, person_id: str) -> bool:
    """Whether somebody reports to this person."""
    return bool(_REPORTS.rows(tx, {"tenant_id": tenant_id, "person_id": person_id}))


def save_records(tx: Connection, tenant_id: str, facts: Iterable[RecordFact]) -> None:
    """Adds or replaces what is told about people; each person once."""
    rows = [
        {
            "tenant_id": tenant_id,
            "person_id": one.person_id,
            "birthday": one.birthday,
            "started_on": one.started_on,
            "start_day": f"{one.started_on:%m-%d}" if one.started_on else None,
            "department": one.department,
            "manager_id": one.manager_id,
            "country": one.country,
        }
        for one in sorted(facts, key=lambda one: one.person_id)
    ]
    if rows:
        _SAVE.run(tx, rows)


def list_records(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, RecordFact]:
    """What is told about these people, by person; nothing for those about whom nothing is."""
    rows = _OF.rows(tx, {"tenant_id": tenant_id, "people": list(people)})
    return {row[0]: RecordFact(*row) for row in rows}


def list_all_records(tx: Connection, tenant_id: str) -> dict[str, RecordFact]:
    """What is told about everybody, by person."""
    return {row[0]: RecordFact(*row) for row in fetch(tx, _ALL, {"tenant_id": tenant_id})}


def list_birthdays(tx: Connection, tenant_id: str, days: Collection[str]) -> list[RecordFact]:
    """Whose birthday is on one of these days: `02-28`."""
    return [RecordFact(*row) for row in _ON_DAYS.rows(tx, {"tenant_id": tenant_id, "days": list(days)})]


def list_starts(tx: Connection, tenant_id: str, days: Collection[str]) -> list[RecordFact]:
    """Who started on one of these days of some year: `02-28`."""
    return [RecordFact(*row) for row in _STARTED_ON_DAYS.rows(tx, {"tenant_id": tenant_id, "days": list(days)})]
