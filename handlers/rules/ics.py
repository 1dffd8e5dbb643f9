"""One event as a calendar file: RFC 5545, with CRLF at each end of line and lines folded at 75 octets (section 3.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets of a line without its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`begins` and `ends` are both days, of which the last one counts, or both aware instants.

    `uid` stays the same for the same event: who takes the file again gets no second entry (section 3.8.4.7).
    """

    uid: str
    title: str
    begins: date | datetime
    ends: date | datetime
    place: str = ""
    note: str = ""


def write_calendar(event: Event, made_at: datetime) -> bytes:
    """The whole file, in UTF-8. `made_at` is when it was written (DTSTAMP, section 3.8.7.2)."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Plaudit//Rewards//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{_escape(event.uid)}",
        f"DTSTAMP:{_instant(made_at)}",
        *_when(event),
        f"SUMMARY:{_escape(event.title)}",
        *([f"LOCATION:{_escape(event.place)}"] if event.place else []),
        *([f"DESCRIPTION:{_escape(event.note)}"] if event.note else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(_fold(one) for one in lines)


def _when(event: Event) -> tuple[str, ...]:
    if isinstance(event.begins, datetime) and isinstance(event.ends, datetime):
        return f"DTSTART:{_instant(event.begins)}", f"DTEND:{_instant(event.ends)}"
    # The end is the first day after it (section 3.6.1).
    after = event.ends + timedelta(days=1)
    return f"DTSTART;VALUE=DATE:{event.begins:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}"


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def _escape(text: str) -> str:
    """TEXT of section 3.3.11: no control characters but the ends of lines, which become `\\n`."""
    text = _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", "\\n")


def _fold(line: str) -> bytes:
    """Folded between characters, never inside one; the space that a line goes on with is one of its octets."""
    folded, octets = bytearray(), 0
    for sign in line:
        one = sign.encode()
        if octets + len(one) > LONGEST_LINE:
            folded += b"\r\n "
            octets = 1
        folded += one
        octets += len(one)
    return bytes(folded + b"\r\n")
