"""`/profile` on both platforms: what somebody chose to show, and never anything else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.fake_slack.blocks import elements
from bot.sandbox.fake_teams import text_of
from handlers.purposes import Purpose
from store.people import deactivate
from store.person_records import RecordFact, save_records
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.test_home import gives, gives_privately
from tests.world import World


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def profile(world: World, whom: str = "@bob", user: str = "ann") -> str:
    await world.slack.command(user, "#general", "/profile", whom)
    return world.whispered(user).replace("*", "")


def buttons(world: World, user: str = "ann") -> list[str]:
    return [one["text"]["text"] for _, one in elements(world.answer(user).blocks) if one["type"] == "button"]


async def test_it_shows_what_everybody_may_see(world: World, rhythm: Rhythm) -> None:
    with world.process.core.database.writing() as tx:
        save_records(tx, rhythm.tenant, [RecordFact(rhythm.person("Bob O").id, department="Platform")])
    await gives(world, "ann", "@bob +7 for the calm launch :rocket: #teamwork")
    await gives(world, "cleo", "@bob +3 for the review :rocket:")
    await gives(world, "bob", "@cleo for the notes")
    shown = await profile(world)
    assert shown.startswith("Bob Okafor\nPlatform\n")
    assert "🚀 Shipped it: 2" in shown
    assert "teamwork: 1" in shown
    assert "Said thanks in 1 of the last 10 weeks." in shown
    assert "18 Nov, Ann Lee: the calm launch" in shown
    assert shown.index("the review") < shown.index("the calm launch")


async def test_it_never_shows_points(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob +7 for the calm launch")
    shown = await profile(world)
    assert "point" not in shown
    assert "7" not in shown.replace("17", "")


@pytest.mark.parametrize("whom", ["@bob", "Bob Okafor", "bob@acme.test", "@Bob Okafor"])
async def test_people_are_found_as_everywhere(world: World, rhythm: Rhythm, whom: str) -> None:
    assert (await profile(world, whom)).startswith("Bob Okafor\nNo public thanks yet.")


async def test_a_name_of_several_is_asked_about(world: World, rhythm: Rhythm) -> None:
    assert "could be Bob Okafor or Bob Tanaka" in await profile(world, "Bob")
    assert "One person at a time" in await profile(world, "@bob @cleo")
    assert "I cannot find" in await profile(world, "nobody@acme.test")


async def test_namesakes_are_told_apart_by_what_differs(world: World, rhythm: Rhythm) -> None:
    world.change("UPDATE person SET name = 'Bob Okafor', sought_name = 'bob okafor' WHERE name = 'Bob Tanaka'")
    shown = await profile(world, "Bob Okafor")
    assert "There are 2 people here who are called Bob Okafor." in shown
    assert "@mention, or write the e-mail address" in shown
    assert "I cannot find" not in await profile(world, "bob.tanaka@acme.test")


async def test_a_no_holds_at_once_and_leaves_the_name(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob +7 for the calm launch :rocket:")
    assert "the calm launch" in await profile(world)
    await world.slack.command("bob", "#general", "/my-choices")
    await world.tap("bob", world.answer("bob"), "Keep my profile to myself")
    assert await profile(world) == "Bob Okafor\nBob Okafor keeps it to themselves.\nGive kudos"
    assert "Others see your name only" in await profile(world, "", "bob")


async def test_a_giver_who_shows_no_profile_is_not_named_on_anothers(world: World, rhythm: Rhythm) -> None:
    await gives(world, "cleo", "@bob +3 for the review")
    rhythm.chose("Cl", Purpose.PROFILE, False)
    shown = await profile(world)
    assert "Cléo" not in shown
    assert "18 Nov, A colleague: the review" in shown


async def test_alone_it_is_what_others_see_of_oneself(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob +7 for the calm launch")
    own = await profile(world, "", "bob")
    assert "This is what others see of you." in own
    assert "the calm launch" in own
    assert buttons(world, "bob") == ["My choices"]


async def test_what_somebody_earned_is_among_their_badges(world: World, rhythm: Rhythm) -> None:
    world.change(
        "INSERT INTO earned_badge (tenant_id, person_id, badge_id, earned_at) SELECT tenant_id, :p, id, "
        "'2026-11-18 10:00:00+00:00' FROM badge WHERE shortcode = 'rocket'",
        p=rhythm.person("Bob O").id,
    )
    shown = await profile(world, "@bob", "cleo")
    assert "Badges" in shown
    assert "🚀" in shown


async def test_what_is_private_is_in_nobodys_profile(world: World, rhythm: Rhythm) -> None:
    await gives_privately(world, "ann", "U2", "what nobody is to know")
    for viewer in ("cleo", "ann", "bob"):
        assert "nobody is to know" not in await profile(world, "@bob", viewer)
    assert "Said thanks" not in await profile(world, "@ann", "cleo")
    with_badge = "UPDATE recognition SET badge_id = (SELECT id FROM badge LIMIT 1)"
    world.change(with_badge)
    assert "Badges" not in await profile(world, "@bob", "cleo")


async def test_what_was_said_in_a_private_channel_is_not_in_it(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the calm launch")
    world.change("UPDATE recognition SET public = :no", no=False)
    assert "the calm launch" not in await profile(world, "@bob", "cleo")


async def test_what_was_taken_back_is_gone(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the calm launch :rocket:")
    await world.tap("ann", world.answer("ann"), "Undo")
    shown = await profile(world)
    assert "the calm launch" not in shown
    assert "Badges" not in shown


async def test_guests_see_their_own_only(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the calm launch")
    assert "Profiles are for members" in await profile(world, "@bob", "gus")
    assert "This is what others see of you." in await profile(world, "", "gus")


async def test_who_left_and_what_is_an_app_has_none(world: World, rhythm: Rhythm) -> None:
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Bob O").id, world.clock())
    assert "Takes part no more." in await profile(world, "bob@acme.test")
    assert "is an app" in await profile(world, "@robo")


async def test_give_kudos_opens_the_form_with_that_person(world: World, rhythm: Rhythm) -> None:
    await profile(world)
    await world.tap("ann", world.answer("ann"), "Give kudos")
    await world.slack.submit("ann", await world.form_of("ann"), {"reason": "the review of last night"})
    await world.settled()
    assert "the review of last night" in world.told("bob")


async def test_on_teams_it_is_the_same(office: Office) -> None:
    await office.says(office.bob, office.general, "kudos @Ann Lee +10 for the release")
    await office.says(office.cleo, office.general, "profile @Ann Lee")
    answer = office.answer(office.cleo, office.general)
    assert "18 Nov, **Bob Okafor**: the release" in text_of(answer)
    assert "10" not in text_of(answer)
    assert office.buttons(answer) == ["Give kudos"]
    await office.taps(office.cleo, answer, "Give kudos")
    assert office.filled(office.cleo)["receivers"] == office.ann.aad_id
    await office.says(office.ann, office.general, "profile")
    assert "This is what others see of you." in office.answered(office.ann, office.general)
