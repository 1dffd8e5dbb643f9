"""Badges: who may give which, and the points that come with one from the organisation."""

from __future__ import annotations

from collections.abc import Iterable

from handlers.access import is_administrator
from handlers.context import Context
from handlers.refusals import Refusal
from store import ledger
from store.audit import AuditFact, add_audit
from store.badge_gifts import add_badge_gifts, list_had
from store.people import Member
from store.person_records import manages_somebody
from store.programme import BadgeFact, Givers
from store.recognitions import list_badged

KIND = "badge"
"""Of the ledger's transaction."""

_FOR = {
    Givers.MANAGERS: "is for managers to give",
    Givers.ADMINISTRATORS: "is for the people who run Plaudit to give",
    Givers.NAMED: "is for some people to give",
    Givers.NOBODY: "is earned, and nobody gives it",
}


def badges_of(ctx: Context) -> tuple[BadgeFact, ...]:
    """What the actor may give today."""
    return tuple(one for one in ctx.programme.current_badges if may_give(ctx, one))


def check_may_give(ctx: Context, badge: BadgeFact | None) -> None:
    """Raises a `Refusal` at the field of the badge."""
    if badge and not badge.is_current(ctx.programme.day):
        raise Refusal(
            "badge_over",
            f"{badge.emoji} {badge.title} cannot be given today.",
            "Choose another badge, or none.",
            field="badge",
        )
    if badge and not may_give(ctx, badge):
        raise Refusal(
            "badge_of_others",
            f"{badge.emoji} {badge.title} {_FOR[badge.givers]}.",
            "Choose another badge, or none.",
            field="badge",
        )


def may_give(ctx: Context, badge: BadgeFact) -> bool:
    match badge.givers:
        case Givers.EVERYBODY:
            return True
        case Givers.MANAGERS:
            return manages_somebody(ctx.tx, ctx.tenant_id, ctx.actor.id)
        case Givers.ADMINISTRATORS:
            return is_administrator(ctx)
        case Givers.NAMED:
            return ctx.actor.id in badge.named
        case Givers.NOBODY:
            return False


def check_points(ctx: Context, badge: BadgeFact, receivers: Iterable[Member], *, private: bool) -> None:
    """Points of the organisation are given where it can see them, and to each person once a month by each giver."""
    if private:
        raise Refusal(
            "badge_in_private",
            f"{badge.title} brings points of the organisation, so it is not given in private.",
            "Let others see it, or choose another badge.",
            field="badge",
        )
    local = ctx.now.astimezone(ctx.tenant_zone)
    first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    had = list_badged(ctx.tx, ctx.tenant_id, ctx.actor.id, badge.id, first)  # also those from before there were rows
    had |= list_had(ctx.tx, ctx.tenant_id, ctx.actor.id, badge.id, _month(ctx))
    if again := [one.name for one in receivers if one.id in had]:
        raise _given_again(badge, again)


def keep_month(ctx: Context, recognition_id: str, badge: BadgeFact, receivers: Iterable[Member]) -> None:
    """The fact that `check_points` looks for. Refuses like it what another gift of this moment was quicker to give.

    It ends with an undo that brought every point back; what a receiver spent, or an administrator took back, stays
    given for that month. Otherwise give, spend, undo would bring the organisation's points again and again.
    """
    names = {one.id: one.name for one in receivers}
    had = add_badge_gifts(ctx.tx, ctx.tenant_id, recognition_id, ctx.actor.id, badge.id, _month(ctx), names)
    if had:
        raise _given_again(badge, [name for id, name in names.items() if id in had])


def _month(ctx: Context) -> str:
    return f"{ctx.now.astimezone(ctx.tenant_zone):%Y-%m}"


def _given_again(badge: BadgeFact, names: list[str]) -> Refusal:
    return Refusal(
        "badge_again",
        f"You gave {badge.title} to {', '.join(names[:3])} this month already.",
        "Choose another badge, or wait for the next month.",
        field="badge",
    )


def add_badge_points(ctx: Context, recognition_id: str, badge: BadgeFact, receivers: Iterable[Member]) -> ledger.Posted:
    """Moves what the badge carries from the organisation to each receiver. Once for a recognition, and audited."""
    people = list(receivers)
    new = ledger.Transaction(
        kind=KIND,
        act=f"{KIND}:{recognition_id}",
        effective_at=ctx.now,
        recorded_at=ctx.now,
        postings=[ledger.Posting(ledger.Side.ISSUED, ledger.wallet(one.id), badge.points) for one in people],
    )
    posted = ledger.post(ctx.tx, ctx.tenant_id, new)
    entry = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="badge with points given",
        subject_id=recognition_id,
        details={"badge": badge.title, "points": badge.points, "people": [one.id for one in people]},
    )
    add_audit(ctx.tx, ctx.tenant_id, entry)
    return posted
