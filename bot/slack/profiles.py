"""People and conversations as Slack's directory describes them, as ours. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from handlers.vocabulary import ConversationRef, PlaceKind
from store.people import Profile

Json: TypeAlias = dict[str, Any]

RECOGNITION_NAMES = ("kudos", "recognition", "shoutouts", "thanks")
"""Channels that people made for this, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What Slack says about a conversation. `general` is the one that everybody is in."""

    ref: str
    kind: PlaceKind
    name: str = ""
    member: bool = False
    archived: bool = False
    general: bool = False


def profile_of(user: Json, team_id: str) -> Profile:
    """Somebody as seen from the workspace `team_id`."""
    profile = user.get("profile") or {}
    handle = profile.get("display_name") or user.get("name") or ""
    return Profile(
        ref=user["id"],
        name=_name(user, profile) or user["id"],
        email=(profile.get("email") or "").lower() or None,
        handle=handle,
        zone=user.get("tz") or "",
        locale=user.get("locale") or "",
        kind=_kind(user, team_id),
        active=not user.get("deleted"),
    )


def channel_of(channel: Json) -> Channel:
    return Channel(
        ref=channel["id"],
        kind=_place_kind(channel),
        name=channel.get("name") or "",
        member=bool(channel.get("is_member") or channel.get("is_im")),
        archived=bool(channel.get("is_archived")),
        general=bool(channel.get("is_general")),
    )


def unseen(where: ConversationRef) -> Channel:
    """A conversation that Slack hides from the app: nothing public, and the app is not in it.

    Keeping it saves asking each time.
    """
    private = where.kind in (PlaceKind.CHANNEL, PlaceKind.PERSONAL)
    direct = where.id.startswith("D")
    kind = PlaceKind.DIRECT if direct else PlaceKind.PRIVATE if private else where.kind
    return Channel(where.id, kind, where.name)


def recognition_channel(channels: Iterable[Channel]) -> Channel | None:
    """Where recognitions go until an administrator chooses."""
    open_ones = [one for one in channels if one.kind is PlaceKind.CHANNEL and not one.archived]
    by_name = {one.name: one for one in open_ones}
    made_for_it = (by_name[name] for name in RECOGNITION_NAMES if name in by_name)
    return next(made_for_it, next((one for one in open_ones if one.general), None))


def usual_zone(profiles: Iterable[Profile]) -> str:
    """The zone that most people are in. Slack tells none for a workspace."""
    zones = [one.zone for one in profiles if one.zone and one.active and one.kind == "member"]
    return max(sorted(set(zones)), key=zones.count, default="UTC")


def _name(user: Json, profile: Json) -> str:
    names = (
        user.get("real_name"),
        profile.get("real_name"),
        profile.get("display_name"),
        user.get("name"),
    )
    return next((one for one in names if one), "")


def _kind(user: Json, team_id: str) -> str:
    if user.get("is_bot") or user["id"] == "USLACKBOT":
        return "bot"
    if user.get("is_stranger") or _is_foreign(user, team_id):
        return "stranger"
    return "guest" if user.get("is_restricted") or user.get("is_ultra_restricted") else "member"


def _is_foreign(user: Json, team_id: str) -> bool:
    """In an Enterprise organisation somebody's first team may be another one of the same organisation."""
    teams = (user.get("enterprise_user") or {}).get("teams") or []
    own = user.get("team_id")
    return bool(own) and own != team_id and team_id not in teams


def _place_kind(channel: Json) -> PlaceKind:
    if channel.get("is_im"):
        return PlaceKind.PERSONAL  # the only direct messages an app can see are its own
    if channel.get("is_mpim"):
        return PlaceKind.GROUP
    return PlaceKind.PRIVATE if channel.get("is_private") else PlaceKind.CHANNEL
