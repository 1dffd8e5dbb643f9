"""The picture of a badge: SVG for pages, PNG for chats."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from cards.pictures.colours import PAPER, WHITE
from cards.pictures.emblems import make_emblem
from cards.pictures.ink import Sheet
from cards.pictures.letters import ready
from cards.pictures.lines import Box
from cards.pictures.page import Spot, Style, block
from cards.pictures.painting import png, svg

SIZE = 512
_EMBLEM = (SIZE / 2, 192.0, 154.0)
_BAND = 436  # its middle
_TITLE = Box(width=412, height=100, sizes=(44, 38, 34, 30))
_WORDS = Style(WHITE, bold=True)


@dataclass(frozen=True)
class BadgePicture:
    """Colour and shape come from `id` alone, so that a new title or emoji leaves them."""

    id: str
    emoji: str
    title: str


def badge_svg(badge: BadgePicture) -> str:
    """512 by 512; it needs no typeface and nothing else from elsewhere. Its words are also there for who hears it."""
    sheet = Sheet()
    emblem = make_emblem(sheet, badge.id, badge.emoji, _EMBLEM)
    title = Markup(_title(sheet, ready(badge.title)))  # noqa: S704
    definitions = Markup(sheet.definitions)  # noqa: S704
    return svg(
        "badge.svg.j2",
        size=SIZE,
        paper=PAPER,
        white=WHITE,
        alt=badge_alt(badge),
        emblem=emblem,
        title=title,
        definitions=definitions,
    )


def badge_png(badge: BadgePicture) -> bytes:
    return png(badge_svg(badge))


def badge_alt(badge: BadgePicture) -> str:
    """What the picture says, for who hears it instead."""
    return f"Badge: {ready(badge.title) or 'without a title'}"


def _title(sheet: Sheet, title: str) -> str:
    """White, in the middle of the band."""
    height = block(Sheet(), title, _TITLE, Spot(0, 0), _WORDS).height
    return block(sheet, title, _TITLE, Spot(SIZE / 2, _BAND - height / 2, anchor=0.5), _WORDS).ink
