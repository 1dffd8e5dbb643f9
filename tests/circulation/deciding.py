"""Agreeing to awards and orders, or not: by whoever was asked, and by others who press the button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.circulation.acting import Act
from tests.circulation.awarding import arrive, end_award
from tests.circulation.books import BOB, CLEO, Model, check
from tests.circulation.giving import picks
from tests.circulation.ordering import begin, end_order

if TYPE_CHECKING:
    from tests.circulation.town import Town


@dataclass(frozen=True)
class Decide(Act):
    who: str
    subject: int | str
    agrees: bool

    def aimed(self, model: Model) -> Decide | None:
        waiting = {id: one for id, one in model.asked.items() if one.is_open}
        aimed = self.at("subject", waiting or model.asked)
        if aimed and self.who == "whoever was asked":
            return replace(aimed, who=min(model.asked[str(aimed.subject)].deciders))
        return aimed

    def do(self, town: Town) -> bool:
        return town.decides(self.who, str(self.subject), agrees=self.agrees)

    def foretell(self, model: Model, made: Mapping[str, str]) -> None:
        asked, id = model.asked[str(self.subject)], str(self.subject)
        check(self.who in asked.deciders)
        if not asked.is_open:
            return  # the card shows who decided, and nothing happens
        asked.is_open = False
        if asked.kind == "award" and self.agrees:
            award = model.awards[id]
            if award.day is None or award.day <= model.today:
                arrive(model, id)
            else:
                award.state = "due"
        elif asked.kind == "award":
            end_award(model, id, "declined")
        elif self.agrees:
            begin(model, id)
        else:
            end_order(model, id, "declined")


deciding = st.builds(
    Decide, who=st.sampled_from(["whoever was asked", "whoever was asked", BOB, CLEO]), subject=picks, agrees=...
)
