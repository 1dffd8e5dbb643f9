"""What tests of awards, budgets and rewards arrange in the books."""

from __future__ import annotations

from handlers.budget_renewal import renew
from store import ledger
from store.budgets import BudgetFact, Renewal, add_budget
from store.person_records import RecordFact, list_records, save_records
from store.tenants import list_all_homes
from tests.budgeting import within
from tests.world import World


def give_budget(world: World, owner: str, points: int, *, name: str = "Support", parent: str | None = None) -> str:
    """A budget that never ends, with so many points in it; its id."""
    with within(world.process.core.database, world.clock()) as ctx:
        fact = BudgetFact(
            id=ctx.new_id(),
            name=name,
            owner_id=world.person(ctx.tx, owner),
            parent_id=parent,
            renewal=Renewal.NEVER,
            plan=points,
        )
        add_budget(ctx.tx, ctx.tenant_id, fact)
        renew(ctx)
    return fact.id


def reports_to(world: World, name: str, manager: str) -> None:
    with world.process.core.database.writing() as tx:
        tenant_id, person_id = list_all_homes(tx)[0].tenant_id, world.person(tx, name)
        kept = list_records(tx, tenant_id, [person_id]).get(person_id)
        fact = RecordFact(person_id, department=kept.department if kept else "", manager_id=world.person(tx, manager))
        save_records(tx, tenant_id, [fact])


def budget_holds(world: World, budget_id: str) -> int:
    with world.reading() as tx:
        return ledger.find_balance(tx, list_all_homes(tx)[0].tenant_id, ledger.budget(budget_id))


def held(world: World) -> int:
    """What is held for orders and approvals, in all."""
    return int(world.one("SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = 'held'"))
