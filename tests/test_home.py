"""The home on both platforms: whose it is, what it shows, how it turns its pages, and where its buttons lead."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from bot.sandbox.fake_slack import Person, View, text_of
from bot.sandbox.fake_slack.blocks import elements
from bot.sandbox.fake_teams import text_of as teams_text
from handlers.purposes import Purpose
from store.person_records import RecordFact, save_records
from store.roles import Role, give_role
from tests.conftest import Clock
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def gives(world: World, user: str, typed: str) -> None:
    await world.slack.command(user, "#general", "/kudos", typed)
    assert "Sent." in world.whispered(user)


async def gives_privately(world: World, user: str, to: str, reason: str) -> None:
    form = await world.open_form(user)
    await world.slack.submit(user, form, {"receivers": [to], "reason": reason, "audience": "receivers"})
    await world.settled()
    await world.slack.close(user, everything=True)


async def opens(world: World, user: str = "ann") -> View:
    """Somebody comes to their Home tab."""
    delivery = await world.slack.open_home(user)
    assert delivery.ok
    await world.answered()
    home = world.slack.home(user)
    assert home, f"{user} has no home"
    return home


async def home(world: World, user: str = "ann") -> str:
    return text_of(await opens(world, user)).replace("*", "")


def tab(world: World, user: str = "ann") -> View:
    """The Home tab as it is now."""
    shown = world.slack.home(user)
    assert shown, f"{user} has no home"
    return shown


def over(world: World, user: str = "ann") -> View:
    """What stands over it."""
    shown = world.slack.view(user)
    assert shown, f"nothing is open for {user}"
    return shown


def buttons(view: View) -> list[str]:
    return [one["text"]["text"] for _, one in elements(view.blocks) if one["type"] == "button"]


def records(world: World, rhythm: Rhythm, *facts: RecordFact) -> None:
    with world.process.core.database.writing() as tx:
        save_records(tx, rhythm.tenant, facts)


# --- what it shows ----------------------------------------------------------------------------------------


async def test_somebody_new_sees_what_they_can_do(world: World, rhythm: Rhythm) -> None:
    shown = await home(world)
    assert "50 of 50 points left to give" in shown
    assert "Your wallet holds 0 points." in shown
    assert "0 of 1 kudos given" in shown
    assert "None yet. They will stand here, with their words." in shown
    assert "None yet. Somebody helped you lately?" in shown
    assert "Badges" not in shown
    assert "Give kudos" in buttons(await opens(world))


async def test_it_shows_what_one_has_gave_and_received(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob @cleo +5 for the calm launch")
    await gives(world, "bob", "@ann +7 for the review :rocket:")
    shown = await home(world)
    assert "40 of 50 points left to give" in shown
    assert "Your wallet holds 7 points." in shown
    assert "You said thanks in 1 of your last 10 weeks." in shown
    assert "🚀 Shipped it: 1" in shown
    assert "1 of 2 weeks in a row with thanks" in shown
    assert "2 of 5 kudos given" in shown
    assert "18 Nov, Bob Okafor: the review" in shown
    assert "18 Nov, Bob Okafor and Cléo Martin: the calm launch" in shown


async def test_badges_that_can_be_earned_are_within_reach_until_they_are(
    world: World, rhythm: Rhythm, clock: Clock
) -> None:
    world.change("UPDATE badge SET earning = 'received', threshold = 2 WHERE shortcode = 'rocket'")
    world.change("UPDATE tenant SET programme_version = programme_version + 1")
    await gives(world, "bob", "@ann for the review")
    assert "1 of 2 recognitions received, for the badge Shipped it 🚀" in await home(world)
    await gives(world, "cleo", "@ann for the notes")
    await rhythm.at("2026-11-19T07:00Z")  # badges are looked up in the morning
    shown = await home(world)
    assert "for the badge" not in shown
    assert "🚀 Shipped it: 1" in shown


async def test_each_has_their_own(world: World, rhythm: Rhythm) -> None:
    await gives(world, "ann", "@bob +5 for the calm launch")
    assert "Your wallet holds 5 points." in await home(world, "bob")
    assert "Your wallet holds 0 points." in await home(world, "ann")
    assert "the calm launch" not in await home(world, "cleo")


async def test_what_was_taken_back_is_gone(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@ann +7 for the review :rocket:")
    await world.tap("bob", world.answer("bob"), "Undo")
    assert "the review" not in await home(world)
    assert "Badges" not in await home(world)
    assert "the review" not in await home(world, "bob")


async def test_what_is_private_is_told_to_its_own_people_and_nobody_else(world: World, rhythm: Rhythm) -> None:
    await gives_privately(world, "bob", "U1", "what nobody is to know")
    assert "18 Nov, Bob Okafor: what nobody is to know (not public)" in await home(world, "ann")
    assert "18 Nov, Ann Lee: what nobody is to know (not public)" in await home(world, "bob")
    assert "nobody is to know" not in await home(world, "cleo")


async def test_names_and_words_stay_words(world: World, rhythm: Rhythm) -> None:
    world.change("UPDATE person SET name = 'דנה <!channel> 🦊' WHERE email = 'bob@acme.test'")
    await gives(world, "bob", "@ann for *this* <!channel> & that <https://evil.test|here>")
    view = await opens(world)
    assert "<!channel>" not in str(view.content).replace("&lt;!channel&gt;", "")
    assert "דנה" in text_of(view)


# --- pages ------------------------------------------------------------------------------------------------


async def test_older_thanks_are_a_tap_away_and_newer_ones_too(world: World, rhythm: Rhythm, clock: Clock) -> None:
    for number in range(1, 13):
        await gives(world, "bob", f"@ann +1 for help number {number}.")
        clock.forward(minutes=2)
    await gives(world, "ann", "@bob for everything")

    def numbers() -> list[int]:
        shown = text_of(tab(world))
        return [number for number in range(1, 13) if f"help number {number}." in shown]

    await opens(world)
    assert numbers() == [8, 9, 10, 11, 12]
    assert "Newer received" not in buttons(tab(world))
    for expected in ([3, 4, 5, 6, 7], [1, 2]):
        await world.tap("ann", tab(world), "Older received")
        assert numbers() == expected
        assert "everything" in text_of(tab(world))
    assert "Older received" not in buttons(tab(world))
    for expected in ([3, 4, 5, 6, 7], [8, 9, 10, 11, 12]):
        await world.tap("ann", tab(world), "Newer received")
        assert numbers() == expected
    assert "Newer received" not in buttons(tab(world))


async def test_each_list_turns_its_own_pages(world: World, rhythm: Rhythm, clock: Clock) -> None:
    for number in range(1, 8):
        await gives(world, "ann", f"@bob +1 for gift {number}.")
        await gives(world, "bob", f"@ann +1 for return {number}.")
        clock.forward(minutes=2)
    await opens(world, "ann")
    for label in ("Older received", "Older given"):
        await world.tap("ann", tab(world), label)
    shown = text_of(tab(world))
    assert [n for n in range(1, 8) if f"gift {n}." in shown] == [1, 2]
    assert [n for n in range(1, 8) if f"return {n}." in shown] == [1, 2]
    await world.tap("ann", tab(world), "Newer given")
    shown = text_of(tab(world))
    assert [n for n in range(1, 8) if f"gift {n}." in shown] == [3, 4, 5, 6, 7]
    assert [n for n in range(1, 8) if f"return {n}." in shown] == [1, 2]


@pytest.mark.parametrize("edge", ["<", ">zzz", "<' OR 1=1", "nonsense", "<\u0000"])
async def test_an_edge_that_a_client_made_up_opens_no_door(world: World, rhythm: Rhythm, edge: str) -> None:
    await gives(world, "ann", "@bob for something of ann")
    await opens(world, "cleo")
    button = next(one for _, one in elements(tab(world, "cleo").blocks) if one["action_id"] == "home")
    button["value"] = json.dumps({"again": "yes", "given": edge, "received": edge})
    await world.slack.press("cleo", tab(world, "cleo"), "home", button["value"])
    await world.answered()
    assert "None yet." in text_of(tab(world, "cleo"))
    assert "something of ann" not in text_of(tab(world, "cleo"))


# --- colleagues -------------------------------------------------------------------------------------------


async def test_nobody_is_suggested_unless_both_agree(world: World, rhythm: Rhythm) -> None:
    await gives(world, "cleo", "@ann @bob +1 for the launch")
    assert "say so in My choices" in await home(world)
    assert "together with you" not in await home(world)
    rhythm.chose("Ann", Purpose.SUGGESTION)
    assert "together with you" not in await home(world)
    rhythm.chose("Bob O", Purpose.SUGGESTION)
    assert "Thanked together with you on 18 Nov: Bob Okafor" in await home(world)
    rhythm.chose("Bob O", Purpose.SUGGESTION, False)
    assert "together with you" not in await home(world)
    rhythm.chose("Bob O", Purpose.SUGGESTION)
    rhythm.chose("Ann", Purpose.SUGGESTION, False)
    shown = await home(world)
    assert "together with you" not in shown
    assert "say so in My choices" not in shown, "a no is a no"


async def test_the_team_is_suggested_with_the_reason_until_thanked(world: World, rhythm: Rhythm, clock: Clock) -> None:
    ann, bob, cleo, namesake = (rhythm.person(one) for one in ("Ann", "Bob O", "Cléo", "Bob T"))
    records(
        world,
        rhythm,
        RecordFact(ann.id, department="Platform"),
        RecordFact(bob.id, department="Platform"),
        RecordFact(cleo.id, manager_id=ann.id),
        RecordFact(namesake.id, department="Design"),
    )
    for name in ("Ann", "Bob O", "Cléo", "Bob T"):
        rhythm.chose(name, Purpose.SUGGESTION)
    shown = await home(world)
    assert "In your team: Bob Okafor" in shown
    assert "In your team: Cléo Martin" in shown
    assert "Bob Tanaka" not in shown
    await gives(world, "ann", "@bob for the release")
    assert "In your team: Bob Okafor" not in await home(world)
    clock.forward(weeks=7)
    assert "In your team: Bob Okafor" not in await home(world)
    clock.forward(weeks=1, days=1)
    assert "In your team: Bob Okafor" in await home(world)


async def test_at_most_three_are_suggested_and_nobody_who_left(world: World, rhythm: Rhythm) -> None:
    everybody = [rhythm.person(one) for one in ("Ann", "Bob O", "Cléo", "Bob T", "Gus", "Dora", "Robo")]
    records(world, rhythm, *(RecordFact(one.id, department="Platform") for one in everybody))
    for one in everybody:
        rhythm.chose(one.name, Purpose.SUGGESTION)
    shown = await home(world)
    assert shown.count("In your team: ") == 3
    for name in ("Gus", "Dora", "Robo"):
        assert f"{name}" not in shown


async def test_thank_opens_the_form_with_that_person(world: World, rhythm: Rhythm) -> None:
    await gives(world, "cleo", "@ann @bob +1 for the launch")
    for name in ("Ann", "Bob O"):
        rhythm.chose(name, Purpose.SUGGESTION)
    await world.tap("ann", await opens(world), "Thank Bob Okafor")
    form = await world.form_of("ann")
    assert form.content["title"]["text"] == "Give kudos"
    await world.slack.submit("ann", form, {"reason": "the review of last night"})
    await world.settled()
    assert "thanked you" in world.told("bob")


# --- the ways ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("My points", "Your points"),
        ("My choices", "Your choices"),
        ("Leaderboard", "Who said thanks this week"),
        ("How it works", "How to say thank you"),
        ("Give kudos", "Whom do you thank?"),
    ],
)
async def test_its_buttons_open_over_it(world: World, rhythm: Rhythm, label: str, title: str) -> None:
    before = text_of(await opens(world))
    await world.tap("ann", tab(world), label)
    assert title in text_of(over(world))
    assert text_of(tab(world)) == before


async def test_only_administrators_find_the_way_to_the_set_up(world: World, rhythm: Rhythm) -> None:
    assert "Run Plaudit" not in buttons(await opens(world))
    with world.process.core.database.writing() as tx:
        give_role(tx, rhythm.tenant, Role.ADMINISTRATOR, rhythm.person("Ann").id, world.clock())
    await world.tap("ann", await opens(world), "Run Plaudit")
    assert "Points and limits" in buttons(over(world))


async def test_a_way_that_a_client_made_up_leads_nowhere(world: World, rhythm: Rhythm) -> None:
    view = await opens(world)
    button = next(one for _, one in elements(view.blocks) if one["action_id"].startswith("go"))
    for to in ("kudos", "nothing", ""):
        button["value"] = f'{{"to":"{to}"}}'
        await world.slack.press("ann", view, button["action_id"], button["value"])
        await world.answered()
        assert "leads nowhere" in text_of(over(world))
        await world.slack.close("ann", everything=True)


async def test_without_boards_there_is_no_way_to_them(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(board="off")
    assert "Leaderboard" not in buttons(await opens(world))


async def test_the_card_after_the_command_is_the_same(world: World, rhythm: Rhythm) -> None:
    await gives(world, "bob", "@ann +7 for the review")
    await world.slack.command("ann", "#general", "/my-home")
    assert world.whispered("ann") == text_of(await opens(world))
    await world.tap("ann", world.answer("ann"), "Look again")
    assert "the review" in world.whispered("ann")


# --- who comes --------------------------------------------------------------------------------------------


async def test_the_messages_tab_is_no_home(world: World, rhythm: Rhythm) -> None:
    delivery = await world.slack.event("app_home_opened", user="U1", channel="D1", tab="messages")
    await world.answered()
    assert delivery.ok
    assert world.slack.home("ann") is None


async def test_somebody_who_was_deactivated_is_told_so(world: World, rhythm: Rhythm) -> None:
    world.change("UPDATE person SET active = :no WHERE email = 'bob@acme.test'", no=False)
    assert "Your account is deactivated here." in await home(world, "bob")


async def test_somebody_unknown_is_looked_up_first(world: World, rhythm: Rhythm) -> None:
    world.workspace.add_people(Person("U9", "eve", "Eve New", "eve@acme.test"))
    assert "Your wallet holds 0 points." in await home(world, "eve")


# --- asking a person --------------------------------------------------------------------------------------


async def asks(world: World, user: str, question: str) -> None:
    await world.tap(user, await opens(world, user), "Ask a person")
    await world.slack.submit(user, world.slack.view(user), {"question": question})
    await world.answered()
    await world.settled()


async def test_a_question_reaches_those_who_run_the_programme(world: World, rhythm: Rhythm) -> None:
    with world.process.core.database.writing() as tx:
        for name in ("Bob O", "Cléo"):
            give_role(tx, rhythm.tenant, Role.ADMINISTRATOR, rhythm.person(name).id, world.clock())
    await asks(world, "ann", "Where is my <!channel> badge?")
    assert "on its way to 2 people who run Plaudit here" in text_of(over(world))
    for name in ("bob", "cleo"):
        told = world.told(name)
        assert "<@U1>* asks you" in told
        assert "Where is my <!channel> badge?" in told  # as rich text, which pings nobody
    assert world.told("ann") == ""
    await world.tap("ann", await opens(world), "Ask a person")
    view = world.slack.view("ann")
    assert view
    await world.slack.submit("ann", view, {"question": "\u200b\u3164\u3164"})
    assert "What would you like to know?" in str(view.errors), "nobody sees a question there"


async def test_where_nobody_runs_it_that_is_said(world: World, rhythm: Rhythm) -> None:
    await world.tap("ann", await opens(world), "Ask a person")
    assert "Nobody here runs Plaudit yet" in text_of(over(world))


async def test_who_runs_it_alone_asks_nobody(world: World, rhythm: Rhythm) -> None:
    with world.process.core.database.writing() as tx:
        give_role(tx, rhythm.tenant, Role.ADMINISTRATOR, rhythm.person("Ann").id, world.clock())
    await world.tap("ann", await opens(world), "Ask a person")
    assert "You are the one who runs Plaudit here." in text_of(over(world))


# --- on Teams ---------------------------------------------------------------------------------------------


async def test_on_teams_it_is_a_card_in_the_personal_chat(office: Office) -> None:
    await office.says(office.bob, office.general, "kudos @Ann Lee +10 for the release")
    await office.says(office.ann, office.teams.chat(office.ann), "my-home")
    shown = office.told(office.ann)
    assert "Your wallet holds **10 points**." in shown
    assert "18 Nov, **Bob Okafor**: the release" in shown
    assert "the release" not in office.told(office.cleo)


async def test_in_a_channel_of_teams_only_the_asker_sees_it(office: Office) -> None:
    before = len(office.posts(office.general))
    await office.says(office.ann, office.general, "my-home")
    assert "Your wallet holds **0 points**." in office.answered(office.ann, office.general)
    assert len(office.posts(office.general)) == before


async def test_on_teams_its_pages_turn_in_place(office: Office, clock: Clock) -> None:
    for number in range(1, 8):
        await office.says(office.bob, office.general, f"kudos @Ann Lee +1 for help number {number}.")
        clock.forward(minutes=2)
    await office.says(office.ann, office.general, "my-home")
    card = office.answer(office.ann, office.general)
    assert "help number 2." not in teams_text(card)
    await office.taps(office.ann, card, "Older received")
    turned = str(office.seen(office.ann, card))
    assert "help number 2." in turned
    assert "help number 7." not in turned
    assert "Newer received" in office.buttons(office.seen(office.ann, card))


async def test_on_teams_its_buttons_lead_on(office: Office) -> None:
    await office.says(office.ann, office.general, "my-home")
    card = office.answer(office.ann, office.general)
    await office.taps(office.ann, card, "My choices")
    assert "Your choices" in str(office.seen(office.ann, card))
    await office.says(office.bob, office.general, "my-home")
    await office.taps(office.bob, office.answer(office.bob, office.general), "Ask a person")
    assert "What would you like to know?" in office.dialog(office.bob)
    await office.teams.task_submit(office.bob, {"question": "Where is my badge?"})
    await office.settled()
    assert "Where is my badge?" in office.told(office.ann), "who installed the app runs it"


async def test_the_welcome_on_teams_leads_home(office: Office) -> None:
    await office.teams.install(office.teams.chat(office.ann), office.ann)
    await office.settled()
    welcome = next(one for one in office.directs(office.ann) if "I am Plaudit" in teams_text(one))
    await office.taps(office.ann, welcome, "My home")
    assert "Your wallet holds" in str(office.seen(office.ann, welcome))
