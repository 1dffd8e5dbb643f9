"""Last week in thanks: one post on Monday, of what was given the week before. Numbers first, then names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from sqlalchemy import Connection

from handlers.boards import Asked, find_lines
from handlers.context import TenantContext, who
from handlers.placing import why_not_here
from handlers.programme import Programme, read_policy, read_programme
from handlers.purposes import Purpose, naming_for
from handlers.registry import tick, view
from handlers.rules.instants import MONDAY, Weekly
from handlers.rules.periods import week_label
from handlers.rules.policy import Board, Policy
from handlers.rules.ranking import Line, Side
from handlers.rules.streaks import week_before
from handlers.vocabulary import Card, Post, Subject, Tick, Touch, Turned, Who
from store.boards import count_first_givers, list_first_givers, read_week
from store.outbox import Due
from store.people import Member, list_members

SUBJECT = "week"
MOST = 5
MOST_FIRST = 8
"""First-time givers by name; in a programme's first week everybody is one."""


@dataclass(frozen=True, slots=True)
class Week:
    """What the post is about; `label` is that of the week that is over."""

    tenant_id: str
    label: str
    policy: Policy
    programme: Programme


@tick("last_week", rule=Weekly(MONDAY, time(9)), by_tenant=True)
def post_last_week(job: Tick, ctx: TenantContext) -> Turned:
    """Once in each workspace. A week in which nobody gave is nobody's news."""
    if not ctx.policy.week_post:
        return Turned()
    places = [one for one in ctx.programme.recognition_places.values() if not why_not_here(one)]
    week = Week(ctx.tenant_id, week_before(job.label), ctx.policy, ctx.programme)
    card = week_card(ctx.tx, week) if places else None
    if card is None:
        return Turned()
    return Turned(tuple(Post(place, card, Subject(SUBJECT, week.label), renewed=True) for place in places))


@view("last_week")
def show_last_week(tx: Connection, due: Due) -> Card | None:
    policy = read_policy(tx, due.tenant_id)
    return week_card(tx, Week(due.tenant_id, due.subject_id, policy, read_programme(tx, due.tenant_id)))


def touch_last_week(ctx: TenantContext) -> Touch:
    """For when somebody changes whether they are named: the post of this Monday follows."""
    return Touch(Subject(SUBJECT, week_before(week_label(ctx.now, ctx.tenant_zone))))


def week_card(tx: Connection, week: Week) -> Card | None:
    """None where nothing was given. Where boards name nobody, first-time givers are counted and not named."""
    numbers = read_week(tx, week.tenant_id, week.label)
    if not numbers.kudos:
        return None
    first = _first_givers(tx, week)
    boards = {side: _lines(tx, week, side) for side in Side}
    named = {line.id for lines in boards.values() for line in lines} if week.policy.board is Board.PEOPLE else set()
    people = {one.id: one for one in list_members(tx, week.tenant_id, {*first, *named})}
    data = {
        "board": week.policy.board.value,
        "givers": numbers.givers,
        "receivers": numbers.receivers,
        "kudos": numbers.kudos,
        "values": _values(week.programme, numbers.values),
        "first": [who(people[one]) for one in first],
        "first_more": count_first_givers(tx, week.tenant_id, week.label) - len(first),
        "top_givers": [_shown(one, people) for one in boards[Side.GIVEN]],
        "top_receivers": [_shown(one, people) for one in boards[Side.RECEIVED]],
    }
    return Card("last_week", data)


def _first_givers(tx: Connection, week: Week) -> Sequence[str]:
    if week.policy.board is not Board.PEOPLE:
        return ()
    return list_first_givers(tx, week.tenant_id, week.label, naming_for(week.policy, Purpose.BOARD), MOST_FIRST)


def _lines(tx: Connection, week: Week, side: Side) -> list[Line]:
    naming = naming_for(week.policy, Purpose.BOARD)
    return find_lines(tx, Asked(week.tenant_id, week.policy.board, naming, side, week.label, MOST)).lines


def _values(programme: Programme, numbers: Mapping[str, int]) -> list[dict[str, object]]:
    """The company values that were shown, the most shown first."""
    shown = [(numbers[one.id], one) for one in programme.values if numbers.get(one.id)]
    return [
        {"emoji": value.emoji, "name": value.name, "number": number}
        for number, value in sorted(shown, key=lambda one: (-one[0], one[1].name))
    ]


def _shown(line: Line, people: Mapping[str, Member]) -> dict[str, object]:
    """A person is mentioned where they have an account; a department only has a name."""
    whom = who(people[line.id]) if line.id in people else Who(line.id, line.name)
    return {"place": line.place, "who": whom, "number": line.number, "beside": line.beside}
