"""The share card: a public recognition as a picture of 1200 by 630, the size that link previews are made for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from cards.pictures.bidi import base_level
from cards.pictures.colours import ACCENT, DEEPER, GROUND, SOFT, WHITE
from cards.pictures.emblems import make_emblem, rosette
from cards.pictures.ink import Sheet
from cards.pictures.letters import ready
from cards.pictures.lines import ELLIPSIS, Box, fit
from cards.pictures.page import Drawn, Piece, Spot, Style, block, row, row_fits, row_width
from cards.pictures.painting import png, svg

WIDTH, HEIGHT = 1200, 630
_LEFT, _RIGHT = 72, WIDTH - 72
_BESIDE_BADGE = 796
"""The right edge of what stands to the left of a badge."""

_ORGANISATION = Box(width=640, height=40, sizes=(27, 23))
_DAY = Box(width=360, height=40, sizes=(24, 20))
_NAMES_SIZES = (60, 52, 46, 40, 35)
_NAMES_LINE, _GIVER_LINE = 174, 226
_NAMED = 3  # receivers shown by name, while all of them fit
_GIVER_SIZE = 31
_READ = 300  # characters of a name that could be seen at most; the rest need not be measured
_REASON_TOP, _REASON_HEIGHT = 268, 236
_REASON_SIZES = (54, 47, 42, 38, 34, 30, 27, 24)
_QUOTE = 30  # the bar of a quotation, and the space beside it
_VALUE = Box(width=600, height=44, sizes=(28, 24))
_BADGE = (972.0, 322.0, 126.0)
_BADGE_TITLE = Box(width=300, height=84, sizes=(29, 25))
_STRONG, _PLAIN, _QUIET = Style(WHITE, bold=True), Style(WHITE), Style(SOFT)


@dataclass(frozen=True)
class ShareCard:
    """As people wrote it. `value` is emoji and name in one; value, badge and organisation may be empty."""

    giver: str
    receivers: tuple[str, ...]
    reason: str
    value: str
    badge: str
    badge_emoji: str
    organisation: str
    day: str
    """In words, as it is to be shown: "22 November 2026"."""
    badge_id: str = ""
    """Gives the badge the colour and the shape of its own picture; without it they follow from the title."""


def draw_share_card(card: ShareCard) -> bytes:
    """A PNG; the same bytes for the same card. What does not fit is set smaller, and then cut with an ellipsis."""
    return png(share_svg(card))


def share_alt(card: ShareCard) -> str:
    """All that the picture says, and the reason whole: for who hears it instead."""
    reason, value, badge = ready(card.reason), ready(card.value), ready(card.badge)
    parts = (
        f"{_name(card.giver)} recognised {_joined(_names(card))}" + (f": “{reason}”" if reason else ""),
        value and f"Value: {value}",
        badge and f"Badge: {badge}",
        ready(card.organisation),
        ready(card.day),
    )
    return ". ".join(part for part in parts if part) + "."


def share_svg(card: ShareCard) -> str:
    sheet = Sheet()
    has_badge = bool(ready(card.badge) or ready(card.badge_emoji))
    room = (_BESIDE_BADGE if has_badge else _RIGHT) - _LEFT
    reason, quote = _reason(sheet, ready(card.reason), room)
    value = block(sheet, ready(card.value), _VALUE, Spot(_LEFT + 24, 542), _STRONG)
    words = (
        block(sheet, ready(card.organisation), _ORGANISATION, Spot(_LEFT + 44, 66), Style(SOFT, bold=True)).ink,
        block(sheet, ready(card.day), _DAY, Spot(_RIGHT, 68, anchor=1), _QUIET).ink,
        _receivers(sheet, _names(card), room),
        _giver(sheet, _name(card.giver), room),
        reason.ink,
        value.ink,
    )
    return svg(
        "share.svg.j2",
        width=WIDTH,
        height=HEIGHT,
        colours={"ground": GROUND, "deeper": DEEPER, "accent": ACCENT, "white": WHITE},
        mark={"x": _LEFT + 14, "y": 84, "outline": rosette(9)} if ready(card.organisation) else None,
        bar={"x": quote, "y": _REASON_TOP, "height": reason.height} if reason.ink else None,
        pill={"x": _LEFT, "y": 536, "width": value.width + 48} if value.ink else None,
        emblem=make_emblem(sheet, card.badge_id or card.badge, card.badge_emoji, _BADGE) if has_badge else None,
        words=Markup("".join(words) + _badge_title(sheet, ready(card.badge))),  # noqa: S704
        definitions=Markup(sheet.definitions),  # noqa: S704
    )


def _names(card: ShareCard) -> list[str]:
    return [_name(name) for name in card.receivers] or [_name("")]


def _name(text: str) -> str:
    return ready(text) or "somebody"


def _joined(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]


def _receivers(sheet: Sheet, names: Sequence[str], room: float) -> str:
    """As many by name as fit in one line, and how many more; one name that is too long is cut."""
    box, spot = Box(room, _NAMES_SIZES[0], _NAMES_SIZES), Spot(_LEFT, _NAMES_LINE)
    named = _NAMED if len(names) <= _NAMED else _NAMED - 1
    for shown in range(min(named, len(names)), 0, -1):
        pieces = _sentence([name[:_READ] for name in names[:shown]], len(names) - shown)
        if row_fits(pieces, box):
            return row(sheet, pieces, box, spot)
    others = len(names) - 1
    rest = row_width(_sentence([""], others)) * _NAMES_SIZES[-1]
    return row(sheet, _sentence([_shortened(names[0], room - rest, _NAMES_SIZES[-1])], others), box, spot)


def _sentence(names: Sequence[str], others: int) -> list[Piece]:
    """ "Ann, Bob and 3 others"."""
    last = [f"{others} others" if others > 1 else "1 other"] if others else []
    parts = [*names, *last]
    between = [", "] * (len(parts) - 2) + [" and "] if len(parts) > 1 else []
    pieces = [Piece(part, _STRONG) for part in parts]
    for i, words in reversed(list(enumerate(between, 1))):
        pieces.insert(i, Piece(words, _PLAIN))
    return pieces


def _giver(sheet: Sheet, name: str, room: float) -> str:
    by = Piece("recognised by ", _QUIET)
    name = _shortened(name, room - row_width([by]) * _GIVER_SIZE, _GIVER_SIZE)
    return row(sheet, [by, Piece(name, _STRONG)], Box(room, _GIVER_SIZE, (_GIVER_SIZE,)), Spot(_LEFT, _GIVER_LINE))


def _shortened(name: str, room: float, size: int) -> str:
    return next(iter(fit(name[:_READ], Box(room, size * 2, (size,)), bold=True).lines), "")


def _reason(sheet: Sheet, reason: str, room: float) -> tuple[Drawn, float]:
    """And where the bar of the quotation stands: on the side where its lines begin."""
    box = Box(room - _QUOTE, _REASON_HEIGHT, _REASON_SIZES)
    turned = base_level(reason) == 1
    spot = Spot(_LEFT if turned else _LEFT + _QUOTE, _REASON_TOP, turns=True)
    text = f"“{reason}”" if reason else ""
    return block(sheet, text, box, spot, _PLAIN, ELLIPSIS + "”"), _LEFT + (room - 5 if turned else 0)


def _badge_title(sheet: Sheet, title: str) -> str:
    return block(sheet, title, _BADGE_TITLE, Spot(_BADGE[0], 478, anchor=0.5), _STRONG).ink
