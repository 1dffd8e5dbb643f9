"""What the ledger promises, on both engines, alone and under contention."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from store import closings, ledger
from store.closings import CannotClose, Reversed
from store.db import Database, is_conflict
from store.ledger import (
    Account,
    AlreadyClosed,
    AlreadyPosted,
    InsufficientPoints,
    LedgerError,
    Posted,
    Posting,
    Side,
    Transaction,
    allowance,
    budget,
    held,
    wallet,
)
from store.ledger_check import verify
from store.tenants import add_tenant

ACME = "acme"
AT = datetime(2026, 11, 18, 10, tzinfo=UTC)
THIS_WEEK = allowance("ann", "2026-W47")
ANN, BOB, CHO = wallet("ann"), wallet("bob"), wallet("cho")

Result = TypeVar("Result")


class Books:
    """The ledger of one tenant, each call in a transaction of its own, as at the edge."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing() as tx:
            add_tenant(tx, ACME, "Acme", "UTC", AT)

    def run(self, work: Callable[..., Result], *args: Any, **options: Any) -> Result:
        while True:
            try:
                with self.database.writing() as tx:
                    return work(tx, ACME, *args, **options)
            except DBAPIError as error:
                if not is_conflict(error):
                    raise

    def grants(self, amount: int, to: Account = THIS_WEEK) -> bool:
        return self.run(ledger.grant, to, amount, AT)

    def posts(self, act: str, *postings: Posting, kind: str = "gift", closes: str | None = None) -> Posted:
        return self.run(ledger.post, Transaction(kind, act, AT, AT, postings, closes))

    def gives(self, act: str, amount: int, *to: Account) -> Posted:
        return self.posts(act, *(Posting(THIS_WEEK, receiver, amount) for receiver in to))

    def holds(self, source: Account, order: str, amount: int) -> str:
        return self.run(closings.hold, source, order, amount, f"order:{order}", AT)

    def settles(self, hold_id: str, **options: Any) -> Posted:
        return self.run(closings.settle, hold_id, f"settle:{hold_id}", AT, **options)

    def releases(self, hold_id: str) -> Posted:
        return self.run(closings.release, hold_id, f"release:{hold_id}", AT)

    def spends(self, source: Account, order: str, amount: int) -> None:
        self.settles(self.holds(source, order, amount))

    def undoes(self, gift: Posted) -> Reversed:
        return self.run(closings.reverse, gift.transaction_id, f"undo:{gift.transaction_id}", AT)

    def takes_back(self, gift: Posted) -> Reversed:
        return self.run(
            closings.take_back_by_administrator, gift.transaction_id, f"take-back:{gift.transaction_id}", AT
        )

    def show(self, *accounts: Account) -> list[int]:
        with self.database.reading() as tx:
            return [ledger.find_balance(tx, ACME, account) for account in accounts]

    def are_sound(self) -> bool:
        with self.database.reading() as tx:
            return verify(tx) == verify(tx, ACME) == []


@pytest.fixture
def books(database: Database) -> Books:
    return Books(database)


# --- giving -----------------------------------------------------------------------------------------------


def test_an_allowance_is_granted_once_a_label(books: Books) -> None:
    assert not books.run(ledger.is_granted, THIS_WEEK)
    assert books.grants(50)
    assert books.run(ledger.is_granted, THIS_WEEK)
    assert not books.grants(50)
    assert books.grants(30, allowance("ann", "2026-W48"))
    assert books.show(THIS_WEEK, allowance("ann", "2026-W48")) == [50, 30]
    assert books.are_sound()


def test_an_allowance_of_nothing_leaves_no_trace(books: Books) -> None:
    assert not books.grants(0)
    with pytest.raises(InsufficientPoints):
        books.gives("g1", 1, BOB)


def test_what_rolled_over_before_does_not_replace_the_grant(books: Books) -> None:
    books.grants(50)
    next_week = allowance("ann", "2026-W48")
    books.posts("roll-over:ann", Posting(THIS_WEEK, next_week, 10), kind="roll-over")
    assert books.grants(50, next_week)
    assert books.show(THIS_WEEK, next_week) == [40, 60]
    assert books.are_sound()


