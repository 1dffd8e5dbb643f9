"""What a programme can cost: the most, the likely and the cap, in points, from the people and the policy.

Each figure is the points that come into wallets. Money is what they cost if all of them are redeemed.

* The most: everybody gives every point that they get. A year has 365 days, 52 weeks, 12 months, 4 quarters; a month
  is a twelfth of that, rounded up.
* The likely: of that, the share that was given lately; while nothing was, `ASSUMED`.
* The cap: what cannot be exceeded, whatever happens. As many periods as the longest month or year touches (a year of
  366 days that begins on a Sunday touches 54 weeks), and those whose points roll over into them.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from handlers.rules.periods import Every
from store.budgets import Renewal
from store.types import Points

ASSUMED = 40
"""Per cent of their points that people give, before anything is known. An assumption of ours, and told as one."""
WEEKS = 8
"""Of what was given lately."""

IN_YEAR = MappingProxyType({Every.DAY: 365, Every.WEEK: 52, Every.MONTH: 12, Every.QUARTER: 4})
_TOUCHED = MappingProxyType({Every.DAY: (31, 366), Every.WEEK: (6, 54), Every.MONTH: (1, 12), Every.QUARTER: (1, 4)})
"""By how often points come: the periods that the longest month and the longest year touch."""
_OPENED = MappingProxyType({Renewal.NEVER: 0, Renewal.MONTH: 12, Renewal.QUARTER: 4, Renewal.YEAR: 1})
"""By how often a budget comes anew: the periods of a year. One that is not renewed brings nothing more."""


@dataclass(frozen=True, slots=True)
class Figure:
    month: Points
    year: Points


@dataclass(frozen=True, slots=True)
class Costs:
    most: Figure
    likely: Figure
    cap: Figure
    share: int
    """Per cent that `likely` is made with."""
    assumed: bool


def costs_of(every: Every, rollover: int, granted: Points, share: int | None) -> Costs:
    """`granted` is what everybody gets together in one whole period; `share` the per cent given lately, if known."""
    year = granted * IN_YEAR[every]
    used = ASSUMED if share is None else share
    month_touches, year_touches = _TOUCHED[every]
    return Costs(
        most=_spread(year),
        likely=_spread(-(-year * used // 100)),
        cap=Figure(granted * (month_touches + rollover), granted * (year_touches + rollover)),
        share=used,
        assumed=share is None,
    )


def planned_in_year(renewal: Renewal, plan: Points) -> Points:
    """What comes into a budget in a year."""
    return plan * _OPENED[renewal]


def year_at(points: Points, weeks: int) -> Points:
    """What a year makes of so much in so many weeks, rounded up."""
    return -(-points * 52 // weeks)


def share_given(every: Every, granted: Points, weeks: int, given: Points) -> int | None:
    """The per cent of their points that people gave in so many whole weeks; None while there is nothing to go by."""
    possible = granted * IN_YEAR[every] * weeks // 52
    return min(-(-given * 100 // possible), 100) if possible and given else None


def _spread(year: Points) -> Figure:
    return Figure(-(-year // 12), year)
