"""Brings a database to the shape that the code expects; safe when several replicas start together.

Developers add a revision with `python -m store.migrate revision "what it does"`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from store.db import Database

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x706C6175646974  # "plaudit" in ASCII: any number that is always the same
_WAIT_FOR_TABLES = "5s"
"""A migration that waits longer for a table would hold up everybody who waits behind it."""

_TIDY = {
    "hooks": "sort, format",
    "sort.type": "module",
    "sort.module": "ruff",
    "sort.options": "check --quiet --select I --fix REVISION_SCRIPT_FILENAME",
    "format.type": "module",
    "format.module": "ruff",
    "format.options": "format --quiet REVISION_SCRIPT_FILENAME",
}
"""What becomes of a new revision."""


class NewerDatabase(Exception):
    """A sentence for the operator."""

    def __init__(self) -> None:
        super().__init__(
            "PLAUDIT_DATABASE_URL names a database that a newer Plaudit has migrated: start that version, "
            "or give this one a database of its own."
        )


def upgrade(url: str) -> None:
    """Runs the missing revisions, all in one transaction. Whoever wants the same waits, and finds it done.

    Raises `NewerDatabase` for one with a revision that this program does not bring.
    """
    with _migrating(url) as tx:
        applied = set(MigrationContext.configure(tx).get_current_heads())
        if not applied <= _brought():
            raise NewerDatabase
        if applied != _last():
            command.upgrade(_config(tx), "head")


def is_current(database: Database) -> bool:
    """Whether the database has exactly the revisions that this program brings."""
    with database.reading() as tx:
        applied = MigrationContext.configure(tx).get_current_heads()
    return set(applied) == _last()


@cache
def _brought() -> frozenset[str]:
    """Every revision that this program has; they are read once."""
    return frozenset(one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions())


@cache
def _last() -> frozenset[str]:
    """The revisions after which there is none."""
    return frozenset(ScriptDirectory.from_config(_config()).get_heads())


def _add_revision(what: str) -> None:
    """Writes a revision from the last one to the models, for a developer to read over."""
    with tempfile.TemporaryDirectory() as directory:
        url = f"sqlite:///{directory}/blank.db"
        upgrade(url)
        with _migrating(url) as tx:
            command.revision(_config(tx), what, autogenerate=True)


@contextmanager
def _migrating(url: str) -> Iterator[Connection]:
    """A transaction that nobody else migrates in; on SQLite every writing transaction is that already."""
    database = Database(url, writers=1, patient=True)
    if database.kind == "sqlite":
        event.listen(database.writer, "connect", _forget_foreign_keys)
    try:
        with database.writing() as tx:
            if database.kind == "postgresql":
                tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
                tx.execute(text(f"SET LOCAL lock_timeout = '{_WAIT_FOR_TABLES}'"))
            yield tx
            if database.kind == "sqlite":
                broken = tx.execute(text("PRAGMA foreign_key_check")).all()
                assert not broken, f"a migration left rows without what they refer to: {broken[:10]}"
    finally:
        database.close()


def _forget_foreign_keys(connection: Any, record: object) -> None:
    """SQLite alters a table by dropping its old copy, which enforced keys would take its referrers with."""
    connection.execute("PRAGMA foreign_keys = OFF")


def _config(tx: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = tx
    for option, value in _TIDY.items():
        config.set_section_option("post_write_hooks", option, value)
    return config


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["revision", what]:
            _add_revision(what)
        case _:
            sys.exit(__doc__)
