"""Cost is never a surprise: what is owed today, what a year can cost, and what each rule makes of both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.liability import Amount
from tests.administration import open_administration, policy, says, stored_policy
from tests.conftest import Clock
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


def test_amounts_of_several_currencies_stand_side_by_side() -> None:
    both = Amount(10, {"EUR": 50}) + Amount(5, {"USD": 25}) + Amount(1, {})
    assert str(both) == "16 points (0.50 EUR and 0.25 USD)"
    assert str(Amount(1)) == "1 point"


async def test_what_is_owed_is_all_that_people_hold_and_can_still_give(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +20 for the release")
    await says(world, "budgets add @ann 1000 quarter Company")
    await says(world, "budgets add @bob 400 month Marketing from Company worth 0.10 EUR")
    told = await says(world, "liability")
    assert "In people's wallets: *20 points*" in told
    assert "In allowances, and can still be given: *230 points*" in told
    assert "In budgets: *1,000 points*" in told
    assert "*Today: 1,250 points.*" in told
    assert "*A year at the most: 17,000 points.*" in told, "13,000 of allowances, and four times a thousand"
    assert "with it, *18,250 points* can be spent in the year" in told
    assert "*Likely: 9,200 points.* That is an assumption" in told
    assert "EUR" not in told.replace("worth 0.05 EUR", "")


async def test_what_can_still_be_given_is_what_everybody_is_told(world: World, clock: Clock) -> None:
    """Also weeks later, when points of weeks that somebody used, and of those that they did not, come along."""
    await world.slack.command("ann", "#general", "/kudos", "@bob +20 for the release")
    clock.forward(days=7)
    await world.slack.command("cleo", "#general", "/kudos", "@bob +10 for the release")
    clock.forward(days=7)
    told = await says(world, "liability")
    left = 0
    for user in ("ann", "bob", "cleo"):
        await world.slack.command(user, "#general", "/points", "")
        left += int(world.whispered(user).replace("*", "").partition(" of ")[0].split()[-1].strip("▓░"))
    assert left == 130 + 150 + 140
    assert f"can still be given: *{left + 2 * 150} points*" in told, "two more have given nothing yet"


async def test_a_rule_is_reckoned_with_before_it_is_made(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +20 for the release")
    told = await says(world, "liability allowance 60")
    assert "With “allowance 60”* it would be otherwise. Nothing is changed by looking." in told
    assert "Owed today: 250 points before, 290 points with this." in told
    assert "The most that a year can cost: 13,000 points before, 15,600 points with this." in told
    told = await says(world, "liability worth 0.05 EUR")
    assert "Owed today: 250 points before, 250 points (12.50 EUR) with this." in told
    assert stored_policy(world) == {}
    for wrong in ("liability allowance many", "liability allowance 99999", "liability board off", "liability worth x"):
        assert "With “" not in await says(world, wrong), wrong
    assert policy(world).allowance == 50


async def test_people_are_taken_to_give_the_same_share_of_a_larger_allowance(world: World, clock: Clock) -> None:
    clock.forward(days=7)
    await world.slack.command("ann", "#general", "/kudos", "@bob @cleo +25 for the release")
    clock.forward(days=7)
    told = await says(world, "liability allowance 100")
    assert "Likely in a year: 2,600 points before, 5,200 points with this." in told


async def test_a_change_tells_what_it_does_to_the_cost(world: World) -> None:
    told = await says(world, "setup allowance 40")
    assert "Owed today: 250 points before, 200 points with this." in told
    assert "The most that a year can cost: 13,000 points before, 10,400 points with this." in told
    assert "Likely in a year: 5,200 points before, 4,160 points with this." in told
    assert "Owed" not in await says(world, "setup week-post no")


async def test_likely_goes_by_what_was_redeemed(world: World, clock: Clock) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +25 for the release")
    clock.forward(days=14)
    world.change(
        "INSERT INTO reward (tenant_id, id, code, title, description, category, emoji, picture, price, least_points,"
        ' value_minor, currency, countries, departments, "limit", limited, fulfilment, settings, within_days,'
        " position, active) SELECT id, 'mug', 'mug', 'Mug', '', 'swag', '', '', 20, 20, 0, '', '', '', 0, '', 'manual',"
        " '{}', 5, 0, TRUE FROM tenant"
    )
    world.change(
        "INSERT INTO redemption (tenant_id, id, person_id, reward_id, title, points, own_minor, value_minor, currency,"
        " country, fulfilment, answers, state, hold_id, stocked, ordered_at, promised_on, settled_at, vendor_ref,"
        " told_late) SELECT tenant_id, 'o', id, 'mug', 'Mug', 20, 0, 0, '', '', 'manual', '{}', 'fulfilled', '', 0,"
        " :at, :day, :at, '', FALSE FROM person WHERE name = 'Ann Lee'",
        at=str(clock().replace(tzinfo=None)),
        day=clock().date().isoformat(),
    )
    assert "*Likely: 1,040 points.* It goes by what was redeemed in the last 1 week." in await says(world, "liability")


async def test_only_administrators_see_what_is_owed(world: World) -> None:
    assert "for the people who run Plaudit here" in await says(world, "liability", user="bob")


async def test_on_teams(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await asked(office, "rewards-admin liability allowance 60")
        told = office.answered(office.ann, office.general)
        assert "In people's wallets" in told
        assert "it would be otherwise" in told


async def asked(office: Office, typed: str) -> None:
    await office.says(office.ann, office.general, typed)
