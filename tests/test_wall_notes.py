"""A person's page of the wall: what colleagues write there, and what its owner does about it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest

from handlers.purposes import Purpose
from tests.administration import audited
from tests.rhythm import Rhythm
from tests.wall_visits import PUBLIC, Seen, Visitor, comes_in
from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC, plaudit_owners="ann@acme.test") as opened:
        opened.change("UPDATE person SET zone = 'UTC'")  # messages about notes go by the reader's own wall
        yield opened


@pytest.fixture
async def rhythm(world: World) -> Rhythm:
    made = Rhythm(world)
    await made.begin()
    return made


def page_of(rhythm: Rhythm, name: str) -> str:
    return f"/wall/people/{rhythm.person(name).id}"


def notes_in(page: Seen) -> list[str]:
    """Author and words of each note."""
    found = re.findall(r'<article class="written.*?</article>', page.body, re.DOTALL)
    return [Seen(200, one, {}).text for one in found]


def note_id(page: Seen) -> str:
    found = re.search(r'<article class="written[^"]*" id="n(\w+)"', page.body)
    assert found, "no note is shown"
    return found[1]


async def test_a_page_shows_what_somebody_was_thanked_for_in_public(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    await world.slack.command("bob", "#general", "/kudos", "@cleo for the tea")
    page = await (await comes_in(world, "cleo")).looks(page_of(rhythm, "Bob O"))
    assert "Bob Okafor" in page.text
    assert page.reasons == ["the release"]


async def test_a_note_stands_on_the_page_and_its_owner_hears_of_it_once_a_day(world: World, rhythm: Rhythm) -> None:
    bob = rhythm.person("Bob O").id
    ann, cleo = await comes_in(world, "ann"), await comes_in(world, "cleo")
    written = await ann.writes(bob, "Thank you for Tuesday.\nYou made my week.")
    assert "Your note is on the page." in written.text
    await cleo.writes(bob, "From me, too!")
    await world.settled()
    told = world.told("bob")
    assert told.count("left a note for you") == 1
    assert "Tuesday" not in told  # what is hidden or taken back stays nowhere else
    assert f"{PUBLIC}/wall/people/{bob}" in str([one.blocks for one in world.slack.direct("bob")])
    page = await cleo.looks(page_of(rhythm, "Bob O"))
    assert [one.partition(" 18 ")[0] for one in notes_in(page)] == ["CM Cléo Martin", "AL Ann Lee"]
    assert "Thank you for Tuesday.</span>\n<span" in page.body

    world.clock.forward(days=1, minutes=1)
    await cleo.writes(bob, "And again")
    await world.settled()
    assert world.told("bob").count("left a note for you") == 2


async def test_the_message_about_a_note_has_a_way_in(world: World, rhythm: Rhythm) -> None:
    await (await comes_in(world, "ann")).writes(rhythm.person("Bob O").id, "Thank you!")
    await world.settled()
    await world.tap("bob", world.slack.direct("bob")[-1], "Get my link")
    chat = world.slack.direct("bob")[-1].channel
    assert "/wall/enter/" in str(world.answer("bob", chat).blocks)


async def test_a_form_sent_twice_is_one_note(world: World, rhythm: Rhythm) -> None:
    ann = await comes_in(world, "ann")
    for _ in range(2):
        page = await ann.writes(rhythm.person("Bob O").id, "Thank you!", form_id="one-form")
    assert len(notes_in(page)) == 1


@pytest.mark.parametrize("text", ["", "hi", "\u200b\u200b\u200b\u200b", "x" * 1001])
async def test_a_note_that_does_not_fit_comes_back_with_its_words(world: World, rhythm: Rhythm, text: str) -> None:
    ann = await comes_in(world, "ann")
    page = await ann.writes(rhythm.person("Bob O").id, text)
    assert page.status == 422
    assert "A note has 3 to 1,000 characters" in page.text
    assert f">\n{text}</textarea>" in page.body
    assert world.one("SELECT COUNT(*) FROM wall_note") == 0


async def test_what_no_database_takes_is_left_out(world: World, rhythm: Rhythm) -> None:
    page = await (await comes_in(world, "ann")).writes(rhythm.person("Bob O").id, "one\x00 two\u202e three")
    assert "one two three" in notes_in(page)[0]


async def test_ten_notes_a_day_are_enough(world: World, rhythm: Rhythm) -> None:
    ann, bob = await comes_in(world, "ann"), rhythm.person("Bob O").id
    for number in range(10):
        assert (await ann.writes(bob, f"note {number}")).status == 200
    refused = await ann.writes(bob, "one too many")
    assert (refused.status, "Keep it for tomorrow" in refused.text) == (429, True)
    world.clock.forward(days=1, minutes=1)
    assert (await ann.writes(bob, "the next day")).status == 200


async def test_the_owner_hides_and_shows_and_answers(world: World, rhythm: Rhythm) -> None:
    bob_id = rhythm.person("Bob O").id
    ann, bob, cleo = [await comes_in(world, one) for one in ("ann", "bob", "cleo")]
    one = note_id(await ann.writes(bob_id, "Thank you!"))

    hidden = await bob.does("hide", one, bob_id)
    assert "That note is hidden" in hidden.text
    assert "Only you and its author see it" in notes_in(hidden)[0]
    assert notes_in(await cleo.looks(page_of(rhythm, "Bob O"))) == []
    assert "Only you and Bob Okafor see it" in notes_in(await ann.looks(page_of(rhythm, "Bob O")))[0]

    await bob.does("show", one, bob_id)
    assert len(notes_in(await cleo.looks(page_of(rhythm, "Bob O")))) == 1
    await bob.does("answer", one, bob_id, "Any time!")
    assert "Bob Okafor answered Any time!" in notes_in(await cleo.looks(page_of(rhythm, "Bob O")))[0]
    long = await bob.does("answer", one, bob_id, "x" * 1001)
    assert (long.status, "An answer has 3 to 1,000 characters" in long.text) == (422, True)
    await bob.does("answer", one, bob_id, "")
    assert "answered" not in notes_in(await cleo.looks(page_of(rhythm, "Bob O")))[0]


@pytest.mark.parametrize("act", ["hide", "show", "answer", "delete", "take-back"])
async def test_nobody_else_does_anything_with_a_note(world: World, rhythm: Rhythm, act: str) -> None:
    bob_id = rhythm.person("Bob O").id
    one = note_id(await (await comes_in(world, "ann")).writes(bob_id, "Thank you!"))
    before = str(world.one("SELECT MAX(text || answer) FROM wall_note WHERE hidden_at IS NULL AND removed_at IS NULL"))
    cleo = await comes_in(world, "cleo")
    refused = await cleo.does(act, one, bob_id, "some words")
    assert refused.status == 404
    after = str(world.one("SELECT MAX(text || answer) FROM wall_note WHERE hidden_at IS NULL AND removed_at IS NULL"))
    assert after == before
    assert f">{act}<" not in (await cleo.looks(page_of(rhythm, "Bob O"))).body


async def test_its_author_deletes_a_note_for_good(world: World, rhythm: Rhythm) -> None:
    bob_id = rhythm.person("Bob O").id
    ann = await comes_in(world, "ann")
    one = note_id(await ann.writes(bob_id, "Something silly"))
    page = await ann.does("delete", one, bob_id)
    assert "Your note is deleted." in page.text
    assert notes_in(page) == []
    assert world.one("SELECT text FROM wall_note") == ""
    assert (await ann.does("delete", one, bob_id)).status == 404


async def test_an_administrator_takes_a_note_back_with_a_reason(world: World, rhythm: Rhythm) -> None:
    bob_id = rhythm.person("Bob O").id
    cleo, ann = await comes_in(world, "cleo"), await comes_in(world, "ann")
    one = note_id(await cleo.writes(bob_id, "Not so kind"))
    refused = await ann.does("take-back", one, bob_id, " ")
    assert (refused.status, "needs a reason" in refused.text) == (422, True)
    page = await ann.does("take-back", one, bob_id, "hurtful words")
    assert "That note is taken back" in page.text
    assert notes_in(await cleo.looks(page_of(rhythm, "Bob O"))) == []
    [entry] = [fact for fact in audited(world) if fact.act == "note taken back"]
    assert (entry.actor_id, entry.reason) == (rhythm.person("Ann").id, "hurtful words")
    assert "Not so kind" not in str(entry)


async def test_an_administrator_sees_no_hidden_note(world: World, rhythm: Rhythm) -> None:
    bob_id = rhythm.person("Bob O").id
    cleo, bob, ann = [await comes_in(world, one) for one in ("cleo", "bob", "ann")]
    one = note_id(await cleo.writes(bob_id, "Between us"))
    await bob.does("hide", one, bob_id)
    assert "Between us" not in (await ann.looks(page_of(rhythm, "Bob O"))).body
    assert (await ann.does("take-back", one, bob_id, "curious")).status == 404


async def test_who_is_left_off_the_wall_has_no_page_and_no_notes(world: World, rhythm: Rhythm) -> None:
    bob_id = rhythm.person("Bob O").id
    ann, bob, cleo = [await comes_in(world, one) for one in ("ann", "bob", "cleo")]
    await ann.writes(bob_id, "Thank you!")
    rhythm.chose("Bob O", Purpose.WALL, False)
    gone, nobody = await ann.looks(page_of(rhythm, "Bob O")), await ann.looks("/wall/people/nobody")
    assert (gone.status, gone.body) == (404, nobody.body)
    assert "You chose to be left off the wall" in (await bob.looks(page_of(rhythm, "Bob O"))).text
    refused = await ann.sends(f"/wall/people/{bob_id}", form="f2", text="Hello there")
    assert refused.status == 404

    rhythm.chose("Bob O", Purpose.WALL)
    rhythm.chose("Ann", Purpose.WALL, False)
    page = await cleo.looks(page_of(rhythm, "Bob O"))
    assert notes_in(page) == []  # her name is on no page
    page = await ann.looks(page_of(rhythm, "Bob O"))
    assert "You are left off the wall" in page.text
    refused = await ann.sends(f"/wall/people/{bob_id}", form="f3", text="Hello there")
    assert refused.status == 422


async def test_nobody_writes_to_themselves(world: World, rhythm: Rhythm) -> None:
    bob = await comes_in(world, "bob")
    bob_id = rhythm.person("Bob O").id
    assert 'name="text"' not in (await bob.looks(page_of(rhythm, "Bob O"))).body
    refused = await bob.sends(f"/wall/people/{bob_id}", form="f1", text="Well done, me")
    assert refused.status == 422


async def test_a_form_needs_the_token_of_its_own_session(world: World, rhythm: Rhythm) -> None:
    ann, cleo = await comes_in(world, "ann"), await comes_in(world, "cleo")
    theirs = (await cleo.looks()).field("token")
    for token in ("", "nonsense", theirs):
        refused = await ann.asks("POST", page_of(rhythm, "Bob O"), data={"token": token, "form": "f", "text": "Hello"})
        assert refused.status == 403
    foreign = Visitor(world, session=ann.session, headers={"Sec-Fetch-Site": "cross-site"})
    mine = (await ann.looks()).field("token")
    refused = await foreign.asks("POST", page_of(rhythm, "Bob O"), data={"token": mine, "form": "f", "text": "Hello"})
    assert refused.status == 403
    assert world.one("SELECT COUNT(*) FROM wall_note") == 0
    assert ann.session not in mine


@pytest.mark.parametrize(
    "more",
    [
        {"data": b"text=x", "headers": {"Content-Type": "text/plain"}},
        {"data": b"text=%ff%fe", "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"data": b"x", "headers": {"Content-Type": "application/x-www-form-urlencoded; charset=nonsense"}},
        {"data": b"text=" + b"x" * 40_000, "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
        {"json": {"text": "x"}},
        {},
    ],
)
async def test_what_is_no_form_is_declined(world: World, rhythm: Rhythm, more: dict[str, Any]) -> None:
    ann = await comes_in(world, "ann")
    refused = await ann.asks("POST", page_of(rhythm, "Bob O"), **more)
    assert refused.status in (400, 403)
    assert world.one("SELECT COUNT(*) FROM wall_note") == 0


async def test_many_notes_have_pages(world: World, rhythm: Rhythm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.wall_notes.NOTES", 3)
    ann = await comes_in(world, "ann")
    for number in range(7):
        page = await ann.writes(rhythm.person("Bob O").id, f"note {number}")
    found: list[str] = []
    for _ in range(3):
        found += [str(re.search(r"note \d", one)[0]) for one in notes_in(page)]  # type: ignore[index]
        if "Older notes" in page.text:
            page = await ann.looks(page_of(rhythm, "Bob O") + page.link("Older notes").partition("#")[0])
    assert found == [f"note {number}" for number in reversed(range(7))]


async def test_a_note_wakes_nobody_and_reaches_nobody_on_leave(world: World, rhythm: Rhythm) -> None:
    bob, world.clock.now = rhythm.person("Bob O").id, datetime.fromisoformat("2026-11-19T02:00Z")
    world.change("UPDATE person SET zone = 'Europe/Berlin'")
    world.change(
        "INSERT INTO away (tenant_id, person_id, first_on, last_on) VALUES (:t, :p, '2026-11-19', '2026-11-19')",
        t=rhythm.tenant,
        p=bob,
    )
    await (await comes_in(world, "ann")).writes(bob, "Thank you!")
    seen = []
    for instant in ("2026-11-19T02:00Z", "2026-11-19T10:00Z", "2026-11-20T08:00Z"):
        await rhythm.at(instant)
        seen.append(world.told("bob").count("left a note for you"))
    assert seen == [0, 0, 1]


async def test_who_wants_to_hear_of_no_notes_finds_them_on_the_page(world: World, rhythm: Rhythm) -> None:
    bob = rhythm.person("Bob O").id
    ann = await comes_in(world, "ann")
    await ann.writes(bob, "Thank you!")
    await world.settled()
    await world.tap("bob", world.slack.direct("bob")[-1], "No more of these")
    world.clock.forward(days=2)
    page = await ann.writes(bob, "And again")
    await world.settled()
    assert len(notes_in(page)) == 2
    assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'wall_note_received'") == 1
    assert Purpose.NOTE in world.one("SELECT purpose FROM choice WHERE NOT chosen")
