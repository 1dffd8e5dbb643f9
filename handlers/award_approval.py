"""Awards that somebody has to agree to: what approvers read, and what follows from their decision."""

from __future__ import annotations

from sqlalchemy import Connection

from handlers.approving import Shown, approvable
from handlers.award_cards import KIND, SEEN, worth_of_award
from handlers.awarding import end, settle, tell_giver, today_of
from handlers.context import TenantContext, who
from handlers.rules.days import in_words
from handlers.vocabulary import Send
from store import ledger
from store.approvals import ApprovalState, DecisionFact
from store.awards import AwardFact, AwardState, find_award, move_award
from store.budgets import find_budget
from store.people import list_members
from store.recognitions import Audience


@approvable
class Awards:
    kind = KIND

    def shown(self, tx: Connection, tenant_id: str, subject_id: str) -> Shown | None:
        fact = find_award(tx, tenant_id, subject_id)
        if fact is None:
            return None
        people = {one.id: one for one in list_members(tx, tenant_id, fact.receiver_ids)}
        budget = find_budget(tx, tenant_id, fact.budget_id)
        return Shown(
            title=f"Award out of {budget.name}" if budget else "Award",
            people=tuple(who(people[one]) for one in fact.receiver_ids),
            reason="" if _is_private(fact) else fact.reason,
            points=fact.total,
            worth=worth_of_award(tx, tenant_id, budget, fact.total),
            left=ledger.find_balance(tx, tenant_id, ledger.budget(fact.budget_id)),
            notes=_notes(fact),
        )

    def barred(self, tx: Connection, tenant_id: str, subject_id: str) -> set[str]:
        """Its receivers, and whoever's budget it is."""
        fact = find_award(tx, tenant_id, subject_id)
        budget = find_budget(tx, tenant_id, fact.budget_id) if fact else None
        return {*(fact.receiver_ids if fact else ()), *([budget.owner_id] if budget else ())}

    def approved(self, ctx: TenantContext, subject_id: str) -> tuple[Send, ...]:
        fact = _get(ctx, subject_id)
        if fact.arrives_on is None or fact.arrives_on <= today_of(ctx):
            return settle(ctx, fact, AwardState.ASKED)
        moved = move_award(ctx.tx, ctx.tenant_id, fact.id, AwardState.ASKED, AwardState.DUE, None)
        return tell_giver(ctx, fact, AwardState.DUE, None) if moved else ()

    def ended(
        self, ctx: TenantContext, subject_id: str, state: ApprovalState, decision: DecisionFact | None
    ) -> tuple[Send, ...]:
        fact = _get(ctx, subject_id)
        now = AwardState.DECLINED if state is ApprovalState.DECLINED else AwardState.LAPSED
        return tell_giver(ctx, fact, now, decision) if end(ctx, fact, now) else ()


def _notes(fact: AwardFact) -> tuple[str, ...]:
    day = f"It arrives on {in_words(fact.arrives_on)}." if fact.arrives_on else ""
    seen = f"Seen by {SEEN[fact.audience]}."
    if _is_private(fact):
        seen = f"Seen by {SEEN[fact.audience]}, so its words are not shown here."
    return tuple(filter(None, (day, seen)))


def _is_private(fact: AwardFact) -> bool:
    return fact.audience in (Audience.RECEIVERS, Audience.COPIED)


def _get(ctx: TenantContext, award_id: str) -> AwardFact:
    fact = find_award(ctx.tx, ctx.tenant_id, award_id)
    assert fact, f"approval of an award {award_id} that is not there"
    return fact
