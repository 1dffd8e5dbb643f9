"""Recognitions: the stored fact that somebody thanked somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Connection, ForeignKeyConstraint, Index, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared, PreparedInsert
from store.types import UtcDateTime


class Recognition(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "giver_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        CheckConstraint("points >= 0", name="ck_recognition_points"),
        Index("ix_recognition_giver", "tenant_id", "giver_id", "given_at"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    giver_id: str
    reason: str
    value_id: str | None = None
    badge_id: str | None = None
    points: int
    """To each receiver."""
    shown: bool
    """Whether others than its receivers may see it."""
    about_link: str = ""
    """The message it thanks for."""
    transaction_id: str | None = None
    tally_labels: str
    """The periods it was counted under, so that a take-back subtracts there."""
    fingerprint: str
    """Of giver, receivers and text: tells the same gift typed again."""
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    taken_back_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class Receiver(SQLModel, table=True):
    __tablename__ = "recognition_receiver"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "recognition_id"], ["recognition.tenant_id", "recognition.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        Index("ix_recognition_receiver_person", "tenant_id", "person_id", "recognition_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    recognition_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    position: int
    thanked_back_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


@dataclass(frozen=True, slots=True)
class RecognitionFact:
    """A recognition with its receivers, in the order they were named."""

    tenant_id: str
    id: str
    giver_id: str
    receiver_ids: tuple[str, ...]
    reason: str
    value_id: str | None
    badge_id: str | None
    points: int
    shown: bool
    about_link: str
    transaction_id: str | None
    tally_labels: tuple[str, ...]
    fingerprint: str
    given_at: datetime
    taken_back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReceivedFact:
    """What one of its receivers sees of a recognition."""

    id: str
    giver_id: str
    reason: str
    points: int
    given_at: datetime


recognition = Recognition.__table__  # type: ignore[attr-defined]
receiver = Receiver.__table__  # type: ignore[attr-defined]

_ADD = Prepared(recognition.insert())
_ADD_RECEIVERS = PreparedInsert(receiver)
_THIS = (recognition.c.tenant_id == bindparam("tenant_id")) & (recognition.c.id == bindparam("id"))
_GET = (
    select(
        recognition.c.giver_id,
        receiver.c.person_id,
        recognition.c.reason,
        recognition.c.value_id,
        recognition.c.badge_id,
        recognition.c.points,
        recognition.c.shown,
        recognition.c.about_link,
        recognition.c.transaction_id,
        recognition.c.tally_labels,
        recognition.c.fingerprint,
        recognition.c.given_at,
        recognition.c.taken_back_at,
    )
    .join_from(
        recognition,
        receiver,
        (receiver.c.tenant_id == recognition.c.tenant_id) & (receiver.c.recognition_id == recognition.c.id),
    )
    .where(_THIS)
    .order_by(receiver.c.position)
)
_SAME = Prepared(
    select(recognition.c.id)
    .where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        recognition.c.giver_id == bindparam("giver_id"),
        recognition.c.given_at > bindparam("since"),
        recognition.c.fingerprint == bindparam("fingerprint"),
        recognition.c.taken_back_at.is_(None),
    )
    .limit(1)
)
_TAKE_BACK = (
    recognition.update()
    .where(
        recognition.c.tenant_id == bindparam("b_tenant_id"),
        recognition.c.id == bindparam("b_id"),
        recognition.c.taken_back_at.is_(None),
    )
    .values(taken_back_at=bindparam("b_at"))
)
_THANK = (
    receiver.update()
    .where(
        receiver.c.tenant_id == bindparam("b_tenant_id"),
        receiver.c.recognition_id == bindparam("b_id"),
        receiver.c.person_id == bindparam("b_person_id"),
        receiver.c.thanked_back_at.is_(None),
    )
    .values(thanked_back_at=bindparam("b_at"))
)
_THANKED = select(receiver.c.thanked_back_at).where(
    receiver.c.tenant_id == bindparam("tenant_id"),
    receiver.c.recognition_id == bindparam("id"),
    receiver.c.person_id == bindparam("person_id"),
)
_RECEIVED = Prepared(
    select(*(recognition.c[name] for name in ReceivedFact.__dataclass_fields__))
    .join_from(
        receiver,
        recognition,
        (recognition.c.tenant_id == receiver.c.tenant_id) & (recognition.c.id == receiver.c.recognition_id),
    )
    .where(
        receiver.c.tenant_id == bindparam("tenant_id"),
        receiver.c.person_id == bindparam("person_id"),
        recognition.c.taken_back_at.is_(None),
    )
    .order_by(receiver.c.recognition_id.desc())
    .limit(bindparam("most"))
)


def add_recognition(tx: Connection, fact: RecognitionFact) -> None:
    _ADD.run(
        tx,
        {
            "tenant_id": fact.tenant_id,
            "id": fact.id,
            "giver_id": fact.giver_id,
            "reason": fact.reason,
            "value_id": fact.value_id,
            "badge_id": fact.badge_id,
            "points": fact.points,
            "shown": fact.shown,
            "about_link": fact.about_link,
            "transaction_id": fact.transaction_id,
            "tally_labels": " ".join(fact.tally_labels),
            "fingerprint": fact.fingerprint,
            "given_at": fact.given_at,
            "taken_back_at": None,
        },
    )
    _ADD_RECEIVERS.run(
        tx,
        [
            {
                "tenant_id": fact.tenant_id,
                "recognition_id": fact.id,
                "person_id": person_id,
                "position": n,
                "thanked_back_at": None,
            }
            for n, person_id in enumerate(fact.receiver_ids)
        ],
    )


def find_recognition(tx: Connection, tenant_id: str, recognition_id: str) -> RecognitionFact | None:
    rows = tx.execute(_GET, {"tenant_id": tenant_id, "id": recognition_id}).all()
    if not rows:
        return None
    (
        giver_id,
        _,
        reason,
        value_id,
        badge_id,
        points,
        shown,
        about,
        transaction_id,
        labels,
        print_,
        at,
        back,
    ) = rows[0]
    return RecognitionFact(
        tenant_id=tenant_id,
        id=recognition_id,
        giver_id=giver_id,
        receiver_ids=tuple(row[1] for row in rows),
        reason=reason,
        value_id=value_id,
        badge_id=badge_id,
        points=points,
        shown=shown,
        about_link=about,
        transaction_id=transaction_id,
        tally_labels=tuple(labels.split()),
        fingerprint=print_,
        given_at=at,
        taken_back_at=back,
    )


def list_received(tx: Connection, tenant_id: str, person_id: str, most: int) -> list[ReceivedFact]:
    """The last recognitions that somebody received and that still stand, the newest first. Ids grow with time."""
    rows = _RECEIVED.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "most": most})
    return [ReceivedFact(*row) for row in rows]


def find_same(tx: Connection, tenant_id: str, giver_id: str, fingerprint: str, since: datetime) -> str | None:
    """The same gift by the same giver after `since`, if it still stands."""
    sought = {"tenant_id": tenant_id, "giver_id": giver_id, "since": since, "fingerprint": fingerprint}
    found: str | None = _SAME.scalar(tx, sought)
    return found


def take_back(tx: Connection, tenant_id: str, recognition_id: str, at: datetime) -> bool:
    """Marks a recognition as taken back. False if it was already."""
    return bool(tx.execute(_TAKE_BACK, {"b_tenant_id": tenant_id, "b_id": recognition_id, "b_at": at}).rowcount)


def thank_back(tx: Connection, tenant_id: str, recognition_id: str, person_id: str, at: datetime) -> bool:
    """A receiver says thanks for it, once. False if they did already, or did not receive it."""
    row = {"b_tenant_id": tenant_id, "b_id": recognition_id, "b_person_id": person_id, "b_at": at}
    return bool(tx.execute(_THANK, row).rowcount)


def find_thanked_back(tx: Connection, tenant_id: str, recognition_id: str, person_id: str) -> datetime | None:
    sought = {"tenant_id": tenant_id, "id": recognition_id, "person_id": person_id}
    return tx.execute(_THANKED, sought).scalar()


# --- drafts: a gift that waits for one more word of its giver ---------------------------------------------


class Draft(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "giver_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    giver_id: str
    content: str
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


draft = Draft.__table__  # type: ignore[attr-defined]
_ADD_DRAFT = insert_or_nothing(draft)
_GET_DRAFT = select(draft.c.content).where(
    draft.c.tenant_id == bindparam("tenant_id"),
    draft.c.id == bindparam("id"),
    draft.c.giver_id == bindparam("giver_id"),
)


def add_draft(tx: Connection, tenant_id: str, draft_id: str, giver_id: str, content: str, at: datetime) -> None:
    row = {"tenant_id": tenant_id, "id": draft_id, "giver_id": giver_id, "content": content, "made_at": at}
    tx.execute(_ADD_DRAFT, row)


def find_draft(tx: Connection, tenant_id: str, draft_id: str, giver_id: str) -> str | None:
    """What a giver left unfinished; nobody else's."""
    return tx.execute(_GET_DRAFT, {"tenant_id": tenant_id, "id": draft_id, "giver_id": giver_id}).scalar()


def forget_drafts(tx: Connection, tenant_id: str, before: datetime, most: int) -> int:
    """Deletes up to `most` drafts that nobody finished, and says how many."""
    mine = draft.c.tenant_id == tenant_id
    old = select(draft.c.id).where(mine, draft.c.made_at < before).limit(most)
    return tx.execute(draft.delete().where(mine, draft.c.id.in_(old))).rowcount
