"""Whole numbers as people write them: `1000`, `+1000`, `1,000`, `1.000` or `1 000`, and nothing that has decimals."""

from __future__ import annotations

import re

MOST_DIGITS = 12
_GROUPED = re.compile(r"\d{1,3}([,.'’ \u00a0\u2009\u202f])\d{3}(?:\1\d{3})*", re.ASCII)


def read_whole(typed: str) -> int | None:
    """None for what is no whole number: `1,5` and `10,00` are decimals to half of the world, and never 15 and 1,000."""
    digits = typed.strip().removeprefix("+")
    if group := _GROUPED.fullmatch(digits):
        digits = digits.replace(group[1], "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
