"""What a card can say: typed values, and the writer that fills them into our patterns.

A pattern is ours ("**{giver}** thanked {receivers}"); its only mark-up is **bold**. A value is somebody
else's, so each platform escapes it by its type: what people typed pings nobody and links nowhere.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

from cards.limits import BadCard, CardTooLarge, clip, fits

Platform = Literal["slack", "teams", "plain"]

# Translations by locale and English pattern; a missing one shows the English.
CATALOGUES: dict[str, Mapping[str, str]] = {}

NO_WIDTH = "\u200b"  # parts what a platform would read as mark-up; screen readers pass over it
_NAME = 80  # longest name shown whole
_BLOCKS = 10  # of a bar
_SHORTER = (2000, 400, _NAME, 20, 8)  # how much of each value to keep, until the text fits its block
# Control characters, lone surrogates, and the marks that turn the direction of the text after them.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


@dataclass(frozen=True, slots=True)
class Mention:
    """A person; `ref` is their id in the workspace that is written to, None where they are not in it."""

    name: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class ChannelName:
    name: str
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its noun, "1 point" or "5 points"."""

    number: int
    one: str
    many: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a platform fetches by its address, and what it says for who hears it. Without one, none."""

    url: str
    alt: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a whole as a picture, for a pattern that has the numbers beside it. Read aloud it is nothing."""

    part: int
    whole: int


class Writer(ABC):
    """Fills patterns for one platform; `slack`, `teams` and `plain` add the vocabulary of blocks."""

    bold: str  # what stands for ** here

    def __init__(self, platform: Platform, locale: str, zone: ZoneInfo | None) -> None:
        self.platform = platform
        self.locale = locale
        self.zone = zone

    def translate(self, pattern: str) -> str:
        return CATALOGUES.get(self.locale, {}).get(pattern, pattern)

    def fill(self, pattern: str, values: Mapping[str, object], limit: int) -> str:
        """The pattern with its values, each cut as far as needed, for a cut result could break an escape."""
        parts = _parts(type(self), self.translate(pattern))
        for longest in _SHORTER:
            text = "".join([self.show(values[p], longest) if i % 2 else p for i, p in enumerate(parts)])
            if fits(text, limit):
                return text
        raise CardTooLarge(f"{pattern!r} does not fit {limit} characters")

    def show(self, value: object, longest: int = _NAME) -> str:
        match value:
            case str():
                return self.escape(isolate(clip(clean(value), longest)))
            case Mention():
                return self.mention(Mention(self.name(value.name, longest), value.ref))
            case list() | tuple():
                return self._joined([self.show(item, longest) for item in value])
            case ChannelName():
                return self.channel(ChannelName(self.name(value.name, longest), value.ref))
            case Link():
                return self.link(_safe(Link(value.url, self.name(value.label, longest))))
            case Count():
                noun = value.one if value.number == 1 else value.many
                return f"{self.show(value.number)} {self.translate(noun)}"
            case Bar():
                return self.bar(value)
            case int() if not isinstance(value, bool):
                return f"{value:,}"
            case datetime():
                return self._moment(value)
            case date():
                return f"{value:%A} {value.day} {value:%B}"
        # An undefined value raises here, with its name, when it is made text.
        raise BadCard(f"a card cannot show a {type(value).__name__}: {value}")

    def spoken(self, label: str, of: str | int) -> str:
        """What a button of a list says of itself where nobody sees which line it stands beside."""
        words = clean(self.translate(label))
        return f"{words}{':' if ' ' in words else ''} {isolate(clean(str(of)))}"

    def name(self, text: str, longest: int) -> str:
        return isolate(clip(clean(text), min(longest, _NAME))) or self.translate("somebody")

    def bar(self, value: Bar) -> str:
        """Ten blocks and a space. Something is never shown as nothing, nor a part as the whole."""
        full = min(_BLOCKS, _BLOCKS * value.part // value.whole) if value.whole > 0 else 0
        full = max(full, 1) if value.part > 0 else 0
        return "▓" * full + "░" * (_BLOCKS - full) + " "

    @classmethod
    @abstractmethod
    def literal(cls, text: str) -> str:
        """Our own words between the values."""

    @abstractmethod
    def escape(self, text: str) -> str: ...

    @abstractmethod
    def mention(self, person: Mention) -> str: ...

    @abstractmethod
    def channel(self, channel: ChannelName) -> str: ...

    @abstractmethod
    def link(self, link: Link) -> str: ...

    def _joined(self, shown: list[str]) -> str:
        if len(shown) < 2:
            return shown[0] if shown else self.translate("nobody")
        return self.translate("{first} and {last}").format(first=", ".join(shown[:-1]), last=shown[-1])

    def _moment(self, at: datetime) -> str:
        if self.zone is None or at.tzinfo is None:
            raise BadCard("an instant is shown in a zone: give the target one")
        local = at.astimezone(self.zone)
        return f"{self.show(local.date())}, {local:%H:%M}"


@lru_cache(maxsize=4096)
def _parts(writer: type[Writer], pattern: str) -> tuple[str, ...]:
    """Words, name, words, name, ... words."""
    parts: list[Any] = re.split(r"\{(\w+)\}", pattern)
    parts[::2] = [writer.literal(words).replace("**", writer.bold) for words in parts[::2]]
    return tuple(parts)


def clean(text: str) -> str:
    """One line, without what cannot be seen and disturbs its neighbours."""
    kept = text if text.isprintable() else _UNSEEN.sub("", text)
    return " ".join(kept.split())


def isolate(line: str) -> str:
    """Keeps right-to-left text from reordering the words around it."""
    if line.isascii() or not _RIGHT_TO_LEFT.search(line):
        return line
    return f"\u2068{line}\u2069"


def clean_lines(text: str) -> list[str]:
    """What people wrote, line by line, without the empty lines at its ends."""
    return [_UNSEEN.sub("", line).rstrip() for line in text.strip().splitlines()]


def _safe(link: Link) -> Link:
    if not link.url.startswith(("https://", "http://")):
        raise BadCard(f"a link to {link.url[:40]!r} is not a web address")
    return Link(link.url.translate(_URL), link.label)


# Characters that end an address in Slack's <url|label>, in markdown's [label](url), or in both.
_URL = {ord(mark): f"%{ord(mark):02X}" for mark in "<>|()[]\\\"' *`"}
