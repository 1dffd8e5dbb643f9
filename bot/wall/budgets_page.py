"""Budgets in the browser: spending against the plan as a chart and as a table, with the figures of the cards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.wall.html import render
from bot.wall.own_page import Asked, OwnPage
from handlers.budget_cards import Page, budget_card, list_card
from handlers.budget_rights import get_seen, rights_of
from handlers.budget_screens import PAGE_NAME, start_of
from handlers.budgets import renew
from handlers.wall import Visit

ON_PAGE = 40
MOST_PERIODS = 12
WHOLE = 1000
"""How wide a chart is, in units of its own."""


@dataclass(frozen=True, slots=True)
class Bar:
    """In thousandths of the widest one: what there was to award, and what was awarded or promised."""

    plan: int
    spent: int


def _budgets(visit: Visit, asked: Asked) -> str:
    """Those that the visitor may spend; to administrators all of them. Or one, with its periods."""
    rights = rights_of(visit.ctx)
    if asked.get("budget"):
        budget = get_seen(rights, asked["budget"])
        one = dict[str, Any](budget_card(visit.ctx, rights, budget, periods=MOST_PERIODS, most_below=ON_PAGE).data)
        scale = max((max(each["planned"], each["spent"]) for each in one["periods"]), default=0)
        bars = [_bar(each["planned"], each["spent"], scale) for each in one["periods"]]
        drawn = {"bars": bars, "now": _bar(one["of"], one["spent"], one["of"]), "below_bars": _shares(one["below"])}
        return render("budget", visit=visit, per_cent=per_cent, one=one, **drawn)
    page = Page(administers=rights.administers, start=start_of(asked.get("start", "")), most=ON_PAGE)
    shown = dict[str, Any](list_card(visit.ctx, rights, page).data)
    return render("budgets", visit=visit, list=shown, bars=_shares(shown["rows"]), per_cent=per_cent)


def _shares(rows: Iterable[Mapping[str, Any]]) -> list[Bar]:
    """Each by itself: they are of different sizes."""
    return [_bar(one["of"], one["spent"], one["of"]) for one in rows]


def _bar(plan: int, spent: int, scale: int) -> Bar:
    return Bar(plan * WHOLE // scale, min(spent * WHOLE // scale, WHOLE)) if scale else Bar(0, 0)


def per_cent(spent: int, of: int) -> str:
    """`82 %`, cut, so that 100 means all of it; empty where there was nothing."""
    return f"{spent * 100 // of:,}\u00a0%" if of else ""


BUDGETS = OwnPage(path=PAGE_NAME, look=_budgets, keeps=("budget",), first=renew)
