"""Working days are counted as people do on a wall calendar: one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.working_days import after_working_days, is_working, working_days_between

FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2026, 11, day) for day in (20, 21, 22, 23))
DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (FRIDAY, 0, FRIDAY),
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (SUNDAY, 1, MONDAY),
        (MONDAY, 5, date(2026, 11, 30)),
        (SUNDAY, 5, date(2026, 11, 27)),
        (FRIDAY, 14, date(2026, 12, 10)),
    ],
)
def test_a_promise_counts_working_days(day: date, number: int, expected: date) -> None:
    assert after_working_days(day, number) == expected


@given(DAYS, st.integers(1, 60))
def test_a_promised_day_is_a_working_day_and_as_many_days_away(day: date, number: int) -> None:
    promised = after_working_days(day, number)
    assert is_working(promised)
    assert working_days_between(day, promised) == number


@given(DAYS, st.integers(-5, 90))
def test_between_two_days_every_working_day_counts_once(day: date, days: int) -> None:
    last = day + timedelta(days=days)
    counted = sum(is_working(day + timedelta(days=one)) for one in range(1, days + 1))
    assert working_days_between(day, last) == counted
