"""The outbox: messages that wait to be shown, kept in the transaction of what they tell.

A lane is one conversation. Whoever claims a lane sends its first due message; one conditional update gives
lease, order and pace over all replicas. Leases and pace are by the database's clock, `due_at` by the programme's.

A message's life: waiting -> sending -> sent, or uncertain (nobody can know whether it was shown), dead (never
will be), dropped (no longer true before it was sent), bundled (shown together with others, by another message).
`wanted` counts the changes of what it shows, `shown` how many of them its reader sees.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
)
from sqlmodel import Field, SQLModel

from store.db import COMPACT, db_now_ms
from store.prepared import Prepared, PreparedInsert, in_list
from store.tenants import workspace
from store.types import JsonDict, UtcDateTime

EDITS_GATHER = timedelta(seconds=3)
"""How long changes that come while an edit is being sent are gathered for the next one, at most."""
LINK_PATIENCE = timedelta(seconds=60)
"""How long a message that links to a post waits for that post."""
BUNDLE = "bundle"
"""The kind of subject of a post that shows many recognitions."""


class SendKind(StrEnum):
    POST = "post"
    DIRECT = "direct"
    WHISPER = "whisper"


class State(StrEnum):
    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    DEAD = "dead"
    DROPPED = "dropped"
    BUNDLED = "bundled"


class OutboxMessage(SQLModel, table=True):
    """Refers to no workspace row: on PostgreSQL every gift would lock that one."""

    __tablename__ = "outbox"
    __table_args__ = (
        # One relay serves every tenant, so these two are led by what is due. They hold open work only.
        Index("ix_outbox_due", "due_at", sqlite_where=text("pending = 1"), postgresql_where=text("pending")),
        Index("ix_outbox_lane", "lane", "id", sqlite_where=text("pending = 1"), postgresql_where=text("pending")),
        Index("ix_outbox_subject", "tenant_id", "subject_kind", "subject_id"),
        # What somebody reacts to is known by the platform's reference. Posts only: nobody else sees the rest.
        Index(
            "ix_outbox_post",
            "tenant_id",
            "workspace_id",
            "ref",
            sqlite_where=text("kind = 'post' AND ref <> ''"),
            postgresql_where=text("kind = 'post' AND ref <> ''"),
        ),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    lane: str
    workspace_id: str
    kind: str
    conversation_id: str | None = None
    """Ours, where it is a conversation that we keep."""
    conversation_ref: str = ""
    account_id: str | None = None
    account_ref: str = ""
    service_url: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    reader_id: str | None = None
    """The person a direct message is for."""
    view: str
    """The card it shows: how its subject is rendered again."""
    payload: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    linked: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    """Whether it links to a post of its subject."""
    unasked: str = ""
    """The purpose of a message that nobody's act brings; empty for what is the effect of one."""
    state: str = State.WAITING
    pending: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    ref: str = ""
    link: str = ""
    wanted: int = 0
    shown: int = 0
    attempts: int = 0
    """Tries since it was shown last, the one that is under way included."""
    claims: int = 0
    """Counts every claim, so that a relay whose lease ran out cannot write over what came after it."""
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    added_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Lane(SQLModel, table=True):
    __table_args__ = (COMPACT,)

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    free_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Milliseconds by the database's clock."""
    day: str = ""
    """The last day, by the tenant's wall, on which recognitions were posted here one by one."""
    posts: int = 0
    """How many were on that day."""
    bundle: str = ""
    """The subject of the bundle that was begun last."""


