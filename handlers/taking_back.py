"""An administrator takes a recognition back: words, points, counts and boosts."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.boosting import lock_points, subtract, take_back_boosts
from handlers.context import Context
from handlers.recognising import counts_of
from handlers.recognition_cards import SUBJECT
from handlers.refusals import Refusal
from handlers.vocabulary import Subject, Touch
from store.audit import AuditFact, add_audit
from store.closings import take_back_by_administrator
from store.recognitions import RecognitionFact, RecognitionKind, take_back


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Points that left the programme, and points that the receivers had spent and keep."""

    returned: int
    kept: int
    reason: str
    touches: tuple[Touch, ...]


def take_back_as_administrator(ctx: Context, fact: RecognitionFact, reason: str) -> TakenBack:
    """Once: raises a `Refusal` where somebody was quicker. Every message that shows it follows."""
    if not take_back(ctx.tx, ctx.tenant_id, fact.id, ctx.now, by=ctx.actor.id):
        raise Refusal("taken_back", "That kudos was taken back already.", "Nothing more was changed.")
    lock_points(ctx, fact)
    given = _take_points(ctx, fact.transaction_id, f"admin:{fact.id}")
    brought = _take_points(ctx, fact.badge_transaction_id, f"admin:badge:{fact.id}")
    boosted = take_back_boosts(ctx, fact, by_administrator=True)
    subtract(ctx, fact, counts_of(fact) + boosted.counts)
    taken = (given, brought, (boosted.returned, boosted.kept))
    returned, kept = sum(one[0] for one in taken), sum(one[1] for one in taken)
    details = {"people": [fact.giver_id, *fact.receiver_ids], "points": returned, "kept": kept}
    entry = AuditFact(
        id=ctx.new_id(),
        at=ctx.now,
        actor_id=ctx.actor.id,
        act="award taken back" if fact.kind is RecognitionKind.AWARD else "kudos taken back",
        subject_id=fact.id,
        details=details,
        reason=reason,
    )
    add_audit(ctx.tx, ctx.tenant_id, entry)
    return TakenBack(returned, kept, reason, (Touch(Subject(SUBJECT, fact.id)),))


def _take_points(ctx: Context, transaction_id: str | None, act: str) -> tuple[int, int]:
    if transaction_id is None:
        return 0, 0
    taken = take_back_by_administrator(ctx.tx, ctx.tenant_id, transaction_id, act, ctx.now)
    return taken.returned, taken.kept
