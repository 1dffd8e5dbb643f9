"""Boosts: one tap adds one's own points to somebody's kudos, and the post shows who joined in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from bot.sandbox.fake_slack import Message, Person, text_of
from bot.sandbox.fake_slack.blocks import elements
from store.db import Database
from store.tenants import change_policy, list_all_homes
from tests.conftest import Clock
from tests.posting import Death, House, open_house, open_replica
from tests.teams_world import Office, open_office
from tests.test_concurrency import at_once, spend
from tests.world import World, open_world

CROWD = [Person(f"U1{n:02}", f"fan{n}", f"Fan {n:02}", f"fan{n}@acme.test") for n in range(20)]


async def gives(world: World, typed: str = "@bob +5 for the calm launch #craft") -> Message:
    """The post."""
    await world.slack.command("ann", "#general", "/kudos", typed)
    await world.settled()
    return world.slack.messages("#general")[-1]


async def boosts(world: World, user: str, post: Message, label: str = "Boost +2") -> str:
    """What they read."""
    await world.tap(user, post, label)
    await world.settled()
    return world.whispered(user)


def policy(world: World, **rules: object) -> None:
    with world.process.core.database.writing() as tx:
        change_policy(tx, list_all_homes(tx)[0].tenant_id, rules)


def the_id(world: World) -> str:
    return str(world.one("SELECT MAX(id) FROM recognition"))


def buttons(message: Message) -> list[str]:
    return [one["text"]["text"] for _, one in elements(message.blocks) if one["type"] == "button"]


# --- on Slack ---------------------------------------------------------------------------------------------


async def test_one_tap_adds_points_of_ones_own_and_the_post_says_so(world: World, clock: Clock) -> None:
    post = await gives(world)
    assert buttons(post) == ["Boost +2"]
    told = await boosts(world, "cleo", post)
    assert told == "*You joined in:* 2 points to <@U2>.\nYou have *48* of 50 left until Monday."
    clock.forward(seconds=4)
    await world.settled()
    assert "Cléo Martin joined in: *2 points* more." in world.shown("#general")
    assert "Cléo Martin joined in: *2 points* more for you." in world.told("bob")
    assert "Your wallet now holds 7 points" in world.told("bob")
    assert len(world.slack.direct("bob")) == 1, "a boost is no message of its own"
    assert (world.balance("allowance", "Cl"), world.balance("wallet", "Bob O")) == (48, 7)
    assert [world.tally(one, "Cl") for one in ("given", "points_given")] == [1, 2]
    assert [world.tally(one, "Bob O") for one in ("received", "points_received")] == [2, 7]
    assert world.books_agree()


async def test_the_second_tap_adds_nothing(world: World) -> None:
    post = await gives(world)
    await boosts(world, "cleo", post)
    assert "You joined in already" in await boosts(world, "cleo", post)
    assert world.balance("wallet", "Bob O") == 7


async def test_several_receivers_get_as_much_each_or_nobody_gets_anything(world: World) -> None:
    world.workspace.conversation("general").members.append("U4")
    post = await gives(world, "@bob @cleo +5 for the calm launch")
    told = await boosts(world, "bob2", post, "Boost +2 each")
    assert "2 points each to <@U2> and <@U3>" in told
    assert "*46* of 50" in told
    assert [world.balance("wallet", one) for one in ("Bob O", "Cl")] == [7, 7]
    policy(world, boost_points=25)
    await world.slack.command("bob2", "#general", "/kudos", "@ann +20 for being there")
    post = await gives(world, "@bob @cleo +1 for the notes")
    assert "this takes 50 (25 each for 2)" in await boosts(world, "bob2", post, "Boost +25 each")
    assert [world.balance("wallet", one) for one in ("Bob O", "Cl")] == [8, 8]
    assert world.books_agree()


async def test_what_is_boosted_is_the_policys_and_zero_shows_no_button(world: World) -> None:
    policy(world, boost_points=4)
    post = await gives(world)
    assert buttons(post) == ["Boost +4"]
    policy(world, boost_points=0)
    assert "There are no boosts here" in await boosts(world, "cleo", post, "Boost +4")
    assert buttons(await gives(world, "@bob for the notes")) == []


@pytest.mark.parametrize(
    ("user", "told"),
    [("ann", "It is your own kudos"), ("bob", "That kudos is for you.\nThank back")],
)
async def test_neither_giver_nor_receiver_join_in(world: World, user: str, told: str) -> None:
    post = await gives(world)
    assert told in await boosts(world, user, post)
    assert world.balance("wallet", "Bob O") == 5


async def test_nobody_joins_in_for_somebody_who_left(world: World) -> None:
    """Their wallet is closed to gifts, so it is to boosts: by the button, and by a reaction."""
    post = await gives(world)
    world.change("UPDATE person SET active = false WHERE name = 'Bob Okafor'")
    assert "Bob Okafor is not active any more." in await boosts(world, "cleo", post)
    await world.slack.react("cleo", post, "sports_medal")
    await world.settled()
    assert (world.balance("wallet", "Bob O"), world.one("SELECT COUNT(*) FROM boost")) == (5, 0)


async def test_words_without_points_can_be_boosted(world: World) -> None:
    view = await world.open_form("ann")
    await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": "the calm launch", "points": "0"})
    await world.settled()
    await boosts(world, "cleo", world.slack.messages("#general")[-1])
    assert world.balance("wallet", "Bob O") == 2
    assert world.books_agree()


async def test_who_has_too_little_left_is_told_what_costs_nothing(world: World) -> None:
    await world.slack.command("cleo", "#general", "/kudos", "@ann +24 for one")
    await world.slack.command("cleo", "#general", "/kudos", "@ann +25 for two")
    post = await gives(world)
    told = await boosts(world, "cleo", post)
    assert "You have 1 of 50 points left" in told
    assert "A thank-you in the thread costs none." in told
    assert world.one("SELECT COUNT(*) FROM boost") == 0


# --- taken back with what it belongs to -------------------------------------------------------------------


async def test_undo_gives_every_boost_back(world: World, clock: Clock) -> None:
    post = await gives(world)
    confirmation = world.answer("ann")
    await boosts(world, "cleo", post)
    await world.tap("ann", confirmation, "Undo")
    clock.forward(seconds=4)
    await world.settled()
    assert world.shown("#general") == "<@U1> took back this kudos to <@U2>."
    assert [world.balance("allowance", one) for one in ("Ann", "Cl")] == [50, 50]
    assert world.balance("wallet", "Bob O") == 0
    assert world.one("SELECT COUNT(*) FROM boost") == 0
    for name in ("Ann", "Bob O", "Cl"):
        assert not any(world.tally(one, name) for one in ("given", "received", "points_given", "points_received"))
    assert "That kudos was taken back" in await boosts_by_id(world, "cleo", the_id(world))
    assert world.books_agree()


async def boosts_by_id(world: World, user: str, id: str, channel: str = "#general") -> str:
    """A button that somebody made themselves."""
    made = {"type": "button", "action_id": "boost", "text": {"type": "plain_text", "text": "Boost"}}
    block = {"type": "actions", "block_id": "b", "elements": [made | {"value": f'{{"id":"{id}"}}'}]}
    place = world.workspace.conversation(channel)
    message = world.workspace.post(place.id, world.workspace.bot.id, {"text": "forged", "blocks": [block]})
    await world.slack.press(user, message, "boost", f'{{"id":"{id}"}}')
    await world.answered()
    await world.settled()
    return world.whispered(user, channel)


@pytest.mark.parametrize("id", ["", "nothing", "0192f0c0ffee"])
async def test_a_made_up_kudos_is_none(world: World, id: str) -> None:
    await gives(world)
    assert "I cannot find that kudos here" in await boosts_by_id(world, "cleo", id)


async def test_what_only_its_receivers_see_is_as_good_as_none_for_others(world: World) -> None:
    view = await world.open_form("ann")
    await world.slack.submit(
        "ann", view, {"receivers": ["U2"], "reason": "the calm launch", "audience": "receivers", "points": "5"}
    )
    await world.settled()
    assert "I cannot find that kudos here" in await boosts_by_id(world, "cleo", the_id(world))
    assert "only for those it names" in await boosts_by_id(world, "bob", the_id(world))
    assert world.balance("wallet", "Bob O") == 5


async def test_a_kudos_of_a_private_channel_is_boosted_where_it_is_and_nowhere_else(world: World) -> None:
    secret = world.workspace.conversation("secret")
    secret.members += [world.workspace.bot.id, "U3"]
    await world.slack.command("ann", "#secret", "/kudos", "@bob +5 for the quiet launch")
    await world.settled()
    assert world.one("SELECT public FROM recognition") in (False, 0)
    assert "I cannot find that kudos here" in await boosts_by_id(world, "cleo", the_id(world))
    assert "You joined in" in await boosts_by_id(world, "cleo", the_id(world), "#secret")


async def test_another_organisations_kudos_is_none_here(database_url: str, clock: Clock) -> None:
    """Two tenants in one process: Slack's, and that of Teams."""
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
        of_teams = str(office.world.one("SELECT MAX(id) FROM recognition"))
        assert "I cannot find that kudos here" in await boosts_by_id(office.world, "cleo", of_teams)
        assert office.wallet(office.bob) == 5


