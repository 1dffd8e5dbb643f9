"""Every module that has tables. Importing this makes `metadata` whole; a new module is added here."""

from store import (
    audit,
    choices,
    conversations,
    ledger,
    mark,
    nudges,
    outbox,
    people,
    person_records,
    programme,
    reactions,
    recognitions,
    requests,
    roles,
    schedules,
    tallies,
    tenants,
)
from store.db import metadata

__all__ = [
    "audit",
    "choices",
    "conversations",
    "ledger",
    "mark",
    "metadata",
    "nudges",
    "outbox",
    "people",
    "person_records",
    "programme",
    "reactions",
    "recognitions",
    "requests",
    "roles",
    "schedules",
    "tallies",
    "tenants",
]
