"""Reactions on Slack: the programme's emoji on a message gives the usual points, and taken off it takes them back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from itertools import permutations, product
from typing import Any

import pytest

from bot.sandbox.fake_slack import Message, text_of
from bot.sandbox.fake_slack.payloads import event_callback, reaction_event
from store.tenants import change_policy, list_all_homes
from tests.conftest import Clock
from tests.world import World

MEDAL = "sports_medal"


async def says(world: World, user: str = "bob", channel: str = "#general", text: str = "it works again") -> Message:
    return await world.slack.say(user, channel, text)


async def reacts(world: World, message: Message, emoji: str = MEDAL, user: str = "ann") -> int | None:
    delivery = await world.slack.react(user, message, emoji)
    await world.settled()
    return delivery.status


async def unreacts(world: World, message: Message, emoji: str = MEDAL, user: str = "ann") -> None:
    await world.slack.unreact(user, message, emoji)
    await world.settled()


def whispers(world: World, user: str = "ann") -> list[str]:
    return [text_of(one) for one in world.slack.ephemerals(user, "#general")]


def held(world: World, receiver: str = "Bob O") -> tuple[int, int]:
    return world.balance("allowance", "Ann"), world.balance("wallet", receiver)


def policy(world: World, **rules: object) -> None:
    with world.process.core.database.writing() as tx:
        change_policy(tx, list_all_homes(tx)[0].tenant_id, rules)


# --- what it gives ----------------------------------------------------------------------------------------


async def test_the_programmes_emoji_gives_the_usual_points_and_posts_nothing(world: World) -> None:
    message = await says(world)
    assert await reacts(world, message) == 200
    assert held(world) == (45, 5)
    assert world.shown("#general") == "it works again"
    assert whispers(world) == [
        "*5 points* to <@U2> for their message.\n"
        "You have *45* of 50 left until Monday. A slip? You can take it back for 10 minutes.\nUndo"
    ]
    told = world.told("bob")
    assert "*<@U1>* thanked you" in told
    assert "A message in #general" in told
    assert f"https://acme.slack.com/archives/C1/p{message.ts.replace('.', '')}" in told
    assert "*5 points* for you" in told
    assert [world.tally(one, "Ann") for one in ("given", "points_given")] == [1, 5]
    assert [world.tally(one, "Bob O") for one in ("received", "points_received")] == [1, 5]
    assert world.one("SELECT public FROM recognition") in (False, 0)
    assert world.books_agree()


async def test_the_usual_points_are_the_policys_and_the_emoji_is(world: World) -> None:
    policy(world, reaction="tada", default_points=7)
    message = await says(world)
    await reacts(world, message)
    assert world.footprint()["recognition"] == 0
    await reacts(world, message, "tada")
    assert held(world) == (43, 7)


@pytest.mark.parametrize("emoji", ["+1", "+1::skin-tone-4", "thumbsup::skin-tone-2", "thumbsup"])
async def test_skin_tones_and_other_names_are_the_same_emoji(world: World, emoji: str) -> None:
    policy(world, reaction="+1")
    await reacts(world, await says(world), emoji)
    assert held(world) == (45, 5)


async def test_a_reaction_in_a_private_channel_does_not_tell_its_name(world: World) -> None:
    world.workspace.conversation("secret").members.append(world.workspace.bot.id)
    message = await says(world, channel="#secret", text="between us")
    await reacts(world, message)
    assert "A message" in world.told("bob")
    assert "secret" not in world.told("bob").replace(message.ts, "")
    assert world.one("SELECT kind FROM conversation WHERE ref = 'C5'") == "private"


# --- what it does not give --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("author", "emoji"),
    [("ann", MEDAL), ("robo", MEDAL), ("bob", "tada"), ("bob", "sports_medal_2"), ("bob", "medal")],
    ids=["one's own", "an app's", "another emoji", "a longer name", "a name that is like it"],
)
async def test_nothing_is_given_and_nothing_is_said(world: World, author: str, emoji: str) -> None:
    message = await says(world, author)
    before = world.footprint()
    assert await reacts(world, message, emoji) == 200
    assert (world.footprint(), whispers(world)) == (before, [])


async def test_an_emoji_of_no_concern_leaves_no_row_and_asks_slack_nothing(world: World) -> None:
    """A busy workspace puts thousands of them on messages; they are looked at, and nothing more."""
    message, asked = await says(world), len(world.fake_slack.calls())
    await reacts(world, message, "eyes")
    sent = json.loads(world.slack.deliveries.last.sent)  # type: ignore[union-attr]
    sent["event"] |= {"user": "U404", "item_user": "U405"}
    await world.slack.deliveries.event(sent)
    assert world.one("SELECT COUNT(*) FROM request") == 0
    assert world.one("SELECT COUNT(*) FROM reaction") == 0
    assert len(world.fake_slack.calls()) == asked


async def test_switched_off_nothing_is_given(world: World) -> None:
    policy(world, reaction="")
    await reacts(world, await says(world))
    assert world.one("SELECT COUNT(*) FROM request") == 0


async def test_where_the_app_is_no_member_it_hears_of_no_reaction(world: World) -> None:
    message = await says(world, channel="#teamwork")
    assert await reacts(world, message) is None
    assert world.footprint()["recognition"] == 0


async def test_who_cannot_receive_is_named_to_the_reactor_alone(world: World) -> None:
    world.workspace.conversation("general").members.append("U5")
    await reacts(world, await says(world, "gus"))
    assert whispers(world) == ["Gus Guest is a guest, and this programme is for members.\nName a colleague who helped."]


async def test_an_app_that_reacts_is_told_nothing(world: World) -> None:
    await reacts(world, await says(world), user="robo")
    assert world.footprint()["outbox"] == 0
    assert world.balance("wallet", "Bob O") == 0


async def test_who_has_too_little_left_is_told_and_may_try_again(world: World, clock: Clock) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@cleo +24 @bob for the calm launch")
    message = await says(world)
    await reacts(world, message)
    assert "You have 2 of 50 points left" in whispers(world)[-1]
    assert "says thanks all the same" in whispers(world)[-1]
    await unreacts(world, message)
    assert world.balance("wallet", "Bob O") == 24
    clock.forward(days=7)
    await reacts(world, message)
    assert world.balance("wallet", "Bob O") == 29
    assert world.books_agree()


async def test_a_policy_with_long_reasons_is_no_hindrance(world: World) -> None:
    policy(world, reason_least=50)
    await reacts(world, await says(world))
    assert held(world) == (45, 5)


async def test_two_messages_of_one_person_are_two_gifts_without_a_question(world: World) -> None:
    await reacts(world, await says(world, text="one"))
    await reacts(world, await says(world, text="two"))
    assert held(world) == (40, 10)
    assert len(world.slack.direct("bob")) == 2


async def test_people_whom_nobody_knows_yet_are_looked_up(world: World) -> None:
    world.change("DELETE FROM account WHERE ref = 'U3'")
    world.change("DELETE FROM person WHERE email = 'cleo@acme.test'")
    await reacts(world, await says(world, "cleo"))
    assert held(world, "Cl") == (45, 5)


# --- taken off --------------------------------------------------------------------------------------------


async def test_taken_off_in_time_it_is_taken_back_without_a_word(world: World, clock: Clock) -> None:
    message = await says(world)
    await reacts(world, message)
    clock.forward(minutes=10)
    await unreacts(world, message)
    assert held(world) == (50, 0)
    assert "took back this kudos to you" in world.told("bob")
    assert len(whispers(world)) == 1
    assert not any(world.tally(one, name) for one in ("given", "received") for name in ("Ann", "Bob O"))
    assert world.books_agree()


async def test_taken_off_later_it_stays_given_and_putting_it_back_gives_no_second_time(
    world: World, clock: Clock
) -> None:
    message = await says(world)
    await reacts(world, message)
    clock.forward(minutes=10, seconds=1)
    await unreacts(world, message)
    assert held(world) == (45, 5)
    await reacts(world, message)
    assert held(world) == (45, 5)
    assert len(whispers(world)) == 1


async def test_put_back_it_gives_again(world: World) -> None:
    message = await says(world)
    for _ in range(3):
        await reacts(world, message)
        assert held(world) == (45, 5)
        await unreacts(world, message)
        assert held(world) == (50, 0)
    await reacts(world, message)
    assert held(world) == (45, 5)
    assert world.one("SELECT COUNT(*) FROM recognition WHERE taken_back_at IS NULL") == 1
    assert world.books_agree()


async def test_what_an_administrator_took_back_is_given_by_no_reaction_again(world: World) -> None:
    message = await says(world)
    await reacts(world, message)
    cleo = world.one("SELECT id FROM person WHERE name = 'Cléo Martin'")
    world.change("UPDATE recognition SET taken_back_at = given_at, taken_back_by = :by", by=cleo)
    await unreacts(world, message)
    await reacts(world, message)
    assert world.one("SELECT COUNT(*) FROM recognition") == 1
    assert held(world) == (45, 5)


async def test_undo_under_the_answer_takes_it_back_and_the_reaction_has_nothing_left_to_take(world: World) -> None:
    message = await says(world)
    await reacts(world, message)
    await world.tap("ann", world.answer("ann"), "Undo")
    await unreacts(world, message)
    assert held(world) == (50, 0)
    await reacts(world, message)
    assert held(world) == (45, 5)
    assert world.books_agree()


async def test_what_was_spent_stays_with_who_spent_it(world: World) -> None:
    message = await says(world)
    await reacts(world, message)
    with world.reading() as tx:
        bob = world.person(tx, "Bob O")
    world.change("UPDATE ledger_account SET balance = 2 WHERE id = :id", id=f"wallet:{bob}:")
    await unreacts(world, message)
    assert held(world) == (47, 0)


# --- in whatever order the events arrive ------------------------------------------------------------------


def events(world: World, message: Message, states: Sequence[bool]) -> list[dict[str, Any]]:
    """What Slack tells of a reaction that is put on and off, a second apart."""
    told = []
    for number, present in enumerate(states):
        kind = "reaction_added" if present else "reaction_removed"
        event = reaction_event(kind, "U1", MEDAL, message) | {"event_ts": f"1790000{number:03}.000200"}
        told.append(event_callback(world.workspace, event))
    return told


async def test_every_order_of_arrival_ends_the_same_with_every_event_twice(world: World) -> None:
    """Add, remove, add, with new event ids for the doubles, as Slack is known to send them."""
    for number, (order, again) in enumerate(product(permutations(range(3)), permutations(range(3)))):
        message = await says(world, text=f"message {number}")
        told = events(world, message, [True, False, True])
        twice = events(world, message, [True, False, True])
        for one in [*(told[n] for n in order), *(twice[n] for n in again)]:
            assert (await world.slack.deliveries.event(one)).ok
        stands = "SELECT COUNT(*) FROM recognition WHERE taken_back_at IS NULL"
        assert (world.one(stands), held(world)) == (1, (45, 5)), (order, again)
        last = events(world, message, [True, False, True, False])[-1]
        await world.slack.deliveries.event(last)
        assert (world.one(stands), held(world)) == (0, (50, 0)), (order, again)
    assert world.books_agree()


async def test_events_that_arrive_at_once_end_right(world: World) -> None:
    for number, last in enumerate((True, False)):
        message = await says(world, text=f"message {number}")
        told = events(world, message, [True, False, True, False, True][: 5 if last else 4]) * 2
        await asyncio.gather(*(world.slack.deliveries.event(one) for one in told))
        stands = world.one("SELECT COUNT(*) FROM recognition WHERE taken_back_at IS NULL")
        assert stands == last
        await world.slack.deliveries.event(events(world, message, [False] * 9)[-1])
        assert held(world) == (50, 0)
    assert world.books_agree()


async def test_one_event_that_arrives_eleven_times_gives_once(world: World) -> None:
    message = await says(world)
    [event] = events(world, message, [True])
    ids = [event | {"event_id": f"Ev{n}"} for n in range(11)]
    await asyncio.gather(*(world.slack.deliveries.event(one) for one in ids))
    await world.settled()
    assert held(world) == (45, 5)
    assert (len(whispers(world)), len(world.slack.direct("bob"))) == (1, 1)


async def test_what_was_not_taken_is_asked_for_again(world: World) -> None:
    message = await says(world)
    world.change("DELETE FROM account WHERE ref = 'U2'")
    world.change("DELETE FROM person WHERE email = 'bob@acme.test'")
    world.fake_slack.fail("users.info", status=500, times=20)
    delivery = await world.slack.react("ann", message, MEDAL)
    assert delivery.status == 503
    world.fake_slack.recover()
    assert (await world.slack.deliveries.retry(delivery)).ok
    assert held(world) == (45, 5)


# --- malformed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"item": {"type": "file", "file": "F1"}}, 200),
        ({"item": None}, 200),
        ({"item": {"type": "message", "channel": "C1"}}, 400),
        ({"user": None}, 400),
        ({"reaction": 7}, 400),
        ({"event_ts": "soon"}, 400),
        ({"event_ts": ""}, 400),
        ({"item_user": ["U2"]}, 200),
    ],
)
async def test_whatever_else_comes_is_answered_without_a_crash(
    world: World, changes: dict[str, Any], status: int
) -> None:
    message = await says(world)
    [event] = events(world, message, [True])
    event["event"] |= changes
    assert (await world.slack.deliveries.event(event)).status == status
    assert world.footprint()["recognition"] == 0


async def test_a_reaction_from_another_organisations_workspace_gives_nothing_here(world: World) -> None:
    message = await says(world)
    [event] = events(world, message, [True])
    other = event | {"team_id": "T999", "authorizations": [{"team_id": "T999", "user_id": "U9"}]}
    await world.slack.deliveries.event(other)
    assert world.footprint()["recognition"] == 0
