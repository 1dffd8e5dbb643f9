"""The wall: in by a link from the chat, and what is shown there, of whom, to whom."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.wall import page as wall_page
from handlers.purposes import Purpose
from handlers.wall_list import list_thanks
from store.person_records import RecordFact, save_records
from store.tenants import add_tenant, list_all_homes
from tests.rhythm import Rhythm
from tests.teams_world import Office
from tests.wall_visits import COOKIE, PUBLIC, Visitor, comes_in, link_for
from tests.world import World, open_world

WAY_IN = "This page is for members who came from the chat."
NO_LINK = "This link is not good any more."


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC) as opened:
        yield opened


async def thanks(world: World, words: str, user: str = "ann", channel: str = "#general") -> None:
    await world.slack.command(user, channel, "/kudos", words)
    await world.answered()
    world.clock.forward(minutes=2)


async def told_of(world: World) -> Rhythm:
    rhythm = Rhythm(world)
    await rhythm.begin()
    return rhythm


# --- in and out -------------------------------------------------------------------------------------------


async def test_a_link_from_slack_opens_the_wall(world: World) -> None:
    await thanks(world, "@bob for the release")
    token = await link_for(world, "ann")
    browser = Visitor(world)
    door = await browser.looks(f"/wall/enter/{token}")
    assert "You will be here as Ann Lee" in door.text
    page = await browser.opens(token)
    assert page.status == 200
    assert page.items == ["Ann Lee thanked Bob Okafor"]
    assert page.reasons == ["the release"]


async def test_looking_at_a_link_does_not_use_it_up(world: World) -> None:
    token = await link_for(world, "ann")
    for _ in range(3):
        scanner = await Visitor(world).looks(f"/wall/enter/{token}")
        assert scanner.status == 200
        assert scanner.set_cookie == ""
    head = await Visitor(world).asks("HEAD", f"/wall/enter/{token}")
    assert head.set_cookie == ""
    assert (await Visitor(world).opens(token)).status == 200


async def test_a_link_opens_once_even_when_two_race(world: World) -> None:
    token = await link_for(world, "ann")
    opened = await asyncio.gather(*(Visitor(world).opens(token) for _ in range(5)))
    assert sorted(one.status for one in opened) == [200, 410, 410, 410, 410]
    assert world.one("SELECT COUNT(*) FROM web_session") == 1


async def test_used_old_replaced_and_unknown_links_are_answered_alike(world: World) -> None:
    used = await link_for(world, "ann")
    await Visitor(world).opens(used)
    replaced, late = await link_for(world, "bob"), await link_for(world, "bob")
    world.change("UPDATE sign_in_link SET expires_at = 1")
    for method in ("GET", "POST"):
        answers = [
            await Visitor(world).asks(method, f"/wall/enter/{one}")
            for one in (used, replaced, late, "nonsense", "x" * 500)
        ]
        assert {(one.status, one.body) for one in answers} == {(410, answers[0].body)}
        assert NO_LINK in answers[0].text


async def test_only_hashes_of_secrets_are_kept(world: World) -> None:
    token = await link_for(world, "ann")
    assert token not in str(world.one("SELECT token_hash FROM sign_in_link"))
    assert token not in str(world.one("SELECT answer FROM request WHERE name = 'wall'"))
    browser = Visitor(world)
    await browser.opens(token)
    assert len(browser.session) == 43
    assert browser.session not in str(world.one("SELECT token_hash FROM web_session"))


async def test_the_cookie_is_for_this_site_and_no_script(world: World) -> None:
    entered = await Visitor(world).asks("POST", f"/wall/enter/{await link_for(world, 'ann')}", follow=False)
    kept = entered.set_cookie
    assert kept.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Secure", "SameSite=Lax", "Path=/"} <= set(kept.replace("; ", ";").split(";"))
    assert "Domain" not in kept
    assert entered.headers["Location"] == "/wall"


async def test_a_session_is_never_one_that_the_browser_brought(world: World) -> None:
    browser = Visitor(world, session="chosen-by-somebody-else")
    await browser.opens(await link_for(world, "ann"))
    assert browser.session != "chosen-by-somebody-else"
    first = browser.session
    await browser.opens(await link_for(world, "bob"))
    assert "Bob Okafor" in (await browser.looks()).text
    assert (await Visitor(world, session=first).looks()).status == 403


async def test_guests_get_no_link(world: World) -> None:
    await world.slack.command("gus", "#general", "/wall")
    assert "The wall is for members" in world.whispered("gus")
    assert world.one("SELECT COUNT(*) FROM sign_in_link") == 0


async def test_without_a_public_address_there_is_no_link(database_url: str, clock: Any) -> None:
    async with open_world(database_url, clock) as world:
        await world.slack.command("ann", "#general", "/wall")
        assert "PLAUDIT_PUBLIC_URL" in world.whispered("ann")


async def test_without_a_session_every_page_says_how_to_get_in(world: World) -> None:
    for session in ("", "nonsense"):
        for address in ("", "?q=release", "/people/x"):
            page = await Visitor(world, session=session).looks(f"/wall{address}")
            assert page.status == 403
            assert WAY_IN in page.text
            assert "/wall on Slack" in page.text


async def test_a_made_up_session_is_nobody_and_takes_nobodys_place(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who invents sessions stands before no member who waits for a search."""
    go_on, begun = threading.Event(), threading.Event()

    def held(*asked: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return list_thanks(*asked)

    ann, bob = await comes_in(world, "ann"), await comes_in(world, "bob")
    monkeypatch.setattr(wall_page, "_MOST_WAITING", 2)
    monkeypatch.setattr(wall_page, "list_thanks", held)
    try:
        looking = [asyncio.create_task(ann.looks())]
        assert await asyncio.to_thread(begun.wait, 30)
        made_up = [await asyncio.wait_for(Visitor(world, session=f"made up {one}").looks(), 10) for one in range(3)]
        looking.append(asyncio.create_task(bob.looks()))
    finally:
        go_on.set()
    assert [(one.status, WAY_IN in one.text) for one in made_up] == [(403, True)] * 3
    assert [(await one).status for one in looking] == [200, 200]


async def test_who_signs_out_is_out(world: World) -> None:
    browser = await comes_in(world, "ann")
    kept = browser.session
    left = await browser.sends("/wall/leave")
    assert "You are signed out" in left.text
    assert browser.session == ""
    assert (await Visitor(world, session=kept).looks()).status == 403
    assert world.one("SELECT COUNT(*) FROM web_session") == 0


@pytest.mark.parametrize(
    ("column", "hours", "status"), [("seen_at", 13, 403), ("seen_at", 11, 200), ("began_at", 169, 403)]
)
async def test_a_session_ends_by_real_time(world: World, column: str, hours: int, status: int) -> None:
    browser = await comes_in(world, "ann")
    world.clock.forward(days=400)  # the programme's clock is none of its business
    assert (await browser.looks()).status == 200
    world.change(f"UPDATE web_session SET {column} = {column} - {hours * 3_600_000}")  # noqa: S608 - names of ours
    assert (await browser.looks()).status == status


async def test_looking_keeps_a_session_from_ending(world: World) -> None:
    browser = await comes_in(world, "ann")
    world.change("UPDATE web_session SET seen_at = seen_at - 40000000")
    before = world.one("SELECT seen_at FROM web_session")
    await browser.looks()
    assert world.one("SELECT seen_at FROM web_session") > before + 39_000_000


async def test_whoever_is_deactivated_is_out_everywhere_at_once(world: World) -> None:
    rhythm = await told_of(world)
    browsers = [await comes_in(world, "bob") for _ in range(2)]
    link = await link_for(world, "bob")
    world.change("UPDATE person SET active = :no WHERE id = :id", no=False, id=rhythm.person("Bob O").id)
    for browser in browsers:
        assert (await browser.looks()).status == 403
    assert (await Visitor(world).opens(link)).status == 410


async def test_forms_of_other_sites_are_refused(world: World) -> None:
    token = await link_for(world, "ann")
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.test"},
        {"Sec-Fetch-Site": "", "Origin": "null"},
    ):
        refused = await Visitor(world, headers=headers).opens(token)
        assert refused.status == 403
        assert "another site" in refused.text
    assert (await Visitor(world, headers={"Origin": PUBLIC}).opens(token)).status == 200


