"""Budgets: who gets one, what comes in, what goes back, and who may move points. On both platforms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_slack.blocks import elements
from cards.text import NO_WIDTH
from store import ledger
from store.closings import hold, release
from tests.administration import audited, closes, fills, open_administration, says
from tests.budgeting import held, named, spend, stands_in, within
from tests.conftest import Clock
from tests.rhythm import Rhythm
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


async def asks(world: World, user: str, typed: str = "") -> str:
    """What somebody is told who types `/rewards budget` and this."""
    await world.slack.command(user, "#general", "/rewards", f"budget {typed}")
    await world.answered()
    return world.whispered(user)


async def company(world: World) -> None:
    """Ann's for the quarter, Bob's of each month below it, and Cleo's below that."""
    await says(world, "budgets add @ann 5000 quarter Company")
    await says(world, "budgets add @bob 1000 month Marketing from Company")
    await says(world, "budgets add @cleo 100 month Fairs from Marketing")


# --- setting up -------------------------------------------------------------------------------------------


async def test_a_budget_is_added_by_words_and_its_owner_is_told(world: World) -> None:
    told = await says(world, "budgets add @bob 500 month Marketing")
    assert "Marketing is there." in told
    assert "It holds *500 points* now. 0 of 500 are awarded or promised." in told
    assert "*500 points* come in every month, next after 30 November 2026. What is left then goes back." in told
    await world.settled()
    assert "Ann Lee made you the owner of the budget Marketing: it is yours to award." in world.told("bob")
    assert "Marketing" in await asks(world, "bob")
    assert [one.act for one in audited(world)] == ["budget added"]
    audit = await says(world, "audit")
    for part in ("budget: Marketing", "owner: Bob Okafor", "above: the organisation", "plan: 500", "period: month"):
        assert part in audit


async def test_a_budget_is_added_changed_and_closed_by_form(world: World) -> None:
    await says(world, "budgets")
    await world.tap("ann", world.answer("ann"), "Add a budget")
    form = {"name": "Marketing", "renewal": "quarter", "plan": "800", "carries": "yes", "parent": "none", "worth": ""}
    assert "Choose one person." in await fills(world, **form, owner=["U2", "U3"])
    assert "Marketing is there." in await fills(world, **form, owner=["U2"])
    assert held(world, "Marketing") == 800
    await says(world, "budgets Marketing")
    await world.tap("ann", world.answer("ann"), "Change")
    told = await fills(world, **form | {"name": "Fairs", "worth": "0.10 EUR"}, owner=["U3"])
    assert "Fairs is changed." in told
    assert "A point of it is worth 0.10 EUR." in told
    assert "As money that is 80.00 EUR." in told
    await world.settled()
    assert "made you the owner of the budget Fairs" in world.told("cleo")
    assert "handed the budget Fairs over to Cléo Martin" in world.told("bob")
    await says(world, "budgets Fairs")
    await world.tap("ann", world.answer("ann"), "Close for good")
    assert "Fairs is closed. 800 points went back to the organisation." in world.whispered("ann")
    assert [one.act for one in audited(world)] == ["budget closed", "budget changed", "budget added"]
    assert "Marketing is there." in await says(world, "budgets add @bob 5 never Marketing"), "its name is free again"


async def test_every_part_of_a_budget_can_be_typed(world: World) -> None:
    await company(world)
    for typed in ("plan 2,000", "carry yes", "worth 0.05 EUR", "from none", "period year", "name Team 7"):
        assert "is changed." in await says(world, f"budgets set Marketing: {typed}"), typed
    await says(world, "budgets owner @cleo Team 7")
    told = await says(world, "budgets team 7")
    assert "Owner: <@U3>. Its points come from the organisation." in told
    assert "*2,000 points* come in every year, next after 31 December 2026. What is left then stays" in told
    assert "It holds *900 points* now" in told, "a plan counts from the next period"
    assert "Company" in await says(world, "budgets")
    assert "250 points came into Team 7, from the organisation." in await says(
        world, "budgets top-up Team 7 +250 for the fair"
    )


