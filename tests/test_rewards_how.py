"""`/rewards how`: every rule in force is told, to everybody, as it is now."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from cards.render import Target, render, sample
from handlers.rules.policy import Board, Policy
from tests.world import World

OTHERWISE: dict[str, Any] = {
    "weekly_allowance": 77,
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
}


def told(policy: Policy) -> str:
    data = dict(sample("rewards_how")) | {"policy": asdict(policy) | {"board": policy.board.value}}
    return render("rewards_how", data, Target("plain")).text


@pytest.mark.parametrize("field", [one.name for one in fields(Policy)])
def test_every_rule_of_the_policy_is_told(field: str) -> None:
    """A rule that is added to the policy is told, or this fails."""
    other = told(replace(Policy(), **{field: OTHERWISE[field]}))
    assert other != told(Policy())
    if isinstance(OTHERWISE[field], int) and not isinstance(OTHERWISE[field], bool):
        assert f"{OTHERWISE[field]:,}" in other


@pytest.mark.parametrize("typed", ["how", ""])
async def test_everybody_reads_the_rules_in_force(world: World, typed: str) -> None:
    world.change("""UPDATE tenant SET policy = '{"weekly_allowance": 80, "undo_minutes": 0}'""")
    await world.slack.command("bob", "#general", "/rewards", typed)
    rules = text_of(world.answer("bob"))
    assert "*80 points* to give in a week" in rules
    assert "cannot be taken back" in rules
    assert "🤝 *teamwork*: We win together" in rules
    assert "else in *<#C2>*" in rules
