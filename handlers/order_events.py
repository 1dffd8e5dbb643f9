"""Orders that have a time: when it is, and whether it is in somebody's calendar by now.

A kind of fulfilment with a time has `event(tx, tenant_id, order)`, which gives an `Event` or None, and `in_calendar`:
the states in which its orders stand in a calendar.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.fulfilment import kinds
from handlers.rules.ics import Event
from handlers.rules.periods import zone_or
from store.people import Member
from store.redemptions import OrderFact
from store.tenants import list_homes


def event_of(tx: Connection, tenant_id: str, order: OrderFact) -> Event | None:
    """When and where an order takes place, in whatever state it is. None for what has no time."""
    find = getattr(kinds.get(order.fulfilment), "event", None)
    found: Event | None = find(tx, tenant_id, order) if find else None
    return found


def in_calendar(order: OrderFact) -> bool:
    """Whether it is agreed, and not over otherwise."""
    return order.state in getattr(kinds.get(order.fulfilment), "in_calendar", ())


def when_of(tx: Connection, event: Event | None, reader: Member) -> dict[str, object] | None:
    """As cards show it: days, or the hour it begins at, with the place."""
    if event is None:
        return None
    several = event.ends if not isinstance(event.begins, datetime) and event.ends != event.begins else None
    return {
        "begins": event.begins,
        "ends": several,
        "place": event.place,
        "hours": isinstance(event.begins, datetime),
        "there": clock_there(tx, event.begins, reader) if isinstance(event.begins, datetime) else "",
    }


def clock_there(tx: Connection, at: datetime, reader: Member) -> str:
    """`Tuesday 15 December, 18:00 (Europe/Dublin)`, by the organisation's clock, where the reader's shows another time.

    Cards tell every time by the clock of their reader, and whoever goes to a place needs the one that hangs there.
    """
    there = ZoneInfo(next(iter(list_homes(tx, reader.tenant_id))).zone)
    local = at.astimezone(there)
    if local.utcoffset() == at.astimezone(zone_or(reader.zone, there)).utcoffset():
        return ""
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M} ({there.key})"
