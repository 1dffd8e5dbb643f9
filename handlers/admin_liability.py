"""`/rewards-admin liability`: what is owed today, what a year can cost, and what another rule would make of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from handlers.access import check_administrator
from handlers.admin_settings import BY_WORD, LABELS, read_setting
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context
from handlers.liability import Outlook, outlook_of, owed_now, told_difference, year_of
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.money import Money, NotMoney, read_money
from handlers.rules.periods import Every
from handlers.rules.policy import Policy
from handlers.rules.policy_bounds import BOUNDS, beyond_bounds, problems_of
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from handlers.wall import hand_out_way, has_pages

WORDS = ("allowance", "period", "rollover", "worth")
"""Rules that decide what the programme costs, as they are typed."""
PAGE_NAME = "liability"
"""Of the page in the browser."""


@action("admin_liability", reads=True)
def show_liability(request: Action, ctx: Context) -> Response:
    """Shows what is owed, and what a year can cost."""
    check_administrator(ctx)
    return Response(Replace(liability_card(ctx)))


@action("admin_liability_link")
def open_page(request: Action, ctx: Context) -> Response:
    """Gives you a link to what is owed in the browser, with what each rule would change."""
    check_administrator(ctx)
    return hand_out_way(request, ctx, PAGE_NAME, "Open what is owed")


@admin_word("liability", usage="allowance 60", reads=True)
def liability(said: Said, ctx: Context) -> Response:
    """What is owed and what a year can cost; with a rule, what that would change. Nothing is changed by looking."""
    return Response(Reply(liability_card(ctx, said.text)))


def liability_card(ctx: Context, typed: str = "") -> Card:
    """What is owed and can come; with a rule as it is typed, `allowance 60`, what that would change."""
    owed, year = owed_now(ctx), year_of(ctx)
    pots = (
        ("In people's wallets", owed.wallets),
        ("Set aside for orders, awards and shared goals", owed.held),
        ("In allowances, and can still be given", owed.givable),
        ("In budgets", owed.budgets),
    )
    data = {
        "total": str(owed.total),
        "pots": [{"label": label, "amount": str(amount)} for label, amount in pots],
        "most": str(year.most),
        "most_spent": str(owed.total + year.most),
        "likely": str(year.likely),
        "assumed": year.assumed,
        "weeks": year.weeks,
        "worth": str(ctx.policy.worth or ""),
        "planned": _planned(ctx, typed) if typed else None,
        "command": command_name(ctx),
        "web": has_pages(ctx),
    }
    return Card("admin_liability", data)


@dataclass(frozen=True, slots=True)
class Alternative:
    """A rule as it is typed, `allowance 60`, and what it would make of the costs."""

    typed: str
    outlook: Outlook


def alternatives(ctx: Context, words: Iterable[str] = WORDS) -> Iterator[Alternative]:
    """What each of these rules would do, a step to either side. Only what could be switched on now."""
    for word in words:
        for value in _steps(ctx.policy, word):
            after = _thought_of(ctx, word, value)
            if after != ctx.policy and not problems_of(after):
                yield Alternative(f"{word} {value}", outlook_of(ctx, after))


def _steps(policy: Policy, word: str) -> list[str]:
    """A fifth less and more where it is an amount, one less and more where it is counted, else all that there are."""
    match word:
        case "allowance":
            least, most = BOUNDS["allowance"]
            return [str(min(max(one, least), most)) for one in _fifths(policy.allowance)]
        case "rollover":
            least, most = BOUNDS["rollover_periods"]
            around = (policy.rollover_periods - 1, policy.rollover_periods + 1)
            return [str(one) for one in around if least <= one <= most]
        case "worth":
            worth = policy.worth
            return [str(Money(one, worth.currency)) for one in _fifths(worth.minor) if one] if worth else []
        case _:
            return [one.value for one in Every]


def _fifths(number: int) -> tuple[int, int]:
    return number * 4 // 5, -(-number * 6 // 5)


def _planned(ctx: Context, typed: str) -> dict[str, object]:
    """What a rule would change, as somebody typed it: `allowance 60`."""
    word, _, value = typed.partition(" ")
    after = _thought_of(ctx, word.lower(), value.strip())
    return {"rule": f"{word.lower()} {value.strip()}", "notes": told_difference(ctx, ctx.policy, after)}


def _thought_of(ctx: Context, word: str, value: str) -> Policy:
    if word not in WORDS or not value:
        raise Refusal(
            "unclear_setting",
            "I can reckon with one of these rules: allowance, period, rollover or worth.",
            f"Such as {command_name(ctx)} liability allowance 60.",
        )
    if word == "worth":
        try:
            worth = read_money(value)
        except NotMoney as error:
            raise Refusal("no_money", str(error), "Such as liability worth 0.05 EUR.") from error
        return replace(ctx.policy, point_worth=worth.minor, currency=worth.currency)
    setting = BY_WORD[word]
    read: dict[str, Any] = {setting.field: read_setting(setting, value)}
    after = replace(ctx.policy, **read)
    if wrong := beyond_bounds(after).get(setting.field):
        raise Refusal("does_not_fit", f"{LABELS[setting.field]}: {wrong}", "Nothing was changed.")
    return after
