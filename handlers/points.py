"""`/points`: somebody's own account of giving and receiving. Nobody else sees it."""

from __future__ import annotations

from handlers import allowances, registry
from handlers.context import Context
from handlers.expiring import due_of
from handlers.registry import command
from handlers.rules.expiry import FIRST
from handlers.rules.periods import ALL, day_in, week_label
from handlers.rules.policy import Board
from handlers.rules.streaks import read_weeks
from handlers.vocabulary import Card, Command, Reply, Response, Who
from store import ledger
from store.expiries import list_notices
from store.people import list_members
from store.recognitions import list_received
from store.tallies import list_totals, list_weeks_given
from store.wallets import list_wallet_moves

LAST_RECEIVED = 3
LONGEST_REASON = 140
CHOICES = "my_choices"


@command("points", reads=True)
def points(request: Command, ctx: Context) -> Response:
    """What you hold, what you can still give, and what you gave and received."""
    week = week_label(ctx.now, ctx.tenant_zone)  # boards and runs are counted by the tenant's calendar
    left = allowances.left(ctx)
    counted = list_totals(ctx.tx, ctx.tenant_id, ctx.actor.id, [week, ALL])
    weeks = read_weeks(list_weeks_given(ctx.tx, ctx.tenant_id, [ctx.actor.id])[ctx.actor.id], week)
    return Response(
        Reply(
            Card(
                "points",
                {
                    "wallet": ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(ctx.actor.id)),
                    "expires": _expires_next(ctx),
                    "left": left.points,
                    "allowance": left.of,
                    "fresh_on": day_in(left.ends_at, ctx.zone),
                    "week": {"given": counted[week].given, "received": counted[week].received},
                    "ever": {"given": counted[ALL].given, "received": counted[ALL].received},
                    "run": weeks.run,
                    "weeks": {"given": weeks.given, "of": weeks.of},
                    "lately": _lately(ctx),
                    "board": ctx.policy.board is not Board.OFF,
                    "choices": CHOICES in registry.actions,
                },
            )
        )
    )


def _expires_next(ctx: Context) -> dict[str, object] | None:
    """Of the wallet, what expires next; the day that somebody was told holds for them."""
    if not ctx.policy.points_expire_months:
        return None
    due = due_of(ctx, list_wallet_moves(ctx.tx, ctx.tenant_id, [ctx.actor.id])[ctx.actor.id], ctx.zone)
    told = list_notices(ctx.tx, ctx.tenant_id, [ctx.actor.id])[ctx.actor.id]
    soonest = day_in(ctx.now, ctx.zone) + FIRST  # nobody's points expire without a warning before
    days = sorted((told[day].expires_on if day in told else max(day, soonest), points) for day, points in due.items())
    if not days:
        return None
    day, points = days[0]
    return {"points": points, "day": day.day, "month": day.month, "year": day.year}


def _lately(ctx: Context) -> list[dict[str, object]]:
    facts = list_received(ctx.tx, ctx.tenant_id, ctx.actor.id, LAST_RECEIVED)
    givers = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, {one.giver_id for one in facts})}
    return [
        {
            "giver": Who(one.giver_id, givers[one.giver_id].name),
            "reason": _clipped(one.reason),
            "day": one.given_at.astimezone(ctx.zone).date(),
        }
        for one in facts
    ]


def _clipped(reason: str) -> str:
    line = " ".join(reason.split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1].rstrip() + "…"
