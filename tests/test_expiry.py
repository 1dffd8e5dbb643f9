"""Points that expire: twice warned, on their owner's wall, and only if the warning arrived. And those of leavers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, datetime
from itertools import count
from typing import Any

import pytest

from store import closings, ledger
from store.people import deactivate
from store.wallets import list_wallet_moves
from tests.administration import OWNER, says
from tests.rhythm import Rhythm
from tests.world import World, open_world

_acts = count(1)
FIRST, SECOND, GONE = "2027-10-31T09:00Z", "2027-11-23T09:00Z", "2027-12-01T09:00Z"
"""Ten in Berlin, for points of November 2026 that last for twelve months."""


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_owners=OWNER) as opened:
        yield opened
        assert opened.books_agree()


@pytest.fixture
async def rhythm(world: World) -> Rhythm:
    made = Rhythm(world)
    await made.begin()
    made.policy(points_expire_months=12)
    return made


def receives(rhythm: Rhythm, name: str, points: int, at: str) -> None:
    when = datetime.fromisoformat(at)
    to = ledger.Posting(ledger.Side.ISSUED, ledger.wallet(rhythm.person(name).id), points)
    with rhythm.world.process.core.database.writing() as tx:
        ledger.post(tx, rhythm.tenant, ledger.Transaction("test", f"test:{next(_acts)}", when, when, [to]))


def holds(rhythm: Rhythm, name: str, points: int) -> str:
    act = f"test:{next(_acts)}"
    with rhythm.world.process.core.database.writing() as tx:
        wallet = ledger.wallet(rhythm.person(name).id)
        return closings.hold(tx, rhythm.tenant, wallet, act.replace(":", "-"), points, act, rhythm.world.clock())


def releases(rhythm: Rhythm, hold_id: str) -> None:
    with rhythm.world.process.core.database.writing() as tx:
        closings.release(tx, rhythm.tenant, hold_id, f"test:{next(_acts)}", rhythm.world.clock())


async def lives(rhythm: Rhythm, *instants: str) -> None:
    for one in instants:
        await rhythm.at(one)


async def begins(rhythm: Rhythm) -> None:
    """The night in which the zones are looked at."""
    await rhythm.at("2027-10-30T00:30Z")


async def test_two_warnings_then_the_oldest_points_go_and_the_others_stay(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    receives(rhythm, "Ann", 25, "2026-12-01T12:00Z")
    await begins(rhythm)
    assert "expire soon" not in world.told("ann")
    await lives(rhythm, FIRST)
    assert "*40 points* can be used until the end of *Tuesday 30 November*" in world.told("ann")
    assert "wallet holds *65 points*" in world.told("ann")
    await lives(rhythm, "2027-11-01T09:00Z", "2027-11-22T09:00Z")
    assert world.told("ann").count("until the end of") == 1
    await lives(rhythm, SECOND, "2027-11-24T09:00Z")
    assert "the second of two messages" in world.told("ann")
    await lives(rhythm, "2027-11-30T09:00Z")
    assert world.balance("wallet", "Ann") == 65
    await lives(rhythm, GONE)
    assert world.balance("wallet", "Ann") == 25
    await lives(rhythm, "2027-12-02T09:00Z")
    assert world.balance("wallet", "Ann") == 25


async def test_a_day_ends_where_the_person_is(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Cléo", 10, "2026-11-30T15:30Z")  # December in Tokyo
    receives(rhythm, "Bob", 10, "2026-12-01T03:00Z")  # November in New York
    await begins(rhythm)
    await lives(rhythm, "2027-10-31T23:30Z")
    assert ("expire soon" in world.told("bob"), "expire soon" in world.told("cleo")) == (True, False)


async def test_points_do_not_expire_while_the_second_warning_did_not_arrive(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    await begins(rhythm)
    await lives(rhythm, FIRST)
    world.hold_back()
    await lives(rhythm, SECOND, "2027-11-29T09:00Z", GONE, "2027-12-05T09:00Z")
    assert world.balance("wallet", "Ann") == 40
    world.let_go()
    await world.settled()
    await lives(rhythm, "2027-12-06T09:00Z", "2027-12-12T09:00Z")
    assert world.balance("wallet", "Ann") == 40
    await lives(rhythm, "2027-12-13T09:00Z")
    assert world.balance("wallet", "Ann") == 0


async def test_a_first_warning_that_did_not_arrive_is_sent_again_and_the_day_moves(
    world: World, rhythm: Rhythm
) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    await begins(rhythm)
    world.hold_back()
    await lives(rhythm, FIRST)
    world.change("UPDATE outbox SET state = 'dead' WHERE view = 'points_expiring'")
    world.let_go()
    await lives(rhythm, SECOND)
    assert "until the end of *Thursday 23 December*" in world.told("ann")
    assert "the second of two messages" not in world.told("ann")
    await lives(rhythm, GONE, "2027-12-16T09:00Z", "2027-12-17T09:00Z", "2027-12-23T09:00Z")
    assert world.balance("wallet", "Ann") == 40
    await lives(rhythm, "2027-12-24T09:00Z")
    assert world.balance("wallet", "Ann") == 0


async def test_what_an_order_holds_does_not_expire_and_is_warned_of_when_it_comes_back(
    world: World, rhythm: Rhythm
) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    await begins(rhythm)
    hold = holds(rhythm, "Ann", 30)
    await lives(rhythm, FIRST, SECOND, "2027-11-24T09:00Z")
    releases(rhythm, hold)
    await lives(rhythm, GONE)
    assert world.balance("wallet", "Ann") == 30
    assert "*30 points* can be used until the end of *Friday 31 December*" in world.told("ann")


async def test_after_downtime_the_warning_comes_late_and_the_day_moves(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    await begins(rhythm)
    await lives(rhythm, "2027-11-25T09:00Z")
    assert "until the end of *Saturday 25 December*" in world.told("ann")
    await lives(rhythm, GONE, "2027-12-18T09:00Z", "2027-12-19T09:00Z", "2027-12-25T09:00Z")
    assert world.balance("wallet", "Ann") == 40
    await lives(rhythm, "2027-12-26T09:00Z")
    assert world.balance("wallet", "Ann") == 0


async def test_switching_expiry_on_lets_nothing_expire_for_sixty_days(world: World, rhythm: Rhythm) -> None:
    rhythm.policy()
    receives(rhythm, "Ann", 40, "2020-01-01T12:00Z")
    assert "Nothing expires within 60 days" in await says(world, "setup expiry 1")
    since = world.clock().date()
    stored = world.one("SELECT policy FROM tenant")
    assert since.isoformat() in str(stored)
    await world.slack.command("ann", "#general", "/points")
    assert "; 40 points can be used until the end of" in world.whispered("ann")


def holding(world: World, person_id: str) -> int:
    """What somebody's wallet holds, whether they take part or not."""
    return int(world.one("SELECT balance FROM ledger_account WHERE kind = 'wallet' AND owner = :id", id=person_id))


