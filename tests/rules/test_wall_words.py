"""What an address of the wall asks for: filters that are read back as they were written, and spans of days."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.wall_words import LONGEST, PERIODS, Asked, address, read_asked, span_of, spellings

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
BERLIN, HONOLULU = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Honolulu")
WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), max_size=LONGEST)


@given(st.fixed_dictionaries(dict.fromkeys(("q", "value", "badge", "person", "team", "before"), WORDS)))
def test_an_address_is_read_back_as_it_was_written(told: dict[str, str]) -> None:
    asked = read_asked(told)
    assert read_asked(dict(parse_qsl(address(asked).removeprefix("?")))) == asked


def test_nothing_asked_for_is_no_address() -> None:
    assert address(Asked()) == ""
    assert not Asked(before="x").narrowed
    assert Asked(q="x").narrowed


@pytest.mark.parametrize(
    ("period", "zone", "since"),
    [
        ("week", BERLIN, "2026-11-15T23:00+00:00"),
        ("month", BERLIN, "2026-10-31T23:00+00:00"),
        ("quarter", BERLIN, "2026-09-30T22:00+00:00"),  # summer time, still
        ("week", HONOLULU, "2026-11-16T10:00+00:00"),
    ],
)
def test_a_period_begins_by_the_wall_of_the_zone(period: str, zone: ZoneInfo, since: str) -> None:
    span = span_of(Asked(period=period), NOW, zone)
    assert (span.since, span.until) == (datetime.fromisoformat(since), None)


def test_both_days_of_a_span_are_meant() -> None:
    asked = read_asked({"since": "2026-11-18", "until": "2026-11-17"})
    span = span_of(asked, NOW, BERLIN)
    assert span.since == datetime(2026, 11, 16, 23, tzinfo=UTC)
    assert span.until == datetime(2026, 11, 18, 23, tzinfo=UTC)


@pytest.mark.parametrize("since", ["soon", "2026-02-30", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_is_told(since: str) -> None:
    span = span_of(read_asked({"since": since, "until": since}), NOW, BERLIN)
    assert span.doubt
    assert (span.since, span.until) == (None, None)


def test_days_count_only_where_no_other_period_is_asked_for() -> None:
    assert read_asked({"period": "week", "since": "2026-11-01"}) == Asked(period="week")
    assert read_asked({"period": "days"}) == Asked()
    assert read_asked({"period": "nonsense"}).period in PERIODS


def test_a_word_is_sought_in_the_usual_spellings() -> None:
    assert spellings("Release") == ("Release",)
    assert set(spellings("éCole")) == {"éCole", "école", "ÉCOLE", "École"}
    assert Asked(q="a bc d é 佐 ef gh ij kl").words == ["bc", "é", "佐", "ef", "gh"]
