"""Places, shares of departments, the lines of a board, and the words that ask for one."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.board_words import read_words
from handlers.rules.ranking import Line, Period, Side, first_day, label_of, lay_out, places, rank_shares

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- places -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([], []),
        ([3], [1]),
        ([9, 7, 7, 3], [1, 2, 2, 4]),
        ([5, 5, 5], [1, 1, 1]),
        ([9, 9, 4, 4, 4, 1], [1, 1, 3, 3, 3, 6]),
        ([Fraction(2, 3), Fraction(4, 6), Fraction(1, 2)], [1, 1, 3]),
    ],
)
def test_ties_share_a_place_and_the_next_is_counted_from_the_top(
    numbers: list[int | Fraction], expected: list[int]
) -> None:
    assert places(numbers) == expected


@given(st.lists(st.integers(1, 5), max_size=30))
def test_a_place_is_one_more_than_those_who_have_more(numbers: list[int]) -> None:
    numbers.sort(reverse=True)
    assert places(numbers) == [1 + sum(other > one for other in numbers) for one in numbers]


# --- departments ------------------------------------------------------------------------------------------


def test_departments_are_ranked_by_the_share_of_their_people() -> None:
    lines = rank_shares({"Sales": 14, "Care": 5, "Legal": 10}, {"Sales": 22, "Care": 5, "Legal": 20, "Finance": 8})
    assert [(one.place, one.name, one.number, one.beside) for one in lines] == [
        (1, "Care", 5, 5),
        (2, "Sales", 14, 22),
        (3, "Legal", 10, 20),
    ]


def test_a_department_of_four_is_never_shown() -> None:
    assert rank_shares({"Board": 4, "Ops": 1}, {"Board": 4, "Ops": 5}) == [Line(1, 1, "Ops", "Ops", 1, 5)]


def test_equal_shares_share_a_place_and_the_larger_department_comes_first() -> None:
    lines = rank_shares({"A": 3, "B": 6, "C": 6}, {"A": 6, "B": 12, "C": 6})
    assert [(one.place, one.name) for one in lines] == [(1, "C"), (2, "B"), (2, "A")]


def test_a_share_is_never_more_than_everybody() -> None:
    """Somebody left the department between the two counts."""
    assert rank_shares({"Ops": 7}, {"Ops": 6})[0].number == 6


# --- lines ------------------------------------------------------------------------------------------------


def lines(count: int) -> list[Line]:
    return [Line(row, row, f"p{row}", f"Person {row}", 100 - row, 0) for row in range(1, count + 1)]


def test_ones_own_line_stands_among_the_others() -> None:
    layout = lay_out(lines(5), 5, "p3", most=10)
    assert [one.row for one in layout.above] == [1, 2]
    assert layout.own
    assert layout.own.row == 3
    assert [one.row for one in layout.below] == [4, 5]
    assert (layout.between, layout.more) == (0, 0)


def test_ones_own_line_stands_below_the_first_ten_with_how_many_are_between() -> None:
    layout = lay_out([*lines(10), lines(24)[-1]], 40, "p24", most=10)
    assert [one.row for one in layout.above] == list(range(1, 11))
    assert layout.own
    assert layout.own.row == 24
    assert layout.below == ()
    assert (layout.between, layout.more) == (13, 16)


def test_right_behind_the_tenth_nobody_is_between() -> None:
    assert lay_out(lines(11), 11, "p11", most=10).between == 0


def test_without_an_own_line_the_rest_is_only_counted() -> None:
    layout = lay_out(lines(10), 12, "stranger", most=10)
    assert (len(layout.above), layout.own, layout.below, layout.between, layout.more) == (10, None, (), 0, 2)


@given(st.integers(0, 30), st.integers(1, 30), st.integers(1, 12))
def test_every_line_is_shown_or_counted_once(everybody: int, own: int, most: int) -> None:
    all_lines = lines(everybody)
    told = [one for one in all_lines if one.row <= most or one.row == own]
    layout = lay_out(told, everybody, f"p{own}", most)
    shown = len(layout.above) + len(layout.below) + (layout.own is not None)
    assert shown + layout.between + layout.more == everybody


# --- periods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instant", "period", "zone", "label", "begins"),
    [
        ("2026-11-18T10:00Z", Period.WEEK, BERLIN, "2026-W47", date(2026, 11, 16)),
        ("2026-11-18T10:00Z", Period.MONTH, BERLIN, "2026-11", date(2026, 11, 1)),
        ("2026-11-18T10:00Z", Period.QUARTER, BERLIN, "2026-Q4", date(2026, 10, 1)),
        ("2026-11-18T10:00Z", Period.ALL, BERLIN, "all", None),
        ("2026-11-22T23:30Z", Period.WEEK, BERLIN, "2026-W48", date(2026, 11, 23)),  # Monday there, Sunday in New York
        ("2026-11-22T23:30Z", Period.WEEK, NEW_YORK, "2026-W47", date(2026, 11, 16)),
        ("2026-09-30T22:00Z", Period.QUARTER, BERLIN, "2026-Q4", date(2026, 10, 1)),
        ("2026-09-30T22:00Z", Period.MONTH, NEW_YORK, "2026-09", date(2026, 9, 1)),
        ("2027-01-01T12:00Z", Period.WEEK, BERLIN, "2026-W53", date(2026, 12, 28)),
        ("2026-03-31T21:59Z", Period.QUARTER, BERLIN, "2026-Q1", date(2026, 1, 1)),
    ],
)
def test_the_present_period_is_that_of_the_zone(
    instant: str, period: Period, zone: ZoneInfo, label: str, begins: date | None
) -> None:
    assert label_of(period, at(instant), zone) == label
    assert first_day(period, at(instant), zone) == begins


# --- words ------------------------------------------------------------------------------------------------

VALUES = {"teamwork": "v1", "Customer-First": "v2"}


@pytest.mark.parametrize(
    ("text", "side", "period"),
    [
        ("", Side.GIVEN, Period.WEEK),
        ("received", Side.RECEIVED, Period.WEEK),
        ("month", Side.GIVEN, Period.MONTH),
        ("month received", Side.RECEIVED, Period.MONTH),
        ("Received, QUARTER!", Side.RECEIVED, Period.QUARTER),
        ("all-time givers", Side.GIVEN, Period.ALL),
        ("who gave the most this quarter?", Side.GIVEN, Period.QUARTER),
        ("top receivers of all time", Side.RECEIVED, Period.ALL),
        ("weekly weekly", Side.GIVEN, Period.WEEK),
    ],
)
def test_words_are_read_in_any_order(text: str, side: Side, period: Period) -> None:
    asked = read_words(text, VALUES)
    assert (asked.side, asked.period) == (side, period)
    assert (asked.unknown, asked.several) == ((), False)


@pytest.mark.parametrize(("text", "unknown"), [("yesterday", ("yesterday",)), ("received Sales", ("Sales",))])
def test_words_that_mean_nothing_here_are_named_as_they_were_typed(text: str, unknown: tuple[str, ...]) -> None:
    assert read_words(text, VALUES).unknown == unknown


@pytest.mark.parametrize(
    ("text", "teams", "value_id"),
    [
        ("teamwork", False, "v1"),
        ("received #customer-first month", False, "v2"),
        ("by department", True, ""),
        ("teams teamwork quarter", True, "v1"),
        ("team", True, ""),
    ],
)
def test_a_value_and_departments_are_asked_for_by_name(text: str, teams: bool, value_id: str) -> None:
    asked = read_words(text, VALUES)
    assert (asked.teams, asked.value_id) == (teams, value_id)
    assert (asked.unknown, asked.several) == ((), False)


@pytest.mark.parametrize("text", ["teamwork customer-first", "given and received", "week month", "given received all"])
def test_two_boards_at_once_are_noticed(text: str) -> None:
    assert read_words(text, VALUES).several
