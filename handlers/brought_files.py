"""Files that administrators bring: the upload page, its links and previews are the same for every kind of file.

A kind registers itself with how it is read, shown, applied and called; nothing else names it.

@brought_file
class People:
    name = "people"
    ...
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Connection

from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.csv_text import LineError
from store.imports import ImportFact, keep_content

SHOWN_CHANGES, SHOWN_ERRORS, SHOWN_NAMES = 20, 200, 20


@dataclass(frozen=True, slots=True)
class ShownChange:
    line: int
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would do. `changes` and `errors` are the first ones; all are counted."""

    rows: int
    """That could be read and found what they are about."""
    changed: int
    counts: Mapping[str, int]
    changes: tuple[ShownChange, ...]
    errors: tuple[LineError, ...]
    error_count: int
    left_out: int
    """Lines with an error."""
    encoding: str
    separator: str
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWords:
    """What the page says of a kind of file. `counted` are the counts of a preview: name, one of it, many of it."""

    title: str
    one: str
    many: str
    about: str
    """What a line is."""
    columns: tuple[tuple[str, str], ...]
    """Headings, each with what stands under it."""
    example: str
    limits: str
    counted: tuple[tuple[str, str, str], ...]
    ask: str
    """How to ask for a new link, typed."""
    begun: str
    """What a person reads once they have confirmed it."""
    done: str
    pasting: str = ""
    """What to do where there is no page."""
    export: str = field(default="")
    """The button to what there is now as such a file; empty: there is none."""


class BroughtFile(Protocol):
    name: ClassVar[str]
    """As stored: `people`."""
    words: ClassVar[FileWords]

    def read(self, content: bytes, today: date) -> Any:
        """Reads a file, apart from everything that is stored. Never raises: what cannot be read is an error in it."""

    def preview(self, tx: Connection, tenant_id: str, file: Any) -> tuple[Preview, list[str]]:
        """What would change, and the pages to keep. Changes nothing."""

    def confirm(self, ctx: Context, one: ImportFact, content_id: str) -> None:
        """From here on it is applied, once, however often it is confirmed."""

    def export(self, ctx: Context) -> str:
        """What there is now, as such a file; empty where the kind offers none."""


F = TypeVar("F", bound=BroughtFile)

files: dict[str, BroughtFile] = {}


def brought_file(made: type[F]) -> type[F]:
    assert made.name not in files, f"two kinds of files called {made.name}"
    files[made.name] = made()
    return made


# --- what kinds have in common ----------------------------------------------------------------------------


def keep_preview(
    tx: Connection, one: ImportFact, content_id: str, source: str, preview: Preview, pages: Sequence[str]
) -> bool:
    """Keeps what was shown, to be confirmed. False where something was confirmed already."""
    told = {
        "rows": preview.rows,
        "left_out": preview.left_out,
        "changed": 0,
        "unchanged": 0,
        "later": [],
        "later_count": 0,
    }
    return keep_content(tx, one, content_id, source, pages, told)


def check_fresh(one: ImportFact, now: datetime) -> None:
    if one.expires_at <= now:
        raise Refusal("expired", "That was here too long, and is forgotten.", "Bring it once more, please.")


def other_content() -> Refusal:
    return Refusal(
        "other_content", "Another file was brought here since.", "Look at its preview, and confirm that one."
    )


def sentence_of(error: LineError) -> str:
    """An error as a sentence: where, what was found, what to do."""
    where = f"Line {error.line}" if error.line else ""
    where = ", ".join(filter(None, (where, error.column)))
    found = f"“{error.found}”" if error.found else ""
    return ": ".join(filter(None, (" ".join(filter(None, (where, found))), error.says)))
