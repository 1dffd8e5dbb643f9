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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the person reads who chooses: what yes means, what no means, and the buttons that say so."""

    purpose: Purpose
    label: str
    meaning: str
    otherwise: str
    say_yes: str
    say_no: str
    default: bool


RULES = (
    Rule(
        purpose=Purpose.BOARD,
        label="Leaderboards",
        meaning="Your name may be on the boards of those who give and receive.",
        otherwise="Your name is on no board. What you give and receive counts all the same.",
        say_yes="Show me on boards",
        say_no="Leave me off boards",
        default=True,
    ),
    Rule(
        purpose=Purpose.CELEBRATION,
        label="Celebrations",
        meaning="Your birthday and your work anniversary are celebrated in the channel. Your age never is.",
        otherwise="Nobody is told of your birthday or your work anniversary.",
        say_yes="Celebrate my days",
        say_no="Keep my days quiet",
        default=False,
    ),
    Rule(
        purpose=Purpose.REMINDER,
        label="Thursday reminder",
        meaning="A note on Thursday if you thanked nobody yet that week, at most once a fortnight.",
        otherwise="You get no notes about thanking others.",
        say_yes="Remind me",
        say_no="No more reminders",
        default=False,
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
