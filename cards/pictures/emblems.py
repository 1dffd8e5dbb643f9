"""The emblem of a badge: a rosette in its colour with its emoji, for the badge's own picture and for share cards."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from markupsafe import Markup

from cards.pictures.colours import Tone, number_of, tone_of
from cards.pictures.ink import Sheet
from cards.pictures.letters import graphemes, ready
from cards.pictures.shaping import shape

_LEAVES = (9, 12, 16, 20)
_EMOJI = 0.92  # its width, in radii
_EMOJI_MIDDLE = 0.36  # over the base line, in ems
USUAL = "⭐"


@dataclass(frozen=True)
class Emblem:
    x: float
    y: float
    radius: float
    tone: Tone
    outline: str
    emoji: Markup


def make_emblem(sheet: Sheet, badge_id: str, emoji: str, place: tuple[float, float, float]) -> Emblem:
    """`place` is the middle and the radius, in pixels. Of the emoji the first sign is shown."""
    x, y, radius = place
    leaves = _LEAVES[number_of(badge_id) // 97 % len(_LEAVES)]
    tone = tone_of(badge_id)
    return Emblem(x, y, radius, tone, rosette(leaves), Markup(_emoji(sheet, emoji, place, tone)))  # noqa: S704


def rosette(leaves: int) -> str:
    """A circle of radius 1 with a wavy edge."""
    steps = leaves * 12
    points = [(1 + 0.045 * cos(leaves * a), a) for a in (2 * pi * i / steps for i in range(steps))]
    return "M" + "L".join(f"{r * sin(a):.4f} {-r * cos(a):.4f}" for r, a in points) + "Z"


def _emoji(sheet: Sheet, emoji: str, place: tuple[float, float, float], tone: Tone) -> str:
    x, y, radius = place
    text = ready(emoji)
    line = shape(next((text[a:b] for a, b in graphemes(text)), USUAL), bold=True)
    size = radius * _EMOJI / max(line.width, 1.0)
    return sheet.draw(line, x - line.width * size / 2, y + _EMOJI_MIDDLE * size, size, tone.deep)
