"""Organisations of any size, written into the books at once: what they did took place before the measurement.

Filled is what boards read, row for row as giving would have written it: the tenant with its workspace, channel, values
and badges; people and their accounts; recognitions, their receivers, and the tallies of every week, month, quarter and
of all time. Everybody gives in turn, each time five points to one other person, for one of five values, at the full
hour. On PostgreSQL rows lie in the order of time; on SQLite the trees of keys decide, as always.

Not filled are ledger, requests and messages, which boards do not read; choices and records of people, so everybody
is on boards and in no department; and what growing leaves behind: dead versions of a tally's row on PostgreSQL,
half-empty pages on SQLite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    String,
    Table,
    cast,
    func,
    literal,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.schema import AddConstraint, DropConstraint

from handlers.rules.periods import tally_labels
from store.conversations import conversation
from store.people import account, folded, person
from store.programme import STARTING_VALUES, add_starting_programme
from store.recognitions import receiver, recognition
from store.tallies import tally
from store.tenants import Workspace, add_tenant, add_workspace
from store.types import UtcDateTime

ZONES = (
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "America/Halifax",
    "America/Sao_Paulo",
    "Atlantic/South_Georgia",
    "Atlantic/Azores",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Athens",
    "Europe/Moscow",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Noumea",
    "Pacific/Auckland",
    "Pacific/Apia",
)
"""One for each hour of the day, about."""
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Filled:
    tenant_id: str
    people: tuple[str, ...]


def fill_tenant(tx: Connection, number: int, people: int, zones: Iterable[str], at: datetime) -> Filled:
    """A tenant on Slack with a recognition channel; its people live in `zones`, in turn."""
    zones = list(zones)
    tenant_id, workspace_id = f"t{number:05}", f"w{number:05}"
    add_tenant(tx, tenant_id, f"Organisation {number}", zones[0], at)
    add_workspace(
        tx,
        Workspace(
            tenant_id=tenant_id,
            id=workspace_id,
            platform="slack",
            ref=f"T{number:05}",
            name=f"Workspace {number}",
            bot_ref="B0",
            recognition_id=f"c{number:05}",
        ),
    )
    add_starting_programme(tx, tenant_id)
    tx.execute(
        conversation.insert(),
        {
            "tenant_id": tenant_id,
            "id": f"c{number:05}",
            "workspace_id": workspace_id,
            "ref": f"C{number:05}",
            "kind": "channel",
            "name": "kudos",
            "member": True,
            "archived": False,
            "service_url": "",
        },
    )
    ids = tuple(f"019a{number:08x}{one:016x}" for one in range(people))  # as long as real ones
    insert_all(tx, person, (_person(tenant_id, one, zones[n % len(zones)]) for n, one in enumerate(ids)))
    insert_all(tx, account, (_account(tenant_id, workspace_id, one) for one in ids))
    return Filled(tenant_id, ids)


def fill_recognitions(tx: Connection, filled: Filled, count: int, weeks: float, until: datetime) -> None:
    """As many recognitions as wanted over so many weeks, with the tallies they make."""
    hours = round(weeks * 7 * 24)
    _scratch.create_all(tx)
    insert_all(tx, _moment, (_moment_row(n, until - timedelta(hours=hours - n)) for n in range(hours)))
    insert_all(tx, _someone, ({"number": n, "id": one} for n, one in enumerate(filled.people)))
    insert_all(tx, _value, ({"number": n, "id": f"{filled.tenant_id}-v{n}"} for n in range(len(STARTING_VALUES))))
    _insert(tx, _gift, _gifts(count, hours, len(filled.people)))
    _insert(tx, recognition, _recognitions(filled.tenant_id))
    _insert(tx, receiver, _receivers(filled.tenant_id))
    _insert(tx, tally, _tallies(filled.tenant_id, by_key=tx.dialect.name == "sqlite"))
    _scratch.drop_all(tx)


@contextmanager
def indexed_at_the_end(tx: Connection) -> Iterator[None]:
    """For millions of recognitions: indexes are made when every row is there, and foreign keys are not looked at."""
    indexes = [index for table in (recognition, receiver, tally) for index in table.indexes]
    for index in indexes:
        index.drop(tx)
    if tx.dialect.name == "postgresql":
        for setting in ("session_replication_role = replica", "work_mem = '1GB'", "maintenance_work_mem = '1GB'"):
            tx.execute(text(f"SET LOCAL {setting}"))
        tx.execute(DropConstraint(tally.primary_key))
    yield
    if tx.dialect.name == "postgresql":
        tx.execute(AddConstraint(tally.primary_key))
    for index in indexes:
        index.create(tx)


def insert_all(tx: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    for chunk in chunks(rows, CHUNK):
        tx.execute(table.insert(), chunk)


def chunks(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    walk = iter(rows)
    while chunk := list(islice(walk, size)):
        yield chunk


def _person(tenant_id: str, id: str, zone: str) -> dict[str, Any]:
    name = f"Person {id}"
    return {
        "tenant_id": tenant_id,
        "id": id,
        "name": name,
        "sought_name": folded(name),
        "email": f"{id}@bench.test",
        "zone": zone,
        "locale": "",
        "kind": "member",
        "active": True,
    }


def _account(tenant_id: str, workspace_id: str, id: str) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "id": id,
        "workspace_id": workspace_id,
        "person_id": id,
        "ref": f"U{id}",
        "other_ref": None,
        "handle": id,
        "chat_ref": "",
        "used_at": None,
    }


# --- recognitions as sets, the same on both engines -------------------------------------------------------

_scratch = MetaData()


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(f"bench_{name}", _scratch, *columns, prefixes=["TEMPORARY"])


_LABELS = ("week", "month", "quarter", "all")
_moment = _table(
    "moment",
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime),
    Column("labels", String),
    *(Column(one, String) for one in _LABELS),
)
_someone = _table("someone", Column("number", Integer, primary_key=True), Column("id", String))
_value = _table("value", Column("number", Integer, primary_key=True), Column("id", String))
_gift = _table("gift", *(Column(one, Integer) for one in ("number", "moment", "giver", "receiver", "value")))


def _insert(tx: Connection, table: Table, rows: Select[Any]) -> None:
    tx.execute(table.insert().from_select([one.name for one in rows.selected_columns], rows))


def _moment_row(number: int, at: datetime) -> dict[str, Any]:
    labels = tally_labels(at, ZoneInfo("UTC"))
    return {"number": number, "at": at, "labels": " ".join(labels)} | dict(zip(_LABELS, labels, strict=True))


def _gifts(count: int, hours: int, people: int) -> Select[Any]:
    """Chance is arithmetic: the same books each time."""
    first = select(literal(0, BigInteger).label("number")).cte("gifts", recursive=True)
    every = first.union_all(select(first.c.number + 1).where(first.c.number < count - 1))
    number, prime = every.c.number, 2_147_483_647
    once = (number * 48_271 + 11) % prime
    chance = once * once % prime * once % prime
    giver = number % people
    return select(
        number.label("number"),
        (number * hours // count).label("moment"),
        giver.label("giver"),
        ((giver + 1 + chance % (people - 1)) % people).label("receiver"),
        (chance // people % len(STARTING_VALUES)).label("value"),
    )


def _recognitions(tenant_id: str) -> Select[Any]:
    shown = {
        "tenant_id": literal(tenant_id),
        "id": _id(),
        "giver_id": _someone.c.id,
        "reason": literal("for the calm release"),
        "value_id": _value.c.id,
        "points": literal(5),
        "audience": literal("here"),
        "public": true(),
        "badge_points": literal(0),
        "about_link": literal(""),
        "tally_labels": _moment.c.labels,
        "fingerprint": _id(),
        "given_at": _moment.c.at,
    }
    return (
        select(*(value.label(name) for name, value in shown.items()))
        .join_from(_gift, _moment, _moment.c.number == _gift.c.moment)
        .join(_someone, _someone.c.number == _gift.c.giver)
        .join(_value, _value.c.number == _gift.c.value)
        .order_by(_gift.c.number)
    )


def _receivers(tenant_id: str) -> Select[Any]:
    shown = {
        "tenant_id": literal(tenant_id),
        "recognition_id": _id(),
        "person_id": _someone.c.id,
        "position": literal(0),
    }
    return (
        select(*(value.label(name) for name, value in shown.items()))
        .join_from(_gift, _someone, _someone.c.number == _gift.c.receiver)
        .order_by(_gift.c.number)
    )


def _id() -> ColumnElement[str]:
    """As long as a real one, and growing like one."""
    return literal("019a00000000000000") + cast(10**9 + _gift.c.number, String)


def _tallies(tenant_id: str, by_key: bool) -> Select[Any]:
    counted = union_all(*(_counted(period) for period in _LABELS)).subquery("counted")
    shown = {
        "tenant_id": literal(tenant_id),
        "person_id": _someone.c.id,
        "period": counted.c.period,
        "value_id": _value.c.id,
        "given": counted.c.given,
        "received": counted.c.received,
        "points_given": 5 * counted.c.given,
        "points_received": 5 * counted.c.received,
    }
    key = (counted.c.person, counted.c.period, counted.c.value)
    return (
        select(*(value.label(name) for name, value in shown.items()))
        .join_from(counted, _someone, _someone.c.number == counted.c.person)
        .join(_value, _value.c.number == counted.c.value)
        .order_by(*(key if by_key else (counted.c.first, *key)))
    )


def _counted(period: str) -> Select[Any]:
    """What everybody gave and received in each week, or each month, and so on."""
    part = union_all(
        *(
            select(
                _gift.c.number,
                _gift.c.moment,
                _gift.c[person].label("person"),
                _gift.c.value,
                literal(given).label("given"),
            )
            for person, given in (("giver", 1), ("receiver", 0))
        )
    ).subquery("part")
    label = _moment.c[period]
    return (
        select(
            part.c.person,
            label.label("period"),
            part.c.value,
            func.sum(part.c.given).label("given"),
            func.sum(1 - part.c.given).label("received"),
            func.min(part.c.number).label("first"),
        )
        .join_from(part, _moment, _moment.c.number == part.c.moment)
        .group_by(part.c.person, label, part.c.value)
    )
