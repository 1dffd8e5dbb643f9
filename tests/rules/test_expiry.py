"""Points never expire by surprise: whatever happens, two warnings named them, and the second had a week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.expiry import Warn, begins_between, due_on, floor_of, month_end, step
from store.expiries import NoticeFact

DUE = date(2027, 11, 30)
BERLIN, TOKYO = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Tokyo")
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("came", "months", "zone", "expected"),
    [
        ("2026-11-22T12:00Z", 12, BERLIN, date(2027, 11, 30)),
        ("2026-11-30T22:59Z", 1, BERLIN, date(2026, 12, 31)),
        ("2026-11-30T23:00Z", 1, BERLIN, date(2027, 1, 31)),  # there it was December already
        ("2026-11-30T15:00Z", 1, TOKYO, date(2027, 1, 31)),
        ("2027-11-15T12:00Z", 3, BERLIN, date(2028, 2, 29)),
        ("2026-12-31T12:00Z", 2, BERLIN, date(2027, 2, 28)),
    ],
)
def test_points_expire_at_the_end_of_a_month_on_their_owners_wall(
    came: str, months: int, zone: ZoneInfo, expected: date
) -> None:
    assert due_on(datetime.fromisoformat(came), months, zone) == expected


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.integers(1, 60))
def test_points_last_at_least_as_many_months_as_the_policy_says(came: date, months: int) -> None:
    day = due_on(datetime.combine(came, time(12), UTC), months, ZoneInfo("UTC"))
    number = came.year * 12 + came.month - 1 + months
    assert (day.year * 12 + day.month - 1, day) == (number, month_end(day))


def test_for_sixty_days_after_a_stricter_policy_nothing_expires() -> None:
    assert floor_of("2026-11-22") == date(2027, 1, 31)
    assert floor_of("2026-12-02") == date(2027, 1, 31)
    assert floor_of("2026-12-03") == date(2027, 2, 28)
    assert floor_of("") == date.min


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(0, 90))
def test_the_days_on_which_warnings_begin_are_found_after_downtime_too(first: date, days: int) -> None:
    span = [first + DAY * one for one in range(days + 1)]
    expected = any(month_end(one + 30 * DAY) == one + 30 * DAY for one in span)
    assert begins_between(first, span[-1]) == expected


def test_the_usual_way_is_two_warnings_and_the_day() -> None:
    told: list[tuple[date, str]] = []
    notice, points = None, 40
    day = date(2027, 10, 25)
    while points:
        done = step(notice, DUE, points, day, arrived=True)
        notice, points = done.notice, points - done.expire
        if done.warn or done.expire:
            told.append((day, done.warn or f"expired {done.expire}"))
        day += DAY
    assert told == [(date(2027, 10, 31), "first"), (date(2027, 11, 23), "second"), (date(2027, 12, 1), "expired 40")]


def test_what_came_back_after_the_warnings_is_warned_of_anew() -> None:
    told = NoticeFact(
        due_on=DUE,
        expires_on=DUE,
        first_on=date(2027, 10, 31),
        first_points=40,
        second_on=date(2027, 11, 23),
        second_points=40,
        seen_on=date(2027, 11, 24),
    )
    done = step(told, DUE, 65, DUE + DAY)
    assert (done.expire, done.warn) == (40, Warn.FIRST)
    assert done.notice
    assert (done.notice.first_points, done.notice.expires_on) == (25, date(2027, 12, 31))


DAYS = st.lists(
    st.tuples(st.integers(1, 20), st.integers(-30, 30), st.booleans()),
    min_size=1,
    max_size=40,
)


@given(DAYS)
def test_points_never_expire_without_two_warnings_that_arrived_of_which_the_second_had_a_week(
    days: list[tuple[int, int, bool]],
) -> None:
    """Days on which the program runs, with any downtime between; points go and come back; messages arrive or not."""
    today, points = DUE - timedelta(days=70), 30
    notice: NoticeFact | None = None
    warnings: list[tuple[Warn, date, int]] = []
    arrived_on: date | None = None
    for skipped, change, arrives in days:
        today += DAY * skipped
        points = max(0, points + change)
        if notice and arrives and arrived_on is None:
            arrived_on = today
        done = step(notice, DUE, points, today, arrived=arrived_on is not None)
        if done.expire:
            first = next(one for one in reversed(warnings) if one[0] is Warn.FIRST)
            second = next(one for one in reversed(warnings) if one[0] is Warn.SECOND)
            assert today > DUE
            assert today - first[1] > timedelta(days=30)
            assert arrived_on
            assert today - arrived_on >= timedelta(days=7)
            assert today - second[1] >= timedelta(days=7)
            assert done.expire <= min(first[2], second[2], points)
            points -= done.expire
        if done.warn is Warn.SECOND:
            assert arrived_on or (notice and notice.second_on), "the first one arrived, or it is sent again"
        if done.notice is None or done.warn:
            arrived_on = None
        if done.warn and done.notice:
            told = done.notice.first_points if done.warn is Warn.FIRST else done.notice.second_points
            warnings.append((done.warn, today, told))
        notice = done.notice
        assert notice is None or notice.expires_on >= DUE
