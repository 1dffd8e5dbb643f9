"""Every module that has tables. Importing this makes `metadata` whole; a new module is added here."""

from store import (
    conversations,
    ledger,
    mark,
    outbox,
    people,
    programme,
    reactions,
    recognitions,
    requests,
    tallies,
    tenants,
)
from store.db import metadata

__all__ = [
    "conversations",
    "ledger",
    "mark",
    "metadata",
    "outbox",
    "people",
    "programme",
    "reactions",
    "recognitions",
    "requests",
    "tallies",
    "tenants",
]
