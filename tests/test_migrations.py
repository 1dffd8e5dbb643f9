from __future__ import annotations

from contextlib import closing
from threading import Thread

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from store import migrate
from store.db import Database, metadata


def test_models_equal_migrations(blank_url: str) -> None:
    migrate.upgrade(blank_url)
    with closing(Database(blank_url)) as database, database.reading() as tx:
        differences = compare_metadata(MigrationContext.configure(tx), metadata)
    assert differences == [], 'add a revision: python -m store.migrate revision "what it does"'


def test_models_and_migrations_have_the_same_checks(blank_url: str) -> None:
    with closing(Database(blank_url)) as database:
        metadata.create_all(database.writer)
        from_models = _checks(database)
        metadata.drop_all(database.writer)
        migrate.upgrade(blank_url)
        assert _checks(database) == from_models


def _checks(database: Database) -> dict[str, list[str]]:
    """The check constraints of every table, which Alembic does not compare."""
    with database.reading() as tx:
        inspector = inspect(tx)
        return {
            table: sorted(f"{check['name']}: {check['sqltext']}" for check in inspector.get_check_constraints(table))
            for table in metadata.tables
        }


def test_a_new_database_is_not_current_until_upgraded(blank_url: str) -> None:
    with closing(Database(blank_url)) as database:
        assert not migrate.is_current(database)
        migrate.upgrade(blank_url)
        assert migrate.is_current(database)


def test_upgrading_again_changes_nothing(blank_url: str) -> None:
    migrate.upgrade(blank_url)
    migrate.upgrade(blank_url)
    with closing(Database(blank_url)) as database:
        assert migrate.is_current(database)


def test_replicas_may_start_together(blank_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            migrate.upgrade(blank_url)
        except BaseException as failure:
            failures.append(failure)

    replicas = [Thread(target=start) for _ in range(4)]
    for replica in replicas:
        replica.start()
    for replica in replicas:
        replica.join()
    assert failures == []
    with closing(Database(blank_url)) as database:
        assert migrate.is_current(database)


def test_names_fit_in_postgresql() -> None:
    tables = metadata.tables.values()
    constraints = [constraint.name for table in tables for constraint in table.constraints]
    indexes = [index.name for table in tables for index in table.indexes]
    assert [name for name in constraints + indexes if name is None or len(str(name)) > 63] == []


def test_a_database_of_a_newer_program_is_refused_with_a_sentence(blank_url: str) -> None:
    migrate.upgrade(blank_url)
    with closing(Database(blank_url)) as database, database.writing() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = 'from the future'"))
    with pytest.raises(migrate.NewerDatabase, match="newer Plaudit"):
        migrate.upgrade(blank_url)
