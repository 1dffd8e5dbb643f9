"""Kudos: given, boosted, undone by their giver, taken back by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.books import BOOST, CLEO, PEOPLE, Gift, Model, check

if TYPE_CHECKING:
    from tests.circulation.town import Town

people = st.sampled_from(PEOPLE)
picks = st.integers(0, 60)
GRACE = timedelta(minutes=10)


@dataclass(frozen=True)
class Give(Act):
    giver: str
    receivers: tuple[str, ...]
    points: int

    def do(self, town: Town) -> bool:
        return town.thanks(self.giver, self.receivers, self.points)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        model.check_here(self.giver, *self.receivers)
        check(self.giver not in self.receivers)
        model.give_away(self.giver, self.points * len(self.receivers))
        gift = Gift(self.giver, self.receivers, self.points, model.at, week=model.week)
        keep(model, made["gift"], gift)


def keep(model: Model, id: str, gift: Gift) -> None:
    model.gifts[id] = gift
    for one in gift.receivers:
        model.purses[one].put(gift.points, model.at, id)


@dataclass(frozen=True)
class Boost(Act):
    who: str
    gift: int | str

    def aimed(self, model: Model) -> Boost | None:
        return self.at("gift", model.gifts)

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "boost", id=str(self.gift))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        gift = model.gifts[str(self.gift)]
        model.check_here(self.who, *gift.receivers)
        check(self.who not in (gift.giver, *gift.receivers) and self.who not in gift.boosts and not gift.is_back)
        model.give_away(self.who, BOOST * len(gift.receivers))
        gift.boosts[self.who] = (model.at, model.week)
        for one in gift.receivers:
            model.purses[one].put(BOOST, model.at, f"{self.gift} {self.who}")


@dataclass(frozen=True)
class Undo(Act):
    who: str
    gift: int | str
    """The latest ones have the low numbers."""

    def aimed(self, model: Model) -> Undo | None:
        aimed = self.at("gift", dict.fromkeys(sorted(model.gifts)[-4:]))
        if aimed and self.who == "giver":
            return Undo(model.gifts[str(aimed.gift)].giver, aimed.gift)
        return aimed

    def do(self, town: Town) -> bool:
        return town.tap(self.who, "undo", id=str(self.gift))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        gift = model.gifts[str(self.gift)]
        model.check_here(self.who)
        check(self.who == gift.giver and not gift.is_back and model.at <= gift.at + GRACE)
        points = take_off(model, str(self.gift), gift.receivers, gift.points)
        if gift.budget:
            model.budgets.come_back(gift.budget, points, gift.at)
        else:
            model.allowances[gift.giver, gift.week] += points
        for booster in gift.in_order():
            points = take_off(model, f"{self.gift} {booster}", gift.receivers, BOOST)
            model.allowances[booster, gift.boosts[booster][1]] += points
        gift.is_back = True


@dataclass(frozen=True)
class TakeBack(Act):
    who: str
    gift: int | str

    def aimed(self, model: Model) -> TakeBack | None:
        return self.at("gift", model.gifts)

    def do(self, town: Town) -> bool:
        return town.sends(self.who, "admin_take_back", {"id": str(self.gift)}, reason="a slip")

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        gift = model.gifts[str(self.gift)]
        check(self.who == CLEO and not gift.is_back)
        take_off(model, str(self.gift), gift.receivers, gift.points)
        for booster in gift.in_order():
            take_off(model, f"{self.gift} {booster}", gift.receivers, BOOST)
        gift.is_back = True


def take_off(model: Model, of: str, receivers: tuple[str, ...], points: int) -> int:
    """From each what they have of it: as many points as come back in all."""
    back = 0
    for one in receivers:
        purse = model.purses[one]
        back += sum(lot.points for lot in purse.take(min(points, purse.holds), of))
    return back


giving = st.one_of(
    st.builds(
        Give,
        giver=people,
        receivers=st.lists(people, min_size=1, max_size=2, unique=True).map(tuple),
        points=st.integers(1, 14),
    ),
    st.builds(Boost, who=people, gift=picks),
    st.builds(Undo, who=st.sampled_from(["giver", "giver", *PEOPLE]), gift=picks),
    st.builds(TakeBack, who=st.sampled_from([CLEO, CLEO, "ann"]), gift=picks),
)