async def test_pages_are_shut_to_everything_else(world: World) -> None:
    browser = await comes_in(world, "ann")
    for page in (await browser.looks(), await Visitor(world).looks(), await Visitor(world).looks("/wall/enter/x")):
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Frame-Options"] == "DENY"
        assert page.headers["Referrer-Policy"] == "same-origin"
        assert not re.search(r'(src|href|action)="(https?:)?//', page.body)
        assert "style=" not in page.body
        assert "<script" not in page.body


async def test_a_foreign_host_leads_nowhere(world: World) -> None:
    token = await link_for(world, "ann")
    answer = await Visitor(world).asks("POST", f"/wall/enter/{token}", follow=False, headers={"Host": "evil.test"})
    assert "evil.test" not in str(answer.headers) + answer.body


# --- from Teams -------------------------------------------------------------------------------------------


async def test_on_teams_a_button_gives_the_link_and_nothing_keeps_it(office: Office) -> None:
    world = office.world
    await office.says(office.ann, office.general, "wall")
    shown = office.answer(office.ann, office.general)
    assert office.buttons(shown) == ["Get my link"]
    await office.taps(office.ann, shown, "Get my link")
    card = str(office.seen(office.ann, shown))
    found = re.search(r"/wall/enter/([\w-]+)", card)
    assert found, card
    assert found[1] not in str([world.one("SELECT payload FROM outbox"), world.one("SELECT answer FROM request")])
    browser = Visitor(world)
    assert (await browser.opens(found[1])).status == 200
    assert "Ann Lee" in (await browser.looks()).text


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_world(database_url, clock, plaudit_public_url=PUBLIC) as opened:
        made = Office(opened)
        await made.open()
        yield made


