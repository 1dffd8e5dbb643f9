"""Connects workspaces: makes their rows, and reads their people and public channels, at the start and daily."""

from __future__ import annotations

import structlog

from bot.slack.profiles import Channel, channel_of, profile_of, recognition_channel, usual_zone
from bot.slack.records import MOST_ROWS, Records
from bot.slack.tokens import Installation, SlackTokens
from bot.slack.web_api import PAGE, SlackApi

assert PAGE <= MOST_ROWS, "each page is one transaction"

_log = structlog.get_logger("slack.connect")


class SlackConnector:
    """Raises `SlackTrouble` when Slack does not answer; what was stored until then is right, and stays."""

    def __init__(self, api: SlackApi, tokens: SlackTokens, records: Records) -> None:
        self._api = api
        self._tokens = tokens
        self._records = records

    async def connect(self) -> None:
        """Makes tenant and workspace where they are new."""
        for installed in await self._tokens.list():
            told = await self._api.ask("users.list", installed.bot_token, {"limit": str(PAGE)})
            zone = usual_zone(profile_of(one, installed.team_id) for one in told["members"])
            await self._records.introduce(installed, zone)
            _log.info("connected", workspace=installed.team_id, name=installed.team_name)
        await self.refresh()

    async def refresh(self) -> None:
        """Reads everybody and every public channel anew."""
        for installed in await self._tokens.list():
            channels = await self._read_channels(installed)
            await self._records.refreshed(installed.team_id, recognition_channel(channels))
            people = await self._read_people(installed)
            _log.info("refreshed", workspace=installed.team_id, people=people, channels=len(channels))

    async def _read_channels(self, installed: Installation) -> list[Channel]:
        """Slack calls more of them archived than anybody asks for, so those are left out."""
        channels: list[Channel] = []
        shown = {"types": "public_channel", "exclude_archived": "true"}
        async for page in self._api.pages("conversations.list", installed.bot_token, "channels", shown):
            read = [channel_of(one) for one in page]
            await self._records.save(installed.team_id, channels=read, background=True)
            channels += read
        return channels

    async def _read_people(self, installed: Installation) -> int:
        count = 0
        shown = {"include_locale": "true"}
        async for page in self._api.pages("users.list", installed.bot_token, "members", shown):
            profiles = [profile_of(one, installed.team_id) for one in page]
            await self._records.save(installed.team_id, profiles, background=True)
            count += len(profiles)
        return count
