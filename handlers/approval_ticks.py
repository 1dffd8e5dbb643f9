"""What nobody decides: a reminder, then somebody else is asked too, then it ends and what was held is released."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from handlers.approving import SUBJECT, ask_people, ask_whoever_decides, deciders, kinds
from handlers.context import TenantContext
from handlers.registry import tick
from handlers.rules.approvals import ESCALATE_AFTER, LAPSE_AFTER, REMIND_AFTER
from handlers.rules.instants import Daily
from handlers.rules.working_days import is_working, working_days_between
from handlers.vocabulary import Send, Subject, Tick, Touch, Turned
from store.approvals import ApprovalFact, ApprovalState, change_approval, list_waiting, lock_approval

PAGE = 200


@tick("approvals", rule=Daily(time(9)), by_tenant=True)
def look_after(tick: Tick, ctx: TenantContext) -> Turned:
    """Looks after what waits, a page at a time. On a weekend nobody is reminded, and nothing ends."""
    if not is_working(_day(ctx, ctx.now)):
        return Turned()
    waiting = list_waiting(ctx.tx, ctx.tenant_id, ctx.now, after=tick.page, most=PAGE)
    sends = tuple(send for one in waiting for send in _look_after(ctx, one))
    return Turned(sends, next_page=waiting[-1].id if len(waiting) == PAGE else "")


def _look_after(ctx: TenantContext, fact: ApprovalFact) -> tuple[Send, ...]:
    if lock_approval(ctx.tx, ctx.tenant_id, fact.id) != (ApprovalState.WAITING, fact.step) or fact.kind not in kinds:
        return ()  # decided since the page was read, or of another version of the program
    waited = working_days_between(_day(ctx, fact.step_at), _day(ctx, ctx.now))
    if waited >= LAPSE_AFTER:
        return _end(ctx, fact)
    asked = ask_whoever_decides(ctx, fact)
    if waited >= ESCALATE_AFTER and not fact.escalated:
        return (*asked, *_escalate(ctx, fact))
    if waited >= REMIND_AFTER and not fact.reminded:
        return (*asked, *_remind(ctx, fact))
    return asked


def _end(ctx: TenantContext, fact: ApprovalFact) -> tuple[Send, ...]:
    change_approval(ctx.tx, ctx.tenant_id, fact.id, state=ApprovalState.LAPSED, settled_at=ctx.now)
    ended = kinds[fact.kind].ended(ctx, fact.subject_id, ApprovalState.LAPSED, None)
    return (Touch(Subject(SUBJECT, fact.id)), *ended)


def _remind(ctx: TenantContext, fact: ApprovalFact) -> tuple[Send, ...]:
    change_approval(ctx.tx, ctx.tenant_id, fact.id, reminded=True)
    return ask_people(ctx, fact, deciders(ctx, fact), "reminder")


def _escalate(ctx: TenantContext, fact: ApprovalFact) -> tuple[Send, ...]:
    """Whoever decides where these do not is asked as well; whoever is quicker decides."""
    change_approval(ctx.tx, ctx.tenant_id, fact.id, reminded=True, escalated=True)
    return ask_whoever_decides(ctx, replace(fact, escalated=True), "escalation")


def _day(ctx: TenantContext, instant: datetime) -> date:
    return instant.astimezone(ctx.tenant_zone).date()