# --- what is on it ----------------------------------------------------------------------------------------


async def test_only_what_everybody_may_see_is_on_it(world: World) -> None:
    await thanks(world, "@bob for the public one")
    view = await world.open_form("ann")
    await world.slack.submit("ann", view, {"receivers": ["U3"], "reason": "just for you", "audience": "receivers"})
    world.clock.forward(minutes=2)
    browser = await comes_in(world, "bob")
    page = await browser.looks()
    assert page.reasons == ["the public one"]
    assert "just for you" not in (await browser.looks("?q=just")).body


async def test_what_is_taken_back_is_gone(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for a slip")
    browser = await comes_in(world, "cleo")
    assert (await browser.looks()).reasons == ["a slip"]
    undo = next(one for one in world.slack.ephemerals("ann", "#general") if "Undo" in str(one.blocks))
    await world.tap("ann", undo, "Undo")
    assert (await browser.looks()).reasons == []


@pytest.mark.parametrize("who", ["Ann", "Bob O", "Cléo"])
async def test_one_no_leaves_out_the_whole_recognition_at_once(world: World, who: str) -> None:
    rhythm = await told_of(world)
    await thanks(world, "@bob @cleo for the release")
    browser = await comes_in(world, "bob")
    assert len((await browser.looks()).items) == 1
    rhythm.chose(who, Purpose.WALL, False)
    for address in ("", f"?person={rhythm.person('Ann').id}", f"?person={rhythm.person('Bob O').id}", "?q=release"):
        assert "the release" not in "".join((await browser.looks(address)).reasons)
    rhythm.chose(who, Purpose.WALL)
    assert len((await browser.looks()).items) == 1


async def test_where_the_tenant_says_no_only_those_who_said_yes_are_on_it(world: World) -> None:
    rhythm = await told_of(world)
    rhythm.policy(purposes={"wall": False})
    await thanks(world, "@bob for the release")
    browser = await comes_in(world, "cleo")
    assert (await browser.looks()).items == []
    rhythm.chose("Ann", Purpose.WALL)
    rhythm.chose("Bob O", Purpose.WALL)
    assert (await browser.looks()).items == ["Ann Lee thanked Bob Okafor"]


async def test_whoever_left_is_on_it_no_more(world: World) -> None:
    rhythm = await told_of(world)
    await thanks(world, "@bob @cleo for the release")
    world.change("UPDATE person SET active = :no WHERE id = :id", no=False, id=rhythm.person("Bob O").id)
    assert (await (await comes_in(world, "ann")).looks()).items == []


async def test_another_organisation_sees_nothing_of_it(world: World) -> None:
    """The same people and rows under another tenant: what a session of theirs is shown is theirs."""
    rhythm = await told_of(world)
    await thanks(world, "@bob for the release")
    bob = rhythm.person("Bob O").id
    browser = await comes_in(world, "ann")
    stranger = await a_stranger(world)
    assert (await stranger.looks()).items == []
    assert (await stranger.looks("?q=release")).items == []
    page = await stranger.looks(f"/wall/people/{bob}")
    assert (page.status, "Nobody is here" in page.text) == (404, True)
    assert (await stranger.looks(f"?person={bob}")).items == []
    refused = await stranger.sends(f"/wall/people/{bob}", form="f1", text="hello there")
    assert refused.status == 404
    assert world.one("SELECT COUNT(*) FROM wall_note") == 0
    assert len((await browser.looks()).items) == 1


async def a_stranger(world: World) -> Visitor:
    """Somebody of another tenant, with a session."""
    with world.process.core.database.writing() as tx:
        add_tenant(tx, "other", "Other Ltd", "UTC", world.clock())
    world.change(
        "INSERT INTO workspace (tenant_id, id, platform, ref, name, bot_ref, url, app_ref, paused_until) "
        "VALUES ('other', 'w', 'slack', 'T9', 'Other', 'B9', '', '', 0)"
    )
    world.change(
        "INSERT INTO person (tenant_id, id, name, sought_name, zone, locale, kind, active) "
        "VALUES ('other', 'p', 'Olga Other', 'olga other', '', '', 'member', :yes)",
        yes=True,
    )
    world.change(
        "INSERT INTO account (tenant_id, id, workspace_id, person_id, ref, handle, chat_ref) "
        "VALUES ('other', 'a', 'w', 'p', 'U99', 'olga', '')"
    )
    browser = await comes_in(world, "cleo")
    world.change(
        "UPDATE web_session SET tenant_id = 'other', person_id = 'p' WHERE person_id = :cleo", cleo=cleo(world)
    )
    assert "Olga Other" in (await browser.looks()).text
    return browser


def cleo(world: World) -> str:
    with world.reading() as tx:
        return world.person(tx, "Cléo")


async def test_what_people_wrote_is_only_ever_text(world: World) -> None:
    await thanks(world, '@bob for <b>bold</b> "quotes" & <img src=x onerror=alert(1)>')
    world.change("UPDATE person SET name = :name WHERE email = 'bob@acme.test'", name="<script>\u202ebob</script>")
    page = await (await comes_in(world, "ann")).looks('?q=<i>"x')
    body = page.body + (await (await comes_in(world, "ann")).looks()).body
    assert "<img src=x" not in body
    assert "<script>" not in body
    assert "<i>" not in body.replace("<i class", "")
    assert "\u202e" not in body
    assert "&lt;b&gt;bold&lt;/b&gt;" in body


# --- search and filters -----------------------------------------------------------------------------------


@pytest.fixture
async def filled(world: World) -> World:
    rhythm = await told_of(world)
    with world.process.core.database.writing() as tx:
        facts = [
            RecordFact(rhythm.person("Bob O").id, department="Design"),
            RecordFact(rhythm.person("Cléo").id, department="Sales"),
        ]
        save_records(tx, rhythm.tenant, facts)
    world.clock.now = datetime(2026, 8, 3, 10, tzinfo=UTC)
    await thanks(world, "@cleo for the summer party :star2:")
    world.clock.now = datetime(2026, 11, 2, 10, tzinfo=UTC)
    await thanks(world, "@bob for the Café menu 100% done #teamwork")
    world.clock.now = datetime(2026, 11, 17, 10, tzinfo=UTC)
    await thanks(world, "@ann for the RELEASE notes #craft :rocket:", user="cleo")
    world.clock.now = datetime(2026, 11, 18, 10, tzinfo=UTC)
    return world


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["RELEASE notes", "Café menu", "summer party"]),
        ("?q=release", ["RELEASE notes"]),
        ("?q=notes+RELEASE", ["RELEASE notes"]),
        ("?q=release+party", []),
        ("?q=CAFÉ", ["Café menu"]),
        ("?q=100%25", ["Café menu"]),
        ("?q=10_%25", []),
        ("?q=okafor", ["Café menu"]),
        ("?q=cleo", ["RELEASE notes", "summer party"]),
        ("?q=cléo+release", ["RELEASE notes"]),
        ("?period=week", ["RELEASE notes"]),
        ("?period=month", ["RELEASE notes", "Café menu"]),
        ("?period=quarter", ["RELEASE notes", "Café menu"]),
        ("?since=2026-11-02&until=2026-11-02", ["Café menu"]),
        ("?until=2026-08-31&since=2026-08-01", ["summer party"]),
        ("?since=2026-11-18&until=2026-11-01", ["RELEASE notes", "Café menu"]),
        ("?since=soon", ["RELEASE notes", "Café menu", "summer party"]),
        ("?person=bob+okafor", ["Café menu"]),
        ("?person=cleo", ["RELEASE notes", "summer party"]),
        ("?person=nobody", []),
        ("?team=Design", ["Café menu"]),
        ("?team=Sales", ["RELEASE notes", "summer party"]),
        ("?team=None", []),
        ("?value=nonsense", []),
        ("?period=nonsense&before=nonsense&x=y", ["RELEASE notes", "Café menu", "summer party"]),
    ],
)
async def test_search_and_filters_find_what_they_say(filled: World, asked: str, found: list[str]) -> None:
    page = await (await comes_in(filled, "bob")).looks(asked)
    assert page.status == 200
    assert [
        next(one for one in ("RELEASE notes", "Café menu", "summer party") if one in said) for said in page.reasons
    ] == found


