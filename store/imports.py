"""What administrators bring along about their people: shown first, confirmed, then applied page by page.

The content lies in pages of its own, so that each transaction reads its own part only, and is gone once it is applied
or was not wanted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Connection, ForeignKeyConstraint, Index, String, UniqueConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, fetch
from store.prepared import Prepared, PreparedInsert
from store.types import JsonDict, UtcDateTime

PEOPLE = "people"


class Stage(StrEnum):
    OPEN = "open"
    """There is a link, and nothing was brought yet."""
    SHOWN = "shown"
    CONFIRMED = "confirmed"
    DONE = "done"


class PeopleImport(SQLModel, table=True):
    __tablename__ = "people_import"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever has the link is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_people_import_token_hash"),
        Index("ix_people_import_stage", "tenant_id", "stage", "confirmed_at"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    person_id: str
    """The administrator."""
    stage: str
    token_hash: str | None = None
    """SHA-256 of the secret in the link; none for what was pasted."""
    content_id: str = ""
    """Another one with each file, so that nobody confirms what they have not seen."""
    source: str = ""
    """The name of the file."""
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    confirmed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    page: int = 0
    """The next one to apply."""
    pages: int = 0
    told: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """Counts, and lines that were left out: what the administrator reads."""
    kind: str = Field(default=PEOPLE, sa_column=Column(String, nullable=False, server_default=PEOPLE))
    """What kind of file it is."""


class PeopleImportPage(SQLModel, table=True):
    __tablename__ = "people_import_page"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "import_id"], ["people_import.tenant_id", "people_import.id"], onupdate="CASCADE"
        ),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    import_id: str = Field(primary_key=True)
    page: int = Field(primary_key=True)
    content: str


@dataclass(frozen=True, slots=True)
class ImportFact:
    tenant_id: str
    id: str
    person_id: str
    stage: str
    content_id: str
    source: str
    expires_at: datetime
    page: int
    pages: int
    told: Mapping[str, Any]
    kind: str = PEOPLE


people_import = PeopleImport.__table__  # type: ignore[attr-defined]
import_page = PeopleImportPage.__table__  # type: ignore[attr-defined]

_FACT = tuple(people_import.c[name] for name in ImportFact.__dataclass_fields__)
_THIS = (people_import.c.tenant_id == bindparam("b_tenant_id")) & (people_import.c.id == bindparam("b_id"))
_PAGES = (import_page.c.tenant_id == bindparam("b_tenant_id")) & (import_page.c.import_id == bindparam("b_id"))
_UNCONFIRMED = people_import.c.stage.in_([Stage.OPEN, Stage.SHOWN])
_FIND = Prepared(select(*_FACT).where(_THIS))
_BY_TOKEN = Prepared(select(*_FACT).where(people_import.c.token_hash == bindparam("token_hash")))
_NEXT = Prepared(
    select(*_FACT)
    .where(people_import.c.tenant_id == bindparam("tenant_id"), people_import.c.stage == Stage.CONFIRMED)
    .order_by(people_import.c.confirmed_at, people_import.c.id)
    .limit(1)
)
_ADD_PAGES = PreparedInsert(import_page)
_PAGE = Prepared(select(import_page.c.content).where(_PAGES, import_page.c.page == bindparam("page")))
_DROP_PAGES = import_page.delete().where(_PAGES)
_SHOW = (
    people_import.update()
    .where(_THIS, _UNCONFIRMED)
    .values(
        stage=Stage.SHOWN,
        content_id=bindparam("b_content_id"),
        source=bindparam("b_source"),
        pages=bindparam("b_pages"),
        told=bindparam("b_told", type_=JsonDict),
    )
)
_CONFIRM = (
    people_import.update()
    .where(_THIS, people_import.c.stage == Stage.SHOWN, people_import.c.content_id == bindparam("b_content_id"))
    .values(stage=Stage.CONFIRMED, confirmed_at=bindparam("b_at", type_=UtcDateTime))
)
_TURN = Prepared(
    people_import.update()
    .where(_THIS, people_import.c.stage == Stage.CONFIRMED, people_import.c.page == bindparam("b_page"))
    .values(page=people_import.c.page + 1)
)
_TELL = Prepared(people_import.update().where(_THIS).values(told=bindparam("b_told", type_=JsonDict)))
_END = people_import.update().where(_THIS, people_import.c.stage == Stage.CONFIRMED).values(stage=Stage.DONE)
_ROWS_A_STATEMENT = 50


def token_hash(token: str) -> str:
    """What is kept of the secret in a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_import(
    tx: Connection,
    tenant_id: str,
    import_id: str,
    person_id: str,
    at: datetime,
    until: datetime,
    token: str = "",
    *,
    kind: str = PEOPLE,
) -> None:
    """Something to be brought by an administrator, with the secret of a link or without."""
    row: dict[str, Any] = {
        "tenant_id": tenant_id,
        "id": import_id,
        "person_id": person_id,
        "stage": Stage.OPEN,
        "token_hash": token_hash(token) if token else None,
        "content_id": "",
        "source": "",
        "made_at": at,
        "expires_at": until,
        "confirmed_at": None,
        "page": 0,
        "pages": 0,
        "told": {},
        "kind": kind,
    }
    tx.execute(people_import.insert(), row)


