"""Comma-separated text for spreadsheets: RFC 4180, and no cell is a formula.

Source of the rule: OWASP, "CSV Injection". Spreadsheets run a cell that begins with one of these signs.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Cell: TypeAlias = str | int
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_csv(header: Sequence[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Numbers stay numbers, with their sign; a text that a spreadsheet would run is led by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([safe_cell(one) for one in row] for row in rows)
    return text.getvalue()


def safe_cell(cell: Cell) -> Cell:
    """A text as spreadsheets show it and never run it, in one line."""
    if isinstance(cell, int):
        return cell
    line = " ".join(cell.replace("\0", "").split()) if not cell.isprintable() else cell
    return f"'{line}" if line.lstrip().startswith(_FORMULAS) or cell.startswith(_FORMULAS) else line
