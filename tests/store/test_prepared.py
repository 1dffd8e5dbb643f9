from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select

from store.db import Database
from store.prepared import Prepared, in_list
from store.tenants import add_tenant, tenant

NAMED = Prepared(select(tenant.c.id).where(tenant.c.zone == bindparam("zone"), in_list(tenant.c.id, "ids")))
ODD = ["", "null", "NULL", 'say "hi"', "back\\slash", "\\", '"', "{a,b}", "a,b", " space ", "line\nbreak", "é🎉"]


def test_a_list_finds_what_was_written_whatever_marks_are_in_it(database: Database) -> None:
    with database.writing() as tx:
        for one in (*ODD, "other"):
            add_tenant(tx, one, "Acme", "UTC", datetime(2026, 11, 18, tzinfo=UTC))
        found = {row[0] for row in NAMED.rows(tx, {"zone": "UTC", "ids": ODD})}
    assert found == set(ODD)


@pytest.mark.parametrize("ids", [[], ["nobody"]])
def test_a_list_without_anybody_finds_nobody(database: Database, ids: list[str]) -> None:
    with database.reading() as tx:
        assert NAMED.rows(tx, {"zone": "UTC", "ids": ids}) == []
