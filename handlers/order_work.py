"""Handing out: start, done, declined, paid. The first tap counts; whoever comes later sees who it was."""

from __future__ import annotations

from collections.abc import Callable

from handlers.access import is_administrator
from handlers.context import Context
from handlers.fulfillers import MANUAL, fulfillers
from handlers.order_cards import confirms_payment, own_money, work_card
from handlers.order_secrets import NO_KEYS, seal_secret
from handlers.ordering import decline, finish, pay_rest, settled_already, start
from handlers.refusals import Refusal
from handlers.registry import action, submission
from handlers.vocabulary import (
    Action,
    Choice,
    ChoiceField,
    Form,
    OpenForm,
    Replace,
    Reply,
    Response,
    Send,
    Submission,
    TextField,
)
from store.catalogue import find_rewards
from store.redemptions import UNDER_WAY, OrderFact, OrderState, find_order, lock_order

MOST_NOTE, MOST_CODE = 500, 500
YES, NOT_YET = "yes", "not_yet"


# --- buttons ----------------------------------------------------------------------------------------------


@action("order_work_show", reads=True)
def show_work(request: Action, ctx: Context) -> Response:
    """Shows an order to whoever hands it out."""
    found = find_to_hand_out(ctx, request.values.get("id", ""))
    return Response(Reply(work_card(ctx.tx, ctx.tenant_id, found)))


@action("order_start")
def press_start(request: Action, ctx: Context) -> Response:
    """Says that you start on an order: it cannot be cancelled any more."""
    return _once(
        request,
        ctx,
        lambda one: by_hand(one) and one.state is OrderState.ORDERED,
        lambda one: start(ctx, one.id, by=ctx.actor.id),
    )


@action("order_paid")
def press_paid(request: Action, ctx: Context) -> Response:
    """Says that the rest from somebody's own pocket is paid."""
    return _once(
        request,
        ctx,
        lambda one: one.own_paid_at is None and one.state in (*UNDER_WAY, OrderState.FULFILLED),
        lambda one: pay_rest(ctx, one.id, by=ctx.actor.id),
    )


def _once(
    request: Action, ctx: Context, still: Callable[[OrderFact], bool], act: Callable[[OrderFact], tuple[Send, ...]]
) -> Response:
    """Does it where nobody did; the card shows how things stand in any case."""
    lock_order(ctx.tx, ctx.tenant_id, request.values.get("id", ""))
    found = find_to_hand_out(ctx, request.values.get("id", ""))
    sends = act(found) if still(found) else ()
    shown = find_to_hand_out(ctx, found.id) if sends else found
    return Response(Replace(work_card(ctx.tx, ctx.tenant_id, shown)), sends)


# --- done -------------------------------------------------------------------------------------------------


@action("order_done_form", reads=True)
def open_done(request: Action, ctx: Context) -> Response:
    """Opens the form to say that an order was handed over."""
    found = _open_one(ctx, request.values.get("id", ""))
    due = own_money(found) if found.own_minor and found.own_paid_at is None else ""
    paid = ChoiceField(
        name="paid",
        label=f"Did they pay the rest, {due}?",
        choices=(Choice(YES, "Yes, I have it"), Choice(NOT_YET, "Not yet")),
        initial=NOT_YET,
    )
    form = Form(
        name="order_done",
        form_id=ctx.new_id(),
        opened_by="order_done_form",
        title="Handed over",
        submit="Done",
        note="Whoever ordered it is told at once.",
        context={"id": found.id},
        fields=(
            TextField(
                name="note",
                label="A word to them",
                hint="Such as where it is. Empty: none.",
                multiline=True,
                max_length=MOST_NOTE,
            ),
            TextField(
                name="code",
                label="A code or a secret link",
                hint="It is kept sealed, and only they can read it. Empty: none.",
                max_length=MOST_CODE,
            ),
            *((paid,) if due else ()),
        ),
    )
    return Response(OpenForm(form))


