"""How Alembic runs the revisions: always on the connection and in the transaction of `store.migrate`."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel import AutoString

from store import types
from store.tables import metadata


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Writes our column types by their short names, and SQLModel's text as plain text."""
    if kind != "type":
        return False
    if isinstance(item, AutoString):
        return "sa.String()"
    if type(item).__module__ == types.__name__:
        autogen.imports.add(f"from {types.__name__} import {type(item).__name__}")
        return f"{type(item).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
