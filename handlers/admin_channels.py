"""The channel that an administrator chooses: of their own workspace, and one that the app can post in."""

from __future__ import annotations

import re

from handlers.admin_words import Said
from handlers.context import Context
from handlers.placing import why_not_here
from handlers.refusals import Refusal
from handlers.vocabulary import ChannelLink, ConversationRef, PlaceKind, Platform, Request, Unknown, WorkspaceRef
from store.conversations import Place, find_place, list_channels

_SLACK_CHANNEL = re.compile(r"[CG][A-Z0-9]{1,30}")


def find_channel(request: Request, ctx: Context, ref: str) -> Place:
    """By the platform's own id, which came from a client. One that is new to us is looked up first."""
    place = find_place(ctx.tx, ctx.tenant_id, ctx.home.workspace_id, ref)
    if place is None and ctx.home.platform == Platform.SLACK and _SLACK_CHANNEL.fullmatch(ref):
        sought = ConversationRef(_workspace(ctx), ref, PlaceKind.CHANNEL)
        if sought not in request.looked_up:
            raise Unknown((sought,))
    return _checked(ctx, place)


def find_typed_channel(said: Said, ctx: Context) -> Place:
    """After `setup channel`: a link to it, its name, or `here`."""
    link = next((one for one in said.rest if isinstance(one, ChannelLink)), None)
    if link:
        return find_channel(said.request, ctx, link.id)
    name = said.text.partition(" ")[2].strip().removeprefix("#").casefold()
    if name == "here":
        return _checked(ctx, ctx.place)
    channels = list_channels(ctx.tx, ctx.tenant_id, ctx.home.workspace_id)
    match [one for one in channels if name and one.name.casefold() == name]:
        case [place]:
            return _checked(ctx, place)
        case []:
            return _checked(ctx, None)
        case _:
            raise Refusal(
                "ambiguous_channel",
                "Several channels have that name.",
                "Choose one in the form, or write setup channel here in it.",
                field="channel",
            )


def shown_channel(place: Place) -> str:
    return f"#{place.name.removeprefix('#')}" if place.name else "a channel"


def _meant(place: Place) -> str:
    return shown_channel(place) if place.name else "that channel"


def _workspace(ctx: Context) -> WorkspaceRef:
    return WorkspaceRef(Platform(ctx.home.platform), ctx.home.workspace_ref)


def _checked(ctx: Context, place: Place | None) -> Place:
    if place is None or place.kind not in (PlaceKind.CHANNEL, PlaceKind.PRIVATE):
        raise Refusal(
            "unknown_channel",
            "I cannot find that channel here.",
            "Choose a public channel, or add me to it first.",
            field="channel",
        )
    if place.archived:
        raise Refusal(
            "archived_channel",
            f"{_meant(place)} is archived, so nobody can post there.",
            "Choose a channel that is in use.",
            field="channel",
        )
    if why_not_here(place):
        slack = ctx.home.platform == Platform.SLACK
        raise Refusal(
            "not_in_channel",
            f"I am not in {_meant(place)}, so I could not post there.",
            "Type /invite @Plaudit in it, then choose it again." if slack else "Add the app Plaudit to it first.",
            field="channel",
        )
    return place
