"""Big screens of the wall: set up by an administrator, shown to whoever passes by, switched off at once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from handlers.purposes import Purpose
from tests.administration import audited, fills, says
from tests.rhythm import Rhythm
from tests.teams_world import Office
from tests.wall_visits import PUBLIC, Seen, Visitor
from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC, plaudit_owners="ann@acme.test") as opened:
        yield opened


@pytest.fixture
async def rhythm(world: World) -> Rhythm:
    made = Rhythm(world)
    await made.begin()
    return made


async def set_up(world: World, name: str = "Lobby") -> str:
    """The secret of a new screen's link."""
    shown = await says(world, f"screens add {name}")
    found = re.search(rf"{PUBLIC}/wall/screen/([\w-]+)", shown)
    assert found, shown
    return found[1]


async def shows(world: World, token: str) -> Seen:
    """What the screen's browser gets, which has no session."""
    return await Visitor(world, headers={}).looks(f"/wall/screen/{token}")


async def test_a_screen_shows_public_thanks(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob @cleo for the release #teamwork :rocket:")
    page = await shows(world, await set_up(world))
    assert page.status == 200
    assert "the release" in page.text
    assert "Bob Okafor and Cléo Martin from Ann Lee" in page.text
    assert "teamwork" in page.text


async def test_it_goes_on_every_half_minute_through_the_latest(world: World, rhythm: Rhythm) -> None:
    for number in range(3):
        await world.slack.command("ann", "#general", "/kudos", f"@bob +1 for thing {number}")
        world.clock.forward(minutes=2)
    token, seen = await set_up(world), []
    for _ in range(6):
        seen.append(str(re.search(r"thing \d", (await shows(world, token)).text)[0]))  # type: ignore[index]
        world.clock.forward(seconds=30)
    assert sorted(seen[:3]) == ["thing 0", "thing 1", "thing 2"]
    assert seen[3:] == seen[:3]


async def test_it_renews_itself_with_and_without_scripts_and_leads_nowhere(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    page = await shows(world, await set_up(world))
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in page.body
    assert re.findall(r"<script[^>]*>", page.body) == ['<script src="/wall/static/screen.js" defer>']
    assert not re.search(r"<(a|form|input|button)\b", page.body)
    assert "noindex" in page.body
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "form-action 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert page.set_cookie == ""


@pytest.mark.parametrize("who", ["Ann", "Bob O"])
async def test_nobody_who_said_no_is_on_it(world: World, rhythm: Rhythm, who: str) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob @cleo for the release")
    token = await set_up(world)
    assert "the release" in (await shows(world, token)).text
    rhythm.chose(who, Purpose.WALL, False)
    page = await shows(world, token)
    assert "the release" not in page.text
    assert "Say thank you" in page.text


async def test_what_is_a_month_old_makes_room(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    token = await set_up(world)
    world.clock.forward(days=31)
    assert "the release" not in (await shows(world, token)).text


async def test_a_screen_is_set_up_by_the_form_and_its_link_told_once(world: World, rhythm: Rhythm) -> None:
    await says(world, "screens")
    await world.tap("ann", world.answer("ann"), "Set up a screen")
    view = await world.form_of("ann")
    delivery = await world.slack.submit("ann", view, {"name": "Canteen"})
    await world.answered()
    shown = world.slack.view("ann")
    assert shown
    found = re.search(r"/wall/screen/([\w-]+)", text_of(shown.content))
    assert found
    assert (await shows(world, found[1])).status == 200
    (again,) = await world.slack.deliveries.resend(delivery)
    assert found[1] not in str(again.body)
    assert "tell it only once" in str(again.body)
    assert world.one("SELECT COUNT(*) FROM screen") == 1
    answer = world.one("SELECT answer FROM request WHERE name = 'admin_screen'")
    assert found[1] not in str(answer) + str(world.one("SELECT token_hash FROM screen"))


async def test_the_list_says_when_each_was_shown_and_switches_it_off_at_once(world: World, rhythm: Rhythm) -> None:
    lobby, canteen = await set_up(world), await set_up(world, "Canteen <3")
    await shows(world, lobby)
    told = await says(world, "screens")
    assert "*Lobby*, shown last about 18 Nov 2026, 11:0" in told
    assert "never shown yet" in told
    await world.tap("ann", world.answer("ann"), "Switch off: Lobby")
    off = await shows(world, lobby)
    assert (off.status, "This screen was switched off." in off.text) == (410, True)
    assert (await shows(world, canteen)).status == 200
    assert [fact.act for fact in audited(world)][:3] == ["screen switched off", "screen set up", "screen set up"]
    assert lobby not in str(audited(world))


async def test_an_unknown_link_is_answered_like_one_that_was_switched_off(world: World, rhythm: Rhythm) -> None:
    lobby = await set_up(world)
    await says(world, "screens")
    await world.tap("ann", world.answer("ann"), "Switch off: Lobby")
    answers = [await shows(world, one) for one in (lobby, "nonsense", "x" * 500)]
    assert {(one.status, one.body) for one in answers} == {(410, answers[0].body)}
    assert "<script" not in answers[0].body


async def test_only_administrators_have_to_do_with_screens(world: World, rhythm: Rhythm) -> None:
    await set_up(world)
    await says(world, "screens")
    listed = world.answer("ann")
    for typed in ("screens", "screens add Mine"):
        assert "for the people who run Plaudit" in await says(world, typed, "bob")
    await world.tap("bob", listed, "Switch off: Lobby")
    assert world.one("SELECT COUNT(*) FROM screen WHERE revoked_at IS NULL") == 1


async def test_ten_screens_are_enough(world: World, rhythm: Rhythm) -> None:
    for number in range(10):
        await set_up(world, f"Screen {number}")
    assert "There are 10 screens already" in await says(world, "screens add One more")


@pytest.mark.parametrize("name", ["x" * 61, "\u200b"])
async def test_a_screen_has_a_name(world: World, rhythm: Rhythm, name: str) -> None:
    await says(world, "screens")
    await world.tap("ann", world.answer("ann"), "Set up a screen")
    await world.form_of("ann")
    assert "1 to 60 characters" in await fills(world, name=name)
    assert world.one("SELECT COUNT(*) FROM screen") == 0


async def test_on_teams_the_link_is_told_in_a_dialog_and_nowhere_else(database_url: str, clock: Any) -> None:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC, plaudit_owners="ann@acme.test") as world:
        office = Office(world)
        await office.open()
        await office.says(office.ann, office.general, "rewards-admin screens add Lobby")
        assert world.one("SELECT COUNT(*) FROM screen") == 0
        shown = office.answer(office.ann, office.general)
        assert office.buttons(shown) == ["Set up a screen"]
        await office.taps(office.ann, shown, "Set up a screen")
        await office.teams.task_submit(office.ann, {"name": "Lobby"})
        await office.settled()
        found = re.search(r"/wall/screen/([\w-]+)", office.dialog(office.ann))
        assert found, office.dialog(office.ann)
        assert (await shows(world, found[1])).status == 200
