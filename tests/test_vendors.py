"""Vendors: told of an order by a signed call, heard when they call back, whether late, twice, wrongly or never."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.admission import Lane
from bot.backoff import MOST_ATTEMPTS
from bot.connected import Core
from bot.public_addresses import InsideError, make_session, refuse_inside
from bot.vendor_door import VendorDoor
from bot.vendors import Vendors
from handlers.rules.vendor_address import NoVendorAddress, read_vendor_address
from handlers.ticks import Ticks
from handlers.vendor_desk import VendorDesk
from store.catalogue import RewardFact
from store.db import Database
from store.sealing import Sealer
from store.vendor_calls import list_due_calls
from tests.posting import House, open_house
from tests.shop import KEY, Shop
from tests.test_gift_codes import everything_stored, said
from tests.vendor import TestVendor, open_vendor

WALL = 1_800_000_000.0


class Trade:
    """A shop, a vendor, and the program's two sides towards it. Ann and Bob have 100 points each; Cleo runs it."""

    def __init__(self, house: House, shop: Shop, vendor: TestVendor) -> None:
        self.house, self.shop, self.vendor = house, shop, vendor
        self.readers = Lane("reading", 1)
        core = Core(house.database, house.lane, self.readers, house.clock, house.new_id)
        self.desk = VendorDesk(
            house.presenter, clock=house.clock, new_id=house.new_id, owners=["cleo@acme.test"], sealer=Sealer([KEY])
        )
        self.sender = self.new_sender(core)
        self.door = VendorDoor(core, self.desk, wall=vendor.clock)
        self.core = core

    def new_sender(self, core: Core, **more: Any) -> Vendors:
        return Vendors(core, self.desk, loopback=True, wall=lambda: WALL, random=lambda: 0.5, **more)

    def reward(self, code: str = "ticket", **settings: str) -> str:
        made = self.shop.reward(code, fulfilment="webhook", settings={"address": self.vendor.address} | settings)
        shown = said(self.shop.presses("cleo", "vendor_secret", reward=made))
        secret, token = re.findall(r"(?<![\w-])(?:/vendors/)?([\w-]{43})(?![\w-])", shown)[:2]
        self.vendor.secret = secret
        self.vendor.call_back = f"{self.vendor.call_back.partition('/vendors')[0]}/vendors/{token}"
        return made

    async def send(self) -> int:
        """One look at what is due; nothing rests."""
        self.house.change("UPDATE vendor_call SET free_at = 0")
        return await self.sender.turn()

    def call(self, column: str) -> Any:
        return self.house.one(f"SELECT {column} FROM vendor_call ORDER BY order_id DESC")  # noqa: S608

    def money(self) -> tuple[str, int, int]:
        """State of the newest order, Ann's wallet, what is held."""
        return self.shop.state(), self.shop.wallet("ann"), self.shop.held()

    async def told(self, whom: str) -> list[str]:
        await self.house.settled()
        return self.house.platform.texts(whom)


@pytest.fixture
async def trade(database: Database, clock: Any) -> AsyncIterator[Trade]:
    async with open_house(database, clock) as house, open_vendor(lambda: WALL) as vendor:
        shop = Shop(house)
        shop.grant("ann", 100)
        shop.grant("bob", 100)
        trade = Trade(house, shop, vendor)
        app = web.Application()
        trade.door.mount(app)
        async with TestServer(app) as server:
            vendor.call_back = str(server.make_url("/vendors"))
            yield trade
        await trade.sender.close()
        await trade.readers.close()
        assert house.books_agree()


# --- the usual way ----------------------------------------------------------------------------------------


