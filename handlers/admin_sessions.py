"""Dates of experiences: administrators see who comes, add dates, and cancel them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.asked_days import day_of
from handlers.context import Context, TenantContext
from handlers.experience_ticks import BEGINS, CANCELLED
from handlers.fulfilment_experience import Experience
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.rules.instants import due_on
from handlers.rules.periods import day_in
from handlers.rules.unseen import seen
from handlers.rules.written_dates import HOW, Unclear, read_date
from handlers.ticks import schedule_once
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    NumberField,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
    TextField,
)
from store.audit import AuditFact, add_audit
from store.catalogue import RewardFact, find_coded, find_rewards, list_rewards, lock_reward
from store.experiences import (
    SessionFact,
    SessionState,
    add_session,
    count_waiting,
    end_session,
    find_session,
    list_sessions,
)
from store.schedules import Scheduled, add_schedules

MOST_PLACES, LONGEST_PLACE = 1_000, 120
SHOWN = 10
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_DAY = timedelta(days=1)


@admin_word("sessions", usage="reward code", reads=True)
def sessions(said: Said, ctx: Context) -> Response:
    """Dates of an experience: who comes, new ones, cancelling."""
    code = said.text.strip()
    if not code:
        return Response(Reply(_choice_card(ctx)))
    found = find_coded(ctx.tx, ctx.tenant_id, [code.lower(), code])
    return Response(Reply(_sessions_card(ctx, _experience(next(iter(found.values()), None)))))


@action("admin_sessions", reads=True)
def show_sessions(request: Action, ctx: Context) -> Response:
    """Shows the dates of an experience."""
    check_administrator(ctx)
    reward_id = request.values.get("reward", "")
    if not reward_id:
        return Response(Replace(_choice_card(ctx)))
    return Response(Replace(_sessions_card(ctx, _of(ctx, reward_id))))


@action("admin_session_form", reads=True)
def open_session_form(request: Action, ctx: Context) -> Response:
    """Opens the form for a new date of an experience."""
    check_administrator(ctx)
    reward = _of(ctx, request.values.get("reward", ""))
    form = Form(
        name="admin_session",
        form_id=ctx.new_id(),
        opened_by="admin_session_form",
        title="Add a date",
        submit="Add",
        note=f"For {reward.title}. The time is that of {ctx.tenant_zone.key}.",
        context={"reward": reward.id},
        fields=(
            TextField(name="day", label="Which day?", hint=HOW, min_length=1, max_length=40),
            TextField(name="from", label="From", hint="Such as 18:00.", min_length=1, max_length=5),
            TextField(
                name="until",
                label="Until",
                hint="Such as 21:00; an earlier time is that of the next day.",
                min_length=1,
                max_length=5,
            ),
            TextField(name="place", label="Where?", hint="A room, an address, or a link.", max_length=LONGEST_PLACE),
            NumberField(name="places", label="How many places?", initial=10, least=1, most=MOST_PLACES),
        ),
    )
    return Response(OpenForm(form))


@submission("admin_session")
def submit_session(request: Submission, ctx: Context) -> Response:
    """Adds a date to an experience."""
    check_administrator(ctx)
    reward = _of(ctx, request.context.get("reward", ""))
    starts_at, ends_at = _read_hours(request, ctx)
    fact = SessionFact(
        id=ctx.new_id(),
        reward_id=reward.id,
        starts_at=starts_at,
        ends_at=ends_at,
        place=seen(request.text("place"))[:LONGEST_PLACE],
        capacity=_read_places(request),
    )
    keep_session(ctx, fact)
    _audit(ctx, "experience date added", reward, fact)
    return Response(Reply(_sessions_card(ctx, reward, "The date is added, and can be ordered now.")))


@action("admin_session_cancel")
def cancel_session(request: Action, ctx: Context) -> Response:
    """Cancels a date of an experience: everybody gets their points back."""
    check_administrator(ctx)
    fact = find_session(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    reward = lock_reward(ctx.tx, ctx.tenant_id, fact.reward_id) if fact else None
    if fact is None or reward is None:
        raise Refusal("no_session", "I do not know that date.", "The list of dates shows what there is.")
    if not end_session(ctx.tx, ctx.tenant_id, fact.id, SessionState.CANCELLED):
        raise Refusal("session_ended", "That date is over or cancelled already.", "Nothing was changed.")
    schedule_once(ctx, CANCELLED, fact.id)  # orders are locked before their reward, so not in here
    _audit(ctx, "experience date cancelled", reward, fact)
    told = "The date is cancelled. Everybody who had a place gets their points back, and hears of it."
    return Response(Replace(_sessions_card(ctx, reward, told)))


def keep_session(ctx: TenantContext, fact: SessionFact) -> None:
    """Adds a date, and schedules what happens when it begins."""
    add_session(ctx.tx, ctx.tenant_id, fact)
    add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, BEGINS, fact.id, fact.starts_at, "")])


# --- what was typed ---------------------------------------------------------------------------------------


def _of(ctx: Context, reward_id: str) -> RewardFact:
    return _experience(find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id))


def _experience(reward: RewardFact | None) -> RewardFact:
    if reward is None or reward.fulfilment != Experience.kind:
        raise Refusal(
            "no_experience",
            "That reward has no dates.",
            "Choose one that is an experience; without a code, the word sessions lists them.",
        )
    return reward


def _read_hours(request: Submission, ctx: Context) -> tuple[datetime, datetime]:
    zone, today = ctx.tenant_zone, day_in(ctx.now, ctx.tenant_zone)
    try:
        day = day_of(read_date(request.text("day")), today)
    except Unclear as unclear:
        raise Refusal("unclear_day", str(unclear), "", field="day") from unclear
    begins, ends = _read_time(request, "from"), _read_time(request, "until")
    starts_at = due_on(day, begins, zone)
    ends_at = due_on(day if ends > begins else day + _DAY, ends, zone)
    if starts_at <= ctx.now:
        raise Refusal("over_already", "That time is over.", "Name one that comes.", field="day")
    return starts_at.astimezone(UTC), ends_at.astimezone(UTC)


def _read_time(request: Submission, name: str) -> time:
    found = _CLOCK.fullmatch(request.text(name))
    if found is None:
        raise Refusal("unclear_time", "I cannot read that as a time.", "Write it like 18:00.", field=name)
    return time(int(found[1]), int(found[2]))


def _read_places(request: Submission) -> int:
    digits = request.text("places")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 5 and 1 <= int(digits) <= MOST_PLACES):
        raise Refusal("unclear_number", "That is no number of places.", f"Write 1 to {MOST_PLACES:,}.", field="places")
    return int(digits)


# --- shown ------------------------------------------------------------------------------------------------


def _choice_card(ctx: Context) -> Card:
    """Which experience?"""
    found = [one for one in list_rewards(ctx.tx, ctx.tenant_id) if one.fulfilment == Experience.kind]
    rows = [{"id": one.id, "title": one.title} for one in found[:SHOWN]]
    return Card("admin_sessions", {"done": "", "reward": None, "rewards": rows, "sessions": [], "more": 0})


def _sessions_card(ctx: Context, reward: RewardFact, done: str = "") -> Card:
    found = list_sessions(ctx.tx, ctx.tenant_id, reward.id, ctx.now - _DAY)
    shown = found[:SHOWN]
    waiting = count_waiting(ctx.tx, ctx.tenant_id, [one.id for one in shown])
    data = {
        "done": done,
        "reward": {"id": reward.id, "title": reward.title},
        "rewards": [],
        "sessions": [_row(one, waiting.get(one.id, 0)) for one in shown],
        "more": len(found) - len(shown),
    }
    return Card("admin_sessions", data)


def _row(one: SessionFact, waiting: int) -> dict[str, object]:
    return {
        "id": one.id,
        "begins": one.starts_at,
        "place": one.place,
        "taken": one.taken,
        "places": one.capacity,
        "waiting": waiting,
        "state": one.state.value,
    }


def _audit(ctx: Context, act: str, reward: RewardFact, fact: SessionFact) -> None:
    details = {"reward": reward.title, "begins": fact.starts_at.isoformat(), "places": fact.capacity}
    entry = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=fact.id, details=details)
    add_audit(ctx.tx, ctx.tenant_id, entry)
