"""Celebrations: birthdays and work anniversaries of those who agreed, in one post a day and channel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby

from sqlalchemy import Connection

from handlers.context import TenantContext, who
from handlers.placing import why_not_here
from handlers.programme import read_policy
from handlers.purposes import Purpose, who_agrees
from handlers.registry import tick, view
from handlers.rules.anniversaries import days_back, days_kept_on, years_on
from handlers.rules.instants import Daily
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Post, Subject, Tick, Touch, Turned, Who
from store.outbox import Due, State
from store.people import Member, list_members
from store.person_records import list_birthdays, list_starts
from store.requests import claim, find_outcome, keep_outcome

CELEBRATION = "celebration"
CAUGHT_UP = 7
"""Days after which a missed celebration is let go."""
MOST_NAMED = 40
"""In one post; a message has no room for as many as a very large organisation may have in one day."""
_NAME = 40


@tick("celebrations", rule=Daily(time(9)), by_tenant=True)
def celebrate(tick: Tick, ctx: TenantContext) -> Turned:
    """Everybody's day of today in the tenant's zone, and after downtime of the days that were missed."""
    if not ctx.policy.celebrations:
        return Turned()
    today = ctx.now.astimezone(ctx.tenant_zone).date()
    missed = today - tick.missed_at.astimezone(ctx.tenant_zone).date()
    days = [one for one in days_back(today, min(missed.days, CAUGHT_UP)) if not _is_done(ctx, one)]
    shown = _agreed_on(ctx.tx, ctx.tenant_id, ctx.policy, today, days)
    early = tick.due_at.astimezone(ctx.tenant_zone).date() < today
    if not shown or (early and not any(one.belated for one in shown)):
        return Turned()  # the new day comes at its own hour
    for day in days:
        _note_done(ctx, day)
    subject = _subject(today, len(days) - 1)
    places = ctx.programme.recognition_places.values()
    return Turned(
        tuple(Post(place, _made(shown), subject, renewed=True) for place in places if not why_not_here(place))
    )


@view(CELEBRATION)
def show_celebration(tx: Connection, due: Due) -> Card | None:
    """Who agrees now."""
    day, _, missed = due.subject_id.partition("+")
    today = date.fromisoformat(day)
    shown = _agreed_on(tx, due.tenant_id, read_policy(tx, due.tenant_id), today, days_back(today, int(missed or 0)))
    return _made(shown) if shown or due.state == State.SENT else None


def touch_today(ctx: TenantContext) -> tuple[Touch, ...]:
    """For when somebody changes whether they are celebrated: today's post follows, whatever days it caught up."""
    today = ctx.now.astimezone(ctx.tenant_zone).date()
    return tuple(Touch(_subject(today, missed)) for missed in range(CAUGHT_UP + 1))


def _subject(today: date, missed: int) -> Subject:
    return Subject(CELEBRATION, f"{today}+{missed}" if missed else f"{today}")


def _is_done(ctx: TenantContext, day: date) -> bool:
    """Each day is celebrated once: what is caught up at night takes the new day along, whose own hour comes later."""
    return find_outcome(ctx.tx, ctx.tenant_id, _key(day)) is not None


def _note_done(ctx: TenantContext, day: date) -> None:
    claim(ctx.tx, ctx.tenant_id, _key(day), "celebrations", ctx.now)
    keep_outcome(ctx.tx, ctx.tenant_id, _key(day), "done", {})


def _key(day: date) -> str:
    return f"celebrated:{day}"


# --- whose days --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Occasion:
    """`years` with the organisation; 0 for a birthday, whose years are nobody's business."""

    person_id: str
    belated: bool
    years: int


@dataclass(frozen=True, slots=True)
class _Shown:
    belated: bool
    years: int
    person: Member


def _agreed_on(tx: Connection, tenant_id: str, policy: Policy, today: date, days: Iterable[date]) -> list[_Shown]:
    """What is celebrated of these days, by whose agreement: birthdays first, then the longest with us, then belated."""
    occasions = list(_occasions(tx, tenant_id, today, {key: day for day in days for key in days_kept_on(day)}))
    people = _who_agree(tx, tenant_id, policy, {one.person_id for one in occasions})
    shown = [_Shown(one.belated, one.years, people[one.person_id]) for one in occasions if one.person_id in people]
    return sorted(shown, key=lambda one: (one.belated, one.years != 0, -one.years, one.person.name, one.person.id))


def _occasions(tx: Connection, tenant_id: str, today: date, days: Mapping[str, date]) -> Iterator[_Occasion]:
    """`days` by the month and day of what is kept on them."""
    for fact in list_birthdays(tx, tenant_id, days.keys()):
        assert fact.birthday
        yield _Occasion(fact.person_id, days[fact.birthday] < today, 0)
    for fact in list_starts(tx, tenant_id, days.keys()):
        assert fact.started_on
        day = days[f"{fact.started_on:%m-%d}"]
        if (years := years_on(day, fact.started_on)) >= 1:
            yield _Occasion(fact.person_id, day < today, years)


def _who_agree(tx: Connection, tenant_id: str, policy: Policy, people: set[str]) -> dict[str, Member]:
    agreed = who_agrees(tx, tenant_id, policy, Purpose.CELEBRATION, people)
    members = list_members(tx, tenant_id, agreed)
    return {one.id: one for one in members if one.active and one.kind not in ("bot", "stranger")}


# --- how they are shown ------------------------------------------------------------------------------------


def _made(shown: Sequence[_Shown]) -> Card:
    """One row for all with the same to celebrate."""
    rows = [
        {"belated": belated, "years": years, "people": [_named(one.person) for one in group]}
        for (belated, years), group in groupby(shown[:MOST_NAMED], key=lambda one: (one.belated, one.years))
    ]
    return Card(CELEBRATION, {"rows": rows, "more": max(0, len(shown) - MOST_NAMED)})


def _named(member: Member) -> Who:
    shown = who(member)
    return shown if len(shown.name) <= _NAME else Who(shown.person_id, shown.name[: _NAME - 1] + "…", shown.accounts)
