"""What people see of budgets: the list of some, and one with its spending against the plan, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.budget_rights import Rights, by_name, list_above
from handlers.budgets import holds, spent_in, used_up, worth_of, worth_words
from handlers.context import Context, who
from handlers.rules.budget_periods import period_words
from handlers.rules.days import in_words
from handlers.vocabulary import Card, Who
from handlers.wall import has_pages
from store.budgets import BudgetFact, PeriodFact, Renewal, count_passed_on, list_periods
from store.people import list_members
from store.types import Points

PAGE = 8
MOST_PERIODS = 6
"""Bars of a chart."""
MOST_BELOW = 8
EVERY = {Renewal.MONTH: "month", Renewal.QUARTER: "quarter", Renewal.YEAR: "year"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`administers`: all of them, as administrators see them; else the actor's own. `start`: how many come before."""

    administers: bool = False
    start: int = 0
    most: int = PAGE
    done: str = ""


def list_card(ctx: Context, rights: Rights, page: Page) -> Card:
    shown = in_tree(rights) if page.administers else [one.budget for one in rights.mine.values()]
    start = page.start if 0 <= page.start < len(shown) else 0
    these = shown[start : start + page.most]
    owners = {one.id: who(one) for one in list_members(ctx.tx, ctx.tenant_id, {one.owner_id for one in these})}
    data = {
        "done": page.done,
        "administers": page.administers,
        "rows": [_row(ctx, rights, one, owners) for one in these],
        "number": len(shown),
        "newer": {"values": {"start": str(max(0, start - page.most))}} if start else None,
        "older": {"values": {"start": str(start + page.most)}} if start + page.most < len(shown) else None,
        "web": has_pages(ctx),
    }
    return Card("budgets", data)


def budget_card(
    ctx: Context,
    rights: Rights,
    budget: BudgetFact,
    done: str = "",
    *,
    periods: int = MOST_PERIODS,
    most_below: int = MOST_BELOW,
) -> Card:
    """One budget, for whoever may see it, with so many periods and budgets below it at most."""
    used, below = used_up(ctx, budget), rights.below(budget)
    above = rights.every.get(budget.parent_id or "")
    people = {one.owner_id for one in (budget, *below[:most_below])}
    owners = {one.id: who(one) for one in list_members(ctx.tx, ctx.tenant_id, people)}
    worth = worth_of(ctx, budget)
    left = holds(ctx, budget.id)
    mine = rights.mine.get(budget.id)
    data: dict[str, Any] = {
        "done": done,
        "id": budget.id,
        "name": budget.name,
        "owner": owners.get(budget.owner_id, NOBODY),
        "stands_in": bool(mine and mine.for_whom),
        "left": left,
        "money": str(worth.times(left)) if worth else "",
        "own_worth": worth_words(budget),
        "spent": used.spent,
        "of": used.of,
        "plan": budget.plan,
        "every": EVERY.get(budget.renewal, ""),
        "carries": budget.carries_over,
        "until": in_words(budget.open_until) if budget.open_until else "",
        "above": above.name if above else "",
        "periods": _bars(ctx, budget, periods),
        "passed_on": _passed_on(ctx, budget),
        "below": [_below(ctx, rights, one, owners) for one in below[:most_below]],
        "more_below": max(0, len(below) - most_below),
        "fills": rights.may_fill(budget),
        "moves": bool(rights.targets(budget)) or rights.administers,
        "administers": rights.administers,
        "web": has_pages(ctx),
    }
    return Card("budget", data)


NOBODY = Who("", "somebody who left")


def in_tree(rights: Rights) -> list[BudgetFact]:
    """All of them: each after the one that it draws on, else by name."""
    every = rights.every

    def path(budget: BudgetFact) -> list[tuple[str, str]]:
        return [by_name(one) for one in reversed([budget, *list_above(budget, every)])]

    return sorted(every.values(), key=path)


def _row(ctx: Context, rights: Rights, budget: BudgetFact, owners: dict[str, Who]) -> dict[str, Any]:
    used = used_up(ctx, budget)
    mine = rights.mine.get(budget.id)
    above = rights.every.get(budget.parent_id or "")
    return {
        "id": budget.id,
        "name": budget.name,
        "owner": owners.get(budget.owner_id, NOBODY),
        "stands_in": bool(mine and mine.for_whom),
        "above": above.name if above else "",
        "left": used.of - used.spent,
        "spent": used.spent,
        "of": used.of,
        "until": in_words(budget.open_until) if budget.open_until else "",
    }


def _below(ctx: Context, rights: Rights, budget: BudgetFact, owners: dict[str, Who]) -> dict[str, Any]:
    used = used_up(ctx, budget)
    return {
        "id": budget.id,
        "name": budget.name,
        "owner": owners.get(budget.owner_id, NOBODY),
        "spent": used.spent,
        "of": used.of,
    }


def _bars(ctx: Context, budget: BudgetFact, most: int) -> list[dict[str, Any]]:
    """Spending against the plan, the latest period first; each ends where the next one began."""
    periods = list_periods(ctx.tx, ctx.tenant_id, budget.id, most)
    ends = [None, *(one.opened_seq for one in periods)]
    return [_bar(ctx, one, end) for one, end in zip(periods, ends, strict=False)]


def _passed_on(ctx: Context, budget: BudgetFact) -> Points:
    """Of the period that is open: what budgets below it took."""
    latest = list_periods(ctx.tx, ctx.tenant_id, budget.id, 1)
    return max(0, count_passed_on(ctx.tx, ctx.tenant_id, budget.id, latest[0].opened_seq)) if latest else 0


def _bar(ctx: Context, period: PeriodFact, end: int | None) -> dict[str, Any]:
    until = (end,) if end is not None else ()
    spent = spent_in(ctx, period, *until)
    return {
        "label": period_words(period.label),
        "spent": spent,
        "planned": period.planned,
        "carried": period.carried,
        "missing": period.planned - period.came,
    }
