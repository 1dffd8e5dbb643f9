"""Whose database this is: the sandbox and a connected program refuse each other's."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import CheckConstraint, Column, Integer, inspect, select
from sqlmodel import Field, SQLModel

from store.db import Database, insert_or_nothing

Mode = Literal["sandbox", "live"]


class DatabaseMark(SQLModel, table=True):
    """One row: it marks the whole database, so it belongs to no tenant."""

    __tablename__ = "database_mark"
    __table_args__ = (CheckConstraint("id = 1", name="ck_database_mark_id"),)

    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    mode: str


class WrongDatabase(Exception):
    """A sentence for the operator."""

    def __init__(self, found: str, wanted: str) -> None:
        super().__init__(
            f"PLAUDIT_DATABASE_URL names a {found} database, and this is a {wanted} process: "
            "give it a database of its own."
        )


database_mark = DatabaseMark.__table__  # type: ignore[attr-defined]

_CLAIM = insert_or_nothing(database_mark)
_FIND = select(database_mark.c.mode)


def refuse_other_mode(database: Database, mode: Mode) -> None:
    """Raises `WrongDatabase` before anything is changed in a database that is marked as the other kind."""
    with database.reading() as tx:
        found = tx.execute(_FIND).scalar() if inspect(tx).has_table("database_mark") else None
    if found not in (None, mode):
        raise WrongDatabase(found, mode)


def claim_mode(database: Database, mode: Mode) -> None:
    """Marks a new database, for good. Raises `WrongDatabase` where it is marked as the other kind."""
    with database.writing() as tx:
        tx.execute(_CLAIM, {"id": 1, "mode": mode})
        found = tx.execute(_FIND).scalar_one()
    if found != mode:
        raise WrongDatabase(found, mode)
