"""A tenant's policy: every rule of the programme, with its default. Stored is only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from handlers.rules.money import Money
from handlers.rules.periods import Every


class Board(StrEnum):
    """Whom leaderboards name."""

    PEOPLE = "people"
    TEAMS = "teams"
    OFF = "off"


class PoolsBy(StrEnum):
    """Who starts goals that people add points to."""

    EVERYBODY = "everybody"
    OWNERS = "owners"  # of budgets, and administrators


@dataclass(frozen=True, slots=True)
class Policy:
    allowance: int = 50
    """Points a person may give in a period, by the calendar of their own zone; some groups may have others."""
    allowance_period: Every = Every.WEEK
    """How often they come anew: each day, week (from Monday), month or quarter, at 00:00 in a person's own zone."""
    rollover_periods: int = 2
    """For how many more periods points that were not given can still be given; 0 for none."""
    pair_limit: bool = False
    """Whether a giver is told, and nobody else, when most of their thanks of eight weeks went to one person."""
    allowance_since: str = ""
    """The date from which the period is the one above, as `2026-11-22`; empty where it always was."""
    point_worth: int = 0
    """What a point is worth, in minor units of `currency`; 0 for nothing: then the programme is recognition only."""
    currency: str = ""
    """Of ISO 4217, such as EUR; empty where points have no worth."""
    default_points: int = 5
    """To each receiver, when no amount is written."""
    most_points: int = 25
    """To one receiver in one request."""
    most_receivers: int = 20
    """In one request; a larger group deserves words of its own."""
    reason_least: int = 3
    """Characters that a reason has at least."""
    reason_most: int = 2000
    """Characters that a reason has at most."""
    undo_minutes: int = 10
    """Minutes in which a giver can take a recognition back."""
    repeat_s: int = 60
    """Seconds in which the same gift typed again is asked about."""
    guests_receive: bool = False
    """Whether guests of the workspace can be thanked."""
    strangers_receive: bool = False
    """Whether people of another organisation can be, in shared channels."""
    board: Board = Board.PEOPLE
    """Whom leaderboards name: people, only teams, or nobody, for there are none."""
    week_post: bool = True
    """Whether "last week in thanks" is posted on Monday at 09:00, tenant's time."""
    celebrations: bool = True
    """Whether birthdays and work anniversaries of those who agreed are posted at 09:00, tenant's time."""
    reminders: bool = True
    """Whether people may ask to be reminded on Thursday at 14:00, their own time."""
    channel_posts: int = 10
    """Single posts of recognitions in a channel on a day, tenant's time; then bundles every two hours. 0: no limit."""
    boost_points: int = 2
    """Points that a boost adds to each receiver; 0 switches boosts off."""
    reaction: str = "sports_medal"
    """The emoji, by Slack's name, that gives the usual points where somebody reacts with it; empty for none."""
    managers_award_all: bool = False
    """Whether managers may reward anybody out of their budgets, and not only who reports to them."""
    pools_by: PoolsBy = PoolsBy.EVERYBODY
    """Who starts shared goals that people add points to: everybody, or owners of budgets and administrators."""
    points_expire_months: int = 0
    """Months after which received points expire, at the end of a month where their owner is; 0: they never do."""
    points_expire_since: str = ""
    """The date of the last change that lets points expire sooner, as `2026-11-22`; empty where there was none."""
    leavers_days: int = 90
    """Days for which the points of somebody who left are kept; then they expire. 0: they are kept."""
    purposes: Mapping[str, bool] = field(default_factory=dict)
    """What the tenant decided on purposes (`handlers/purposes.py`), by name; for all others the default holds."""

    @property
    def worth(self) -> Money | None:
        """What one point is worth; None in a programme that is recognition only."""
        return Money(self.point_worth, self.currency) if self.point_worth else None

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Policy:
        """The defaults with what the tenant decided; rules that this version does not know are left alone."""
        if not stored:
            return _DEFAULT
        old = {now: stored[was] for was, now in OLD_NAMES.items() if was in stored}
        known = old | {name: stored[name] for name in _NAMES if name in stored}
        return cls(**known | {name: kind(known[name]) for name, kind in ENUMS.items() if name in known})


OLD_NAMES = MappingProxyType({"weekly_allowance": "allowance"})
"""Fields that earlier versions stored under another name; whatever is written is written under the new one."""
ENUMS: Mapping[str, type[StrEnum]] = MappingProxyType({"board": Board, "allowance_period": Every, "pools_by": PoolsBy})
"""Fields that are one of a few words."""
_NAMES = tuple(one.name for one in fields(Policy))
_DEFAULT = Policy()
