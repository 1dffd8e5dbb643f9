"""Awarding out of a budget: held where somebody has to agree or its day is to come, else given at once.

What is given is a recognition like every other; its points come from the budget.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from handlers import approving, budgets
from handlers.approving import Asked
from handlers.award_cards import KIND, awarded_card, decided_card
from handlers.award_checks import Wished, check_wished
from handlers.budgets import Spendable
from handlers.context import Context, TenantContext
from handlers.placing import Placement, place_for
from handlers.recognising import Named, counts_of, fingerprint_of, labels_of, tell
from handlers.refusals import Refusal
from handlers.vocabulary import Direct, Reply, Response, Send, Subject
from store import closings, ledger
from store.approvals import DecisionFact
from store.audit import AuditFact, add_audit
from store.awards import AwardFact, AwardState, add_award, find_award, move_award
from store.budgets import find_budget
from store.conversations import list_places
from store.people import Member, list_members
from store.recognitions import Audience, RecognitionFact, RecognitionKind, add_recognition
from store.tallies import add_counts

SUBJECT = "award"


def award(ctx: Context, wished: Wished, award_id: str) -> Response:
    """Checks an award, holds or moves its points, and tells whoever is to know. The id makes it one award."""
    budgets.renew(ctx)
    spendable = budgets.get_spendable(ctx, wished.budget_id)
    check_wished(ctx, wished, spendable)
    budgets.check_holds(ctx, spendable, wished.total)
    steps = steps_of(ctx, wished, award_id, spendable)
    waits = bool(steps) or _is_later(ctx, wished)
    fact = _fact(ctx, wished, award_id, AwardState.ASKED if steps else AwardState.DUE if waits else AwardState.GIVEN)
    try:
        if waits:
            fact = replace(fact, hold_id=_hold(ctx, fact))
        add_award(ctx.tx, ctx.tenant_id, fact)
        if steps:
            asked = Asked(kind=KIND, subject_id=fact.id, asker=ctx.actor, points=fact.total)
            sends = approving.ask(ctx, asked, steps)
        else:
            sends = () if waits else give(ctx, fact)
    except ledger.InsufficientPoints as short:  # somebody was quicker
        raise budgets.too_little(ctx, spendable.budget, fact.total, short.available) from short
    warning = budgets.after_spending(ctx, fact.budget_id)
    card = awarded_card(ctx, fact, budgets.holds(ctx, fact.budget_id))
    return Response(Reply(card), (*sends, *warning))


def steps_of(ctx: Context, wished: Wished, award_id: str, spendable: Spendable) -> tuple[str, ...]:
    """Who has to agree to it, by the rules for whoever's budget it is."""
    parent_id = spendable.budget.parent_id
    above = find_budget(ctx.tx, ctx.tenant_id, parent_id) if parent_id else None
    asked = Asked(
        kind=KIND,
        subject_id=award_id,
        asker=ctx.actor,
        points=wished.total,
        owner_id=above.owner_id if above else "",
        on_behalf=spendable.for_whom,
        worth=budgets.worth_of(ctx, spendable.budget),
    )
    return approving.steps_for(ctx, asked)


def withdraw(ctx: Context, award_id: str) -> tuple[AwardFact, tuple[Send, ...]]:
    """Its giver does not want it any more. Refuses what was given already, or ended."""
    fact = find_award(ctx.tx, ctx.tenant_id, award_id)
    if fact is None or fact.giver_id != ctx.actor.id:
        raise Refusal("not_yours", "Only who asked for an award can withdraw it.", "Ask them, please.")
    touched = approving.withdraw(ctx, KIND, fact.id)
    if not end(ctx, fact, AwardState.WITHDRAWN):
        raise Refusal("not_waiting", "That award does not wait any more.", "Look at it once more, please.")
    return fact, touched


def give_due(ctx: TenantContext, fact: AwardFact) -> tuple[Send, ...]:
    """An agreed award whose day has come, and its giver hears of it. Nothing where somebody was quicker."""
    return settle(ctx, fact, AwardState.DUE)


def settle(ctx: TenantContext, fact: AwardFact, was: AwardState) -> tuple[Send, ...]:
    """Gives one that waited, to those who are still here; where all of them left, its points go back."""
    if not reached(ctx, fact):
        return tell_giver(ctx, fact, AwardState.VOID, None) if end(ctx, fact, AwardState.VOID) else ()
    if not move_award(ctx.tx, ctx.tenant_id, fact.id, was, AwardState.GIVEN, ctx.now):
        return ()
    return (*give(ctx, fact), *tell_giver(ctx, fact, AwardState.GIVEN, None))


# --- the books --------------------------------------------------------------------------------------------


def _fact(ctx: Context, wished: Wished, award_id: str, state: AwardState) -> AwardFact:
    return AwardFact(
        id=award_id,
        giver_id=ctx.actor.id,
        budget_id=wished.budget_id,
        points=wished.points,
        reason=wished.reason,
        badge_id=wished.badge_id,
        audience=wished.audience,
        place_id=ctx.place.id if ctx.place else "",
        copied_ids=tuple(sorted(one.id for one in wished.copied)),
        arrives_on=wished.arrives_on,
        state=state,
        hold_id=None,
        asked_at=ctx.now,
        settled_at=ctx.now if state is AwardState.GIVEN else None,
        receiver_ids=tuple(one.id for one in wished.receivers),
    )


def _hold(ctx: Context, fact: AwardFact) -> str:
    source = ledger.budget(fact.budget_id)
    return closings.hold(ctx.tx, ctx.tenant_id, source, fact.id, fact.total, f"hold:award:{fact.id}", ctx.now)


