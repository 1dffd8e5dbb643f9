"""The Thursday note: to those who asked, who gave nothing yet, once a fortnight, and on their own wall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.sandbox import fake_slack
from bot.sandbox.fake_teams import text_of
from handlers.purposes import Purpose
from store.choices import choose
from store.people import Member, account, deactivate, person
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World, open_world

THURSDAY = "2026-11-19T13:00Z"  # 14:00 in Berlin
ASK = "make your week a little easier?"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def asks(world: World, *users: str) -> None:
    for user in users:
        await world.slack.command(user, "#general", "/my-choices")
        await world.tap(user, world.answer(user), "Remind me")


async def gives(world: World, user: str = "ann") -> None:
    await world.slack.command(user, "#general", "/kudos", "@bob2 +1 for number " + world.process.core.new_id())
    await world.settled()


def notes(world: World, user: str = "ann") -> int:
    return world.told(user).count(ASK)


async def test_who_asked_gets_a_note_on_thursday_at_two_and_who_did_not_gets_none(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann")
    await rhythm.at("2026-11-19T12:59:59Z")
    assert notes(world) == 0
    await rhythm.at(THURSDAY)
    assert notes(world) == 1
    assert (notes(world, "bob"), notes(world, "cleo")) == (0, 0)
    await rhythm.at("2026-11-19T13:00:05Z")
    assert notes(world) == 1


async def test_it_is_two_on_everybodys_own_wall(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann", "bob", "cleo")
    seen = []
    for hour in ("2026-11-19T05:00Z", THURSDAY, "2026-11-19T19:00Z"):  # Tokyo, Berlin, New York
        await rhythm.at(hour)
        seen.append([notes(world, user) for user in ("cleo", "ann", "bob")])
    assert seen == [[1, 0, 0], [1, 1, 0], [1, 1, 1]]


async def test_who_gave_this_week_is_left_in_peace_and_who_gives_later_is_not_told_again(
    world: World, rhythm: Rhythm
) -> None:
    await asks(world, "ann", "cleo")
    await gives(world, "ann")
    await rhythm.at("2026-11-19T05:00Z")  # Tokyo
    await rhythm.at(THURSDAY)
    assert (notes(world, "ann"), notes(world, "cleo")) == (0, 1)
    await gives(world, "cleo")
    await rhythm.at("2026-11-20T13:00Z")
    assert (notes(world, "ann"), notes(world, "cleo")) == (0, 1)


async def test_a_gift_taken_back_is_no_gift(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann")
    await gives(world)
    await world.tap("ann", world.answer("ann"), "Undo")
    await rhythm.at(THURSDAY)
    assert notes(world) == 1


async def test_there_is_one_a_fortnight_at_most(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await asks(world, "ann")
    seen: list[int] = []
    for _ in range(6):
        await rhythm.at(THURSDAY if not seen else clock.forward(days=7))
        seen.append(notes(world))
    assert seen == [1, 1, 2, 2, 3, 3]


async def test_the_note_tells_weeks_and_run_side_by_side_and_speaks_of_no_loss(
    world: World, rhythm: Rhythm, clock: Clock
) -> None:
    await asks(world, "ann")
    for gave in (True, True, False, True, True, True, False):
        if gave:
            await gives(world)
        clock.forward(days=7)
    await rhythm.at("2027-01-07T13:00Z")
    assert "*5 of your last 10 weeks*" in world.told("ann")
    for word in ("lose", "lost", "keep your", "break", "miss", "hurry", "last chance"):
        assert word not in world.told("ann").lower()


async def test_a_run_up_to_last_week_is_told(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await asks(world, "ann")
    for _ in range(3):
        await gives(world)
        clock.forward(days=7)
    await rhythm.at("2026-12-10T13:00Z")
    assert "*3 of your last 10 weeks*, and in *3 weeks* in a row" in world.told("ann")


async def test_its_buttons_open_the_form_and_end_the_notes(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann")
    await rhythm.at(THURSDAY)
    note = world.slack.direct("ann")[-1]
    await world.tap("ann", note, "Give kudos")
    assert world.slack.view("ann")
    await world.tap("ann", note, "No more reminders")
    assert "You get no more reminders." in fake_slack.text_of(world.slack.direct("ann")[-1])
    await world.slack.command("ann", "#general", "/my-choices")
    assert "*Thursday reminder: no.*" in world.whispered("ann")
    await rhythm.at("2026-12-03T13:00Z")
    assert notes(world) == 0  # the one there was shows that there are no more


async def test_who_left_or_changed_their_mind_gets_none(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await asks(world, "ann", "cleo")
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Cl").id, clock())
    rhythm.chose("Ann", Purpose.REMINDER, False)
    await rhythm.at("2026-11-20T12:00Z")
    assert (notes(world, "ann"), notes(world, "cleo")) == (0, 0)


async def test_the_programme_can_switch_them_off(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann")
    rhythm.policy(reminders=False)
    await rhythm.at(THURSDAY)
    assert notes(world) == 0
    rhythm.policy()
    await rhythm.at("2026-11-26T13:00Z")
    assert notes(world) == 1


async def test_a_note_that_is_late_by_a_day_is_still_sent_and_on_friday_evening_no_more(
    world: World, rhythm: Rhythm
) -> None:
    await asks(world, "ann", "cleo")
    await rhythm.at("2026-11-20T15:59Z")  # Friday 16:59 in Berlin, Saturday in Tokyo
    assert (notes(world, "ann"), notes(world, "cleo")) == (1, 0)


async def test_who_moves_in_mid_week_gets_one(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann", "bob", "cleo")
    await rhythm.at("2026-11-19T05:00Z")  # Tokyo
    world.change("UPDATE person SET zone = 'America/New_York' WHERE name LIKE 'Cl%'")
    await rhythm.at("2026-11-19T19:00Z")
    assert (notes(world, "cleo"), notes(world, "bob")) == (1, 1)


async def test_who_moves_where_nobody_is_yet_gets_theirs_there(world: World, rhythm: Rhythm) -> None:
    await asks(world, "ann")
    world.change("UPDATE person SET zone = 'Pacific/Honolulu' WHERE name = 'Ann Lee'")
    await rhythm.at("2026-11-19T02:00Z")  # 03:00 in the tenant's zone
    await rhythm.at(THURSDAY)
    assert notes(world) == 0
    await rhythm.at("2026-11-20T00:00Z")
    assert notes(world) == 1


@pytest.mark.parametrize("zone", ["", "Mars/Olympus"])
async def test_whose_zone_is_not_known_goes_by_the_tenants(world: World, rhythm: Rhythm, zone: str) -> None:
    await asks(world, "bob2")
    world.change("UPDATE person SET zone = :zone WHERE name = 'Bob Tanaka'", zone=zone)
    await rhythm.at("2026-11-19T02:00Z")
    await rhythm.at("2026-11-19T12:59Z")
    assert notes(world, "bob2") == 0
    await rhythm.at(THURSDAY)
    assert notes(world, "bob2") == 1


async def test_a_zone_with_more_people_than_a_page_is_told_whole_and_once(database_url: str, clock: Clock) -> None:
    many = 450
    async with open_world(database_url, clock) as world:
        rhythm = Rhythm(world)
        await rhythm.begin()
        await asks(world, "ann")
        ann = rhythm.person("Ann")
        with world.process.core.database.writing() as tx:
            _add_people(tx, ann, many)
        world.hold_back()
        await rhythm.at(THURSDAY)
        assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'streak_reminder'") == many + 1
        assert world.one("SELECT COUNT(DISTINCT reader_id) FROM outbox WHERE view = 'streak_reminder'") == many + 1
        assert world.one("SELECT COUNT(*) FROM request WHERE key LIKE 'tick:streak_reminder:%'") == 3


def _add_people(tx: Connection, like: Member, count: int) -> None:
    """Colleagues in the same zone who asked, too."""
    home, at = like.accounts[0].workspace_id, datetime(2026, 11, 18, tzinfo=UTC)
    ids = [f"p{n:05}" for n in range(count)]
    of = {"tenant_id": like.tenant_id}
    tx.execute(
        person.insert(),
        [of | {"id": one, "name": one, "sought_name": one, "zone": like.zone, "active": True} for one in ids],
    )
    tx.execute(account.insert(), [of | {"id": one, "workspace_id": home, "person_id": one, "ref": one} for one in ids])
    for one in ids:
        choose(tx, like.tenant_id, one, Purpose.REMINDER, True, at)


async def test_on_teams_the_note_comes_to_the_personal_chat_and_its_buttons_work(office: Office) -> None:
    await office.says(office.ann, office.general, "my-choices")
    await office.taps(office.ann, office.answer(office.ann, office.general), "Remind me")
    rhythm = Rhythm(office.world)
    rhythm.tenant = office.home.tenant_id
    await rhythm.at(THURSDAY)
    [note] = office.directs(office.ann)
    assert ASK in text_of(note)
    assert office.buttons(note) == ["Give kudos", "No more reminders"]
    await office.taps(office.ann, note, "No more reminders")
    assert office.buttons(office.seen(office.ann, note)) == ["See my choices"]
    await rhythm.at("2026-12-03T13:00Z")
    assert len(office.directs(office.ann)) == 1
