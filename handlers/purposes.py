"""What is shown about people or sent to them unasked, why, and whether that needs a yes first.

Every feature that does so asks here. A person's own choice counts; without one, the tenant's; without that,
the default.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from handlers.rules.policy import Policy
from store.boards import Naming
from store.choices import choose, list_choices, list_chosen, list_in_zone, list_zones


class Purpose(StrEnum):
    BOARD = "board"
    CELEBRATION = "celebration"
    REMINDER = "reminder"
    WALL = "wall"
    SHARE = "share"
    PROFILE = "profile"
    SUGGESTION = "suggestion"
    UNNOTICED = "unnoticed"
    COPIED = "copied"
    THANKED_BACK = "thanked_back"
    MILESTONE = "milestone"
    NOTE = "note"
    RESTOCK = "restock"


class Group(StrEnum):
    """What purposes have in common for whoever chooses."""

    SEEN = "seen"  # what others see
    TOLD = "told"  # who hears what unasked


class Why(StrEnum):
    """Why something holds."""

    OWN = "own"
    TENANT = "tenant"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Holding:
    holds: bool
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the person reads who chooses: what yes means, what no means, and the buttons that say so."""

    purpose: Purpose
    group: Group = Group.SEEN
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
        group=Group.TOLD,
        label="Thursday reminder",
        meaning="A note on Thursday if you thanked nobody yet that week, at most once a fortnight.",
        otherwise="You get no notes about thanking others.",
        say_yes="Remind me",
        say_no="No more reminders",
        default=False,
    ),
    Rule(
        purpose=Purpose.WALL,
        label="Wall",
        meaning="Public thanks from you and to you are on the organisation's wall. Colleagues can write to you there.",
        otherwise="Nothing with your name is on the wall.",
        say_yes="Show me on the wall",
        say_no="Leave me off the wall",
        default=True,
    ),
    Rule(
        purpose=Purpose.SHARE,
        label="Sharing",
        meaning="A picture of public thanks to you can be made, to be shown outside.",
        otherwise="Nobody can make a picture of thanks to you.",
        say_yes="Allow pictures",
        say_no="No pictures",
        default=False,
    ),
    Rule(
        purpose=Purpose.PROFILE,
        label="Profile",
        meaning="Colleagues who ask for your profile see your badges, your weeks and the public thanks you received.",
        otherwise="Colleagues who ask for your profile see your name only.",
        say_yes="Show my profile",
        say_no="Keep my profile to myself",
        default=True,
    ),
    Rule(
        purpose=Purpose.SUGGESTION,
        group=Group.TOLD,
        label="Suggestions",
        meaning="Your home shows colleagues you have not thanked in a while, and why: your team, and people thanked "
        "together with you. Nothing is read from messages.",
        otherwise="Nobody is suggested to you, and you are suggested to nobody.",
        say_yes="Suggest colleagues",
        say_no="No suggestions",
        default=False,
    ),
    Rule(
        purpose=Purpose.UNNOTICED,
        group=Group.TOLD,
        label="Unnoticed work",
        meaning="Your manager may be told when you were not thanked for a long time. Nobody else is.",
        otherwise="Nobody is told how often you are thanked.",
        say_yes="My manager may know",
        say_no="Tell nobody",
        default=False,
    ),
    Rule(
        purpose=Purpose.COPIED,
        group=Group.TOLD,
        label="Copies",
        meaning="You get a message when somebody puts you in copy of their thanks.",
        otherwise="You get no messages about thanks to others.",
        say_yes="Send me copies",
        say_no="No more copies",
        default=True,
    ),
    Rule(
        purpose=Purpose.THANKED_BACK,
        group=Group.TOLD,
        label="Thanks back",
        meaning="You get a message when somebody you thanked says thanks.",
        otherwise="You get no messages when somebody you thanked says thanks.",
        say_yes="Tell me of thanks back",
        say_no="No more thanks back",
        default=True,
    ),
    Rule(
        purpose=Purpose.MILESTONE,
        group=Group.TOLD,
        label="Badges you earn",
        meaning="You get a note when you earn a badge.",
        otherwise="You get no notes about badges. You earn them all the same.",
        say_yes="Tell me of my badges",
        say_no="No notes of badges",
        default=True,
    ),
    Rule(
        purpose=Purpose.NOTE,
        group=Group.TOLD,
        label="Notes on the wall",
        meaning="You are told when a colleague leaves a note for you on the wall, once a day at most.",
        otherwise="You are not told of notes on the wall. They stand on your page all the same.",
        say_yes="Tell me of notes",
        say_no="Tell me of no notes",
        default=True,
    ),
    Rule(
        purpose=Purpose.RESTOCK,
        group=Group.TOLD,
        label="Rewards that are back",
        meaning="You are told once when a reward is back for which you asked to be told, and when one of your wishes "
        "begins.",
        otherwise="You are not told when a reward is back, or begins. Your wish list shows it all the same.",
        say_yes="Tell me what is back",
        say_no="Tell me of none",
        default=True,
    ),
)
BY_PURPOSE = {one.purpose: one for one in RULES}


