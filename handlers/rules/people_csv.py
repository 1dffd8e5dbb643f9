"""A file of people, line by line: bytes in, rows and errors out. Nothing in it is executed, guessed or dropped.

Every error names its line as an editor counts it, the column, what was found and what to do. A line with an error
is left out whole. An empty cell leaves things as they are, a dash clears them. Source of the form: RFC 4180, with
other separators, and without its demand that every line has as many cells as the first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.rules.countries import HOW as HOW_COUNTRY
from handlers.rules.countries import read_country
from handlers.rules.csv_text import Cells, FileError, LineError, plain_heading, read_cells, read_text
from handlers.rules.written_dates import HOW, Slashes, Unclear, order_of_slashes, read_date

MOST_BYTES = 5_000_000
MOST_LINES = 50_000
LONGEST_DEPARTMENT = 80
LONGEST_ADDRESS = 320
_LONGEST_FOUND = 40
_AHEAD = timedelta(days=366)
_EARLIEST = date(1900, 1, 1)

EMAIL, BIRTHDAY, START, DEPARTMENT, MANAGER = "e-mail", "birthday", "start date", "department", "manager"
COUNTRY = "country"
CLEAR = ""
"""A cell that takes away what was there; None leaves it."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Texts, or None for what stays as it is. Addresses are in lower case, `birthday` is `03-09` and never a year."""

    line: int
    email: str
    birthday: str | None = None
    started_on: str | None = None
    """`2024-03-09`."""
    department: str | None = None
    manager: str | None = None
    """Their e-mail address."""
    country: str | None = None
    """Where they work, as ISO 3166 has it: `DE`."""


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a file says. `encoding`, `separator` and `ignored` are words for whoever looks at the preview."""

    rows: tuple[PersonRow, ...]
    errors: tuple[LineError, ...]
    encoding: str = ""
    separator: str = ""
    ignored: tuple[str, ...] = ()
    """Headings of columns that mean nothing here."""


def read_people(content: bytes | str, today: date) -> PeopleFile:
    """Reads a file, or what somebody pasted. Never raises: what cannot be read is an error that says so."""
    try:
        text, encoding = read_text(content, MOST_BYTES) if isinstance(content, bytes) else (content, "")
        cells = read_cells(text, _SYNONYMS, MOST_LINES)
        columns, ignored = _columns(cells)
    except FileError as error:
        return PeopleFile((), (LineError(error.line, "", _found(error.found), error.says),))
    rows, errors = _rows(cells, columns, today)
    return PeopleFile(rows, errors, encoding, cells.separator, ignored)


# --- the header -------------------------------------------------------------------------------------------

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    EMAIL: ("email", "e mail", "email address", "e mail address", "work email", "mail", "mail address"),
    BIRTHDAY: ("birthday", "date of birth", "birth date", "birthdate", "dob", "born"),
    START: ("start date", "started on", "started", "start", "hire date", "hired on", "hired", "date of hire", "joined"),
    DEPARTMENT: ("department", "department name", "dept", "team", "team name"),
    MANAGER: (
        *("manager email", "manager e mail", "managers email", "managers e mail", "manager mail"),
        *("reports to email", "reports to", "line manager", "manager", "supervisor"),
    ),
    COUNTRY: ("country", "country code", "work country", "location country", "iso country"),
}
"""What a heading may be called, the surest first: of two that fit, the surer one counts and the other is ignored."""
_SYNONYMS = frozenset(name for names in _HEADINGS.values() for name in names)
HEADER = (
    "The first line names the columns, and one of them has to be email. "
    "The others may be birthday, start date, department, manager and country."
)


def _columns(cells: Cells) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each of our columns is, and the headings that are none of them."""
    places: dict[str, int] = {}
    for at, heading in enumerate(cells.header):
        name = plain_heading(heading)
        if name in _SYNONYMS and places.setdefault(name, at) != at:
            says = "This column is there twice. Take one of them out, or give it another name."
            raise FileError(cells.header_line, heading, says)
    columns = {
        column: next(places[name] for name in names if name in places)
        for column, names in _HEADINGS.items()
        if not places.keys().isdisjoint(names)
    }
    if EMAIL not in columns:
        raise FileError(cells.header_line, ", ".join(filter(None, cells.header)), HEADER)
    used = set(columns.values())
    return columns, tuple(_found(one) for at, one in enumerate(cells.header) if one and at not in used)


# --- rows -------------------------------------------------------------------------------------------------


