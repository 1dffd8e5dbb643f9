"""What somebody sees on Slack and on Teams, as JSON for the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from bot.sandbox import fake_slack, fake_teams
from bot.sandbox.fake_slack import Kind as SlackKind
from bot.sandbox.fake_teams import Kind as TeamsKind
from bot.sandbox.organisation import COLLEAGUES, NAME
from bot.sandbox.timeline import Timeline
from bot.sandbox.worlds import RECOGNITION_CHANNEL, Worlds
from handlers import registry

Json = dict[str, Any]

MOST_MESSAGES = 60
"""The latest of a conversation."""


def cast(worlds: Worlds) -> list[Json]:
    """Everybody one can act as."""
    return [
        {
            "handle": one.handle,
            "name": one.name + (" (guest)" if one.guest else ""),
            "guest": one.guest,
            "slack": one.slack_id if one.slack else None,
            "teams": worlds.teams_people[one.handle].id if one.teams else None,
        }
        for one in COLLEAGUES
        if not (one.gone or one.bot)
    ]


def commands(*without: str) -> list[Json]:
    """What can be typed, as the registry has it."""
    found = sorted(registry.commands.values(), key=lambda one: one.name)
    return [{"name": one.name, "usage": one.usage, "help": one.help} for one in found if one.name not in without]


# --- Slack ------------------------------------------------------------------------------------------------

NOBODYS = "help"
"""On Slack all apps of a workspace share the names of commands, so `/help` is none of ours."""


def slack_view(worlds: Worlds, timeline: Timeline, me: str) -> Json:
    workspace = worlds.workspace
    person = workspace.person(me)
    places = [one for one in workspace.conversations.values() if person.id in one.members]
    stack = worlds.slack.teams[workspace.team_id].views
    return {
        "name": NAME,
        "me": person.id,
        "people": {one.id: _slack_person(one) for one in sorted(workspace.people.values(), key=_is_app)},
        "groups": {one.id: one.handle for one in workspace.groups.values()},
        "home": RECOGNITION_CHANNEL,
        "commands": commands(NOBODYS),
        "places": [
            *(_slack_place(worlds, timeline, one, person) for one in sorted(places, key=_order)),
            _home_tab(stack.homes.get(person.id)),
        ],
        "form": _modal(stack.top(person.id)),
    }


def _is_app(one: fake_slack.Person) -> bool:
    return one.is_bot or one.id == "USLACKBOT"  # of which Slack says that it is none


def _order(place: fake_slack.Conversation) -> int:
    return list(SlackKind).index(place.kind)


def _slack_person(one: fake_slack.Person) -> Json:
    return {"name": one.real_name or one.name, "handle": one.name, "bot": _is_app(one), "gone": one.deleted}


def _slack_place(worlds: Worlds, timeline: Timeline, place: fake_slack.Conversation, me: fake_slack.Person) -> Json:
    workspace = worlds.workspace
    seen = [one for to in (None, me.id) for one in workspace.shown(place.id, to=to)]
    latest = sorted(seen, key=lambda one: float(one.ts))[-MOST_MESSAGES:]
    return {
        "id": place.id,
        "name": _slack_name(worlds, place, me),
        "kind": place.kind.value,
        "app": workspace.bot.id in place.members,
        "archived": place.is_archived,
        "messages": [_slack_message(timeline, one, me) for one in latest],
    }


def _slack_name(worlds: Worlds, place: fake_slack.Conversation, me: fake_slack.Person) -> str:
    if place.kind not in (SlackKind.IM, SlackKind.MPIM):
        return place.name
    others = [worlds.workspace.people[one] for one in place.members if one != me.id]
    return ", ".join(one.real_name or one.name for one in others)


def _slack_message(timeline: Timeline, one: fake_slack.Message, me: fake_slack.Person) -> Json:
    return {
        "id": one.ts,
        "author": one.user,
        "at": timeline.at(float(one.ts)).isoformat(),
        "text": one.text,
        "blocks": one.blocks,
        "private": one.to is not None,
        "edited": one.edited_ts is not None,
        "reactions": [_reaction(name, people, me.id) for name, people in one.reactions.items()],
    }


def _home_tab(view: fake_slack.View | None) -> Json:
    """The app's own page, which stands among the conversations; nothing is on it until it was opened once."""
    place = {"id": "home-tab", "name": "Home", "kind": "home", "app": True, "archived": False, "messages": []}
    return place | {"blocks": view.blocks if view else []}


def _modal(view: fake_slack.View | None) -> Json | None:
    if view is None:
        return None
    return {"id": view.id, "content": view.content, "values": view.values, "errors": view.errors}


# --- Teams ------------------------------------------------------------------------------------------------


def teams_view(worlds: Worlds, me: str) -> Json:
    world = worlds.teams.world
    person = world.people[me]
    places = [one for one in world.conversations.values() if person.id in one.member_ids]
    return {
        "name": NAME,
        "me": person.id,
        "bot": world.bot_name,
        "people": {one.id: {"name": one.name, "directory_id": one.aad_id} for one in world.people.values()},
        "home": worlds.teams_places["General"].id,
        "commands": commands(),
        "places": [_teams_place(worlds, one, person) for one in places],
        "form": _dialog(world.dialogs.get(person.id)),
        "notice": world.notices.get(person.id, ""),
        "draft": person.id in world.drafts,
    }


def _teams_place(worlds: Worlds, place: fake_teams.Conversation, me: fake_teams.Person) -> Json:
    seen = [one for to in (None, me.id) for one in worlds.teams.world.shown(place, to)]
    latest = sorted(seen, key=lambda one: one.sent_at)[-MOST_MESSAGES:]
    return {
        "id": place.id,
        "name": worlds.teams.world.bot_name if place.kind is TeamsKind.PERSONAL else place.name,
        "kind": place.kind.value,
        "app": place.installed,
        "archived": False,
        "messages": _teams_messages(latest, me),
    }


def _teams_messages(messages: Iterable[fake_teams.Message], me: fake_teams.Person) -> list[Json]:
    return [
        {
            "id": one.id,
            "author": one.author.id if one.author else None,
            "at": one.sent_at.astimezone(UTC).isoformat(),
            "text": one.text,
            "card": one.card_for(me),
            "private": one.to is not None,
            "edited": one.edits > 0,
            "reactions": _teams_reactions(one, me),
        }
        for one in messages
    ]


def _teams_reactions(message: fake_teams.Message, me: fake_teams.Person) -> list[Json]:
    kinds = sorted({kind for _, kind in message.reactions})
    return [_reaction(one, [who for who, kind in message.reactions if kind == one], me.id) for one in kinds]


def _reaction(name: str, people: Sequence[str], me: str) -> Json:
    return {"name": name, "count": len(people), "mine": me in people}


def _dialog(dialog: fake_teams.world.Dialog | None) -> Json | None:
    return {"title": dialog.title, "card": dialog.card} if dialog else None
