"""Pages for whoever answers for points: budgets with their spending as a chart, and what is owed. For nobody else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bot.wall import liability_page
from tests.administration import open_administration, says, stored_policy
from tests.budgeting import held, named, spend, stands_in
from tests.conftest import Clock
from tests.teams_world import open_office
from tests.test_budgets import asks, company
from tests.wall_visits import PUBLIC, Visitor, comes_in
from tests.world import World


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock, plaudit_public_url=PUBLIC) as opened:
        yield opened


# --- budgets ----------------------------------------------------------------------------------------------


async def test_a_budget_is_drawn_with_the_figures_of_its_card(world: World, clock: Clock) -> None:
    await company(world)
    spend(world, "Marketing", 250)
    clock.forward(days=31)
    await asks(world, "bob", "Marketing")
    spend(world, "Marketing", 820)
    told = await asks(world, "bob", "Marketing")
    bob = await comes_in(world, "bob")
    page = await bob.looks(f"/wall/budgets?budget={named(world, 'Marketing').id}")
    assert "820 of 900 are awarded or promised: 91" in page.text
    assert "*820* of 1000 planned" in told.replace(",", "")
    rows = re.findall(r'<th scope="row">([^<]*)</th>(.*?)</tr>', page.body, re.DOTALL)
    figures = {label: re.findall(r'class="figure">([^<]*)', cells) for label, cells in rows}
    assert figures["December 2026"][:2] == ["1,000", "820"]
    assert figures["November 2026"][:2] == ["1,000", "250"]
    bars = re.findall(r'<rect class="(\w+)" x="0" y="\d" width="(\d+)"', page.body)
    assert bars[2:6] == [("plan", "1000"), ("spent", "820"), ("plan", "1000"), ("spent", "250")]
    assert "They took 100 points out of it" in page.text
    assert "Fairs" in page.text


async def test_only_those_who_may_see_a_budget_see_it(world: World) -> None:
    await company(world)
    marketing = named(world, "Marketing").id
    cleo = await comes_in(world, "cleo")
    refused = await cleo.looks(f"/wall/budgets?budget={marketing}")
    assert refused.status == 404
    assert "I have no such budget for you." in refused.text
    assert "Marketing" not in (await cleo.looks("/wall/budgets")).text.replace("draws on Marketing", "")
    stands_in(world, "Cléo", "Bob Okafor")
    assert "for whom you stand in" in (await cleo.looks("/wall/budgets")).text
    assert (await cleo.looks(f"/wall/budgets?budget={marketing}")).status == 200
    ann = await (await comes_in(world, "ann")).looks("/wall/budgets")
    assert all(name in ann.text for name in ("Company", "Marketing", "Fairs"))
    assert (await Visitor(world).looks("/wall/budgets")).status == 403
    assert (await cleo.looks("/wall/budgets?budget=none")).status == 404


async def test_looking_opens_the_period_that_is_due(world: World, clock: Clock) -> None:
    await says(world, "budgets add @bob 500 month Marketing")
    spend(world, "Marketing", 200)
    clock.forward(days=31)
    assert "500" in (await (await comes_in(world, "bob")).looks("/wall/budgets")).text
    assert held(world, "Marketing") == 500


async def test_the_card_leads_to_its_own_page(world: World) -> None:
    await says(world, "budgets add @bob 500 month Marketing")
    await asks(world, "bob")
    await world.tap("bob", world.answer("bob"), "In the browser")
    found = re.search(rf"{PUBLIC}(/wall/enter/[\w-]+\?to=budgets&amp;budget=[\w-]+)", str(world.answer("bob").blocks))
    found = found or re.search(
        rf"{PUBLIC}(/wall/enter/[\w-]+\?to=budgets&budget=[\w-]+)", str(world.answer("bob").blocks)
    )
    assert found
    page = await Visitor(world).asks("POST", found[1].replace("&amp;", "&"))
    assert "<h1><bdi>Marketing</bdi></h1>" in page.body


async def test_without_a_budget_there_is_an_empty_page_and_no_link(world: World) -> None:
    page = await (await comes_in(world, "bob")).looks("/wall/budgets")
    assert "You own no budget" in page.text
    assert 'href="/wall/budgets">Budgets' not in page.body
    assert 'href="/wall/liability"' not in page.body


# --- what is owed -----------------------------------------------------------------------------------------


async def test_what_is_owed_has_the_figures_of_the_card_and_what_rules_would_change(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +20 for the release")
    await says(world, "budgets add @ann 1000 quarter Company")
    told = await says(world, "liability allowance 60")
    await world.tap("ann", world.answer("ann"), "In the browser")
    assert "to=liability" in str(world.answer("ann").blocks)
    ann = await comes_in(world, "ann")
    page = await ann.looks("/wall/liability?rule=allowance&value=60")
    assert "*Today: 1,250 points.*" in told
    assert "Today 1,250 points" in page.text
    assert "In people's wallets" in page.text
    for note in re.findall(r"(?:Owed today|The most that a year can cost|Likely in a year): [^*\n]*with this\.", told):
        assert note in page.text
    assert "Owed today: 1,250 points before, 1,290 points with this." in page.text
    assert "Points to give in a period: 60" in page.text, "a fifth more is one of those that are always told"
    assert "Periods that points last longer: 1" in page.text
    assert "How often fresh points come: month" in page.text
    assert stored_policy(world) == {}
    wrong = await ann.looks("/wall/liability?rule=allowance&value=many")
    assert (wrong.status, 'role="alert"' in wrong.body) == (200, True)


async def test_where_there_are_many_people_one_rule_is_reckoned_with_at_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liability_page, "MOST_AT_ONCE", 1)
    page = await (await comes_in(world, "ann")).looks("/wall/liability?rule=rollover")
    assert "Periods that points last longer: 1" in page.text
    assert "How often fresh points come: month" not in page.text
    assert "Choose another rule above" in page.text


async def test_only_administrators_see_what_is_owed(world: World) -> None:
    await says(world, "budgets add @bob 500 month Marketing")
    refused = await (await comes_in(world, "bob")).looks("/wall/liability?rule=allowance&value=60")
    assert refused.status == 403
    assert "for the people who run Plaudit here" in refused.text
    assert "points" not in refused.text
    assert (await Visitor(world).looks("/wall/liability")).status == 403


async def test_both_are_reached_from_teams(database_url: str, clock: Clock) -> None:
    async with open_office(database_url, clock, plaudit_public_url=PUBLIC) as office:
        await office.says(office.ann, office.general, "rewards-admin budgets add @Bob Okafor 500 month Marketing")
        for typed, to in (("rewards-admin liability", "liability"), ("rewards-admin budgets", "budgets")):
            await office.says(office.ann, office.general, typed)
            shown = office.answer(office.ann, office.general)
            await office.taps(office.ann, shown, "In the browser")
            assert f"to={to}" in str(office.seen(office.ann, shown))
