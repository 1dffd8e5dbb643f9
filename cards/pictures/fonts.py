"""The typefaces that the pictures are set in: ours only, so that a picture is the same on every machine.

They lie compressed in `fonts/` and are unpacked when a character first needs them: a card in Latin letters loads two
of them. `fonts/README.md` says where they come from and what was left out.
"""

from __future__ import annotations

import lzma
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import uharfbuzz as hb

FOLDER = Path(__file__).with_name("fonts")
_EMOJI_STYLE, _TEXT_STYLE = "\ufe0f", "\ufe0e"
_KEYCAP = "\u20e3"
_SKIN = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


@dataclass(frozen=True)
class Typeface:
    """One script or more. `blocks` are where its characters may be; the file says whether they are."""

    name: str
    blocks: tuple[tuple[int, int], ...]
    bold: bool = False
    """Has a bold of its own; else the regular is drawn with a heavier line."""

    def may_have(self, character: str) -> bool:
        point = ord(character)
        return any(first <= point <= last for first, last in self.blocks)


@dataclass(frozen=True)
class Face:
    """A typeface in one weight, unpacked."""

    name: str
    font: hb.Font
    per_em: int
    is_colour: bool
    thicken: bool

    def has(self, character: str) -> bool:
        return bool(self.font.get_nominal_glyph(ord(character)))


_HAN = ((0x2E80, 0x2FDF), (0x3000, 0x312F), (0x31F0, 0x31FF), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))
_SANS = Typeface("sans", ((0, 0x2E7F), (0xA640, 0xAB6F), (0xFB00, 0xFE2F), (0xFFFC, 0xFFFD)), bold=True)
_SCRIPTS = (
    Typeface("hebrew", ((0x0590, 0x05FF), (0xFB1D, 0xFB4F)), bold=True),
    Typeface("arabic", ((0x0600, 0x08FF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFF)), bold=True),
    Typeface("devanagari", ((0x0900, 0x097F), (0xA8E0, 0xA8FF)), bold=True),
    Typeface("thai", ((0x0E00, 0x0E7F),), bold=True),
    Typeface("armenian", ((0x0530, 0x058F), (0xFB13, 0xFB17))),
    Typeface("bengali", ((0x0980, 0x09FF),)),
    Typeface("gurmukhi", ((0x0A00, 0x0A7F),)),
    Typeface("gujarati", ((0x0A80, 0x0AFF),)),
    Typeface("tamil", ((0x0B80, 0x0BFF),)),
    Typeface("telugu", ((0x0C00, 0x0C7F),)),
    Typeface("kannada", ((0x0C80, 0x0CFF),)),
    Typeface("malayalam", ((0x0D00, 0x0D7F),)),
    Typeface("sinhala", ((0x0D80, 0x0DFF),)),
    Typeface("lao", ((0x0E80, 0x0EFF),)),
    Typeface("myanmar", ((0x1000, 0x109F), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F))),
    Typeface("ethiopic", ((0x1200, 0x139F), (0x2D80, 0x2DDF), (0xAB00, 0xAB2F))),
    Typeface("khmer", ((0x1780, 0x17FF), (0x19E0, 0x19FF))),
    Typeface("georgian", ((0x10A0, 0x10FF), (0x1C90, 0x1CBF), (0x2D00, 0x2D2F))),
    Typeface("hangul", ((0x3130, 0x318F), (0xAC00, 0xD7A3))),
    Typeface("han-common", _HAN),
    Typeface("han-rare", ((0x4E00, 0x9FFF),)),
)
_JAPANESE = Typeface("japanese", _HAN)
_SYMBOLS = (
    Typeface("math", ((0x2070, 0x22FF), (0x2900, 0x2AFF))),
    Typeface("symbols", ((0x2000, 0x2BFF), (0x1F000, 0x1FBFF))),
    Typeface("symbols-2", ((0x2190, 0x2E7F),)),
)
_EMOJI_BLOCKS = ((0x00A9, 0x00AE), (0x203C, 0x3299), (0x1F000, 0x1FBFF))


def face_of(cluster: str, bold: bool, japanese: bool = False) -> Face:
    """Where to draw one grapheme from. What nobody has is drawn by the first, as its box for the missing."""
    if _asks_for_emoji(cluster) and emoji().has(cluster[0]):
        return emoji()
    if found := _among((_SANS, *((_JAPANESE,) if japanese else ()), *_SCRIPTS), cluster, bold):
        return found
    if _TEXT_STYLE not in cluster and _is_between(_EMOJI_BLOCKS, cluster[0]) and emoji().has(cluster[0]):
        return emoji()
    return _among(_SYMBOLS, cluster, bold) or load(_SANS, bold)


@lru_cache(maxsize=4096)
def has_face(character: str) -> bool:
    """Whether any typeface has it, also as a sign that others build on."""
    return face_of(character, bold=False).has(character)


def _asks_for_emoji(cluster: str) -> bool:
    if len(cluster) == 1:
        return False
    points = [ord(c) for c in cluster]
    return (
        _EMOJI_STYLE in cluster
        or cluster[-1] == _KEYCAP
        or all(p in _FLAG_LETTERS for p in points)
        or any(p in _SKIN for p in points[1:])
    )


def _among(typefaces: tuple[Typeface, ...], cluster: str, bold: bool) -> Face | None:
    """The first that has all of the grapheme, or else its base: marks are then drawn by whoever draws the base."""
    base = None
    for typeface in typefaces:
        if typeface.may_have(cluster[0]) and (face := load(typeface, bold)).has(cluster[0]):
            if all(face.has(c) for c in cluster[1:]):
                return face
            base = base or face
    return base


def _is_between(blocks: tuple[tuple[int, int], ...], character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in blocks)


@cache
def load(typeface: Typeface, bold: bool) -> Face:
    weight = "bold" if bold and typeface.bold else "regular"
    return _unpacked(f"{typeface.name}-{weight}", thicken=bold and not typeface.bold)


@cache
def emoji() -> Face:
    return _unpacked("emoji", thicken=False)


def _unpacked(name: str, thicken: bool) -> Face:
    face = hb.Face(_file(name))
    return Face(name, hb.Font(face), face.upem, bool(face.has_color_paint), thicken)


@cache
def _file(name: str) -> hb.Blob:
    return hb.Blob(lzma.decompress((FOLDER / f"{name}.ttf.xz").read_bytes()))
