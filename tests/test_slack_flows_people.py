"""People of a Slack workspace: read at the start, kept fresh by events, looked up when they are new."""

from __future__ import annotations

import pytest

from bot.sandbox.fake_slack import Person
from bot.slack import site
from bot.slack.connect import SlackConnector
from store.people import list_persons
from store.tenants import list_all_homes
from tests.conftest import Clock
from tests.world import World, open_world


async def kudos(world: World, typed: str, *, giver: str = "ann") -> str:
    await world.slack.command(giver, "#general", "/kudos", typed)
    told = world.whispered(giver)
    await world.settled()
    return told


async def test_a_workspace_of_many_is_read_page_by_page(database_url: str, clock: Clock) -> None:
    many = [Person(f"UM{n}", f"many{n}", f"Manu Number{n}", f"many{n}@acme.test") for n in range(450)]
    async with open_world(database_url, clock, people=many) as world:
        with world.reading() as tx:
            people = list_persons(tx, list_all_homes(tx)[0].tenant_id)
        told = await kudos(world, "Manu Number449 for coming last")
        pages = [one.arguments for one in world.fake_slack.calls("users.list") if "cursor" in one.arguments]
    assert len(people) == len(world.workspace.people)
    assert [one["limit"] for one in pages] == ["200", "200", "200"]
    assert "<@UM449>" in told
    assert not world.fake_slack.calls("users.info")


async def test_a_workspace_that_could_not_be_read_is_read_again_whatever_went_wrong(
    sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, wrong = SlackConnector.connect, [OSError("the database is away"), KeyError("members")]

    async def connect(self: SlackConnector) -> None:
        if wrong:
            raise wrong.pop()
        await read(self)

    monkeypatch.setattr(SlackConnector, "connect", connect)
    monkeypatch.setattr(site, "RETRY_S", 0.01)
    async with open_world(sqlite_url, clock) as world:
        assert "<@U2>" in await kudos(world, "@bob for being patient")


async def test_who_joins_is_known_at_once(world: World) -> None:
    world.workspace.add_people(Person("U8", "eve", "Eve Adams", "eve@acme.test", tz="Asia/Tokyo"))
    assert (await world.slack.event("team_join", user=world.workspace.user_json("U8"))).ok
    assert "<@U8>" in await kudos(world, "Eve Adams for a good first day")
    assert "a good first day" in world.told("eve")
    assert not world.fake_slack.calls("users.info")


async def test_who_leaves_can_neither_receive_nor_give(world: World) -> None:
    bob = world.workspace.person("bob")
    bob.deleted = True
    assert (await world.slack.event("user_change", user=world.workspace.user_json("U2"))).ok
    assert "Bob Okafor is not active any more" in await kudos(world, "@bob for being there")
    assert "Your account is deactivated here" in await kudos(world, "@cleo for being there", giver="bob")
    assert not any(world.footprint().values())


async def test_who_returns_can_receive_again_and_a_new_name_is_understood(world: World) -> None:
    dora = world.workspace.person("dora")
    dora.deleted, dora.real_name = False, "Dora Back"
    await world.slack.event("user_change", user=world.workspace.user_json("U6"))
    assert "<@U6>" in await kudos(world, "Dora Back for coming back")


async def test_the_same_news_in_any_order_and_number_make_one_person(world: World) -> None:
    world.workspace.add_people(Person("U8", "eve", "Eve Adams", "eve@acme.test"))
    told = world.workspace.user_json("U8")
    for kind in ("user_change", "team_join", "team_join", "user_change"):
        assert (await world.slack.event(kind, user=told)).ok
    assert world.one("SELECT COUNT(*) FROM account WHERE ref = 'U8'") == 1


async def test_somebody_new_is_looked_up_before_the_kudos(world: World) -> None:
    world.workspace.add_people(
        Person("U8", "eve", "Eve Adams", "eve@acme.test"),
        Person("U9", "finn", "Finn Berg", "finn@acme.test"),
    )
    world.workspace.groups["S1"].users.append("U9")
    ways = {"@eve for the mention": "<@U8>", "finn@acme.test for the address": "<@U9>"}
    told = {typed: await kudos(world, typed) for typed in ways}
    assert {typed: who for typed, who in ways.items() if who not in told[typed]} == {}
    group = await kudos(world, "@design for the group")
    assert [one for one in ("<@U2>", "<@U3>", "<@U9>") if one not in group] == []


async def test_many_new_addresses_are_looked_up_together(world: World) -> None:
    new = [Person(f"UN{n}", f"new{n}", f"New Number{n}", f"new{n}@acme.test") for n in range(4)]
    world.workspace.add_people(*new)
    told = await kudos(world, " ".join(one.email for one in new) + " +1 for a good first day")
    assert [one.id for one in new if f"<@{one.id}>" not in told] == [], told


async def test_a_giver_who_is_new_is_looked_up_too(world: World) -> None:
    world.workspace.add_people(Person("U8", "eve", "Eve Adams", "eve@acme.test", tz="Asia/Tokyo"))
    assert "*45* of 50" in await kudos(world, "@bob for a warm welcome", giver="eve")


async def test_where_the_look_up_fails_nothing_is_taken_and_it_can_be_typed_again(world: World) -> None:
    world.workspace.add_people(Person("U8", "eve", "Eve Adams", "eve@acme.test"))
    world.fake_slack.fail("users.info", status=500)
    told = await kudos(world, "@eve for the mention")
    assert "I could not look up who that is just now. Nothing was taken" in told
    assert not any(world.footprint().values())
    assert "<@U8>" in await kudos(world, "@eve for the mention")


async def test_news_without_a_person_are_refused_and_change_nothing(world: World) -> None:
    statuses = [(await world.slack.event("user_change", user=user)).status for user in (None, "U1", {}, {"id": 7})]
    assert all(status == 400 for status in statuses[:3]), statuses
    assert "<@U2>" in await kudos(world, "@bob for still being there")
