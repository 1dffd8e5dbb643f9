"""Budgets by words, for administrators: `/rewards-admin budgets add @ann 500 month Marketing from Company`."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.admin_budgets import NO, YES, with_worth
from handlers.admin_words import Said, admin_word, command_name
from handlers.budget_cards import Page, budget_card, list_card
from handlers.budget_moving import ORGANISATION
from handlers.budget_renewal import holds
from handlers.budget_rights import rights_of
from handlers.budget_saving import check_nothing_below, keep_budget
from handlers.budget_screens import done, move_typed, number_of, top_up_typed
from handlers.budget_typed import read_amount, read_budget, read_only_budget
from handlers.budgets import owner_of, renew
from handlers.context import Context
from handlers.finding import find_one
from handlers.refusals import Refusal
from handlers.vocabulary import Card, Reply, Response
from store.budgets import BudgetFact, Renewal

ADD = "@ann 500 month Marketing from Company"
_PERIOD = re.compile(r"\s*(never|once|(?:every\s+)?(?:month|quarter|year)|monthly|quarterly|yearly)\b", re.IGNORECASE)
_FROM = re.compile(r"\s+from\s+(?=[^\s])", re.IGNORECASE)
_RENEWALS = {
    "never": Renewal.NEVER,
    "once": Renewal.NEVER,
    "month": Renewal.MONTH,
    "monthly": Renewal.MONTH,
    "quarter": Renewal.QUARTER,
    "quarterly": Renewal.QUARTER,
    "year": Renewal.YEAR,
    "yearly": Renewal.YEAR,
}
_NONE = ("none", "nobody", "the organisation")
_WHAT = "name, plan, period, carry, from or worth"


@admin_word("budgets", usage="Marketing")
def budgets(said: Said, ctx: Context) -> Response:
    """What owners may award: add, change, top up, close; alone it shows all."""
    renew(ctx)
    rights = rights_of(ctx)
    if said.text:
        return Response(Reply(budget_card(ctx, rights, read_only_budget(said.text, rights.every.values()))))
    return Response(Reply(list_card(ctx, rights, Page(administers=True))))


@admin_word("budgets add", usage=ADD)
def add(said: Said, ctx: Context) -> Response:
    """Gives somebody a budget: points, never, month, quarter or year, its name, and which one it draws on."""
    owner, rest = find_one(said.request, ctx, said.rest)
    plan, rest = read_amount(rest, f"{command_name(ctx)} budgets add {ADD}")
    match = _PERIOD.match(rest)
    if match is None:
        raise Refusal(
            "no_period",
            "How often does it come anew?",
            f"Write never, month, quarter or year: {command_name(ctx)} budgets add {ADD}.",
        )
    name, parent = _above(rest[match.end() :].strip(), ctx)
    wanted = BudgetFact(
        id=ctx.new_id(), name=name, owner_id=owner.id, parent_id=parent, renewal=_renewal(match[1]), plan=plan
    )
    return done(ctx, keep_budget(ctx, wanted, owner))


@admin_word("budgets set", usage=f"Marketing: plan 800; {_WHAT}")
def change(said: Said, ctx: Context) -> Response:
    """Changes one thing of a budget."""
    rights = rights_of(ctx)
    found, rest = read_budget(said.text, rights.every.values())
    what, _, value = rest.lstrip(": ").partition(" ")
    owner = owner_of(ctx, found)
    assert owner, "people are not taken out of the books"
    return done(ctx, keep_budget(ctx, _changed(ctx, found, what.lower().rstrip(":"), value.strip()), owner))


@admin_word("budgets owner", usage="@bob Marketing")
def hand_over(said: Said, ctx: Context) -> Response:
    """Hands a budget over to somebody else."""
    owner, rest = find_one(said.request, ctx, said.rest)
    found = read_only_budget(rest, rights_of(ctx).every.values())
    return done(ctx, keep_budget(ctx, found, owner))


@admin_word("budgets top-up", usage="Marketing +100 for the fair")
def top_up(said: Said, ctx: Context) -> Response:
    """Adds points: from the budget above it, else from the organisation."""
    return top_up_typed(said, ctx, f"{command_name(ctx)} budgets top-up Marketing +100 for the fair")


@admin_word("budgets move", usage="100 from Marketing to Sales for the fair")
def move(said: Said, ctx: Context) -> Response:
    """Moves points between budgets, or back to the organisation."""
    return move_typed(said, ctx, f"{command_name(ctx)} budgets move 100 from Marketing to Sales for the fair")


@admin_word("budgets close", usage="Marketing")
def close(said: Said, ctx: Context) -> Response:
    """Closes a budget for good, once you say so; what is left goes back."""
    renew(ctx)
    every = rights_of(ctx).every
    found = read_only_budget(said.text, every.values())
    check_nothing_below(found, every.values())
    above = every[found.parent_id].name if found.parent_id else ORGANISATION
    data = {"id": found.id, "name": found.name, "left": holds(ctx, found.id), "above": above}
    return Response(Reply(Card("admin_budget_close", data)))


def _changed(ctx: Context, budget: BudgetFact, what: str, value: str) -> BudgetFact:
    match what:
        case "name":
            return replace(budget, name=value)
        case "plan":
            return replace(budget, plan=number_of(value, "plan"))
        case "period":
            match = _PERIOD.fullmatch(value)
            if match is None:
                raise Refusal("no_period", "How often does it come anew?", "Write never, month, quarter or year.")
            return replace(budget, renewal=_renewal(match[1]))
        case "carry" if value.lower() in (YES, NO):
            return replace(budget, carries_over=value.lower() == YES)
        case "carry":
            raise Refusal("unclear_choice", "Does what is left stay?", f"Write carry {YES}, or carry {NO}.")
        case "from":
            return replace(budget, parent_id=_parent(value, ctx))
        case "worth":
            return with_worth(budget, "" if value.lower() in _NONE else value)
        case _:
            raise Refusal(
                "unclear_change",
                f"What of {budget.name} is to be otherwise?",
                f"Write one of {_WHAT}: {command_name(ctx)} budgets set {budget.name}: plan 800.",
            )


def _above(typed: str, ctx: Context) -> tuple[str, str | None]:
    """The name, and the id of the budget after the last `from`; a name may have that word in it, too."""
    parts = list(_FROM.finditer(typed))
    if not parts:
        return typed, None
    return typed[: parts[-1].start()], _parent(typed[parts[-1].end() :], ctx)


def _parent(typed: str, ctx: Context) -> str | None:
    if typed.strip().lower() in _NONE:
        return None
    return read_only_budget(typed, rights_of(ctx).every.values()).id


def _renewal(typed: str) -> Renewal:
    return _RENEWALS[typed.split()[-1].lower()]
