from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from scheduler.jobs import PAGE, REQUESTS_LIVE, clean_up
from store.db import Database
from store.requests import claim, find_outcome
from store.tenants import Workspace, add_tenant, add_workspace
from tests.conftest import Clock


async def test_old_requests_are_forgotten_page_by_page_and_new_ones_stay(database: Database, clock: Clock) -> None:
    pages: list[int] = []

    async def run(work: Callable[[], int]) -> int:
        pages.append(work())
        return pages[-1]

    with database.writing() as tx:
        add_tenant(tx, "t", "Acme", "UTC", clock())
        add_workspace(tx, Workspace(tenant_id="t", id="w", platform="slack", ref="T1", name="acme", bot_ref="B"))
        for number in range(PAGE + 50):
            claim(tx, "t", f"old {number}", "kudos", clock() - REQUESTS_LIVE - timedelta(seconds=1))
        claim(tx, "t", "new", "kudos", clock())
    await clean_up(database, clock, run)
    assert pages == [PAGE, 50]
    with database.reading() as tx:
        assert find_outcome(tx, "t", "old 0") is None
        assert find_outcome(tx, "t", "new")
