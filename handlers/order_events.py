"""Orders that have a time: when it is, and whether it is in somebody's calendar by now.

A kind of fulfilment with a time has `event(tx, tenant_id, order)`, which gives an `Event` or None, and `in_calendar`:
the states in which its orders stand in a calendar.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from handlers.fulfilment import kinds
from handlers.rules.ics import Event
from store.redemptions import OrderFact


def event_of(tx: Connection, tenant_id: str, order: OrderFact) -> Event | None:
    """When and where an order takes place, in whatever state it is. None for what has no time."""
    find = getattr(kinds.get(order.fulfilment), "event", None)
    found: Event | None = find(tx, tenant_id, order) if find else None
    return found


def in_calendar(order: OrderFact) -> bool:
    """Whether it is agreed, and not over otherwise."""
    return order.state in getattr(kinds.get(order.fulfilment), "in_calendar", ())


def when_of(event: Event | None) -> dict[str, object] | None:
    """As cards show it: days, or the hour it begins at, with the place."""
    if event is None:
        return None
    several = event.ends if not isinstance(event.begins, datetime) and event.ends != event.begins else None
    return {
        "begins": event.begins,
        "ends": several,
        "place": event.place,
        "hours": isinstance(event.begins, datetime),
    }
