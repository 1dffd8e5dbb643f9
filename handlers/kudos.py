"""`/kudos`, typed: reads the line, finds the people, and gives."""

from __future__ import annotations

from handlers.context import Context
from handlers.finding import find_receivers
from handlers.giving import Gift, give, give_draft
from handlers.kudos_form import open_kudos_form
from handlers.kudos_help import kudos_help
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.rules.grammar import (
    Problem,
    TwoAmounts,
    TwoValues,
    UnclearAmount,
    UnknownValue,
    read_kudos,
)
from handlers.vocabulary import (
    Action,
    Card,
    Command,
    Nothing,
    Replace,
    Reply,
    Response,
    Typed,
)


def _asks_only(request: Command) -> bool:
    return _is_blank(request.text) or _is(request.text, "help", "?")


@command("kudos", usage="@name +5 for the reason #value :badge:", reads=_asks_only)
def kudos(request: Command, ctx: Context) -> Response:
    """Thank somebody, here and now."""
    if _is_blank(request.text):
        return open_kudos_form(ctx)
    if _is(request.text, "help", "?"):
        return kudos_help(ctx)
    said, receivers = find_receivers(request, ctx, read_kudos(request.text, ctx.programme.words))
    for problem in said.problems:
        raise _refusal_of(problem, ctx)
    gift = Gift(
        receivers=receivers,
        reason=said.reason,
        points=said.points,
        value_id=said.value_id,
        badge_id=said.badge_id,
    )
    return give(ctx, gift)


@action("send_again")
def send_again(request: Action, ctx: Context) -> Response:
    """Gives once more what looked like the same gift typed twice."""
    given = give_draft(ctx, request.values.get("draft", ""))
    assert isinstance(given.answer, Reply)
    return Response(Replace(given.answer.card), given.sends)


@action("dismiss")
def dismiss(request: Action, ctx: Context) -> Response:
    """Leaves things as they are."""
    return Response(Replace(Card("notice", {"sentence": "Good, then it stays at one."})))


@action("open_app", reads=True)
def open_app(request: Action, ctx: Context) -> Response:
    """A button that leads to an address; Slack tells of the tap as well."""
    return Response(Nothing())


def _is_blank(text: Typed) -> bool:
    return not any(not isinstance(piece, str) or piece.strip() for piece in text)


def _is(text: Typed, *words: str) -> bool:
    return len(text) == 1 and isinstance(text[0], str) and text[0].strip().lower() in words


# --- what was typed oddly ---------------------------------------------------------------------------------


def _refusal_of(problem: Problem, ctx: Context) -> Refusal:
    match problem:
        case UnknownValue(typed, closest):
            meant = ctx.programme.value(closest)
            names = ", ".join(f"#{one.name}" for one in ctx.programme.current_values)
            return Refusal(
                "unknown_value",
                f"{typed} is not one of our values." + (f" Did you mean #{meant.name}?" if meant else ""),
                f"There are {names}. Or leave it out.",
                field="value",
            )
        case UnclearAmount(typed):
            return Refusal(
                "unclear_amount",
                f"I cannot read {typed} as points.",
                "Write a whole number: +10.",
                field="points",
            )
        case TwoAmounts(typed):
            return Refusal(
                "two_amounts",
                f"Which amount do you mean: {' or '.join(typed)}?",
                "Write one, right after the names.",
                field="points",
            )
        case TwoValues(ids):
            names = " or ".join(f"#{one.name}" for one in ctx.programme.values if one.id in ids)
            return Refusal("two_values", f"Which value is it: {names}?", "A kudos shows one of them.", field="value")
