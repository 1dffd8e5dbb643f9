"""`/points` on both platforms: wallet, allowance, what was given and received, weeks, and the last thanks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.sandbox.fake_slack.blocks import elements
from bot.sandbox.fake_teams import text_of
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def gives(world: World, user: str, typed: str) -> None:
    await world.slack.command(user, "#general", "/kudos", typed)
    assert "Sent." in world.whispered(user)


async def points(world: World, user: str = "ann") -> str:
    await world.slack.command(user, "#general", "/points")
    return world.whispered(user).replace("*", "")


def buttons(world: World, user: str = "ann") -> list[str]:
    blocks = world.answer(user).blocks
    return [one["text"]["text"] for _, one in elements(blocks) if one["type"] == "button"]


async def test_somebody_new_sees_what_they_can_give_and_nothing_that_is_missing(world: World, rhythm: Rhythm) -> None:
    shown = await points(world)
    assert "Your wallet holds 0 points." in shown
    assert "▓▓▓▓▓▓▓▓▓▓ 50 of 50 points left to give. Fresh ones arrive on Monday 23 November." in shown
    assert "This week you gave 0 kudos and received 0. In all: 0 given, 0 received." in shown
    assert "weeks" not in shown
    assert "thanked you" not in shown


async def test_giving_and_receiving_is_told_for_this_week_and_in_all(
    world: World, rhythm: Rhythm, clock: Clock
) -> None:
    await gives(world, "ann", "@bob @cleo +5 for the calm launch")
    await gives(world, "bob", "@ann +7 for the review")
    clock.forward(days=7)
    await gives(world, "ann", "@bob +12 for the notes")
    shown = await points(world)
    assert "Your wallet holds 7 points." in shown
    assert "78 of 90 points left to give. Fresh ones arrive on Monday 30 November." in shown
    assert "This week you gave 1 kudos and received 0. In all: 3 given, 1 received." in shown


async def test_what_was_taken_back_is_gone_from_all_numbers(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@ann +7 for the review")
    await world.tap("bob", world.answer("bob"), "Undo")
    shown = await points(world)
    assert "Your wallet holds 0 points." in shown
    assert "received 0. In all: 0 given, 0 received." in shown
    assert "the review" not in shown
    assert "weeks" not in await points(world, "bob")


async def test_fresh_points_arrive_on_ones_own_monday(world: World, rhythm: Rhythm, clock: Clock) -> None:
    """It is Monday in Tokyo, and Sunday still in Berlin."""
    clock.now = clock.now.replace(day=22, hour=16)
    assert "Fresh ones arrive on Monday 30 November." in await points(world, "cleo")
    assert "Fresh ones arrive on Monday 23 November." in await points(world, "ann")


async def test_weeks_in_a_row_stand_beside_those_of_the_last_ten(world: World, rhythm: Rhythm, clock: Clock) -> None:
    for gave in (True, True, False, True, True, True, True):
        if gave:
            await gives(world, "ann", f"@bob +1 for the week of {clock.now:%d %B}")
        clock.forward(days=7)
    # The present week breaks nothing while it lasts.
    assert "You said thanks in 6 of your last 10 weeks, by now 4 weeks in a row." in await points(world)
    clock.forward(days=7)
    assert "▓▓▓▓▓▓░░░░ You said thanks in 6 of your last 10 weeks." in await points(world)
    assert "in a row" not in await points(world)


async def test_the_last_thanks_are_told_with_who_what_and_when(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await gives(world, "bob", "@ann for the first of four")
    clock.forward(days=1)
    await gives(world, "cleo", f"@ann for {'long words ' * 60}")
    await gives(world, "bob", "@ann for the *third* <!channel>")
    clock.forward(hours=13)  # past midnight in Berlin
    await gives(world, "bob", "@ann for the fourth")
    shown = await points(world)
    assert shown.count("thanked you on") == 3
    assert shown.index("the fourth") < shown.index("the third") < shown.index("long words")
    assert "Bob Okafor thanked you on Friday 20 November:" in shown
    assert "Cléo Martin thanked you on Thursday 19 November:" in shown
    assert "long words long wo…" in shown
    assert "the first" not in shown
    assert "<!channel>" not in str(world.answer("ann").content["text"])


async def test_its_buttons_lead_on(world: World, rhythm: Rhythm) -> None:
    await points(world)
    assert buttons(world) == ["Give kudos", "Leaderboard", "My statement", "My choices"]
    await world.tap("ann", world.answer("ann"), "Leaderboard")
    assert "Who said thanks this week" in world.whispered("ann")
    await points(world)
    await world.tap("ann", world.answer("ann"), "Give kudos")
    assert (await world.form_of("ann")).content["title"]["text"] == "Give kudos"


async def test_without_boards_there_is_no_way_to_them(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(board="off")
    await points(world)
    assert buttons(world) == ["Give kudos", "My statement", "My choices"]


async def test_a_long_name_and_one_from_right_to_left_fit(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@ann for the release")
    for name in ("W" * 300, "דנה כהן"):
        world.change("UPDATE person SET name = :name WHERE email = 'bob@acme.test'", name=name)
        assert name[:70] in await points(world)


async def test_on_teams_it_is_a_message_for_the_asker(office: Office) -> None:
    await office.says(office.bob, office.general, "kudos @Ann Lee +10 for the release")
    await office.says(office.ann, office.general, "points")
    answer = office.answer(office.ann, office.general)
    assert "Your wallet holds **10 points**." in text_of(answer)
    assert "**50** of 50 points left to give" in text_of(answer)
    assert "Bob Okafor thanked you on Wednesday 18 November:" in text_of(answer)
    assert office.buttons(answer) == ["Give kudos", "Leaderboard", "My statement", "My choices"]
    await office.taps(office.ann, answer, "Leaderboard")
    assert "Who said thanks this week" in str(office.seen(office.ann, answer)) + office.answered(
        office.ann, office.general
    )
