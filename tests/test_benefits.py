"""A yearly amount: an administrator sets it, each person divides it, and totals tell nothing of single people."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from handlers.vocabulary import AccountRef, Platform, Submission, WorkspaceRef
from store.benefits import BenefitFact, Group, KindFact, add_benefit, save_shares
from store.people import list_persons
from store.person_records import RecordFact, save_records
from store.tenants import list_all_homes
from tests.administration import audited, fills, open_administration, says
from tests.conftest import Clock
from tests.teams_world import open_office
from tests.wall_visits import PUBLIC, comes_in
from tests.world import World

_keys = count(1)
FORM = {
    "title": "Benefits 2027",
    "amount": "600 EUR",
    "segment": "all",
    "value": "",
    "kinds": "Wellness 50\nPublic transport 30 %\nLearning",
    "until": "2026-12-18",
}


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock, plaudit_public_url=PUBLIC) as opened:
        yield opened


async def sets(world: World, **values: str) -> str:
    await says(world, "benefits")
    await world.tap("ann", world.answer("ann"), "Add one")
    return await fills(world, **FORM | values)


async def asks(world: World, user: str) -> str:
    await world.slack.command(user, "#general", "/rewards", "benefits")
    return world.whispered(user)


async def divides(world: World, user: str, *shares: int) -> str:
    await asks(world, user)
    await world.tap(user, world.answer(user), "Divide Benefits 2027")
    view = await world.form_of(user)
    await world.slack.submit(user, view, {f"kind{place}": str(one) for place, one in enumerate(shares)})
    await world.answered()
    shown = world.slack.view(user)
    return text_of(shown.content) + str(shown.errors) if shown else ""


async def test_each_person_divides_it_and_changes_it_until_its_day(world: World, clock: Clock) -> None:
    assert "Benefits 2027 is there." in await sets(world)
    assert "600.00 EUR for you, to be divided until Friday 18 December." in await asks(world, "bob")
    told = await divides(world, "bob", 50, 30, 10)
    assert "Wellness: *50 per cent*, 300.00 EUR" in told
    assert "10 per cent are not divided yet." in told
    assert "It is an allotment, and not points" in told
    assert "Learning: *100 per cent*, 600.00 EUR" in await divides(world, "bob", 0, 0, 100)
    assert world.one("SELECT COUNT(*) FROM benefit_share") == 1
    assert world.balance("wallet", "Bob Okafor") == 0
    clock.forward(days=31)
    assert "There is none to divide for you" in await asks(world, "bob")
    assert [one.act for one in audited(world)] == ["yearly amount added"]


async def test_more_than_a_kind_takes_and_more_than_all_is_told_at_its_field(world: World) -> None:
    await sets(world)
    assert "kind2" in await divides(world, "bob", 50, 30, 30)
    assert "kind1" in await divides(world, "bob", 0, 31, 0)
    assert world.one("SELECT COUNT(*) FROM benefit_share") == 0
    for values in ({"amount": "much"}, {"kinds": "A 10\nB 20"}, {"kinds": "A\na"}, {"until": "2020-01-01"}):
        assert next(iter(values)) in await sets(world, **values), values
    assert "value" in await sets(world, segment="country", value="Atlantis")


async def test_only_the_group_it_is_for_divides_it(world: World) -> None:
    with world.process.core.database.writing() as tx:
        fact = RecordFact(world.person(tx, "Bob Okafor"), department="Design", country="DE")
        save_records(tx, list_all_homes(tx)[0].tenant_id, [fact])
    await sets(world, segment="department", value="design")
    assert "Benefits 2027" in await asks(world, "bob")
    assert "There is none" in await asks(world, "cleo")
    assert forged(world, "U3") == "no_benefit"
    assert forged(world, "U2") == "done"


def forged(world: World, user: str) -> str:
    benefit = str(world.one("SELECT MAX(id) FROM benefit"))
    who = AccountRef(WorkspaceRef(Platform.SLACK, "T1"), user)
    request = Submission(
        key=f"forged-{next(_keys)}",
        who=who,
        form="benefit",
        context={"id": benefit},
        values={"kind0": "10"},
        wired=False,
    )
    return world.process.dispatcher.dispatch(request).outcome


async def test_totals_come_once_it_is_over_and_never_of_fewer_than_five(world: World, clock: Clock) -> None:
    await sets(world)
    with world.process.core.database.writing() as tx:
        tenant, benefit = list_all_homes(tx)[0].tenant_id, str(world.one("SELECT id FROM benefit"))
        for number, one in enumerate(list_persons(tx, tenant)[:6]):
            save_shares(tx, tenant, benefit, one.id, {0: 50, 1: 10} if number < 4 else {0: 50})
    assert "Totals come once it is over" in await says(world, "benefits")
    clock.forward(days=31)
    told = await says(world, "benefits")
    assert "6 people divided it." in told
    assert "Wellness: *1,800.00 EUR* in all" in told
    assert "Public transport: fewer than five people" in told
    assert "Learning: fewer than five people" in told


async def test_many_that_are_over_hide_none_and_fit_a_message(world: World, clock: Clock) -> None:
    kinds = tuple(KindFact(f"Kind {place}", 100) for place in range(10))
    with world.process.core.database.writing() as tx:
        tenant = list_all_homes(tx)[0].tenant_id
        for number in range(7):
            days = timedelta(days=20 if number == 6 else -20)
            fact = BenefitFact(
                id=f"b{number}",
                title=f"Amount {number}",
                amount=60_000,
                currency="EUR",
                segment=Group.ALL,
                value="",
                kinds=kinds,
                ends_on=clock().date() + days,
                made_at=clock(),
            )
            add_benefit(tx, tenant, fact)
            for one in list_persons(tx, tenant)[:6]:
                save_shares(tx, tenant, fact.id, one.id, dict.fromkeys(range(10), 10))
    told = await says(world, "benefits")
    assert ("*Amount 6*" in told, "*Amount 2*" in told, "*Amount 1*" in told) == (True, True, False)
    assert "Kind 9: *360.00 EUR* in all" in told
    await world.tap("ann", world.answer("ann"), "More")
    assert ("*Amount 1*" in world.whispered("ann"), "*Amount 2*" in world.whispered("ann")) == (True, False)


async def test_once_it_is_over_administrators_take_a_file_of_who_divided_it_how(world: World, clock: Clock) -> None:
    await sets(world)
    assert "those who run Plaudit here see how you divided it" in await divides(world, "bob", 50, 30, 10)
    world.change("UPDATE person SET name = '=1+1' WHERE name LIKE 'Cl%'")
    await divides(world, "cleo", 0, 0, 100)
    ann = await comes_in(world, "ann")
    benefit = str(world.one("SELECT id FROM benefit"))
    file = f"/wall/yearly.csv?id={benefit}"
    assert (await ann.looks(file)).status == 422, "it is not over"
    clock.forward(days=31)
    await says(world, "benefits")
    await world.tap("ann", world.answer("ann"), "Who divided it how")
    assert "/wall/enter/" in str(world.answer("ann").blocks)
    assert "Benefits 2027" in (await ann.looks("/wall/yearly")).text
    lines = list(csv.reader(io.StringIO((await ann.looks(file)).body.removeprefix("\ufeff"), newline="")))[1:]
    assert [[*line[1:2], *line[5:]] for line in lines] == [
        ["'=1+1", "Learning", "100", "600.00", "EUR"],
        ["Bob Okafor", "Wellness", "50", "300.00", "EUR"],
        ["Bob Okafor", "Public transport", "30", "180.00", "EUR"],
        ["Bob Okafor", "Learning", "10", "60.00", "EUR"],
    ]
    assert [one.act for one in audited(world)].count("file of a yearly amount asked for") == 2
    bob = await comes_in(world, "bob")
    assert [(await bob.looks(one)).status for one in ("/wall/yearly", file)] == [403, 403]


async def test_on_teams(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.teams.task_fetch(office.ann, {"act": "admin_benefit_form"}, conversation=office.general)
        await office.teams.task_submit(office.ann, FORM | {"amount": "600"})
        await office.settled()
        await office.says(office.bob, office.general, "rewards benefits")
        assert "the worth of 600 points for you" in office.answered(office.bob, office.general)


async def test_an_administrator_ends_it(world: World, clock: Clock) -> None:
    await sets(world)
    await says(world, "benefits")
    await world.tap("ann", world.answer("ann"), "End Benefits 2027")
    clock.now += timedelta(days=1)
    assert "There is none" in await asks(world, "bob")
    assert forged(world, "U2") == "over"
