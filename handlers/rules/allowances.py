"""What a person may give in a period: the share of a joiner, what comes along from before, and the words for it.

The rule of roll-over: with somebody's first use of a period, the points that they did not give in the last N
periods (`Policy.rollover_periods`) come along, on top of the period's own. Of a period that they used, that is what
is left in its account. A period that they did not use is granted late: as much as they would have got then, if the
programme existed and they were with us. A point lasts for its own period and N more: what comes along is never
more than was granted for the last N periods together, for the oldest points are taken to be given first. Nor is it
ever more than N times what the person gets in a whole period now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from handlers.rules.periods import Every, Span
from store.allowances import Carried, KeptPeriod
from store.types import Points


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitled:
    """What decides how much somebody gets: a whole period's points, and the days that something began.

    `counted_since` is the day from which allowances are counted in periods of this kind.
    """

    points: Points
    least: Points
    """Of a joiner: as many as one kudos has where none are written."""
    programme_since: date
    joined_on: date | None = None
    """The first day at work, as the organisation told it."""
    known_on: date | None = None
    """The day from which we know of somebody; None for whoever was there before that was noted."""
    counted_since: date | None = None


def granted_for(span: Span, entitled: Entitled) -> Points:
    """The points of a period that is being used: of a whole one, or the share of its rest for whoever joins in it.

    Days are counted, the first one with them, and the share is rounded up. Never less than one kudos takes.
    Whoever is new to us counts as a joiner only where the programme is older than the period: else it is we
    who are new.
    """
    begins = _begins(span, entitled)
    if begins <= span.first:
        return entitled.points
    rest = max((span.last - begins).days + 1, 0)
    share = -(-entitled.points * rest // span.days)
    return min(entitled.points, max(share, entitled.least, 1))


def granted_late(span: Span, entitled: Entitled) -> Points:
    """The points of a past period that somebody did not use: none if they or the programme were not there in it."""
    there = [entitled.programme_since, entitled.joined_on or entitled.known_on, entitled.counted_since]
    return 0 if any(one and one > span.last for one in there) else granted_for(span, entitled)


def _begins(span: Span, entitled: Entitled) -> date:
    """The first day in this period that counts for somebody."""
    joined = entitled.joined_on
    if joined is None and entitled.programme_since < span.first:
        joined = entitled.known_on
    return max(one for one in (span.first, joined, entitled.counted_since) if one)


def late_grants(before: Sequence[Span], kept: Mapping[str, KeptPeriod], entitled: Entitled) -> dict[str, Points]:
    """What is to be granted for the periods `before`, by label: those after the last that was used."""
    late: dict[str, Points] = {}
    for span in before:
        if span.label in kept and kept[span.label].granted is not None:
            break
        if points := granted_late(span, entitled):
            late[span.label] = points
    return late


def carried(before: Sequence[Span], kept: Mapping[str, KeptPeriod], points: Points) -> dict[str, Carried]:
    """What comes along out of the accounts of the periods `before`, by label, once late grants are in them.

    `before` has the latest first, and so the youngest points come first where not all may. The others expire, so
    that they are not taken for younger ones the next time.
    """
    there = [(span.label, kept[span.label]) for span in before if span.label in kept]
    room = min(sum(one.granted or 0 for _, one in there), points * len(before))
    come: dict[str, Carried] = {}
    for label, one in there:
        moved = min(one.balance, room)
        room -= moved
        if one.balance:
            come[label] = Carried(moved, one.balance - moved)
    return come


@dataclass(frozen=True, slots=True)
class Words:
    """`this week`, `until Monday`, `on Monday`."""

    now: str
    until: str
    arrives: str


def words_of(every: Every, next_first: date) -> Words:
    """How people say a period in the middle of a sentence, and its end: the first day of the next."""
    match every:
        case Every.DAY:
            return Words("today", "tomorrow", "tomorrow")
        case Every.WEEK:
            return Words("this week", "Monday", "on Monday")
        case Every.MONTH | Every.QUARTER:
            day = f"{next_first.day} {next_first:%B}"
            return Words(f"this {every}", day, f"on {day}")