# --- the programme's emoji on a kudos ---------------------------------------------------------------------


async def test_the_programmes_emoji_on_a_kudos_is_a_boost(world: World, clock: Clock) -> None:
    post = await gives(world)
    await world.slack.react("cleo", post, "sports_medal")
    clock.forward(seconds=4)
    await world.settled()
    assert "2 points to <@U2>" in world.whispered("cleo")
    assert "Cléo Martin joined in" in world.shown("#general")
    assert world.one("SELECT COUNT(*) FROM recognition") == 1
    await world.slack.unreact("cleo", post, "sports_medal")
    clock.forward(seconds=4)
    await world.settled()
    assert "joined in" not in world.shown("#general")
    assert (world.balance("allowance", "Cl"), world.balance("wallet", "Bob O")) == (50, 5)
    await world.slack.react("cleo", post, "sports_medal")
    await world.settled()
    assert world.balance("wallet", "Bob O") == 7
    assert world.books_agree()


async def test_taken_off_too_late_a_boost_stays(world: World, clock: Clock) -> None:
    post = await gives(world)
    await world.slack.react("cleo", post, "sports_medal")
    clock.forward(minutes=10, seconds=1)
    await world.slack.unreact("cleo", post, "sports_medal")
    assert world.balance("wallet", "Bob O") == 7


