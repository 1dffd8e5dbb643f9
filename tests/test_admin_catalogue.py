"""The catalogue as administrators keep it: forms, words, stock, examples, files; and what the audit tells of it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_slack import text_of
from bot.sandbox.fake_teams import text_of as teams_text
from handlers.ticks import Ticks
from store.catalogue import Reward, RewardFact, find_coded
from store.db import Database
from store.tallies import Count, add_counts
from store.tenants import list_all_homes
from tests.administration import audited, fills, open_administration, says
from tests.conftest import Clock
from tests.posting import ACME, open_house
from tests.shop import Shop
from tests.teams_world import open_office
from tests.test_catalogue import said, titles, types
from tests.test_people_import import PUBLIC, Upload
from tests.wall_visits import Visitor, comes_in
from tests.world import World

MUG: dict[str, Any] = {
    "title": "Coffee mug",
    "category": "swag",
    "emoji": "☕",
    "description": "With our name on it.",
    "price": "40",
    "value": "8.50 EUR",
    "least": "30",
    "stock": "5",
    "limit": "1",
    "limited": "quarter",
    "countries": "de, AT",
    "kind": "manual",
    "within": "10",
}


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock, plaudit_public_url=PUBLIC) as opened:
        await says(opened, "")
        yield opened


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    """Cleo runs it."""
    async with open_house(database, clock) as house:
        yield Shop(house)


def reward(world: World, code: str) -> RewardFact:
    with world.reading() as tx:
        return find_coded(tx, list_all_homes(tx)[0].tenant_id, [code])[code]


def runs(shop: Shop, typed: str, name: str = "cleo") -> str:
    return said(types(shop, typed, name, "rewards-admin"))


# --- forms ------------------------------------------------------------------------------------------------


async def test_a_reward_is_added_in_two_steps_changed_restocked_and_retired(world: World) -> None:
    assert "Start with examples" in str((await says(world, "catalogue"), world.answer("ann").blocks))
    await world.tap("ann", world.answer("ann"), "Add a reward")
    assert "Write it like 12.50 EUR" in await fills(world, **MUG | {"value": "8.50 euros"})
    assert "That day is over." in await fills(world, **MUG | {"ends_on": "2020-01-01"})
    await fills(world, **MUG | {"ends_on": ""})
    assert not reward(world, "coffee-mug").active
    assert "Coffee mug is in the catalogue" in await fills(world, people=["U2"], question="Which colour?")
    made = reward(world, "coffee-mug")
    assert (made.price, made.least_points, made.value_minor, made.stock) == (40, 30, 850, 5)
    assert (made.countries, made.limit, made.limited, made.active) == (("AT", "DE"), 1, "quarter", True)
    assert made.settings["question"] == "Which colour?"
    await says(world, "catalogue")
    await world.tap("ann", world.answer("ann"), "Open Coffee mug")
    card = world.answer("ann")
    await world.tap("ann", card, "More of it")
    assert "Of Coffee mug there are 15" in await fills(world, more="10")
    await world.tap("ann", card, "Change")
    world.change("UPDATE reward SET stock = stock - 2")  # two are bought while the form is open
    await fills(world, **MUG | {"code": "coffee-mug", "price": "45", "stock": "20"})
    assert (reward(world, "coffee-mug").price, reward(world, "coffee-mug").stock) == (45, 18)
    await says(world, "catalogue retire coffee-mug")
    assert not reward(world, "coffee-mug").active
    assert [one.act for one in audited(world)][:5] == [
        "reward retired",
        "reward changed",
        "stock of a reward changed",
        "reward brought back",
        "reward added",
    ]
    assert audited(world)[1].details["stock"] == [13, 18]


async def test_on_teams_the_examples_are_a_catalogue_to_browse_and_redeem_from(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock) as office:
        await office.says(office.ann, office.general, "rewards-admin catalogue")
        await office.taps(office.ann, office.answer(office.ann, office.general), "Start with examples")
        await office.taps(office.ann, office.answer(office.ann, office.general), "Add a reward")
        await office.teams.task_submit(office.ann, {"title": "Brass telescope", "category": "swag", "price": "25"})
        assert "Who hands it out?" in office.dialog(office.ann)
        await office.teams.task_submit(office.ann, {"people": "", "question": ""})
        assert "Brass telescope is in the catalogue" in office.dialog(office.ann)
        await office.says(office.bob, office.general, "rewards")
        card = office.answer(office.bob, office.general)
        assert "**Coffee with a colleague**: **30 points**" in teams_text(card)
        await office.taps(office.bob, card, "Add to my wishes: Coffee with a colleague")
        assert "is on your wish list" in teams_text(office.seen(office.bob, card))
        await office.taps(office.bob, card, "More rewards")
        assert "Page 2 of 3: 13 rewards" in teams_text(office.seen(office.bob, card))
        await office.taps(office.bob, card, "Search")
        await office.teams.task_submit(office.bob, {"category": "learning", "text": "", "afford": "all"})
        assert "An audiobook" in office.dialog(office.bob)


# --- words and rights -------------------------------------------------------------------------------------


async def test_words_add_price_stock_retire_and_bring_back(shop: Shop) -> None:
    assert "Coffee mug is in the catalogue" in runs(shop, "catalogue add 40 ☕ Coffee mug")
    shop.house.clock.forward(minutes=11)
    assert "Its short name is coffee-mug-2" in runs(shop, "catalogue add 50 Coffee mug")
    assert "Of Coffee mug there is 1." in runs(shop, "catalogue stock coffee-mug 1")
    assert "Of Coffee mug there are 12" in runs(shop, "catalogue stock coffee-mug 12")
    assert "Of Coffee mug there are 22" in runs(shop, "catalogue stock coffee-mug +10")
    assert "as many as are asked for" in runs(shop, "catalogue stock coffee-mug any")
    assert "*45 points*" in runs(shop, "catalogue price coffee-mug 45")
    assert "out of the catalogue" in runs(shop, "catalogue retire coffee-mug")
    assert titles(types(shop, "")) == ["Coffee mug"]  # the second one
    assert "is in the catalogue" in runs(shop, "catalogue back coffee-mug")
    assert "Write a whole one" in runs(shop, "catalogue price coffee-mug many")
    assert "I know no reward" in runs(shop, "catalogue stock tea 3")
    assert "What does it take?" in runs(shop, "catalogue add 0 Nothing")


async def test_the_same_reward_typed_twice_is_one_and_another_title_another(shop: Shop) -> None:
    runs(shop, "catalogue add 40 ☕ Coffee mug")
    told = runs(shop, "catalogue add 45 ☕ coffee  Mug")
    assert "You added Coffee mug just now: its short name is coffee-mug, and it takes 40 points." in told
    assert "catalogue price coffee-mug 45" in told
    assert "is in the catalogue" in runs(shop, "catalogue add 40 ☕ Coffee mug, blue")
    runs(shop, "catalogue retire coffee-mug")
    assert "is in the catalogue" in runs(shop, "catalogue add 40 ☕ Coffee mug"), "that one is not there any more"


async def test_nobody_else_keeps_the_catalogue(shop: Shop) -> None:
    mug = shop.reward("mug", stock=1)
    before = shop.house.one("SELECT COUNT(*) FROM audit")
    for word in ("", " add 1 Mine", " price mug 1", " stock mug 9", " retire mug", " examples", " import", " export"):
        assert types(shop, f"catalogue{word}", "ann", "rewards-admin").outcome == "not_administrator"
    for act in ("admin_catalogue", "admin_reward", "admin_reward_use", "admin_reward_form", "admin_restock_form"):
        assert shop.presses("ann", act, reward=mug).outcome == "not_administrator"
    for act in ("admin_reward_settings_form", "admin_catalogue_examples", "admin_catalogue_file"):
        assert shop.presses("ann", act, reward=mug).outcome == "not_administrator"
    for form in ("admin_reward", "admin_reward_settings", "admin_restock"):
        forged = shop.submits("ann", form, context={"reward": mug, "kind": "manual"}, more="5", price="1")
        assert forged.outcome == "not_administrator"
    assert (shop.stock(mug), shop.house.one("SELECT COUNT(*) FROM audit")) == (1, before)


async def test_a_replayed_restock_adds_once(shop: Shop) -> None:
    mug = shop.reward("mug", stock=1)
    for _ in range(2):
        shop.submits("cleo", "admin_restock", form="one form", context={"reward": mug}, more="5")
    assert shop.stock(mug) == 6


async def test_another_kind_waits_for_what_it_needs_to_know(shop: Shop) -> None:
    mug = shop.reward("mug", stock=4)
    shop.submits("cleo", "admin_reward", context={"reward": mug, "stock": "4"}, kind="codes", price="40", stock="4")
    assert shop.house.one("SELECT fulfilment FROM reward") == "manual"
    shop.submits("cleo", "admin_reward_settings", context={"reward": mug, "kind": "codes"}, low="3")
    assert shop.house.one("SELECT fulfilment FROM reward") == "codes"
    assert shop.stock(mug) == 0  # as many as there are codes
    assert "as many as there are codes" in runs(shop, "catalogue stock mug 9")


async def test_examples_begin_at_thirty_points_and_fill_an_empty_catalogue_only(shop: Shop) -> None:
    assert "12 rewards are in the catalogue" in runs(shop, "catalogue examples")
    assert shop.house.one("SELECT MIN(price) FROM reward") == 30
    assert shop.house.one("SELECT COUNT(DISTINCT category) FROM reward") >= 10
    assert "There are rewards already" in runs(shop, "catalogue examples")
    assert shop.house.one("SELECT COUNT(*) FROM reward") == 12


# --- within six weeks -------------------------------------------------------------------------------------


def receives(shop: Shop, week: str, **points: int) -> None:
    with shop.house.database.writing() as tx:
        counts = [Count(week, f"person {name}", received=1, points_received=each) for name, each in points.items()]
        add_counts(tx, ACME, None, counts)


async def test_it_is_said_when_the_cheapest_reward_is_out_of_reach(shop: Shop) -> None:
    shop.reward("mug", price=40)
    shop.reward("cheap", price=5, countries=("FR",))
    assert "Out of reach" not in runs(shop, "catalogue")  # too early to tell
    for week in ("2026-W41", "2026-W42", "2026-W43", "2026-W44", "2026-W45", "2026-W46"):
        receives(shop, week, ann=2, bob=5, cleo=50)
    warned = "about 30 points in six weeks, and the cheapest reward takes 40"
    assert warned in runs(shop, "catalogue")
    assert warned in runs(shop, "health")
    assert "Out of reach" not in runs(shop, "catalogue price mug 30") + runs(shop, "catalogue")


async def test_administrators_hear_when_rewards_get_out_of_reach_and_once_a_month(shop: Shop) -> None:
    house = shop.house
    shop.reward("mug", price=40)
    ticks = Ticks(house.database, house.presenter, clock=house.clock, new_id=house.new_id, owners=["cleo@acme.test"])
    ticks.plan()
    for week in range(42, 53):
        receives(shop, f"2026-W{week}", cleo=50, ann=20 if week < 44 else 0)
    told = []
    for _ in range(5):  # Mondays from 23 November; 7 December is the first of its month
        house.clock.forward(days=7)
        for due in [one for one in ticks.list_due(50) if one.job == "rewards_reach"]:
            ticks.turn(due)
        await house.settled()
        told.append(sum("out of reach for most" in one for one in house.platform.texts("U3")))
    assert told == [0, 1, 2, 2, 2]


async def test_more_of_what_is_not_counted_is_asked_about(shop: Shop) -> None:
    shop.reward("mug")
    assert "as many as are asked for" in runs(shop, "catalogue stock mug +5")
    assert shop.stock("reward mug") is None


# --- files ------------------------------------------------------------------------------------------------


async def page_of(world: World) -> Upload:
    shown = await says(world, "catalogue import")
    found = re.search(rf"{PUBLIC}/import/([\w-]+)", shown)
    assert found, shown
    return Upload(world, found[1])


async def test_a_file_changes_and_adds_after_a_preview_that_names_each_mistake(world: World) -> None:
    await says(world, "catalogue add 40 ☕ Coffee mug")
    await says(world, "catalogue add 60 📚 Book")
    page = await page_of(world)
    lines = [
        "short name,title,points,category,left,countries,worth,to",
        "coffee-mug,,45,food,7,DE AT,,",
        "book,,,,,,,",
        ",Tree,30,charity,,,3.00 EUR,2027-03-31",
        "tea,Tea,none,food,,,,",
        "cake,Cake,30,baking,,XX,,",
        "coffee-mug,,50,,,,,",
        "new-one,,20,,,,,",
    ]
    shown = await page.send("\n".join(lines), "rewards.csv")
    assert "<strong>2 rewards</strong> will change: 1 new one, 1 changed one" in shown.body
    assert "price 45, was 40" in shown.body
    assert "new: 30 points" in shown.body
    mistakes = re.findall(r"<tr><td>(\d+)</td><td>([\w ]*)</td>", shown.body)
    assert mistakes == [("5", "points"), ("6", "category"), ("7", "short name"), ("8", "title")]
    assert reward(world, "coffee-mug").price == 40
    await page.confirm(shown)
    again = await page.look()
    assert "Your file was taken" in again.body
    mug, tree = reward(world, "coffee-mug"), reward(world, "tree")
    assert (mug.price, mug.stock, mug.countries, mug.category) == (45, 7, ("AT", "DE"), "food")
    assert (tree.price, tree.value_minor, str(tree.ends_on), tree.active) == (30, 300, "2027-03-31", True)
    assert world.one("SELECT COUNT(*) FROM reward") == 3
    assert audited(world)[0].act == "catalogue imported"
    assert audited(world)[0].details == {"file": "rewards.csv", "changed": 2, "left out": 4}


async def test_what_is_taken_along_and_brought_back_changes_nothing(world: World) -> None:
    await says(world, "catalogue examples")
    world.change("UPDATE reward SET description = '=cmd()', departments = 'Design', stock = 3 WHERE code = 'hoodie'")
    page = await page_of(world)
    assert "Take the catalogue along" in (await page.look()).body
    taken = await page._ask("GET", f"{page.address}/export")
    rows = list(csv.DictReader(io.StringIO(taken.body.removeprefix("\ufeff"))))
    assert len(rows) == 12
    assert [one["description"] for one in rows if one["short name"] == "hoodie"] == ["'=cmd()"]
    shown = await page.send(taken.body)
    assert "There is nothing to change" in shown.body
    assert "<strong>0 rewards</strong>" in shown.body


async def test_what_is_bought_while_a_file_is_looked_at_is_not_there_again(world: World) -> None:
    """A file tells how many there were: what it says over that is a difference."""
    for code, left in (("mug", 10), ("cup", 10), ("bowl", 2)):
        await says(world, f"catalogue add 40 ☕ {code}")
        await says(world, f"catalogue stock {code} {left}")
    page = await page_of(world)
    shown = await page.send("short name,points,left\nmug,45,10\ncup,,12\nbowl,,0")
    assert "stock 12, was 10" in shown.body
    world.change("UPDATE reward SET stock = stock - 2")
    await page.confirm(shown)
    assert [(reward(world, code).price, reward(world, code).stock) for code in ("mug", "cup", "bowl")] == [
        (45, 8),
        (40, 10),
        (40, 0),
    ]


async def test_a_catalogue_of_years_can_be_brought_back(world: World) -> None:
    """Those out of use are in the file, too, and are more every year."""
    await says(world, "catalogue add 40 ☕ Mug")
    names = [one.name for one in Reward.__table__.columns if one.name not in ("id", "code", "active")]  # type: ignore[attr-defined]
    kept = ", ".join(f'"{name}"' for name in names)
    for number in range(240):
        used = "true" if number < 100 else "false"
        world.change(
            f"INSERT INTO reward (id, code, active, {kept}) "  # noqa: S608
            f"SELECT 'r{number}', 'mug-{number}', {used}, {kept} FROM reward WHERE code = 'mug'"
        )
    world.change("UPDATE reward SET description = '＝1+1' WHERE code = 'mug'")
    page = await page_of(world)
    taken = await page._ask("GET", f"{page.address}/export")
    shown = await page.send(taken.body.replace("Mug,", "Cup,", 1))
    assert "<strong>1 reward</strong> will change" in shown.body, "the lines that say nothing new change nothing"


async def test_a_link_is_for_one_kind_of_file_and_needs_an_administrator(world: World) -> None:
    page = await page_of(world)
    shown = await page.send("email,department\nann@acme.test,Design\n")
    assert "one of them has to be title or short name" in shown.body
    world.change("UPDATE person SET active = false WHERE email = 'ann@acme.test'")
    assert (await page.look()).status == 403
    assert (await page._ask("GET", f"{page.address}/export")).status == 403
    assert "good any more" in (await Upload(world, "x" * 40).look()).body


async def test_the_menu_leads_to_the_catalogue(world: World) -> None:
    await says(world, "")
    await world.tap("ann", world.answer("ann"), "Catalogue")
    assert "There are no rewards yet" in text_of(world.answer("ann"))


# --- in the browser ---------------------------------------------------------------------------------------


async def test_the_page_in_the_browser_shows_searches_and_pages_what_is_for_one(world: World) -> None:
    await says(world, "catalogue examples")
    await says(world, "catalogue add 33 🎁 <b>Bold</b>")
    world.change("UPDATE reward SET countries = 'FR' WHERE code = 'hoodie'")
    bob = await comes_in(world, "bob")
    page = await bob.looks("/wall/rewards")
    assert "You have 0 points" in page.text
    assert "You have 0 of 30; 30 to go" in page.text
    assert "<b>Bold" not in page.body
    assert "hoodie" not in page.body
    found = await bob.looks("/wall/rewards?category=food&text=coffee")
    assert "Coffee with a colleague" in found.text
    assert "Cake" not in found.text
    assert "Nothing like that just now" in (await bob.looks("/wall/rewards?afford=yes&page=99999999999")).text
    assert (await Visitor(world).looks("/wall/rewards")).status == 403
    await world.slack.command("bob", "#general", "/rewards", "")
    await world.tap("bob", world.answer("bob"), "In the browser")
    assert "to=rewards" in str(world.answer("bob").blocks)
