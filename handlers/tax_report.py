"""What people redeemed in a year and what it was worth, by person and country: for whoever pays taxes on it.

Counted is what was handed over in the year, by the tenant's calendar, and what people gave to goals that they reached
together. The value is that of the reward less what the person paid themselves; where a reward has none, the points
count with what a point is worth today.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.rules.csv_writing import write_csv
from handlers.rules.instants import due_on
from handlers.rules.money import Money
from handlers.rules.periods import day_in
from handlers.tax_goals import merged, redeemed_together
from handlers.vocabulary import Action, Card, Replace, Reply, Response
from handlers.wall import hand_out_way
from store.audit import AuditFact, add_audit
from store.people import list_members
from store.redemptions import RedeemedSum, sum_redeemed
from store.types import Points

PAGE_NAME = "taxes"
SHOWN = 20
FIRST_YEAR = 2020


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxLine:
    """Of one person in one country. `by_points` is the part of the value that the worth of a point makes."""

    name: str
    email: str
    country: str
    orders: int
    points: Points
    value: Money | None
    by_points: Money | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryTotal:
    country: str
    people: int
    orders: int
    values: tuple[Money, ...]
    unvalued: Points
    """Points for which nothing says what they are worth."""


@dataclass(frozen=True, slots=True)
class TaxReport:
    year: int
    lines: list[TaxLine]
    totals: list[CountryTotal]
    until: date | None
    """The day that it counts to, where the year is not over."""


@admin_word("taxes", usage="2026", reads=True)
def type_taxes(said: Said, ctx: Context) -> Response:
    """What people redeemed in a year and its value, by country; the file has every person."""
    return Response(Reply(_card(ctx, read_year(ctx, said.text))))


@action("admin_taxes", reads=True)
def show_taxes(request: Action, ctx: Context) -> Response:
    """Shows what was redeemed in a year."""
    check_administrator(ctx)
    return Response(Replace(_card(ctx, read_year(ctx, request.values.get("year", "")))))


@action("admin_taxes_link")
def open_taxes(request: Action, ctx: Context) -> Response:
    """Gives you a link to the report in the browser, and as a file."""
    check_administrator(ctx)
    year = read_year(ctx, request.values.get("year", ""))
    answer = hand_out_way(request, ctx, PAGE_NAME, f"Open the report of {year}", year=str(year))
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act="tax report opened", details={"year": year}
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
    return answer


def read_year(ctx: Context, typed: str) -> int:
    """The year that was typed, or this one. Raises a `Refusal` for what is none, or lies ahead."""
    this = day_in(ctx.now, ctx.tenant_zone).year
    text = typed.strip()
    if not text:
        return this
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    if not FIRST_YEAR <= year <= this:
        raise Refusal("no_year", "I know no such year.", f"Write one from {FIRST_YEAR} to {this}: taxes {this}.")
    return year


# --- the report -------------------------------------------------------------------------------------------


def read_report(ctx: Context, year: int) -> TaxReport:
    """For administrators only: raises a `Refusal` for everybody else."""
    check_administrator(ctx)
    since, until = _begin(ctx, year), _begin(ctx, year + 1)
    ordered = sum_redeemed(ctx.tx, ctx.tenant_id, since, until)
    sums = merged((*ordered, *redeemed_together(ctx, since, until)))
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, {one.person_id for one in sums})}
    lines = [
        TaxLine(
            name=people[one.person_id].name,
            email=people[one.person_id].email or "",
            country=one.country,
            orders=one.orders,
            points=one.points,
            **_valued(ctx, one),
        )
        for one in sums
    ]
    lines.sort(key=lambda one: (one.country, one.name, one.email, one.value.currency if one.value else ""))
    today = day_in(ctx.now, ctx.tenant_zone)
    return TaxReport(year, lines, _totals(sums, lines), today if year == today.year else None)


def _begin(ctx: Context, year: int) -> datetime:
    return due_on(date(year, 1, 1), time.min, ctx.tenant_zone)


def _valued(ctx: Context, one: RedeemedSum) -> dict[str, Money | None]:
    """What the organisation gave. The sums without a value of their own are lines of their own."""
    if one.currency:
        return {"value": Money(one.value_minor, one.currency), "by_points": None}
    worth = ctx.policy.worth.times(one.points) if ctx.policy.worth else None
    return {"value": worth, "by_points": worth}


def _totals(sums: list[RedeemedSum], lines: list[TaxLine]) -> list[CountryTotal]:
    people: dict[str, set[str]] = defaultdict(set)
    for one in sums:
        people[one.country].add(one.person_id)
    return [_total(country, len(people[country]), lines) for country in sorted(people)]


def _total(country: str, people: int, lines: list[TaxLine]) -> CountryTotal:
    theirs = [one for one in lines if one.country == country]
    values: dict[str, int] = defaultdict(int)
    for one in theirs:
        if one.value:
            values[one.value.currency] += one.value.minor
    return CountryTotal(
        country=country,
        people=people,
        orders=sum(one.orders for one in theirs),
        values=tuple(Money(minor, currency) for currency, minor in sorted(values.items())),
        unvalued=sum(one.points for one in theirs if one.value is None),
    )


def report_csv(ctx: Context, year: int) -> str:
    """A line for each person, country and currency."""
    header = ["Year", "Person", "E-mail", "Country", "Orders", "Points", "Value", "Currency", "Valued by"]
    rows = [
        [
            year,
            one.name,
            one.email,
            one.country,
            one.orders,
            one.points,
            one.value.amount if one.value else "",
            one.value.currency if one.value else "",
            "worth of a point" if one.by_points else "reward" if one.value else "nothing",
        ]
        for one in read_report(ctx, year).lines
    ]
    return write_csv(header, rows)


def _card(ctx: Context, year: int) -> Card:
    report = read_report(ctx, year)
    rows = [
        {
            "country": one.country or "No country known",
            "people": one.people,
            "orders": one.orders,
            "worth": ", ".join(map(str, one.values)) or "no value",
            "unvalued": one.unvalued,
        }
        for one in report.totals[:SHOWN]
    ]
    data = {
        "year": {"id": str(year)},
        "rows": rows,
        "more": max(0, len(report.totals) - SHOWN),
        "unvalued": sum(one.unvalued for one in report.totals),
        "by_points": any(one.by_points for one in report.lines),
        "until": report.until,
        "before": {"id": str(year - 1)} if year > FIRST_YEAR else None,
    }
    return Card("admin_taxes", data)
