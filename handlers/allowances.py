"""What a person may give in a period: granted on first use, moved by gifts, and told in one way everywhere.

How much it is, and what comes along from before, is a rule (`handlers/rules/allowances.py`). What was granted is in
the ledger, so a changed policy counts from the next period of each person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.allowances import Entitled, Words, carried, granted_for, late_grants, words_of
from handlers.rules.periods import Span, day_in, period_end, span_of, spans_before
from store import ledger
from store.allowances import (
    GiverFacts,
    KeptPeriod,
    RuleFact,
    Segment,
    find_available,
    find_giver,
    list_kept,
    roll_over,
)
from store.types import Id, Points


@dataclass(frozen=True, slots=True)
class Left:
    """`points` may still be given, of those that there were in this period, with what rolled over: `of`.

    `words` name the period and its end. The next points come at `ends_at`.
    """

    points: Points
    of: Points
    words: Words
    ends_at: datetime

    @property
    def until(self) -> str:
        """`Monday`, `tomorrow` or `1 December`."""
        return self.words.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Spending:
    """What moves points from the actor's allowance to others: one act, `each` to every receiver."""

    kind: str
    act: str
    each: Points
    receiver_ids: Sequence[Id]


@dataclass(frozen=True, slots=True)
class Spent:
    transaction_id: Id
    balances: Mapping[ledger.Account, Points]
    """What each account that changed holds now."""
    left: Left


def allowance_of(ctx: Context) -> ledger.Account:
    """What the actor may give in this period, by the calendar on their own wall."""
    return ledger.allowance(ctx.actor.id, _span(ctx).label)


def left(ctx: Context) -> Left:
    """What the actor may still give; all that there will be, before the first gift of the period."""
    of = allowance_of(ctx)
    available = find_available(ctx.tx, ctx.tenant_id, of)
    if available is None:
        expected = _expected(ctx)
        return _left(ctx, expected, expected)
    return _left(ctx, ledger.find_balance(ctx.tx, ctx.tenant_id, of), available)


def ensure_granted(ctx: Context) -> Points:
    """Grants the actor's allowance of this period, with what rolls over, if nobody has; gives all that there was.

    Once granted it is one statement that writes nothing.
    """
    of = allowance_of(ctx)
    available = find_available(ctx.tx, ctx.tenant_id, of)
    if available is not None:
        return available
    entitled = _entitled(ctx)
    points = granted_for(_span(ctx), entitled)
    if ledger.grant(ctx.tx, ctx.tenant_id, of, points, ctx.now):
        return points + _bring_along(ctx, entitled)
    return find_available(ctx.tx, ctx.tenant_id, of) or 0  # somebody was quicker


def spend(ctx: Context, spending: Spending) -> Spent:
    """Moves points to the receivers' wallets, to all or to none. Refuses what is more than is left.

    Raises ledger.AlreadyPosted for an act that is in the books.
    """
    available, source = ensure_granted(ctx), allowance_of(ctx)
    moved = ledger.Transaction(
        kind=spending.kind,
        act=spending.act,
        effective_at=ctx.now,
        recorded_at=ctx.now,
        postings=[ledger.Posting(source, ledger.wallet(one), spending.each) for one in spending.receiver_ids],
    )
    try:
        posted = ledger.post(ctx.tx, ctx.tenant_id, moved)
    except ledger.InsufficientPoints as short:
        raise _too_much(spending, _left(ctx, short.available, available)) from short
    return Spent(posted.transaction_id, posted.balances, _left(ctx, posted.balances[source], available))


def own_allowance(ctx: Context) -> Points:
    """What the actor gets in a whole period."""
    if not ctx.programme.allowance_rules:
        return ctx.policy.allowance
    return whole_allowance(ctx, find_giver(ctx.tx, ctx.tenant_id, ctx.actor.id))


def whole_allowance(ctx: Context, giver: GiverFacts) -> Points:
    """What somebody gets in a whole period: the highest rule of a group that they are in, else what everybody gets."""
    fitting = [one.points for one in ctx.programme.allowance_rules if _fits(one, giver)]
    return max(fitting, default=ctx.policy.allowance)


