"""Ordering a reward: points are held, then spent or given back; nobody pays twice, and nobody gets what is gone."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from handlers.dispatch import Answered
from handlers.ticks import Ticks
from handlers.vocabulary import AccountRef
from store.catalogue import Limited
from store.db import Database
from store.ledger_check import verify
from store.person_records import RecordFact, save_records
from tests.posting import ACME, SLACK, open_house
from tests.shop import Shop


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    """Ann has 100 points, Bob hands out, Cleo runs it. The books agree in the end."""
    async with open_house(database, clock) as house:
        shop = Shop(house)
        shop.grant("ann", 100)
        yield shop
        assert house.books_agree()


def said(answered: Answered) -> str:
    """All that an answer says, form or card."""
    return json.dumps(answered.payload, ensure_ascii=False)


async def test_an_order_is_held_started_handed_over_and_every_step_is_told(shop: Shop) -> None:
    mug = shop.reward("mug", stock=3)
    assert "takes 40 of your 100 points; 60 stay. You have it within 5 working days" in said(
        shop.presses("ann", "redeem", reward=mug, price="40")
    )
    assert "You have it by *Wednesday 25 November*" in said(shop.orders("ann", mug))
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (60, 40, 2)
    await shop.house.settled()
    assert "<@U1> ordered *Mug*" in shop.house.platform.texts("U2")[0]
    assert "started by Bob" in said(shop.presses("bob", "order_start"))
    await shop.house.settled()
    assert "is on its way" in shop.house.platform.texts("U1")[0]
    assert shop.done("bob", note="It stands on your desk.").outcome == "done"
    await shop.house.settled()
    first, news = shop.house.platform.texts("U1")
    assert "is yours" in first
    assert "It stands on your desk." in news
    assert "handed over by Bob" in news
    assert "There is nothing left to do" in shop.house.platform.texts("U2")[0]
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (60, 0, 2)
    assert "handed over" in said(shop.presses("ann", "my_orders", anything=""))


async def test_what_ends_before_the_first_message_is_sent_is_told_in_one(shop: Shop) -> None:
    mug = shop.reward("mug")
    shop.orders("ann", mug)
    assert shop.done("bob", note="It stands on your desk.").outcome == "done"
    await shop.house.settled()
    [told] = shop.house.platform.texts("U1")
    assert "is yours" in told
    assert "It stands on your desk." in told


async def test_an_order_is_cancelled_until_somebody_starts(shop: Shop) -> None:
    mug = shop.reward("mug", stock=1)
    shop.orders("ann", mug)
    assert "Your 40 points are back" in said(shop.presses("ann", "order_cancel"))
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (100, 0, 1)
    assert shop.presses("ann", "order_cancel").outcome == "order_settled"
    shop.orders("ann", mug)
    shop.presses("bob", "order_start")
    late = shop.presses("ann", "order_cancel")
    assert late.outcome == "order_settled"
    assert "under way" in said(late)
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (60, 40, 0)


async def test_what_is_declined_comes_back_with_the_reason(shop: Shop) -> None:
    mug = shop.reward("mug", stock=1)
    shop.orders("ann", mug)
    assert shop.submits("bob", "order_decline", context={"id": shop.newest}, reason=" ").payload.keys() == {"reason"}
    assert shop.declines("bob", reason="The supplier has none.").outcome == "done"
    await shop.house.settled()
    news = shop.house.platform.texts("U1")[-1]
    assert "was declined. Your 40 points are back" in news
    assert "The supplier has none." in news
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (100, 0, 1)
    assert shop.declines("bob").outcome == "order_settled"
    assert shop.done("bob").outcome == "order_settled"


async def test_a_form_that_comes_again_orders_once(shop: Shop) -> None:
    mug = shop.reward("mug")
    first, second = shop.orders("ann", mug, form="form-1"), shop.orders("ann", mug, form="form-1")
    assert second.again
    assert second.payload == first.payload
    assert (shop.wallet("ann"), shop.house.one("SELECT COUNT(*) FROM redemption")) == (60, 1)
    assert "You have one of these on order already" in said(shop.presses("ann", "redeem", reward=mug, price="40"))


async def test_a_price_that_changed_meanwhile_is_told_before_it_counts(shop: Shop) -> None:
    mug = shop.reward("mug")
    shop.change(mug, lambda one: replace(one, price=45, least_points=45))
    answered = shop.orders("ann", mug, seen="40/40/0/")
    assert "has another price by now: 45 points. Nothing was ordered" in said(answered)
    assert shop.house.one("SELECT COUNT(*) FROM redemption") == 0
    assert "another price than the 40 that you saw" in said(shop.presses("ann", "redeem", reward=mug, price="40"))


async def test_what_cannot_be_ordered_says_why_and_takes_nothing(shop: Shop) -> None:
    """Each is refused at the button and, sent all the same, at the form."""
    day = date(2026, 11, 18)
    cases = {
        "reward_gone": shop.reward("gone", active=False),
        "not_open": shop.reward("later", starts_on=date(2026, 11, 19)),
        "not_for_you": shop.reward("abroad", countries=("FR",)),
        "sold_out": shop.reward("none", stock=0),
        "not_enough": shop.reward("dear", price=101),
    }
    over = shop.reward("over", ends_on=date(2026, 11, 17))
    for outcome, reward in {**cases, "reward_gone2": "nothing of that id"}.items():
        assert shop.presses("ann", "redeem", reward=reward, price="40").outcome == outcome.rstrip("2")
        assert shop.orders("ann", reward).outcome == outcome.rstrip("2")
    assert "is over" in said(shop.orders("ann", over))
    assert "from 19 November on" in said(shop.orders("ann", cases["not_open"]))
    assert shop.orders("ann", shop.reward("today", starts_on=day, ends_on=day)).outcome == "done"
    assert (shop.wallet("ann"), shop.held()) == (60, 40)


async def test_a_reward_for_a_country_and_a_department_is_for_people_there(shop: Shop) -> None:
    only = shop.reward("local", price=10, countries=("DE", "FR"), departments=("Design",))
    outcomes = []
    for country, department in (("DE", "Sales"), ("IT", "Design"), ("DE", "Design")):
        with shop.house.database.writing() as tx:
            save_records(tx, ACME, [RecordFact("person ann", department=department, country=country)])
        outcomes.append(shop.orders("ann", only).outcome)
    assert outcomes == ["not_for_you", "not_for_you", "done"]
    assert shop.house.one("SELECT country FROM redemption") == "DE"


async def test_a_limit_holds_for_its_period_and_what_came_to_nothing_does_not_count(shop: Shop) -> None:
    mug = shop.reward("mug", price=10, limit=1, limited=Limited.MONTH)
    once = shop.reward("once", price=10, limit=1, limited=Limited.EVER)
    shop.orders("ann", mug)
    shop.presses("ann", "order_cancel")
    assert [shop.orders("ann", one).outcome for one in (mug, mug, once)] == ["done", "limit_reached", "done"]
    shop.house.clock.forward(days=12)  # the last of November
    assert shop.orders("ann", mug).outcome == "limit_reached"
    shop.house.clock.forward(days=1)
    assert [shop.orders("ann", one).outcome for one in (mug, once)] == ["done", "limit_reached"]


async def test_a_form_whose_question_changed_meanwhile_orders_nothing(shop: Shop) -> None:
    """Else an answer would stand under another question, or a field be missed that the form does not have."""
    shirt = shop.reward("shirt", settings={"people": ["person bob"], "question": "Which size?"})
    form = said(shop.presses("ann", "redeem", reward=shirt, price="40"))
    [seen] = re.findall(r'price\W+(40/[^\\"]*)', form)
    shop.change(shirt, lambda one: replace(one, settings=one.settings | {"question": "Which street?"}))
    assert shop.orders("ann", shirt, seen=seen, answer="M").outcome == "changed_meanwhile"
    shop.change(shirt, lambda one: replace(one, settings={"people": ["person cleo"], "question": "Which size?"}))
    assert shop.orders("ann", shirt, seen=seen, answer="M").outcome == "done", "others hand it out: nothing to them"
    shop.change(shirt, lambda one: replace(one, fulfilment="agreed", settings={"days": 1}))
    late = shop.orders("ann", shirt, seen=seen, answer="M")
    assert "Open it once more" in said(late)
    assert late.kind == "reply", "no field of the form can mend it"


# --- the rest from one's own pocket -----------------------------------------------------------------------


async def test_the_rest_is_told_before_recorded_as_due_and_confirmed(shop: Shop) -> None:
    mug = shop.reward("mug", price=120, least_points=30, value_minor=1000, currency="EUR")
    form = said(shop.presses("ann", "redeem", reward=mug, price="120"))
    assert "100 points and 1.67 EUR" in form
    assert "30 points and 7.50 EUR" in form
    assert "120 points and" not in form, "she has not so many"
    assert "*7.50 EUR* from your own pocket, which is not paid yet" in said(shop.orders("ann", mug, pay="30"))
    assert (shop.wallet("ann"), shop.house.one("SELECT own_minor FROM redemption")) == (70, 750)
    assert "The rest of 7.50 EUR is paid" in said(shop.presses("bob", "order_paid"))
    first = shop.house.one("SELECT own_paid_at FROM redemption")
    shop.house.clock.forward(minutes=1)
    assert shop.presses("bob", "order_paid").outcome == "done"
    assert shop.house.one("SELECT own_paid_at FROM redemption") == first
    assert shop.done("bob").outcome == "done"
    await shop.house.settled()
    assert "7.50 EUR from your own pocket, which is paid" in shop.house.platform.texts("U1")[-1]


@pytest.mark.parametrize("pay", ["29", "121", "0", "-1", "many", "3.5"])
async def test_a_forged_share_is_refused(shop: Shop, pay: str) -> None:
    mug = shop.reward("mug", price=120, least_points=30, value_minor=1000, currency="EUR")
    assert shop.orders("ann", mug, pay=pay).payload.keys() == {"pay"}
    plain = shop.reward("plain", price=120)
    assert shop.orders("ann", plain, pay="1").outcome == "not_enough"  # where nothing else is offered it is the price


async def test_what_was_handed_over_and_is_not_paid_stays_on_the_list_of_administrators(shop: Shop) -> None:
    mug = shop.reward("mug", price=100, least_points=50, value_minor=1000, currency="EUR")
    shop.orders("ann", mug, pay="50")
    shop.done("bob", paid="not_yet", note="On your desk.")
    assert "*Mug* to Ann: 5.00 EUR" in said(shop.presses("cleo", "admin_orders", anything=""))
    assert "The rest is paid" in said(shop.presses("cleo", "order_work_show"))
    shop.presses("cleo", "order_paid")
    assert "5.00 EUR" not in said(shop.presses("cleo", "admin_orders", anything=""))
    shown = said(shop.presses("ann", "order_show"))
    assert "On your desk." in shown
    assert "the rest paid, says Cleo" in shown


async def test_what_is_due_for_long_is_not_forgotten(shop: Shop) -> None:
    mug = shop.reward("mug", price=100, least_points=50, value_minor=1000, currency="EUR")
    shop.orders("ann", mug, pay="50")
    shop.done("bob", paid="not_yet")
    shop.house.clock.forward(days=400)
    assert "*Mug* to Ann: 5.00 EUR" in said(shop.presses("cleo", "admin_orders", anything=""))


async def test_the_promise_of_what_waits_for_money_counts_from_when_it_is_paid(shop: Shop) -> None:
    voucher = shop.reward(
        "voucher", price=100, least_points=50, value_minor=1000, currency="EUR", fulfilment="codes", within_days=1
    )
    shop.submits("cleo", "admin_codes", context={"reward": voucher}, codes="A\nB")
    assert "Once all is paid you have it at once" in said(shop.presses("ann", "redeem", reward=voucher, price="100"))
    shop.orders("ann", voucher, pay="50")
    shop.house.clock.forward(days=12)
    shop.presses("cleo", "order_paid")
    assert shop.state() == "fulfilled"
    assert shop.house.one("SELECT in_time FROM redemption") in (True, 1)


async def test_words_of_people_are_not_taken_for_a_payment(shop: Shop) -> None:
    shop.orders("ann", shop.reward("mug"))
    shop.done("bob", note="The rest is paid.")
    shown = said(shop.presses("ann", "order_show"))
    assert "handed over by Bob" in shown
    assert "The rest is paid." in shown


async def test_what_was_paid_is_to_be_given_back(shop: Shop) -> None:
    mug = shop.reward("mug", price=100, least_points=50, value_minor=1000, currency="EUR")
    shop.orders("ann", mug, pay="50")
    shop.presses("bob", "order_paid")
    shop.declines("bob")
    await shop.house.settled()
    assert "You had paid 5.00 EUR" in shop.house.platform.texts("U1")[-1]
    assert "Give the 5.00 EUR back" in shop.house.platform.texts("U2")[-1]


# --- agreement --------------------------------------------------------------------------------------------


async def test_an_order_that_needs_agreement_begins_after_it(shop: Shop) -> None:
    shop.grant("ann", 2000)
    trip = shop.reward("trip", price=1500)
    assert "Somebody has to agree first" in said(shop.presses("ann", "redeem", reward=trip, price="1500"))
    assert "Somebody has to agree first" in said(shop.orders("ann", trip))
    assert (shop.state(), shop.held()) == ("asked", 1500)
    await shop.house.settled()
    assert shop.house.platform.texts("U2") == [], "whoever hands it out hears of it once it is agreed"
    shop.house.clock.forward(days=5)
    approval = str(shop.house.one("SELECT id FROM approval"))
    assert shop.agrees("cleo", approval).outcome == "done"
    assert shop.state() == "ordered"
    await shop.house.settled()
    assert "<@U1> ordered *Trip*" in shop.house.platform.texts("U2")[0]
    _, news = shop.house.platform.texts("U1")
    assert "Monday 30 November" in news, "promised from then on"
    assert "agreed by Cleo" in news


async def test_what_a_reward_is_worth_asks_for_agreement_however_few_points_it_takes(shop: Shop) -> None:
    """Up to 50 units of currency nobody is asked: what people pay themselves does not count."""
    outcomes = []
    for minor, pay in ((5000, "60"), (5001, "60"), (9000, "60"), (9000, "30"), (20_000, "30")):
        shop.grant("ann", 60)
        made = shop.reward(f"{minor}-{pay}", price=60, least_points=30, value_minor=minor, currency="EUR")
        shop.orders("ann", made, pay=pay)
        outcomes.append(shop.state())
    assert outcomes == ["ordered", "asked", "asked", "ordered", "asked"]


async def test_who_agrees_does_not_read_what_is_for_those_who_hand_it_out(shop: Shop) -> None:
    shop.grant("ann", 2000)
    trip = shop.reward("trip", price=1500, settings={"people": ["person bob"], "question": "Where do you live?"})
    assert "Those who hand it out read it" in said(shop.presses("ann", "redeem", reward=trip, price="1500"))
    shop.orders("ann", trip, answer="12 Secret Lane")
    assert "You have it by" not in said(shop.presses("ann", "my_orders", anything="")), "nobody has agreed yet"
    shop.agrees("cleo", str(shop.house.one("SELECT id FROM approval")))
    await shop.house.settled()
    assert "Secret Lane" in shop.house.platform.texts("U2")[0]
    assert "Secret Lane" not in str(shop.house.platform.texts("U3"))


async def test_a_donation_that_somebody_has_to_agree_to_says_so(shop: Shop) -> None:
    gift = shop.reward("gift", price=1500, fulfilment="charity", settings={})
    shop.grant("ann", 2000)
    assert "Somebody has to agree first. It is given at once" in said(
        shop.presses("ann", "redeem", reward=gift, price="1500")
    )


@pytest.mark.parametrize("how", ["declined", "cancelled"])
async def test_an_order_that_is_not_agreed_to_comes_back(shop: Shop, how: str) -> None:
    shop.grant("ann", 1400)
    trip = shop.reward("trip", price=1500, stock=1)
    shop.orders("ann", trip)
    approval = str(shop.house.one("SELECT id FROM approval"))
    if how == "declined":
        shop.refuses("cleo", approval, "Next year, please.")
    else:
        shop.presses("ann", "order_cancel")
        assert shop.agrees("cleo", approval).outcome in ("done", "approval_over", "decided")
    assert (shop.state(), shop.wallet("ann"), shop.held(), shop.stock(trip)) == (how, 1500, 0, 1)
    await shop.house.settled()
    assert ("Next year, please." in shop.house.platform.texts("U1")[-1]) == (how == "declined")


# --- who may ----------------------------------------------------------------------------------------------


async def test_forged_buttons_of_others_change_nothing(shop: Shop) -> None:
    shop.orders("ann", shop.reward("mug"))
    for name in ("order_show", "order_cancel", "order_secret"):
        assert shop.presses("bob", name).outcome == "no_order"
    for name in ("order_start", "order_paid", "order_done_form", "order_decline_form", "order_work_show"):
        assert shop.presses("ann", name).outcome == "not_yours_to_do"
        assert shop.presses("bob", name, order="no such order").outcome == "not_yours_to_do"
    assert shop.done("ann").outcome == shop.declines("ann").outcome == "not_yours_to_do"
    for name in ("admin_codes", "admin_codes_form", "admin_orders"):
        assert shop.presses("ann", name).outcome == "not_administrator"
    assert shop.submits("ann", "admin_codes", context={"reward": "reward mug"}, codes="X").outcome == (
        "not_administrator"
    )
    assert (shop.state(), shop.held()) == ("ordered", 40)


async def test_the_first_tap_counts_and_the_card_shows_whose_it_was(shop: Shop) -> None:
    shop.orders("ann", shop.reward("mug", people=("bob", "cleo")))
    key = "the same tap"
    for _ in range(2):
        shop.presses("bob", "order_start", key=key)
    late = shop.presses("cleo", "order_start")
    assert late.kind == "replace"
    assert "started by Bob" in said(late)
    assert "started by Cleo" not in said(late)
    assert shop.house.one("SELECT COUNT(*) FROM redemption_step WHERE state = 'started'") == 1
    await shop.house.settled()
    assert all("started by Bob" in shop.house.platform.texts(one)[0] for one in ("U2", "U3"))


async def test_administrators_hand_out_where_nobody_named_is_there_and_nobody_does_so_for_themselves(
    shop: Shop,
) -> None:
    mug = shop.reward("mug", people=("ann",))
    shop.orders("ann", mug)
    await shop.house.settled()
    assert shop.house.platform.texts("U3")
    assert len(shop.house.platform.texts("U1")) == 1
    assert shop.presses("ann", "order_start").outcome == "not_yours_to_do"
    shop.house.change("UPDATE person SET active = false WHERE id = 'person cleo'")
    shop.grant("bob", 40)
    alone = shop.reward("alone", people=("bob",))
    shop.house.change("UPDATE person SET active = false WHERE id = 'person ann'")
    assert shop.orders("ann", mug).outcome == "deactivated"
    shop.house.change("UPDATE person SET active = true WHERE id = 'person cleo'")
    assert "They are not active here any more" in said(shop.presses("cleo", "order_work_show"))
    shop.house.change("UPDATE person SET active = false WHERE id = 'person cleo'")
    assert shop.orders("bob", alone).outcome == "done"
    assert shop.presses("bob", "order_start").outcome == "done", "there is nobody else"


async def test_what_is_open_goes_to_those_who_hand_it_out_from_now_on(shop: Shop) -> None:
    mug, house = shop.reward("mug"), shop.house
    for _ in range(2):
        shop.orders("ann", mug)
    shop.presses("bob", "order_start")
    about = {"reward": mug, "kind": "manual"}
    shop.submits("cleo", "admin_reward_settings", context=about, people=(AccountRef(SLACK, shop.hires(1, 0)[0]),))
    await house.settled()
    assert sum("ordered *Mug*" in one for one in house.platform.texts("P0")) == 2
    assert shop.presses("bob", "order_work_show").outcome == "not_yours_to_do"
    house.change("UPDATE person SET active = false WHERE id = 'person P0'")
    ticks = Ticks(house.database, house.presenter, clock=house.clock, new_id=house.new_id, owners=["cleo@acme.test"])
    ticks.plan()
    for _ in range(3):
        house.clock.forward(days=1)
        for _ in range(2):
            for due in [one for one in ticks.list_due(50) if one.job == "handing_on"]:
                ticks.turn(due)
        await house.settled()
        assert sum("ordered *Mug*" in one for one in house.platform.texts("U3")) == 2, "once"
    assert shop.done("cleo").outcome == "done"


async def test_a_reward_that_nobody_hands_out_cannot_be_ordered(shop: Shop) -> None:
    mug = shop.reward("mug", people=("bob",))
    shop.house.change("UPDATE person SET active = false WHERE id IN ('person bob', 'person cleo')")
    answered = shop.orders("ann", mug)
    assert answered.outcome == "cannot_now"
    assert "whoever runs Plaudit here can name somebody" in said(answered)


async def test_a_question_of_whoever_hands_it_out_is_asked_and_answered(shop: Shop) -> None:
    shirt = shop.reward("shirt", settings={"people": ["person bob"], "question": "Which size?"})
    assert "Which size?" in said(shop.presses("ann", "redeem", reward=shirt, price="40"))
    assert shop.orders("ann", shirt).payload.keys() == {"answer"}
    assert shop.orders("ann", shirt, answer="M, please").outcome == "done"
    await shop.house.settled()
    assert "M, please" in shop.house.platform.texts("U2")[0]


async def test_administrators_name_who_hands_it_out_and_what_they_need_to_know(shop: Shop) -> None:
    mug, about = shop.reward("mug", people=()), {"reward": "reward mug", "kind": "manual"}
    bob = (AccountRef(SLACK, "U2"),)
    saved = shop.submits("cleo", "admin_reward_settings", context=about, people=bob, question="Which colour?")
    assert saved.outcome == "done"
    form = said(shop.presses("cleo", "admin_reward_settings_form", reward=mug))
    assert '"initial_users": ["U2"]' in form
    assert "Which colour?" in form
    shop.house.change("UPDATE person SET kind = 'guest' WHERE id = 'person bob'")
    refused = shop.submits("cleo", "admin_reward_settings", context=about, people=bob)
    assert "Only members who are active" in refused.payload["people"]
    assert shop.submits("ann", "admin_reward_settings", context=about, people=bob).outcome == "not_administrator"


async def test_what_was_ordered_stays_so_when_the_reward_is_dearer_or_gone_by_then(shop: Shop) -> None:
    mug = shop.reward("mug", stock=2)
    shop.orders("ann", mug)
    first = shop.newest
    shop.orders("ann", mug)
    shop.change(mug, lambda one: replace(one, price=90, least_points=90, active=False, title="Cup"))
    assert shop.done("bob", first).outcome == "done"
    assert "Mug" in said(shop.presses("ann", "order_cancel"))
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (60, 0, 1)


@pytest.mark.parametrize("state", ["cancelled", "fulfilled"])
async def test_the_audit_finds_an_order_whose_points_went_elsewhere(shop: Shop, state: str) -> None:
    shop.orders("ann", shop.reward("mug"))
    shop.house.change("UPDATE redemption SET state = :state", state=state)
    with shop.house.database.reading() as tx:
        [found] = verify(tx)
    assert (found.promise, found.found, found.expected) == (
        "an order holds its points while it is open, and none after it",
        40,
        0,
    )
    shop.house.change("UPDATE redemption SET state = 'ordered'")


async def test_my_orders_are_paged(shop: Shop) -> None:
    pin = shop.reward("pin", price=1)
    for _ in range(7):
        shop.orders("ann", pin)
    first = shop.presses("ann", "my_orders", anything="")
    assert said(first).count("*Pin*") == 5
    fifth = shop.house.one("SELECT id FROM redemption ORDER BY id DESC LIMIT 1 OFFSET 4")
    older = shop.presses("ann", "my_orders", before=fifth)
    assert older.kind == "replace"
    assert said(older).count("*Pin*") == 2
    assert "You ordered nothing yet" in said(shop.presses("bob", "my_orders", anything=""))
