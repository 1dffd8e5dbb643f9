"""`/rewards how`: every rule in force is told, to everybody, as it is now."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from cards.render import Target, render, sample
from handlers.rules.periods import Every
from handlers.rules.policy import Board, Policy, PoolsBy
from tests.world import World

OTHERWISE: dict[str, Any] = {
    "allowance": 77,
    "allowance_period": Every.MONTH,
    "rollover_periods": 3,
    "pair_limit": True,
    "managers_award_all": True,
    "pools_by": PoolsBy.OWNERS,
    "allowance_since": "2026-11-22",
    "point_worth": 7,
    "currency": "EUR",
    "boost_points": 13,
    "reaction": "tada",
    "channel_posts": 14,
    "default_points": 6,
    "most_points": 24,
    "most_receivers": 19,
    "reason_least": 4,
    "reason_most": 1999,
    "undo_minutes": 11,
    "repeat_s": 61,
    "guests_receive": True,
    "strangers_receive": True,
    "board": Board.TEAMS,
    "week_post": False,
    "celebrations": False,
    "reminders": False,
    "points_expire_months": 18,
    "points_expire_since": "2026-11-22",
    "leavers_days": 45,
}


MONEY = ("point_worth", "currency")


def told(policy: Policy) -> str:
    data = dict(sample("rewards_how")) | {
        "policy": asdict(policy),
        "worth": str(policy.worth or ""),
        "since": policy.points_expire_since,
        "own": policy.allowance,
    }
    return render("rewards_how", data, Target("plain")).text


@pytest.mark.parametrize("field", [one.name for one in fields(Policy) if one.name != "purposes"])
def test_every_rule_of_the_policy_is_told(field: str) -> None:
    """A rule that is added to the policy is told, or this fails. What holds of purposes is told by `/my-choices`."""
    rules = {one: OTHERWISE[one] for one in ("point_worth", "currency")} if field in MONEY else {}
    if field == "points_expire_since":  # of a rule that there is only then
        rules = {"points_expire_months": 18}
    other = told(replace(Policy(), **rules | {field: OTHERWISE[field]}))
    assert other != told(replace(Policy(), **rules if field == "points_expire_since" else {}))
    if field in MONEY:
        assert "0.07 EUR" in other
        return
    if isinstance(OTHERWISE[field], int) and not isinstance(OTHERWISE[field], bool):
        assert f"{OTHERWISE[field]:,}" in other


async def test_everybody_reads_the_rules_in_force(world: World) -> None:
    world.change("""UPDATE tenant SET policy = '{"weekly_allowance": 80, "undo_minutes": 0}'""")
    await world.slack.command("bob", "#general", "/rewards", "how")
    rules = text_of(world.answer("bob"))
    assert "*80 points* to give in a week" in rules
    assert "cannot be taken back" in rules
    assert "🤝 *teamwork*: We win together" in rules
    assert "else in *<#C2>*" in rules