class Bundled(SQLModel, table=True):
    """A post that is shown by a bundle, together with others."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "message_id"], ["outbox.tenant_id", "outbox.id"], onupdate="CASCADE"),
        Index("ix_bundled_recognition", "tenant_id", "recognition_id"),
        COMPACT,
    )

    tenant_id: str = Field(primary_key=True)
    bundle_id: str = Field(primary_key=True)
    message_id: str = Field(primary_key=True)
    recognition_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    id: str
    workspace_id: str
    kind: SendKind
    view: str
    payload: Mapping[str, Any]
    conversation_id: str | None = None
    conversation_ref: str = ""
    account_id: str | None = None
    account_ref: str = ""
    service_url: str = ""
    subject_kind: str = ""
    subject_id: str = ""
    reader_id: str | None = None
    linked: bool = False
    wanted: int = 0
    """1: rendered anew when it is sent."""
    waits: bool = False
    """For the post that it links to; without one in its workspace there is nothing to wait for."""
    unasked: str = ""
    due_at: datetime | None = None
    """None: at once, or when its post is there."""
    expires_at: datetime | None = None

    @property
    def lane(self) -> str:
        """Workspace ids are unique over tenants, so lanes are."""
        return f"{self.workspace_id}/{self.conversation_ref or self.account_ref}"


@dataclass(frozen=True, slots=True)
class Due:
    """A claimed message: what is to be sent, or to be edited. As it was before the claim."""

    tenant_id: str
    id: str
    lane: str
    workspace_id: str
    kind: str
    conversation_id: str | None
    conversation_ref: str
    account_id: str | None
    account_ref: str
    service_url: str
    subject_kind: str
    subject_id: str
    reader_id: str | None
    view: str
    payload: dict[str, Any]
    linked: bool
    state: str
    ref: str
    wanted: int
    shown: int
    attempts: int
    expires_at: datetime | None
    added_at: datetime
    claims: int = 0
    unasked: str = ""

    @property
    def is_new(self) -> bool:
        """Whether no relay has taken hold of it yet."""
        return self.state == State.WAITING and not self.claims


@dataclass(frozen=True, slots=True)
class LaneFact:
    """A conversation whose lane is held: see `Lane`."""

    tenant_id: str
    id: str
    day: str
    posts: int
    bundle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What became of a claimed message. `wait_ms` keeps its lane: pace, or back-off.

    `attempts` counts tries since it was shown last; `chat_ref` is a direct conversation found on the way; `closed`
    why the conversation takes no more posts; `trouble` a line for an administrator; `pause_ms` how long the whole
    workspace is to wait.
    """

    message: Due
    state: State
    ref: str = ""
    link: str = ""
    """Empty: as it was."""
    shown: int = 0
    attempts: int = 0
    wait_ms: int = 0
    chat_ref: str = ""
    closed: str = ""
    trouble: str = ""
    pause_ms: int = 0


outbox = OutboxMessage.__table__  # type: ignore[attr-defined]
lane = Lane.__table__  # type: ignore[attr-defined]
bundled = Bundled.__table__  # type: ignore[attr-defined]

_ADD_LANES = PreparedInsert(lane, lambda insert: insert.on_conflict_do_nothing())
_ADD = PreparedInsert(outbox)


def add_messages(tx: Connection, tenant_id: str, messages: Sequence[NewMessage], now: datetime) -> None:
    """Stores messages to be sent, in their order. A linked one waits for its post, but not for ever."""
    lanes = sorted({one.lane for one in messages})
    fresh = {"tenant_id": tenant_id, "free_at": 0, "day": "", "posts": 0, "bundle": ""}
    _ADD_LANES.run(tx, [fresh | {"id": name} for name in lanes])
    _ADD.run(tx, [_row(tenant_id, one, now) for one in messages])


def _row(tenant_id: str, one: NewMessage, now: datetime) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "id": one.id,
        "lane": one.lane,
        "workspace_id": one.workspace_id,
        "kind": one.kind,
        "conversation_id": one.conversation_id,
        "conversation_ref": one.conversation_ref,
        "account_id": one.account_id,
        "account_ref": one.account_ref,
        "service_url": one.service_url,
        "subject_kind": one.subject_kind,
        "subject_id": one.subject_id,
        "reader_id": one.reader_id,
        "view": one.view,
        "payload": one.payload,
        "linked": one.linked,
        "unasked": one.unasked,
        "state": State.WAITING,
        "pending": True,
        "ref": "",
        "link": "",
        "wanted": one.wanted,
        "shown": 0,
        "attempts": 0,
        "claims": 0,
        "due_at": one.due_at or (now + LINK_PATIENCE if one.waits else now),
        "expires_at": one.expires_at,
        "added_at": now,
    }


