"""The words of a command that has many: each registers itself with how it is written, for routing and for help.

A word may have two parts: `admins add`. What was typed after it reaches its handler as `Said.rest`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from handlers.context import Context
from handlers.vocabulary import ChannelLink, Command, Mentioned, Response, Typed


@dataclass(frozen=True, slots=True)
class Said:
    """The command as it came, and what was typed after the word."""

    request: Command
    rest: Typed

    @property
    def text(self) -> str:
        """The rest as plain words."""
        return plain(self.rest)


WordHandler: TypeAlias = Callable[[Said, Context], Response]


@dataclass(frozen=True, slots=True)
class Word:
    """`reads`: it changes nothing, whatever follows. The help is the first line of the handler's docstring."""

    name: str
    usage: str
    help: str
    handler: WordHandler
    reads: bool


class WordBook:
    """The words of one command."""

    def __init__(self) -> None:
        self.words: dict[str, Word] = {}

    def word(self, name: str, *, usage: str = "", reads: bool = False) -> Callable[[WordHandler], WordHandler]:
        """`def grant(said: Said, ctx: Context) -> Response`."""

        def register(handler: WordHandler) -> WordHandler:
            assert name not in self.words, f"two handlers for {name}"
            told = (handler.__doc__ or "").strip().partition("\n")[0]
            self.words[name] = Word(name, usage, told, handler, reads)
            return handler

        return register

    def find(self, text: Typed) -> tuple[Word | None, Typed]:
        """The word that a text begins with, the longer one first, and what follows it."""
        first = text[0] if text and isinstance(text[0], str) else ""
        for begins in (_TWO, _ONE):
            match = begins.match(first)
            if match and (found := self.words.get(" ".join(match.groups()).lower())):
                rest = first[match.end() :].lstrip()
                return found, (rest, *text[1:]) if rest else tuple(text[1:])
        return None, text

    def only_reads(self, request: Command) -> bool:
        """Whether a command changes nothing: by its word, and without one it shows something."""
        found, _ = self.find(request.text)
        return found.reads if found else True

    def first_words(self) -> list[str]:
        """What can come first, each once, as it was registered."""
        return list(dict.fromkeys(one.partition(" ")[0] for one in self.words))


def plain(text: Typed) -> str:
    """Typed text as the person saw it, in one line."""
    return " ".join("".join(_shown(piece) for piece in text).split())


def _shown(piece: str | Mentioned | ChannelLink) -> str:
    match piece:
        case str():
            return piece
        case Mentioned():
            return "@" + piece.label.removeprefix("@")
        case ChannelLink():
            return "#" + piece.name


_ONE = re.compile(r"\s*(\S+)")
_TWO = re.compile(r"\s*(\S+)\s+(\S+)")
