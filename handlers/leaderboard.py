"""`/leaderboard`: who gave and who received in a period, as far as the programme and people themselves want it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.boards import Asked, find_lines
from handlers.context import Context
from handlers.purposes import Purpose, Why, default_of, naming_for, what_holds
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.rules.board_words import read_words
from handlers.rules.policy import Board
from handlers.rules.ranking import Line, Period, Side, first_day, label_of, lay_out
from handlers.vocabulary import Action, Card, ChannelLink, Command, Mentioned, Platform, Replace, Reply, Response, Who
from store.tallies import Totals, list_totals

MOST = 10
TEAMS = "teams"


@command("leaderboard", usage="received month, or teams, or #value", reads=True)
def leaderboard(request: Command, ctx: Context) -> Response:
    """Who said thanks, and who was thanked: this week, month, quarter or ever."""
    asked = read_words(
        " ".join(_words(one) for one in request.text), {one.name: one.id for one in ctx.programme.values}
    )
    example = "/leaderboard received month" if ctx.home.platform == Platform.SLACK else "leaderboard received month"
    if asked.several:
        raise Refusal("several_boards", "That is more than one board.", f"Ask for one at a time: {example}.")
    if asked.unknown:
        raise Refusal(
            "unknown_board",
            f"I have no board for “{' '.join(asked.unknown)[:80]}”.",
            f"There is given or received, for the week, month, quarter or all, by people or teams, "
            f"and of one value: {example}.",
        )
    return Response(Reply(board_card(ctx, Sought(asked.side, asked.period, asked.teams, asked.value_id))))


@action("leaderboard", reads=True)
def switch_board(request: Action, ctx: Context) -> Response:
    """Shows another board in place of this one; from elsewhere that of the week."""
    side, period, value_id = (request.values.get(one, "") for one in ("side", "period", "value"))
    sought = Sought(
        side=next((one for one in Side if one == side), Side.GIVEN),
        period=next((one for one in Period if one == period), Period.WEEK),
        teams=request.values.get("of") == TEAMS,
        value_id=value_id if ctx.programme.value(value_id) else "",
    )
    card = board_card(ctx, sought)
    return Response(Replace(card) if side else Reply(card))


@dataclass(frozen=True, slots=True)
class Sought:
    """`teams`: by department, where the programme lets people choose. `value_id` is empty for any value."""

    side: Side
    period: Period
    teams: bool = False
    value_id: str = ""


def board_card(ctx: Context, sought: Sought) -> Card:
    """What the asker sees: with their own place wherever it is, and their own numbers where they have none."""
    label = label_of(sought.period, ctx.now, ctx.tenant_zone)
    own = Totals() if sought.value_id else list_totals(ctx.tx, ctx.tenant_id, ctx.actor.id, [label])[label]
    board = Board.TEAMS if sought.teams and ctx.policy.board is Board.PEOPLE else ctx.policy.board
    value = ctx.programme.value(sought.value_id)
    named = what_holds(ctx.tx, ctx.tenant_id, ctx.policy, ctx.actor.id)[Purpose.BOARD]
    data = {
        "board": board.value,
        "side": sought.side.value,
        "period": sought.period.value,
        "value": {"id": value.id, "emoji": value.emoji, "name": value.name} if value else None,
        "choice": ctx.policy.board is Board.PEOPLE,
        "since": first_day(sought.period, ctx.now, ctx.tenant_zone),
        "left_out": board is Board.PEOPLE and not named.holds and not value,
        "chose": named.why is Why.OWN,
        "by_yes": board is not Board.OFF and not default_of(ctx.policy, Purpose.BOARD),
        "given": own.given,
        "received": own.received,
    }
    asked = Asked(ctx.tenant_id, board, naming_for(ctx.policy, Purpose.BOARD), sought.side, label, MOST)
    if value:
        asked = replace(asked, value_id=value.id)
    return Card("leaderboard", data | _lines(ctx, asked))


def _lines(ctx: Context, asked: Asked) -> dict[str, object]:
    found = find_lines(ctx.tx, asked, ctx.actor.id)
    layout = lay_out(found.lines, found.everybody, found.own_id, MOST)
    return {
        "above": [_shown(one) for one in layout.above],
        "own": _shown(layout.own) if layout.own else None,
        "below": [_shown(one) for one in layout.below],
        "between": layout.between,
        "more": layout.more,
    }


def _shown(line: Line) -> dict[str, object]:
    """By name, without accounts: nobody is pinged because somebody looks at a board."""
    return {"place": line.place, "who": Who(line.id, line.name), "number": line.number, "beside": line.beside}


def _words(piece: str | Mentioned | ChannelLink) -> str:
    match piece:
        case str():
            return piece
        case Mentioned():
            return piece.label
        case ChannelLink():
            return f"#{piece.name}"
