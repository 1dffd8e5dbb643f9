"""Organisations of any size, written into the books row by row: what they did took place before the measurement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Table

from handlers.rules.periods import tally_labels
from store.conversations import conversation
from store.people import account, folded, person
from store.programme import STARTING_VALUES, add_starting_programme
from store.recognitions import receiver, recognition
from store.tallies import tally
from store.tenants import Workspace, add_tenant, add_workspace

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
    ids = tuple(f"p{number:05}-{one:06}" for one in range(people))
    insert_all(tx, person, (_person(tenant_id, one, zones[n % len(zones)]) for n, one in enumerate(ids)))
    insert_all(tx, account, (_account(tenant_id, workspace_id, one) for one in ids))
    return Filled(tenant_id, ids)


def fill_recognitions(tx: Connection, filled: Filled, count: int, weeks: int, until: datetime) -> None:
    """As many recognitions as wanted over so many weeks, everybody giving in turn, with the tallies they make."""
    chance = Random(7)
    values = [f"{filled.tenant_id}-v{n}" for n in range(len(STARTING_VALUES))]
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    utc, step = ZoneInfo("UTC"), timedelta(weeks=weeks) / count
    labels: dict[object, tuple[str, ...]] = {}

    def given() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        for number in range(count):
            giver, at = filled.people[number % len(filled.people)], until - step * (count - number)
            to = filled.people[chance.randrange(len(filled.people))]
            value = values[chance.randrange(len(values))]
            periods = labels.setdefault(at.date(), tally_labels(at, utc))
            for period in periods:
                _count(counts, giver, period, value, "given")
                _count(counts, to, period, value, "received")
            yield (
                _recognition(filled.tenant_id, number, giver, value, periods, at),
                _receiver(filled.tenant_id, number, to),
            )

    for chunk in chunks(given(), CHUNK):
        tx.execute(recognition.insert(), [one for one, _ in chunk])
        tx.execute(receiver.insert(), [one for _, one in chunk])
    insert_all(tx, tally, (_tally(filled.tenant_id, key, one) for key, one in counts.items()))


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


def _count(
    counts: dict[tuple[str, str, str], Counter[str]], person_id: str, period: str, value: str, what: str
) -> None:
    counted = counts.setdefault((person_id, period, value), Counter())
    counted[what] += 1


def _tally(tenant_id: str, key: tuple[str, str, str], counted: Counter[str]) -> dict[str, Any]:
    person_id, period, value_id = key
    return {
        "tenant_id": tenant_id,
        "person_id": person_id,
        "period": period,
        "value_id": value_id,
        "given": counted["given"],
        "received": counted["received"],
        "points_given": 5 * counted["given"],
        "points_received": 5 * counted["received"],
    }


def _recognition(
    tenant_id: str, number: int, giver: str, value: str, periods: tuple[str, ...], at: datetime
) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "id": f"r{number:08}",
        "giver_id": giver,
        "reason": "for the calm release",
        "value_id": value,
        "badge_id": None,
        "points": 5,
        "shown": True,
        "about_link": "",
        "transaction_id": None,
        "tally_labels": " ".join(periods),
        "fingerprint": f"{number:08}",
        "given_at": at,
        "taken_back_at": None,
    }


def _receiver(tenant_id: str, number: int, to: str) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "recognition_id": f"r{number:08}",
        "person_id": to,
        "position": 0,
        "thanked_back_at": None,
    }
