"""Pictures: of public thanks, made by who was thanked and of those who agree; and of badges, for chats."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.strangers import MOST_ASKING
from handlers.purposes import Purpose
from store.share_links import count_taken
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.world import World, open_world

PNG = b"\x89PNG\r\n\x1a\n"
SIZE = (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")


async def fetch(world: World, path: str, method: str = "GET") -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as session:
        url = f"http://127.0.0.1:{world.process.port}{path}"
        async with session.request(method, url) as answer:
            return answer.status, await answer.read(), dict(answer.headers)


async def gives(world: World, typed: str = "@bob +5 for the *calm* launch <script> #craft :rocket:") -> None:
    await world.slack.command("ann", "#general", "/kudos", typed)
    await world.settled()


async def asks(world: World, user: str = "bob", label: str = "Make a picture") -> str:
    """Presses the button on what somebody was told; everything that the app showed since, as text."""
    seen = len(world.slack.workspace.messages)
    await world.tap(user, world.slack.direct(user)[0], label)
    await world.settled()
    return " ".join(str(one.content) for one in world.slack.workspace.messages[seen:])


def path_in(shown: str) -> str:
    found = re.findall(r"/share/[\w-]+", shown)
    assert found, shown
    return str(found[-1])


def agree(rhythm: Rhythm, *names: str) -> None:
    for name in names:
        rhythm.chose(name, Purpose.SHARE)


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_public_url="https://thanks.acme.test") as opened:
        yield opened


@pytest.fixture
async def rhythm(world: World) -> Rhythm:
    made = Rhythm(world)
    await made.begin()
    return made


async def test_a_receiver_who_agrees_gets_a_picture(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    agree(rhythm, "Bob O", "Ann")
    path = path_in(await asks(world))
    status, page, _ = await fetch(world, path)
    assert status == 200
    assert b"Ann Lee" in page
    assert b"<script>" not in page
    status, picture, headers = await fetch(world, f"{path}/picture.png")
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert picture.startswith(PNG)
    assert picture[16:24] == SIZE


async def test_it_is_counted_when_it_is_taken_and_not_when_it_is_looked_at(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    agree(rhythm, "Bob O")
    path = path_in(await asks(world))
    await fetch(world, path)
    await fetch(world, f"{path}/picture.png")
    await fetch(world, f"{path}/plaudit.png", "HEAD")
    assert world.one("SELECT downloads FROM share_link") == 0
    for _ in range(2):
        status, _, headers = await fetch(world, f"{path}/plaudit.png")
        assert (status, headers["Content-Disposition"]) == (200, 'attachment; filename="plaudit.png"')
    assert world.one("SELECT downloads FROM share_link") == 2
    assert "The picture was downloaded 2 times so far." in await asks(world)
    with world.reading() as tx:
        assert count_taken(tx, rhythm.tenant) == 2, "what administrators read under Health"


async def test_without_consent_it_asks_first(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    shown = await asks(world)
    assert "May a picture of thanks to you be made?" in shown
    assert "/share/" not in shown
    asked = next(one for one in reversed(world.slack.workspace.messages) if "Allow pictures" in str(one.content))
    seen = len(world.slack.workspace.messages)
    await world.tap("bob", asked, "Allow pictures of me")
    await world.settled()
    after = " ".join(str(one.content) for one in world.slack.workspace.messages[seen - 1 :])
    status, _, _ = await fetch(world, path_in(after))
    assert status == 200


async def test_a_no_ends_it_at_once(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    agree(rhythm, "Bob O")
    path = path_in(await asks(world))
    rhythm.chose("Bob O", Purpose.SHARE, chosen=False)
    for one in (path, f"{path}/picture.png", f"{path}/plaudit.png"):
        status, page, _ = await fetch(world, one)
        assert status == 410
        assert b"not good any more" in page
    assert world.one("SELECT downloads FROM share_link") == 0


async def test_who_does_not_agree_is_not_named(world: World, rhythm: Rhythm) -> None:
    await gives(world, "@bob @cleo +5 for the calm launch")
    agree(rhythm, "Bob O")
    _, page, _ = await fetch(world, path_in(await asks(world)))
    assert b"A colleague" in page
    assert b"Bob Okafor" in page
    assert b"Ann Lee" not in page
    assert "Cléo".encode() not in page


async def test_who_does_not_agree_is_not_named_in_the_words_either(world: World, rhythm: Rhythm) -> None:
    await gives(world, "@bob @cleo for the Annual plan that Bob, CLÉO MARTIN and ann drew: thank you, Cléo!")
    agree(rhythm, "Bob O")
    _, page, _ = await fetch(world, path_in(await asks(world)))
    shown = page.decode()
    assert "the Annual plan that Bob, a colleague and a colleague drew: thank you, a colleague!" in shown
    assert "cléo" not in shown.casefold()


async def test_handles_and_family_names_of_others_are_not_in_the_words(world: World, rhythm: Rhythm) -> None:
    await gives(world, "@bob +1 for pairing with @bob2 on the import, as Okafor and Tanaka do, and you will again")
    agree(rhythm, "Bob O")
    _, page, _ = await fetch(world, path_in(await asks(world)))
    shown = page.decode()
    assert "pairing with a colleague on the import, as Okafor and a colleague do, and you will again" in shown, shown


async def test_there_is_none_of_what_was_said_to_some(world: World, rhythm: Rhythm) -> None:
    view = await world.open_form("ann")
    await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": "between us", "audience": "receivers"})
    await world.settled()
    buttons = str(world.slack.direct("bob")[0].content)
    assert "Make a picture" not in buttons


@pytest.mark.parametrize("days", [8])
async def test_a_link_ends_after_a_week(world: World, rhythm: Rhythm, clock: Clock, days: int) -> None:
    await gives(world)
    agree(rhythm, "Bob O")
    path = path_in(await asks(world))
    clock.forward(days=days)
    assert (await fetch(world, path))[0] == 410


async def test_what_was_taken_back_has_no_picture_any_more(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    agree(rhythm, "Bob O")
    path = path_in(await asks(world))
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert (await fetch(world, path))[0] == 410


@pytest.mark.parametrize("path", ["/share/guessed", "/share/" + "x" * 500, "/share/%00/picture.png"])
async def test_a_link_that_never_was_is_told_like_one_that_ended(world: World, path: str) -> None:
    status, page, _ = await fetch(world, path)
    assert status == 410
    assert b"not good any more" in page


async def test_nobody_makes_a_picture_of_somebody_elses_thanks(world: World, rhythm: Rhythm) -> None:
    await gives(world)
    agree(rhythm, "Bob O", "Cléo")
    told = world.slack.direct("bob")[0]
    await world.tap("cleo", told, "Make a picture")
    await world.settled()
    assert world.one("SELECT COUNT(*) FROM share_link") == 0


# --- badges ------------------------------------------------------------------------------------------------


async def test_a_badge_has_a_picture_in_chats(world: World) -> None:
    await gives(world)
    [image] = re.findall(r"https://thanks.acme.test(/pictures/badges/\S+?\.png)", str(world.slack.messages("#general")))
    status, picture, headers = await fetch(world, image)
    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert picture.startswith(PNG)
    assert "immutable" in headers["Cache-Control"]
    status, picture, headers = await fetch(world, image.replace(".png", ".svg"))
    assert (status, headers["Content-Type"]) == (200, "image/svg+xml")
    assert picture.startswith(b"<svg")


async def test_another_tenants_badge_is_none(world: World) -> None:
    badge = world.one("SELECT id FROM badge LIMIT 1")
    for path in (f"/pictures/badges/other/{badge}/0.png", "/pictures/badges/x/y/z.png"):
        assert (await fetch(world, path))[0] == 404


async def test_a_picture_that_slack_cannot_fetch_costs_no_message(world: World) -> None:
    world.fake_slack.fail("chat.postMessage", error="invalid_blocks")
    await gives(world)
    assert "the *calm* launch" in world.shown("#general") or "calm" in world.shown("#general")
    assert "/pictures/badges/" not in str(world.slack.messages("#general"))


async def test_more_strangers_than_a_few_are_asked_to_come_back_later(world: World) -> None:
    """Anybody may ask for these pages; people in the chats wait for the same readers."""
    paths = ("/share/guessed", "/pictures/badges/x/y/z.png")
    go_on, readers = threading.Event(), world.process.core.readers
    held = [asyncio.create_task(readers.run(lambda: go_on.wait(30))) for _ in range(2)]
    await asyncio.sleep(0)
    asked = [asyncio.create_task(fetch(world, paths[number % 2])) for number in range(MOST_ASKING + 1)]
    try:
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED, timeout=5)  # all others wait for a reader
        refused = [(await asyncio.wait_for(fetch(world, path), 5))[0] for path in paths]
    finally:
        go_on.set()
        await asyncio.gather(*held)
    answers = [(await one)[0] for one in asked]
    assert refused == [503, 503]
    assert answers.count(503) == 1
    assert {*answers} == {404, 410, 503}
    assert [(await fetch(world, path))[0] for path in paths] == [410, 404]


PUBLIC_DOORS = [
    ("POST", "/wall/enter/guessed", {}),
    ("GET", "/share/guessed/plaudit.png", {}),
    ("GET", "/wall/enter/guessed", {}),
    ("GET", "/wall/screen/guessed", {}),
    ("GET", "/wall", {"Cookie": "__Host-plaudit-wall=guessed"}),
    ("GET", "/import/guessed", {}),
]


async def test_no_public_door_lets_a_crowd_wait(world: World) -> None:
    """What strangers ask for waits behind nobody else's work without end, wherever they ask."""
    core, go_on = world.process.core, threading.Event()
    lanes = (core.writers, core.readers)
    held: list[asyncio.Task[Any]] = [
        asyncio.create_task(lane.run(lambda: go_on.wait(60))) for lane in lanes for _ in lane._threads
    ]
    await asyncio.sleep(0)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

        async def status(method: str, path: str, headers: dict[str, str]) -> int:
            async with http.request(method, f"http://127.0.0.1:{world.process.port}{path}", headers=headers) as one:
                await one.read()
                return one.status

        for door in PUBLIC_DOORS:
            asked = [asyncio.create_task(status(*door)) for _ in range(MOST_ASKING + 6)]
            await asyncio.wait(asked, timeout=5, return_when=asyncio.FIRST_COMPLETED)
            refused = await asyncio.wait_for(status(*door), 5)
            held += asked
            assert refused == 503, door
        assert sum(lane._jobs.qsize() for lane in lanes) <= len(PUBLIC_DOORS) * MOST_ASKING
        go_on.set()
        await asyncio.gather(*held)
