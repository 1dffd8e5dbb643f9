"""Worlds with an administrator, and what the tests of `/rewards-admin` look at.

On Slack Ann is named in PLAUDIT_OWNERS; on Teams she installed the app.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import text

from bot.sandbox.fake_slack import text_of
from handlers.rules.policy import Policy
from store.audit import AuditFact, list_audit
from store.roles import Role, give_role
from store.tenants import list_all_homes
from tests.world import World, open_world

OWNER = "ann@acme.test"
TABLES = (
    "tenant",
    "workspace",
    "company_value",
    "role",
    "audit",
    "person",
    "ledger_transaction",
    "draft",
    "outbox",
    "budget",
)


@asynccontextmanager
async def open_administration(database_url: str, clock: Any, **more: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, **{"plaudit_owners": OWNER} | more) as world:
        yield world
        await world.settled()
        assert world.books_agree()


async def says(world: World, typed: str, user: str = "ann") -> str:
    """What the administrator is told who types `/rewards-admin` and this."""
    await world.slack.command(user, "#general", "/rewards-admin", typed)
    await world.answered()
    return world.whispered(user)


async def closes(world: World, budget: str) -> str:
    """What the administrator is told who closes a budget by words, and says so when asked."""
    await says(world, f"budgets close {budget}")
    await world.tap("ann", world.answer("ann"), "Close for good")
    return world.whispered("ann")


async def opens(world: World, typed: str, user: str = "ann") -> Any:
    """The form that a word opens."""
    await world.slack.command(user, "#general", "/rewards-admin", typed)
    return await world.form_of(user)


async def fills(world: World, user: str = "ann", **values: Any) -> str:
    """Submits the form that is open, and says what stands there then, with the errors at the fields."""
    view = world.slack.view(user)
    assert view, f"{user} has no form open"
    await world.slack.submit(user, view, values)
    await world.answered()
    shown = world.slack.view(user)
    return text_of(shown.content) + str(shown.errors) if shown else ""


def policy(world: World) -> Policy:
    with world.reading() as tx:
        return Policy.read(list_all_homes(tx)[0].policy)


def stored_policy(world: World) -> dict[str, Any]:
    with world.reading() as tx:
        return dict(list_all_homes(tx)[0].policy)


def audited(world: World) -> list[AuditFact]:
    """The newest first."""
    with world.reading() as tx:
        tenants = {one.tenant_id for one in list_all_homes(tx)}
        return [fact for one in sorted(tenants) for fact in list_audit(tx, one, most=100)]


def appoint(world: World, name: str) -> str:
    """Makes somebody an administrator by the books; their id."""
    with world.process.core.database.writing() as tx:
        person = world.person(tx, name)
        give_role(tx, list_all_homes(tx)[0].tenant_id, Role.ADMINISTRATOR, person, world.clock())
    return person


def everything(world: World) -> dict[str, list[Any]]:
    """All rows that an administrator's act could change."""
    with world.reading() as tx:
        return {
            table: sorted(map(str, tx.execute(text(f"SELECT * FROM {table}"))))  # noqa: S608 - names of ours
            for table in TABLES
        }
