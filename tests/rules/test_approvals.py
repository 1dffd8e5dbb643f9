"""Which rule of approval holds."""

from __future__ import annotations

import pytest

from handlers.rules.approvals import default_rules, free_points, steps_of
from handlers.rules.money import Money
from store.approvals import ApprovalRuleFact as Rule


@pytest.mark.parametrize(
    ("worth", "points"),
    [(None, 1000), (Money(5, "EUR"), 1000), (Money(100, "EUR"), 50), (Money(3, "JPY"), 16), (Money(5, "KWD"), 10_000)],
)
def test_fifty_units_of_currency_are_free(worth: Money | None, points: int) -> None:
    assert free_points(worth) == points
    assert steps(default_rules(worth), points=points) == ()
    assert steps(default_rules(worth), points=points + 1) == ("manager",)
    assert steps(default_rules(worth), points=points + 1, kind="award") == ("owner",)


RULES = [
    Rule(id="5", least=5000, first="manager", second="administrator"),
    Rule(id="4", least=100, kind="award", first=""),
    Rule(id="3", least=100, giver_id="bob", first="ann"),
    Rule(id="2", least=100, department="Support", first="owner"),
    Rule(id="1", least=0, first="manager"),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"points": 5000}, ("manager", "administrator")),
        ({"points": 100, "kind": "award"}, ()),
        ({"points": 100, "asker_id": "bob"}, ("ann",)),
        ({"points": 100, "department": "support"}, ("owner",)),
        ({"points": 100, "department": "Sales"}, ("manager",)),
        ({"points": 99, "department": "Support"}, ("manager",)),
    ],
)
def test_the_first_rule_that_fits_holds(asked: dict[str, object], expected: tuple[str, ...]) -> None:
    assert steps(RULES, **asked) == expected


def test_where_none_fits_nobody_has_to_agree() -> None:
    assert steps(RULES[:3], points=99) == ()


def steps(rules: list[Rule], **asked: object) -> tuple[str, ...]:
    usual = {"kind": "redemption", "points": 0, "department": "", "asker_id": "cleo"}
    return steps_of(rules, **usual | asked)  # type: ignore[arg-type]
