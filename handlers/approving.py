"""Asking somebody to agree before something is done: who, by which rule; deciding once; and what follows.

What can be asked for registers itself, by kind: awards, redemptions.

@approvable
class Awards:
    kind = "award"
    ...
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from sqlalchemy import Connection

from handlers.approvers import above, people_for, places_of, stand_ins
from handlers.context import TenantContext, who
from handlers.refusals import Refusal
from handlers.registry import view
from handlers.rules.approvals import ADMINISTRATOR, OWNER, default_rules, steps_of
from handlers.rules.money import Money
from handlers.vocabulary import Card, Direct, Send, Subject, Touch, Who
from store.approvals import (
    ApprovalFact,
    ApprovalState,
    DecisionFact,
    add_approval,
    add_approvers,
    change_approval,
    find_approval,
    find_approval_of,
    list_approval_rules,
    list_approvers,
    list_decisions,
    lock_approval,
)
from store.outbox import Due
from store.people import Member, list_members
from store.person_records import list_records
from store.types import Points

SUBJECT = "approval"
ASKED = "approval_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be agreed to. `owner_id` is who answers for it where a rule says `owner`: that of the budget above."""

    kind: str
    subject_id: str
    asker: Member
    points: Points
    owner_id: str = ""
    on_behalf: Member | None = None
    """Whose budget it is, where the asker stands in for them: rules look at them then."""
    worth: Money | None = None
    """Of a point, where it is another than the programme's."""
    cost: Money | None = None
    """What all of it costs, where that is known by itself: a reward is worth what it is worth, not what it takes."""
    extra: tuple[str, ...] = ()
    """Who has to agree in any case, as rules say it, before those whom the rules name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What an approver reads."""

    title: str
    """A reward's title, or "Award for Bob and Cleo"."""
    people: tuple[Who, ...]
    """Who gets it."""
    reason: str
    points: Points
    """In all."""
    worth: str = ""
    """The same as money, or empty."""
    left: Points | None = None
    """What the budget holds after it, where there is one."""
    notes: tuple[str, ...] = ()
    """What else is to be known: who sees it, on which day."""


class Approvable(Protocol):
    kind: ClassVar[str]

    def shown(self, tx: Connection, tenant_id: str, subject_id: str) -> Shown | None:
        """None where there is nothing to agree to any more."""

    def barred(self, tx: Connection, tenant_id: str, subject_id: str) -> set[str]:
        """Who may not decide, beside the asker: whoever gets it, or answers for what it costs."""

    def approved(self, ctx: TenantContext, subject_id: str) -> tuple[Send, ...]:
        """Everybody agreed: does it."""

    def ended(
        self, ctx: TenantContext, subject_id: str, state: ApprovalState, decision: DecisionFact | None
    ) -> tuple[Send, ...]:
        """It was declined, or nobody decided in time: gives back what was held, and tells whoever asked."""


A = TypeVar("A", bound=type)

kinds: dict[str, Approvable] = {}


def approvable(made: A) -> A:
    assert made.kind not in kinds, f"two kinds of approval called {made.kind}"  # type: ignore[attr-defined]
    kinds[made.kind] = made()  # type: ignore[attr-defined]
    return made


def steps_for(ctx: TenantContext, asked: Asked) -> tuple[str, ...]:
    """Who has to agree, one after the other: `manager`, `administrator`, or a person's id. Empty: nobody has to.

    Without a rule of the tenant's for what is asked, the usual ones hold.
    """
    person = asked.on_behalf or asked.asker
    record = list_records(ctx.tx, ctx.tenant_id, [person.id]).get(person.id)
    rules = [one for one in list_approval_rules(ctx.tx, ctx.tenant_id) if one.kind in ("", asked.kind)]
    by_rule = steps_of(
        rules or default_rules(asked.worth or ctx.policy.worth, asked.cost),
        kind=asked.kind,
        points=asked.points,
        department=record.department if record else "",
        asker_id=person.id,
    )
    named = (_named(one, asked) for one in (*asked.extra, *by_rule))
    return tuple(dict.fromkeys(named))


def _named(step: str, asked: Asked) -> str:
    return (asked.owner_id or ADMINISTRATOR) if step == OWNER else step


def ask(ctx: TenantContext, asked: Asked, steps: tuple[str, ...]) -> tuple[Send, ...]:
    """Writes down that it waits for the first step, and asks whoever decides it. Refuses where nobody could."""
    fact = ApprovalFact(
        id=ctx.new_id(),
        kind=asked.kind,
        subject_id=asked.subject_id,
        asker_id=asked.asker.id,
        step=1,
        steps=steps,
        state=ApprovalState.WAITING,
        asked_at=ctx.now,
        step_at=ctx.now,
    )
    add_approval(ctx.tx, ctx.tenant_id, fact)
    asking = ask_whoever_decides(ctx, fact)
    if not asking:
        raise nobody_could()
    return asking


def check_somebody_could(ctx: TenantContext, asker: Member, steps: tuple[str, ...], barred: Collection[str]) -> None:
    """Before anything is asked: refuses where nobody could decide the first step."""
    if steps and not people_for(ctx, steps[0], asker, {asker.id, *barred}):
        raise nobody_could()


