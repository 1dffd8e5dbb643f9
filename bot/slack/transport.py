"""Posts, edits and whispers in one Slack workspace, and says in which of three ways a send failed."""

from __future__ import annotations

from typing import Any, TypeAlias

from bot.slack.tokens import Installation, SlackTokens
from bot.slack.web_api import Declined, Lost, RateLimited, SlackApi, SlackTrouble, Unavailable
from bot.transport import Fate, SendFailed, Sent
from store.outbox import Due, SendKind

Json: TypeAlias = dict[str, Any]

TIMEOUT_S = 10.0
PACE_MS = 1000  # one message a second in a channel: docs.slack.dev/apis/web-api/rate-limits
NOT_INSTALLED = "not_installed"
EVENT_TYPE = "plaudit_message"
LOOK_BACK = 200  # messages

# Errors of chat.postMessage, chat.update and chat.postEphemeral: docs.slack.dev/reference/methods.
_CLOSED = {
    "channel_not_found": "not_in_channel",
    "not_in_channel": "not_in_channel",
    "is_archived": "archived",
}
_NOT_HERE = {"channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived"}
_LATER = {"accesslimited", "request_timeout", "service_unavailable", "team_added_to_org"}
_LIMITED = {"ratelimited", "rate_limited"}
_HALF_DONE = {"fatal_error", "internal_error"}  # "it's possible some aspect of the operation succeeded"
_REINSTALL = "Slack does not accept the app's token any more ({code}): install the app again."
_HINTS = {
    NOT_INSTALLED: "The app is not installed in this workspace any more: install it again.",
    "account_inactive": _REINSTALL,
    "invalid_auth": _REINSTALL,
    "not_authed": _REINSTALL,
    "token_expired": _REINSTALL,
    "token_revoked": _REINSTALL,
    "missing_scope": "The app lacks a permission ({code}): update it from its manifest and install it again.",
    "messages_tab_disabled": "The app's Messages tab is off ({code}): switch it on under App Home.",
    "restricted_action": "A setting of the workspace keeps the app from posting there ({code}).",
    "is_archived": "The channel is archived ({code}).",
    "not_in_channel": "The app is not in the channel ({code}): type /invite @Plaudit there.",
    "channel_not_found": "The channel is gone, or private and without the app ({code}).",
}


class SlackTransport:
    """A `Transport` to the workspace `team_id`."""

    def __init__(self, api: SlackApi, tokens: SlackTokens, team_id: str) -> None:
        self._api = api
        self._tokens = tokens
        self._team_id = team_id

    async def send(self, message: Due, payload: Json) -> Sent:
        try:
            installed = await self._installed()
            if message.kind == SendKind.WHISPER:
                return await self._whisper(installed, message, payload)
            return await self._post(installed, message, payload)
        except SlackTrouble as trouble:
            if bare := _without_pictures(trouble, payload):
                return await self.send(message, bare)
            raise _failure(trouble) from trouble

    async def edit(self, message: Due, payload: Json) -> Sent:
        channel, _, ts = message.ref.partition(":")
        try:
            installed = await self._installed()
            body = {"channel": channel, "ts": ts, **payload}
            await self._api.do("chat.update", installed.bot_token, body, timeout_s=TIMEOUT_S)
        except SlackTrouble as trouble:
            if bare := _without_pictures(trouble, payload):
                return await self.edit(message, bare)
            raise _failure(trouble) from trouble
        return Sent(message.ref, _link(installed, channel, ts))

    async def find(self, message: Due) -> Sent | None:
        """By the id in its metadata, among the latest messages of its conversation."""
        channel = message.conversation_ref
        try:
            installed = await self._installed()
            told = await self._api.ask(
                "conversations.history",
                installed.bot_token,
                {"channel": channel, "limit": str(LOOK_BACK), "include_all_metadata": "true"},
            )
        except (Unavailable, Lost) as trouble:
            raise SendFailed(Fate.AGAIN, f"Slack does not say whether it was shown ({trouble})") from trouble
        except SlackTrouble as trouble:
            raise SendFailed(Fate.UNCERTAIN, f"nobody can look whether it was shown ({trouble})") from trouble
        seen: list[Json] = told.get("messages") or []
        for one in seen:
            if _id_of(one) == message.id:
                return Sent(f"{channel}:{one['ts']}", _link(installed, channel, one["ts"]))
        if told.get("has_more") and not _reaches(seen, message):
            raise SendFailed(Fate.UNCERTAIN, "too much was said there since to look whether it was shown")
        return None

    def pace_ms(self, message: Due) -> int:
        return PACE_MS

    async def _installed(self) -> Installation:
        installed = await self._tokens.find(self._team_id)
        if installed is None:
            raise Declined("send", NOT_INSTALLED)
        return installed

    async def _post(self, installed: Installation, message: Due, payload: Json) -> Sent:
        body = {
            "channel": message.conversation_ref or message.account_ref,
            "metadata": {"event_type": EVENT_TYPE, "event_payload": {"id": message.id}},
            "unfurl_links": False,
            "unfurl_media": False,
            **payload,
        }
        told = await self._api.do("chat.postMessage", installed.bot_token, body, timeout_s=TIMEOUT_S)
        channel, ts = _shown_at(told)
        chat_ref = "" if message.conversation_ref else channel
        return Sent(f"{channel}:{ts}", _link(installed, channel, ts), chat_ref)

    async def _whisper(self, installed: Installation, message: Due, payload: Json) -> Sent:
        """Where the app may not whisper, it says so in the personal chat."""
        body = {"channel": message.conversation_ref, "user": message.account_ref, **payload}
        try:
            told = await self._api.do("chat.postEphemeral", installed.bot_token, body, timeout_s=TIMEOUT_S)
        except Declined as declined:
            if declined.what not in _NOT_HERE:
                raise
            direct = {"channel": message.account_ref, "unfurl_links": False, "unfurl_media": False, **payload}
            told = await self._api.do("chat.postMessage", installed.bot_token, direct, timeout_s=TIMEOUT_S)
            channel, ts = _shown_at(told)
            return Sent(f"{channel}:{ts}", chat_ref=channel)
        return Sent(f"{message.conversation_ref}:{told.get('message_ts', '')}")