async def test_a_vendor_is_told_by_a_signed_call_and_calls_back_with_a_code(trade: Trade) -> None:
    ticket = trade.reward()
    form = said(trade.shop.presses("ann", "redeem", reward=ticket, price="40"))
    assert "A vendor hands it out, and hears nothing about you." in form
    trade.shop.orders("ann", ticket)
    order = trade.shop.newest
    assert trade.money() == ("ordered", 60, 40)
    assert await trade.send() == 1
    [heard] = trade.vendor.heard
    assert heard == {"order": order, "reward": "ticket", "ordered_at": "2026-11-18T10:00:00+00:00"}
    assert trade.vendor.headers[0]["Idempotency-Key"] == order
    assert trade.shop.presses("ann", "order_cancel").outcome == "order_settled"
    assert await trade.send() == 0, "it is sent once"
    assert trade.money() == ("started", 60, 40)
    assert await trade.vendor.says(order, "started") == 200
    assert await trade.vendor.says(order, "fulfilled", code="SEAT-7-ROW-3", note="Enjoy it") == 200
    assert await trade.vendor.says(order, "fulfilled", code="ANOTHER") == 200
    assert await trade.vendor.says(order, "started") == 200
    for _ in range(2):
        assert await trade.vendor.says(order, "failed", reason="no seat") == 409
    assert trade.money() == ("fulfilled", 60, 0)
    [told] = [one for one in await trade.told("U3") if "afterwards that it was not possible" in one]
    assert "no seat" in told
    assert "SEAT-7-ROW-3" in said(trade.shop.presses("ann", "order_secret"))
    assert trade.shop.presses("cleo", "order_secret").outcome == "no_order"
    assert any("Enjoy it" in one for one in await trade.told("U1"))
    assert "SEAT-7" not in everything_stored(trade.shop)
    assert trade.vendor.secret not in everything_stored(trade.shop)


async def test_it_hears_of_the_person_what_the_setting_says(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward("one", tells="name"))
    await trade.send()
    assert trade.vendor.heard[-1]["person"] == {"name": "Ann"}
    trade.shop.orders("ann", trade.reward("two", tells="email"))
    await trade.send()
    assert trade.vendor.heard[-1]["person"] == {"name": "Ann", "email": "ann@acme.test"}


async def test_it_hears_no_more_than_the_person_read_when_they_ordered(trade: Trade) -> None:
    for before, after in (("nothing", {"tells": "email"}), ("email", {"tells": "name"})):
        made = trade.reward(f"from-{before}", tells=before)
        trade.shop.orders("ann", made)
        trade.shop.change(made, partial(_with_settings, more=after))
        await trade.send()
    assert [one.get("person") for one in trade.vendor.heard] == [None, {"name": "Ann"}]


def _with_settings(reward: RewardFact, more: dict[str, str]) -> RewardFact:
    return replace(reward, settings=reward.settings | more)


async def test_while_the_app_is_away_no_attempt_counts(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward())
    trade.house.change("UPDATE workspace SET removed_at = CURRENT_TIMESTAMP")
    await trade.send()
    assert (trade.call("attempt"), trade.call("state")) == (0, "waiting")
    assert await trade.sender.turn() == 0, "it rests"


async def test_it_can_be_cancelled_until_the_call_goes_out(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward())
    assert trade.shop.presses("ann", "order_cancel").outcome == "done"
    assert await trade.send() == 0
    assert (trade.vendor.heard, trade.call("state")) == ([], "withdrawn")
    assert trade.money() == ("cancelled", 100, 0)


async def test_cancelled_and_sent_at_once_it_is_one_of_both(trade: Trade) -> None:
    ticket = trade.reward()
    for _ in range(3):
        trade.shop.orders("ann", ticket)
        order = trade.shop.newest
        before = len(trade.vendor.heard)
        cancelled, _ = await asyncio.gather(
            asyncio.to_thread(trade.shop.presses, "ann", "order_cancel", order), trade.sender.turn()
        )
        sent = len(trade.vendor.heard) - before
        assert (cancelled.outcome, sent, trade.shop.state(order)) in (
            ("done", 0, "cancelled"),
            ("order_settled", 1, "started"),
        )
        if sent:
            assert await trade.vendor.says(order, "failed", reason="enough") == 200
    assert (trade.shop.wallet("ann"), trade.shop.held()) == (100, 0)


