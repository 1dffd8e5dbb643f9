"""Bodies of commands, interactions and events, in the shape Slack sends them. Pure."""

from typing import Any

from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.records import Conversation, Kind, Message
from bot.sandbox.fake_slack.views import View
from bot.sandbox.fake_slack.workspace import Workspace

APP_ID = "A0PLAUDIT"
VERIFICATION_TOKEN = "verification-token"  # noqa: S105 (Slack still sends one; nobody should read it)
CHANNEL_NAMES = {Kind.PRIVATE: "privategroup", Kind.IM: "directmessage"}
CHANNEL_TYPES = {Kind.PUBLIC: "channel", Kind.PRIVATE: "group", Kind.IM: "im", Kind.MPIM: "mpim"}


def command(workspace: Workspace, user: str, channel: Conversation, name: str, text: str) -> dict[str, str]:
    """Without response_url and trigger_id, which are added when it is sent."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": CHANNEL_NAMES.get(channel.kind, channel.name),
        "user_id": user,
        "user_name": workspace.people[user].name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
    }


def interaction(workspace: Workspace, kind: str, user: str, **more: Any) -> Json:
    name = workspace.people[user].name
    return {
        "type": kind,
        "team": {"id": workspace.team_id, "domain": workspace.domain},
        "user": {"id": user, "username": name, "name": name, "team_id": workspace.team_id},
        "api_app_id": APP_ID,
        "token": VERIFICATION_TOKEN,
        "enterprise": None,
        "is_enterprise_install": False,
        **more,
    }


def in_message(channel: Conversation, message: Message) -> Json:
    """Where a pressed button sits. An ephemeral message is not sent along: nobody keeps it."""
    container = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.to is not None,
        **({"thread_ts": message.thread_ts} if message.thread_ts else {}),
    }
    shown = {} if message.to else {"message": message.to_json()}
    return {
        "container": container,
        "channel": {"id": channel.id, "name": CHANNEL_NAMES.get(channel.kind, channel.name)},
        "state": {"values": message.values},
        **shown,
    }


def in_view(workspace: Workspace, view: View) -> Json:
    return {"container": {"type": "view", "view_id": view.id}, "view": view_json(workspace, view)}


def view_json(workspace: Workspace, view: View) -> Json:
    return view.to_json(workspace) | {"app_id": APP_ID}


def event_callback(workspace: Workspace, event: Json) -> Json:
    at = workspace.next_ts()
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team_id,
        "context_team_id": workspace.team_id,
        "context_enterprise_id": None,
        "api_app_id": APP_ID,
        "event": event | {"event_ts": event.get("event_ts", at)},
        "type": "event_callback",
        "event_id": f"Ev{at.replace('.', '')}",
        "event_time": int(float(at)),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team_id,
                "user_id": workspace.bot.id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{at.replace('.', '')}",
    }


def message_event(channel: Conversation, message: Message, team_id: str) -> Json:
    return {
        **message.to_json(),
        "client_msg_id": f"msg-{message.ts}",
        "team": team_id,
        "channel": channel.id,
        "event_ts": message.ts,
        "channel_type": CHANNEL_TYPES[channel.kind],
    }


def reaction_event(kind: str, user: str, emoji: str, message: Message) -> Json:
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    return {"type": kind, "user": user, "reaction": emoji, "item": item, "item_user": message.user}
