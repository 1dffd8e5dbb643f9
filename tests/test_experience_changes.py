"""Dates of experiences change, rewards end, people leave: whoever has a place hears of it, and no place is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from handlers.dispatch import Answered
from handlers.order_calendar import CalendarDesk
from handlers.refusals import Refusal
from store.calendar_links import CalendarFact, save_calendar_link
from store.db import Database
from store.experiences import find_session
from tests.posting import ACME, open_house
from tests.test_concurrency import at_once
from tests.test_experiences import EVENING, NOON, Studio
from tests.test_ordering import said

NEW: dict[str, str] = {"day": "2026-11-28", "from": "19:00", "until": "22:30", "place": "Harbour 1", "places": "2"}


@pytest.fixture
async def studio(database: Database, clock: Any) -> AsyncIterator[Studio]:
    """Ann, Bob and Cleo have 100 points each, and Cleo runs it. It is noon."""
    async with open_house(database, clock) as house:
        house.clock.now = NOON
        studio = Studio(house)
        for name in ("ann", "bob", "cleo"):
            studio.grant(name, 100)
        yield studio
        assert house.books_agree()
        held = house.one("SELECT COUNT(*) FROM redemption WHERE state IN ('asked', 'ordered', 'started')")
        assert studio.held() == 40 * held


def changes(studio: Studio, session: str, name: str = "cleo", context: str = "", **values: str) -> Answered:
    """Sends the form, as it was opened now."""
    with studio.house.database.reading() as tx:
        one = find_session(tx, ACME, session)
    assert one
    now = f"{one.starts_at.isoformat()}/{one.ends_at.isoformat()}/{one.capacity}/{one.place}"
    known = {"id": session, "seen": context or now}
    return studio.submits(name, "admin_session_change", context=known, **NEW | values)


async def test_whoever_has_a_place_is_told_of_another_time_and_gets_a_new_file(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots, places=2)
    for name in ("ann", "bob"):
        studio.orders(name, pots, date=friday)
    studio.orders("cleo", pots, date=friday)
    assert changes(studio, friday, "ann").outcome == "not_administrator"
    assert "The date is changed." in said(changes(studio, friday))
    studio.it_is(NOON + timedelta(minutes=1))
    await studio.house.settled()
    news = studio.news("U1")
    assert "your date was changed, and you keep your place" in news
    assert "*Saturday 28 November, 19:00*, the place Harbour 1" in news
    assert "It was planned for Friday 27 November, 18:00." in news
    assert "Calendar file" in news
    assert "*Saturday 28 November, 19:00*, the place Harbour 1" in studio.house.platform.texts("U1")[0], "the order"
    assert "*Saturday 28 November, 19:00*" in studio.house.platform.texts("U3")[0], "whoever is in line, by its card"
    assert "date was changed" not in "".join(studio.house.platform.texts("U3"))
    studio.it_is(EVENING + timedelta(minutes=1))
    assert studio.state() == "ordered", "not the old time"
    studio.it_is(datetime(2026, 11, 28, 19, 1, tzinfo=UTC))
    assert studio.state() == "started"
    studio.it_is(datetime(2026, 11, 29, 7, tzinfo=UTC))
    assert (studio.state(), studio.house.one("SELECT COUNT(*) FROM redemption WHERE in_time")) == ("fulfilled", 2)


async def test_more_places_go_to_those_in_line_and_fewer_than_are_taken_cannot_be(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    for name in ("ann", "bob", "cleo"):
        studio.orders(name, pots, date=friday)
    same = {"day": "2026-11-27", "from": "18:00", "until": "21:00", "place": "Mill Lane 4"}
    assert "The date is changed." in said(changes(studio, friday, **same, places="2"))
    studio.it_is(NOON + timedelta(minutes=1))
    assert (studio.line("bob"), studio.line("cleo"), studio.taken()) == ("offered", "waiting", 2)
    assert "The date is changed." in said(changes(studio, friday, **same, places="9"))
    studio.it_is(NOON + timedelta(minutes=2))
    assert (studio.line("cleo"), studio.taken()) == ("offered", 3)
    assert changes(studio, friday, **same, places="2").payload.keys() == {"places"}
    assert "Nothing was to be changed." in said(changes(studio, friday, **same, places="9"))
    await studio.house.settled()
    assert "date was changed" not in "".join(studio.house.platform.texts("U1")), "time and place are the same"


async def test_what_somebody_else_changed_meanwhile_or_has_begun_stays(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    assert changes(studio, friday, context="as it was").outcome == "changed_already"
    assert changes(studio, friday, day="2026-11-17").payload.keys() == {"day"}
    studio.house.clock.now = EVENING + timedelta(minutes=1)
    assert studio.presses("cleo", "admin_session_change_form", id=friday).outcome == "session_ended"
    assert changes(studio, friday).outcome == "session_ended"


async def test_a_date_changed_while_people_order_and_cancel_loses_no_place(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots, places=2)
    people = studio.hires(6, 40)
    studio.orders(people[0], pots, date=friday)
    mine = studio.newest
    at_once(
        *(lambda n=n: studio.orders(n, pots, date=friday) for n in people[1:]),
        lambda: changes(studio, friday, places="4"),
        lambda: studio.presses(people[0], "order_cancel", mine),
    )
    studio.it_is(NOON + timedelta(minutes=1))
    booked = studio.house.one("SELECT COUNT(*) FROM redemption WHERE state = 'ordered'")
    offered = studio.house.one("SELECT COUNT(*) FROM experience_line WHERE state = 'offered'")
    waiting = studio.house.one("SELECT COUNT(*) FROM experience_line WHERE state = 'waiting'")
    assert studio.taken() == booked + offered <= 4
    assert not waiting or studio.taken() == studio.house.one("SELECT capacity FROM experience_session")


async def test_hours_that_no_clock_shows_and_days_far_away_are_refused_at_their_field(studio: Studio) -> None:
    studio.house.change("UPDATE tenant SET zone = 'Europe/Berlin'")
    pots = studio.experience()
    for wrong, field in (
        ({"day": "2027-03-28", "from": "02:30", "until": "03:00"}, "until"),
        ({"from": "18:00", "until": "18:00"}, "until"),
        ({"day": "9999-12-31"}, "day"),
    ):
        answered = studio.submits("cleo", "admin_session", context={"reward": pots}, **NEW | wrong)
        assert answered.payload.keys() == {field}, wrong


async def test_every_date_is_reached_page_by_page(studio: Studio) -> None:
    pots = studio.experience()
    for number in range(12):
        studio.date(pots, at=EVENING + timedelta(days=number), places=number + 1)
    first = said(studio.presses("cleo", "admin_sessions", reward=pots))
    assert ("of 10 places" in first, "of 11 places" in first, "Later ones" in first) == (True, False, True)
    second = said(studio.presses("cleo", "admin_sessions", reward=pots, page="1"))
    assert ("of 10 places" in second, "of 12 places" in second, "Later ones" in second) == (False, True, False)


async def test_dates_of_what_is_handed_out_otherwise_by_now_can_still_be_cancelled(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    studio.change(pots, lambda one: replace(one, fulfilment="manual", settings={"people": ["person bob"]}))
    shown = said(studio.presses("cleo", "admin_sessions", reward=pots))
    assert ("Cancel this date" in shown, "Add a date" in shown) == (True, False)
    values = NEW | {"places": "8"}
    assert studio.submits("cleo", "admin_session", context={"reward": pots}, **values).outcome == "no_experience"
    assert studio.presses("cleo", "admin_session_cancel", id=friday).outcome == "done"


# --- people who leave, and what cannot be ordered any more --------------------------------------------------


async def test_whoever_leaves_gives_up_a_place_and_the_next_one_moves_up(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    people = studio.hires(2, 40)
    for name in ("ann", people[0], people[1], "bob"):
        studio.orders(name, pots, date=friday)
    for gone in ("ann", people[0]):
        studio.house.change("UPDATE person SET active = FALSE WHERE id = :id", id=f"person {gone}")
    studio.it_is(NOON + timedelta(days=1))
    assert (studio.state(), studio.wallet("ann"), studio.held()) == ("cancelled", 100, 0)
    assert (studio.line(people[0]), studio.line(people[1]), studio.line("bob")) == ("left", "offered", "waiting")
    studio.house.change("UPDATE person SET active = FALSE WHERE id = :id", id=f"person {people[1]}")
    studio.it_is(NOON + timedelta(days=1, hours=23))
    assert (studio.line(people[1]), studio.line("bob"), studio.taken()) == ("left", "offered", 1)


async def test_what_nobody_can_order_any_more_is_offered_to_nobody(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    for name in ("ann", "bob"):
        studio.orders(name, pots, date=friday)
    studio.change(pots, lambda one: replace(one, ends_on=date(2026, 11, 18)))
    studio.house.clock.now = NOON + timedelta(days=1)
    studio.presses("ann", "order_cancel")
    assert (studio.line("bob"), studio.taken()) == ("waiting", 0)


async def test_an_offer_that_nobody_could_hear_of_is_kept_from_when_they_do(studio: Studio) -> None:
    """It came at night, and the program was not running until its day was over."""
    pots = studio.experience()
    friday = studio.date(pots)
    for name in ("ann", "bob"):
        studio.orders(name, pots, date=friday)
    studio.house.clock.now = NOON.replace(hour=22)
    studio.presses("ann", "order_cancel")
    studio.it_is(NOON + timedelta(days=4))
    assert (studio.line("bob"), studio.taken()) == ("offered", 1)
    await studio.house.settled()
    assert "I keep it until *Monday 23 November, 12:00*" in studio.news("U2")
    studio.it_is(NOON + timedelta(days=5))
    assert (studio.line("bob"), studio.taken()) == ("lapsed", 0)


async def test_a_link_to_a_calendar_file_ends_when_its_person_leaves(studio: Studio) -> None:
    pots = studio.experience()
    studio.orders("ann", pots, date=studio.date(pots))
    desk = CalendarDesk(clock=studio.house.clock)
    with studio.house.database.writing() as tx:
        save_calendar_link(tx, CalendarFact(ACME, studio.newest, NOON + timedelta(days=1)), "token")
        assert b"Mill Lane" in desk.look(tx, "token")
    studio.house.change("UPDATE person SET active = FALSE WHERE id = 'person ann'")
    with studio.house.database.reading() as tx, pytest.raises(Refusal):
        desk.look(tx, "token")
