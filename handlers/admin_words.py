"""The words of `/rewards-admin`: each registers itself with how it is written. Routing and help are made of them.

A word may have two parts: `admins add`. What was typed after it reaches its handler as `Said.rest`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from handlers.context import Context
from handlers.vocabulary import ChannelLink, Command, Mentioned, Platform, Response, Typed


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
class AdminWord:
    """`reads`: it changes nothing, whatever follows. The help is the first line of the handler's docstring."""

    name: str
    usage: str
    help: str
    handler: WordHandler
    reads: bool


words: dict[str, AdminWord] = {}


def admin_word(name: str, *, usage: str = "", reads: bool = False) -> Callable[[WordHandler], WordHandler]:
    """`def grant(said: Said, ctx: Context) -> Response`. The command has checked by then who asks."""

    def register(handler: WordHandler) -> WordHandler:
        assert name not in words, f"two handlers for {name}"
        told = (handler.__doc__ or "").strip().partition("\n")[0]
        words[name] = AdminWord(name, usage, told, handler, reads)
        return handler

    return register


def find_word(text: Typed) -> tuple[AdminWord | None, Typed]:
    """The word that a text begins with, the longer one first, and what follows it."""
    first = text[0] if text and isinstance(text[0], str) else ""
    for begins in (_TWO, _ONE):
        match = begins.match(first)
        if match and (found := words.get(" ".join(match.groups()).lower())):
            rest = first[match.end() :].lstrip()
            return found, (rest, *text[1:]) if rest else tuple(text[1:])
    return None, text


def command_name(ctx: Context) -> str:
    return "/rewards-admin" if ctx.home.platform == Platform.SLACK else "rewards-admin"


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
