"""Bodies that Slack sends, as requests. Pure: whatever a body holds, it becomes a request or `Malformed`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.slack.mentions import plain_text, read_text
from bot.storable import storable
from cards.slack import act_of
from handlers.opened_in import noted_place
from handlers.vocabulary import (
    AccountRef,
    Action,
    Command,
    ConversationRef,
    FieldValue,
    MessageRef,
    Opened,
    PlaceKind,
    Platform,
    Reaction,
    Request,
    Submission,
    WorkspaceRef,
)

Json: TypeAlias = dict[str, Any]

EXCERPT = 200
HOME_OPENED = "app_home_opened"
_UNNAMED = ("directmessage", "privategroup")
"""What Slack writes for a name where it tells none."""


class Malformed(ValueError):
    """Not a body that Slack sends."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an answer finds the asker, besides the connection that brought the request."""

    team_id: str
    user_id: str
    trigger_id: str = ""
    response_url: str = ""
    view_id: str = ""
    """The view that was acted in."""
    at_home: bool = False
    """Whether that view is the Home tab: nothing is pushed over it, and it is published, not updated."""


@dataclass(frozen=True, slots=True)
class Asked:
    request: Request
    way: Way


def read(body: Json) -> Asked | None:
    """Who asks for what. None for what asks for nothing: other events, checks of the address, kinds we do not use."""
    if "command" in body:
        return Asked(_command(body), _way(body))
    match _needed(body, "type"):
        case "block_actions":
            return Asked(_button(body), _way(body))
        case "view_submission":
            return Asked(_submission(body), _way(body))
        case "message_action":
            return Asked(_message_shortcut(body), _way(body))
        case "shortcut":
            return Asked(_action(body, _needed(body, "callback_id")), _way(body))
        case "event_callback":
            team_id, event = event_of(body)
            if event["type"] == HOME_OPENED and event.get("tab") == "home":
                return _opened_home(body, team_id, event)
    return None


def event_of(body: Json) -> tuple[str, Json]:
    """The workspace an event is for, and the event."""
    authorizations = body.get("authorizations")
    first = authorizations[0] if isinstance(authorizations, list) and authorizations else None
    team_id = _text(first, "team_id") or _needed(body, "team_id")
    _needed(body, "event", "type")
    return team_id, body["event"]


def read_reaction(team_id: str, event: Json, workspace_url: str) -> Reaction | None:
    """What `reaction_added` and `reaction_removed` tell; None where it is about no message.

    One event is known to arrive many times under new ids, so the key names the act. Slack tells neither the kind of
    the channel nor a link: the one is looked up, the other made, by the address of the workspace.
    """
    if _text(event, "item", "type") != "message":
        return None
    workspace = WorkspaceRef(Platform.SLACK, team_id)
    who, channel_id, ts = _needed(event, "user"), _needed(event, "item", "channel"), _needed(event, "item", "ts")
    at, author = _needed(event, "event_ts"), _text(event, "item_user")
    emoji = _needed(event, "reaction").partition("::")[0]
    where = ConversationRef(workspace, channel_id, PlaceKind.PRIVATE)
    return Reaction(
        key=f"slack:{event['type']}:{team_id}:{channel_id}:{ts}:{who}:{emoji}:{at}",
        who=AccountRef(workspace, who),
        where=where,
        wired=False,
        emoji=emoji,
        added=event["type"] == "reaction_added",
        event_at=_microseconds(at),
        about=MessageRef(
            where,
            f"{channel_id}:{ts}",
            author=AccountRef(workspace, author) if author else None,
            link=f"{workspace_url}archives/{channel_id}/p{ts.replace('.', '')}" if workspace_url else "",
        ),
    )


# --- the kinds --------------------------------------------------------------------------------------------


def _opened_home(body: Json, team_id: str, event: Json) -> Asked:
    who = AccountRef(WorkspaceRef(Platform.SLACK, team_id), _needed(event, "user"))
    request = Opened(key=f"slack:event:{_needed(body, 'event_id')}", who=who, name="home")
    return Asked(request, Way(team_id=team_id, user_id=who.id, at_home=True))


def _command(body: Json) -> Command:
    who = _who(body)
    return Command(
        key=_key(body),
        who=who,
        where=_place(who.workspace, _needed(body, "channel_id"), _text(body, "channel_name")),
        name=_needed(body, "command").removeprefix("/"),
        text=read_text(_text(body, "text"), who.workspace),
    )


def _button(body: Json) -> Action:
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions:
        raise Malformed("no actions")
    return _action(body, act_of(_needed(actions[0], "action_id")), values=_values(actions[0].get("value")))


def _message_shortcut(body: Json) -> Action:
    where = _where(body)
    if where is None:
        raise Malformed("no channel")
    return _action(body, _needed(body, "callback_id"), about=_about(body, where))


def _action(body: Json, name: str, **more: Any) -> Action:
    return Action(key=_key(body), who=_who(body), where=_where(body), name=name, **more)


