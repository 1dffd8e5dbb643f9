"""What a vendor is told of orders, and what it says: late, twice, wrongly or never."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.books import Model, check
from tests.circulation.giving import picks
from tests.circulation.ordering import UNDER_WAY, end_order, spend

if TYPE_CHECKING:
    from tests.circulation.town import Town


@dataclass(frozen=True)
class Call(Act):
    """The vendor is called about an order that waits for that."""

    order: int | str

    def aimed(self, model: Model) -> Call | None:
        return self.at("order", {id: one for id, one in model.calls.items() if one == "waiting"})

    def do(self, town: Town) -> bool:
        return town.calls_vendor(str(self.order))

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        check(model.calls[str(self.order)] == "waiting")
        model.calls[str(self.order)] = "claimed"
        model.orders[str(self.order)].state = "started"


@dataclass(frozen=True)
class Answered(Act):
    """What the vendor says to the call: taken, refused, or to come again."""

    order: int | str
    says: str

    def aimed(self, model: Model) -> Answered | None:
        return self.at("order", {id: one for id, one in model.calls.items() if one == "claimed"})

    def do(self, town: Town) -> bool:
        return town.vendor_answers(str(self.order), self.says)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        id = str(self.order)
        if model.calls[id] != "claimed":
            return  # it called back meanwhile
        if self.says == "refused":
            end_order(model, id, "failed")
        model.calls[id] = {"taken": "sent", "refused": "given up", "again": "waiting"}[self.says]


@dataclass(frozen=True)
class CallBack(Act):
    """Late, twice or wrong: about any order, in any state."""

    order: int | str
    state: str

    def aimed(self, model: Model) -> CallBack | None:
        return self.at("order", model.calls if int(self.order) % 5 else model.orders)

    def do(self, town: Town) -> bool:
        return town.vendor_calls_back(str(self.order), self.state)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        id = str(self.order)
        order = model.orders[id]
        check(id in model.calls and order.state in UNDER_WAY)
        if self.state == "started":
            check(order.state == "ordered")
            order.state = "started"
        elif self.state == "fulfilled":
            spend(model, id)
            model.calls[id] = "answered"
        else:
            end_order(model, id, "failed")
            model.calls[id] = "given up"


calling = st.one_of(
    st.builds(Call, order=picks),
    st.builds(Answered, order=picks, says=st.sampled_from(["taken", "taken", "refused", "again"])),
    st.builds(CallBack, order=picks, state=st.sampled_from(["started", "fulfilled", "fulfilled", "failed"])),
)
