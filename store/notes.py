"""What colleagues write to somebody on their page of the wall, and what is answered there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKeyConstraint, Index, UniqueConstraint, bindparam, func, select
from sqlmodel import Field, SQLModel

from store.db import insert_or_nothing
from store.prepared import Prepared
from store.types import UtcDateTime


class WallNote(SQLModel, table=True):
    __tablename__ = "wall_note"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "owner_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        ForeignKeyConstraint(["tenant_id", "author_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        # The same form sent twice is one note.
        UniqueConstraint("tenant_id", "author_id", "form_id", name="uq_wall_note_form_id"),
        Index("ix_wall_note_owner", "tenant_id", "owner_id", "id"),
        Index("ix_wall_note_author", "tenant_id", "author_id", "written_at"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    owner_id: str
    """Whose page it is on."""
    author_id: str
    form_id: str
    text: str
    """Nothing once its author deleted it."""
    written_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    hidden_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    """When the owner hid it: from then on only owner and author see it."""
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    removed_by: str | None = None
    """Its author, or an administrator."""


@dataclass(frozen=True, slots=True)
class NoteFact:
    id: str
    owner_id: str
    author_id: str
    text: str
    written_at: datetime
    hidden_at: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None


note = WallNote.__table__  # type: ignore[attr-defined]

_FACT = tuple(note.c[name] for name in NoteFact.__dataclass_fields__)
_ADD = insert_or_nothing(note)
_FIND = Prepared(
    select(*_FACT).where(
        note.c.tenant_id == bindparam("tenant_id"), note.c.id == bindparam("id"), note.c.removed_at.is_(None)
    )
)
_OF = Prepared(
    select(*_FACT)
    .where(
        note.c.tenant_id == bindparam("tenant_id"),
        note.c.owner_id == bindparam("owner_id"),
        note.c.id < bindparam("before"),
        note.c.removed_at.is_(None),
    )
    .order_by(note.c.id.desc())
    .limit(bindparam("most"))
)
_COUNT = Prepared(
    select(func.count()).where(
        note.c.tenant_id == bindparam("tenant_id"),
        note.c.author_id == bindparam("author_id"),
        note.c.written_at > bindparam("since", type_=UtcDateTime),
    )
)
_THIS = (note.c.tenant_id == bindparam("b_tenant_id")) & (note.c.id == bindparam("b_id")) & note.c.removed_at.is_(None)
_HIDE = Prepared(note.update().where(_THIS).values(hidden_at=bindparam("b_at", type_=UtcDateTime)))
_ANSWER = Prepared(
    note.update().where(_THIS).values(answer=bindparam("b_answer"), answered_at=bindparam("b_at", type_=UtcDateTime))
)
_REMOVE = Prepared(
    note.update()
    .where(_THIS)
    .values(text=bindparam("b_text"), removed_at=bindparam("b_at", type_=UtcDateTime), removed_by=bindparam("b_by"))
)
_NEWEST = "g"  # after every id, for those are hex digits


def add_note(tx: Connection, tenant_id: str, fact: NoteFact, form_id: str) -> bool:
    """False if this form was sent already."""
    row = {name: getattr(fact, name) for name in NoteFact.__dataclass_fields__}
    return bool(tx.execute(_ADD, row | {"tenant_id": tenant_id, "form_id": form_id}).rowcount)


def find_note(tx: Connection, tenant_id: str, note_id: str) -> NoteFact | None:
    """One that is still there, hidden or not."""
    row = _FIND.row(tx, {"tenant_id": tenant_id, "id": note_id})
    return NoteFact(*row) if row else None


def list_notes(tx: Connection, tenant_id: str, owner_id: str, *, before: str = "", most: int) -> list[NoteFact]:
    """What was written to somebody, hidden or not, the newest first; before the one with id `before`."""
    sought = {"tenant_id": tenant_id, "owner_id": owner_id, "before": before or _NEWEST, "most": most}
    return [NoteFact(*row) for row in _OF.rows(tx, sought)]


def count_notes_since(tx: Connection, tenant_id: str, author_id: str, since: datetime) -> int:
    """How many somebody wrote, those too that are gone."""
    return int(_COUNT.scalar(tx, {"tenant_id": tenant_id, "author_id": author_id, "since": since}))


def hide_note(tx: Connection, tenant_id: str, note_id: str, at: datetime | None) -> None:
    """Hides it, or with None shows it again."""
    _HIDE.run(tx, {"b_tenant_id": tenant_id, "b_id": note_id, "b_at": at})


def answer_note(tx: Connection, tenant_id: str, note_id: str, answer: str, at: datetime | None) -> None:
    """Puts an answer under it, or takes it away with an empty one."""
    _ANSWER.run(tx, {"b_tenant_id": tenant_id, "b_id": note_id, "b_answer": answer, "b_at": at})


def remove_note(tx: Connection, tenant_id: str, one: NoteFact, by: str, at: datetime) -> bool:
    """Takes it off the page. What its author deletes is forgotten. False if it was gone."""
    text = "" if by == one.author_id else one.text
    return bool(_REMOVE.run(tx, {"b_tenant_id": tenant_id, "b_id": one.id, "b_text": text, "b_by": by, "b_at": at}))
