"""Orders as administrators see them: what is open, and how often promises are kept."""

from __future__ import annotations

from datetime import timedelta

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.order_cards import WORDS, own_money
from handlers.registry import action
from handlers.rules.periods import day_in
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from store.people import list_members
from store.redemptions import OPEN, OrderFact, count_kept, list_promised, list_unpaid

LOOKED_BACK = timedelta(days=90)
OWED = timedelta(days=3 * 365)
"""How long money from somebody's own pocket is looked for: as long as it can be asked for in most places."""
SHOWN = 10


@admin_word("orders", reads=True)
def orders(said: Said, ctx: Context) -> Response:
    """Orders that are open, and how often promises are kept."""
    return Response(Reply(_orders_card(ctx)))


@action("admin_orders", reads=True)
def show_orders(request: Action, ctx: Context) -> Response:
    """Shows the orders that are open."""
    check_administrator(ctx)
    return Response(Replace(_orders_card(ctx)))


def _orders_card(ctx: Context) -> Card:
    today = day_in(ctx.now, ctx.tenant_zone)
    kept, every = count_kept(ctx.tx, ctx.tenant_id, today - LOOKED_BACK)
    found = [one for state in OPEN for one in list_promised(ctx.tx, ctx.tenant_id, state, SHOWN + 1)]
    found.sort(key=lambda one: (one.promised_on, one.id))
    unpaid = list_unpaid(ctx.tx, ctx.tenant_id, today - OWED, SHOWN + 1)
    people = {one.person_id for one in (*found, *unpaid)}
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, people)} if people else {}
    data = {
        "kept": kept,
        "every": every,
        "days": LOOKED_BACK.days,
        "orders": [_row(one, names[one.person_id], one.promised_on < today) for one in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "unpaid": [
            {"id": one.id, "title": one.title, "person": names[one.person_id], "own": own_money(one)}
            for one in unpaid[:SHOWN]
        ],
        "more_unpaid": len(unpaid) > SHOWN,
    }
    return Card("admin_orders", data)


def _row(one: OrderFact, name: str, late: bool) -> dict[str, object]:
    return {
        "id": one.id,
        "title": one.title,
        "person": name,
        "state": WORDS[one.state],
        "promised": one.promised_on,
        "late": late and one.state in OPEN[1:],
    }
