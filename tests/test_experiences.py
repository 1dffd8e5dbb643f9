"""Experiences with places: a place is given once, who comes too late waits in line, and nobody loses points."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.admin_sessions import keep_session
from handlers.context import TenantContext
from handlers.dispatch import Answered
from handlers.experience_changes import CHANGED, FILL
from handlers.experience_line import OVER, TELL
from handlers.programme import read_programme
from handlers.rules.policy import Policy
from handlers.ticks import Ticks
from store.db import Database
from store.earned_badges import add_earned
from store.experiences import SessionFact
from store.tenants import list_homes
from tests.posting import ACME, House, open_house, open_replica
from tests.shop import Shop
from tests.test_concurrency import at_once
from tests.test_ordering import said

JOBS = {
    "charity",
    "experiences",
    "experience_begins",
    "experience_cancelled",
    TELL,
    OVER,
    CHANGED,
    FILL,
    "experience_leavers",
}
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
EVENING = datetime(2026, 11, 27, 18, tzinfo=UTC)


class Studio(Shop):
    """A shop with an experience, `pots`, and the programme's jobs."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.ticks = Ticks(
            house.database, house.presenter, clock=house.clock, new_id=house.new_id, owners=["cleo@acme.test"]
        )

    def experience(self, **settings: str) -> str:
        return self.reward("pots", fulfilment="experience", settings=settings)

    def date(self, reward: str, places: int = 1, at: datetime = EVENING) -> str:
        with self.house.database.writing() as tx:
            home = next(iter(list_homes(tx, ACME)))
            ctx = TenantContext(
                tx=tx,
                now=self.house.clock(),
                new_id=self.house.new_id,
                home=home,
                policy=Policy.read(home.policy),
                programme=read_programme(tx, ACME),
            )
            fact = SessionFact(
                id=self.house.new_id(),
                reward_id=reward,
                starts_at=at,
                ends_at=at + timedelta(hours=3),
                place="Mill Lane 4",
                capacity=places,
            )
            keep_session(ctx, fact)
        return fact.id

    def it_is(self, at: datetime) -> None:
        """And all that is due of time, places and charities is done."""
        self.ticks.plan()
        self.house.clock.now = at
        for _ in range(50):
            if not [self.ticks.turn(one) for one in self.ticks.list_due(100) if one.job in JOBS]:
                return
        raise AssertionError("there is always more to do")

    def taken(self) -> int:
        return int(self.house.one("SELECT SUM(taken) FROM experience_session"))

    def line(self, name: str) -> str:
        """Where somebody stands, by the latest time they joined."""
        sql = "SELECT state FROM experience_line WHERE person_id = :id ORDER BY id DESC LIMIT 1"
        return str(self.house.one(sql, id=f"person {name}"))

    def leaves(self, name: str, by: str = "") -> Answered:
        sql = "SELECT id FROM experience_line WHERE person_id = :id ORDER BY id DESC LIMIT 1"
        return self.presses(by or name, "experience_leave", id=str(self.house.one(sql, id=f"person {name}")))

    def news(self, ref: str) -> str:
        return self.house.platform.texts(ref)[-1]


@pytest.fixture
async def studio(database: Database, clock: Any) -> AsyncIterator[Studio]:
    """Ann, Bob and Cleo have 100 points each. It is noon."""
    async with open_house(database, clock) as house:
        house.clock.now = NOON
        studio = Studio(house)
        for name in ("ann", "bob", "cleo"):
            studio.grant(name, 100)
        yield studio
        assert house.books_agree()
        held = house.one("SELECT COUNT(*) FROM redemption WHERE state IN ('asked', 'ordered', 'started')")
        assert studio.held() == 40 * held


