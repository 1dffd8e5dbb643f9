"""The activities Teams sends, as JSON. Shapes follow what the real service was seen to send."""

import html
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.fake_teams.world import Conversation, Json, Kind, Message, Person, World


def envelope(world: World, service_url: str, person: Person, conversation: Conversation, kind: str) -> Json:
    """What all activities share. In a channel the conversation id is overwritten where there is a thread."""
    now = world.now()
    activity: Json = {
        "type": kind,
        "id": f"f:{world.new_guid()}",
        "timestamp": utc(now),
        "channelId": "msteams",
        "serviceUrl": service_url,
        "from": {"id": person.id, "name": person.name, "aadObjectId": person.aad_id},
        "conversation": _conversation(world, conversation),
        "recipient": {"id": world.bot_id, "name": world.bot_name},
        "channelData": channel_data(world, conversation),
        "locale": person.locale,
        "entities": [_client_info(person)],
    }
    if person.time_zone:
        local = now.astimezone(ZoneInfo(person.time_zone))
        activity |= {
            "localTimestamp": local.isoformat(timespec="milliseconds"),
            "localTimezone": person.time_zone,
        }
    return activity


def in_thread(activity: Json, conversation: Conversation, root_id: str) -> Json:
    if conversation.kind is not Kind.CHANNEL:
        return activity
    return activity | {"conversation": activity["conversation"] | {"id": f"{conversation.id};messageid={root_id}"}}


def channel_data(world: World, conversation: Conversation) -> Json:
    data: Json = {"tenant": {"id": world.tenant_id}}
    if team := conversation.team:
        data |= {
            "teamsChannelId": conversation.id,
            "teamsTeamId": team.id,
            "channel": {"id": conversation.id},
            "team": {"id": team.id, "name": team.name, "aadGroupId": team.aad_group_id},
        }
    return data


def typed(world: World, text: str, *, to_bot: bool) -> tuple[str, list[Json]]:
    """What a person typed, as Teams delivers it: `@Name` is a mention, signs are entities, a newline ends it.

    `to_bot`: in a place with others the bot hears only what mentions it, so its mention comes first.
    """
    if to_bot and f"@{world.bot_name}" not in text:
        text = f"@{world.bot_name} {text}"
    accounts = {person.name: person.id for person in world.people.values()} | {world.bot_name: world.bot_id}
    names = "|".join(re.escape(html.escape(name, quote=False)) for name in sorted(accounts, key=len, reverse=True))
    mentioned: list[Json] = []

    def mention(found: re.Match[str]) -> str:
        name = html.unescape(found[1])
        tag = f"<at>{found[1]}</at>"
        mentioned.append({"type": "mention", "text": tag, "mentioned": {"id": accounts[name], "name": name}})
        return tag + ("&nbsp;" if found[2] else "")

    escaped = html.escape(text, quote=False)
    return re.sub(rf"@({names})(?!\w)( ?)", mention, escaped) + "\n", mentioned


def message_payload(world: World, message: Message) -> Json:
    """The message a person chose for a message action, as `messagePayload`."""
    author: Json = {"user": None, "conversation": None, "device": None}
    if message.author:
        who = message.author
        author["user"] = {"userIdentityType": "aadUser", "id": who.aad_id, "displayName": who.name}
        author["application"] = None
    else:
        bot = {"applicationIdentityType": "bot", "id": world.app_id, "displayName": world.bot_name}
        author["application"] = bot
    entities = [e for e in message.activity.get("entities") or () if e.get("type") == "mention"]
    return {
        "id": message.id,
        "replyToId": message.root_id,
        "createdDateTime": utc(message.sent_at),
        "lastModifiedDateTime": None,
        "deleted": message.deleted,
        "subject": None,
        "summary": None,
        "importance": "normal",
        "locale": "en-us",
        "linkToMessage": f"https://teams.microsoft.com/l/message/{message.conversation_id}/{message.id}",
        "from": author,
        "body": {"contentType": "html", "content": f"<div>{_as_html(message)}</div>"},
        "attachments": message.activity.get("attachments") or [],
        "mentions": [_payload_mention(world, number, entity) for number, entity in enumerate(entities)],
        "reactions": [],
    }


def _payload_mention(world: World, number: int, entity: Json) -> Json:
    who = entity["mentioned"]
    person = world.people.get(who["id"])
    user: Any = person and {"userIdentityType": "aadUser", "id": person.aad_id, "displayName": person.name}
    bot = {"applicationIdentityType": "bot", "id": world.app_id, "displayName": world.bot_name}
    return {
        "id": number,
        "mentionText": who["name"],
        "mentioned": {"user": user, "application": None if person else bot},
    }


def _as_html(message: Message) -> str:
    """In a payload mentions are numbered: `<at id="0">Ann</at>`."""
    text, number = message.text.strip(), iter(range(len(message.text)))
    return re.sub(r"<at>", lambda _: f'<at id="{next(number)}">', text)


def _conversation(world: World, conversation: Conversation) -> Json:
    shape: Json = {
        "conversationType": conversation.kind.value,
        "tenantId": world.tenant_id,
        "id": conversation.id,
    }
    if conversation.kind is not Kind.PERSONAL:
        shape["isGroup"] = True
    if conversation.name:
        shape["name"] = conversation.name
    return shape


def _client_info(person: Person) -> Json:
    info = {
        "type": "clientInfo",
        "locale": person.locale,
        "country": person.locale.partition("-")[2] or "US",
        "platform": "Windows",
    }
    return info | ({"timezone": person.time_zone} if person.time_zone else {})


def utc(instant: datetime) -> str:
    assert instant.utcoffset() == timedelta(0)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
