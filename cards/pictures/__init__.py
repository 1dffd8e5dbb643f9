"""Pictures of recognitions and badges: values in, SVG and PNG out. It touches nothing but its own files.

Import it where a picture is made, for it brings HarfBuzz and resvg along, and typefaces as they are needed.
"""

from cards.pictures.badges import BadgePicture, badge_alt, badge_png, badge_svg
from cards.pictures.share_card import ShareCard, draw_share_card, share_alt

__all__ = [
    "BadgePicture",
    "ShareCard",
    "badge_alt",
    "badge_png",
    "badge_svg",
    "draw_share_card",
    "share_alt",
]
