"""A tenant's policy: every rule of the programme, with its default. Stored is only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class Board(StrEnum):
    """Whom leaderboards name."""

    PEOPLE = "people"
    TEAMS = "teams"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Policy:
    weekly_allowance: int = 50
    """Points a person may give in a week, from Monday 00:00 in their own zone."""
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

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Policy:
        """The defaults with what the tenant decided; rules that this version does not know are left alone."""
        if not stored:
            return _DEFAULT
        known = {name: stored[name] for name in _NAMES if name in stored}
        return cls(**known | {"board": Board(known["board"])} if "board" in known else known)


_NAMES = tuple(one.name for one in fields(Policy))
_DEFAULT = Policy()
