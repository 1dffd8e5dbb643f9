"""Days off and places as people meet them, on both platforms: the form, the card that follows, the calendar file."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_teams import text_of as teams_text
from bot.strangers import MOST_ASKING
from handlers.vocabulary import AccountRef, Platform, WorkspaceRef
from store.experiences import SessionFact, add_session
from store.person_records import RecordFact, save_records
from store.tenants import list_all_homes
from tests.administration import OWNER, says
from tests.shop import KEY
from tests.teams_world import open_office
from tests.test_ordering_flows import ask_what_it_takes, stock_up
from tests.world import World, open_world

URL = "https://thanks.acme.test"


async def fetch(world: World, path: str) -> tuple[int, str, dict[str, str]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{world.process.port}{path}") as got:
        return got.status, await got.text(), dict(got.headers)


@pytest.fixture
async def slack(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(
        database_url, clock, plaudit_secret_keys=KEY, plaudit_public_url=URL, plaudit_owners=OWNER
    ) as opened:
        yield opened
        assert opened.books_agree()


async def test_on_slack_a_place_is_booked_put_into_a_calendar_and_passed_on(slack: World) -> None:
    world = slack
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    with world.reading() as tx:
        tenant, ann, bob = list_all_homes(tx)[0].tenant_id, world.person(tx, "Ann"), world.person(tx, "Bob Okafor")
    stock_up(world, tenant, ann, bob, title="Pottery evening", fulfilment="experience", settings={})
    at = world.clock() + timedelta(days=9)
    date = SessionFact(
        id="friday", reward_id="mug", starts_at=at, ends_at=at + timedelta(hours=3), place="Mill; 4", capacity=1
    )
    with world.process.core.database.writing() as tx:
        add_session(tx, tenant, date)
    world.change("UPDATE tenant SET zone = 'Asia/Tokyo'")
    for user, ref in (("ann", "U1"), ("bob", "U2")):
        ask_what_it_takes(world, AccountRef(WorkspaceRef(Platform.SLACK, "T1"), ref), key=f"yesterday {user}")
    await world.settled()
    await world.tap("ann", world.slack.direct("ann")[-1], "See what it takes now")
    view = await world.form_of("ann")
    assert "11:00 (Fri 19:00 in Asia/Tokyo): 1 place free" in str(view)
    await world.slack.submit("ann", view, {"date": "friday"})
    await world.settled()
    mine = world.slack.direct("ann")[-1]
    assert "your place is booked" in text_of(mine)
    assert "By the clock of the organisation that is Friday 27 November, 19:00 (Asia/Tokyo)." in text_of(mine)
    await world.slack.command("ann", "#general", "/rewards", "orders")
    await world.tap("ann", world.answer("ann"), "Show")
    assert "Friday 27 November, 11:00" in world.whispered("ann"), "by her own clock, as in her message"
    await world.tap("ann", mine, "Calendar file")
    told = "\n".join(text_of(one) for one in world.slack.ephemerals("ann", mine.channel))
    (path,) = re.findall(r"/calendar/[\w-]+\.ics", told)
    assert path not in world.told("ann"), "the link stands in no message that is kept"
    status, file, headers = await fetch(world, path)
    assert (status, headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert headers["Cache-Control"] == "no-store"
    assert "LOCATION:Mill\\; 4\r\n" in file
    assert f"DTSTART:{at:%Y%m%dT%H%M%SZ}\r\n" in file
    await world.tap("ann", mine, "Cancel the order")
    await world.settled()
    assert (await fetch(world, path))[0] == 410, "what was cancelled is in no calendar"
    assert world.balance("wallet", "Ann") == 100


async def test_on_slack_a_date_is_changed_by_its_form_and_the_file_is_new(slack: World) -> None:
    world = slack
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    with world.reading() as tx:
        tenant, ann, bob = list_all_homes(tx)[0].tenant_id, world.person(tx, "Ann"), world.person(tx, "Bob Okafor")
    stock_up(world, tenant, ann, bob, title="Pottery evening", fulfilment="experience", settings={})
    at = world.clock() + timedelta(days=9)
    date = SessionFact(
        id="friday", reward_id="mug", starts_at=at, ends_at=at + timedelta(hours=3), place="", capacity=1
    )
    with world.process.core.database.writing() as tx:
        add_session(tx, tenant, date)
    ask_what_it_takes(world, AccountRef(WorkspaceRef(Platform.SLACK, "T1"), "U1"), key="yesterday")
    await world.settled()
    await world.tap("ann", world.slack.direct("ann")[-1], "See what it takes now")
    await world.slack.submit("ann", await world.form_of("ann"), {"date": "friday"})
    assert "1 of 1 places taken" in await says(world, "sessions mug")
    await world.tap("ann", world.answer("ann"), "Change")
    view = await world.form_of("ann")
    assert "2026-11-27" in str(view.blocks), "as it is now"
    later = {"day": "2026-11-28", "from": "19:00", "until": "20:00", "place": "Harbour", "places": "2"}
    await world.slack.submit("ann", view, later)
    await world.process.ticks.run()
    await world.settled()
    news = world.slack.direct("ann")[-1]
    assert "your date was changed, and you keep your place" in text_of(news)
    await world.tap("ann", news, "Calendar file")
    told = "\n".join(text_of(one) for one in world.slack.ephemerals("ann", news.channel))
    _, file, _ = await fetch(world, re.findall(r"/calendar/[\w-]+\.ics", told)[-1])
    assert "LOCATION:Harbour\r\n" in file
    assert "DTSTART:20261129T000000Z\r\n" in file, "19:00 in New York"


async def test_a_flood_at_the_calendar_is_told_to_come_back(slack: World) -> None:
    assert (await fetch(slack, "/calendar/guessed.ics"))[0] == 410
    assert (await fetch(slack, "/calendar/guessed"))[0] == 404
    slack.process.calendar._strangers._asking = MOST_ASKING
    status, text, headers = await fetch(slack, "/calendar/guessed.ics")
    assert (status, headers["Retry-After"]) == (503, "60")
    assert "try again" in text


async def test_on_teams_a_day_is_asked_for_agreed_to_and_told_in_words(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
        ann, bob = office.member(office.ann), office.member(office.bob)
        assert ann
        assert bob
        tenant = office.home.tenant_id
        stock_up(office.world, tenant, ann.id, bob.id, title="A day off", fulfilment="agreed", settings={"days": 1})
        with office.world.process.core.database.writing() as tx:
            save_records(tx, tenant, [RecordFact(ann.id, manager_id=bob.id)])
        where = WorkspaceRef(Platform.TEAMS, office.teams.world.tenant_id)
        ask_what_it_takes(office.world, AccountRef(where, office.ann.id))
        await office.settled()
        await office.taps(office.ann, office.directs(office.ann)[-1], "See what it takes now")
        assert "Your manager agrees first" in office.dialog(office.ann)
        await office.teams.task_submit(office.ann, {"first": "2026-12-24"})
        await office.settled()
        asked = office.directs(office.bob)[-1]
        assert "Thursday 24 December 2026" in teams_text(asked)
        await office.taps(office.bob, asked, "Agree")
        await office.settled()
        news = office.directs(office.ann)[-1]
        assert "A day off** is yours" in teams_text(news)
        told = await office.taps(office.ann, news, "Calendar file")
        assert "no file of it here" in told.body["value"], "without a public address"
        process = office.world.process
        process.settings = process.settings.model_copy(update={"plaudit_public_url": URL})
        told = await office.taps(office.ann, news, "Calendar file")
        (path,) = set(re.findall(r"/calendar/[\w-]+\.ics", str(told.body)))
        _, file, _ = await fetch(office.world, path)
        assert "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261225\r\n" in file
        assert office.wallet(office.ann) == 60


async def test_on_teams_a_date_is_changed_by_its_dialog(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
        ann, bob = office.member(office.ann), office.member(office.bob)
        assert ann
        assert bob
        tenant, world = office.home.tenant_id, office.world
        stock_up(world, tenant, ann.id, bob.id, title="Pottery evening", fulfilment="experience", settings={})
        at = world.clock() + timedelta(days=9)
        date = SessionFact(
            id="friday", reward_id="mug", starts_at=at, ends_at=at + timedelta(hours=3), place="", capacity=1
        )
        with world.process.core.database.writing() as tx:
            add_session(tx, tenant, date)
        await office.says(office.ann, office.general, "rewards-admin sessions mug")
        await office.taps(office.ann, office.answer(office.ann, office.general), "Change")
        assert office.filled(office.ann)["day"] == "2026-11-27", "as it is now"
        later = {"day": "2026-11-28", "from": "19:00", "until": "20:00", "place": "Harbour", "places": "2"}
        await office.teams.task_submit(office.ann, later)
        await office.settled()
        assert world.one("SELECT place FROM experience_session") == "Harbour"
        assert world.one("SELECT act FROM audit ORDER BY id DESC LIMIT 1") == "experience date changed"
