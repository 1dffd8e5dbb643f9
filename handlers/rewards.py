"""`/rewards`: its words, and `how`: the rules in force, made from the policy itself."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from handlers import allowances
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import command
from handlers.reward_words import Said, book, command_name, plain, rewards_word
from handlers.rules.days import in_words
from handlers.vocabulary import Card, Command, Platform, Reply, Response

USUAL = ("browse", "how")
"""What the command alone means: the first of these words that there is."""


@command(
    "rewards",
    usage="browse, wishes, orders, together, budget, approvals, how or help",
    reads=book.only_reads,
)
def rewards(request: Command, ctx: Context) -> Response:
    """What points can be redeemed for, your orders, and the rules."""
    word, rest = book.find(request.text)
    if word is None and plain(request.text):
        raise _unknown_word(request, ctx)
    usual = next(book.words[one] for one in USUAL if one in book.words)
    return (word or usual).handler(Said(request, rest), ctx)


@rewards_word("how", reads=True)
def how(said: Said, ctx: Context) -> Response:
    """The rules in force: points, limits, boards, reminders."""
    return Response(Reply(rules_card(ctx)))


@rewards_word("help", reads=True)
def show_help(said: Said, ctx: Context) -> Response:
    """These words."""
    rows = [
        {"words": " ".join(filter(None, (command_name(ctx), one.name, one.usage))), "help": one.help}
        for _, one in sorted(book.words.items())
    ]
    return Response(Reply(Card("words_help", {"rows": rows, "menu": False})))


def _unknown_word(request: Command, ctx: Context) -> Refusal:
    typed = plain(request.text).split()[0][:40]
    return Refusal(
        "unknown_word",
        f"I do not know “{typed}” here. The words are {', '.join(book.first_words())}.",
        f"Type {command_name(ctx)} help to see what each does.",
    )


def rules_card(ctx: Context) -> Card:
    """Every rule of the policy, and what else a person may want to know before giving."""
    data = {
        "policy": asdict(ctx.policy),
        "worth": str(ctx.policy.worth or ""),
        "since": in_words(date.fromisoformat(since)) if (since := ctx.policy.points_expire_since) else "",
        "left": allowances.left(ctx).points,
        "own": allowances.own_allowance(ctx),
        "channel": ctx.programme.recognition_places.get(ctx.home.workspace_id),
        "values": [
            {"emoji": one.emoji, "name": one.name, "meaning": one.meaning} for one in ctx.programme.current_values
        ],
        "zone": ctx.home.zone,
        "command": "/kudos" if ctx.home.platform == Platform.SLACK else "kudos",
    }
    return Card("rewards_how", data)
