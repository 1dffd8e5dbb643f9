"""What is done from time to time, whoever else does it too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from store.db import Database
from store.imports import forget_imports
from store.recognitions import forget_drafts
from store.requests import forget_requests
from store.sign_ins import forget_sign_ins
from store.tenants import list_all_homes

PAGE = 200
"""Rows of one transaction, so that nobody waits long behind it."""
REQUESTS_LIVE = timedelta(days=30)
"""No platform delivers anything again after that long; the acts themselves keep their own unique facts."""
DRAFTS_LIVE = timedelta(days=1)
MOST_IMPORTS = 5
"""Files of a transaction: each may hold 250 pages of rows."""


async def clean_up(
    database: Database, clock: Callable[[], datetime], run: Callable[[Callable[[], int]], Awaitable[int]]
) -> None:
    """Forgets outcomes of old requests, drafts that nobody finished, files that nobody confirmed, and what ended of
    people's visits to the wall.

    Page by page; `run` lets others go first.
    """
    now = clock()
    with database.reading() as tx:
        tenants = sorted({one.tenant_id for one in list_all_homes(tx)})
    for tenant_id in tenants:
        while await run(lambda: _forget_page(database, tenant_id, now)) >= PAGE:  # noqa: B023 - awaited at once
            pass


def _forget_page(database: Database, tenant_id: str, now: datetime) -> int:
    with database.writing() as tx:
        requests = forget_requests(tx, tenant_id, now - REQUESTS_LIVE, PAGE)
        drafts = forget_drafts(tx, tenant_id, now - DRAFTS_LIVE, PAGE)
        imports = forget_imports(tx, tenant_id, now, MOST_IMPORTS)
        sign_ins = forget_sign_ins(tx, tenant_id, PAGE)
    return PAGE if imports == MOST_IMPORTS else max(requests, drafts, sign_ins)
