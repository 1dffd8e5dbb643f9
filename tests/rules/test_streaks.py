"""Weeks in a row and among the last ten: a missed week is no loss, and the present one breaks nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.streaks import Weeks, read_weeks, week_before

NOW = "2026-W47"


def weeks(*numbers: int) -> set[str]:
    return {f"2026-W{number:02}" for number in numbers}


@pytest.mark.parametrize(
    ("given_in", "expected"),
    [
        (set(), Weeks(run=0, given=0, of=10)),
        (weeks(47), Weeks(run=1, given=1, of=10)),
        (weeks(44, 45, 46, 47), Weeks(run=4, given=4, of=10)),
        (weeks(38, 39, 41, 42, 44, 46, 47), Weeks(run=2, given=7, of=10)),
        (weeks(30), Weeks(run=0, given=0, of=10)),
        (weeks(*range(20, 48)), Weeks(run=28, given=10, of=10)),
    ],
    ids=["never", "only now", "four in a row", "seven of ten", "long ago", "longer than ten"],
)
def test_a_run_and_the_last_ten_weeks_are_told_together(given_in: set[str], expected: Weeks) -> None:
    assert read_weeks(given_in, NOW) == expected


def test_the_present_week_breaks_nothing_while_it_lasts() -> None:
    """On Monday morning somebody with four weeks in a row still has four, and ten of the ten before."""
    assert read_weeks(weeks(43, 44, 45, 46), NOW) == Weeks(run=4, given=4, of=10)
    assert read_weeks(weeks(*range(37, 47)), NOW) == Weeks(run=10, given=10, of=10)


def test_a_missed_week_ends_the_run_and_takes_nothing_else() -> None:
    before = read_weeks(weeks(*range(37, 47)), NOW)
    after = read_weeks(weeks(*range(37, 47)), "2026-W48")  # nothing was given in W47
    assert (before.run, after.run) == (10, 0)
    assert (before.given, after.given) == (10, 9)


def test_a_run_goes_over_new_year_in_years_of_52_and_of_53_weeks() -> None:
    assert read_weeks({"2025-W51", "2025-W52", "2026-W01"}, "2026-W01").run == 3  # 2025 has 52 weeks
    assert read_weeks({"2026-W52", "2026-W53", "2027-W01"}, "2027-W01").run == 3  # 2026 has 53


def test_weeks_that_are_still_to_come_do_not_count() -> None:
    assert read_weeks(weeks(46, 48), NOW) == Weeks(run=1, given=1, of=10)


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(1, 600))
def test_a_week_before_is_the_label_of_a_day_seven_days_before(day: date, count: int) -> None:
    def label(of: date) -> str:
        return f"{of.isocalendar().year:04}-W{of.isocalendar().week:02}"

    assert week_before(label(day)) == label(day - timedelta(days=7))
    assert week_before(label(day), count) == label(day - timedelta(days=7 * count))


@given(st.sets(st.integers(0, 120)), st.integers(1, 20))
def test_the_numbers_agree_with_counting_by_hand(ago: set[int], of: int) -> None:
    """Weeks ago: 0 is the present one."""
    found = read_weeks({week_before(NOW, n) if n else NOW for n in ago}, NOW, of)
    first = 0 if 0 in ago else 1
    assert found.given == len(ago & set(range(first, first + of)))
    assert set(range(first, first + found.run)) <= ago
    assert first + found.run not in ago
