"""Undo on Slack: for ten minutes a giver takes a kudos back, and everybody who saw it sees that."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from store import ledger
from store.tenants import list_all_homes
from tests.conftest import Clock
from tests.world import World

COUNTS = ("given", "received", "points_given", "points_received")


async def give(world: World, typed: str = "@bob @cleo +10 for the calm launch #teamwork") -> None:
    await world.slack.command("ann", "#general", "/kudos", typed)


def books(world: World) -> dict[str, int]:
    names = {"allowance": "Ann", "wallet": "Bob Okafor"}
    return {kind: world.balance(kind, name) for kind, name in names.items()}


def tallies(world: World) -> list[int]:
    return [world.tally(count, name) for name in ("Ann", "Bob Okafor", "Cléo") for count in COUNTS]


async def test_undo_takes_everything_back_where_it_was_seen(world: World, clock: Clock) -> None:
    await give(world)
    await world.settled()
    counted = tallies(world)
    clock.forward(minutes=10)
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert "Taken back" in world.whispered("ann")
    assert "20 points came back to you. You have *50* of 50 left." in world.whispered("ann")
    assert world.shown("#general") == "<@U1> took back this kudos to <@U2> and <@U3>."
    for name in ("bob", "cleo"):
        assert world.told(name) == "<@U1> took back this kudos to you.\nYour wallet now holds 0 points."
    assert books(world) == {"allowance": 50, "wallet": 0}
    assert any(counted)
    assert not any(tallies(world))
    assert world.books_agree()


async def test_two_taps_at_once_take_back_once_and_the_second_is_told(world: World) -> None:
    await give(world)
    confirmation = world.answer("ann")
    await asyncio.gather(*(world.slack.press("ann", confirmation, "undo") for _ in range(2)))
    await world.answered()
    shown = [world.whispered("ann"), *(str(one.content) for one in world.slack.ephemerals("ann", "#general"))]
    assert any("Taken back" in one for one in shown)
    assert any("You took that back already" in one for one in shown)
    assert books(world) == {"allowance": 50, "wallet": 0}
    assert world.books_agree()


async def test_after_ten_minutes_it_stays(world: World, clock: Clock) -> None:
    await give(world)
    clock.forward(minutes=10, seconds=1)
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert "For 10 minutes you can take it back, and that time is over" in world.whispered("ann")
    assert "a word to whoever received it" in world.whispered("ann")
    assert "the calm launch" in world.shown("#general")
    assert books(world) == {"allowance": 30, "wallet": 10}


async def test_nobody_takes_back_what_somebody_else_gave(world: World) -> None:
    await give(world)
    for forger in ("bob", "cleo"):
        await world.tap(forger, world.answer("ann"), "Undo")
        assert "Only who gave it can take it back" in world.whispered(forger)
    await world.settled()
    assert "the calm launch" in world.shown("#general")
    assert books(world) == {"allowance": 30, "wallet": 10}


async def test_taken_back_before_it_was_sent_it_never_appears(world: World) -> None:
    world.hold_back()
    await give(world)
    await world.tap("ann", world.answer("ann"), "Undo")
    world.let_go()
    world.clock.forward(minutes=2)
    await world.settled()
    assert "Taken back" in world.whispered("ann")
    assert [world.shown("#general"), world.told("bob"), world.told("cleo")] == ["", "", ""]
    assert world.fake_slack.calls("chat.postMessage") == []


async def test_taken_back_in_the_middle_of_sending_the_post_follows(world: World) -> None:
    world.fake_slack.fail("chat.postMessage", status=200, hang_s=30, channel="C1")
    await give(world, "@bob for the calm launch")
    sending = asyncio.create_task(world.settled())
    while not world.fake_slack.calls("chat.postMessage"):  # noqa: ASYNC110 - the fake announces no calls
        await asyncio.sleep(0)
    await world.slack.press("ann", world.answer("ann"), "undo")
    world.fake_slack.recover()
    await sending
    await world.settled()
    assert world.shown("#general") == "<@U1> took back this kudos to <@U2>."
    assert "the calm launch" not in world.told("bob")


async def test_spent_points_stay_and_the_words_go(world: World) -> None:
    await give(world, "@bob +10 for the calm launch")
    await world.settled()
    _spend(world, "Bob Okafor", 7)
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    told = world.whispered("ann")
    assert "7 points had been spent already and stay where they are" in told
    assert "3 points came back to you. You have *43* of 50 left." in told
    assert "the calm launch" not in world.shown("#general") + world.told("bob")
    assert books(world) == {"allowance": 43, "wallet": 0}
    assert world.books_agree()


async def test_give_spend_undo_again_and_again_prints_no_points(world: World, clock: Clock) -> None:
    for number in range(6):
        await give(world, f"@bob +25 for round {number}")
        if held := world.balance("wallet", "Bob Okafor"):
            _spend(world, "Bob Okafor", held)
        if "Undo" in world.whispered("ann"):
            await world.tap("ann", world.answer("ann"), "Undo")
    spent = -int(world.one("SELECT COALESCE(SUM(-amount), 0) FROM ledger_entry WHERE side = 'spent'"))
    assert (spent, books(world)) == (50, {"allowance": 0, "wallet": 0})
    assert world.books_agree()


async def test_after_an_undo_the_same_words_are_no_repetition(world: World) -> None:
    await give(world)
    await world.tap("ann", world.answer("ann"), "Undo")
    await give(world)
    assert "Sent." in world.whispered("ann")


def _spend(world: World, name: str, points: int) -> None:
    at = datetime(2026, 11, 18, 10, 1, tzinfo=UTC)
    with world.process.core.database.writing() as tx:
        tenant, person = list_all_homes(tx)[0].tenant_id, world.person(tx, name)
        taken = ledger.Posting(ledger.wallet(person), ledger.Side.SPENT, points)
        act = f"order:{world.process.core.new_id()}"
        ledger.post(tx, tenant, ledger.Transaction("order", act, at, at, [taken]))
