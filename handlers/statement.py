"""`/rewards statement`: every movement of somebody's points, adding up to what they hold. Also as a page and a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.context import Context
from handlers.registry import action
from handlers.reward_words import Said, rewards_word
from handlers.rules.csv_writing import write_csv
from handlers.rules.days import in_words
from handlers.statements import StatementLine, lines_of
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from handlers.wall import hand_out_way
from store import ledger
from store.types import Points
from store.wallets import WalletSums, list_wallet_lines, sum_wallet

IN_CHAT, ON_PAGE = 8, 100
"""Lines of a page."""
PAGE_NAME = "statement"


@rewards_word("statement", reads=True)
def type_statement(said: Said, ctx: Context) -> Response:
    """What came into your wallet and what went out of it."""
    return Response(Reply(_card(ctx, 0)))


@action("statement", reads=True)
def show_statement(request: Action, ctx: Context) -> Response:
    """Shows the movements of your points; `before` is the number that a page ends with."""
    card = _card(ctx, read_number(request.values))
    return Response(Replace(card) if "before" in request.values else Reply(card))


@action("statement_link")
def open_statement(request: Action, ctx: Context) -> Response:
    """Gives you a link to your statement in the browser, and as a file."""
    return hand_out_way(request, ctx, PAGE_NAME, "Open my statement")


def read_number(values: Mapping[str, str]) -> int:
    """The number of a line; 0 for the newest ones, and for what is no such number."""
    typed = values.get("before", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


def _card(ctx: Context, before: int) -> Card:
    shown = read_statement(ctx, before, IN_CHAT)
    data = {
        "wallet": shown.balance,
        "came": shown.sums.came,
        "went": shown.sums.went,
        "rows": [
            {
                "day": in_words(one.on),
                "what": one.what,
                "points": f"{abs(one.points):,} {'in' if one.points > 0 else 'out'}",
                "after": one.after,
            }
            for one in shown.lines
        ],
        "later": bool(before),
        "older": {"id": str(shown.older)} if shown.older else None,
    }
    return Card("statement", data)


# --- for pages --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Statement:
    """Lines of the actor's own wallet, the newest first. `older`: what to ask for as `before`, 0 where that is all."""

    lines: list[StatementLine]
    balance: Points
    sums: WalletSums
    older: int


def read_statement(ctx: Context, before: int, most: int) -> Statement:
    found = list_wallet_lines(ctx.tx, ctx.tenant_id, ctx.actor.id, before=before, most=most + 1)
    shown = found[:most]
    return Statement(
        lines=lines_of(ctx, shown),
        balance=ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id)),
        sums=sum_wallet(ctx.tx, ctx.tenant_id, ctx.actor.id),
        older=shown[-1].seq if len(found) > most else 0,
    )


def statement_csv(ctx: Context) -> str:
    """All of it, the oldest first: the points of the lines add up to the last balance."""
    lines = reversed(lines_of(ctx, list_wallet_lines(ctx.tx, ctx.tenant_id, ctx.actor.id)))
    rows = ((one.on.isoformat(), one.what, one.points, one.after) for one in lines)
    return write_csv(["Date", "What", "Points", "Balance after"], rows)
