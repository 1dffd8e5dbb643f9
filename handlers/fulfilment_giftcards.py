"""A gift-card provider with an interface like Tremendous': an order is placed for a link, which only its owner sees.

The order's id goes along as `external_id`: placed again with the same one, it is the same order there, and the answer
tells how that one stands (https://developers.tremendous.com/reference/create-order). So to ask is to place it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import orjson

from handlers.context import Context, TenantContext
from handlers.fulfilment import Begun, fulfilment
from handlers.fulfilment_webhook import ADDRESS, typed_address, withdraw_call
from handlers.order_secrets import NO_KEYS
from handlers.refusals import Refusal
from handlers.rules.money import EXPONENTS
from handlers.rules.vendor_address import LONGEST
from handlers.vendors import LONGEST_SECRET, Answer, Call, CannotCall, Verdict, judge
from handlers.vocabulary import Field, Send, Submission, TextField
from store.catalogue import RewardFact
from store.people import list_members
from store.redemptions import OrderFact, OrderState
from store.sealing import NotOpened
from store.vendor_calls import add_call

GIFT_CARDS = "gift_cards"
KEY, FUNDING, CAMPAIGN, PRODUCTS = "key", "funding", "campaign", "products"
USUAL_ADDRESS, USUAL_FUNDING = "https://www.tremendous.com/api/v2/orders", "balance"
LONGEST_KEY, LONGEST_NAME, MOST_PRODUCTS = 300, 60, 20
_LONGEST_WHY = 200
_ENDED = ("FAILED", "CANCELED")
_NOT_YET = (401, 402, 403)
"""Of the answers that refuse: no good key, no money. Somebody can set that right while the order waits."""


@fulfilment
class GiftCards:
    kind = GIFT_CARDS
    title = "By a gift-card provider such as Tremendous"

    def settings_fields(self, ctx: Context, settings: Mapping[str, Any]) -> tuple[Field, ...]:
        return (
            TextField(
                name=ADDRESS,
                label="Where are orders placed?",
                initial=str(settings.get(ADDRESS, USUAL_ADDRESS)),
                hint="To try it: https://testflight.tremendous.com/api/v2/orders.",
                min_length=1,
                max_length=LONGEST,
            ),
            TextField(
                name=KEY,
                label="The provider's key",
                hint="It is kept sealed, and never shown. Empty: the one that is kept.",
                max_length=LONGEST_KEY,
            ),
            TextField(
                name=FUNDING,
                label="What pays for it?",
                initial=str(settings.get(FUNDING, USUAL_FUNDING)),
                hint="The id of a funding source there.",
                min_length=1,
                max_length=LONGEST_NAME,
            ),
            TextField(
                name=CAMPAIGN,
                label="Campaign",
                initial=str(settings.get(CAMPAIGN, "")),
                hint="Its id there: what people can choose from. Empty: the products below.",
                max_length=LONGEST_NAME,
            ),
            TextField(
                name=PRODUCTS,
                label="Products",
                initial="\n".join(settings.get(PRODUCTS, [])),
                hint="Their ids there, one in each line.",
                multiline=True,
                max_length=1000,
            ),
        )

    def read_settings(self, request: Submission, ctx: Context, settings: Mapping[str, Any]) -> dict[str, Any]:
        campaign, products = request.text(CAMPAIGN), request.text(PRODUCTS).split()
        if not campaign and not products:
            raise Refusal("no_products", "What can they choose from?", "Name a campaign, or products.", field=PRODUCTS)
        if len(products) > MOST_PRODUCTS:
            raise Refusal("too_many", f"{MOST_PRODUCTS} products at most.", "A campaign takes more.", field=PRODUCTS)
        address = typed_address(request, ADDRESS)
        return {
            ADDRESS: address,
            KEY: _sealed_key(request, ctx, settings, address),
            FUNDING: request.text(FUNDING) or USUAL_FUNDING,
            CAMPAIGN: campaign,
            PRODUCTS: products,
        }

    def why_not(self, ctx: Context, reward: RewardFact) -> str:
        if not ctx.sealer.can_seal:
            return "Its provider cannot be asked: whoever runs the program sets PLAUDIT_SECRET_KEYS."
        if not reward.settings.get(KEY):
            return "Its provider is not set up yet: whoever runs Plaudit here can do that."
        if not reward.value_minor:
            return "Nobody has said what it is worth: whoever runs Plaudit here can do that."
        return ""

    def fields(self, ctx: Context, reward: RewardFact) -> tuple[Field, ...]:
        return ()

    def tells(self, reward: RewardFact) -> str:
        """What goes to somebody outside, for whoever is about to order."""
        return "A gift-card provider hands it out, and hears your name and e-mail address."

    def steps(self, reward: RewardFact) -> tuple[str, ...]:
        return ()

    def reserve(self, request: Submission, ctx: Context, reward: RewardFact, order_id: str) -> dict[str, Any]:
        return {}

    def fulfil(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Begun:
        """It can be cancelled until the call goes out, which is soon."""
        add_call(ctx.tx, ctx.tenant_id, order.id)
        return Begun(OrderState.ORDERED)

    def give_back(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> tuple[Send, ...]:
        withdraw_call(ctx, order.id)
        return ()

    def call(self, ctx: TenantContext, reward: RewardFact, order: OrderFact) -> Call:
        settings = reward.settings if reward.fulfilment == GIFT_CARDS else {}
        if not settings.get(ADDRESS) or not settings.get(KEY):
            raise CannotCall("The reward has no gift-card provider any more.", passes=False)
        try:
            key = ctx.sealer.open(str(settings[KEY]))
        except NotOpened as error:
            raise CannotCall("The key that sealed the provider's key is missing.", passes=True) from error
        return Call(
            address=str(settings[ADDRESS]),
            body=orjson.dumps(_order(ctx, settings, order)),
            headers={"Authorization": f"Bearer {key}"},
        )

    def read(self, status: int, body: bytes) -> Answer:
        """Placed and executed, it has a link. What waits there for approval is asked about again, without an end."""
        told = _parsed(body)
        if not 200 <= status < 300:
            judged = judge(status)
            verdict = Verdict.AGAIN if status in _NOT_YET else judged.verdict
            return Answer(verdict, f"{judged.why} {_complaint(told)}".strip())
        placed = told.get("order")
        if not isinstance(placed, dict):
            return Answer(Verdict.AGAIN, "Its answer has no order in it.")
        ref, state, link = _word(placed.get("id"), 64), _word(placed.get("status"), 40), _link(placed)
        if state in _ENDED:
            return Answer(Verdict.REFUSED, f"The order is {state} there.", ref=ref)
        if state != "EXECUTED" or not link:
            return Answer(Verdict.AGAIN, f"The order is {state} there, and has no link yet.", ref=ref)
        return Answer(Verdict.HANDED_OVER, secret=link, ref=ref)


def _order(ctx: TenantContext, settings: Mapping[str, Any], order: OrderFact) -> dict[str, Any]:
    (person,) = list_members(ctx.tx, ctx.tenant_id, [order.person_id])
    offered = {"campaign_id": settings[CAMPAIGN]} if settings.get(CAMPAIGN) else {}
    offered |= {"products": list(settings[PRODUCTS])} if settings.get(PRODUCTS) else {}
    return {
        "external_id": order.id,
        "payment": {"funding_source_id": settings.get(FUNDING, USUAL_FUNDING)},
        "reward": {
            "value": {
                "denomination": order.value_minor / 10 ** EXPONENTS[order.currency],
                "currency_code": order.currency,
            },
            "recipient": {"name": person.name} | ({"email": person.email} if person.email else {}),
            "delivery": {"method": "LINK"},
            **offered,
        },
    }


def _link(placed: Mapping[str, Any]) -> str:
    """Of the one reward in an order; empty while there is none. Nothing is shown to anybody that is no such address."""
    rewards = placed.get("rewards")
    first = rewards[0] if isinstance(rewards, list) and rewards else {}
    delivery = first.get("delivery") if isinstance(first, dict) else {}
    link = delivery.get("link") if isinstance(delivery, dict) else ""
    good = isinstance(link, str) and link.startswith("https://") and len(link) <= LONGEST_SECRET
    return str(link) if good and str(link).isprintable() else ""


def _complaint(told: Mapping[str, Any]) -> str:
    errors = told.get("errors")
    return _word(errors.get("message") if isinstance(errors, dict) else "", _LONGEST_WHY)


def _word(told: object, longest: int) -> str:
    """What of it is a text; without signs that no database takes, or nobody reads."""
    return "".join(one for one in told if one.isprintable())[:longest] if isinstance(told, str) else ""


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _sealed_key(request: Submission, ctx: Context, settings: Mapping[str, Any], address: str) -> str:
    """The one that is kept stays with the host that it was given for: else it could be had by naming another one."""
    typed, kept, known = request.text(KEY), str(settings.get(KEY, "")), urlsplit(str(settings.get(ADDRESS, ""))).netloc
    if not typed and kept and urlsplit(address).netloc == known:
        return kept
    if not typed and kept:
        raise Refusal("key_of_another", f"The key that is kept is for {known}.", "Write the one for here.", field=KEY)
    if not ctx.sealer.can_seal:
        raise Refusal("no_keys", "A key cannot be kept here yet.", NO_KEYS, field=KEY)
    if not typed or len(typed) > LONGEST_KEY or not typed.isascii() or not typed.isprintable():
        raise Refusal("no_key", "I need the provider's key.", "It is in your account there.", field=KEY)
    return ctx.sealer.seal(typed)
