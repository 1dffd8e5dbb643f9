"""Time zones as people type them: `europe/berlin`, `Berlin`, `New York`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

MOST_SUGGESTED = 3


def find_zone(typed: str) -> str | None:
    """The name in the IANA database that is meant: a whole name in any case, or a city that only one has."""
    sought = _folded(typed)
    by_name, by_city = _names()
    if sought in by_name:
        return by_name[sought]
    named = by_city.get(sought, ())
    return named[0] if len(named) == 1 else None


def nearest_zones(typed: str) -> list[str]:
    """Names that were perhaps meant, the nearest first."""
    sought = _folded(typed)
    by_name, by_city = _names()
    near = [*get_close_matches(sought, by_city, MOST_SUGGESTED), *get_close_matches(sought, by_name, MOST_SUGGESTED)]
    names = [name for one in near for name in by_city.get(one, (by_name.get(one, ""),))]
    return list(dict.fromkeys(filter(None, names)))[:MOST_SUGGESTED]


def is_offset(typed: str) -> bool:
    """`UTC+2`, `GMT-05:00`, `+1`."""
    return _OFFSET.fullmatch(typed.strip()) is not None


def is_abbreviation(typed: str) -> bool:
    """`CET` and its like, which several places share."""
    return typed.strip().upper() in _ABBREVIATIONS


@cache
def _names() -> tuple[Mapping[str, str], Mapping[str, tuple[str, ...]]]:
    """By whole name and by city, folded. `US/Pacific` and its like are old names of a city's zone."""
    zones = sorted(one for one in available_timezones() if "/" in one or one == "UTC")
    cities: dict[str, tuple[str, ...]] = {}
    for one in zones:
        if not one.startswith(_OLD):
            city = _folded(one.rsplit("/", 1)[-1])
            cities[city] = (*cities.get(city, ()), one)
    return {_folded(one): one for one in zones} | {"gmt": "UTC"}, cities


def _folded(name: str) -> str:
    return "_".join(name.split()).casefold()


_OFFSET = re.compile(r"(?:UTC|GMT)? ?[+−–-] ?\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_ABBREVIATIONS = frozenset(
    (
        *("ACST", "AEDT", "AEST", "AKST", "AST", "AWST", "BST", "CDT", "CEST", "CET", "CST", "EDT", "EEST", "EET"),
        *("EST", "EST5EDT", "CST6CDT", "HST", "IST", "JST", "KST", "MDT", "MESZ", "MEST", "MET", "MEZ", "MSK", "MST"),
        *("MST7MDT", "NZDT", "NZST", "PDT", "PST", "PST8PDT", "SAST", "SGT", "WEST", "WET"),
    )
)
_OLD = ("US/", "Canada/", "Brazil/", "Chile/", "Mexico/", "Etc/", "SystemV/")