async def test_a_reaction_takes_back_no_boost_that_a_button_gave(world: World) -> None:
    post = await gives(world)
    await boosts(world, "cleo", post)
    await world.slack.react("cleo", post, "sports_medal")
    await world.slack.unreact("cleo", post, "sports_medal")
    assert world.balance("wallet", "Bob O") == 7
    assert len(world.slack.ephemerals("cleo", "#general")) == 1


@pytest.mark.parametrize("user", ["ann", "bob"])
async def test_who_cannot_join_in_may_react_and_is_told_nothing(world: World, user: str) -> None:
    post = await gives(world)
    told = len(world.slack.ephemerals(user, "#general"))
    await world.slack.react(user, post, "sports_medal")
    await world.settled()
    assert len(world.slack.ephemerals(user, "#general")) == told
    assert world.balance("wallet", "Bob O") == 5


# --- on Teams ---------------------------------------------------------------------------------------------


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        await opened.says(opened.ann, opened.general, "kudos @Bob Okafor +5 for the release")
        yield opened


async def shown_later(office: Office, clock: Clock) -> str:
    clock.forward(seconds=4)
    await office.settled()
    return office.shown(office.general)


async def test_the_button_on_teams(office: Office, clock: Clock) -> None:
    [post] = office.posts(office.general)
    await office.taps(office.cleo, post, "Boost +2")
    assert "You joined in: 2 points to Bob Okafor" in office.teams.notice(office.cleo)
    assert "Cléo Martin joined in: **2 points** more." in await shown_later(office, clock)
    assert office.wallet(office.bob) == 7
    await office.taps(office.cleo, post, "Boost +2")
    assert "You joined in already" in office.teams.notice(office.cleo)
    await office.taps(office.ann, post, "Boost +2")
    assert "your own kudos" in office.teams.notice(office.ann)


@pytest.mark.parametrize("kind", ["like", "heart", "laugh", "surprised", "1f44f_clappinghands-tone3"])
async def test_any_kind_reaction_is_a_boost(office: Office, clock: Clock, kind: str) -> None:
    [post] = office.posts(office.general)
    await office.teams.reaction(office.cleo, post, kind)
    assert "Cléo Martin joined in" in await shown_later(office, clock)
    assert "2 points to" in office.answered(office.cleo, office.general)
    assert office.wallet(office.bob) == 7
    await office.teams.reaction(office.cleo, post, kind, added=False)
    assert "joined in" not in await shown_later(office, clock)
    assert (office.wallet(office.bob), office.allowance(office.cleo)) == (5, 50)


