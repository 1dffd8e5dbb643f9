"""Awards: out of a budget, shown before they are sent, agreed to where a rule says so, and given once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from tests.administration import appoint, audited, closes, fills, open_administration, policy, says
from tests.budgeting import stands_in
from tests.conftest import Clock
from tests.rewarding import budget_holds, give_budget, held, reports_to
from tests.teams_world import Office, open_office
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    """Ann administers; Bob Okafor reports to Cléo, who has a budget of 5,000 points."""
    async with open_administration(database_url, clock) as opened:
        reports_to(opened, "Bob Okafor", "Cléo")
        opened.budget = give_budget(opened, "Cléo", 5000)  # type: ignore[attr-defined]
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def rewards(world: World, typed: str, user: str = "cleo") -> str:
    """What they are shown, before anything is sent."""
    await world.slack.command(user, "#general", "/reward", typed)
    await world.answered()
    return world.whispered(user)


async def sends(world: World, user: str = "cleo", label: str = "Send") -> str:
    """What they read after they pressed."""
    await world.tap(user, world.answer(user), label)
    await world.settled()
    return world.whispered(user)


async def presses(world: World, user: str, label: str) -> None:
    """A button of their latest direct message."""
    await world.tap(user, world.slack.direct(user)[-1], label)
    await world.settled()


async def ticks(world: World) -> None:
    """Does what the calendar says is due by now."""
    await world.process.ticks.plan()
    await world.process.ticks.run()
    await world.settled()


def in_budget(world: World) -> int:
    return budget_holds(world, world.budget)  # type: ignore[attr-defined]


async def asks_for(world: World, typed: str = "@bob +2000 for the migration") -> None:
    """An award that somebody has to agree to: without a worth that is from 1,001 points."""
    assert "Somebody has to agree first" in await rewards(world, typed)
    assert "*Asked.*" in await sends(world, label="Ask for it")


# --- the way through --------------------------------------------------------------------------------------


async def test_what_it_costs_is_shown_before_it_is_sent(world: World) -> None:
    told = await rewards(world, "@bob +200 for the calm migration :rocket:")
    assert "<@U2>*: *200 points*" in told
    assert "*Support* holds 4,800 points afterwards." in told
    assert "With the badge 🚀 Shipped it." in told
    assert "Seen by everybody in <#C1>." in told
    assert "Nothing is taken until you press." in told
    assert (in_budget(world), held(world), world.balance("wallet", "Bob O")) == (5000, 0, 0)


async def test_an_award_is_posted_told_and_counted_for_its_receiver_only(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration :rocket:")
    told = await sends(world)
    assert "*Sent.* Your award is on its way to <@U2>: 200 points." in told
    assert "*Support* holds 4,800 points now." in told
    assert "<@U3>* awarded *<@U2>* *200 points*" in world.shown("#general")
    assert "<@U3>* gave you an award" in world.told("bob")
    assert "Your wallet now holds 200 points" in world.told("bob")
    await world.tap("bob", world.slack.direct("bob")[-1], "Thank back")
    await world.settled()
    assert "For your award:" in world.told("cleo")
    assert (in_budget(world), world.balance("wallet", "Bob O"), world.balance("allowance", "Cl")) == (4800, 200, 0)
    assert (world.tally("received", "Bob O"), world.tally("points_received", "Bob O")) == (1, 200)
    assert world.tally("given", "Cl") == 0, "it was no gift of hers"


async def test_undo_brings_the_points_back_into_the_budget(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration")
    await sends(world)
    told = await sends(world, label="Undo")
    assert "200 points are back in the budget." in told
    assert (in_budget(world), world.balance("wallet", "Bob O")) == (5000, 0)
    assert "took back this award" in world.shown("#general")
    assert "200 points, taken back (" in await rewards(world, "list")


async def test_undo_after_the_budget_was_closed_leaves_nothing_in_it(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration")
    await sends(world)
    await closes(world, "Support")
    await sends(world, label="Undo")
    assert (in_budget(world), world.balance("wallet", "Bob O")) == (0, 0)


async def test_a_second_press_sends_nothing_more(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration")
    shown = deepcopy(world.answer("cleo"))
    await sends(world)
    await world.tap("cleo", shown, "Send")
    await world.settled()
    assert "That was sent already" in world.whispered("cleo")
    assert in_budget(world) == 4800


async def test_somebody_elses_preview_cannot_be_sent(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration")
    await world.tap("bob2", world.answer("cleo"), "Send")
    await world.settled()
    assert in_budget(world) == 5000


async def test_the_form_says_the_same(world: World) -> None:
    await world.slack.command("cleo", "#general", "/reward", "")
    view = await world.form_of("cleo")
    filled = {"receivers": ["U2"], "amount": "150", "reason": "for the calm migration", "share": "each"}
    filled |= {"day": "tomorrow"}
    await world.slack.submit("cleo", view, filled)
    await world.answered()
    shown = world.slack.view("cleo")
    assert shown
    assert "*150 points*" in text_of(shown.content)
    assert "It arrives on Thursday 19 November 2026" in text_of(shown.content)


async def test_on_teams_it_goes_through_cards(office: Office) -> None:
    await office.says(office.ann, office.general, "rewards-admin budgets add @Ann Lee 900 never Company")
    await office.says(office.ann, office.general, "reward @Bob Okafor +300 for the calm migration")
    assert "holds 600 points afterwards" in office.answered(office.ann, office.general)
    await office.taps(office.ann, office.answer(office.ann, office.general), "Send")
    await office.settled()
    assert "awarded" in office.shown(office.general)
    assert office.wallet(office.bob) == 300


# --- how much, and whom -----------------------------------------------------------------------------------


async def test_money_is_turned_into_points_and_split(world: World) -> None:
    await says(world, "cost on 0.05 EUR")
    if policy(world).worth is None:  # it shows the cost first
        await world.tap("ann", world.answer("ann"), "Switch on")
        await world.answered()
    reports_to(world, "Bob Tanaka", "Cléo")
    told = await rewards(world, "@bob @bob2 25 EUR split for the calm migration")
    assert "*250 points* each, 500 points in all, 25.00 EUR" in told


REFUSED = {
    "@cleo +10 for the calm launch": "Nobody rewards themselves",
    "@ann +10 for the calm launch": "reward the people who report to them",
    "@bob +6000 for the calm launch": "holds 5,000 points, and this takes 6,000",
    "@bob for the calm launch": "How much is it?",
    "@bob +0 for the calm launch": "less than a point",
    "@bob +1,5 for the calm launch": "I cannot read",
    "@bob 50 EUR for the calm launch": "no worth in money",
    "@bob +10": "What was it for?",
    "@bob +10 on 2026-02-30 for the calm launch": "Which day do you mean by “2026-02-30”?",
    "@bob +10 on 3/4 for the calm launch": "That can be 3 April or 4 March.",
    "@bob +10 seen:team for the calm launch": "seen:here, seen:wall or seen:receivers",
    "@bob +10 kept it privately running for weeks": "Shall only they see it",
    "@bob +10 cc:@nobody for the calm launch": "I cannot find “nobody” here",
    "privately @bob +10 cc:@gus for the calm launch": "is a guest",
    "@bob +10 on 2020-02-03 for the calm launch": "That day is over",
    "@bob +10 from:Sales for the calm launch": "None of your budgets is called Sales",
    "@dora +10 for the calm launch": "is not active any more",
    "@gus +10 for the calm launch": "is a guest",
    "+10 for the calm launch": "Whom would you like to reward",
}


async def test_what_does_not_fit_is_told_and_nothing_is_taken(world: World) -> None:
    for typed, told in REFUSED.items():
        assert told in await rewards(world, typed), typed
    assert (in_budget(world), held(world)) == (5000, 0)


async def test_without_a_budget_nobody_awards(world: World) -> None:
    assert "You have no budget" in await rewards(world, "@cleo +10 for the calm launch", "bob")


async def test_the_policy_lets_managers_reward_anybody(world: World) -> None:
    await says(world, "setup awards-all yes")
    assert "*10 points*" in await rewards(world, "@ann +10 for the calm launch")


# --- typed in one line ------------------------------------------------------------------------------------


async def test_who_sees_it_and_when_it_arrives_are_typed(world: World) -> None:
    told = await rewards(world, "privately @bob +100 on 24 December for the calm migration")
    assert "Seen by the receivers only." in told
    assert "It arrives on Thursday 24 December 2026" in told
    assert "for the calm migration" not in told, "the reason begins after its for"
    assert "Seen by the whole organisation." in await rewards(world, "@bob +100 seen:wall for the calm migration")
    told = await rewards(world, "privately @bob +100 cc:@ann cc:bob.tanaka@acme.test for the calm migration")
    assert "Seen by the receivers and the people in copy." in told
    assert "In copy: <@U1> and <@U4>." in told
    await sends(world)
    assert "the calm migration" in world.told("ann")
    assert (world.balance("wallet", "Bob O"), world.balance("wallet", "Ann")) == (100, 0)


async def test_tomorrow_is_the_one_of_whoever_types_it(world: World, clock: Clock) -> None:
    """In Auckland it is Thursday already while the organisation has Wednesday."""
    world.change("UPDATE person SET zone = 'Pacific/Auckland' WHERE name LIKE 'Cl%'")
    clock.forward(hours=6)
    assert f"{clock():%A}" == "Wednesday"
    assert "It arrives on Friday 20 November 2026" in await rewards(world, "@bob +100 tomorrow for the calm migration")


async def test_the_help_tells_what_can_be_typed(world: World) -> None:
    told = await rewards(world, "help")
    for part in ("privately @ann", "seen:wall", "on 24 December", "split", "/reward list"):
        assert part in told, part


async def test_on_teams_the_line_is_read_the_same(office: Office) -> None:
    await office.says(office.ann, office.general, "rewards-admin budgets add @Ann Lee 900 never Company")
    line = 'reward privately @Bob Okafor +300 tomorrow cc:"Cléo Martin" for the calm migration'
    await office.says(office.ann, office.general, line)
    shown = office.answered(office.ann, office.general)
    assert "Seen by the receivers and the people in copy." in shown
    assert "In copy: <at>Cléo Martin</at>." in shown
    assert "It arrives on Thursday 19 November 2026" in shown


# --- the same once more -----------------------------------------------------------------------------------

SAME = "@bob +200 for the calm migration"


async def test_the_same_award_typed_again_is_asked_about_and_sent_where_it_is_meant(world: World) -> None:
    await rewards(world, SAME)
    await sends(world)
    assert "Is it meant twice?" in await rewards(world, SAME)
    assert "stays at one" in await sends(world, label="No, once is right")
    assert world.balance("wallet", "Bob O") == 200
    await rewards(world, SAME)
    assert "*Sent.*" in await sends(world, label="Send again")
    assert (world.balance("wallet", "Bob O"), in_budget(world)) == (400, 4600)


async def test_another_one_later_or_after_undo_is_not_asked_about(world: World, clock: Clock) -> None:
    await rewards(world, SAME)
    await sends(world)
    assert "Before it is sent" in await rewards(world, "@bob +201 for the calm migration")
    clock.forward(minutes=11)
    assert "Before it is sent" in await rewards(world, SAME)
    await sends(world)
    await sends(world, label="Undo")
    assert "Before it is sent" in await rewards(world, SAME)


async def test_two_previews_of_the_same_give_one_and_a_question(world: World) -> None:
    """Typed twice before anything was sent, and also where somebody has to agree."""
    for typed, label, again in ((SAME, "Send", "Send again"), ("@bob +2000 for the talk", "Ask for it", "Ask again")):
        await rewards(world, typed)
        await rewards(world, typed)
        first, second = world.slack.ephemerals("cleo", "#general")[-2:]
        for one in (first, second):
            await world.tap("cleo", one, label)
            await world.settled()
        asked = text_of(world.slack.ephemerals("cleo", "#general")[-1])
        assert "Is it meant twice?" in asked
        assert again in asked
    assert (in_budget(world), held(world), world.balance("wallet", "Bob O")) == (2800, 2000, 200)


async def test_two_previews_sent_at_once_give_one_and_a_question(world: World) -> None:
    for _ in range(2):
        await rewards(world, SAME)
    shown = world.slack.ephemerals("cleo", "#general")[-2:]
    await asyncio.gather(*(world.tap("cleo", one, "Send") for one in shown))
    await world.settled()
    told = [text_of(one) for one in world.slack.ephemerals("cleo", "#general")[-2:]]
    assert sorted("Is it meant twice?" in one for one in told) == [False, True]
    assert (world.balance("wallet", "Bob O"), in_budget(world)) == (200, 4800)


async def test_on_teams_the_same_is_asked_about(office: Office) -> None:
    await office.says(office.ann, office.general, "rewards-admin budgets add @Ann Lee 900 never Company")
    for _ in range(2):
        await office.says(office.ann, office.general, "reward @Bob Okafor +300 for the calm migration")
        if "Before it is sent" in office.answered(office.ann, office.general):
            await office.taps(office.ann, office.answer(office.ann, office.general), "Send")
            await office.settled()
    assert "Is it meant twice?" in office.answered(office.ann, office.general)
    assert office.wallet(office.bob) == 300


# --- agreeing ---------------------------------------------------------------------------------------------


async def test_an_award_waits_until_somebody_agrees(world: World) -> None:
    await asks_for(world)
    assert (in_budget(world), held(world), world.balance("wallet", "Bob O")) == (3000, 2000, 0)
    assert "asks you to agree to an award" in world.told("ann")
    await presses(world, "ann", "Agree")
    assert (in_budget(world), held(world), world.balance("wallet", "Bob O")) == (3000, 0, 2000)
    assert "awarded" in world.shown("#general")
    assert "Your award to <@U2> is on its way: 2,000 points." in world.told("cleo")
    assert "<@U1> agreed." in world.told("ann")


async def test_a_question_says_which_award_it_is_about(world: World) -> None:
    await asks_for(world)
    await world.tap("ann", world.slack.direct("ann")[-1], "Ask back")
    await world.slack.submit("ann", await world.form_of("ann"), {"question": "Which migration?"})
    await world.settled()
    assert "*<@U1>* asks about *Award out of Support* for <@U2>, before deciding:" in world.told("cleo")
    assert "Which migration?" in world.told("cleo")


async def test_a_second_tap_or_another_approver_acts_no_more(world: World) -> None:
    await asks_for(world)
    asked = deepcopy(world.slack.direct("ann")[-1])
    await presses(world, "ann", "Agree")
    for user in ("ann", "bob2"):
        await world.tap(user, deepcopy(asked), "Agree")
    await world.settled()
    assert world.balance("wallet", "Bob O") == 2000
    assert world.one("SELECT COUNT(*) FROM approval_decision") == 1


async def test_a_declined_award_gives_its_points_back_and_says_why(world: World) -> None:
    await asks_for(world)
    await world.tap("ann", world.slack.direct("ann")[-1], "Decline")
    view = await world.form_of("ann")
    await world.slack.submit("ann", view, {"reason": "Let us do it for the whole team."})
    await world.settled()
    assert (in_budget(world), held(world)) == (5000, 0)
    assert "Let us do it for the whole team." in world.told("cleo")


async def test_nobody_answers_so_it_ends_after_a_reminder_and_somebody_else(world: World, clock: Clock) -> None:
    await asks_for(world)
    told = []
    for day in range(22):
        clock.forward(days=1)
        await ticks(world)
        told.append((day, len(world.slack.direct("ann"))))
    assert (in_budget(world), held(world)) == (5000, 0)
    assert "Nobody answered about your award" in world.told("cleo")


async def test_its_giver_withdraws_it_and_nobody_can_agree_any_more(world: World) -> None:
    await asks_for(world)
    asked = deepcopy(world.slack.direct("ann")[-1])
    await sends(world, label="Withdraw")
    assert (in_budget(world), held(world)) == (5000, 0)
    await world.tap("ann", asked, "Agree")
    await world.settled()
    assert world.balance("wallet", "Bob O") == 0
    assert "It was withdrawn" in world.told("ann")


# --- on a day ---------------------------------------------------------------------------------------------


async def test_points_arrive_on_their_day(world: World, clock: Clock) -> None:
    await ticks(world)
    day = (world.clock() + timedelta(days=3)).date().isoformat()
    await rewards(world, f"@bob +100 on {day} for the calm migration")
    assert "*Kept for" in await sends(world)
    assert (held(world), world.balance("wallet", "Bob O")) == (100, 0)
    clock.forward(days=4)
    await ticks(world)
    assert (held(world), world.balance("wallet", "Bob O"), in_budget(world)) == (0, 100, 4900)


# --- rules, steps and stand-ins ---------------------------------------------------------------------------


async def adds_rule(world: World, **filled: Any) -> str:
    await says(world, "approvals")
    await world.tap("ann", world.answer("ann"), "Add a rule")
    view = await world.form_of("ann")
    usual = {"kind": "any", "least": "1", "first": "administrator", "second": "nobody"}
    await world.slack.submit("ann", view, usual | filled)
    await world.answered()
    shown = world.slack.view("ann")
    return text_of(shown.content) + str(shown.errors) if shown else ""


async def test_two_steps_are_agreed_to_one_after_the_other(world: World) -> None:
    told = await adds_rule(world, kind="award", first="administrator", second="named", second_named=["U4"])
    assert "Awards, from *1 point*, asked by anybody: an administrator, then Bob Tanaka" in told
    await asks_for(world, "@bob +10 for the migration")
    assert "agree" not in "".join(text_of(one.content) for one in world.slack.direct("bob2"))
    await presses(world, "ann", "Agree")
    assert world.balance("wallet", "Bob O") == 0
    await presses(world, "bob2", "Agree")
    assert world.balance("wallet", "Bob O") == 10
    assert "<@U1> agreed." in world.told("bob2")
    assert "is on its way: 10 points.\n<@U1> and <@U4> agreed." in world.told("cleo")


async def test_a_rule_can_say_that_nobody_has_to_agree(world: World) -> None:
    await adds_rule(world, kind="award", first="nobody")
    assert "Somebody has to agree" not in await rewards(world, "@bob +3000 for the migration")


async def test_a_rule_is_removed_by_its_button_and_audited(world: World) -> None:
    await adds_rule(world)
    await says(world, "approvals")
    await world.tap("ann", world.answer("ann"), "Remove 1")
    await world.answered()
    assert "There is no rule of yours" in world.whispered("ann")
    assert [one.act for one in audited(world)] == ["rule of approval removed", "rule of approval added"]


async def test_only_administrators_see_and_make_rules(world: World) -> None:
    assert "for the people who run Plaudit" in await says(world, "approvals", "bob")


async def test_whoever_stands_in_decides_and_awards(world: World) -> None:
    await asks_for(world)
    await world.slack.command("ann", "#general", "/rewards", "delegate")
    await world.answered()
    await world.tap("ann", world.answer("ann"), "Somebody in my place")
    view = await world.form_of("ann")
    today = world.clock().date().isoformat()
    await world.slack.submit("ann", view, {"delegate": ["U4"], "first": today, "last": today})
    await world.settled()
    assert "asks you to agree to an award" in world.told("bob2"), "what waits already is brought to them"
    assert "You are asked in place of <@U1>, while they are away." in world.told("bob2")
    assert "in place of" not in world.told("ann")
    await presses(world, "bob2", "Agree")
    assert world.balance("wallet", "Bob O") == 2000
    assert "<@U4> agreed." in world.told("ann")


WRONG_STAND_INS = {"U1": "That is you.", "U5": "no active member", "U6": "no active member"}


async def test_a_stand_in_is_an_active_colleague(world: World) -> None:
    for user, told in WRONG_STAND_INS.items():
        await world.slack.command("ann", "#general", "/rewards", "delegate")
        await world.answered()
        await world.tap("ann", world.answer("ann"), "Somebody in my place")
        view = await world.form_of("ann")
        await world.slack.submit("ann", view, {"delegate": [user], "first": "2030-01-01", "last": "2030-01-02"})
        await world.answered()
        shown = world.slack.view("ann")
        assert shown
        assert told in str(shown.errors), user


async def test_what_waits_is_listed_for_whoever_decides(world: World) -> None:
    await asks_for(world)
    for user, told in (("ann", "For <@U2>. Seen by everybody there."), ("bob2", "Nothing waits for you")):
        await world.slack.command(user, "#general", "/rewards", "approvals")
        await world.answered()
        assert told in world.whispered(user)


async def test_whoever_is_named_may_reward_anybody_out_of_their_budget(world: World) -> None:
    give_budget(world, "Bob Tanaka", 500, name="Culture")
    for typed in ("@ann +10 for the calm launch", ""):  # said before a form is filled in
        assert "Awards are given by managers here" in await rewards(world, typed, "bob2")
    assert "Bob Tanaka may reward anybody now." in await says(world, "awarders add @bob2")
    assert "*10 points*" in await rewards(world, "@ann +10 for the calm launch", "bob2")
    assert "may not reward anybody any more" in await says(world, "awarders remove @bob2")
    assert "Awards are given by managers here" in await rewards(world, "@ann +10 for the calm launch", "bob2")
    assert "for the people who run Plaudit" in await says(world, "awarders add @bob", "bob")


# --- who may not decide -----------------------------------------------------------------------------------


async def test_nobody_agrees_to_their_own_award(world: World) -> None:
    """Ann is the only administrator, and would get it: nobody is left, which is said before anything is sent."""
    await says(world, "setup awards-all yes")
    assert "there is nobody who could" in await rewards(world, "@ann +2000 for the migration")
    assert (in_budget(world), held(world)) == (5000, 0)


async def test_one_person_decides_one_step_however_often_they_tap(world: World) -> None:
    appoint(world, "Bob Tanaka")
    await adds_rule(world, kind="award", first="named", first_named=["U1"], second="administrator")
    await asks_for(world, "@bob +10 for the migration")
    asked = deepcopy(world.slack.direct("ann")[-1])
    for _ in range(2):
        await world.tap("ann", deepcopy(asked), "Agree")
        await world.settled()
    assert world.balance("wallet", "Bob O") == 0
    assert world.one("SELECT COUNT(*) FROM approval_decision") == 1
    await presses(world, "bob2", "Agree")
    assert world.balance("wallet", "Bob O") == 10


async def test_a_stand_in_decides_on_the_days_of_the_absence_only(world: World, clock: Clock) -> None:
    await asks_for(world)
    stands_in(world, "Bob Tanaka", "Ann Lee", days=1)
    await ticks(world)
    clock.forward(days=1)
    await ticks(world)
    asked = deepcopy(world.slack.direct("bob2")[-1])
    clock.forward(days=4)
    for label in ("Agree", "Decline", "Ask back"):
        before = len(world.slack.ephemerals("bob2", asked.channel))
        await world.tap("bob2", deepcopy(asked), label)
        await world.settled()
        told = [text_of(one) for one in world.slack.ephemerals("bob2", asked.channel)[before:]]
        assert ["not yours to decide any more" in one for one in told] == [True], label
    assert world.balance("wallet", "Bob O") == 0


async def test_whoever_administers_no_more_decides_no_more(world: World) -> None:
    appoint(world, "Bob Tanaka")
    await asks_for(world)
    asked = deepcopy(world.slack.direct("bob2")[-1])
    await says(world, "admins remove @bob2")
    await world.tap("bob2", asked, "Agree")
    await world.settled()
    assert world.balance("wallet", "Bob O") == 0


async def test_what_goes_to_its_receivers_only_is_not_read_by_who_agrees(world: World) -> None:
    await world.slack.command("cleo", "#general", "/reward", "")
    view = await world.form_of("cleo")
    filled = {"receivers": ["U2"], "amount": "2000", "reason": "for the quiet help", "audience": "receivers"}
    await world.slack.submit("cleo", view, filled)
    await world.answered()
    shown = world.slack.view("cleo")
    assert shown
    await world.tap("cleo", shown, "Ask for it")
    await world.settled()
    assert "its words are not shown here" in world.told("ann")
    assert "quiet help" not in world.told("ann")
    await presses(world, "ann", "Agree")
    assert "quiet help" in world.told("bob")
    assert "quiet help" not in str([one.details for one in audited(world)])


async def test_an_administrator_takes_back_what_went_to_its_receivers_only_without_reading_it(world: World) -> None:
    await rewards(world, "privately @bob +100 for the quiet help")
    await sends(world)
    listed = await says(world, "recognitions")
    assert "*Cléo Martin* awarded *Bob Okafor*" in listed
    assert "for its receivers only" in listed
    await world.tap("ann", world.answer("ann"), "Take back")
    await world.form_of("ann")
    assert "The budget is not filled again" in text_of(world.slack.view("ann").content)  # type: ignore[union-attr]
    told = await fills(world, reason="One nought too many.")
    assert "100 points left the programme" in told
    await world.settled()
    assert (world.balance("wallet", "Bob O"), in_budget(world)) == (0, 4900)
    assert "An administrator took back the award from" in world.told("bob")
    assert "An administrator took back your award to <@U2>." in world.told("cleo")
    entry = audited(world)[0]
    assert (entry.act, entry.reason) == ("award taken back", "One nought too many.")
    assert "quiet" not in listed + world.told("ann") + str(audited(world))
    assert world.books_agree()


async def test_on_teams_an_administrator_takes_a_private_award_back(office: Office) -> None:
    await office.says(office.ann, office.general, "rewards-admin budgets add @Bob Okafor 900 never Company")
    await office.says(office.ann, office.general, "rewards-admin awarders add @Bob Okafor")
    await office.says(office.bob, office.general, "reward privately @Cléo Martin +100 for the quiet help")
    await office.taps(office.bob, office.answer(office.bob, office.general), "Send")
    await office.settled()
    await office.says(office.ann, office.general, "rewards-admin recognitions")
    assert "quiet" not in office.answered(office.ann, office.general)
    await office.taps(office.ann, office.answer(office.ann, office.general), "Take back")
    await office.teams.task_submit(office.ann, {"reason": "One nought too many."})
    await office.settled()
    assert office.wallet(office.cleo) == 0


async def test_people_in_copy_are_members_as_with_a_kudos(world: World) -> None:
    await world.slack.command("cleo", "#general", "/reward", "")
    view = await world.form_of("cleo")
    filled = {"receivers": ["U2"], "amount": "20", "reason": "for the quiet help", "audience": "receivers"}
    await world.slack.submit("cleo", view, filled | {"copied": ["U5"]})
    await world.answered()
    shown = world.slack.view("cleo")
    assert shown
    assert "is a guest" in str(shown.errors)


async def test_a_rule_for_rewards_leaves_the_usual_one_for_awards(world: World) -> None:
    told = await adds_rule(world, kind="redemption", least="500")
    assert "*Awards* go by the usual rule" in told
    await asks_for(world)


async def test_an_award_is_in_the_audit_without_its_words(world: World) -> None:
    await rewards(world, "@bob +200 for the calm migration")
    await sends(world)
    (fact,) = audited(world)
    assert (fact.act, fact.details["points"], fact.details["budget"]) == ("award given", 200, "Support")
    assert "calm" not in str(fact)


async def test_everybody_left_so_the_points_go_back_and_its_giver_hears_it(world: World) -> None:
    await asks_for(world)
    world.change("UPDATE person SET active = :no WHERE name = 'Bob Okafor'", no=False)
    await presses(world, "ann", "Agree")
    assert (in_budget(world), held(world)) == (5000, 0)
    assert "left before your award arrived" in world.told("cleo")


async def test_on_teams_somebody_agrees_by_the_card(office: Office) -> None:
    for typed in ("budgets add @Bob Okafor 5000 never Company", "awarders add @Bob Okafor"):
        await office.says(office.ann, office.general, f"rewards-admin {typed}")
    await office.says(office.bob, office.general, "reward @Cléo Martin +2000 for the calm migration")
    await office.taps(office.bob, office.answer(office.bob, office.general), "Ask for it")
    await office.settled()
    assert "asks you to agree to an award" in office.told(office.ann)
    await office.taps(office.ann, office.directs(office.ann)[-1], "Agree")
    await office.settled()
    assert office.wallet(office.cleo) == 2000
    assert "awarded" in office.shown(office.general)
