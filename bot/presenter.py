"""Turns a handler's cards and forms into a platform's payloads.

Slack: `{"text", "blocks"}`, and a view for a form. Teams: `{"text", "card"}`, and `{"title", "card"}` for a form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bot.slack.forms import write_modal
from bot.teams.forms import write_dialog
from cards.render import Target, render
from cards.text import ChannelName, Link, Mention, Picture
from handlers.rules.periods import zone_or
from handlers.vocabulary import BadgePicture, Card, Form, Platform, Reader, RewardPicture, WebLink, Who
from store.conversations import Place

_UTC = ZoneInfo("UTC")


class CardPresenter:
    """`address_of` gives the address of a badge's picture; empty where nobody could fetch it."""

    def __init__(self, address_of: Callable[[BadgePicture], str] = lambda _: "") -> None:
        self._address_of = address_of

    def card(self, card: Card, reader: Reader) -> dict[str, Any]:
        rendered = render(card.name, self._shown(card.data, reader), _target(reader))
        if reader.platform is Platform.SLACK:
            return rendered.body
        return {"text": rendered.text, "card": rendered.body}

    def lines(self, card: Card, reader: Reader) -> list[str]:
        """What it says, in plain text, for a page of ours: as a screen reader says it on a platform."""
        target = Target("plain", reader.locale or "en", zone_or(reader.zone, _UTC))
        return render(card.name, self._shown(card.data, reader), target).text.splitlines()

    def form(self, form: Form, reader: Reader) -> dict[str, Any]:
        if reader.platform is Platform.SLACK:
            return write_modal(form)
        return write_dialog(form)

    def _shown(self, data: Mapping[str, object], reader: Reader) -> dict[str, object]:
        return {name: self._value(value, reader) for name, value in data.items()}

    def _value(self, value: object, reader: Reader) -> object:
        """What is ours in what `cards` can show: people and places as this workspace knows them."""
        match value:
            case Who():
                return Mention(value.name, _ref_in(value, reader))
            case Place():
                here = value.workspace_id == reader.workspace_id and reader.platform is Platform.SLACK
                return ChannelName(value.name or "the channel", value.ref if here else None)
            case WebLink():
                return Link(value.url, value.label)
            case BadgePicture():
                return Picture(value.url or self._address_of(value), f"Badge: {value.title}")
            case RewardPicture():
                return Picture(value.url if reader.platform is Platform.TEAMS else "", value.title)
            case list() | tuple():
                return [self._value(item, reader) for item in value]
            case dict():
                return self._shown(value, reader)
            case _:
                return value


def _target(reader: Reader) -> Target:
    return _target_of(reader.platform, reader.locale, reader.zone)


@lru_cache(maxsize=1024)
def _target_of(platform: Platform, locale: str, zone: str) -> Target:
    return Target("slack" if platform is Platform.SLACK else "teams", locale or "en", zone_or(zone, _UTC))


def _ref_in(who: Who, reader: Reader) -> str | None:
    for account in who.accounts:
        workspace = account.workspace
        if workspace.platform is reader.platform and workspace.id == reader.workspace_ref:
            return account.id
    return None
