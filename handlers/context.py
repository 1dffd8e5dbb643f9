"""What a handler is given: who asks, where, by which rules, and a transaction to work in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.programme import Programme
from handlers.rules.periods import zone_or
from handlers.rules.policy import Policy
from handlers.vocabulary import AccountRef, EmailRef, Platform, Reader, Who, WorkspaceRef
from store.conversations import Place
from store.people import Member
from store.sealing import Sealer
from store.tenants import Home

_UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantContext:
    """What there is when nobody asks: for ticks. `now` is the programme's clock, read once; `home` one workspace.

    `owners` are e-mail addresses of whoever runs the program, who may administer; `sealer` seals what is stored secret.
    """

    tx: Connection
    now: datetime
    new_id: Callable[[], str]
    home: Home
    policy: Policy
    programme: Programme
    owners: frozenset[str] = frozenset()
    sealer: Sealer = field(default_factory=Sealer)

    @property
    def tenant_id(self) -> str:
        return self.home.tenant_id

    @property
    def tenant_zone(self) -> ZoneInfo:
        return zone_of_tenant(self.home.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context(TenantContext):
    """`people` are those whom the request names and we know. `home` is where the request came from.

    `public_url` is the address under which browsers reach the program, empty where nobody has said.
    """

    actor: Member
    place: Place | None
    people: Mapping[AccountRef | EmailRef, Member]
    public_url: str = ""

    @property
    def zone(self) -> ZoneInfo:
        """The actor's own zone, or the tenant's where it is not known."""
        return zone_or(self.actor.zone, self.tenant_zone)


def zone_of_tenant(name: str) -> ZoneInfo:
    return zone_or(name, _UTC)


def who(member: Member) -> Who:
    """A person as cards show them."""
    return Who(member.id, member.name, accounts_of(member))


def accounts_of(member: Member) -> tuple[AccountRef, ...]:
    return tuple(
        AccountRef(WorkspaceRef(Platform(one.platform), one.workspace_ref), one.other_ref or one.ref)
        for one in member.accounts
    )


def reader_in(home: Home, member: Member | None = None) -> Reader:
    """For whom a card is rendered in a workspace: everybody there, or one person."""
    zone = (member.zone if member else "") or home.zone
    locale = member.locale if member else ""
    return Reader(Platform(home.platform), home.workspace_id, home.workspace_ref, zone, locale)
