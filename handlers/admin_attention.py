"""Attention, for administrators: how many messages came unasked, and which channels are busy. Numbers, no names."""

from __future__ import annotations

from datetime import time

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.purposes import BY_PURPOSE, Purpose
from handlers.registry import action
from handlers.rules.instants import due_on
from handlers.vocabulary import Action, Card, PlaceKind, Replace, Reply, Response
from store.attention import UnaskedCount, count_unasked
from store.bundles import OpenBundle, list_open_bundles

MOST_CHANNELS = 20


@action("admin_attention", reads=True)
def show_attention(request: Action, ctx: Context) -> Response:
    """Shows how much attention the programme takes."""
    check_administrator(ctx)
    return Response(Replace(_attention_card(ctx)))


@admin_word("attention", reads=True)
def attention(said: Said, ctx: Context) -> Response:
    """How many messages came unasked, and which channels are busy."""
    return Response(Reply(_attention_card(ctx)))


def _attention_card(ctx: Context) -> Card:
    midnight = due_on(ctx.now.astimezone(ctx.tenant_zone).date(), time(), ctx.tenant_zone)
    data = {
        "zone": ctx.home.zone,
        "kinds": [_kind(one) for one in count_unasked(ctx.tx, ctx.tenant_id, midnight)],
        "limit": ctx.policy.channel_posts,
        "channels": [_channel(ctx, one) for one in list_open_bundles(ctx.tx, ctx.tenant_id)[:MOST_CHANNELS]],
    }
    return Card("admin_attention", data)


def _kind(one: UnaskedCount) -> dict[str, object]:
    known = next((BY_PURPOSE[purpose].label for purpose in Purpose if purpose == one.purpose), one.purpose)
    return {"label": known, "sent": one.sent, "waiting": one.waiting, "dropped": one.dropped}


def _channel(ctx: Context, one: OpenBundle) -> dict[str, object]:
    """The name of a private channel or chat is for those in it."""
    public = one.kind == PlaceKind.CHANNEL and one.name
    return {
        "place": f"#{one.name.removeprefix('#')}" if public else "A private channel",
        "number": one.posts,
        "at": f"{one.due_at.astimezone(ctx.tenant_zone):%H:%M}",
    }
