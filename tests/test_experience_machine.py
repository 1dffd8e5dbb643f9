"""Places and lines against an independent model: whatever people do, each place is somebody's, offered or free."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from store.db import Database
from store.earned_badges import add_earned
from store.ledger_check import verify
from tests.machines import follow, machine
from tests.posting import ACME, open_house
from tests.test_experience_changes import changes
from tests.test_experiences import NOON, Studio

PEOPLE, PLACES, MOST_PLACES, PRICE = 5, 2, 3, 40
_round = count(1)
people = st.integers(0, PEOPLE - 1)


class PlaceMachine(RuleBasedStateMachine):
    """Five people want one of two places; the last two of them hold the badge. It is noon whenever somebody acts."""

    studio: Studio
    badge: str

    def __init__(self) -> None:
        super().__init__()
        self.mark = next(_round)
        studio = self.studio
        self.names = studio.hires(PEOPLE, 100, prefix=f"R{self.mark}x")
        with studio.house.database.writing() as tx:
            for one in self.names[-2:]:
                add_earned(tx, ACME, f"person {one}", [self.badge], NOON)
        settings = {"badge": self.badge}
        self.reward = studio.reward(f"pots{self.mark}", PRICE, fulfilment="experience", settings=settings)
        self.begins: datetime = studio.house.clock() + timedelta(days=200)
        self.date = studio.date(self.reward, places=PLACES, at=self.begins)
        self.places = PLACES
        self.orders: dict[str, str] = {}
        self.offered: set[str] = set()
        self.waiting: list[str] = []

    # --- what people do ---

    @rule(pick=people)
    def order(self, pick: int) -> None:
        name = self.names[pick]
        answered = self.studio.orders(name, self.reward, date=self.date)
        if name in self.orders:
            assert answered.payload.keys() == {"date"}
        elif name in self.offered or len(self.orders) + len(self.offered) < self.places:
            self.orders[name] = self.studio.newest
            self.offered.discard(name)
        elif name not in self.waiting:
            self.waiting.append(name)
        self._agree()

    @rule(pick=people)
    def cancel(self, pick: int) -> None:
        name = self.names[pick]
        if name in self.orders:
            self.studio.presses(name, "order_cancel", self.orders.pop(name))
            self._offer(1)
        self._agree()

    @rule(pick=people)
    def leave(self, pick: int) -> None:
        name = self.names[pick]
        self.studio.leaves(name)
        if name in self.offered:
            self.offered.remove(name)
            self._offer(1)
        elif name in self.waiting:
            self.waiting.remove(name)
        self._agree()

    @rule()
    def one_more_place(self) -> None:
        """An administrator adds one: whoever is next in line is offered it."""
        if self.places == MOST_PLACES:
            return
        self.places += 1
        same = {"day": self.begins.date().isoformat(), "from": "12:00", "until": "15:00", "place": "Mill Lane 4"}
        assert changes(self.studio, self.date, **same, places=str(self.places)).outcome == "done"
        self.studio.it_is(self.studio.house.clock())
        self._offer(1)
        self._agree()

    @rule()
    def a_day(self) -> None:
        """Nobody took what was offered."""
        self.studio.it_is(self.studio.house.clock() + timedelta(days=1))
        number = len(self.offered)
        self.offered.clear()
        self._offer(number)
        self._agree()

    def _offer(self, number: int) -> None:
        self.waiting.sort(key=lambda name: name not in self.names[-2:])  # stable: else who came first
        self.offered.update(self.waiting[:number])
        self.waiting = sorted(self.waiting[number:], key=self._came)

    def _came(self, name: str) -> str:
        sql = "SELECT MAX(id) FROM experience_line WHERE person_id = :id"
        return str(self.studio.house.one(sql, id=f"person {name}"))

    # --- what holds ---

    def _agree(self) -> None:
        taken = self.studio.house.one("SELECT taken FROM experience_session WHERE id = :id", id=self.date)
        assert taken == len(self.orders) + len(self.offered) <= self.places
        assert not self.waiting or taken == self.places, "nobody waits while a place is free"
        for name in self.names:
            assert self.studio.wallet(name) == 100 - PRICE * (name in self.orders)
            lines = [one for one in ("offered", "waiting") if name in getattr(self, one)]
            assert not lines or self.studio.line(name) == lines[0]

    def teardown(self) -> None:
        """Every other date is cancelled, the others take place."""
        if self.mark % 2:
            self.studio.presses("cleo", "admin_session_cancel", id=self.date)
            self.studio.it_is(self.studio.house.clock() + timedelta(minutes=1))
            self.studio.house.clock.now -= timedelta(minutes=1)
            kept: set[str] = set()
        else:
            self.studio.it_is(self.begins)
            self.studio.it_is(self.begins + timedelta(days=1))
            kept = set(self.orders)
        for name in self.names:
            assert self.studio.wallet(name) == 100 - PRICE * (name in kept)
        assert self.studio.held() == 0
        with self.studio.house.database.reading() as tx:
            assert verify(tx) == []


@pytest.fixture
async def studio(database: Database, clock: Any) -> AsyncIterator[Studio]:
    async with open_house(database, clock) as house:
        house.clock.now = NOON
        yield Studio(house)


@machine
async def test_places_agree_with_the_model(studio: Studio) -> None:
    badge = str(studio.house.one("SELECT MIN(id) FROM badge"))
    follow(PlaceMachine, weight=5, studio=studio, badge=badge)