WRONG = {
    "budgets add @bob many month Marketing": "How many points is it?",
    "budgets add @bob 500 weekly Marketing": "How often does it come anew?",
    "budgets add @bob 500 month": "A budget has a name of 1 to 60 characters.",
    "budgets add @bob 500 month company": "There is a budget company already.",
    "budgets add @robo 500 month Robots": "Robo cannot own a budget.",
    "budgets add @gus 500 month Guests": "Gus Guest cannot own a budget.",
    "budgets add @dora 500 month Gone": "Dora Gone cannot own a budget.",
    "budgets add @bob 99999999 month Large": "A plan is 0 to 10,000,000 points.",
    "budgets add @bob 500 month Sales from Nowhere": "I know no budget “Nowhere”.",
    "budgets set Company: from Fairs": "Then they would draw on each other: Company draws on Fairs draws on Marketing",
    "budgets set Company: from Company": "Then they would draw on each other",
    "budgets set Company: colour red": "What of Company is to be otherwise?",
    "budgets set Company: worth a lot": "I cannot read that as an amount of money.",
    "budgets set Company: plan 1,5": "That is not a whole number.",
    "budgets set Company: carry perhaps": "Does what is left stay?",
    "budgets close Company": "Marketing draws on Company.",
    "budgets close Nowhere": "I know no budget “Nowhere”.",
    "budgets top-up Fairs": "How many points is it?",
    "budgets top-up Fairs +10": "What is it for?",
    "budgets top-up Fairs +0 for nothing": "That is 1 to 10,000,000 points.",
    "budgets top-up Fairs +5000 for the fair": "Marketing holds 900 points, and this takes 5,000.",
    "budgets top-up Fairs +901 for a fair": "You can take less, or top it up first.",
    "budgets move 4001 from Company to Fairs for a fair": "You can take less, or top it up first.",
    "budgets move 10 Fairs Marketing": "Where do the points come from?",
    "budgets move 10 from Fairs": "Where do the points go?",
    "budgets move 10 from Fairs to Fairs for the fair": "That is the same budget.",
    "budgets Nowhere": "I know no budget “Nowhere”.",
}


async def test_what_is_wrong_says_what_to_do_and_changes_nothing(world: World) -> None:
    await company(world)
    before = [named(world, one) for one in ("Company", "Marketing", "Fairs")]
    for typed, why in WRONG.items():
        assert why in await says(world, typed), typed
    assert [named(world, one) for one in ("Company", "Marketing", "Fairs")] == before
    assert len(audited(world)) == 3


async def test_at_most_five_stand_on_top_of_each_other(world: World) -> None:
    await says(world, "budgets add @ann 5 never N0")
    for depth in range(1, 5):
        assert "is there." in await says(world, f"budgets add @ann 1 never N{depth} from N{depth - 1}")
    assert "At most 4 budgets can stand above one." in await says(world, "budgets add @ann 1 never N5 from N4")
    await says(world, "budgets add @ann 1 never Top")
    assert "At most 4 budgets can stand above one." in await says(world, "budgets set N0: from Top")


# --- periods ----------------------------------------------------------------------------------------------


async def test_a_child_gets_no_more_than_its_parent_holds_and_both_owners_hear(world: World) -> None:
    await says(world, "budgets add @bob 700 month Marketing")
    await says(world, "budgets add @cleo 1000 month Fairs from Marketing")
    assert (held(world, "Marketing"), held(world, "Fairs")) == (0, 700)
    await world.process.ticks.run()
    await world.settled()
    short = "Fairs began with 700 of 1,000 points planned (November 2026): Marketing, which it draws on, held no more."
    assert short in world.told("bob")
    assert short in world.told("cleo")
    assert "300 of the plan did not come" in await asks(world, "cleo")


async def test_a_period_ends_with_and_without_carrying_over(world: World, clock: Clock) -> None:
    await company(world)
    await says(world, "budgets set Fairs: carry yes")
    spend(world, "Marketing", 250)
    spend(world, "Fairs", 30)
    rhythm = Rhythm(world)
    await rhythm.begin()
    await rhythm.at("2026-12-01T00:10+01:00")
    # 70 stay with Fairs; 650 go back to Company, which had 4,000; then 1,000 come from it, and 100 from those.
    assert (held(world, "Company"), held(world, "Marketing"), held(world, "Fairs")) == (3650, 900, 170)
    told = await asks(world, "cleo")
    assert "December 2026: *0* of 100 planned. 70 more stayed from before." in told
    assert "November 2026: *30* of 100 planned." in told
    await rhythm.at("2027-01-01T00:10+01:00")
    # 900 go back, 4,550 of the quarter are over, and 5,000 come anew.
    assert (held(world, "Company"), held(world, "Marketing"), held(world, "Fairs")) == (4000, 900, 270)
    assert world.one("SELECT SUM(amount) FROM ledger_entry WHERE side = 'expired'") == 4550
    assert [one.act for one in audited(world) if "budget" not in one.act] == []


