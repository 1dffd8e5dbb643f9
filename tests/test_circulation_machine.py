"""All that points do, against a model of its own: whatever people, time and a vendor do, also at the same time.

Each act is done by the program and foretold by the model (`tests/circulation`). What is done at the same time has to be
what some order of it would have brought.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from sqlalchemy import text

from store.db import Database, metadata
from store.ledger_check import verify
from tests.circulation.acting import Act
from tests.circulation.awarding import awarding
from tests.circulation.books import Model, No
from tests.circulation.calling import calling
from tests.circulation.deciding import deciding
from tests.circulation.founding import found
from tests.circulation.giving import giving
from tests.circulation.goals import goals
from tests.circulation.ordering import ordering
from tests.circulation.season import JOBS, Turn, people_change
from tests.circulation.town import Town, Traced
from tests.conftest import Clock
from tests.machines import follow, machine
from tests.posting import open_house
from tests.test_concurrency import at_once

MOST_MODELS = 12
anything = st.one_of(giving, awarding, deciding, ordering, ordering, calling, goals)


def few(acts: st.SearchStrategy[Act]) -> st.SearchStrategy[list[Act]]:
    return st.lists(acts, min_size=1, max_size=4)


@dataclass(frozen=True)
class Result:
    """What the program did: whether, what was made by it, ids by kind, and in which word it answered."""

    act: Act
    done: bool
    made: Mapping[str, str]
    word: str

    def __str__(self) -> str:
        return f"{self.act} -> {self.word if self.done == (self.word == 'done') else self.done}"


class Stage:
    """Two processes' databases, on which one organisation after the other plays."""

    def __init__(self, databases: list[Database]) -> None:
        self._databases = databases
        self._runner = asyncio.Runner()
        self._open = AsyncExitStack()

    def run(self, work: Any) -> Any:
        return self._runner.run(work)

    def opens(self) -> tuple[Town, Town]:
        with self._databases[0].writing() as tx:
            for table in reversed(metadata.sorted_tables):
                tx.execute(table.delete())
        return self.run(self._towns())  # type: ignore[no-any-return]

    async def _towns(self) -> tuple[Town, ...]:
        clock, new_id = Clock(datetime(2026, 11, 25, 10, tzinfo=UTC)), Traced()  # a month ends soon
        towns: list[Town] = []
        for one in self._databases:
            house = await self._open.enter_async_context(open_house(one, clock, found=not towns))
            towns.append(Town(house, new_id))
        return tuple(towns)

    def ends(self) -> None:
        self.run(self._open.aclose())
        self._open = AsyncExitStack()

    def closes(self) -> None:
        self._runner.close()


@pytest.fixture
def stage(database: Database, database_url: str) -> Iterator[Stage]:
    with closing(Database(database_url, durable=False)) as other:
        stage = Stage([database, other])
        yield stage
        stage.closes()


class Missing(dict[str, str]):
    """Where the program refused, nothing was made."""

    def __missing__(self, kind: str) -> str:
        return f"no {kind}"


def perform(town: Town, act: Act) -> Result:
    town.new_id.begin()
    done = act.do(town)
    return Result(act, done, Missing(town.made()), town.word)


def foretold(model: Model, result: Result) -> Model | None:
    """The model after that; None where it would have come otherwise."""
    after = model.copy()
    try:
        result.act.foretell(after, result.made)
    except No:
        return None if result.done else model
    return after if result.done else None


def in_some_order(model: Model, results: list[Result]) -> Iterator[Model]:
    """Whatever the model is after these, in each order in which they come as they came."""
    if not results:
        yield model
    for number, one in enumerate(results):
        after = foretold(model, one)
        if after:
            yield from in_some_order(after, results[:number] + results[number + 1 :])


