"""The app comes to a tenant, a team, a chat, and leaves it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from bot.directory import LookupFailed
from bot.presenter import CardPresenter
from bot.teams.activities import Envelope, Presence
from bot.teams.book import Book
from bot.teams.connector import Connector, ConnectorFailed
from bot.teams.directory import TeamsDirectory
from handlers.vocabulary import AccountRef, Card, ConversationRef, PlaceKind, Platform, Reader
from store.tenants import Home

COMMAND = "kudos"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Admission:
    """Which tenants may connect themselves. Teams has no sign-up of its own: installing the app is it.

    `only` is MICROSOFT_APP_TENANT_ID: empty admits every tenant whose activity was signed for this app.
    `by_speaking` lets a tenant in at its first word too, for the sandbox.
    """

    only: str = ""
    by_speaking: bool = False

    def admits(self, envelope: Envelope) -> bool:
        return self.only in ("", envelope.tenant_id)


class Arrivals:
    """`follow` runs work beside the answer; `on_sends` is called when something is in the outbox."""

    def __init__(
        self,
        *,
        book: Book,
        directory: TeamsDirectory,
        connector: Connector,
        presenter: CardPresenter,
        admission: Admission,
        follow: Callable[[Coroutine[Any, Any, None]], None],
        on_sends: Callable[[], None],
    ) -> None:
        self._book = book
        self._directory = directory
        self._connector = connector
        self._presenter = presenter
        self._admission = admission
        self._follow = follow
        self._on_sends = on_sends
        self._busy_with: set[str] = set()

    async def hear(self, presence: Presence) -> None:
        envelope = presence.envelope
        if presence.here:
            await self._came(envelope)
        elif home := await self._book.find_home(envelope.workspace):
            await self._changed(home, presence)

    async def _came(self, envelope: Envelope) -> None:
        where = envelope.where
        if where is None or where.kind is PlaceKind.DIRECT:
            return
        home = await self._home(envelope)
        if home is None:
            self._follow(self._decline(envelope, where))
            return
        await self._book.enter(home, [where], envelope)
        if where.kind is PlaceKind.CHANNEL:
            await self._book.choose_recognition_place(home, where.id)
        if await self._book.welcome(home, where.id, self._welcome(home, envelope)):
            self._on_sends()
        self._once(where.id, self._look_around(home, envelope, where))

    async def _changed(self, home: Home, presence: Presence) -> None:
        envelope = presence.envelope
        if presence.here is False and envelope.where:
            await self._book.leave(home, envelope.where.id)
        if presence.channel:
            await self._book.enter(home, [presence.channel], envelope)
        if presence.joined:
            self._follow(self._meet(presence))

    async def _home(self, envelope: Envelope) -> Home | None:
        known = await self._book.find_home(envelope.workspace)
        if known or not self._admission.admits(envelope):
            return known
        return await self._book.connect(envelope, installs=True)

    def _welcome(self, home: Home, envelope: Envelope) -> dict[str, Any]:
        reader = Reader(Platform.TEAMS, home.workspace_id, home.workspace_ref, home.zone, envelope.locale)
        return self._presenter.card(Card("welcome", {"command": COMMAND}), reader)

    # --- beside the answer --------------------------------------------------------------------------------

    def _once(self, conversation: str, work: Coroutine[Any, Any, None]) -> None:
        """Teams tells twice that the app came; the roster is read once."""
        if conversation in self._busy_with:
            work.close()
            return
        self._busy_with.add(conversation)
        self._follow(self._freeing(conversation, work))

    async def _freeing(self, conversation: str, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._busy_with.discard(conversation)

    async def _look_around(self, home: Home, envelope: Envelope, where: ConversationRef) -> None:
        """Everybody who is there, and the other channels of a team. What fails is found out when it is needed."""
        try:
            if envelope.team_id:
                channels = await self._directory.read_channels(
                    envelope.workspace, envelope.team_id, envelope.service_url
                )
                await self._book.enter(home, channels, envelope)
            count = await self._directory.read_roster(home, where.id, envelope.service_url)
            if envelope.sender:
                await self._book.keep_sender(home, envelope)
        except LookupFailed as error:
            _log.warning("teams_roster_not_read", tenant=home.tenant_id, error=str(error))
        else:
            _log.info("teams_roster_read", tenant=home.tenant_id, people=count)

    async def _meet(self, presence: Presence) -> None:
        envelope = presence.envelope
        refs = [AccountRef(envelope.workspace, one) for one in presence.joined]
        try:
            await self._directory.look_up(envelope.workspace, refs)
        except LookupFailed as error:
            _log.warning("teams_members_not_read", error=str(error))

    async def _decline(self, envelope: Envelope, where: ConversationRef) -> None:
        words = "I am set up for another organisation, so I cannot help here. Please remove me again."
        path = ("conversations", where.id, "activities")
        try:
            await self._connector.call("POST", envelope.service_url, *path, body={"type": "message", "text": words})
        except ConnectorFailed as error:
            _log.warning("teams_not_declined", error=error.what)
