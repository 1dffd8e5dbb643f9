"""Labels of periods and the end of a week, at every kind of midnight."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.periods import month_label, quarter_label, tally_labels, week_end, week_label, zone_or

NAMES = """
    UTC Europe/Berlin Europe/London Europe/Dublin Europe/Lisbon Europe/Moscow Atlantic/Azores
    Africa/Cairo Africa/Casablanca Africa/Johannesburg Asia/Beirut Asia/Amman Asia/Tehran
    Asia/Kolkata Asia/Kathmandu Asia/Shanghai Asia/Tokyo Asia/Gaza Australia/Sydney
    Australia/Lord_Howe Pacific/Auckland Pacific/Chatham Pacific/Apia Pacific/Kiritimati
    America/New_York America/St_Johns America/Sao_Paulo America/Santiago America/Havana
    America/Asuncion America/Toronto America/Nuuk
"""
ZONES = [ZoneInfo(name) for name in NAMES.split()]
zones = st.sampled_from(ZONES)
instants = st.datetimes(datetime(1970, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def next_monday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday())


@pytest.mark.parametrize(
    ("instant", "zone", "labels"),
    [
        ("2026-11-21T12:00Z", "UTC", ("2026-W47", "2026-11", "2026-Q4", "all")),
        (
            "2027-01-03T12:00Z",
            "UTC",
            ("2026-W53", "2027-01", "2027-Q1", "all"),
        ),  # Sunday of the old year's week
        (
            "2024-12-30T12:00Z",
            "UTC",
            ("2025-W01", "2024-12", "2024-Q4", "all"),
        ),  # Monday of the new year's week
        ("2026-03-31T23:30Z", "Asia/Tokyo", ("2026-W14", "2026-04", "2026-Q2", "all")),
        ("2026-04-01T00:30Z", "America/New_York", ("2026-W14", "2026-03", "2026-Q1", "all")),
        (
            "2026-11-22T10:30Z",
            "Pacific/Kiritimati",
            ("2026-W48", "2026-11", "2026-Q4", "all"),
        ),  # already Monday
        ("2026-11-23T10:30Z", "Pacific/Pago_Pago", ("2026-W47", "2026-11", "2026-Q4", "all")),  # still Sunday
    ],
)
def test_labels_are_those_of_the_calendar_on_the_wall(
    instant: str, zone: str, labels: tuple[str, str, str, str]
) -> None:
    when, where = at(instant), ZoneInfo(zone)
    assert tally_labels(when, where) == labels
    assert (week_label(when, where), month_label(when, where), quarter_label(when, where)) == labels[:3]


@pytest.mark.parametrize(
    ("instant", "zone", "end"),
    [
        ("2026-11-21T12:00Z", "Europe/Berlin", "2026-11-22T23:00Z"),
        ("2026-11-22T23:00Z", "Europe/Berlin", "2026-11-29T23:00Z"),  # Monday 00:00 belongs to the new week
        ("2026-03-25T12:00Z", "Europe/Berlin", "2026-03-29T22:00Z"),  # clocks go forward on the way
        ("2026-10-21T12:00Z", "Europe/Berlin", "2026-10-25T23:00Z"),  # and back
        (
            "2021-03-20T12:00Z",
            "Asia/Tehran",
            "2021-03-21T20:30Z",
        ),  # Monday has no 00:00, it begins with 01:00
        (
            "1919-03-29T12:00Z",
            "America/Toronto",
            "1919-03-31T04:30Z",
        ),  # Sunday 23:30 is followed by Monday 00:30
        (
            "2014-09-21T18:00Z",
            "Asia/Tehran",
            "2014-09-21T20:30Z",
        ),  # Sunday's last hour comes twice: the first,
        ("2014-09-21T20:00Z", "Asia/Tehran", "2014-09-21T20:30Z"),  # and the second
        ("2018-11-01T12:00Z", "America/Sao_Paulo", "2018-11-05T02:00Z"),  # Sunday had no midnight, Monday has
        ("2023-04-26T12:00Z", "Africa/Cairo", "2023-04-30T21:00Z"),  # Friday had none
        ("2022-03-23T12:00Z", "Asia/Beirut", "2022-03-27T21:00Z"),
        ("2011-12-28T12:00Z", "Pacific/Apia", "2012-01-01T10:00Z"),  # a week without its Friday
    ],
)
def test_the_week_ends_on_monday_at_midnight(instant: str, zone: str, end: str) -> None:
    assert week_end(at(instant), ZoneInfo(zone)) == at(end)


@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_every_week_for_eighty_years_is_followed_by_the_next(zone: ZoneInfo) -> None:
    end = at("1970-01-01T00:00Z")
    ends = [end := week_end(end, zone) for _ in range(52 * 80)]
    for previous, end in pairwise(ends):
        assert week_label(end - SECOND, zone) == week_label(previous, zone) != week_label(end, zone)


@given(instants, zones)
def test_the_end_is_after_and_has_the_next_label(instant: datetime, zone: ZoneInfo) -> None:
    end = week_end(instant, zone)
    assert instant < end <= instant + timedelta(days=8)
    assert end.tzinfo is UTC
    assert week_label(end - SECOND, zone) == week_label(instant, zone)
    assert end.astimezone(zone).date() == next_monday(instant.astimezone(zone).date())
    assert week_label(end, zone) != week_label(instant, zone)


@given(instants, zones, st.timedeltas(timedelta(), timedelta(days=400)))
def test_labels_never_go_back(instant: datetime, zone: ZoneInfo, later: timedelta) -> None:
    assert tally_labels(instant, zone) <= tally_labels(instant + timedelta(days=1) + later, zone)


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "America", "../etc/passwd", "/etc/passwd", "\0", "x" * 5000])
def test_a_name_that_is_no_zone_gives_the_fallback(name: str) -> None:
    assert zone_or(name, ZoneInfo("Europe/Berlin")) == ZoneInfo("Europe/Berlin")


def test_a_known_zone_is_itself() -> None:
    assert zone_or("Asia/Tokyo", ZoneInfo("UTC")) == ZoneInfo("Asia/Tokyo")


def test_an_instant_without_a_zone_is_a_bug() -> None:
    with pytest.raises(AssertionError, match="aware"):
        week_label(datetime(2026, 11, 21), ZoneInfo("UTC"))  # noqa: DTZ001 - what is tested
