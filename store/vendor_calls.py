"""Calls to vendors: what is to be sent, whose turn it is, and the secrets that they and we know each other by.

A call is claimed by one conditional update, by the database's time: of two processes one has it, for as long as its
lease lasts, and whatever is written down afterwards counts only while nobody else had it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlmodel import Field, SQLModel

from store.db import db_now_ms
from store.imports import token_hash
from store.prepared import Prepared, PreparedInsert
from store.redemptions import redemption
from store.share_links import LONGEST_TOKEN
from store.types import UtcDateTime


class CallState(StrEnum):
    WAITING = "waiting"  # to be sent, for the first time or again
    SENT = "sent"  # the vendor has taken it, and is to call back
    ANSWERED = "answered"  # the vendor has said how it ended
    GIVEN_UP = "given_up"  # the vendor refused, or could not be reached
    WITHDRAWN = "withdrawn"  # the order ended otherwise


class VendorLink(SQLModel, table=True):
    """How a vendor and we know each other, for one reward: what we sign with, and where the vendor calls back."""

    __tablename__ = "vendor_link"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "reward_id"], ["reward.tenant_id", "reward.id"], onupdate="CASCADE"),
        # Not led by the tenant: whoever calls back is told by it which tenant it is.
        UniqueConstraint("token_hash", name="uq_vendor_link_token_hash"),
    )

    tenant_id: str = Field(primary_key=True)
    reward_id: str = Field(primary_key=True)
    token_hash: str
    """SHA-256 of the secret in the address that the vendor calls."""
    sealed: str
    """What both sides sign with."""
    made_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class VendorCall(SQLModel, table=True):
    """One an order, however often it is sent: the order's id is the key by which the vendor knows it again."""

    __tablename__ = "vendor_call"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "order_id"], ["redemption.tenant_id", "redemption.id"], onupdate="CASCADE"),
        Index("ix_vendor_call_due", "state", "free_at"),
        Index("ix_vendor_call_state", "tenant_id", "state", "order_id"),
        CheckConstraint(
            "state IN ('waiting', 'sent', 'answered', 'given_up', 'withdrawn')", name="ck_vendor_call_state"
        ),
    )

    tenant_id: str = Field(primary_key=True)
    order_id: str = Field(primary_key=True)
    state: str
    attempt: int
    """How often it was claimed."""
    free_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    """By the database's time, in milliseconds since 1970: until then it waits, or somebody has it."""
    trouble: str = ""
    """What went wrong last, for administrators."""
    told_silent: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    """Whether administrators were told that the vendor says nothing."""


@dataclass(frozen=True, slots=True)
class LinkFact:
    tenant_id: str
    reward_id: str
    sealed: str


@dataclass(frozen=True, slots=True)
class CallFact:
    tenant_id: str
    order_id: str
    state: CallState
    attempt: int
    trouble: str


vendor_link = VendorLink.__table__  # type: ignore[attr-defined]
vendor_call = VendorCall.__table__  # type: ignore[attr-defined]

_SAVE_LINK = PreparedInsert(
    vendor_link,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["tenant_id", "reward_id"],
        set_={
            "token_hash": insert.excluded.token_hash,
            "sealed": insert.excluded.sealed,
            "made_at": insert.excluded.made_at,
        },
    ),
)
_LINKS = select(vendor_link.c.tenant_id, vendor_link.c.reward_id, vendor_link.c.sealed)
_BY_TOKEN = Prepared(_LINKS.where(vendor_link.c.token_hash == bindparam("token_hash")))
_OF_REWARD = Prepared(
    _LINKS.where(vendor_link.c.tenant_id == bindparam("tenant_id"), vendor_link.c.reward_id == bindparam("reward_id"))
)
_ADD = PreparedInsert(vendor_call)
_CALLS = select(*(vendor_call.c[name] for name in CallFact.__dataclass_fields__))
_ONE = Prepared(
    _CALLS.where(vendor_call.c.tenant_id == bindparam("tenant_id"), vendor_call.c.order_id == bindparam("order_id"))
)
_DUE = Prepared(
    _CALLS.where(vendor_call.c.state == bindparam("state"), vendor_call.c.free_at <= db_now_ms())
    .order_by(vendor_call.c.free_at)
    .limit(bindparam("most"))
)
_THIS = (vendor_call.c.tenant_id == bindparam("b_tenant_id")) & (vendor_call.c.order_id == bindparam("b_order_id"))
_HAD = _THIS & (vendor_call.c.state == CallState.WAITING.value) & (vendor_call.c.attempt == bindparam("b_attempt"))
_CLAIM = (
    vendor_call.update()
    .where(_HAD, vendor_call.c.free_at <= db_now_ms())
    .values(attempt=vendor_call.c.attempt + 1, free_at=db_now_ms() + bindparam("b_lease_ms", type_=BigInteger))
)
_PUT_OFF = (
    vendor_call.update()
    .where(_HAD)
    .values(free_at=db_now_ms() + bindparam("b_wait_ms", type_=BigInteger), trouble=bindparam("b_trouble"))
)
_MOVE = vendor_call.update().where(_THIS, vendor_call.c.state == bindparam("b_from"))
_SILENT = Prepared(
    select(vendor_call.c.order_id)
    .join_from(
        vendor_call,
        redemption,
        (redemption.c.tenant_id == vendor_call.c.tenant_id) & (redemption.c.id == vendor_call.c.order_id),
    )
    .where(
        vendor_call.c.tenant_id == bindparam("tenant_id"),
        vendor_call.c.state == bindparam("state"),
        vendor_call.c.told_silent == bindparam("told", type_=Boolean),
        redemption.c.promised_on <= bindparam("day", type_=Date),
    )
    .order_by(vendor_call.c.order_id)
    .limit(bindparam("most"))
)
_IN_STATE = Prepared(
    _CALLS.where(vendor_call.c.tenant_id == bindparam("tenant_id"), vendor_call.c.state == bindparam("state"))
    .order_by(vendor_call.c.order_id)
    .limit(bindparam("most"))
)


