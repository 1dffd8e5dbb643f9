"""Shared goals: points that people set aside together, spent or given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.books import ASK_FROM, BOB, CLEO, Goal, Model, check
from tests.circulation.giving import people, picks

if TYPE_CHECKING:
    from tests.circulation.town import Town

MOST_OPEN, DAYS = 5, 6


@dataclass(frozen=True)
class StartGoal(Act):
    who: str
    goal: int
    """0: for the first reward there is, at its price."""

    def do(self, town: Town) -> bool:
        return town.starts_goal(self.who, self.goal, DAYS)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        model.check_here(self.who)
        reward = "" if self.goal else "reward mug"
        goal = self.goal or model.rewards[reward].price
        check(goal < ASK_FROM or self.who in (BOB, CLEO))
        check(sum(one.starter == self.who and one.state == "open" for one in model.goals.values()) < MOST_OPEN)
        model.goals[made["goal"]] = Goal(self.who, goal, reward, model.today + timedelta(days=DAYS))


@dataclass(frozen=True)
class Add(Act):
    who: str
    goal: int | str
    points: int

    def aimed(self, model: Model) -> Add | None:
        return self.at("goal", model.goals)

    def do(self, town: Town) -> bool:
        return town.sends(self.who, "pool_add", {"id": str(self.goal)}, points=str(self.points))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        goal = model.goals[str(self.goal)]
        model.check_here(self.who)
        check(goal.state == "open" and model.today <= goal.ends)
        if self.points >= goal.goal - goal.have:
            give_back(model, goal, model.gone)
        missing = goal.goal - goal.have
        goal.parts.append((self.who, model.purses[self.who].take(min(self.points, missing))))
        if goal.have == goal.goal:
            _reach(model, goal)


def _reach(model: Model, goal: Goal) -> None:
    reward = model.rewards.get(goal.reward)
    if reward and reward.stock == 0:
        give_back(model, goal, set(model.purses))
        goal.state = "gone"
        return
    if reward and reward.stock is not None:
        reward.stock -= 1
    model.spent += goal.goal
    goal.spent = [(name, sum(lot.points for lot in held)) for name, held in goal.parts]
    goal.parts, goal.state = [], "reached"


def give_back(model: Model, goal: Goal, people: set[str]) -> None:
    for name, held in goal.parts:
        if name in people:
            model.purses[name].put_back(held)
    goal.parts = [one for one in goal.parts if one[0] not in people]


@dataclass(frozen=True)
class TakeOut(Act):
    who: str
    goal: int | str

    def aimed(self, model: Model) -> TakeOut | None:
        aimed = self.at("goal", {id: one for id, one in model.goals.items() if one.parts} or model.goals)
        if aimed and self.who == "the first":
            parts = model.goals[str(aimed.goal)].parts
            return replace(aimed, who=parts[0][0] if parts else BOB)
        return aimed

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "pool_back", id=str(self.goal))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        goal = model.goals[str(self.goal)]
        model.check_here(self.who)
        check(goal.state == "open" and any(name == self.who for name, _ in goal.parts))
        give_back(model, goal, {self.who})


@dataclass(frozen=True)
class GiveUp(Act):
    who: str
    goal: int | str

    def aimed(self, model: Model) -> GiveUp | None:
        return self.at("goal", model.goals)

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "pool_cancel", id=str(self.goal))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        goal = model.goals[str(self.goal)]
        model.check_here(self.who)
        check(goal.state == "open" and self.who in (goal.starter, CLEO))
        give_back(model, goal, set(model.purses))
        goal.state = "cancelled"


@dataclass(frozen=True)
class CannotBeHad(Act):
    """What was reached together: everybody has their points back, as new as on that day."""

    who: str
    goal: int | str

    def aimed(self, model: Model) -> CannotBeHad | None:
        reached = {id: one for id, one in model.goals.items() if one.state == "reached"}
        aimed = self.at("goal", reached or model.goals)
        if aimed and self.who == "its helper":
            return replace(aimed, who=_helper(model, model.goals[str(aimed.goal)]))
        return aimed

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "pool_give_up", id=str(self.goal))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        goal = model.goals[str(self.goal)]
        model.check_here(self.who)
        check(self.who in (_helper(model, goal), CLEO))
        if goal.state != "reached":
            return
        goal.state = "gone"
        model.spent -= goal.goal
        reward = model.rewards.get(goal.reward)
        if reward and reward.stock is not None:
            reward.stock += 1
        for name, points in goal.spent:
            model.purses[name].put(points, model.at)


def _helper(model: Model, goal: Goal) -> str:
    """Bob hands out what is in the catalogue, but not to himself; else it is whoever started it."""
    if goal.reward:
        return CLEO if goal.starter == BOB else BOB
    return CLEO if goal.starter in model.gone else goal.starter


goals = st.one_of(
    st.builds(StartGoal, who=people, goal=st.sampled_from([0, 8, 20, 30])),
    st.builds(Add, who=people, goal=picks, points=st.integers(1, 25)),
    st.builds(Add, who=people, goal=picks, points=st.integers(1, 25)),
    st.builds(TakeOut, who=st.sampled_from(["the first", "ann", "bob"]), goal=picks),
    st.builds(GiveUp, who=people, goal=picks),
    st.builds(CannotBeHad, who=st.sampled_from(["its helper", "its helper", "ann"]), goal=picks),
)
