"""The vocabulary as plain text: what a notification shows and a screen reader says."""

from collections.abc import Callable, Iterable, Mapping
from zoneinfo import ZoneInfo

from cards.limits import PLAIN_TEXT, clip
from cards.text import Bar, ChannelName, Link, Mention, Picture, Platform, Writer, clean_lines


class PlainUi(Writer):
    bold = ""

    def __init__(self, platform: Platform, locale: str, zone: ZoneInfo | None) -> None:
        super().__init__(platform, locale, zone)
        self._lines: list[str] = []

    def text(self) -> str:
        return clip("\n".join(self._lines), PLAIN_TEXT)

    def title(self, pattern: str, **values: object) -> str:
        return self.say(pattern, **values)

    def lead(self, icon: str, pattern: str, **values: object) -> str:
        return self.say(pattern, **values)

    def say(self, pattern: str, **values: object) -> str:
        self._lines.append(self.fill(pattern, values, PLAIN_TEXT))
        return ""

    def small(self, pattern: str, **values: object) -> str:
        return self.say(pattern, **values)

    def emblem(self, picture: Picture, pattern: str, **values: object) -> str:
        return self.say(pattern, **values)

    def each(self, pattern: str, rows: Iterable[Mapping[str, object]]) -> str:
        for row in rows:
            self.say(pattern, **row)
        return ""

    def quote(self, text: str) -> str:
        if lines := clean_lines(text):
            self._lines.append("“" + "\n".join(lines) + "”")
        return ""

    def row(self, values: Mapping[str, object], *patterns: str, caller: Callable[[], str]) -> str:
        for pattern in patterns:
            self.say(pattern, **values)
        return ""

    def actions(self, caller: Callable[[], str]) -> str:
        return ""  # a button read aloud where it cannot be pressed only tires

    def button(self, label: str, **_: object) -> str:
        return ""

    def bar(self, value: Bar) -> str:
        return ""  # its numbers stand beside it

    @classmethod
    def literal(cls, text: str) -> str:
        return text

    def escape(self, text: str) -> str:
        return text

    def mention(self, person: Mention) -> str:
        return person.name

    def channel(self, channel: ChannelName) -> str:
        name = channel.name.removeprefix("#")
        return name if self.platform == "teams" else f"#{name}"  # as the card itself shows it

    def link(self, link: Link) -> str:
        return link.label