def end(ctx: TenantContext, fact: AwardFact, state: AwardState) -> bool:
    """Ends one that waits, and gives back what it held. False where it does not wait."""
    if not any(
        move_award(ctx.tx, ctx.tenant_id, fact.id, was, state, ctx.now) for was in (AwardState.ASKED, AwardState.DUE)
    ):
        return False
    assert fact.hold_id, "what waits holds its points"
    closings.release(ctx.tx, ctx.tenant_id, fact.hold_id, f"release:award:{fact.id}", ctx.now)
    budgets.returned(ctx, fact.budget_id, fact.total, taken_by=fact.hold_id)
    return True


def reached(ctx: TenantContext, fact: AwardFact) -> tuple[Member, ...]:
    """Its receivers who are still here, as they were named."""
    people = {one.id: one for one in list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)}
    return tuple(people[one] for one in fact.receiver_ids if people[one].active)


def give(ctx: TenantContext, fact: AwardFact) -> tuple[Send, ...]:
    """Moves the points to those who are still here, and makes it a recognition. The rest stays in the budget."""
    if fact.hold_id:
        closings.release(ctx.tx, ctx.tenant_id, fact.hold_id, f"release:award:{fact.id}", ctx.now)
    receivers = reached(ctx, fact)
    moved = ledger.Transaction(
        kind=KIND,
        act=f"{KIND}:{fact.id}",
        effective_at=ctx.now,
        recorded_at=ctx.now,
        postings=[
            ledger.Posting(ledger.budget(fact.budget_id), ledger.wallet(one.id), fact.points) for one in receivers
        ],
    )
    posted = ledger.post(ctx.tx, ctx.tenant_id, moved)
    budgets.returned(ctx, fact.budget_id, fact.total - fact.points * len(receivers), taken_by=fact.hold_id)
    (giver,) = list_members(ctx.tx, ctx.tenant_id, [fact.giver_id])
    copied = tuple(list_members(ctx.tx, ctx.tenant_id, fact.copied_ids))
    placement = _placement(ctx, fact, giver)
    given = _recognition(ctx, fact, receivers, placement, posted.transaction_id)
    add_recognition(ctx.tx, given)
    add_counts(ctx.tx, ctx.tenant_id, given.value_id, counts_of(given))
    _note(ctx, fact, receivers)
    named = Named(giver=giver, receivers=receivers, copied=tuple(one for one in copied if one.active))
    return tell(ctx, given, named, placement, posted.balances)


def _placement(ctx: TenantContext, fact: AwardFact, giver: Member) -> Placement:
    """Where it was said, also when it is given days later, by whoever agreed, on another platform."""
    place = list_places(ctx.tx, ctx.tenant_id, [fact.place_id]).get(fact.place_id) if fact.place_id else None
    homes = (one for one in ctx.programme.homes if place and one.workspace_id == place.workspace_id)
    home = next(homes, ctx.home)
    said_in = Context(
        tx=ctx.tx,
        now=ctx.now,
        new_id=ctx.new_id,
        home=home,
        policy=ctx.policy,
        programme=ctx.programme,
        actor=giver,
        place=place,
        people={},
    )
    return place_for(said_in, fact.audience)


def _recognition(
    ctx: TenantContext, fact: AwardFact, receivers: tuple[Member, ...], placement: Placement, transaction_id: str
) -> RecognitionFact:
    ids = tuple(one.id for one in receivers)
    return RecognitionFact(
        tenant_id=ctx.tenant_id,
        id=fact.id,
        kind=RecognitionKind.AWARD,
        giver_id=fact.giver_id,
        receiver_ids=ids,
        reason=fact.reason,
        value_id=None,
        badge_id=fact.badge_id,
        points=fact.points,
        audience=fact.audience,
        public=fact.audience is Audience.WALL or placement.public,
        about_link="",
        transaction_id=transaction_id,
        tally_labels=labels_of(ctx, fact.audience),
        fingerprint=fingerprint_of(ids, fact.points, None, fact.badge_id, fact.reason),
        given_at=ctx.now,
        copied_ids=fact.copied_ids,
    )


# --- telling ----------------------------------------------------------------------------------------------


def _note(ctx: TenantContext, fact: AwardFact, receivers: tuple[Member, ...]) -> None:
    """It is the organisation's money, so the audit has who got how much out of which budget. Never the words."""
    budget = find_budget(ctx.tx, ctx.tenant_id, fact.budget_id)
    details = {
        "budget": budget.name if budget else "",
        "points": fact.points * len(receivers),
        "people": [one.id for one in receivers],
    }
    entry = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=fact.giver_id, act="award given", subject_id=fact.id, details=details
    )
    add_audit(ctx.tx, ctx.tenant_id, entry)


def tell_giver(
    ctx: TenantContext, fact: AwardFact, state: AwardState, decision: DecisionFact | None
) -> tuple[Send, ...]:
    giver = next(iter(list_members(ctx.tx, ctx.tenant_id, [fact.giver_id])), None)
    if giver is None or not giver.active:
        return ()
    got = reached(ctx, fact) if state is AwardState.GIVEN else list_members(ctx.tx, ctx.tenant_id, fact.receiver_ids)
    return (Direct(giver, decided_card(ctx, fact, state, got, decision), Subject(SUBJECT, fact.id)),)


def _is_later(ctx: TenantContext, wished: Wished) -> bool:
    return wished.arrives_on is not None and wished.arrives_on > today_of(ctx)


def today_of(ctx: TenantContext) -> date:
    return ctx.now.astimezone(ctx.tenant_zone).date()
