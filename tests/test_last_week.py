"""Last week in thanks: once in each workspace on Monday at nine, tenant's time, and only if there is something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from app import Process
from bot.sandbox.fake_slack import Person
from bot.sandbox.fake_teams import text_of
from handlers.purposes import Purpose
from handlers.vocabulary import Subject
from store.outbox import touch
from store.people import deactivate
from store.person_records import RecordFact, save_records
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.test_slack_flows_form import submit
from tests.world import World, make_settings, open_world

MONDAY = "2026-11-23T08:00Z"  # 09:00 in Berlin
TITLE = "Last week in thanks"
CROWD = [Person(f"U{100 + n}", f"person{n:02}", f"Person {n:02}", f"person{n}@acme.test") for n in range(1, 13)]


@pytest.fixture
async def crowd(database_url: str, clock: Clock) -> AsyncIterator[Rhythm]:
    """Twelve more people."""
    async with open_world(database_url, clock, people=CROWD) as world:
        made = Rhythm(world)
        await made.begin()
        yield made


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    """One organisation on Slack and on Teams."""
    async with open_office(database_url, clock, with_slack=True) as opened:
        yield opened


async def gives(world: World, user: str, typed: str) -> None:
    await world.slack.command(user, "#general", "/kudos", typed)
    assert "Sent." in world.whispered(user)
    await world.settled()


def post(world: World) -> str:
    """The post in the recognition channel, without what is bold; empty while there is none."""
    return world.shown("#kudos").replace("*", "")


def posts(world: World) -> int:
    return sum(world.shown(f"#{name}").count(TITLE) for name in ("kudos", "general", "teamwork"))


async def test_on_monday_at_nine_the_week_is_told_with_giving_first(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob @cleo +5 for the calm launch #teamwork")
    await gives(world, "ann", "@bob2 +1 for the notes #teamwork")
    await gives(world, "bob", "@ann +10 for the review")
    await rhythm.at("2026-11-23T07:59:59Z")
    assert posts(world) == 0
    await rhythm.at(MONDAY)
    assert post(world).splitlines() == [
        "💛  Last week in thanks",
        "2 people thanked 4 colleagues, with 4 kudos.",
        "What they were for",
        "🤝 teamwork: 3",
        "🌱 <@U1> and <@U2> gave their first kudos. Welcome!",
        "Who said thanks most",
        "1. <@U1>: 3 kudos",
        "2. <@U2>: 1 kudos",
        "Who was thanked most",
        "1. <@U1>: 1 kudos",
        "1. <@U2>: 1 kudos",
        "1. <@U3>: 1 kudos",
        "1. <@U4>: 1 kudos",
        "Give kudos My choices",
        "Why this post? It comes on Mondays after a week with thanks. Your choices leave your name out.",
    ]


async def test_a_quiet_week_is_nobodys_news(world: World, rhythm: Rhythm) -> None:
    await rhythm.at(MONDAY)
    assert posts(world) == 0
    await gives(world, "ann", "@bob for the release")
    await rhythm.at("2026-11-30T08:00Z")
    await rhythm.at("2026-12-07T08:00Z")
    assert posts(world) == 1


async def test_a_week_whose_every_gift_was_taken_back_is_quiet(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    await world.tap("ann", world.answer("ann"), "Undo")
    await rhythm.at(MONDAY)
    assert posts(world) == 0


async def test_a_programme_can_do_without_it(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(week_post=False)
    await gives(world, "ann", "@bob for the release")
    await rhythm.at(MONDAY)
    assert posts(world) == 0


async def test_it_is_posted_once_however_often_the_ticks_run(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await gives(world, "ann", "@bob for the release")
    for _ in range(3):
        await rhythm.at(MONDAY)
    clock.forward(days=1)
    await world.process.ticks.run()
    await world.settled()
    assert posts(world) == 1


async def test_two_processes_post_it_once(world: World, rhythm: Rhythm, clock: Clock, database_url: str) -> None:
    await gives(world, "ann", "@bob for the release")
    settings = make_settings(database_url, world.fake_slack, world.workspace, world.fake_teams)
    other = Process(settings, clock, durable=False, relaying=False)
    try:
        await other.start()
        clock.now = datetime.fromisoformat(MONDAY)
        await other.ticks.run()
        await world.process.ticks.run()
    finally:
        await other.stop()
    await world.settled()
    assert posts(world) == 1


async def test_after_five_days_without_the_program_it_is_still_about_the_week_that_was_over(
    world: World, rhythm: Rhythm, clock: Clock
) -> None:
    await gives(world, "ann", "@bob for the release")
    clock.now = datetime.fromisoformat(MONDAY) - timedelta(hours=8)  # Monday, before nine
    await gives(world, "bob", "@ann @cleo for an early start")
    await rhythm.at("2026-11-28T10:00Z")
    assert posts(world) == 1
    assert "1 person thanked 1 colleague, with 1 kudos." in post(world)
    assert "🌱 <@U1> gave their first kudos." in post(world)
    await rhythm.at("2026-11-30T08:00Z")
    assert "1 person thanked 2 colleagues, with 2 kudos." in post(world)
    assert posts(world) == 2


async def test_who_gave_before_is_no_first_time_giver(world: World, rhythm: Rhythm, clock: Clock) -> None:
    await gives(world, "ann", "@bob for the release")
    await rhythm.at("2026-11-25T08:00Z")
    await gives(world, "ann", "@bob for the notes")
    await gives(world, "cleo", "@bob for the review")
    await rhythm.at("2026-11-30T08:00Z")
    [_, second] = post(world).split(TITLE)[1:]
    assert "🌱 <@U3> gave their first kudos." in second


async def test_who_does_not_want_to_be_named_is_counted_and_not_named(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    await gives(world, "cleo", "@bob for the review")
    rhythm.chose("Ann", Purpose.BOARD, False)
    rhythm.chose("Bob Okafor", Purpose.BOARD, False)
    await rhythm.at(MONDAY)
    shown = post(world)
    assert "2 people thanked 1 colleague, with 2 kudos." in shown
    assert "🌱 <@U3> and 1 other gave their first kudos." in shown
    assert "1. <@U3>: 1 kudos" in shown
    assert "<@U1>" not in shown
    assert "<@U2>" not in shown
    assert "Who was thanked most" not in shown


async def test_who_has_left_is_not_named(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Ann").id, world.clock())
    await rhythm.at(MONDAY)
    assert "1 person gave their first kudos." in post(world)
    assert "<@U1>" not in post(world)


async def test_departments_stand_there_by_share_and_nobody_by_name(crowd: Rhythm) -> None:
    world = crowd.world
    crowd.policy(board="teams")
    people = [f"Person {n:02}" for n in range(1, 11)]
    where = dict.fromkeys(people[:4], "Board") | dict.fromkeys(people[4:], "Care")
    with world.process.core.database.writing() as tx:
        facts = [RecordFact(crowd.person(name).id, department=department) for name, department in where.items()]
        save_records(tx, crowd.tenant, facts)
    for n in (1, 2, 3, 4, 5, 6, 7):
        await gives(world, f"person{n:02}", "@person08 +1 for the release")
    await crowd.at(MONDAY)
    shown = post(world)
    assert "1. ▓▓▓▓▓░░░░░ Care: 3 of 6 people" in shown
    assert "1. ▓░░░░░░░░░ Care: 1 of 6 people" in shown
    assert "🌱 7 people gave their first kudos." in shown
    assert "Board" not in shown
    assert "<@" not in shown
    assert "Person" not in shown


async def test_without_boards_there_are_only_numbers(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(board="off")
    await gives(world, "ann", "@bob +5 for the calm launch #teamwork")
    await rhythm.at(MONDAY)
    assert post(world).splitlines() == [
        "💛  Last week in thanks",
        "1 person thanked 1 colleague, with 1 kudos.",
        "What they were for",
        "🤝 teamwork: 1",
        "🌱 1 person gave their first kudos. Welcome!",
        "Give kudos My choices",
        "Why this post? It comes on Mondays after a week with thanks. Your choices leave your name out.",
    ]


async def test_names_are_few_however_many_gave(crowd: Rhythm) -> None:
    for n in range(1, 13):
        await gives(crowd.world, f"person{n:02}", "@bob +1 for the release")
    await crowd.at(MONDAY)
    shown = post(crowd.world)
    assert "and 4 others gave their first kudos." in shown
    assert shown.count(": 1 kudos") == 5


@pytest.mark.parametrize("name", ["W" * 300, "דנה כהן"], ids=["long", "right to left"])
async def test_names_of_every_kind_fit(world: World, rhythm: Rhythm, name: str) -> None:
    await gives(world, "ann", "@bob for the release")
    world.change("UPDATE person SET name = :name", name=name)
    await rhythm.at(MONDAY)
    assert posts(world) == 1


async def test_shown_again_it_follows_what_people_chose_meanwhile(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    await rhythm.at(MONDAY)
    assert "1. <@U1>: 1 kudos" in post(world)
    rhythm.chose("Ann", Purpose.BOARD, False)
    subject = Subject("week", "2026-W47")
    with world.process.core.database.writing() as tx:
        touch(tx, rhythm.tenant, subject.kind, subject.id, world.clock())
    await world.settled()
    assert posts(world) == 1
    assert "<@U1>" not in post(world)


async def test_where_the_app_may_not_post_it_does_not_try(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    world.change("UPDATE conversation SET archived = :archived", archived=True)
    world.change("UPDATE tenant SET programme_version = programme_version + 1")
    await rhythm.at(MONDAY)
    assert posts(world) == 0
    assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'last_week'") == 0


async def test_its_button_opens_the_form_for_whoever_taps(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    await rhythm.at(MONDAY)
    await world.tap("bob", world.slack.messages("#kudos")[-1], "Give kudos")
    assert (await world.form_of("bob")).content["title"]["text"] == "Give kudos"


async def test_both_platforms_show_it_once_and_name_whom_they_do_not_know(office: Office) -> None:
    world, rhythm = office.world, Rhythm(office.world)
    await rhythm.begin()
    yan = office.teams.person("Yan Only", email="yan@acme.test")
    await office.teams.join(yan, office.general)
    await office.says(yan, office.general, "kudos @Bob Okafor +5 for the release")
    await gives(world, "bob", "@ann +5 for the review")
    await rhythm.at(MONDAY)
    await office.settled()
    assert posts(world) == 1
    assert "1. <@U2>: 1 kudos" in post(world)
    assert "1. Yan Only: 1 kudos" in post(world)
    [on_teams] = [text_of(one) for one in office.posts(office.general) if TITLE in text_of(one)]
    assert "**1.** <at>Bob Okafor</at>: **1** kudos" in on_teams
    assert "**1.** <at>Yan Only</at>: **1** kudos" in on_teams
    assert TITLE not in office.shown(office.lunch)


# --- who may not be named -----------------------------------------------------------------------------------


async def test_what_only_the_receivers_see_is_in_no_post_and_on_no_board(world: World, rhythm: Rhythm) -> None:
    view = await world.open_form("ann")
    await submit(world, view, receivers=["U2"], audience="receivers")
    await rhythm.at("2026-11-20T12:00Z")
    await world.slack.command("cleo", "#general", "/leaderboard", "received")
    assert "Nobody yet" in world.whispered("cleo")
    await world.slack.command("ann", "#general", "/points")
    assert "you gave *1* kudos" in world.whispered("ann")
    await rhythm.at(MONDAY)
    assert post(world) == ""


async def test_a_no_that_comes_before_the_post_is_shown_counts(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    world.hold_back()
    await rhythm.at(MONDAY)
    rhythm.chose("Ann", Purpose.BOARD, False)
    world.let_go()
    await world.settled()
    assert "Bob" in post(world) or "<@U2>" in post(world)
    assert "<@U1>" not in post(world)


async def test_a_no_takes_the_name_off_what_was_posted(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    await rhythm.at(MONDAY)
    assert "<@U1>" in post(world)
    await world.slack.command("ann", "#general", "/my-choices")
    await world.tap("ann", world.answer("ann"), "Leave me off boards")
    await world.settled()
    assert "<@U1>" not in post(world)


async def test_who_is_deactivated_before_the_post_is_shown_is_not_in_it(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob for the release")
    world.hold_back()
    await rhythm.at(MONDAY)
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Ann").id, world.clock())
    world.let_go()
    await world.settled()
    assert "<@U1>" not in post(world)