# --- late, wrongly, never ---------------------------------------------------------------------------------


async def test_it_is_tried_again_with_the_same_key_and_pauses_in_between(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward())
    trade.vendor.will(503, 429, 200)
    await trade.send()
    assert trade.call("trouble") == "It answered 503."
    assert await trade.sender.turn() == 0, "it rests"
    await trade.send()
    await trade.send()
    assert len({one["Idempotency-Key"] for one in trade.vendor.headers}) == 1
    assert (len(trade.vendor.heard), trade.call("state"), trade.shop.state()) == (3, "sent", "started")


@pytest.mark.parametrize(("status", "attempt"), [(422, 0), (302, 0), (500, MOST_ATTEMPTS - 1)])
async def test_a_refusal_or_too_many_tries_give_the_points_back_and_say_so(
    trade: Trade, status: int, attempt: int
) -> None:
    trade.shop.orders("ann", trade.reward())
    order = trade.shop.newest
    trade.house.change("UPDATE vendor_call SET attempt = :attempt", attempt=attempt)
    trade.vendor.location = trade.vendor.address if status == 302 else ""
    trade.vendor.will(status)
    await trade.send()
    assert await trade.send() == 0
    assert (len(trade.vendor.heard), trade.call("state"), trade.money()) == (1, "given_up", ("failed", 100, 0))
    assert any("The vendor" in one for one in await trade.told("U1"))
    [told] = await trade.told("U3")
    assert f"It answered {status}" in told
    for _ in range(2):
        assert await trade.vendor.says(order, "fulfilled", code="LATE") == 409
    assert trade.money() == ("failed", 100, 0)
    afterwards = [one for one in await trade.told("U3") if "afterwards" in one]
    assert len(afterwards) == 1, "administrators hear of it, once"
    assert trade.shop.presses("ann", "order_secret", order).outcome == "no_secret"


async def test_one_that_does_not_answer_holds_up_nobody_and_is_asked_again(trade: Trade) -> None:
    trade.vendor.gate = asyncio.Event()
    trade.shop.orders("ann", trade.reward())
    slow = trade.new_sender(trade.core, send_s=0.05)
    await slow.turn()
    await slow.close()
    assert trade.call("trouble") == "It did not answer within 0.05 seconds."
    trade.vendor.gate.set()
    await trade.send()
    assert (len(trade.vendor.heard), trade.call("state")) == (2, "sent")


async def test_it_may_call_back_before_it_answers_and_again_after_a_crash(trade: Trade) -> None:
    async def at_once(order: str) -> None:
        assert await trade.vendor.says(order, "fulfilled") == 200

    trade.vendor.before_answer = at_once
    trade.shop.orders("ann", trade.reward())
    with trade.house.database.writing() as tx:  # a process that claims it, and dies
        [due] = list_due_calls(tx, 5)
        assert trade.desk.claim(tx, due, wait_s=1.0)
    assert await trade.sender.turn() == 0, "its lease holds"
    trade.vendor.will(503)
    await trade.send()
    assert (trade.money(), trade.call("state")) == (("fulfilled", 60, 0), "answered")
    assert await trade.send() == 0


async def test_of_two_processes_one_sends(trade: Trade) -> None:
    ticket = trade.reward()
    for _ in range(2):
        trade.shop.orders("ann", ticket)
    other = trade.new_sender(trade.core)
    await asyncio.gather(trade.sender.turn(), other.turn())
    await other.close()
    assert sorted(one["order"] for one in trade.vendor.heard) == sorted({one["order"] for one in trade.vendor.heard})
    assert len(trade.vendor.heard) == 2


