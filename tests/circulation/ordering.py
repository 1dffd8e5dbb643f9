"""Orders: of things, codes, places and from a vendor; and everything that becomes of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.books import ASK_FROM, BOB, CLEO, STAFF, Asked, Line, Model, Order, check
from tests.circulation.giving import people, picks

if TYPE_CHECKING:
    from tests.circulation.town import Town

UNDER_WAY = ("ordered", "started")
CAME_TO_NOTHING = ("declined", "cancelled", "failed", "lapsed")


@dataclass(frozen=True)
class Buy(Act):
    person: str
    reward: int | str
    date: int | str
    share: int
    """Of a price that may be paid in part."""

    def aimed(self, model: Model) -> Buy | None:
        aimed = self.at("reward", model.rewards)
        return (aimed and aimed.at("date", model.dates)) or aimed

    def do(self, town: Town) -> bool:
        return town.buys(self.person, str(self.reward), pay=str(self.share), date=str(self.date))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        model.check_here(self.person)
        reward = model.rewards[str(self.reward)]
        check(reward.stock != 0)
        check(not reward.limit or _lately(model, self.person, str(self.reward)) < reward.limit)
        if reward.kind == "experience" and self._waits(model, made):
            return
        points = self.share if reward.least else reward.price
        held = model.purses[self.person].take(points)
        order = Order(self.person, str(self.reward), points, "ordered", model.at, held)
        if reward.stock is not None:
            reward.stock -= 1
        if reward.kind == "experience":
            order.date = str(self.date)
        id = made["order"]
        model.orders[id] = order
        if points >= ASK_FROM:
            check(self.person != CLEO)
            order.state = "asked"
            model.asked[id] = Asked("order", self.person, {BOB if self.person in STAFF else CLEO}, model.today)
        else:
            _go_on(model, id)

    def _waits(self, model: Model, made: Mapping[str, str]) -> bool:
        """Takes a place, or one in line."""
        date = model.dates.get(str(self.date))
        check(date and date.state == "open" and date.begins > model.at)
        assert date
        check(not any(one.person == self.person and _is_open(one) for one in _orders_for(model, str(self.date))))
        mine = {one.state: one for one in model.lines.values() if (one.date, one.person) == (self.date, self.person)}
        if "offered" in mine:
            mine["offered"].state = "taken"
            return False
        if date.taken < date.places:
            date.taken += 1
            if "waiting" in mine:
                mine["waiting"].state = "taken"
            return False
        if "waiting" not in mine:
            model.lines[made["line"]] = Line(str(self.date), self.person, "waiting")
        return True


def _lately(model: Model, person: str, reward: str) -> int:
    mine = (one for one in model.orders.values() if (one.person, one.reward) == (person, reward))
    return sum(
        one.state not in CAME_TO_NOTHING and (one.at.year, one.at.month) == (model.at.year, model.at.month)
        for one in mine
    )


def _orders_for(model: Model, date: str) -> list[Order]:
    return [one for one in model.orders.values() if one.date == date]


def _is_open(order: Order) -> bool:
    return order.state in ("asked", *UNDER_WAY)


# --- what becomes of an order -----------------------------------------------------------------------------


def begin(model: Model, id: str) -> None:
    """Somebody agreed to it."""
    model.orders[id].state = "ordered"
    model.orders[id].told += 1
    _go_on(model, id)


def _go_on(model: Model, id: str) -> None:
    order = model.orders[id]
    kind = model.rewards[order.reward].kind
    if kind == "codes":
        spend(model, id, told=False)
    if kind == "webhook":
        model.calls[id] = "waiting"
    if kind == "experience":
        date = model.dates[order.date]
        if date.state != "open" or date.begins <= model.at:
            end_order(model, id, "failed", told=False)


def spend(model: Model, id: str, *, told: bool = True) -> None:
    order = model.orders[id]
    order.state = "fulfilled"
    order.told += told
    model.spent += order.points


def end_order(model: Model, id: str, state: str, *, told: bool = True) -> None:
    """The points come back, and so does what was taken."""
    order = model.orders[id]
    order.state = state
    order.told += told
    model.purses[order.person].put_back(order.held)
    reward = model.rewards[order.reward]
    if reward.stock is not None:
        reward.stock += 1
    if order.date:
        pass_on(model, order.date)
    if model.calls.get(id) in ("waiting", "claimed", "sent"):
        model.calls[id] = "withdrawn"


def pass_on(model: Model, date_id: str) -> None:
    """A place is free: it is kept for the first in line who is here, for a day."""
    date = model.dates[date_id]
    if date.state == "open" and date.begins > model.at:
        for id in sorted(model.lines):
            line = model.lines[id]
            if line.date == date_id and line.state == "waiting" and line.person not in model.gone:
                line.state, line.until = "offered", min(model.at + timedelta(days=1), date.begins)
                return
    date.taken -= 1


# --- who does what with it --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Handle(Act):
    """A button of an order, or a form. `who` may be whoever ordered it, or whoever hands it out."""

    who: str
    order: int | str
    how: str

    def aimed(self, model: Model) -> Handle | None:
        aimed = self.at("order", {id: one for id, one in model.orders.items() if _is_open(one)} or model.orders)
        if not aimed:
            return None
        person = model.orders[str(aimed.order)].person
        usual = person if self.how == "cancel" else CLEO if person == BOB else BOB
        return replace(aimed, who=usual) if self.who == "usual" else aimed

    def do(self, town: Town) -> bool:
        match self.how:
            case "cancel":
                return town.tap(self.who, "order_cancel", id=str(self.order))
            case "start":
                return town.tap(self.who, "order_start", id=str(self.order))
            case "done":
                return town.sends(self.who, "order_done", {"id": str(self.order)})
            case _:
                return town.sends(self.who, "order_decline", {"id": str(self.order)}, reason="none left")

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        id = str(self.order)
        order = model.orders[id]
        model.check_here(self.who)
        by_hand = model.rewards[order.reward].kind == "manual"
        if self.how == "cancel":
            check(self.who == order.person and order.state in ("asked", "ordered"))
            if id in model.asked:
                model.asked[id].is_open = False
            end_order(model, id, "cancelled", told=False)
            return
        check(self._hands_out(order, by_hand=by_hand))
        if self.how == "start":
            if by_hand and order.state == "ordered":
                order.state = "started"
            return
        check(order.state in UNDER_WAY)
        if self.how == "done":
            check(by_hand)
            spend(model, id)
        else:
            check(by_hand or order.state == "ordered")
            end_order(model, id, "declined")

    def _hands_out(self, order: Order, *, by_hand: bool) -> bool:
        """Bob what is handed out by hand, but to himself; Cleo everything, but that to herself."""
        if by_hand:
            return (self.who == BOB and order.person != BOB) or (self.who == CLEO and order.person != CLEO)
        return self.who == CLEO


@dataclass(frozen=True)
class LeaveLine(Act):
    line: int | str

    def aimed(self, model: Model) -> LeaveLine | None:
        return self.at("line", model.lines)

    def do(self, town: Town) -> bool:
        return town.tap(town.person_in(str(self.line)), "experience_leave", id=str(self.line))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        line = model.lines[str(self.line)]
        model.check_here(line.person)
        check(line.state in ("offered", "waiting"))
        was, line.state = line.state, "left"
        if was == "offered":
            pass_on(model, line.date)


# --- who runs it ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Restock(Act):
    reward: int | str
    more: int

    def aimed(self, model: Model) -> Restock | None:
        kinds = ("manual", "codes")
        return self.at(
            "reward", {id: one for id, one in model.rewards.items() if one.kind in kinds and one.stock is not None}
        )

    def do(self, town: Town) -> bool:
        if "code" in str(self.reward):
            return town.sends(CLEO, "admin_codes", {"reward": str(self.reward)}, codes=town.new_codes(self.more))
        return town.sends(CLEO, "admin_restock", {"reward": str(self.reward)}, more=str(self.more))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        stock = model.rewards[str(self.reward)].stock
        assert stock is not None
        model.rewards[str(self.reward)].stock = stock + self.more


@dataclass(frozen=True)
class CallOff(Act):
    """A date."""

    date: int | str

    def aimed(self, model: Model) -> CallOff | None:
        return self.at("date", model.dates)

    def do(self, town: Town) -> bool:
        return town.tap(CLEO, "admin_session_cancel", id=str(self.date))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        check(model.dates[str(self.date)].state == "open")
        model.dates[str(self.date)].state = "cancelled"


who = st.sampled_from(["usual"] * 15 + [*STAFF, BOB, CLEO])
hows = st.sampled_from(["cancel", "start", "done", "done", "decline"])
ordering = st.one_of(
    st.builds(Buy, person=people, reward=st.just(3), date=picks, share=st.just(4)),  # places, which are few
    st.builds(Buy, person=people, reward=picks, date=picks, share=st.integers(4, 10)),
    st.builds(Buy, person=people, reward=picks, date=picks, share=st.integers(4, 10)),
    st.builds(Handle, who=who, order=picks, how=hows),
    st.builds(Handle, who=who, order=picks, how=hows),
    st.builds(LeaveLine, line=picks),
    st.builds(Restock, reward=picks, more=st.integers(1, 2)),
    st.builds(CallOff, date=picks),
)