_TOUCH = (
    outbox.update()
    .where(
        outbox.c.tenant_id == bindparam("b_tenant_id"),
        outbox.c.subject_kind == bindparam("b_kind"),
        outbox.c.subject_id == bindparam("b_id"),
        outbox.c.state.in_([State.WAITING, State.SENDING, State.SENT, State.BUNDLED]),
        or_(bindparam("b_reader_id") == "", outbox.c.reader_id == bindparam("b_reader_id")),
    )
    .values(
        wanted=outbox.c.wanted + 1,
        pending=outbox.c.state != State.BUNDLED,
        due_at=case(
            # What was not shown yet keeps its time: it may wait for the post that it links to.
            (
                (outbox.c.state != State.SENT)
                | (outbox.c.pending & (outbox.c.due_at < bindparam("b_due_at", type_=UtcDateTime))),
                outbox.c.due_at,
            ),
            else_=bindparam("b_due_at", type_=UtcDateTime),
        ),
    )
    .returning(outbox.c.state)
)
_BUNDLES_OF = Prepared(
    select(bundled.c.bundle_id)
    .where(bundled.c.tenant_id == bindparam("tenant_id"), bundled.c.recognition_id == bindparam("id"))
    .order_by(bundled.c.bundle_id)
)


def touch(tx: Connection, tenant_id: str, kind: str, subject_id: str, due_at: datetime, reader_id: str = "") -> int:
    """What a subject shows, to one reader or to all, has changed: every message that shows it is edited by `due_at`.

    How many those are; bundles that show it are among them.
    """
    row = {
        "b_tenant_id": tenant_id,
        "b_kind": kind,
        "b_id": subject_id,
        "b_due_at": due_at,
        "b_reader_id": reader_id,
    }
    states = [found[0] for found in tx.execute(_TOUCH, row)]
    shown = [one for one in states if one != State.BUNDLED]
    if len(shown) == len(states):
        return len(shown)
    bundles = _BUNDLES_OF.rows(tx, {"tenant_id": tenant_id, "id": subject_id})
    return len(shown) + sum(touch(tx, tenant_id, BUNDLE, bundle_id, due_at) for (bundle_id,) in bundles)


_UNSENT = Prepared(
    select(outbox.c.id)
    .where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.subject_kind == bindparam("kind"),
        outbox.c.subject_id == bindparam("subject_id"),
        outbox.c.reader_id == bindparam("reader_id"),
        outbox.c.view == bindparam("view"),
        outbox.c.state == State.WAITING,
    )
    .limit(1)
)


def is_unsent(tx: Connection, tenant_id: str, kind: str, subject_id: str, reader_id: str, view: str) -> bool:
    """Whether a message about it to this person waits still: touched, it is sent as things are by then."""
    row = {"tenant_id": tenant_id, "kind": kind, "subject_id": subject_id, "reader_id": reader_id, "view": view}
    return _UNSENT.row(tx, row) is not None


# --- the relay's side: claim, record ----------------------------------------------------------------------

_IS_DUE = outbox.c.pending & (outbox.c.due_at <= bindparam("now", type_=UtcDateTime))
_DUE_LANES = Prepared(
    select(outbox.c.tenant_id, outbox.c.lane)
    .join(lane, (lane.c.tenant_id == outbox.c.tenant_id) & (lane.c.id == outbox.c.lane))
    .join(
        workspace,
        (workspace.c.tenant_id == outbox.c.tenant_id) & (workspace.c.id == outbox.c.workspace_id),
    )
    .where(_IS_DUE, lane.c.free_at <= db_now_ms(), workspace.c.paused_until <= db_now_ms())
    .group_by(outbox.c.tenant_id, outbox.c.lane)
    .order_by(func.min(outbox.c.due_at))
    .limit(bindparam("most"))
)
_LEASE = Prepared(
    lane.update()
    .where(in_list(lane.c.tenant_id, "tenants"), in_list(lane.c.id, "lanes"), lane.c.free_at <= db_now_ms())
    .values(free_at=db_now_ms() + bindparam("lease_ms", type_=BigInteger))
    .returning(*(lane.c[name] for name in LaneFact.__dataclass_fields__))
)
_HEAD_IDS = select(func.min(outbox.c.id)).where(in_list(outbox.c.lane, "lanes"), _IS_DUE).group_by(outbox.c.lane)
_DUE_COLUMNS = tuple(outbox.c[name] for name in Due.__dataclass_fields__)
_THESE = in_list(outbox.c.tenant_id, "tenants") & in_list(outbox.c.id, "ids")
"""By the primary key, and not by the indexes of open work: PostgreSQL takes that for next to nothing, whatever waits,
and walked over all of it once for each message."""
_HEADS = Prepared(select(*_DUE_COLUMNS).where(in_list(outbox.c.tenant_id, "tenants"), outbox.c.id.in_(_HEAD_IDS)))
_CLAIM = Prepared(
    outbox.update()
    .where(_THESE)
    .values(
        state=case((outbox.c.state == State.WAITING, State.SENDING), else_=outbox.c.state),
        attempts=outbox.c.attempts + 1,
        claims=outbox.c.claims + 1,
        # So that a change that comes while this edit is being sent is due when it says, and not at once.
        due_at=case((outbox.c.state == State.SENT, bindparam("later", type_=UtcDateTime)), else_=outbox.c.due_at),
    )
)
_GIVE_BACK = Prepared(
    lane.update().where(in_list(lane.c.tenant_id, "tenants"), in_list(lane.c.id, "lanes")).values(free_at=db_now_ms())
)