@pytest.mark.parametrize("kind", ["sad", "angry", "1f44e_thumbsdown"])
async def test_what_means_no_thanks_is_none(office: Office, kind: str) -> None:
    [post] = office.posts(office.general)
    await office.teams.reaction(office.cleo, post, kind)
    await office.settled()
    assert (office.wallet(office.bob), office.answers(office.cleo, office.general)) == (5, [])


async def test_another_reaction_in_its_place_is_the_same_boost(office: Office) -> None:
    [post] = office.posts(office.general)
    delivery = await office.teams.reaction(office.cleo, post, "like")
    assert delivery
    await office.teams.reaction(office.cleo, post, "heart")
    await office.teams.reaction(office.cleo, post, "like", added=False)
    assert office.wallet(office.bob) == 7
    await office.teams.reaction(office.cleo, post, "heart", added=False)
    assert office.wallet(office.bob) == 5
    await office.teams.resend(delivery, 3)
    assert office.wallet(office.bob) == 5
    assert len(office.answers(office.cleo, office.general)) <= 1


@pytest.mark.parametrize("who", ["ann", "bob"])
async def test_giver_and_receiver_may_like_it_without_a_word(office: Office, who: str) -> None:
    [post] = office.posts(office.general)
    told = len(office.answers(getattr(office, who), office.general))
    await office.teams.reaction(getattr(office, who), post, "like")
    await office.settled()
    assert office.wallet(office.bob) == 5
    assert len(office.answers(getattr(office, who), office.general)) == told


async def test_a_reaction_to_an_answer_or_in_the_personal_chat_is_nothing(office: Office) -> None:
    for message in (office.answer(office.ann, office.general), office.directs(office.bob)[0]):
        await office.teams.reaction(office.cleo, message, "like")
    assert office.wallet(office.bob) == 5
    assert office.world.one("SELECT COUNT(*) FROM boost") == 0


async def test_one_recognition_on_both_platforms_is_boosted_once_a_person(database_url: str, clock: Clock) -> None:
    async with open_office(database_url, clock, with_slack=True) as office:
        world = office.world
        await world.slack.command("ann", "#general", "/kudos", "@bob +5 for the release")
        await world.settled()
        [post] = office.posts(office.general)
        await office.teams.reaction(office.cleo, post, "like")
        await office.settled()
        await world.tap("cleo", world.slack.messages("#general")[-1], "Boost +2")
        assert "You joined in already" in world.whispered("cleo")
        clock.forward(seconds=4)
        await world.settled()
        assert "Cléo Martin joined in" in world.shown("#general")
        assert "Cléo Martin joined in" in office.shown(office.general)
        assert world.balance("wallet", "Bob O") == 7


# --- many at once -----------------------------------------------------------------------------------------


async def test_twenty_boosters_at_once_lose_none_and_edit_the_post_few_times(database_url: str, clock: Clock) -> None:
    async with open_world(database_url, clock, people=CROWD) as world:
        world.workspace.conversation("general").members.extend(one.id for one in CROWD)
        post = await gives(world)
        edited = len(world.fake_slack.calls("chat.update"))
        await asyncio.gather(*(world.slack.press(one.name, post, "boost") for one in CROWD))
        await world.answered()
        for one in CROWD:  # on a slow machine some are told that it is busy, or nothing yet, and tap again
            told = map(text_of, world.slack.ephemerals(one.name, "#general"))
            if not any("joined in" in words for words in told):
                await world.tap(one.name, post, "Boost +2")
        await world.settled()
        clock.forward(seconds=4)
        await world.settled()
        assert "and 15 others joined in: *40 points* more." in world.shown("#general")
        assert world.balance("wallet", "Bob O") == 45
        assert sum(world.balance("allowance", one.real_name) for one in CROWD) == 20 * 48
        edits = [one for one in world.fake_slack.calls("chat.update")[edited:] if one.arguments["channel"] == "C1"]
        assert 1 <= len(edits) <= 3
        assert world.books_agree()


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


