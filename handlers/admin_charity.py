"""What months brought to charities: reported to administrators on the first of the next, and shown when they ask."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, time

from handlers.access import check_administrator, list_administrators
from handlers.admin_words import Said, admin_word
from handlers.context import Context, TenantContext
from handlers.fulfilment_charity import month_beside, name_of
from handlers.paging import page_of, read_page
from handlers.refusals import Refusal
from handlers.registry import action, tick
from handlers.rules.instants import Daily
from handlers.rules.money import Money
from handlers.rules.periods import month_label
from handlers.vocabulary import Action, Card, Direct, Replace, Reply, Response, Subject, Tick, Turned
from store.catalogue import find_rewards
from store.charity import Collected, close_month, find_reported, find_unreported, list_collected

PAGE = 30
"""Lines of a card: what a platform takes in one message, whatever charities are called."""
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@tick("charity", rule=Daily(time(8)), by_tenant=True)
def report_months(tick: Tick, ctx: TenantContext) -> Turned:
    """A month that is over and was not reported, also after downtime: to every administrator, and it is closed."""
    this_month = month_label(ctx.now, ctx.tenant_zone)
    month = find_unreported(ctx.tx, ctx.tenant_id, this_month)
    people = list_administrators(ctx)
    if month is None or not people:  # with nobody to tell it stays open
        return Turned()
    if not close_month(ctx.tx, ctx.tenant_id, month, ctx.now):
        return Turned()
    card = Card("charity_report", report_of(ctx, month) | {"state": "report"})
    sends = tuple(Direct(one, card, Subject("charity", month)) for one in people)
    return Turned(sends, next_page=month)


@admin_word("charity", usage="month", reads=True)
def charity(said: Said, ctx: Context) -> Response:
    """What was given to charity in a month, such as 2026-11."""
    return Response(Reply(_month_card(ctx, said.text.strip() or month_label(ctx.now, ctx.tenant_zone))))


@action("admin_charity", reads=True)
def show_charity(request: Action, ctx: Context) -> Response:
    """Shows what was given to charity in a month."""
    check_administrator(ctx)
    month = request.values.get("month") or month_label(ctx.now, ctx.tenant_zone)
    return Response(Replace(_month_card(ctx, month, read_page(request.values))))


def _month_card(ctx: Context, month: str, page: int = 0) -> Card:
    if not _MONTH.fullmatch(month):
        raise Refusal("unclear_month", "I cannot read that as a month.", "Write it like 2026-11.")
    return Card("charity_report", report_of(ctx, month, page))


def report_of(ctx: TenantContext, month: str, page: int = 0) -> dict[str, object]:
    """What a month collected, by charity and currency, a page of it, and whether it was reported."""
    collected = list_collected(ctx.tx, ctx.tenant_id, month)
    shown, ways = page_of(_rows(ctx, collected), page, PAGE)
    sums: Counter[str] = Counter()
    for one in collected:
        sums[one.currency] += one.value_minor
    reported = find_reported(ctx.tx, ctx.tenant_id, month)
    first = date.fromisoformat(f"{month}-01")
    this_month = month_label(ctx.now, ctx.tenant_zone)
    before, following = month_beside(month)
    over = "reported" if reported else "waits"
    return {
        "id": month,
        "month": f"{first:%B %Y}",
        "state": "running" if month >= this_month else over,
        "rows": shown,
        "more": ways["more"],
        "further": ways["after"],
        "points": sum(one.points for one in collected),
        "gifts": sum(one.gifts for one in collected),
        "sums": [{"amount": str(Money(minor, currency))} for currency, minor in sorted(sums.items()) if minor],
        "before": {"id": before},
        "after": {"id": following} if following <= this_month else None,
        "reported": reported,
    }


def _rows(ctx: TenantContext, collected: list[Collected]) -> list[dict[str, str]]:
    """A line for each, by name."""
    rewards = find_rewards(ctx.tx, ctx.tenant_id, {one.reward_id for one in collected})
    rows = [
        {"id": one.reward_id, "title": name_of(rewards[one.reward_id]), "brought": _brought(one)} for one in collected
    ]
    return sorted(rows, key=lambda one: (one["title"], one["id"], one["brought"]))


def _brought(one: Collected) -> str:
    """`84.00 EUR, from 7 donations of 420 points in all`."""
    gifts = f"{one.gifts:,} {'donation' if one.gifts == 1 else 'donations'}"
    points = f"{one.points:,} {'point' if one.points == 1 else 'points'}"
    if not one.value_minor:
        return f"{points}, from {gifts}. Nobody said what it is worth"
    return f"{Money(one.value_minor, one.currency)}, from {gifts} of {points} in all"
