"""A whole number is read as it was meant, or not at all."""

from __future__ import annotations

import pytest

from handlers.rules.whole_numbers import read_whole


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", 0),
        (" +100 ", 100),
        ("1,000", 1_000),
        ("1.000", 1_000),
        ("1 000", 1_000),
        ("1\u202f000", 1_000),
        ("12'345'678", 12_345_678),
        ("100000000", 100_000_000),
    ],
)
def test_groups_of_three_are_one_number(typed: str, meant: int) -> None:
    assert read_whole(typed) == meant


@pytest.mark.parametrize(
    "typed",
    ["", "+", "-5", "1,5", "1.5", "10,00", "1,0000", "1,000.00", "1,000.000", "٥٠", "5 EUR", "1e3", "9" * 13],
)
def test_what_may_have_decimals_is_no_whole_number(typed: str) -> None:
    assert read_whole(typed) is None
