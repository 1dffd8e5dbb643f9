"""Time off and flexible work: the person names the days, their manager agrees, and then they are theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from handlers.asked_days import FIRST, LAST, LONGEST, day_fields, read_days
from handlers.context import Context, TenantContext
from handlers.fulfilment import Begun, fulfilment
from handlers.order_cards import ASKED
from handlers.refusals import Refusal
from handlers.rules.approvals import MANAGER
from handlers.rules.days import read_day, with_weekday
from handlers.rules.ics import Event
from handlers.rules.periods import day_in, zone_or
from handlers.rules.working_days import after_working_days, working_days_between
from handlers.rules.written_dates import HOW, Unclear
from handlers.vocabulary import Field, FormErrors, NumberField, Send, Submission, TextField
from store.catalogue import RewardFact
from store.people import list_members
from store.redemptions import OrderFact, OrderState, list_orders
from store.wallets import lock_wallets

DAYS = "days"
USUAL_DAYS, MOST_DAYS = 1, 30
LOOKED_AT = 100
"""The latest orders of somebody in which the same days are looked for."""
_DAY = timedelta(days=1)


@fulfilment
class Agreed:
    kind = "agreed"
    title = "Days that the manager agrees to: time off, flexible work"
    short = "on days that you choose"
    told = "Your manager agrees first. Until then your points are set aside, and you can cancel."
    in_calendar = (OrderState.FULFILLED,)

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (
            NumberField(
                name=DAYS,
                label="How many working days is it for?",
                initial=days_of(settings),
                least=1,
                most=MOST_DAYS,
                hint="Who orders it names a day, or a first and a last one with at most so many between.",
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        digits = request.text(DAYS)
        if not digits:
            return {DAYS: USUAL_DAYS}
        if not (digits.isascii() and digits.isdigit() and len(digits) < 4 and 1 <= int(digits) <= MOST_DAYS):
            raise Refusal("unclear_number", "That is not a number of days.", f"Write 1 to {MOST_DAYS}.", field=DAYS)
        return {DAYS: int(digits)}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        return ""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        first = after_working_days(_today(ctx), 1)
        if days_of(reward.settings) > 1:
            return day_fields(first, None)
        initial = first.isoformat()
        return (TextField(name=FIRST, label="Which day?", initial=initial, hint=HOW, min_length=1, max_length=40),)

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return (MANAGER,)

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        first, last = _read(request, ctx, reward)
        _check_length(reward, first, last)
        _check_others(ctx, first, last)
        answer = with_weekday(first) if first == last else f"{with_weekday(first)} to {with_weekday(last)}"
        return {
            FIRST: first.isoformat(),
            LAST: last.isoformat(),
            ASKED: [{"label": "Which day?" if first == last else "Which days?", "answer": answer}],
        }

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        if _days(order)[0] < day_in(ctx.now, _zone_of(ctx, order)):
            return Begun(
                OrderState.FAILED, note="The first day was over when it was agreed to. You can ask for others."
            )
        return Begun(OrderState.FULFILLED)

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        return ()

    def event(self, tx: Connection, tenant_id: str, order: OrderFact) -> Event:
        first, last = _days(order)
        return Event(uid=f"{order.id}@plaudit", title=order.title, begins=first, ends=last)


def days_of(settings: Mapping[str, Any]) -> int:
    """For how many working days it is, at most."""
    return int(settings.get(DAYS, USUAL_DAYS))


def _today(ctx: Context) -> date:
    return day_in(ctx.now, ctx.zone)


def _zone_of(ctx: TenantContext, order: OrderFact) -> ZoneInfo:
    """The person's own, by which they named the days."""
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    return zone_or(person.zone, ctx.tenant_zone)


def _days(order: OrderFact) -> tuple[date, date]:
    return date.fromisoformat(order.answers[FIRST]), date.fromisoformat(order.answers[LAST])


# --- what was typed ---------------------------------------------------------------------------------------


def _read(request: Submission, ctx: Context, reward: RewardFact) -> tuple[date, date]:
    """The days, from today on. Raises a `Refusal` at the field that does not fit."""
    today = _today(ctx)
    if days_of(reward.settings) > 1:
        found = read_days(request, today)
        if isinstance(found, FormErrors):
            name, why = next(iter(found.errors.items()))
            raise Refusal("unclear_day", why, "", field=name)
        first, last = found
    else:
        first = last = _read_one(request, today)
    if first < today:
        raise Refusal("over_already", "That day is over.", "Name one that comes.", field=FIRST)
    if last > today + LONGEST:
        raise Refusal("too_far", "That is more than a year away.", "Name an earlier day.", field=FIRST)
    return first, last


def _read_one(request: Submission, today: date) -> date:
    try:
        return read_day(request.text(FIRST), today)
    except Unclear as unclear:
        raise Refusal("unclear_day", str(unclear), "", field=FIRST) from unclear


def _check_length(reward: RewardFact, first: date, last: date) -> None:
    most, wanted = days_of(reward.settings), working_days_between(first - _DAY, last)
    if not wanted:
        raise Refusal(
            "no_working_day",
            f"{with_weekday(first)} is a weekend, and {reward.title} is for working days.",
            "Name a day from Monday to Friday.",
            field=FIRST,
        )
    if wanted > most or (last - first).days > 2 * most + 2:  # weekends go along, and nothing longer
        raise Refusal(
            "too_many_days",
            f"{reward.title} is for {most} working days, and these are {wanted}."
            if wanted > most
            else f"{reward.title} is for {most} working days, and these days are too far apart.",
            "Name an earlier last day.",
            field=LAST,
        )


def _check_others(ctx: Context, first: date, last: date) -> None:
    """Nobody has one day twice: a form that is sent again by mistake takes nothing, nor do two at once."""
    lock_wallets(ctx.tx, ctx.tenant_id, [ctx.actor.id])
    for one in list_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, most=LOOKED_AT):
        counts = one.is_open or one.state is OrderState.FULFILLED
        if one.fulfilment == Agreed.kind and counts and _days(one)[0] <= last and first <= _days(one)[1]:
            raise Refusal(
                "day_taken",
                f"You have {one.title} then already.",
                "Name another day. What nobody agreed to yet you can cancel: see orders.",
                field=FIRST,
            )