# --- links ------------------------------------------------------------------------------------------------


def save_vendor_link(tx: Connection, fact: LinkFact, token: str, at: datetime) -> None:
    """A new secret and a new address for this reward; those before are not good any more."""
    row = {"tenant_id": fact.tenant_id, "reward_id": fact.reward_id, "sealed": fact.sealed, "made_at": at}
    _SAVE_LINK.run(tx, [row | {"token_hash": token_hash(token)}])


def find_vendor_link(tx: Connection, token: str) -> LinkFact | None:
    """Whose address it is, whosever tenant that is."""
    row = _BY_TOKEN.row(tx, {"token_hash": token_hash(token)}) if 0 < len(token) <= LONGEST_TOKEN else None
    return LinkFact(*row) if row else None


def find_link_of(tx: Connection, tenant_id: str, reward_id: str) -> LinkFact | None:
    row = _OF_REWARD.row(tx, {"tenant_id": tenant_id, "reward_id": reward_id})
    return LinkFact(*row) if row else None


# --- calls ------------------------------------------------------------------------------------------------


def add_call(tx: Connection, tenant_id: str, order_id: str) -> None:
    """It is due at once. A second one for the same order is a conflict."""
    row = {"tenant_id": tenant_id, "order_id": order_id, "state": CallState.WAITING, "attempt": 0, "free_at": 0}
    _ADD.run(tx, [row | {"trouble": "", "told_silent": False}])


def find_call(tx: Connection, tenant_id: str, order_id: str) -> CallFact | None:
    row = _ONE.row(tx, {"tenant_id": tenant_id, "order_id": order_id})
    return _fact(row) if row else None


def list_due_calls(tx: Connection, most: int) -> list[CallFact]:
    """Of all tenants, those that wait longest first. None of them is claimed by that."""
    return [_fact(row) for row in _DUE.rows(tx, {"state": CallState.WAITING, "most": most})]


def list_calls(tx: Connection, tenant_id: str, state: CallState, most: int) -> list[CallFact]:
    """The oldest orders first."""
    return [_fact(row) for row in _IN_STATE.rows(tx, {"tenant_id": tenant_id, "state": state, "most": most})]


def claim_call(tx: Connection, seen: CallFact, lease_ms: int) -> bool:
    """False where somebody else was quicker, or it is not to be sent any more. It is the attempt after `seen`'s."""
    return bool(
        tx.execute(_CLAIM, _had(seen.tenant_id, seen.order_id, seen.attempt) | {"b_lease_ms": lease_ms}).rowcount
    )


def put_off_call(tx: Connection, tenant_id: str, order_id: str, attempt: int, wait_ms: int, trouble: str) -> bool:
    """It is sent again later. False where somebody else had it since this attempt, or it ended."""
    later = {"b_wait_ms": wait_ms, "b_trouble": trouble}
    return bool(tx.execute(_PUT_OFF, _had(tenant_id, order_id, attempt) | later).rowcount)


def move_call(
    tx: Connection, tenant_id: str, order_id: str, was: CallState, state: CallState, trouble: str = ""
) -> bool:
    """From one state to another. False where it is not in the one."""
    this = {"b_tenant_id": tenant_id, "b_order_id": order_id, "b_from": was}
    return bool(tx.execute(_MOVE.values(state=state, trouble=trouble), this).rowcount)


def send_again(tx: Connection, tenant_id: str, order_id: str) -> bool:
    """It is due at once, with all its attempts before it. False where the vendor has not taken it, or has answered."""
    this = {"b_tenant_id": tenant_id, "b_order_id": order_id, "b_from": CallState.SENT}
    again = _MOVE.values(state=CallState.WAITING, attempt=0, free_at=0, trouble="", told_silent=False)
    return bool(tx.execute(again, this).rowcount)


def list_silent(tx: Connection, tenant_id: str, state: CallState, day: date, most: int) -> list[str]:
    """Orders promised by a day whose vendor has not said how they ended, while nobody was told of it."""
    sought = {"tenant_id": tenant_id, "state": state, "told": False, "day": day, "most": most}
    return [row[0] for row in _SILENT.rows(tx, sought)]


def tell_silent(tx: Connection, tenant_id: str, order_id: str) -> None:
    this = {"b_tenant_id": tenant_id, "b_order_id": order_id}
    tx.execute(vendor_call.update().where(_THIS).values(told_silent=True), this)


def _had(tenant_id: str, order_id: str, attempt: int) -> dict[str, object]:
    return {"b_tenant_id": tenant_id, "b_order_id": order_id, "b_attempt": attempt}


def _fact(row: tuple[object, ...]) -> CallFact:
    tenant_id, order_id, state, attempt, trouble = row
    return CallFact(str(tenant_id), str(order_id), CallState(str(state)), int(str(attempt)), str(trouble))
