"""Where a recognition is shown: where it was said if the app may post there, else in the recognition channel."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context
from handlers.programme import Programme
from handlers.vocabulary import PlaceKind, Platform
from store.conversations import Place
from store.recognitions import Audience


@dataclass(frozen=True, slots=True)
class Placement:
    """The conversations to post in, that of the asker's own workspace first, and why it is not where they are.

    `moved` is empty, or one of personal, direct, archived, not_in_channel, no_place, nowhere.
    """

    posts: tuple[Place, ...]
    moved: str = ""
    public: bool = False
    """Whether everybody in the organisation may read it there."""


def place_for(ctx: Context, audience: Audience) -> Placement:
    """Each workspace of the tenant shows a recognition once. One that is private is posted nowhere."""
    match audience:
        case Audience.RECEIVERS | Audience.COPIED:
            return Placement(())
        case Audience.WALL:
            places = tuple(one for one in _recognition_places(ctx) if not why_not_here(one))
            return Placement(places, "" if places else "nowhere", public=True)
        case Audience.HERE:
            return _here(ctx)


def _here(ctx: Context) -> Placement:
    moved = why_not_here(ctx.place)
    fallback = ctx.programme.recognition_places
    here = fallback.get(ctx.home.workspace_id) if moved else ctx.place
    if here and why_not_here(here):
        here = None
    # What is said among some people stays there, on the other platform too.
    stays = here is not None and not is_everybodys(ctx.programme, here)
    elsewhere = [] if stays else [place for one, place in fallback.items() if one != ctx.home.workspace_id]
    posts = tuple(place for place in (here, *elsewhere) if place and not why_not_here(place))
    public = bool(posts) and all(is_everybodys(ctx.programme, one) for one in posts)
    return Placement(posts, moved if posts else "nowhere", public)


def is_everybodys(programme: Programme, place: Place) -> bool:
    """Whether everybody in the organisation may read what is posted there.

    A channel of a Teams team is its members' only, and nothing tells which team is the whole organisation; the
    recognition channel is what administrators chose for that.
    """
    chosen = programme.recognition_places.get(place.workspace_id)
    if chosen is not None and chosen.id == place.id:
        return True
    return place.platform == Platform.SLACK and place.kind == PlaceKind.CHANNEL


def _recognition_places(ctx: Context) -> list[Place]:
    """That of the asker's own workspace first."""
    mine = ctx.home.workspace_id
    return [place for _, place in sorted(ctx.programme.recognition_places.items(), key=lambda one: one[0] != mine)]


def why_not_here(place: Place | None) -> str:
    """Why the app may not post in a conversation; empty where it may, as far as we were told."""
    if place is None:
        return "no_place"
    if place.archived:
        return "archived"
    if place.kind == PlaceKind.PERSONAL:
        return "personal"
    if place.kind == PlaceKind.DIRECT:
        return "direct"
    # Slack lets an app post to every public channel (chat:write.public); anywhere else it has to be a member.
    if place.platform == Platform.SLACK and place.kind == PlaceKind.CHANNEL:
        return ""
    if place.platform == Platform.SLACK and place.kind == PlaceKind.GROUP:
        return "" if place.member else "direct"  # nobody can invite an app there
    return "" if place.member else "not_in_channel"
