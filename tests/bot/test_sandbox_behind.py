"""Behind the scenes: which rows of the books belong to which act, and what they say of people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.sandbox.behind import MOST, behind
from bot.sandbox.fake_slack import FakeSlack
from bot.sandbox.fake_teams import FakeTeams
from bot.sandbox.organisation import COLLEAGUES
from bot.sandbox.seed import seed_history
from bot.sandbox.worlds import SLACK_TEAM, Worlds, fill_fakes
from handlers import registry
from store.db import Database
from store.ledger import Posting, Side, Transaction, post, wallet
from store.outbox import NewMessage, SendKind, add_messages
from store.people import list_persons
from store.requests import claim, keep_outcome
from store.tenants import Home, find_home

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


@pytest.fixture
def worlds() -> Worlds:
    registry.load()
    slack, teams = FakeSlack(NOW.timestamp), FakeTeams(now=lambda: NOW)
    teams.service_url = "http://127.0.0.1:1/teams/"
    return fill_fakes(slack, teams)


@pytest.fixture
def seeded(database: Database, worlds: Worlds) -> Database:
    seed_history(database, worlds, NOW)
    return database


def home_in(tx: Connection) -> Home:
    home = find_home(tx, "slack", SLACK_TEAM)
    assert home
    return home


def claimed(tx: Connection, tenant_id: str, key: str, at: datetime, *, name: str = "kudos") -> None:
    claim(tx, tenant_id, key, name, at)
    keep_outcome(tx, tenant_id, key, "done", {})


def moved(tx: Connection, tenant_id: str, act: str, at: datetime, points: int = 5) -> None:
    somebody = next(one for one in list_persons(tx, tenant_id) if one.name == "Bob Okafor")
    posting = Posting(Side.ISSUED, wallet(somebody.id), points)
    post(tx, tenant_id, Transaction("gift", act, at, at, [posting]))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_before_there_is_an_organisation_nothing_is_shown(database: Database, worlds: Worlds) -> None:
    assert behind(database, worlds, NOW) == []


def test_rows_of_one_instant_are_an_act_of_the_request_before_them(seeded: Database, worlds: Worlds) -> None:
    with seeded.writing() as tx:
        tenant = home_in(tx).tenant_id
        for key, second in (("first", 1.0), ("only read", 1.02), ("third", 3.0)):
            claimed(tx, tenant, key, after(second))
        for act, second in (("a", 1.01), ("b", 3.01), ("of the clock", 9.0)):
            moved(tx, tenant, act, after(second))
    told = [
        ([one["key"] for one in act["requests"]], [one["act"] for one in act["transactions"]])
        for act in behind(seeded, worlds, NOW)
    ]
    assert told == [([], ["of the clock"]), (["third"], ["b"]), (["only read"], []), (["first"], ["a"])]


def test_what_comes_long_after_a_request_is_not_its_own(seeded: Database, worlds: Worlds) -> None:
    with seeded.writing() as tx:
        tenant = home_in(tx).tenant_id
        claimed(tx, tenant, "kudos", after(1))
        moved(tx, tenant, "a streak", after(3600))
    assert [len(act["requests"]) for act in behind(seeded, worlds, NOW)] == [0, 1]


def test_what_the_clock_did_is_told_apart(seeded: Database, worlds: Worlds) -> None:
    job = next(iter(registry.ticks))
    with seeded.writing() as tx:
        tenant = home_in(tx).tenant_id
        claimed(tx, tenant, "asked", after(1))
        claimed(tx, tenant, f"tick:{job}", after(2), name=job)
    assert [act["requests"][0]["by_clock"] for act in behind(seeded, worlds, NOW)] == [True, False]


def test_rows_are_told_with_names(seeded: Database, worlds: Worlds) -> None:
    with seeded.writing() as tx:
        home = home_in(tx)
        claimed(tx, home.tenant_id, "slack:1", after(1))
        moved(tx, home.tenant_id, "gift:1", after(1.01), 7)
        new = NewMessage(
            id="m1",
            workspace_id=home.workspace_id,
            kind=SendKind.POST,
            view="kudos_posted",
            payload={},
            conversation_ref="C0KUDOS",
        )
        add_messages(tx, home.tenant_id, [new], after(1.01))
    act = behind(seeded, worlds, NOW)[0]
    told = {"name": "kudos", "help": "Thank somebody, here and now.", "key": "slack:1", "outcome": "done"}
    assert act["requests"] == [told | {"by_clock": False}]
    message = act["messages"][0]
    assert (message["platform"], message["to"], message["state"]) == ("slack", "#kudos", "waiting")
    assert {(one["account"], one["owner"], one["amount"]) for one in act["transactions"][0]["entries"]} == {
        ("issued", "", -7),
        ("wallet", "Bob Okafor", 7),
    }


def test_of_a_month_the_latest_is_shown_and_every_transaction_sums_to_nothing(seeded: Database, worlds: Worlds) -> None:
    shown = behind(seeded, worlds, NOW - timedelta(days=30))
    assert len(shown) == MOST
    assert [act["at"] for act in shown] == sorted((act["at"] for act in shown), reverse=True)
    assert {sum(_amounts(one["entries"])) for act in shown for one in act["transactions"]} == {0}
    entries = [entry for act in shown for one in act["transactions"] for entry in one["entries"]]
    owners = {one["owner"] for one in entries if one["account"] != "held"}  # what is held belongs to an order or a goal
    assert owners - {""} <= {one.name for one in COLLEAGUES} | {"Kestrel & Finch", "Museum desk", "Workshop"}


def _amounts(entries: Iterable[dict[str, int]]) -> Iterable[int]:
    return (entry["amount"] for entry in entries)
