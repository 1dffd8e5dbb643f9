"""People of a Teams tenant, as the rosters of conversations tell them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, TypeAlias

from bot.directory import Found, LookupFailed
from bot.teams.activities import Envelope
from bot.teams.book import Book
from bot.teams.connector import Connector, ConnectorFailed, Refused
from handlers.vocabulary import AccountRef, ConversationRef, EmailRef, Findable, PlaceKind, WorkspaceRef
from store.people import Profile
from store.tenants import Home

LONGEST_S = 3.0
MOST_ASKED = 4
"""In how many conversations somebody is looked for."""
ROSTER_PAGE = 500

Roster: TypeAlias = tuple[str, str]
"""A conversation's id and service URL."""

asked_in: ContextVar[Envelope | None] = ContextVar("asked_in", default=None)
"""The activity that is being answered. Whom it names are most likely members of its conversation, and the
protocol of directories, which other platforms share, has no place for that."""


class TeamsDirectory:
    """A `Directory`: looks people up in the conversation they are named in, then in channels the app is in."""

    def __init__(self, connector: Connector, book: Book) -> None:
        self._connector = connector
        self._book = book

    async def look_up(self, workspace: WorkspaceRef, refs: Sequence[Findable]) -> Found:
        home = await self._book.find_home(workspace)
        if home is None:
            return Found()
        envelope = asked_in.get()
        people = [one for one in refs if isinstance(one, AccountRef | EmailRef)]
        if people:
            profiles = await self._profiles(home, people, envelope)
            await self._book.save_people(home, profiles, urgent=True)
        places = [one for one in refs if isinstance(one, ConversationRef)]
        if places:
            service_url = envelope.service_url if envelope else home.url
            await self._book.note_unseen(home, places, service_url)
        return Found()

    async def read_roster(self, home: Home, conversation: str, service_url: str) -> int:
        """Saves everybody in a conversation. How many that are. Raises `LookupFailed`."""
        count = 0
        try:
            async for page in self._pages(conversation, service_url):
                profiles = [read_profile(member, home.workspace_ref) for member in page]
                await self._book.save_people(home, profiles)
                count += len(profiles)
        except ConnectorFailed as error:
            raise LookupFailed(error.what) from error
        return count

    async def read_channels(self, workspace: WorkspaceRef, team_id: str, service_url: str) -> list[ConversationRef]:
        """The standard channels of a team. Raises `LookupFailed`."""
        try:
            answer = await self._connector.call("GET", service_url, "teams", team_id, "conversations")
        except ConnectorFailed as error:
            raise LookupFailed(error.what) from error
        # The first one has no name of its own: each client shows it in its language.
        return [
            ConversationRef(workspace, one["id"], PlaceKind.CHANNEL, one.get("name") or "General")
            for one in answer.get("conversations", ())
        ]

    async def _profiles(
        self, home: Home, refs: Sequence[AccountRef | EmailRef], envelope: Envelope | None
    ) -> list[Profile]:
        rosters = await self._rosters(home, envelope)
        try:
            async with asyncio.timeout(LONGEST_S):
                found = await asyncio.gather(*(self._find(home, one, rosters) for one in refs))
        except (ConnectorFailed, TimeoutError) as error:
            raise LookupFailed("Teams did not say who that is") from error
        profiles = {one.ref: one for one in found if one}
        return [_with_zone(one, envelope) for one in profiles.values()]

    async def _rosters(self, home: Home, envelope: Envelope | None) -> list[Roster]:
        here: list[Roster] = [(envelope.where.id, envelope.service_url)] if envelope and envelope.where else []
        channels = await self._book.channels(home)
        others = [(place.ref, place.service_url or home.url) for place in channels]
        return list(dict.fromkeys([*here, *others]))[:MOST_ASKED]

    async def _find(self, home: Home, ref: AccountRef | EmailRef, rosters: Sequence[Roster]) -> Profile | None:
        name = ref.id if isinstance(ref, AccountRef) else ref.address
        for conversation, service_url in rosters:
            path = ("conversations", conversation, "members", name)
            try:
                return read_profile(await self._connector.call("GET", service_url, *path), home.workspace_ref)
            except Refused as refused:
                if refused.status not in (400, 403, 404):
                    raise
        return None

    async def _pages(self, conversation: str, service_url: str) -> AsyncIterator[list[dict[str, Any]]]:
        path = ("conversations", conversation, "pagedmembers")
        query = {"pageSize": str(ROSTER_PAGE)}
        while True:
            answer = await self._connector.call("GET", service_url, *path, query=query)
            yield answer.get("members", [])
            if not (token := answer.get("continuationToken")):
                return
            query["continuationToken"] = str(token)


def read_profile(member: dict[str, Any], tenant_ref: str) -> Profile:
    """A member of a roster. A shared channel has people of other organisations in it."""
    aad_id = member.get("aadObjectId") or member.get("objectId")
    upn = member.get("userPrincipalName") or ""
    guest = str(member.get("userRole") or "").lower() == "guest" or "#EXT#" in upn
    stranger = (member.get("tenantId") or tenant_ref) != tenant_ref
    email = member.get("email") or ("" if guest else upn)
    return Profile(
        ref=aad_id or member["id"],
        other_ref=member["id"] if aad_id else None,
        name=member.get("name") or email or "Somebody",
        email=email.lower() or None,
        handle="" if guest else upn.partition("@")[0],
        kind="stranger" if stranger else "guest" if guest else "member",
    )


def _with_zone(profile: Profile, envelope: Envelope | None) -> Profile:
    """Only an activity tells a zone, and only its sender's."""
    if envelope is None or envelope.sender is None or envelope.sender.id not in (profile.ref, profile.other_ref):
        return profile
    return replace(profile, zone=envelope.zone, locale=envelope.locale)
