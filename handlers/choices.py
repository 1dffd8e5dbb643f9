"""`/my-choices`: what is shown of somebody and sent to them, and how to change it."""

from __future__ import annotations

from handlers.celebrations import touch_today
from handlers.context import Context
from handlers.last_week import touch_last_week
from handlers.purposes import RULES, Purpose, Rule, choices_of
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.reminders import want_reminders
from handlers.rules.policy import Board, Policy
from handlers.vocabulary import Action, Card, Command, Replace, Reply, Response, Touch
from store.choices import choose

YES, NO = "yes", "no"


@command("my-choices", reads=True)
def show_choices(request: Command, ctx: Context) -> Response:
    """What is shown of you and sent to you, and how to change it."""
    return Response(Reply(_card(ctx)))


@action("my_choices", reads=True)
def open_choices(request: Action, ctx: Context) -> Response:
    """Shows what you chose, and how to change it."""
    return Response(Reply(_card(ctx)))


@action("choose")
def choose_so(request: Action, ctx: Context) -> Response:
    """Keeps a choice of yours."""
    purpose, chosen = _read(request)
    choose(ctx.tx, ctx.tenant_id, ctx.actor.id, purpose, chosen, ctx.now)
    if purpose is Purpose.REMINDER and chosen:
        want_reminders(ctx)
    return Response(Replace(_card(ctx)), _followed(purpose, ctx))


def _followed(purpose: Purpose, ctx: Context) -> tuple[Touch, ...]:
    """Posts that a no takes the name off."""
    match purpose:
        case Purpose.BOARD:
            return (touch_last_week(ctx),)
        case Purpose.CELEBRATION:
            return touch_today(ctx)
        case Purpose.REMINDER:
            return ()


def _read(request: Action) -> tuple[Purpose, bool]:
    """What comes from a client may be anything."""
    asked, to = request.values.get("purpose"), request.values.get("to")
    purpose = next((one for one in Purpose if one == asked), None)
    if purpose is None or to not in (YES, NO):
        raise Refusal("unclear_choice", "I do not know that choice.", "Ask for your choices once more: my-choices.")
    return purpose, to == YES


def _card(ctx: Context) -> Card:
    chosen = choices_of(ctx.tx, ctx.tenant_id, ctx.actor.id)
    return Card("my_choices", {"choices": [_row(one, chosen[one.purpose], ctx.policy) for one in RULES]})


def _row(rule: Rule, holds: bool, policy: Policy) -> dict[str, object]:
    """One purpose: what holds, and the button that says the opposite."""
    return {
        "label": rule.label,
        "holds": holds,
        "means": rule.meaning if holds else rule.otherwise,
        "button": rule.say_no if holds else rule.say_yes,
        "values": {"purpose": rule.purpose.value, "to": NO if holds else YES},
        "switched_off": not _is_offered(rule.purpose, policy),
        "departments_only": rule.purpose is Purpose.BOARD and policy.board is Board.TEAMS,
    }


def _is_offered(purpose: Purpose, policy: Policy) -> bool:
    match purpose:
        case Purpose.BOARD:
            return policy.board is not Board.OFF
        case Purpose.CELEBRATION:
            return policy.celebrations
        case Purpose.REMINDER:
            return policy.reminders
