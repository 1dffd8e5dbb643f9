"""The line for a place: joining it, leaving it, and being offered a place when one is free.

Nothing is held while somebody waits. Whoever changes the line holds the reward's lock, as buyers do. An offer goes out
from 9 to 17 of a person's own day, and keeps the place for 24 hours from then on, or until it begins.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from handlers.context import Context, TenantContext
from handlers.order_events import clock_there
from handlers.refusals import Refusal
from handlers.registry import action, view
from handlers.rules.openings import Taken, next_opening
from handlers.rules.periods import day_in, zone_or
from handlers.vocabulary import Action, Card, Direct, Replace, Response, Send, Subject, Touch
from store.attention import list_attended
from store.catalogue import RewardFact, find_rewards, lock_reward
from store.earned_badges import list_earned
from store.experiences import (
    LineFact,
    LineState,
    SessionFact,
    SessionState,
    add_line,
    change_line,
    find_line,
    find_session,
    free_place,
    list_badged,
    list_line,
)
from store.outbox import Due
from store.people import Member, list_members
from store.schedules import Scheduled, add_schedules
from store.types import Points

KIND = "experience"
"""The kind of fulfilment."""
SUBJECT = "experience_line"
TELL, OVER = "experience_offer", "experience_offer_over"
"""Jobs done once, for an offer: telling of it when their day begins, and passing the place on."""
BADGE = "badge"
"""Of a reward's settings: whoever holds this badge comes first in line."""
LIFE = timedelta(hours=24)


# --- joining and leaving ----------------------------------------------------------------------------------


def join(ctx: Context, reward: RewardFact, session: SessionFact) -> Direct:
    """The actor stands in line from now on. Gives the message that follows what comes of it."""
    fact = LineFact(
        id=ctx.new_id(),
        session_id=session.id,
        person_id=ctx.actor.id,
        state=LineState.WAITING,
        joined_at=ctx.now,
    )
    add_line(ctx.tx, ctx.tenant_id, fact)
    return Direct(ctx.actor, line_card(ctx.tx, fact, session, reward, ctx.actor), Subject(SUBJECT, fact.id))


@action("experience_leave")
def leave(request: Action, ctx: Context) -> Response:
    """Leaves a line; a place that was kept for you goes to the next."""
    fact = find_line(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    session = find_session(ctx.tx, ctx.tenant_id, fact.session_id) if fact else None
    if fact is None or session is None or fact.person_id != ctx.actor.id:
        raise Refusal("not_in_line", "I do not find you in that line.", "The catalogue shows what there is.")
    reward = lock_reward(ctx.tx, ctx.tenant_id, session.reward_id)
    assert reward, f"a date {session.id} of no reward"
    sends: tuple[Send, ...] = ()
    if change_line(ctx.tx, ctx.tenant_id, fact.id, LineState.OFFERED, state=LineState.LEFT):
        sends = pass_on(ctx, reward, session.id)
    elif not change_line(ctx.tx, ctx.tenant_id, fact.id, LineState.WAITING, state=LineState.LEFT):
        raise Refusal("not_in_line", "You are not in that line any more.", "Nothing was changed.")
    left = find_line(ctx.tx, ctx.tenant_id, fact.id)
    assert left
    card = line_card(ctx.tx, left, session, reward, ctx.actor)
    return Response(Replace(card), (Touch(Subject(SUBJECT, fact.id)), *sends))


# --- a place is free --------------------------------------------------------------------------------------


def pass_on(ctx: TenantContext, reward: RewardFact, session_id: str) -> tuple[Send, ...]:
    """A place that was taken is free: for the first in line who can hear of it, else for everybody. Under the lock."""
    session = find_session(ctx.tx, ctx.tenant_id, session_id)
    assert session, f"no date {session_id}"
    if session.state is SessionState.OPEN and session.starts_at > ctx.now and _can_be_had(ctx, reward):
        for fact, person in _in_order(ctx, reward, session):
            opening = _opening(ctx, person, session)
            if opening is not None:
                return _offer(ctx, reward, session, fact, person, opening)
    free_place(ctx.tx, ctx.tenant_id, session_id)
    return ()


def _can_be_had(ctx: TenantContext, reward: RewardFact) -> bool:
    """What nobody can order any more is offered to nobody: a place would be kept from the next for a day each."""
    return reward.fulfilment == KIND and reward.is_open(day_in(ctx.now, ctx.tenant_zone))


def _in_order(ctx: TenantContext, reward: RewardFact, session: SessionFact) -> list[tuple[LineFact, Member]]:
    """Who holds the badge comes first, then who came first; whoever left the organisation is passed over."""
    line = list_line(ctx.tx, ctx.tenant_id, session.id, LineState.WAITING)
    if not line:
        return []
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in line})}
    first = _holders(ctx, reward, people)
    line.sort(key=lambda one: (one.person_id not in first, one.id))
    return [(one, people[one.person_id]) for one in line if people[one.person_id].active]


