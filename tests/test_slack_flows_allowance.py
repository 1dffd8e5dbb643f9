"""The weekly allowance on Slack: 50 points from Monday 00:00, by the calendar on the giver's own wall."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Clock
from tests.world import World

MONDAY = (2026, 11, 23)


async def left_after(world: World, giver: str, typed: str) -> str:
    """What the confirmation says is left."""
    await world.slack.command(giver, "#general", "/kudos", typed)
    told = world.whispered(giver)
    return told.partition("You have ")[2].partition(" left")[0].replace("*", "")


@pytest.mark.parametrize(("giver", "zone"), [("ann", "Europe/Berlin"), ("cleo", "Asia/Tokyo")])
async def test_a_week_begins_on_monday_at_midnight_of_the_giver(
    world: World, clock: Clock, giver: str, zone: str
) -> None:
    midnight = datetime(*MONDAY, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    clock.now = midnight
    clock.forward(seconds=-1)
    assert await left_after(world, giver, "@bob +20 for Sunday's last second") == "30 of 50"
    clock.now = midnight
    assert await left_after(world, giver, "@bob +1 for Monday's first second") == "79 of 80"
    assert world.books_agree()


async def test_midnight_comes_to_each_giver_at_their_own_time(world: World, clock: Clock) -> None:
    clock.now = datetime(*MONDAY, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)  # Sunday afternoon in Berlin
    clock.forward(days=-1)
    await left_after(world, "ann", "@bob +10 for Saturday")
    await left_after(world, "cleo", "@bob +10 for Saturday")
    clock.forward(days=1)
    left = {giver: await left_after(world, giver, "@bob +1 for this moment") for giver in ("ann", "cleo")}
    assert left == {"ann": "39 of 50", "cleo": "89 of 90"}


@pytest.mark.parametrize("zones", [("Pacific/Kiritimati", "Pacific/Pago_Pago"), ("America/New_York", "Asia/Tokyo")])
async def test_a_move_between_zones_in_mid_week_grants_nothing_twice(world: World, zones: tuple[str, str]) -> None:
    left = [await left_after(world, "ann", "@bob +5 for the start")]
    for zone in (*zones, "Europe/Berlin"):
        await _move(world, "ann", zone)
        left.append(await left_after(world, "ann", f"@bob +5 for help in {zone}"))
    assert left == ["45 of 50", "40 of 50", "35 of 50", "30 of 50"]
    assert world.balance("allowance", "Ann") == 30


async def test_a_move_back_over_midnight_goes_on_with_what_was_left(world: World, clock: Clock) -> None:
    """Monday in Tokyo is still Sunday in Berlin: what was left of the old week went along into the new one."""
    await left_after(world, "ann", "@bob +10 for Wednesday")
    clock.now = datetime(*MONDAY, 1, tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC)
    await _move(world, "ann", "Asia/Tokyo")
    new_week = await left_after(world, "ann", "@bob +20 for Monday")
    await _move(world, "ann", "Europe/Berlin")
    old_week = await left_after(world, "ann", "@bob for Sunday")
    clock.forward(days=2)
    same_new_week = await left_after(world, "ann", "@bob +1 for Tuesday")
    assert (new_week, old_week, same_new_week) == ("70 of 90", "0 of 50 points", "69 of 90")
    assert world.books_agree()


async def test_what_was_not_given_gathers_for_two_weeks_and_no_more(world: World, clock: Clock) -> None:
    await left_after(world, "ann", "@bob +1 for this week")
    clock.forward(days=28)
    assert await left_after(world, "ann", "@bob +1 for next month") == "149 of 150"


async def _move(world: World, name: str, zone: str) -> None:
    person = world.workspace.person(name)
    person.tz = zone
    delivery = await world.slack.event("user_change", user=world.workspace.user_json(person.id, locale=True))
    assert delivery.ok
