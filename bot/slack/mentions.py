"""What people typed on Slack, from its wire form to pieces: `<@U1|ann>` is a mention, `&lt;` a bracket.

Slack escapes `& < >` in what people type, so every bracket left is its own. Nothing here raises: what is odd
stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cards.limits import clip
from handlers.vocabulary import (
    AccountRef,
    ChannelLink,
    GroupRef,
    Mentioned,
    Piece,
    Typed,
    WorkspaceRef,
)

_BRACKETS = re.compile(r"<([^<>]*)>")
_PERSON = re.compile(r"@([UW]\w+)")
_GROUP = re.compile(r"!subteam\^(\w+)")
_CHANNEL = re.compile(r"#([CGD]\w+)")


def read_text(text: str, workspace: WorkspaceRef) -> Typed:
    """`text` as words, mentions and channel links, with entities unescaped exactly once."""
    return tuple(_joined(_pieces(text, workspace)))


def plain_text(text: str, workspace: WorkspaceRef, longest: int) -> str:
    """How `text` begins, on one line, as a person reads it; it mentions nobody."""
    shown = "".join(_shown(piece) for piece in read_text(text, workspace))
    return clip(" ".join(shown.split()), longest)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _pieces(text: str, workspace: WorkspaceRef) -> Iterator[Piece]:
    done = 0
    for match in _BRACKETS.finditer(text):
        yield unescape(text[done : match.start()])
        yield _inside(match[1], workspace)
        done = match.end()
    yield unescape(text[done:])


def _inside(inside: str, workspace: WorkspaceRef) -> Piece:
    target, _, raw_label = inside.partition("|")
    label = unescape(raw_label)
    if person := _PERSON.fullmatch(target):
        return Mentioned(AccountRef(workspace, person[1]), label)
    if group := _GROUP.fullmatch(target):
        return Mentioned(GroupRef(workspace, group[1]), label)
    if channel := _CHANNEL.fullmatch(target):
        return ChannelLink(channel[1], label.removeprefix("#"))
    return _words(target, label)


def _words(target: str, label: str) -> str:
    """An address as itself; `<!channel>` and its like as words, which ping nobody."""
    if target.startswith("!"):
        return label if "^" in target else "@" + unescape(target[1:])
    if target.startswith("mailto:"):
        return unescape(target.removeprefix("mailto:"))
    return unescape(target)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Words that stand next to each other as one piece, and no empty ones."""
    words = ""
    for piece in pieces:
        if isinstance(piece, str):
            words += piece
            continue
        if words:
            yield words
        yield piece
        words = ""
    if words:
        yield words


def _shown(piece: Piece) -> str:
    match piece:
        case str():
            return piece
        case Mentioned():
            return "@" + (piece.label.removeprefix("@") or "somebody")
        case ChannelLink():
            return "#" + (piece.name or "channel")
