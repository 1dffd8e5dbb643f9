"""What the Teams side writes down and looks up: who is connected, which conversations there are, who is in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from bot.admission import Lane
from bot.teams.activities import Envelope
from bot.writing import write
from handlers.vocabulary import ConversationRef, PlaceKind, WorkspaceRef
from store.audit import AuditFact, add_audit
from store.conversations import Conversation, Place, close_place, find_place, list_channels, save_place
from store.db import Connection, Database
from store.outbox import NewMessage, SendKind, add_messages
from store.people import Member, MemberAccount, Profile, find_members, keep_chat, save_profiles
from store.programme import add_starting_programme
from store.requests import claim
from store.roles import Role, give_role
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

PAGE = 200
"""How many people one transaction saves."""

T = TypeVar("T")


class Book:
    """Nothing here waits for Teams. `urgent` work goes through the queue of requests, and may be refused `Busy`."""

    def __init__(
        self,
        database: Database,
        *,
        writers: Lane,
        readers: Lane,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        one_organisation: bool = False,
        first_runs_it: bool = False,
    ) -> None:
        """`first_runs_it`: whoever brings the app to a new organisation is its administrator, for nobody else is."""
        self._database = database
        self._writers = writers
        self._readers = readers
        self._clock = clock
        self._new_id = new_id
        self._one_organisation = one_organisation
        self._first_runs_it = first_runs_it

    # --- tenants ---

    async def find_home(self, workspace: WorkspaceRef) -> Home | None:
        return await self._read(lambda tx: find_home(tx, workspace.platform, workspace.id))

    async def connect(self, envelope: Envelope, *, installs: bool = False) -> Home:
        """The tenant of an activity; new with a starting programme if nobody of it was here before.

        `installs`: its sender brought the app, and has not only spoken to it.
        """
        return await self._write(lambda tx: self._connect(tx, envelope, installs=installs), urgent=True)

    def _connect(self, tx: Connection, envelope: Envelope, *, installs: bool) -> Home:
        ref = envelope.workspace
        revive_workspace(tx, ref.platform, ref.id)
        if home := find_home(tx, ref.platform, ref.id):
            return home
        joined = find_only_tenant(tx) if self._one_organisation else None
        made = Workspace(
            tenant_id=joined or self._new_id(),
            id=self._new_id(),
            platform=ref.platform,
            ref=ref.id,
            name="Microsoft Teams",
            bot_ref=envelope.bot_id,
            url=envelope.service_url,
        )
        # Teams does not say what an organisation is called; an administrator may.
        if not joined:
            add_tenant(tx, made.tenant_id, "Your organisation", envelope.zone or "UTC", self._clock())
            add_starting_programme(tx, made.tenant_id)
        add_workspace(tx, made)
        change_programme(tx, made.tenant_id)
        home = find_home(tx, ref.platform, ref.id)
        assert home, "a workspace that was just added is found"
        if installs and self._first_runs_it and not joined and envelope.sender:
            self._appoint(tx, home, envelope)
        return home

    def _appoint(self, tx: Connection, home: Home, envelope: Envelope) -> None:
        """In the transaction that makes the tenant. A guest, who may do nothing, until the roster says otherwise."""
        assert envelope.sender, "somebody sent it"
        ref, own = envelope.who.id, envelope.sender.id
        found = Profile(
            ref=ref,
            other_ref=own if own != ref else None,
            name=envelope.sender.name or "Somebody",
            zone=envelope.zone,
            locale=envelope.locale,
            kind="guest",
        )
        now = self._clock()
        save_profiles(tx, home.tenant_id, home.workspace_id, [found], {ref: self._new_id()}, now)
        member = find_members(tx, home.tenant_id, home.workspace_id, [ref])[ref]
        give_role(tx, home.tenant_id, Role.ADMINISTRATOR, member.id, now)
        fact = AuditFact(
            id=self._new_id(),
            at=now,
            actor_id=member.id,
            act="administrator added",
            subject_id=member.id,
            details={"because": "they brought the app"},
        )
        add_audit(tx, home.tenant_id, fact)

    # --- conversations ---

    async def enter(
        self, home: Home, places: Sequence[ConversationRef], envelope: Envelope, *, urgent: bool = False
    ) -> None:
        """The app is in these conversations, and this is where they are reached."""
        await self._write(lambda tx: self._enter(tx, home, places, envelope), urgent=urgent)

    def _enter(self, tx: Connection, home: Home, places: Sequence[ConversationRef], envelope: Envelope) -> None:
        url = envelope.service_url
        known = [find_place(tx, home.tenant_id, home.workspace_id, one.id) for one in places]
        for one in places:
            save_place(tx, self._conversation(home, one, url, member=True))
        moved = (home.url, home.bot_ref) != (url, envelope.bot_id)
        if moved:
            change_workspace(tx, home.tenant_id, home.workspace_id, url=url, bot_ref=envelope.bot_id)
        # Places are kept in memory with the programme, the recognition channel among them.
        if moved or any(one and not (one.member and one.service_url == url) for one in known):
            change_programme(tx, home.tenant_id)

    async def find_place(self, home: Home, ref: str) -> Place | None:
        return await self._read(lambda tx: find_place(tx, home.tenant_id, home.workspace_id, ref))

    async def note_unseen(self, home: Home, places: Sequence[ConversationRef], service_url: str) -> None:
        """Conversations that somebody asked from, where the app is not as far as we know."""
        await self._write(lambda tx: self._note_unseen(tx, home, places, service_url), urgent=True)

    def _note_unseen(self, tx: Connection, home: Home, places: Sequence[ConversationRef], service_url: str) -> None:
        for one in places:
            if find_place(tx, home.tenant_id, home.workspace_id, one.id) is None:
                save_place(tx, self._conversation(home, one, service_url, member=False))

    async def leave(self, home: Home, ref: str) -> None:
        """The app was removed from a conversation."""
        await self._write(lambda tx: _leave(tx, home, ref))

    async def choose_recognition_place(self, home: Home, ref: str) -> None:
        """Recognitions go there unless a place was chosen before."""
        await self._write(lambda tx: _choose(tx, home, ref))

    async def channels(self, home: Home) -> list[Place]:
        """Channels that the app is in."""
        found = await self._read(lambda tx: list_channels(tx, home.tenant_id, home.workspace_id))
        return [place for place in found if place.member and not place.archived]

    async def welcome(self, home: Home, ref: str, payload: dict[str, Any]) -> bool:
        """Puts a welcome into the outbox, once for a conversation however often the app is added to it."""
        return await self._write(lambda tx: self._welcome(tx, home, ref, payload))

    def _welcome(self, tx: Connection, home: Home, ref: str, payload: dict[str, Any]) -> bool:
        place = find_place(tx, home.tenant_id, home.workspace_id, ref)
        if place is None or claim(tx, home.tenant_id, f"teams:welcome:{ref}", "welcome", self._clock()):
            return False
        message = NewMessage(
            id=self._new_id(),
            workspace_id=home.workspace_id,
            kind=SendKind.POST,
            view="welcome",
            payload=payload,
            conversation_id=place.id,
            conversation_ref=place.ref,
            service_url=place.service_url,
        )
        add_messages(tx, home.tenant_id, [message], self._clock())
        return True

    def _conversation(self, home: Home, ref: ConversationRef, service_url: str, *, member: bool) -> Conversation:
        return Conversation(
            tenant_id=home.tenant_id,
            id=self._new_id(),
            workspace_id=home.workspace_id,
            ref=ref.id,
            kind=ref.kind.value,
            name=ref.name,
            member=member,
            service_url=service_url,
        )

    # --- people ---

    async def save_people(self, home: Home, profiles: Iterable[Profile], *, urgent: bool = False) -> None:
        wanted = list(profiles)
        for start in range(0, len(wanted), PAGE):
            page = wanted[start : start + PAGE]
            await self._write(lambda tx, page=page: self._save(tx, home, page), urgent=urgent)  # type: ignore[misc]

    def _save(self, tx: Connection, home: Home, profiles: Sequence[Profile]) -> None:
        ids = {one.ref: self._new_id() for one in profiles}
        save_profiles(tx, home.tenant_id, home.workspace_id, profiles, ids, self._clock())

    async def keep_sender(self, home: Home, envelope: Envelope) -> None:
        """Writes down a known person's chat with the app, zone and language, where the store has others."""
        if await self._read(lambda tx: _news(tx, home, envelope)):
            await self._write(lambda tx: _keep(tx, home, envelope))

    # --- transactions ---

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def reading() -> T:
            with self._database.reading() as tx:
                return work(tx)

        return await self._readers.run(reading, background=True)

    async def _write(self, work: Callable[[Connection], T], *, urgent: bool = False) -> T:
        return await self._writers.run(lambda: write(self._database, work), background=not urgent)


