"""Many at once: the same delivery, the same allowance, two processes, two relays, and more than fits."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import parse_qs

import aiohttp
import psycopg
import pytest

from app import Process
from bot import admission, door
from bot.admission import QUEUE_LIMIT
from bot.presenter import CardPresenter
from bot.sandbox.fake_slack import Person, SlackClient
from bot.sandbox.fake_slack.deliveries import Delivery
from handlers.dispatch import Answered
from handlers.vocabulary import Card, Reader
from store import ledger
from store.db import Database
from tests.posting import ACME, House, command, open_house, open_replica
from tests.world import SECRET, World, make_settings

T = TypeVar("T")


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


def at_once(*works: Callable[[], T]) -> list[T]:
    """Each in a thread of its own, all from the same moment on."""
    start = threading.Barrier(len(works))

    def work(one: Callable[[], T]) -> T:
        start.wait(30)
        return one()

    with ThreadPoolExecutor(max_workers=len(works)) as threads:
        return list(threads.map(work, works))


# --- the same again ---------------------------------------------------------------------------------------


async def test_a_delivery_that_comes_seven_times_at_once_gives_once(world: World) -> None:
    first = await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    again = await asyncio.gather(*(world.slack.deliveries.resend(first) for _ in range(7)))
    assert [one.json for [one] in again] == [first.json] * 7
    assert (world.balance("allowance", "Ann"), world.balance("wallet", "Bob Okafor")) == (45, 5)
    await world.settled()
    assert world.shown("#general").count("the release") == 1
    assert len(world.slack.direct("bob")) == 1
    assert world.books_agree()


async def test_a_first_delivery_that_comes_seven_times_at_once_gives_once(house: House, database_url: str) -> None:
    request = command("ann", "@bob for the release")
    async with open_replica(house, database_url) as replica:
        dispatchers = [house.dispatcher, replica.dispatcher] * 4
        answers: list[Answered] = at_once(*(lambda one=one: one.dispatch(request) for one in dispatchers[:7]))
    assert sorted(one.again for one in answers) == [False] + [True] * 6
    assert all(one.payload == answers[0].payload and one.outcome == "done" for one in answers)
    assert house.one("SELECT COUNT(*) FROM recognition") == 1
    assert house.one("SELECT COUNT(*) FROM outbox") == 2
    assert house.books_agree()


async def test_a_refusal_that_is_delivered_seven_times_at_once_is_the_same_refusal(house: House) -> None:
    request = command("ann", "@ann for myself")
    answers = at_once(*(lambda: house.dispatcher.dispatch(request) for _ in range(7)))
    assert {one.outcome for one in answers} == {"oneself"}
    assert all(one.payload == answers[0].payload for one in answers)
    assert house.one("SELECT COUNT(*) FROM request") == 1


async def test_a_form_that_is_submitted_twice_with_new_ids_gives_once(world: World) -> None:
    view = await world.open_form("ann")
    first = await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": "the release", "points": "5"})
    payload = json.loads(parse_qs(first.sent.decode())["payload"][0])
    payload["trigger_id"] += "9"
    payload["view"] |= {"id": "V999", "hash": "another"}
    second = await world.slack.deliveries.interaction(payload)
    assert second.json == first.json
    await world.settled()
    assert (world.balance("allowance", "Ann"), world.balance("wallet", "Bob Okafor")) == (45, 5)
    assert world.shown("#general").count("the release") == 1


async def test_the_same_command_typed_again_is_asked_about(world: World) -> None:
    for _ in range(2):
        await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    assert "again" in world.whispered("ann").lower()
    assert world.balance("wallet", "Bob Okafor") == 5
    world.clock.forward(seconds=61)
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    await world.settled()
    assert world.balance("wallet", "Bob Okafor") == 10
    assert world.shown("#general").count("the release") == 2


async def test_send_again_pressed_by_two_fingers_gives_once_more_and_no_more(house: House) -> None:
    house.says("ann", "@bob for the release")
    house.says("ann", "@bob for the release")
    draft = house.one("SELECT id FROM draft")
    answers = at_once(*(lambda: house.presses("ann", "send_again", draft=draft) for _ in range(4)))
    assert sorted(one.outcome == "done" for one in answers) == [False, False, False, True]
    assert house.balance("wallet", "bob") == 10


async def test_what_carries_no_points_is_sent_again_once_too(house: House) -> None:
    """No ledger stops the second press here: the draft's row does."""
    house.says("ann", "@bob +0 for the release")
    house.says("ann", "@bob +0 for the release")
    draft = house.one("SELECT id FROM draft")
    answers = at_once(*(lambda: house.presses("ann", "send_again", draft=draft) for _ in range(4)))
    assert sorted(one.outcome for one in answers) == ["done"] + ["sent_already"] * 3
    assert house.one("SELECT COUNT(*) FROM recognition") == 2


