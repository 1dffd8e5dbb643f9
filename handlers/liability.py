"""What the programme owes and can cost: what people hold and can still give now, and the most and the likely of a year.

Points are worth what the policy says, those in a budget that has a worth of its own by that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

from handlers.allowances import entitled_to
from handlers.budgets import worth_of
from handlers.context import Context
from handlers.costing import costs_now, granted_to_all, whole_weeks
from handlers.rules.allowances import Entitled, carried, granted_for, late_grants
from handlers.rules.costs import planned_in_year, year_at
from handlers.rules.money import Money
from handlers.rules.periods import Span, day_in, span_of, spans_before
from handlers.rules.policy import Policy
from store import ledger
from store.allowances import KeptPeriod, list_givers
from store.budgets import list_budgets
from store.ledger import AccountKind
from store.liability import count_redeemed, list_allowances, sum_by_kind
from store.types import Points


@dataclass(frozen=True, slots=True)
class Amount:
    """Points, and what they cost, in minor units by currency: none where points have no worth."""

    points: Points = 0
    money: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.points + other.points, dict(Counter(self.money) + Counter(other.money)))

    @property
    def in_money(self) -> str:
        """`60.00 EUR and 5.00 USD`; empty where there is none."""
        return " and ".join(str(Money(minor, one)) for one, minor in sorted(self.money.items()))

    def __str__(self) -> str:
        """`1,200 points (60.00 EUR)`."""
        told = f"{self.points:,} point{'' if self.points == 1 else 's'}"
        return f"{told} ({self.in_money})" if self.in_money else told


@dataclass(frozen=True, slots=True)
class Owed:
    """Today: `held` is set aside for orders, awards and what people do together; `givable` is in allowances."""

    wallets: Amount
    held: Amount
    givable: Amount
    budgets: Amount

    @property
    def total(self) -> Amount:
        return self.wallets + self.held + self.givable + self.budgets


@dataclass(frozen=True, slots=True)
class Year:
    """`most`: all that can come in, all of it redeemed. `likely`: as much as was redeemed in the last `weeks`; while
    nothing was, it is `assumed` that what likely comes in is redeemed."""

    most: Amount
    likely: Amount
    assumed: bool
    weeks: int


def owed_now(ctx: Context) -> Owed:
    """By the policy of the context, which may be one that is only thought of."""
    by_kind = sum_by_kind(ctx.tx, ctx.tenant_id)
    return Owed(
        wallets=_worth(ctx.policy.worth, by_kind.get(AccountKind.WALLET, 0)),
        held=_worth(ctx.policy.worth, by_kind.get(AccountKind.HELD, 0)),
        givable=_worth(ctx.policy.worth, _givable(ctx)),
        budgets=_in_budgets(ctx, by_kind.get(AccountKind.BUDGET, 0)),
    )


def year_of(ctx: Context, lived: Policy | None = None) -> Year:
    """By the policy of the context. A budget that draws on another brings nothing on top.

    `lived` is the policy in force, where that of the context is only thought of.
    """
    weeks = whole_weeks(ctx)
    costs = costs_now(ctx, granted_to_all(ctx)[1], weeks, lived)
    planned = _planned(ctx)
    redeemed = 0
    if weeks:
        since = datetime.combine(weeks[-1].first, time(), ctx.tenant_zone).astimezone(UTC)
        redeemed = count_redeemed(ctx.tx, ctx.tenant_id, since)
    comes = _worth(ctx.policy.worth, costs.likely.year) + planned
    return Year(
        most=_worth(ctx.policy.worth, costs.most.year) + planned,
        likely=_worth(ctx.policy.worth, year_at(redeemed, len(weeks))) if redeemed else comes,
        assumed=not redeemed,
        weeks=len(weeks),
    )


# --- what can still be given ------------------------------------------------------------------------------


def _givable(ctx: Context) -> Points:
    """What everybody can still give now: what is left of the period, or all that its first use would bring."""
    span = span_of(ctx.policy.allowance_period, day_in(ctx.now, ctx.tenant_zone))
    before = spans_before(ctx.policy.allowance_period, span, ctx.policy.rollover_periods)
    givers = list_givers(ctx.tx, ctx.tenant_id)
    labels = [one.label for one in (span, *before)]
    found = list_allowances(ctx.tx, ctx.tenant_id, [one.person_id for one in givers], labels)
    return sum(
        _left(span, before, found.get(one.person_id, {}), entitled_to(ctx, one, ctx.tenant_zone)) for one in givers
    )


def _left(span: Span, before: list[Span], balances: Mapping[str, Points], entitled: Entitled) -> Points:
    """Of one person. Of an earlier period that they used it is taken that a whole one was granted."""
    if span.label in balances:
        return balances[span.label]
    kept = {label: KeptPeriod(points, max(points, entitled.points)) for label, points in balances.items()}
    for label, points in late_grants(before, kept, entitled).items():
        kept[label] = KeptPeriod(points, points)
    return granted_for(span, entitled) + sum(one.moved for one in carried(before, kept, entitled.points).values())


# --- budgets ----------------------------------------------------------------------------------------------


def _in_budgets(ctx: Context, total: Points) -> Amount:
    """Those with a worth of their own by that; all others, also what came back into closed ones, by the policy's."""
    own = [one for one in list_budgets(ctx.tx, ctx.tenant_id) if one.worth]
    amounts = [
        _worth(worth_of(ctx, one), ledger.find_balance(ctx.tx, ctx.tenant_id, ledger.budget(one.id))) for one in own
    ]
    apart = sum(amounts, Amount())
    return apart + _worth(ctx.policy.worth, total - apart.points)


def _planned(ctx: Context) -> Amount:
    """What budgets that draw on no other bring in a year."""
    roots = [one for one in list_budgets(ctx.tx, ctx.tenant_id) if not one.parent_id]
    return sum((_worth(worth_of(ctx, one), planned_in_year(one.renewal, one.plan)) for one in roots), Amount())


def _worth(worth: Money | None, points: Points) -> Amount:
    return Amount(points, {worth.currency: worth.minor * points} if worth and points else {})


# --- another policy ---------------------------------------------------------------------------------------


def costly(field_name: str) -> bool:
    """Whether a rule of the policy decides what the programme costs."""
    return field_name in _COSTLY or "expir" in field_name


_COSTLY = ("allowance", "allowance_period", "rollover_periods", "point_worth", "currency")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a policy makes of what is owed today, and of a year."""

    owed: Amount
    most: Amount
    likely: Amount


def outlook_of(ctx: Context, policy: Policy, lived: Policy | None = None) -> Outlook:
    """`lived`: the policy that was in force so far, where it is not that of the context."""
    with_it = replace(ctx, policy=policy)
    year = year_of(with_it, lived or ctx.policy)
    return Outlook(owed_now(with_it).total, year.most, year.likely)


def told_difference(ctx: Context, before: Policy, after: Policy) -> list[str]:
    """What another policy does to what is owed today and to a year: a sentence each."""
    was, now = outlook_of(ctx, before, before), outlook_of(ctx, after, before)
    return [
        _told("Owed today", was.owed, now.owed),
        _told("The most that a year can cost", was.most, now.most),
        _told("Likely in a year", was.likely, now.likely),
    ]


def _told(what: str, was: Amount, now: Amount) -> str:
    return f"{what}: {was}, as before." if was == now else f"{what}: {was} before, {now} with this."