def _leave(tx: Connection, home: Home, ref: str) -> None:
    if place := find_place(tx, home.tenant_id, home.workspace_id, ref):
        close_place(tx, home.tenant_id, place.id, archived=False)
        change_programme(tx, home.tenant_id)


def _choose(tx: Connection, home: Home, ref: str) -> None:
    fresh = find_home(tx, home.platform, home.workspace_ref)
    place = find_place(tx, home.tenant_id, home.workspace_id, ref)
    if fresh and place and fresh.recognition_id is None:
        change_workspace(tx, home.tenant_id, home.workspace_id, recognition_id=place.id)
        change_programme(tx, home.tenant_id)


def _news(tx: Connection, home: Home, envelope: Envelope) -> tuple[Member, MemberAccount] | None:
    member = find_members(tx, home.tenant_id, home.workspace_id, [envelope.who.id]).get(envelope.who.id)
    if member is None:
        return None
    account = next(one for one in member.accounts if one.workspace_id == home.workspace_id)
    known = (account.chat_ref, member.zone, member.locale)
    return (member, account) if _told(envelope, member, account) != known else None


def _told(envelope: Envelope, member: Member, account: MemberAccount) -> tuple[str, str, str]:
    where = envelope.where
    chat = where.id if where and where.kind is PlaceKind.PERSONAL else account.chat_ref
    return chat, envelope.zone or member.zone, envelope.locale or member.locale


def _keep(tx: Connection, home: Home, envelope: Envelope) -> None:
    found = _news(tx, home, envelope)
    if found is None:
        return
    member, account = found
    chat, zone, locale = _told(envelope, member, account)
    keep_chat(tx, home.tenant_id, account.id, chat)
    profile = replace(_as_stored(member, account), zone=zone, locale=locale)
    save_profiles(tx, home.tenant_id, home.workspace_id, [profile], {})


def _as_stored(member: Member, account: MemberAccount) -> Profile:
    """Changes nothing when it is saved."""
    return Profile(
        ref=account.ref,
        other_ref=account.other_ref,
        name=member.name,
        kind=member.kind,
        active=member.active,
    )
