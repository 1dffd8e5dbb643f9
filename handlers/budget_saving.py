"""Budgets as administrators define them: whether a definition goes with the others, the books, and closing for good."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from handlers.access import check_administrator
from handlers.admin_settings import shown
from handlers.budget_moving import MOST_POINTS, ORGANISATION, Moved, news
from handlers.budget_rights import list_above
from handlers.budgets import owner_of, points_words, renew, worth_words
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.budget_periods import until_after_change
from handlers.rules.periods import day_in
from handlers.rules.unseen import seen
from handlers.vocabulary import Send
from store import ledger
from store.audit import AuditFact, add_audit
from store.budgets import (
    LONG_AGO,
    BudgetFact,
    Move,
    add_budget,
    list_budgets,
    lock_budgets,
    lock_holdings,
    save_budget,
)
from store.people import MEMBER, Member
from store.tenants import lock_policy

LONGEST_NAME = 60
MOST_BUDGETS = 300
MOST_ABOVE = 4
"""How many budgets can stand above one: company, division, department, team, and a manager's own."""


def keep_budget(ctx: Context, wanted: BudgetFact, owner: Member) -> Moved:
    """Adds or changes a budget if it goes with the others. A new one opens at once.

    Another plan counts from its next period, another owner at once.
    """
    lock_policy(ctx.tx, ctx.tenant_id)  # whoever adds another at the same time waits, so that the limits hold
    check_administrator(ctx)
    renew(ctx)
    lock_budgets(ctx.tx, ctx.tenant_id)
    every = {one.id: one for one in list_budgets(ctx.tx, ctx.tenant_id)}
    was = every.get(wanted.id)
    wanted = replace(wanted, name=" ".join(seen(wanted.name).split()), owner_id=owner.id)
    _check(wanted, every, owner, was)
    if was is None:
        return _add(ctx, wanted, every)
    wanted = _on_top_of(ctx, was, wanted)
    if was == wanted:
        return Moved(f"{wanted.name} is like that already.", wanted)
    save_budget(ctx.tx, ctx.tenant_id, wanted)
    changes = _differences(ctx, was, wanted, every)
    _note(ctx, "budget changed", wanted, changes)
    what = "; ".join(f"{name}: {shown(before)} → {shown(now)}" for name, (before, now) in changes.items())
    what = what[:1].upper() + what[1:]
    return Moved(f"{wanted.name} is changed. {what}.", wanted, _changed_news(ctx, was, wanted, owner, what))


def give_up(ctx: Context, budget_id: str) -> Moved:
    """Closes a budget for good: what is left goes back to the one above it, else to the organisation.

    What waits to be awarded out of it is promised, and stays so.
    """
    check_administrator(ctx)
    renew(ctx)
    lock_budgets(ctx.tx, ctx.tenant_id)
    every = {one.id: one for one in list_budgets(ctx.tx, ctx.tenant_id)}
    budget = every.get(budget_id)
    if budget is None:
        raise Refusal("no_such_budget", "That budget was closed before.", "Look at the list anew.")
    check_nothing_below(budget, every.values())
    left = lock_holdings(ctx.tx, ctx.tenant_id, [budget.id])[budget.id].balance
    target = ledger.budget(budget.parent_id) if budget.parent_id else ledger.Side.ISSUED
    if left:
        moved = [ledger.Posting(ledger.budget(budget.id), target, left)]
        act = f"{Move.GIVE_UP}:{budget.id}"
        ledger.post(ctx.tx, ctx.tenant_id, ledger.Transaction(Move.GIVE_UP, act, ctx.now, ctx.now, moved))
    closed = replace(budget, closed_at=ctx.now, open_until=None)
    save_budget(ctx.tx, ctx.tenant_id, closed)
    to = every[budget.parent_id].name if budget.parent_id else ORGANISATION
    _note(ctx, "budget closed", budget, {"points": left, "target": to})
    done = f"{budget.name} is closed. {points_words(left)} went back to {to}."
    told = news(ctx, [closed], f"{ctx.actor.name}: {done}", look=False)
    if budget.parent_id and left and every[budget.parent_id].owner_id != budget.owner_id:
        told += news(ctx, [every[budget.parent_id]], f"{ctx.actor.name}: {done}")
    return Moved(done, closed, told)


def check_nothing_below(budget: BudgetFact, every: Iterable[BudgetFact]) -> None:
    """Refuses to close what others draw on."""
    if below := sorted(one.name for one in every if one.parent_id == budget.id):
        raise Refusal(
            "budgets_below",
            f"{', '.join(below[:3])}{' and others' if len(below) > 3 else ''} "
            f"{'draws' if len(below) == 1 else 'draw'} on {budget.name}.",
            "Let them draw on another budget first, or close them.",
        )


# --- whether it goes ---------------------------------------------------------------------------------------


