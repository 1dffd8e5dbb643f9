"""A date of an experience is changed: whoever has a place hears of it and keeps it; more places go to those in line."""

from __future__ import annotations

from dataclasses import replace

from handlers.access import check_administrator
from handlers.admin_sessions import audit_session, sessions_card
from handlers.context import Context
from handlers.experience_changes import FILL, tell_change
from handlers.experience_ticks import BEGINS
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.session_form import Typed, read_session, session_fields
from handlers.ticks import schedule_once
from handlers.vocabulary import Action, Form, OpenForm, Reply, Response, Submission
from store.catalogue import RewardFact, find_rewards, lock_reward
from store.experiences import SessionFact, SessionState, change_session, find_session
from store.schedules import Scheduled, add_schedules, reset

SEEN = "seen"
"""Of the form's context: the date as it was when the form was opened."""


@action("admin_session_change_form", reads=True)
def open_change(request: Action, ctx: Context) -> Response:
    """Opens the form to change a date of an experience."""
    check_administrator(ctx)
    fact = _coming(ctx, find_session(ctx.tx, ctx.tenant_id, request.values.get("id", "")))
    reward = find_rewards(ctx.tx, ctx.tenant_id, [fact.reward_id])[fact.reward_id]
    form = Form(
        name="admin_session_change",
        form_id=ctx.new_id(),
        opened_by="admin_session_change_form",
        title="Change a date",
        submit="Change",
        note=f"For {reward.title}. The time is that of {ctx.tenant_zone.key}. Whoever has a place keeps it, and hears "
        "of another time or place.",
        context={"id": fact.id, SEEN: _seen(fact)},
        fields=session_fields(ctx, fact),
    )
    return Response(OpenForm(form))


@submission("admin_session_change")
def submit_change(request: Submission, ctx: Context) -> Response:
    """Changes a date of an experience."""
    check_administrator(ctx)
    was, reward = _lock(ctx, request.context.get("id", ""))
    if request.context.get(SEEN) != _seen(was):
        raise Refusal("changed_already", "Somebody else changed that date meanwhile.", "Open the form once more.")
    now = _changed(was, read_session(request, ctx))
    if now == was:
        return Response(Reply(sessions_card(ctx, reward, "Nothing was to be changed.")))
    change_session(ctx.tx, ctx.tenant_id, now)
    if now.starts_at != was.starts_at:
        _begin_then(ctx, now)
    if (now.starts_at, now.ends_at, now.place) != (was.starts_at, was.ends_at, was.place):
        tell_change(ctx, was)
    if now.capacity > was.capacity:
        schedule_once(ctx, FILL, now.id)
    audit_session(ctx, "experience date changed", reward, now, was)
    return Response(Reply(sessions_card(ctx, reward, "The date is changed.")))


def _lock(ctx: Context, session_id: str) -> tuple[SessionFact, RewardFact]:
    """Nobody takes a place meanwhile. Raises a `Refusal` for a date that began, is cancelled, or is none."""
    found = find_session(ctx.tx, ctx.tenant_id, session_id)
    reward = lock_reward(ctx.tx, ctx.tenant_id, found.reward_id) if found else None
    fact = _coming(ctx, find_session(ctx.tx, ctx.tenant_id, session_id) if reward else None)
    assert reward, f"a date {session_id} of no reward"
    return fact, reward


def _coming(ctx: Context, fact: SessionFact | None) -> SessionFact:
    if fact is None or fact.state is not SessionState.OPEN or fact.starts_at <= ctx.now:
        raise Refusal("session_ended", "That date began, or is cancelled.", "You can add another one.")
    return fact


def _seen(fact: SessionFact) -> str:
    return f"{fact.starts_at.isoformat()}/{fact.ends_at.isoformat()}/{fact.capacity}/{fact.place}"


def _changed(was: SessionFact, typed: Typed) -> SessionFact:
    if typed.capacity < was.taken:
        raise Refusal(
            "places_taken",
            f"{was.taken} {'place is' if was.taken == 1 else 'places are'} taken, or offered to who is next in line.",
            "Write at least as many, or cancel the date.",
            field="places",
        )
    return replace(was, starts_at=typed.starts_at, ends_at=typed.ends_at, place=typed.place, capacity=typed.capacity)


def _begin_then(ctx: Context, now: SessionFact) -> None:
    reset(ctx.tx, ctx.tenant_id, BEGINS, now.id, now.starts_at, ctx.now)
    add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, BEGINS, now.id, now.starts_at, "")])  # where it was done just now