@pytest.mark.parametrize(("shown", "audience", "posts"), [(True, "here", 2), (False, "receivers", 1)])
async def test_a_draft_of_an_earlier_version_is_sent_as_it_was_meant(
    house: House, shown: bool, audience: str, posts: int
) -> None:
    """It says whether everybody sees the gift, knows no other audience, nobody in copy and no place."""
    house.says("ann", "@bob for the release")
    house.says("ann", "@bob for the release")
    kept = json.loads(house.one("SELECT content FROM draft"))
    earlier = {name: kept[name] for name in ("receivers", "reason", "points", "value_id", "badge_id", "about_link")}
    house.change("UPDATE draft SET content = :content", content=json.dumps(earlier | {"shown": shown}))
    assert house.presses("ann", "send_again", draft=house.one("SELECT id FROM draft")).outcome == "done"
    assert house.one("SELECT audience FROM recognition WHERE id = :id", id=house.gift()) == audience
    assert house.one("SELECT COUNT(*) FROM outbox WHERE kind = 'post'") == posts
    assert house.balance("wallet", "bob") == 10


# --- one allowance ----------------------------------------------------------------------------------------


async def test_of_sixteen_gifts_at_once_as_many_succeed_as_there_are_points_for(
    house: House, database_url: str
) -> None:
    async with open_replica(house, database_url) as replica:
        answers = at_once(
            *(lambda n=n: [house, replica][n % 2].says("ann", "@bob +7 for deed", str(n)) for n in range(16))
        )
    outcomes = [one.outcome for one in answers]
    assert sorted(outcomes) == ["allowance_spent"] * 9 + ["done"] * 7
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (1, 49)
    assert house.one("SELECT COUNT(*) FROM outbox WHERE kind = 'post'") == 7
    assert house.books_agree()


async def test_of_many_badges_with_points_at_once_one_brings_them(house: House, database_url: str) -> None:
    house.change("UPDATE badge SET points = 20 WHERE shortcode = 'rocket'")
    house.change("UPDATE tenant SET programme_version = programme_version + 1")
    async with open_replica(house, database_url) as replica:
        answers = at_once(
            *(lambda n=n: [house, replica][n % 2].says("ann", "@bob +1 for deed", f"{n} :rocket:") for n in range(6))
        )
    assert sorted(one.outcome for one in answers) == ["badge_again"] * 5 + ["done"]
    assert house.balance("wallet", "bob") == 21
    assert house.books_agree()


async def test_people_who_thank_each_other_in_a_ring_do_not_lock_each_other_out(house: House) -> None:
    ring = [("ann", "@bob @cleo"), ("bob", "@cleo @ann"), ("cleo", "@ann @bob")] * 4
    answers = at_once(
        *(lambda n=n, one=one: house.says(one[0], one[1], "+1 for deed", str(n)) for n, one in enumerate(ring))
    )
    assert [one.outcome for one in answers] == ["done"] * 12
    assert [house.balance("wallet", name) for name in ("ann", "bob", "cleo")] == [8, 8, 8]
    assert house.books_agree()


async def test_give_spend_undo_again_and_again_prints_no_points(house: House) -> None:
    """Bob's wallet is emptied each time before Ann takes back: what was spent stays given."""
    for number in range(8):
        answered = house.says("ann", "@bob +10 for deed", str(number))
        if answered.outcome == "allowance_spent":
            break
        gift = house.gift()
        spend(house, "bob", house.balance("wallet", "bob"))
        assert house.presses("ann", "undo", id=gift).outcome == "done"
        assert house.presses("ann", "undo", id=gift).outcome == "already_undone"
    assert house.balance("allowance", "ann") == 0
    assert house.one("SELECT COUNT(*) FROM recognition") == 5
    assert house.books_agree()


