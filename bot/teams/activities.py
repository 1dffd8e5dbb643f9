"""What Teams sends, as our own values. Tolerant of whatever is new, strict where we could not go on.

Shapes: learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-activities, and of
learn.microsoft.com/microsoftteams/platform: bots/how-to/conversations/subscribe-to-conversation-events.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from bot.storable import storable
from handlers.vocabulary import AccountRef, ConversationRef, PlaceKind, Platform, WorkspaceRef

Json: TypeAlias = Mapping[str, Any]


class BadActivity(ValueError):
    """Not what Teams sends: 400."""


@dataclass(frozen=True, slots=True)
class Sender:
    """`aad_id` is the Entra object id, empty for somebody anonymous; `id` is the `29:...` id of this app."""

    id: str
    aad_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What all activities share. The conversation is without its thread; a command box has none."""

    id: str
    tenant_id: str
    service_url: str
    sender: Sender | None
    bot_id: str
    where: ConversationRef | None
    team_id: str = ""
    zone: str = ""
    locale: str = ""

    @property
    def workspace(self) -> WorkspaceRef:
        return WorkspaceRef(Platform.TEAMS, self.tenant_id)

    @property
    def who(self) -> AccountRef:
        if self.sender is None:
            raise BadActivity("nobody sent it")
        return AccountRef(self.workspace, self.sender.aad_id or self.sender.id)


@dataclass(frozen=True, slots=True)
class MentionEntity:
    """`text` is the mention as it stands in the message, mark-up and all."""

    id: str
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    envelope: Envelope
    text: str
    mentions: tuple[MentionEntity, ...] = ()
    value: Json | None = None
    """What a card's button sent in place of words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoke:
    envelope: Envelope
    name: str
    value: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The app came to a conversation or left it; or people, or a channel of a team, came."""

    envelope: Envelope
    here: bool | None = None
    """True: the app is in it now; False: it was removed; None: this is not about the app."""
    joined: tuple[str, ...] = ()
    """People who came, by `29:...` id."""
    channel: ConversationRef | None = None
    """A channel of a team that is new or has a new name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted:
    """Somebody put reactions on a message of ours, or took them off: names such as `like`, and newer ones."""

    envelope: Envelope
    message_id: str
    at: datetime
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Edits, typing, and what does not exist yet: heard, and left."""

    envelope: Envelope
    type: str


Activity: TypeAlias = Message | Invoke | Presence | Reacted | Other


def read_activity(raw: Json) -> Activity:
    kind = _text(raw, "type")
    envelope = _envelope(raw)
    match kind:
        case "message":
            return _message(raw, envelope)
        case "invoke":
            return _invoke(raw, envelope)
        case "installationUpdate":
            return Presence(envelope=envelope, here=_HERE.get(_text(raw, "action")))
        case "conversationUpdate":
            return _roster(raw, envelope)
        case "messageReaction":
            return _reacted(raw, envelope)
        case "":
            raise BadActivity("no type")
        case _:
            return Other(envelope=envelope, type=kind)


def _envelope(raw: Json) -> Envelope:
    data, conversation = _object(raw, "channelData"), _object(raw, "conversation")
    tenant_id = _text(_object(data, "tenant"), "id") or _text(conversation, "tenantId")
    if not tenant_id:
        raise BadActivity("no tenant")
    workspace = WorkspaceRef(Platform.TEAMS, tenant_id)
    bot_id = _text(_object(raw, "recipient"), "id")
    info = next((one for one in _objects(raw, "entities") if one.get("type") == "clientInfo"), {})
    return Envelope(
        id=_text(raw, "id"),
        tenant_id=tenant_id,
        service_url=_text(raw, "serviceUrl"),
        sender=_sender(_object(raw, "from")),
        bot_id=bot_id,
        where=_where(conversation, data, workspace, bot_id),
        team_id=_text(_object(data, "team"), "id"),
        zone=_text(info, "timezone") or _text(raw, "localTimezone"),
        locale=_text(raw, "locale") or _text(info, "locale"),
    )


def _sender(account: Json) -> Sender | None:
    if not _text(account, "id"):
        return None
    return Sender(_text(account, "id"), _text(account, "aadObjectId"), _text(account, "name"))


def _where(conversation: Json, data: Json, workspace: WorkspaceRef, bot_id: str) -> ConversationRef | None:
    ref = _text(conversation, "id").partition(";messageid=")[0]
    if not ref:
        return None
    kind = _kind(_text(conversation, "conversationType"), ref, bot_id)
    name = _text(conversation, "name")
    if channel := _channel(data, workspace):
        name = channel.name if channel.id == ref else name
    if kind is PlaceKind.CHANNEL and not name and ref == _text(_object(data, "team"), "id"):
        name = "General"  # the first channel has its team's id, and no name of its own
    return ConversationRef(workspace, ref, kind, name)


