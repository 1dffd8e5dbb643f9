"""How much and how long: the bounds of a recognition, checked without a policy at hand.

A check gives `None`, or what is wrong as a value with its bound; the words for people are made elsewhere.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

SHORTEST_REASON = 3  # our own: "ok" and "ty" tell the receiver nothing that the points do not
LONGEST_REASON = 2000  # our own: a page; with room for escaping it fits a Slack section block (3000)


@dataclass(frozen=True, slots=True)
class TooFew:
    least: int


@dataclass(frozen=True, slots=True)
class TooMany:
    most: int


@dataclass(frozen=True, slots=True)
class TooShort:
    shortest: int


@dataclass(frozen=True, slots=True)
class TooLong:
    longest: int
    over: int


def check_points(points: int, least: int, most: int) -> TooFew | TooMany | None:
    """Points to each receiver lie between the policy's `least` and `most`, both included."""
    if points < least:
        return TooFew(least)
    if points > most:
        return TooMany(most)
    return None


def check_reason(
    reason: str, shortest: int = SHORTEST_REASON, longest: int = LONGEST_REASON
) -> TooShort | TooLong | None:
    """Length in characters of Unicode's composed form (NFC, UAX #15): `é` is one however it was typed."""
    length = len(unicodedata.normalize("NFC", reason.strip()))
    if length < shortest:
        return TooShort(shortest)
    if length > longest:
        return TooLong(longest, over=length - longest)
    return None
