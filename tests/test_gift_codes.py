"""Gift codes: sealed when they come, handed out once, read by their owners only."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import inspect, text

from handlers.admin_catalogue_saving import keep_reward, lock_known
from handlers.dispatch import Answered
from store.db import Database
from tests.budgeting import within
from tests.posting import open_house
from tests.shop import KEY, Shop
from tests.test_budgets_at_once import asked_by


@pytest.fixture
async def shop(database: Database, clock: Any) -> AsyncIterator[Shop]:
    """Ann and Bob have 100 points each, and Cleo runs it."""
    async with open_house(database, clock) as house:
        shop = Shop(house)
        shop.grant("ann", 100)
        shop.grant("bob", 100)
        yield shop
        assert house.books_agree()


def said(answered: Answered) -> str:
    return json.dumps(answered.payload, ensure_ascii=False)


def pool(shop: Shop, *codes: str, low: int = 0) -> str:
    reward = shop.reward("voucher", fulfilment="codes", settings={"low": low})
    if codes:
        assert adds(shop, reward, *codes).outcome == "done"
    return reward


def adds(shop: Shop, reward: str, *codes: str, name: str = "cleo") -> Answered:
    return shop.submits(name, "admin_codes", context={"reward": reward}, codes="\n".join(codes))


def becomes(shop: Shop, reward: str, kind: str, stock: int | None) -> None:
    with within(shop.house.database, shop.house.clock()) as ctx:
        administrator = asked_by(ctx, "person cleo")
        was = lock_known(administrator, reward)
        keep_reward(administrator, was, replace(was, fulfilment=kind, stock=stock))


def everything_stored(shop: Shop) -> str:
    """Every text of every table."""
    with shop.house.database.reading() as tx:
        tables = inspect(tx).get_table_names()
        rows = [row for table in tables for row in tx.execute(text(f'SELECT * FROM "{table}"'))]  # noqa: S608
    return "\n".join(str(tuple(row)) for row in rows)


async def test_a_code_is_handed_out_at_once_to_its_owner_and_written_down_nowhere(shop: Shop) -> None:
    voucher = pool(shop, "BOOK-AAAA-1111", "BOOK-BBBB-2222")
    told = said(shop.presses("ann", "redeem", reward=voucher, price="40"))
    assert "You have it at once, and it cannot be given back" in told
    assert "Show my code" in said(shop.orders("ann", voucher))
    assert (shop.state(), shop.wallet("ann"), shop.held(), shop.stock(voucher)) == ("fulfilled", 60, 0, 1)
    shown = said(shop.presses("ann", "order_secret"))
    assert "BOOK-AAAA-1111" in shown
    assert said(shop.presses("ann", "order_secret")) == shown, "she can look again"
    assert shop.presses("bob", "order_secret").outcome == "no_order"
    assert shop.presses("cleo", "order_secret").outcome == "no_order", "nor do those who run it"
    shop.orders("bob", voucher)
    assert "BOOK-BBBB-2222" in said(shop.presses("bob", "order_secret"))
    await shop.house.settled()
    assert "BOOK-" not in everything_stored(shop)
    assert "BOOK-" not in "".join(shop.house.platform.texts("U1") + shop.house.platform.texts("U2"))
    assert "BOOK-" not in said(shop.presses("cleo", "admin_codes"))


async def test_codes_that_are_there_already_are_left_out_whatever_reward_they_are_for(shop: Shop) -> None:
    voucher = pool(shop, "one", "two", "  two ")
    other = shop.reward("other", fulfilment="codes")
    shop.orders("ann", voucher)
    assert "1 code was added. 2 were there already, and left out" in said(adds(shop, other, "one", "two", "", "three"))
    assert (shop.stock(voucher), shop.stock(other)) == (1, 1)
    assert "0 codes were added" in said(adds(shop, other, "three"))
    assert shop.house.one("SELECT COUNT(*) FROM audit WHERE act = 'gift codes added'") == 2


async def test_a_form_takes_hundreds_of_codes_in_several_texts(shop: Shop) -> None:
    voucher = pool(shop)
    parts = ["\n".join(f"BOOK-{part}-{number:04}" for number in range(200)) for part in range(4)]
    fields = dict(zip(("codes", "codes_2", "codes_3", "codes_4"), parts, strict=True))
    answered = shop.submits("cleo", "admin_codes", context={"reward": voucher}, **fields)
    assert "800 codes were added" in said(answered)
    assert (shop.stock(voucher), shop.house.one("SELECT COUNT(DISTINCT digest) FROM gift_code")) == (800, 800)


async def test_without_a_key_no_code_is_taken_and_it_says_what_to_set(shop: Shop) -> None:
    voucher = pool(shop)
    keyless = Shop(shop.house, keys=())
    assert "PLAUDIT_SECRET_KEYS" in adds(keyless, voucher, "one").payload["codes"]
    assert "PLAUDIT_SECRET_KEYS" in said(keyless.presses("cleo", "admin_codes_form", reward=voucher))
    assert "Codes cannot be kept yet" in said(keyless.presses("cleo", "admin_codes"))
    adds(shop, voucher, "one")
    assert keyless.orders("ann", voucher).outcome == "cannot_now"
    shop.orders("ann", voucher)
    assert keyless.presses("ann", "order_secret").outcome == "not_opened"
    assert shop.house.one("SELECT COUNT(*) FROM gift_code") == 1


async def test_a_new_key_in_front_opens_what_the_old_one_sealed_and_knows_its_codes(shop: Shop) -> None:
    from cryptography.fernet import Fernet

    voucher = pool(shop, "one")
    shop.orders("ann", voucher)
    rotated = Shop(shop.house, keys=(Fernet.generate_key().decode(), KEY))
    assert "“one”" in said(rotated.presses("ann", "order_secret"))
    assert "0 codes were added" in said(adds(rotated, voucher, "one"))
    stranger = Shop(shop.house, keys=(Fernet.generate_key().decode(),))
    assert "is missing" in adds(stranger, voucher, "two").payload["codes"]


async def test_few_codes_left_are_told_once_until_some_are_added(shop: Shop) -> None:
    voucher = pool(shop, "1", "2", "3", "4", low=2)
    for _ in range(3):
        shop.orders("ann" if shop.wallet("ann") >= 40 else "bob", voucher)
    await shop.house.settled()
    [warning] = shop.house.platform.texts("U3")
    assert "has 2 gift codes left" in warning
    adds(shop, voucher, "5", "6", "7")
    shop.orders("bob", voucher)
    shop.grant("bob", 100)
    shop.orders("bob", voucher)
    await shop.house.settled()
    assert len(shop.house.platform.texts("U3")) == 2


async def test_the_last_code_is_gone_and_says_so(shop: Shop) -> None:
    voucher = pool(shop, "one")
    shop.orders("ann", voucher)
    assert shop.orders("bob", voucher).outcome == "sold_out"
    shop.house.change("UPDATE reward SET stock = NULL")  # as an administrator may write it
    answered = shop.orders("bob", voucher)
    assert answered.outcome == "cannot_now"
    assert "All codes are given out" in said(answered)
    assert shop.wallet("bob") == 100


async def test_a_reward_that_is_handed_out_otherwise_for_a_while_knows_its_codes_again(shop: Shop) -> None:
    shop.grant("ann", 1500)
    voucher = shop.reward("voucher", price=1500, fulfilment="codes", settings={"low": 0})
    adds(shop, voucher, "one", "two", "three")
    shop.orders("ann", voucher)
    becomes(shop, voucher, "manual", 7)
    shop.presses("ann", "order_cancel")
    assert shop.stock(voucher) == 7, "the code that came back is none of the seven"
    becomes(shop, voucher, "codes", None)
    assert shop.stock(voucher) == 3


async def test_a_code_waits_for_agreement_and_goes_back_unseen(shop: Shop) -> None:
    shop.grant("ann", 1500)
    dear = shop.reward("dear", price=1500, fulfilment="codes")
    adds(shop, dear, "one")
    shop.orders("ann", dear)
    assert shop.presses("ann", "order_secret").outcome == "no_secret"
    assert shop.orders("bob", dear).outcome == "sold_out"
    shop.presses("ann", "order_cancel")
    assert shop.stock(dear) == 1
    shop.orders("ann", dear)
    shop.agrees("cleo", str(shop.house.one("SELECT MAX(id) FROM approval")))
    assert "“one”" in said(shop.presses("ann", "order_secret"))


async def test_a_code_goes_out_once_the_rest_is_paid(shop: Shop) -> None:
    voucher = shop.reward("voucher", fulfilment="codes", least_points=20, value_minor=1000, currency="EUR")
    adds(shop, voucher, "one")
    assert "*5.00 EUR*" in said(shop.orders("ann", voucher, pay="20"))
    assert (shop.state(), shop.held()) == ("ordered", 20)
    assert shop.presses("ann", "order_secret").outcome == "no_secret"
    await shop.house.settled()
    assert "It goes out once the rest is paid" in shop.house.platform.texts("U3")[0]
    assert shop.presses("bob", "order_paid").outcome == "not_yours_to_do"
    assert shop.done("cleo").outcome == "not_by_hand"
    assert shop.presses("cleo", "order_paid").outcome == "done"
    assert "“one”" in said(shop.presses("ann", "order_secret"))
    assert (shop.state(), shop.held()) == ("fulfilled", 0)


async def test_a_code_attached_by_hand_is_sealed_as_well(shop: Shop) -> None:
    shop.orders("ann", shop.reward("mug"))
    keyless = Shop(shop.house, keys=())
    assert "PLAUDIT_SECRET_KEYS" in keyless.done("bob", code="DESK-1234").payload["code"]
    assert shop.done("bob", code="DESK-1234", note="Here it is").outcome == "done"
    assert "DESK-1234" in said(shop.presses("ann", "order_secret"))
    assert shop.presses("bob", "order_secret").outcome == "no_order"
    await shop.house.settled()
    assert "DESK-1234" not in everything_stored(shop)
