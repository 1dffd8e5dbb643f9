"""Conversations of a workspace: where things are said, and whether the app may post there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Boolean, Column, Connection, ForeignKeyConstraint, UniqueConstraint, bindparam, select
from sqlmodel import Field, SQLModel

from store.db import fetch, insert_or_nothing
from store.prepared import Prepared
from store.tenants import workspace


class Conversation(SQLModel, table=True):
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "workspace_id"], ["workspace.tenant_id", "workspace.id"], onupdate="CASCADE"
        ),
        UniqueConstraint("tenant_id", "workspace_id", "ref", name="uq_conversation_ref"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    workspace_id: str
    ref: str
    kind: str
    name: str = ""
    member: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    """Whether the app is in it, as far as we were told."""
    archived: bool = Field(default=False, sa_column=Column(Boolean, nullable=False))
    service_url: str = ""
    """Teams: where messages for this conversation are sent."""


@dataclass(frozen=True, slots=True)
class Place:
    """A conversation as the store knows it."""

    id: str
    workspace_id: str
    platform: str
    workspace_ref: str
    ref: str
    kind: str
    name: str
    member: bool
    archived: bool
    service_url: str


conversation = Conversation.__table__  # type: ignore[attr-defined]

_PLACES = select(
    conversation.c.id,
    conversation.c.workspace_id,
    workspace.c.platform,
    workspace.c.ref,
    conversation.c.ref,
    conversation.c.kind,
    conversation.c.name,
    conversation.c.member,
    conversation.c.archived,
    conversation.c.service_url,
).join_from(
    conversation,
    workspace,
    (workspace.c.tenant_id == conversation.c.tenant_id) & (workspace.c.id == conversation.c.workspace_id),
)
_BY_REF = Prepared(
    _PLACES.where(
        conversation.c.tenant_id == bindparam("tenant_id"),
        conversation.c.workspace_id == bindparam("workspace_id"),
        conversation.c.ref == bindparam("ref"),
    )
)
_BY_IDS = _PLACES.where(
    conversation.c.tenant_id == bindparam("tenant_id"),
    conversation.c.id.in_(bindparam("ids", expanding=True)),
)


def find_place(tx: Connection, tenant_id: str, workspace_id: str, ref: str) -> Place | None:
    """A conversation by the platform's own id."""
    row = _BY_REF.row(tx, {"tenant_id": tenant_id, "workspace_id": workspace_id, "ref": ref})
    return Place(*row) if row else None


def list_places(tx: Connection, tenant_id: str, ids: list[str]) -> dict[str, Place]:
    """Conversations by our own ids."""
    return {row[0]: Place(*row) for row in fetch(tx, _BY_IDS, {"tenant_id": tenant_id, "ids": ids})}


def list_channels(tx: Connection, tenant_id: str, workspace_id: str) -> list[Place]:
    """The channels of a workspace that the app knows, by name."""
    query = _PLACES.where(
        conversation.c.tenant_id == tenant_id,
        conversation.c.workspace_id == workspace_id,
        conversation.c.kind == "channel",
    ).order_by(conversation.c.name)
    return [Place(*row) for row in fetch(tx, query, {})]


def save_place(tx: Connection, made: Conversation) -> None:
    """Adds a conversation, or refreshes what is known of it; an empty name or address changes nothing."""
    row = made.model_dump()
    if tx.execute(insert_or_nothing(conversation), row).rowcount:
        return
    told = {
        "kind": made.kind,
        "name": made.name,
        "member": made.member,
        "archived": made.archived,
        "service_url": made.service_url,
    }
    mine = (
        (conversation.c.tenant_id == made.tenant_id)
        & (conversation.c.workspace_id == made.workspace_id)
        & (conversation.c.ref == made.ref)
    )
    tx.execute(conversation.update().where(mine).values({k: v for k, v in told.items() if v != ""}))


def close_place(tx: Connection, tenant_id: str, place_id: str, *, archived: bool) -> None:
    """The platform refused a post there: the conversation is archived, or the app is no longer in it."""
    mine = (conversation.c.tenant_id == tenant_id) & (conversation.c.id == place_id)
    tx.execute(conversation.update().where(mine).values(member=False, archived=archived))
