"""The audit of the ledger: everything that is kept is computed again from the entries.

Each check is one SELECT of what is wrong, in SQL that both engines read and an auditor can run by hand. The
database aggregates, so millions of entries need no memory here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Select, column, select, text

from store.types import Id

LIMIT = 1000
"""Differences that one check reports: enough to see what happened."""

_CHECKS = {
    "the entries of a transaction sum to zero": """
        SELECT tenant_id, transaction_id AS subject, SUM(amount) AS found, 0 AS expected
        FROM ledger_entry GROUP BY tenant_id, transaction_id HAVING SUM(amount) <> 0
    """,
    "a transaction has entries, or reverses nothing but a shortfall": """
        SELECT tenant_id, id AS subject, 0 AS found, 1 AS expected
        FROM ledger_transaction AS t
        WHERE NOT (closes_id IS NOT NULL AND shortfall > 0) AND NOT EXISTS (
            SELECT * FROM ledger_entry AS e WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.id
        )
    """,
    "an entry has its transaction": """
        SELECT tenant_id, transaction_id AS subject, COUNT(*) AS found, 0 AS expected
        FROM ledger_entry AS e
        WHERE NOT EXISTS (
            SELECT * FROM ledger_transaction AS t WHERE t.tenant_id = e.tenant_id AND t.id = e.transaction_id
        ) GROUP BY tenant_id, transaction_id
    """,
    "an entry has its account": """
        SELECT tenant_id, account_id AS subject, COUNT(*) AS found, 0 AS expected
        FROM ledger_entry AS e
        WHERE account_id IS NOT NULL AND NOT EXISTS (
            SELECT * FROM ledger_account AS a WHERE a.tenant_id = e.tenant_id AND a.id = e.account_id
        ) GROUP BY tenant_id, account_id
    """,
    "the entries of an account are numbered without a gap": """
        SELECT tenant_id, account_id AS subject, seq AS found, seq_before + 1 AS expected
        FROM (
            SELECT tenant_id, account_id, seq, LAG(seq, 1, 0) OVER chain AS seq_before
            FROM ledger_entry WHERE account_id IS NOT NULL
            WINDOW chain AS (PARTITION BY tenant_id, account_id ORDER BY seq)
        ) AS link
        WHERE seq <> seq_before + 1
    """,
    "a balance after an entry is the one before it and the amount": """
        SELECT tenant_id, account_id AS subject, balance_after AS found, balance_before + amount AS expected
        FROM (
            SELECT tenant_id, account_id, amount, balance_after,
                   LAG(balance_after, 1, 0) OVER chain AS balance_before
            FROM ledger_entry WHERE account_id IS NOT NULL
            WINDOW chain AS (PARTITION BY tenant_id, account_id ORDER BY seq)
        ) AS link
        WHERE balance_after <> balance_before + amount
    """,
    "no balance was ever negative": """
        SELECT tenant_id, account_id AS subject, MIN(balance_after) AS found, 0 AS expected
        FROM ledger_entry GROUP BY tenant_id, account_id HAVING MIN(balance_after) < 0
    """,
    "the balance of an account is the sum of its entries": """
        SELECT a.tenant_id, a.id AS subject, a.balance AS found, COALESCE(e.total, 0) AS expected
        FROM ledger_account AS a
        LEFT JOIN (
            SELECT tenant_id, account_id, SUM(amount) AS total
            FROM ledger_entry WHERE account_id IS NOT NULL GROUP BY tenant_id, account_id
        ) AS e ON e.tenant_id = a.tenant_id AND e.account_id = a.id
        WHERE a.balance <> COALESCE(e.total, 0)
    """,
    "an account counts its entries, and has some": """
        SELECT tenant_id, subject, found, expected
        FROM (
            SELECT tenant_id, id AS subject, seq AS found, (
                SELECT COUNT(*) FROM ledger_entry AS e
                WHERE e.tenant_id = a.tenant_id AND e.account_id = a.id
            ) AS expected
            FROM ledger_account AS a
        ) AS kept
        WHERE found <> expected OR expected = 0
    """,
    "what rolls over stays among the allowances of one person, or expires": """
        SELECT t.tenant_id, t.id AS subject, COUNT(DISTINCT a.owner) AS found, 1 AS expected
        FROM ledger_transaction AS t
        JOIN ledger_entry AS e ON e.tenant_id = t.tenant_id AND e.transaction_id = t.id
        LEFT JOIN ledger_account AS a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
        WHERE t.kind = 'roll-over'
        GROUP BY t.tenant_id, t.id
        HAVING COUNT(DISTINCT a.owner) <> 1
            OR MIN(COALESCE(a.kind, 'allowance')) <> 'allowance' OR MAX(COALESCE(a.kind, 'allowance')) <> 'allowance'
            OR MIN(COALESCE(e.side, 'expired')) <> 'expired' OR MAX(COALESCE(e.side, 'expired')) <> 'expired'
    """,
    "what closes has something to close": """
        SELECT tenant_id, id AS subject, 0 AS found, 1 AS expected
        FROM ledger_transaction AS closing
        WHERE (closes_id IS NOT NULL OR kind IN ('settle', 'release', 'reverse', 'take-back'))
            AND NOT EXISTS (
                SELECT * FROM ledger_transaction AS closed
                WHERE closed.tenant_id = closing.tenant_id AND closed.id = closing.closes_id
            )
    """,
    "a hold is settled or released, and nothing else is": """
        SELECT closing.tenant_id, closing.id AS subject, 0 AS found, 1 AS expected
        FROM ledger_transaction AS closing JOIN ledger_transaction AS closed
            ON closed.tenant_id = closing.tenant_id AND closed.id = closing.closes_id
        WHERE (closing.kind IN ('settle', 'release')) <> (closed.kind = 'hold')
    """,
    "a reversal moves back what was given, less its shortfall": """
        SELECT tenant_id, subject, found, expected
        FROM (
            SELECT tenant_id, id AS subject, shortfall + (
                SELECT COALESCE(SUM(amount), 0) FROM ledger_entry AS e
                WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.id AND amount > 0
            ) AS found, (
                SELECT COALESCE(SUM(amount), 0) FROM ledger_entry AS e
                WHERE e.tenant_id = t.tenant_id AND e.transaction_id = t.closes_id AND amount > 0
            ) AS expected
            FROM ledger_transaction AS t WHERE kind IN ('reverse', 'take-back')
        ) AS reversal
        WHERE found <> expected
    """,
    "what a closed hold reserved is gone from its account": """
        SELECT a.tenant_id, a.id AS subject, a.balance AS found, 0 AS expected
        FROM ledger_transaction AS closing
        JOIN ledger_entry AS e ON e.tenant_id = closing.tenant_id AND e.transaction_id = closing.closes_id
        JOIN ledger_account AS a ON a.tenant_id = e.tenant_id AND a.id = e.account_id
        WHERE closing.kind IN ('settle', 'release') AND a.kind = 'held' AND a.balance <> 0
    """,
    "an order holds its points while it is open, and none after it": """
        SELECT tenant_id, subject, found, expected
        FROM (
            SELECT r.tenant_id, r.id AS subject, COALESCE(a.balance, 0) AS found,
                   CASE WHEN r.state IN ('asked', 'ordered', 'started') THEN r.points ELSE 0 END AS expected
            FROM redemption AS r
            LEFT JOIN ledger_account AS a ON a.tenant_id = r.tenant_id AND a.id = 'held:' || r.id || ':'
        ) AS kept
        WHERE found <> expected
    """,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A promise of the ledger that does not hold, and for which transaction or account."""

    promise: str
    tenant_id: Id
    subject: Id
    found: int
    expected: int


def verify(tx: Connection, tenant_id: Id | None = None) -> list[Difference]:
    """Every difference between what is kept and what the entries say, of one tenant or of all."""
    return [
        Difference(promise, row.tenant_id, row.subject, int(row.found), int(row.expected))
        for promise, sql in _CHECKS.items()
        for row in tx.execute(_what_is_wrong(sql, tenant_id))
    ]


def _what_is_wrong(sql: str, tenant_id: Id | None) -> Select[tuple[Id, Id, int, int]]:
    wrong = text(sql).columns(*map(column, ("tenant_id", "subject", "found", "expected"))).subquery("wrong")
    every = select(wrong).order_by(*wrong.c).limit(LIMIT)
    return every if tenant_id is None else every.where(wrong.c.tenant_id == tenant_id)
