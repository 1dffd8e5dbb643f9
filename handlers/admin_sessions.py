"""Dates of experiences: administrators see who comes, add dates, and cancel them."""

from __future__ import annotations

from datetime import timedelta

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context, TenantContext
from handlers.experience_ticks import BEGINS, CANCELLED
from handlers.fulfilment_experience import Experience
from handlers.paging import page_of, read_page
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.session_form import read_session, session_fields
from handlers.ticks import schedule_once
from handlers.vocabulary import (
    Action,
    Card,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Submission,
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

SHOWN = 10
_DAY = timedelta(days=1)


@admin_word("sessions", usage="reward code", reads=True)
def sessions(said: Said, ctx: Context) -> Response:
    """Dates of an experience: who comes, new ones, cancelling."""
    code = said.text.strip()
    if not code:
        return Response(Reply(_choice_card(ctx)))
    found = find_coded(ctx.tx, ctx.tenant_id, [code.lower(), code])
    return Response(Reply(sessions_card(ctx, _with_dates(ctx, next(iter(found.values()), None)))))


@action("admin_sessions", reads=True)
def show_sessions(request: Action, ctx: Context) -> Response:
    """Shows the dates of an experience."""
    check_administrator(ctx)
    reward_id = request.values.get("reward", "")
    page = read_page(request.values)
    if not reward_id:
        return Response(Replace(_choice_card(ctx, page)))
    return Response(Replace(sessions_card(ctx, _of(ctx, reward_id), page=page)))


@action("admin_session_form", reads=True)
def open_session_form(request: Action, ctx: Context) -> Response:
    """Opens the form for a new date of an experience."""
    check_administrator(ctx)
    reward = _experience(_of(ctx, request.values.get("reward", "")))
    form = Form(
        name="admin_session",
        form_id=ctx.new_id(),
        opened_by="admin_session_form",
        title="Add a date",
        submit="Add",
        note=f"For {reward.title}. The time is that of {ctx.tenant_zone.key}.",
        context={"reward": reward.id},
        fields=session_fields(ctx),
    )
    return Response(OpenForm(form))


@submission("admin_session")
def submit_session(request: Submission, ctx: Context) -> Response:
    """Adds a date to an experience."""
    check_administrator(ctx)
    reward = _experience(_of(ctx, request.context.get("reward", "")))
    typed = read_session(request, ctx)
    fact = SessionFact(
        id=ctx.new_id(),
        reward_id=reward.id,
        starts_at=typed.starts_at,
        ends_at=typed.ends_at,
        place=typed.place,
        capacity=typed.capacity,
    )
    keep_session(ctx, fact)
    audit_session(ctx, "experience date added", reward, fact)
    return Response(Reply(sessions_card(ctx, reward, "The date is added, and can be ordered now.")))


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
    audit_session(ctx, "experience date cancelled", reward, fact)
    told = "The date is cancelled. Everybody who had a place gets their points back, and hears of it."
    return Response(Replace(sessions_card(ctx, reward, told)))


def keep_session(ctx: TenantContext, fact: SessionFact) -> None:
    """Adds a date, and schedules what happens when it begins."""
    add_session(ctx.tx, ctx.tenant_id, fact)
    add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, BEGINS, fact.id, fact.starts_at, "")])


# --- which one ---------------------------------------------------------------------------------------------


def _of(ctx: Context, reward_id: str) -> RewardFact:
    return _with_dates(ctx, find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id))


def _with_dates(ctx: Context, reward: RewardFact | None) -> RewardFact:
    """Also one that is handed out otherwise by now, while it has dates that may be cancelled."""
    if reward and reward.fulfilment != Experience.kind and _dates(ctx, reward):
        return reward
    return _experience(reward)


def _experience(reward: RewardFact | None) -> RewardFact:
    if reward is None or reward.fulfilment != Experience.kind:
        raise Refusal(
            "no_experience",
            "That reward has no dates.",
            "Choose one that is an experience; without a code, the word sessions lists them.",
        )
    return reward


def _dates(ctx: Context, reward: RewardFact) -> list[SessionFact]:
    return list_sessions(ctx.tx, ctx.tenant_id, reward.id, ctx.now - _DAY)


# --- shown ------------------------------------------------------------------------------------------------


def _choice_card(ctx: Context, page: int = 0) -> Card:
    """Which experience?"""
    found = [one for one in list_rewards(ctx.tx, ctx.tenant_id) if one.fulfilment == Experience.kind]
    rows: list[dict[str, object]] = [{"id": one.id, "title": one.title} for one in found]
    return _card({"done": "", "reward": None, "sessions": []}, "rewards", rows, page)


def sessions_card(ctx: Context, reward: RewardFact, done: str = "", page: int = 0) -> Card:
    """The dates of one experience, with what can be done about each."""
    found = _dates(ctx, reward)
    waiting = count_waiting(ctx.tx, ctx.tenant_id, [one.id for one in found])
    rows = [_row(ctx, one, waiting.get(one.id, 0)) for one in found]
    own = {"id": reward.id, "title": reward.title, "adds": reward.fulfilment == Experience.kind}
    return _card({"done": done, "reward": own, "rewards": []}, "sessions", rows, page)


def _card(data: dict[str, object], name: str, rows: list[dict[str, object]], page: int) -> Card:
    """A page of the rows, with the ways to the others."""
    shown, ways = page_of(rows, page, SHOWN)
    return Card("admin_sessions", data | ways | {name: shown})


def _row(ctx: Context, one: SessionFact, waiting: int) -> dict[str, object]:
    return {
        "id": one.id,
        "begins": one.starts_at,
        "place": one.place,
        "taken": one.taken,
        "places": one.capacity,
        "waiting": waiting,
        "state": one.state.value,
        "changes": one.starts_at > ctx.now,
    }


def audit_session(
    ctx: Context, act: str, reward: RewardFact, fact: SessionFact, was: SessionFact | None = None
) -> None:
    """With both where it `was` otherwise."""
    details: dict[str, object] = {"reward": reward.title} | _details(fact)
    if was:
        details |= {name: [before, details[name]] for name, before in _details(was).items() if before != details[name]}
    entry = AuditFact(id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=fact.id, details=details)
    add_audit(ctx.tx, ctx.tenant_id, entry)


def _details(fact: SessionFact) -> dict[str, object]:
    told: dict[str, object] = {"begins": fact.starts_at.isoformat(), "ends": fact.ends_at.isoformat()}
    return told | {"place": fact.place, "places": fact.capacity}
