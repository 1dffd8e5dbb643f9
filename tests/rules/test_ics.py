"""Calendar files: what RFC 5545 asks for, whatever is in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.ics import LONGEST_LINE, Event, write_calendar

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)


def unfolded(content: bytes) -> list[str]:
    text = content.decode()
    assert text.endswith("\r\n")
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_days_end_before_the_first_day_after_them() -> None:
    """Section 3.6.1: the end of a day is exclusive."""
    event = Event(uid="o1@plaudit", title="A day off", begins=date(2026, 12, 31), ends=date(2026, 12, 31))
    assert unfolded(write_calendar(event, NOW)) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plaudit//Rewards//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:o1@plaudit",
        "DTSTAMP:20261122T063000Z",
        "DTSTART;VALUE=DATE:20261231",
        "DTEND;VALUE=DATE:20270101",
        "SUMMARY:A day off",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def test_hours_are_written_in_utc_and_texts_are_escaped() -> None:
    berlin = timezone(timedelta(hours=1))
    event = Event(
        uid="o2@plaudit",
        title="Pots, pans; and \\ more\r\nBEGIN:VALARM",
        begins=datetime(2026, 12, 4, 18, tzinfo=berlin),
        ends=datetime(2026, 12, 4, 21, 30, tzinfo=berlin),
        place="Mill Lane 4, yard",
    )
    lines = unfolded(write_calendar(event, NOW))
    assert "DTSTART:20261204T170000Z" in lines
    assert "DTEND:20261204T203000Z" in lines
    assert "SUMMARY:Pots\\, pans\\; and \\\\ more\\nBEGIN:VALARM" in lines
    assert "LOCATION:Mill Lane 4\\, yard" in lines


@given(st.text(max_size=300), st.text(max_size=120))
def test_no_text_breaks_a_line_or_a_character(title: str, place: str) -> None:
    day = date(2026, 12, 4)
    content = write_calendar(Event(uid="o", title=title, place=place, begins=day, ends=day), NOW)
    for line in content.split(b"\r\n"):
        assert len(line) <= LONGEST_LINE
        assert b"\n" not in line
        assert b"\r" not in line
        line.decode()
    names = [one.partition(":")[0].partition(";")[0] for one in unfolded(content)]
    assert names[6:-2] == ["UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", *(["LOCATION"] if place else [])]
