"""Birthdays and work anniversaries: of those who agreed, on the right day, in one post, and never an age."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.fake_slack import Person
from handlers.purposes import Purpose
from handlers.rules.anniversaries import days_back, days_kept_on, years_on
from store.outbox import touch
from store.people import deactivate
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World, open_world

NINE = "2026-11-20T08:00Z"  # 09:00 in Berlin


def celebrated(rhythm: Rhythm, name: str, *, birthday: str | None = None, started: str | None = None) -> None:
    """Somebody who agreed."""
    rhythm.record(name, birthday=birthday, started=started)
    rhythm.chose(name, Purpose.CELEBRATION)


WHY = "Why this post? They agreed to be celebrated. Your choices say whether you are."


def happy(whom: str) -> str:
    return f"🎂  *Happy birthday, {whom}!* Have a lovely day.\nGive kudos My choices\n{WHY}"


async def shown_at(world: World, rhythm: Rhythm, instant: str) -> str:
    await rhythm.at(instant)
    return world.shown("#kudos")


async def test_a_birthday_is_celebrated_at_nine_in_the_recognition_channel(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    assert await shown_at(world, rhythm, "2026-11-20T07:59:59Z") == ""
    assert await shown_at(world, rhythm, NINE) == happy("<@U1>")
    assert await shown_at(world, rhythm, "2026-11-20T08:00:05Z") == happy("<@U1>")
    assert [world.shown("#general"), world.told("ann")] == ["", ""]


async def test_several_on_one_day_share_one_post(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Cl", birthday="11-20", started="2016-11-20")
    celebrated(rhythm, "Bob O", started="2025-11-20")
    shown = await shown_at(world, rhythm, NINE)
    assert "*Happy birthday, <@U1> and <@U3>!*" in shown
    assert "*10 years with us, <@U3>!*" in shown
    assert "*1 year with us, <@U2>!*" in shown
    assert len(world.slack.messages("#kudos")) == 1


async def test_whoever_did_not_agree_is_not_shown(world: World, rhythm: Rhythm) -> None:
    rhythm.record("Ann", birthday="11-20", started="2020-11-20")
    rhythm.record("Bob O", birthday="11-20")
    rhythm.chose("Bob O", Purpose.CELEBRATION, False)
    assert await shown_at(world, rhythm, NINE) == ""
    celebrated(rhythm, "Cl", birthday="11-21")
    rhythm.chose("Cl", Purpose.CELEBRATION, False)
    assert await shown_at(world, rhythm, "2026-11-21T08:00Z") == ""


async def test_a_first_day_and_a_day_to_come_are_no_anniversaries(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", started="2026-11-20")
    celebrated(rhythm, "Cl", started="2027-11-20")
    assert await shown_at(world, rhythm, NINE) == ""


async def test_leavers_are_not_celebrated(world: World, rhythm: Rhythm, clock: Clock) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Ann").id, clock())
    assert await shown_at(world, rhythm, NINE) == ""


async def test_the_programme_can_switch_them_off_and_nothing_is_made_up_for(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    rhythm.policy(celebrations=False)
    assert await shown_at(world, rhythm, NINE) == ""
    rhythm.policy()
    assert await shown_at(world, rhythm, "2026-11-21T08:00Z") == ""


async def test_missed_days_of_a_week_are_celebrated_belatedly_in_one_post(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Bob O", started="2021-11-23")
    celebrated(rhythm, "Cl", birthday="11-25")
    shown = await shown_at(world, rhythm, "2026-11-25T12:00Z")
    assert "Belatedly, and no less warmly: *happy birthday, <@U1>!*" in shown
    assert "Belatedly, and no less warmly: *5 years with us, <@U2>!*" in shown
    assert "*Happy birthday, <@U3>!* Have a lovely day." in shown
    assert shown.index("<@U3>") < shown.index("<@U1>")
    assert len(world.slack.messages("#kudos")) == 1


async def test_after_more_than_a_week_a_day_is_let_go(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Cl", birthday="11-21")
    shown = await shown_at(world, rhythm, "2026-11-28T12:00Z")
    assert "<@U1>" not in shown
    assert "Belatedly, and no less warmly: *happy birthday, <@U3>!*" in shown


async def test_what_is_caught_up_before_nine_takes_the_new_day_along(world: World, rhythm: Rhythm) -> None:
    """So that a channel has one post a day, after downtime too."""
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Cl", birthday="11-21")
    shown = await shown_at(world, rhythm, "2026-11-21T07:00Z")
    assert "Belatedly, and no less warmly: *happy birthday, <@U1>!*" in shown
    assert "*Happy birthday, <@U3>!*" in shown
    assert await shown_at(world, rhythm, "2026-11-21T08:00Z") == shown
    celebrated(rhythm, "Bob O", birthday="11-22")
    assert "<@U2>" in await shown_at(world, rhythm, "2026-11-22T08:00Z")


async def test_without_anything_to_catch_up_the_new_day_keeps_its_hour(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Cl", birthday="11-21")
    assert await shown_at(world, rhythm, "2026-11-21T07:00Z") == ""
    assert await shown_at(world, rhythm, "2026-11-21T08:00Z") == happy("<@U3>")


@pytest.mark.parametrize(
    ("eve", "day", "after"),
    [("2027-02-27", "2027-02-28", "2027-03-01"), ("2028-02-28", "2028-02-29", "2028-03-01")],
    ids=["common", "leap"],
)
async def test_the_29th_of_february_is_kept_in_every_year(
    world: World, rhythm: Rhythm, eve: str, day: str, after: str
) -> None:
    celebrated(rhythm, "Ann", birthday="02-29")
    celebrated(rhythm, "Cl", started="2024-02-29")
    assert await shown_at(world, rhythm, f"{eve}T08:00Z") == ""
    shown = await shown_at(world, rhythm, f"{day}T08:00Z")
    assert "*Happy birthday, <@U1>!*" in shown
    assert "years with us, <@U3>!*" in shown
    assert await shown_at(world, rhythm, f"{after}T08:00Z") == shown


async def test_who_changes_their_mind_is_taken_off_the_post_of_the_day(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Cl", birthday="11-20")
    await rhythm.at(NINE)
    for user, left in (("ann", happy("<@U3>")), ("cleo", "This celebration is over.")):
        await world.slack.command(user, "#general", "/my-choices")
        await world.tap(user, world.answer(user), "Keep my days quiet")
        await world.settled()
        assert world.shown("#kudos") == left


async def test_an_edit_of_a_post_that_caught_up_shows_the_same(world: World, rhythm: Rhythm, clock: Clock) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    celebrated(rhythm, "Cl", birthday="11-22")
    shown = await shown_at(world, rhythm, "2026-11-22T12:00Z")
    with world.process.core.database.writing() as tx:
        assert touch(tx, rhythm.tenant, "celebration", "2026-11-22+3", clock())
    await world.settled()
    assert world.shown("#kudos") == shown


async def test_no_post_tells_an_age_or_a_year_of_birth(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    await rhythm.at(NINE)
    assert not any(mark.isdigit() for mark in world.shown("#kudos").replace("<@U1>", ""))
    assert "1" not in world.one("SELECT birthday FROM person_record").replace("11-20", "")


async def test_a_channel_that_cannot_be_posted_in_is_passed_over(world: World, rhythm: Rhythm) -> None:
    celebrated(rhythm, "Ann", birthday="11-20")
    world.change("UPDATE conversation SET archived = true")
    world.change("UPDATE tenant SET programme_version = programme_version + 1")
    await rhythm.at(NINE)
    assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'celebration'") == 0


async def test_long_and_right_to_left_names_and_very_many_fit(database_url: str, clock: Clock) -> None:
    names = ["Maximiliane " * 12, "דנה לוי", "محمد عبد الله", *(f"Colleague {n:02}" for n in range(60))]
    people = [Person(f"U1{n:03}", f"many{n}", name, f"many{n}@acme.test") for n, name in enumerate(names)]
    async with open_world(database_url, clock, people=people) as world:
        rhythm = Rhythm(world)
        await rhythm.begin()
        for n, name in enumerate(names):
            celebrated(rhythm, name.strip()[:20], birthday="11-20" if n % 2 else None, started="2000-11-20")
        shown = await shown_at(world, rhythm, NINE)
        assert "26 years with us" in shown
        assert "whose day it is, too." in shown


# --- Teams -------------------------------------------------------------------------------------------------


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock, with_slack=True) as opened:
        yield opened


async def test_each_platform_shows_it_once_with_its_button(office: Office) -> None:
    rhythm = Rhythm(office.world)
    await rhythm.begin()
    celebrated(rhythm, "Ann", birthday="11-20")
    await rhythm.at(NINE)
    [post] = office.posts(office.general)
    assert "Happy birthday, <at>Ann Lee</at>!" in office.shown(office.general)
    assert office.buttons(post) == ["Give kudos", "My choices"]
    assert office.world.shown("#kudos") == happy("<@U1>")
    await office.taps(office.bob, post, "Give kudos")
    assert "Whom do you thank?" in str(office.teams.dialog(office.bob))


# --- the rule ----------------------------------------------------------------------------------------------

days = st.dates(date(1970, 1, 1), date(2100, 12, 31))


@given(days, st.integers(0, 80))
def test_every_day_is_kept_once_a_year(born: date, later: int) -> None:
    year = [date(born.year + later, 1, 1).toordinal() + n for n in range(366)]
    kept = [day for day in map(date.fromordinal, year) if day.year == born.year + later]
    [on] = [day for day in kept if f"{born:%m-%d}" in days_kept_on(day)]
    assert years_on(on, born) == later
    assert on.month == born.month


@given(days, st.integers(0, 7))
def test_days_back_end_with_today(today: date, count: int) -> None:
    found = days_back(today, count)
    assert found[-1] == today
    assert found == sorted(found)
    assert len(set(found)) == count + 1
