"""Set-up on Slack: by the form and by typed words, with its errors, and in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import Conversation, Kind
from handlers import registry
from handlers.admin_settings import BY_WORD
from handlers.rules.periods import Every
from handlers.rules.policy import Board, PoolsBy
from tests.administration import audited, fills, open_administration, opens, policy, says, stored_policy
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


def zone(world: World) -> str:
    return str(world.one("SELECT zone FROM tenant"))


def channel(world: World) -> str:
    chosen = "SELECT conversation.name FROM conversation JOIN workspace ON recognition_id = conversation.id"
    return str(world.one(chosen))


async def test_the_menu_shows_how_things_are_and_opens_the_forms(world: World) -> None:
    told = await says(world, "")
    assert "Recognitions go to *<#C2>*" in told
    assert "*50 points* to give" in told
    await world.tap("ann", world.answer("ann"), "Points and limits")
    view = await world.form_of("ann")
    assert view.content["title"]["text"] == "Points and limits"


async def test_what_is_set_up_in_the_form_holds_from_then_on(world: World) -> None:
    await opens(world, "setup")
    told = await fills(world, channel="C1", zone="asia/tokyo", board="teams", week_post="no", reminders="no")
    assert "Time zone: America/New_York → *Asia/Tokyo*" in told
    assert "Recognition channel: #kudos → *#general*" in told
    assert (zone(world), channel(world)) == ("Asia/Tokyo", "general")
    assert stored_policy(world) == {"board": "teams", "week_post": False, "reminders": False}
    assert policy(world).board is Board.TEAMS
    [fact] = audited(world)
    assert fact.act == "set-up changed"
    assert fact.details["zone"] == ["America/New_York", "Asia/Tokyo"]
    assert fact.details["channel"] == ["#kudos", "#general"]
    assert fact.details["week_post"] == [True, False]
    await world.slack.command("bob", "#secret", "/kudos", "@cleo for keeping it to yourself")
    await world.settled()
    assert "keeping it to yourself" in world.shown("#general"), "the chosen channel is used at once"


async def test_limits_that_do_not_fit_together_are_told_at_their_fields_and_stay_typed(world: World) -> None:
    view = await opens(world, "limits")
    told = await fills(world, allowance="10", most_points="20", default_points="30")
    assert view.errors.keys() == {"most_points", "default_points"}
    assert "more than 10 a week" in told
    assert view.values["allowance"]["allowance"]["value"] == "10"
    told = await fills(world, allowance="0", undo_minutes="soon", most_points="25", default_points="5")
    assert view.errors.keys() == {"undo_minutes", "allowance"}
    told = await fills(world, allowance="0", undo_minutes="5", most_points="25", default_points="5")
    assert "goes from 1 to 10,000" in told
    assert audited(world) == []
    told = await fills(world, allowance="60")
    assert "Points to give in a period: 50 → *60*" in told
    assert "it counts from the next" in told
    assert stored_policy(world) == {"allowance": 60, "undo_minutes": 5}


async def test_what_is_set_back_to_the_default_is_not_stored(world: World) -> None:
    await says(world, "setup allowance 60")
    assert stored_policy(world) == {"allowance": 60}
    await says(world, "setup allowance 50")
    assert stored_policy(world) == {}
    assert "nothing changed" in await says(world, "setup allowance 50")
    assert len(audited(world)) == 2


async def test_rules_of_another_version_stay_where_they_are(world: World) -> None:
    world.change("""UPDATE tenant SET policy = '{"of_tomorrow": 7}'""")
    await says(world, "setup undo 3")
    assert stored_policy(world) == {"of_tomorrow": 7, "undo_minutes": 3}


TYPED: dict[str, tuple[str, Any]] = {
    "setup allowance 60": ("allowance", 60),
    "setup period month": ("allowance_period", Every.MONTH),
    "setup rollover 0": ("rollover_periods", 0),
    "setup pair-hint yes": ("pair_limit", True),
    "setup expiry 18": ("points_expire_months", 18),
    "setup leavers 45": ("leavers_days", 45),
    "setup awards-all yes": ("managers_award_all", True),
    "setup together owners": ("pools_by", PoolsBy.OWNERS),
    "setup most 30": ("most_points", 30),
    "setup points 7": ("default_points", 7),
    "setup boost 3": ("boost_points", 3),
    "setup reaction 🎉": ("reaction", "tada"),
    "setup receivers 3": ("most_receivers", 3),
    "setup undo 0": ("undo_minutes", 0),
    "setup repeat 0": ("repeat_s", 0),
    "setup reason-least 10": ("reason_least", 10),
    "setup reason-most 500": ("reason_most", 500),
    "setup guests yes": ("guests_receive", True),
    "setup others on": ("strangers_receive", True),
    "setup board off": ("board", Board.OFF),
    "setup week-post no": ("week_post", False),
    "setup celebrations off": ("celebrations", False),
    "SETUP Reminders NO": ("reminders", False),
    "setup week_post yes": ("week_post", True),
    "setup allowance: 64": ("allowance", 64),
    "setup channel-posts 20": ("channel_posts", 20),
    "setup allowance 1,000": ("allowance", 1000),
}


SET_OTHERWISE = {"purposes", "allowance_since", "points_expire_since", "point_worth", "currency"}
"""By a form of their own, with the period, with the expiry, and with `cost on`."""


async def test_every_rule_can_be_typed(world: World) -> None:
    for typed, (field, value) in TYPED.items():
        assert "*Changed*" in await says(world, typed), typed
        assert getattr(policy(world), field) == value, typed
    assert {field for field, _ in TYPED.values()} == set(policy(world).__dataclass_fields__) - SET_OTHERWISE
    assert len(audited(world)) == len(TYPED)


WRONG = {
    "setup allowance lots": "whole number from 1 to 10,000",
    "setup allowance 10": "One person may get 25 points at once, which is more than 10 a week.\n"
    "Lower that first: setup most 10.",
    "setup most 60": "Raise that first: setup allowance 60.",
    "setup points 30": "at once, which is 25.\nRaise that first: setup most 30.",
    "setup most 3": "which is 3.\nLower that first: setup points 3.",
    "setup reason-least 51": "This goes from 1 to 50",
    "setup allowance -5": "whole number",
    "setup allowance": "whole number",
    "setup allowance 1,00": "whole number",
    "setup guests perhaps": "Guests can be thanked: I cannot read that.\nWrite yes or no.",
    "setup boost 26": "A boost adds 26 points, which is more than one person may get at once: 25.\n"
    "Raise that first: setup most 26.",
    "setup reaction two words": "like :tada:, or off",
    "setup reaction 🎉🎉": "like :tada:, or off",
    "setup board nobody": "people, teams or off",
    "setup week-post perhaps": "yes or no",
    "setup colour red": "There is no setting “colour”",
    "setup zone Berln": "Did you mean Europe/Berlin",
    "setup zone": "Which one?\nWrite setup zone Europe/Berlin.",
    "setup zone CET": "CET names no place.\nWrite a city of your zone, like Europe/Berlin.",
    "setup zone UTC+2": "An offset forgets summer time.\nWrite a city",
    "setup channel #old": "#old is archived",
    "setup channel #nowhere": "I cannot find that channel",
    "setup channel #secret": "I am not in that channel",
    "setup channel": "Which one?\nWrite setup channel #kudos, or setup channel here in it.",
    "settings": "I do not know “settings” here",
}


async def test_what_is_typed_wrongly_is_told_with_the_next_step(world: World) -> None:
    told = {typed: await says(world, typed) for typed in WRONG}
    assert {typed: told[typed] for typed, part in WRONG.items() if part not in told[typed]} == {}
    assert (stored_policy(world), audited(world)) == ({}, [])


async def test_a_channel_can_be_typed_linked_or_meant_by_being_in_it(world: World) -> None:
    await says(world, "setup channel #teamwork")
    assert channel(world) == "teamwork"
    await says(world, "setup channel general")
    assert channel(world) == "general"
    await world.slack.command("ann", "#kudos", "/rewards-admin", "setup channel here")
    assert channel(world) == "kudos"


async def test_a_channel_that_is_new_to_us_is_looked_up_before_it_is_chosen(world: World) -> None:
    world.workspace.add_conversations(Conversation("C9", "fresh", Kind.PUBLIC, members=["U1"]))
    await opens(world, "setup")
    assert "#kudos → *#fresh*" in await fills(world, channel="C9")
    assert channel(world) == "fresh"


@pytest.mark.parametrize(("ref", "part"), [("C5", "I am not in"), ("C4", "is archived"), ("C404", "I am not in")])
async def test_a_channel_that_could_not_be_posted_in_is_refused_at_its_field(world: World, ref: str, part: str) -> None:
    view = await opens(world, "setup")
    assert part in await fills(world, channel=ref)
    assert view.errors.keys() == {"channel"}
    assert channel(world) == "kudos"


async def test_a_zone_that_nobody_knows_is_told_with_its_neighbours(world: World) -> None:
    view = await opens(world, "setup")
    await fills(world, zone="Europe/Berln")
    assert "Did you mean Europe/Berlin" in view.errors["zone"]
    assert zone(world) == "America/New_York"


async def test_a_changed_zone_moves_what_is_scheduled(world: World) -> None:
    await world.process.ticks.plan()
    weekly = [name for name, one in registry.ticks.items() if one.by_tenant]
    before = {one: _next_at(world, one) for one in weekly}
    await says(world, "setup zone Pacific/Auckland")
    assert zone(world) == "Pacific/Auckland"
    assert all(_next_at(world, one) != at for one, at in before.items())


async def test_a_new_allowance_counts_from_the_next_week_for_who_has_given(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +5 for the release")
    await says(world, "setup allowance 80")
    await world.slack.command("ann", "#general", "/points", "")
    await world.slack.command("ann", "#general", "/rewards", "how")
    assert "You have *45* left" in world.whispered("ann")
    await world.slack.command("bob", "#general", "/rewards", "how")
    assert "You have *80* left" in world.whispered("bob")
    world.clock.forward(days=7)
    await world.slack.command("ann", "#general", "/rewards", "how")
    assert "You have *125* left" in world.whispered("ann"), "with the 45 of the week before"


async def test_the_same_form_twice_changes_once(world: World) -> None:
    view = await opens(world, "limits")
    sent = await world.slack.submit("ann", view, {"allowance": "60"})
    await world.slack.deliveries.resend(sent)
    assert len(audited(world)) == 1


async def test_help_tells_every_word(world: World) -> None:
    told = await says(world, "help")
    assert "/rewards-admin grant @somebody +50 for the reason" in told
    assert "/rewards-admin values add" in told
    assert all(one in told for one in ["channel, zone, allowance", *BY_WORD])


def _next_at(world: World, job: str) -> str:
    return str(world.one("SELECT next_at FROM schedule WHERE job = :job AND subject = ''", job=job))
