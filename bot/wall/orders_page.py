"""What somebody ordered, in the browser: in the same words as in the chat, and cancelled there while it can be."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from bot.presenter import CardPresenter
from bot.wall.asking import answer_to, press
from bot.wall.html import render
from bot.wall.own_page import Acts, Asked, OwnPage
from handlers.context import reader_in
from handlers.orders import ON_PAGE, PAGE_NAME, list_mine
from handlers.refusals import Refusal
from handlers.vocabulary import Request
from handlers.wall import PATH, Visit

_CANCEL = "cancel"
_words = CardPresenter()


def _orders(visit: Visit, asked: Asked) -> str:
    before = asked.get("before", "")
    cards, older = list_mine(visit.ctx, before, ON_PAGE)
    reader = reader_in(visit.ctx.home, visit.ctx.actor)
    rows = [{"card": one.data, "lines": _words.lines(one, reader), "form_id": visit.ctx.new_id()} for one in cards]
    told = answer_to(visit.ctx, asked.get("answer", ""))
    return render("orders", visit=visit, rows=rows, older=older, later=bool(before), told=told)


def _ask(visit: Visit, asked: Asked) -> Request:
    if asked.get("act") == _CANCEL and asked.get("form"):
        return press(visit.ctx, "order_cancel", asked["form"], {"id": asked.get("order", "")})
    raise Refusal("no_form", "I cannot read that.", "Go back, and press the button again.")


def _mended(visit: Visit, asked: Asked, errors: Mapping[str, str]) -> str:
    raise AssertionError(f"a button has no fields: {errors}")


def _back(asked: Asked) -> str:
    return f"{PATH}/{PAGE_NAME}?{urlencode({'answer': asked.get('form', '')})}"


ORDERS = OwnPage(path=PAGE_NAME, look=_orders, acts=Acts(_ask, _mended, _back))