async def test_values_and_badges_are_filters_too(filled: World) -> None:
    browser = await comes_in(filled, "bob")
    page = await browser.looks()
    ids = dict(re.findall(r'<option value="([^"]+)">\s*\S+ (craft|Above and beyond)</option>', page.body))
    craft, star = (next(one for one, label in ids.items() if label == name) for name in ("craft", "Above and beyond"))
    assert len((await browser.looks(f"?value={craft}")).items) == 1
    assert (await browser.looks(f"?badge={star}")).reasons == ["the summer party"]
    both = await browser.looks(f"?badge={star}&value={craft}")
    assert both.items == []
    assert "Nothing fits all of that" in both.text


async def test_a_name_that_several_have_is_asked_about(filled: World) -> None:
    browser = await comes_in(filled, "ann")
    await filled.slack.command("ann", "#general", "/kudos", "@bob2 for the tea")
    page = await browser.looks("?person=bob")
    assert "Whom do you mean?" in page.text
    chosen = await browser.looks(page.link("<bdi>Bob Tanaka"))
    assert chosen.reasons == ["the tea"]
    assert 'value="Bob Tanaka"' in chosen.body


async def test_pages_follow_each_other_without_gaps_or_repeats(world: World) -> None:
    await told_of(world)
    for number in range(45):
        await world.slack.command("ann", "#general", "/kudos", f"@bob +1 for thing {number:02}")  # at one instant
    browser = await comes_in(world, "bob")
    page, found = await browser.looks("?q=thing"), []
    found += page.reasons
    while "Older ones" in page.text:
        page = await browser.looks(page.link("Older ones"))
        found += page.reasons
    assert found == [f"thing {number:02}" for number in reversed(range(45))]


