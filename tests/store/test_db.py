from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from store.db import (
    Database,
    LostTogether,
    db_now_ms,
    insert_or_add,
    insert_or_nothing,
    is_conflict,
    is_duplicate,
)
from store.types import Ids, JsonDict, UtcDateTime

AT = datetime(2026, 11, 18, 10, 0, 0, 120, tzinfo=UTC)

thing = Table(
    "thing",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("n", Integer, nullable=False, default=0),
    Column("at", UtcDateTime),
    Column("facts", JsonDict),
)
CLAIM = insert_or_nothing(thing)
COUNT = insert_or_add(thing, key=("id",), add=("n",))


@pytest.fixture(autouse=True)
def _things(database: Database) -> Iterator[None]:
    with database.writing() as tx:
        thing.create(tx)
    yield
    with database.writing() as tx:
        thing.drop(tx)


def test_a_transaction_commits_at_its_end(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a"})
    with database.reading() as tx:
        assert tx.scalar(select(thing.c.id)) == "a"


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    with suppress(ZeroDivisionError), database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a"})
        raise ZeroDivisionError
    with database.reading() as tx:
        assert tx.execute(select(thing.c.id)).all() == []


def test_what_one_pool_compiled_others_do_not_compile_again(database: Database, database_url: str) -> None:
    query = select(thing.c.id.label("compiled_once"))
    with database.writing() as tx:
        compiled = tx.get_execution_options()["compiled_cache"]
        tx.execute(query)
        kept = len(compiled)
    with closing(Database(database_url, durable=False)) as another, another.reading() as tx:
        assert tx.execute(query).all() == []
        assert len(compiled) == kept


def ids_in(database: Database) -> list[str]:
    with database.reading() as tx:
        return list(tx.scalars(select(thing.c.id).order_by(thing.c.id)))


def add(database: Database, id: str) -> None:
    with database.writing() as tx:
        tx.execute(thing.insert(), {"id": id})


def test_what_is_written_together_is_stored_at_the_end_and_at_once(database: Database) -> None:
    with database.together():
        add(database, "a")
        add(database, "b")
        assert ids_in(database) == []
    assert ids_in(database) == ["a", "b"]
    add(database, "c")
    assert ids_in(database) == ["a", "b", "c"]


def test_a_part_that_raises_leaves_nothing_and_takes_nobody_with_it(database: Database) -> None:
    with database.together():
        add(database, "a")
        with suppress(ZeroDivisionError), database.writing() as tx:
            tx.execute(thing.insert(), {"id": "b"})
            raise ZeroDivisionError
        add(database, "c")
    assert ids_in(database) == ["a", "c"]


def test_what_is_written_together_is_lost_together(database: Database) -> None:
    with suppress(ZeroDivisionError), database.together():
        add(database, "a")
        raise ZeroDivisionError
    assert ids_in(database) == []


def test_together_ends_badly_where_sqlite_rolled_back_by_itself(sqlite_blank_url: str) -> None:
    def write(database: Database) -> None:
        with database.together():
            add(database, "a")
            with suppress(DBAPIError), database.writing() as tx:
                tx.execute(text("INSERT OR ROLLBACK INTO thing (id, n) VALUES ('a', 0)"))
            with suppress(LostTogether):
                add(database, "b")

    with closing(Database(sqlite_blank_url)) as database:
        with database.writing() as tx:
            thing.create(tx)
        with pytest.raises(LostTogether):
            write(database)
        assert ids_in(database) == []
        add(database, "c")
        assert ids_in(database) == ["c"]


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"), database.reading() as tx:
        tx.execute(thing.insert(), {"id": "a"})


def test_a_reader_sees_one_state_throughout(database: Database) -> None:
    with database.reading() as reader:
        before = reader.execute(select(thing.c.id)).all()
        with database.writing() as tx:
            tx.execute(thing.insert(), {"id": "a"})
        assert reader.execute(select(thing.c.id)).all() == before


def test_concurrent_read_modify_write_keeps_every_step(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a", "n": 0})

    def count() -> None:
        for _ in range(20):
            with database.writing() as tx:
                tx.execute(COUNT, {"id": "a", "n": 1})

    threads = [Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as tx:
        assert tx.scalar(select(thing.c.n)) == 160


def test_insert_or_nothing_tells_who_was_first(database: Database) -> None:
    with database.writing() as tx:
        assert tx.execute(CLAIM, {"id": "a", "n": 1}).rowcount == 1
        assert tx.execute(CLAIM, {"id": "a", "n": 2}).rowcount == 0
        assert tx.execute(CLAIM, [{"id": id, "n": 3} for id in "abc"]).rowcount == 2
        assert tx.scalars(select(thing.c.n).order_by(thing.c.id)).all() == [1, 3, 3]


def test_insert_or_add_adds_to_what_is_there(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(COUNT, [{"id": "a", "n": 2}, {"id": "b", "n": 5}])
        tx.execute(COUNT, {"id": "a", "n": -1})
        assert tx.execute(select(thing.c.id, thing.c.n).order_by(thing.c.id)).all() == [("a", 1), ("b", 5)]


def test_a_duplicate_is_told_from_other_errors(database: Database) -> None:
    with pytest.raises(DBAPIError) as duplicate, database.writing() as tx:
        tx.execute(thing.insert(), [{"id": "a", "n": 1}, {"id": "a", "n": 1}])
    with pytest.raises(DBAPIError) as other, database.writing() as tx:
        tx.execute(text("INSERT INTO thing (id, n) VALUES ('a', NULL)"))
    assert is_duplicate(duplicate.value)
    assert not is_conflict(duplicate.value)
    assert not is_duplicate(other.value)


def test_waiting_too_long_for_a_lock_is_a_conflict(database: Database, database_url: str) -> None:
    with database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a"})
    with closing(Database(database_url)) as replica, database.writing() as tx:
        tx.execute(thing.update().values(n=1))
        with pytest.raises((DBAPIError, sqlite3.OperationalError)) as late, replica.writing() as other:
            other.execute(thing.update().values(n=2))
    assert is_conflict(late.value)
    assert not is_duplicate(late.value)
    assert not is_conflict(ValueError())


def test_postgresql_ends_a_statement_that_takes_too_long(postgresql_url: str) -> None:
    with closing(Database(postgresql_url)) as database, database.writing() as tx:
        assert tx.scalar(text("SHOW statement_timeout")) == "2s"
        assert tx.scalar(text("SHOW transaction_isolation")) == "read committed"


def test_the_database_tells_its_own_time(database: Database) -> None:
    with database.reading() as tx:
        assert abs(tx.execute(select(db_now_ms())).scalar_one() - time.time() * 1000) < 5_000


def test_an_instant_comes_back_in_utc_and_sorts(database: Database) -> None:
    tokyo = timezone(timedelta(hours=9))
    instants = {"a": AT, "b": AT.astimezone(tokyo) + timedelta(microseconds=1), "c": AT + timedelta(days=1)}
    with database.writing() as tx:
        tx.execute(thing.insert(), [{"id": id, "at": at} for id, at in instants.items()])
        found = tx.scalars(select(thing.c.at).order_by(thing.c.at)).all()
        later = tx.scalars(select(thing.c.id).where(thing.c.at > AT.astimezone(tokyo))).all()
    assert found == list(instants.values())
    assert all(at.tzinfo is UTC for at in found)
    assert set(later) == {"b", "c"}


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="needs a time zone"), database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a", "at": datetime(2026, 11, 18)})  # noqa: DTZ001 that is the point


@pytest.mark.parametrize("facts", [{}, {"a": [1, None, "ü"], "b": {"c": 1.5}}, None])
def test_json_comes_back_as_it_went_in(database: Database, facts: dict[str, object] | None) -> None:
    with database.writing() as tx:
        tx.execute(thing.insert(), {"id": "a", "facts": facts})
        assert tx.execute(select(thing.c.facts, thing.c.facts.is_(None))).one() == (facts, facts is None)


def test_ids_only_grow() -> None:
    milliseconds = iter([5, 5, 5, 4, 6])
    make_id = Ids(lambda: next(milliseconds), Random(1).getrandbits)
    ids = [make_id() for _ in range(5)]
    assert ids == sorted(set(ids))
    assert {len(id) for id in ids} == {28}
    assert ids[-1].startswith("000000000006")


def test_ids_differ_between_threads() -> None:
    make_id = Ids()
    ids: list[str] = []
    threads = [Thread(target=lambda: ids.extend([make_id() for _ in range(1000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 4000


def test_other_databases_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL"):
        Database("mysql://localhost/plaudit")
    with pytest.raises(ValueError, match="needs a file"):
        Database("sqlite://")
