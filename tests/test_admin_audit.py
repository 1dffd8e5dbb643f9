"""The audit and the health of the programme, as an administrator reads them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.fake_slack import text_of
from handlers import registry
from handlers.admin_health import TITLES
from store.audit import AuditFact, add_audit
from store.tenants import list_all_homes
from tests.administration import open_administration, says
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


async def test_the_audit_tells_who_changed_what_when_and_why_in_the_readers_zone(world: World) -> None:
    assert "Nobody has changed anything yet" in await says(world, "audit")
    await says(world, "setup allowance 60")
    await says(world, "setup zone Asia/Tokyo")
    await says(world, "grant @bob @cleo +50 for the launch")
    await says(world, "values retire #craft")
    await says(world, "deactivate bob.tanaka@acme.test for leaving")
    told = await says(world, "audit")
    assert "*18 Nov 2026, 11:00* Ann Lee: person deactivated" in told, "Ann is in Berlin"
    assert "Bob Tanaka. “leaving”" in told
    assert "Bob Okafor, Cléo Martin; points: 50. “the launch”" in told
    assert "Points to give in a period: 50 → 60" in told
    assert "→ Asia/Tokyo" in told
    assert "value: #craft" in told
    assert "fingerprint" not in told
    assert told.index("person deactivated") < told.index("value retired") < told.index("points granted")


@pytest.mark.parametrize("reason", ["&" * 500, "<b>*_" * 100, "a" * 500])
async def test_the_longest_reasons_never_keep_the_audit_from_being_read(world: World, reason: str) -> None:
    await says(world, "menu")
    with world.process.core.database.writing() as tx:
        tenant = list_all_homes(tx)[0].tenant_id
        for number in range(10):
            fact = AuditFact(
                id=f"{number}", at=world.clock(), actor_id="gone", act="points granted", details={}, reason=reason
            )
            add_audit(tx, tenant, fact)
    assert (await says(world, "audit")).count("points granted") == 10


async def test_older_changes_are_a_page_further(world: World) -> None:
    for number in range(23):
        await says(world, f"setup allowance {100 + number}")
    seen = []
    await says(world, "audit")
    message = world.answer("ann")
    for _ in range(3):
        seen.append(text_of(message.content).count("set-up changed"))
        if seen[-1] == 10:
            await world.tap("ann", message, "Older")
    assert seen == [10, 10, 3]
    assert "50 → 100" in text_of(message.content)
    await world.tap("ann", message, "Newest")
    assert "121 → 122" in text_of(message.content)


async def test_health_tells_what_works(world: World) -> None:
    await world.process.ticks.plan()
    await says(world, "grant @bob +50 for the launch")
    await world.settled()
    told = await says(world, "health")
    assert "Slack, connected. Recognitions go to #kudos, and I can post there" in told
    assert "*People*:" in told
    assert "no message waits longer than usual" in told
    assert "transactions agree" in told
    assert "in the last week: none" in told
    assert "What comes next" in told


async def test_health_tells_what_is_wrong_and_what_to_do(world: World) -> None:
    world.hold_back()
    await world.slack.command("ann", "#general", "/kudos", "@bob +5 for the release")
    world.clock.forward(minutes=5)
    assert "*Waiting*:" in await says(world, "health")
    assert "longer than usual. Slack or Teams may be slow" in world.whispered("ann")
    world.let_go()
    world.workspace.conversation("general").is_archived = True
    world.workspace.conversation("kudos").is_archived = True
    await world.settled()
    told = await says(world, "health")
    assert "posts in #general: it was archived, or I was removed from it" in told
    assert "The recognition channel #kudos is archived: choose another one in Set-up" in told
    world.workspace.conversation("general").is_archived = False


async def test_health_sees_books_that_do_not_agree(world: World) -> None:
    await says(world, "grant @bob +50 for the launch")
    world.change("UPDATE ledger_account SET balance = 51 WHERE kind = 'wallet'")
    assert "something differs" in await says(world, "health")
    world.change("UPDATE ledger_account SET balance = 50 WHERE kind = 'wallet'")
    assert "transactions agree" in await says(world, "health")


def test_everything_that_is_scheduled_has_a_title() -> None:
    registry.load()
    assert set(registry.ticks) <= set(TITLES)
