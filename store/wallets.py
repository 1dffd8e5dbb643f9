"""Wallets as their owners see them: who holds points, and every entry of an account with what it stands for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, literal, select

from store.audit import audit
from store.db import fetch
from store.ledger import AccountKind, account, entry, transaction, wallet
from store.people import person
from store.pools import pool, pool_part
from store.prepared import Prepared, in_list
from store.recognitions import receiver, recognition
from store.redemptions import redemption
from store.types import Points


class WalletMove(NamedTuple):
    """An entry of a wallet, as far as the age of points goes."""

    transaction_id: str
    seq: int
    amount: Points
    effective_at: datetime
    closes_id: str | None


class WalletLine(NamedTuple):
    """An entry of a wallet with what it stands for. `closed` is the act of the transaction that it undoes, or empty."""

    seq: int
    amount: Points
    balance_after: Points
    kind: str
    act: str
    closed: str
    at: datetime


class WalletSums(NamedTuple):
    came: Points
    went: Points


class Holder(NamedTuple):
    """Somebody who left and whose wallet is not empty. `left_at` is known where an administrator deactivated them."""

    person_id: str
    balance: Points
    left_at: datetime | None


_HOLDS = (account.c.tenant_id == person.c.tenant_id) & (
    account.c.id == literal(f"{AccountKind.WALLET}:").concat(person.c.id).concat(":")
)
_JOINED = (entry.c.tenant_id == transaction.c.tenant_id) & (entry.c.transaction_id == transaction.c.id)
_OURS = (person.c.kind != "bot", person.c.kind != "stranger")
"""Whose points can expire: whoever belongs to another organisation can neither use them here nor be told."""
_closed = transaction.alias("closed")

_HOLDERS = Prepared(
    select(person.c.id)
    .join(account, _HOLDS)
    .where(
        person.c.tenant_id == bindparam("tenant_id"),
        person.c.id > bindparam("after"),
        person.c.zone == bindparam("zone"),
        person.c.active,
        *_OURS,
        account.c.balance > 0,
    )
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_GONE = Prepared(
    select(person.c.id, account.c.balance, person.c.deactivated_at)
    .join(account, _HOLDS)
    .where(
        person.c.tenant_id == bindparam("tenant_id"),
        person.c.id > bindparam("after"),
        ~person.c.active,
        *_OURS,
        account.c.balance > 0,
    )
    .order_by(person.c.id)
    .limit(bindparam("most"))
)
_ZONES = select(person.c.zone).where(person.c.tenant_id == bindparam("tenant_id"), person.c.active, *_OURS).distinct()
"""Once a night, and over all people of a tenant."""
_LOCK = (
    select(account.c.id, account.c.balance)
    .where(account.c.tenant_id == bindparam("tenant_id"), account.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(account.c.id)
    .with_for_update()
)
_MOVES = Prepared(
    select(
        entry.c.account_id,
        entry.c.transaction_id,
        entry.c.seq,
        entry.c.amount,
        transaction.c.effective_at,
        transaction.c.closes_id,
    )
    .join_from(entry, transaction, _JOINED)
    .where(entry.c.tenant_id == bindparam("tenant_id"), in_list(entry.c.account_id, "accounts"))
    .order_by(entry.c.account_id, entry.c.seq)
)
_LINES = Prepared(
    select(
        entry.c.seq,
        entry.c.amount,
        entry.c.balance_after,
        transaction.c.kind,
        transaction.c.act,
        func.coalesce(_closed.c.act, ""),
        transaction.c.effective_at,
    )
    .join_from(entry, transaction, _JOINED)
    .outerjoin(_closed, (_closed.c.tenant_id == transaction.c.tenant_id) & (_closed.c.id == transaction.c.closes_id))
    .where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.account_id == bindparam("account"),
        entry.c.seq < bindparam("before"),
    )
    .order_by(entry.c.seq.desc())
    .limit(bindparam("most"))
)
_SUMS = Prepared(
    select(
        func.coalesce(func.sum(case((entry.c.amount > 0, entry.c.amount), else_=0)), 0),
        func.coalesce(func.sum(case((entry.c.amount < 0, -entry.c.amount), else_=0)), 0),
    ).where(
        entry.c.tenant_id == bindparam("tenant_id"),
        entry.c.account_id == bindparam("account"),
        entry.c.seq > 0,  # always so; it shows SQLite which index is meant
    )
)
_RECOGNISED = Prepared(
    select(
        recognition.c.id,
        recognition.c.giver_id,
        case((recognition.c.taken_back_at.is_(None), recognition.c.reason), else_=""),
    )
    .join_from(
        receiver,
        recognition,
        (recognition.c.tenant_id == receiver.c.tenant_id) & (recognition.c.id == receiver.c.recognition_id),
    )
    .where(
        receiver.c.tenant_id == bindparam("tenant_id"),
        receiver.c.person_id == bindparam("person_id"),
        in_list(receiver.c.recognition_id, "recognitions"),
    )
)
_TITLES = Prepared(
    select(redemption.c.id, redemption.c.title).where(
        redemption.c.tenant_id == bindparam("tenant_id"),
        redemption.c.person_id == bindparam("person_id"),
        in_list(redemption.c.id, "orders"),
    )
)
_GOALS = Prepared(
    select(pool_part.c.id, pool.c.title)
    .join_from(pool_part, pool, (pool.c.tenant_id == pool_part.c.tenant_id) & (pool.c.id == pool_part.c.pool_id))
    .where(
        pool_part.c.tenant_id == bindparam("tenant_id"),
        pool_part.c.person_id == bindparam("person_id"),
        in_list(pool_part.c.id, "parts"),
    )
)
_REASONS = Prepared(
    select(transaction.c.act, audit.c.reason)
    .join_from(transaction, audit, (audit.c.tenant_id == transaction.c.tenant_id) & (audit.c.id == transaction.c.id))
    .where(transaction.c.tenant_id == bindparam("tenant_id"), in_list(transaction.c.act, "acts"))
    .order_by(transaction.c.act)  # it shows SQLite which index is meant
)
_NEWEST = (1 << 31) - 1
EVERY = (1 << 31) - 1
"""As many lines as there are."""


def list_wallet_holders(tx: Connection, tenant_id: str, zone: str, after: str, most: int) -> list[str]:
    """Active people of a zone whose wallet is not empty, by id, after an id."""
    sought = {"tenant_id": tenant_id, "zone": zone, "after": after, "most": most}
    return [row[0] for row in _HOLDERS.rows(tx, sought)]


def list_gone_holders(tx: Connection, tenant_id: str, after: str, most: int) -> list[Holder]:
    """People who take part no more and whose wallet is not empty, by id, after an id."""
    return [Holder(*row) for row in _GONE.rows(tx, {"tenant_id": tenant_id, "after": after, "most": most})]


def list_people_zones(tx: Connection, tenant_id: str) -> list[str]:
    """The zones that active people are in; empty where none is known."""
    return sorted(row[0] for row in fetch(tx, _ZONES, {"tenant_id": tenant_id}))


def lock_wallets(tx: Connection, tenant_id: str, people: Collection[str]) -> dict[str, Points]:
    """What they hold, by person, which nobody else changes before this transaction ends. In one order everywhere."""
    if not people:
        return {}
    owners = {wallet(one).id: one for one in people}
    return {owners[id]: balance for id, balance in tx.execute(_LOCK, {"tenant_id": tenant_id, "ids": sorted(owners)})}


def list_wallet_moves(tx: Connection, tenant_id: str, people: Iterable[str]) -> dict[str, list[WalletMove]]:
    """Every entry of these people's wallets in the order of `seq`; nobody is missing."""
    owners = {wallet(one).id: one for one in people}
    moves: dict[str, list[WalletMove]] = {one: [] for one in owners.values()}
    for row in _MOVES.rows(tx, {"tenant_id": tenant_id, "accounts": sorted(owners)}) if owners else ():
        moves[owners[row[0]]].append(WalletMove(*row[1:]))
    return moves


