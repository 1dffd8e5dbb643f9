"""`/rewards-admin liability`: what is owed today, what a year can cost, and what another rule would make of both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from handlers.access import check_administrator
from handlers.admin_settings import BY_WORD, LABELS, read_setting
from handlers.admin_words import Said, admin_word, command_name
from handlers.context import Context
from handlers.liability import owed_now, told_difference, year_of
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.money import NotMoney, read_money
from handlers.rules.policy import Policy
from handlers.rules.policy_bounds import beyond_bounds
from handlers.vocabulary import Action, Card, Replace, Reply, Response

WORDS = ("allowance", "period", "rollover", "worth")
"""Rules that decide what the programme costs, as they are typed."""


@action("admin_liability", reads=True)
def show_liability(request: Action, ctx: Context) -> Response:
    """Shows what is owed, and what a year can cost."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx)))


@admin_word("liability", usage="allowance 60", reads=True)
def liability(said: Said, ctx: Context) -> Response:
    """What is owed and what a year can cost; with a rule, what that would change. Nothing is changed by looking."""
    return Response(Reply(_card(ctx, said.text)))


def _card(ctx: Context, typed: str = "") -> Card:
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
        "likely": str(year.likely),
        "assumed": year.assumed,
        "weeks": year.weeks,
        "worth": str(ctx.policy.worth or ""),
        "planned": _planned(ctx, typed) if typed else None,
        "command": command_name(ctx),
    }
    return Card("admin_liability", data)


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