async def test_after_months_of_downtime_only_the_current_period_opens(world: World, clock: Clock) -> None:
    await says(world, "budgets add @bob 100 month Marketing")
    await says(world, "budgets set Marketing: carry yes")
    clock.forward(days=200)
    assert "June 2027: *0* of 100 planned. 100 more stayed from before." in await asks(world, "bob")
    assert held(world, "Marketing") == 200
    assert world.one("SELECT COUNT(*) FROM budget_period") == 2


async def test_a_tenant_that_moves_west_on_the_first_opens_no_month_twice(world: World, clock: Clock) -> None:
    world.change("UPDATE tenant SET zone = 'Asia/Tokyo'")
    await says(world, "budgets add @bob 100 month Marketing")
    await says(world, "budgets set Marketing: carry yes")
    rhythm = Rhythm(world, "Asia/Tokyo")
    await rhythm.at("2026-11-30T16:00Z")
    await asks(world, "bob")
    assert held(world, "Marketing") == 200, "it is December in Tokyo"
    await says(world, "setup zone America/Los_Angeles")
    await asks(world, "bob")
    await rhythm.at("2026-12-02T16:00Z")
    await asks(world, "bob")
    assert held(world, "Marketing") == 200
    await rhythm.at("2027-01-01T07:00Z")
    await asks(world, "bob")
    assert held(world, "Marketing") == 200, "there it is still December"
    await rhythm.at("2027-01-01T09:00Z")
    await asks(world, "bob")
    assert held(world, "Marketing") == 300


async def test_another_rhythm_brings_nothing_before_its_time(world: World, clock: Clock) -> None:
    await says(world, "budgets add @bob 100 month Marketing")
    for rhythm, until in (("year", "31 December"), ("month", "31 December"), ("quarter", "31 December")):
        assert f"next after {until} 2026" in await says(world, f"budgets set Marketing: period {rhythm}")
    assert "It is not renewed" in await says(world, "budgets set Marketing: period never")
    clock.forward(days=60)
    await asks(world, "bob")
    assert held(world, "Marketing") == 100


# --- moving -----------------------------------------------------------------------------------------------


async def test_owners_read_what_others_do_with_their_budgets(world: World) -> None:
    await company(world)
    await says(world, "budgets top-up Fairs +50 for the stand")
    await says(world, "budgets set Marketing: plan 2,000")
    await closes(world, "Fairs")
    await world.settled()
    told = world.told("bob")
    assert "Ann Lee added the budget Fairs, which draws on Marketing: its plan is 100 points." in told
    assert "Ann Lee: 50 points came into Fairs, from Marketing. “for the stand”" in told
    assert "Ann Lee changed your budget Marketing. Plan: 1,000 → 2,000." in told
    assert "Ann Lee: Fairs is closed. 150 points went back to Marketing." in told
    assert not [one for _, one in elements(world.slack.direct("cleo")[-1].blocks)], "there is nothing left to look at"


async def test_whoever_owns_the_parent_tops_up_from_it(world: World) -> None:
    await company(world)
    assert "200 points came into Fairs, from Marketing." in await asks(
        world, "bob", "top-up Fairs +200 for the fair in March"
    )
    assert "That is what you did a moment ago" in await asks(world, "bob", "top-up Fairs +200 for the fair in March")
    assert (held(world, "Marketing"), held(world, "Fairs")) == (700, 300)
    await world.settled()
    assert "Bob Okafor: 200 points came into Fairs, from Marketing. “for the fair in March”" in world.told("cleo")
    assert audited(world)[0].act == "budget topped up"
    assert audited(world)[0].reason == "for the fair in March"
    await asks(world, "bob", "Fairs")
    await world.tap("bob", world.answer("bob"), "Top up")
    assert "points" in await fills(world, "bob", points="701", reason="for another fair")
    assert "1 point came into Fairs" in await fills(world, "bob", points="1", reason="for another fair")


