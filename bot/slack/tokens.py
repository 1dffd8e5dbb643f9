"""Where the token of a workspace is found. One interface, so that tokens of many workspaces can come later."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.slack.web_api import SlackApi, SlackTrouble


@dataclass(frozen=True, slots=True)
class Installation:
    """The app in one workspace. `url` is the workspace's address, with a slash at its end."""

    team_id: str
    team_name: str
    url: str
    bot_id: str
    bot_user_id: str
    app_id: str
    bot_token: str = field(repr=False)


class SlackTokens(Protocol):
    async def find(self, team_id: str) -> Installation | None:
        """None where the app is not installed. Raises `SlackTrouble` if it takes asking Slack, and that fails."""

    async def list(self) -> Sequence[Installation]: ...


class EnvironmentToken:
    """One workspace, by the token in the environment. Slack is asked once whose it is, and which app's."""

    def __init__(self, api: SlackApi, bot_token: str) -> None:
        self._api = api
        self._bot_token = bot_token
        self._own: Installation | None = None
        self._asking = asyncio.Lock()

    async def find(self, team_id: str) -> Installation | None:
        own = self._own or await self._identify()
        return own if own.team_id == team_id else None

    async def list(self) -> Sequence[Installation]:
        return [self._own or await self._identify()]

    async def _identify(self) -> Installation:
        async with self._asking:
            if self._own is None:
                told = await self._api.ask("auth.test", self._bot_token)
                self._own = Installation(
                    team_id=told["team_id"],
                    team_name=told.get("team") or told["team_id"],
                    url=told.get("url") or "",
                    bot_id=told.get("bot_id") or "",
                    bot_user_id=told.get("user_id") or "",
                    app_id=await self._app_id(told.get("bot_id") or ""),
                    bot_token=self._bot_token,
                )
            return self._own

    async def _app_id(self, bot_id: str) -> str:
        """What Slack does not tell is a button less, and no reason not to start."""
        try:
            told = await self._api.ask("bots.info", self._bot_token, {"bot": bot_id})
        except SlackTrouble:
            return ""
        return (told.get("bot") or {}).get("app_id") or ""