def entitled_to(ctx: Context, giver: GiverFacts, zone: ZoneInfo) -> Entitled:
    """What decides how much somebody gets, by the calendar of a zone."""
    since = ctx.policy.allowance_since
    return Entitled(
        points=whole_allowance(ctx, giver),
        least=ctx.policy.default_points,
        programme_since=day_in(giver.programme_since, zone),
        joined_on=giver.started_on,
        known_on=day_in(giver.known_at, zone) if giver.known_at else None,
        counted_since=date.fromisoformat(since) if since else None,
    )


def _fits(rule: RuleFact, giver: GiverFacts) -> bool:
    match rule.segment:
        case Segment.DEPARTMENT:
            return rule.value.casefold() == giver.department.casefold()
        case Segment.MANAGERS:
            return giver.is_manager
        case Segment.PERSON:
            return rule.value == giver.person_id


# --- the calendar -----------------------------------------------------------------------------------------


def _span(ctx: Context) -> Span:
    return span_of(ctx.policy.allowance_period, day_in(ctx.now, ctx.zone))


def _before(ctx: Context) -> list[Span]:
    """The periods whose points may roll over, the latest first."""
    return spans_before(ctx.policy.allowance_period, _span(ctx), ctx.policy.rollover_periods)


def _left(ctx: Context, points: Points, of: Points) -> Left:
    ends_at = period_end(ctx.policy.allowance_period, ctx.now, ctx.zone)
    words = words_of(ctx.policy.allowance_period, day_in(ends_at, ctx.zone))
    return Left(points, of, words, ends_at)


# --- the first use of a period ----------------------------------------------------------------------------


def _entitled(ctx: Context) -> Entitled:
    return entitled_to(ctx, find_giver(ctx.tx, ctx.tenant_id, ctx.actor.id), ctx.zone)


def _expected(ctx: Context) -> Points:
    """What there would be to give if the period were used now."""
    entitled, before = _entitled(ctx), _before(ctx)
    kept = list_kept(ctx.tx, ctx.tenant_id, ctx.actor.id, [one.label for one in before], lock=False)
    for label, points in late_grants(before, kept, entitled).items():
        kept[label] = _granted_on_top(kept.get(label), points)
    return granted_for(_span(ctx), entitled) + sum(one.moved for one in carried(before, kept, entitled.points).values())


def _bring_along(ctx: Context, entitled: Entitled) -> Points:
    """Whoever granted this period brings in what was not given before, in the same transaction: how much that is."""
    before = _before(ctx)
    kept = list_kept(ctx.tx, ctx.tenant_id, ctx.actor.id, [one.label for one in before], lock=True)
    for label, points in late_grants(before, kept, entitled).items():
        if ledger.grant(ctx.tx, ctx.tenant_id, ledger.allowance(ctx.actor.id, label), points, ctx.now):
            kept[label] = _granted_on_top(kept.get(label), points)
    come = carried(before, kept, entitled.points)
    if come:
        roll_over(ctx.tx, ctx.tenant_id, ctx.actor.id, _span(ctx).label, come, ctx.now)
    return sum(one.moved for one in come.values())


def _granted_on_top(kept: KeptPeriod | None, points: Points) -> KeptPeriod:
    return KeptPeriod((kept.balance if kept else 0) + points, points)


def _too_much(spending: Spending, left: Left) -> Refusal:
    people = len(spending.receiver_ids)
    total = spending.each * people
    needed = f"{total} ({spending.each} each for {people})" if people > 1 else str(total)
    each = left.points // people
    arrives = left.words.arrives
    return Refusal(
        "allowance_spent",
        f"You have {left.points} of {left.of} points left {left.words.now}, and this takes {needed}.",
        f"Write +{each} or less, or come back {arrives}." if each else f"Fresh points arrive {arrives}.",
        field="points",
    )
