"""The ledger against an independent model: two dictionaries, and rules written anew from the words."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store import closings, ledger
from store.db import Database
from store.ledger import Account, Posting, Side, Transaction
from store.ledger_check import verify
from store.tenants import add_tenant
from tests.machines import follow, machine

PEOPLE = ("ann", "bob", "cho", "dan")
GRANT = 30

people = st.sampled_from(PEOPLE)
amounts = st.integers(1, 12)
picks = st.integers(0, 10_000)

_tenants = count(1)


@dataclass
class Gift:
    transaction_id: str
    act: str
    source: Account
    amount: int
    receivers: list[str]
    closed: bool = False


@dataclass
class Hold:
    transaction_id: str
    order: str
    person: str
    amount: int
    closed: bool = False


@dataclass
class Model:
    """What every account holds, and what went out of the programme."""

    balances: Counter[Account] = field(default_factory=Counter)
    granted: int = 0
    spent: int = 0
    taken_out: int = 0

    def move(self, source: Account, target: Account, amount: int) -> None:
        self.balances[source] -= amount
        self.balances[target] += amount


class LedgerMachine(RuleBasedStateMachine):
    """People give, spend, undo and repeat themselves for some weeks, in a tenant of their own."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.tenant_id = f"tenant-{next(_tenants)}"
        self.at = datetime(2026, 11, 2, 10, tzinfo=UTC)
        self.model = Model()
        self.gifts: list[Gift] = []
        self.holds: list[Hold] = []
        self.acts = count(1)
        with self.database.writing() as tx:
            add_tenant(tx, self.tenant_id, "Acme", "UTC", self.at)

    def allowance(self, person: str) -> Account:
        year, week, _ = self.at.isocalendar()
        return ledger.allowance(person, f"{year}-W{week:02}")

    @rule()
    def a_week_passes(self) -> None:
        self.at += timedelta(days=7)

    @rule(giver=people, receivers=st.lists(people, min_size=1, max_size=3, unique=True), amount=amounts)
    def give(self, giver: str, receivers: list[str], amount: int) -> None:
        source = self.allowance(giver)
        first_use = source not in self.model.balances
        affordable = amount * len(receivers) <= (GRANT if first_use else self.model.balances[source])
        gift = Gift("", f"gift:{next(self.acts)}", source, amount, receivers)
        try:
            self._give(gift, grants=first_use)
        except ledger.InsufficientPoints:
            assert not affordable
            return
        assert affordable
        self.gifts.append(gift)
        if first_use:
            self.model.granted += GRANT
            self.model.balances[source] = GRANT
        for receiver in receivers:
            self.model.move(source, ledger.wallet(receiver), amount)

    def _give(self, gift: Gift, *, grants: bool) -> None:
        postings = [Posting(gift.source, ledger.wallet(person), gift.amount) for person in gift.receivers]
        with self.database.writing() as tx:
            assert ledger.grant(tx, self.tenant_id, gift.source, GRANT, self.at) == grants
            posted = ledger.post(tx, self.tenant_id, Transaction("gift", gift.act, self.at, self.at, postings))
            gift.transaction_id = posted.transaction_id

    @precondition(lambda self: self.gifts)
    @rule(pick=picks)
    def give_again_by_the_same_act(self, pick: int) -> None:
        gift = self.gifts[pick % len(self.gifts)]
        with pytest.raises(ledger.AlreadyPosted) as refused:
            self._give(gift, grants=False)
        assert refused.value.transaction_id == gift.transaction_id

    @rule(person=people, amount=amounts)
    def order(self, person: str, amount: int) -> None:
        wallet, order = ledger.wallet(person), f"order-{next(self.acts)}"
        affordable = amount <= self.model.balances[wallet]
        try:
            with self.database.writing() as tx:
                hold_id = closings.hold(tx, self.tenant_id, wallet, order, amount, f"hold:{order}", self.at)
        except ledger.InsufficientPoints:
            assert not affordable
            return
        assert affordable
        self.holds.append(Hold(hold_id, order, person, amount))
        self.model.move(wallet, ledger.held(order), amount)

    @precondition(lambda self: self.holds)
    @rule(pick=picks, settles=st.booleans())
    def close_an_order(self, pick: int, settles: bool) -> None:
        hold = self.holds[pick % len(self.holds)]
        close = closings.settle if settles else closings.release
        try:
            with self.database.writing() as tx:
                close(tx, self.tenant_id, hold.transaction_id, f"close:{next(self.acts)}", self.at)
        except ledger.AlreadyClosed:
            assert hold.closed
            return
        assert not hold.closed
        hold.closed = True
        if settles:
            self.model.balances[ledger.held(hold.order)] -= hold.amount
            self.model.spent += hold.amount
        else:
            self.model.move(ledger.held(hold.order), ledger.wallet(hold.person), hold.amount)

    @precondition(lambda self: self.gifts)
    @rule(pick=picks, by_administrator=st.booleans())
    def take_a_gift_back(self, pick: int, by_administrator: bool) -> None:
        gift = self.gifts[pick % len(self.gifts)]
        take_back = closings.take_back_by_administrator if by_administrator else closings.reverse
        try:
            with self.database.writing() as tx:
                done = take_back(tx, self.tenant_id, gift.transaction_id, f"back:{next(self.acts)}", self.at)
        except ledger.AlreadyClosed:
            assert gift.closed
            return
        assert not gift.closed
        gift.closed = True
        returned = 0
        for receiver in gift.receivers:
            wallet = ledger.wallet(receiver)
            amount = min(gift.amount, self.model.balances[wallet])
            returned += amount
            self.model.balances[wallet] -= amount
            if by_administrator:
                self.model.taken_out += amount
            else:
                self.model.balances[gift.source] += amount
        assert (done.returned, done.kept) == (returned, gift.amount * len(gift.receivers) - returned)

    @invariant()
    def the_ledger_holds_what_the_model_holds(self) -> None:
        with self.database.reading() as tx:
            rows = tx.execute(ledger.account.select().where(ledger.account.c.tenant_id == self.tenant_id)).all()
        assert {Account(row.id): row.balance for row in rows if row.balance} == +self.model.balances
        assert min(self.model.balances.values(), default=0) >= 0

    @invariant()
    def no_points_are_printed(self) -> None:
        inside = self.model.balances.total()
        assert inside + self.model.spent + self.model.taken_out == self.model.granted
        assert self._side(Side.SPENT) == self.model.spent
        assert self._side(Side.ISSUED) == self.model.taken_out - self.model.granted

    def _side(self, side: Side) -> int:
        mine = (ledger.entry.c.tenant_id == self.tenant_id) & (ledger.entry.c.side == side)
        with self.database.reading() as tx:
            return sum(tx.scalars(ledger.entry.select().with_only_columns(ledger.entry.c.amount).where(mine)))

    def teardown(self) -> None:
        """The audit, once at the end: nothing is ever removed, so what was wrong would still be."""
        with self.database.reading() as tx:
            assert verify(tx, self.tenant_id) == []


@machine
def test_the_ledger_follows_the_model(database: Database) -> None:
    follow(LedgerMachine, database=database)
