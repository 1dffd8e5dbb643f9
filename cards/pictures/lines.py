"""Lines of a measured width: where text may break, how large it can be, and where it is cut."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from cards.pictures.letters import graphemes
from cards.pictures.shaping import advances

ELLIPSIS = "…"
_NOT_FIRST = "、。，．：；！？）」』】》〉〕］｝’”…‥ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ%)]},.!?:;"
_NOT_LAST = "（「『【《〈〔［｛‘“([{"
_THAI_LEADING = "เแโใไ"
_HYPHENS = "-‐–—/"
_PUNCTUATION = " ,.;:!?-–—/、。，．"


@dataclass(frozen=True)
class Box:
    width: float
    height: float
    sizes: tuple[int, ...]
    """Largest first, in pixels like width and height."""
    leading: float = 1.38
    """From base line to base line, in ems; Thai and Devanagari need this much."""


@dataclass(frozen=True)
class Set:
    """Lines and their size in pixels."""

    lines: tuple[str, ...]
    size: int
    is_cut: bool


def fit(text: str, box: Box, bold: bool = False, end: str = ELLIPSIS) -> Set:
    """The largest size at which all of it fits; at the smallest it is cut at a word, and ends with `end`."""
    measured = Measured(text, bold)
    for size in box.sizes:
        room = max(1, int(box.height / (size * box.leading)))
        lines = measured.lines(box.width / size)
        if len(lines) <= room:
            return Set(tuple(text[a:b] for a, b in lines), size, is_cut=False)
    return Set(_cut(measured, lines[:room], box.width / size, end), size, is_cut=True)


@dataclass(frozen=True)
class Measured:
    text: str
    bold: bool = False

    @cached_property
    def edges(self) -> list[float]:
        """The width of everything before each character, in ems."""
        return list(accumulate(advances(self.text, self.bold), initial=0.0))

    @cached_property
    def graphemes(self) -> list[tuple[int, int]]:
        return graphemes(self.text)

    def width(self, start: int, end: int) -> float:
        return self.edges[end] - self.edges[start]

    def lines(self, width: float) -> list[tuple[int, int]]:
        """Greedy. A word that is wider than a line is broken wherever a letter ends."""
        lines: list[tuple[int, int]] = []
        start = last_break = 0
        for at, end in self.graphemes:
            if at > start and self._may_break(at):
                last_break = at
            if self.text[at] == " " or self.width(start, end) <= width:
                continue
            cut = last_break if last_break > start else max(at, start)
            if cut > start:
                lines.append(self._trimmed(start, cut))
                start = cut
                while start < end and self.text[start] == " ":
                    start += 1
        if self.text[start:].strip():
            lines.append(self._trimmed(start, len(self.text)))
        return lines

    def _trimmed(self, start: int, end: int) -> tuple[int, int]:
        return start, start + len(self.text[start:end].rstrip(" \u200b"))

    def _may_break(self, at: int) -> bool:
        """A few of the rules of UAX #14. Thai has no spaces; before a leading vowel a syllable begins."""
        before, here = self.text[at - 1], self.text[at]
        if before in " \u200b":
            return here != " "
        if here in _NOT_FIRST or before in _NOT_LAST or here == " ":
            return False
        if before in _HYPHENS:
            return at > 1 and self.text[at - 2].isalpha() and here.isalpha()
        if here in _THAI_LEADING:
            return before not in _THAI_LEADING
        return _is_wide(here) or _is_wide(before)


def _is_wide(character: str) -> bool:
    """Han, kana and emoji; Korean has spaces."""
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"


def _cut(measured: Measured, lines: list[tuple[int, int]], width: float, sign: str) -> tuple[str, ...]:
    """The last line ends with the sign after a whole word, or after a letter where the word is most of the line."""
    text = measured.text
    start, end = lines[-1]
    room = width - sum(advances(sign, measured.bold))
    ends = [b for a, b in measured.graphemes if start < b <= end and measured.width(start, b) <= room]
    words = [b for b in ends if b == len(text) or text[b] == " " or _is_wide(text[b - 1])]
    cut = ends[-1] if ends else start
    if words and measured.width(start, words[-1]) > room / 2:
        cut = words[-1]
    last = text[start:cut].rstrip(_PUNCTUATION) + sign
    return (*(text[a:b] for a, b in lines[:-1]), last)
