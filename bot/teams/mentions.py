"""Typed text as Teams delivers it: plain, but with `<at>` tags and entities, and some clients' HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from bot.teams.activities import MentionEntity
from handlers.vocabulary import AccountRef, Mentioned, Piece, Typed, WorkspaceRef


def read_text(text: str, mentions: Iterable[MentionEntity], bot_id: str, workspace: WorkspaceRef) -> Typed:
    """Words and mentions in their order, without the mentions of the app itself. Never raises."""
    known = list(mentions)
    pieces = [
        _words(part) if isinstance(part, str) else _mentioned(part, known, bot_id, workspace) for part in _parts(text)
    ]
    return _joined(pieces)


def read_plain(markup: str) -> str:
    """HTML of a message as one line of words, mentions as names."""
    return " ".join(_words(markup).split())


def _parts(text: str) -> Iterator[str | re.Match[str]]:
    """Text between mentions, and each mention as its match."""
    end = 0
    for found in _MENTION.finditer(text):
        yield text[end : found.start()]
        yield found
        end = found.end()
    yield text[end:]


def _mentioned(found: re.Match[str], known: list[MentionEntity], bot_id: str, workspace: WorkspaceRef) -> Piece:
    label = _words(found["at"] or found["span"] or "")
    entity = _entity(found, label, known)
    if entity is None:
        return f"@{label}"  # a name without a person behind it, as if it were typed
    if entity.id == bot_id:
        return ""
    if not entity.id.startswith(_PEOPLE):
        return f"@{label}"  # a tag, a team or a channel
    return Mentioned(AccountRef(workspace, entity.id), label or entity.name)


def _entity(found: re.Match[str], label: str, known: list[MentionEntity]) -> MentionEntity | None:
    """By its text, as Teams does; in HTML by its number. Namesakes stand in the order of their entities."""
    number = _NUMBER.search(found[0].partition(">")[0])
    if number and int(number[1]) < len(known):
        return known[int(number[1])]
    same = [one for one in known if found[0] == one.text or _words(one.text) == label or one.name == label]
    if not same:
        return None
    if len(same) > 1:
        known.remove(same[0])
    return same[0]


def _joined(pieces: Iterable[Piece]) -> Typed:
    """Neighbouring words as one piece, and no blanks at the edges."""
    joined: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and joined and isinstance(joined[-1], str):
            joined[-1] += piece
        elif piece:
            joined.append(piece)
    if joined and isinstance(joined[0], str):
        joined[0] = joined[0].lstrip()
    if joined and isinstance(joined[-1], str):
        joined[-1] = joined[-1].rstrip()
    return tuple(piece for piece in joined if piece)


def _words(markup: str) -> str:
    """Without tags, and entities as the signs they stand for; pictures as the signs they show."""
    text = _PICTURE.sub(lambda found: found["alt"] or "", markup)
    text = _BREAK.sub("\n", text)
    text = _TAG.sub("", text)
    return html.unescape(text).replace("\xa0", " ").replace("\r\n", "\n")


# Signs that people type arrive as entities, so these tags are Teams' own. No pattern can run away: each stops
# at the next angle bracket or after a bounded length.
_MENTION = re.compile(
    r"<at\b[^<>]{0,200}>(?P<at>[^<>]{0,256})</at>"
    r"|<span\b[^<>]{0,300}skype\.com/Mention[^<>]{0,300}>(?P<span>[^<>]{0,256})</span>",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"""\b(?:item)?id=["']?(\d{1,4})\b""", re.IGNORECASE)
_PICTURE = re.compile(r"""<(?:emoji|img)\b(?:[^<>]*?\balt=(?P<q>["'])(?P<alt>[^<>]{0,200}?)(?P=q))?[^<>]*>""", re.I)
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d|/blockquote)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:at|a|p|div|br|span|b|i|u|s|em|strong|strike|sub|sup|code|pre|codeblock|blockquote|ul|ol|li|hr|h\d"
    r"|table|tbody|thead|tr|td|th|font|emoji|img|attachment|readonly|systemeventmessage)\b[^<>]*>",
    re.IGNORECASE,
)
_PEOPLE = ("29:", "28:", "8:")