NOT_MINE = {
    "top-up Marketing +5 for myself": "Marketing is topped up by whoever owns the budget above it",
    "top-up Company +5 for all": "I know no budget “Company",
    "top-up Fairs +5 for the fair": "",
    "move 5 from Company to Marketing for me": "I know no budget “Company to Marketing for me”.\nThere are Fairs",
    "move 5 from Fairs to Marketing for me": "cannot go there by you",
    "move 5 from Marketing to the organisation for nobody": "cannot go there by you",
    "move 5 from Marketing to Other for you": "I know no budget “Other for you”.\nThere are Company, Fairs, Marketing.",
    "Company": "I know no budget",
}


async def test_an_owner_moves_what_is_theirs_and_nothing_else(world: World) -> None:
    await company(world)
    await says(world, "budgets add @ann 50 never Other")
    for typed, why in NOT_MINE.items():
        if why:
            assert why in await asks(world, "bob", typed), typed
    assert (held(world, "Company"), held(world, "Marketing"), held(world, "Other")) == (4000, 900, 50)
    await says(world, "budgets add @bob 0 never Leaving")
    assert "100 points went from Marketing to Leaving." in await asks(
        world, "bob", "move 100 from Marketing to Leaving for the party"
    )
    assert "50 points went from Marketing to Company." in await asks(
        world, "bob", "move 50 from Marketing to Company: not needed"
    )
    await world.settled()
    assert "50 points went from Marketing to Company" in world.told("ann")
    assert "Your budgets" in await asks(world, "bob"), "two of them"
    assert "You own no budget" in await asks(world, "bob2")


async def test_administrators_move_between_all_and_back_to_the_organisation(world: World) -> None:
    await company(world)
    assert "400 points went from Marketing to the organisation." in await says(
        world, "budgets move 400 from Marketing to the organisation for a leaner year"
    )
    await says(world, "budgets Fairs")
    await world.tap("ann", world.answer("ann"), "Move points")
    assert "20 points went from Fairs to Company." in await fills(
        world, target=named(world, "Company").id, points="20", reason="for everybody"
    )
    assert (held(world, "Company"), held(world, "Marketing"), held(world, "Fairs")) == (4020, 500, 80)


async def test_whoever_stands_in_takes_nothing_for_a_budget_of_their_own(world: World) -> None:
    await company(world)
    stands_in(world, "Cléo", "Bob Okafor")
    assert "Fairs is topped up by whoever owns the budget above it" in await asks(
        world, "cleo", "top-up Fairs +10 for the fair"
    )
    await says(world, "budgets set Marketing: from nothing")
    await says(world, "budgets add @cleo 0 never Own")
    await says(world, "budgets set Marketing: from Own")
    assert "cannot go there by you" in await asks(world, "cleo", "move 10 from Marketing to Own for others")
    assert (held(world, "Marketing"), held(world, "Fairs"), held(world, "Own")) == (900, 100, 0)


async def test_whoever_stands_in_spends_while_it_lasts(world: World, clock: Clock) -> None:
    await company(world)
    assert "You own no budget" in await asks(world, "bob2")
    stands_in(world, "Bob Tanaka", "Bob Okafor")
    assert "Owner: <@U2>, for whom you stand in." in await asks(world, "bob2")
    assert "They took 100 points out of it in this period." in await asks(world, "bob2")
    assert "10 points came into Fairs, from Marketing." in await asks(world, "bob2", "top-up Fairs +10 for the fair")
    assert audited(world)[0].details["in place of"] == "Bob Okafor"
    world.change("UPDATE person SET active = :no WHERE name = 'Bob Okafor'", no=False)
    assert "You own no budget" in await asks(world, "bob2"), "who left lets nobody stand in"
    world.change("UPDATE person SET active = :yes WHERE name = 'Bob Okafor'", yes=True)
    clock.forward(days=4)
    assert "You own no budget" in await asks(world, "bob2")


# --- authorisation ----------------------------------------------------------------------------------------


