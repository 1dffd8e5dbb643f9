"""Badges: who defines them, who gives them, what they bring, how they are earned, and when they can be given."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import Person
from store import ledger
from store.closings import hold
from store.tenants import list_all_homes
from tests.administration import audited, fills, open_administration, says
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World

TROPHY: dict[str, Any] = {
    "title": "Quarter's craft",
    "emoji": "🏆",
    "code": "trophy",
    "meaning": "The finest piece of the quarter",
    "givers": "administrators",
    "points": "20",
}


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def adds(world: World, **values: Any) -> str:
    """Ann adds a badge by the form, and is shown this."""
    await says(world, "badges")
    await world.tap("ann", world.answer("ann"), "Add a badge")
    await world.form_of("ann")
    return await fills(world, **(TROPHY | values))


async def gives(world: World, typed: str, user: str = "ann") -> str:
    await world.slack.command(user, "#general", "/kudos", typed)
    await world.settled()
    return world.whispered(user)


async def test_a_badge_brings_points_of_the_organisation(world: World) -> None:
    assert "Quarter's craft is in use from now on." in await adds(world)
    await gives(world, "@bob +5 for the table :trophy:")
    assert "*25 points* for you" in world.told("bob")
    assert "with 20 points from the organisation" in world.shown("#general")
    assert world.balance("wallet", "Bob Okafor") == 25
    assert world.balance("allowance", "Ann") == 45
    (entry,) = [one for one in audited(world) if one.act == "badge added"]
    assert entry.details["points"] == 20


async def test_taken_back_the_points_of_the_badge_return_too(world: World) -> None:
    await adds(world)
    await gives(world, "@bob +5 for the table :trophy:")
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert (world.balance("wallet", "Bob Okafor"), world.balance("allowance", "Ann")) == (0, 50)
    assert world.tally("points_received", "Bob Okafor") == 0


async def test_whom_it_is_not_for_cannot_give_it(world: World) -> None:
    await adds(world)
    assert "is for the people who run Plaudit to give" in await gives(world, "@cleo for the table :trophy:", "bob")
    assert world.balance("allowance", "Bob Okafor") == 0
    form = await world.open_form("bob")
    assert "Quarter's craft" not in str(form.content)
    assert "Quarter's craft" in str((await world.open_form("ann")).content)


async def test_named_people_give_it_and_managers_theirs(world: World) -> None:
    await adds(world, givers="named", named=["U2"], points="0")
    assert "Sent." in await gives(world, "@cleo for the table :trophy:", "bob")
    assert "is for some people to give" in await gives(world, "@bob for the table :trophy:", "cleo")


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"givers": "everybody"}, "would be everybody's to give"),
        ({"givers": "named", "named": []}, "Name at least one person"),
        ({"earning": "weeks", "threshold": "0"}, "Write a number of 1 or more"),
        ({"givers": "nobody", "points": "0"}, "nothing would earn it"),
        ({"givers": "nobody", "earning": "given", "threshold": "1"}, "brings no points"),
        ({"emoji": "trophy"}, "goes with one emoji"),
        ({"emoji": "🚀"}, "is the badge Shipped it"),
        ({"title": "x" * 41}, "1 to 40 characters"),
        ({"points": "a lot"}, "That is no number"),
        ({"starts_on": "03/09/2027"}, "Or leave it empty"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-01"}, "end before it begins"),
    ],
)
async def test_what_does_not_go_is_told_at_its_field(world: World, values: dict[str, Any], told: str) -> None:
    before = world.one("SELECT COUNT(*) FROM badge")
    assert told in await adds(world, **values)
    assert world.one("SELECT COUNT(*) FROM badge") == before


async def test_it_can_be_given_in_its_time_only(world: World, clock: Clock) -> None:
    today = clock().date()
    later = today.replace(year=today.year + 1)
    await adds(world, starts_on=str(later), givers="administrators")
    assert world.balance("wallet", "Bob Okafor") == 0
    await gives(world, "@bob for the table :trophy:")
    assert "Quarter's craft" not in world.shown("#general")
    clock.forward(days=366)
    await gives(world, "@bob for the next table :trophy:")
    assert "Quarter's craft" in world.shown("#general")


async def test_a_value_has_its_time_too(world: World, clock: Clock) -> None:
    today = clock().date()
    await says(world, "values")
    await world.tap("ann", world.answer("ann"), "Change craft")
    await world.form_of("ann")
    assert "Until" in await fills(world, ends_on=str(today))
    assert "Sent." in await gives(world, "@bob for the table #craft")
    clock.forward(days=2)
    assert "not one of our values" in await gives(world, "@bob for the next table #craft")


async def test_only_administrators_define_badges(world: World) -> None:
    await says(world, "badges")
    listed = world.answer("ann")
    await world.tap("bob", listed, "Add a badge")
    await world.answered()
    assert "for the people who run Plaudit" in world.whispered("bob")


async def test_words_add_retire_and_bring_back(world: World) -> None:
    assert "Calm hands is in use" in await says(world, "badges add 🫖 Calm hands")
    assert "Calm hands is retired." in await says(world, "badges retire 🫖")
    assert "Calm hands is back." in await says(world, "badges back calm hands")
    assert "I know no badge" in await says(world, "badges retire 🦖")


async def test_points_of_the_organisation_go_to_each_once_a_month_and_never_in_private(world: World) -> None:
    await adds(world)
    await gives(world, "@bob +1 for the table :trophy:")
    assert "You gave Quarter's craft to Bob Okafor this month already" in await gives(
        world, "@bob +1 for the chair :trophy:"
    )
    view = await world.open_form("ann")
    badge = world.one("SELECT id FROM badge WHERE shortcode = 'trophy'")
    private = {"receivers": ["U3"], "reason": "for the lamp", "badge": badge, "audience": "receivers"}
    await world.slack.submit("ann", view, private)
    assert "not given in private" in str(view.errors)
    assert world.balance("wallet", "Bob Okafor") == 21
    assert [one.act for one in audited(world)].count("badge with points given") == 1


async def test_taken_back_a_badge_is_given_anew_unless_somebody_keeps_points_of_it(world: World) -> None:
    """Give, spend, undo, give again would bring the organisation's points without end."""
    await adds(world)
    for spent in (0, 5):
        assert "Sent." in await gives(world, f"@bob for the table and {spent} :trophy:")
        if spent:
            with world.process.core.database.writing() as tx:
                (home,) = list_all_homes(tx)
                bob = ledger.wallet(world.person(tx, "Bob Okafor"))
                hold(tx, home.tenant_id, bob, "order", 25, "order", world.clock())
        await world.tap("ann", world.answer("ann"), "Undo")
        await world.settled()
    assert "You gave Quarter's craft to Bob Okafor this month already" in await gives(
        world, "@bob for the chair :trophy:"
    )