def nobody_could() -> Refusal:
    return Refusal(
        "nobody_approves",
        "Somebody else has to agree to this, and there is nobody who could.",
        "Whoever runs Plaudit can name an administrator, or your manager: nothing was taken.",
    )


def ask_whoever_decides(ctx: TenantContext, fact: ApprovalFact, word: str = "") -> tuple[Send, ...]:
    """Asks those who may decide by now and were not asked yet: a stand-in, a new manager, whoever is above."""
    asked = list_approvers(ctx.tx, ctx.tenant_id, fact.id, fact.step)
    others = [one for one in deciders(ctx, fact) if one.id not in asked]
    add_approvers(ctx.tx, ctx.tenant_id, fact.id, fact.step, (one.id for one in others))
    return ask_people(ctx, fact, others, word)


def deciders(ctx: TenantContext, fact: ApprovalFact) -> list[Member]:
    """Who may decide the step that is waited for, today. Looked at anew each time: rights end, people go away.

    Nobody decides two steps, nor what they asked for, get, or answer for.
    """
    people, barred = _in_their_own_right(ctx, fact)
    return list({one.id: one for one in (*people, *stand_ins(ctx, people, barred))}.values())


def _in_their_own_right(ctx: TenantContext, fact: ApprovalFact) -> tuple[list[Member], set[str]]:
    """Who may decide without standing in for anybody; and who may not at all, by id."""
    (asker,) = list_members(ctx.tx, ctx.tenant_id, [fact.asker_id])
    barred = {asker.id, *(one.person_id for one in list_decisions(ctx.tx, ctx.tenant_id, fact.id))}
    barred |= kinds[fact.kind].barred(ctx.tx, ctx.tenant_id, fact.subject_id)
    people = people_for(ctx, fact.steps[fact.step - 1], asker, barred)
    if fact.escalated:
        people += above(ctx, people, barred)
    return people, barred


def ask_people(ctx: TenantContext, fact: ApprovalFact, people: Collection[Member], word: str = "") -> tuple[Send, ...]:
    """Messages with the card to decide. `word` says why it comes: "", `reminder` or `escalation`."""
    places = _places(ctx, fact) if people else {}
    return tuple(
        Direct(one, card, Subject(SUBJECT, fact.id))
        for one in people
        if (card := card_for(ctx.tx, ctx.tenant_id, fact, one.id, word, places.get(one.id, ())))
    )


def _places(ctx: TenantContext, fact: ApprovalFact) -> dict[str, list[Member]]:
    """In whose place stand-ins are asked who would not be asked otherwise."""
    people, _ = _in_their_own_right(ctx, fact)
    own = {one.id for one in people}
    return {id: whom for id, whom in places_of(ctx, people).items() if id not in own}


def withdraw(ctx: TenantContext, kind: str, subject_id: str) -> tuple[Send, ...]:
    """Whoever asked does not want it any more: cards of approvers say so, and nothing more can be decided."""
    fact = find_approval_of(ctx.tx, ctx.tenant_id, kind, subject_id)
    locked = lock_approval(ctx.tx, ctx.tenant_id, fact.id) if fact else None
    if fact is None or locked is None or locked[0] is not ApprovalState.WAITING:
        return ()
    change_approval(ctx.tx, ctx.tenant_id, fact.id, state=ApprovalState.WITHDRAWN, settled_at=ctx.now)
    return (Touch(Subject(SUBJECT, fact.id)),)


# --- the card ---------------------------------------------------------------------------------------------


def card_for(
    tx: Connection,
    tenant_id: str,
    fact: ApprovalFact,
    reader_id: str,
    word: str = "",
    in_place_of: Collection[Member] = (),
) -> Card | None:
    """What an approver sees now: what is asked, and buttons where they can decide it; else who did."""
    shown = kinds[fact.kind].shown(tx, tenant_id, fact.subject_id) if fact.kind in kinds else None
    if shown is None:
        return None
    decisions = list_decisions(tx, tenant_id, fact.id)
    people = {
        one.id: one for one in list_members(tx, tenant_id, {fact.asker_id, *(one.person_id for one in decisions)})
    }
    waits = fact.state is ApprovalState.WAITING
    data = {
        "values": {"id": fact.id, "step": str(fact.step)},
        "word": word,
        "in_place_of": [who(one) for one in in_place_of],
        "kind": fact.kind,
        "asker": who(people[fact.asker_id]),
        "title": shown.title,
        "people": list(shown.people),
        "reason": shown.reason,
        "points": shown.points,
        "worth": shown.worth,
        "left": shown.left,
        "notes": list(shown.notes),
        "state": fact.state.value,
        "step": fact.step,
        "steps": len(fact.steps),
        "mine": waits and reader_id in list_approvers(tx, tenant_id, fact.id, fact.step),
        "decisions": [
            {"person": who(people[one.person_id]), "approved": one.approved, "reason": one.reason} for one in decisions
        ],
    }
    return Card(ASKED, data)


@view(ASKED)
def show_asked(tx: Connection, due: Due) -> Card | None:
    """What became of it."""
    fact = find_approval(tx, due.tenant_id, due.subject_id)
    return card_for(tx, due.tenant_id, fact, due.reader_id or "") if fact else None
