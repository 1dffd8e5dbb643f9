"""The busiest statements find their rows by an index, however many there are. SQLite tells its plan without rows."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest

from store import (
    allowances,
    approvals,
    attention,
    awards,
    badge_gifts,
    benefits,
    boards,
    boosts,
    budgets,
    bundles,
    calendar_links,
    catalogue,
    charity,
    choices,
    codes,
    conversations,
    experiences,
    expiries,
    imports,
    ledger,
    liability,
    looking_back,
    notes,
    nudges,
    outbox,
    pairs,
    people,
    person_records,
    pools,
    reactions,
    recognitions,
    redemptions,
    requests,
    schedules,
    screens,
    sign_ins,
    tallies,
    teammates,
    tenants,
    vendor_calls,
    wall,
    wallets,
)
from store.db import Database
from store.ledger_check import _CHECKS as CHECKS
from store.prepared import Prepared

MODULES = (
    allowances,
    approvals,
    attention,
    awards,
    badge_gifts,
    benefits,
    boards,
    boosts,
    budgets,
    bundles,
    calendar_links,
    catalogue,
    charity,
    choices,
    codes,
    conversations,
    expiries,
    experiences,
    imports,
    ledger,
    liability,
    looking_back,
    notes,
    nudges,
    outbox,
    pairs,
    people,
    person_records,
    pools,
    reactions,
    recognitions,
    redemptions,
    requests,
    schedules,
    screens,
    sign_ins,
    tallies,
    teammates,
    tenants,
    vendor_calls,
    wall,
    wallets,
)
STATEMENTS = {
    f"{module.__name__}.{name}": one
    for module in MODULES
    for name, one in vars(module).items()
    if isinstance(one, Prepared)
}


def _steps(statement: Prepared | str, url: str) -> list[str]:
    with closing(Database(url)) as database, database.reading() as tx:
        sql = statement if isinstance(statement, str) else statement.sql(tx)
        cursor: Any = tx.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))
        return [row[3] for row in cursor.fetchall()]


@pytest.mark.parametrize("name", STATEMENTS)
def test_a_busy_statement_reads_no_whole_table(name: str, sqlite_url: str) -> None:
    steps = _steps(STATEMENTS[name], sqlite_url)
    tables = [one for one in steps if one.startswith("SCAN") and "json_each" not in one and "CONSTANT" not in one]
    assert [one for one in tables if "USING INDEX ix_outbox" not in one] == [], steps
    whole_tenants = [one for one in steps if one.endswith("(tenant_id=?)")]
    assert whole_tenants == [], steps


def test_the_plans_of_something_are_looked_at() -> None:
    assert len(STATEMENTS) > 20


@pytest.mark.parametrize("promise", CHECKS)
def test_the_audit_walks_over_no_tenant_once_for_each_row(promise: str, sqlite_url: str) -> None:
    """Every check reads the ledger, but a walk inside a walk took minutes for 17,000 gifts."""
    steps = _steps(CHECKS[promise], sqlite_url)
    assert [one for one in steps if one.endswith("(tenant_id=?)")] == [], steps
