"""The rules that an administrator can set: how each is called, typed, asked for in a form, and shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from handlers.refusals import Refusal
from handlers.rules.periods import Every
from handlers.rules.policy import ENUMS, Board, Policy, PoolsBy
from handlers.rules.policy_bounds import BOUNDS
from handlers.rules.reaction_names import OFF, read_emoji_name
from handlers.vocabulary import Choice, ChoiceField, NumberField, TextField

YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Setting:
    """`field` is the policy's; `word` is what is typed after `setup`; `told` is a label that asks, as a statement."""

    field: str
    word: str
    label: str
    hint: str = ""
    told: str = ""


POSTS = (
    Setting("board", "board", "Leaderboards"),
    Setting("week_post", "week-post", "“Last week in thanks”", "Posted on Monday at 09:00."),
    Setting("celebrations", "celebrations", "Celebrations", "Birthdays and anniversaries of those who agreed."),
    Setting("reminders", "reminders", "Reminders", "People may ask for one on Thursday."),
    Setting("reaction", "reaction", "Emoji that gives points", "On somebody's message on Slack. off switches it off."),
)
LIMITS = (
    Setting("allowance", "allowance", "Points to give in a period", "Some groups can have others."),
    Setting("allowance_period", "period", "How often fresh points come", "At 00:00 where each person is."),
    Setting("rollover_periods", "rollover", "Periods that points last longer", "0: what was not given is gone."),
    Setting("most_points", "most", "Most points to one person", "In one kudos."),
    Setting("default_points", "points", "Points where none are written", "To each receiver."),
    Setting("boost_points", "boost", "Points of a boost", "One tap on somebody's kudos. 0 switches it off."),
    Setting("most_receivers", "receivers", "Most receivers of one kudos"),
    Setting("undo_minutes", "undo", "Minutes to take a kudos back", "0 switches it off."),
    Setting("repeat_s", "repeat", "Seconds in which a repeat is asked about", "0 switches it off."),
    Setting("channel_posts", "channel-posts", "Single posts in a channel a day", "Then every two hours; 0: no limit."),
    Setting("reason_least", "reason-least", "Least characters of a reason"),
    Setting("reason_most", "reason-most", "Most characters of a reason"),
    Setting("guests_receive", "guests", "Can guests be thanked?", told="Guests can be thanked"),
    Setting(
        "strangers_receive",
        "others",
        "Can people of other organisations be thanked?",
        "In shared channels.",
        told="People of other organisations can be thanked",
    ),
    Setting(
        "managers_award_all",
        "awards-all",
        "Can managers reward anybody?",
        "Else only who reports to them.",
        told="Managers can reward anybody",
    ),
    Setting("points_expire_months", "expiry", "Months after which points expire", "0: never. All are warned twice."),
    Setting("leavers_days", "leavers", "Days a leaver's points are kept", "Then they expire. 0: they are kept."),
    Setting("pools_by", "together", "Who starts shared goals?", told="Shared goals are started by"),
    Setting("pair_limit", "pair-hint", "Hint when thanks go to one person", "Only the giver sees it, and seldom."),
)
SETTINGS = (*LIMITS, *POSTS)
BY_WORD: Mapping[str, Setting] = {one.word: one for one in SETTINGS}
LABELS: Mapping[str, str] = {one.field: one.told or one.label for one in SETTINGS} | {
    "channel": "Recognition channel",
    "zone": "Time zone",
    "weekly_allowance": "Points to give in a week",
    "worth": "Worth of a point",
}

_BOARDS: Mapping[StrEnum, str] = {
    Board.PEOPLE: "Name people",
    Board.TEAMS: "Name departments only",
    Board.OFF: "No leaderboards",
}
_PERIODS: Mapping[StrEnum, str] = {
    Every.DAY: "Every day",
    Every.WEEK: "Every week, on Monday",
    Every.MONTH: "Every month",
    Every.QUARTER: "Every quarter",
}
_POOLS: Mapping[StrEnum, str] = {
    PoolsBy.EVERYBODY: "Everybody",
    PoolsBy.OWNERS: "Owners of budgets, and administrators",
}
_LABELS: Mapping[str, Mapping[StrEnum, str]] = {"board": _BOARDS, "allowance_period": _PERIODS, "pools_by": _POOLS}
_IN_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+", re.ASCII)
"""As numbers are shown here: 2,000."""
_ANSWERS = {YES: True, "on": True, "true": True, NO: False, "off": False, "false": False}


def field_for(setting: Setting, policy: Policy) -> NumberField | ChoiceField | TextField:
    """How a form asks for it, filled with what holds now."""
    value = getattr(policy, setting.field)
    if setting.field == "reaction":
        shown = f":{value}:" if value else OFF[0]
        return TextField(
            name=setting.field, label=setting.label, initial=shown, hint=setting.hint, min_length=1, max_length=82
        )
    if setting.field in BOUNDS:
        least, most = BOUNDS[setting.field]
        return NumberField(
            name=setting.field, label=setting.label, initial=value, least=least, most=most, hint=setting.hint
        )
    if setting.field in ENUMS:
        choices = tuple(Choice(one.value, label) for one, label in _LABELS[setting.field].items())
        return ChoiceField(
            name=setting.field, label=setting.label, choices=choices, initial=value.value, hint=setting.hint
        )
    return ChoiceField(
        name=setting.field,
        label=setting.label,
        choices=(Choice(YES, "Yes"), Choice(NO, "No")),
        initial=YES if value else NO,
        hint=setting.hint,
    )


def read_setting(setting: Setting, typed: str) -> int | bool | StrEnum | str:
    """What was typed or chosen, as the policy keeps it. Raises a `Refusal` at the setting's field."""
    word = typed.strip().lower()
    if setting.field == "reaction":
        name = read_emoji_name(typed)
        if name is None:
            raise _unclear(setting, "Write one emoji or its name on Slack, like :tada:, or off.")
        return name
    if setting.field in BOUNDS:
        least, most = BOUNDS[setting.field]
        digits = word.removeprefix("+")
        if _IN_THOUSANDS.fullmatch(digits):
            digits = digits.replace(",", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) <= 6):
            raise _unclear(setting, f"Write a whole number from {least:,} to {most:,}.")
        return int(digits)
    if kind := ENUMS.get(setting.field):
        words = [one.value for one in kind]
        if word not in words:
            raise _unclear(setting, f"Write {', '.join(words[:-1])} or {words[-1]}.")
        return kind(word)
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
    return Refusal("unclear_setting", f"{LABELS[setting.field]}: I cannot read that.", next_step, field=setting.field)
