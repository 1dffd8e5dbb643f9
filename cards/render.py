"""Renders a card: one template, said once in the platform's vocabulary and once in plain text.

Each word of `ui` appends to a list and prints nothing. The first design printed JSON to be read back; that
costs time. Here whatever a template does print has gone past the escaping, and is an error.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from cards.block_kit import check_slack
from cards.limits import PLAIN_TEXT, BadCard, check_teams, clip, fits
from cards.plain import PlainUi
from cards.slack import SlackUi, escape
from cards.teams import TeamsUi
from cards.text import ChannelName, Count, Link, Mention, Platform, Writer

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Target:
    platform: Platform
    locale: str = "en"
    zone: ZoneInfo | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    text: str  # for the notification and the screen reader; plain, never parsed
    body: dict[str, Any]  # Slack: text and blocks; Teams: the Adaptive Card; plain: the text


def render(card: str, data: Mapping[str, object], target: Target) -> Rendered:
    """Raises BadCard or jinja2's UndefinedError; what it returns, the platform takes."""
    plain = PlainUi(target.platform, target.locale, target.zone)
    _say(card, "plain", data, plain)
    text = plain.text()
    if not text:
        raise BadCard(f"{card} says nothing")
    return Rendered(text, _body(card, data, target, text))


def list_cards() -> list[str]:
    return sorted(path.parent.name for path in TEMPLATES.glob("*/card.j2"))


def samples(card: str) -> dict[str, Mapping[str, object]]:
    """By name, the usual one first; {"$mention": {...}} and its like stand for typed values."""
    text = (TEMPLATES / card / "sample.json").read_text(encoding="utf-8")
    loaded: dict[str, Mapping[str, object]] = json.loads(text, object_hook=_typed)
    return loaded


def sample(card: str) -> Mapping[str, object]:
    return next(iter(samples(card).values()))


def _body(card: str, data: Mapping[str, object], target: Target, text: str) -> dict[str, Any]:
    match target.platform:
        case "slack":
            return _slack(card, data, SlackUi(target.platform, target.locale, target.zone), text)
        case "teams":
            return _teams(card, data, TeamsUi(target.platform, target.locale, target.zone), text)
        case "plain":
            return {"text": text}


def _slack(card: str, data: Mapping[str, object], ui: SlackUi, text: str) -> dict[str, Any]:
    _say(card, "slack", data, ui)
    body = {"text": _fallback(text), "blocks": ui.blocks}
    check_slack(body)
    return body


def _fallback(text: str) -> str:
    """Slack parses this text too; it is cut before it is escaped, so that no entity is cut."""
    escaped = escape(text)
    return escaped if fits(escaped, PLAIN_TEXT) else escape(clip(text, PLAIN_TEXT // len("&amp;")))


def _teams(card: str, data: Mapping[str, object], ui: TeamsUi, text: str) -> dict[str, Any]:
    _say(card, "teams", data, ui)
    body: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.5",
        "fallbackText": text,
        "body": ui.elements,
    }
    if entities := ui.entities:
        body["msteams"] = {"entities": entities}
    check_teams(body)
    return body


def _say(card: str, platform: Platform, data: Mapping[str, object], ui: Writer) -> None:
    printed = _template(card, platform).render(data, ui=ui, _=ui.translate)
    if printed and not printed.isspace():
        raise BadCard(f"{card} prints {printed.strip()[:40]!r} past the vocabulary")


@cache
def _template(card: str, platform: Platform) -> Template:
    return _ENVIRONMENT.select_template([f"{card}/{platform}.j2", f"{card}/card.j2"])


def _typed(value: dict[str, Any]) -> object:
    """What json makes of an object: the typed value, if its only key names one."""
    kind = next(iter(value), "")
    return _TYPES[kind](**value[kind]) if kind in _TYPES else value


_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_TYPES: dict[str, type[Any]] = {"$mention": Mention, "$link": Link, "$channel": ChannelName, "$count": Count}
_ENVIRONMENT = Environment(  # noqa: S701 - templates print nothing; each value is escaped by `ui`, by its type
    loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, auto_reload=False, cache_size=0
)
_ENVIRONMENT.globals["count"] = Count
