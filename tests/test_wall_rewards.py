"""Rewards in the browser: looked at, wished for, ordered and cancelled, by the same use cases as in the chats."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from store import ledger
from store.catalogue import RewardFact, add_reward
from store.ledger import Posting, Side, Transaction
from store.tenants import list_all_homes
from tests.conftest import Clock
from tests.shop import KEY
from tests.teams_world import open_office
from tests.wall_visits import PUBLIC, Seen, Visitor, comes_in
from tests.world import World, open_world

MUG: dict[str, Any] = {
    "id": "mug",
    "code": "mug",
    "title": "Coffee mug",
    "category": "swag",
    "price": 40,
    "least_points": 40,
    "fulfilment": "manual",
}


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC, plaudit_secret_keys=KEY) as opened:
        await opened.slack.command("ann", "#general", "/kudos", "@bob @cleo for the release")
        yield opened
        assert opened.books_agree()


def stock_up(world: World, *others: dict[str, Any], who: str = "Ann", **more: Any) -> None:
    """Somebody has 100 points, and there is a mug for 40 that Bob hands out, and what else there is to be."""
    with world.process.core.database.writing() as tx:
        tenant, person = list_all_homes(tx)[0].tenant_id, world.person(tx, who)
        moved = [Posting(Side.ISSUED, ledger.wallet(person), 100)]
        ledger.post(tx, tenant, Transaction("test", "test:1", world.clock(), world.clock(), moved))
        by_hand = {"settings": {"people": [world.person(tx, "Bob Okafor")], "question": more.pop("question", "")}}
        for one in (more, *others):
            add_reward(tx, tenant, RewardFact(**MUG | by_hand | one))


async def sends(visitor: Visitor, page: Seen, reward: str = "mug", **fields: str) -> Seen:
    """The form of a reward's page, as it stands there."""
    kept = {name: page.field(name) for name in ("token", "form")}
    return await visitor.asks("POST", f"/wall/rewards/{reward}", data=kept | fields)


async def orders(visitor: Visitor, page: Seen, **fields: str) -> Seen:
    return await sends(visitor, page, act="order", price=page.field("price"), **fields)


def orders_of(world: World) -> int:
    return int(world.one("SELECT COUNT(*) FROM redemption"))


# --- looking ----------------------------------------------------------------------------------------------


async def test_pictures_of_rewards_are_shown_there_and_nowhere_else(world: World) -> None:
    stock_up(
        world,
        {"id": "cup", "code": "cup", "picture": "http://acme.test/cup.png"},
        picture='https://acme.test/mug.png?a="b"',
    )
    ann = await comes_in(world, "ann")
    for address in ("/wall/rewards", "/wall/rewards/mug"):
        page = await ann.looks(address)
        pictures = re.findall(r"<img [^>]*>", page.body)
        assert len(pictures) == 1, "an address that is not safe is not asked for"
        assert 'src="https://acme.test/mug.png?a=&#34;b&#34;"' in pictures[0]
        assert 'alt="Coffee mug"' in pictures[0]
        assert 'width="480" height="300"' in pictures[0]
        assert ('loading="lazy"' in pictures[0]) == (address == "/wall/rewards")
        assert "img-src 'self' https:;" in page.headers["Content-Security-Policy"]
        assert "script" not in page.headers["Content-Security-Policy"]
    for address in ("/wall", "/wall/orders", "/wall/statement", "/wall/rewards/none"):
        assert "https:" not in (await ann.looks(address)).headers["Content-Security-Policy"]


async def test_what_is_limited_says_how_many_are_left_and_until_when(world: World, clock: Clock) -> None:
    stock_up(world, stock=3, ends_on=clock().date(), price=130)
    page = await (await comes_in(world, "ann")).looks("/wall/rewards")
    assert "3 left. Today is the last day." in page.text.replace("</span>", " ")
    assert "You have 100 of 130; 30 to go." in page.text
    assert re.search(r'<progress value="100" max="130"', page.body)