@submission("order_done")
def submit_done(request: Submission, ctx: Context) -> Response:
    """Says that an order was handed over, with a code or a word."""
    lock_order(ctx.tx, ctx.tenant_id, request.context.get("id", ""))
    found = _open_one(ctx, request.context.get("id", ""))
    note, code = _text(request, "note", MOST_NOTE), _text(request, "code", MOST_CODE)
    if code and not ctx.sealer.can_seal:
        raise Refusal("no_keys", "A code cannot be kept here yet.", NO_KEYS, field="code")
    if code:
        seal_secret(ctx, found.id, code)
    if request.values.get("paid", "") == YES:
        pay_rest(ctx, found.id, by=ctx.actor.id)
    sends = finish(ctx, found.id, by=ctx.actor.id, note=note)
    return Response(Reply(work_card(ctx.tx, ctx.tenant_id, find_to_hand_out(ctx, found.id))), sends)


# --- declined ---------------------------------------------------------------------------------------------


@action("order_decline_form", reads=True)
def open_decline(request: Action, ctx: Context) -> Response:
    """Opens the form to say why an order is not possible."""
    found = _open_one(ctx, request.values.get("id", ""), any_kind=True)
    form = Form(
        name="order_decline",
        form_id=ctx.new_id(),
        opened_by="order_decline_form",
        title="Decline an order",
        submit="Decline",
        note="Whoever ordered it gets the points back, and reads your reason.",
        context={"id": found.id},
        fields=(TextField(name="reason", label="Why?", multiline=True, min_length=3, max_length=MOST_NOTE),),
    )
    return Response(OpenForm(form))


@submission("order_decline")
def submit_decline(request: Submission, ctx: Context) -> Response:
    """Declines an order with a reason: the points go back."""
    lock_order(ctx.tx, ctx.tenant_id, request.context.get("id", ""))
    found = _open_one(ctx, request.context.get("id", ""), any_kind=True)
    reason = _text(request, "reason", MOST_NOTE)
    if len(reason) < 3:
        raise Refusal("no_reason", "Why is it not possible?", "A few words for whoever ordered it.", field="reason")
    sends = decline(ctx, found.id, by=ctx.actor.id, reason=reason)
    return Response(Reply(work_card(ctx.tx, ctx.tenant_id, find_to_hand_out(ctx, found.id))), sends)


# --- who may, and what ------------------------------------------------------------------------------------


def find_to_hand_out(ctx: Context, order_id: str) -> OrderFact:
    """An order that the actor may act on. Raises a `Refusal`: buttons and forms may be sent by anybody."""
    found = find_order(ctx.tx, ctx.tenant_id, order_id)
    if found is None or not _may_hand_out(ctx, found):
        raise Refusal("not_yours_to_do", "That order is for others to hand out.", "Nothing was changed.")
    return found


def _may_hand_out(ctx: Context, order: OrderFact) -> bool:
    """Those named for it and administrators; for oneself only where there is nobody else."""
    reward = find_rewards(ctx.tx, ctx.tenant_id, [order.reward_id])[order.reward_id]
    named = ctx.actor.id in {one.id for one in fulfillers(ctx, reward, order.person_id)}
    return named or (is_administrator(ctx) and order.person_id != ctx.actor.id)


def by_hand(order: OrderFact) -> bool:
    return order.fulfilment == MANUAL


def _open_one(ctx: Context, order_id: str, *, any_kind: bool = False) -> OrderFact:
    found = find_to_hand_out(ctx, order_id)
    if found.state not in UNDER_WAY:
        raise settled_already(found)
    if not by_hand(found) and not (any_kind and found.state is OrderState.ORDERED and not confirms_payment(found)):
        raise Refusal("not_by_hand", f"{found.title} is not handed out by hand.", "It goes its own way.")
    return found


def _text(request: Submission, name: str, longest: int) -> str:
    text = request.text(name)
    if len(text) > longest:
        raise Refusal("too_long", f"That is more than {longest} characters.", "Shorten it a little.", field=name)
    return text
