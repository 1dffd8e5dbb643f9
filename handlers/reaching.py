"""What somebody can reach next, as bars: each source in its own file registers what it knows.

@reachable
def rewards(ctx: Context, so_far: SoFar) -> Iterable[Step]:
    yield Step(so_far.wallet, 200, "points for a coffee mug")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from handlers.context import Context
from handlers.rules.earning import WORDS, count_of, is_earnable
from store.earned_badges import count_for, list_earned
from store.programme import Earning

MOST = 3
"""Steps that a card shows: those that are nearest."""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What somebody has by now: points in the wallet, weeks in a row with giving, kudos given."""

    wallet: int
    run: int
    given: int


@dataclass(frozen=True, slots=True)
class Step:
    """`have` of `need`, and of what: "weeks in a row with thanks". `have` may not reach `need`: then it is no step."""

    have: int
    need: int
    what: str


Source: TypeAlias = Callable[[Context, SoFar], Iterable[Step]]
sources: list[Source] = []

RUNS = (2, 4, 8, 13, 26, 52, 104)
"""Weeks in a row that are a milestone: a fortnight, a month, two, a quarter, half a year, and years."""
GIVEN = (1, 5, 10, 25, 50, 100, 250, 500, 1000)
"""Kudos given that are one."""


def reachable(source: Source) -> Source:
    sources.append(source)
    return source


def next_steps(ctx: Context, so_far: SoFar) -> list[Step]:
    """The nearest first; where two are as near, as they were registered."""
    steps = [one for source in sources for one in source(ctx, so_far) if one.have < one.need]
    return sorted(steps, key=lambda one: one.have / one.need, reverse=True)[:MOST]


@reachable
def milestones(ctx: Context, so_far: SoFar) -> Iterable[Step]:
    """What there is without a catalogue: weeks in a row, and kudos given."""
    for have, marks, what in (
        (so_far.run, RUNS, "weeks in a row with thanks"),
        (so_far.given, GIVEN, "kudos given"),
    ):
        need = next((mark for mark in marks if mark > have), None)
        if need:
            yield Step(have, need, what)


@reachable
def badges(ctx: Context, so_far: SoFar) -> Iterable[Step]:
    """Badges that can be earned, and were not yet."""
    me = ctx.actor.id
    had = list_earned(ctx.tx, ctx.tenant_id, [me])[me]
    open_ones = [one for one in ctx.programme.current_badges if is_earnable(one) and one.id not in had]
    if not open_ones:
        return
    with_people = any(one.earning is Earning.PEOPLE for one in open_ones)
    counted = count_for(ctx.tx, ctx.tenant_id, [me], with_people=with_people)[me]
    for one in open_ones:
        yield Step(
            count_of(one, counted), one.threshold, f"{WORDS[one.earning]}, for the badge {one.title} {one.emoji}"
        )
