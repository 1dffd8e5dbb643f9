"""The ledger: accounts, transactions and entries that sum to zero, only ever added to.

Points enter from a *side* (`issued`, `sponsored`) and leave to one (`spent`, `expired`). Sides are named on
the entry and have no row of their own, so no row is touched by every gift. Every other account keeps its
balance, and its entries are a chain (`seq`, `balance_after`) that `ledger_check.verify` computes again.

When a function here raises, the caller rolls back: part of a transaction may have been written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple, TypeAlias

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_add, insert_or_nothing
from store.prepared import Prepared, PreparedInsert
from store.types import Id, Ids, Points, UtcDateTime


class LedgerAccount(SQLModel, table=True):
    __tablename__ = "ledger_account"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        CheckConstraint("balance >= 0", name="ck_ledger_account_balance"),
        # The id says it all, so that it is known without a read, and one index does for both keys.
        CheckConstraint("id = kind || ':' || owner || ':' || label", name="ck_ledger_account_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    owner: str
    label: str
    balance: int = Field(sa_column=Column(BigInteger, nullable=False))
    seq: int
    """Of its last entry."""


class LedgerTransaction(SQLModel, table=True):
    """Refers to no tenant row: on PostgreSQL every gift would lock that one. Its entries' accounts do."""

    __tablename__ = "ledger_transaction"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "closes_id"],
            ["ledger_transaction.tenant_id", "ledger_transaction.id"],
            onupdate="CASCADE",
        ),
        UniqueConstraint("tenant_id", "act"),
        UniqueConstraint("tenant_id", "closes_id"),
        CheckConstraint("shortfall >= 0", name="ck_ledger_transaction_shortfall"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    act: str
    """The one fact it stands for, such as `recognition:0192…`; a second transaction for it is refused."""
    effective_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    closes_id: str | None = None
    """The hold it settles or releases, or the transaction it reverses."""
    shortfall: int = Field(sa_column=Column(BigInteger, nullable=False))
    """What a reversal could not move, because it had been spent."""
    seal_no: int | None = None


class LedgerEntry(SQLModel, table=True):
    __tablename__ = "ledger_entry"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "transaction_id"],
            ["ledger_transaction.tenant_id", "ledger_transaction.id"],
            onupdate="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "account_id"], ["ledger_account.tenant_id", "ledger_account.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "account_id", "seq"),
        CheckConstraint("amount <> 0", name="ck_ledger_entry_amount"),
        CheckConstraint("(account_id IS NULL) <> (side IS NULL)", name="ck_ledger_entry_account_or_side"),
        CheckConstraint("(account_id IS NULL) = (seq IS NULL)", name="ck_ledger_entry_seq"),
        CheckConstraint("(seq IS NULL) = (balance_after IS NULL)", name="ck_ledger_entry_balance_after"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    transaction_id: str = Field(primary_key=True)
    line: int = Field(primary_key=True)
    account_id: str | None = None
    side: str | None = None
    amount: int = Field(sa_column=Column(BigInteger, nullable=False))
    seq: int | None = None
    balance_after: int | None = Field(default=None, sa_column=Column(BigInteger))


# --- values -----------------------------------------------------------------------------------------------


class AccountKind(StrEnum):
    ALLOWANCE = "allowance"
    BUDGET = "budget"
    WALLET = "wallet"
    HELD = "held"


class Side(StrEnum):
    """Where points come from and go to when they enter and leave the programme."""

    ISSUED = "issued"
    SPONSORED = "sponsored"
    SPENT = "spent"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Account:
    """An account that keeps a balance. It needs no opening: the first points it receives open it."""

    id: str

    @property
    def kind(self) -> AccountKind:
        return AccountKind(self.id.partition(":")[0])


def allowance(person_id: Id, label: str) -> Account:
    """What a person may give in the period with this label."""
    return _account(AccountKind.ALLOWANCE, person_id, label)


def budget(budget_id: Id) -> Account:
    return _account(AccountKind.BUDGET, budget_id)


def wallet(person_id: Id) -> Account:
    return _account(AccountKind.WALLET, person_id)


def held(order_id: Id) -> Account:
    """What is reserved for an order or an approval."""
    return _account(AccountKind.HELD, order_id)


def _account(kind: AccountKind, owner: Id, label: str = "") -> Account:
    assert ":" not in owner, owner
    return Account(f"{kind}:{owner}:{label}")


Place: TypeAlias = Account | Side
"""Where a posting takes points from, or puts them."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of a positive number of points."""

    source: Place
    target: Place
    amount: Points

    def __post_init__(self) -> None:
        assert self.amount > 0, self
        assert self.source != self.target, self


class Kind(StrEnum):
    """The transactions that the ledger itself writes. Callers name theirs: gift, award..."""

    GRANT = "grant"
    ROLL_OVER = "roll-over"
    HOLD = "hold"
    SETTLE = "settle"
    RELEASE = "release"
    REVERSE = "reverse"
    TAKE_BACK = "take-back"


@dataclass(frozen=True, slots=True)
class Transaction:
    """What commits together. `act` is the one fact in the world it stands for, unique in the tenant."""

    kind: str
    act: str
    effective_at: datetime
    recorded_at: datetime
    postings: Sequence[Posting]
    closes: Id | None = None
    shortfall: Points = 0


@dataclass(frozen=True, slots=True)
class Posted:
    transaction_id: Id
    balances: Mapping[Account, Points]
    """What each account that changed holds now."""


class LedgerError(Exception):
    """The ledger refuses. What exactly is on the instance."""


@dataclass(eq=False)
class InsufficientPoints(LedgerError):
    """An account holds less than is taken from it."""

    account: Account
    needed: Points
    available: Points


@dataclass(eq=False)
class AlreadyPosted(LedgerError):
    """The act is in the books."""

    act: str
    transaction_id: Id


@dataclass(eq=False)
class AlreadyClosed(LedgerError):
    """The transaction has been settled, released or reversed, by this other one."""

    transaction_id: Id
    closed_by_id: Id


# --- posting ----------------------------------------------------------------------------------------------

account = LedgerAccount.__table__  # type: ignore[attr-defined]
transaction = LedgerTransaction.__table__  # type: ignore[attr-defined]
entry = LedgerEntry.__table__  # type: ignore[attr-defined]

_new_id = Ids()

_RECORD = Prepared(insert_or_nothing(transaction))
_BY_ACT = select(transaction.c.id).where(
    transaction.c.tenant_id == bindparam("tenant_id"), transaction.c.act == bindparam("act")
)
_BY_CLOSED = select(transaction.c.id).where(
    transaction.c.tenant_id == bindparam("tenant_id"), transaction.c.closes_id == bindparam("closes_id")
)
_BALANCE = Prepared(
    select(account.c.balance).where(account.c.tenant_id == bindparam("tenant_id"), account.c.id == bindparam("id"))
)
_DEBIT = Prepared(
    update(account)
    .where(
        account.c.tenant_id == bindparam("b_tenant_id"),
        account.c.id == bindparam("b_id"),
        account.c.balance >= bindparam("b_amount"),
    )
    .values(balance=account.c.balance - bindparam("b_amount"), seq=account.c.seq + 1)
    .returning(account.c.id, account.c.balance, account.c.seq)
)
_CREDIT = Prepared(
    insert_or_add(account, key=("tenant_id", "id"), add=("balance", "seq")).returning(
        account.c.id, account.c.balance, account.c.seq
    )
)
_ADD_ENTRIES = PreparedInsert(entry)


def find_balance(tx: Connection, tenant_id: Id, of: Account) -> Points:
    """What the account holds: nothing, if it never received anything."""
    return int(_BALANCE.scalar(tx, {"tenant_id": tenant_id, "id": of.id}) or 0)


def grant(tx: Connection, tenant_id: Id, to: Account, amount: Points, at: datetime) -> bool:
    """Issues the allowance of a period on first use; says whether it did.

    Call it before every gift: once granted it is one statement that writes nothing. The act decides, and not
    whether the account exists, for a roll-over may have opened that before.
    """
    if amount == 0:
        return False
    granted = Transaction(Kind.GRANT, grant_act(to), at, at, [Posting(Side.ISSUED, to, amount)])
    transaction_id = _record(tx, tenant_id, granted)
    if transaction_id is None:
        return False
    _move(tx, tenant_id, transaction_id, granted.postings)
    return True


def is_granted(tx: Connection, tenant_id: Id, of: Account) -> bool:
    """Whether the allowance of a period has been issued, which its first use does."""
    return tx.execute(_BY_ACT, {"tenant_id": tenant_id, "act": grant_act(of)}).scalar() is not None


def grant_act(of: Account) -> str:
    """The act that issues the allowance of a period."""
    return f"grant:{of.id}"


def roll_over_act(of: Account) -> str:
    """The act that brings what was not given before into a period."""
    return f"roll-over:{of.id}"


def post(tx: Connection, tenant_id: Id, new: Transaction) -> Posted:
    """Moves the points of all postings of a transaction, or raises.

    Raises InsufficientPoints; AlreadyPosted for an act that is in the books; AlreadyClosed when another
    transaction has closed what this one closes.
    """
    assert new.postings or new.closes, "a transaction moves points or closes another"
    transaction_id = _record(tx, tenant_id, new)
    if transaction_id is None:
        raise _why_not_recorded(tx, tenant_id, new)
    return Posted(transaction_id, _move(tx, tenant_id, transaction_id, new.postings))


def _record(tx: Connection, tenant_id: Id, new: Transaction) -> Id | None:
    """Writes the transaction's row, before any balance: of two at once the later waits here."""
    transaction_id = _new_id()
    row = {
        "tenant_id": tenant_id,
        "id": transaction_id,
        "kind": new.kind,
        "act": new.act,
        "effective_at": new.effective_at,
        "recorded_at": new.recorded_at,
        "closes_id": new.closes,
        "shortfall": new.shortfall,
        "seal_no": None,
    }
    return transaction_id if _RECORD.run(tx, row) else None


def _why_not_recorded(tx: Connection, tenant_id: Id, new: Transaction) -> AlreadyPosted | AlreadyClosed:
    same_id = tx.execute(_BY_ACT, {"tenant_id": tenant_id, "act": new.act}).scalar()
    if same_id is not None:
        return AlreadyPosted(new.act, same_id)
    assert new.closes is not None
    closed_by_id = tx.execute(_BY_CLOSED, {"tenant_id": tenant_id, "closes_id": new.closes}).scalar_one()
    return AlreadyClosed(new.closes, closed_by_id)


def _move(tx: Connection, tenant_id: Id, transaction_id: Id, postings: Iterable[Posting]) -> dict[Account, Points]:
    """Changes the balances and writes the entries; gives the new balances.

    Accounts come in the order of their ids, so that two transactions never wait for each other in a ring.
    """
    amounts = _net(postings)
    assert sum(amounts.values()) == 0, amounts
    kept = sorted((place.id, amount) for place, amount in amounts.items() if isinstance(place, Account))
    changes: list[_Change] = []
    for is_credit, run in groupby(kept, key=lambda change: change[1] > 0):
        changes += (_credit if is_credit else _debit)(tx, tenant_id, dict(run))
    sides = [(side, amount) for side, amount in amounts.items() if isinstance(side, Side)]
    _add_entries(tx, tenant_id, transaction_id, changes, sides)
    return {Account(change.account_id): change.balance for change in changes}


class _Change(NamedTuple):
    account_id: Id
    amount: Points
    balance: Points
    seq: int


def _net(postings: Iterable[Posting]) -> dict[Place, Points]:
    """What each place receives in all; a place that gives as much as it receives is left out."""
    amounts: dict[Place, Points] = {}
    for posting in postings:
        amounts[posting.source] = amounts.get(posting.source, 0) - posting.amount
        amounts[posting.target] = amounts.get(posting.target, 0) + posting.amount
    return {place: amount for place, amount in amounts.items() if amount}


def _debit(tx: Connection, tenant_id: Id, amounts: Mapping[Id, Points]) -> Iterator[_Change]:
    for id, amount in amounts.items():
        after = _DEBIT.row(tx, {"b_tenant_id": tenant_id, "b_id": id, "b_amount": -amount})
        if after is None:
            raise InsufficientPoints(Account(id), -amount, find_balance(tx, tenant_id, Account(id)))
        _, balance, seq = after
        yield _Change(id, amount, balance, seq)


def _credit(tx: Connection, tenant_id: Id, amounts: Mapping[Id, Points]) -> Iterator[_Change]:
    """Credits accounts, and opens those that never received anything."""
    for id, amount in amounts.items():
        after = _CREDIT.row(tx, _opened(tenant_id, id, amount))
        assert after, "an upsert gives its row"
        _, balance, seq = after
        yield _Change(id, amount, balance, seq)


def _opened(tenant_id: Id, id: Id, amount: Points) -> dict[str, object]:
    kind, owner, label = id.split(":", 2)
    return {
        "tenant_id": tenant_id,
        "id": id,
        "kind": kind,
        "owner": owner,
        "label": label,
        "balance": amount,
        "seq": 1,
    }


def _add_entries(
    tx: Connection,
    tenant_id: Id,
    transaction_id: Id,
    changes: Iterable[_Change],
    sides: Iterable[tuple[Side, Points]],
) -> None:
    lines = [
        *((change.account_id, None, change.amount, change.seq, change.balance) for change in changes),
        *((None, side, amount, None, None) for side, amount in sides),
    ]
    rows = [
        {
            "tenant_id": tenant_id,
            "transaction_id": transaction_id,
            "line": line,
            "account_id": account_id,
            "side": side,
            "amount": amount,
            "seq": seq,
            "balance_after": balance_after,
        }
        for line, (account_id, side, amount, seq, balance_after) in enumerate(lines, 1)
    ]
    _ADD_ENTRIES.run(tx, rows)