def _without_pictures(trouble: SlackTrouble, payload: Json) -> Json | None:
    """What is left to send where Slack could not fetch a picture, for which it refuses all of a message."""
    if not (isinstance(trouble, Declined) and trouble.what == "invalid_blocks"):
        return None
    blocks: list[Json] = payload.get("blocks") or []
    bare = [
        one | {"elements": [part for part in one["elements"] if part["type"] != "image"]}
        if one["type"] == "context"
        else one
        for one in blocks
    ]
    return payload | {"blocks": bare} if bare != blocks else None


def _shown_at(told: Json) -> tuple[str, str]:
    channel, ts = told.get("channel"), told.get("ts")
    if isinstance(channel, str) and isinstance(ts, str):
        return channel, ts
    raise Lost("chat.postMessage", "an answer without a place")


def _failure(trouble: SlackTrouble) -> SendFailed:
    match trouble:
        case RateLimited():
            return SendFailed(Fate.AGAIN, str(trouble), after_s=trouble.after_s, everywhere=_is_everywhere(trouble))
        case Lost():
            return SendFailed(Fate.UNCERTAIN, str(trouble))
        case Declined():
            return _declined(trouble)
        case _:
            return SendFailed(Fate.AGAIN, str(trouble))


def _is_everywhere(limited: RateLimited) -> bool:
    """Posts are counted by channel, all other methods by workspace (docs.slack.dev/apis/web-api/rate-limits)."""
    return limited.method != "chat.postMessage"


def _declined(declined: Declined) -> SendFailed:
    code = declined.what
    if code in _LIMITED:
        # Without a 429 it is "the application has posted too many messages": the whole workspace.
        return SendFailed(Fate.AGAIN, str(declined), after_s=30.0, everywhere=True)
    if code in _LATER:
        return SendFailed(Fate.AGAIN, str(declined))
    if code in _HALF_DONE:
        return SendFailed(Fate.UNCERTAIN, str(declined))
    what = _HINTS.get(code, "Slack refused the message ({code}).").format(code=code)
    return SendFailed(Fate.DEAD, what, closed=_CLOSED.get(code, ""))


def _link(installed: Installation, channel: str, ts: str) -> str:
    """As chat.getPermalink makes it, which would be one more call."""
    return f"{installed.url}archives/{channel}/p{ts.replace('.', '')}" if installed.url else ""


def _id_of(message: Json) -> object:
    metadata = message.get("metadata") or {}
    return (metadata.get("event_payload") or {}).get("id")


def _reaches(seen: list[Json], message: Due) -> bool:
    """Whether the oldest message that was seen is older than `message`."""
    return bool(seen) and float(seen[-1]["ts"]) < message.added_at.timestamp()
