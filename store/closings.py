"""What closes another transaction of the ledger, once: holds that are settled or released, gifts taken back.

As in `ledger`: when a function here raises, the caller rolls back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from store.ledger import (
    Account,
    Kind,
    LedgerError,
    Place,
    Posted,
    Posting,
    Side,
    Transaction,
    account,
    entry,
    held,
    post,
    transaction,
)
from store.types import Id, Points


@dataclass(frozen=True, slots=True)
class Reversed:
    transaction_id: Id
    returned: Points
    kept: Points
    """What the receivers had spent already and keep."""


@dataclass(eq=False)
class CannotClose(LedgerError):
    """There is no such transaction, or it is not one to be settled, released or reversed."""

    transaction_id: Id


_LINES = (
    select(transaction.c.kind, entry.c.account_id, entry.c.side, entry.c.amount)
    .join_from(
        transaction,
        entry,
        (entry.c.tenant_id == transaction.c.tenant_id) & (entry.c.transaction_id == transaction.c.id),
    )
    .where(transaction.c.tenant_id == bindparam("tenant_id"), transaction.c.id == bindparam("id"))
    .order_by(entry.c.line)
)
_LOCKED_BALANCES = (
    select(account.c.id, account.c.balance)
    .where(account.c.tenant_id == bindparam("tenant_id"), account.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(account.c.id)
    .with_for_update()
)


def hold(tx: Connection, tenant_id: Id, source: Account, order_id: Id, amount: Points, act: str, at: datetime) -> Id:
    """Reserves points for an order or an approval; gives the id to settle or release it by."""
    reserved = [Posting(source, held(order_id), amount)]
    return post(tx, tenant_id, Transaction(Kind.HOLD, act, at, at, reserved)).transaction_id


def settle(tx: Connection, tenant_id: Id, hold_id: Id, act: str, at: datetime, target: Place = Side.SPENT) -> Posted:
    """Completes a hold: what was reserved goes to the target."""
    reserved = _reserved_by(tx, tenant_id, hold_id)
    moved = [Posting(reserved.target, target, reserved.amount)]
    return post(tx, tenant_id, Transaction(Kind.SETTLE, act, at, at, moved, closes=hold_id))


def release(tx: Connection, tenant_id: Id, hold_id: Id, act: str, at: datetime) -> Posted:
    """Gives back what a hold reserved, to where it came from."""
    reserved = _reserved_by(tx, tenant_id, hold_id)
    moved = [Posting(reserved.target, reserved.source, reserved.amount)]
    return post(tx, tenant_id, Transaction(Kind.RELEASE, act, at, at, moved, closes=hold_id))


def _reserved_by(tx: Connection, tenant_id: Id, hold_id: Id) -> Posting:
    kind, postings = _postings_of(tx, tenant_id, hold_id)
    if kind != Kind.HOLD:
        raise CannotClose(hold_id)
    (reserved,) = postings
    return reserved


def reverse(tx: Connection, tenant_id: Id, transaction_id: Id, act: str, at: datetime) -> Reversed:
    """The giver's undo: takes back what the receivers still hold, to the account that it came from.

    The rule: each wallet gives back what it received, or all it holds if that is less, and only what comes
    back refills the allowance, under the label it was taken from. What has been spent stays with the receiver
    and counts as given; otherwise give, redeem, undo would print points.
    """
    return _take_back(tx, tenant_id, transaction_id, Kind.REVERSE, act, at)


def take_back_by_administrator(tx: Connection, tenant_id: Id, transaction_id: Id, act: str, at: datetime) -> Reversed:
    """An administrator's reversal: takes what the receivers still hold out of the programme.

    It goes to `issued` and refills no allowance. What could not be taken is recorded as the shortfall.
    """
    return _take_back(tx, tenant_id, transaction_id, Kind.TAKE_BACK, act, at, to=Side.ISSUED)


def take_back_all(
    tx: Connection, tenant_id: Id, acts: Mapping[Id, str], at: datetime, *, by_administrator: bool = False
) -> tuple[Points, Points]:
    """Takes many transactions back, by id with the act of each reversal, by the rule of the giver's undo or of an
    administrator's reversal. Gives the points that were taken, and those that their receivers keep.

    All of their accounts are locked first, in one order, so that two who do this never wait for each other in a ring.
    """
    lock_accounts(tx, tenant_id, acts)
    take_back = take_back_by_administrator if by_administrator else reverse
    taken = [take_back(tx, tenant_id, id, act, at) for id, act in acts.items()]
    return sum(one.returned for one in taken), sum(one.kept for one in taken)


def lock_accounts(tx: Connection, tenant_id: Id, transaction_ids: Iterable[Id]) -> None:
    """Those of transactions that are about to be taken back, in the order in which all who move points take them."""
    _lock(tx, tenant_id, [one for id in transaction_ids for one in _postings_of(tx, tenant_id, id)[1]])


def _take_back(
    tx: Connection,
    tenant_id: Id,
    transaction_id: Id,
    kind: Kind,
    act: str,
    at: datetime,
    to: Side | None = None,
) -> Reversed:
    its_kind, postings = _postings_of(tx, tenant_id, transaction_id)
    if its_kind in set(Kind):
        raise CannotClose(transaction_id)
    balances = _lock(tx, tenant_id, postings)
    moved = [
        Posting(given.target, to or given.source, amount)
        for given in postings
        if (amount := min(given.amount, balances[given.target]))
    ]
    returned = sum(posting.amount for posting in moved)
    kept = sum(given.amount for given in postings) - returned
    closing = Transaction(kind, act, at, at, moved, closes=transaction_id, shortfall=kept)
    return Reversed(post(tx, tenant_id, closing).transaction_id, returned, kept)


def _postings_of(tx: Connection, tenant_id: Id, transaction_id: Id) -> tuple[str, list[Posting]]:
    """The kind and the postings of a transaction that took from one place and gave to accounts."""
    lines = tx.execute(_LINES, {"tenant_id": tenant_id, "id": transaction_id}).all()
    places = [(_place(line), line.amount) for line in lines]
    sources = [place for place, amount in places if amount < 0]
    targets = [(place, amount) for place, amount in places if amount > 0]
    if len(sources) != 1 or not all(isinstance(place, Account) for place, _ in targets):
        raise CannotClose(transaction_id)
    return lines[0].kind, [Posting(sources[0], target, amount) for target, amount in targets]


def _place(line: Row[Any]) -> Place:
    return Account(line.account_id) if line.account_id else Side(line.side)


def _lock(tx: Connection, tenant_id: Id, postings: Iterable[Posting]) -> dict[Place, Points]:
    """The balances of the accounts of postings, which nobody else changes before this transaction ends."""
    places = {place for posting in postings for place in (posting.source, posting.target)}
    ids = [place.id for place in places if isinstance(place, Account)]
    rows = tx.execute(_LOCKED_BALANCES, {"tenant_id": tenant_id, "ids": ids})
    return {Account(id): balance for id, balance in rows}
