"""What people wrote, made ready to be drawn: graphemes, and no character that no typeface can show."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from cards.pictures.fonts import has_face
from cards.text import clean

_JOINER = "\u200d"
_SKIN = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
_MARKS_AT_MOST = 4  # on one letter; living scripts need three, and a heap of them would cover the lines above
_MARKS = ("Mn", "Me", "Mc")
_UNSEEN = (*_MARKS, "Cf", "Zs", "Co")


def ready(text: str) -> str:
    """One line, composed (NFC), without heaps of marks; fancy letters that no typeface has become plain ones.

    Nothing, where there is nothing to be seen.
    """
    composed = unicodedata.normalize("NFC", clean(text))
    if composed.isascii():
        return composed
    if not any(unicodedata.category(c) not in _UNSEEN for c in composed):
        return ""
    return _without_heaps("".join(c if c.isascii() or has_face(c) else _plain(c) for c in composed))


def graphemes(text: str) -> list[tuple[int, int]]:
    """Where each begins and ends: a letter with its marks, an emoji of several signs, a flag."""
    cuts = [0, *(i for i in range(1, len(text)) if not _belongs(text, i)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]


def _plain(character: str) -> str:
    """𝓐 is A, ㎏ is kg: the compatibility form, where we can show that. What is no character of text goes."""
    if unicodedata.category(character) in ("Cc", "Co", "Cs") or _is_none(ord(character)):
        return ""
    form = unicodedata.normalize("NFKC", character)
    return form if all(has_face(c) for c in form) else character


def _is_none(point: int) -> bool:
    """The 66 that Unicode keeps for programs; two of them XML forbids."""
    return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF


def _without_heaps(text: str) -> str:
    kept, marks = [], _MARKS_AT_MOST  # so that a mark without a letter goes
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_AT_MOST:
            kept.append(character)
    return "".join(kept)


def _belongs(text: str, at: int) -> bool:
    """Whether the character goes with the one before: the rules of UAX #29 that matter here."""
    before, here = text[at - 1], text[at]
    if here.isascii():
        return False
    point = ord(here)
    if here == _JOINER or point in _SKIN or point in _TAGS or unicodedata.category(here) in _MARKS:
        return True
    if before == _JOINER:
        return True
    if point in _FLAG_LETTERS:
        return _flag_letters_before(text, at) % 2 == 1
    return unicodedata.combining(before) == 9 and unicodedata.category(here) == "Lo"  # a conjunct, after a virama


def _flag_letters_before(text: str, at: int) -> int:
    start = at
    while start and ord(text[start - 1]) in _FLAG_LETTERS:
        start -= 1
    return at - start