async def test_a_search_rests_after_a_while_and_goes_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.wall.WINDOW", 3)
    for number in range(8):
        await thanks(world, f"@bob for {'gold' if number in (0, 7) else 'thing'} {number}")
    browser = await comes_in(world, "bob")
    page = await browser.looks("?q=gold")
    assert page.reasons == ["gold 7"]
    found = list(page.reasons)
    while "Look further back" in page.text:
        assert "I looked through 3 recognitions, back to" in page.text
        page = await browser.looks(page.link("Look further back"))
        found += page.reasons
    assert found == ["gold 7", "gold 0"]


async def test_an_empty_wall_says_how_it_fills(world: World) -> None:
    page = await (await comes_in(world, "ann")).looks()
    assert "The first thanks will stand here" in page.text
    assert "/kudos" in page.text


async def test_what_cannot_be_sought_is_told(filled: World) -> None:
    browser = await comes_in(filled, "bob")
    assert "A word to search for has two letters or more." in (await browser.looks("?q=a")).text
    assert "I cannot read one of the days" in (await browser.looks("?since=soon")).text
    assert "I know nobody called “zed” on the wall." in (await browser.looks("?person=zed")).text


async def test_hostile_addresses_are_answered_calmly(world: World) -> None:
    browser = await comes_in(world, "ann")
    for asked in (
        "?q=%00%ff",
        "?person=%ed%a0%80",
        f"?q={'x' * 3000}",
        "?since=9999-12-31&until=9999-12-31",
        "?before=" + "f" * 70,
        "?since=0001-01-01",
        "?q=%5C",
    ):
        assert (await browser.looks(asked)).status == 200, asked
    assert (await browser.looks("/wall/people/%00")).status == 404
    with world.reading() as tx:
        assert list_all_homes(tx)
