"""The calendar file of an order: a link for whoever ordered it, told once, and what comes behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.context import Context
from handlers.order_events import event_of, in_calendar, when_of
from handlers.orders import find_mine
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.ics import Event, write_calendar
from handlers.vocabulary import Action, Card, Reply, Response, WebLink
from store.calendar_links import CalendarFact, find_calendar_link, save_calendar_link
from store.people import list_members
from store.redemptions import OrderFact, find_order
from store.types import new_token

PATH = "/calendar"
LIFE = timedelta(days=30)


@action("order_calendar")
def show_calendar(request: Action, ctx: Context) -> Response:
    """Makes a link to the calendar file of one of your orders. Where nobody could follow it, it tells the days."""
    mine = find_mine(ctx, request.values.get("id", ""))
    event = event_of(ctx.tx, ctx.tenant_id, mine)
    if event is None or not in_calendar(mine):
        raise Refusal("no_date", f"There is no date to keep for {mine.title}.", "Its card says where it stands.")
    data = {"title": mine.title, "when": when_of(ctx.tx, event, ctx.actor), "days": LIFE.days}
    if not ctx.public_url.startswith(("https://", "http://")):
        return Response(Reply(Card("order_calendar", data | {"link": None})))
    if not request.wired:  # the outbox keeps what it sends, and is no place for secrets
        raise Refusal("no_wire", "I cannot tell you the link here.", "Press the button once more, please.")
    token = new_token()
    save_calendar_link(ctx.tx, CalendarFact(ctx.tenant_id, mine.id, ctx.now + LIFE), token)
    link = WebLink(f"{ctx.public_url.rstrip('/')}{PATH}/{token}.ics", "Open the calendar file")
    again = "I told you that link already, and I tell it only once. Press the button once more for a new one."
    return Response(Reply(Card("order_calendar", data | {"link": link}), secret=True, again=again))


class CalendarDesk:
    """Who comes with a link, and the file that they get. Built once by the program; it begins no transaction itself."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock

    def look(self, tx: Connection, token: str) -> bytes:
        """Changes nothing. Raises a `Refusal` for a link that is not good, or not any more."""
        now = self._clock()
        link = find_calendar_link(tx, token)
        order = find_order(tx, link.tenant_id, link.order_id) if link and link.expires_at > now else None
        event = _event(tx, link.tenant_id, order) if link and order and in_calendar(order) else None
        if event is None:
            raise Refusal(
                "no_date",
                "This link is not good any more.",
                "Whoever ordered it can make a new one, from the order in the chat.",
            )
        return write_calendar(event, now)


def _event(tx: Connection, tenant_id: str, order: OrderFact) -> Event | None:
    """None where whoever ordered it takes part no more: the link is theirs."""
    here = any(one.active for one in list_members(tx, tenant_id, [order.person_id]))
    return event_of(tx, tenant_id, order) if here else None
