"""A file of rewards, line by line: bytes in, cells by our names and errors out.

What the cells mean is read where forms and words are, too. An empty cell leaves what there is, a dash clears it; an
apostrophe that keeps a spreadsheet from running a text is taken off again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from handlers.rules.csv_text import Cells, FileError, LineError, plain_heading, read_cells, read_text

MOST_BYTES = 1_000_000
MOST_LINES = 1_000
"""Those out of use stand in a file, too."""
LONGEST_FOUND = 40
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("short name", "code", "id", "sku"),
    "title": ("title", "name", "reward"),
    "category": ("category",),
    "price": ("points", "price", "price in points"),
    "least": ("points at least", "least points"),
    "value": ("worth", "value", "currency value"),
    "description": ("description", "what is it"),
    "emoji": ("emoji",),
    "picture": ("picture", "image", "picture address"),
    "countries": ("countries", "country"),
    "departments": ("departments", "department", "segments", "segment"),
    "stock": ("left", "stock"),
    "limit": ("limit for each person", "limit", "limit per person"),
    "limited": ("limit in a", "limit per", "period"),
    "starts_on": ("from", "start", "starts on"),
    "ends_on": ("to", "until", "end", "ends on"),
    "kind": ("handed out", "fulfilment", "fulfillment"),
    "within": ("working days", "within days"),
    "use": ("in use", "active"),
}
"""By our name: what a heading may be called, the first as we write it ourselves."""
_SYNONYMS = frozenset(name for names in HEADINGS.values() for name in names)
_DASHES = ("-", "–", "—")
_LED = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class RewardRow:
    """`told` are the cells that are not empty, by our names; an empty text clears."""

    line: int
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """What a file says. `encoding`, `separator` and `ignored` are words for whoever looks at the preview."""

    rows: tuple[RewardRow, ...]
    errors: tuple[LineError, ...]
    encoding: str = ""
    separator: str = ""
    ignored: tuple[str, ...] = ()


def read_catalogue(content: bytes) -> CatalogueFile:
    """Reads a file. Never raises: what cannot be read is an error that says so."""
    try:
        text, encoding = read_text(content, MOST_BYTES)
        cells = read_cells(text, _SYNONYMS, MOST_LINES + 1)
        columns, ignored = _columns(cells)
    except FileError as error:
        return CatalogueFile((), (LineError(error.line, "", found(error.found), error.says),))
    rows = tuple(RewardRow(line, _told(row, columns)) for line, row in cells.rows)
    errors = [LineError(line, "", "", says) for line, says in cells.broken]
    errors += [_too_many(line, row, len(cells.header)) for line, row in cells.rows if any(row[len(cells.header) :])]
    wrong = {one.line for one in errors}
    kept = tuple(one for one in rows if one.line not in wrong)
    return CatalogueFile(kept, tuple(errors), encoding, cells.separator, ignored)


def heading(name: str) -> str:
    """As we write a column ourselves, for files and errors."""
    return HEADINGS[name][0] if name in HEADINGS else ""


def found(text: str) -> str:
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1].rstrip() + "…"


def _columns(cells: Cells) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each of our columns is, and the headings that are none of them."""
    places: dict[str, int] = {}
    for at, written in enumerate(cells.header):
        name = plain_heading(written)
        if name in _SYNONYMS and places.setdefault(name, at) != at:
            raise FileError(cells.header_line, written, "This column is there twice. Take one of them out.")
    columns = {
        column: next(places[name] for name in names if name in places)
        for column, names in HEADINGS.items()
        if not places.keys().isdisjoint(names)
    }
    if not columns.keys() & {"code", "title"}:
        says = "The first line names the columns, and one of them has to be title or short name."
        raise FileError(cells.header_line, ", ".join(filter(None, cells.header)), says)
    used = set(columns.values())
    return columns, tuple(found(one) for at, one in enumerate(cells.header) if one and at not in used)


def _told(row: tuple[str, ...], columns: Mapping[str, int]) -> dict[str, str]:
    cells = {name: row[at] for name, at in columns.items() if at < len(row) and row[at]}
    return {name: "" if cell in _DASHES else _bare(cell) for name, cell in cells.items()}


def _bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip().startswith(_LED) else cell


def _too_many(line: int, row: tuple[str, ...], width: int) -> LineError:
    says = (
        f"This line has {len(row)} cells, and the first line names {width}. "
        "A text that holds the separator stands in quotation marks."
    )
    return LineError(line, "", found(", ".join(row[width:])), says)
