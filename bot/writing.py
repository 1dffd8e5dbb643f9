"""How the directories of both platforms write down what they were told: one transaction, tried again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from store.db import Database, is_conflict, is_duplicate

MOST_TRIES = 4

T = TypeVar("T")


def write(database: Database, work: Callable[[Connection], T]) -> T:
    """Runs `work` in a transaction. Two that learn of the same person at once are in each other's way; whoever
    loses runs once more, and finds what the other one has added.
    """
    for _ in range(MOST_TRIES - 1):
        try:
            return _once(database, work)
        except Exception as error:
            if not (is_conflict(error) or is_duplicate(error)):
                raise
    return _once(database, work)


def _once(database: Database, work: Callable[[Connection], T]) -> T:
    with database.writing() as tx:
        return work(tx)
