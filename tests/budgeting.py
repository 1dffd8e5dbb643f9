"""What the tests of budgets say about them by the books, on a whole world or on a bare database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from handlers.budgets import after_spending
from handlers.context import TenantContext
from handlers.programme import read_programme
from handlers.rules.policy import Policy
from handlers.vocabulary import Send
from store import ledger
from store.approvals import DelegationFact, save_delegation
from store.budgets import BudgetFact, list_budgets
from store.db import Database
from store.tenants import list_all_homes
from store.types import Ids
from tests.world import World

_new_id = Ids()


@contextmanager
def within(database: Database, now: datetime, owners: frozenset[str] = frozenset()) -> Iterator[TenantContext]:
    """What a tick would be given, in a transaction that writes."""
    with database.writing() as tx:
        yield context(tx, now, owners)


def context(tx: Connection, now: datetime, owners: frozenset[str] = frozenset()) -> TenantContext:
    home = list_all_homes(tx)[0]
    return TenantContext(
        tx=tx,
        now=now,
        new_id=_new_id,
        home=home,
        policy=Policy.read(home.policy),
        programme=read_programme(tx, home.tenant_id),
        owners=owners,
    )


def named(world: World, name: str) -> BudgetFact:
    return _found(world, name)[1]


def held(world: World, name: str) -> int:
    """What a budget holds."""
    tenant_id, found = _found(world, name)
    with world.reading() as tx:
        return ledger.find_balance(tx, tenant_id, ledger.budget(found.id))


def _found(world: World, name: str) -> tuple[str, BudgetFact]:
    """Of whatever tenant it is; with that one's id."""
    with world.reading() as tx:
        tenants = {one.tenant_id for one in list_all_homes(tx)}
        every = [(one, fact) for one in tenants for fact in list_budgets(tx, one) if fact.name == name]
    (found,) = every
    return found


def spend(world: World, name: str, points: int, to: str = "Bob Okafor") -> tuple[Send, ...]:
    """As an award does: to somebody's wallet; gives what is to be told then."""
    found = named(world, name)
    with within(world.process.core.database, world.clock()) as ctx:
        wallet = ledger.wallet(world.person(ctx.tx, to))
        post(ctx, "award", [ledger.Posting(ledger.budget(found.id), wallet, points)])
        return after_spending(ctx, found.id)


def post(ctx: TenantContext, kind: str, postings: list[ledger.Posting], **more: Any) -> str:
    act = f"{kind}:{ctx.new_id()}"
    made = ledger.Transaction(kind, act, ctx.now, ctx.now, postings, **more)
    return ledger.post(ctx.tx, ctx.tenant_id, made).transaction_id


def stands_in(world: World, delegate: str, for_whom: str, days: int = 3) -> None:
    """From today on."""
    with within(world.process.core.database, world.clock()) as ctx:
        today = world.clock().date()
        fact = DelegationFact(
            person_id=world.person(ctx.tx, for_whom),
            delegate_id=world.person(ctx.tx, delegate),
            first_on=today,
            last_on=today.replace(day=today.day + days),
        )
        save_delegation(ctx.tx, ctx.tenant_id, fact)
