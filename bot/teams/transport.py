"""Sends to one Teams tenant, and tells the ways in which that fails apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.teams.connector import (
    Connector,
    ConnectorFailed,
    NoAnswer,
    NotConnected,
    NoToken,
    Refused,
    UnknownHost,
)
from bot.teams.pace import Pace
from bot.teams.write import message_activity
from bot.transport import Fate, SendFailed, Sent
from handlers.vocabulary import ConversationRef, PlaceKind
from store.outbox import Due, SendKind
from store.tenants import Home

NO_TOKEN_S = 300.0
"""A wrong secret is corrected by somebody, and until then every try is in vain."""

_AGAIN = frozenset({401, 412, 429, 500, 502, 503})
_GAVE_UP = 504  # a gateway that waited: what it waited for may be done
_TARGETED = {"isTargetedActivity": "true"}


@dataclass(frozen=True, slots=True)
class Site:
    """A tenant as the connector knows it: its id, who we are there, and where it is reached."""

    tenant_ref: str
    bot_ref: str
    service_url: str

    @classmethod
    def of(cls, home: Home) -> Site:
        return cls(home.workspace_ref, home.bot_ref, home.url)


class TeamsTransport:
    """A `Transport` for one tenant. Several may share a `pace`, so that it outlives them."""

    def __init__(self, connector: Connector, site: Site, pace: Pace | None = None) -> None:
        self._connector = connector
        self._site = site
        self._pace = pace or Pace()

    async def send(self, message: Due, payload: dict[str, Any]) -> Sent:
        service_url = message.service_url or self._site.service_url
        try:
            if message.kind == SendKind.WHISPER:
                return await self._whisper(service_url, message.conversation_ref, message.account_ref, payload)
            if message.conversation_ref:
                return await self._post(service_url, message.conversation_ref, payload)
            return await self._direct(service_url, message.account_ref, payload)
        except ConnectorFailed as error:
            raise classify(error) from error

    async def edit(self, message: Due, payload: dict[str, Any]) -> Sent:
        conversation, _, activity = message.ref.partition("|")
        if not activity:
            raise SendFailed(Fate.DEAD, "Teams gave no id for the message, so it cannot be edited")
        service_url = message.service_url or self._site.service_url
        path = ("conversations", conversation, "activities", activity)
        body = message_activity(payload) | {"id": activity}
        query = _TARGETED if message.kind == SendKind.WHISPER and not _personal(conversation) else None
        try:
            await self._connector.call("PUT", service_url, *path, body=body, query=query)
        except ConnectorFailed as error:
            raise classify(error) from error
        return Sent(message.ref, message_link(self._site.tenant_ref, conversation, activity))

    async def find(self, message: Due) -> Sent | None:
        raise SendFailed(Fate.UNCERTAIN, "Teams has no search for what was posted")

    def pace_ms(self, message: Due) -> int:
        return self._pace.rest_ms(message.lane)

    async def tell(self, where: ConversationRef, account_ref: str, payload: Mapping[str, Any]) -> Sent:
        """An answer to one person where they asked, past the outbox. Raises `ConnectorFailed`."""
        if where.kind is PlaceKind.PERSONAL:
            return await self._post(self._site.service_url, where.id, payload)
        return await self._whisper(self._site.service_url, where.id, account_ref, payload)

    async def _whisper(self, service_url: str, conversation: str, account_ref: str, payload: Mapping[str, Any]) -> Sent:
        """For one reader: targeted where they are, else in their own chat."""
        activity = message_activity(payload) | {"recipient": {"id": account_ref}}
        try:
            return await self._write(service_url, conversation, activity, _TARGETED)
        except Refused as refused:
            # The client or the place may know no targeted messages; what passes is not a reason to move.
            if refused.status in {*_AGAIN, _GAVE_UP, 413}:
                raise
        return await self._direct(service_url, account_ref, payload)

    async def _direct(self, service_url: str, account_ref: str, payload: Mapping[str, Any]) -> Sent:
        """Opening a chat that is open already gives the same one."""
        tenant = self._site.tenant_ref
        body = {
            "isGroup": False,
            "bot": {"id": self._site.bot_ref},
            "members": [{"id": account_ref}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        try:
            answer = await self._connector.call("POST", service_url, "conversations", body=body)
        except NoAnswer as error:
            raise NotConnected(error.what) from error  # a chat may be open, but nothing was shown in it
        chat = str(answer.get("id", ""))
        if not chat:
            raise Refused(502, "NoConversation", None)
        sent = await self._post(service_url, chat, payload)
        return Sent(sent.ref, sent.link, chat_ref=chat)

    async def _post(self, service_url: str, conversation: str, payload: Mapping[str, Any]) -> Sent:
        return await self._write(service_url, conversation, message_activity(payload))

    async def _write(
        self,
        service_url: str,
        conversation: str,
        activity: Mapping[str, Any],
        query: Mapping[str, str] | None = None,
    ) -> Sent:
        path = ("conversations", conversation, "activities")
        answer = await self._connector.call("POST", service_url, *path, body=activity, query=query)
        shown = str(answer.get("id", ""))
        return Sent(f"{conversation}|{shown}", message_link(self._site.tenant_ref, conversation, shown))


def classify(error: ConnectorFailed) -> SendFailed:
    """What the relay is to do about it."""
    match error:
        case Refused():
            return _refused(error)
        case NoAnswer():
            return SendFailed(Fate.UNCERTAIN, error.what)
        case NoToken(permanent=True):
            return SendFailed(Fate.AGAIN, error.what, after_s=NO_TOKEN_S, everywhere=True)
        case UnknownHost():
            return SendFailed(Fate.DEAD, error.what)
        case _:
            return SendFailed(Fate.AGAIN, error.what)


def _refused(error: Refused) -> SendFailed:
    if error.status in _AGAIN:
        return SendFailed(Fate.AGAIN, error.what, after_s=error.after_s)
    if error.status == _GAVE_UP:
        return SendFailed(Fate.UNCERTAIN, error.what)
    gone = error.status == 403 or (error.status == 404 and error.code in ("", "ConversationNotFound"))
    return SendFailed(Fate.DEAD, error.what, closed="not_in_channel" if gone else "")


def message_link(tenant_ref: str, conversation: str, activity: str) -> str:
    """How to open a message in Teams; empty where Teams gave no id, or where nobody else could open it."""
    if not activity or _personal(conversation):
        return ""
    context = "" if conversation.endswith(_CHANNELS) else _IN_CHAT
    place = quote(conversation, safe="")
    return f"https://teams.microsoft.com/l/message/{place}/{activity}?tenantId={quote(tenant_ref)}{context}"


_CHANNELS = ("@thread.tacv2", "@thread.skype")
_IN_CHAT = "&context=" + quote('{"contextType":"chat"}', safe="")


def _personal(conversation: str) -> bool:
    """A chat of a person and the app; those of others, groups and channels are all numbered `19:`."""
    return not conversation.startswith("19:")
