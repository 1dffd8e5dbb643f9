"""The home: what somebody has, gave and received, whom they might thank, and the way to everything else.

On Slack it is the app's Home tab, on Teams a card in the personal chat; `my-home` shows it on both. Only its owner
sees it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from handlers import allowances, registry
from handlers.access import is_administrator
from handlers.colleagues import suggest
from handlers.context import Context
from handlers.home_lists import lists, read_edges, short_day
from handlers.purposes import Purpose, Why, what_holds
from handlers.reaching import SoFar, next_steps
from handlers.refusals import Refusal
from handlers.registry import action, command, page
from handlers.rules.periods import ALL, week_label
from handlers.rules.policy import Board
from handlers.rules.streaks import read_weeks
from handlers.vocabulary import Action, Card, Command, Opened, Replace, Reply, Response, Who
from store import ledger
from store.earned_badges import list_earned
from store.looking_back import count_badges
from store.people import Member
from store.tallies import list_totals, list_weeks_given

MOST_BADGES = 4
WAYS = ("rewards", "points", "leaderboard", "my-choices", "help", "rewards-admin")
"""Commands that a button of the home stands for, as far as there are any."""


@page("home")
def open_home(request: Opened, ctx: Context) -> Response:
    """Your points, your thanks, and the way to everything."""
    return Response(Reply(home_card(ctx)))


@command("my-home", reads=True)
def my_home(request: Command, ctx: Context) -> Response:
    """Your home: points, thanks given and received, and the way to everything."""
    return Response(Reply(home_card(ctx)))


@action("home", reads=True)
def turn_home(request: Action, ctx: Context) -> Response:
    """Shows your home; in place of itself with its values, to page on or look again."""
    card = home_card(ctx, read_edges(request.values))
    return Response(Replace(card) if request.values.get("again") else Reply(card))


@action("go", reads=True)
def go(request: Action, ctx: Context) -> Response:
    """Does what a command without words does."""
    name = request.values.get("to", "")
    asked = Command(key=request.key, who=request.who, where=request.where, wired=request.wired, name=name)
    entry = registry.commands.get(name) if name in WAYS else None
    if entry is None or not entry.only_reads(asked):
        raise Refusal("no_way", "That leads nowhere any more.", "Open your home once more: my-home.")
    response = entry.handler(asked, ctx)
    assert isinstance(response, Response)
    return response


def home_card(ctx: Context, edges: Mapping[str, str] | None = None) -> Card:
    """What the asker sees, and nobody else."""
    me, week = ctx.actor.id, week_label(ctx.now, ctx.tenant_zone)
    left = allowances.left(ctx)
    wallet = ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.wallet(me))
    weeks = read_weeks(list_weeks_given(ctx.tx, ctx.tenant_id, [me])[me], week)
    given = list_totals(ctx.tx, ctx.tenant_id, me, [ALL])[ALL].given
    steps = next_steps(ctx, SoFar(wallet=wallet, run=weeks.run, given=given))
    data = {
        "wallet": wallet,
        "left": left.points,
        "allowance": left.of,
        "until": left.until,
        "run": weeks.run,
        "weeks": {"given": weeks.given, "of": weeks.of},
        "steps": [{"have": one.have, "need": one.need, "what": one.what} for one in steps],
        "ways": _ways(ctx),
    }
    return Card("home", data | _badges(ctx) | lists(ctx, edges or {}) | _colleagues(ctx))


def _badges(ctx: Context) -> dict[str, object]:
    """Those received most often, with those that were earned; how many kinds there are beside them."""
    counted = Counter(count_badges(ctx.tx, ctx.tenant_id, ctx.actor.id, own=True))
    counted.update(list_earned(ctx.tx, ctx.tenant_id, [ctx.actor.id])[ctx.actor.id].keys())
    known = [(number, badge) for one, number in counted.items() if (badge := ctx.programme.badge(one))]
    known.sort(key=lambda one: (-one[0], one[1].title))
    rows = [{"emoji": one.emoji, "title": one.title, "number": number} for number, one in known[:MOST_BADGES]]
    return {"badges": rows, "more_badges": len(known) - len(rows)}


def _colleagues(ctx: Context) -> dict[str, object]:
    """Whom they might thank, with the reason. Who never decided on suggestions is told that there are some."""
    suggested = [
        {
            "who": Who(one.person.id, one.person.name),
            "name": one.person.name,
            "values": {"person": one.person.id} if _is_here(one.person, ctx) else None,
            "together": short_day(one.together_at, ctx) if one.together_at else "",
        }
        for one in suggest(ctx)
    ]
    holding = what_holds(ctx.tx, ctx.tenant_id, ctx.policy, ctx.actor.id)[Purpose.SUGGESTION]
    return {"colleagues": suggested, "suggestions_offered": not holding.holds and holding.why is not Why.OWN}


def _is_here(member: Member, ctx: Context) -> bool:
    """Whether a form of this platform can have them filled in."""
    return any(one.workspace_id == ctx.home.workspace_id for one in member.accounts)


def _ways(ctx: Context) -> dict[str, bool]:
    """What there is for this person, by the command that leads there."""
    there = {name.replace("-", "_"): name in registry.commands for name in WAYS}
    there["leaderboard"] &= ctx.policy.board is not Board.OFF
    there["rewards_admin"] &= is_administrator(ctx)
    reachable = ctx.public_url.startswith(("https://", "http://"))
    return there | {"wall": "wall_link" in registry.actions and ctx.actor.kind == "member" and reachable}