async def test_what_is_not_signed_or_not_known_changes_nothing(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward())
    order = trade.shop.newest
    await trade.send()
    old_secret, old_address = trade.vendor.secret, trade.vendor.call_back
    done = json.dumps({"order": order, "state": "fulfilled"}).encode()
    vendor = trade.vendor
    assert await vendor.says(order, "fulfilled", secret="guessed") == 401
    assert await vendor.says(order, "fulfilled", old_s=301) == 401
    assert await vendor.says(order, "fulfilled", old_s=-301) == 401
    assert await vendor.sends(done, signature="v1=0") == 401
    assert await vendor.says("another", "fulfilled") == 404
    assert await vendor.says(order, "cancelled") == 400
    assert await vendor.says(order, "failed", code="SEAT") == 400
    assert await vendor.says(order, "fulfilled", code="x" * 501) == 400
    for body in (b"[]", b"{", b'{"order": 1, "state": "fulfilled"}', b"\xff"):
        assert await vendor.sends(body) == 400
    assert await vendor.sends(b" " * 20_000) == 413
    trade.reward("other")
    assert await vendor.says(order, "fulfilled") == 404, "of another reward"
    vendor.call_back = f"{old_address}x"
    assert await vendor.says(order, "fulfilled") == 404
    assert trade.money() == ("started", 60, 40)
    vendor.call_back, vendor.secret = old_address, old_secret
    assert await vendor.says(order, "failed", reason="Sold out") == 200
    assert await vendor.says(order, "failed", reason="Sold out") == 200
    assert trade.money() == ("failed", 100, 0)
    assert sum("Sold out" in one for one in await trade.told("U3")) == 1
    trade.shop.presses("cleo", "vendor_secret", reward="reward ticket")
    assert await vendor.says(order, "failed") == 404, "a new secret has a new address"


async def test_after_ten_working_days_of_silence_administrators_hear_and_can_end_it(trade: Trade) -> None:
    ticket = trade.reward()
    for _ in range(2):
        trade.shop.orders("ann", ticket)
    await trade.send()
    first, second = sorted(one["order"] for one in trade.vendor.heard)
    for days in (20, 1, 1, 1):  # promised for Wednesday 25 November; then two weeks, less a day
        trade.house.clock.forward(days=days)
        ticks = Ticks(
            trade.house.database,
            trade.house.presenter,
            clock=trade.house.clock,
            new_id=trade.house.new_id,
            owners=["cleo@acme.test"],
        )
        ticks.plan()
        for due in ticks.list_due(50):
            ticks.turn(due)
    told = [one for one in await trade.told("U3") if "says nothing" in one]
    assert len(told) == 2, "once for each"
    for press in ("vendor_order_again", "vendor_order_done", "vendor_order_back", "vendor_order"):
        assert trade.shop.presses("bob", press, first).outcome == "not_administrator"
    for _ in range(2):
        assert trade.shop.presses("cleo", "vendor_order_again", first).outcome == "done"
    assert trade.house.one("SELECT COUNT(*) FROM audit WHERE act = 'order sent to a vendor again'") == 1
    assert await trade.send() == 1
    trade.shop.presses("cleo", "vendor_order_done", first)
    for _ in range(2):
        trade.shop.presses("cleo", "vendor_order_back", second)
        trade.shop.presses("cleo", "vendor_order_back", first)
    assert (trade.shop.state(first), trade.shop.state(second)) == ("fulfilled", "failed")
    assert (trade.shop.wallet("ann"), trade.shop.held()) == (60, 0)
    assert await trade.vendor.says(second, "fulfilled") == 409


# --- secrets and addresses --------------------------------------------------------------------------------


