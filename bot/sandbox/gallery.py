"""Every card with each of its samples: on Slack, on Teams, and as the plain text that is read aloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cards.render import Rendered, Target, list_cards, render, samples
from cards.text import ChannelName, Mention

Json = dict[str, Any]

_ZONE = ZoneInfo("Europe/Dublin")


def gallery() -> Json:
    """The cards, and whom and what their samples name, by reference."""
    given = {card: samples(card) for card in list_cards()}
    named = list(_named(given))
    return {
        "cards": [{"card": card, "samples": _shown(card, of_card)} for card, of_card in given.items()],
        "people": {one.ref: {"name": one.name} for one in named if isinstance(one, Mention)},
        "places": [{"id": one.ref, "name": one.name} for one in named if isinstance(one, ChannelName)],
    }


def _shown(card: str, of_card: Mapping[str, Mapping[str, object]]) -> list[Json]:
    return [
        {
            "name": name,
            "slack": _rendered(card, data, "slack").body["blocks"],
            "teams": _rendered(card, data, "teams").body,
            "text": _rendered(card, data, "plain").text,
        }
        for name, data in of_card.items()
    ]


def _rendered(card: str, data: Mapping[str, object], platform: Literal["slack", "teams", "plain"]) -> Rendered:
    return render(card, data, Target(platform, zone=_ZONE))


def _named(value: object) -> Iterator[Mention | ChannelName]:
    """Whatever a sample names that has a reference, however deep."""
    match value:
        case Mention() | ChannelName():
            if value.ref:
                yield value
        case Mapping():
            for part in value.values():
                yield from _named(part)
        case list():
            for part in value:
                yield from _named(part)