async def test_nobody_else_opens_fills_or_closes_one_by_a_forged_button(world: World) -> None:
    await company(world)
    await says(world, "budgets Marketing")
    card = world.answer("ann")
    values = f'{{"budget":"{named(world, "Marketing").id}"}}'
    other = {"budget_show": f'{{"budget":"{named(world, "Fairs").id}"}}', "admin_budgets": "{}"}
    before = len(audited(world))
    refused = {
        "budget_show": "I have no such budget for you",
        "budget_top_up_form": "I have no such budget for you",
        "budget_move_form": "I have no such budget for you",
        "admin_budgets": "for the people who run Plaudit",
        "admin_budget_form": "for the people who run Plaudit",
        "admin_budget_close": "for the people who run Plaudit",
    }
    for name, why in refused.items():
        await world.slack.press("bob2", card, name, other.get(name, values))
        await world.answered()
        assert why in world.whispered("bob2"), name
    assert "for the people who run Plaudit" in await says(world, "budgets close Fairs", user="bob")
    assert len(audited(world)) == before
    assert held(world, "Marketing") == 900


async def test_a_replayed_form_tops_up_once(world: World) -> None:
    await company(world)
    await says(world, "budgets Company")
    await world.tap("ann", world.answer("ann"), "Top up")
    view = world.slack.view("ann")
    assert view
    first = await world.slack.submit("ann", view, {"points": "100", "reason": "for the year"})
    [again] = await world.slack.deliveries.resend(first)
    assert again.json == first.json
    assert held(world, "Company") == 4100
    assert [one.act for one in audited(world)].count("budget topped up") == 1


async def test_closing_by_words_asks_first(world: World) -> None:
    await company(world)
    told = await says(world, "budgets close Fairs")
    assert "Close the budget *Fairs* for good? 100 points go back to Marketing" in told
    assert held(world, "Fairs") == 100
    await world.tap("ann", world.answer("ann"), "Keep it")
    assert "It holds *100 points* now." in world.whispered("ann")
    assert "budget closed" not in [one.act for one in audited(world)]


async def test_an_old_close_button_finds_it_closed(world: World) -> None:
    await company(world)
    await says(world, "budgets Fairs")
    old = world.answer("ann")
    assert "Fairs is closed. 100 points went back to Marketing." in await closes(world, "Fairs")
    await world.tap("ann", old, "Close for good")
    assert "was closed before" in world.whispered("ann")
    assert held(world, "Marketing") == 1000


# --- warnings ---------------------------------------------------------------------------------------------


async def test_its_owner_is_warned_at_eighty_per_cent_once_a_period(world: World, clock: Clock) -> None:
    await company(world)
    assert spend(world, "Fairs", 79) == ()
    (warned,) = spend(world, "Fairs", 1)
    assert warned.person.name == "Cléo Martin"  # type: ignore[union-attr]
    assert warned.card.data["helper"] == "Bob Okafor, who owns Marketing,"  # type: ignore[union-attr]
    assert spend(world, "Fairs", 20) == ()
    await says(world, "budgets add @bob 10 never Once")
    assert [len(spend(world, "Once", one)) for one in (8, 1)] == [1, 0]
    await says(world, "budgets top-up Once +91 for more")
    assert [len(spend(world, "Once", one)) for one in (70, 10)] == [0, 1], "anew, for nothing else renews it"
    clock.forward(days=20)
    await asks(world, "cleo")
    assert len(spend(world, "Fairs", 100)) == 1
    assert "▓▓▓▓▓▓▓▓▓▓ December 2026: *100* of 100 planned." in await asks(world, "cleo")


async def test_points_that_come_back_into_a_closed_budget_go_on(world: World) -> None:
    await company(world)
    fairs = named(world, "Fairs")
    with within(world.process.core.database, world.clock()) as ctx:
        kept = hold(ctx.tx, ctx.tenant_id, ledger.budget(fairs.id), "a1", 40, "hold:a1", ctx.now)
    assert "Fairs is closed. 60 points went back to Marketing." in await closes(world, "Fairs")
    with within(world.process.core.database, world.clock()) as ctx:
        release(ctx.tx, ctx.tenant_id, kept, "release:a1", ctx.now)
    rhythm = Rhythm(world)
    await rhythm.begin()
    await rhythm.at("2026-11-19T00:10+01:00")
    assert held(world, "Marketing") == 1000


