"""How a transaction begins and ends on SQLite and on PostgreSQL, and where their SQL differs."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, Literal, cast

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    QueuePool,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.util import LRUCache
from sqlmodel import SQLModel

__all__ = [
    "COMPACT",
    "Connection",
    "Database",
    "LostTogether",
    "add_on_conflict",
    "db_now_ms",
    "fetch",
    "insert_or_add",
    "insert_or_nothing",
    "is_conflict",
    "is_duplicate",
    "is_lost",
    "metadata",
]

metadata = SQLModel.metadata

COMPACT = {"sqlite_with_rowid": False}
"""For tables of small rows: SQLite keeps them in the tree of their key, instead of one tree for each."""


def _to_json(value: object) -> str:
    return orjson.dumps(value).decode()


class _Compiled(MutableMapping[tuple[Any, ...], Any]):
    """What statements were compiled to, for all pools of this process: every pool would compile for itself.

    SQLAlchemy's keys begin with the dialect, of which each pool has its own. Ours differ in nothing but the engine.
    """

    def __init__(self, most: int) -> None:
        self._kept: LRUCache[tuple[Any, ...], Any] = LRUCache(most)

    def __getitem__(self, key: tuple[Any, ...]) -> Any:
        return self._kept[_by_engine(key)]

    def __setitem__(self, key: tuple[Any, ...], compiled: Any) -> None:
        self._kept[_by_engine(key)] = compiled

    def __delitem__(self, key: tuple[Any, ...]) -> None:
        del self._kept[_by_engine(key)]

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(list(self._kept))

    def __len__(self) -> int:
        return len(self._kept)


def _by_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    dialect, *others = key
    return (getattr(dialect, "name", dialect), *others)


_MOST_COMPILED = 1_000
_ENGINE: dict[str, Any] = {
    "json_serializer": _to_json,
    "json_deserializer": orjson.loads,
    "hide_parameters": True,  # what people wrote is not for logs, in errors neither
    "execution_options": {"compiled_cache": _Compiled(_MOST_COMPILED)},
}


_WAL_PATIENCE_S = 5.0
_CACHE_KB = 8_000  # for each connection
_LOG_PAGES = 4_000


class Database:
    """Two pools: one that writes, one that only reads. As many connections as threads use them, and no more.

    A `patient` database has no time limits, for migrations and checks. `durable=False` lets SQLite answer
    before the disk has the data, for tests.
    """

    def __init__(
        self, url: str, *, writers: int = 8, readers: int = 2, patient: bool = False, durable: bool = True
    ) -> None:
        backend = make_url(url).get_backend_name()
        if backend == "sqlite":
            self.kind: Literal["sqlite", "postgresql"] = "sqlite"
            self.writer = _sqlite_engine(url, 1, "BEGIN IMMEDIATE", patient, durable)
            self.reader = _sqlite_engine(url, readers, "BEGIN", patient, durable)
        elif backend == "postgresql":
            self.kind = "postgresql"
            self.writer = _postgresql_engine(url, writers, "read committed", patient)
            self.reader = _postgresql_engine(url, readers, "repeatable read", patient)
        else:
            raise ValueError(f"the database is SQLite or PostgreSQL, not {backend}")
        self._group = _Group()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that may write: commits at the end, rolls back when anything is raised.

        Within `together` it is stored at the end of that, and until then by nobody else to be seen.
        """
        with self._group.part(self.writer) if self._group.stack else self.writer.begin() as tx:
            yield tx

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread writes within shares one commit; each `writing` still happens whole or not at all.

        When it raises, nothing of it is stored. For SQLite, whose one writer pays for the disk at every commit.
        """
        with ExitStack() as stack, self._group.open(stack):
            yield

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One transaction that sees one state of the database throughout; a write in it is an error."""
        with self.reader.begin() as tx:
            yield tx

    def close(self) -> None:
        self.writer.dispose()
        self.reader.dispose()


class _Group(threading.local):
    """The transaction that a thread's parts share; it begins with the first of them."""

    stack: ExitStack | None = None
    tx: Connection | None = None

    @contextmanager
    def open(self, stack: ExitStack) -> Iterator[None]:
        self.stack = stack
        try:
            yield
            if self.tx:
                self._check(self.tx)
        finally:
            self.stack = self.tx = None

    @contextmanager
    def part(self, engine: Engine) -> Iterator[Connection]:
        assert self.stack, "a part belongs to a group"
        if self.tx is None:
            self.tx = self.stack.enter_context(engine.begin())
        self._check(self.tx)
        with _savepoint(self.tx):
            yield self.tx

    def _check(self, tx: Connection) -> None:
        """Some errors, such as a full disk, make SQLite roll back everything; a commit would not tell."""
        if not getattr(tx.connection.dbapi_connection, "in_transaction", True):
            raise LostTogether("SQLite rolled back what was written together")


@contextmanager
def _savepoint(tx: Connection) -> Iterator[None]:
    cursor = tx.connection.cursor()  # SQLAlchemy's own takes 79 µs; this, one
    cursor.execute("SAVEPOINT part")
    try:
        yield
    except BaseException:
        with suppress(sqlite3.OperationalError):  # it is gone where SQLite rolled back everything
            cursor.execute("ROLLBACK TO part")
            cursor.execute("RELEASE part")
        raise
    cursor.execute("RELEASE part")


