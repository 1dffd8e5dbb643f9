"""Vendors as administrators keep them: their secrets, made and shown once, and the orders that are with them."""

from __future__ import annotations

from collections.abc import Callable

from handlers.access import check_administrator
from handlers.admin_words import Said, admin_word
from handlers.context import Context
from handlers.fulfillers import fulfillers
from handlers.fulfilment_webhook import ADDRESS, WEBHOOK
from handlers.order_secrets import NO_KEYS
from handlers.ordering import fail, finish
from handlers.refusals import Refusal
from handlers.registry import action
from handlers.vendor_cards import vendor_card
from handlers.vendors import find_vendor
from handlers.vocabulary import Action, Card, Replace, Reply, Response, Send
from store.audit import AuditFact, add_audit
from store.catalogue import RewardFact, find_rewards, list_rewards
from store.people import list_members
from store.redemptions import OrderFact, OrderState, find_order, lock_order
from store.types import new_token
from store.vendor_calls import (
    CallFact,
    CallState,
    LinkFact,
    find_call,
    find_link_of,
    list_calls,
    move_call,
    save_vendor_link,
    send_again,
)

PATH = "/vendors"
MOST_REWARDS, MOST_ORDERS = 10, 10
GIVEN_BACK = "The vendor did not hand it over."


# --- what there is ----------------------------------------------------------------------------------------


@admin_word("vendors", reads=True)
def vendors(said: Said, ctx: Context) -> Response:
    """Vendors: their secrets, and the orders that are with them."""
    return Response(Reply(_vendors_card(ctx)))


@action("admin_vendors", reads=True)
def show_vendors(request: Action, ctx: Context) -> Response:
    """Shows the vendors, and the orders that are with them."""
    check_administrator(ctx)
    return Response(Replace(_vendors_card(ctx)))


@action("vendor_order", reads=True)
def show_order(request: Action, ctx: Context) -> Response:
    """Shows an order that is with a vendor."""
    check_administrator(ctx)
    order, call = _find(ctx, request.values.get("id", ""))
    return Response(Reply(vendor_card(ctx, order, call)))


def _vendors_card(ctx: Context) -> Card:
    found = [one for one in list_rewards(ctx.tx, ctx.tenant_id) if find_vendor(one.fulfilment)]
    calls = [
        one
        for state in (CallState.WAITING, CallState.SENT)
        for one in list_calls(ctx.tx, ctx.tenant_id, state, MOST_ORDERS + 1)
    ]
    data = {
        "keys": ctx.sealer.can_seal,
        "rewards": [_reward_row(ctx, one) for one in found[:MOST_REWARDS]],
        "more": max(0, len(found) - MOST_REWARDS),
        "orders": [row for one in calls[:MOST_ORDERS] if (row := _order_row(ctx, one))],
        "more_orders": len(calls) > MOST_ORDERS,
    }
    return Card("admin_vendors", data)


def _reward_row(ctx: Context, reward: RewardFact) -> dict[str, object]:
    signed = reward.fulfilment == WEBHOOK
    return {
        "id": reward.id,
        "title": reward.title,
        "address": str(reward.settings.get(ADDRESS, "")),
        "signed": signed,
        "connected": not signed or find_link_of(ctx.tx, ctx.tenant_id, reward.id) is not None,
    }


def _order_row(ctx: Context, call: CallFact) -> dict[str, object] | None:
    order = find_order(ctx.tx, ctx.tenant_id, call.order_id)
    if order is None:
        return None
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    said = "taken by the vendor" if call.state is CallState.SENT else "waits to be sent"
    return {
        "id": order.id,
        "title": order.title,
        "person": person.name,
        "promised": order.promised_on,
        "said": said,
        "trouble": call.trouble,
    }


# --- the secret -------------------------------------------------------------------------------------------


