"""Glyphs as SVG. No text reaches it, so nothing that somebody typed can be read as mark-up there, and whoever shows it
needs no typeface.
"""

from __future__ import annotations

from cards.pictures.colour_glyphs import painted
from cards.pictures.outlines import outline, short
from cards.pictures.shaping import Glyph, Shaped

_THICKER = 0.035  # how much heavier a line that stands for bold is, in ems


class Sheet:
    """The glyphs of one picture. Each is defined once, under a name of its own, and used wherever it stands."""

    def __init__(self) -> None:
        self._defined: dict[str, str] = {}

    def draw(self, line: Shaped, x: float, y: float, size: float, colour: str) -> str:
        """The line with its left end and base line at (x, y), `size` pixels an em."""
        return "".join(self._use(glyph, x + glyph.x * size, y - glyph.y * size, size, colour) for glyph in line.glyphs)

    @property
    def definitions(self) -> str:
        return "".join(self._defined.values())

    def _use(self, glyph: Glyph, x: float, y: float, size: float, colour: str) -> str:
        face, name = glyph.face, f"{glyph.face.name}-{glyph.id}"
        ink = painted(face, glyph.id) if face.is_colour else outline(face, glyph.id)
        if not ink:
            return ""
        self._defined[name] = f'<g id="{name}">{ink}</g>' if face.is_colour else f'<path id="{name}" d="{ink}"/>'
        heavier = f' stroke="{colour}" stroke-width="{short(_THICKER * face.per_em)}"' if face.thicken else ""
        scale = size / face.per_em
        place = f"matrix({short(scale)} 0 0 {short(-scale)} {short(x)} {short(y)})"
        return f'<use href="#{name}" fill="{colour}"{heavier} transform="{place}"/>'