Refuse = Callable[[Sequence[Due], Mapping[str, LaneFact]], Collection[str]]
"""Looks at the first messages of lanes, and gives the ids of those that do not go now.

It has changed them by then, so that they are not due any more: put off, dropped, or bundled.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """`more`: others may go at once, behind those that may not. They are looked for in a transaction of their own.

    In the same one, on PostgreSQL, two relays could each hold what the other one waits for.
    """

    dues: list[Due]
    more: bool


def claim_due(tx: Connection, now: datetime, *, most: int, lease_ms: int) -> list[Due]:
    """Takes hold of up to `most` free lanes with something due, and returns the first message of each.

    A message that is found `sending` was being sent when a relay died: whether it was shown is not known.
    """
    return claim_what_may_go(tx, now, most=most, lease_ms=lease_ms, refuse=lambda heads, lanes: ()).dues


def claim_what_may_go(tx: Connection, now: datetime, *, most: int, lease_ms: int, refuse: Refuse) -> Claim:
    """The same without those that `refuse` names. Their lanes are free again at once, for what else waits there."""
    lanes = _take_lanes(tx, now, most, lease_ms) if most else {}
    if not lanes:
        return Claim([], more=False)
    tenants = sorted({one.tenant_id for one in lanes.values()})
    heads = [Due(*row) for row in _HEADS.rows(tx, {"tenants": tenants, "lanes": sorted(lanes), "now": now})]
    refused = refuse(heads, lanes)
    going = [one for one in heads if one.id not in refused] if refused else heads
    if going:
        ids = [one.id for one in going]
        _CLAIM.run(tx, {"tenants": tenants, "ids": ids, "later": now + EDITS_GATHER})
    if idle := lanes.keys() - {one.lane for one in going}:  # refused, or another relay was quicker
        _GIVE_BACK.run(tx, {"tenants": tenants, "lanes": sorted(idle)})
    return Claim(going, more=bool(refused))


def _take_lanes(tx: Connection, now: datetime, most: int, lease_ms: int) -> dict[str, LaneFact]:
    """By id: lanes that nobody else holds from now on."""
    free = _DUE_LANES.rows(tx, {"now": now, "most": most})
    if not free:
        return {}
    tenants = sorted({tenant_id for tenant_id, _ in free})
    sought = {"tenants": tenants, "lanes": [name for _, name in free], "lease_ms": lease_ms}
    taken = [LaneFact(*row) for row in _LEASE.rows(tx, sought)]
    return {one.id: one for one in taken}


_PUT_OFF = Prepared(
    outbox.update()
    .where(outbox.c.tenant_id == bindparam("b_tenant_id"), outbox.c.id == bindparam("b_id"))
    .values(
        due_at=bindparam("b_due_at", type_=UtcDateTime), wanted=outbox.c.wanted + bindparam("b_renew", type_=Integer)
    )
)
_DROP = Prepared(
    outbox.update().where(_THESE).values(state=State.DROPPED, pending=False, due_at=bindparam("now", type_=UtcDateTime))
)


def put_off(tx: Connection, until: Mapping[str, datetime], heads: Sequence[Due], renewed: Collection[str]) -> None:
    """Messages of held lanes, by id, are not due before these instants. Those with a `renewed` view are shown anew."""
    _PUT_OFF.run_many(
        tx,
        [
            {
                "b_tenant_id": one.tenant_id,
                "b_id": one.id,
                "b_due_at": until[one.id],
                "b_renew": int(one.view in renewed),
            }
            for one in heads
            if one.id in until
        ],
    )


def drop(tx: Connection, heads: Sequence[Due], now: datetime) -> None:
    """Messages of held lanes are worth nothing any more."""
    tenants = sorted({one.tenant_id for one in heads})
    _DROP.run(tx, {"tenants": tenants, "ids": [one.id for one in heads], "now": now})


_HELD = Prepared(
    select(outbox.c.id, outbox.c.claims, outbox.c.pending).where(_THESE).order_by(outbox.c.id).with_for_update()
)
_RECORD = Prepared(
    outbox.update()
    .where(outbox.c.tenant_id == bindparam("b_tenant_id"), outbox.c.id == bindparam("b_id"))
    .values(
        state=bindparam("b_state"),
        ref=bindparam("b_ref"),
        link=func.coalesce(func.nullif(bindparam("b_link", type_=String), ""), outbox.c.link),
        shown=bindparam("b_shown"),
        attempts=bindparam("b_attempts"),
        pending=or_(
            bindparam("b_state") == State.WAITING,
            bindparam("b_state") == State.SENDING,
            (bindparam("b_state") == State.SENT) & (outbox.c.wanted > bindparam("b_shown")),
        ),
        due_at=case(
            (
                (bindparam("b_state") == State.SENT) & (outbox.c.due_at > bindparam("b_due_at", type_=UtcDateTime)),
                bindparam("b_due_at", type_=UtcDateTime),
            ),
            else_=outbox.c.due_at,
        ),
    )
)
_FREE = Prepared(
    lane.update()
    .where(lane.c.tenant_id == bindparam("b_tenant_id"), lane.c.id == bindparam("b_lane"))
    .values(free_at=db_now_ms() + bindparam("b_wait_ms", type_=BigInteger))
)
_RELEASE_LINKED = Prepared(
    outbox.update()
    .where(
        outbox.c.tenant_id == bindparam("b_tenant_id"),
        outbox.c.subject_kind == bindparam("b_kind"),
        outbox.c.subject_id == bindparam("b_id"),
        outbox.c.workspace_id == bindparam("b_workspace_id"),
        outbox.c.linked,
        outbox.c.state == State.WAITING,
    )
    .values(due_at=bindparam("b_now", type_=UtcDateTime))
)


def record(tx: Connection, records: Sequence[Record], now: datetime) -> list[Record]:
    """Writes down what became of claimed messages, and frees their lanes. Returns what was written down.

    A relay that took longer than its lease says nothing any more, for another one holds the message by now;
    only that it was shown is always worth knowing.
    """
    tenants = sorted({one.message.tenant_id for one in records})
    sought = {"tenants": tenants, "ids": [one.message.id for one in records]}
    counted = {id: claims for id, claims, pending in _HELD.rows(tx, sought) if pending}
    held = [one for one in records if _is_held(one, counted)]
    kept = [
        one
        for one in records
        if _is_held(one, counted) or (one.message.id in counted and one.state == State.SENT and not one.attempts)
    ]
    _RECORD.run_many(tx, [_recorded(one, now) for one in kept])
    _FREE.run_many(
        tx,
        [{"b_tenant_id": one.message.tenant_id, "b_lane": one.message.lane, "b_wait_ms": one.wait_ms} for one in held],
    )
    settled = [one for one in kept if one.state not in (State.WAITING, State.SENDING)]
    posts = [one.message for one in settled if one.message.kind == SendKind.POST]
    release_linked(tx, [(one, one.subject_id) for one in posts], now)
    return kept


def release_linked(tx: Connection, posts: Sequence[tuple[Due, str]], now: datetime) -> None:
    """What waited to link to posts waits no longer: posts, or one post for others of its kind, and their subjects."""
    _RELEASE_LINKED.run_many(
        tx,
        [
            {
                "b_tenant_id": one.tenant_id,
                "b_kind": one.subject_kind,
                "b_id": subject_id,
                "b_workspace_id": one.workspace_id,
                "b_now": now,
            }
            for one, subject_id in posts
        ],
    )


def _is_held(one: Record, counted: Mapping[str, int]) -> bool:
    return counted.get(one.message.id) == one.message.claims + 1


def _recorded(one: Record, now: datetime) -> dict[str, Any]:
    return {
        "b_tenant_id": one.message.tenant_id,
        "b_id": one.message.id,
        "b_state": one.state,
        "b_ref": one.ref,
        "b_link": one.link,
        "b_shown": one.shown,
        "b_attempts": one.attempts,
        "b_due_at": now if one.attempts else now + EDITS_GATHER,
    }


# Spelled out: with a parameter where the condition of an index has a value, SQLite plans a statement anew each time.
_LINKS = Prepared(
    select(outbox.c.link).where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.subject_kind == bindparam("kind"),
        outbox.c.subject_id == bindparam("id"),
        outbox.c.workspace_id == bindparam("workspace_id"),
        outbox.c.link != "",
        text("kind = 'post'"),
    )
)


def find_link(tx: Connection, due: Due) -> str:
    """Where a post of the message's subject can be opened in its workspace; empty without one."""
    sought = {
        "tenant_id": due.tenant_id,
        "workspace_id": due.workspace_id,
        "kind": due.subject_kind,
        "id": due.subject_id,
    }
    return _LINKS.scalar(tx, sought) or ""


