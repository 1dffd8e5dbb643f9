"""News about a workspace keep the directory fresh, and reactions give. An event is answered when it is stored."""

from __future__ import annotations

from typing import Any, TypeAlias

from bot.admission import Busy
from bot.door import NOT_TAKEN, Answering
from bot.slack.directory import SlackDirectory
from bot.slack.profiles import profile_of
from bot.slack.read import Malformed, read_reaction
from bot.slack.records import Records
from bot.slack.tokens import SlackTokens
from handlers.vocabulary import ConversationRef, PlaceKind, Platform, WorkspaceRef
from store.people import Profile

Json: TypeAlias = dict[str, Any]

EVENTS = (
    "app_home_opened",
    "app_uninstalled",
    "channel_archive",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "reaction_added",
    "reaction_removed",
    "team_join",
    "tokens_revoked",
    "user_change",
)
"""What the app subscribes to."""


class SlackEvents:
    """What it does may be done again. Raises `LookupFailed` or `Busy` for what Slack is to send again, `Malformed`
    for what it would not send.
    """

    def __init__(self, directory: SlackDirectory, records: Records, tokens: SlackTokens, door: Answering) -> None:
        self._directory = directory
        self._records = records
        self._tokens = tokens
        self._door = door

    async def take(self, team_id: str, event: Json, bot_user_id: str = "") -> None:
        match event["type"]:
            case "reaction_added" | "reaction_removed":
                await self._react(team_id, event)
            case "team_join" | "user_change":
                await self._records.save(team_id, [_profile(event, team_id)])
            case "member_joined_channel" | "member_left_channel" if event.get("user") == bot_user_id:
                await self._see(team_id, _channel_id(event))
            case str(kind) if kind.startswith(("channel_", "group_")):
                await self._see(team_id, _channel_id(event))
            case "app_uninstalled":
                await self._records.remove(team_id)
            case "tokens_revoked" if _is_ours(event):
                await self._records.remove(team_id)

    async def _react(self, team_id: str, event: Json) -> None:
        installed = await self._tokens.find(team_id)
        request = read_reaction(team_id, event, installed.url if installed else "")
        if request and (answered := await self._door.answer(request)).outcome in NOT_TAKEN:
            raise Busy(answered.outcome)

    async def _see(self, team_id: str, ref: str) -> None:
        """What an event says may be old by now, so Slack is asked how things are."""
        workspace = WorkspaceRef(Platform.SLACK, team_id)
        await self._directory.look_up(workspace, [ConversationRef(workspace, ref, PlaceKind.PRIVATE)])


def _profile(event: Json, team_id: str) -> Profile:
    try:
        return profile_of(event["user"], team_id)
    except (KeyError, TypeError, AttributeError) as error:
        raise Malformed(f"no person ({error!r})") from error


def _channel_id(event: Json) -> str:
    """A rename brings the whole channel, everything else its id."""
    channel = event.get("channel")
    ref = channel.get("id") if isinstance(channel, dict) else channel
    if isinstance(ref, str) and ref:
        return ref
    raise Malformed("no channel")


def _is_ours(event: Json) -> bool:
    """People may revoke tokens of their own; without the bot's we are out."""
    tokens = event.get("tokens")
    return isinstance(tokens, dict) and bool(tokens.get("bot"))