class Circulation(RuleBasedStateMachine):
    stage: Stage
    towns: tuple[Town, ...] = ()
    models: list[Model]
    """Usually one. More where what was done at the same time may have come in several orders."""

    @initialize(carries_over=st.booleans(), price_of_places=st.sampled_from([12, 26]))
    def begin(self, *, carries_over: bool, price_of_places: int) -> None:
        self.towns = self.stage.opens()
        self.town = self.towns[0]
        self.models = [found(self.town, carries_over=carries_over, price_of_places=price_of_places)]
        self.towns[1].link = self.town.link
        self.towns[1].claimed = self.town.claimed

    # --- one after the other ---

    @rule(acts=few(giving))
    def thank(self, acts: list[Act]) -> None:
        self._act(acts)

    @rule(acts=few(st.one_of(awarding, deciding)))
    def reward(self, acts: list[Act]) -> None:
        self._act(acts)

    @rule(acts=few(ordering))
    def order(self, acts: list[Act]) -> None:
        self._act(acts)

    @rule(acts=few(st.one_of(ordering, ordering, calling)))  # there is most to do with orders
    def order_again(self, acts: list[Act]) -> None:
        self._act(acts)

    @rule(acts=few(goals))
    def join_in(self, acts: list[Act]) -> None:
        self._act(acts)

    @rule(act=people_change)
    def come_or_go(self, act: Act) -> None:
        self._act([act])

    @rule(minutes=st.sampled_from([3, 11]))
    def minutes_pass(self, minutes: int) -> None:
        self._it_is_later(minutes=minutes)
        self._turn_all()
        self._agree("later")

    @rule(days=st.sampled_from([1, 1, 1, 1, 3, 16]))
    def days_pass(self, days: int) -> None:
        for _ in range(days):
            self._it_is_later(days=1)
            self._turn_all()
            self._agree("the next day")

    # --- at the same time ---

    @precondition(lambda self: len(self.models) < MOST_MODELS)
    @rule(
        acts=st.lists(anything, min_size=2, max_size=4),
        job=st.just("") | st.sampled_from([name for name, work in JOBS.items() if work]),
    )
    def act_at_once(self, acts: list[Act], job: str) -> None:
        if job:
            self._it_is_later(days=1)
            self._turn_all(but=job)
        aimed: list[Act] = [one for act in acts if (one := act.aimed(self.models[0]))]
        aimed += [Turn(one) for one in self.town.list_due()[:2]]
        if not aimed:
            return
        results = at_once(*(partial(perform, self.towns[n % 2], one) for n, one in enumerate(aimed)))
        self._note(*results, when=" at once")
        self.models = [after for model in self.models for after in in_some_order(model, results)]
        self._agree("; ".join(map(str, results)))

    # --- what is done ---

    def _act(self, acts: list[Act]) -> None:
        for act in acts:
            if aimed := act.aimed(self.models[0]):
                self._follow(perform(self.town, aimed))
                self._agree(str(aimed))

    def _follow(self, result: Result) -> None:
        self._note(result)
        after = [foretold(model, result) for model in self.models]
        self.models = [one for one in after if one]
        assert self.models, f"{result}, and the model says otherwise"

    def _note(self, *results: Result, when: str = "") -> None:
        for one in results:
            event(f"{type(one.act).__name__} {'done' if one.done else 'refused'}{when}")

    def _it_is_later(self, **duration: int) -> None:
        """What was written arrives before."""
        if "days" in duration:
            self.stage.run(self.town.house.settled(most=1000))
        now = self.town.house.clock.forward(**duration)
        for model in self.models:
            model.at = now

    def _turn_all(self, but: str = "") -> None:
        """All that is due, but one job."""
        while due := [one for one in self.town.list_due() if one.job != but]:
            for one in due:
                self._follow(perform(self.town, Turn(one)))

    # --- what holds ---

    def _agree(self, after: str) -> None:
        seen = self.town.seen()
        right = [one for one in self.models if one.seen() == seen]
        if not right:
            told = [_differences(one.seen(), seen) for one in self.models[:3]]
            raise AssertionError(f"{after}: the model, and what is there: {told or 'no order brings this'}")
        self.models = [one for number, one in enumerate(right) if one not in right[:number]]

    def teardown(self) -> None:
        try:
            if self.towns and sys.exc_info()[0] is None:  # what failed speaks for itself
                self._audit()
        finally:
            self.stage.ends()

    def _audit(self) -> None:
        """Nothing is ever removed from the books: what was wrong once would be so still."""
        house = self.town.house
        self.stage.run(house.settled(most=1000))
        with house.database.reading() as tx:
            assert verify(tx) == []

            def rows(sql: str) -> list[Any]:
                return [tuple(one) for one in tx.execute(text(sql))]

            assert [one for one in _WRONG if rows(one)] == []
            told = dict(rows(_TOLD))
        for name, purse in self.models[0].purses.items():
            lines = self.town.statement(name)
            balances = list(accumulate(points for points, _ in lines))
            assert [after for _, after in lines] == balances
            assert purse.holds == (balances[-1] if balances else 0)
        wrong = [
            [(one, told.get(id)) for id, one in model.orders.items() if one.told != told.get(id)]
            for model in self.models
        ]
        assert [] in wrong, f"people were told otherwise of their orders: {wrong}"


_WRONG = (
    "SELECT id FROM ledger_account WHERE balance < 0",
    "SELECT transaction_id FROM ledger_entry GROUP BY transaction_id HAVING SUM(amount) <> 0",
    "SELECT order_id FROM gift_code WHERE order_id <> '' GROUP BY order_id HAVING COUNT(*) > 1",
    "SELECT id FROM redemption WHERE fulfilment = 'codes' AND state = 'fulfilled'"
    " AND id NOT IN (SELECT order_id FROM gift_code WHERE order_id IS NOT NULL)",
    "SELECT id FROM experience_session WHERE taken < 0 OR taken > capacity",
    "SELECT id FROM outbox WHERE state = 'dead'",
)
"""What there must be none of, over all that happened."""
_TOLD = "SELECT subject_id, COUNT(*) FROM outbox WHERE subject_kind = 'order' GROUP BY subject_id"


def _differences(model: dict[str, object], there: dict[str, object]) -> dict[str, tuple[object, object]]:
    return {name: (model[name], there[name]) for name in model if model[name] != there[name]}


@machine
def test_points_circulate_as_the_model_says(stage: Stage) -> None:
    follow(Circulation, weight=5, stage=stage)
