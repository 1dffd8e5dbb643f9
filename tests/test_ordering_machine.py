"""Orders against an independent model: whatever people do in whatever order, wallets, stock and books are right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from store.db import Database
from store.ledger_check import verify
from tests.machines import follow, machine
from tests.posting import open_house
from tests.shop import Shop

_round = count(1)
picks = st.integers(0, 10_000)


@dataclass
class Kept:
    """An order as the model has it."""

    id: str
    person: str
    reward: str
    points: int
    state: str
    own: bool = False
    paid: bool = False


@dataclass
class Model:
    wallets: dict[str, int] = field(default_factory=dict)
    stock: dict[str, int | None] = field(default_factory=dict)
    orders: list[Kept] = field(default_factory=list)
    spent: int = 0


OPEN = ("asked", "ordered", "started")


class OrderMachine(RuleBasedStateMachine):
    """Two people and four rewards of their own in each round; Bob hands out, and Cleo runs it."""

    shop: Shop

    def __init__(self) -> None:
        super().__init__()
        mark = next(_round)
        self.model = Model()
        for one in self.shop.hires(2, 0, prefix=f"R{mark}x"):
            self.model.wallets[one] = 0
        self.mug = self._reward(f"mug{mark}", 7, 2)
        self.trip = self._reward(f"trip{mark}", 1200, 1)
        self.part = self._reward(f"part{mark}", 10, None, least_points=4, value_minor=999, currency="EUR")
        self.code = self._reward(f"code{mark}", 5, 0, fulfilment="codes", settings={"low": 1})
        self.prices = {self.mug: 7, self.trip: 1200, self.part: 10, self.code: 5}
        self.codes = (f"{mark}-{number}" for number in count(1))

    def _reward(self, code: str, price: int, stock: int | None, **more: Any) -> str:
        reward = self.shop.reward(code, price, stock=stock, **more)
        self.model.stock[reward] = stock
        return reward

    # --- what people do ---

    @rule(pick=picks, points=st.sampled_from([3, 10, 1200]))
    def earn(self, pick: int, points: int) -> None:
        person = self._person(pick)
        self.shop.grant(person, points)
        self.model.wallets[person] += points

    @rule(pick=picks, which=st.integers(0, 3), share=st.integers(4, 10))
    def order(self, pick: int, which: int, share: int) -> None:
        person, reward = self._person(pick), list(self.prices)[which]
        points = share if reward == self.part else self.prices[reward]
        stock = self.model.stock[reward]
        answered = self.shop.orders(person, reward, pay=str(share))
        if stock == 0:
            assert answered.outcome in ("sold_out", "cannot_now")
        elif self.model.wallets[person] < points:
            assert answered.outcome == "not_enough"
        else:
            assert answered.outcome == "done"
            self._ordered(person, reward, points)
        self._agree(person, reward)

    def _ordered(self, person: str, reward: str, points: int) -> None:
        state = {self.trip: "asked", self.code: "fulfilled"}.get(reward, "ordered")
        own = reward == self.part and points < 10
        self.model.orders.append(Kept(self.shop.newest, person, reward, points, state, own))
        self.model.wallets[person] -= points
        self._take(reward, 1)
        if state == "fulfilled":
            self.model.spent += points

    @precondition(lambda self: self.model.orders)
    @rule(pick=picks, act=st.sampled_from(["cancel", "start", "done", "decline", "agree", "refuse", "paid"]))
    def move(self, pick: int, act: str) -> None:
        """Whatever is pressed, in whatever state the order is: the model says what it may do."""
        one = self.model.orders[pick % len(self.model.orders)]
        approval = self.shop.house.one("SELECT id FROM approval WHERE subject_id = :id", id=one.id) or "none"
        match act:
            case "cancel":
                self.shop.presses(one.person, "order_cancel", one.id)
                self._end(one, ("asked", "ordered"), "cancelled")
            case "start":
                self.shop.presses("bob", "order_start", one.id)
                one.state = "started" if one.state == "ordered" else one.state
            case "done":
                self.shop.done("bob", one.id)
                if one.state in ("ordered", "started"):
                    one.state = "fulfilled"
                    self.model.spent += one.points
            case "decline":
                self.shop.declines("bob", one.id)
                self._end(one, ("ordered", "started"), "declined")
            case "agree":
                self.shop.agrees("cleo", approval)
                one.state = "ordered" if one.state == "asked" else one.state
            case "refuse":
                self.shop.refuses("cleo", approval, "not now")
                self._end(one, ("asked",), "declined")
            case _:
                self.shop.presses("bob", "order_paid", one.id)
                one.paid |= one.own and one.state in ("ordered", "started", "fulfilled")
        self._agree(one.person, one.reward)
        assert self.shop.state(one.id) == one.state
        assert bool(self.shop.house.one("SELECT own_paid_at FROM redemption WHERE id = :id", id=one.id)) == one.paid

    def _end(self, one: Kept, states: tuple[str, ...], state: str) -> None:
        if one.state in states:
            one.state = state
            self.model.wallets[one.person] += one.points
            self._take(one.reward, -1)

    @rule(number=st.integers(0, 2))
    def restock(self, number: int) -> None:
        self.shop.change(self.mug, lambda one: replace(one, stock=number))
        self.model.stock[self.mug] = number

    @rule(number=st.integers(1, 2))
    def add_codes(self, number: int) -> None:
        new = "\n".join(next(self.codes) for _ in range(number))
        self.shop.submits("cleo", "admin_codes", context={"reward": self.code}, codes=new)
        self._take(self.code, -number)

    # --- what holds ---

    def _agree(self, person: str, reward: str) -> None:
        assert self.shop.wallet(person) == self.model.wallets[person] >= 0
        assert self.shop.stock(reward) == self.model.stock[reward]

    def teardown(self) -> None:
        house = self.shop.house
        for person in self.model.wallets:
            assert self.shop.wallet(person) == self.model.wallets[person]
        held = "SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = 'held' AND owner = :id"
        for one in self.model.orders:
            assert house.one(held, id=one.id) == (one.points if one.state in OPEN else 0)
            assert self.shop.state(one.id) == one.state
        spent = "SELECT COALESCE(SUM(e.amount), 0) FROM ledger_entry e JOIN ledger_transaction t ON t.id = "
        spent += "e.transaction_id WHERE e.side = 'spent' AND t.act = :act"
        acts = [f"order-done:{one.id}" for one in self.model.orders]
        assert sum(int(house.one(spent, act=act)) for act in acts) == self.model.spent
        with house.database.reading() as tx:
            assert verify(tx) == []

    def _person(self, pick: int) -> str:
        return list(self.model.wallets)[pick % 2]

    def _take(self, reward: str, number: int) -> None:
        left = self.model.stock[reward]
        self.model.stock[reward] = None if left is None else left - number


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    async with open_house(database, clock) as house:
        yield Shop(house)


@machine
async def test_orders_agree_with_the_model(shop: Shop) -> None:
    follow(OrderMachine, weight=5, shop=shop)
