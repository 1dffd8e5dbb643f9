"""When unasked messages may go, and when bundles are sent: on every wall there is, through every change of clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.openings import MOST_A_WEEK, Taken, bundle_end, next_opening, week_of

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Havana",  # clocks go back over midnight
    "America/Asuncion",
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Apia",  # left out a day
    "Africa/Casablanca",
    "Asia/Tehran",
]
INSTANTS = st.integers(1_262_304_000, 2_051_222_400).map(lambda s: datetime.fromtimestamp(s, UTC))  # 2010 to 2034
WEEK = timedelta(days=7)
NOTHING = Taken()


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def opening(now: str, taken: Taken = NOTHING, days: int = 7) -> datetime | None:
    return next_opening(at(now), at(now) + timedelta(days=days), BERLIN, taken)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-18T08:00Z", "2026-11-18T08:00Z"),  # 09:00 in Berlin
        ("2026-11-18T15:59:59Z", "2026-11-18T15:59:59Z"),
        ("2026-11-18T16:00Z", "2026-11-19T08:00Z"),  # 17:00 is over
        ("2026-11-18T07:59:59Z", "2026-11-18T08:00Z"),
        ("2026-03-28T17:00Z", "2026-03-29T07:00Z"),  # clocks go forward that night
        ("2026-10-24T17:00Z", "2026-10-25T08:00Z"),  # and back that one
    ],
)
def test_a_message_goes_between_nine_and_five_on_the_readers_wall(now: str, opens: str) -> None:
    assert opening(now) == at(opens)


def test_after_one_a_day_the_next_goes_on_the_next_day() -> None:
    taken = Taken(day="2026-11-18", week="2026-W47", in_week=1)
    assert opening("2026-11-18T10:00Z", taken) == at("2026-11-19T08:00Z")


def test_after_three_a_week_the_next_goes_on_monday() -> None:
    taken = Taken(day="2026-11-18", week="2026-W47", in_week=3)
    assert opening("2026-11-18T10:00Z", taken) == at("2026-11-23T08:00Z")


def test_who_is_on_leave_gets_nothing_until_the_day_after() -> None:
    leave = Taken(away=(date(2026, 11, 18), date(2026, 11, 20)))
    assert opening("2026-11-18T10:00Z", leave) == at("2026-11-21T08:00Z")


@pytest.mark.parametrize("last", [date(2026, 11, 30), date.max])
def test_what_is_worth_nothing_after_the_leave_has_no_opening(last: date) -> None:
    assert opening("2026-11-18T10:00Z", Taken(away=(date(2026, 11, 1), last))) is None


def test_what_ends_before_the_next_morning_has_no_opening() -> None:
    assert next_opening(at("2026-11-20T16:30Z"), at("2026-11-20T20:00Z"), BERLIN, Taken()) is None


@given(now=INSTANTS, name=st.sampled_from(ZONES), in_week=st.integers(0, 4), back=st.integers(-2, 9))
def test_an_opening_is_in_the_day_and_within_the_measure(now: datetime, name: str, in_week: int, back: int) -> None:
    zone = ZoneInfo(name)
    day = now.astimezone(zone).date() - timedelta(days=back)
    taken = Taken(day=day.isoformat(), week=week_of(day), in_week=in_week)
    found = next_opening(now, now + 3 * WEEK, zone, taken)
    assert found
    assert found >= now
    wall = found.astimezone(zone)
    assert time(9) <= wall.time() < time(17)
    assert wall.date().isoformat() > taken.day
    assert in_week < MOST_A_WEEK or week_of(wall.date()) > taken.week


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-18T09:59:59Z", "2026-11-18T11:00Z"),  # 12:00 in Berlin
        ("2026-11-18T11:00Z", "2026-11-18T13:00Z"),
        ("2026-11-18T22:30Z", "2026-11-18T23:00Z"),  # midnight
        ("2026-03-29T00:30Z", "2026-03-29T01:00Z"),  # 01:30; two o'clock is three
        ("2026-10-25T00:30Z", "2026-10-25T03:00Z"),  # 02:30, which comes twice
        ("2026-10-25T01:30Z", "2026-10-25T03:00Z"),
    ],
)
def test_a_bundle_ends_at_the_next_even_hour_on_the_wall(now: str, end: str) -> None:
    assert bundle_end(at(now), BERLIN) == at(end)


@given(now=INSTANTS, name=st.sampled_from(ZONES))
def test_a_bundle_waits_no_longer_than_two_hours_and_a_change_of_clocks(now: datetime, name: str) -> None:
    end = bundle_end(now, ZoneInfo(name))
    assert timedelta(0) < end - now <= timedelta(hours=3)
    assert bundle_end(end - timedelta(seconds=1), ZoneInfo(name)) == end
