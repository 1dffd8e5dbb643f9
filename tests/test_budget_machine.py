"""Budgets against an independent model (`tests/budget_model.py`): whatever owners, administrators and time do."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from handlers import registry
from handlers.budget_moving import Moving, move_points, top_up
from handlers.budget_saving import give_up, keep_budget
from handlers.budgets import Spendable, check_holds, holds, renew, returned
from handlers.context import Context
from handlers.programme import read_programme
from handlers.refusals import Refusal
from handlers.rules.policy import Policy
from handlers.vocabulary import Platform
from store import closings, ledger
from store.budgets import BudgetFact, Renewal, list_budgets
from store.db import Connection, Database
from store.ledger_check import verify
from store.people import Profile, list_persons, save_profiles
from store.tenants import Home, Workspace, add_tenant, add_workspace, list_homes
from store.types import Ids
from tests.budget_model import Budgets, Kept, last_day
from tests.machines import follow, machine

MOST = 7
HOURS = {"Etc/GMT+8": -8, "UTC": 0, "Etc/GMT-9": 9}

amounts = st.integers(1, 60)
plans = st.integers(0, 120)
picks = st.integers(0, 10_000)
renewals = st.sampled_from(list(Renewal))

_tenants = count(1)


class BudgetMachine(RuleBasedStateMachine):
    """Budgets come, nest, are filled, spent, renewed and closed for some months, in a tenant of their own."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.tenant_id = f"tenant-{next(_tenants)}"
        self.at = datetime(2026, 11, 18, 10, tzinfo=UTC)
        self.zone = "UTC"
        self.model = Budgets()
        self.keys = count(1)
        self.new_id = Ids()
        with self.database.writing() as tx:
            add_tenant(tx, self.tenant_id, "Acme", "UTC", self.at)
            ref = f"T-{self.tenant_id}"
            made = Workspace(
                tenant_id=self.tenant_id, id=ref, platform=Platform.SLACK, ref=ref, name="acme", bot_ref="U", url=""
            )
            add_workspace(tx, made)
            save_profiles(tx, self.tenant_id, ref, [Profile("U1", "Ann", email="ann@acme.test")], {"U1": "ann"})
            self.ann = next(iter(list_persons(tx, self.tenant_id)))
            self.home: Home = list_homes(tx, self.tenant_id)[0]
            self.programme = read_programme(tx, self.tenant_id)

    @property
    def today(self) -> date:
        return (self.at + timedelta(hours=HOURS[self.zone])).date()

    def act(self, expected: Callable[[Budgets], bool], done: Callable[[Context], object]) -> bool:
        """Does something by the program and by the model: both or neither."""
        after = deepcopy(self.model)
        after.at = self.at
        after.renew(self.today)
        fine = expected(after)
        try:
            with self.database.writing() as tx:
                ctx = self.context(tx)
                renew(ctx)
                done(ctx)
        except Refusal:
            assert not fine
            return False
        assert fine
        self.model = after
        return True

    def context(self, tx: Connection) -> Context:
        return Context(
            tx=tx,
            now=self.at,
            new_id=self.new_id,
            home=replace(self.home, zone=self.zone),
            policy=Policy(),
            programme=self.programme,
            owners=frozenset({"ann@acme.test"}),
            actor=self.ann,
            place=None,
            people={},
        )

    def pick(self, number: int) -> str:
        opened = [one for one, kept in self.model.budgets.items() if kept.is_open]
        return opened[number % len(opened)]

    def any_open(self) -> bool:
        return any(one.is_open for one in self.model.budgets.values())

    def moving(self, points: int) -> Moving:
        key = str(next(self.keys))
        return Moving(points=points, reason=f"for test {key}", key=key)

    def fact(self, ctx: Context, name: str) -> BudgetFact:
        return next(one for one in list_budgets(ctx.tx, self.tenant_id) if one.id == name)

    # --- time -------------------------------------------------------------------------------------------------

    @rule(days=st.integers(1, 70))
    def time_passes(self, days: int) -> None:
        self.at += timedelta(days=days)
        self.act(lambda model: True, lambda ctx: None)

    @rule(hours=st.integers(1, 30), zone=st.sampled_from(sorted(HOURS)))
    def the_tenant_moves(self, hours: int, zone: str) -> None:
        self.at += timedelta(hours=hours)
        self.zone = zone

    # --- administrators -----------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.model.budgets) < MOST)
    @rule(above=picks, plan=plans, every=renewals, keeps=st.booleans())
    def add(self, above: int, plan: int, every: Renewal, keeps: bool) -> None:
        name = f"b{len(self.model.budgets)}"
        parent = self.pick(above) if self.any_open() and above % 4 else None
        fact = BudgetFact(
            id=name, name=name, owner_id="ann", parent_id=parent, renewal=every, plan=plan, carries_over=keeps
        )

        def expected(model: Budgets) -> bool:
            model.budgets[name] = Kept(parent, plan, every, keeps, None)
            if not model.stands():
                return False
            model.open(name, self.today)
            return True

        self.act(expected, lambda ctx: keep_budget(ctx, fact, self.ann))

    @precondition(any_open)
    @rule(pick=picks, plan=plans, every=renewals, keeps=st.booleans(), above=picks)
    def change(self, pick: int, plan: int, every: Renewal, keeps: bool, above: int) -> None:
        name = self.pick(pick)
        parent = self.pick(above) if above % 3 else self.model.budgets[name].above

        def expected(model: Budgets) -> bool:
            kept = model.budgets[name]
            if kept.every is not every:  # neither sooner than it would have, nor before today's period is over
                new = last_day(every, self.today)
                kept.until = max(kept.until, new) if kept.until and new else new
            kept.above, kept.plan, kept.every, kept.keeps = parent, plan, every, keeps
            return model.stands()

        def done(ctx: Context) -> None:
            was = self.fact(ctx, name)
            wanted = replace(was, parent_id=parent, plan=plan, renewal=every, carries_over=keeps)
            keep_budget(ctx, wanted, self.ann)

        self.act(expected, done)

    @precondition(any_open)
    @rule(pick=picks)
    def close(self, pick: int) -> None:
        name = self.pick(pick)

        def expected(model: Budgets) -> bool:
            kept = model.budgets[name]
            if any(one.is_open and one.above == name for one in model.budgets.values()):
                return False
            model.give(kept.above, kept.holds)
            kept.holds, kept.is_open = 0, False
            return True

        self.act(expected, lambda ctx: give_up(ctx, name))

    # --- points -------------------------------------------------------------------------------------------------

    @precondition(any_open)
    @rule(pick=picks, points=amounts)
    def fill(self, pick: int, points: int) -> None:
        name = self.pick(pick)

        def expected(model: Budgets) -> bool:
            model.budgets[name].holds += points
            return model.take(model.budgets[name].above, points)

        self.act(expected, lambda ctx: top_up(ctx, name, self.moving(points)))

    @precondition(any_open)
    @rule(source=picks, to=picks, points=amounts)
    def move(self, source: int, to: int, points: int) -> None:
        here, there = self.pick(source), self.pick(to) if to % 5 else None

        def expected(model: Budgets) -> bool:
            model.give(there, points)
            return model.take(here, points) and here != there

        self.act(expected, lambda ctx: move_points(ctx, here, there or "", self.moving(points)))

    @precondition(any_open)
    @rule(pick=picks, points=amounts)
    def award(self, pick: int, points: int) -> None:
        name = self.pick(pick)

        def expected(model: Budgets) -> bool:
            model.awarded += points
            return model.take(name, points)

        def done(ctx: Context) -> None:
            check_holds(ctx, Spendable(self.fact(ctx, name), holds(ctx, name)), points)
            self.post(ctx, [ledger.Posting(ledger.budget(name), ledger.wallet("bob"), points)])

        self.act(expected, done)

    def post(self, ctx: Context, postings: list[ledger.Posting]) -> None:
        made = ledger.Transaction("award", f"award:{next(self.keys)}", self.at, self.at, postings)
        ledger.post(ctx.tx, self.tenant_id, made)

    @precondition(any_open)
    @rule(pick=picks, points=amounts)
    def promise(self, pick: int, points: int) -> None:
        name, order = self.pick(pick), f"a{next(self.keys)}"
        kept: list[str] = []

        def expected(model: Budgets) -> bool:
            return model.take(name, points)

        def done(ctx: Context) -> None:
            check_holds(ctx, Spendable(self.fact(ctx, name), holds(ctx, name)), points)
            source = ledger.budget(name)
            kept.append(closings.hold(ctx.tx, self.tenant_id, source, order, points, f"hold:{order}", self.at))

        if self.act(expected, done):
            self.model.held[kept[0]] = (name, points, self.at)

    @precondition(lambda self: self.model.held)
    @rule(pick=picks)
    def break_the_promise(self, pick: int) -> None:
        hold = sorted(self.model.held)[pick % len(self.model.held)]
        name, points, since = self.model.held[hold]

        def expected(model: Budgets) -> bool:
            del model.held[hold]
            model.come_back(name, points, since)
            return True

        def done(ctx: Context) -> None:
            closings.release(ctx.tx, self.tenant_id, hold, f"release:{hold}", self.at)
            returned(ctx, name, points, taken_by=hold)

        self.act(expected, done)

    # --- what an auditor sees -----------------------------------------------------------------------------------

    @invariant()
    def budgets_hold_what_the_model_holds(self) -> None:
        with self.database.reading() as tx:
            rows = tx.execute(ledger.account.select().where(ledger.account.c.tenant_id == self.tenant_id)).all()
        found = {row.owner: row.balance for row in rows if row.kind == "budget" and row.balance}
        assert found == {name: one.holds for name, one in self.model.budgets.items() if one.holds}
        assert all(one.holds >= 0 for one in self.model.budgets.values())

    @invariant()
    def no_points_are_printed(self) -> None:
        inside = sum(one.holds for one in self.model.budgets.values())
        promised = sum(points for _, points, _ in self.model.held.values())
        assert inside + promised + self.model.awarded == self.model.out

    def teardown(self) -> None:
        with self.database.reading() as tx:
            assert verify(tx, self.tenant_id) == []


@machine
def test_budgets_follow_the_model(database: Database) -> None:
    registry.load()
    follow(BudgetMachine, database=database)
