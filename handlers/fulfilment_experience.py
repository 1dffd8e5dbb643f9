"""Experiences with places: a date is chosen, a place taken; where all are taken one waits in line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from handlers.admin_words import command_name
from handlers.context import Context, TenantContext
from handlers.experience_line import BADGE, KIND, SUBJECT, join, line_card, pass_on
from handlers.fulfilment import PROMISED, Begun, fulfilment
from handlers.order_cards import ASKED
from handlers.refusals import Refusal
from handlers.rules.ics import Event
from handlers.rules.periods import day_in
from handlers.vocabulary import Choice, ChoiceField, Field, Reply, Response, Send, Submission
from store.catalogue import RewardFact
from store.experiences import (
    LineFact,
    LineState,
    SessionFact,
    SessionState,
    add_place,
    change_line,
    count_waiting,
    find_mine,
    find_session,
    find_session_of,
    list_sessions,
    take_place,
)
from store.outbox import touch
from store.redemptions import OrderFact, OrderState, list_orders

DATE = "date"
SHOWN = 50
LONGEST_LABEL = 75
LOOKED_AT = 100
"""The latest orders of somebody in which a place for the same date is looked for."""


@fulfilment
class Experience:
    kind = KIND
    title = "An experience with dates and places"
    short = "on a date that you choose"
    told = "You can cancel until it begins. Where no place is free you wait in line, which costs nothing."
    in_calendar = (OrderState.ORDERED, OrderState.STARTED)

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        badges = ctx.programme.current_badges[: SHOWN * 2 - 1]
        held = str(settings.get(BADGE, ""))
        return (
            ChoiceField(
                name=BADGE,
                label="Who comes first in line?",
                choices=(
                    Choice("", "Whoever came first"),
                    *(Choice(one.id, f"{one.emoji} {one.title}"[:LONGEST_LABEL]) for one in badges),
                ),
                initial=held if any(one.id == held for one in badges) else "",
                hint=f"Holders of a badge, earned or received. Dates are added later: {command_name(ctx)} sessions.",
                optional=True,
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        badge = request.values.get(BADGE, "")
        badge = badge if isinstance(badge, str) else ""
        if badge and ctx.programme.badge(badge) is None:
            raise Refusal("no_badge", "There is no such badge.", "Choose one of those shown.", field=BADGE)
        return {BADGE: badge}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        return "" if _coming(ctx, reward) else "There is no date yet. Whoever runs Plaudit here adds dates."

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        coming = _coming(ctx, reward)[:SHOWN]
        ids = [one.id for one in coming]
        waiting = count_waiting(ctx.tx, ctx.tenant_id, ids)
        mine = find_mine(ctx.tx, ctx.tenant_id, ctx.actor.id, ids)
        offered = [one for one in ids if one in mine and mine[one].state is LineState.OFFERED]
        free = [one.id for one in coming if one.free > 0]
        return (
            ChoiceField(
                name=DATE,
                label="Which date?",
                choices=tuple(
                    Choice(one.id, _label(ctx, one, mine.get(one.id), waiting.get(one.id, 0))) for one in coming
                ),
                initial=next(iter((*offered, *free, *ids)), ""),
                hint="Where no place is free you wait in line, and nothing is taken from you meanwhile.",
            ),
        )

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def instead(self, request: Submission, ctx: Context, reward: RewardFact) -> Response | None:
        """A place in the line, where the date is full."""
        session = _chosen(request, ctx, reward)
        _check_place(ctx, session)
        mine = find_mine(ctx.tx, ctx.tenant_id, ctx.actor.id, [session.id]).get(session.id)
        if session.free > 0 or (mine and mine.state is LineState.OFFERED):
            return None
        if mine:
            return Response(Reply(line_card(ctx.tx, mine, session, reward, ctx.actor)))
        message = join(ctx, reward, session)
        return Response(Reply(message.card), (message,))

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        session = _chosen(request, ctx, reward)
        mine = find_mine(ctx.tx, ctx.tenant_id, ctx.actor.id, [session.id]).get(session.id)
        offered = mine is not None and mine.state is LineState.OFFERED
        if not offered and not take_place(ctx.tx, ctx.tenant_id, session.id):
            raise Refusal("full", "The last place just went.", "Send it once more to wait in line.", field=DATE)
        if mine:
            change_line(ctx.tx, ctx.tenant_id, mine.id, mine.state, state=LineState.TAKEN)
            touch(ctx.tx, ctx.tenant_id, SUBJECT, mine.id, ctx.now)  # at once, also where somebody has to agree first
        add_place(ctx.tx, ctx.tenant_id, order_id, session.id)
        return dated_answers(ctx, session)[0]

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        session = find_session_of(ctx.tx, ctx.tenant_id, order.id)
        if session is None or session.state is not SessionState.OPEN or session.starts_at <= ctx.now:
            return Begun(OrderState.FAILED, note="That date was over or cancelled before everybody agreed.")
        return Begun(OrderState.ORDERED)

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        session = find_session_of(ctx.tx, ctx.tenant_id, order.id)
        return pass_on(ctx, reward, session.id) if session else ()

    def event(self, tx: Connection, tenant_id: str, order: OrderFact) -> Event | None:
        found = find_session_of(tx, tenant_id, order.id)
        if found is None:
            return None
        return Event(
            uid=f"{order.id}@plaudit",
            title=order.title,
            begins=found.starts_at,
            ends=found.ends_at,
            place=found.place,
        )


def dated_answers(ctx: TenantContext, session: SessionFact) -> tuple[dict[str, Any], date]:
    """What an order for a date says of it, and the day it is promised for: the one after."""
    the_day_after = day_in(session.ends_at, ctx.tenant_zone) + timedelta(days=1)
    asked = [{"label": "Which date?", "answer": told_date(ctx, session)}]
    return {PROMISED: the_day_after.isoformat(), ASKED: asked}, the_day_after


def told_date(ctx: TenantContext, session: SessionFact) -> str:
    """`Friday 27 November, 18:00`, by the clock of the tenant, with the place."""
    local = session.starts_at.astimezone(ctx.tenant_zone)
    said = f"{local:%A} {local.day} {local:%B}, {local:%H:%M} ({ctx.tenant_zone.key})"
    return f"{said}, {session.place}" if session.place else said


def _coming(ctx: Context, reward: RewardFact) -> list[SessionFact]:
    found = list_sessions(ctx.tx, ctx.tenant_id, reward.id, ctx.now)
    return [one for one in found if one.state is SessionState.OPEN]


def _label(ctx: Context, session: SessionFact, mine: LineFact | None, waiting: int) -> str:
    """By the clock of the person, and by that of the organisation where it shows another time."""
    local, there = session.starts_at.astimezone(ctx.zone), session.starts_at.astimezone(ctx.tenant_zone)
    date = f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"
    if there.utcoffset() != local.utcoffset():
        date += f" ({there:%a %H:%M} in {ctx.tenant_zone.key})"
    if mine and mine.state is LineState.OFFERED:
        state = "a place is kept for you"
    elif session.free > 0:
        state = "1 place free" if session.free == 1 else f"{session.free} places free"
    else:
        state = "full, you are in line" if mine else f"full, {waiting} in line"
    label = f"{date}: {state}, {session.place}" if session.place else f"{date}: {state}"
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1].rstrip(' ,')}…"


def _chosen(request: Submission, ctx: Context, reward: RewardFact) -> SessionFact:
    """The date that was chosen. Raises a `Refusal` for one of another reward, one that began or is cancelled."""
    typed = request.values.get(DATE, "")
    found = find_session(ctx.tx, ctx.tenant_id, typed) if isinstance(typed, str) else None
    if found is None or found.reward_id != reward.id:
        raise Refusal("no_date", "Which date would you like?", "Choose one of those shown.", field=DATE)
    if found.state is not SessionState.OPEN or found.starts_at <= ctx.now:
        raise Refusal("date_gone", "That date began, or was cancelled.", "Choose another one.", field=DATE)
    return found


def _check_place(ctx: Context, session: SessionFact) -> None:
    """One place each: a form that is sent again by mistake takes nothing from others."""
    for one in list_orders(ctx.tx, ctx.tenant_id, ctx.actor.id, most=LOOKED_AT):
        if one.is_open and one.reward_id == session.reward_id:
            had = find_session_of(ctx.tx, ctx.tenant_id, one.id)
            if had and had.id == session.id:
                raise Refusal("place_taken", "You have a place then already.", "Choose another date.", field=DATE)
