"""What somebody asks of a board, in words: `received month`, `who gave most this quarter`, in any order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from handlers.rules.ranking import Period, Side

_SIDES: Mapping[Side, str] = {
    Side.GIVEN: "given give gives giver givers giving gave sent sender senders",
    Side.RECEIVED: "received receive receives receiver receivers receiving got get gets recipient recipients",
}
_PERIODS: Mapping[Period, str] = {
    Period.WEEK: "week weekly",
    Period.MONTH: "month monthly",
    Period.QUARTER: "quarter quarterly",
    Period.ALL: "all alltime ever everything always total overall",
}
_TEAMS = frozenset(["team", "teams", "department", "departments", "group", "groups"])
_BETWEEN = "a the this current and of for by in who has have most top best board leaderboard kudos time"
_WORD = re.compile(r"[^\s,;:.!?/&+-]+")  # so that "all-time" is two
Meaning = TypeVar("Meaning", Side, Period)


@dataclass(frozen=True, slots=True)
class Asked:
    """`value_id` is empty for a board of everything. `unknown` are words that mean nothing here.

    `several`: more was asked for than one board shows.
    """

    side: Side
    period: Period
    teams: bool
    value_id: str
    unknown: tuple[str, ...]
    several: bool


def read_words(text: str, values: Mapping[str, str]) -> Asked:
    """Giving, and the present week, where nothing else is said. `values` are ids by the name of a company value."""
    by_name = {name.casefold(): value_id for name, value_id in values.items()}
    typed = [one.removeprefix("#").casefold() for one in text.split()]
    named = list(dict.fromkeys(by_name[one] for one in typed if one in by_name))
    rest = " ".join(one for one in text.split() if one.removeprefix("#").casefold() not in by_name)
    words = _WORD.findall(rest)
    sides, periods = _meant(words, _SIDES), _meant(words, _PERIODS)
    return Asked(
        side=next(iter(sides), Side.GIVEN),
        period=next(iter(periods), Period.WEEK),
        teams=any(one.casefold() in _TEAMS for one in words),
        value_id=next(iter(named), ""),
        unknown=tuple(one for one in words if one.casefold() not in _KNOWN),
        several=len(sides) > 1 or len(periods) > 1 or len(named) > 1,
    )


def _meant(words: list[str], meanings: Mapping[Meaning, str]) -> list[Meaning]:
    folded = {one.casefold() for one in words}
    return [meaning for meaning, known in meanings.items() if folded & set(known.split())]


_KNOWN = _TEAMS | {word for words in (_BETWEEN, *_SIDES.values(), *_PERIODS.values()) for word in words.split()}
