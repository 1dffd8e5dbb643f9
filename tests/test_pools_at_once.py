"""Shared goals against a model and against many at once: what is set aside adds up, and is never more than the goal."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from handlers.pool_ending import end_missed
from handlers.pool_ticks import turn_pools
from handlers.vocabulary import Tick
from store.catalogue import RewardFact
from store.db import Database
from store.ledger_check import verify
from tests.budgeting import within
from tests.machines import follow, machine
from tests.posting import House, open_house, open_replica
from tests.shop import Shop
from tests.test_concurrency import at_once

GIVERS = 16
_round = count(1)
picks = st.integers(0, 10_000)


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened
        assert opened.books_agree()


def starts(shop: Shop, name: str, goal: int = 100, **values: str) -> str:
    """The id of a goal that everybody sees."""
    until = (shop.house.clock().date() + timedelta(days=7)).isoformat()
    form = {"title": "Breakfast", "goal": str(goal), "until": until, "audience": "here"} | values
    answered = shop.submits(name, "pool", context={}, **form)
    assert answered.outcome == "done", answered.payload
    return str(shop.house.one("SELECT MAX(id) FROM pool"))


def state(shop: Shop, pool: str) -> str:
    return str(shop.house.one("SELECT state FROM pool WHERE id = :id", id=pool))


def adds(shop: Shop, name: str, pool: str, points: int) -> str:
    return shop.submits(name, "pool_add", context={"id": pool}, points=str(points)).outcome


def inside(shop: Shop, pool: str) -> int:
    """By the ledger: what is held for the parts of a pool."""
    sql = (
        "SELECT COALESCE(SUM(a.balance), 0) FROM pool_part AS p JOIN ledger_account AS a"
        " ON a.tenant_id = p.tenant_id AND a.id = 'held:' || p.id || ':' WHERE p.pool_id = :id"
    )
    return int(shop.house.one(sql, id=pool))


# --- many at once -----------------------------------------------------------------------------------------


async def test_of_sixteen_who_add_at_once_no_point_is_too_many(house: House, database_url: str) -> None:
    """Fifteen each, for a hundred: six are whole, the last is cut to ten, nine come too late and keep theirs."""
    shop = Shop(house)
    people = shop.hires(GIVERS, 15)
    pool = starts(shop, "ann")
    async with open_replica(house, database_url) as replica:
        shops = [shop, Shop(replica)]
        outcomes = at_once(*(lambda n=n: adds(shops[n % 2], people[n], pool, 15) for n in range(GIVERS)))
    assert sorted(outcomes) == ["done"] * 7 + ["pool_ended"] * 9
    assert state(shop, pool) == "reached"
    assert sum(shop.wallet(one) for one in people) == GIVERS * 15 - 100
    assert house.one("SELECT SUM(points) FROM pool_part WHERE state = 'spent'") == 100
    assert shop.held() == 0
    told = "SELECT COUNT(*) FROM outbox WHERE subject_kind = 'pool_end'"
    assert house.one(told) == 7, "seven who added; who started it sees to it, and hears of that"


async def test_a_form_and_a_tap_that_come_seven_times_at_once_add_once(house: House) -> None:
    shop = Shop(house)
    shop.grant("bob", 400)
    pool = starts(shop, "ann")
    at_once(*(lambda: shop.submits("bob", "pool_add", form="one", context={"id": pool}, points="7") for _ in range(7)))
    at_once(*(lambda: shop.presses("bob", "pool_add", key="a tap", id=pool, points="10") for _ in range(7)))
    assert (inside(shop, pool), shop.wallet("bob")) == (17, 383)


async def test_one_wallet_is_in_no_two_goals_with_the_same_points(house: House) -> None:
    shop = Shop(house)
    shop.grant("bob", 45)
    first, second = starts(shop, "ann"), starts(shop, "ann")
    outcomes = at_once(*(lambda n=n: adds(shop, "bob", [first, second][n % 2], 10) for n in range(8)))
    assert sorted(outcomes) == ["done"] * 4 + ["not_enough"] * 4
    assert inside(shop, first) + inside(shop, second) == 40
    assert shop.wallet("bob") == 5


async def test_reached_cancelled_and_taken_back_at_once_is_one_of_them(house: House) -> None:
    shop = Shop(house)
    for name in ("bob", "cleo"):
        shop.grant(name, 100)
    before = 200
    for _ in range(4):
        pool = starts(shop, "ann", goal=20)
        adds(shop, "bob", pool, 10)
        at_once(
            partial(adds, shop, "cleo", pool, 10),
            partial(shop.presses, "ann", "pool_cancel", id=pool),
            partial(shop.presses, "bob", "pool_back", id=pool),
        )
        if state(shop, pool) == "open":
            shop.presses("ann", "pool_cancel", id=pool)
        assert state(shop, pool) in ("reached", "cancelled")
        before -= 20 if state(shop, pool) == "reached" else 0
        assert shop.wallet("bob") + shop.wallet("cleo") == before
        assert shop.held() == 0


async def test_the_last_of_the_stock_goes_to_one_order_or_one_goal(house: House) -> None:
    shop = Shop(house)
    people = shop.hires(4, 40)
    last = shop.reward("last", stock=1)
    pools = [starts(shop, one, goal=40, reward=last) for one in ("ann", "bob")]
    at_once(
        *(partial(adds, shop, people[n], pools[n], 40) for n in range(2)),
        *(partial(shop.orders, people[n], last) for n in range(2, 4)),
    )
    got = [state(shop, one) for one in pools].count("reached") + int(house.one("SELECT COUNT(*) FROM redemption"))
    assert (got, shop.stock(last)) == (1, 0)
    assert sum(shop.wallet(one) for one in people) == 120
    assert {state(shop, one) for one in pools} <= {"reached", "gone"}


async def test_a_reward_that_is_out_of_the_catalogue_by_then_costs_nobody_a_point(house: House) -> None:
    shop = Shop(house)
    people = shop.hires(3, 40)
    changes: list[dict[str, Any]] = [{"active": False}, {"ends_on": house.clock().date()}, {"fulfilment": "codes"}]
    for number, changed in enumerate(changes):
        reward = shop.reward(f"mug {number}", stock=3)
        pool = starts(shop, "ann", goal=40, reward=reward)
        shop.change(reward, partial(_changed, changed))
        house.clock.forward(days=1)
        assert adds(shop, people[number], pool, 40) == "done"
        assert (state(shop, pool), shop.wallet(people[number]), shop.stock(reward)) == ("gone", 40, 3), changed


def _changed(changed: dict[str, Any], one: RewardFact) -> RewardFact:
    return replace(one, **changed)


async def test_done_and_given_up_at_once_is_one_of_them(house: House) -> None:
    shop = Shop(house)
    for round_ in range(3):
        (name,) = shop.hires(1, 40, prefix=f"G{round_}x")
        reward = shop.reward(f"bag {round_}", stock=1)
        pool = starts(shop, "ann", goal=40, reward=reward)
        adds(shop, name, pool, 40)
        at_once(
            partial(shop.presses, "bob", "pool_done", id=pool),
            *(partial(shop.presses, one, "pool_give_up", id=pool) for one in ("bob", "cleo")),
        )
        expected = {"done": (0, 0), "gone": (40, 1)}[state(shop, pool)]
        assert (shop.wallet(name), shop.stock(reward)) == expected


# --- a model ----------------------------------------------------------------------------------------------


@dataclass
class Kept:
    id: str
    starter: str
    goal: int
    parts: dict[str, int] = field(default_factory=dict)
    spent: dict[str, int] = field(default_factory=dict)
    state: str = "open"

    @property
    def have(self) -> int:
        return sum(self.parts.values())


class PoolMachine(RuleBasedStateMachine):
    """Three people of their own in each round."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        self.people = self.shop.hires(3, 0, prefix=f"Q{next(_round)}x")
        self.wallets = dict.fromkeys(self.people, 0)
        self.gone: set[str] = set()
        self.pools: list[Kept] = []

    @rule(pick=picks, points=st.sampled_from([3, 10, 40]))
    def earn(self, pick: int, points: int) -> None:
        person = self.people[pick % 3]
        self.shop.grant(person, points)
        self.wallets[person] += points

    @precondition(lambda self: self.people[0] not in self.gone)
    @precondition(lambda self: sum(one.state == "open" for one in self.pools) < 2)
    @rule(goal=st.integers(1, 40))
    def start(self, goal: int) -> None:
        starter = self.people[0]
        self.pools.append(Kept(starts(self.shop, starter, goal), starter, goal))

    @precondition(lambda self: self.pools)
    @rule(pick=picks, who=picks, points=st.integers(1, 30))
    def add(self, pick: int, who: int, points: int) -> None:
        pool, person = self.pools[pick % len(self.pools)], self.people[who % 3]
        outcome = adds(self.shop, person, pool.id, points)
        if person in self.gone:
            assert outcome == "deactivated"
        elif pool.state != "open":
            assert outcome == "pool_ended"
        else:
            self._added(pool, person, points, outcome)

    def _added(self, pool: Kept, person: str, points: int, outcome: str) -> None:
        left = {one for one in pool.parts if one in self.gone} if points >= pool.goal - pool.have else set()
        missing = pool.goal - pool.have + sum(pool.parts[one] for one in left)
        points = min(points, missing)
        if self.wallets[person] < points:
            assert outcome == "not_enough"
            return
        assert outcome == "done"
        for one in left:
            self.wallets[one] += pool.parts.pop(one)
        self.wallets[person] -= points
        pool.parts[person] = pool.parts.get(person, 0) + points
        if pool.have == pool.goal:
            pool.state, pool.parts, pool.spent = "reached", {}, pool.parts

    @precondition(lambda self: self.pools)
    @rule(pick=picks, who=picks)
    def take_back(self, pick: int, who: int) -> None:
        pool, person = self.pools[pick % len(self.pools)], self.people[who % 3]
        done = self.shop.presses(person, "pool_back", id=pool.id).outcome == "done"
        assert done == (person not in self.gone and pool.state == "open" and person in pool.parts)
        if done:
            self.wallets[person] += pool.parts.pop(person)

    @precondition(lambda self: self.pools)
    @rule(pick=picks, who=picks)
    def cancel(self, pick: int, who: int) -> None:
        pool, person = self.pools[pick % len(self.pools)], self.people[who % 3]
        self.shop.presses(person, "pool_cancel", id=pool.id)
        if person == pool.starter and person not in self.gone:
            self._over(pool, "cancelled")

    @precondition(lambda self: any(one.state == "reached" for one in self.pools))
    @rule(pick=picks)
    def give_up(self, pick: int) -> None:
        """By an administrator: what was reached cannot be had."""
        reached = [one for one in self.pools if one.state == "reached"]
        pool = reached[pick % len(reached)]
        assert self.shop.presses("cleo", "pool_give_up", id=pool.id).outcome == "done"
        for person, points in pool.spent.items():
            self.wallets[person] += points
        pool.state = "gone"

    @precondition(lambda self: self.pools)
    @rule(pick=picks)
    def miss(self, pick: int) -> None:
        pool = self.pools[pick % len(self.pools)]
        with within(self.shop.house.database, self.shop.house.clock()) as ctx:
            end_missed(ctx, pool.id)
        self._over(pool, "missed")

    def _over(self, pool: Kept, how: str) -> None:
        if pool.state == "open":
            for person, points in pool.parts.items():
                self.wallets[person] += points
            pool.state, pool.parts = how, {}

    @rule(who=picks)
    def leave_or_return(self, who: int) -> None:
        person = self.people[who % 3]
        self.gone ^= {person}
        self.shop.house.change(
            "UPDATE person SET active = :active WHERE id = :id", active=person not in self.gone, id=f"person {person}"
        )

    @rule()
    def turn(self) -> None:
        """The daily look: whoever left has their points back."""
        now, page = self.shop.house.clock(), ""
        for _ in range(50):
            with within(self.shop.house.database, now) as ctx:
                tick = Tick(
                    job="pools", subject="", zone=ctx.tenant_zone, label="", due_at=now, missed_at=now, page=page
                )
                page = turn_pools(tick, ctx).next_page
            if not page:
                break
        for pool in self.pools:
            for one in self.gone & pool.parts.keys():
                self.wallets[one] += pool.parts.pop(one)

    @invariant()
    def everything_adds_up(self) -> None:
        for one in self.people:
            assert self.shop.wallet(one) == self.wallets[one]
        for pool in self.pools:
            assert state(self.shop, pool.id) == pool.state
            assert inside(self.shop, pool.id) == pool.have <= pool.goal

    def teardown(self) -> None:
        for pool in self.pools:
            self.shop.house.change("UPDATE pool SET state = 'cancelled' WHERE id = :id AND state = 'open'", id=pool.id)
        with self.shop.house.database.reading() as tx:
            assert verify(tx) == []


@machine
async def test_whatever_people_do_their_points_add_up(house: House) -> None:
    follow(PoolMachine, weight=5, shop=Shop(house))
