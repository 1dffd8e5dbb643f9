"""Where the picture of a badge is found: an address that changes with what the picture shows."""

from __future__ import annotations

import hashlib
from urllib.parse import urlsplit

from handlers.vocabulary import BadgePicture

PATH = "/pictures/badges"
_MARK = 12


def address_of(picture: BadgePicture, public_url: str, *, loopback: bool = False) -> str:
    """Empty where a platform could not fetch it: without a public address over https, which the sandbox needs not."""
    fetched = urlsplit(public_url).scheme == "https" or (loopback and public_url)
    mark = mark_of(picture.emoji, picture.title)
    return f"{public_url.rstrip('/')}{PATH}/{picture.tenant_id}/{picture.badge_id}/{mark}.png" if fetched else ""


def mark_of(emoji: str, title: str) -> str:
    """The same for the same emoji and title."""
    return hashlib.sha256(f"{emoji}\n{title}".encode()).hexdigest()[:_MARK]
