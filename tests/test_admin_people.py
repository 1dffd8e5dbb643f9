"""People and administrators on Slack: who takes part, and who runs it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import Person
from handlers import admin_roles
from handlers.vocabulary import AccountRef, Command, Platform, WorkspaceRef
from store.db import Connection
from store.people import list_persons
from store.roles import Role, give_role, take_role
from store.tenants import list_all_homes, lock_policy
from tests.administration import appoint, audited, fills, open_administration, opens, says
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


async def kudos(world: World, giver: str, typed: str) -> str:
    await world.slack.command(giver, "#general", "/kudos", typed)
    return world.whispered(giver)


# --- who takes part ---------------------------------------------------------------------------------------


async def test_who_is_deactivated_neither_gives_nor_receives_and_keeps_their_points(world: World) -> None:
    await kudos(world, "ann", "@bob +5 for the release")
    told = await says(world, "deactivate @bob because he is on a long leave")
    assert "<@U2>" in told
    assert "Your account is deactivated here" in await kudos(world, "bob", "@ann for something")
    assert "Bob Okafor is not active any more" in await kudos(world, "ann", "@bob for something")
    assert world.balance("wallet", "Bob Okafor") == 5
    [fact] = audited(world)
    assert (fact.act, fact.reason) == ("person deactivated", "he is on a long leave")


async def test_the_directory_does_not_activate_whom_an_administrator_deactivated(world: World) -> None:
    await says(world, "deactivate @bob")
    await world.slack.event("user_change", user=world.workspace.user_json("U2"))
    assert "is not active any more" in await kudos(world, "ann", "@bob for something")
    await says(world, "people")
    await world.tap("ann", world.answer("ann"), "Activate Bob Okafor")
    assert "*Sent.*" in await kudos(world, "ann", "@bob for something")
    assert [one.act for one in audited(world)] == ["person activated", "person deactivated"]


async def test_several_are_deactivated_by_the_form_with_a_reason(world: World) -> None:
    await says(world, "people")
    await world.tap("ann", world.answer("ann"), "Deactivate")
    await world.form_of("ann")
    told = await fills(world, who=["U2", "U3"], reason="moved to another company")
    assert "<@U2>" in told
    assert "<@U3>" in told
    assert [one.reason for one in audited(world)] == ["moved to another company"] * 2
    await says(world, "activate bob@acme.test")
    assert "*Sent.*" in await kudos(world, "bob", "@ann for waiting")


REFUSED = {
    "deactivate @ann": "cannot deactivate yourself",
    "deactivate robo": "is an app",
    "deactivate": "Whom do you mean",
    "deactivate @bob @cleo": "One person at a time",
    "deactivate nobody@else.test": "I cannot find “nobody@else.test”",
    "deactivate bob": "could be Bob Okafor or Bob Tanaka",
    "activate @bob": "takes part already",
    "activate dora@acme.test": "switched off in your directory",
}


async def test_what_cannot_be_is_told(world: World) -> None:
    told = {typed: await says(world, typed) for typed in REFUSED}
    assert {typed: told[typed] for typed, part in REFUSED.items() if part not in told[typed]} == {}
    assert audited(world) == []


async def test_an_owner_is_not_deactivated_here(world: World) -> None:
    appoint(world, "Bob Okafor")
    assert "PLAUDIT_OWNERS" in await says(world, "deactivate ann@acme.test", "bob")


async def test_what_was_done_is_said_first_and_noted_once_with_its_first_date(world: World) -> None:
    assert "Bob Okafor takes part no more." in await says(world, "deactivate @bob")
    assert "1 more has left or is deactivated" not in world.whispered("ann"), "Dora left, too"
    since = "SELECT deactivated_at FROM person WHERE name = 'Bob Okafor'"
    first = world.one(since)
    world.clock.forward(hours=1)
    assert "Bob Okafor was deactivated before." in await says(world, "deactivate @bob")
    assert (world.one(since), len(audited(world))) == (first, 1)
    assert "Bob Okafor takes part again." in await says(world, "activate @bob")
    assert "1 more has left or is deactivated" in world.whispered("ann")
    assert "Cléo Martin is an administrator now." in await says(world, "admins add @cleo")
    assert "Cléo Martin is an administrator no more." in await says(world, "admins remove @cleo")


async def test_whoever_the_directory_switched_off_is_deactivated_with_a_note(world: World) -> None:
    assert "Dora" in await says(world, "deactivate dora@acme.test for leaving us")
    assert [(one.act, one.reason) for one in audited(world)] == [("person deactivated", "leaving us")]


# --- who runs it ------------------------------------------------------------------------------------------


async def test_administrators_are_named_and_removed_by_words_form_and_button(world: World) -> None:
    assert "*Owners*: <@U1>" in await says(world, "admins")
    assert "<@U2>" in await says(world, "admins add @bob")
    assert "Run Plaudit" in await says(world, "", "bob")
    await world.tap("ann", world.answer("ann"), "Name somebody")
    await world.form_of("ann")
    assert "<@U3>" in await fills(world, who=["U3"])
    await says(world, "admins")
    await world.tap("ann", world.answer("ann"), "Remove Bob Okafor")
    assert "for the people who run Plaudit" in await says(world, "", "bob")
    assert "Run Plaudit" in await says(world, "", "cleo")
    assert [one.act for one in audited(world)] == [
        "administrator removed",
        "administrator added",
        "administrator added",
    ]


async def test_owners_are_not_removed_here_and_guests_are_not_named(world: World) -> None:
    assert "PLAUDIT_OWNERS, so I cannot change it here" in await says(world, "admins remove @ann")
    assert "cannot be an administrator" in await says(world, "admins add @gus")
    assert "cannot be an administrator" in await says(world, "admins add dora@acme.test")
    assert "is no administrator" in await says(world, "admins remove @bob")
    assert audited(world) == []


async def test_the_last_one_stays_where_no_owner_is(database_url: str, clock: Clock) -> None:
    async with open_administration(database_url, clock, plaudit_owners="") as world:
        appoint(world, "Bob Okafor")
        assert "that is the last one" in await says(world, "admins remove @bob", "bob")
        await says(world, "admins add @cleo", "bob")
        assert "You are an administrator no more" in await says(world, "admins remove @bob", "bob")
        assert "Run Plaudit" in await says(world, "", "cleo")


async def test_whoever_left_does_not_count_as_the_one_who_is_still_there(database_url: str, clock: Clock) -> None:
    async with open_administration(database_url, clock, plaudit_owners="gone@acme.test") as world:
        for name in ("Bob Okafor", "Dora"):
            appoint(world, name)
        assert "<@U6> (not active any more)" in await says(world, "admins", "bob")
        assert "that is the last one" in await says(world, "admins remove @bob", "bob")


async def test_nobody_is_picked(world: World) -> None:
    await says(world, "admins")
    await world.tap("ann", world.answer("ann"), "Name somebody")
    view = await world.form_of("ann")
    await fills(world, who=[])
    assert "required" in str(view.errors)
    await opens(world, "limits")


RACES = [("admins remove", "admins remove"), ("deactivate", "deactivate"), ("admins remove", "deactivate")]


@pytest.mark.parametrize("words", RACES)
async def test_two_who_put_each_other_out_at_once_leave_one(
    database_url: str, clock: Clock, words: tuple[str, str]
) -> None:
    async with open_administration(database_url, clock, plaudit_owners="") as world:
        for name in ("Bob Okafor", "Cléo"):
            appoint(world, name)
        asked = [
            typed("U2", f"{words[0]} cleo@acme.test"),
            typed("U3", f"{words[1]} bob@acme.test"),
        ]
        outcomes = await asyncio.gather(*(asyncio.to_thread(world.process.dispatcher.dispatch, one) for one in asked))
        assert [one.outcome for one in outcomes].count("done") == 1
        assert len(audited(world)) == 1


@pytest.mark.parametrize("words", ["deactivate bob.tanaka@acme.test", "admins add bob.tanaka@acme.test"])
async def test_who_was_removed_while_they_waited_changes_nothing(
    database_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    """Bob's removal is there by the moment that Bob's request has the tenant's lock."""
    async with open_administration(database_url, clock, plaudit_owners="") as world:
        bob = appoint(world, "Bob Okafor")
        appoint(world, "Cléo")

        def removed_meanwhile(tx: Connection, tenant_id: str) -> dict[str, Any]:
            take_role(tx, tenant_id, Role.ADMINISTRATOR, bob)
            return lock_policy(tx, tenant_id)

        monkeypatch.setattr(admin_roles, "lock_policy", removed_meanwhile)
        assert "for the people who run Plaudit" in await says(world, words, "bob")
        assert audited(world) == []


def typed(user: str, words: str) -> Command:
    who = AccountRef(WorkspaceRef(Platform.SLACK, "T1"), user)
    return Command(key=f"race:{user}:{words}", who=who, name="rewards-admin", text=(words,))


async def test_many_administrators_are_shown_as_far_as_a_message_holds(database_url: str, clock: Clock) -> None:
    crowd = [Person(f"UX{number}", f"x{number}", "&" * 75 + f"{number}") for number in range(100)]
    async with open_administration(database_url, clock, people=crowd) as world:
        await says(world, "people")
        with world.process.core.database.writing() as tx:
            home = list_all_homes(tx)[0]
            for one in list_persons(tx, home.tenant_id):
                if one.name.startswith("&"):
                    give_role(tx, home.tenant_id, Role.ADMINISTRATOR, one.id, world.clock())
        assert "and 88 more. /rewards-admin admins remove @somebody" in await says(world, "admins")
