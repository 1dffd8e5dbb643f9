"""Mending: a giver changes the words, an administrator takes a recognition back, and the post follows."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_slack.blocks import elements
from tests.administration import audited, fills, open_administration, says
from tests.conftest import Clock
from tests.teams_world import Office, open_office
from tests.world import World

WORDS = "the calm launch"


async def give(world: World, typed: str = f"@bob @cleo +10 for {WORDS} #teamwork") -> None:
    await world.slack.command("ann", "#general", "/kudos", typed)
    await world.settled()


async def change(world: World, reason: str, user: str = "ann") -> str:
    """Changes the words of what Ann gave, and says what the form then shows."""
    await world.tap(user, world.answer("ann"), "Change the words")
    view = await world.form_of(user)
    await world.slack.submit(user, view, {"reason": reason})
    await world.settled()
    shown = world.slack.view(user)
    return text_of(shown.content) if shown else ""


# --- by the giver -----------------------------------------------------------------------------------------


async def test_new_words_are_seen_wherever_the_old_ones_were(world: World) -> None:
    await give(world)
    assert "Changed." in await change(world, "the very calm launch")
    for shown in (world.shown("#general"), world.told("bob"), world.told("cleo")):
        assert "the very calm launch" in shown
        assert "The words were changed." in shown
    assert world.balance("wallet", "Bob Okafor") == 10
    assert world.books_agree()


async def test_after_ten_minutes_the_words_stay(world: World, clock: Clock) -> None:
    await give(world)
    await world.tap("ann", world.answer("ann"), "Change the words")
    view = await world.form_of("ann")
    clock.forward(minutes=11)
    await world.slack.submit("ann", view, {"reason": "something else"})
    await world.settled()
    assert WORDS in world.shown("#general")
    assert "The words were changed" not in world.shown("#general")


async def test_nobody_changes_the_words_of_somebody_else(world: World) -> None:
    await give(world)
    await world.tap("bob", world.answer("ann"), "Change the words")
    await world.answered()
    assert "Only who gave it can change its words" in world.whispered("bob")


async def test_too_short_words_are_told_at_the_field(world: World) -> None:
    await give(world)
    await world.tap("ann", world.answer("ann"), "Change the words")
    view = await world.form_of("ann")
    await world.slack.submit("ann", view, {"reason": "ok"})
    assert "at least 3" in str(view.errors) or "What was it for?" in str(view.errors)
    assert WORDS in world.shown("#general")


UNSEEN = "\u200b\u2063\u3164\u3164"
"""Zero width, and a filler of Hangul: longer than the shortest reason, and nobody sees a thing."""


async def test_what_nobody_sees_is_no_reason_anywhere(database_url: str, clock: Clock) -> None:
    async with open_administration(database_url, clock) as world:
        view = await world.open_form("ann")
        await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": UNSEEN})
        assert "What was it for?" in str(view.errors)
        await world.slack.command("ann", "#general", "/kudos", f"@bob for {UNSEEN}")
        assert "What was it for?" in world.whispered("ann")
        await give(world)
        await world.tap("ann", world.answer("ann"), "Change the words")
        view = await world.form_of("ann")
        await world.slack.submit("ann", view, {"reason": UNSEEN})
        assert "What was it for?" in str(view.errors)
        assert "A reason has 3 to 500 characters" in await take_back(world, UNSEEN)
        assert WORDS in world.shown("#general")


async def test_what_was_taken_back_has_no_words_to_change(world: World) -> None:
    await give(world)
    confirmation = world.answer("ann")
    await world.tap("ann", confirmation, "Change the words")
    view = await world.form_of("ann")
    await world.slack.press("ann", confirmation, "undo")
    await world.slack.submit("ann", view, {"reason": "something else"})
    await world.settled()
    assert world.one("SELECT COUNT(*) FROM recognition WHERE edited_at IS NOT NULL") == 0


# --- by an administrator ----------------------------------------------------------------------------------


@pytest.fixture
async def administered(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def take_back(world: World, why: str = "It names a customer.") -> str:
    await says(world, "recognitions")
    await world.tap("ann", world.answer("ann"), "Take back")
    await world.form_of("ann")
    return await fills(world, reason=why)


async def test_one_point_is_counted_as_one(administered: World) -> None:
    await administered.slack.command("bob", "#general", "/kudos", "@cleo +1 for the name in the list")
    await administered.settled()
    assert "1 point left the programme" in await take_back(administered)


async def test_an_administrator_takes_back_with_a_reason(administered: World) -> None:
    world = administered
    await world.slack.command("bob", "#general", "/kudos", "@cleo +10 for the names in the list")
    await world.settled()
    assert "10 points left the programme" in await take_back(world)
    await world.settled()
    assert world.shown("#general") == "An administrator took back this kudos to <@U3>."
    assert "It names a customer." in world.told("bob")
    assert "An administrator took back the kudos from" in world.told("cleo")
    (entry,) = [one for one in audited(world) if one.act == "kudos taken back"]
    assert (entry.reason, entry.details["points"]) == ("It names a customer.", 10)
    assert world.balance("allowance", "Bob Okafor") == 40, "an administrator's reversal refills no allowance"
    assert world.balance("wallet", "Cléo") == 0
    assert world.tally("received", "Cléo") == 0
    assert world.books_agree()


async def test_what_is_private_is_on_no_administrators_list(administered: World) -> None:
    world = administered
    view = await world.open_form("bob")
    await world.slack.submit("bob", view, {"receivers": ["U3"], "reason": "between us two", "audience": "receivers"})
    await world.settled()
    assert "between us" not in await says(world, "recognitions")
    hidden = world.one("SELECT id FROM recognition")
    await world.slack.command("bob", "#general", "/kudos", "@cleo for the open work")
    await says(world, "recognitions")
    listed = world.answer("ann")
    button = next(one for _, one in elements(listed.blocks) if one["action_id"].startswith("admin_take_back"))
    button["value"] = json.dumps({"id": hidden})
    await world.tap("ann", listed, "Take back")
    await world.answered()
    assert "I do not know that kudos" in world.whispered("ann")


async def test_what_not_everybody_may_read_is_listed_without_its_words(administered: World) -> None:
    """Slack: a private channel. It can be taken back all the same."""
    world = administered
    bot = world.workspace.bot.id
    world.workspace.conversation("#secret").members.append(bot)
    await world.slack.event("member_joined_channel", user=bot, channel="C5", channel_type="G")
    await world.slack.command("bob", "#secret", "/kudos", "@ann for the hush-hush move")
    await world.settled()
    listed = await says(world, "recognitions @bob")
    assert "hush-hush" not in listed
    assert "the words are not shown here" in listed
    assert "left the programme" in await take_back(world)


async def test_on_teams_what_is_said_in_a_group_chat_is_listed_without_its_words(office: Office) -> None:
    await office.says(office.bob, office.lunch, "kudos @Cléo Martin for the hush-hush move")
    await office.says(office.bob, office.general, "kudos @Cléo Martin for the open work")
    await office.says(office.ann, office.general, "rewards-admin recognitions")
    listed = office.answered(office.ann, office.general)
    assert "hush-hush" not in listed
    assert listed.count("Bob Okafor") == 2
    assert "the open work" in listed


async def test_nobody_else_takes_back(administered: World) -> None:
    world = administered
    await world.slack.command("bob", "#general", "/kudos", "@cleo for the open work")
    await says(world, "recognitions")
    listed = world.answer("ann")
    await world.tap("bob", listed, "Take back")
    await world.answered()
    assert "for the people who run Plaudit" in world.whispered("bob")


async def test_on_teams_the_words_are_changed_in_a_dialog(office: Office) -> None:
    await office.says(office.ann, office.general, f"kudos @Bob Okafor for {WORDS}")
    await office.settled()
    await office.taps(office.ann, office.answer(office.ann, office.general), "Change the words")
    await office.teams.task_submit(office.ann, {"reason": "the very calm launch"})
    await office.settled()
    assert "the very calm launch" in office.shown(office.general)
    assert "The words were changed." in office.shown(office.general)
