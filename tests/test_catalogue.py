"""The catalogue as people browse it: what is for them, within reach, wished for, and back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest

from handlers.dispatch import Answered
from handlers.purposes import Purpose
from handlers.ticks import Ticks
from handlers.vocabulary import AccountRef, Command
from store.db import Database
from store.person_records import RecordFact, save_records
from tests.posting import ACME, PEOPLE, SLACK, open_house
from tests.shop import Shop

_keys = count(1)


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    """Ann has 100 points, Cleo runs it."""
    async with open_house(database, clock) as house:
        shop = Shop(house)
        shop.grant("ann", 100)
        yield shop
        assert house.books_agree()


def types(shop: Shop, typed: str, name: str = "ann", command: str = "rewards") -> Answered:
    who = AccountRef(SLACK, PEOPLE.get(name, name))
    return shop.dispatcher.dispatch(Command(key=f"typed-{next(_keys)}", who=who, name=command, text=(typed,)))


def said(answered: Answered) -> str:
    return json.dumps(answered.payload, ensure_ascii=False)


def titles(answered: Answered) -> list[str]:
    """The rewards of a page, in their order."""
    blocks = answered.payload["blocks"]
    buttons = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    prefix = "Details "
    labels = [one.get("accessibility_label", "") for one in buttons]
    return [one.removeprefix(prefix) for one in labels if one.startswith(prefix)]


def plan_ticks(shop: Shop) -> None:
    house = shop.house
    Ticks(house.database, house.presenter, clock=house.clock, new_id=house.new_id).plan()


async def turn_ticks(shop: Shop) -> None:
    house = shop.house
    ticks = Ticks(house.database, house.presenter, clock=house.clock, new_id=house.new_id)
    while due := [one for one in ticks.list_due(20) if one.job in ("rewards_begin", "reward_back")]:
        for one in due:
            ticks.turn(one)
    await house.settled()


# --- browsing ---------------------------------------------------------------------------------------------


async def test_what_is_shown_is_open_today_and_for_ones_country_and_department(shop: Shop) -> None:
    shop.reward("here")
    shop.reward("german", countries=("DE",))
    shop.reward("designers", departments=("Design",))
    shop.reward("abroad", countries=("FR",))
    shop.reward("sales", departments=("Sales",))
    shop.reward("retired", active=False)
    shop.reward("over", ends_on=date(2026, 11, 17))
    shop.reward("later", starts_on=date(2026, 11, 19))
    shop.reward("unknown", fulfilment="a kind of another version")
    assert titles(types(shop, "")) == ["Here"]
    with shop.house.database.writing() as tx:
        save_records(tx, ACME, [RecordFact("person ann", department="Design", country="DE")])
    assert titles(types(shop, "browse")) == ["Designers", "German", "Here"]


async def test_what_one_can_have_and_how_far_the_rest_is_stand_beside_the_number_and_days_left(shop: Shop) -> None:
    shop.reward("mug", price=40, stock=3, ends_on=date(2026, 11, 20))
    shop.reward(
        "trip", price=400, stock=1, ends_on=date(2026, 11, 18), least_points=100, value_minor=4000, currency="EUR"
    )
    shown = said(types(shop, ""))
    assert "You have *100 points*" in shown
    assert "You can have it now" in shown
    assert "3 left. Until 20 November: 2 more days." in shown
    assert "▓▓░░░░░░░░ You have *100* of 400; 300 points to go" in shown
    assert "The last one. Today is the last day." in shown
    assert "From 100 points, with the rest from your own pocket" in shown
    assert "Redeem Trip" in shown  # with one's own part it is within reach
    details = said(shop.presses("ann", "reward_show", reward="reward trip"))
    assert "the rest from your own pocket: 30.00 EUR at most" in details
    assert "A colleague hands it out." in details


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("browse food", ["Tea"]),
        ("browse Time off", ["Holiday"]),
        ("browse affordable", ["Tea", "Mug"]),
        ("browse mug affordable", ["Mug"]),
        ("browse green food leaves", ["Tea"]),
        ("browse food mug", []),
        ("browse HOLIDAY", ["Holiday"]),
        ("browse cinema ticket", ["Ticket"]),
    ],
)
async def test_kinds_words_and_affordable_narrow_it_down(shop: Shop, typed: str, found: list[str]) -> None:
    shop.reward("tea", price=30)
    shop.change("reward tea", lambda one: replace(one, category="food", description="Green leaves."))
    shop.reward("mug", price=40)
    shop.reward("holiday", price=900)
    shop.change("reward holiday", lambda one: replace(one, category="time_off"))
    shop.reward("ticket", price=950)
    shop.change("reward ticket", lambda one: replace(one, category="shopping", title="Cinema ticket"))
    assert [one.removeprefix("Cinema ").capitalize() for one in titles(types(shop, typed))] == found


async def test_the_search_form_and_the_pages_keep_what_was_looked_for(shop: Shop) -> None:
    for number in range(7):
        shop.reward(f"tea{number}", price=30 + number)
    shop.reward("mug", price=500, stock=0)
    form = shop.presses("ann", "rewards_filter_form", category="", text="tea")
    assert form.kind == "form"
    first = shop.submits("ann", "rewards_filter", context={}, category="all", text="tea", afford="yes")
    assert titles(first) == ["Tea0", "Tea1", "Tea2", "Tea3", "Tea4"]
    assert "Page 1 of 2: 7 rewards" in said(first)
    second = shop.presses("ann", "rewards_browse", text="tea", afford="yes", page="1")
    assert titles(second) == ["Tea5", "Tea6"]
    junk = shop.presses("ann", "rewards_browse", category="x", text="t" * 900, page="99999999")
    assert "There is nothing like that" in said(junk)


async def test_a_forged_button_shows_nothing_that_is_for_others(shop: Shop) -> None:
    abroad = shop.reward("abroad", countries=("FR",))
    for name, values in (("reward_show", {}), ("reward_wish", {"do": "wish"}), ("reward_wish", {"do": "tell"})):
        assert shop.presses("ann", name, reward=abroad, **values).outcome == "reward_gone"
    assert shop.presses("ann", "reward_show", reward="no such").outcome == "reward_gone"
    assert shop.house.one("SELECT COUNT(*) FROM wish") == 0


# --- wishes -----------------------------------------------------------------------------------------------


async def test_a_wish_is_on_the_list_and_within_reach_at_home_before_what_is_nearer(shop: Shop) -> None:
    shop.reward("near", price=110)
    far = shop.reward("far", price=200)
    assert "Far is on your wish list" in said(
        shop.presses("ann", "reward_wish", reward=far, do="wish", **{"in": "one"})
    )
    assert titles(types(shop, "wishes")) == ["Far"]
    home = said(types(shop, "", command="my-home"))
    assert "points for Near" in home
    assert "*100* of 200 points for Far" in home
    off = shop.presses("ann", "reward_wish", reward=far, do="drop", **{"in": "wishes"})
    assert "It is off your wish list" in said(off)
    assert titles(off) == []


async def test_who_asked_hears_once_that_it_is_back(shop: Shop) -> None:
    mug = shop.reward("mug", stock=0)
    shop.presses("ann", "reward_wish", reward=mug, do="tell", **{"in": "catalogue"})
    shop.presses("bob", "reward_wish", reward=mug, do="wish", **{"in": "catalogue"})
    for number in ("+3", "0", "5"):
        assert types(shop, f"catalogue stock mug {number}", "cleo", "rewards-admin").outcome == "done"
        await turn_ticks(shop)
    told = [one for one in shop.house.platform.texts("U1") if "is back" in one]
    assert len(told) == 1
    assert "Mug" in told[0]
    assert not any("is back" in one for one in shop.house.platform.texts("U2"))
    assert shop.house.one("SELECT COUNT(*) FROM wish") == 2  # the wish stays


async def test_who_wants_no_such_messages_or_is_elsewhere_hears_nothing(shop: Shop) -> None:
    mug = shop.reward("mug", stock=0)
    for name in ("ann", "bob"):
        shop.presses(name, "reward_wish", reward=mug, do="tell")
    shop.presses("ann", "mute", purpose=Purpose.RESTOCK)
    shop.change(mug, lambda one: replace(one, countries=("DE",)))
    types(shop, "catalogue stock mug 3", "cleo", "rewards-admin")
    await turn_ticks(shop)
    assert not shop.house.platform.texts("U1")
    assert not shop.house.platform.texts("U2")


async def test_a_cancelled_order_puts_it_back_and_tells(shop: Shop) -> None:
    shop.grant("bob", 50)
    mug = shop.reward("mug", stock=1)
    shop.orders("bob", mug)
    shop.presses("ann", "reward_wish", reward=mug, do="tell")
    shop.presses("bob", "order_cancel")
    await turn_ticks(shop)
    assert any("is back" in one for one in shop.house.platform.texts("U1"))


async def test_what_is_gone_again_before_the_message_goes_is_not_told(shop: Shop) -> None:
    shop.house.clock.now = datetime(2026, 11, 18, 2, tzinfo=UTC)  # at night, unasked messages wait
    mug = shop.reward("mug", stock=0)
    shop.presses("ann", "reward_wish", reward=mug, do="tell")
    types(shop, "catalogue stock mug 1", "cleo", "rewards-admin")
    await turn_ticks(shop)
    types(shop, "catalogue stock mug 0", "cleo", "rewards-admin")
    shop.house.clock.now = datetime(2026, 11, 18, 11, tzinfo=UTC)
    await turn_ticks(shop)
    assert not shop.house.platform.texts("U1")


async def test_who_wishes_for_what_begins_on_a_day_hears_of_it_that_morning_and_once(shop: Shop) -> None:
    drop = shop.reward("drop", stock=3)
    quiet = shop.reward("quiet")
    for name in ("ann", "bob"):
        shop.presses(name, "reward_wish", reward=drop, do="wish")
    shop.presses("ann", "reward_wish", reward=quiet, do="wish")
    shop.presses("bob", "mute", purpose=Purpose.RESTOCK)
    for one in (drop, quiet):
        shop.change(one, lambda was: replace(was, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 2)))
    plan_ticks(shop)
    for day in (30, 31, 32, 33):  # of November
        shop.house.clock.now = datetime(2026, 11, 1, 11, tzinfo=UTC) + timedelta(days=day - 1)
        if day == 31:
            shop.change(quiet, lambda was: replace(was, stock=0))
        await turn_ticks(shop)
        assert len(shop.house.platform.texts("U1")) == (day > 30), day
    (told,) = shop.house.platform.texts("U1")
    assert "Drop* can be had from today on" in told
    assert "3 left" in told
    assert "Until 2 December 2026" in told
    assert not shop.house.platform.texts("U2")


async def test_what_began_while_nothing_ran_is_told_while_its_time_is_not_over(shop: Shop) -> None:
    for code, last in (("long", date(2026, 12, 20)), ("short", date(2026, 11, 22))):
        reward = shop.reward(code)
        shop.presses("ann", "reward_wish", reward=reward, do="wish")
        shop.change(reward, partial(replace, starts_on=date(2026, 11, 20), ends_on=last))
    plan_ticks(shop)
    shop.house.clock.now = datetime(2026, 11, 24, 11, tzinfo=UTC)
    await turn_ticks(shop)
    (told,) = shop.house.platform.texts("U1")
    assert "Long" in told


async def test_who_asked_hears_of_it_when_its_time_comes_and_not_before(shop: Shop) -> None:
    mug = shop.reward("mug", stock=0)
    shop.presses("ann", "reward_wish", reward=mug, do="tell")
    shop.change(mug, lambda was: replace(was, starts_on=date(2026, 11, 19)))
    plan_ticks(shop)
    types(shop, "catalogue stock mug 3", "cleo", "rewards-admin")
    await turn_ticks(shop)
    assert not shop.house.platform.texts("U1")
    shop.house.clock.now = datetime(2026, 11, 19, 11, tzinfo=UTC)
    await turn_ticks(shop)
    assert len(shop.house.platform.texts("U1")) == 1
