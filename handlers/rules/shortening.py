"""Texts that share one message: none is cut while all fit, and the longest are cut first."""

from __future__ import annotations

from collections.abc import Sequence

_MOST_FOR_ONE = 5
_SHORTEST = 4


def shorten_together(texts: Sequence[str], most: int) -> list[str]:
    """The texts, the longest halved until all together weigh `most` or less.

    What was cut ends with an ellipsis; where only a few letters would be left, nothing is.
    """
    kept = list(texts)
    weights = [weight(one) for one in kept]
    while sum(weights) > max(most, 0):
        longest = weights.index(max(weights))
        half = kept[longest][: len(kept[longest]) // 2].rstrip("… ")
        kept[longest] = half + "…" if len(half) >= _SHORTEST else ""
        weights[longest] = weight(kept[longest])
    return kept


def weight(text: str) -> int:
    """Characters that a platform may take to show a text: `&amp;` is five, an emoji two and a guard at each side."""
    return sum(1 if one.isspace() or (one.isalnum() and one <= "\uffff") else _MOST_FOR_ONE for one in text)
