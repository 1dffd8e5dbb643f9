"""Kinds of rewards, by which a catalogue is browsed: how they are stored, called, drawn and typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """`name` is stored, `label` shown; `emoji` stands in where a reward has none. `words` are what else is typed."""

    name: str
    label: str
    emoji: str
    words: tuple[str, ...] = ()


CATEGORIES = (
    Category("food", "Food and drinks", "☕", ("drinks", "coffee", "lunch")),
    Category("shopping", "Shopping", "🛍️", ("shop", "gift cards", "vouchers")),
    Category("entertainment", "Entertainment", "🎬", ("cinema", "music")),
    Category("wellness", "Wellness", "🧘", ("health", "sport", "sports")),
    Category("learning", "Learning", "📚", ("books", "courses", "education")),
    Category("travel", "Travel", "🚆", ("trips",)),
    Category("time_off", "Time off", "🌴", ("time-off", "holiday", "day off")),
    Category("flexible_work", "Flexible work", "🏡", ("flexible", "home office")),
    Category("experience", "Experience", "🎟️", ("experiences", "events")),
    Category("charity", "Charity", "💚", ("donation", "donations", "giving")),
    Category("swag", "Company swag", "🎽", ("merch", "merchandise")),
    Category("public", "Recognition in public", "📣", ("recognition", "shout-out")),
    Category("other", "Everything else", "🎁", ("else",)),
)
BY_NAME: Mapping[str, Category] = {one.name: one for one in CATEGORIES}
OTHER = BY_NAME["other"]


def category_of(name: str) -> Category:
    """As stored; what another version of the program stored is among everything else."""
    return BY_NAME.get(name, OTHER)


def read_category(typed: str) -> Category | None:
    """The category that is meant: by its name, its label or another word for it."""
    word = _plain(typed)
    return _BY_WORD.get(word) if word else None


def _plain(typed: str) -> str:
    return " ".join(typed.replace("_", " ").casefold().split())


_BY_WORD = {_plain(word): one for one in CATEGORIES for word in (one.name, one.label, *one.words)}
