"""A statement adds up to the balance, says from whom and for what, and is read by its owner alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.tax_goals import shares_of
from store import ledger
from store.catalogue import RewardFact, add_reward, find_rewards
from store.closings import hold, release, settle
from store.ledger_check import verify
from store.person_records import RecordFact, save_records
from store.pools import PartFact, PartState, PoolFact, PoolState, add_part, add_pool
from store.redemptions import OrderFact, OrderState, add_order, change_order
from tests.administration import OWNER, says
from tests.rhythm import Rhythm
from tests.teams_world import Office
from tests.wall_visits import PUBLIC, Seen, Visitor, comes_in, link_for
from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    more: dict[str, Any] = {"plaudit_public_url": PUBLIC, "plaudit_owners": OWNER}
    async with open_world(database_url, clock, **more) as opened:
        yield opened
        with opened.reading() as tx:
            assert verify(tx) == []


class People:
    """What moves in their wallets."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rhythm = Rhythm(world)
        self._number = 0

    async def begin(self) -> People:
        await self.rhythm.begin()
        return self

    def id(self, name: str) -> str:
        return self.rhythm.person(name).id

    def receives(self, name: str, points: int, act: str = "") -> None:
        self._number += 1
        act, now = act or f"test:{self._number}", self.world.clock()
        to = [ledger.Posting(ledger.Side.ISSUED, ledger.wallet(self.id(name)), points)]
        with self.world.process.core.database.writing() as tx:
            ledger.post(tx, self.rhythm.tenant, ledger.Transaction("test", act, now, now, to))

    def orders(self, name: str, title: str, points: int, back: bool = False, **more: Any) -> None:
        """An order as the books and the shop keep it."""
        self._number += 1
        id, now = f"order-{self._number}", self.world.clock()
        tenant = self.rhythm.tenant
        with self.world.process.core.database.writing() as tx:
            if not find_rewards(tx, tenant, [MUG.id]):
                add_reward(tx, tenant, MUG)
            held = hold(tx, tenant, ledger.wallet(self.id(name)), id, points, f"order:{id}", now)
            fact: dict[str, Any] = {
                "id": id,
                "person_id": self.id(name),
                "reward_id": MUG.id,
                "title": title,
                "points": points,
                "fulfilment": "manual",
                "answers": {},
                "state": OrderState.ORDERED,
                "hold_id": held,
                "ordered_at": now,
                "promised_on": now.date(),
            }
            add_order(tx, tenant, OrderFact(**fact | more))
            if back:
                release(tx, tenant, held, f"order-back:{id}", now)
                change_order(tx, tenant, id, state=OrderState.CANCELLED)
            if more.get("state") is OrderState.FULFILLED:
                settle(tx, tenant, held, f"order-done:{id}", now)


MUG = RewardFact(
    id="mug", code="mug", title="Mug", category="swag", price=40, least_points=40, fulfilment="manual", settings={}
)


@pytest.fixture
async def people(world: World) -> People:
    return await People(world).begin()


def cells(seen: Seen) -> list[list[str]]:
    """The rows of a file, without its header."""
    return list(csv.reader(io.StringIO(seen.body.removeprefix("\ufeff"), newline="")))[1:]


async def a_life(world: World, people: People) -> None:
    """Ann gets kudos, an order that comes back and one that does not, and a gift that is taken back."""
    await world.slack.command("bob", "#general", "/kudos", "@ann +10 for the =release= notes")
    people.receives("Ann", 90)
    people.orders("Ann", "Coffee mug", 40, back=True)
    people.orders("Ann", "Cinema for two", 60)
    await world.slack.command("cleo", "#general", "/kudos", "@ann +7 for a slip")
    await world.tap("cleo", world.answer("cleo"), "Undo")
    await world.settled()


async def test_the_card_says_from_whom_and_for_what_and_adds_up(world: World, people: People) -> None:
    await a_life(world, people)
    await world.slack.command("ann", "#general", "/rewards", "statement")
    await world.answered()
    told = world.whispered("ann")
    assert "Kudos from Bob Okafor: the =release= notes, *10 in*, then 10" in told
    assert "Set aside for Coffee mug, *40 out*, then 60" in told
    assert "Back from Coffee mug, *40 in*, then 100" in told
    assert "Set aside for Cinema for two, *60 out*, then 40" in told
    assert "Taken back: Kudos from Cléo Martin, *7 out*, then 40" in told
    assert "a slip" not in told
    assert "Your wallet holds *40*" in told
    assert world.balance("wallet", "Ann") == 40


