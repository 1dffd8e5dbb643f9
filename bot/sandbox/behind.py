"""Behind the scenes: what each act left in the books, read from the sandbox's own database and never written.

A request and the rows that its handler wrote carry no common id: they share a transaction, and so an instant.
Rows of one instant are one act; it belongs to the request that was claimed just before it, else to the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from bot.sandbox.worlds import Worlds
from handlers import registry
from handlers.vocabulary import Platform
from store.budgets import list_budgets
from store.conversations import conversation
from store.db import Database
from store.ledger import entry, transaction
from store.outbox import outbox
from store.people import list_members
from store.requests import request
from store.tenants import find_home, list_homes

Json = dict[str, Any]

MOST = 40
"""The latest acts; a demonstration rarely makes more, and who wants all of it has the database."""
_WITHIN = timedelta(seconds=2)
"""A handler reads the time this soon after its key was claimed, or the transaction is somebody else's."""


@dataclass(slots=True)
class _Act:
    at: datetime
    requests: list[RowMapping] = field(default_factory=list)
    messages: list[RowMapping] = field(default_factory=list)
    transactions: list[RowMapping] = field(default_factory=list)


def behind(database: Database, worlds: Worlds, since: datetime) -> list[Json]:
    """What was done after `since`, by the programme's clock, newest first."""
    with database.reading() as tx:
        home = find_home(tx, Platform.SLACK, worlds.workspace.team_id)
        if home is None:
            return []
        acts = _acts(tx, home.tenant_id, since)
        entries = _entries(tx, home.tenant_id, [row["id"] for act in acts for row in act.transactions])
        names = _Names(tx, home.tenant_id, acts, entries)
        return [_told(act, entries, names) for act in acts]


# --- what happened together -------------------------------------------------------------------------------


def _acts(tx: Connection, tenant_id: str, since: datetime) -> list[_Act]:
    """Each with a request or with rows of one instant."""
    effects: dict[datetime, _Act] = {}
    for row in _later(tx, outbox, outbox.c.added_at, tenant_id, since):
        effects.setdefault(row["added_at"], _Act(row["added_at"])).messages.append(row)
    for row in _later(tx, transaction, transaction.c.recorded_at, tenant_id, since):
        effects.setdefault(row["recorded_at"], _Act(row["recorded_at"])).transactions.append(row)
    asked = _later(tx, request, request.c.at, tenant_id, since)[::-1]
    _claim(effects, asked)
    alone = [_Act(row["at"], [row]) for row in asked if not any(row in act.requests for act in effects.values())]
    return sorted([*effects.values(), *alone], key=lambda act: act.at, reverse=True)[:MOST]


def _later(
    tx: Connection, table: Table, instant: ColumnElement[datetime], tenant_id: str, since: datetime
) -> Sequence[RowMapping]:
    """Newest first. More than acts are shown, for one of them may leave many rows."""
    query = select(table).where(table.c.tenant_id == tenant_id, instant > since)
    return tx.execute(query.order_by(instant.desc()).limit(MOST * 10)).mappings().all()


def _claim(effects: Mapping[datetime, _Act], asked: Sequence[RowMapping]) -> None:
    """Gives each request, oldest first, the first act after it and before the next one."""
    instants = sorted(effects)
    for number, row in enumerate(asked, 1):
        end = asked[number]["at"] if number < len(asked) else row["at"] + _WITHIN
        after = (at for at in instants if row["at"] <= at < min(end, row["at"] + _WITHIN))
        if (first := next(after, None)) is not None:
            effects[first].requests.append(row)


def _entries(tx: Connection, tenant_id: str, ids: Sequence[str]) -> dict[str, list[RowMapping]]:
    """By transaction, in their order."""
    query = select(entry).where(entry.c.tenant_id == tenant_id, entry.c.transaction_id.in_(ids))
    found: dict[str, list[RowMapping]] = {}
    for row in tx.execute(query.order_by(entry.c.transaction_id, entry.c.line)).mappings():
        found.setdefault(row["transaction_id"], []).append(row)
    return found


# --- in words ---------------------------------------------------------------------------------------------


class _Names:
    """Whom and what the rows name by id."""

    def __init__(
        self,
        tx: Connection,
        tenant_id: str,
        acts: Iterable[_Act],
        entries: Mapping[str, Sequence[RowMapping]],
    ) -> None:
        self._homes = {one.workspace_id: one.platform for one in list_homes(tx, tenant_id)}
        accounts = [row["account_id"] for rows in entries.values() for row in rows if row["account_id"]]
        readers = [row["reader_id"] for act in acts for row in act.messages if row["reader_id"]]
        ids = {*readers, *(account.split(":")[1] for account in accounts)}
        self.people = {one.id: one.name for one in list_members(tx, tenant_id, ids)}
        self.budgets = {one.id: one.name for one in list_budgets(tx, tenant_id)}
        places = select(conversation.c.ref, conversation.c.name).where(conversation.c.tenant_id == tenant_id)
        self._places: dict[str, str] = {row.ref: row.name for row in tx.execute(places)}

    def platform(self, workspace_id: str) -> str:
        return str(self._homes.get(workspace_id, ""))

    def lane(self, row: RowMapping) -> str:
        """Where a message is shown, or to whom."""
        place = self._places.get(row["conversation_ref"], "")
        reader = self.people.get(row["reader_id"] or "", "")
        return " · ".join(filter(None, (f"#{place}" if place else "", reader))) or row["lane"]


def _told(act: _Act, entries: Mapping[str, Sequence[RowMapping]], names: _Names) -> Json:
    return {
        "id": act.at.isoformat(),
        "at": act.at.isoformat(),
        "requests": [_request(row) for row in act.requests],
        "messages": [_message(row, names) for row in sorted(act.messages, key=lambda row: str(row["id"]))],
        "transactions": [_transaction(row, entries.get(row["id"], ()), names) for row in act.transactions],
    }


def _request(row: RowMapping) -> Json:
    name = row["name"]
    found = (entries.get(name) for entries in (registry.commands, registry.actions, registry.submissions))
    helps = next((one.help for one in found if one), "")
    due = name in registry.ticks
    return {"name": name, "help": helps, "key": row["key"], "outcome": row["outcome"], "by_clock": due}


def _message(row: RowMapping, names: _Names) -> Json:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "state": row["state"],
        "view": row["view"],
        "platform": names.platform(row["workspace_id"]),
        "to": names.lane(row),
        "lane": row["lane"],
        "edits": row["shown"],
        "pending": row["pending"],
        "due_at": row["due_at"].isoformat(),
    }


def _transaction(row: RowMapping, lines: Iterable[RowMapping], names: _Names) -> Json:
    return {
        "id": row["id"],
        "kind": row["kind"],
        "act": row["act"],
        "closes": row["closes_id"],
        "entries": [_entry(line, names) for line in lines],
    }


def _entry(line: RowMapping, names: _Names) -> Json:
    kind, owner, label = (line["account_id"] or f"{line['side']}::").split(":", 2)
    whose = names.people.get(owner) or names.budgets.get(owner, owner)
    return {"account": kind, "owner": whose, "label": label, "amount": line["amount"], "balance": line["balance_after"]}
