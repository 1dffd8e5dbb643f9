"""Points that expire while their owner spends them, on each engine: nobody is overdrawn, and no point goes twice."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from handlers import expiring, registry
from handlers.rules.lots import lots_of
from handlers.vocabulary import Tick
from store import closings, ledger
from store.db import Database
from store.expiries import NoticeFact, list_notices, save_notice
from store.ledger import Posting, Side, Transaction
from store.ledger_check import verify
from store.tenants import change_policy
from store.wallets import list_wallet_moves
from tests.budgeting import within
from tests.conftest import Clock
from tests.posting import ACME, found_acme
from tests.test_concurrency import at_once

ANN = "person ann"
DUE = date(2027, 11, 30)
NOW = datetime(2027, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def acme(database: Database, clock: Clock) -> Iterator[Database]:
    registry.load()
    found_acme(database, clock)
    clock.now = NOW
    with database.writing() as tx:
        change_policy(tx, ACME, {"points_expire_months": 12})
    yield database
    with database.reading() as tx:
        assert verify(tx) == []


def receives(database: Database, points: int, at: datetime, act: str, person: str = ANN) -> None:
    with database.writing() as tx:
        moved = [Posting(Side.ISSUED, ledger.wallet(person), points)]
        ledger.post(tx, ACME, Transaction("test", act, at, at, moved))


def warned(database: Database, points: int, person: str = ANN) -> None:
    """They were told twice, and the second message arrived."""
    second = DUE - timedelta(days=7)
    fact = NoticeFact(
        due_on=DUE,
        expires_on=DUE,
        first_on=DUE - timedelta(days=30),
        first_points=points,
        second_on=second,
        second_points=points,
        seen_on=second + timedelta(days=1),
    )
    with database.writing() as tx:
        save_notice(tx, ACME, person, fact)


def expires(database: Database, page: str = "") -> str:
    due = Tick(
        job="points_expiry",
        subject="UTC",
        zone=ZoneInfo("UTC"),
        label="2027-12-01",
        due_at=NOW,
        missed_at=NOW,
        page=page,
    )
    with within(database, NOW) as ctx:
        return expiring.turn_points(due, ctx).next_page


def spends(database: Database, points: int, order: str) -> bool:
    try:
        with database.writing() as tx:
            closings.hold(tx, ACME, ledger.wallet(ANN), order, points, f"order:{order}", NOW)
    except ledger.InsufficientPoints:
        return False
    return True


def balance(database: Database, person: str = ANN) -> int:
    with database.reading() as tx:
        return ledger.find_balance(tx, ACME, ledger.wallet(person))


def test_points_are_spent_or_expire_and_never_both(acme: Database, database_url: str, clock: Clock) -> None:
    receives(acme, 40, datetime(2026, 11, 20, tzinfo=UTC), "test:old")
    receives(acme, 10, NOW, "test:new")
    warned(acme, 40)
    with closing(Database(database_url, durable=False)) as other:
        orders = [partial(spends, acme, 9, f"order {number}") for number in range(4)]
        outcomes = at_once(partial(expires, acme), partial(expires, other), *orders)
    spent = outcomes.count(True)
    expired = 50 - 9 * spent - balance(acme)
    before, rest = divmod(40 - expired, 9)  # orders that were quicker took from the old points, one later from the new
    assert (rest, before <= spent <= before + 1) == (0, True)
    with acme.reading() as tx:
        assert list_notices(tx, ACME, [ANN])[ANN] == {}


def test_pages_take_everybody_once(acme: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiring, "PAGE", 1)
    people = [ANN, "person bob", "person cleo"]
    for person in people:
        receives(acme, 40, datetime(2026, 11, 20, tzinfo=UTC), f"test:{person}", person)
        warned(acme, 25, person)
    page, turns = expires(acme), 1
    while page:
        page, turns = expires(acme, page), turns + 1
    assert [balance(acme, one) for one in people] == [15, 15, 15]
    assert turns == 2 * (len(people) + 1), "everybody on the day on which warnings begin, then who was told"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_moves_the_lots_sum_to_the_balance(acme: Database, clock: Clock, seed: int) -> None:
    chance = random.Random(seed)
    held: list[str] = []
    for number in range(60):
        at = NOW - timedelta(days=chance.randrange(500))
        with acme.writing() as tx:
            wallet = ledger.wallet(ANN)
            have = ledger.find_balance(tx, ACME, wallet)
            match chance.choice(["receive", "receive", "hold", "release", "settle", "expire", "reverse"]):
                case "hold" if have:
                    points = chance.randint(1, have)
                    held.append(closings.hold(tx, ACME, wallet, f"o{number}", points, f"h:{number}", at))
                case "release" if held:
                    closings.release(tx, ACME, held.pop(), f"r:{number}", at)
                case "settle" if held:
                    closings.settle(tx, ACME, held.pop(0), f"s:{number}", at)
                case "expire" if have:
                    moved = [Posting(wallet, Side.EXPIRED, chance.randint(1, have))]
                    ledger.post(tx, ACME, Transaction("expire", f"e:{number}", at, at, moved))
                case "reverse":
                    moved = [Posting(Side.ISSUED, wallet, 7)]
                    given = ledger.post(tx, ACME, Transaction("gift", f"g:{number}", at, at, moved))
                    closings.take_back_by_administrator(tx, ACME, given.transaction_id, f"t:{number}", at)
                case _:
                    moved = [Posting(Side.ISSUED, wallet, chance.randint(1, 20))]
                    ledger.post(tx, ACME, Transaction("test", f"a:{number}", at, at, moved))
    with acme.reading() as tx:
        lots = lots_of(list_wallet_moves(tx, ACME, [ANN])[ANN])
    assert sum(one.points for one in lots) == balance(acme)
    assert lots == sorted(lots)
    assert all(one.points > 0 for one in lots)
