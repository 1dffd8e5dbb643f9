"""`/leaderboard` on both platforms: places, one's own place, periods, and who is not named."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.sandbox.fake_slack import Person
from bot.sandbox.fake_teams import text_of
from handlers.purposes import Purpose
from store import boards
from store.db import Database
from store.people import deactivate
from store.person_records import RecordFact, save_records
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World, open_world

CROWD = [Person(f"U{100 + n}", f"person{n:02}", f"Person {n:02}", f"person{n}@acme.test") for n in range(1, 16)]


@pytest.fixture
async def crowd(database_url: str, clock: Clock) -> AsyncIterator[Rhythm]:
    """Fifteen more people."""
    async with open_world(database_url, clock, people=CROWD) as world:
        made = Rhythm(world)
        await made.begin()
        yield made


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def gives(world: World, user: str, to: str, times: int = 1) -> None:
    """`times` kudos of one point."""
    for _ in range(times):
        await world.slack.command(user, "#general", "/kudos", f"{to} +1 for number {world.process.core.new_id()}")
        assert "Sent." in world.whispered(user)


async def board(world: World, user: str = "ann", asked: str = "") -> list[str]:
    """The lines that somebody sees, without what is bold."""
    await world.slack.command(user, "#general", "/leaderboard", asked)
    return world.whispered(user).replace("*", "").splitlines()


def departments(rhythm: Rhythm, people: dict[str, str]) -> None:
    facts = [RecordFact(rhythm.person(name).id, department=where) for name, where in people.items()]
    with rhythm.world.process.core.database.writing() as tx:
        save_records(tx, rhythm.tenant, facts)


# --- places -----------------------------------------------------------------------------------------------


async def test_who_gave_as_much_shares_a_place_and_the_points_stand_beside(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob2", 3)
    await gives(world, "bob", "@bob2", 2)
    await world.slack.command("cleo", "#general", "/kudos", "@ann @bob +10 for the calm launch")
    await gives(world, "gus", "@ann")
    lines = await board(world, "bob2")
    assert lines[:5] == [
        "Who said thanks this week",
        "1. Ann Lee: 3 kudos, 3 points",
        "2. Cléo Martin: 2 kudos, 20 points",
        "2. Bob Okafor: 2 kudos, 2 points",
        "4. Gus Guest: 1 kudos, 1 point",
    ]
    assert "You gave 0 and received 5 this week." in lines[5]


async def test_ones_own_line_says_you_where_one_stands(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob2", 3)
    await gives(world, "bob", "@bob2", 2)
    await gives(world, "cleo", "@bob2")
    assert (await board(world, "bob"))[1:4] == [
        "1. Ann Lee: 3 kudos, 3 points",
        "2. You: 2 kudos, 2 points",
        "3. Cléo Martin: 1 kudos, 1 point",
    ]
    assert (await board(world, "ann", "received"))[:2] == [
        "Who was thanked this week",
        "1. Bob Tanaka: 6 kudos, 6 points",
    ]


async def test_below_the_first_ten_ones_own_place_is_told_with_how_many_are_between(crowd: Rhythm) -> None:
    for n in range(1, 14):
        await gives(crowd.world, f"person{n:02}", "@bob", 2)
    await gives(crowd.world, "ann", "@bob", 1)
    await gives(crowd.world, "cleo", "@bob", 1)
    lines = await board(crowd.world)
    assert lines[1:11] == [f"1. Person {n:02}: 2 kudos, 2 points" for n in range(1, 11)]
    assert lines[11:13] == ["3 others in between.", "14. You: 1 kudos, 1 point"]
    assert lines[13].startswith("And 1 other.")
    others = await board(crowd.world, "bob")
    assert others[11].startswith("And 5 others.")
    assert not any("in between" in one for one in others)


async def test_what_was_taken_back_counts_no_more(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@cleo", 1)
    await gives(world, "ann", "@cleo", 2)
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert (await board(world, "cleo"))[1:3] == ["1. Ann Lee: 1 kudos, 1 point", "1. Bob Okafor: 1 kudos, 1 point"]
    await world.tap("bob", world.answer("bob"), "Undo")
    assert not any("Bob" in one for one in await board(world, "cleo"))


async def test_an_empty_board_is_friendly(world: World, rhythm: Rhythm) -> None:
    lines = await board(world)
    assert lines[:2] == ["Who said thanks this week", "Nobody yet. The first kudos opens the board."]


@pytest.mark.parametrize("name", ["W" * 200, "דנה כהן", "<!channel> *Bob*"], ids=["long", "right to left", "hostile"])
async def test_names_of_every_kind_stand_on_a_board(world: World, rhythm: Rhythm, name: str) -> None:
    await gives(world, "bob", "@cleo")
    world.change("UPDATE person SET name = :name WHERE name = 'Bob Okafor'", name=name)
    lines = await board(world)
    assert lines[1].startswith("1. ")
    assert lines[1].endswith(": 1 kudos, 1 point")
    assert "<!channel>" not in lines[1]
    assert len(lines[1]) < 120


# --- of one value, and by department -----------------------------------------------------------------------


async def test_one_value_alone_is_counted(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release #teamwork")
    await world.slack.command("ann", "#general", "/kudos", "@cleo for the desk #craft")
    await world.slack.command("cleo", "#general", "/kudos", "@bob for the table #craft")
    lines = await board(world, asked="received teamwork")
    assert lines[:3] == ["Who was thanked this week", "🤝 teamwork alone.", "1. Bob Okafor: 1 kudos, 5 points"]
    both = await board(world, asked="#craft")
    assert both[2:4] == ["1. You: 1 kudos, 5 points", "1. Cléo Martin: 1 kudos, 5 points"]


async def test_people_may_look_at_departments_too(crowd: Rhythm) -> None:
    departments(crowd, {f"Person {n:02}": "Support" for n in range(1, 6)} | {"Ann": "Sales"})
    await gives(crowd.world, "person01", "@bob")
    await gives(crowd.world, "ann", "@bob")
    lines = await board(crowd.world, asked="teams")
    assert lines[0] == "Departments that said thanks this week"
    assert "Support: 1 of 5 people" in lines[1]
    assert not any("Sales" in one for one in lines), "one person is no department"
    await crowd.world.tap("ann", crowd.world.answer("ann"), "By person")
    await crowd.world.answered()
    assert "Who said thanks this week" in crowd.world.whispered("ann")


# --- periods ----------------------------------------------------------------------------------------------


async def test_months_and_quarters_begin_at_midnight_of_the_tenant(world: World, rhythm: Rhythm, clock: Clock) -> None:
    clock.now = datetime(2026, 9, 30, 21, 59, tzinfo=UTC)  # the last minute of September in Berlin
    await gives(world, "ann", "@bob", 3)
    clock.now = datetime(2026, 9, 30, 22, 0, tzinfo=UTC)
    await gives(world, "ann", "@bob", 2)
    clock.now = datetime(2026, 11, 30, 22, 59, tzinfo=UTC)
    await gives(world, "ann", "@bob", 1)
    found = {}
    for period in ("week", "month", "quarter", "all"):
        found[period] = (await board(world, "cleo", period))[1].removeprefix("1. Ann Lee: ")
    assert found == {
        "week": "1 kudos, 1 point",
        "month": "1 kudos, 1 point",
        "quarter": "3 kudos, 3 points",
        "all": "6 kudos, 6 points",
    }
    clock.now = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)  # December in Berlin, in the same week
    assert "Nobody yet" in (await board(world, "cleo", "month"))[1]
    assert "1 kudos" in (await board(world, "cleo", "week"))[1]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("received month", "Who was thanked this month"),
        ("all-time givers", "Who said thanks since the beginning"),
        ("who got most this quarter?", "Who was thanked this quarter"),
    ],
)
async def test_what_is_asked_for_may_be_said_in_many_ways(world: World, rhythm: Rhythm, asked: str, title: str) -> None:
    assert (await board(world, asked=asked))[0] == title


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("yesterday", "I have no board for “yesterday”."),
        ("@bob month", "I have no board for “"),
        ("week month", "That is more than one board."),
        ("*<!channel>*", "I have no board for “"),
    ],
)
async def test_other_words_are_declined_with_what_there_is(world: World, rhythm: Rhythm, asked: str, told: str) -> None:
    await world.slack.command("ann", "#general", "/leaderboard", asked)
    shown = world.whispered("ann")
    assert told in shown
    assert "/leaderboard received month" in shown
    assert "<!channel>" not in shown


async def test_buttons_show_another_board_in_place_of_this_one(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob")
    await board(world)
    seen = len(world.slack.ephemerals("ann", "#general"))
    for button, title in (
        ("Who was thanked", "Who was thanked this week"),
        ("Month", "Who was thanked this month"),
        ("All time", "Who was thanked since the beginning"),
        ("Who said thanks", "Who said thanks since the beginning"),
        ("Week", "Who said thanks this week"),
    ):
        await world.tap("ann", world.answer("ann"), button)
        assert world.whispered("ann").splitlines()[0].replace("*", "") == title
    assert len(world.slack.ephemerals("ann", "#general")) == seen


async def test_a_board_is_for_whoever_asked_and_pings_nobody(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@cleo")
    await board(world)
    await world.settled()
    assert "Who said thanks" not in world.shown("#general")
    assert "<@" not in world.whispered("ann")


# --- who is not named -------------------------------------------------------------------------------------


async def test_who_does_not_want_to_be_named_leaves_no_hole_and_sees_their_own_numbers(
    world: World, rhythm: Rhythm
) -> None:
    await gives(world, "ann", "@bob2", 3)
    await gives(world, "bob", "@bob2", 2)
    await gives(world, "cleo", "@bob2", 1)
    rhythm.chose("Bob Okafor", Purpose.BOARD, False)
    assert (await board(world, "bob2"))[1:3] == ["1. Ann Lee: 3 kudos, 3 points", "2. Cléo Martin: 1 kudos, 1 point"]
    own = await board(world, "bob")
    assert not any("3. " in one for one in own)
    assert "You gave 2 and received 0 this week. Only you see that, for you chose not to be on boards." in own
    rhythm.chose("Bob Okafor", Purpose.BOARD, True)
    assert "2. Bob Okafor: 2 kudos, 2 points" in await board(world, "bob2")


async def test_who_is_gone_or_of_another_organisation_is_left_out(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@cleo", 3)
    await gives(world, "bob", "@cleo", 2)
    await gives(world, "cleo", "@bob2", 1)
    with world.process.core.database.writing() as tx:
        deactivate(tx, rhythm.tenant, rhythm.person("Ann").id, world.clock())
    world.change("UPDATE person SET kind = 'stranger' WHERE name = 'Cléo Martin'")
    lines = await board(world, "bob2")
    assert lines[1] == "1. Bob Okafor: 2 kudos, 2 points"
    assert not any("Ann" in one or "Cléo" in one for one in lines)


# --- departments, and none --------------------------------------------------------------------------------


async def test_a_board_of_departments_tells_shares_and_no_names_and_no_department_of_four(crowd: Rhythm) -> None:
    crowd.policy(board="teams")
    small = {f"Person {n:02}": "Board" for n in range(1, 5)}
    six = {f"Person {n:02}": "Care" for n in range(5, 11)}
    five = {f"Person {n:02}": "Sales" for n in range(11, 16)}
    departments(crowd, small | six | five)
    for n in (1, 2, 3, 4, 5, 6, 7, 11, 12):
        await gives(crowd.world, f"person{n:02}", "@bob")
    await gives(crowd.world, "person05", "@person11 @person12 @bob", 2)
    lines = await board(crowd.world, "person11")
    assert lines[0] == "Departments that said thanks this week"
    assert lines[1].startswith("1. ▓▓▓▓▓░░░░░ Care: 3 of 6 people")
    assert lines[2].startswith("2. ▓▓▓▓░░░░░░ Sales: 2 of 5 people. That is yours.")
    assert not any("Person" in one or "Board:" in one for one in lines)
    assert "You gave 1 and received 2 this week." in "\n".join(lines)
    received = await board(crowd.world, "person01", "received")
    assert received[1].startswith("1. ▓▓▓▓░░░░░░ Sales: 2 of 5 people")
    assert not any("Board:" in one for one in received)


async def test_a_department_that_shrinks_below_five_is_not_shown_any_more(crowd: Rhythm) -> None:
    crowd.policy(board="teams")
    departments(crowd, {f"Person {n:02}": "Care" for n in range(1, 6)})
    await gives(crowd.world, "person01", "@bob")
    assert "Care: 1 of 5 people" in "\n".join(await board(crowd.world))
    with crowd.world.process.core.database.writing() as tx:
        deactivate(tx, crowd.tenant, crowd.person("Person 05").id, crowd.world.clock())
    assert "Care" not in "\n".join(await board(crowd.world, "person01"))


async def test_whoever_is_on_no_board_is_in_no_share_of_a_department(crowd: Rhythm) -> None:
    """A share of five of five would say of each that they gave."""
    world = crowd.world
    crowd.policy(board="teams")
    departments(crowd, {f"Person {n:02}": "Care" for n in range(1, 6)})
    await gives(world, "person01", "@person02 for the soup")
    await world.slack.command("ann", "#general", "/leaderboard")
    assert "of 5 people" in world.whispered("ann")
    crowd.chose("Person 03", Purpose.BOARD, False)
    await world.slack.command("ann", "#general", "/leaderboard")
    assert "Care" not in world.whispered("ann")


async def test_a_programme_without_boards_says_so_and_shows_ones_own_numbers(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(board="off")
    await gives(world, "bob", "@ann")
    await gives(world, "ann", "@bob", 2)
    lines = await board(world)
    assert lines[:3] == [
        "Your kudos this week",
        "You gave 2 and received 1.",
        "This programme has no leaderboards: thanks are not a race here. Only you see these numbers.",
    ]
    await world.tap("ann", world.answer("ann"), "All time")
    assert "Your kudos since the beginning" in world.whispered("ann")
    assert "Bob" not in world.whispered("ann")


# --- Teams ------------------------------------------------------------------------------------------------


async def test_on_teams_it_is_a_message_for_the_asker_and_its_buttons_turn_the_card(office: Office) -> None:
    await office.says(office.ann, office.general, "kudos @Bob Okafor +5 for the release")
    await office.says(office.bob, office.general, "kudos @Cléo Martin @Ann Lee +1 for the review")
    await office.says(office.ann, office.general, "leaderboard")
    answer = office.answer(office.ann, office.general)
    assert "Who said thanks this week" in text_of(answer)
    assert "**1.** Bob Okafor: **2** kudos, 2 points" in text_of(answer)
    assert "**2. You: 1 kudos, 5 points**" in text_of(answer)
    assert "<at>" not in text_of(answer)
    await office.taps(office.ann, answer, "Who was thanked")
    seen = office.seen(office.ann, answer)
    assert "Who was thanked this week" in text_of(seen)
    assert "**1. You: 1 kudos, 1 point**" in text_of(seen)
    assert office.buttons(seen) == ["Who said thanks", "Month", "Quarter", "All time", "By department"]
    await office.says(office.cleo, office.lunch, "leaderboard nonsense")
    assert "I have no board for “nonsense”." in office.answered(office.cleo, office.lunch)
    assert "leaderboard received month" in office.answered(office.cleo, office.lunch)


async def test_on_teams_departments_and_no_boards_are_shown_too(office: Office) -> None:
    rhythm = Rhythm(office.world)
    with office.world.reading():
        rhythm.tenant = office.home.tenant_id
    await office.says(office.ann, office.general, "kudos @Bob Okafor +5 for the release")
    people = ("Ann", "Bob Okafor", "Cléo", "Bob Tanaka", "Gus")
    departments(rhythm, dict.fromkeys(people, "Research"))
    rhythm.policy(board="teams")
    await office.says(office.ann, office.general, "leaderboard")
    assert "**Research: 1 of 5 people.** That is yours." in office.answered(office.ann, office.general)
    rhythm.policy(board="off")
    await office.says(office.ann, office.general, "leaderboard received")
    assert "no leaderboards" in office.answered(office.ann, office.general)


async def test_what_a_made_up_button_asks_for_is_the_board_of_the_week(office: Office) -> None:
    action = {"type": "Action.Execute", "verb": "leaderboard", "data": {"act": "leaderboard", "period": "'; --"}}
    delivery = await office.sends_invoke(office.cleo, office.general, "adaptiveCard/action", {"action": action})
    assert delivery.status == 200
    assert "Who said thanks this week" in text_of(delivery.body["value"])


# --- the queries ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [*boards._STANDINGS.values(), *boards._DEPARTMENTS.values(), boards._VALUES, boards._HOW_MANY, boards._COUNT_FIRST],
)
def test_a_board_reads_one_period_by_its_index(statement: Any, sqlite_url: str) -> None:
    """Whatever was counted in other periods. SQLite tells its plan without rows."""
    with closing(Database(sqlite_url)) as database, database.reading() as tx:
        sql = str(statement.compile(dialect=tx.dialect))
        cursor: Any = tx.connection.cursor()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))
        steps = [row[3] for row in cursor.fetchall()]
    tables = ("tally", "person", "person_record", "choice", "before")
    walks = [one for one in steps if one.startswith("SCAN") and one.split()[1] in tables]
    assert walks == []
    assert [one for one in steps if one.endswith("(tenant_id=?)")] == []
    assert any("ix_tally_period (tenant_id=? AND period=?)" in one for one in steps)
