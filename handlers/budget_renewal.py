"""Opening the periods of budgets: what is left goes back, and the plan comes in. Each period once.

A period opens with the first request after it began, or with the night's tick. After downtime only the current one
opens: what was left of the last one is closed in one step, and plans of periods that nobody used are not made up for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.context import TenantContext
from handlers.rules.budget_periods import label_on, open_until
from handlers.rules.periods import day_in
from handlers.ticks import schedule_once
from store import ledger
from store.budgets import (
    BudgetFact,
    Holding,
    Move,
    PeriodFact,
    has_due,
    list_budgets,
    lock_budgets,
    lock_holdings,
    open_periods,
)
from store.types import Points

SHORT = "budget_short"
"""The job that tells owners that a period opened with less than planned; its subject is `budget id:label`."""


def renew(ctx: TenantContext) -> None:
    """Opens every period of the tenant's budgets that is due; costs one look at an index where none is.

    For handlers that write, before they look at what a budget holds.
    """
    today = day_in(ctx.now, ctx.tenant_zone)
    if not has_due(ctx.tx, ctx.tenant_id, today):
        return
    lock_budgets(ctx.tx, ctx.tenant_id)
    every = {one.id: one for one in list_budgets(ctx.tx, ctx.tenant_id)}  # anew: another may have opened them by now
    due = sorted((one for one in every.values() if is_due(one, today)), key=lambda one: (depth_of(one, every), one.id))
    books = _Books(ctx, lock_holdings(ctx.tx, ctx.tenant_id, every.keys()))
    carried = {one.id: _close(books, one) for one in reversed(due)}  # what comes back from below is a parent's, first
    periods = [(_open(books, one, today, carried[one.id]), open_until(one.renewal, today)) for one in due]
    open_periods(ctx.tx, ctx.tenant_id, periods)


def is_due(budget: BudgetFact, today: date) -> bool:
    """Whether a period of it is to be opened. A calendar that goes back, in another zone, opens nothing again."""
    return budget.open_until is not None and budget.open_until < today


def depth_of(budget: BudgetFact, every: Mapping[str, BudgetFact]) -> int:
    """How many budgets are above one."""
    depth, above = 0, every.get(budget.parent_id or "")
    while above and depth < len(every):
        depth, above = depth + 1, every.get(above.parent_id or "")
    return depth


def holds(ctx: TenantContext, budget_id: str) -> Points:
    return ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.budget(budget_id))


class _Books:
    """What the locked accounts hold, kept along with what is moved, for there may be hundreds."""

    def __init__(self, ctx: TenantContext, holdings: dict[str, Holding]) -> None:
        self.ctx = ctx
        self._holdings = holdings

    def of(self, budget_id: str) -> Holding:
        return self._holdings[budget_id]

    def move(self, act: str, kind: Move, budget_id: str, above_id: str | None, points: Points) -> None:
        """Points of a budget go to the one above it, or outside; less than nothing: they come from there."""
        mine: ledger.Place = ledger.budget(budget_id)
        above: ledger.Place = ledger.budget(above_id) if above_id else _OUTSIDE[kind]
        source, target = (mine, above) if points > 0 else (above, mine)
        posting = ledger.Posting(source, target, abs(points))
        now = self.ctx.now
        ledger.post(self.ctx.tx, self.ctx.tenant_id, ledger.Transaction(kind, act, now, now, [posting]))
        self._note(budget_id, -points)
        if above_id:
            self._note(above_id, points)

    def _note(self, budget_id: str, points: Points) -> None:
        was = self._holdings[budget_id]
        self._holdings[budget_id] = Holding(was.balance + points, was.seq + 1)


_OUTSIDE = {Move.CLOSE: ledger.Side.EXPIRED, Move.OPEN: ledger.Side.ISSUED}


def _close(books: _Books, budget: BudgetFact) -> Points:
    """Ends the period that was open; gives what stays for the next."""
    left = books.of(budget.id).balance
    if budget.carries_over or not left or not budget.open_label:
        return left
    books.move(f"{Move.CLOSE}:{budget.id}:{budget.open_label}", Move.CLOSE, budget.id, budget.parent_id, left)
    return 0


def _open(books: _Books, budget: BudgetFact, today: date, carried: Points) -> PeriodFact:
    label = label_on(budget.renewal, today)
    # Of the parent never more than it holds: what is missing is told, and can be topped up.
    came = min(budget.plan, books.of(budget.parent_id).balance) if budget.parent_id else budget.plan
    before = books.of(budget.id)
    if came:
        books.move(f"{Move.OPEN}:{budget.id}:{label}", Move.OPEN, budget.id, budget.parent_id, -came)
    if came < budget.plan:
        schedule_once(books.ctx, SHORT, f"{budget.id}:{label}")
    return PeriodFact(
        budget_id=budget.id,
        label=label,
        opened_at=books.ctx.now,
        opened_seq=before.seq,
        planned=budget.plan,
        came=came,
        carried=carried,
    )
