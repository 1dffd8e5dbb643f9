"""`/my-choices`: what is shown of somebody and sent to them, and how to change it."""

from __future__ import annotations

from collections.abc import Collection

from handlers.celebrations import touch_today
from handlers.context import Context, TenantContext
from handlers.last_week import touch_last_week
from handlers.purposes import RULES, Group, Holding, Purpose, Rule, Why, keep_choice, what_holds
from handlers.refusals import Refusal
from handlers.registry import action, command
from handlers.reminders import want_reminders
from handlers.rules.policy import Board, Policy
from handlers.vocabulary import Action, Card, Command, Replace, Reply, Response, Touch
from store.attention import find_away

YES, NO = "yes", "no"


@command("my-choices", reads=True)
def show_choices(request: Command, ctx: Context) -> Response:
    """What is shown of you and sent to you, and how to change it."""
    return Response(Reply(choices_card(ctx)))


@action("my_choices", reads=True)
def open_choices(request: Action, ctx: Context) -> Response:
    """Shows what you chose, and how to change it."""
    return Response(Reply(choices_card(ctx)))


@action("choose")
def choose_so(request: Action, ctx: Context) -> Response:
    """Keeps a choice of yours."""
    purpose, chosen = _read(request)
    keep_choice(ctx.tx, ctx.tenant_id, ctx.actor.id, purpose, chosen, ctx.now)
    if purpose is Purpose.REMINDER and chosen:
        want_reminders(ctx)
    return Response(Replace(choices_card(ctx)), touch_shown(ctx, [purpose]))


def choices_card(ctx: Context) -> Card:
    """Everything the asker can choose, with what holds now and by whose decision, and when they are away."""
    held = what_holds(ctx.tx, ctx.tenant_id, ctx.policy, ctx.actor.id)
    groups = {
        group.value: [_row(one, held[one.purpose], ctx.policy) for one in RULES if one.group is group]
        for group in Group
    }
    away = find_away(ctx.tx, ctx.tenant_id, ctx.actor.id)
    known = away is not None and away.last_on >= ctx.now.astimezone(ctx.zone).date()
    shown = {"first": away.first_on, "last": away.last_on} if away and known else None
    return Card("my_choices", {"groups": groups, "away": shown})


def touch_shown(ctx: TenantContext, purposes: Collection[Purpose] = tuple(Purpose)) -> tuple[Touch, ...]:
    """Posts that show people for these purposes: they follow who is to be seen on them. All else looks when asked."""
    week = (touch_last_week(ctx),) if Purpose.BOARD in purposes else ()
    return (*week, *(touch_today(ctx) if Purpose.CELEBRATION in purposes else ()))


def _read(request: Action) -> tuple[Purpose, bool]:
    """What comes from a client may be anything."""
    asked, to = request.values.get("purpose"), request.values.get("to")
    purpose = next((one for one in Purpose if one == asked), None)
    if purpose is None or to not in (YES, NO):
        raise Refusal("unclear_choice", "I do not know that choice.", "Ask for your choices once more: my-choices.")
    return purpose, to == YES


def _row(rule: Rule, holding: Holding, policy: Policy) -> dict[str, object]:
    """One purpose: what holds, why, and the button that says the opposite."""
    holds = holding.holds
    return {
        "label": rule.label,
        "holds": holds,
        "means": rule.meaning if holds else rule.otherwise,
        "own": holding.why is Why.OWN,
        "tenants": holding.why is Why.TENANT,
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
        case _:
            return True
