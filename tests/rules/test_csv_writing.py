"""What is written for spreadsheets is read back as it was, and nothing of it runs."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.csv_writing import write_csv


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", '=HYPERLINK("http://x")', "\r=1"]
)
def test_no_text_is_a_formula(cell: str) -> None:
    (_, (written, number)) = csv.reader(io.StringIO(write_csv(["What", "Points"], [[cell, -5]]), newline=""))
    assert written.startswith("'")
    assert number == "-5"


@given(st.lists(st.tuples(st.text(), st.integers()), max_size=5))
def test_every_row_is_one_line_of_as_many_cells(rows: list[tuple[str, int]]) -> None:
    text = write_csv(["What", "Points"], rows)
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert [len(one) for one in read] == [2] * (len(rows) + 1)
    assert [int(one[1]) for one in read[1:]] == [one[1] for one in rows]
    assert text.count("\r\n") == len(rows) + 1
    for what, _ in read[1:]:
        assert not what.startswith(("=", "+", "-", "@", "\t", "\r"))