async def test_pages_of_the_card_hold_every_line_once(world: World, people: People) -> None:
    for number in range(1, 20):
        people.receives("Ann", number)
    await world.slack.command("ann", "#general", "/rewards", "statement")
    await world.answered()
    shown = [world.whispered("ann")]
    for _ in range(2):
        await world.tap("ann", world.answer("ann"), "Older ones")
        shown.append(world.whispered("ann"))
    amounts = [int(one) for one in re.findall(r"\*(\d+) in\*", "\n".join(shown))]
    assert amounts == list(range(19, 0, -1))


async def goes_to(world: World, user: str, command: str, typed: str) -> tuple[Visitor, Seen]:
    """Follows the link that a button of the card gives."""
    await world.slack.command(user, "#general", command, typed)
    await world.answered()
    await world.tap(user, world.answer(user), "In the browser")
    found = re.search(rf"{PUBLIC}(/wall/enter/[^\"'|>]+)", str(world.answer(user).blocks))
    assert found, world.whispered(user)
    visitor = Visitor(world)
    return visitor, await visitor.asks("POST", found[1].replace("&amp;", "&"))


async def test_page_and_file_add_up_to_what_the_books_hold(world: World, people: People) -> None:
    await a_life(world, people)
    ann, page = await goes_to(world, "ann", "/rewards", "statement")
    assert "147 came in, 107 went out: you hold 40" in page.text
    assert "Kudos from Bob Okafor: the =release= notes" in page.text
    file = await ann.looks("/wall/statement.csv")
    assert file.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in file.headers["Content-Disposition"]
    lines = cells(file)
    balance = 0
    for _, _, points, after in lines:
        balance += int(points)
        assert int(after) == balance
    with world.reading() as tx:
        assert verify(tx) == []
        assert ledger.find_balance(tx, people.rhythm.tenant, ledger.wallet(people.id("Ann"))) == balance == 40


async def test_everybody_sees_their_own_and_nobody_without_a_session(world: World, people: People) -> None:
    await world.slack.command("bob", "#general", "/kudos", "@ann +10 for the release")
    await world.settled()
    bob = await comes_in(world, "bob")
    assert "release" not in (await bob.looks("/wall/statement")).text
    for path in ("/wall/statement", "/wall/statement.csv", "/wall/taxes", "/wall/taxes.csv"):
        assert (await Visitor(world).looks(path)).status == 403
    assert (await bob.looks("/wall/statement?before=9999999999999999999999")).status == 200


async def test_a_way_in_leads_nowhere_else(world: World, people: People) -> None:
    token = await link_for(world, "ann")
    seen = await Visitor(world).asks("POST", f"/wall/enter/{token}?to=//evil.test", follow=False)
    assert seen.headers["Location"] == "/wall"


async def test_on_teams_the_statement_is_read_and_opened_in_the_browser(world: World) -> None:
    office = Office(world)
    await office.open()
    await office.says(office.bob, office.general, "kudos @Ann Lee +10 for the release")
    await office.says(office.ann, office.general, "rewards statement")
    shown = office.answer(office.ann, office.general)
    assert "Kudos from Bob Okafor: the release, **10 in**, then 10" in office.answered(office.ann, office.general)
    await office.taps(office.ann, shown, "In the browser")
    found = re.search(r"/wall/enter/[\w-]+\?to=statement", str(office.seen(office.ann, shown)))
    assert found
    assert "10 came in, 0 went out: you hold 10" in (await Visitor(world).asks("POST", found[0])).text


# --- taxes ------------------------------------------------------------------------------------------------


def fulfilled(people: People, name: str, title: str, points: int, at: str, **more: Any) -> None:
    people.receives(name, points)
    done: dict[str, Any] = {"state": OrderState.FULFILLED, "settled_at": datetime.fromisoformat(at)}
    people.orders(name, title, points, **done | more)


async def test_administrators_get_what_was_redeemed_in_a_year_by_country(world: World, people: People) -> None:
    german: dict[str, Any] = {"country": "DE", "currency": "EUR", "value_minor": 1000}
    fulfilled(people, "Bob", "Mug", 40, "2026-06-01T12:00Z", **german)
    fulfilled(people, "Bob", "Part of a bag", 20, "2026-07-01T12:00Z", **german | {"own_minor": 400})
    fulfilled(people, "Bob", "New year", 5, "2025-12-31T23:30Z", **german)  # in Berlin it was 2026
    fulfilled(people, "Bob", "Later", 7, "2026-12-31T23:30Z", **german)
    fulfilled(people, "Cléo", "Tea", 30, "2026-03-01T12:00Z", country="JP")
    people.receives("Bob", 9)
    people.orders("Bob", "Not yet", 9, **german)
    told = await says(world, "taxes 2026")
    assert "*DE*: 26.00 EUR for 1 person, 3 orders" in told
    assert "*JP*: no value for 1 person, 1 order" in told
    assert "*30 points* went into rewards without a value" in told
    people.rhythm.policy(point_worth=5, currency="EUR")
    assert "*JP*: 1.50 EUR" in await says(world, "taxes 2026")
    ann, page = await goes_to(world, "ann", "/rewards-admin", "taxes 2026")
    assert "Redeemed in 2026" in page.text
    lines = cells(await ann.looks("/wall/taxes.csv?year=2026"))
    assert lines == [
        ["2026", "Bob Okafor", "bob@acme.test", "DE", "3", "65", "26.00", "EUR", "reward"],
        ["2026", "Cléo Martin", "cleo@acme.test", "JP", "1", "30", "1.50", "EUR", "worth of a point"],
    ]
    assert world.one("SELECT COUNT(*) FROM audit WHERE act = 'tax report opened'") == 1


