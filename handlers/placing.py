"""Where a recognition is shown: where it was said if the app may post there, else in the recognition channel."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.context import Context
from handlers.vocabulary import PlaceKind, Platform
from store.conversations import Place


@dataclass(frozen=True, slots=True)
class Placement:
    """The conversations to post in, that of the asker's own workspace first, and why it is not where they are.

    `moved` is empty, or one of personal, direct, archived, not_in_channel, no_place, nowhere.
    """

    posts: tuple[Place, ...]
    moved: str = ""


def place_for(ctx: Context, *, shown: bool) -> Placement:
    """Each workspace of the tenant shows a recognition once. One that is not `shown` is posted nowhere."""
    if not shown:
        return Placement(())
    moved = why_not_here(ctx.place)
    fallback = ctx.programme.recognition_places
    here = fallback.get(ctx.home.workspace_id) if moved else ctx.place
    if here and why_not_here(here):
        here = None
    elsewhere = [place for workspace, place in fallback.items() if workspace != ctx.home.workspace_id]
    posts = tuple(place for place in (here, *elsewhere) if place and not why_not_here(place))
    return Placement(posts, moved if posts else "nowhere")


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