class LostTogether(Exception):
    """One part failed in a way that took the others with it."""


def _sqlite_engine(url: str, connections: int, begin: str, patient: bool, durable: bool) -> Engine:
    if make_url(url).database in (None, "", ":memory:"):
        raise ValueError("SQLite needs a file, for readers and the writer are different connections")
    # isolation_level=None keeps the driver from beginning transactions itself, late and without IMMEDIATE.
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        **_ENGINE,
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
    )
    reads_only = begin == "BEGIN"

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        connection.execute(f"PRAGMA busy_timeout = {60_000 if patient else 2_000}")
        _use_wal(connection)
        connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        # What parts and statements may have to take back fits into memory, and so do the busiest pages; pages that
        # are written often reach the database file once for many commits.
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
        connection.execute(f"PRAGMA query_only = {'ON' if reads_only else 'OFF'}")

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.connection.cursor().execute(begin)  # a fifth of what `exec_driver_sql` takes

    return engine


def _use_wal(connection: Any) -> None:
    """SQLite's own waiting does not cover this one, when several processes open a new file together."""
    until = time.monotonic() + _WAL_PATIENCE_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)


def _postgresql_engine(
    url: str, connections: int, isolation: Literal["read committed", "repeatable read"], patient: bool
) -> Engine:
    settings = {
        "timezone": "UTC",
        "default_transaction_isolation": isolation.replace(" ", "\\ "),  # the option string splits at spaces
        "default_transaction_read_only": "off" if isolation == "read committed" else "on",
        "lock_timeout": "0" if patient else "1s",
        "statement_timeout": "0" if patient else "2s",
    }
    return create_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        **_ENGINE,
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in settings.items())},
    )


# --- errors -----------------------------------------------------------------------------------------------

_SQLITE_BUSY, _SQLITE_LOCKED = 5, 6
_SQLITE_DUPLICATE = {1555, 2067}  # SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE
_SERIALIZATION_FAILURE, _DEADLOCK, _LOCK_NOT_AVAILABLE = "40001", "40P01", "55P03"
_UNIQUE_VIOLATION = "23505"


def is_conflict(error: BaseException) -> bool:
    """Somebody else was in the way: the same transaction may succeed when it is run again."""
    return _sqlstate(error) in (_SERIALIZATION_FAILURE, _DEADLOCK, _LOCK_NOT_AVAILABLE) or (
        _sqlite_code(error) & 0xFF in (_SQLITE_BUSY, _SQLITE_LOCKED)
    )


def is_lost(error: BaseException) -> bool:
    """The connection broke. Whether its transaction was committed, only its key tells, when it is run again."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def is_duplicate(error: BaseException) -> bool:
    """A unique constraint refused a row."""
    return _sqlstate(error) == _UNIQUE_VIOLATION or _sqlite_code(error) in _SQLITE_DUPLICATE


def _sqlstate(error: BaseException) -> str | None:
    return getattr(_of_driver(error), "sqlstate", None)


def _sqlite_code(error: BaseException) -> int:
    return getattr(_of_driver(error), "sqlite_errorcode", 0)


def _of_driver(error: BaseException) -> BaseException | None:
    return error.orig if isinstance(error, DBAPIError) else error


# --- statements -------------------------------------------------------------------------------------------
# Both engines speak the same ON CONFLICT, and SQLite compiles PostgreSQL's construct as it is. The helpers
# make statements to keep as module constants, so that each is built once.


def insert_or_nothing(table: Table) -> postgresql.Insert:
    """INSERT that leaves a row with the same key alone; `rowcount` says how many rows are new."""
    # psycopg forgets the row count of a closed cursor, and SQLAlchemy closes that of an INSERT at once.
    return postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_or_add(table: Table, *, key: Sequence[str], add: Sequence[str]) -> postgresql.Insert:
    """INSERT that, where a row with the same key exists, adds to the named columns of that row."""
    return add_on_conflict(postgresql.insert(table), key=key, add=add)


def add_on_conflict(insert: postgresql.Insert, *, key: Sequence[str], add: Sequence[str]) -> postgresql.Insert:
    """The same for an INSERT that is made already."""
    sums = {name: insert.table.c[name] + insert.excluded[name] for name in add}
    return insert.on_conflict_do_update(index_elements=key, set_=sums)


def fetch(tx: Connection, query: Executable, values: Mapping[str, object]) -> Sequence[tuple[Any, ...]]:
    """The rows of a query as plain tuples, for values that are made of them in the order of their columns."""
    return cast("Sequence[tuple[Any, ...]]", tx.execute(query, values).all())


class _NowMs(ColumnElement[int]):
    type = BigInteger()
    inherit_cache = True


def db_now_ms() -> ColumnElement[int]:
    """The database's own time in milliseconds since 1970, for leases and pace: one clock for all replicas."""
    return _NowMs()


@compiles(_NowMs, "sqlite")
def _sqlite_now_ms(element: _NowMs, compiler: object, **options: object) -> str:
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER)"


@compiles(_NowMs, "postgresql")
def _postgresql_now_ms(element: _NowMs, compiler: object, **options: object) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
