"""The colours of the pictures, and how well they can be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Tone:
    """Deep carries white words; tint lies behind the emoji."""

    deep: str
    tint: str


GROUND = "#3d1b5b"
DEEPER = "#2a1042"  # what the ground turns to at the lower edge
ACCENT = "#f2c14e"
WHITE = "#ffffff"
SOFT = "#dccbf0"  # words of second rank, on the ground
PAPER = "#fbf9fd"

TONES = (
    Tone("#6d2b8f", "#f1e2f8"),  # plum
    Tone("#4a3fa5", "#e5e3f8"),  # indigo
    Tone("#1d5fa8", "#dcebfa"),  # blue
    Tone("#0b6a78", "#d8f1f2"),  # teal
    Tone("#1f6b47", "#daf2e4"),  # green
    Tone("#566414", "#eef3d2"),  # olive
    Tone("#86590a", "#fbeecb"),  # amber
    Tone("#a04318", "#fde5d8"),  # rust
    Tone("#a32c3b", "#fbe0e3"),  # red
    Tone("#a3296c", "#fbe0ee"),  # rose
    Tone("#445468", "#e4eaf1"),  # slate
    Tone("#74542f", "#f4e8d8"),  # bronze
)


def tone_of(badge_id: str) -> Tone:
    """The same for the same badge, on every machine and in every year."""
    return TONES[number_of(badge_id) % len(TONES)]


def number_of(badge_id: str) -> int:
    return int.from_bytes(sha256(badge_id.encode("utf-8", "replace")).digest()[:8], "big")


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2: 1 is none, 21 is black on white; words need 4.5, what is large or a picture 3."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
