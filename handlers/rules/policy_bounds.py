"""What a policy may say: the least and the most of every number, and what must fit together.

The bounds are ours: what a week can hold, and what the platforms' messages and forms can show.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from handlers.rules.policy import Policy

BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "allowance": (1, 10_000),
        "rollover_periods": (0, 4),
        "default_points": (1, 10_000),
        "most_points": (1, 10_000),
        "boost_points": (0, 10_000),
        "most_receivers": (1, 50),
        "undo_minutes": (0, 1_440),
        "channel_posts": (0, 1_000),
        "repeat_s": (0, 3_600),
        "reason_least": (1, 50),
        "reason_most": (50, 2_000),
        "points_expire_months": (0, 120),
        "leavers_days": (0, 3_650),
    }
)
"""By field of `Policy`; both ends are allowed."""


def problems_of(policy: Policy) -> dict[str, str]:
    """What is wrong, by field: a sentence each. Empty for a policy that can be in force."""
    beyond = beyond_bounds(policy)
    return beyond | {field: sentence for field, sentence in misfits_of(policy).items() if field not in beyond}


def beyond_bounds(policy: Policy) -> dict[str, str]:
    """Which numbers are too low or too high by themselves, by field: a sentence each."""
    return {
        field: f"This goes from {least:,} to {most:,}."
        for field, (least, most) in BOUNDS.items()
        if not least <= getattr(policy, field) <= most
    }


def misfits_of(policy: Policy) -> dict[str, str]:
    """Which rules do not go with each other, by the field that is too high: a sentence each."""
    problems = {}
    if policy.most_points > policy.allowance:
        problems["most_points"] = (
            f"One person may get {policy.most_points:,} points at once, "
            f"which is more than {policy.allowance:,} a {policy.allowance_period}."
        )
    if policy.default_points > policy.most_points:
        problems["default_points"] = (
            f"Points where none are written are {policy.default_points:,}. "
            f"That is more than one person may get at once, which is {policy.most_points:,}."
        )
    if policy.boost_points > policy.most_points:
        problems["boost_points"] = (
            f"A boost adds {policy.boost_points:,} points, which is more than one person may get at once: "
            f"{policy.most_points:,}."
        )
    if policy.reason_least > policy.reason_most:
        problems["reason_least"] = (
            f"A reason has {policy.reason_least:,} characters at least, "
            f"which is more than it has at most: {policy.reason_most:,}."
        )
    return problems
