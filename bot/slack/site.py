"""Slack as one part of the process: everything of this folder, put together from settings."""

from __future__ import annotations

import asyncio

import aiohttp
import structlog

from bot.admission import Busy
from bot.connected import Core
from bot.door import Door
from bot.settings import Settings
from bot.slack.app import SlackEdge
from bot.slack.connect import SlackConnector
from bot.slack.directory import SlackDirectory
from bot.slack.events import SlackEvents
from bot.slack.records import Records
from bot.slack.tokens import EnvironmentToken
from bot.slack.transport import SlackTransport
from bot.slack.web_api import SlackApi, SlackTrouble
from bot.web import SLACK_DOOR, Handler
from handlers.vocabulary import Platform
from store.tenants import Home

RETRY_S = 15.0

_log = structlog.get_logger("slack")


class SlackSite:
    """A `Connected`."""

    platform = Platform.SLACK

    def __init__(self, settings: Settings, core: Core, http: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._api = SlackApi(http, settings.slack_api_url)
        self._tokens = EnvironmentToken(self._api, settings.slack_bot_token)
        self._records = Records(
            core.database,
            core.writers,
            clock=core.clock,
            new_id=core.new_id,
            one_organisation=settings.one_organisation,
        )
        self._connector = SlackConnector(self._api, self._tokens, self._records)
        self._edge: SlackEdge | None = None
        self._hearing: asyncio.Task[None] | None = None
        self._connecting: asyncio.Task[None] | None = None
        self.directory = SlackDirectory(self._api, self._tokens, self._records)

    def doors(self, door: Door) -> dict[str, Handler]:
        self._edge = SlackEdge(
            door,
            self._api,
            self._tokens,
            SlackEvents(self.directory, self._records, self._tokens, door),
            signing_secret=self._settings.slack_signing_secret,
            app_token=self._settings.slack_app_token,
        )
        return {SLACK_DOOR: self._edge.handle} if self._settings.slack_signing_secret else {}

    def transport(self, home: Home) -> SlackTransport:
        return SlackTransport(self._api, self._tokens, home.workspace_ref)

    async def start(self) -> None:
        """Serves at once; the workspace is read as soon as Slack answers."""
        assert self._edge, "doors come first"
        self._hearing = asyncio.create_task(self._edge.start())  # Socket Mode tries until Slack can be reached
        self._connecting = asyncio.create_task(self._connect())

    async def connected(self) -> None:
        """Waits until the workspace was read."""
        if self._connecting:
            await self._connecting

    async def stop(self) -> None:
        for task in filter(None, (self._hearing, self._connecting)):
            task.cancel()
        if self._edge:
            await self._edge.stop()

    async def settle(self) -> None:
        if self._edge:
            await self._edge.settle()

    async def refresh(self) -> None:
        await self._connector.refresh()

    async def _connect(self) -> None:
        while True:
            try:
                return await self._connector.connect()
            except (SlackTrouble, Busy) as trouble:
                _log.error("not connected; trying again", why=str(trouble), seconds=RETRY_S)
            except Exception:  # such as a database that is away: whoever waits for the workspace must not wait for ever
                _log.exception("not connected; trying again", seconds=RETRY_S)
            await asyncio.sleep(RETRY_S)
