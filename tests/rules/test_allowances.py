"""Periods of an allowance at every kind of midnight, shares of joiners, and what comes along from before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.allowances import Entitled, Words, carried, granted_for, granted_late, late_grants, words_of
from handlers.rules.periods import Every, day_in, period_end, span_of, spans_before, week_end
from store.allowances import Carried, KeptPeriod
from tests.rules.test_periods import ZONES, at

BERLIN = ZoneInfo("Europe/Berlin")
SECOND = timedelta(seconds=1)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
zones = st.sampled_from(ZONES)
kinds = st.sampled_from(Every)
days = st.dates(date(1990, 1, 1), date(2060, 1, 1))


# --- periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("every", "day", "label", "first", "last"),
    [
        (Every.DAY, "2026-11-22", "2026-11-22", "2026-11-22", "2026-11-22"),
        (Every.WEEK, "2027-01-03", "2026-W53", "2026-12-28", "2027-01-03"),
        (Every.MONTH, "2028-02-29", "2028-02", "2028-02-01", "2028-02-29"),
        (Every.QUARTER, "2026-12-31", "2026-Q4", "2026-10-01", "2026-12-31"),
        (Every.QUARTER, "2027-01-01", "2027-Q1", "2027-01-01", "2027-03-31"),
    ],
)
def test_a_period_has_a_label_and_its_days(every: Every, day: str, label: str, first: str, last: str) -> None:
    span = span_of(every, date.fromisoformat(day))
    assert (span.label, span.first.isoformat(), span.last.isoformat()) == (label, first, last)


@given(kinds, days)
def test_every_day_lies_in_one_period_and_the_next_day_in_the_same_or_the_next(every: Every, day: date) -> None:
    span, tomorrow = span_of(every, day), span_of(every, day + timedelta(days=1))
    assert span.first <= day <= span.last
    assert {span_of(every, span.first), span_of(every, span.last)} == {span}
    assert tomorrow == span or (tomorrow.first == span.last + timedelta(days=1) and tomorrow.label > span.label)


@given(kinds, days, st.integers(0, 4))
def test_the_periods_before_follow_each_other_without_a_gap(every: Every, day: date, number: int) -> None:
    span = span_of(every, day)
    before = spans_before(every, span, number)
    assert len(before) == number
    assert all(later.first - earlier.last == timedelta(days=1) for later, earlier in pairwise([span, *before]))


@pytest.mark.parametrize(
    ("every", "instant", "zone", "end"),
    [
        (Every.DAY, "2026-03-28T23:00Z", "Europe/Berlin", "2026-03-29T22:00Z"),  # a day of 23 hours
        (Every.DAY, "2026-10-25T05:00Z", "Europe/Berlin", "2026-10-25T23:00Z"),  # and of 25
        (Every.DAY, "2026-04-04T20:00Z", "Australia/Sydney", "2026-04-05T14:00Z"),  # clocks go back in autumn there
        (Every.DAY, "2018-11-03T12:00Z", "America/Sao_Paulo", "2018-11-04T03:00Z"),  # Sunday has no midnight
        (Every.DAY, "2023-04-27T12:00Z", "Africa/Cairo", "2023-04-27T22:00Z"),  # nor has this Friday
        (Every.DAY, "2014-09-21T18:00Z", "Asia/Tehran", "2014-09-21T20:30Z"),  # Sunday's last hour comes twice
        (Every.DAY, "2011-12-30T09:00Z", "Pacific/Apia", "2011-12-30T10:00Z"),  # no 30 December at all
        (Every.DAY, "2025-11-02T03:30Z", "America/Havana", "2025-11-02T04:00Z"),  # midnight comes twice: the first
        (Every.MONTH, "2026-11-22T12:00Z", "Europe/Berlin", "2026-11-30T23:00Z"),
        (Every.MONTH, "2024-02-10T12:00Z", "Pacific/Auckland", "2024-02-29T11:00Z"),
        (Every.MONTH, "2026-12-31T13:00Z", "Pacific/Kiritimati", "2027-01-31T10:00Z"),  # it is January there
        (Every.QUARTER, "2026-11-22T12:00Z", "America/New_York", "2027-01-01T05:00Z"),
        (Every.QUARTER, "2026-03-31T23:30Z", "Asia/Tokyo", "2026-06-30T15:00Z"),
        (Every.QUARTER, "2026-02-01T12:00Z", "Europe/Berlin", "2026-03-31T22:00Z"),  # clocks go forward on the way
    ],
)
def test_a_period_ends_at_midnight_on_the_wall(every: Every, instant: str, zone: str, end: str) -> None:
    assert period_end(every, at(instant), ZoneInfo(zone)) == at(end)


@given(kinds, instants, zones)
def test_the_end_is_the_first_instant_with_another_label(every: Every, instant: datetime, zone: ZoneInfo) -> None:
    end = period_end(every, instant, zone)
    here = span_of(every, day_in(instant, zone))
    assert end > instant
    assert end.tzinfo is UTC
    assert span_of(every, day_in(end - SECOND, zone)) == here
    assert span_of(every, day_in(end, zone)).label > here.label


@given(instants, zones)
def test_a_week_ends_where_weeks_end(instant: datetime, zone: ZoneInfo) -> None:
    assert period_end(Every.WEEK, instant, zone) == week_end(instant, zone)


# --- how much ---------------------------------------------------------------------------------------------

NOVEMBER = span_of(Every.MONTH, date(2026, 11, 22))
WEEK = span_of(Every.WEEK, date(2026, 11, 22))


def entitled(
    *, joined: str = "", known: str = "", since: str = "2020-01-01", counted: str = "", points: int = 60
) -> Entitled:
    return Entitled(
        points=points,
        least=5,
        programme_since=date.fromisoformat(since),
        joined_on=date.fromisoformat(joined) if joined else None,
        known_on=date.fromisoformat(known) if known else None,
        counted_since=date.fromisoformat(counted) if counted else None,
    )


@pytest.mark.parametrize(
    ("who", "points"),
    [
        (entitled(), 60),
        (entitled(joined="2026-11-01"), 60),
        (entitled(joined="2026-11-16"), 30),  # 15 of 30 days
        (entitled(joined="2026-11-22"), 18),
        (entitled(joined="2026-11-30"), 5),  # never less than one kudos takes
        (entitled(joined="2026-12-24"), 5),  # who starts later and is here already
        (entitled(known="2026-11-16"), 30),
        (entitled(known="2026-11-16", joined="2019-05-01"), 60),  # what the organisation told goes before
        (entitled(known="2026-11-16", since="2026-11-10"), 60),  # not they are new, but we
        (entitled(known="2026-11-16", since="2026-10-31"), 30),
        (entitled(counted="2026-11-16"), 30),  # the period is another since then
        (entitled(counted="2026-11-16", joined="2026-11-22"), 18),
        (entitled(joined="2026-11-30", points=3), 3),  # and never more than everybody gets
    ],
)
def test_a_joiner_gets_the_share_of_the_days_that_are_left(who: Entitled, points: int) -> None:
    assert granted_for(NOVEMBER, who) == points


@given(kinds, days, days, days, st.integers(1, 10_000))
def test_nobody_gets_nothing_or_more_than_a_whole_period(
    every: Every, day: date, joined: date, since: date, points: int
) -> None:
    who = Entitled(points=points, least=5, programme_since=since, joined_on=joined)
    assert 1 <= granted_for(span_of(every, day), who) <= points


@pytest.mark.parametrize(
    ("who", "points"),
    [
        (entitled(), 60),
        (entitled(joined="2026-12-01"), 0),
        (entitled(known="2026-12-01"), 0),
        (entitled(since="2026-12-01"), 0),
        (entitled(counted="2026-12-01"), 0),
        (entitled(since="2026-11-30"), 60),
        (entitled(joined="2026-11-16"), 30),
        (entitled(joined="2019-05-01", known="2026-12-01"), 60),
    ],
)
def test_a_period_that_was_not_used_counts_if_they_and_we_were_there(who: Entitled, points: int) -> None:
    assert granted_late(NOVEMBER, who) == points


def test_late_grants_end_at_the_last_period_that_was_used() -> None:
    before = spans_before(Every.WEEK, WEEK, 3)
    used = {before[1].label: KeptPeriod(20, 60)}
    assert late_grants(before, used, entitled()) == {before[0].label: 60}
    assert late_grants(before, {}, entitled()) == {one.label: 60 for one in before}
    assert late_grants([], {}, entitled()) == {}


def test_what_comes_along_is_what_is_left_and_the_youngest_first() -> None:
    before = spans_before(Every.WEEK, WEEK, 2)
    last, older = (one.label for one in before)
    assert carried(before, {last: KeptPeriod(20, 60)}, 60) == {last: Carried(20, 0)}
    all_of_it = {last: KeptPeriod(60, 60), older: KeptPeriod(15, 60)}
    assert carried(before, all_of_it, 60) == {last: Carried(60, 0), older: Carried(15, 0)}
    # 150 are left of a week that had 60 of its own and 120 from before: 30 of them are too old by now.
    assert carried(before, {last: KeptPeriod(150, 60), older: KeptPeriod(0, 60)}, 60) == {last: Carried(120, 30)}
    lowered = {last: KeptPeriod(80, 100), older: KeptPeriod(30, 100)}
    assert carried(before, lowered, 10) == {last: Carried(20, 60), older: Carried(0, 30)}
    assert carried([], {}, 60) == {}


@pytest.mark.parametrize(
    ("every", "next_first", "words"),
    [
        (Every.DAY, "2026-11-23", Words("today", "tomorrow", "tomorrow")),
        (Every.WEEK, "2026-11-23", Words("this week", "Monday", "on Monday")),
        (Every.MONTH, "2026-12-01", Words("this month", "1 December", "on 1 December")),
        (Every.QUARTER, "2027-01-01", Words("this quarter", "1 January", "on 1 January")),
    ],
)
def test_a_period_and_its_end_have_words(every: Every, next_first: str, words: Words) -> None:
    assert words_of(every, date.fromisoformat(next_first)) == words
