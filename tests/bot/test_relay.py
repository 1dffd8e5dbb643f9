"""What leaves the outbox: once, in order, as it is now, and what happens when a platform does not play along."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from bot.backoff import MOST_ATTEMPTS
from bot.relay import LOOK_AFTER_MS, MOST_REPEATS, Relay
from bot.transport import Fate, SendFailed
from handlers.deliveries import Claimed, Deliveries
from handlers.vocabulary import POST_LINK
from store.db import Database
from store.outbox import LINK_PATIENCE, Record, touch
from tests.posting import ACME, Death, House, answer_lost, crashes_after, fails, open_house, open_replica

READ_IT = "Everyone can read it here"


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


# --- order ------------------------------------------------------------------------------------------------


async def test_messages_in_a_conversation_arrive_in_the_order_of_storing(house: House) -> None:
    for number in range(1, 9):
        house.says("ann", "@bob +1 for reason", f"number-{number}")
    await house.settled()
    numbers = [number for text in house.platform.texts("C1") for number in range(1, 9) if f"number-{number}" in text]
    assert numbers == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_a_conversation_that_has_to_wait_keeps_its_order_and_nobody_elses(house: House) -> None:
    house.platform.will(fails(Fate.AGAIN), kind="post")
    house.says("ann", "@bob +1 for the first thing")
    await house.turn()
    house.says("ann", "@bob +1 for the second thing")
    house.says("ann", "@bob +1 for elsewhere", where="C3")
    await house.turn()
    assert (len(house.platform.of("C1")), len(house.platform.of("C3"))) == (0, 1)
    await house.settled()
    assert ["first" in text for text in house.platform.texts("C1")] == [True, False]


async def test_a_conversation_rests_between_messages(house: House) -> None:
    house.platform.pace = 60_000
    house.says("ann", "@bob +1 for the first thing")
    house.says("ann", "@bob +1 for the second thing")
    for _ in range(3):
        await house.turn()
    assert len(house.platform.of("C1")) == 1
    assert 50_000 < house.rests_ms("C1") <= 60_000


# --- edits ------------------------------------------------------------------------------------------------


async def test_a_change_before_the_post_was_sent_is_in_the_post(house: House) -> None:
    house.says("ann", "@bob for the release")
    house.presses("ann", "undo", id=house.gift())
    await house.settled()
    assert house.platform.messages == []
    assert house.states() == ["dropped"]
    assert house.balance("allowance", "ann") == 50


async def test_a_change_while_the_post_is_being_sent_follows_it(house: House) -> None:
    gate = house.platform.hold()
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    house.presses("ann", "undo", id=house.gift())
    gate.set()
    await house.settled()
    [post] = house.platform.of("C1")
    assert "the release" in str(post.earlier)
    assert "took back" in str(post.payload)


async def test_a_change_while_an_edit_is_being_sent_is_the_last_word(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    gate = house.platform.hold()
    _touch(house)
    await house.relay.turn()
    house.presses("ann", "undo", id=house.gift())
    gate.set()
    await house.settled()
    assert "took back" in house.platform.texts("C1")[0]


async def test_many_changes_within_seconds_become_few_edits_and_the_last_state_wins(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    for _ in range(100):
        _touch(house, within_s=3)
        house.clock.forward(seconds=0.1)
        await house.turn()
    house.presses("ann", "undo", id=house.gift())
    house.clock.forward(seconds=3)
    await house.settled()
    [post] = house.platform.of("C1")
    assert 3 <= len(post.earlier) <= 6
    assert "took back" in str(post.payload)


async def test_an_edit_never_comes_before_its_post(house: House) -> None:
    """The post waits for a back-off, and is not edited meanwhile: there is nothing to edit."""
    house.platform.will(fails(Fate.AGAIN), kind="post")
    house.says("ann", "@bob for the release")
    await house.turn()
    _touch(house)
    await house.settled()
    [post] = house.platform.of("C1")
    assert post.earlier == []


async def test_edits_are_tried_as_patiently_after_many_edits_as_after_none(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    for _ in range(MOST_ATTEMPTS + 1):
        _touch(house)
        await house.settled()
    house.platform.will(fails(Fate.AGAIN), kind="post")
    house.presses("ann", "undo", id=house.gift())
    await house.turn()
    await house.turn()
    assert house.rests_ms("C1") < 10_000
    await house.settled()
    assert "took back" in house.platform.texts("C1")[0]


async def test_an_edit_that_fails_for_good_posts_nothing_elsewhere(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    house.platform.will(fails(Fate.DEAD, closed="archived"), kind="post")
    _touch(house)
    await house.settled()
    assert (len(house.platform.of("C1")), len(house.platform.of("C2"))) == (1, 0)
    assert house.platform.of("U1") == []


async def test_the_link_survives_an_edit_that_has_to_wait(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    link = house.one("SELECT link FROM outbox WHERE kind = 'post'")
    house.platform.will(fails(Fate.AGAIN), kind="post")
    _touch(house)
    await house.turn()
    await house.turn()
    assert link
    assert house.one("SELECT link FROM outbox WHERE kind = 'post'") == link


# --- failures ---------------------------------------------------------------------------------------------


async def test_too_many_in_a_channel_makes_that_channel_wait_as_long_as_asked(house: House) -> None:
    house.platform.will(fails(Fate.AGAIN, after_s=30.0), kind="post")
    house.says("ann", "@bob +1 for the release")
    await house.turn()
    house.says("ann", "@bob +1 for the party", where="C3")
    await house.turn()
    assert house.rests_ms("C1") > 29_000
    assert len(house.platform.of("C3")) == 1
    await house.settled()
    assert len(house.platform.of("C1")) == 1


async def test_too_many_in_a_workspace_makes_all_of_it_wait(house: House) -> None:
    house.platform.will(fails(Fate.AGAIN, after_s=30.0, everywhere=True), kind="post")
    house.says("ann", "@bob +1 for the release")
    await house.turn()
    house.says("ann", "@bob +1 for the party", where="C3")
    house.leases_run_out()
    assert await house.turn() == 0
    assert house.one("SELECT paused_until FROM workspace") - house.now_ms() > 29_000
    house.leases_run_out()
    assert await house.turn() == 0
    house.change("UPDATE workspace SET paused_until = 0")
    await house.settled()
    assert (len(house.platform.of("C1")), len(house.platform.of("C3"))) == (1, 1)


async def test_a_platform_that_is_down_is_tried_less_and_less_often(house: House) -> None:
    house.platform.will(fails(Fate.AGAIN), times=12, kind="post")
    house.says("ann", "@bob for the release")
    rests = []
    for _ in range(12):
        house.leases_run_out()
        await house.turn()
        await house.relay.turn(claim=False)
        rests.append(house.rests_ms("C1"))
    assert rests[0] < rests[3] < rests[7]
    assert max(rests) <= 15 * 60_000
    await house.settled()
    assert len(house.platform.of("C1")) == 1


async def test_whoever_is_down_for_a_day_is_given_up_and_the_giver_hears_of_it(house: House) -> None:
    house.platform.will(fails(Fate.AGAIN), times=MOST_ATTEMPTS + 1, kind="post")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert house.states()[0] == "dead"
    assert "recognition channel" in house.platform.texts("U1")[0]
    assert len(house.platform.of("C2")) == 1
    assert house.books_agree()


async def test_a_post_without_an_answer_is_looked_for_and_not_posted_twice(house: House) -> None:
    house.platform.will(answer_lost, kind="post")
    house.says("ann", "@bob for the release")
    await house.turn()
    await house.relay.turn(claim=False)
    assert 0 < house.rests_ms("C1") <= LOOK_AFTER_MS
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert len(house.platform.looked_for) == 1
    assert house.states() == ["sent"]


async def test_a_post_that_is_looked_for_in_vain_is_posted(house: House) -> None:
    house.platform.will(fails(Fate.UNCERTAIN), times=3, kind="post")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert len(house.platform.looked_for) == 3
    assert house.states() == ["sent"]


async def test_a_post_is_not_sent_before_it_could_be_looked_for(house: House) -> None:
    house.platform.will(answer_lost, kind="post")
    house.platform.look_fails = [SendFailed(Fate.AGAIN, "too many"), SendFailed(Fate.AGAIN, "down")]
    house.says("ann", "@bob for the release")
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert house.states() == ["sent"]


async def test_where_nobody_can_look_the_giver_is_asked_to(house: House) -> None:
    house.platform.can_look = False
    house.platform.will(answer_lost, kind="post")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert house.states() == ["uncertain"]
    assert "Post again" in house.platform.texts("U1")[0]
    assert READ_IT not in house.platform.texts("U2")[0]


async def test_an_uncertain_post_shows_what_is_true_when_it_is_posted_again(house: House) -> None:
    house.platform.can_look = False
    house.platform.will(fails(Fate.UNCERTAIN), kind="post")
    house.says("ann", "@bob for the release")
    await house.settled()
    house.change("UPDATE person SET name = 'Bob the Great' WHERE name = 'Bob'")
    house.presses("ann", "post_again", id=house.one("SELECT id FROM outbox WHERE kind = 'post'"))
    await house.settled()
    assert "Great" in house.platform.texts("C1")[0] or "<@U2>" in house.platform.texts("C1")[0]
    assert house.one("SELECT wanted - shown FROM outbox WHERE kind = 'post'") == 0


async def test_a_direct_message_is_repeated_a_few_times_at_most(house: House) -> None:
    house.platform.will(answer_lost, times=99, kind="direct")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert len(house.platform.of("U2")) == MOST_REPEATS + 1
    assert house.states("direct") == ["uncertain"]


async def test_a_bug_while_sending_posts_nothing_twice(house: House) -> None:
    house.platform.will(crashes_after, kind="post")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert house.states() == ["sent"]


async def test_a_revoked_token_loses_nothing_from_the_books(house: House) -> None:
    house.platform.will(fails(Fate.DEAD), times=99)
    house.says("ann", "@bob for the release")
    await house.settled()
    assert house.platform.messages == []
    assert house.balance("wallet", "bob") == 5
    assert house.books_agree()


async def test_an_app_that_was_removed_stops_nothing_else(house: House) -> None:
    house.says("ann", "@bob for the release")
    house.change("UPDATE workspace SET removed_at = :at", at="2026-11-18T10:00:00+00:00")
    house.platform.will(fails(Fate.DEAD), times=99)
    await house.settled()
    assert house.states() == ["dead"]
    assert not house.relay.busy


async def test_a_change_for_an_app_that_was_removed_is_dropped(house: House) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    _touch(house)
    house.change("UPDATE workspace SET removed_at = :at", at="2026-11-18T10:00:00+00:00")
    await asyncio.wait_for(house.settled(), 10)
    assert house.states() == ["dropped"]


async def test_an_archived_channel_is_remembered_and_the_post_goes_to_the_recognition_channel(house: House) -> None:
    house.platform.will(fails(Fate.DEAD, closed="archived"), kind="post")
    house.says("ann", "@bob +1 for the release")
    await house.settled()
    assert house.one("SELECT archived FROM conversation WHERE ref = 'C1'")
    assert "the release" in house.platform.texts("C2")[0]
    assert "recognition channel" in house.platform.texts("U1")[0]
    assert "I cannot post in" in house.platform.texts("U3")[0], "an owner is told what to do"


async def test_a_workspace_that_is_not_connected_here_waits(house: House) -> None:
    house.connected = False
    house.says("ann", "@bob for the release")
    await house.turn()
    await house.relay.turn(claim=False)
    assert house.states() == ["waiting"] or house.states() == ["sending"]
    house.connected = True
    await house.settled()
    assert len(house.platform.of("C1")) == 1


# --- whispers and links -----------------------------------------------------------------------------------


async def test_a_whisper_that_comes_too_late_is_not_told(house: House) -> None:
    house.says("ann", "@bob for the release", wired=False)
    house.clock.forward(minutes=16)
    await house.settled()
    assert house.states("whisper") == ["dropped"]
    assert house.states("post") == ["sent"]


async def test_a_message_with_a_link_waits_for_its_post(house: House) -> None:
    gate = house.platform.hold()
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    assert await house.relay.turn() == 0
    gate.set()
    await house.settled()
    [post], [direct] = house.platform.of("C1"), house.platform.texts("U2")
    assert f"https://acme.test/{house.platform.messages.index(post)}" in direct
    assert POST_LINK not in direct


async def test_a_change_does_not_hurry_a_message_that_waits_for_its_post(house: House) -> None:
    gate = house.platform.hold()
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    _touch(house)
    assert await house.relay.turn() == 0
    gate.set()
    await house.settled()
    assert READ_IT in house.platform.texts("U2")[0]


async def test_while_a_post_is_looked_for_its_link_is_waited_for(house: House) -> None:
    house.platform.will(answer_lost, kind="post")
    house.says("ann", "@bob for the release")
    await house.turn()
    assert await house.turn() == 0
    assert house.platform.of("U2") == []
    await house.settled()
    assert READ_IT in house.platform.texts("U2")[0]


async def test_a_post_that_is_dead_leaves_no_line_for_its_link(house: House) -> None:
    house.platform.will(fails(Fate.DEAD), kind="post")
    house.says("ann", "@bob for the release", where="C2")
    await house.settled()
    [direct] = house.platform.texts("U2")
    assert POST_LINK not in direct
    assert READ_IT not in direct


async def test_after_a_minute_a_message_goes_without_its_link(house: House) -> None:
    gate = house.platform.hold()
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    house.clock.forward(seconds=LINK_PATIENCE.total_seconds() - 1)
    assert await house.relay.turn() == 0
    house.clock.forward(seconds=1)
    assert await house.relay.turn() == 1
    gate.set()
    await house.settled()
    assert READ_IT not in house.platform.texts("U2")[0]


# --- several relays ---------------------------------------------------------------------------------------


async def test_two_relays_send_everything_once_and_in_order(house: House, database_url: str) -> None:
    async with open_replica(house, database_url) as replica:
        for number in range(8):
            for where in ("C1", "C2", "C3", "C4"):
                house.says(
                    ["ann", "bob", "cleo"][number % 3],
                    f"@{['bob', 'cleo', 'ann'][number % 3]} +1 for step",
                    f"number-{number} in {where}",
                    where=where,
                )
        await asyncio.gather(_empty(house), _empty(replica))
    ids = [one.message_id for one in house.platform.messages]
    assert len(ids) == len(set(ids)) == 8 * 4 * 2
    for where in ("C1", "C2", "C3", "C4"):
        texts = house.platform.texts(where)
        assert [f"number-{n}" in text for n, text in enumerate(texts)] == [True] * 8
    assert house.platform.looked_for == [], "no claim met a message of the other relay"


async def test_a_relay_that_slept_through_its_lease_says_nothing_any_more(house: House, database_url: str) -> None:
    gate = house.platform.hold()
    house.platform.will(lambda act: act(), kind="post")  # the replica's
    house.platform.will(fails(Fate.AGAIN), kind="post")  # the sleeper's
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    house.leases_run_out()
    async with open_replica(house, database_url) as replica:
        await replica.turn()
        gate.set()
        await house.relay.sent()
        await house.relay.turn(claim=False)
        await replica.relay.turn(claim=False)
        await replica.settled()
    await house.settled()
    assert len(house.platform.of("C1")) == 1
    assert house.states() == ["sent"]


async def test_clocks_minutes_apart_lose_nothing_and_double_nothing(house: House, database_url: str) -> None:
    ahead = type(house.clock)(house.clock.now + timedelta(minutes=3))
    async with open_replica(house, database_url, ahead) as replica:
        for number in range(4):
            house.says("ann", "@bob +1 for morning", str(number), where="C1")
            replica.says("bob", "@cleo +1 for evening", str(number), where="C1")
        gift = house.gift()
        giver = (
            "bob" if house.one("SELECT giver_id FROM recognition WHERE id = :id", id=gift).endswith("bob") else "ann"
        )
        replica.presses(giver, "undo", id=gift)
        await asyncio.gather(_empty(house), _empty(replica))
        house.clock.forward(minutes=4)
        await asyncio.gather(_empty(house), _empty(replica))
    ids = [one.message_id for one in house.platform.messages]
    assert len(ids) == len(set(ids)) == 14
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0
    assert house.books_agree()


# --- the relay itself -------------------------------------------------------------------------------------


async def test_a_relay_that_stops_finishes_and_records_what_it_sends(house: House) -> None:
    gate = house.platform.hold()
    house.says("ann", "@bob for the release")
    await house.relay.turn()
    stopping = asyncio.create_task(house.relay.stop())
    await asyncio.sleep(0)
    gate.set()
    await stopping
    assert house.states() == ["sent"]
    assert house.rests_ms("C1") <= 0, "no lease is left"


async def test_a_relay_that_stops_while_it_claims_leaves_nothing_half_done(house: House) -> None:
    house.says("ann", "@bob for the release")
    turning = asyncio.create_task(house.relay.turn())
    await asyncio.sleep(0)
    await house.relay.stop()
    await turning
    assert house.states() in (["sent"], ["waiting"])
    assert house.rests_ms("C1") <= 0
    assert not house.relay.busy


async def test_records_that_could_not_be_written_are_written_by_the_next_turn(house: House) -> None:
    relay = Relay(_Faulty(house.deliveries), house.lane, house._transport)
    house.says("ann", "@bob for the release")
    await relay.turn()
    await relay.sent()
    with pytest.raises(ConnectionError):
        await relay.turn()
    await relay.turn(claim=False)
    assert house.states() == ["sent"]


async def test_a_relay_runs_by_itself_and_outlives_a_bad_moment(house: House) -> None:
    relay = Relay(_Faulty(house.deliveries), house.lane, house._transport)
    running = asyncio.create_task(relay.run())
    for number in range(3):
        shown = house.platform.expect(number + 1, "C1")
        house.says("ann", "@bob +1 for the release", str(number))
        relay.wake()
        await asyncio.wait_for(shown.wait(), 10)
    await relay.stop()
    await running
    assert relay.healthy
    assert house.states() == ["sent"] * 3


async def test_a_post_that_nobody_could_look_for_all_day_is_not_posted_elsewhere(house: House) -> None:
    house.platform.will(answer_lost, kind="post")
    house.platform.look_fails = [SendFailed(Fate.AGAIN, "down")] * (MOST_ATTEMPTS + 1)
    house.says("ann", "@bob for the release")
    await house.settled()
    assert house.states() == ["uncertain"]
    assert (len(house.platform.of("C1")), len(house.platform.of("C2"))) == (1, 0)


async def test_a_process_that_dies_twice_at_the_same_post_still_posts_it_once(house: House) -> None:
    house.platform.will(Death(shown=False), kind="post")
    house.platform.will(Death(shown=True), kind="post")
    house.says("ann", "@bob for the release")
    for _ in range(2):
        await house.turn()
        house.kill()
    await house.settled()
    assert len(house.platform.of("C1")) == 1


class _Faulty(Deliveries):
    """The second turn finds the database gone."""

    def __init__(self, deliveries: Deliveries) -> None:
        self.__dict__.update(deliveries.__dict__)
        self._turns = 0

    def turn(self, records: Sequence[Record], *, most: int = 64) -> list[Claimed]:
        self._turns += 1
        if self._turns == 2:
            raise ConnectionError("gone for a moment")
        return super().turn(records, most=most)


def _touch(house: House, within_s: int = 0) -> None:
    with house.database.writing() as tx:
        touch(tx, ACME, "recognition", house.gift(), house.clock.now + timedelta(seconds=within_s))


async def _empty(house: House) -> None:
    """Turns until nothing is due that is not held by somebody else; lanes rest as long as the platform says."""
    idle = 0
    while idle < 3:
        idle = 0 if await house.turn() or house.relay.busy else idle + 1
        await asyncio.sleep(0.002)