_AGAIN = (
    outbox.update()
    .where(
        outbox.c.tenant_id == bindparam("b_tenant_id"),
        outbox.c.id == bindparam("b_id"),
        outbox.c.state == State.UNCERTAIN,
    )
    .values(
        state=State.WAITING,
        pending=True,
        attempts=0,
        wanted=outbox.c.wanted + 1,  # it may have changed since, and nobody could be told then
        due_at=bindparam("b_now", type_=UtcDateTime),
    )
)


def post_again(tx: Connection, tenant_id: str, message_id: str, now: datetime) -> bool:
    """Sends an uncertain post once more, because somebody looked. False if it is not uncertain any more."""
    return bool(tx.execute(_AGAIN, {"b_tenant_id": tenant_id, "b_id": message_id, "b_now": now}).rowcount)


_SUBJECT_OF = select(outbox.c.subject_kind, outbox.c.subject_id).where(
    outbox.c.tenant_id == bindparam("tenant_id"), outbox.c.id == bindparam("id")
)


def find_subject(tx: Connection, tenant_id: str, message_id: str) -> tuple[str, str] | None:
    """What a message shows: kind and id."""
    row = tx.execute(_SUBJECT_OF, {"tenant_id": tenant_id, "id": message_id}).first()
    return (row[0], row[1]) if row else None