async def test_one_person_with_many_fingers_joins_in_once(house: House, database_url: str) -> None:
    house.says("ann", "@bob +5 for the release")
    gift = house.gift()
    async with open_replica(house, database_url) as replica:
        answers = at_once(*(lambda n=n: [house, replica][n % 2].presses("cleo", "boost", id=gift) for n in range(8)))
    assert sorted(one.outcome for one in answers) == ["boosted_already"] * 7 + ["done"]
    assert (house.balance("allowance", "cleo"), house.balance("wallet", "bob")) == (48, 7)
    assert house.books_agree()


async def test_boost_and_undo_at_once_end_with_nothing_left_behind(house: House, database_url: str) -> None:
    async with open_replica(house, database_url) as replica:
        for number in range(6):
            house.says("ann", "@bob +5 for deed", str(number))
            gift = house.gift()
            at_once(
                partial(house.presses, "cleo", "boost", id=gift),
                partial(replica.presses, "ann", "undo", id=gift),
            )
            assert house.one("SELECT COUNT(*) FROM boost") == 0
            assert house.balance("wallet", "bob") == 0
    assert (house.balance("allowance", "ann"), house.balance("allowance", "cleo")) in [(50, 50), (50, 0)]
    assert house.books_agree()


@pytest.mark.parametrize("engine_name", ["postgresql"])
async def test_undo_takes_wallets_before_counts_as_gifts_do(house: House) -> None:
    """In another order an undo and a gift wait for each other in a ring. SQLite has one writer, and no rings."""
    house.says("ann", "@bob +0 for the release")
    gift = house.gift()
    house.presses("cleo", "boost", id=gift)
    with ThreadPoolExecutor(max_workers=1) as threads, house.database.writing() as tx:
        tx.execute(text("SELECT id FROM ledger_account WHERE id LIKE 'wallet:%' FOR UPDATE"))
        undo = threads.submit(house.presses, "ann", "undo", id=gift)
        until = time.monotonic() + 20
        while not house.one("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") and time.monotonic() < until:
            pass
        free = tx.execute(text("SELECT person_id FROM tally FOR UPDATE NOWAIT")).all()
        tx.rollback()
    assert free
    assert undo.result().outcome == "done"
    assert house.books_agree()


async def test_give_boost_spend_undo_prints_no_points(house: House) -> None:
    house.says("ann", "@bob +5 for the release")
    gift = house.gift()
    house.presses("cleo", "boost", id=gift)
    spend(house, "bob", 4)
    assert house.presses("ann", "undo", id=gift).outcome == "done"
    left = house.balance("allowance", "ann"), house.balance("allowance", "cleo"), house.balance("wallet", "bob")
    assert left == (48, 48, 0), "three of seven were left, and the giver's come first"
    assert house.books_agree()


# --- an edit never overtakes its post ---------------------------------------------------------------------


async def test_a_boost_before_the_post_was_sent_is_in_the_post(house: House) -> None:
    house.says("ann", "@bob +5 for the release")
    house.presses("cleo", "boost", id=house.gift())
    await house.settled()
    [shown] = house.platform.of("C1")
    assert "Cleo joined in" in str(shown.payload)
    assert shown.earlier == []


async def test_a_boost_while_the_post_is_being_sent_comes_after_it(house: House) -> None:
    house.says("ann", "@bob +5 for the release")
    gate = house.platform.hold()
    turning = asyncio.create_task(house.turn())
    await asyncio.sleep(0)
    house.presses("cleo", "boost", id=house.gift())
    gate.set()
    await turning
    house.clock.forward(seconds=4)
    await house.settled()
    [shown] = house.platform.of("C1")
    assert "Cleo joined in" in str(shown.payload)


@pytest.mark.parametrize("shown", [False, True])
async def test_a_relay_that_dies_at_the_edit_loses_no_boost(house: House, shown: bool) -> None:
    house.says("ann", "@bob +5 for the release")
    await house.settled()
    house.presses("cleo", "boost", id=house.gift())
    house.clock.forward(seconds=4)
    death = Death(shown=shown)
    house.platform.will(death, kind="post")
    while not death.happened:
        assert await house.turn() or house.relay.busy
    house.kill()
    await house.settled()
    [post] = house.platform.of("C1")
    assert "Cleo joined in" in str(post.payload)
    assert house.books_agree()