@action("vendor_secret")
def make_secret(request: Action, ctx: Context) -> Response:
    """Makes a new secret and a new address for a vendor's calls back, and shows them once."""
    check_administrator(ctx)
    reward_id = request.values.get("reward", "")
    reward = find_rewards(ctx.tx, ctx.tenant_id, [reward_id]).get(reward_id)
    if reward is None or reward.fulfilment != WEBHOOK:
        raise Refusal("no_vendor", "That reward has no such vendor.", "Choose that kind for it in the catalogue.")
    if not ctx.sealer.can_seal:
        raise Refusal("no_keys", "A secret cannot be kept here yet: there is no key to seal it.", NO_KEYS)
    if not request.wired:  # the outbox keeps what it sends, and is no place for secrets
        raise Refusal("no_wire", "I cannot tell you the secret here.", "Press the button once more, please.")
    secret, token = new_token(), new_token()
    link = LinkFact(ctx.tenant_id, reward.id, ctx.sealer.seal(secret))
    save_vendor_link(ctx.tx, link, token, ctx.now)
    _audit(ctx, "vendor's secret made", reward.id, {"reward": reward.title})
    known = ctx.public_url.startswith(("https://", "http://"))
    data = {
        "title": reward.title,
        "secret": secret,
        "address": f"{ctx.public_url.rstrip('/') if known else ''}{PATH}/{token}",
        "known": known,
    }
    again = "I told you that secret already, and I tell it only once. Press the button once more for a new one."
    return Response(Reply(Card("vendor_secret", data), secret=True, again=again))


# --- an order that a vendor says nothing of ---------------------------------------------------------------


@action("vendor_order_again")
def press_again(request: Action, ctx: Context) -> Response:
    """Sends an order to its vendor once more, which knows it again by its key."""

    def act(order: OrderFact) -> tuple[Send, ...] | None:
        return () if send_again(ctx.tx, ctx.tenant_id, order.id) else None

    return _once(request, ctx, "order sent to a vendor again", act)


@action("vendor_order_done")
def press_done(request: Action, ctx: Context) -> Response:
    """Says that a vendor has handed over an order."""

    def act(order: OrderFact) -> tuple[Send, ...]:
        for was in (CallState.SENT, CallState.WAITING):
            move_call(ctx.tx, ctx.tenant_id, order.id, was, CallState.ANSWERED)
        return finish(ctx, order.id, by=ctx.actor.id)

    return _once(request, ctx, "order at a vendor marked as handed over", act)


@action("vendor_order_back")
def press_back(request: Action, ctx: Context) -> Response:
    """Gives the points of an order back that its vendor does not hand over."""
    return _once(
        request,
        ctx,
        "order at a vendor given back",
        lambda order: fail(ctx, order.id, by=ctx.actor.id, reason=GIVEN_BACK),
    )


def _once(request: Action, ctx: Context, what: str, act: Callable[[OrderFact], tuple[Send, ...] | None]) -> Response:
    """Does it where the order is under way; the card shows how things stand in any case. None: nothing was done."""
    check_administrator(ctx)
    order_id = request.values.get("id", "")
    lock_order(ctx.tx, ctx.tenant_id, order_id)
    order, _ = _find(ctx, order_id)
    sends = None
    if order.state is OrderState.STARTED:
        _check_other(ctx, order)
        sends = act(order)
    if sends is not None:
        _audit(ctx, what, order.id, {"reward": order.title})
    return Response(Replace(vendor_card(ctx, *_find(ctx, order_id))), sends or ())


def _check_other(ctx: Context, order: OrderFact) -> None:
    """Nobody decides about their own order where somebody else can."""
    reward = find_rewards(ctx.tx, ctx.tenant_id, [order.reward_id])[order.reward_id]
    if ctx.actor.id not in {one.id for one in fulfillers(ctx, reward, order.person_id)}:
        raise Refusal("own_order", "That is your own order.", "Another administrator can do it.")


def _find(ctx: Context, order_id: str) -> tuple[OrderFact, CallFact]:
    order = find_order(ctx.tx, ctx.tenant_id, order_id)
    call = find_call(ctx.tx, ctx.tenant_id, order_id) if order else None
    if order is None or call is None:
        raise Refusal("no_order", "I know no such order at a vendor.", "See what there is: rewards-admin vendors.")
    return order, call


def _audit(ctx: Context, act: str, subject_id: str, details: dict[str, str]) -> None:
    fact = AuditFact(
        id=ctx.new_id(), at=ctx.now, actor_id=ctx.actor.id, act=act, subject_id=subject_id, details=dict(details)
    )
    add_audit(ctx.tx, ctx.tenant_id, fact)
