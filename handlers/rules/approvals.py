"""Which rule of approval holds, and what holds where a tenant has none."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.rules.money import EXPONENTS, Money
from store.approvals import ApprovalRuleFact
from store.types import Points

MANAGER, OWNER, ADMINISTRATOR = "manager", "owner", "administrator"
WORDS = (MANAGER, OWNER, ADMINISTRATOR)
"""Who agrees, beside named people: whoever the asker reports to, the owner of the budget above, any administrator."""

FREE_UNITS = 50
"""Of currency, up to which nobody has to agree where a tenant has no rule."""
FREE_POINTS = 1_000
"""The same where points have no worth."""

REMIND_AFTER, ESCALATE_AFTER, LAPSE_AFTER = 2, 5, 14
"""Working days since a step began."""


def free_points(worth: Money | None) -> Points:
    """Points up to which nobody has to agree without a rule: those of 50 units of currency, rounded down."""
    if worth is None:
        return FREE_POINTS
    return int(FREE_UNITS * 10 ** EXPONENTS[worth.currency] // worth.minor)


def default_rules(worth: Money | None, cost: Money | None = None) -> list[ApprovalRuleFact]:
    """What holds while a tenant has no rule. `cost` is of all that is asked for: either may be above the limit."""
    least = free_points(worth) + 1
    if cost is not None and cost.minor > FREE_UNITS * 10 ** EXPONENTS[cost.currency]:
        least = 1
    elif cost is not None and worth is None:
        return []
    return [
        ApprovalRuleFact(id="", kind="redemption", least=least, first=MANAGER),
        ApprovalRuleFact(id="", kind="award", least=least, first=OWNER),
    ]


def steps_of(
    rules: Iterable[ApprovalRuleFact], *, kind: str, points: Points, department: str, asker_id: str
) -> tuple[str, ...]:
    """Who agrees by the first rule that fits, in the order of the rules. Where none fits, nobody has to."""
    for rule in rules:
        fits = rule.kind in ("", kind) and points >= rule.least
        if fits and rule.department.casefold() in ("", department.casefold()) and rule.giver_id in ("", asker_id):
            return tuple(one for one in (rule.first, rule.second) if one)
    return ()
