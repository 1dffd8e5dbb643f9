"""Which badges somebody has earned: what they did since the beginning, counted against each badge's own number."""

from __future__ import annotations

from collections.abc import Iterable

from store.earned_badges import Counted
from store.programme import BadgeFact, Earning

WORDS = {
    Earning.WEEKS: "weeks with recognition given",
    Earning.PEOPLE: "different people thanked",
    Earning.GIVEN: "recognitions given",
    Earning.RECEIVED: "recognitions received",
}


def count_of(badge: BadgeFact, counted: Counted) -> int:
    """How far somebody is towards a badge."""
    match badge.earning:
        case Earning.WEEKS:
            return counted.weeks
        case Earning.PEOPLE:
            return counted.people
        case Earning.GIVEN:
            return counted.given
        case Earning.RECEIVED:
            return counted.received
        case Earning.NEVER:
            return 0


def earned_of(badges: Iterable[BadgeFact], counted: Counted) -> list[BadgeFact]:
    """Those of these badges that somebody who did so much has earned."""
    return [one for one in badges if is_earnable(one) and count_of(one, counted) >= one.threshold]


def is_earnable(badge: BadgeFact) -> bool:
    return badge.earning is not Earning.NEVER and badge.threshold > 0


def told(badge: BadgeFact) -> str:
    """What earns it, in words: `10 weeks with recognition given`. Empty where nothing does."""
    if not is_earnable(badge):
        return ""
    return f"{badge.threshold} {WORDS[badge.earning]}" if badge.threshold > 1 else f"one of the {WORDS[badge.earning]}"
