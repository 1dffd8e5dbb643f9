"""The signature of calls to vendors and back: `t=<unix seconds>,v1=<hex>`, HMAC-SHA256 (RFC 2104) of `<t>.<body>`.

The time is signed with the body, so that a call that somebody overheard is worth nothing after `LIFE_S`. The secret is
used as it is written, as UTF-8.
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

HEADER = "Plaudit-Signature"
LIFE_S = 5 * 60
"""How far the time of a call may be from ours, in either direction."""

_SIGNATURE = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})", re.ASCII)


def sign(secret: str, at: int, body: bytes) -> str:
    """`at` is the real time, in seconds since 1970."""
    return f"t={at},v1={_digest(secret, at, body)}"


def is_signed(signature: str, secret: str, body: bytes, now: float) -> bool:
    """Whether somebody with the secret sent this, just now."""
    found = _SIGNATURE.fullmatch(signature.strip())
    if found is None:
        return False
    at = int(found[1])
    return hmac.compare_digest(found[2], _digest(secret, at, body)) and abs(now - at) <= LIFE_S


def _digest(secret: str, at: int, body: bytes) -> str:
    return hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
