"""The page behind a link to a picture. Whatever people wrote is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from cards.text import clean
from handlers.refusals import Refusal
from handlers.rules.days import in_words
from handlers.sharing import PATH, Shared

if TYPE_CHECKING:
    from cards.pictures import ShareCard


def share(shown: Shared, token: str) -> str:
    """The picture, what it says for who hears it, and a way to keep it."""
    from cards.pictures import share_alt

    address = f"{PATH}/{escape(token)}"
    alt = escape(share_alt(picture_of(shown)))
    return _shell(
        "A thank-you to show",
        f"""<img src="{address}/picture.png" width="1200" height="630" alt="{alt}">
<p><a class="button" href="{address}/plaudit.png" download>Keep the picture</a></p>
<p>It names those who agreed. It works for a week, and ends at once when they change their mind.</p>""",
    )


def refused(refusal: Refusal) -> str:
    return _shell(refusal.sentence, f"<p>{escape(refusal.next_step)}</p>")


def picture_of(shown: Shared) -> ShareCard:
    """As the painter wants it, who is called in where something is painted: much comes along."""
    from cards.pictures import ShareCard

    return ShareCard(
        giver=shown.giver,
        receivers=shown.receivers,
        reason=shown.reason,
        value=shown.value,
        badge=shown.badge,
        badge_emoji=shown.badge_emoji,
        badge_id=shown.badge_id,
        organisation=shown.organisation,
        day=in_words(shown.day),
    )


def _shell(title: str, body: str) -> str:
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{escape(clean(title))}</title>
<link rel="icon" href="{PATH}/static/mark.svg"><link rel="stylesheet" href="{PATH}/static/share.css"></head>
<body><main><h1>{escape(clean(title))}</h1>
{body}
</main></body></html>"""
