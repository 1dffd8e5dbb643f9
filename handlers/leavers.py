"""The points of people who left: kept, or gone after the days that the policy says. Administrators are told.

Orders that are under way go on: what they hold is in no wallet. Whoever comes back in time has everything.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TypeAlias

from handlers.access import list_administrators
from handlers.context import TenantContext
from handlers.expiring import post_expired
from handlers.registry import tick
from handlers.rules.days import in_words
from handlers.rules.instants import Daily
from handlers.rules.periods import day_in
from handlers.vocabulary import Card, Direct, Subject, Tick, Turned
from store.expiries import LeaverFact, add_leaver, forget_returned, list_leavers, remove_notices
from store.people import list_members
from store.wallets import Holder, list_gone_holders, lock_wallets

LEFT = "leavers_points"
"""The card, and what its messages are about."""
PAGE = 200
SHOWN = 10
TOLD = timedelta(days=30)
"""Never sooner than this after administrators were told."""

_Rows: TypeAlias = dict[str, list[tuple[str, int, date | None]]]
"""By what happened: whose points, how many, and the last day they are kept."""


@tick("leavers", rule=Daily(time(9, 30)), by_tenant=True)
def turn_leavers(tick: Tick, ctx: TenantContext) -> Turned:
    """A page of those who take part no more and left points."""
    if not list_administrators(ctx):
        return Turned()  # their days begin when somebody was told
    if not tick.page:
        forget_returned(ctx.tx, ctx.tenant_id)
    today = day_in(ctx.now, ctx.tenant_zone)
    gone = list_gone_holders(ctx.tx, ctx.tenant_id, tick.page, PAGE)
    known = list_leavers(ctx.tx, ctx.tenant_id, [one.person_id for one in gone])
    new = [one for one in gone if one.person_id not in known]
    facts = {one.person_id: _note(ctx, one, today) for one in new}
    over = [one.person_id for one in gone if one.person_id in known and _is_over(ctx, known[one.person_id], today)]
    expired = _expire(ctx, over, today)
    rows: _Rows = {
        "left": [(one.person_id, one.balance, _until(ctx, facts[one.person_id])) for one in new],
        "expired": [(id, points, None) for id, points in expired.items()],
    }
    return Turned(
        _tell(ctx, rows, f"{tick.label}/{tick.page}"), next_page=gone[-1].person_id if len(gone) == PAGE else ""
    )


def _note(ctx: TenantContext, gone: Holder, today: date) -> LeaverFact:
    left_on = day_in(gone.left_at, ctx.tenant_zone) if gone.left_at else today
    fact = LeaverFact(gone.person_id, left_on, today)
    add_leaver(ctx.tx, ctx.tenant_id, fact)
    remove_notices(ctx.tx, ctx.tenant_id, gone.person_id)  # whoever comes back is warned anew
    return fact


def _until(ctx: TenantContext, fact: LeaverFact) -> date | None:
    """The last day on which the points are kept; None where they stay."""
    days = ctx.policy.leavers_days
    return max(fact.left_on + timedelta(days=days), fact.told_on + TOLD) if days else None


def _is_over(ctx: TenantContext, fact: LeaverFact, today: date) -> bool:
    until = _until(ctx, fact)
    return until is not None and today > until


def _expire(ctx: TenantContext, people: list[str], today: date) -> dict[str, int]:
    held = {id: points for id, points in lock_wallets(ctx.tx, ctx.tenant_id, people).items() if points}
    for id in sorted(held):
        post_expired(ctx, id, held[id], f"left-{today.isoformat()}")
    return held


def _tell(ctx: TenantContext, rows: _Rows, label: str) -> tuple[Direct, ...]:
    named = {id for told in rows.values() for id, _, _ in told}
    if not named:
        return ()
    names = {one.id: one.name for one in list_members(ctx.tx, ctx.tenant_id, named)}
    data = {
        what: [
            {"name": names[id], "points": points, "until": in_words(until) if until else ""}
            for id, points, until in told[:SHOWN]
        ]
        for what, told in rows.items()
    } | {"more": sum(max(0, len(told) - SHOWN) for told in rows.values()), "kept": not ctx.policy.leavers_days}
    card = Card(LEFT, data)
    return tuple(Direct(one, card, Subject(LEFT, label)) for one in list_administrators(ctx))
