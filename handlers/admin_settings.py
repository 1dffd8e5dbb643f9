"""The rules that an administrator can set: how each is called, typed, asked for in a form, and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.refusals import Refusal
from handlers.rules.policy import Board, Policy
from handlers.rules.policy_bounds import BOUNDS
from handlers.vocabulary import Choice, ChoiceField, NumberField

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Setting:
    """`field` is the policy's; `word` is what is typed after `setup`."""

    field: str
    word: str
    label: str
    hint: str = ""


POSTS = (
    Setting("board", "board", "Leaderboards"),
    Setting("week_post", "week-post", "“Last week in thanks”", "Posted on Monday at 09:00."),
    Setting("celebrations", "celebrations", "Celebrations", "Birthdays and anniversaries of those who agreed."),
    Setting("reminders", "reminders", "Reminders", "People may ask for one on Thursday."),
)
LIMITS = (
    Setting("weekly_allowance", "allowance", "Points to give in a week", "Everybody gets them on Monday."),
    Setting("most_points", "most", "Most points to one person", "In one kudos."),
    Setting("default_points", "points", "Points where none are written", "To each receiver."),
    Setting("most_receivers", "receivers", "Most receivers of one kudos"),
    Setting("undo_minutes", "undo", "Minutes to take a kudos back", "0 switches it off."),
    Setting("repeat_s", "repeat", "Seconds in which a repeat is asked about", "0 switches it off."),
    Setting("reason_least", "reason-least", "Least characters of a reason"),
    Setting("reason_most", "reason-most", "Most characters of a reason"),
    Setting("guests_receive", "guests", "Can guests be thanked?"),
    Setting("strangers_receive", "others", "Can people of other organisations be thanked?", "In shared channels."),
)
SETTINGS = (*LIMITS, *POSTS)
BY_WORD: Mapping[str, Setting] = {one.word: one for one in SETTINGS}
LABELS: Mapping[str, str] = {one.field: one.label for one in SETTINGS} | {
    "channel": "Recognition channel",
    "zone": "Time zone",
}

_BOARDS = {
    Board.PEOPLE: "Name people",
    Board.TEAMS: "Name departments only",
    Board.OFF: "No leaderboards",
}
_ANSWERS = {YES: True, "on": True, "true": True, NO: False, "off": False, "false": False}


def field_for(setting: Setting, policy: Policy) -> NumberField | ChoiceField:
    """How a form asks for it, filled with what holds now."""
    value = getattr(policy, setting.field)
    if setting.field in BOUNDS:
        least, most = BOUNDS[setting.field]
        return NumberField(
            name=setting.field, label=setting.label, initial=value, least=least, most=most, hint=setting.hint
        )
    if isinstance(value, Board):
        choices = tuple(Choice(one.value, label) for one, label in _BOARDS.items())
        return ChoiceField(name=setting.field, label=setting.label, choices=choices, initial=value.value)
    return ChoiceField(
        name=setting.field,
        label=setting.label,
        choices=(Choice(YES, "Yes"), Choice(NO, "No")),
        initial=YES if value else NO,
        hint=setting.hint,
    )


def read_setting(setting: Setting, typed: str) -> int | bool | Board:
    """What was typed or chosen, as the policy keeps it. Raises a `Refusal` at the setting's field."""
    word = typed.strip().lower()
    if setting.field in BOUNDS:
        least, most = BOUNDS[setting.field]
        digits = word.removeprefix("+")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
            raise _unclear(setting, f"Write a whole number from {least:,} to {most:,}.")
        return int(digits)
    if setting.field == "board":
        if word not in [one.value for one in Board]:
            raise _unclear(setting, "Write people, teams or off.")
        return Board(word)
    if word not in _ANSWERS:
        raise _unclear(setting, "Write yes or no.")
    return _ANSWERS[word]


def shown(value: object) -> str:
    """A value of the policy, or of the audit, as people read it."""
    match value:
        case bool():
            return YES if value else NO
        case int():
            return f"{value:,}"
        case None | "":
            return "none"
        case _:
            return str(value)


def _unclear(setting: Setting, next_step: str) -> Refusal:
    return Refusal("unclear_setting", f"{setting.label}: I cannot read that.", next_step, field=setting.field)
