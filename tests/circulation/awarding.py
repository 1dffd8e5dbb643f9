"""Budgets and awards: topped up, awarded, agreed to, withdrawn. Also what is decided about orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.books import ASK_FROM_AWARD, BOB, CLEO, COMPANY, STAFF, TEAM, Asked, Award, Gift, Model, check
from tests.circulation.giving import keep, people, picks

if TYPE_CHECKING:
    from tests.circulation.town import Town

OWNERS = {BOB: TEAM, CLEO: COMPANY}
owners = st.sampled_from([BOB, BOB, CLEO, "ann"])


@dataclass(frozen=True)
class Reward(Act):
    giver: str
    receivers: tuple[str, ...]
    points: int
    days: int
    """Until it arrives; 0 is at once."""

    def do(self, town: Town) -> bool:
        day = (town.house.clock().date() + timedelta(days=self.days)).isoformat() if self.days else ""
        return town.awards(self.giver, OWNERS.get(self.giver, TEAM), self.receivers, self.points, day)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        model.check_here(self.giver, *self.receivers)
        check(self.giver in OWNERS and self.giver not in self.receivers)
        check(self.giver == CLEO or set(self.receivers) <= set(STAFF))
        model.renew()
        total = self.points * len(self.receivers)
        check(model.budgets.take(OWNERS[self.giver], total))
        asks = total >= ASK_FROM_AWARD
        check(not asks or self.giver == BOB)  # there is nobody above Cleo
        award = Award(
            giver=self.giver,
            budget=OWNERS[self.giver],
            receivers=self.receivers,
            points=self.points,
            day=model.today + timedelta(days=self.days) if self.days else None,
            state="asked" if asks else "due" if self.days else "given",
            at=model.at,
        )
        model.awards[made["award"]] = award
        if asks:
            model.asked[made["award"]] = Asked("award", BOB, {CLEO}, model.today)
        if award.state == "given":
            _becomes_gift(model, made["award"], award, award.receivers)


def arrive(model: Model, id: str) -> None:
    """An award that waited reaches those who are still here; the rest goes back."""
    award = model.awards[id]
    here = tuple(one for one in award.receivers if one not in model.gone)
    award.state = "given" if here else "void"
    model.budgets.come_back(award.budget, award.points * (len(award.receivers) - len(here)), award.at)
    if here:
        _becomes_gift(model, id, award, here)


def _becomes_gift(model: Model, id: str, award: Award, receivers: tuple[str, ...]) -> None:
    keep(model, id, Gift(award.giver, receivers, award.points, model.at, budget=award.budget))


def end_award(model: Model, id: str, state: str) -> None:
    award = model.awards[id]
    award.state = state
    model.budgets.come_back(award.budget, award.total, award.at)


@dataclass(frozen=True)
class Withdraw(Act):
    who: str
    award: int | str

    def aimed(self, model: Model) -> Withdraw | None:
        return self.at("award", model.awards)

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "award_withdraw", id=str(self.award))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        award = model.awards[str(self.award)]
        check(self.who == award.giver and award.state in ("asked", "due"))
        if str(self.award) in model.asked:
            model.asked[str(self.award)].is_open = False
        end_award(model, str(self.award), "withdrawn")


@dataclass(frozen=True)
class TopUp(Act):
    who: str
    budget: str
    points: int

    def do(self, town: Town) -> bool:
        return town.sends(
            self.who, "budget_top_up", {"budget": self.budget}, points=str(self.points), reason=town.reason()
        )

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        check(self.who == CLEO)
        model.renew()
        model.budgets.give(self.budget, self.points)
        check(model.budgets.take(model.budgets.budgets[self.budget].above, self.points))


@dataclass(frozen=True)
class MovePoints(Act):
    who: str
    source: str
    target: str
    points: int

    def do(self, town: Town) -> bool:
        return town.sends(
            self.who,
            "budget_move",
            {"budget": self.source},
            target=self.target,
            points=str(self.points),
            reason=town.reason(),
        )

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        check(self.who == CLEO or (self.who == BOB and self.source == TEAM and self.target == COMPANY))
        check(self.source != self.target)
        model.renew()
        model.budgets.give(None if self.target == "organisation" else self.target, self.points)
        check(model.budgets.take(self.source, self.points))


budgets = st.sampled_from([COMPANY, TEAM])
awarding = st.one_of(
    st.builds(
        Reward,
        giver=owners,
        receivers=st.lists(people, min_size=1, max_size=3, unique=True).map(tuple)
        | st.lists(st.sampled_from(STAFF), min_size=1, max_size=3, unique=True).map(tuple),
        points=st.sampled_from([5, 12, 20, 31, 60]),
        days=st.sampled_from([0, 0, 0, 1, 3]),
    ),
    st.builds(Withdraw, who=owners, award=picks),
    st.builds(TopUp, who=st.sampled_from([BOB, CLEO, CLEO]), budget=budgets, points=st.sampled_from([10, 45, 200])),
    st.builds(
        MovePoints,
        who=st.sampled_from([BOB, CLEO, CLEO]),
        source=budgets,
        target=st.sampled_from([COMPANY, TEAM, "organisation"]),
        points=st.sampled_from([10, 45, 200]),
    ),
)
