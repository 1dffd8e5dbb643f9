"""One order at a vendor as administrators see it: what the vendor has said, and what they can do about it."""

from __future__ import annotations

from handlers.access import list_administrators
from handlers.context import TenantContext
from handlers.vocabulary import Card, Direct, Send, Subject
from store.people import list_members
from store.redemptions import UNDER_WAY, OrderFact
from store.vendor_calls import CallFact, CallState

SUBJECT = "vendor_order"


def vendor_card(ctx: TenantContext, order: OrderFact, call: CallFact, *, silent: bool = False) -> Card:
    """`silent`: it comes unasked, for the vendor says nothing."""
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    data = {
        "id": order.id,
        "title": order.title,
        "person": person.name,
        "promised": order.promised_on,
        "state": order.state.value,
        "said": SAID[call.state],
        "attempts": call.attempt,
        "trouble": call.trouble,
        "open": order.state in UNDER_WAY,
        "again": order.state in UNDER_WAY and call.state is CallState.SENT,
        "silent": silent,
    }
    return Card("vendor_order", data)


def tell_administrators(
    ctx: TenantContext, order: OrderFact, call: CallFact, what: str, *, silent: bool = False
) -> tuple[Send, ...]:
    """`what` tells one piece of news of an order from another."""
    card = vendor_card(ctx, order, call, silent=silent)
    return tuple(Direct(one, card, Subject(SUBJECT, f"{order.id}/{what}")) for one in list_administrators(ctx))


SAID = {
    CallState.WAITING: "It waits to be sent to the vendor.",
    CallState.SENT: "The vendor has taken it, and has not said how it ended.",
    CallState.ANSWERED: "The vendor has answered.",
    CallState.GIVEN_UP: "The vendor was asked, and it is given up.",
    CallState.WITHDRAWN: "It is not at the vendor any more.",
}
"""States of a call as people read them."""
