"""What the demo organisation may award: a budget of the house, and two that draw on it each month."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.budget_saving import keep_budget
from handlers.budgets import renew
from handlers.context import Context
from store.budgets import BudgetFact, Renewal, list_budgets
from store.people import find_by_emails
from store.roles import Role, give_role

DAYS = 30
BUDGETS = (
    ("Kestrel & Finch", "alice@kestrel-finch.example", "", Renewal.QUARTER, 5_000),
    ("Workshop", "maxi@kestrel-finch.example", "Kestrel & Finch", Renewal.MONTH, 800),
    ("Museum desk", "siobhan@kestrel-finch.example", "Kestrel & Finch", Renewal.MONTH, 600),
)
"""Name, owner, the one it draws on, how often it comes anew, points."""


def add_budgets(ctx: Context, now: datetime) -> None:
    """As an administrator would have, a month ago; `ctx` is theirs. What is due since then is opened."""
    owners = find_by_emails(ctx.tx, ctx.tenant_id, [owner for _, owner, *_ in BUDGETS])
    past = replace(ctx, now=now - timedelta(days=DAYS))
    for name, owner, above, renewal, plan in BUDGETS:
        known = {one.name: one.id for one in list_budgets(ctx.tx, ctx.tenant_id)}
        fact = BudgetFact(
            id=ctx.new_id(),
            name=name,
            owner_id=owners[owner].id,
            parent_id=known.get(above),
            renewal=renewal,
            plan=plan,
        )
        keep_budget(past, fact, owners[owner])
        if owners[owner].id != ctx.actor.id:
            give_role(ctx.tx, ctx.tenant_id, Role.AWARDER, owners[owner].id, past.now)
    renew(replace(ctx, now=now))