async def test_give_and_undo_again_and_again_leaves_everything_as_it_was(house: House) -> None:
    for number in range(8):
        house.says("ann", "@bob +10 for deed", str(number))
        house.presses("ann", "undo", id=house.gift())
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (50, 0)
    assert house.books_agree()


class Unlucky(CardPresenter):
    """In the middle of a request the database says that somebody was in the way."""

    def __init__(self, trouble: Exception, times: int) -> None:
        self._troubles = [trouble] * times

    def card(self, card: Card, reader: Reader) -> dict[str, Any]:
        if self._troubles:
            raise self._troubles.pop()
        return super().card(card, reader)


def in_the_way(engine: str) -> Exception:
    if engine == "postgresql":
        return psycopg.errors.DeadlockDetected()
    locked = sqlite3.OperationalError("database is locked")
    locked.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return locked


async def test_who_meets_somebody_in_the_way_begins_anew(database: Database, clock: Any) -> None:
    unlucky = Unlucky(in_the_way(database.kind), times=3)
    async with open_house(database, clock, presenter=unlucky) as house:
        assert house.says("ann", "@bob for the release").outcome == "done"
        assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (45, 5)
        assert house.books_agree()


async def test_any_other_trouble_takes_nothing(database: Database, clock: Any) -> None:
    unlucky = Unlucky(ConnectionError("gone"), times=1)
    async with open_house(database, clock, presenter=unlucky) as house:
        with pytest.raises(ConnectionError):
            house.says("ann", "@bob for the release")
        assert house.one("SELECT COUNT(*) FROM request") == 0
        assert house.says("ann", "@bob for the release").outcome == "done"


async def test_undo_pressed_many_times_at_once_takes_back_once(house: House) -> None:
    house.says("ann", "@bob +10 for the release")
    gift = house.gift()
    answers = at_once(*(lambda: house.presses("ann", "undo", id=gift) for _ in range(6)))
    assert sorted(one.outcome for one in answers) == ["already_undone"] * 5 + ["done"]
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (50, 0)
    assert house.books_agree()


def spend(house: House, name: str, points: int) -> None:
    with house.database.writing() as tx:
        act = f"order:{house.new_id()}"
        spent = [ledger.Posting(ledger.wallet(f"person {name}"), ledger.Side.SPENT, points)]
        now = house.clock()
        ledger.post(
            tx, ACME, ledger.Transaction(kind="spend", act=act, effective_at=now, recorded_at=now, postings=spent)
        )


# --- two processes ----------------------------------------------------------------------------------------


@asynccontextmanager
async def second_process(world: World, clock: Any) -> AsyncIterator[tuple[Process, SlackClient]]:
    """Another replica on the same database, with its own doors."""
    settings = make_settings(world.process.settings.database_url, world.fake_slack, world.workspace, world.fake_teams)
    process = Process(settings, clock, durable=False)
    try:
        await process.start()
        async with aiohttp.ClientSession() as http:
            address = f"http://127.0.0.1:{process.port}/slack/events"
            yield process, SlackClient(world.fake_slack, http, address, SECRET)
    finally:
        await process.stop()


async def test_two_processes_minutes_apart_give_each_delivery_once_and_show_it_once(world: World) -> None:
    ahead = type(world.clock)(world.clock.now + timedelta(minutes=3))
    async with second_process(world, ahead) as (_, replica):
        clients = [world.slack, replica]
        deliveries = [
            await client.command(who, channel, "/kudos", f"@{receiver} +1 for deed {number}")
            for number, (client, who, receiver, channel) in enumerate(
                [
                    (world.slack, "ann", "bob", "#general"),
                    (replica, "ann", "bob", "#general"),
                    (world.slack, "bob", "ann", "#kudos"),
                    (replica, "bob", "ann", "#kudos"),
                ]
            )
        ]
        again = await asyncio.gather(*(same(client, one) for one in deliveries for client in clients))
        assert all(one.ok for one in again)
    world.clock.forward(minutes=4)
    await world.settled()
    shown = world.shown("#general") + world.shown("#kudos")
    assert [shown.count(f"deed {number}") for number in range(4)] == [1, 1, 1, 1]
    assert len(world.slack.direct("bob")) == len(world.slack.direct("ann")) == 2
    assert (world.balance("allowance", "Ann"), world.balance("wallet", "Bob Okafor")) == (48, 2)
    assert world.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0
    assert world.books_agree()