def test_a_gift_moves_points_to_each_receiver(books: Books) -> None:
    books.grants(50)
    posted = books.gives("g1", 5, BOB, CHO, ANN)
    assert posted.balances == {THIS_WEEK: 35, BOB: 5, CHO: 5, ANN: 5}
    assert books.show(THIS_WEEK, BOB, CHO, ANN) == [35, 5, 5, 5]
    assert books.are_sound()


def test_a_gift_beyond_the_allowance_is_refused_whole(books: Books) -> None:
    books.grants(8)
    with pytest.raises(InsufficientPoints) as refused:
        books.gives("g1", 5, BOB, CHO)
    assert (refused.value.account, refused.value.needed, refused.value.available) == (THIS_WEEK, 10, 8)
    assert books.show(THIS_WEEK, BOB, CHO) == [8, 0, 0]
    assert books.are_sound()


def test_an_act_is_posted_once(books: Books) -> None:
    books.grants(50)
    first = books.gives("g1", 5, BOB)
    with pytest.raises(AlreadyPosted) as refused:
        books.gives("g1", 7, CHO)
    assert refused.value.transaction_id == first.transaction_id
    assert books.show(BOB, CHO) == [5, 0]


def test_postings_are_netted_for_each_account(books: Books) -> None:
    parent, child = budget("company"), budget("sales")
    books.posts(
        "fund",
        Posting(Side.ISSUED, parent, 100),
        Posting(parent, child, 40),
        Posting(child, BOB, 40),
        kind="fund",
    )
    assert books.show(parent, child, BOB) == [60, 0, 40]
    assert books.are_sound()


@pytest.mark.parametrize("amount", [0, -1])
def test_a_posting_moves_a_positive_number(amount: int) -> None:
    with pytest.raises(AssertionError):
        Posting(THIS_WEEK, BOB, amount)


def test_the_books_of_tenants_are_apart(books: Books) -> None:
    books.grants(50)
    with books.database.writing() as tx:
        add_tenant(tx, "other", "Other", "UTC", AT)
        assert ledger.grant(tx, "other", THIS_WEEK, 7, AT)
        assert ledger.find_balance(tx, "other", THIS_WEEK) == 7
    assert books.show(THIS_WEEK) == [50]


# --- holds ------------------------------------------------------------------------------------------------


def test_a_hold_reserves_until_it_is_settled(books: Books) -> None:
    books.posts("award", Posting(Side.ISSUED, BOB, 20))
    hold_id = books.holds(BOB, "o1", 15)
    assert books.show(BOB, held("o1")) == [5, 15]
    books.settles(hold_id)
    assert books.show(BOB, held("o1")) == [5, 0]
    assert books.are_sound()


def test_a_hold_for_an_approval_settles_to_the_receiver(books: Books) -> None:
    books.posts("fund", Posting(Side.ISSUED, budget("sales"), 100))
    books.settles(books.holds(budget("sales"), "nomination", 40), target=CHO)
    assert books.show(budget("sales"), CHO) == [60, 40]
    assert books.are_sound()


def test_a_released_hold_goes_back_where_it_came_from(books: Books) -> None:
    books.posts("award", Posting(Side.ISSUED, BOB, 20))
    books.releases(books.holds(BOB, "o1", 15))
    assert books.show(BOB, held("o1")) == [20, 0]
    assert books.are_sound()


@pytest.mark.parametrize(("first", "then"), [("settles", "releases"), ("releases", "settles")])
def test_a_hold_is_closed_once(books: Books, first: str, then: str) -> None:
    books.posts("award", Posting(Side.ISSUED, BOB, 20))
    hold_id = books.holds(BOB, "o1", 15)
    closing = getattr(books, first)(hold_id)
    with pytest.raises(AlreadyClosed) as refused:
        getattr(books, then)(hold_id)
    assert refused.value.closed_by_id == closing.transaction_id
    assert books.are_sound()


def test_what_is_held_cannot_be_spent_twice(books: Books) -> None:
    books.posts("award", Posting(Side.ISSUED, BOB, 20))
    books.holds(BOB, "o1", 15)
    with pytest.raises(InsufficientPoints):
        books.holds(BOB, "o2", 6)


def test_only_a_hold_is_settled_and_only_a_gift_reversed(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 5, BOB)
    hold_id = books.holds(BOB, "o1", 2)
    with pytest.raises(CannotClose):
        books.settles(gift.transaction_id)
    with pytest.raises(CannotClose):
        books.releases("nowhere")
    with pytest.raises(CannotClose):
        books.undoes(Posted(hold_id, {}))


