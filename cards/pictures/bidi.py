"""Which way text runs: the Unicode Bidirectional Algorithm (UAX #9) for one paragraph.

Without explicit embeddings and isolates, which `cards.text.clean` takes out, and without rule N0 (pairs of brackets).
Whoever puts names into a sentence lays them out piece by piece, which is what isolates are for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_STRONG = {"L": 0, "R": 1, "AL": 1}
_NUMBERS = ("EN", "AN")
_REMOVED = {"BN", "LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def levels(text: str, base: int) -> list[int]:
    """One level a character: even runs to the right, odd to the left. `base` is that of the paragraph."""
    if text.isascii() and not base:
        return [base] * len(text)
    kinds = _weak([unicodedata.bidirectional(c) or "L" for c in text], "R" if base else "L")
    return [_level(kind, base) for kind in _neutral(kinds, base)]


def base_level(text: str) -> int:
    """1 where the first letter belongs to a script that runs to the left (P2, P3)."""
    return next((_STRONG[k] for c in text if (k := unicodedata.bidirectional(c)) in _STRONG), 0)


def in_order(run_levels: Sequence[int]) -> list[int]:
    """The runs of a line from left to right, as indexes (L2)."""
    order = list(range(len(run_levels)))
    for level in range(max(run_levels, default=0), 0, -1):
        start = 0
        while start < len(order):
            end = start
            while end < len(order) and run_levels[order[end]] >= level:
                end += 1
            order[start:end] = reversed(order[start:end])
            start = end + 1
    return order


def _weak(kinds: list[str], edge: str) -> list[str]:
    """W1 to W7: what numbers and their signs are."""
    before, strong = edge, edge
    for i, kind in enumerate(kinds):
        if kind == "NSM" or kind in _REMOVED:
            kind = before
        if kind in _STRONG:
            strong = kind
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        kinds[i] = before = kind
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for i in range(1, len(kinds) - 1):
        left, kind, right = kinds[i - 1 : i + 2]
        if left == right and ((kind == "ES" and left == "EN") or (kind == "CS" and left in _NUMBERS)):
            kinds[i] = left
    _spread_numbers(kinds)
    strong = edge
    for i, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[i] = "L"
        elif kind in ("ES", "ET", "CS"):
            kinds[i] = "ON"
    return kinds


def _spread_numbers(kinds: list[str]) -> None:
    """W5: signs beside a number belong to it."""
    for order in (range(1, len(kinds)), range(len(kinds) - 2, -1, -1)):
        for i in order:
            if kinds[i] == "ET" and kinds[i - order.step] == "EN":
                kinds[i] = "EN"


def _neutral(kinds: list[str], base: int) -> list[str]:
    """N1 and N2: what stands between two of one direction takes it, the rest that of the paragraph."""
    edge = "R" if base else "L"
    result, start = list(kinds), 0
    while start < len(kinds):
        end = start
        while end < len(kinds) and kinds[end] not in ("L", "R", *_NUMBERS):
            end += 1
        left = _direction(kinds[start - 1]) if start else edge
        right = _direction(kinds[end]) if end < len(kinds) else edge
        result[start:end] = [left if left == right else edge] * (end - start)
        start = end + 1
    return result


def _direction(kind: str) -> str:
    return "L" if kind == "L" else "R"


def _level(kind: str, base: int) -> int:
    """I1 and I2."""
    if base:
        return 1 if kind == "R" else 2
    return {"L": 0, "R": 1}.get(kind, 2)
