"""Many at once, and a process that dies: the last one goes to one, nobody pays twice, nothing is lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from itertools import count
from typing import Any

import pytest

from handlers.catalogue_rows import KeptRow, apply_rows
from handlers.dispatch import Dispatcher
from handlers.rules.catalogue_csv import RewardRow
from store.db import Database
from store.sealing import Sealer
from tests.budgeting import within
from tests.posting import House, Killed, open_house, open_replica
from tests.shop import KEY, Shop
from tests.test_budgets_at_once import asked_by
from tests.test_concurrency import at_once
from tests.test_crashes import Fuse, FusedPresenter

BUYERS = 16


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened
        assert opened.books_agree()


@pytest.mark.parametrize("kind", ["manual", "codes"])
async def test_of_sixteen_buyers_one_gets_the_last(house: House, database_url: str, kind: str) -> None:
    shop = Shop(house)
    last = shop.reward("last", fulfilment=kind, stock=1)
    if kind == "codes":
        shop.submits("cleo", "admin_codes", context={"reward": last}, codes="THE-LAST")
        house.change("UPDATE reward SET stock = NULL")  # the code alone decides
    people = shop.hires(BUYERS, 40)
    async with open_replica(house, database_url) as replica:
        shops = [shop, Shop(replica)]
        answers = at_once(*(lambda n=n: shops[n % 2].orders(people[n], last) for n in range(BUYERS)))
    outcomes = sorted(one.outcome for one in answers)
    assert outcomes.count("done") == 1
    assert set(outcomes) <= {"done", "sold_out", "cannot_now"}
    assert sum(shop.wallet(one) for one in people) == 40 * (BUYERS - 1)
    assert house.one("SELECT COUNT(*) FROM redemption") == 1
    assert shop.stock(last) in (0, None)


async def test_one_wallet_pays_for_as_many_as_it_holds(house: House) -> None:
    shop = Shop(house)
    pin, mug = shop.reward("pin", price=10), shop.reward("mug", price=10)
    shop.grant("ann", 45)
    answers = at_once(*(lambda n=n: shop.orders("ann", [pin, mug][n % 2]) for n in range(8)))
    assert sorted(one.outcome for one in answers) == ["done"] * 4 + ["not_enough"] * 4
    assert (shop.wallet("ann"), shop.held()) == (5, 40)


async def test_a_form_that_comes_seven_times_at_once_orders_once(house: House) -> None:
    shop = Shop(house)
    mug = shop.reward("mug", limit=0)
    shop.grant("ann", 400)
    answers = at_once(*(lambda: shop.orders("ann", mug, form="one form") for _ in range(7)))
    assert sorted(one.again for one in answers) == [False] + [True] * 6
    assert (shop.wallet("ann"), house.one("SELECT COUNT(*) FROM redemption")) == (360, 1)


async def test_cancel_start_done_and_decline_at_once_end_it_once(house: House) -> None:
    shop = Shop(house)
    mug = shop.reward("mug", people=("bob", "cleo"), stock=5)
    shop.grant("ann", 200)
    for _ in range(5):
        shop.orders("ann", mug)
        order = shop.newest
        at_once(
            partial(shop.presses, "ann", "order_cancel", order),
            partial(shop.presses, "bob", "order_start", order),
            partial(shop.done, "cleo", order),
            partial(shop.declines, "bob", order),
        )
        assert shop.state(order) in ("cancelled", "fulfilled", "declined")
    spent = int(house.one("SELECT COUNT(*) FROM redemption WHERE state = 'fulfilled'"))
    assert (shop.wallet("ann"), shop.held(), shop.stock(mug)) == (200 - 40 * spent, 0, 5 - spent)


async def test_an_order_that_is_agreed_to_and_cancelled_at_once_is_one_of_both(house: House) -> None:
    shop = Shop(house)
    trip = shop.reward("trip", price=1500, stock=3)
    shop.grant("ann", 4500)
    for _ in range(3):
        shop.orders("ann", trip)
        order, approval = shop.newest, str(house.one("SELECT MAX(id) FROM approval"))
        at_once(
            partial(shop.presses, "ann", "order_cancel", order),
            partial(shop.agrees, "cleo", approval),
        )
        assert shop.state(order) == "cancelled", "agreed to or not, nobody had started"
    assert (shop.wallet("ann"), shop.held(), shop.stock(trip)) == (4500, 0, 3)


async def test_codes_that_are_pasted_by_four_at_once_are_there_once(house: House, database_url: str) -> None:
    shop = Shop(house)
    rewards = [shop.reward(f"voucher{one}", fulfilment="codes") for one in range(2)]
    codes = "\n".join(str(one) for one in range(20))
    async with open_replica(house, database_url) as replica:
        shops = [shop, Shop(replica)]
        answers = at_once(
            *(
                partial(shops[n % 2].submits, "cleo", "admin_codes", context={"reward": rewards[n // 2]}, codes=codes)
                for n in range(4)
            )
        )
    assert [one.outcome for one in answers] == ["done"] * 4
    assert house.one("SELECT COUNT(*) FROM gift_code") == 20
    assert sorted(shop.stock(one) or 0 for one in rewards) == [0, 20]


async def test_what_a_file_brings_and_what_is_bought_at_once_add_up(house: House, database_url: str) -> None:
    """The file says one more of each than its preview showed; buyers take some of them while it is applied."""
    shop = Shop(house)
    made = {code: shop.reward(code, price=1, stock=10) for code in ("mug", "cup", "bowl")}
    people = shop.hires(6, 10)
    rows = [KeptRow(RewardRow(line, {"code": code, "stock": "11"}), "10") for line, code in enumerate(made, 2)]

    def brings() -> None:
        with within(house.database, house.clock()) as ctx:
            apply_rows(asked_by(ctx, "person cleo"), rows)

    async with open_replica(house, database_url) as replica:
        shops = [shop, Shop(replica)]
        buyers = [
            partial(shops[number % 2].orders, name, list(made.values())[number % 3])
            for number, name in enumerate(people)
        ]
        at_once(brings, *buyers)
    assert [shop.stock(one) for one in made.values()] == [9, 9, 9]


def fused(shop: Shop, fuse: Fuse) -> Dispatcher:
    house = shop.house
    return Dispatcher(
        house.database,
        FusedPresenter(fuse),
        clock=fuse.before(house.clock),
        new_id=fuse.before(house.new_id),
        on_sends=fuse.burn,
        owners=["cleo@acme.test"],
        sealer=Sealer([KEY]),
    )


async def test_an_order_whose_process_died_at_any_step_is_whole_or_nothing_and_comes_once(house: House) -> None:
    """A code is taken, points are held and spent, cards are written: all of it, or none."""
    shop = Shop(house)
    voucher = shop.reward("voucher", price=1, fulfilment="codes", settings={"low": 0})
    shop.submits("cleo", "admin_codes", context={"reward": voucher}, codes="\n".join(map(str, range(60))))
    shop.grant("ann", 60)
    safe = shop.dispatcher
    for step in count(1):
        shop.dispatcher = fused(shop, Fuse(step))
        died = False
        try:
            shop.orders("ann", voucher, form=f"form {step}")
        except Killed:
            died = True
        shop.dispatcher = safe
        orders = int(house.one("SELECT COUNT(*) FROM redemption"))
        assert shop.stock(voucher) == 60 - orders
        assert shop.wallet("ann") == 60 - orders
        assert shop.orders("ann", voucher, form=f"form {step}").outcome == "done"
        assert house.one("SELECT COUNT(*) FROM redemption") == step
        if not died:
            break
    assert step > 8
    assert house.one("SELECT COUNT(*) FROM gift_code WHERE order_id IS NOT NULL") == step
    assert (shop.wallet("ann"), shop.held()) == (60 - step, 0)