def default_of(policy: Policy, purpose: Purpose) -> bool:
    """What holds for whoever never chose: what the tenant says, or the product."""
    return policy.purposes.get(purpose, BY_PURPOSE[purpose].default)


def naming_for(policy: Policy, purpose: Purpose) -> Naming:
    """The same for queries that leave people out by themselves."""
    return Naming(purpose, default_of(policy, purpose))


def what_holds(tx: Connection, tenant_id: str, policy: Policy, person_id: str) -> dict[Purpose, Holding]:
    """What holds for a person, and by whose decision."""
    chosen = list_choices(tx, tenant_id, person_id)
    return {one.purpose: _holding(chosen.get(one.purpose), policy, one.purpose) for one in RULES}


def choices_of(tx: Connection, tenant_id: str, policy: Policy, person_id: str) -> dict[Purpose, bool]:
    """What holds for a person, chosen or not."""
    return {purpose: one.holds for purpose, one in what_holds(tx, tenant_id, policy, person_id).items()}


def who_agrees(tx: Connection, tenant_id: str, policy: Policy, purpose: Purpose, people: Collection[str]) -> set[str]:
    """Those of these people for whom it holds."""
    chosen = list_chosen(tx, tenant_id, purpose, people)
    default = default_of(policy, purpose)
    return {one for one in people if chosen.get(one, default)}


def agrees(tx: Connection, tenant_id: str, policy: Policy, purpose: Purpose, person_id: str) -> bool:
    """Whether it holds for this person."""
    return bool(who_agrees(tx, tenant_id, policy, purpose, [person_id]))


def who_chose(tx: Connection, tenant_id: str, purpose: Purpose, people: Collection[str]) -> set[str]:
    """Those of these people who chose themselves, either way."""
    return set(list_chosen(tx, tenant_id, purpose, people))


def list_agreeing(
    tx: Connection, tenant_id: str, policy: Policy, purpose: Purpose, zone: str, after: str, most: int
) -> list[str]:
    """Active people of a zone for whom it holds, in the order of their ids, after `after`."""
    return list_in_zone(tx, tenant_id, purpose, zone, after, most, default=default_of(policy, purpose))


def list_agreeing_zones(tx: Connection, tenant_id: str, policy: Policy, purpose: Purpose) -> list[str]:
    """The zones of active people for whom it holds; empty where none is known."""
    return list_zones(tx, tenant_id, purpose, default=default_of(policy, purpose))


def keep_choice(tx: Connection, tenant_id: str, person_id: str, purpose: Purpose, chosen: bool, at: datetime) -> None:
    """Somebody's own word: from now on it beats everything else."""
    choose(tx, tenant_id, person_id, purpose, chosen, at)


def _holding(chosen: bool | None, policy: Policy, purpose: Purpose) -> Holding:
    if chosen is not None:
        return Holding(chosen, Why.OWN)
    decided = Why.TENANT if purpose in policy.purposes else Why.USUAL
    return Holding(default_of(policy, purpose), decided)
