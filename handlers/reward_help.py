"""`/reward help`: what can be typed."""

from __future__ import annotations

from handlers.context import Context
from handlers.vocabulary import Card, Platform

HELP = ("help", "?")
_PARTS = (
    ("@ann @bob +100 for …", "100 points to each. “+100 split” divides them."),
    ("@ann 50 EUR for …", "Money, where points have a worth."),
    ("@ann +100 on 24 December for …", "They arrive on that day. “tomorrow” and “on Friday” are days as well."),
    ("privately @ann +100 for …", "Only the receivers see it. “seen:receivers” before the reason says the same."),
    ("@ann +100 seen:wall for …", "The whole organisation sees it, on its wall."),
    ("@ann +100 cc:@zoe for …", "Zoe is in copy: she reads it, and gets no points."),
    ('@ann +100 from:"Team events" for …', "Out of that budget. With one budget it goes without saying."),
    ("@ann +100 for … :rocket:", "With a badge."),
)
_IN_A_CHANNEL = "Others read your line. For what is private there are your personal chat with me, and the form."


def reward_help(ctx: Context) -> Card:
    slack = ctx.home.platform == Platform.SLACK
    command = "/reward" if slack else "reward"
    rows = [
        {"words": command, "help": "The form."},
        *({"words": f"{command} {words}", "help": told} for words, told in _PARTS),
        {"words": f"{command} list", "help": "What you awarded, and what waits."},
        *(() if slack else ({"words": "In a channel", "help": _IN_A_CHANNEL},)),
    ]
    return Card("words_help", {"rows": rows, "menu": False})