async def test_a_place_is_booked_attended_and_settled_the_day_after(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots, places=2)
    assert "on a date that you choose" in said(studio.presses("ann", "reward_show", reward=pots))
    form = said(studio.presses("ann", "redeem", reward=pots, price="40"))
    assert "Fri 27 Nov, 18:00: 2 places free, Mill Lane 4" in form
    assert "You can cancel until it begins" in form
    booked = said(studio.orders("ann", pots, date=friday))
    assert "your place is booked" in booked
    assert "*Friday 27 November, 18:00*, the place Mill Lane 4" in booked
    assert "Calendar file" in booked
    assert (studio.wallet("ann"), studio.held(), studio.taken()) == (60, 40, 1)
    studio.it_is(EVENING + timedelta(minutes=1))
    assert studio.state() == "started"
    assert studio.presses("ann", "order_cancel").outcome == "order_settled"
    studio.it_is(EVENING + timedelta(hours=5))
    assert studio.state() == "started", "it is still the same day"
    studio.it_is(EVENING + timedelta(hours=13))
    assert (studio.state(), studio.wallet("ann"), studio.held()) == ("fulfilled", 60, 0)
    assert studio.house.one("SELECT in_time FROM redemption")
    assert studio.house.one("SELECT state FROM experience_session") == "over"
    await studio.house.settled()
    assert "took place" in studio.news("U1")