async def test_a_thousand_rewards_are_turned_page_by_page(world: World) -> None:
    many: list[dict[str, Any]] = [
        {"id": f"r{n}", "code": f"r{n}", "title": f"Reward {n} \u05de\u05ea\u05e0\u05d4 <b>🎁</b>", "position": n}
        for n in range(1, 1000)
    ]
    stock_up(world, *many)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards")
    assert page.body.count('<li id="r-') == 24
    assert "Page 1 of 42." in page.text
    assert "<b>🎁" not in page.body
    assert "<bdi>Reward 1 \u05de\u05ea\u05e0\u05d4 &lt;b&gt;" in page.body
    last = await ann.looks("/wall/rewards?page=41")
    assert last.body.count('<li id="r-') == 1000 - 41 * 24
    assert "More rewards" not in last.text
    found = await ann.looks("/wall/rewards?text=reward+77")
    assert found.body.count('<li id="r-') == 19
    assert "19 rewards." in found.text


# --- wishes -----------------------------------------------------------------------------------------------


async def test_a_wish_is_made_and_taken_back_where_it_stands(world: World) -> None:
    stock_up(world, price=400, least_points=400)
    ann = await comes_in(world, "ann")
    wished = await sends(ann, await ann.looks("/wall/rewards?text=mug"), act="wish", **{"in": "list", "text": "mug"})
    assert "Coffee mug is on your wish list." in wished.text
    assert 'value="mug"' in wished.body, "the search is still there"
    assert "Coffee mug" in (await ann.looks("/wall/rewards?list=wishes")).text
    assert "nothing on it yet" in (await (await comes_in(world, "bob")).looks("/wall/rewards?list=wishes")).text
    dropped = await sends(ann, wished, act="drop", **{"in": "list", "list": "wishes"})
    assert "It is off your wish list." in dropped.text
    assert "There is nothing on it yet" in dropped.text


async def test_who_waits_for_what_is_gone_is_told_so(world: World) -> None:
    stock_up(world, stock=0)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    assert 'value="order"' not in page.body
    told = await sends(ann, page, act="tell")
    assert "I will tell you once when Coffee mug is back." in told.text
    assert world.one("SELECT COUNT(*) FROM wish WHERE tell") == 1
    assert "It stays on your wish list." in (await sends(ann, told, act="quiet")).text


# --- ordering ---------------------------------------------------------------------------------------------


async def test_an_order_holds_the_points_tells_who_hands_it_out_and_can_be_cancelled(world: World) -> None:
    stock_up(world, title="Mug <b>& saucer")
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    assert "takes 40 of your 100 points; 60 stay. You have it within 5 working days." in page.text
    done = await orders(ann, page)
    assert "Mug <b>& saucer is ordered. You have it by" in done.text
    assert world.balance("wallet", "Ann") == 60
    await world.settled()
    assert "Ann Lee ordered" in world.told("bob").replace("<@U1>", "Ann Lee")
    assert "is ordered" in world.told("ann"), "it comes into the chat, too"
    mine = await ann.looks("/wall/orders")
    assert "It takes 40 points." in mine.text
    form = {name: mine.field(name) for name in ("token", "form", "order")}
    gone = await ann.asks("POST", "/wall/orders", data=form | {"act": "cancel"})
    assert "You cancelled Mug <b>& saucer. Your 40 points are back in your wallet." in gone.text
    assert world.balance("wallet", "Ann") == 100
    again = await ann.asks("POST", "/wall/orders", data=form | {"act": "cancel"})
    assert "You cancelled" in again.text, "the second tap finds the first answer"


async def test_a_form_that_is_sent_twice_orders_once(world: World) -> None:
    stock_up(world)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    for _ in range(2):
        assert "Coffee mug is ordered." in (await orders(ann, page)).text
    assert (orders_of(world), world.balance("wallet", "Ann")) == (1, 60)
    assert "You have one of these on order already" in (await ann.looks("/wall/rewards/mug")).text


async def test_what_is_missing_is_asked_for_at_its_field_and_what_was_typed_stays(world: World) -> None:
    stock_up(world, least_points=30, value_minor=1000, currency="EUR", question="Which size?")
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    assert "Which size?" in page.text
    wrong = await orders(ann, page, **{"field-pay": "30", "field-answer": ""})
    assert wrong.status == 422
    assert 'role="alert"' in wrong.body
    assert re.search(r'<option value="30" selected', wrong.body)
    assert orders_of(world) == 0
    assert "Coffee mug is ordered." in (await orders(ann, wrong, **{"field-pay": "30", "field-answer": "M"})).text
    assert "2.50 EUR" in (await ann.looks("/wall/orders")).text


