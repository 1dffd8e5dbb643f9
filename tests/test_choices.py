"""`/my-choices` on both platforms: what holds, how it is changed, and that it holds at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack.blocks import elements
from handlers.purposes import Purpose, choices_of
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def shows(world: World, user: str = "ann") -> str:
    await world.slack.command(user, "#general", "/my-choices")
    return world.whispered(user)


async def test_without_a_choice_the_defaults_are_shown(world: World, rhythm: Rhythm) -> None:
    shown = await shows(world)
    assert "*Leaderboards: yes.*" in shown
    assert "*Celebrations: no.*" in shown
    assert "*Thursday reminder: no.*" in shown
    assert "switched off" not in shown


@pytest.mark.parametrize(
    ("button", "line"),
    [
        ("Leave me off boards", "*Leaderboards: no.*"),
        ("Celebrate my days", "*Celebrations: yes.*"),
        ("Remind me", "*Thursday reminder: yes.*"),
    ],
)
async def test_a_tap_changes_the_card_and_what_holds(world: World, rhythm: Rhythm, button: str, line: str) -> None:
    await shows(world)
    before = world.answer("ann")
    await world.tap("ann", before, button)
    assert line in world.whispered("ann")
    assert line in await shows(world)
    assert line not in await shows(world, "bob")


async def test_there_and_back_again_is_where_it_was(world: World, rhythm: Rhythm) -> None:
    first = await shows(world)
    await world.tap("ann", world.answer("ann"), "Remind me")
    await world.tap("ann", world.answer("ann"), "No more reminders")
    assert world.whispered("ann") == first


async def test_what_the_programme_switched_off_is_told(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(board="off", celebrations=False, reminders=False)
    shown = await shows(world)
    assert shown.count("Your programme has this switched off.") == 3
    rhythm.policy(board="teams")
    assert "name departments only" in await shows(world)


@pytest.mark.parametrize(
    "value", ['{"purpose":"wallet","to":"yes"}', '{"purpose":"board","to":"maybe"}', '{"to":"no"}', "[]", "{"]
)
async def test_what_a_client_made_up_changes_nothing(world: World, rhythm: Rhythm, value: str) -> None:
    await shows(world)
    shown = world.answer("ann")
    _, button = next(elements(shown.blocks))
    button["value"] = value
    await world.slack.press("ann", shown, "choose", value)
    await world.answered()
    assert "I do not know that choice" in world.whispered("ann")
    assert world.one("SELECT COUNT(*) FROM choice") == 0


async def test_the_button_of_a_copied_card_chooses_for_who_presses_it(world: World, rhythm: Rhythm) -> None:
    await shows(world)
    await world.tap("bob", world.answer("ann"), "Leave me off boards")
    with world.reading() as tx:
        held = {name: choices_of(tx, rhythm.tenant, rhythm.person(name).id) for name in ("Ann", "Bob O")}
    assert held["Ann"][Purpose.BOARD]
    assert not held["Bob O"][Purpose.BOARD]


async def test_who_asks_for_reminders_brings_their_zone_along(world: World, rhythm: Rhythm) -> None:
    for user in ("cleo", "bob"):
        await shows(world, user)
        await world.tap(user, world.answer(user), "Remind me")
    zones = "SELECT COUNT(*) FROM schedule WHERE job = 'streak_reminder' AND subject = :zone"
    assert world.one(zones, zone="Asia/Tokyo") == 1
    assert world.one(zones, zone="America/New_York") == 1


async def test_on_teams_it_is_the_same(office: Office) -> None:
    await office.says(office.ann, office.general, "my-choices")
    shown = office.answer(office.ann, office.general)
    assert "**Leaderboards: yes.**" in office.answered(office.ann, office.general)
    await office.taps(office.ann, shown, "Leave me off boards")
    await office.says(office.ann, office.general, "my-choices")
    assert "**Leaderboards: no.**" in office.answered(office.ann, office.general)
    await office.says(office.bob, office.general, "my-choices")
    assert "**Leaderboards: yes.**" in office.answered(office.bob, office.general)


async def test_on_teams_the_card_itself_changes(office: Office) -> None:
    await office.says(office.ann, office.general, "my-choices")
    shown = office.answer(office.ann, office.general)
    await office.taps(office.ann, shown, "Remind me")
    assert "No more reminders" in office.buttons(office.seen(office.ann, shown))
