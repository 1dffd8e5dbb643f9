"""Teams as one part of the process: everything of this folder, put together from settings."""

from __future__ import annotations

from collections.abc import Callable, Collection

import aiohttp
import structlog

from bot.connected import Core
from bot.directory import LookupFailed
from bot.door import Door
from bot.presenter import CardPresenter
from bot.settings import Settings
from bot.teams.app import TeamsEdge
from bot.teams.arrivals import Admission
from bot.teams.auth import (
    LOOPBACK_HOSTS,
    OPENID_METADATA_URL,
    SERVICE_HOSTS,
    AppType,
    Checks,
    Gate,
    SandboxGate,
    TeamsApp,
)
from bot.teams.book import Book
from bot.teams.connector import Connector
from bot.teams.credentials import LOGIN_URL, Tokens
from bot.teams.directory import TeamsDirectory
from bot.teams.pace import Pace
from bot.teams.transport import Site, TeamsTransport
from bot.web import TEAMS_DOOR, Handler
from handlers.vocabulary import Platform
from store.tenants import Home, list_all_homes

_log = structlog.get_logger("teams")


class TeamsSite:
    """A `Connected`. `commands` are the words a message can begin with; `sandbox_app_id` opens unsigned doors."""

    platform = Platform.TEAMS

    def __init__(
        self,
        settings: Settings,
        core: Core,
        http: aiohttp.ClientSession,
        *,
        presenter: CardPresenter,
        commands: Collection[str],
        on_sends: Callable[[], None],
        sandbox_app_id: str = "",
    ) -> None:
        self._core = core
        self._presenter = presenter
        self._commands = commands
        self._on_sends = on_sends
        self._pace = Pace()
        self._gate: Checks
        if sandbox_app_id:
            self._gate = SandboxGate(sandbox_app_id)
            self._connector = Connector(http, None, LOOPBACK_HOSTS)
            self._admission = Admission(by_speaking=True)
        else:
            hosts = SERVICE_HOSTS | frozenset(settings.microsoft_service_hosts)
            app = _app(settings)
            self._gate = Gate(app, http, settings.microsoft_openid_metadata_url or OPENID_METADATA_URL, hosts)
            tokens = Tokens(app, http, settings.microsoft_login_url or LOGIN_URL)
            self._connector = Connector(http, tokens, hosts)
            self._admission = Admission(only=settings.microsoft_app_tenant_id)
        self._book = Book(
            core.database,
            writers=core.writers,
            readers=core.readers,
            clock=core.clock,
            new_id=core.new_id,
            one_organisation=settings.one_organisation,
            first_runs_it=not settings.plaudit_owners,
        )
        self._edge: TeamsEdge | None = None
        self.directory = TeamsDirectory(self._connector, self._book)

    def doors(self, door: Door) -> dict[str, Handler]:
        self._edge = TeamsEdge(
            gate=self._gate,
            door=door,
            book=self._book,
            directory=self.directory,
            connector=self._connector,
            presenter=self._presenter,
            commands=self._commands,
            admission=self._admission,
            on_sends=self._on_sends,
        )
        return {TEAMS_DOOR: self._edge.handle}

    def transport(self, home: Home) -> TeamsTransport:
        return TeamsTransport(self._connector, Site.of(home), self._pace)

    async def start(self) -> None:
        """Teams calls us; there is nothing to connect to."""

    async def stop(self) -> None:
        """Teams calls us; there is nothing to hang up."""

    async def settle(self) -> None:
        if self._edge:
            await self._edge.drain()

    async def refresh(self) -> None:
        """Reads the rosters of the channels anew, tenant by tenant."""
        for home in await self._core.readers.run(self._homes, background=True):
            for place in await self._book.channels(home):
                try:
                    await self.directory.read_roster(home, place.ref, place.service_url or home.url)
                except LookupFailed as failed:
                    _log.warning("roster not read", tenant=home.tenant_id, why=str(failed))

    def _homes(self) -> list[Home]:
        with self._core.database.reading() as tx:
            return [one for one in list_all_homes(tx) if one.platform == Platform.TEAMS]


def _app(settings: Settings) -> TeamsApp:
    return TeamsApp(
        settings.microsoft_app_id,
        settings.microsoft_app_password,
        AppType(settings.microsoft_app_type),
        settings.microsoft_app_tenant_id,
    )
