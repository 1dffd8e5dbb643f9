"""What the organisation owes its people, by the ledger: what accounts hold, by their kind; and what was redeemed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from store.db import fetch
from store.ledger import AccountKind, account, allowance
from store.pools import PoolState, pool
from store.prepared import Prepared, in_list
from store.redemptions import OrderState, redemption
from store.types import Id, Points, UtcDateTime

# Over the accounts of a tenant: an administrator asks now and then. Not prepared, as what is busy is.
_BY_KIND = (
    select(account.c.kind, func.sum(account.c.balance))
    .where(account.c.tenant_id == bindparam("tenant_id"), account.c.kind != AccountKind.ALLOWANCE.value)
    .group_by(account.c.kind)
)
_THESE = Prepared(
    select(account.c.id, account.c.balance).where(
        account.c.tenant_id == bindparam("tenant_id"), in_list(account.c.id, "ids")
    )
)
_REDEEMED = Prepared(
    select(func.coalesce(func.sum(redemption.c.points), 0)).where(
        redemption.c.tenant_id == bindparam("tenant_id"),
        redemption.c.state == OrderState.FULFILLED,
        redemption.c.settled_at >= bindparam("since", type_=UtcDateTime),
    )
)


_TOGETHER = Prepared(
    select(func.coalesce(func.sum(pool.c.goal), 0)).where(
        pool.c.tenant_id == bindparam("tenant_id"),
        pool.c.state == bindparam("state"),
        pool.c.settled_at >= bindparam("since", type_=UtcDateTime),
    )
)


def sum_by_kind(tx: Connection, tenant_id: Id) -> dict[AccountKind, Points]:
    """What wallets, budgets and holds have in them. Not allowances: most of their periods are over."""
    rows = fetch(tx, _BY_KIND, {"tenant_id": tenant_id})
    return {AccountKind(kind): int(points) for kind, points in rows}


def list_allowances(
    tx: Connection, tenant_id: Id, people: Collection[Id], labels: Collection[str]
) -> dict[Id, dict[str, Points]]:
    """By person and label: what is left of the periods with these labels. Those that nobody opened are missing."""
    by_id = {allowance(one, label).id: (one, label) for one in people for label in labels}
    found: dict[Id, dict[str, Points]] = {}
    for id, balance in _THESE.rows(tx, {"tenant_id": tenant_id, "ids": list(by_id)}):
        person_id, label = by_id[id]
        found.setdefault(person_id, {})[label] = balance
    return found


def count_redeemed(tx: Connection, tenant_id: Id, since: datetime) -> Points:
    """The points of rewards that were handed over, and of goals that people reached together, since an instant."""
    sought = {"tenant_id": tenant_id, "since": since}
    together = [_TOGETHER.scalar(tx, sought | {"state": one}) for one in (PoolState.REACHED, PoolState.DONE)]
    return int(_REDEEMED.scalar(tx, sought) or 0) + sum(int(one or 0) for one in together)