async def test_who_finds_it_full_waits_and_is_offered_the_place_that_is_freed(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    studio.orders("ann", pots, date=friday)
    assert "you are in line" in said(studio.orders("bob", pots, date=friday))
    assert "you are in line" in said(studio.orders("bob", pots, date=friday)), "once"
    assert "full, you are in line" in said(studio.presses("bob", "redeem", reward=pots, price="40"))
    assert (studio.wallet("bob"), studio.house.one("SELECT COUNT(*) FROM experience_line")) == (100, 1)
    studio.presses("ann", "order_cancel")
    assert (studio.wallet("ann"), studio.line("bob"), studio.taken()) == (100, "offered", 1)
    await studio.house.settled()
    assert "has a place for you. I keep it until *Thursday 19 November, 12:00*" in studio.news("U2")
    assert "in line" in said(studio.orders("cleo", pots, date=friday)), "the place is kept"
    assert studio.orders("bob", pots, date=friday).outcome == "done"
    assert (studio.wallet("bob"), studio.line("bob"), studio.taken()) == (60, "taken", 1)
    assert studio.orders("bob", pots, date=friday).payload.keys() == {"date"}, "one place each"
    await studio.house.settled()
    assert "you have a place" in "".join(studio.house.platform.texts("U2"))


async def test_an_offer_that_nobody_takes_goes_to_the_next_after_a_day(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    for name in ("ann", "bob", "cleo"):
        studio.orders(name, pots, date=friday)
    studio.presses("ann", "order_cancel")
    studio.it_is(NOON + timedelta(hours=23))
    assert (studio.line("bob"), studio.line("cleo")) == ("offered", "waiting")
    studio.it_is(NOON + timedelta(hours=24))
    assert (studio.line("bob"), studio.line("cleo")) == ("lapsed", "offered")
    assert "in line" in said(studio.orders("bob", pots, date=friday)), "at the end of it"
    assert studio.leaves("cleo", by="ann").outcome == "not_in_line"
    assert studio.leaves("cleo").outcome == "done"
    assert studio.line("bob") == "offered"
    assert studio.leaves("cleo").outcome == "not_in_line", "a second tap passes on nothing"
    assert studio.leaves("bob").outcome == "done"
    assert studio.taken() == 0
    assert studio.orders("ann", pots, date=friday).outcome == "done"


async def test_an_offer_waits_for_the_morning_of_whoever_gets_it(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    studio.orders("ann", pots, date=friday)
    studio.orders("bob", pots, date=friday)
    studio.house.clock.now = NOON.replace(hour=22)
    studio.presses("ann", "order_cancel")
    await studio.house.settled()
    assert len(studio.house.platform.texts("U2")) == 1, "the one that says they are in line"
    studio.it_is(NOON.replace(day=19, hour=9))
    await studio.house.settled()
    assert "I keep it until *Friday 20 November, 09:00*" in studio.news("U2")
    studio.it_is(NOON.replace(day=20, hour=9))
    assert (studio.line("bob"), studio.taken()) == ("lapsed", 0)


async def test_a_holder_of_the_badge_is_offered_a_place_first(studio: Studio) -> None:
    badge = str(studio.house.one("SELECT MIN(id) FROM badge"))
    pots = studio.experience(badge=badge)
    friday = studio.date(pots)
    for name in ("ann", "bob", "cleo"):
        studio.orders(name, pots, date=friday)
    with studio.house.database.writing() as tx:
        add_earned(tx, ACME, "person cleo", [badge], NOON)
    studio.presses("ann", "order_cancel")
    assert (studio.line("bob"), studio.line("cleo")) == ("waiting", "offered")


async def test_a_cancelled_date_gives_everything_back_and_tells_everybody(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    studio.orders("ann", pots, date=friday)
    studio.orders("bob", pots, date=friday)
    assert studio.presses("ann", "admin_session_cancel", id=friday).outcome == "not_administrator"
    assert studio.presses("cleo", "admin_session_cancel", id=friday).outcome == "done"
    assert studio.presses("cleo", "admin_session_cancel", id=friday).outcome == "session_ended"
    assert studio.orders("cleo", pots, date=friday).outcome == "cannot_now"
    studio.it_is(NOON + timedelta(minutes=1))
    assert (studio.state(), studio.wallet("ann"), studio.line("bob"), studio.taken()) == ("failed", 100, "ended", 0)
    await studio.house.settled()
    assert "This date was cancelled" in studio.news("U1")
    assert "this date was cancelled" in studio.news("U2")


async def test_what_begins_ends_the_line_and_what_nobody_agreed_to(studio: Studio) -> None:
    pots = studio.reward("dear", price=1500, fulfilment="experience", settings={})
    studio.grant("ann", 1500)
    soon = NOON + timedelta(hours=2)
    date = studio.date(pots, at=soon)
    studio.orders("ann", pots, date=date)
    assert studio.state() == "asked"
    studio.grant("bob", 1500)
    studio.orders("bob", pots, date=date)
    studio.it_is(soon)
    assert (studio.state(), studio.wallet("ann"), studio.line("bob"), studio.taken()) == ("lapsed", 1600, "ended", 0)
    assert studio.house.one("SELECT state FROM approval") == "withdrawn"


async def test_a_forged_date_is_refused_and_takes_nothing(studio: Studio) -> None:
    pots, other = studio.experience(), studio.reward("other", fulfilment="experience", settings={})
    studio.date(pots)
    elsewhere = studio.date(other)
    for date in (elsewhere, "nothing", ""):
        assert studio.orders("ann", pots, date=date).payload.keys() == {"date"}
    assert (studio.wallet("ann"), studio.taken()) == (100, 0)


async def test_nobody_waits_in_line_for_what_they_could_not_take(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    studio.orders("ann", pots, date=friday)
    mug = studio.reward("mug")
    for _ in range(2):
        studio.orders("bob", mug)
    assert "takes 40 points, and you have 20" in said(studio.orders("bob", pots, date=friday))
    assert studio.house.one("SELECT COUNT(*) FROM experience_line") == 0


async def test_administrators_add_dates_by_the_clock_of_the_organisation(studio: Studio) -> None:
    pots = studio.experience()
    values = {"day": "2026-11-27", "from": "18:00", "until": "1:30", "place": " Mill Lane 4 ", "places": "8"}
    assert studio.submits("ann", "admin_session", context={"reward": pots}, **values).outcome == "not_administrator"
    assert "cannot be ordered just now" in said(studio.orders("ann", pots, date="none"))
    shown = said(studio.submits("cleo", "admin_session", context={"reward": pots}, **values))
    assert "*Friday 27 November, 18:00*, Mill Lane 4: 0 of 8 places taken" in shown
    ends = studio.house.one("SELECT ends_at FROM experience_session")
    assert "2026-11-28" in str(ends)
    for field, wrong in {"day": "2026-11-17", "from": "25:00", "until": "late", "places": "0"}.items():
        answered = studio.submits("cleo", "admin_session", context={"reward": pots}, **values | {field: wrong})
        assert answered.payload.keys() == {field}
    mug = studio.reward("mug")
    assert studio.submits("cleo", "admin_session", context={"reward": mug}, **values).outcome == "no_experience"


async def test_of_sixteen_one_gets_the_last_place_and_the_others_wait(studio: Studio, database_url: str) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    people = studio.hires(16, 40)
    async with open_replica(studio.house, database_url) as replica:
        shops: list[Shop] = [studio, Shop(replica)]
        answers = at_once(*(lambda n=n: shops[n % 2].orders(people[n], pots, date=friday) for n in range(16)))
    assert [one.outcome for one in answers] == ["done"] * 16
    assert sorted("is booked" in said(one) for one in answers) == [False] * 15 + [True]
    assert (studio.taken(), studio.house.one("SELECT COUNT(*) FROM redemption")) == (1, 1)
    assert studio.house.one("SELECT COUNT(*) FROM experience_line WHERE state = 'waiting'") == 15
    assert sum(studio.wallet(one) for one in people) == 40 * 15


async def test_cancelling_leaving_and_joining_at_once_lose_no_place(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots, places=3)
    people = studio.hires(8, 200)
    for one in people:
        studio.orders(one, pots, date=friday)
    orders = {
        one: str(studio.house.one("SELECT MAX(id) FROM redemption WHERE person_id = :id", id=f"person {one}"))
        for one in people[:3]
    }
    studio_works = [lambda n=n: studio.presses(n, "order_cancel", orders[n]) for n in people[:3]]
    at_once(*studio_works, *(lambda n=n: studio.leaves(n) for n in people[3:6]))
    offered = studio.house.one("SELECT COUNT(*) FROM experience_line WHERE state = 'offered'")
    assert studio.taken() == offered == 2
    studio.it_is(EVENING)
    assert studio.taken() == 0


async def test_an_offer_that_is_taken_as_it_lapses_is_one_of_both(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots)
    for name in ("ann", "bob", "cleo"):
        studio.orders(name, pots, date=friday)
    studio.presses("ann", "order_cancel")
    studio.house.clock.now = NOON + timedelta(hours=24)
    (due,) = [one for one in studio.ticks.list_due(100) if one.job == OVER]
    at_once(lambda: studio.orders("bob", pots, date=friday), lambda: studio.ticks.turn(due))
    assert studio.taken() == 1
    assert (studio.line("bob"), studio.line("cleo"), studio.wallet("bob")) in [
        ("taken", "waiting", 60),
        ("waiting", "offered", 100),  # too late, and in line once more
    ]


async def test_a_date_that_is_cancelled_while_people_order_holds_nothing(studio: Studio) -> None:
    pots = studio.experience()
    friday = studio.date(pots, places=4)
    people = studio.hires(6, 40)
    studio.orders(people[0], pots, date=friday)
    mine = studio.newest
    at_once(
        *(lambda n=n: studio.orders(n, pots, date=friday) for n in people[1:]),
        lambda: studio.presses("cleo", "admin_session_cancel", id=friday),
        lambda: studio.presses(people[0], "order_cancel", mine),
    )
    studio.it_is(NOON + timedelta(minutes=1))
    assert [studio.wallet(one) for one in people] == [40] * 6
    assert (studio.held(), studio.taken()) == (0, 0)
    assert studio.house.one("SELECT COUNT(*) FROM experience_line WHERE state IN ('waiting', 'offered')") == 0
