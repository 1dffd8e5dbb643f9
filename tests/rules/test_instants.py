"""When something scheduled is due: by every wall there is, and where clocks are changed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.instants import MONDAY, THURSDAY, Daily, Rule, Weekly, after_moving, due_on

NAMES = sorted(available_timezones() - {"localtime", "posixrules"})
TRICKY = """
    Europe/Berlin America/New_York Australia/Sydney Australia/Lord_Howe Pacific/Apia Asia/Tehran Antarctica/Troll
    America/St_Johns America/Sao_Paulo America/Havana Africa/Casablanca Pacific/Kiritimati Pacific/Chatham
"""
FRIDAY, SUNDAY = 5, 7
BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
APIA, TEHRAN = ZoneInfo("Pacific/Apia"), ZoneInfo("Asia/Tehran")
zones = st.sampled_from(NAMES).map(ZoneInfo)
instants = st.datetimes(datetime(1900, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
times = st.one_of(
    st.sampled_from([time(0), time(0, 0, 30), time(2, 30), time(9), time(14), time(23, 59)]),
    st.times(max_value=time(23, 59, 59)).map(lambda at: at.replace(microsecond=0)),
)
rules = st.one_of(st.builds(Daily, times), st.builds(Weekly, st.integers(1, 7), times))
SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "instant"),
    [
        ("Europe/Berlin", "2026-11-20", "09:00", "2026-11-20T08:00Z"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00Z"),  # skipped: the first instant after the gap
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30Z"),  # twice: the first
        ("America/New_York", "2026-03-08", "02:00", "2026-03-08T07:00Z"),
        ("America/New_York", "2026-11-01", "01:59", "2026-11-01T05:59Z"),
        ("Australia/Sydney", "2026-10-04", "02:15", "2026-10-03T16:00Z"),
        ("Australia/Sydney", "2026-04-05", "02:30", "2026-04-04T15:30Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30Z"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45Z"),  # and comes twice
        ("Antarctica/Troll", "2026-03-29", "02:00", "2026-03-29T01:00Z"),  # two hours are skipped
        ("Antarctica/Troll", "2026-10-25", "01:30", "2026-10-24T23:30Z"),  # and two come twice
        ("Asia/Tehran", "2021-03-22", "00:00", "2021-03-21T20:30Z"),  # a midnight is skipped
        ("Asia/Tehran", "2021-09-21", "23:30", "2021-09-21T19:00Z"),  # the last hour of a day comes twice
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00Z"),  # the whole day is skipped
        ("America/Toronto", "1919-03-30", "23:45", "1919-03-31T04:30Z"),  # a gap over midnight
    ],
)
def test_a_time_on_the_wall(zone: str, day: str, wall: str, instant: str) -> None:
    found = due_on(date.fromisoformat(day), time.fromisoformat(wall), ZoneInfo(zone))
    assert found == at(instant)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("rule", "zone", "now", "latest", "following", "label"),
    [
        (Weekly(MONDAY, time(9)), BERLIN, "2026-11-23T08:00Z", "2026-11-23T08:00Z", "2026-11-30T08:00Z", "2026-W48"),
        (Weekly(MONDAY, time(9)), BERLIN, "2026-11-23T07:59Z", "2026-11-16T08:00Z", "2026-11-23T08:00Z", "2026-W47"),
        # 167 hours, and 169
        (Weekly(THURSDAY, time(14)), BERLIN, "2026-03-27T00:00Z", "2026-03-26T13:00Z", "2026-04-02T12:00Z", "2026-W13"),
        (
            Weekly(THURSDAY, time(14)),
            NEW_YORK,
            "2026-10-30T00:00Z",
            "2026-10-29T18:00Z",
            "2026-11-05T19:00Z",
            "2026-W44",
        ),
        (Daily(time(9)), BERLIN, "2026-03-28T09:00Z", "2026-03-28T08:00Z", "2026-03-29T07:00Z", "2026-03-28"),
        # A day that is skipped has its instant when the next one begins, and its own label.
        (Daily(time(9)), APIA, "2011-12-30T12:00Z", "2011-12-30T10:00Z", "2011-12-30T19:00Z", "2011-12-30"),
        (Weekly(FRIDAY, time(0)), APIA, "2011-12-31T12:00Z", "2011-12-30T10:00Z", "2012-01-05T10:00Z", "2011-W52"),
        # A gap over midnight moves Sunday's instant into Monday, and it stays Sunday's.
        (
            Weekly(SUNDAY, time(23, 45)),
            ZoneInfo("America/Toronto"),
            "1919-03-31T12:00Z",
            "1919-03-31T04:30Z",
            "1919-04-07T03:45Z",
            "1919-W13",
        ),
        # One minute past midnight it is 23:01 again: the midnight that was shown was due.
        (
            Daily(time(0)),
            ZoneInfo("America/St_Johns"),
            "2010-11-07T02:45Z",
            "2010-11-07T02:30Z",
            "2010-11-08T03:30Z",
            "2010-11-07",
        ),
    ],
)
def test_what_was_due_last_and_is_due_next(
    rule: Rule, zone: ZoneInfo, now: str, latest: str, following: str, label: str
) -> None:
    assert rule.latest(zone, at(now)) == at(latest)
    assert rule.following(zone, at(now)) == at(following)
    assert rule.label(at(latest), zone) == label


@given(rules, zones, instants)
def test_the_latest_has_passed_and_the_following_is_to_come(rule: Rule, zone: ZoneInfo, now: datetime) -> None:
    latest, following = rule.latest(zone, now), rule.following(zone, now)
    assert latest <= now < following
    assert rule.latest(zone, following) == following
    assert rule.latest(zone, following - SECOND) == latest
    assert rule.following(zone, latest) == following
    assert rule.label(latest, zone) < rule.label(following, zone)


@given(rules, zones, instants)
def test_it_shows_the_time_it_is_for_or_the_end_of_a_gap(rule: Rule, zone: ZoneInfo, now: datetime) -> None:
    due_at = rule.latest(zone, now)
    shown, before = due_at.astimezone(zone), (due_at - SECOND).astimezone(zone)
    jumped = shown.replace(tzinfo=None) - before.replace(tzinfo=None) > SECOND
    assert shown.time() == rule.at or jumped


@pytest.mark.parametrize("rule", [Weekly(FRIDAY, time(0)), Weekly(MONDAY, time(9))], ids=["midnight", "monday"])
def test_weeks_follow_each_other_by_every_wall_there_is(rule: Weekly) -> None:
    """From 2010 to 2012: the skipped Friday of Samoa, and clocks changed in both hemispheres."""
    for name in NAMES:
        zone, due_at = ZoneInfo(name), at("2010-12-30T00:00Z")
        found = [due_at := rule.following(zone, due_at) for _ in range(60)]
        days = [due_on_day(rule, zone, one) for one in found]
        assert all(later - day == timedelta(days=7) for day, later in pairwise(days)), name


@pytest.mark.parametrize("name", TRICKY.split())
@pytest.mark.parametrize("wall", [time(0), time(2, 15), time(9)], ids=str)
def test_days_follow_each_other_for_four_years(name: str, wall: time) -> None:
    rule, zone, due_at = Daily(wall), ZoneInfo(name), at("2010-06-01T00:00Z")
    found = [due_at := rule.following(zone, due_at) for _ in range(4 * 365)]
    labels = [date.fromisoformat(rule.label(one, zone)) for one in found]
    days = [labels[0] + timedelta(days=n) for n in range(len(found) + 1)]
    if name == "Pacific/Apia" and wall == time(0):
        days.remove(date(2011, 12, 30))  # skipped up to midnight, when the next day has its own
    assert labels == days[: len(labels)]
    assert all(later > one for one, later in pairwise(found))


def due_on_day(rule: Weekly, zone: ZoneInfo, due_at: datetime) -> date:
    """The day that an instant is for, told by the label of its week."""
    year, _, week = rule.label(due_at, zone).partition("-W")
    return date.fromisocalendar(int(year), int(week), rule.weekday)


# --- a tenant that moves -----------------------------------------------------------------------------------

EAST, WEST = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu")


@pytest.mark.parametrize(
    ("old", "new", "now", "due_at"),
    [
        # Berlin's Monday is done; New York's Monday is not done again.
        (BERLIN, NEW_YORK, "2026-11-23T10:00Z", "2026-11-30T14:00Z"),
        # It is Monday 08:00 in Berlin; what was not due yet is due by the new wall.
        (BERLIN, NEW_YORK, "2026-11-23T07:00Z", "2026-11-23T14:00Z"),
        (NEW_YORK, BERLIN, "2026-11-23T13:00Z", "2026-11-23T08:00Z"),  # it has passed there: now
        (NEW_YORK, BERLIN, "2026-11-23T15:00Z", "2026-11-30T08:00Z"),
        (WEST, EAST, "2026-11-23T18:00Z", "2026-11-22T19:00Z"),
        (EAST, WEST, "2026-11-22T20:00Z", "2026-11-30T19:00Z"),
    ],
)
def test_who_moves_on_the_day_has_the_week_once(old: ZoneInfo, new: ZoneInfo, now: str, due_at: str) -> None:
    assert after_moving(Weekly(MONDAY, time(9)), old, new, at(now)) == at(due_at)


@given(rules, zones, zones, instants)
def test_moving_skips_no_period_and_repeats_none(rule: Rule, old: ZoneInfo, new: ZoneInfo, now: datetime) -> None:
    done = rule.label(rule.latest(old, now), old)
    due_at = after_moving(rule, old, new, now)
    following = rule.label(due_at, new)
    assert following > done
    assert rule.label(rule.latest(new, due_at - SECOND), new) <= done


@given(rules, zones, instants)
def test_moving_nowhere_changes_nothing(rule: Rule, zone: ZoneInfo, now: datetime) -> None:
    assert after_moving(rule, zone, zone, now) == rule.following(zone, now)
