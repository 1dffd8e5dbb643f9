"""Comma-separated text as programs really write it: which encoding, which separator, and cells with their lines.

Source: RFC 4180, read by Python's `csv`; encodings as the WHATWG Encoding standard's BOM sniffing decides them.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
LONGEST_CELL = 131_072
"""Characters: what `csv` takes where nobody has set another limit."""


class FileError(Exception):
    """Nothing of the file can be used: where, what was found, and what to do."""

    def __init__(self, line: int, found: str, says: str) -> None:
        super().__init__(says)
        self.line = line
        self.found = found
        self.says = says


@dataclass(frozen=True, slots=True)
class LineError:
    """`column` is ours, empty for the line as a whole; `found` is cut; `says` is what is wrong and what to do."""

    line: int
    column: str
    found: str
    says: str


@dataclass(frozen=True, slots=True)
class Cells:
    """`rows` are without empty lines; each has the number of its first line. `broken` are lines that end in nothing."""

    header: tuple[str, ...]
    header_line: int
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    broken: tuple[tuple[int, str], ...]
    separator: str


def read_text(content: bytes, most: int) -> tuple[str, str]:
    """The text and the name of its encoding. Raises `FileError`; a character is never replaced by a guess."""
    if len(content) > most:
        raise FileError(0, "", f"A file may have {most // 1_000_000} MB. Send it in parts, or with fewer columns.")
    if content.startswith(_WORKBOOKS):
        raise FileError(0, "", "That is a workbook, not a text. Save it as CSV (UTF-8) there, and send that.")
    for mark, encoding, name in _MARKS:
        if content.startswith(mark):
            return _decoded(content.removeprefix(mark), encoding, name), name
    if content.count(0) * 4 > len(content):
        raise FileError(0, "", f"That looks like UTF-16 without the mark it begins with. {_SAVE}")
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        return _decoded(content, "cp1252", "Windows-1252"), "Windows-1252"


def read_cells(text: str, known: Collection[str], most_lines: int) -> Cells:
    """Lines and cells, the separator that makes most of the header's headings `known`. Raises `FileError`."""
    if (lines := sum(1 for _ in _lines(text))) > most_lines:
        says = f"A file may have {most_lines:,} lines, and this one has {lines:,}. Send it in parts."
        raise FileError(most_lines + 1, "", says)
    text, skipped, said = _without_hint(text)
    separator = said or max(SEPARATORS, key=lambda one: _knows(text, one, known))
    rows, broken = _read(text, separator, skipped)
    if not rows:
        raise FileError(*(broken[0][0], "", broken[0][1]) if broken else (0, "", "There is nothing in it yet."))
    (line, header), *rest = rows
    return Cells(header, line, tuple(rest), tuple(broken), SEPARATORS.get(separator, f"“{separator}”"))


def plain_heading(heading: str) -> str:
    """A heading as it is compared: `Manager's E-mail` is `managers e mail`."""
    return " ".join(re.sub(r"[\W_]+", " ", heading.casefold().replace("'", "").replace("’", "")).split())


# --- encodings --------------------------------------------------------------------------------------------

_SAVE = "Save it as CSV in UTF-8, and send that."
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


def _decoded(content: bytes, encoding: str, name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"byte {content[error.start]:#04x}"
        raise FileError(line, found, f"That is no text in UTF-8 and none in {name}. {_SAVE}") from None


# --- cells ------------------------------------------------------------------------------------------------

_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]+")


def _lines(text: str) -> io.StringIO:
    """Lines end as in an editor: with a line feed, a carriage return, or both."""
    return io.StringIO(text, newline="")


def _without_hint(text: str) -> tuple[str, int, str]:
    """Spreadsheets may name the separator in a line of its own: the rest, how many lines that was, and what it is."""
    first = next(_lines(text), "")
    found = _HINT.fullmatch(first)
    return (text[len(first) :], 1, found[1]) if found and found[1] in SEPARATORS else (text, 0, "")


def _knows(text: str, separator: str, known: Collection[str]) -> tuple[int, int]:
    """How many headings of the first line are known with this separator, and how many there are."""
    first = next((line for line in _lines(text) if line.strip()), "")
    try:
        header = next(csv.reader([first], delimiter=separator), [])
    except csv.Error:
        return 0, 0
    return sum(plain_heading(one) in known for one in header), len(header)


def _read(text: str, separator: str, skipped: int) -> tuple[list[tuple[int, tuple[str, ...]]], list[tuple[int, str]]]:
    rows: list[tuple[int, tuple[str, ...]]] = []
    broken: list[tuple[int, str]] = []
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return rows, broken
        except csv.Error as error:
            broken.append((line, _trouble(str(error), line, reader.line_num + skipped)))
            continue
        cleaned = tuple(_clean(one) for one in cells)
        if any(cleaned):
            rows.append((line, cleaned))


def _clean(cell: str) -> str:
    """One line without what cannot be seen. What looks like a formula is a text like any other."""
    return " ".join((cell if cell.isprintable() else _UNSEEN.sub(" ", cell)).split())


def _trouble(error: str, line: int, last: int) -> str:
    lost = f" Lines {line} to {last} could not be read." if last > line else ""
    if "field larger" in error:
        return f"A cell has more than {LONGEST_CELL:,} characters. Is a quotation mark missing?{lost}"
    if "unexpected end" in error:
        return f"A quotation mark opens here and is never closed. Close it, or take it out.{lost}"
    return f"A quotation mark stands within a cell. Write it twice, or take it out.{lost}"