async def same(client: SlackClient, delivery: Delivery) -> Delivery:
    """The same request, body and signature, at this client's door."""
    [answer] = await client.deliveries.resend(delivery)
    return answer


# --- overload, at the door --------------------------------------------------------------------------------


async def test_a_full_house_says_busy_to_people_and_503_to_events(world: World) -> None:
    go_on = threading.Event()
    writers = world.process.core.writers
    waiting = [asyncio.create_task(writers.run(lambda: go_on.wait(30))) for _ in range(QUEUE_LIMIT)]
    await asyncio.sleep(0)
    try:
        command = await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
        event = await world.slack.event("user_change", user=world.workspace.user_json("U2"))
        form = await world.slack.command("ann", "#general", "/kudos", "help")
    finally:
        go_on.set()
        await asyncio.gather(*waiting)
    assert (command.status, event.status, form.status) == (200, 503, 200)
    assert "Nothing was taken" in str(command.body)
    assert "Nothing was taken" not in str(form.body), "who only reads does not wait behind writers"
    assert world.one("SELECT COUNT(*) FROM request") == 0
    assert world.one("SELECT COUNT(*) FROM recognition") == 0
    assert (await world.slack.deliveries.retry(event)).ok
    assert "45* of 50" in str((await same(world.slack, command)).body)


async def test_a_client_that_hangs_up_finds_its_gift_given(world: World) -> None:
    go_on = threading.Event()
    writers = world.process.core.writers
    held = [asyncio.create_task(writers.run(lambda: go_on.wait(30))) for _ in range(threads(world))]
    await asyncio.sleep(0)
    world.slack.deliveries.patience_s = 0.3
    gone = await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    assert gone.status is None
    go_on.set()
    await asyncio.gather(*held)
    await world.process.door.drain()
    world.slack.deliveries.patience_s = 3.0
    assert "45* of 50" in str((await same(world.slack, gone)).body)
    await world.settled()
    assert world.shown("#general").count("the release") == 1
    assert world.balance("wallet", "Bob Okafor") == 5


async def test_an_answer_that_takes_too_long_is_promised_and_follows_by_response_url(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "PATIENCE_S", 0.1)
    world.workspace.add_people(Person("U50", "newbie", "New Bie", "new@acme.test"))
    world.fake_slack.fail("users.info", status=200, hang_s=60)
    promised = await world.slack.command("ann", "#general", "/kudos", "@newbie for the release")
    assert "Still working" in str(promised.body)
    assert world.one("SELECT COUNT(*) FROM recognition") == 0
    world.fake_slack.recover()
    await world.process.door.drain()
    assert len(world.fake_slack.calls("response_url")) == 1
    assert "45* of 50" in world.whispered("ann")
    assert world.balance("wallet", "New Bie") == 5


async def test_who_waited_too_long_to_begin_reads_that_nothing_was_taken(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was promised an answer, and is too late to begin: the answer that follows says so."""
    monkeypatch.setattr(door, "PATIENCE_S", 0.1)
    monkeypatch.setattr(admission, "LATEST_START_S", 0.05)
    go_on = threading.Event()
    writers = world.process.core.writers
    held = [asyncio.create_task(writers.run(lambda: go_on.wait(30))) for _ in range(threads(world))]
    await asyncio.sleep(0)
    promised = await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    assert "Still working" in str(promised.body)
    go_on.set()
    await asyncio.gather(*held)
    await world.process.door.drain()
    assert "Nothing was taken" in world.whispered("ann")
    assert world.one("SELECT COUNT(*) FROM recognition") == 0


def threads(world: World) -> int:
    return 1 if world.process.core.database.kind == "sqlite" else 8
