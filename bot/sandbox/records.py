"""The demo organisation as the platforms' directories would describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from bot.sandbox.fake_slack import Kind as SlackKind
from bot.sandbox.fake_teams import Kind as TeamsKind
from bot.sandbox.organisation import COLLEAGUES, Colleague
from bot.sandbox.worlds import Worlds
from handlers.vocabulary import PlaceKind
from store.conversations import Conversation
from store.people import Profile


def profiles_on_slack() -> list[Profile]:
    return [
        Profile(
            ref=one.slack_id,
            name=one.name,
            email=one.email,
            handle=one.handle,
            zone=one.zone,
            locale=one.locale,
            kind=_kind(one),
            active=not one.gone,
        )
        for one in COLLEAGUES
        if one.slack
    ]


def profiles_on_teams(worlds: Worlds) -> list[Profile]:
    people = worlds.teams_people
    return [
        Profile(
            ref=people[one.handle].aad_id,
            other_ref=people[one.handle].id,
            name=one.name,
            email=one.email,
            zone=one.zone,
            locale=one.locale,
            kind=_kind(one),
        )
        for one in COLLEAGUES
        if one.teams
    ]


def slack_channels(
    worlds: Worlds, tenant_id: str, workspace_id: str, new_id: Callable[[], str]
) -> Iterable[Conversation]:
    """The public ones: of others an app hears nothing."""
    for one in worlds.workspace.conversations.values():
        if one.kind is SlackKind.PUBLIC:
            yield Conversation(
                tenant_id=tenant_id,
                id=new_id(),
                workspace_id=workspace_id,
                ref=one.id,
                kind=PlaceKind.CHANNEL,
                name=one.name,
                member=worlds.workspace.bot.id in one.members,
                archived=one.is_archived,
            )


def teams_channels(
    worlds: Worlds, tenant_id: str, workspace_id: str, new_id: Callable[[], str]
) -> Iterable[Conversation]:
    for one in worlds.teams_places.values():
        if one.installed:
            yield Conversation(
                tenant_id=tenant_id,
                id=new_id(),
                workspace_id=workspace_id,
                ref=one.id,
                kind=PlaceKind.CHANNEL if one.kind is TeamsKind.CHANNEL else PlaceKind.GROUP,
                name=one.name or "",
                member=True,
                service_url=worlds.teams.service_url,
            )


def _kind(one: Colleague) -> str:
    return "bot" if one.bot else "guest" if one.guest else "member"
