"""Text becomes glyphs with places, in ems: HarfBuzz shapes runs of one direction and one typeface."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import uharfbuzz as hb

from cards.pictures.bidi import base_level, in_order, levels
from cards.pictures.fonts import Face, face_of
from cards.pictures.letters import graphemes

_KANA = range(0x3041, 0x3100)


@dataclass(frozen=True)
class Glyph:
    face: Face
    id: int
    x: float
    """From the left end of the line, and up from its base line, in ems."""
    y: float


@dataclass(frozen=True)
class Shaped:
    glyphs: tuple[Glyph, ...]
    width: float

    @property
    def missing(self) -> int:
        """How many glyphs are the box for what no typeface has."""
        return sum(glyph.id == 0 for glyph in self.glyphs)


@dataclass(frozen=True)
class _Run:
    text: str
    level: int
    face: Face


def shape(line: str, bold: bool = False, base: int | None = None) -> Shaped:
    """One line, its runs in the order in which they are seen; `base` is the level of the paragraph it is from."""
    runs = list(_runs(line, bold, base))
    glyphs: list[Glyph] = []
    x = 0.0
    for i in in_order([run.level for run in runs]):
        for glyph_id, _, advance, right, up in _shaped(runs[i]):
            glyphs.append(Glyph(runs[i].face, glyph_id, x + right, up))
            x += advance
    return Shaped(tuple(glyphs), x)


def advances(text: str, bold: bool = False) -> list[float]:
    """How far each character moves on, in ems. What is drawn together is counted at its first character."""
    moved = [0.0] * len(text)
    start = 0
    for run in _runs(text, bold):
        for _, cluster, advance, _, _ in _shaped(run):
            moved[start + cluster] += advance
        start += len(run.text)
    return moved


def _runs(text: str, bold: bool, base: int | None = None) -> Iterator[_Run]:
    japanese = any(ord(c) in _KANA for c in text)
    directions = levels(text, base_level(text) if base is None else base)
    pieces = [(text[a:b], directions[a], _face(text[a:b], bold, japanese)) for a, b in graphemes(text)]
    for (level, face), run in groupby(_spaces_join(pieces), key=lambda piece: piece[1:]):
        yield _Run("".join(piece[0] for piece in run), level, face)


def _spaces_join(pieces: list[tuple[str, int, Face]]) -> Iterator[tuple[str, int, Face]]:
    """A space is of the typeface of the word before, so that words of other scripts stay one run."""
    before: Face | None = None
    for text, level, face in pieces:
        if text == " " and before and not before.is_colour and before.has(" "):
            face = before
        before = face
        yield text, level, face


@lru_cache(maxsize=4096)
def _face(grapheme: str, bold: bool, japanese: bool) -> Face:
    return face_of(grapheme, bold, japanese)


def _shaped(run: _Run) -> list[tuple[int, int, float, float, float]]:
    """Glyph, first character, advance, and how far it is off its place to the right and up."""
    buffer = hb.Buffer()
    buffer.add_codepoints([ord(c) for c in run.text])
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.language = "und"  # the guess is that of the machine
    hb.shape(run.face.font, buffer)
    em = run.face.per_em
    return [
        (info.codepoint, info.cluster, place.x_advance / em, place.x_offset / em, place.y_offset / em)
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]
