"""Statements of the busiest paths: written in SQLAlchemy's Core, compiled once, run on the driver's own cursor.

SQLAlchemy's execution costs five times what SQLite takes for a small statement (measured: 46 against 9 µs), and a
gift runs some twenty. What remains is its SQL and its types; tables, migrations and every other query are as usual.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    TEXT,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Executable,
    String,
    Table,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]
Row = tuple[Any, ...]


class Prepared:
    """A Core statement with named parameters: all of them, so an INSERT names every column of its table.

    Lists of parameters are given by `in_list`, for `IN` with as many parameters as values is another statement
    each time. Errors are the driver's own: `is_conflict` and `is_duplicate` know them.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, tx: Connection, values: Mapping[str, Any]) -> list[Row]:
        """Every row, as plain tuples in the order of the columns."""
        compiled = self._for(tx)
        return compiled.read(compiled.execute(tx, values).fetchall())

    def row(self, tx: Connection, values: Mapping[str, Any]) -> Row | None:
        """The first row."""
        compiled = self._for(tx)
        found = compiled.execute(tx, values).fetchone()
        return compiled.read([found])[0] if found else None

    def scalar(self, tx: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row; None without one."""
        found = self.row(tx, values)
        return found[0] if found else None

    def run(self, tx: Connection, values: Mapping[str, Any]) -> int:
        """How many rows it changed."""
        return self._for(tx).execute(tx, values).rowcount

    def run_many(self, tx: Connection, many: Iterable[Mapping[str, Any]]) -> None:
        """Runs it once for each."""
        compiled = self._for(tx)
        _cursor(tx).executemany(compiled.sql, [compiled.bind(values) for values in many])

    def sql(self, tx: Connection) -> str:
        """What the database is asked, with places for the parameters."""
        return self._for(tx).sql

    def _for(self, tx: Connection) -> _Compiled:
        name = tx.dialect.name
        if name not in self._compiled:
            self._compiled[name] = _compile(self._statement, tx.dialect)
        return self._compiled[name]


MOST_ROWS = 32
"""Of one statement: more make it hardly quicker, and every number of them is a statement to keep."""


class PreparedInsert:
    """An INSERT of many rows as one statement, compiled once for each number of rows up to `MOST_ROWS`.

    The driver's own loop over rows costs more than the rows: SQLite's lets other threads in after each of them.
    `finish` adds to the INSERT what it ends with, such as ON CONFLICT.
    """

    def __init__(
        self, table: Table, finish: Callable[[postgresql.Insert], postgresql.Insert] = lambda made: made
    ) -> None:
        self._table = table
        self._finish = finish
        self._pick = itemgetter(*(column.name for column in table.columns))
        self._by_count: dict[int, tuple[Prepared, list[str]]] = {}

    def run(self, tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Each row names every column of the table."""
        for start in range(0, len(rows), MOST_ROWS):
            self._run(tx, rows[start : start + MOST_ROWS])

    def _run(self, tx: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        if len(rows) not in self._by_count:
            self._by_count[len(rows)] = self._make(len(rows))
        statement, names = self._by_count[len(rows)]
        statement.run(tx, dict(zip(names, chain.from_iterable(map(self._pick, rows)), strict=True)))

    def _make(self, count: int) -> tuple[Prepared, list[str]]:
        columns = self._table.columns
        rows = [{one.name: bindparam(f"{one.name}_{n}", type_=one.type) for one in columns} for n in range(count)]
        names = [parameter.key for row in rows for parameter in row.values()]
        return Prepared(self._finish(postgresql.insert(self._table).values(rows))), names


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    bind: Callable[[Mapping[str, Any]], list[Any]]
    """Parameters as the driver takes them, by position."""
    converts: tuple[tuple[int, Convert], ...]
    """Columns whose values are not what the driver gives."""

    def execute(self, tx: Connection, values: Mapping[str, Any]) -> DBAPICursor:
        cursor = _cursor(tx)
        cursor.execute(self.sql, self.bind(values))
        return cursor

    def read(self, rows: Sequence[Any]) -> list[Row]:
        if not self.converts:
            return list(rows)
        return [self._read(row) for row in rows]

    def _read(self, row: Any) -> Row:
        values = list(row)
        for at, convert in self.converts:
            values[at] = convert(values[at])
        return tuple(values)


def _cursor(tx: Connection) -> DBAPICursor:
    pooled = tx.connection
    connection = pooled.dbapi_connection
    assert connection, "a transaction has a connection"
    if tx.dialect.name != "postgresql":
        return connection.cursor()
    kept = pooled.info  # as long as the connection; a new cursor would look up again how to write each type
    if "cursor" not in kept:
        driver: Any = tx.dialect.dbapi  # psycopg, which an installation with SQLite never loads
        kept["cursor"] = driver.RawCursor(connection)
    return cast("DBAPICursor", kept["cursor"])


def _numbered(dialect: Dialect) -> Dialect:
    """The same with PostgreSQL's own places for parameters (`$1`): psycopg turns its own into them each time it runs a
    statement with more than fifty (`MAX_CACHED_STATEMENT_PARAMS`), as a gift's tallies and messages are."""
    numbered = copy(dialect)
    numbered.paramstyle, numbered.positional = "numeric_dollar", True
    numbered.identifier_preparer = numbered.preparer(numbered)  # it doubles no percent signs then
    return numbered


def _compile(statement: Executable, dialect: Dialect) -> _Compiled:
    if dialect.name == "postgresql":
        dialect = _numbered(dialect)
    compiled = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    assert isinstance(compiled, SQLCompiler)
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    converts = {name: _bind_processor(bind.type, dialect) for name, bind in compiled.binds.items()}
    return _Compiled(compiled.string, _binder(compiled, constants, converts), _results(compiled, dialect))


def _binder(
    compiled: SQLCompiler, constants: Mapping[str, Any], converts: Mapping[str, Convert | None]
) -> Callable[[Mapping[str, Any]], list[Any]]:
    assert compiled.positiontup is not None, "parameters go by position"
    names = list(compiled.positiontup)
    pick = itemgetter(*names) if len(names) > 1 else lambda values: tuple(values[name] for name in names)
    changed = [(at, convert) for at, name in enumerate(names) if (convert := converts[name])]

    def values_of(values: Mapping[str, Any]) -> list[Any]:
        row = list(pick({**constants, **values} if constants else values))
        for at, convert in changed:
            row[at] = convert(row[at])
        return row

    return values_of


def _results(compiled: SQLCompiler, dialect: Dialect) -> tuple[tuple[int, Convert], ...]:
    columns = [(at, _result_processor(column[3], dialect)) for at, column in enumerate(compiled._result_columns)]
    return tuple((at, convert) for at, convert in columns if convert)


def _bind_processor(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _result_processor(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


# --- lists of parameters ----------------------------------------------------------------------------------


class TextList(TypeDecorator[list[str]]):
    """A parameter with any number of texts, for `in_list`."""

    impl = ARRAY(String)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else postgresql.ARRAY(TEXT))

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        return _to_json if dialect.name == "sqlite" else _to_array


def _to_json(values: Iterable[str]) -> str:
    return json.dumps(list(values))


def _to_array(values: Iterable[str]) -> str:
    """As PostgreSQL writes an array of texts: psycopg takes 35 µs to find out that a list is one."""
    marked = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join(f'"{value}"' for value in marked) + "}"


class _InList(ColumnElement[bool]):
    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.values: BindParameter[Any] = bindparam(name, type_=TextList())

    def self_group(self, against: object = None) -> _InList:
        """As it is: SQLAlchemy would compare it with 1 on SQLite, which then uses no index."""
        return self


def in_list(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of the texts of the parameter `name`: one statement for any number of them."""
    return _InList(column, name)


@compiles(_InList, "sqlite")
def _in_json(element: _InList, compiler: SQLCompiler, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled parts of ours


@compiles(_InList, "postgresql")
def _in_array(element: _InList, compiler: SQLCompiler, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.values, **options)
    return f"{column} = ANY({values})"
