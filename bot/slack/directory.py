"""Looks up people, groups and conversations of a Slack workspace, and keeps them in the store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import structlog

from bot.directory import Found, LookupFailed
from bot.slack.profiles import Channel, channel_of, profile_of, unseen
from bot.slack.records import Records
from bot.slack.tokens import Installation, SlackTokens
from bot.slack.web_api import Declined, SlackApi, SlackTrouble
from handlers.vocabulary import AccountRef, ConversationRef, EmailRef, Findable, GroupRef, WorkspaceRef
from store.people import Profile

Json: TypeAlias = dict[str, Any]

PATIENCE_S = 3.0
AT_ONCE = 8

_NOT_FOUND = {
    "user_not_found",
    "user_not_visible",
    "users_not_found",
    "no_such_subteam",
    "subteam_not_found",
    "channel_not_found",
}
_NOT_ALLOWED = {"missing_scope", "not_allowed_token_type", "paid_teams_only", "permission_denied"}
"""As good as not found, until an administrator changes the app's permissions."""

_log = structlog.get_logger("slack.directory")


class SlackDirectory:
    """A `Directory`. Everything asked for together is stored together."""

    def __init__(self, api: SlackApi, tokens: SlackTokens, records: Records) -> None:
        self._api = api
        self._tokens = tokens
        self._records = records

    async def look_up(self, workspace: WorkspaceRef, refs: Sequence[Findable]) -> Found:
        try:
            async with asyncio.timeout(PATIENCE_S):
                installed = await self._tokens.find(workspace.id)
                return await _Look(self._api, self._records, installed).up(refs) if installed else Found()
        except (SlackTrouble, TimeoutError) as trouble:
            raise LookupFailed(str(trouble) or "Slack took too long") from trouble


class _Look:
    """One look-up in one workspace."""

    def __init__(self, api: SlackApi, records: Records, installed: Installation) -> None:
        self._api = api
        self._records = records
        self._installed = installed
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def up(self, refs: Sequence[Findable]) -> Found:
        groups = {ref: await self._members(ref) for ref in refs if isinstance(ref, GroupRef)}
        people = [ref.id for ref in refs if isinstance(ref, AccountRef)]
        people += await self._strangers_to_us(groups.values())
        emails = [ref.address for ref in refs if isinstance(ref, EmailRef)]
        places = [ref for ref in refs if isinstance(ref, ConversationRef)]
        found = await asyncio.gather(
            *(self._person("users.info", user=one) for one in dict.fromkeys(people)),
            *(self._person("users.lookupByEmail", email=one) for one in emails),
        )
        channels = await asyncio.gather(*(self._channel(one) for one in places))
        profiles = {one.ref: one for one in found if one}
        await self._records.save(self._installed.team_id, list(profiles.values()), channels)
        return Found(groups)

    async def _members(self, ref: GroupRef) -> tuple[AccountRef, ...]:
        """A group that is gone has no members."""
        told = await self._ask("usergroups.users.list", usergroup=ref.id)
        return tuple(AccountRef(ref.workspace, one) for one in (told or {}).get("users", ()))

    async def _strangers_to_us(self, groups: Iterable[tuple[AccountRef, ...]]) -> list[str]:
        members = {one.id for group in groups for one in group}
        return await self._records.missing(self._installed.team_id, sorted(members))

    async def _person(self, method: str, **sought: str) -> Profile | None:
        told = await self._ask(method, include_locale="true", **sought)
        return profile_of(told["user"], self._installed.team_id) if told else None

    async def _channel(self, ref: ConversationRef) -> Channel:
        told = await self._ask("conversations.info", channel=ref.id)
        return channel_of(told["channel"]) if told else unseen(ref)

    async def _ask(self, method: str, **arguments: str) -> Json | None:
        """None: there is no such thing, for all the app may know."""
        try:
            async with self._turns:
                return await self._api.ask(method, self._installed.bot_token, arguments, timeout_s=PATIENCE_S)
        except Declined as declined:
            if declined.what in _NOT_ALLOWED:
                _log.warning("not allowed to look up", method=method, code=declined.what)
            if declined.what in _NOT_FOUND | _NOT_ALLOWED:
                return None
            raise
