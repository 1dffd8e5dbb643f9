"""Who has which reaction on which message, however late and in whatever order a platform tells it."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import BigInteger, Boolean, Column, Connection, and_, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import insert_or_nothing
from store.prepared import Prepared


class Reaction(SQLModel, table=True):
    """A reaction that was taken off keeps its row: an older event may still be on its way.

    Refers to no workspace row: on PostgreSQL every reaction would lock that one.
    """

    tenant_id: str = Field(primary_key=True)
    workspace_id: str = Field(primary_key=True)
    channel_ref: str = Field(primary_key=True)
    message_ref: str = Field(primary_key=True)
    account_ref: str = Field(primary_key=True)
    emoji: str = Field(primary_key=True)
    event_at: int = Field(sa_column=Column(BigInteger, nullable=False))
    """Microseconds since 1970 by the platform's clock. A number, because how text sorts is up to a database."""
    present: bool = Field(sa_column=Column(Boolean, nullable=False))
    given_id: str | None = None
    """What it gave last: the id of a recognition, or of the transaction of a boost."""


@dataclass(frozen=True, slots=True)
class ReactionFact:
    emoji: str
    present: bool
    given_id: str | None


@dataclass(frozen=True, slots=True)
class ReactionKey:
    """One person's one emoji on one message."""

    workspace_id: str
    channel_ref: str
    message_ref: str
    account_ref: str
    emoji: str


reaction = Reaction.__table__  # type: ignore[attr-defined]

_ADD = insert_or_nothing(reaction)
_THIS = and_(
    *(reaction.c[name] == bindparam(f"b_{name}") for name in ("tenant_id", *ReactionKey.__dataclass_fields__)),
)
_BEFORE = select(reaction.c.event_at, reaction.c.present).where(_THIS).with_for_update()
_OF_PERSON = Prepared(
    select(*(reaction.c[name] for name in ReactionFact.__dataclass_fields__))
    .where(
        *(
            reaction.c[name] == bindparam(name)
            for name in ("tenant_id", "workspace_id", "channel_ref", "message_ref", "account_ref")
        )
    )
    .order_by(reaction.c.emoji)
    .with_for_update()
)
_KEEP_GIVEN = reaction.update().where(_THIS).values(given_id=bindparam("b_given_id"))
_CHANGE = reaction.update().where(_THIS).values(event_at=bindparam("b_event_at"), present=bindparam("b_present"))


def note(tx: Connection, tenant_id: str, key: ReactionKey, event_at: int, *, present: bool) -> bool:
    """Takes an event in: added (`present`) or removed. Whether that changed who reacts to the message.

    `event_at` is the platform's time of the event in microseconds. An event that is not newer than the last one
    taken in changes nothing, so add, remove, add ends right in any order of arrival.
    """
    this = {"tenant_id": tenant_id, **asdict(key)}
    if tx.execute(_ADD, this | {"event_at": event_at, "present": present}).rowcount:
        return present
    sought = {f"b_{name}": value for name, value in this.items()}
    before = tx.execute(_BEFORE, sought).one()
    if event_at <= before.event_at:
        return False
    tx.execute(_CHANGE, sought | {"b_event_at": event_at, "b_present": present})
    return bool(before.present != present)


def list_of_person(tx: Connection, tenant_id: str, key: ReactionKey) -> list[ReactionFact]:
    """Every reaction that the same person has, or had, on the message. Nobody changes them before this transaction
    ends: of two that are taken off at once the later finds the earlier gone."""
    sought = {name: value for name, value in asdict(key).items() if name != "emoji"}
    return [ReactionFact(*row) for row in _OF_PERSON.rows(tx, {"tenant_id": tenant_id, **sought})]


def keep_given(tx: Connection, tenant_id: str, key: ReactionKey, given_id: str) -> None:
    """Remembers what a reaction gave, for when it is taken off."""
    sought = {f"b_{name}": value for name, value in ({"tenant_id": tenant_id} | asdict(key)).items()}
    tx.execute(_KEEP_GIVEN, sought | {"b_given_id": given_id})