async def test_administrators_hear_once_of_an_owner_who_left(world: World) -> None:
    await company(world)
    rhythm = Rhythm(world)
    await rhythm.begin()
    await says(world, "deactivate @bob")
    await world.settled()
    assert "owns the budget *Marketing*" in world.told("ann"), "whoever switches them off hears of it at once"
    await rhythm.at("2026-11-19T00:10+01:00")
    await rhythm.at("2026-11-20T00:10+01:00")
    told = world.told("ann")
    assert told.count("*Bob Okafor* takes part no more, and owns the budget *Marketing*.") == 1
    await world.tap("ann", world.slack.direct("ann")[-1], "Hand it over")
    form = {"name": "Marketing", "renewal": "month", "plan": "1000", "carries": "no", "worth": ""}
    form |= {"parent": named(world, "Company").id}
    assert "required" in await fills(world, **form, owner=[]), "whoever left is not chosen already"
    assert "Marketing is changed." in await fills(world, **form, owner=["U3"])
    await says(world, "activate @bob")
    assert "Your budgets" in await asks(world, "cleo")


# --- Teams ------------------------------------------------------------------------------------------------


async def teams_asks(office: Office, typed: str, person: Any = None) -> str:
    who = person or office.ann
    await office.says(who, office.general, typed)
    return office.answered(who, office.general).replace(NO_WIDTH, "")


async def teams_sends(office: Office, person: Any = None, **filled: str) -> str:
    who = person or office.ann
    await office.teams.task_submit(who, filled)
    await office.settled()
    return office.dialog(who).replace(NO_WIDTH, "")


async def test_all_of_it_on_teams(office: Office) -> None:
    added = await teams_asks(office, "rewards-admin budgets add @Ann Lee 5000 quarter Company")
    assert "Company is there." in added
    await office.teams.task_fetch(office.ann, {"act": "admin_budget_form"}, conversation=office.general)
    member = office.member(office.bob)
    assert member
    told = await teams_sends(
        office,
        name="Marketing",
        owner=office.bob.id,
        renewal="month",
        plan="1000",
        carries="no",
        parent=named(office.world, "Company").id,
        worth="0.05 EUR",
    )
    assert "Marketing is there." in told
    assert "made you the owner of the budget Marketing" in office.told(office.bob)
    mine = await teams_asks(office, "rewards budget", office.bob)
    assert "It holds **1,000 points** now." in mine
    assert "As money that is 50.00 EUR." in mine
    shown = office.answer(office.bob, office.general)
    assert not {"Top up", "Change", "Close for good"} & set(office.buttons(shown))
    budget = named(office.world, "Marketing").id
    await office.teams.task_fetch(
        office.bob, {"act": "budget_move_form", "budget": budget}, conversation=office.general
    )
    told = await teams_sends(
        office, office.bob, target=named(office.world, "Company").id, points="100", reason="not needed"
    )
    assert "100 points went from Marketing to Company." in told
    await teams_asks(office, "rewards-admin budgets Marketing")
    await office.teams.task_fetch(
        office.ann, {"act": "budget_top_up_form", "budget": budget}, conversation=office.general
    )
    assert "25 points came into Marketing, from Company." in await teams_sends(
        office, points="25", reason="for the fair"
    )
    assert (held(office.world, "Company"), held(office.world, "Marketing")) == (4075, 925)
    await office.teams.task_fetch(
        office.cleo, {"act": "budget_top_up_form", "budget": budget}, conversation=office.general
    )
    assert "I have no such budget for you" in office.dialog(office.cleo)
    await teams_asks(office, "rewards-admin budgets Marketing")
    await office.taps(office.ann, office.answer(office.ann, office.general), "admin_budget_close")
    assert "Your budgets" in await teams_asks(office, "rewards budget", office.bob)
    assert held(office.world, "Company") == 5000


async def test_the_text_of_cards_is_read_without_looking(world: World) -> None:
    """What a bar shows stands beside it in numbers."""
    await company(world)
    spend(world, "Marketing", 450)
    told = await says(world, "budgets Marketing")
    assert "450 of 900 are awarded or promised" in told
    assert "▓▓▓▓▓░░░░░ It holds *450 points* now." in told
    assert text_of(world.answer("ann"))
