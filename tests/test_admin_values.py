"""Values on Slack: added, changed, retired, brought back; and what they may be called."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.administration import audited, fills, open_administration, opens, says
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


async def test_a_value_added_in_the_form_can_be_given_at_once(world: World) -> None:
    await says(world, "values")
    await world.tap("ann", world.answer("ann"), "Add a value")
    told = await fills(world, name="Ship-It", emoji=":ship:", meaning="We finish  what we start")
    assert "🚢 *Ship-It*: We finish what we start" in told
    await world.slack.command("bob", "#general", "/kudos", "@cleo for the release #shipit")
    await world.settled()
    assert "Ship-It" in world.shown("#general")
    [fact] = audited(world)
    assert (fact.act, fact.details["value"], fact.details["emoji"]) == ("value added", "#Ship-It", "🚢")


async def test_adding_without_words_opens_the_form(world: World) -> None:
    await opens(world, "values add")
    assert "🦉 *wisdom* Change\n" in await fills(world, name="wisdom", emoji="🦉", meaning="") + "\n"


async def test_a_retired_value_cannot_be_chosen_stays_shown_and_can_come_back(world: World) -> None:
    await world.slack.command("bob", "#general", "/kudos", "@cleo for the release #craft")
    await says(world, "values")
    await world.tap("ann", world.answer("ann"), "Change craft")
    told = await fills(world, state="retired", name="craft", emoji="🛠️", meaning="We care")
    assert "*Retired.*" in told
    await world.settled()
    assert "craft" in world.shown("#general")
    await world.slack.command("bob", "#general", "/kudos", "@cleo for another one #craft")
    assert "#craft is not one of our values" in world.whispered("bob")
    await says(world, "values back #craft")
    await world.slack.command("bob", "#general", "/kudos", "@cleo for another one #craft")
    assert "*Sent.*" in world.whispered("bob")
    assert [one.act for one in audited(world)] == ["value brought back", "value retired"]
    assert audited(world)[1].details["meaning"] == ["We care how things are made", "We care"]


async def test_values_can_be_typed(world: World) -> None:
    await says(world, "values add 🚀 launch We dare to go out")
    await says(world, "values change #launch 🛰️ orbit We stay up there")
    told = await says(world, "values retire #orbit")
    assert "🛰️ orbit" in told
    assert [one.act for one in audited(world)] == ["value retired", "value changed", "value added"]
    assert audited(world)[1].details["name"] == ["launch", "orbit"]


async def test_a_change_without_a_meaning_keeps_it_and_each_act_says_what_it_did(world: World) -> None:
    assert "#grit is changed." in await says(world, "values change craft 🤝 grit")
    assert "🤝 *grit*: We care how things are made" in world.whispered("ann")
    assert "#launch can be given from now on." in await says(world, "values add 🚀 launch We dare")
    assert "#launch is retired." in await says(world, "values retire #launch")
    assert "#launch is back." in await says(world, "values back #launch")


async def test_the_longest_values_there_may_be_are_still_listed(world: World) -> None:
    for number in range(15):
        await says(world, f"values add 🚀 {number:02}{28 * 'x'} {150 * '&'}")
    told = await says(world, "values")
    assert "Our values" in told
    assert "14xxx" in told


WRONG = {
    "values add 🚀 two words": "*two*: words",
    "values add 🚀 team.work We": "letters, digits, hyphens and underscores",
    "values add 🚀 " + 31 * "x": "letters, digits, hyphens and underscores",
    "values add rocket launch We dare": "one emoji",
    "values add 🚀🚀 launch We dare": "one emoji",
    "values add 🚀 Team_Work We": "There is #teamwork already",
    "values add 🚀 launch " + 151 * "x": "That is 151 characters",
    "values retire #nothing": "I know no value “#nothing”",
    "values retire": "Which value?\nWrite values retire #teamwork.",
    "values change #craft": "Write it anew: values change #craft 🤝 together We win together.",
    "values add together 🤝 We win": "The emoji comes first.\nWrite values add 🤝 together We win.",
    "values add 🚀": "letters, digits, hyphens",
}


async def test_what_cannot_be_a_value_is_told(world: World) -> None:
    told = {typed: await says(world, typed) for typed in WRONG}
    assert {typed: told[typed] for typed, part in WRONG.items() if part not in told[typed]} == {}
    assert len(audited(world)) == 1


async def test_errors_of_the_form_stand_at_their_fields(world: World) -> None:
    await says(world, "values")
    await world.tap("ann", world.answer("ann"), "Add a value")
    view = await world.form_of("ann")
    for values, field in (
        ({"name": "a b", "emoji": "🚀"}, "name"),
        ({"name": "CRAFT", "emoji": "🚀"}, "name"),
        ({"name": "launch", "emoji": "x"}, "emoji"),
    ):
        await fills(world, **values)
        assert view.errors.keys() == {field}, values
    assert audited(world) == []


async def test_no_more_than_people_can_choose_from(world: World) -> None:
    for number in range(15):
        await says(world, f"values add 🚀 value-{number} Number {number}")
    assert "There are 20 values in use" in await says(world, "values add 🚀 one-more Too many")
    told = await says(world, "values")
    assert "value-14" in told
    await says(world, "values retire #value-0")
    await says(world, "values add 🚀 one-more In its place")
    assert "There are 20 values in use" in await says(world, "values back #value-0")


async def test_a_retired_name_is_brought_back_and_not_taken_again(world: World) -> None:
    await says(world, "values retire #craft")
    told = await says(world, "values add 🛠️ Craft Again")
    assert "There was #craft, and it is retired" in told
    assert "Bring it back" in told
