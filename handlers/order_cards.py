"""How an order is shown: to whoever ordered it, and to those who hand it out. Both cards follow its states."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import Connection

from handlers.context import who
from handlers.fulfilment import kinds
from handlers.order_events import event_of, in_calendar, when_of
from handlers.registry import view
from handlers.rules.money import Money
from handlers.vocabulary import Card, Direct, Send, Subject, Touch
from store.codes import has_secret
from store.outbox import Due
from store.people import Member, list_members
from store.redemptions import CANCELLABLE, OrderFact, OrderState, StepFact, find_order, list_steps

SUBJECT = "order"
WORK = "order_work"
"""The same order for those who hand it out: whoever does so for themselves gets a message as each."""
ASKED = "asked"
"""Of an order's answers: a list of `label` and `answer`, for those who hand it out."""
PAID = "The rest is paid."
"""The note of a step that changes no state."""


def own_money(order: OrderFact) -> str:
    """The rest from one's own pocket, `5.00 EUR`; empty where there is none."""
    return str(Money(order.own_minor, order.currency)) if order.own_minor else ""


def state_card(tx: Connection, tenant_id: str, order: OrderFact) -> Card:
    """What the person sees: where it stands, what it cost, every step so far."""
    steps = list_steps(tx, tenant_id, order.id)
    names = {one: name for one, name in _names(tx, tenant_id, steps).items() if one != order.person_id}
    own: dict[str, object] = {"open": order.is_open, "points": order.points}
    (person,) = list_members(tx, tenant_id, [order.person_id])
    when = when_of(tx, event_of(tx, tenant_id, order), person)
    own |= {"cancellable": order.state in CANCELLABLE, "when": when}
    own |= {"secret": has_secret(tx, tenant_id, order.id), "calendar": in_calendar(order)}
    own["given"] = bool(getattr(kinds.get(order.fulfilment), "given", False))
    return Card("order_state", _shown(order, steps, names) | own)


def work_card(tx: Connection, tenant_id: str, order: OrderFact) -> Card:
    """What those see who hand it out: who gets what by when, and who did what so far."""
    steps = list_steps(tx, tenant_id, order.id)
    (person,) = list_members(tx, tenant_id, [order.person_id])
    asked: list[dict[str, str]] = order.answers.get(ASKED, [])
    own = {
        "person": who(person),
        "left": not person.active and order.is_open,
        "asked": [{"label": one["label"], "answer": one["answer"]} for one in asked],
        "by_hand": confirms_payment(order),
    }
    return Card("order_work", _shown(order, steps, _names(tx, tenant_id, steps)) | own)


def confirms_payment(order: OrderFact) -> bool:
    """Whether those who hand it out see to the rest, too. Else it waits until administrators say that it is paid."""
    return bool(getattr(kinds.get(order.fulfilment), "confirms_payment", False))


def follow(order_id: str) -> tuple[Send, ...]:
    """Every message that shows an order follows what happened to it."""
    return (Touch(Subject(SUBJECT, order_id)), Touch(Subject(WORK, order_id)))


def state_message(tx: Connection, order: OrderFact, person: Member) -> Direct:
    """A new message for whoever ordered it."""
    return Direct(person, state_card(tx, person.tenant_id, order), Subject(SUBJECT, order.id))


@view("order_state")
def show_state(tx: Connection, due: Due) -> Card | None:
    order = find_order(tx, due.tenant_id, due.subject_id)
    return state_card(tx, due.tenant_id, order) if order else None


@view("order_work")
def show_work(tx: Connection, due: Due) -> Card | None:
    order = find_order(tx, due.tenant_id, due.subject_id)
    return work_card(tx, due.tenant_id, order) if order else None


def _shown(order: OrderFact, steps: list[StepFact], names: dict[str, str]) -> dict[str, object]:
    paid = _paid_in(steps)
    last = [one for one in steps if one not in paid][-1]
    return {
        "id": order.id,
        "title": order.title,
        "state": order.state.value,
        "own": own_money(order),
        "own_paid": order.own_paid_at is not None,
        "promised": order.promised_on,
        "note": last.note,
        "steps": [_step(order, one, names.get(one.by_id, ""), paid=one in paid) for one in steps],
    }


def _paid_in(steps: list[StepFact]) -> list[StepFact]:
    """Those that changed no state. People may write the same words when they hand it out."""
    return [one for before, one in pairwise(steps) if one.note == PAID and one.state is before.state]


def _step(order: OrderFact, step: StepFact, name: str, *, paid: bool) -> dict[str, object]:
    agreed = step.state is OrderState.ORDERED and step.by_id not in ("", order.person_id)
    what = "the rest paid" if paid else "agreed" if agreed else WORDS[step.state]
    said = f"{what}, says" if paid else f"{what} by"
    return {"at": step.at, "what": said if name else what, "by": name}


def _names(tx: Connection, tenant_id: str, steps: list[StepFact]) -> dict[str, str]:
    """Whoever did something: named, for nobody is called for it."""
    ids = {one.by_id for one in steps if one.by_id}
    return {one.id: one.name for one in list_members(tx, tenant_id, ids)} if ids else {}


WORDS = {
    OrderState.ASKED: "asked for",
    OrderState.ORDERED: "ordered",
    OrderState.STARTED: "started",
    OrderState.FULFILLED: "handed over",
    OrderState.DECLINED: "declined",
    OrderState.CANCELLED: "cancelled",
    OrderState.FAILED: "not possible",
    OrderState.LAPSED: "lapsed, for nobody decided",
}
"""States as people read them."""
