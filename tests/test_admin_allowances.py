"""Allowances of groups and the cost of a programme, as administrators set them; and what givers see of both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import Person, text_of
from cards.text import NO_WIDTH
from store.person_records import RecordFact, save_records
from store.tenants import list_all_homes
from tests.administration import audited, fills, open_administration, opens, policy, says, stored_policy
from tests.conftest import Clock
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


def in_department(world: World, name: str, department: str, manager: str = "") -> None:
    with world.process.core.database.writing() as tx:
        fact = RecordFact(
            world.person(tx, name), department=department, manager_id=world.person(tx, manager) if manager else None
        )
        save_records(tx, list_all_homes(tx)[0].tenant_id, [fact])


async def left(world: World, user: str) -> str:
    await world.slack.command(user, "#general", "/points", "")
    return world.whispered(user).replace("*", "").partition(" points left")[0].split("▓")[-1].strip("░ \n")


async def asks(office: Office, typed: str) -> str:
    await office.says(office.ann, office.general, f"rewards-admin {typed}")
    return seen(office)


def seen(office: Office) -> str:
    return office.answered(office.ann, office.general).replace(NO_WIDTH, "")


async def sends(office: Office, **filled: str) -> str:
    await office.teams.task_submit(office.ann, filled)
    await office.settled()
    return office.dialog(office.ann).replace(NO_WIDTH, "")


# --- groups -----------------------------------------------------------------------------------------------


async def test_groups_get_their_own_numbers_and_the_highest_holds(world: World) -> None:
    in_department(world, "Bob Okafor", "Customer Support", manager="Cléo")
    assert "A department, managers or single people" in await says(world, "setup allowance-for")
    assert "Customer Support: 80 from the next week." in await says(
        world, "setup allowance-for department:Customer Support 80"
    )
    assert "Managers: 100 from the next week." in await says(world, "setup allowance-for managers 100")
    assert "Bob Tanaka: 120 from the next week." in await says(world, "setup allowance-for @bob2 120")
    told = await says(world, "allowances")
    assert "Everybody has *50 points* to give in a week." in told
    assert "Customer Support: *80*" in told
    assert "<@U4>: *120*" in told
    assert [await left(world, one) for one in ("ann", "bob", "cleo", "bob2")] == [
        "50 of 50",
        "80 of 80",
        "100 of 100",
        "120 of 120",
    ]
    await world.slack.command("bob", "#general", "/rewards", "how")
    assert "Some have another number: you get *80*." in world.whispered("bob")
    assert [one.act for one in audited(world)] == ["allowance of a group changed"] * 3
    audit = await says(world, "audit")
    assert "Bob Tanaka; Points to give in a period: none → 120" in audit
    assert "group: Customer Support; Points to give in a period: none → 80" in audit


async def test_a_group_loses_its_number_by_a_word_and_by_a_button(world: World) -> None:
    await says(world, "setup allowance-for department:Support 80")
    await says(world, "setup allowance-for managers 100")
    assert "support: that is how it was" not in await says(world, "setup allowance-for department:SUPPORT 90")
    assert "Support: *90*" in await says(world, "allowances"), "one department, however it is written"
    assert "Support: what everybody gets" in await says(world, "setup allowance-for department:support none")
    await says(world, "allowances")
    await world.tap("ann", world.answer("ann"), "Remove Managers")
    assert "Managers: what everybody gets, from the next week." in world.whispered("ann")
    assert "managers or single people can have another number" in await says(world, "allowances")
    assert len(audited(world)) == 5


WRONG = {
    "setup allowance-for department: 80": "Which department is it for?",
    "setup allowance-for department:Support": "Which department is it for?",
    "setup allowance-for department:Support many": "whole number from 1 to 10,000",
    "setup allowance-for managers 0": "whole number from 1 to 10,000",
    "setup allowance-for managers": "whole number from 1 to 10,000",
    "setup allowance-for @bob 10001": "whole number from 1 to 10,000",
    "setup allowance-for nobody-at-all 5": "I cannot find",
}


async def test_what_is_wrong_says_what_to_write(world: World) -> None:
    for typed, why in WRONG.items():
        assert why in await says(world, typed), typed
    assert audited(world) == []


async def test_a_group_is_set_in_the_form(world: World) -> None:
    await says(world, "allowances")
    await world.tap("ann", world.answer("ann"), "Add or change")
    view = await world.form_of("ann")
    await fills(world, segment="department", department=" ", points="80")
    assert view.errors.keys() == {"department"}
    await fills(world, segment="person", who=[], points="80")
    assert view.errors.keys() == {"who"}
    told = await fills(world, segment="person", who=["U2", "U3"], points="80")
    assert "Bob Okafor: 80 from the next week. Cléo Martin: 80 from the next week." in told
    assert await left(world, "cleo") == "80 of 80"


async def test_groups_on_teams(office: Office) -> None:
    assert "Managers: 100 from the next week." in await asks(office, "setup allowance-for managers 100")
    assert "Bob Okafor: 80 from the next week." in await asks(office, "setup allowance-for @Bob Okafor 80")
    await office.teams.task_fetch(office.ann, {"act": "admin_allowance_form"}, conversation=office.general)
    told = await sends(office, segment="department", department="Support", points="70")
    assert "Support: **70**" in told
    await asks(office, "allowances")
    answer = office.answer(office.ann, office.general)
    await office.taps(office.ann, answer, "Remove Bob Okafor")
    await office.says(office.bob, office.general, "points")
    assert "**50** of 50 points left" in office.answered(office.bob, office.general)


# --- the period -------------------------------------------------------------------------------------------


async def test_months_are_told_as_months(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +5 for the release")
    told = await says(world, "setup period month")
    assert "How often fresh points come: week → *month*" in told
    assert "Everybody gets the share of the period that is left." in told
    assert stored_policy(world) == {"allowance_period": "month", "allowance_since": "2026-11-18"}
    await world.slack.command("ann", "#general", "/kudos", "@bob +5 for the notes")
    assert "You have *17* of 22 left until 1 December." in world.whispered("ann")  # 13 of 30 days
    view = await world.open_form("ann")
    assert "You have 17 of 22 points left until 1 December." in text_of(view.content)
    await world.slack.command("ann", "#general", "/points", "")
    assert "Fresh ones arrive on Tuesday 1 December." in world.whispered("ann")
    await world.slack.command("ann", "#general", "/rewards", "how")
    rules = world.whispered("ann")
    assert "to give in a month; fresh ones come on the first of the month at 00:00, where you are" in rules
    assert "you can give it for 2 months more" in rules
    assert "Everybody has *50 points* to give in a month." in await says(world, "")


async def test_days_are_told_as_days_on_teams(office: Office) -> None:
    await asks(office, "setup most 10")
    await asks(office, "setup allowance 10")
    await asks(office, "setup period day")
    await office.says(office.bob, office.general, "kudos @Ann Lee +10 for the release")
    assert "**0** of 10 left until tomorrow" in office.answered(office.bob, office.general)
    await office.says(office.bob, office.general, "kudos @Ann Lee +1 for the notes")
    told = office.answered(office.bob, office.general)
    assert "You have 0 of 10 points left today, and this takes 1." in told
    assert "Fresh points arrive tomorrow." in told


async def test_a_policy_of_an_earlier_version_is_read_and_written_anew(world: World) -> None:
    world.change("""UPDATE tenant SET policy = '{"weekly_allowance": 80}'""")
    assert policy(world).allowance == 80
    await says(world, "setup allowance 50")
    assert stored_policy(world) == {}
    assert policy(world).allowance == 50


# --- the hint ---------------------------------------------------------------------------------------------


async def gives(world: World, to: str, number: int) -> str:
    await world.slack.command("ann", "#general", "/kudos", f"@{to} +1 for help with number {number}")
    return world.whispered("ann")


async def test_a_giver_is_told_kindly_and_seldom_that_most_went_to_one_person(world: World, clock: Clock) -> None:
    hint = "Most of your thanks lately went to <@U2>. Somebody else may have helped, too."
    assert not [one for one in range(6) if hint in await gives(world, "bob", one)], "nobody asked for it"
    await says(world, "setup pair-hint yes")
    for number in range(10, 14):
        assert "Most of your thanks" not in await gives(world, "cleo", number)
    assert hint in await gives(world, "bob", 20)  # 7 of 11
    assert hint not in await gives(world, "bob", 21), "once a fortnight"
    clock.forward(days=15)
    assert "Most of your thanks" not in await gives(world, "cleo", 22), "and where it helps"
    assert hint in await gives(world, "bob", 23)
    clock.forward(days=57)
    assert hint not in await gives(world, "bob", 24), "after eight weeks nobody knows"
    await world.settled()
    for seen in (world.shown("#general"), world.shown("#kudos"), world.told("bob")):
        assert "Most of your thanks" not in seen


async def test_few_thanks_or_many_people_bring_no_hint(world: World) -> None:
    await says(world, "setup pair-hint yes")
    for number in range(5):
        assert "Most of your thanks" not in await gives(world, "bob", number)
    for number in range(5, 10):
        await gives(world, "cleo", number)
    assert "Most of your thanks" not in await gives(world, "bob", 10)  # 6 of 11
    assert "Most of your thanks" not in await gives(world, "bob", 11)  # 7 of 12
    assert world.one("SELECT COUNT(*) FROM nudge WHERE kind = 'pair'") == 0
    assert "Most of your thanks" in await gives(world, "bob", 12)  # 8 of 13: more than 60 per cent


# --- costs ------------------------------------------------------------------------------------------------


async def test_what_it_costs_is_said_in_points_while_points_have_no_worth(world: World) -> None:
    told = await says(world, "cost")
    assert "recognition only" in told
    assert "*The most:* 1,084 points a month, 13,000 points a year. Everybody gives everything." in told
    assert "*Likely:* 434 points a month, 5,200 points a year." in told
    assert "*The cap:* 2,000 points a month, 14,000 points a year." in told
    assert "an assumption*: that people give 40 per cent" in told
    assert "5 people can give now, and together they get 250 points in a week." in told
    assert "EUR" not in told
    await world.slack.command("ann", "#general", "/rewards", "how")
    assert "worth" not in world.whispered("ann")


async def test_a_worth_is_looked_at_before_it_is_switched_on(world: World) -> None:
    told = await says(world, "cost 0.05 eur")
    assert "would cost with a point worth 0.05 EUR*. Nothing is switched on by looking." in told
    assert "*The most:* 54.20 EUR a month, 650.00 EUR a year." in told
    assert stored_policy(world) == {}
    await world.tap("ann", world.answer("ann"), "Switch on")
    assert "Worth of a point: none → *0.05 EUR*" in world.whispered("ann")
    assert stored_policy(world) == {"currency": "EUR", "point_worth": 5}
    await world.slack.command("bob", "#general", "/rewards", "how")
    assert "A point is worth *0.05 EUR* here." in world.whispered("bob")
    told = await says(world, "cost")
    assert "A point is worth *0.05 EUR*." in told
    assert "Switch on" not in str(world.answer("ann").blocks)
    await world.tap("ann", world.answer("ann"), "Switch off")
    assert stored_policy(world) == {}
    assert [one.details for one in audited(world)] == [{"worth": ["0.05 EUR", ""]}, {"worth": ["", "0.05 EUR"]}]
    assert "Worth of a point: 0.05 EUR → none" in await says(world, "audit")


async def test_a_worth_can_be_typed_or_filled_in(world: World) -> None:
    told = await says(world, "cost on 3 JPY")
    assert "would cost with a point worth 3 JPY" in told
    assert "*The most:*" in told
    assert stored_policy(world) == {}, "nothing is switched on before its cost was seen"
    await world.tap("ann", world.answer("ann"), "Switch on")
    assert "none → *3 JPY*" in world.whispered("ann")
    assert "3 JPY → *none*" in await says(world, "cost off")
    assert "I cannot read that as an amount" in await says(world, "cost a lot")
    assert "The smallest amount of JPY is 1 JPY." in await says(world, "cost on 0.5 JPY")
    await says(world, "cost")
    await world.tap("ann", world.answer("ann"), "With a worth")
    view = await world.form_of("ann")
    await fills(world, worth="five cents")
    assert view.errors.keys() == {"worth"}
    assert "would cost with a point worth 0.005 KWD" in await fills(world, worth="KWD 0.005")
    assert stored_policy(world) == {}


async def test_the_likely_goes_by_what_was_given(world: World, clock: Clock) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +20 for the release")
    clock.forward(days=5)
    for giver in ("ann", "cleo"):
        await world.slack.command(giver, "#general", "/kudos", "@bob +15 for the next release")
    assert "an assumption" in await says(world, "cost"), "the programme had no whole week yet"
    clock.forward(days=7)
    told = await says(world, "cost")
    assert "Likely goes by the last 1 week, in which people gave 12 per cent of their points." in told
    assert "*Likely:* 130 points a month, 1,560 points a year." in told


async def test_who_has_another_number_is_reckoned_with(world: World) -> None:
    await says(world, "setup allowance-for @bob 150")
    assert "5 people can give now, and together they get 350 points in a week." in await says(world, "cost")


async def test_costs_on_teams(office: Office) -> None:
    told = await asks(office, "cost 0.05 EUR")
    assert "would cost with a point worth 0.05 EUR" in told
    await office.taps(office.ann, office.answer(office.ann, office.general), "admin_cost_on")
    await asks(office, "cost")
    answer = office.answer(office.ann, office.general)
    assert "A point is worth **0.05 EUR**." in seen(office)
    await office.teams.task_fetch(office.ann, {"act": "admin_cost_form"}, conversation=office.general)
    assert "would cost with a point worth 1.00 USD" in await sends(office, worth="1 USD")
    await office.taps(office.ann, answer, "admin_cost_off")
    assert "recognition only" in await asks(office, "cost")


async def test_only_administrators_see_it(world: World) -> None:
    for typed in ("cost", "cost on 1 EUR", "allowances", "setup allowance-for managers 100"):
        assert "for the people who run Plaudit here" in await says(world, typed, user="bob"), typed
    assert audited(world) == []
    await opens(world, "limits")


async def test_from_when_on_somebody_is_known_is_kept_on_both_platforms(office: Office) -> None:
    """Whom a directory brings later is a joiner, where the programme was there before."""
    zed = office.teams.person("Zed New")
    office.world.clock.forward(days=28)
    office.general.member_ids.append(zed.id)
    office.world.workspace.add_people(Person("U9", "zoe", "Zoe New", "zoe@acme.test"))
    await office.says(office.ann, office.general, "kudos @Zed New for starting so well")
    await office.world.slack.command("ann", "#general", "/kudos", "@zoe for starting so well")
    sql = "SELECT COUNT(*) FROM person WHERE known_at {} (SELECT MIN(known_at) FROM person)"
    assert office.world.one(sql.format(">")) == 2
    assert office.world.one(sql.format("=")) > 5
    assert office.world.one("SELECT COUNT(*) FROM person WHERE known_at IS NULL") == 0
    await office.says(zed, office.general, "points")
    assert "**36** of 36 points left" in office.answered(zed, office.general)  # Wednesday to Sunday
