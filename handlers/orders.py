"""My orders: what somebody ordered, where it stands, and taking it back while nobody is at it."""

from __future__ import annotations

from handlers.context import Context
from handlers.order_cards import WORDS, state_card
from handlers.ordering import cancel
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.reward_words import Said, rewards_word
from handlers.rules.days import in_words
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from store.redemptions import UNDER_WAY, OrderFact, find_order, list_orders

PAGE = 5
PAGE_NAME = "orders"
"""Of the page in the browser."""
ON_PAGE = 20


@rewards_word("orders", reads=True)
def orders(said: Said, ctx: Context) -> Response:
    """What you ordered, and where it stands."""
    return Response(Reply(_orders_card(ctx, "")))


@action("my_orders", reads=True)
def show_orders(request: Action, ctx: Context) -> Response:
    """Shows what you ordered, the newest first; `before` is the id that a page ends with."""
    before = request.values.get("before", "")
    card = _orders_card(ctx, before)
    return Response(Replace(card) if "before" in request.values else Reply(card))


@action("order_show", reads=True)
def show_order(request: Action, ctx: Context) -> Response:
    """Shows one of your orders with every step."""
    return Response(Reply(state_card(ctx.tx, ctx.tenant_id, find_mine(ctx, request.values.get("id", "")))))


@action("order_cancel")
def cancel_order(request: Action, ctx: Context) -> Response:
    """Cancels an order that nobody has started on: your points come back."""
    mine = find_mine(ctx, request.values.get("id", ""))
    sends = cancel(ctx, mine.id, by=ctx.actor.id)
    return Response(Replace(state_card(ctx.tx, ctx.tenant_id, find_mine(ctx, mine.id))), sends)


def find_mine(ctx: Context, order_id: str) -> OrderFact:
    """An order of the actor. Raises a `Refusal` for anybody else's: buttons may be sent by anybody."""
    found = find_order(ctx.tx, ctx.tenant_id, order_id)
    if found is None or found.person_id != ctx.actor.id:
        raise Refusal("no_order", "I do not know that order of yours.", "My orders shows what there is.")
    return found


def list_mine(ctx: Context, before: str, most: int) -> tuple[list[Card], str]:
    """The actor's orders with every step, the newest first, and what to ask for as `before` to see older ones."""
    found = list_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, before=before, most=most + 1)
    shown = found[:most]
    return [state_card(ctx.tx, ctx.tenant_id, one) for one in shown], shown[-1].id if len(found) > most else ""


def _orders_card(ctx: Context, before: str) -> Card:
    found = list_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, before=before, most=PAGE + 1)
    shown = found[:PAGE]
    data = {
        "orders": [_row(ctx, one) for one in shown],
        "later": bool(before),
        "older": {"id": shown[-1].id} if len(found) > PAGE else None,
    }
    return Card("my_orders", data)


def _row(ctx: Context, one: OrderFact) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "points": one.points,
        "state": WORDS[one.state],
        "when": in_words(one.ordered_at.astimezone(ctx.zone).date()),
        "promised": one.promised_on if one.state in UNDER_WAY else None,
    }
