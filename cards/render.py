"""Renders a card: one template, said in the platform's vocabulary and in plain text at once.

Each word of `ui` appends to a list and prints nothing. The first design printed JSON to be read back; that
costs time. Here whatever a template does print has gone past the escaping, and is an error.
"""

import json
from collections.abc import Callable, Mapping, Sequence
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
from cards.text import Bar, ChannelName, Count, Link, Mention, Picture, Platform, Writer

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
    if target.platform == "plain":
        _say(card, "plain", data, plain)
        return Rendered(_text(card, plain), {"text": plain.text()})
    rich = _RICH[target.platform](target.platform, target.locale, target.zone)
    if _template(card, target.platform).name == _template(card, "plain").name:
        _say(card, "plain", data, Both(rich, plain))
    else:
        _say(card, "plain", data, plain)
        _say(card, target.platform, data, rich)
    text = _text(card, plain)
    return Rendered(text, _slack(rich, text) if isinstance(rich, SlackUi) else _teams(rich, text))


def list_cards() -> list[str]:
    return sorted(path.parent.name for path in TEMPLATES.glob("*/card.j2"))


def samples(card: str) -> dict[str, Mapping[str, object]]:
    """By name, the usual one first; {"$mention": {...}} and its like stand for typed values."""
    text = (TEMPLATES / card / "sample.json").read_text(encoding="utf-8")
    loaded: dict[str, Mapping[str, object]] = json.loads(text, object_hook=_typed)
    return loaded


def sample(card: str) -> Mapping[str, object]:
    return next(iter(samples(card).values()))


class Both:
    """Says a card on its platform and in plain text at once, in one walk through the template."""

    def __init__(self, rich: SlackUi | TeamsUi, plain: PlainUi) -> None:
        self._rich = rich
        self._plain = plain
        self.platform = rich.platform
        self.translate = rich.translate
        self.actions, self.button = rich.actions, rich.button  # the plain text has none

    def title(self, pattern: str, **values: object) -> str:
        return self._rich.title(pattern, **values) + self._plain.title(pattern, **values)

    def lead(self, icon: str, pattern: str, **values: object) -> str:
        return self._rich.lead(icon, pattern, **values) + self._plain.lead(icon, pattern, **values)

    def say(self, pattern: str, **values: object) -> str:
        return self._rich.say(pattern, **values) + self._plain.say(pattern, **values)

    def small(self, pattern: str, **values: object) -> str:
        return self._rich.small(pattern, **values) + self._plain.small(pattern, **values)

    def emblem(self, picture: Picture, pattern: str, **values: object) -> str:
        return self._rich.emblem(picture, pattern, **values) + self._plain.emblem(picture, pattern, **values)

    def each(self, pattern: str, rows: Sequence[Mapping[str, object]]) -> str:
        return self._rich.each(pattern, rows) + self._plain.each(pattern, rows)

    def row(self, values: Mapping[str, object], *patterns: str, caller: Callable[[], str]) -> str:
        return self._rich.row(values, *patterns, caller=caller) + self._plain.row(values, *patterns, caller=caller)

    def quote(self, text: str) -> str:
        return self._rich.quote(text) + self._plain.quote(text)


def _text(card: str, plain: PlainUi) -> str:
    if text := plain.text():
        return text
    raise BadCard(f"{card} says nothing")


def _slack(ui: SlackUi, text: str) -> dict[str, Any]:
    body = {"text": _fallback(text), "blocks": ui.parts}
    check_slack(body)
    return body


def _fallback(text: str) -> str:
    """Slack parses this text too; it is cut before it is escaped, so that no entity is cut."""
    escaped = escape(text)
    return escaped if fits(escaped, PLAIN_TEXT) else escape(clip(text, PLAIN_TEXT // len("&amp;")))


def _teams(ui: TeamsUi, text: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": "AdaptiveCard",
        "$schema": _SCHEMA,
        "version": "1.5",
        "fallbackText": text,
        "body": ui.parts,
    }
    if entities := ui.entities:
        body["msteams"] = {"entities": entities}
    check_teams(body)
    return body


def _say(card: str, platform: Platform, data: Mapping[str, object], ui: Writer | Both) -> None:
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


_RICH: dict[str, type[SlackUi] | type[TeamsUi]] = {"slack": SlackUi, "teams": TeamsUi}
_SCHEMA = "http://adaptivecards.io/schemas/adaptive-card.json"
_TYPES: dict[str, type[Any]] = {
    "$mention": Mention,
    "$link": Link,
    "$channel": ChannelName,
    "$count": Count,
    "$picture": Picture,
}
_ENVIRONMENT = Environment(  # noqa: S701 - templates print nothing; each value is escaped by `ui`, by its type
    loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, auto_reload=False, cache_size=0
)
_ENVIRONMENT.globals["count"] = Count
_ENVIRONMENT.globals["bar"] = Bar
