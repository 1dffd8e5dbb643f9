"""A list that is longer than a card: a page of it, and the ways to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")
_MOST_DIGITS = 4


def read_page(values: Mapping[str, str]) -> int:
    """The `page` of a button, from 0; the first for what is no such number."""
    typed = values.get("page", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else 0


def page_of(rows: Sequence[T], page: int, size: int) -> tuple[Sequence[T], dict[str, object]]:
    """The rows of a page, the last one where there are not so many; and for its card `before` and `after`, each with
    the `id` to ask for or None, and how many `more` come after it."""
    page = min(page, max(0, len(rows) - 1) // size)
    more = max(0, len(rows) - (page + 1) * size)
    ways: dict[str, object] = {
        "more": more,
        "before": {"id": str(page - 1)} if page else None,
        "after": {"id": str(page + 1)} if more else None,
    }
    return rows[page * size : (page + 1) * size], ways