def list_wallet_lines(
    tx: Connection, tenant_id: str, person_id: str, *, before: int = 0, most: int = EVERY
) -> list[WalletLine]:
    """The newest first, before a `seq`."""
    sought = {
        "tenant_id": tenant_id,
        "account": wallet(person_id).id,
        "before": before or _NEWEST,
        "most": most,
    }
    return [WalletLine(*row) for row in _LINES.rows(tx, sought)]


def list_recognised(
    tx: Connection, tenant_id: str, person_id: str, recognitions: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Of these those that this person received: who gave each, and its words; none where it was taken back."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "recognitions": sorted(recognitions)}
    return {id: (giver_id, reason) for id, giver_id, reason in _RECOGNISED.rows(tx, sought)} if recognitions else {}


def list_order_titles(tx: Connection, tenant_id: str, person_id: str, orders: Collection[str]) -> dict[str, str]:
    """What this person ordered, by order."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "orders": sorted(orders)}
    return dict(_TITLES.rows(tx, sought)) if orders else {}


def list_goal_titles(tx: Connection, tenant_id: str, person_id: str, parts: Collection[str]) -> dict[str, str]:
    """The shared goals to which this person added these parts, by part."""
    sought = {"tenant_id": tenant_id, "person_id": person_id, "parts": sorted(parts)}
    return dict(_GOALS.rows(tx, sought)) if parts else {}


def list_reasons(tx: Connection, tenant_id: str, acts: Collection[str]) -> dict[str, str]:
    """What was said to what administrators did in the ledger, by act; of what was written down under its own id."""
    return dict(_REASONS.rows(tx, {"tenant_id": tenant_id, "acts": sorted(acts)})) if acts else {}


def sum_wallet(tx: Connection, tenant_id: str, person_id: str) -> WalletSums:
    """What ever came into a wallet, and what went out: the difference is its balance."""
    row = _SUMS.row(tx, {"tenant_id": tenant_id, "account": wallet(person_id).id})
    assert row
    return WalletSums(int(row[0]), int(row[1]))