# --- earned -----------------------------------------------------------------------------------------------


async def test_a_badge_is_earned_once_and_told_in_office_hours(world: World, clock: Clock) -> None:
    await adds(world, givers="nobody", points="0", earning="people", threshold="2")
    await gives(world, "@bob @cleo for the table", "ann")
    await gives(world, "@cleo for the chair", "bob")
    rhythm = Rhythm(world)
    await rhythm.begin()
    for _ in range(3):
        clock.forward(days=1)
        await world.process.ticks.run()
        await world.settled()
    assert "You earned a badge: Quarter's craft" in world.told("ann").replace("*", "")
    assert "2 different people thanked" in world.told("ann")
    assert world.one("SELECT COUNT(*) FROM earned_badge") == 1
    assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'badge_earned'") == 1


async def test_on_teams_badges_are_defined_in_a_dialog(office: Office) -> None:
    await office.says(office.ann, office.general, "rewards-admin badges")
    await office.taps(office.ann, office.answer(office.ann, office.general), "Add a badge")
    await office.teams.task_submit(office.ann, {"title": "Calm hands", "emoji": "🫖", "givers": "everybody"})
    await office.says(office.ann, office.general, "kudos @Bob Okafor for the tea 🫖")
    assert "Calm hands" in office.shown(office.general)


async def test_named_people_of_the_other_platform_stay_when_the_badge_is_saved(database_url: str, clock: Clock) -> None:
    """No form can name somebody who is on the other platform only; what it does not say takes nothing away."""
    both = {"microsoft_app_type": "SingleTenant", "people": [Person("U50", "sue", "Sue Slack", "sue@acme.test")]}
    async with open_administration(database_url, clock, **both) as world:
        office = Office(world)
        await office.open()
        tim = office.teams.person("Tim Teams", email="tim@acme.test")
        await office.teams.join(tim, office.general)
        await adds(world, givers="named", named=["U50"], points="0")
        for saved_on_slack in (False, True):  # by Teams' form, which names Tim; then by Slack's, which names Sue
            if saved_on_slack:
                await saves(world, named=["U50"])
            else:
                await saves_on_teams(office, named=tim.id)
            assert "Sent." in await gives(world, "@bob for the chair :trophy:", "sue")
            await office.says(tim, office.general, "kudos @Bob Okafor for the lamp 🏆")
            assert "Sent." in office.answered(tim, office.general)
            clock.forward(minutes=5)


async def saves(world: World, **values: Any) -> None:
    await says(world, "badges")
    await world.tap("ann", world.answer("ann"), "Change Quarter's craft")
    await world.form_of("ann")
    await fills(world, **values)


async def saves_on_teams(office: Office, **values: str) -> None:
    await office.says(office.ann, office.general, "rewards-admin badges")
    await office.taps(office.ann, office.answer(office.ann, office.general), "Change Quarter's craft")
    await office.teams.task_submit(office.ann, values)
    await office.settled()


# --- a picture of one's own -------------------------------------------------------------------------------


async def test_a_badge_shows_the_organisations_own_picture(world: World) -> None:
    address = "https://acme.test/badges/craft.png"
    await adds(world, picture=address)
    await gives(world, "@bob +5 for the table :trophy:")
    shown = json.dumps(world.slack.messages("#general")[-1].blocks, ensure_ascii=False)
    assert f'"image_url": "{address}"' in shown
    assert "Badge: Quarter's craft" in shown


@pytest.mark.parametrize("typed", ["craft.png", "http://acme.test/a.png", "https://u@acme.test/a.png", "https://a b"])
async def test_what_is_no_address_of_a_picture_is_told_at_its_field(world: World, typed: str) -> None:
    assert "That is no address of a picture" in await adds(world, picture=typed)