def reached(people: People, title: str, parts: dict[str, int], at: str, reward: RewardFact | None = None) -> None:
    """A goal that people reached together, as the books keep it."""
    tenant, when = people.rhythm.tenant, datetime.fromisoformat(at)
    for name, points in parts.items():
        people.receives(name, points)
    with people.world.process.core.database.writing() as tx:
        if reward:
            add_reward(tx, tenant, reward)
        ann = people.id("Ann")
        goal = PoolFact(
            id=title,
            starter_id=ann,
            title=title,
            reward_id=reward.id if reward else None,
            helper_id=ann,
            goal=sum(parts.values()),
            ends_on=when.date(),
            place_id="",
            public=True,
            state=PoolState.REACHED,
            started_at=when,
            settled_at=when,
        )
        add_pool(tx, tenant, goal)
        for name, points in parts.items():
            id = f"{title}-{name[:3]}"
            held = hold(tx, tenant, ledger.wallet(people.id(name)), id, points, f"pool:{id}", when)
            settle(tx, tenant, held, f"pool-spent:{id}", when)
            part = PartFact(
                id=id,
                pool_id=title,
                person_id=people.id(name),
                points=points,
                hold_id=held,
                state=PartState.SPENT,
                added_at=when,
                ended_at=when,
            )
            add_part(tx, tenant, part)


async def test_what_people_reached_together_counts_with_what_each_gave(world: World, people: People) -> None:
    with world.process.core.database.writing() as tx:
        save_records(tx, people.rhythm.tenant, [RecordFact(people.id("Bob"), country="DE")])
    german: dict[str, Any] = {"country": "DE", "currency": "EUR", "value_minor": 1000}
    fulfilled(people, "Bob", "Mug", 40, "2026-06-01T12:00Z", **german)
    table = replace(
        MUG, id="table", code="table", title="Table", price=30, least_points=30, value_minor=1000, currency="EUR"
    )
    reached(people, "Table", {"Ann": 10, "Bob": 10, "Cléo": 10}, "2026-07-01T12:00Z", table)
    reached(people, "Breakfast", {"Bob": 7}, "2026-08-01T12:00Z")
    reached(people, "Earlier", {"Bob": 9}, "2025-08-01T12:00Z")
    ann = await comes_in(world, "ann")
    lines = sorted(line[1:] for line in cells(await ann.looks("/wall/taxes.csv?year=2026")))
    assert [[line[0], *line[2:]] for line in lines] == [
        ["Ann Lee", "", "1", "10", "3.33", "EUR", "reward"],
        ["Bob Okafor", "DE", "1", "7", "", "", "nothing"],
        ["Bob Okafor", "DE", "2", "50", "13.33", "EUR", "reward"],
        ["Cléo Martin", "", "1", "10", "3.34", "EUR", "reward"],
    ]


@given(st.integers(0, 1 << 40), st.lists(st.integers(1, 1 << 20), min_size=1, max_size=30))
def test_a_value_is_shared_to_the_last_minor_unit(value: int, points: list[int]) -> None:
    shares = shares_of(value, points)
    assert sum(shares) == value
    assert all(abs(share - value * one / sum(points)) <= 1.001 for share, one in zip(shares, points, strict=True))


async def test_a_name_that_a_spreadsheet_would_run_is_a_text(world: World, people: People) -> None:
    fulfilled(people, "Bob", "Mug", 40, "2026-06-01T12:00Z")
    world.change("UPDATE person SET name = '=1+1' WHERE id = :id", id=people.id("Bob"))
    ann = await comes_in(world, "ann")
    (line,) = cells(await ann.looks("/wall/taxes.csv?year=2026"))
    assert line[1] == "'=1+1"


async def test_only_administrators_see_it(world: World, people: People) -> None:
    bob = await comes_in(world, "bob")
    assert [(await bob.looks(f"/wall/taxes{end}")).status for end in ("", ".csv")] == [403, 403]
    assert "people who run Plaudit" in await says(world, "taxes", "bob")
    assert "I know no such year" in await says(world, "taxes 1999")
    ann = await comes_in(world, "ann")
    assert (await ann.looks("/wall/taxes?year=9999")).status == 422
