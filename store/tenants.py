"""Tenants and their workspaces: one organisation, its Slack workspaces and its Teams tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKeyConstraint,
    UniqueConstraint,
    bindparam,
    select,
    text,
)
from sqlmodel import Field, SQLModel

from store.db import db_now_ms, fetch
from store.prepared import Prepared
from store.types import JsonDict, UtcDateTime


class Tenant(SQLModel, table=True):
    id: str = Field(primary_key=True)
    name: str
    zone: str
    policy: dict[str, Any] = Field(sa_column=Column(JsonDict, nullable=False))
    """What the tenant decided otherwise than the defaults."""
    programme_version: int = 1
    """Counts changes of values and badges, so that they can be kept in memory."""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Workspace(SQLModel, table=True):
    """A connected Slack team or Microsoft 365 tenant. It decides which tenant a request belongs to."""

    __table_args__ = (
        ForeignKeyConstraint(["tenant_id"], ["tenant.id"], onupdate="CASCADE"),
        # Not led by the tenant: a platform's workspace belongs to one tenant, and names it.
        UniqueConstraint("platform", "ref", name="uq_workspace_platform_ref"),
    )

    tenant_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    platform: str
    ref: str
    name: str
    bot_ref: str
    url: str = ""
    """Slack: the address of the workspace; Teams: the service URL used last."""
    app_ref: str = ""
    """Slack: the id of the app, by which people can open it."""
    recognition_id: str | None = None
    """The conversation that recognitions go to when they cannot be shown where they were said."""
    removed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    refreshed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    paused_until: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    """Milliseconds by the database's clock: the platform asked the whole workspace to wait."""


@dataclass(frozen=True, slots=True)
class Home:
    """A workspace and the tenant it belongs to, as a request needs them."""

    tenant_id: str
    tenant_name: str
    zone: str
    policy: Mapping[str, Any]
    programme_version: int
    workspace_id: str
    platform: str
    workspace_ref: str
    workspace_name: str
    url: str
    bot_ref: str
    app_ref: str
    recognition_id: str | None


tenant = Tenant.__table__  # type: ignore[attr-defined]
workspace = Workspace.__table__  # type: ignore[attr-defined]

_HOMES = select(
    tenant.c.id,
    tenant.c.name,
    tenant.c.zone,
    tenant.c.policy,
    tenant.c.programme_version,
    workspace.c.id,
    workspace.c.platform,
    workspace.c.ref,
    workspace.c.name,
    workspace.c.url,
    workspace.c.bot_ref,
    workspace.c.app_ref,
    workspace.c.recognition_id,
).join_from(workspace, tenant, workspace.c.tenant_id == tenant.c.id)
_HOME = Prepared(
    _HOMES.where(
        workspace.c.platform == bindparam("platform"),
        workspace.c.ref == bindparam("ref"),
        workspace.c.removed_at.is_(None),
    )
)
_OF_TENANT = _HOMES.where(workspace.c.tenant_id == bindparam("tenant_id"), workspace.c.removed_at.is_(None)).order_by(
    workspace.c.id
)


def find_home(tx: Connection, platform: str, ref: str) -> Home | None:
    """The connected workspace with the platform's own id, and its tenant."""
    row = _HOME.row(tx, {"platform": platform, "ref": ref})
    return Home(*row) if row else None


def list_homes(tx: Connection, tenant_id: str) -> list[Home]:
    """Every connected workspace of a tenant, the oldest first."""
    return [Home(*row) for row in fetch(tx, _OF_TENANT, {"tenant_id": tenant_id})]


def list_all_homes(tx: Connection) -> list[Home]:
    """Every connected workspace of every tenant, for the process that serves them all."""
    return [Home(*row) for row in fetch(tx, _HOMES.where(workspace.c.removed_at.is_(None)), {})]


_ONE_TENANT = 0x74656E616E74  # "tenant" in ASCII: any number that is always the same


def find_only_tenant(tx: Connection) -> str | None:
    """The tenant of a process that serves one organisation; None while there is none yet, or there are more.

    Whoever asks at the same time waits, and finds the one that is made meanwhile.
    """
    if tx.dialect.name == "postgresql":  # on SQLite nobody else writes
        tx.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ONE_TENANT})
    found = fetch(tx, select(tenant.c.id).limit(2), {})
    return found[0][0] if len(found) == 1 else None


def revive_workspace(tx: Connection, platform: str, ref: str) -> None:
    """The app was installed again, and the workspace is what it was."""
    again = (workspace.c.platform == platform) & (workspace.c.ref == ref)
    tx.execute(workspace.update().where(again).values(removed_at=None))


def add_tenant(tx: Connection, tenant_id: str, name: str, zone: str, at: datetime) -> None:
    row = {
        "id": tenant_id,
        "name": name,
        "zone": zone,
        "policy": {},
        "programme_version": 1,
        "created_at": at,
    }
    tx.execute(tenant.insert(), row)


def add_workspace(tx: Connection, made: Workspace) -> None:
    tx.execute(workspace.insert(), made.model_dump())


def change_workspace(tx: Connection, tenant_id: str, workspace_id: str, **changes: object) -> None:
    mine = (workspace.c.tenant_id == tenant_id) & (workspace.c.id == workspace_id)
    tx.execute(workspace.update().where(mine).values(**changes))


def change_policy(tx: Connection, tenant_id: str, policy: Mapping[str, Any]) -> None:
    """Replaces what the tenant decided otherwise than the defaults."""
    tx.execute(tenant.update().where(tenant.c.id == tenant_id).values(policy=dict(policy)))


def lock_policy(tx: Connection, tenant_id: str) -> dict[str, Any]:
    """What the tenant decided, as it is now: whoever changes the programme at the same time waits for us."""
    # Not FOR UPDATE: what refers to the tenant, such as a gift, goes on meanwhile.
    sought = select(tenant.c.policy).where(tenant.c.id == tenant_id).with_for_update(key_share=True)
    return dict(tx.execute(sought).scalar_one())


def change_zone(tx: Connection, tenant_id: str, zone: str) -> None:
    """The tenant goes by another zone. Its schedules are moved before: `handlers.ticks.move_tenant`."""
    tx.execute(tenant.update().where(tenant.c.id == tenant_id).values(zone=zone))


def pause_workspace(tx: Connection, tenant_id: str, workspace_id: str, for_ms: int) -> None:
    """The platform asked the whole workspace to wait."""
    mine = (workspace.c.tenant_id == tenant_id) & (workspace.c.id == workspace_id)
    until = db_now_ms() + for_ms
    tx.execute(workspace.update().where(mine, workspace.c.paused_until < until).values(paused_until=until))


def change_programme(tx: Connection, tenant_id: str) -> None:
    """Says that values, badges or workspaces of a tenant changed, to everybody who keeps them in memory."""
    mine = tenant.c.id == tenant_id
    tx.execute(tenant.update().where(mine).values(programme_version=tenant.c.programme_version + 1))
