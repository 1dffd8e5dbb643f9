"""The address of a picture that an administrator gives: platforms fetch it themselves, Plaudit never does."""

from __future__ import annotations

from urllib.parse import urlsplit

from handlers.refusals import Refusal

LONGEST_ADDRESS = 500


def picture_address_of(typed: str, field: str) -> str:
    """The address as it is stored; empty for none. Refuses what is no public https address, at the field."""
    address = typed.strip()
    if not address:
        return ""
    try:
        parts = urlsplit(address)
        fits = parts.scheme == "https" and bool(parts.hostname) and not parts.username
    except ValueError:
        fits = False
    if not fits or len(address) > LONGEST_ADDRESS or not address.isascii() or any(one.isspace() for one in address):
        raise Refusal(
            "unclear_picture",
            "That is no address of a picture.",
            "It begins with https://, and everybody can see it without signing in.",
            field=field,
        )
    return address
