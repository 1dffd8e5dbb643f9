"""`/rewards-admin`: the menu of whoever runs the programme, and its words for those who type."""

from __future__ import annotations

from handlers.access import check_administrator
from handlers.admin_settings import BY_WORD
from handlers.admin_words import Said, admin_word, book, command_name, plain
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.vocabulary import Action, Card, Command, Replace, Reply, Response


@command(
    "rewards-admin", usage="setup, values, people, grant, screens, audit, health, admins or help", reads=book.only_reads
)
def rewards_admin(request: Command, ctx: Context) -> Response:
    """Run the programme: set-up, values, people, points, audit."""
    check_administrator(ctx)
    word, rest = book.find(request.text)
    if word:
        return word.handler(Said(request, rest), ctx)
    if plain(request.text):
        raise _unknown_word(request, ctx)
    return Response(Reply(_menu(ctx)))


@action("admin_menu", reads=True)
def show_menu(request: Action, ctx: Context) -> Response:
    """Back to the menu."""
    check_administrator(ctx)
    return Response(Replace(_menu(ctx)))


@admin_word("menu", reads=True)
def menu(said: Said, ctx: Context) -> Response:
    """Everything there is, as buttons."""
    return Response(Reply(_menu(ctx)))


@admin_word("help", reads=True)
def show_help(said: Said, ctx: Context) -> Response:
    """These words."""
    rows = [
        {"words": " ".join(filter(None, (command_name(ctx), one.name, one.usage))), "help": one.help}
        for _, one in sorted(book.words.items())
    ]
    rows.append({"words": "After setup", "help": ", ".join(["channel", "zone", *BY_WORD])})
    return Response(Reply(Card("words_help", {"rows": rows, "menu": True})))


def _menu(ctx: Context) -> Card:
    data = {
        "channel": ctx.programme.recognition_places.get(ctx.home.workspace_id),
        "allowance": ctx.policy.allowance,
        "period": ctx.policy.allowance_period.value,
        "zone": ctx.home.zone,
        "values": len(ctx.programme.current_values),
        "command": command_name(ctx),
    }
    return Card("admin_menu", data)


def _unknown_word(request: Command, ctx: Context) -> Refusal:
    typed = plain(request.text).split()[0][:40]
    return Refusal(
        "unknown_word",
        f"I do not know “{typed}” here. The words are {', '.join(book.first_words())}.",
        f"Type {command_name(ctx)} help to see how each is written, or {command_name(ctx)} alone for the menu.",
    )