def _rows(cells: Cells, columns: Mapping[str, int], today: date) -> tuple[tuple[PersonRow, ...], tuple[LineError, ...]]:
    # Each column for itself: birthdays and start dates may come from two systems.
    dates = {one: columns[one] for one in (BIRTHDAY, START) if one in columns}
    slashes = {one: order_of_slashes(row[at] for _, row in cells.rows if at < len(row)) for one, at in dates.items()}
    reader = _Reader(columns, len(cells.header), slashes, today)
    rows = [one for line, row in cells.rows if (one := reader.read(line, row))]
    broken = [LineError(line, "", "", says) for line, says in cells.broken]
    return tuple(rows), tuple(sorted([*broken, *reader.errors], key=lambda one: one.line))


class _Reader:
    """Reads row after row, and remembers whose lines there were."""

    def __init__(self, columns: Mapping[str, int], width: int, slashes: Mapping[str, Slashes], today: date) -> None:
        self.errors: list[LineError] = []
        self._columns = columns
        self._width = width
        self._slashes = slashes
        self._latest = today + _AHEAD
        self._first_lines: dict[str, int] = {}

    def read(self, line: int, row: tuple[str, ...]) -> PersonRow | None:
        """None where something is wrong with it."""
        cells = {column: row[at] for column, at in self._columns.items() if at < len(row)}
        before = len(self.errors)
        if any(row[self._width :]):
            self._wrong(
                line,
                "",
                ", ".join(row[self._width :]),
                f"This line has {len(row)} cells, and the first line names {self._width}. "
                "A text that holds the separator stands in quotation marks.",
            )
        read = PersonRow(
            line,
            self._email(line, cells.get(EMAIL, "")),
            self._birthday(line, cells.get(BIRTHDAY, "")),
            self._start(line, cells.get(START, "")),
            self._department(line, cells.get(DEPARTMENT, "")),
            self._manager(line, cells.get(MANAGER, "")),
            self._country(line, cells.get(COUNTRY, "")),
        )
        return read if len(self.errors) == before else None

    def _email(self, line: int, cell: str) -> str:
        email = _address(cell)
        if not email:
            says = "Whose line is it? Write the address that they have on Slack or Teams."
            self._wrong(line, EMAIL, cell, says if not cell else f"That is no e-mail address. {says}")
        elif (first := self._first_lines.setdefault(email, line)) != line:
            self._wrong(line, EMAIL, cell, f"Line {first} is about them, too. Make one line of both.")
        return email

    def _birthday(self, line: int, cell: str) -> str | None:
        if not cell or cell in _DASHES:
            return CLEAR if cell else None
        try:
            written = read_date(cell, self._slashes[BIRTHDAY], yearly=True)
        except Unclear as unclear:
            self._wrong(line, BIRTHDAY, cell, str(unclear))
            return None
        return f"{written.month:02}-{written.day:02}"  # whatever year was written is forgotten here

    def _start(self, line: int, cell: str) -> str | None:
        if not cell or cell in _DASHES:
            return CLEAR if cell else None
        try:
            written = read_date(cell, self._slashes[START])
        except Unclear as unclear:
            self._wrong(line, START, cell, str(unclear))
            return None
        if written.year is None:
            self._wrong(line, START, cell, f"A start date needs its year. {HOW}")
            return None
        day = date(written.year, written.month, written.day)
        if not _EARLIEST <= day <= self._latest:
            when = "is more than a year ahead" if day > self._latest else f"is before {_EARLIEST.year}"
            self._wrong(line, START, cell, f"That day {when}. Look at the year again.")
        return day.isoformat()

    def _department(self, line: int, cell: str) -> str | None:
        if len(cell) > LONGEST_DEPARTMENT:
            says = f"A department has {LONGEST_DEPARTMENT} characters at most, and this has {len(cell):,}. Shorten it."
            self._wrong(line, DEPARTMENT, cell, says)
        return CLEAR if cell in _DASHES else cell or None

    def _manager(self, line: int, cell: str) -> str | None:
        if not cell or cell in _DASHES:
            return CLEAR if cell else None
        email = _address(cell)
        if not email:
            self._wrong(line, MANAGER, cell, "That is no e-mail address. Managers are named by theirs.")
        return email

    def _country(self, line: int, cell: str) -> str | None:
        if not cell or cell in _DASHES:
            return CLEAR if cell else None
        code = read_country(cell)
        if code is None:
            self._wrong(line, COUNTRY, cell, f"That is no country that I know. {HOW_COUNTRY}")
        return code

    def _wrong(self, line: int, column: str, found: str, says: str) -> None:
        self.errors.append(LineError(line, column, _found(found), says))


_DASHES = ("-", "–", "—")
_ADDRESS = re.compile(r"(?:mailto:)?([^@\s<>,;]+@[^@\s<>,;]+)", re.IGNORECASE)


def _address(cell: str) -> str:
    """In lower case; empty where it is none."""
    found = _ADDRESS.fullmatch(cell) if len(cell) <= LONGEST_ADDRESS else None
    return found[1].lower() if found else ""


def _found(text: str) -> str:
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1].rstrip() + "…"