# --- taking back ------------------------------------------------------------------------------------------


def test_undo_brings_back_what_nobody_has_spent(books: Books) -> None:
    books.grants(50)
    undone = books.undoes(books.gives("g1", 5, BOB, CHO))
    assert (undone.returned, undone.kept) == (10, 0)
    assert books.show(THIS_WEEK, BOB, CHO) == [50, 0, 0]
    assert books.are_sound()


def test_undo_leaves_what_has_been_spent(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 10, BOB, CHO)
    books.spends(BOB, "o1", 7)
    undone = books.undoes(gift)
    assert (undone.returned, undone.kept) == (13, 7)
    assert books.show(THIS_WEEK, BOB, CHO) == [43, 0, 0]
    assert books.are_sound()


def test_undo_of_what_is_all_spent_moves_nothing_and_is_still_done_once(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 10, BOB)
    books.spends(BOB, "o1", 10)
    assert books.undoes(gift).kept == 10
    with pytest.raises(AlreadyClosed):
        books.takes_back(gift)
    assert books.show(THIS_WEEK, BOB) == [40, 0]
    assert books.are_sound()


def test_undo_refills_the_label_that_was_given_from(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 10, BOB)
    next_week = allowance("ann", "2026-W48")
    books.grants(50, next_week)
    books.undoes(gift)
    assert books.show(THIS_WEEK, next_week) == [50, 50]


def test_an_administrator_takes_points_out_and_refills_no_allowance(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 10, BOB)
    books.spends(BOB, "o1", 4)
    taken = books.takes_back(gift)
    assert (taken.returned, taken.kept) == (6, 4)
    assert books.show(THIS_WEEK, BOB) == [40, 0]
    with pytest.raises(AlreadyClosed):
        books.undoes(gift)
    assert books.are_sound()


# --- at once ----------------------------------------------------------------------------------------------


def at_once(times: int, work: Callable[[int], object]) -> list[object]:
    """Runs it in as many threads; gives what each returned or was refused with."""

    def attempt(number: int) -> object:
        try:
            return work(number)
        except LedgerError as refused:
            return type(refused)

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(attempt, range(times)))


def test_sixteen_at_once_cannot_overdraw_an_allowance(books: Books) -> None:
    books.grants(50)
    outcomes = at_once(16, lambda number: books.gives(f"g{number}", 5, wallet(f"p{number % 3}")))
    assert outcomes.count(InsufficientPoints) == 6
    assert books.show(THIS_WEEK) == [0]
    assert sum(books.show(*(wallet(f"p{number}") for number in range(3)))) == 50
    assert books.are_sound()


def test_one_act_posted_seven_times_at_once_counts_once(books: Books) -> None:
    books.grants(50)
    outcomes = at_once(7, lambda _: books.gives("g1", 5, BOB))
    assert outcomes.count(AlreadyPosted) == 6
    assert books.show(THIS_WEEK, BOB) == [45, 5]
    assert books.are_sound()


def test_an_allowance_used_first_by_many_at_once_is_granted_once(books: Books) -> None:
    assert at_once(8, lambda _: books.grants(50)).count(True) == 1
    assert books.show(THIS_WEEK) == [50]


def test_gift_and_undo_in_both_directions_at_once_end(books: Books) -> None:
    week = {"ann": allowance("ann", "W1"), "bob": allowance("bob", "W1")}
    for account in week.values():
        books.grants(1000, account)

    def give_and_undo(number: int) -> None:
        giver, receiver = ("ann", "bob") if number % 2 else ("bob", "ann")
        for turn in range(5):
            gift = books.posts(f"g{number}.{turn}", Posting(week[giver], wallet(receiver), 5))
            books.undoes(gift)

    at_once(8, give_and_undo)
    assert books.show(*week.values(), ANN, BOB) == [1000, 1000, 0, 0]
    assert books.are_sound()


def test_undo_and_take_back_at_once_close_a_gift_once(books: Books) -> None:
    books.grants(50)
    gift = books.gives("g1", 5, BOB, CHO)
    outcomes = at_once(6, lambda number: (books.undoes if number % 2 else books.takes_back)(gift))
    refused = [outcome for outcome in outcomes if not isinstance(outcome, Reversed)]
    assert len(refused) == 5
    assert books.show(BOB, CHO) == [0, 0]
    assert books.are_sound()