def _check(wanted: BudgetFact, every: dict[str, BudgetFact], owner: Member, was: BudgetFact | None) -> None:
    if not 0 < len(wanted.name) <= LONGEST_NAME:
        raise Refusal(
            "budget_name", f"A budget has a name of 1 to {LONGEST_NAME} characters.", "Such as Marketing.", field="name"
        )
    if any(one.name.casefold() == wanted.name.casefold() for one in every.values() if one.id != wanted.id):
        raise Refusal(
            "same_name",
            f"There is a budget {wanted.name} already.",
            "Choose another name, or change that.",
            field="name",
        )
    if owner.kind != MEMBER or not (owner.active or (was and was.owner_id == owner.id)):
        raise Refusal(
            "cannot_own",
            f"{owner.name} cannot own a budget.",
            "Choose an active member of your organisation.",
            field="owner",
        )
    if not 0 <= wanted.plan <= MOST_POINTS:
        raise Refusal(
            "plan_out_of_bounds", f"A plan is 0 to {MOST_POINTS:,} points.", "Write a number in between.", field="plan"
        )
    if was is None and len(every) >= MOST_BUDGETS:
        raise Refusal(
            "too_many_budgets", f"There are {MOST_BUDGETS} budgets already.", "Close one first.", field="name"
        )
    if wanted.parent_id:
        _check_above(wanted, every | {wanted.id: wanted})


def _check_above(wanted: BudgetFact, every: dict[str, BudgetFact]) -> None:
    if wanted.parent_id not in every:
        raise Refusal("no_such_budget", "The budget above it is not there.", "Choose another one.", field="parent")
    above = list(list_above(wanted, every))
    if wanted.parent_id == wanted.id or (above and above[-1].parent_id):  # the walk ended at where it began
        names = " draws on ".join([wanted.name, *(one.name for one in above if one.id != wanted.id), wanted.name])
        raise Refusal(
            "budget_ring",
            f"Then they would draw on each other: {names}.",
            "Choose another one above it.",
            field="parent",
        )
    if len(above) + _levels_below(wanted, every) > MOST_ABOVE:
        raise Refusal(
            "too_deep",
            f"At most {MOST_ABOVE} budgets can stand above one.",
            "Choose one that is nearer to the top.",
            field="parent",
        )


def _levels_below(budget: BudgetFact, every: dict[str, BudgetFact]) -> int:
    levels = [len(path) for one in every.values() if budget in (path := list(list_above(one, every)))]
    own = len(list(list_above(budget, every)))
    return max(levels, default=own) - own


# --- the books --------------------------------------------------------------------------------------------


def _add(ctx: Context, wanted: BudgetFact, every: dict[str, BudgetFact]) -> Moved:
    made = replace(wanted, open_label="", open_until=LONG_AGO, missed_id="", closed_at=None)
    add_budget(ctx.tx, ctx.tenant_id, made)
    _note(ctx, "budget added", made, _told(ctx, made, every | {made.id: made}))
    renew(ctx)
    sends = news(ctx, [made], f"{ctx.actor.name} made you the owner of the budget {made.name}: it is yours to award.")
    above = every.get(made.parent_id or "")
    if above and above.owner_id != made.owner_id:
        what = f"{made.name}, which draws on {above.name}: its plan is {points_words(made.plan)}."
        sends += news(ctx, [above], f"{ctx.actor.name} added the budget {what}")
    return Moved(f"{made.name} is there.", made, sends)


def _changed_news(ctx: Context, was: BudgetFact, now: BudgetFact, owner: Member, what: str) -> tuple[Send, ...]:
    if was.owner_id == now.owner_id:
        return news(ctx, [now], f"{ctx.actor.name} changed your budget {now.name}. {what}.")
    yours = news(ctx, [now], f"{ctx.actor.name} made you the owner of the budget {now.name}: it is yours to award.")
    return yours + news(ctx, [was], f"{ctx.actor.name} handed the budget {now.name} over to {owner.name}.", look=False)


def _on_top_of(ctx: Context, was: BudgetFact, wanted: BudgetFact) -> BudgetFact:
    """What the calendar and the program keep of a budget stays as it is."""
    until = was.open_until
    if was.renewal is not wanted.renewal:
        until = until_after_change(was.open_until, wanted.renewal, day_in(ctx.now, ctx.tenant_zone))
    return replace(wanted, open_label=was.open_label, open_until=until, missed_id=was.missed_id)


def _differences(ctx: Context, was: BudgetFact, now: BudgetFact, every: dict[str, BudgetFact]) -> dict[str, Any]:
    before, after = _told(ctx, was, every), _told(ctx, now, every)
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}


def _told(ctx: Context, budget: BudgetFact, every: dict[str, BudgetFact]) -> dict[str, Any]:
    above = every.get(budget.parent_id or "")
    owner = owner_of(ctx, budget)
    return {
        "name": budget.name,
        "owner": owner.name if owner else "",
        "above": above.name if above else ORGANISATION,
        "period": budget.renewal.value,
        "plan": budget.plan,
        "carries over": budget.carries_over,
        "worth": worth_words(budget),
    }


def _note(ctx: Context, act: str, budget: BudgetFact, details: dict[str, Any]) -> None:
    fact = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act=act,
        subject_id=budget.id,
        details={"budget": budget.name} | details,
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
