"""A vendor with a webhook: it is told of an order by a signed call, and calls back when it knows how that ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from handlers.context import Context, TenantContext
from handlers.fulfilment import Begun, fulfilment
from handlers.refusals import Refusal
from handlers.rules.vendor_address import LONGEST, NoVendorAddress, read_vendor_address
from handlers.vendors import Answer, Call, CannotCall, judge
from handlers.vocabulary import Choice, ChoiceField, Field, Send, Submission, TextField
from store.catalogue import RewardFact
from store.people import list_members
from store.redemptions import OrderFact, OrderState
from store.sealing import NotOpened
from store.vendor_calls import CallState, add_call, find_link_of, move_call

WEBHOOK = "webhook"
ADDRESS, TELLS = "address", "tells"
NOTHING, NAME, NAME_AND_EMAIL = "nothing", "name", "email"
_TELLS = {
    NOTHING: "Nothing: an order and what it is",
    NAME: "Their name",
    NAME_AND_EMAIL: "Their name and e-mail address",
}


@fulfilment
class Webhook:
    kind = WEBHOOK
    title = "By a vendor, called by a webhook"

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (
            TextField(
                name=ADDRESS,
                label="Where is the vendor?",
                initial=str(settings.get(ADDRESS, "")),
                hint="An address that begins with https://. Its secret is made afterwards: rewards-admin vendors.",
                min_length=1,
                max_length=LONGEST,
            ),
            ChoiceField(
                name=TELLS,
                label="What does it hear about whoever orders?",
                choices=tuple(Choice(name, label) for name, label in _TELLS.items()),
                initial=str(settings.get(TELLS, NOTHING)),
                hint="People read it before they order.",
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        told = request.values.get(TELLS, NOTHING)
        if told not in _TELLS:
            raise Refusal("unclear_choice", "Choose what the vendor hears.", "One of those offered.", field=TELLS)
        return {ADDRESS: typed_address(request, ADDRESS), TELLS: told}

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        if not ctx.sealer.can_seal:
            return "Its vendor cannot be called: whoever runs the program sets PLAUDIT_SECRET_KEYS."
        if not reward.settings.get(ADDRESS) or find_link_of(ctx.tx, ctx.tenant_id, reward.id) is None:
            return "Its vendor is not connected yet: whoever runs Plaudit here can do that, with rewards-admin vendors."
        return ""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        return ()

    def tells(self, reward: RewardFact) -> str:
        """What goes to somebody outside, for whoever is about to order."""
        match reward.settings.get(TELLS):
            case "name":
                return "A vendor hands it out, and hears your name."
            case "email":
                return "A vendor hands it out, and hears your name and e-mail address."
            case _:
                return "A vendor hands it out, and hears nothing about you."

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        """What they read that the vendor hears stays so, whatever administrators change before it is called."""
        return {TELLS: reward.settings.get(TELLS, NOTHING)}

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """It can be cancelled until the call goes out, which is soon."""
        add_call(ctx.tx, ctx.tenant_id, order.id)
        return Begun(OrderState.ORDERED)

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        withdraw_call(ctx, order.id)
        return ()

    def call(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Call:
        address = str(reward.settings.get(ADDRESS, "")) if reward.fulfilment == WEBHOOK else ""
        link = find_link_of(ctx.tx, ctx.tenant_id, reward.id)
        if not address or link is None:
            raise CannotCall("The reward has no vendor any more.", passes=False)
        try:
            secret = ctx.sealer.open(link.sealed)
        except NotOpened as error:
            raise CannotCall("The key that sealed the vendor's secret is missing.", passes=True) from error
        told = {"order": order.id, "reward": reward.code, "ordered_at": order.ordered_at.isoformat()}
        return Call(
            address=address,
            body=orjson.dumps(told | _person(ctx, reward, order)),
            headers={"Idempotency-Key": order.id},
            secret=secret,
        )

    def read(self, status: int, body: bytes) -> Answer:
        """Any 2xx says that it is taken: how it ends is told by the call back."""
        return judge(status)


def typed_address(request: Submission, name: str) -> str:
    """An address as an administrator typed it. Raises a `Refusal` at the field."""
    typed = request.values.get(name, "")
    try:
        return read_vendor_address(typed if isinstance(typed, str) else "")
    except NoVendorAddress as error:
        raise Refusal("unclear_address", str(error), "Such as https://vendor.example/orders.", field=name) from error


def withdraw_call(ctx: TenantContext, order_id: str) -> None:
    """The order ended otherwise: nothing is sent any more."""
    for was in (CallState.WAITING, CallState.SENT):
        move_call(ctx.tx, ctx.tenant_id, order_id, was, CallState.WITHDRAWN)


def _person(ctx: TenantContext, reward: RewardFact, order: OrderFact) -> dict[str, Any]:
    now = reward.settings.get(TELLS)
    told = min(now, order.answers.get(TELLS, now), key=_how_much)
    if told not in (NAME, NAME_AND_EMAIL):
        return {}
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    email = {"email": person.email or ""} if told == NAME_AND_EMAIL else {}
    return {"person": {"name": person.name} | email}


def _how_much(told: object) -> int:
    return list(_TELLS).index(str(told)) if told in _TELLS else 0