# --- the audit --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("promise", "tampering"),
    [
        (
            "the balance of an account is the sum of its entries",
            "UPDATE ledger_account SET balance = balance + 1 WHERE id = 'wallet:bob:'",
        ),
        ("an account counts its entries, and has some", "UPDATE ledger_account SET seq = seq + 1"),
        (
            "an account counts its entries, and has some",
            "INSERT INTO ledger_account (tenant_id, id, kind, owner, label, balance, seq)"
            " VALUES ('acme', 'wallet:eve:', 'wallet', 'eve', '', 0, 0)",
        ),
        (
            "the entries of a transaction sum to zero",
            "UPDATE ledger_entry SET amount = amount + 1 WHERE account_id = 'wallet:bob:'",
        ),
        (
            "a balance after an entry is the one before it and the amount",
            "UPDATE ledger_entry SET balance_after = balance_after + 1 WHERE account_id = 'wallet:bob:'",
        ),
        ("no balance was ever negative", "UPDATE ledger_entry SET balance_after = -1 WHERE seq = 1"),
        (
            "the entries of a transaction sum to zero",
            "DELETE FROM ledger_entry WHERE account_id = 'wallet:bob:' AND seq = 1",
        ),
        (
            "the entries of an account are numbered without a gap",
            "DELETE FROM ledger_entry WHERE account_id = 'wallet:bob:' AND seq = 1",
        ),
        (
            "the entries of an account are numbered without a gap",
            "UPDATE ledger_entry SET seq = seq + 5 WHERE account_id = 'wallet:bob:' AND seq = 2",
        ),
        ("a transaction has entries, or reverses nothing but a shortfall", "DELETE FROM ledger_entry"),
        (
            "what rolls over stays among the allowances of one person, or expires",
            "UPDATE ledger_transaction SET kind = 'roll-over' WHERE kind = 'gift'",
        ),
        (
            "what closes has something to close",
            "UPDATE ledger_transaction SET closes_id = NULL WHERE kind = 'settle'",
        ),
        (
            "a hold is settled or released, and nothing else is",
            "UPDATE ledger_transaction SET kind = 'gift' WHERE kind = 'hold'",
        ),
        (
            "a reversal moves back what was given, less its shortfall",
            "UPDATE ledger_transaction SET shortfall = 0 WHERE kind = 'reverse'",
        ),
        (
            "what a closed hold reserved is gone from its account",
            "UPDATE ledger_account SET balance = 3 WHERE kind = 'held'",
        ),
    ],
)
def test_the_audit_finds_tampering(books: Books, promise: str, tampering: str) -> None:
    books.grants(50)
    gift = books.gives("g1", 10, BOB, CHO)
    books.spends(BOB, "o1", 7)
    books.undoes(gift)
    assert books.are_sound()

    with books.database.writing() as tx:
        assert tx.execute(text(tampering)).rowcount
    with books.database.reading() as tx:
        found = verify(tx)
        assert promise in {difference.promise for difference in found}
        assert verify(tx, ACME) == found
        assert verify(tx, "other") == []


@pytest.mark.parametrize(
    ("promise", "tampering"),
    [
        ("an entry has its transaction", "DELETE FROM ledger_transaction WHERE act = 'g1'"),
        ("an entry has its account", "DELETE FROM ledger_account WHERE id = 'wallet:bob:'"),
        ("what closes has something to close", "DELETE FROM ledger_transaction WHERE kind = 'hold'"),
    ],
)
def test_the_audit_finds_what_was_removed_past_the_foreign_keys(sqlite_url: str, promise: str, tampering: str) -> None:
    database = Database(sqlite_url, durable=False)
    books = Books(database)
    books.grants(50)
    books.gives("g1", 10, BOB)
    books.spends(BOB, "o1", 7)
    connection = database.writer.raw_connection()
    connection.cursor().execute("PRAGMA foreign_keys = OFF")
    connection.cursor().execute(tampering)
    connection.close()
    with database.reading() as tx:
        assert promise in {difference.promise for difference in verify(tx)}
    database.close()


def test_the_books_refuse_a_negative_balance_themselves(books: Books) -> None:
    books.grants(50)
    with pytest.raises(DBAPIError), books.database.writing() as tx:
        tx.execute(text("UPDATE ledger_account SET balance = -1"))