async def test_another_price_than_the_one_that_was_seen_orders_nothing(world: World) -> None:
    stock_up(world)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    world.change("UPDATE reward SET price = 50")
    told = await orders(ann, page)
    assert "Coffee mug has another price by now: 50 points. Nothing was ordered." in told.text
    assert "takes 50 of your 100 points" in told.text
    assert orders_of(world) == 0


async def test_what_cannot_be_had_says_why_and_has_no_button(world: World) -> None:
    stock_up(world, limit=1, limited="ever", who="Bob Okafor")
    bob = await comes_in(world, "bob")
    page = await bob.looks("/wall/rewards/mug")
    await orders(bob, page)
    after = await bob.looks("/wall/rewards/mug")
    assert "Everybody can have Coffee mug once." in after.text
    assert 'value="order"' not in after.body
    poor = await (await comes_in(world, "cleo")).looks("/wall/rewards/mug")
    assert "40; " in poor.text
    assert "to go" in poor.text
    assert 'value="order"' not in poor.body


async def test_who_comes_too_late_reads_why_and_keeps_the_points(world: World) -> None:
    stock_up(world, stock=1)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/rewards/mug")
    world.change("UPDATE reward SET stock = 0")
    late = await orders(ann, page)
    assert re.search(r'<p class="note" role="status">.*Coffee mug is gone', late.body)
    assert (orders_of(world), world.balance("wallet", "Ann")) == (0, 100)


async def test_forged_foreign_and_old_forms_do_nothing(world: World) -> None:
    stock_up(world, {"id": "abroad", "code": "abroad", "countries": ("FR",)})
    ann, bob = await comes_in(world, "ann"), await comes_in(world, "bob")
    page = await ann.looks("/wall/rewards/mug")
    fields = {"act": "order", "price": page.field("price")}
    other_token = {"token": page.field("token"), "form": page.field("form")} | fields
    assert (await bob.asks("POST", "/wall/rewards/mug", data=other_token)).status == 403
    elsewhere = await sends(Visitor(world, ann.session, {"Sec-Fetch-Site": "cross-site"}), page, **fields)
    assert elsewhere.status == 403
    assert "Nothing was taken" in elsewhere.text
    assert (await sends(Visitor(world), page, **fields)).status == 403
    assert (await sends(ann, page, act="steal")).status == 400
    assert (
        await ann.asks("POST", "/wall/rewards/mug", data={"token": page.field("token"), "act": "order"})
    ).status == 400
    refused = await sends(ann, page, "abroad", **fields)
    assert refused.status == 404
    assert "not in the catalogue any more" in refused.text
    assert (await ann.looks("/wall/rewards/none")).status == 404
    assert orders_of(world) == 0


async def test_nobody_cancels_or_reads_what_another_ordered(world: World) -> None:
    stock_up(world)
    ann, bob = await comes_in(world, "ann"), await comes_in(world, "bob")
    page = await ann.looks("/wall/rewards/mug")
    await orders(ann, page)
    order = str(world.one("SELECT id FROM redemption"))
    told = await bob.sends("/wall/orders", act="cancel", form="x", order=order)
    assert "I do not know that order of yours." in told.text
    assert world.balance("wallet", "Ann") == 60
    assert "Coffee mug" not in (await bob.looks("/wall/orders")).text
    peeked = await bob.looks(f"/wall/rewards/mug?answer={page.field('form')}")
    assert "is ordered" not in peeked.text


# --- on Teams ---------------------------------------------------------------------------------------------


async def test_whoever_was_on_teams_last_orders_from_there(database_url: str, clock: Clock) -> None:
    """Although the organisation's Slack was there first, and they are on it as well."""
    async with open_office(database_url, clock, with_slack=True, plaudit_public_url=PUBLIC) as office:
        world = office.world
        await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
        stock_up(world, title="Mug & <b>", who="Ann")
        await office.says(office.ann, office.general, "rewards")
        shown = office.answer(office.ann, office.general)
        await office.taps(office.ann, shown, "In the browser")
        found = re.search(r"/wall/enter/([\w-]+)\?to=rewards", str(office.seen(office.ann, shown)))
        assert found
        ann = Visitor(world)
        entered = await ann.asks("POST", f"/wall/enter/{found[1]}?to=rewards")
        assert "In the chat it is rewards." in entered.text
        done = await orders(ann, await ann.looks("/wall/rewards/mug"))
        assert "Mug & <b> is ordered." in done.text
        assert office.wallet(office.ann) == 60
