"""What the readers of both platforms do with a text before anybody else sees it."""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Without NUL and lone surrogates, which no database takes as text."""
    return _UNSTORABLE.sub("", text)
