"""What is done from time to time, whoever else does it too."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from store.db import Database
from store.recognitions import forget_drafts
from store.requests import forget_requests
from store.tenants import list_all_homes

REQUESTS_LIVE = timedelta(days=30)
"""No platform delivers anything again after that long; the acts themselves keep their own unique facts."""
DRAFTS_LIVE = timedelta(days=1)


def clean_up(database: Database, clock: Callable[[], datetime]) -> None:
    """Forgets outcomes of old requests and drafts that nobody finished, tenant by tenant."""
    now = clock()
    with database.reading() as tx:
        tenants = {one.tenant_id for one in list_all_homes(tx)}
    for tenant_id in sorted(tenants):
        with database.writing() as tx:
            forget_requests(tx, tenant_id, now - REQUESTS_LIVE)
            forget_drafts(tx, tenant_id, now - DRAFTS_LIVE)
