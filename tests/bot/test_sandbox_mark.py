from __future__ import annotations

import pytest

from store.db import Database
from store.mark import WrongDatabase, claim_mode


def test_a_database_belongs_to_who_claimed_it_first(database: Database) -> None:
    claim_mode(database, "sandbox")
    claim_mode(database, "sandbox")
    with pytest.raises(WrongDatabase, match="PLAUDIT_DATABASE_URL names a sandbox database"):
        claim_mode(database, "live")


def test_the_sandbox_keeps_out_of_a_live_database(database: Database) -> None:
    claim_mode(database, "live")
    with pytest.raises(WrongDatabase, match="a sandbox process"):
        claim_mode(database, "sandbox")