# Spelled out, for an index over some rows is used only where the words of its condition stand.
_POSTED = Prepared(
    select(outbox.c.subject_kind, outbox.c.subject_id).where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.workspace_id == bindparam("workspace_id"),
        outbox.c.ref == bindparam("ref"),
        text("kind = 'post' AND ref <> ''"),
    )
)


def find_posted(tx: Connection, tenant_id: str, workspace_id: str, ref: str) -> tuple[str, str] | None:
    """What a post shows, kind and id, by the platform's reference. None for a message that is no post of ours."""
    row = _POSTED.row(tx, {"tenant_id": tenant_id, "workspace_id": workspace_id, "ref": ref})
    return (row[0], row[1]) if row else None


_SHOWN_IN = Prepared(
    select(outbox.c.id)
    .where(
        outbox.c.tenant_id == bindparam("tenant_id"),
        outbox.c.subject_kind == bindparam("kind"),
        outbox.c.subject_id == bindparam("id"),
        outbox.c.conversation_id == bindparam("conversation_id"),
        outbox.c.kind == SendKind.POST,
    )
    .limit(1)
)


def is_posted_in(tx: Connection, tenant_id: str, kind: str, subject_id: str, conversation_id: str) -> bool:
    """Whether a subject has a post in a conversation, by our own id: whoever acts there may have seen it."""
    sought = {"tenant_id": tenant_id, "kind": kind, "id": subject_id, "conversation_id": conversation_id}
    return _SHOWN_IN.row(tx, sought) is not None


def count_pending(tx: Connection) -> int:
    return tx.execute(select(func.count()).select_from(outbox).where(outbox.c.pending)).scalar_one()
