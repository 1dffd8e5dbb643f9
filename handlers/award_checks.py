"""Who may award whom, and what an award may be: everything that is asked before points are held or moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.access import may_administer, why_not_receive
from handlers.badges import check_may_give
from handlers.budgets import Spendable, worth_of
from handlers.context import Context
from handlers.giving import check_copied, check_reason
from handlers.refusals import Refusal
from handlers.rules.money import Money
from store.people import Member
from store.person_records import list_records, manages_somebody
from store.recognitions import Audience
from store.roles import Role, has_role

MOST_RECEIVERS = 50
MOST_EACH = 1_000_000
FARTHEST = timedelta(days=366)
MOST_UP = 20
"""Managers above a receiver among whom the giver may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wished:
    """What somebody wants to award. `points` to each receiver, made of what was written by `points_each`."""

    receivers: tuple[Member, ...]
    points: int
    reason: str
    budget_id: str
    badge_id: str | None = None
    audience: Audience = Audience.HERE
    copied: tuple[Member, ...] = ()
    arrives_on: date | None = None

    @property
    def total(self) -> int:
        return self.points * len(self.receivers)


def points_each(
    ctx: Context, spendable: Spendable, receivers: int, *, points: int | None, money: Money | None, split: bool
) -> int:
    """Points to each receiver, of an amount that is for each, or split among all. What does not come out even stays.

    Money is turned into points by the worth of the budget's, rounded down, so that nothing costs more than was said.
    """
    if points is not None and money is not None:
        raise Refusal("two_amounts", "Is it points or money?", "Write one of them.", field="amount")
    if points is None and money is None:
        worth = worth_of(ctx, spendable.budget)
        more = f", or money: 50 {worth.currency}" if worth else ""
        raise Refusal("no_amount", "How much is it?", f"Write points, such as +100{more}.", field="amount")
    if money is not None:
        points = _points_of(ctx, spendable, money)
    assert points is not None
    each = points // receivers if split and receivers else points
    if each < 1:
        raise Refusal("too_little", "That is less than a point for each.", "Write a larger amount.", field="amount")
    if each > MOST_EACH:
        raise Refusal(
            "too_many_points", f"An award is {MOST_EACH:,} points at most.", "Write a smaller one.", field="amount"
        )
    return each


def _points_of(ctx: Context, spendable: Spendable, money: Money) -> int:
    worth = worth_of(ctx, spendable.budget)
    if worth is None:
        raise Refusal(
            "points_without_worth",
            "Points have no worth in money here.",
            "Write points instead: +100.",
            field="amount",
        )
    if worth.currency != money.currency:
        raise Refusal(
            "other_currency",
            f"{spendable.budget.name} counts in {worth.currency}, and that is {money.currency}.",
            f"Write it in {worth.currency}, or in points.",
            field="amount",
        )
    return money.minor // worth.minor


def check_wished(ctx: Context, wished: Wished, spendable: Spendable) -> None:
    """Everything but what the budget holds."""
    _check_receivers(ctx, wished.receivers, spendable)
    check_reason(ctx, wished.reason)
    check_may_give(ctx, ctx.programme.badge(wished.badge_id))
    check_copied(ctx, wished.audience, wished.copied)
    today = ctx.now.astimezone(ctx.tenant_zone).date()
    if wished.arrives_on and not today <= wished.arrives_on <= today + FARTHEST:
        raise Refusal(
            "unclear_day", "That day is over, or more than a year away.", "Write a day that is to come.", field="day"
        )


def _check_receivers(ctx: Context, receivers: tuple[Member, ...], spendable: Spendable) -> None:
    if not receivers:
        raise Refusal("nobody", "Whom would you like to reward?", "Name at least one person.", field="receivers")
    if len(receivers) > MOST_RECEIVERS:
        raise Refusal(
            "too_many_receivers",
            f"That is {len(receivers)} people; one award goes to {MOST_RECEIVERS} at most.",
            "Send it in parts.",
            field="receivers",
        )
    owner = spendable.for_whom or ctx.actor
    for one in receivers:
        if one.id in (ctx.actor.id, owner.id):
            raise Refusal(
                "oneself", "Nobody rewards themselves out of a budget.", "Name a colleague.", field="receivers"
            )
        if why := why_not_receive(one, ctx.policy):
            raise Refusal("cannot_receive", f"{one.name} {why}.", "Leave them out.", field="receivers")
    _check_reach(ctx, owner, receivers)


def check_may_award(ctx: Context, spendables: Iterable[Spendable]) -> None:
    """Before a form is filled in: refuses whoever may reward nobody out of any of these budgets."""
    owners = [one.for_whom or ctx.actor for one in spendables]
    if not any(_may_all(ctx, one) or manages_somebody(ctx.tx, ctx.tenant_id, one.id) for one in owners):
        raise _not_for_them()


def _check_reach(ctx: Context, owner: Member, receivers: Iterable[Member]) -> None:
    """By whoever's budget it is: a stand-in may what the owner may."""
    if _may_all(ctx, owner):
        return
    manages = manages_somebody(ctx.tx, ctx.tenant_id, owner.id)
    if manages and ctx.policy.managers_award_all:
        return
    strangers = [one.name for one in receivers if not _is_below(ctx, one.id, owner.id)]
    if strangers and manages:
        does = "does" if len(strangers) == 1 else "do"
        raise Refusal(
            "not_your_report",
            f"Managers here reward the people who report to them, and {', '.join(strangers[:3])} {does} not.",
            "Their manager can; a kudos is always yours to give.",
            field="receivers",
        )
    if strangers:
        raise _not_for_them()


def _may_all(ctx: Context, owner: Member) -> bool:
    return may_administer(ctx, owner) or has_role(ctx.tx, ctx.tenant_id, Role.AWARDER, owner.id)


def _not_for_them() -> Refusal:
    return Refusal(
        "may_not_award",
        "Awards are given by managers here, and by people who were named for it.",
        "Whoever runs Plaudit can name you; a kudos is always yours to give.",
    )


def _is_below(ctx: Context, person_id: str, manager_id: str) -> bool:
    """Whether somebody reports to a manager, directly or over others."""
    at = person_id
    for _ in range(MOST_UP):
        record = list_records(ctx.tx, ctx.tenant_id, [at]).get(at)
        if record is None or record.manager_id is None:
            return False
        if record.manager_id == manager_id:
            return True
        at = record.manager_id
    return False
