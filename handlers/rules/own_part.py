"""What of a reward may come from one's own pocket: how much money stands for the points that are not paid."""

from __future__ import annotations

from store.types import Points

_OFFERED = 5
"""Ways to share it that are offered, beside all in points."""


def own_part(value_minor: int, price: Points, points: Points) -> int:
    """The rest in minor units, in proportion to the points that it stands for; a part of a unit counts as one.

    Rounded up, so that nobody gets a reward for less than it is worth by paying it in parts.
    """
    assert 0 < points <= price, (points, price)
    return -(-value_minor * (price - points) // price)


def shares(price: Points, least: Points, most: Points) -> tuple[Points, ...]:
    """The numbers of points to choose from, the highest first: from what somebody has down to the least."""
    top = min(price, most)
    if top < least:
        return ()
    return tuple(sorted({top - (top - least) * part // _OFFERED for part in range(_OFFERED + 1)}, reverse=True))
