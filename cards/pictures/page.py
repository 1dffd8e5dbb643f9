"""Text onto a picture: blocks that fit their box, and lines of names that keep to themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cards.pictures.bidi import base_level
from cards.pictures.ink import Sheet
from cards.pictures.lines import ELLIPSIS, Box, fit
from cards.pictures.shaping import shape

_READ = 3000  # characters of a text that could be seen at most; the rest need not be measured


@dataclass(frozen=True)
class Style:
    colour: str
    bold: bool = False


@dataclass(frozen=True)
class Spot:
    """Where a block begins: its box's left, middle or right (by `anchor`: 0, 0.5 or 1), and its top."""

    x: float
    y: float
    anchor: float = 0
    turns: bool = False
    """What begins with a letter that runs to the left goes to the right side of the box."""


@dataclass(frozen=True)
class Drawn:
    ink: str
    width: float
    """Of the widest line."""
    height: float


@dataclass(frozen=True)
class Piece:
    text: str
    style: Style


def block(sheet: Sheet, text: str, box: Box, spot: Spot, style: Style, end: str = ELLIPSIS) -> Drawn:
    """As large as it fits; `end` stands where it had to be cut."""
    lines = fit(text[:_READ], box, style.bold, end)
    base = base_level(text)
    x, anchor = (spot.x + box.width, 1.0) if base and spot.turns else (spot.x, spot.anchor)
    drawn, widest = [], 0.0
    for i, line in enumerate(lines.lines):
        shaped = shape(line, style.bold, base)
        size = min(lines.size, box.width / shaped.width) if shaped.width else lines.size
        y = spot.y + lines.size * (1 + i * box.leading)
        drawn.append(sheet.draw(shaped, x - shaped.width * size * anchor, y, size, style.colour))
        widest = max(widest, shaped.width * size)
    return Drawn("".join(drawn), widest, len(lines.lines) * lines.size * box.leading)


def row(sheet: Sheet, pieces: Sequence[Piece], box: Box, spot: Spot) -> str:
    """Pieces on the base line `spot.y`, each with a direction of its own: two Hebrew names do not change places."""
    size = _size(pieces, box) or min(box.sizes[-1], box.width / row_width(pieces))
    x, drawn = spot.x, []
    for piece in pieces:
        shaped = shape(piece.text, piece.style.bold)
        drawn.append(sheet.draw(shaped, x, spot.y, size, piece.style.colour))
        x += shaped.width * size
    return "".join(drawn)


def row_fits(pieces: Sequence[Piece], box: Box) -> bool:
    return _size(pieces, box) is not None


def row_width(pieces: Sequence[Piece]) -> float:
    """In ems."""
    return sum(shape(piece.text, piece.style.bold).width for piece in pieces)


def _size(pieces: Sequence[Piece], box: Box) -> int | None:
    width = row_width(pieces)
    return next((size for size in box.sizes if width * size <= box.width), None)