def find_import(tx: Connection, tenant_id: str, import_id: str) -> ImportFact | None:
    row = _FIND.row(tx, {"b_tenant_id": tenant_id, "b_id": import_id})
    return ImportFact(*row) if row else None


def find_by_token(tx: Connection, token: str) -> ImportFact | None:
    """What a link is for, whosever tenant it is."""
    row = _BY_TOKEN.row(tx, {"token_hash": token_hash(token)})
    return ImportFact(*row) if row else None


def keep_content(
    tx: Connection, one: ImportFact, content_id: str, source: str, pages: Sequence[str], told: Mapping[str, Any]
) -> bool:
    """Puts this content in the place of what was brought before. False where that is confirmed already."""
    shown = {"b_content_id": content_id, "b_source": source, "b_pages": len(pages), "b_told": dict(told)}
    if not tx.execute(_SHOW, _this(one) | shown).rowcount:
        return False
    tx.execute(_DROP_PAGES, _this(one))
    rows = [
        {"tenant_id": one.tenant_id, "import_id": one.id, "page": number, "content": content}
        for number, content in enumerate(pages)
    ]
    for first in range(0, len(rows), _ROWS_A_STATEMENT):
        _ADD_PAGES.run(tx, rows[first : first + _ROWS_A_STATEMENT])
    return True


def confirm_import(tx: Connection, one: ImportFact, content_id: str, at: datetime) -> bool:
    """False where it is confirmed already, or other content lies there by now."""
    return bool(tx.execute(_CONFIRM, _this(one) | {"b_content_id": content_id, "b_at": at}).rowcount)


def drop_import(tx: Connection, one: ImportFact) -> bool:
    """Forgets what was not confirmed. False where it was."""
    tx.execute(_DROP_PAGES.where(select(people_import.c.id).where(_THIS, _UNCONFIRMED).exists()), _this(one))
    return bool(tx.execute(people_import.delete().where(_THIS, _UNCONFIRMED), _this(one)).rowcount)


# --- applying ---------------------------------------------------------------------------------------------


def find_next_import(tx: Connection, tenant_id: str) -> ImportFact | None:
    """What was confirmed first of what is not applied yet: imports of a tenant go one after the other."""
    row = _NEXT.row(tx, {"tenant_id": tenant_id})
    return ImportFact(*row) if row else None


def take_page(tx: Connection, one: ImportFact) -> str | None:
    """The next page's content, which nobody else gets. None if somebody else was quicker."""
    if not _TURN.run(tx, _this(one) | {"b_page": one.page}):
        return None
    return str(_PAGE.scalar(tx, _this(one) | {"page": one.page}) or "[]")


def tell(tx: Connection, one: ImportFact, told: Mapping[str, Any]) -> None:
    """Writes down what became of it so far."""
    _TELL.run(tx, _this(one) | {"b_told": dict(told)})


def end_import(tx: Connection, one: ImportFact) -> bool:
    """It is over: the content goes, and what the link was for is remembered a while. False where it was over."""
    ended = bool(tx.execute(_END, _this(one)).rowcount)
    tx.execute(_DROP_PAGES, _this(one))
    return ended


def forget_imports(tx: Connection, tenant_id: str, before: datetime, most: int) -> int:
    """Deletes up to `most` that expired and are not under way, with what they hold; says how many."""
    mine = people_import.c.tenant_id == tenant_id
    over = mine & (people_import.c.expires_at < before) & (people_import.c.stage != Stage.CONFIRMED)
    old = [row[0] for row in fetch(tx, select(people_import.c.id).where(over).limit(most), {})]
    if old:
        held = (import_page.c.tenant_id == tenant_id) & import_page.c.import_id.in_(old)
        tx.execute(import_page.delete().where(held))
        tx.execute(people_import.delete().where(mine, people_import.c.id.in_(old)))
    return len(old)


def _this(one: ImportFact) -> dict[str, Any]:
    return {"b_tenant_id": one.tenant_id, "b_id": one.id}