def _channel(data: Json, workspace: WorkspaceRef) -> ConversationRef | None:
    channel = _object(data, "channel")
    ref = _text(channel, "id")
    return ConversationRef(workspace, ref, PlaceKind.CHANNEL, _text(channel, "name")) if ref else None


def _kind(told: str, ref: str, bot_id: str) -> PlaceKind:
    match told:
        case "channel":
            return PlaceKind.CHANNEL
        case "groupChat":
            return PlaceKind.GROUP
        case "" if ref.endswith(("@thread.tacv2", "@thread.skype")):
            return PlaceKind.CHANNEL
        case "" if ref.endswith("@thread.v2"):
            return PlaceKind.GROUP
        case _:
            # A message extension can be used in a chat of two people, which says `personal` too.
            ours = bot_id.partition(":")[2]
            of_others = ref.endswith("@unq.gbl.spaces") and not (ours and ours in ref)
            return PlaceKind.DIRECT if of_others else PlaceKind.PERSONAL


def _message(raw: Json, envelope: Envelope) -> Message:
    if envelope.where is None or not envelope.id:
        raise BadActivity("a message without conversation or id")
    value = raw.get("value")
    return Message(
        envelope=_sent(envelope),
        text=_text(raw, "text") or _html(raw),
        mentions=tuple(_mention(one) for one in _objects(raw, "entities") if one.get("type") == "mention"),
        value=value if isinstance(value, Mapping) and value else None,
    )


def _invoke(raw: Json, envelope: Envelope) -> Invoke:
    if not envelope.id:
        raise BadActivity("an invoke without id")  # its second delivery could not be told from another one
    return Invoke(envelope=_sent(envelope), name=_text(raw, "name"), value=_object(raw, "value"))


def _html(raw: Json) -> str:
    """Some clients send words only as an attachment."""
    attachments = _objects(raw, "attachments")
    return next((_text(one, "content") for one in attachments if one.get("contentType") == "text/html"), "")


def _mention(entity: Json) -> MentionEntity:
    mentioned = _object(entity, "mentioned")
    return MentionEntity(_text(mentioned, "id"), _text(mentioned, "name"), _text(entity, "text"))


def _roster(raw: Json, envelope: Envelope) -> Presence:
    came = [_text(one, "id") for one in _objects(raw, "membersAdded")]
    left = [_text(one, "id") for one in _objects(raw, "membersRemoved")]
    data = _object(raw, "channelData")
    renewed = _text(data, "eventType") in ("channelCreated", "channelRenamed", "channelRestored")
    here = True if envelope.bot_id in came else False if envelope.bot_id in left else None
    joined = tuple(one for one in came if one and one != envelope.bot_id)
    channel = _channel(data, envelope.workspace) if renewed else None
    return Presence(envelope=envelope, here=here, joined=joined, channel=channel)


def _reacted(raw: Json, envelope: Envelope) -> Reacted:
    if envelope.where is None or not _text(raw, "replyToId"):
        raise BadActivity("a reaction to nothing")
    added, removed = ([_text(one, "type") for one in _objects(raw, f"reactions{how}")] for how in ("Added", "Removed"))
    return Reacted(
        envelope=_sent(envelope),
        message_id=_text(raw, "replyToId"),
        at=_instant(raw, "timestamp"),
        added=tuple(one for one in added if one),
        removed=tuple(one for one in removed if one),
    )


def _instant(holder: Json, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(_text(holder, name))
    except ValueError as error:
        raise BadActivity(f"{name} is no instant") from error
    if at.tzinfo is None:
        raise BadActivity(f"{name} has no zone")
    return at


def _sent(envelope: Envelope) -> Envelope:
    if envelope.sender is None:
        raise BadActivity("nobody sent it")
    return envelope


_HERE = {"add": True, "add-upgrade": True, "remove": False, "remove-upgrade": None}


def _text(holder: Json, name: str) -> str:
    value = holder.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadActivity(f"{name} is no text")
    return storable(value)


def _object(holder: Json, name: str) -> Json:
    value = holder.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadActivity(f"{name} is no object")
    return value


def _objects(holder: Json, name: str) -> list[Json]:
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, Mapping) for one in value):
        raise BadActivity(f"{name} is no list of objects")
    return value
