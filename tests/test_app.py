"""`python app.py` as an operator meets it: what goes wrong at the start is a sentence, and nothing is changed."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from store import migrate
from store.db import Database
from store.mark import claim_mode

ROOT = Path(__file__).parent.parent


def start(tmp_path: Path, command: str = "serve", **environment: str) -> tuple[int, str]:
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith(("PLAUDIT", "SLACK", "MICROSOFT"))
    }
    given = clean | {"PLAUDIT_DATABASE_URL": f"sqlite:///{tmp_path}/plaudit.db"} | environment
    done = subprocess.run(
        [sys.executable, "app.py", command],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stderr


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, told = start(tmp_path, PLAUDIT_PORT=port)
    assert code == 2
    assert f"PLAUDIT_PORT {port} is in use" in told
    assert "Traceback" not in told


def test_a_database_that_does_not_answer_is_named(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://me:secret@127.0.0.1:1/nothing"
    code, told = start(tmp_path, "migrate", PLAUDIT_DATABASE_URL=nowhere)
    assert code == 2
    assert "PLAUDIT_DATABASE_URL" in told
    assert "secret" not in told
    assert "Traceback" not in told


def test_a_live_database_is_left_alone_by_a_sandbox(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/plaudit.db"
    migrate.upgrade(url)
    database = Database(url)
    claim_mode(database, "live")
    with database.writing() as tx:
        tx.execute(text("DELETE FROM alembic_version"))  # a migration would begin, and fail at the first table
    database.close()
    code, told = start(tmp_path, PLAUDIT_PORT="0", PLAUDIT_SANDBOX="on")
    assert code == 2
    assert "names a live database" in told


@pytest.mark.parametrize("platform", ["slack", "teams"])
def test_a_manifest_is_printed(tmp_path: Path, platform: str) -> None:
    done = subprocess.run(
        [sys.executable, "app.py", "manifest", platform],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert '"Plaudit"' in done.stdout
