"""What is shown about people or sent to them unasked, why, and whether that needs a yes first.

Every feature that does so asks here. A person's own choice counts; without one, the default.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection

from store.choices import list_choices, list_chosen


class Purpose(StrEnum):
    BOARD = "board"
    CELEBRATION = "celebration"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Rule:
    """`label` and `meaning` are what the person reads who chooses."""

    purpose: Purpose
    label: str
    meaning: str
    default: bool


RULES = (
    Rule(Purpose.BOARD, "Leaderboards", "Your name may be on the boards of those who give and receive.", True),
    Rule(
        Purpose.CELEBRATION,
        "Celebrations",
        "Your birthday and your work anniversary are celebrated in the channel.",
        False,
    ),
    Rule(
        Purpose.REMINDER,
        "Weekly reminder",
        "A note on Thursday if you thanked nobody yet that week, at most once a fortnight.",
        False,
    ),
)
_DEFAULTS = {one.purpose: one.default for one in RULES}


def choices_of(tx: Connection, tenant_id: str, person_id: str) -> dict[Purpose, bool]:
    """What holds for a person, chosen or not."""
    chosen = list_choices(tx, tenant_id, person_id)
    return {one.purpose: chosen.get(one.purpose, one.default) for one in RULES}


def who_agrees(tx: Connection, tenant_id: str, purpose: Purpose, people: Collection[str]) -> set[str]:
    """Those of these people for whom it holds."""
    chosen = list_chosen(tx, tenant_id, purpose, people)
    return {one for one in people if chosen.get(one, _DEFAULTS[purpose])}
