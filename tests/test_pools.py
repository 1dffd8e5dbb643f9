"""Reaching something together, as people meet it on both platforms: a post with a bar, one tap, everybody told once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from handlers.vocabulary import AccountRef, Action, Platform, WorkspaceRef
from store import ledger
from store.ledger import Posting, Side, Transaction
from store.tenants import list_all_homes
from tests.administration import audited, open_administration, says
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World

_keys = count(1)


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        for name in ("Ann", "Bob Okafor", "Cléo"):
            grants(opened, name, 50)
        yield opened
        assert opened.cards_without_reason() == set()


def grants(world: World, name: str, points: int) -> None:
    with world.process.core.database.writing() as tx:
        now, wallet = world.clock(), ledger.wallet(world.person(tx, name))
        tenant = list_all_homes(tx)[0].tenant_id
        moved = Transaction("test", f"test:{name}", now, now, [Posting(Side.ISSUED, wallet, points)])
        ledger.post(tx, tenant, moved)


async def starts(world: World, user: str = "ann", channel: str = "#general", **values: Any) -> str:
    """What somebody is told who starts something with this form."""
    await world.slack.command(user, channel, "/rewards", "together")
    await world.tap(user, world.answer(user, channel), "Start something")
    until = (world.clock().date() + timedelta(days=7)).isoformat()
    form = {"title": "Team breakfast", "goal": "30", "until": until, "audience": "here"} | values
    view = await world.form_of(user)
    await world.slack.submit(user, view, form)
    await world.settled()
    shown = world.slack.view(user)
    return text_of(shown.content) + str(shown.errors) if shown else ""


def post(world: World, channel: str = "#general") -> Any:
    return world.slack.messages(channel)[-1]


async def test_a_goal_is_reached_by_taps_and_an_amount_and_everybody_is_told_once(world: World) -> None:
    assert "It is started." in await starts(world, helper=["U3"])
    assert "Ann Lee" in text_of(post(world)) or "<@U1>" in text_of(post(world))
    assert "*0* of 30 points, from 0 people" in text_of(post(world))
    await world.tap("bob", post(world), "Add 10")
    await world.tap("cleo", post(world), "Add 10")
    world.clock.forward(seconds=4)  # taps of three seconds are one edit
    await world.settled()
    assert "*20* of 30 points, from 2 people" in text_of(post(world))
    assert "10 points* of yours are set aside" in world.whispered("bob")
    assert (world.balance("wallet", "Bob Okafor"), world.balance("wallet", "Ann")) == (40, 50)
    await world.tap("ann", post(world), "Another amount")
    view = await world.form_of("ann")
    await world.slack.submit("ann", view, {"points": "25"})
    await world.settled()
    shown = world.slack.view("ann")
    assert shown
    assert "You added 10 points. Thank you! That was all that was missing." in text_of(shown.content)
    assert "*Reached!* 30 points, from 3 people" in text_of(post(world))
    for user in ("ann", "bob", "cleo"):
        assert world.told(user).count("*Team breakfast* is reached") == 1
    work = world.slack.direct("cleo")[-1]
    assert "3 people reached *Team breakfast* together" in text_of(work)
    await world.tap("cleo", work, "It is done")
    await world.settled()
    assert "and Cléo Martin saw to it" in world.told("bob")
    assert "It is *done*" in text_of(post(world))
    assert world.balance("wallet", "Ann") == 40


async def test_whoever_started_it_and_sees_to_it_hears_once_and_not_of_themselves(world: World) -> None:
    await starts(world, goal="10", helper=["U1"])
    await world.tap("bob", post(world), "Add 10")
    await world.settled()
    told = world.told("ann")
    assert "1 person reached *Team breakfast* together, with 10 points. You started it." in told
    assert "It is yours to see to: say here when it is done." in told
    assert "is reached" not in told
    assert "is reached" in world.told("bob")
    await world.tap("ann", world.slack.direct("ann")[-1], "It is done")
    await world.settled()
    assert "You started it.\n*Done*, says Ann Lee." in world.told("ann")


async def test_what_is_not_reached_goes_back_and_is_told_once(world: World, clock: Clock) -> None:
    rhythm = Rhythm(world)
    await rhythm.begin()
    await starts(world)
    await world.tap("bob", post(world), "Add 10")
    last = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)
    await rhythm.at(last)
    assert world.balance("wallet", "Bob Okafor") == 40, "its last day is still a day"
    await rhythm.at(last + timedelta(days=1))
    assert world.balance("wallet", "Bob Okafor") == 50
    for user in ("ann", "bob"):
        assert world.told(user).count("was not reached by Wednesday 25 November") == 1
    assert "*Over.* It was not reached" in text_of(post(world))
    await rhythm.at(last + timedelta(days=2))
    assert world.told("bob").count("was not reached") == 1


async def test_ones_own_part_can_be_taken_back_and_the_whole_be_cancelled(world: World) -> None:
    await starts(world)
    for user in ("bob", "cleo"):
        await world.tap(user, post(world), "Add 10")
    await world.tap("bob", world.answer("bob"), "Take mine back")
    assert "Your 10 points are back in your wallet." in world.whispered("bob")
    await world.slack.command("ann", "#general", "/rewards", "together")
    assert "*Team breakfast*: 10 of 30 points" in world.whispered("ann")
    await world.tap("ann", world.answer("ann"), "Open Team breakfast")
    await world.tap("ann", world.answer("ann"), "Cancel it")
    await world.settled()
    assert world.balance("wallet", "Cléo") == 50
    assert "was cancelled" in world.told("cleo")
    assert "was cancelled" not in world.told("bob"), "none of theirs was in it"
    assert "*Cancelled.*" in text_of(post(world))


async def test_only_who_is_invited_sees_what_is_not_posted(world: World) -> None:
    before = len(world.slack.messages("#general"))
    assert "Nobody would see it" in await starts(world, audience="invited")
    await starts(world, audience="invited", invited=["U2"])
    assert len(world.slack.messages("#general")) == before
    invitation = world.slack.direct("bob")[-1]
    assert "Team breakfast" in text_of(invitation)
    assert "Nothing is open near you" in await together(world, "cleo")
    assert "Team breakfast" in await together(world, "bob")
    assert forged(world, "cleo", "pool_add", points="10") == "no_pool"
    assert forged(world, "bob", "pool_add", points="10") == "done"
    assert (world.balance("wallet", "Cléo"), world.balance("wallet", "Bob Okafor")) == (50, 40)


async def together(world: World, user: str) -> str:
    await world.slack.command(user, "#general", "/rewards", "together")
    return world.whispered(user)


async def test_only_its_starter_cancels_and_only_its_helper_says_done(world: World) -> None:
    await starts(world, goal="10")
    assert forged(world, "bob", "pool_cancel") == "not_yours"
    await world.tap("cleo", post(world), "Add 10")
    assert forged(world, "bob", "pool_done") == "not_yours_to_do"
    assert forged(world, "cleo", "pool_back") == "pool_ended"
    assert forged(world, "ann", "pool_cancel") == "pool_ended"
    assert [forged(world, "ann", "pool_done") for _ in range(2)] == ["done", "done"]
    assert world.one("SELECT done_by FROM pool") == world.one("SELECT starter_id FROM pool")
    assert world.balance("wallet", "Cléo") == 40


def forged(world: World, user: str, act: str, **values: str) -> str:
    """What becomes of a button that was never shown to somebody, on the newest goal."""
    who = AccountRef(WorkspaceRef(Platform.SLACK, "T1"), {"ann": "U1", "bob": "U2", "cleo": "U3"}[user])
    pool = str(world.one("SELECT MAX(id) FROM pool"))
    request = Action(key=f"forged-{next(_keys)}", who=who, name=act, values={"id": pool} | values, wired=False)
    return world.process.dispatcher.dispatch(request).outcome


async def test_who_starts_goals_is_decided_by_the_policy(world: World) -> None:
    assert "*Changed*" in await says(world, "setup together owners")
    await world.slack.command("bob", "#general", "/rewards", "together")
    await world.tap("bob", world.answer("bob"), "Start something")
    assert "started by whoever has a budget" in world.whispered("bob")
    await says(world, "budgets add @bob 100 month Marketing")
    assert "It is started." in await starts(world, "bob")


async def test_a_goal_that_somebody_would_have_to_agree_to_is_not_for_everybody(world: World) -> None:
    """Without a worth of points that is from 1,000 on, unless there is a rule."""
    assert "goal" in await starts(world, "bob", goal="5,000")
    assert world.one("SELECT COUNT(*) FROM pool") == 0
    assert "It is started." in await starts(world, "ann", goal="5,000")


async def test_mistakes_in_the_form_are_told_at_their_field(world: World) -> None:
    for values in (
        {"title": ""},
        {"title": "\u200b\u2066"},
        {"goal": "many"},
        {"until": "yesterday"},
        {"until": "2020-01-01"},
    ):
        told = await starts(world, **values)
        assert next(iter(values)) in told, values
    assert world.one("SELECT COUNT(*) FROM pool") == 0


async def test_on_teams(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "kudos @Bob Okafor +10 for the release")
        await office.says(office.ann, office.general, "rewards together")
        await start_on_teams(office)
        (shown,) = [one for one in office.posts(office.general) if "Team breakfast" in str(one)]
        await office.taps(office.bob, shown, "pool_add")
        await office.settled()
        assert office.wallet(office.bob) == 0
        assert "**Team breakfast** is reached" in office.told(office.bob)


async def start_on_teams(office: Office) -> None:
    await office.teams.task_fetch(office.ann, {"act": "pool_form"}, conversation=office.general)
    until = (office.world.clock().date() + timedelta(days=7)).isoformat()
    await office.teams.task_submit(
        office.ann, {"title": "Team breakfast", "goal": "10", "until": until, "audience": "here"}
    )
    await office.settled()


async def test_what_cannot_be_had_after_all_gives_everybody_their_points_back(world: World) -> None:
    await starts(world, goal="20", helper=["U3"])
    for user in ("ann", "bob"):
        await world.tap(user, post(world), "Add 10")
    await world.settled()
    assert forged(world, "bob", "pool_give_up") == "not_yours_to_do"
    await world.tap("cleo", world.slack.direct("cleo")[-1], "It cannot be had")
    await world.settled()
    assert [forged(world, "cleo", one) for one in ("pool_give_up", "pool_done")] == ["done", "done"]
    assert (world.balance("wallet", "Ann"), world.balance("wallet", "Bob Okafor")) == (50, 50)
    assert "*Reached, but it could not be had.* Everybody has their points back." in text_of(post(world))
    assert world.told("bob").count("could not be had") == 1 + 1, "the message of its end follows, and a new one comes"
    await world.slack.command("bob", "#general", "/rewards", "statement")
    assert "Back from Team breakfast, *10 in*" in world.whispered("bob")
    assert [one.act for one in audited(world)] == ["shared goal given back"]
    assert world.books_agree()


async def test_administrators_cancel_a_goal_of_somebody_else(world: World) -> None:
    await starts(world, "bob")
    await world.tap("ann", post(world), "My part")
    await world.tap("ann", world.answer("ann"), "Cancel it")
    await world.settled()
    assert "*Cancelled.*" in text_of(post(world))


async def test_every_goal_near_somebody_is_reached_page_by_page(world: World) -> None:
    for number in range(1, 7):
        await starts(world, "ann" if number < 6 else "bob", title=f"Goal {number}")
    shown = await together(world, "cleo")
    assert ("Goal 5" in shown, "Goal 6" in shown, "And 1 other." in shown) == (True, False, True)
    await world.tap("cleo", world.answer("cleo"), "More")
    assert ("Goal 5" in world.whispered("cleo"), "Goal 6" in world.whispered("cleo")) == (False, True)
