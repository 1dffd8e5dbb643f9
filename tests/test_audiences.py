"""Who sees a recognition: the audience that its giver chose, and what stays among those who were there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World

WORDS = "between the lines"


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def sends(world: World, user: str = "ann", **values: Any) -> None:
    view = await world.open_form(user)
    await world.slack.submit(user, view, {"receivers": ["U2"], "reason": WORDS} | values)
    await world.settled()


def stored(world: World) -> tuple[str, bool]:
    return world.one("SELECT audience FROM recognition"), bool(world.one("SELECT public FROM recognition"))


def anywhere(world: World) -> str:
    return "\n".join(world.shown(one) for one in ("#general", "#kudos", "#teamwork"))


async def test_the_wall_is_the_recognition_channel_and_everybody_may_read_it(world: World) -> None:
    await sends(world, audience="wall")
    assert WORDS in world.shown("#kudos")
    assert WORDS not in world.shown("#general")
    assert stored(world) == ("wall", True)


async def test_words_alone_cost_nothing(world: World) -> None:
    await sends(world, points="0")
    assert WORDS in world.shown("#general")
    assert WORDS in world.told("bob")
    assert world.one("SELECT COUNT(*) FROM ledger_transaction") == 0
    await world.tap("ann", world.slack.view("ann"), "Undo")  # type: ignore[arg-type]
    await world.settled()
    assert "took back" in world.shown("#general")
    assert world.books_agree()


async def test_people_in_copy_read_along_and_nobody_else(world: World) -> None:
    await sends(world, audience="copied", copied=["U3"])
    assert WORDS in world.told("cleo")
    assert "wants you to read it" in world.told("cleo")
    assert WORDS not in anywhere(world)
    assert stored(world) == ("copied", False)
    assert world.balance("wallet", "Cléo") == 0


async def test_who_is_thanked_and_in_copy_hears_once(world: World) -> None:
    await sends(world, audience="copied", copied=["U2", "U3"])
    assert world.told("bob").count(WORDS) == 1
    sent = str(world.slack.view("ann"))
    assert "<@U3> can read along" in sent
    assert "<@U2> and <@U3> can" not in sent


async def test_receivers_are_not_the_people_in_copy(world: World) -> None:
    view = await world.open_form("ann")
    given = {"receivers": ["U2"], "reason": WORDS, "audience": "copied", "copied": ["U2", "U1"]}
    await world.slack.submit("ann", view, given)
    assert "Name somebody in copy" in str(view.errors)


async def test_the_managers_of_receivers_are_one_choice(world: World) -> None:
    rhythm = Rhythm(world)
    await rhythm.begin()
    world.change(
        "INSERT INTO person_record (tenant_id, person_id, department, manager_id) VALUES (:t, :p, '', :m)",
        t=rhythm.tenant,
        p=rhythm.person("Bob O").id,
        m=rhythm.person("Cléo").id,
    )
    await sends(world, audience="managers")
    assert WORDS in world.told("cleo")
    assert WORDS not in anywhere(world)


async def test_a_receiver_reads_who_else_can_read_it(world: World) -> None:
    await sends(world, audience="receivers")
    assert "Nobody else can read it." in world.told("bob")
    await sends(world, audience="copied", copied=["U2", "U3"], reason="the second one")
    assert "<@U3> can read along, and nobody else." in world.told("bob")
    await sends(world, reason="for everybody to read")
    assert world.told("bob").count("nobody else") + world.told("bob").count("Nobody else") == 2


async def test_a_manager_is_not_in_copy_of_their_own_words(world: World) -> None:
    rhythm = Rhythm(world)
    await rhythm.begin()
    world.change(
        "INSERT INTO person_record (tenant_id, person_id, department, manager_id) VALUES (:t, :p, '', :m)",
        t=rhythm.tenant,
        p=rhythm.person("Bob O").id,
        m=rhythm.person("Ann").id,
    )
    await sends(world, audience="managers", copied=["U1"])
    assert stored(world) == ("receivers", False)
    assert "Nobody else can read it." in world.told("bob")
    assert "can read along" not in str(world.slack.view("ann"))


async def test_an_unknown_manager_is_told_at_the_field(world: World) -> None:
    view = await world.open_form("ann")
    await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": WORDS, "audience": "managers"})
    assert "I do not know who the manager of" in str(view.errors)
    assert world.one("SELECT COUNT(*) FROM recognition") == 0


async def test_copies_for_nobody_are_told_at_the_field(world: World) -> None:
    view = await world.open_form("ann")
    await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": WORDS, "audience": "copied"})
    assert "Name somebody in copy" in str(view.errors)


async def test_what_is_said_in_a_private_channel_is_on_no_wall(world: World) -> None:
    world.workspace.conversation("#secret").members.append(world.workspace.bot.id)
    await world.slack.event("member_joined_channel", user=world.workspace.bot.id, channel="C5", channel_type="G")
    await world.slack.command("ann", "#secret", "/kudos", f"@bob for {WORDS}")
    await world.settled()
    assert WORDS in world.shown("#secret")
    assert WORDS not in anywhere(world)
    assert stored(world) == ("here", False)


async def test_on_teams_only_the_recognition_channel_is_everybodys(office: Office) -> None:
    await office.says(office.ann, office.lunch, f"kudos @Bob Okafor for {WORDS}")
    assert not office.world.one("SELECT public FROM recognition")
    await office.says(office.ann, office.general, "kudos @Bob Okafor for all to read")
    assert office.world.one("SELECT COUNT(*) FROM recognition WHERE public") == 1


async def test_what_is_said_in_a_team_stays_there_on_both_platforms(database_url: str, clock: Clock) -> None:
    async with open_office(database_url, clock, with_slack=True) as office:
        team = office.teams.channel("Merger", "Board of directors", office.ann, office.bob, installed=False)
        await office.teams.install(team, office.ann)
        await office.settled()
        await office.says(office.ann, team, f"kudos @Bob Okafor for {WORDS}")
        assert WORDS in office.shown(team)
        assert WORDS not in anywhere(office.world) + office.shown(office.general)
        assert stored(office.world) == ("here", False)
        assert "It is posted here" in office.told(office.bob)
        assert "Everyone can read it" not in office.told(office.bob)


async def test_a_team_that_takes_no_posts_keeps_its_words(office: Office) -> None:
    team = office.teams.channel("Merger", "Board of directors", office.ann, office.bob, installed=False)
    await office.teams.install(team, office.ann)
    await office.settled()
    office.teams.fail("send", status=403, conversation=team.id)
    await office.opens_form(office.ann, team)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason=f"for {WORDS}")
    assert WORDS not in office.shown(office.general)
    assert "could not be posted" in office.told(office.ann)
    assert WORDS in office.told(office.bob)
