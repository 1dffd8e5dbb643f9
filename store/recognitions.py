"""Recognitions: the stored fact that somebody thanked somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    bindparam,
    or_,
    select,
    text,
    union,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, insert_or_nothing
from store.prepared import Prepared, PreparedInsert
from store.types import UtcDateTime


class Audience(StrEnum):
    """Who sees a recognition, beside its giver and its receivers."""

    HERE = "here"  # whoever is in the conversation it was said in
    RECEIVERS = "receivers"  # nobody
    COPIED = "copied"  # the people in copy
    WALL = "wall"  # the whole organisation


class RecognitionKind(StrEnum):
    KUDOS = "kudos"  # of a peer, out of the giver's allowance
    AWARD = "award"  # out of a budget; the award has the same id


class Recognition(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "giver_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        CheckConstraint("points >= 0", name="ck_recognition_points"),
        CheckConstraint("audience IN ('here', 'receivers', 'copied', 'wall')", name="ck_recognition_audience"),
        CheckConstraint("kind IN ('kudos', 'award')", name="ck_recognition_kind"),
        Index("ix_recognition_giver", "tenant_id", "giver_id", "given_at"),
        Index(
            "ix_recognition_wall",
            "tenant_id",
            "given_at",
            "id",
            sqlite_where=text("public = 1 AND taken_back_at IS NULL"),
            postgresql_where=text("public AND taken_back_at IS NULL"),
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str = RecognitionKind.KUDOS
    giver_id: str
    reason: str
    value_id: str | None = None
    badge_id: str | None = None
    points: int
    """To each receiver."""
    badge_points: int = 0
    """From the organisation, to each receiver, for the badge; what the badge brings may change later."""
    badge_transaction_id: str | None = None
    audience: str
    public: bool = Field(sa_column=Column(Boolean, nullable=False))
    """Whether everybody in the organisation may see it: meant for the wall, or posted in a public channel."""
    about_link: str = ""
    """The message it thanks for."""
    transaction_id: str | None = None
    tally_labels: str
    """The periods it was counted under, so that a take-back subtracts there."""
    fingerprint: str
    """Of giver, receivers and text: tells the same gift typed again."""
    given_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    edited_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    taken_back_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    taken_back_by: str | None = None
    """The administrator who did; None where the giver did."""


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


class Copy(SQLModel, table=True):
    """Somebody who may read along."""

    __tablename__ = "recognition_copy"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "recognition_id"], ["recognition.tenant_id", "recognition.id"], onupdate="CASCADE"
        ),
        ForeignKeyConstraint(["tenant_id", "person_id"], ["person.tenant_id", "person.id"], onupdate="CASCADE"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    recognition_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)


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
    audience: Audience
    public: bool
    about_link: str
    transaction_id: str | None
    """None where it carried no points."""
    tally_labels: tuple[str, ...]
    fingerprint: str
    given_at: datetime
    edited_at: datetime | None = None
    taken_back_at: datetime | None = None
    taken_back_by: str | None = None
    badge_points: int = 0
    badge_transaction_id: str | None = None
    kind: RecognitionKind = RecognitionKind.KUDOS
    copied_ids: tuple[str, ...] = ()
    """By id; read by `find_recognition`, not by lists."""

    @property
    def private(self) -> bool:
        """Whether only those it names may read it: not boards, wall, logs or exports, and no administrator.

        Of a kudos they do not even know that it is there. An award is the organisation's money and stands in its books,
        so administrators know of it, without its words.
        """
        return self.audience in (Audience.RECEIVERS, Audience.COPIED)


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
copy = Copy.__table__  # type: ignore[attr-defined]

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
        recognition.c.audience,
        recognition.c.public,
        recognition.c.about_link,
        recognition.c.transaction_id,
        recognition.c.tally_labels,
        recognition.c.fingerprint,
        recognition.c.given_at,
        recognition.c.edited_at,
        recognition.c.taken_back_at,
        recognition.c.taken_back_by,
        recognition.c.badge_points,
        recognition.c.badge_transaction_id,
        recognition.c.kind,
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
_STANDS = select(recognition.c.id).where(_THIS, recognition.c.taken_back_at.is_(None)).with_for_update(read=True)
_TAKE_BACK = (
    recognition.update()
    .where(
        recognition.c.tenant_id == bindparam("b_tenant_id"),
        recognition.c.id == bindparam("b_id"),
        recognition.c.taken_back_at.is_(None),
    )
    .values(taken_back_at=bindparam("b_at"), taken_back_by=bindparam("b_by"))
)
_EDIT = (
    recognition.update()
    .where(
        recognition.c.tenant_id == bindparam("b_tenant_id"),
        recognition.c.id == bindparam("b_id"),
        recognition.c.taken_back_at.is_(None),
    )
    .values(reason=bindparam("b_reason"), fingerprint=bindparam("b_fingerprint"), edited_at=bindparam("b_at"))
)
_ADD_COPIES = PreparedInsert(copy)
_COPIES = Prepared(
    select(copy.c.person_id)
    .where(copy.c.tenant_id == bindparam("tenant_id"), copy.c.recognition_id == bindparam("id"))
    .order_by(copy.c.person_id)
)
_BADGED = Prepared(
    select(receiver.c.person_id)
    .join_from(
        recognition,
        receiver,
        (receiver.c.tenant_id == recognition.c.tenant_id) & (receiver.c.recognition_id == recognition.c.id),
    )
    .where(
        recognition.c.tenant_id == bindparam("tenant_id"),
        recognition.c.giver_id == bindparam("giver_id"),
        recognition.c.given_at >= bindparam("since", type_=UtcDateTime),
        recognition.c.badge_id == bindparam("badge_id"),
        recognition.c.taken_back_at.is_(None),
    )
)
_NEWEST = "g"
"""After every id, for those are hex digits and grow with time."""
_TOLD = (
    (recognition.c.tenant_id == bindparam("tenant_id"))
    & (recognition.c.id < bindparam("before"))
    & or_(
        recognition.c.audience == Audience.HERE,
        recognition.c.audience == Audience.WALL,
        recognition.c.kind == RecognitionKind.AWARD,
    )
)
_LATEST = Prepared(select(recognition.c.id).where(_TOLD).order_by(recognition.c.id.desc()).limit(bindparam("most")))
_GIVEN_IDS = select(recognition.c.id).where(_TOLD, recognition.c.giver_id == bindparam("person_id"))
_RECEIVED_IDS = (
    select(recognition.c.id)
    .join_from(
        receiver,
        recognition,
        (recognition.c.tenant_id == receiver.c.tenant_id) & (recognition.c.id == receiver.c.recognition_id),
    )
    .where(_TOLD, receiver.c.tenant_id == bindparam("tenant_id"), receiver.c.person_id == bindparam("person_id"))
)
_OF_PERSON = union(_GIVEN_IDS, _RECEIVED_IDS)
_LATEST_OF = Prepared(_OF_PERSON.order_by(_OF_PERSON.selected_columns.id.desc()).limit(bindparam("most")))
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
            "kind": fact.kind,
            "giver_id": fact.giver_id,
            "reason": fact.reason,
            "value_id": fact.value_id,
            "badge_id": fact.badge_id,
            "points": fact.points,
            "audience": fact.audience,
            "public": fact.public,
            "about_link": fact.about_link,
            "transaction_id": fact.transaction_id,
            "tally_labels": " ".join(fact.tally_labels),
            "fingerprint": fact.fingerprint,
            "given_at": fact.given_at,
            "edited_at": None,
            "taken_back_at": None,
            "taken_back_by": None,
            "badge_points": fact.badge_points,
            "badge_transaction_id": fact.badge_transaction_id,
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
    if fact.copied_ids:
        _ADD_COPIES.run(
            tx,
            [
                {"tenant_id": fact.tenant_id, "recognition_id": fact.id, "person_id": person_id}
                for person_id in fact.copied_ids
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
        audience,
        public,
        about,
        transaction_id,
        labels,
        print_,
        at,
        edited,
        back,
        back_by,
        badge_points,
        badge_transaction_id,
        kind,
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
        audience=Audience(audience),
        public=public,
        about_link=about,
        transaction_id=transaction_id,
        tally_labels=tuple(labels.split()),
        fingerprint=print_,
        given_at=at,
        edited_at=edited,
        taken_back_at=back,
        taken_back_by=back_by,
        badge_points=badge_points,
        badge_transaction_id=badge_transaction_id,
        kind=RecognitionKind(kind),
        copied_ids=_copies(tx, tenant_id, recognition_id) if audience == Audience.COPIED else (),
    )


def _copies(tx: Connection, tenant_id: str, recognition_id: str) -> tuple[str, ...]:
    rows = _COPIES.rows(tx, {"tenant_id": tenant_id, "id": recognition_id})
    return tuple(row[0] for row in rows)


def list_received(tx: Connection, tenant_id: str, person_id: str, most: int) -> list[ReceivedFact]:
    """The last recognitions that somebody received and that still stand, the newest first. Ids grow with time."""
    rows = _RECEIVED.rows(tx, {"tenant_id": tenant_id, "person_id": person_id, "most": most})
    return [ReceivedFact(*row) for row in rows]


def list_latest(
    tx: Connection, tenant_id: str, *, person_id: str = "", before: str = "", most: int = 10
) -> list[RecognitionFact]:
    """The newest recognitions that administrators may know of, taken back ones too: what is not private, and awards.

    With a person, those they gave or received.

    Those before the one with id `before`, to page on.
    """
    sought = {"tenant_id": tenant_id, "person_id": person_id, "before": before or _NEWEST, "most": most}
    rows = (_LATEST_OF if person_id else _LATEST).rows(tx, sought)
    found = (find_recognition(tx, tenant_id, row[0]) for row in rows)
    return [one for one in found if one]


def list_badged(tx: Connection, tenant_id: str, giver_id: str, badge_id: str, since: datetime) -> set[str]:
    """Whom a giver gave a badge since then, as far as it was not taken back."""
    sought = {"tenant_id": tenant_id, "giver_id": giver_id, "badge_id": badge_id, "since": since}
    return {row[0] for row in _BADGED.rows(tx, sought)}


def find_same(tx: Connection, tenant_id: str, giver_id: str, fingerprint: str, since: datetime) -> str | None:
    """The same gift by the same giver after `since`, if it still stands."""
    sought = {"tenant_id": tenant_id, "giver_id": giver_id, "since": since, "fingerprint": fingerprint}
    found: str | None = _SAME.scalar(tx, sought)
    return found


def still_stands(tx: Connection, tenant_id: str, recognition_id: str) -> bool:
    """Whether it was not taken back. Nobody takes it back before this transaction ends; many may ask at once."""
    return tx.execute(_STANDS, {"tenant_id": tenant_id, "id": recognition_id}).first() is not None


def take_back(tx: Connection, tenant_id: str, recognition_id: str, at: datetime, by: str | None = None) -> bool:
    """Marks a recognition as taken back, `by` an administrator or by its giver. False if it was already."""
    row = {"b_tenant_id": tenant_id, "b_id": recognition_id, "b_at": at, "b_by": by}
    return bool(tx.execute(_TAKE_BACK, row).rowcount)


def edit_reason(tx: Connection, fact: RecognitionFact, reason: str, fingerprint: str, at: datetime) -> bool:
    """Puts another reason into a recognition that still stands. False if it was taken back."""
    row = {
        "b_tenant_id": fact.tenant_id,
        "b_id": fact.id,
        "b_reason": reason,
        "b_fingerprint": fingerprint,
        "b_at": at,
    }
    return bool(tx.execute(_EDIT, row).rowcount)


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


def use_draft(tx: Connection, tenant_id: str, draft_id: str, giver_id: str) -> bool:
    """Takes a draft away, for it becomes what it says. False if somebody was quicker."""
    mine = (draft.c.tenant_id == tenant_id) & (draft.c.id == draft_id) & (draft.c.giver_id == giver_id)
    return bool(tx.execute(draft.delete().where(mine)).rowcount)


def forget_drafts(tx: Connection, tenant_id: str, before: datetime, most: int) -> int:
    """Deletes up to `most` drafts that nobody finished, and says how many."""
    mine = draft.c.tenant_id == tenant_id
    old = select(draft.c.id).where(mine, draft.c.made_at < before).limit(most)
    return tx.execute(draft.delete().where(mine, draft.c.id.in_(old))).rowcount
