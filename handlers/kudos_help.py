"""`/kudos help`: how to write one, made from the programme in force."""

from __future__ import annotations

from handlers import allowances
from handlers.badges import badges_of
from handlers.context import Context
from handlers.registry import command
from handlers.vocabulary import Card, Command, Platform, Reply, Response


@command("help", reads=True)
def show_help(request: Command, ctx: Context) -> Response:
    """How to say thank you."""
    return kudos_help(ctx)


def kudos_help(ctx: Context) -> Response:
    left = allowances.left(ctx)
    return Response(
        Reply(
            Card(
                "kudos_help",
                {
                    "command": "/kudos" if ctx.home.platform == Platform.SLACK else "kudos",
                    "values": [
                        {"emoji": one.emoji, "name": one.name, "meaning": one.meaning}
                        for one in ctx.programme.values
                        if one.active
                    ],
                    "badges": [{"emoji": one.emoji, "title": one.title} for one in badges_of(ctx)],
                    "left": left.points,
                    "allowance": left.of,
                    "limits": {"receivers": ctx.policy.most_receivers, "points": ctx.policy.most_points},
                },
            )
        )
    )
