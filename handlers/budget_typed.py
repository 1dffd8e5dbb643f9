"""Budgets as people type them: names that may have spaces and numbers, points, and what they are for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from handlers.budget_moving import ORGANISATION
from handlers.budget_rights import Rights, by_name
from handlers.refusals import Refusal
from store.budgets import BudgetFact
from store.types import Points

_AMOUNT = re.compile(r"\s*[:,]?\s*\+?(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\s+points?)?(?=\s|$|[:,.])", re.ASCII)
_BEGINS = re.compile(r"[\s:,.]*")
_FROM = re.compile(r"\s*from\s+", re.IGNORECASE)
_TO = re.compile(r"\s*to\s+", re.IGNORECASE)
_MOST_NAMED = 8


def read_budget(typed: str, known: Iterable[BudgetFact]) -> tuple[BudgetFact, str]:
    """The budget that a text begins with, the longest name first, and what follows. Refuses what is none."""
    text, every = typed.strip(), sorted(known, key=lambda one: (-len(one.name), by_name(one)))
    for one in every:
        rest = text[len(one.name) :]
        if text[: len(one.name)].casefold() == one.name.casefold() and (not rest or not rest[0].isalnum()):
            return one, rest
    names = ", ".join(sorted((one.name for one in every), key=str.casefold)[:_MOST_NAMED])
    begins = text.split(":")[0][:40]
    raise Refusal(
        "no_such_budget",
        f"I know no budget “{begins}”." if text else "Which budget is it?",
        f"There {'are' if len(every) > 1 else 'is'} {names}." if names else "There is none for you to see.",
        field="budget",
    )


def read_only_budget(typed: str, known: Iterable[BudgetFact]) -> BudgetFact:
    """A text that is the name of a budget and nothing else."""
    found, rest = read_budget(typed, known)
    if rest.strip():
        raise Refusal("no_such_budget", f"I know no budget “{typed.strip()[:40]}”.", f"Did you mean {found.name}?")
    return found


def read_amount(typed: str, example: str) -> tuple[Points, str]:
    """Points that a text begins with, with or without a plus, and what follows."""
    match = _AMOUNT.match(typed)
    if match is None:
        raise Refusal("unclear_amount", "How many points is it?", f"Write a whole number: {example}.", field="points")
    return int(match[1].replace(",", "")), _after(typed[match.end() :])


def read_route(typed: str, rights: Rights, example: str) -> tuple[BudgetFact, BudgetFact | None, str]:
    """`from A to B for the fair`: source, target (None: the organisation), and what follows."""
    start = _FROM.match(typed)
    if start is None:
        raise Refusal("no_route", "Where do the points come from?", f"Write: {example}.")
    source, rest = read_budget(typed[start.end() :], _seen(rights))
    onward = _TO.match(rest)
    if onward is None:
        raise Refusal("no_route", "Where do the points go?", f"Write: {example}.")
    aim = rest[onward.end() :]
    if aim.lower().startswith(ORGANISATION):
        return source, None, _after(aim[len(ORGANISATION) :])
    target, rest = read_budget(aim, [*_seen(rights), *rights.targets(source)])
    return source, target, _after(rest)


def _seen(rights: Rights) -> list[BudgetFact]:
    """A name that nobody may see is as good as none, also in the list of those that were meant."""
    return [one for one in rights.every.values() if rights.may_see(one)]


def _after(rest: str) -> str:
    return rest[_BEGINS.match(rest).end() :].strip()  # type: ignore[union-attr]
