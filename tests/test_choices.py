"""`/my-choices` on both platforms: what holds, how it is changed, and that it holds at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_slack.blocks import elements
from handlers.purposes import BY_PURPOSE, RULES, Purpose, choices_of
from handlers.rules.policy import Policy
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


async def test_there_and_back_again_is_where_it_was_by_ones_own_choice(world: World, rhythm: Rhythm) -> None:
    first = await shows(world)
    await world.tap("ann", world.answer("ann"), "Remind me")
    await world.tap("ann", world.answer("ann"), "No more reminders")
    last = world.whispered("ann")
    assert last.replace("Your choice.", "The usual.") == first
    assert "*Thursday reminder: no.* You get no notes about thanking others.\nYour choice." in last


async def test_every_purpose_is_shown_with_a_way_to_the_opposite(world: World, rhythm: Rhythm) -> None:
    shown = await shows(world)
    for rule in RULES:
        assert f"*{rule.label}: {'yes' if rule.default else 'no'}.*" in shown
        assert (rule.say_no if rule.default else rule.say_yes) in shown


async def test_whose_decision_it_is_is_told(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(purposes={"board": False, "profile": False})
    rhythm.chose("Ann", Purpose.PROFILE, True)
    shown = await shows(world)
    assert f"{BY_PURPOSE[Purpose.BOARD].otherwise}\nYour organisation's choice." in shown
    assert f"{BY_PURPOSE[Purpose.PROFILE].meaning}\nYour choice." in shown
    assert f"{BY_PURPOSE[Purpose.WALL].meaning}\nThe usual." in shown


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
        held = {name: choices_of(tx, rhythm.tenant, Policy(), rhythm.person(name).id) for name in ("Ann", "Bob O")}
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


# --- being away -------------------------------------------------------------------------------------------


async def is_away(world: World, first: str, last: str) -> str:
    """What stands there once these days were told."""
    await shows(world)
    await world.tap("ann", world.answer("ann"), "I am away")
    view = await world.form_of("ann")
    await world.slack.submit("ann", view, {"first": first, "last": last})
    await world.answered()
    after = world.slack.view("ann")
    assert after
    return text_of(after) + str(after.errors)


@pytest.mark.parametrize(
    ("first", "last"), [("2026-12-24", "2027-01-01"), ("24 Dec", "1 Jan 2027"), ("24.12.", "1 Jan")]
)
async def test_whoever_is_away_says_so_with_two_dates(world: World, rhythm: Rhythm, first: str, last: str) -> None:
    told = await is_away(world, first, last)
    assert "*You are away* from Thursday 24 December to Friday 1 January." in told
    assert "*You are away*" in await shows(world)
    assert "*You are here.*" in await shows(world, "bob")
    await shows(world)
    await world.tap("ann", world.answer("ann"), "I am here")
    assert "*You are here.*" in world.whispered("ann")
    assert world.one("SELECT COUNT(*) FROM away") == 0


async def test_days_that_are_over_are_forgotten(world: World, rhythm: Rhythm, clock: Any) -> None:
    await is_away(world, "2026-11-18", "2026-11-20")
    clock.forward(days=3)
    assert "*You are here.*" in await shows(world)


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2026-12-24", "2026-12-20", "before the first day"),
        ("2026-11-01", "2026-11-17", "These days are over"),
        ("2026-12-24", "2028-12-24", "more than a year"),
        ("soon", "2026-12-24", "I cannot read that as a date"),
        ("2026-12-24", "2026-02-30", "There is no such day"),
        ("29 Feb", "2027-03-01", "There is no such day"),
    ],
)
async def test_days_that_cannot_be_are_asked_about_again(
    world: World, rhythm: Rhythm, first: str, last: str, why: str
) -> None:
    assert why in await is_away(world, first, last)
    assert world.one("SELECT COUNT(*) FROM away") == 0


async def test_on_teams_one_is_away_too(office: Office) -> None:
    await office.says(office.ann, office.general, "my-choices")
    shown = office.answer(office.ann, office.general)
    await office.taps(office.ann, shown, "I am away")
    await office.teams.task_submit(office.ann, {"first": "2026-12-24", "last": "2027-01-01"})
    await office.settled()
    await office.says(office.ann, office.general, "my-choices")
    assert "**You are away** from Thursday 24 December" in office.answered(office.ann, office.general)
