"""Ordering as people meet it, on both platforms: a form, one message that follows, cards of those who hand out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_teams import text_of as teams_text
from handlers.vocabulary import AccountRef, Platform, Submission, WorkspaceRef
from store import ledger
from store.catalogue import RewardFact, add_reward
from store.ledger import Posting, Side, Transaction
from store.tenants import list_all_homes
from tests.shop import KEY
from tests.teams_world import Office, open_office
from tests.world import World, open_world


def stock_up(world: World, tenant: str, person_id: str, helper_id: str, **more: Any) -> None:
    """Somebody has 100 points, and there is a mug for 40 that a colleague hands out."""
    with world.process.core.database.writing() as tx:
        now, wallet = world.clock(), [Posting(Side.ISSUED, ledger.wallet(person_id), 100)]
        ledger.post(tx, tenant, Transaction("test", "test:1", now, now, wallet))
        fact: dict[str, Any] = {
            "id": "mug",
            "code": "mug",
            "title": "Coffee mug",
            "category": "swag",
            "price": 40,
            "least_points": 40,
        }
        by_hand: dict[str, Any] = {"fulfilment": "manual", "settings": {"people": [helper_id]}}
        add_reward(tx, tenant, RewardFact(**fact | by_hand | more))


def ask_what_it_takes(world: World, who: AccountRef, key: str = "yesterday") -> None:
    """A form of yesterday, with another price: the answer has the button to what it takes now."""
    context = {"reward": "mug", "price": "30/30/0/"}
    world.process.dispatcher.dispatch(Submission(key=key, who=who, form="redeem", context=context, wired=False))


@pytest.fixture
async def slack(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_secret_keys=KEY) as opened:
        yield opened
        assert opened.books_agree()


async def test_on_slack_a_reward_is_ordered_handed_over_and_its_code_read(slack: World) -> None:
    world = slack
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    with world.reading() as tx:
        tenant, ann, bob = list_all_homes(tx)[0].tenant_id, world.person(tx, "Ann"), world.person(tx, "Bob Okafor")
    stock_up(world, tenant, ann, bob, least_points=30, value_minor=1000, currency="EUR")
    ask_what_it_takes(world, AccountRef(WorkspaceRef(Platform.SLACK, "T1"), "U1"))
    await world.settled()
    await world.tap("ann", world.slack.direct("ann")[-1], "See what it takes now")
    view = await world.form_of("ann")
    assert "takes 40 points. You have 100, and can pay a part yourself" in text_of(view)
    await world.slack.submit("ann", view, {"pay": "30"})
    await world.settled()
    mine, work = world.slack.direct("ann")[-1], world.slack.direct("bob")[-1]
    assert "Coffee mug* is ordered" in text_of(mine)
    assert "2.50 EUR* from your own pocket" in text_of(mine)
    await world.tap("bob", work, "I start on it")
    await world.settled()
    assert "is on its way" in text_of(world.slack.direct("ann")[-1])
    await world.tap("bob", world.slack.direct("bob")[-1], "Done")
    await world.slack.submit(
        "bob", await world.form_of("bob"), {"note": "In your mail.", "code": "MUG-1", "paid": "yes"}
    )
    await world.settled()
    news = world.slack.direct("ann")[-1]
    assert "is yours" in text_of(news)
    assert "MUG-1" not in world.told("ann")
    await world.tap("ann", news, "Show my code")
    assert "MUG-1" in "\n".join(text_of(one) for one in world.slack.ephemerals("ann", news.channel))
    await world.slack.command("ann", "#general", "/rewards", "orders")
    assert "handed over" in world.whispered("ann")
    assert world.balance("wallet", "Ann") == 70


async def test_on_teams_a_reward_is_ordered_cancelled_ordered_again_and_declined(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
        ann, bob = office.member(office.ann), office.member(office.bob)
        assert ann
        assert bob
        stock_up(office.world, office.home.tenant_id, ann.id, bob.id, stock=1)
        where = WorkspaceRef(Platform.TEAMS, office.teams.world.tenant_id)
        ask_what_it_takes(office.world, AccountRef(where, office.ann.id))
        await office.settled()
        door = office.directs(office.ann)[-1]
        await _order(office, door)
        mine = office.directs(office.ann)[-1]
        assert "Coffee mug** is ordered" in teams_text(mine)
        await office.taps(office.ann, mine, "order_cancel")
        assert "You cancelled" in teams_text(office.directs(office.ann)[-1])
        assert "**Cancelled** by whoever ordered it" in office.told(office.bob)
        await _order(office, door)
        work = office.directs(office.bob)[-1]
        await office.taps(office.bob, work, "Decline")
        await office.teams.task_submit(office.bob, {"reason": "The kiln broke."})
        await office.settled()
        assert "The kiln broke." in teams_text(office.directs(office.ann)[-1])
        assert office.wallet(office.ann) == 100


async def _order(office: Office, door: Any) -> None:
    await office.taps(office.ann, door, "See what it takes now")
    assert "takes 40 of your 100 points" in office.dialog(office.ann)
    await office.teams.task_submit(office.ann, {})
    await office.settled()