def _submission(body: Json) -> Submission:
    who = _who(body)
    metadata = _object(_text(body, "view", "private_metadata"))
    context = _strings(metadata.get("context"))
    return Submission(
        key=f"form:{_needed(metadata, 'form_id')}",
        who=who,
        where=noted_place(context, who.workspace),
        form=_needed(body, "view", "callback_id"),
        values=_fields(_get(body, "view", "state", "values"), who.workspace),
        context=context,
    )


# --- who, where, about what -------------------------------------------------------------------------------


def _key(body: Json) -> str:
    return f"slack:trigger:{_needed(body, 'trigger_id')}"


def _way(body: Json) -> Way:
    who = _who(body)
    return Way(
        team_id=who.workspace.id,
        user_id=who.id,
        trigger_id=_text(body, "trigger_id"),
        response_url=_text(body, "response_url"),
        view_id=_text(body, "view", "id"),
        at_home=_text(body, "view", "type") == "home",
    )


def _who(body: Json) -> AccountRef:
    """An app installed for a whole organisation is told no team; the person's own one says where they are."""
    team_id = (
        _text(body, "team", "id")
        or _text(body, "team_id")
        or _text(body, "user", "team_id")
        or _text(body, "enterprise", "id")
        or _needed(body, "enterprise_id")
    )
    return AccountRef(WorkspaceRef(Platform.SLACK, team_id), _text(body, "user", "id") or _needed(body, "user_id"))


def _where(body: Json) -> ConversationRef | None:
    if channel_id := _text(body, "channel", "id"):
        return _place(_who(body).workspace, channel_id, _text(body, "channel", "name"))
    context = _strings(_object(_text(body, "view", "private_metadata")).get("context"))
    return noted_place(context, _who(body).workspace)


def _place(workspace: WorkspaceRef, channel_id: str, name: str) -> ConversationRef:
    shown = "" if name in _UNNAMED else name
    return ConversationRef(workspace, channel_id, _kind(channel_id, name), shown)


def _kind(channel_id: str, name: str) -> PlaceKind:
    """Nothing in a body tells the app's own direct message from others; neither is posted in."""
    if name == "directmessage" or channel_id.startswith("D"):
        return PlaceKind.DIRECT
    if name.startswith("mpdm-"):
        return PlaceKind.GROUP
    return PlaceKind.PRIVATE if name == "privategroup" else PlaceKind.CHANNEL


def _about(body: Json, where: ConversationRef) -> MessageRef:
    message = body.get("message")
    ts = _needed(message, "ts")
    user = "" if _get(message, "bot_id") else _text(message, "user")
    return MessageRef(
        where,
        ts,
        author=AccountRef(where.workspace, user) if user else None,
        link=_link(_text(body, "team", "domain"), where.id, ts, _text(message, "thread_ts")),
        excerpt=plain_text(_text(message, "text"), where.workspace, EXCERPT),
    )


def _link(domain: str, channel_id: str, ts: str, thread_ts: str) -> str:
    if not domain:
        return ""
    reply = f"?thread_ts={thread_ts}&cid={channel_id}" if thread_ts not in ("", ts) else ""
    return f"https://{domain}.slack.com/archives/{channel_id}/p{ts.replace('.', '')}{reply}"


_TIME = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")


def _microseconds(ts: str) -> int:
    """Slack's times are seconds with six digits behind the point; as a float they would lose some."""
    found = _TIME.fullmatch(ts)
    if found is None:
        raise Malformed("no time")
    return int(found[1]) * 1_000_000 + int((found[2] or "").ljust(6, "0"))


# --- values -----------------------------------------------------------------------------------------------


def _values(value: object) -> dict[str, str]:
    """What a button carries. It went through a client, so it may be anything."""
    return _strings(_object(value if isinstance(value, str) else ""))


def _fields(values: object, workspace: WorkspaceRef) -> dict[str, FieldValue]:
    """By block, which is named like its field."""
    filled = values if isinstance(values, dict) else {}
    return {
        name: _field(next(iter(inputs.values())), workspace)
        for name, inputs in filled.items()
        if isinstance(inputs, dict) and inputs
    }


def _field(entered: object, workspace: WorkspaceRef) -> FieldValue:
    users = _get(entered, "selected_users")
    if isinstance(users, list):
        return tuple(AccountRef(workspace, storable(one)) for one in users if isinstance(one, str))
    return _text(entered, "value") or _text(entered, "selected_option", "value") or _text(entered, "selected_channel")


def _strings(value: object) -> dict[str, str]:
    """`value` if it maps texts to texts, else nothing of it."""
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        return {}
    return {storable(name): storable(one) for name, one in value.items()}


def _object(text: str) -> Json:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _get(tree: object, *path: str) -> object:
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    return tree


def _text(tree: object, *path: str) -> str:
    value = _get(tree, *path)
    return storable(value) if isinstance(value, str) else ""


def _needed(tree: object, *path: str) -> str:
    if value := _text(tree, *path):
        return value
    raise Malformed(f"no {'.'.join(path)}")
