"""Who may do what with a budget: its owner, whoever stands in for them, whoever owns one above it, administrators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from handlers.access import is_administrator
from handlers.budgets import Spendable, list_spendable
from handlers.context import Context
from handlers.refusals import Refusal
from store.budgets import BudgetFact, list_budgets


@dataclass(frozen=True, slots=True)
class Rights:
    """Of the actor, as the budgets are now. `mine` are those that they may spend today, `every` all that there are."""

    actor_id: str
    administers: bool
    mine: Mapping[str, Spendable]
    every: Mapping[str, BudgetFact]

    def may_see(self, budget: BudgetFact) -> bool:
        return self.administers or any(one.id in self.mine for one in (budget, *self._above(budget)))

    def may_fill(self, budget: BudgetFact) -> bool:
        """Points come from the budget above, for whoever may spend that; else administrators issue them."""
        if self.administers:
            return True
        above = self.mine.get(budget.parent_id or "")
        return above is not None and not self._to_oneself(above, budget)

    def may_move(self, source: BudgetFact, target: BudgetFact | None) -> bool:
        """Between budgets of one owner, and back to where it draws on. Back to the organisation: None."""
        if self.administers:
            return True
        if target is None or source.id not in self.mine:
            return False
        if self._to_oneself(self.mine[source.id], target):
            return False
        return target.id == source.parent_id or (target.id in self.mine and target.owner_id == source.owner_id)

    def targets(self, source: BudgetFact) -> list[BudgetFact]:
        """Where points of a budget may go, by name."""
        others = (one for one in self.every.values() if one.id != source.id and self.may_move(source, one))
        return sorted(others, key=by_name)

    def below(self, budget: BudgetFact) -> list[BudgetFact]:
        """Those that draw on one, by name."""
        return sorted((one for one in self.every.values() if one.parent_id == budget.id), key=by_name)

    def _to_oneself(self, source: Spendable, target: BudgetFact) -> bool:
        """Whoever stands in for somebody takes nothing of theirs for a budget of their own."""
        return source.for_whom is not None and target.owner_id == self.actor_id

    def _above(self, budget: BudgetFact) -> Iterator[BudgetFact]:
        return list_above(budget, self.every)


def rights_of(ctx: Context) -> Rights:
    return Rights(
        actor_id=ctx.actor.id,
        administers=is_administrator(ctx),
        mine={one.budget.id: one for one in list_spendable(ctx)},
        every={one.id: one for one in list_budgets(ctx.tx, ctx.tenant_id)},
    )


def get_seen(rights: Rights, budget_id: str) -> BudgetFact:
    """A budget that the actor may look at. Another is as good as none."""
    found = rights.every.get(budget_id)
    if found is None or not rights.may_see(found):
        raise Refusal(
            "no_such_budget",
            "I have no such budget for you.",
            "It may have been closed or handed over: look at the list anew.",
            field="budget",
        )
    return found


def list_above(budget: BudgetFact, every: Mapping[str, BudgetFact]) -> Iterator[BudgetFact]:
    """The budget that one draws on, the one above that, and so on. A ring, which is refused, would end it."""
    passed = {budget.id}
    above = every.get(budget.parent_id or "")
    while above and above.id not in passed:
        yield above
        passed.add(above.id)
        above = every.get(above.parent_id or "")


def by_name(budget: BudgetFact) -> tuple[str, str]:
    return budget.name.casefold(), budget.id
