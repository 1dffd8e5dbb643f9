"""A tenant's policy: every rule of the programme, with its default. Stored is only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any


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

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Policy:
        """The defaults with what the tenant decided; rules that this version does not know are left alone."""
        if not stored:
            return _DEFAULT
        return cls(**{name: stored[name] for name in _NAMES if name in stored})


_NAMES = tuple(one.name for one in fields(Policy))
_DEFAULT = Policy()
