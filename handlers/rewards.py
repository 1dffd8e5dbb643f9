"""`/rewards how`: the rules in force, made from the policy itself."""

from __future__ import annotations

from dataclasses import asdict

from handlers import allowances
from handlers.context import Context
from handlers.registry import command
from handlers.vocabulary import Card, Command, Platform, Reply, Response


@command("rewards", usage="how", reads=True)
def rewards(request: Command, ctx: Context) -> Response:
    """The rules in force: points, limits, boards, reminders."""
    return Response(Reply(rules_card(ctx)))


def rules_card(ctx: Context) -> Card:
    """Every rule of the policy, and what else a person may want to know before giving."""
    data = {
        "policy": asdict(ctx.policy),
        "worth": str(ctx.policy.worth or ""),
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
