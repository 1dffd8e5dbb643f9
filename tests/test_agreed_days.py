"""Time off and flexible work: the manager agrees to the days, and they come as a calendar file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from handlers.dispatch import Answered, Dispatcher
from handlers.order_calendar import CalendarDesk
from handlers.refusals import Refusal
from store.db import Database
from store.person_records import RecordFact, save_records
from tests.posting import ACME, open_house
from tests.shop import Shop
from tests.test_concurrency import at_once
from tests.test_ordering import said

URL = "https://thanks.acme.test"


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    """Ann has 100 points, and Bob is her manager. It is Wednesday 18 November 2026."""
    async with open_house(database, clock) as house:
        shop = Shop(house)
        shop.grant("ann", 100)
        with house.database.writing() as tx:
            save_records(tx, ACME, [RecordFact("person ann", manager_id="person bob")])
        yield shop
        assert house.books_agree()


def day_off(shop: Shop, days: int = 1) -> str:
    return shop.reward(f"day off {days}", fulfilment="agreed", settings={"days": days})


def approval(shop: Shop) -> str:
    return str(shop.house.one("SELECT MAX(id) FROM approval"))


def agrees(shop: Shop, name: str) -> Answered:
    return shop.presses(name, "approval_yes", id=approval(shop), step="1")


def with_address(shop: Shop, url: str = URL) -> None:
    """As a program with a public address answers."""
    house = shop.house
    shop.dispatcher = Dispatcher(
        house.database,
        house.presenter,
        clock=house.clock,
        new_id=house.new_id,
        owners=["cleo@acme.test"],
        public_url=lambda: url,
    )


def take(shop: Shop, token: str) -> str:
    with shop.house.database.reading() as tx:
        return CalendarDesk(clock=shop.house.clock).look(tx, token).decode()


async def test_a_day_is_asked_for_agreed_to_and_put_into_a_calendar(shop: Shop) -> None:
    off = day_off(shop)
    assert "Your manager agrees first" in said(shop.presses("ann", "redeem", reward=off, price="40"))
    asked = said(shop.orders("ann", off, first="2026-11-27"))
    assert "Somebody has to agree first" in asked
    assert "*Friday 27 November*" in asked
    assert "Calendar file" not in asked
    assert (shop.state(), shop.wallet("ann"), shop.held()) == ("asked", 60, 40)
    await shop.house.settled()
    assert "Friday 27 November 2026" in shop.house.platform.texts("U2")[0], "the manager reads the day"
    assert agrees(shop, "cleo").outcome != "done", "she is not the manager"
    assert agrees(shop, "bob").outcome == "done"
    assert (shop.state(), shop.wallet("ann"), shop.held()) == ("fulfilled", 60, 0)
    await shop.house.settled()
    assert "Calendar file" in shop.house.platform.texts("U1")[-1]
    with_address(shop)
    told = said(shop.presses("ann", "order_calendar"))
    token = told.partition("/calendar/")[2].partition(".ics")[0]
    file = take(shop, token)
    assert f"UID:{shop.newest}@plaudit\r\n" in file
    assert "DTSTART;VALUE=DATE:20261127\r\nDTEND;VALUE=DATE:20261128\r\n" in file
    assert token not in shop.house.one("SELECT token_hash FROM calendar_link")


async def test_a_link_ends_with_its_time_and_with_the_next_one(shop: Shop) -> None:
    off = day_off(shop)
    shop.orders("ann", off, first="2026-11-27")
    agrees(shop, "bob")
    with_address(shop)
    first, second = (
        said(shop.presses("ann", "order_calendar")).partition("/calendar/")[2].partition(".ics")[0] for _ in "12"
    )
    assert take(shop, second)
    with pytest.raises(Refusal):
        take(shop, first)
    shop.house.clock.forward(days=30)
    for token in (second, "", "x" * 200, "guessed"):
        with pytest.raises(Refusal):
            take(shop, token)


async def test_only_whoever_ordered_it_gets_a_link_and_without_an_address_the_days_in_words(shop: Shop) -> None:
    off = day_off(shop, 2)
    shop.orders("ann", off, first="2026-11-27", last="2026-11-30")
    assert shop.presses("ann", "order_calendar").outcome == "no_date", "nobody agreed yet"
    agrees(shop, "bob")
    assert shop.presses("bob", "order_calendar").outcome == "no_order"
    told = said(shop.presses("ann", "order_calendar"))
    assert "from *Friday 27 November* to *Monday 30 November*" in told
    assert "no file of it here" in told
    assert shop.house.one("SELECT COUNT(*) FROM calendar_link") == 0
    with_address(shop)
    assert "/calendar/" in said(shop.presses("ann", "order_calendar", key="tap"))
    again = said(shop.presses("ann", "order_calendar", key="tap"))
    assert "I told you that link already" in again
    assert "/calendar/" not in again


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first": "some day"}, "first"),
        ({"first": "2026-11-17"}, "first"),
        ({"first": "2026-11-28"}, "first"),
        ({"first": "2026-11-29"}, "first"),
        ({"first": "2026-11-28", "last": "2026-11-29"}, "first"),
        ({}, "first"),
        ({"first": "2026-11-27", "last": "2026-12-01"}, "last"),
        ({"first": "2026-11-27", "last": "2026-11-26"}, "last"),
        ({"first": "2026-11-27", "last": "2027-12-26"}, "last"),
    ],
)
async def test_days_that_do_not_fit_are_said_at_their_field(shop: Shop, values: dict[str, str], field: str) -> None:
    off = day_off(shop, 2 if "last" in values else 1)
    assert field in shop.orders("ann", off, **values).payload
    assert (shop.wallet("ann"), shop.house.one("SELECT COUNT(*) FROM redemption")) == (100, 0)


async def test_a_day_is_had_once(shop: Shop) -> None:
    off, home = day_off(shop), shop.reward("from home", price=10, fulfilment="agreed", settings={"days": 1})
    shop.orders("ann", off, first="27 November")
    assert "first" in shop.orders("ann", home, first="27 November").payload
    shop.presses("ann", "order_cancel")
    assert shop.orders("ann", home, first="27 November").outcome == "done"


async def test_who_agrees_too_late_or_declines_gives_the_points_back(shop: Shop) -> None:
    off = day_off(shop)
    shop.orders("ann", off, first="2026-11-19")
    shop.house.clock.forward(days=3)
    agrees(shop, "bob")
    assert (shop.state(), shop.wallet("ann"), shop.held()) == ("failed", 100, 0)
    shop.change(off, lambda one: replace(one, settings={"days": 1}))
    shop.orders("ann", off, first="2026-11-27")
    shop.submits("bob", "approval_no", context={"id": approval(shop), "step": "1"}, reason="We have the fair then.")
    assert (shop.state(), shop.wallet("ann"), shop.held()) == ("declined", 100, 0)


async def test_the_first_day_is_over_by_the_wall_of_whoever_named_it(shop: Shop) -> None:
    shop.house.change("UPDATE tenant SET zone = 'Asia/Tokyo'")
    shop.house.change("UPDATE person SET zone = 'Pacific/Honolulu' WHERE id = 'person ann'")
    shop.house.clock.now = datetime(2026, 11, 18, 16, tzinfo=UTC)  # Thursday in Tokyo
    assert shop.orders("ann", day_off(shop), first="2026-11-18").outcome == "done"
    agrees(shop, "bob")
    assert shop.state() == "fulfilled"


async def test_a_day_more_than_a_year_away_is_refused_at_its_field(shop: Shop) -> None:
    off = day_off(shop)
    for far in ("9999-12-31", "2027-11-20"):
        assert shop.orders("ann", off, first=far).payload.keys() == {"first"}
    assert shop.wallet("ann") == 100


async def test_one_day_is_taken_once_by_two_rewards_at_once(shop: Shop) -> None:
    shop.grant("ann", 100)
    rewards = [day_off(shop), *(shop.reward(f"home {one}", fulfilment="agreed", settings={}) for one in range(3))]
    answers = at_once(*(partial(shop.orders, "ann", one, first="2026-11-27") for one in rewards))
    assert sorted(one.outcome for one in answers).count("done") == 1
    assert (shop.wallet("ann"), shop.held()) == (160, 40)