def _holders(ctx: TenantContext, reward: RewardFact, people: Mapping[str, Member]) -> set[str]:
    badge = str(reward.settings.get(BADGE, ""))
    if not badge:
        return set()
    earned = {one for one, had in list_earned(ctx.tx, ctx.tenant_id, people).items() if badge in had}
    return earned | list_badged(ctx.tx, ctx.tenant_id, people, badge)


def _opening(ctx: TenantContext, person: Member, session: SessionFact) -> datetime | None:
    """When they can be told, within a day; None: not in time, or on leave."""
    attended = list_attended(ctx.tx, {ctx.tenant_id}, {person.id}).get(person.id)
    away = (attended.first_on, attended.last_on) if attended and attended.first_on and attended.last_on else None
    until = min(session.starts_at, ctx.now + LIFE)
    return next_opening(ctx.now, until, zone_or(person.zone, ctx.tenant_zone), Taken(away=away))


def _offer(
    ctx: TenantContext, reward: RewardFact, session: SessionFact, fact: LineFact, person: Member, opening: datetime
) -> tuple[Send, ...]:
    until = min(opening + LIFE, session.starts_at)
    changed = {"state": LineState.OFFERED, "offer_from": opening, "offer_until": until}
    moved = change_line(ctx.tx, ctx.tenant_id, fact.id, LineState.WAITING, **changed)
    assert moved, "the line is locked"
    jobs = [Scheduled(ctx.tenant_id, OVER, fact.id, until, "")]
    if opening > ctx.now:
        jobs.append(Scheduled(ctx.tenant_id, TELL, fact.id, opening, ""))
    add_schedules(ctx.tx, jobs)
    return tell(ctx, reward, fact.id) if opening <= ctx.now else ()


def offer_again(ctx: TenantContext, fact: LineFact, session: SessionFact) -> None:
    """Nobody could be told while the place was kept, for the program was not running: it is kept from now on."""
    until = min(ctx.now + LIFE, session.starts_at)
    change_line(ctx.tx, ctx.tenant_id, fact.id, LineState.OFFERED, offer_from=ctx.now, offer_until=until)
    add_schedules(ctx.tx, [Scheduled(ctx.tenant_id, OVER, f"{fact.id}/again", until, "")])


def tell(ctx: TenantContext, reward: RewardFact, line_id: str) -> tuple[Send, ...]:
    """A new message to whoever stands there in line; earlier ones follow."""
    fact = find_line(ctx.tx, ctx.tenant_id, line_id)
    session = find_session(ctx.tx, ctx.tenant_id, fact.session_id) if fact else None
    assert fact, f"nobody {line_id} in line"
    assert session, f"a line {line_id} for no date"
    (person,) = list_members(ctx.tx, ctx.tenant_id, [fact.person_id])
    subject = Subject(SUBJECT, line_id)
    return (Touch(subject), Direct(person, line_card(ctx.tx, fact, session, reward, person), subject))


# --- the card ---------------------------------------------------------------------------------------------


def line_card(tx: Connection, fact: LineFact, session: SessionFact, reward: RewardFact, person: Member) -> Card:
    """What somebody in line sees, in whatever state."""
    price: Points = reward.price
    data = {
        "id": fact.id,
        "title": reward.title,
        "state": _shown_state(fact, session),
        "begins": session.starts_at,
        "there": clock_there(tx, session.starts_at, person),
        "place": session.place,
        "until": fact.offer_until if fact.state is LineState.OFFERED else None,
        "points": price,
        "values": {"reward": reward.id, "price": str(price)},
    }
    return Card("experience_line", data)


def _shown_state(fact: LineFact, session: SessionFact) -> str:
    ended = fact.state is LineState.ENDED and session.state is SessionState.CANCELLED
    return SessionState.CANCELLED.value if ended else fact.state.value


@view("experience_line")
def show_line(tx: Connection, due: Due) -> Card | None:
    """As it is now."""
    fact = find_line(tx, due.tenant_id, due.subject_id)
    session = find_session(tx, due.tenant_id, fact.session_id) if fact else None
    if fact is None or session is None:
        return None
    reward = find_rewards(tx, due.tenant_id, [session.reward_id])[session.reward_id]
    (person,) = list_members(tx, due.tenant_id, [fact.person_id])
    return line_card(tx, fact, session, reward, person)