async def test_points_of_a_leaver_are_kept_for_ninety_days_and_administrators_are_told(
    world: World, rhythm: Rhythm
) -> None:
    receives(rhythm, "Bob", 40, "2026-11-01T12:00Z")
    bob, hold = rhythm.person("Bob").id, holds(rhythm, "Bob", 15)
    world.clock.now = datetime.fromisoformat("2026-11-25T12:00Z")
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, bob, world.clock())
    await lives(rhythm, "2026-11-26T09:00Z")
    told = "*Bob Okafor* takes part no more and holds *25 points*. They are kept until the end of 23 February 2027"
    assert told in world.told("ann")
    await lives(rhythm, "2026-11-27T09:00Z", "2027-02-23T09:00Z")
    assert (holding(world, bob), world.told("ann").count("takes part no more")) == (25, 1)
    await lives(rhythm, "2027-02-24T09:00Z")
    assert holding(world, bob) == 0
    assert "*25 points* of *Bob Okafor* expired" in world.told("ann")
    releases(rhythm, hold)  # an order that went on came to nothing
    await lives(rhythm, "2027-02-25T09:00Z")
    assert holding(world, bob) == 0


async def test_the_days_of_a_leaver_begin_when_an_administrator_was_told(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Bob", 40, "2026-11-01T12:00Z")
    bob, ann = rhythm.person("Bob").id, rhythm.person("Ann").id
    world.change("UPDATE person SET active = FALSE")
    await lives(rhythm, "2026-11-26T09:00Z", "2027-03-10T09:00Z")
    world.change("UPDATE person SET active = TRUE WHERE id = :id", id=ann)
    await lives(rhythm, "2027-03-11T09:00Z", "2027-04-10T09:00Z")
    assert (holding(world, bob), world.told("ann").count("*Bob Okafor* takes part no more")) == (40, 1)


async def test_whoever_comes_back_in_time_has_everything(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Bob", 40, "2026-11-01T12:00Z")
    bob = rhythm.person("Bob").id
    world.change("UPDATE person SET active = FALSE WHERE id = :id", id=bob)
    await lives(rhythm, "2026-11-26T09:00Z")
    world.change("UPDATE person SET active = TRUE WHERE id = :id", id=bob)
    await lives(rhythm, "2026-12-26T09:00Z")
    world.change("UPDATE person SET active = FALSE WHERE id = :id", id=bob)
    await lives(rhythm, "2026-12-27T09:00Z", "2027-03-10T09:00Z")
    assert holding(world, bob) == 40


async def test_the_lots_of_a_wallet_come_from_the_ledger_alone(world: World, rhythm: Rhythm) -> None:
    receives(rhythm, "Ann", 40, "2026-11-20T12:00Z")
    with world.reading() as tx:
        ann = rhythm.person("Ann").id
        (move,) = list_wallet_moves(tx, rhythm.tenant, [ann])[ann]
    assert (move.amount, move.effective_at.date()) == (40, date(2026, 11, 20))
