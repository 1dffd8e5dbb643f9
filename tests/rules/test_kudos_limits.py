"""The bounds of a recognition."""

from __future__ import annotations

import pytest

from handlers.rules.limits import TooFew, TooLong, TooMany, TooShort, check_points, check_reason


@pytest.mark.parametrize(
    ("points", "found"), [(1, None), (50, None), (0, TooFew(1)), (-5, TooFew(1)), (51, TooMany(50))]
)
def test_points_lie_within_both_bounds(points: int, found: TooFew | TooMany | None) -> None:
    assert check_points(points, least=1, most=50) == found


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("Thx", None),
        ("ty", TooShort(3)),
        ("  ty  ", TooShort(3)),
        ("e\u0301te", None),  # three characters, typed as four
        ("e\u0301e\u0301", TooShort(3)),  # two, typed as four
        ("x" * 2000, None),
        ("e\u0301" * 2000, None),
        ("x" * 2003, TooLong(2000, over=3)),
    ],
)
def test_a_reason_is_measured_in_composed_characters(reason: str, found: TooShort | TooLong | None) -> None:
    assert check_reason(reason) == found
