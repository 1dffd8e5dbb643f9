"""A gift-card provider: an order there for an order here, once, and its link for nobody but whoever ordered.

The answers are recorded in the shape that https://developers.tremendous.com/docs/link-delivery shows.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.backoff import MOST_ATTEMPTS
from tests.test_gift_codes import everything_stored, said
from tests.test_vendors import Trade, trade

__all__ = ["trade"]

LINK = "https://testflight.tremendous.com/rewards/payout/4SBVBQGUZOGR--token"


def recorded(status: str = "EXECUTED", link: str = LINK) -> tuple[int, dict[str, Any]]:
    delivery = {"method": "LINK", "status": "SUCCEEDED"} | ({"link": link} if link else {})
    reward = {
        "id": "4SBVBQGUZOGR",
        "order_id": "SFZCMH4NMC5X",
        "created_at": "2023-01-10T21:44:06.434Z",
        "value": {"denomination": 12.5, "currency_code": "EUR"},
        "delivery": delivery,
        "recipient": {"name": "Ann", "email": "ann@acme.test"},
    }
    order = {
        "id": "SFZCMH4NMC5X",
        "external_id": "ours",
        "created_at": "2023-01-10T21:44:06.441Z",
        "status": status,
        "channel": "API",
        "payment": {"subtotal": 12.5, "total": 12.5, "fees": 0.0},
        "rewards": [reward],
    }
    return 201, {"order": order}


def card(trade: Trade, **typed: str) -> str:
    """A reward whose settings an administrator typed in."""
    made = trade.shop.reward("card", fulfilment="gift_cards", settings={}, value_minor=1250, currency="EUR")
    values = {"address": "https://www.tremendous.com/api/v2/orders", "key": "TEST-KEY", "products": "OKMHM2X2OHYV"}
    context = {"reward": made, "kind": "gift_cards"}
    answered = trade.shop.submits("cleo", "admin_reward_settings", context=context, **values | typed)
    assert answered.outcome == "done", said(answered)
    assert "TEST-KEY" not in said(answered) + said(trade.shop.presses("cleo", "admin_vendors", anything=""))
    kept = {"address": trade.vendor.address}  # the one on this machine, which nobody could type in
    trade.shop.change(made, lambda one: replace(one, settings=one.settings | kept))
    return made


async def test_a_link_is_bought_once_and_shown_to_nobody_else(trade: Trade) -> None:
    made = card(trade)
    assert "hears your name and e-mail address" in said(trade.shop.presses("ann", "redeem", reward=made, price="40"))
    trade.shop.orders("ann", made)
    trade.vendor.will(503, recorded("PENDING APPROVAL", ""), recorded())
    for _ in range(4):
        await trade.send()
    order = trade.shop.newest
    assert [one["external_id"] for one in trade.vendor.heard] == [order] * 3
    assert {one["Authorization"] for one in trade.vendor.headers} == {"Bearer TEST-KEY"}
    assert trade.vendor.heard[0] == {
        "external_id": order,
        "payment": {"funding_source_id": "balance"},
        "reward": {
            "value": {"denomination": 12.5, "currency_code": "EUR"},
            "recipient": {"name": "Ann", "email": "ann@acme.test"},
            "delivery": {"method": "LINK"},
            "products": ["OKMHM2X2OHYV"],
        },
    }
    assert (trade.money(), trade.call("state")) == (("fulfilled", 60, 0), "answered")
    assert trade.house.one("SELECT vendor_ref FROM redemption") == "SFZCMH4NMC5X"
    assert LINK in said(trade.shop.presses("ann", "order_secret"))
    assert trade.shop.presses("cleo", "order_secret").outcome == "no_order"
    await trade.told("U1")
    stored = everything_stored(trade.shop)
    assert LINK not in stored
    assert "TEST-KEY" not in stored


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (recorded("FAILED", ""), "FAILED"),
        ((422, {"errors": {"message": "Denomination is too small"}}), "Denomination is too small"),
    ],
)
async def test_what_the_provider_refuses_gives_the_points_back(
    trade: Trade, answer: tuple[int, dict[str, Any]], why: str
) -> None:
    trade.shop.orders("ann", card(trade))
    trade.vendor.will(answer)
    await trade.send()
    assert trade.money() == ("failed", 100, 0)
    assert why in (await trade.told("U3"))[0]


async def test_what_it_has_taken_is_never_given_up_and_what_it_never_took_is(trade: Trade) -> None:
    made = card(trade)
    trade.shop.orders("ann", made)
    taken = trade.shop.newest
    trade.vendor.will(recorded("PENDING APPROVAL", ""), 500)
    await trade.send()
    trade.house.change("UPDATE vendor_call SET attempt = :attempt", attempt=MOST_ATTEMPTS + 5)
    await trade.send()
    assert trade.shop.state(taken) == "started"
    trade.house.change("UPDATE vendor_call SET state = 'sent'")
    trade.shop.orders("ann", made)
    trade.house.change("UPDATE vendor_call SET attempt = :attempt", attempt=MOST_ATTEMPTS - 1)
    trade.vendor.will(401)
    await trade.send()
    assert (trade.shop.state(), trade.shop.state(taken)) == ("failed", "started")


@pytest.mark.parametrize("place", ["id", "status"])
async def test_signs_in_an_answer_that_no_database_takes_hold_up_nothing(trade: Trade, place: str) -> None:
    """A NUL, which PostgreSQL refuses: it would be asked about for ever."""
    trade.shop.orders("ann", card(trade))
    status, told = recorded("PENDING APPROVAL", "")
    told["order"][place] = "WAIT\0ING"
    trade.vendor.will((status, told), recorded())
    await trade.send()
    assert "has no link yet" in trade.call("trouble")
    await trade.send()
    assert trade.money() == ("fulfilled", 60, 0)


async def test_what_the_provider_has_taken_is_not_given_back_because_the_reward_changed(trade: Trade) -> None:
    """Else there are the points and the gift card: whoever runs it says how it ended."""
    made = card(trade)
    trade.shop.orders("ann", made)
    trade.vendor.will(recorded("PENDING APPROVAL", ""))
    await trade.send()
    trade.shop.change(made, lambda one: replace(one, fulfilment="manual", settings={}))
    await trade.send()
    assert (trade.money(), trade.call("state")) == (("started", 60, 40), "waiting")
    assert "no gift-card provider any more" in trade.call("trouble")
    trade.shop.presses("cleo", "vendor_order_back")
    assert trade.money() == ("failed", 100, 0)


async def test_one_that_cannot_be_sent_at_all_rests_and_holds_up_no_other(trade: Trade) -> None:
    made = card(trade)
    trade.shop.orders("ann", made)
    broken = trade.shop.newest
    trade.house.change("UPDATE redemption SET currency = 'none of this version'")
    trade.shop.orders("bob", made)
    trade.vendor.will(recorded())
    await trade.send()
    assert (trade.shop.state(), trade.shop.state(broken)) == ("fulfilled", "ordered")
    assert await trade.sender.turn() == 0, "it rests"
    trade.house.change("UPDATE redemption SET currency = 'EUR'")
    trade.vendor.will(recorded())
    await trade.send()
    assert trade.shop.state(broken) == "fulfilled"


async def test_what_is_bought_while_the_points_are_given_back_is_told(trade: Trade) -> None:
    """Somebody ends the order while the provider is at it: there is a gift card that nobody pays for."""

    async def ends_it(_: str) -> None:
        await asyncio.to_thread(trade.shop.presses, "cleo", "vendor_order_back")

    trade.shop.orders("ann", card(trade))
    trade.vendor.before_answer = ends_it
    trade.vendor.will(recorded())
    await trade.send()
    assert trade.money() == ("failed", 100, 0)
    assert sum("afterwards that it handed it over" in one for one in await trade.told("U3")) == 1
    assert trade.shop.presses("ann", "order_secret").outcome == "no_secret"


@pytest.mark.parametrize(
    "answer",
    [
        (200, {}),
        (201, {"order": []}),
        (201, {"order": {"status": "EXECUTED", "rewards": [1]}}),
        recorded(link="javascript:x"),
    ],
)
async def test_an_answer_that_makes_no_sense_is_asked_for_again(
    trade: Trade, answer: tuple[int, dict[str, Any]]
) -> None:
    trade.shop.orders("ann", card(trade))
    trade.vendor.will(answer)
    await trade.send()
    assert (trade.shop.state(), trade.call("state")) == ("started", "waiting")


async def test_its_settings_name_what_is_missing_and_keep_the_key(trade: Trade) -> None:
    made = card(trade)
    trade.shop.change(made, lambda one: replace(one, settings=one.settings | {"address": "https://vendor.example/v1"}))
    context = {"reward": made, "kind": "gift_cards"}
    good = {"address": "https://vendor.example/orders", "products": "A B", "key": ""}

    def typed(**more: str) -> Any:
        return trade.shop.submits("cleo", "admin_reward_settings", context=context, **good | more)

    assert "begins with https" in said(typed(address="http://vendor.example/"))
    assert "What can they choose from" in said(typed(products=""))
    before = trade.house.one("SELECT settings FROM reward")
    assert typed().outcome == "done"
    after = trade.house.one("SELECT settings FROM reward")
    assert str(before).partition('"key"')[2][:40] == str(after).partition('"key"')[2][:40]
    nothing = trade.shop.reward("empty", fulfilment="gift_cards", settings={})
    assert "not set up yet" in said(trade.shop.orders("ann", nothing))
    worthless = {"reward": nothing, "kind": "gift_cards"}
    trade.shop.submits("cleo", "admin_reward_settings", context=worthless, **good | {"key": "K"})
    assert "what it is worth" in said(trade.shop.orders("ann", nothing))


async def test_the_key_goes_nowhere_but_where_it_was_given_for(trade: Trade) -> None:
    made = card(trade)
    trade.shop.change(made, lambda one: replace(one, settings=one.settings | {"address": "https://a.example/orders"}))
    context = {"reward": made, "kind": "gift_cards"}

    def moves(address: str, key: str) -> str:
        typed = {"address": address, "key": key, "products": "OKMHM2X2OHYV"}
        return said(trade.shop.submits("cleo", "admin_reward_settings", context=context, **typed))

    assert "The key that is kept is for a.example" in moves("https://b.example/orders", "")
    assert "b.example" not in str(trade.house.one("SELECT settings FROM reward"))
    moves("https://a.example/v2/orders", "")
    moves("https://b.example/orders", "ANOTHER-KEY")
    assert "b.example" in str(trade.house.one("SELECT settings FROM reward"))