async def test_the_secret_is_made_by_administrators_and_shown_once(trade: Trade) -> None:
    made = trade.shop.reward("ticket", fulfilment="webhook", settings={"address": trade.vendor.address})
    assert "not connected yet" in said(trade.shop.orders("ann", made))
    assert trade.shop.presses("bob", "vendor_secret", reward=made).outcome == "not_administrator"
    first = said(trade.shop.presses("cleo", "vendor_secret", key="tap", reward=made))
    again = said(trade.shop.presses("cleo", "vendor_secret", key="tap", reward=made))
    assert "The secret that both sides sign with" in first
    assert "tell it only once" in again
    assert trade.shop.orders("ann", made).outcome == "done"
    assert trade.shop.presses("cleo", "vendor_secret", reward=trade.shop.reward("mug")).outcome == "no_vendor"
    keyless = Shop(trade.house, keys=())
    assert keyless.presses("cleo", "vendor_secret", reward=made).outcome == "no_keys"
    assert "PLAUDIT_SECRET_KEYS" in said(keyless.orders("ann", made))
    assert trade.house.one("SELECT COUNT(*) FROM audit WHERE act = 'vendor''s secret made'") == 1
    assert "Ticket" in said(trade.shop.presses("cleo", "admin_vendors", anything=""))


async def test_its_settings_take_a_public_address_only(trade: Trade) -> None:
    made = trade.shop.reward("ticket", fulfilment="webhook", settings={}, active=False)
    context = {"reward": made, "kind": "webhook", "new": "yes"}

    def typed(**values: str) -> str:
        return said(trade.shop.submits("cleo", "admin_reward_settings", context=context, **values))

    assert "begins with https" in typed(address="http://vendor.example/", tells="name")
    assert "inside a network" in typed(address="https://10.0.0.7/orders", tells="name")
    assert "Choose what the vendor hears" in typed(address="https://vendor.example/", tells="everything")
    assert trade.house.one("SELECT active FROM reward") in (False, 0)
    typed(address="https://vendor.example/orders", tells="name")
    assert "https://vendor.example/orders" in str(trade.house.one("SELECT settings FROM reward"))
    assert trade.house.one("SELECT active FROM reward") in (True, 1)


INSIDE = (
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://10.1.2.3/",
    "https://169.254.169.254/latest",
    "https://[::ffff:192.168.0.1]/",
    "https://[64:ff9b::a00:1]/",
    "https://2130706433/",
    "https://localhost/",
    "https://db.internal/",
    "http://vendor.example/",
    "ftp://vendor.example/",
    "https:///orders",
    "https://127.0.0。1/",
    "https://169.254.169．254/",
    "https://127.0.0.①/",
    "https://db.ｉnternal/",
    "https://127.0.0.1./",
    "https://vendor.example%2f@10.0.0.1/",
)


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_is_neither_taken_nor_called(address: str) -> None:
    with pytest.raises(NoVendorAddress):
        read_vendor_address(address)
    with pytest.raises(InsideError):
        refuse_inside(address)


@pytest.mark.parametrize(
    "address", ["https://a:b@vendor.example/", "https://vendor.example/#x", "https://vendor.example:x/"]
)
def test_an_address_with_more_in_it_than_an_address_is_not_taken(address: str) -> None:
    with pytest.raises(NoVendorAddress):
        read_vendor_address(address)


async def test_a_name_that_leads_inside_is_not_connected() -> None:
    async with make_session() as session:
        with pytest.raises(InsideError):
            await session.post("https://localhost:1/")


async def test_no_way_of_writing_a_number_inside_is_connected() -> None:
    met = []

    async def meets(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        met.append(writer)
        writer.close()

    async with await asyncio.start_server(meets, "127.0.0.1", 0) as server, make_session() as session:
        port = server.sockets[0].getsockname()[1]
        for host in ("127.0.0。1", "127.0.0.1"):
            with pytest.raises(InsideError):
                await session.post(f"https://{host}:{port}/")
    assert met == []


async def test_a_vendor_inside_is_given_up_unless_this_is_a_test(trade: Trade) -> None:
    trade.shop.orders("ann", trade.reward())
    careful = Vendors(trade.core, trade.desk, wall=lambda: WALL, random=lambda: 0.5)
    await careful.turn()
    await careful.close()
    assert (trade.vendor.heard, trade.money()) == ([], ("failed", 100, 0))
    assert "not on the public internet" in (await trade.told("U3"))[0]
