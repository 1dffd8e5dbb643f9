"""What Slack tells about a workspace, put into the store: each call is one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.admission import Lane
from bot.slack.profiles import Channel
from bot.slack.tokens import Installation
from bot.writing import write
from handlers.vocabulary import Platform
from store.conversations import Conversation, find_place, list_places, save_place
from store.db import Database
from store.people import Profile, find_members, save_profiles
from store.programme import add_starting_programme
from store.tenants import (
    Home,
    Workspace,
    add_tenant,
    add_workspace,
    change_programme,
    change_workspace,
    find_home,
    find_only_tenant,
    revive_workspace,
)

T = TypeVar("T")

MOST_ROWS = 200
"""In one transaction, so that nobody waits long behind it."""


class Records:
    def __init__(
        self,
        database: Database,
        lane: Lane,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        one_organisation: bool = False,
    ) -> None:
        self._database = database
        self._lane = lane
        self._clock = clock
        self._new_id = new_id
        self.one_organisation = one_organisation

    async def save(
        self,
        team_id: str,
        profiles: Sequence[Profile] = (),
        channels: Sequence[Channel] = (),
        *,
        background: bool = False,
    ) -> None:
        """Adds or refreshes people and conversations. A workspace that is not connected has none."""
        if not profiles and not channels:
            return

        def save(tx: Connection, home: Home) -> None:
            ids = {one.ref: self._new_id() for one in profiles}
            save_profiles(tx, home.tenant_id, home.workspace_id, profiles, ids, self._clock())
            for one in channels:
                save_place(tx, self._conversation(home, one))
            chosen = list_places(tx, home.tenant_id, [home.recognition_id] if home.recognition_id else [])
            if {one.ref for one in channels} & {one.ref for one in chosen.values()}:
                change_programme(tx, home.tenant_id)  # which keeps this place in memory

        await self._at_home(team_id, save, background=background)

    async def missing(self, team_id: str, refs: Iterable[str]) -> list[str]:
        """Which people of a workspace the store does not know."""
        sought = list(refs)
        if not sought:
            return []

        def look(tx: Connection, home: Home) -> list[str]:
            known = find_members(tx, home.tenant_id, home.workspace_id, sought)
            return [ref for ref in sought if ref not in known]

        return await self._at_home(team_id, look) or []

    async def introduce(self, installed: Installation, zone: str) -> None:
        """Connects a workspace: to its tenant of before, to the only one there is, or to a new one in `zone`."""

        def introduce(tx: Connection) -> None:
            revive_workspace(tx, Platform.SLACK, installed.team_id)
            home = find_home(tx, Platform.SLACK, installed.team_id)
            owner = home.tenant_id if home else self._joined(tx) or self._new_tenant(tx, installed, zone)
            facts: dict[str, Any] = {
                "name": installed.team_name,
                "bot_ref": installed.bot_user_id,
                "url": installed.url,
            }
            if installed.app_id:  # Slack may not have told it this time
                facts["app_ref"] = installed.app_id
            if home:
                change_workspace(tx, owner, home.workspace_id, **facts)
            else:
                made = {"platform": Platform.SLACK, "ref": installed.team_id, **facts}
                add_workspace(tx, Workspace(tenant_id=owner, id=self._new_id(), **made))
            change_programme(tx, owner)

        await self._run(introduce, background=True)

    async def refreshed(self, team_id: str, recognition: Channel | None) -> None:
        """Notes that a workspace was read whole. A recognition channel that somebody chose stays."""

        def note(tx: Connection, home: Home) -> None:
            change_workspace(tx, home.tenant_id, home.workspace_id, refreshed_at=self._clock())
            if home.recognition_id is None and recognition:
                place = find_place(tx, home.tenant_id, home.workspace_id, recognition.ref)
                assert place, "the channel was saved just before"
                change_workspace(tx, home.tenant_id, home.workspace_id, recognition_id=place.id)
            change_programme(tx, home.tenant_id)

        await self._at_home(team_id, note, background=True)

    async def remove(self, team_id: str) -> None:
        """The app was uninstalled. What the tenant has stays its own."""

        def remove(tx: Connection, home: Home) -> None:
            change_workspace(tx, home.tenant_id, home.workspace_id, removed_at=self._clock())
            change_programme(tx, home.tenant_id)

        await self._at_home(team_id, remove)

    def _joined(self, tx: Connection) -> str | None:
        return find_only_tenant(tx) if self.one_organisation else None

    def _new_tenant(self, tx: Connection, installed: Installation, zone: str) -> str:
        tenant_id = self._new_id()
        add_tenant(tx, tenant_id, installed.team_name, zone, self._clock())
        add_starting_programme(tx, tenant_id)
        return tenant_id

    def _conversation(self, home: Home, channel: Channel) -> Conversation:
        return Conversation(
            tenant_id=home.tenant_id,
            id=self._new_id(),
            workspace_id=home.workspace_id,
            ref=channel.ref,
            kind=channel.kind,
            name=channel.name,
            member=channel.member,
            archived=channel.archived,
        )

    async def _at_home(
        self, team_id: str, work: Callable[[Connection, Home], T], *, background: bool = False
    ) -> T | None:
        def at_home(tx: Connection) -> T | None:
            home = find_home(tx, Platform.SLACK, team_id)
            return work(tx, home) if home else None

        return await self._run(at_home, background=background)

    async def _run(self, work: Callable[[Connection], T], *, background: bool = False) -> T:
        return await self._lane.run(lambda: write(self._database, work), background=background)
