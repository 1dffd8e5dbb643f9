"""The demo organisation: whole, varied, and right in the books."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from bot.presenter import CardPresenter
from bot.sandbox.fake_slack import FakeSlack, text_of
from bot.sandbox.fake_teams import FakeTeams
from bot.sandbox.organisation import COLLEAGUES, NAME
from bot.sandbox.seed import latest_gift, readdress, seed_history
from bot.sandbox.shown import LATEST, show_latest
from bot.sandbox.worlds import SLACK_TEAM, Worlds, fill_fakes
from handlers import registry
from store.boosts import BoostFact, add_boost
from store.conversations import conversation
from store.db import Database
from store.ledger import find_balance, wallet
from store.ledger_check import verify
from store.outbox import count_pending, find_posted, outbox
from store.people import Member, list_persons
from store.pools import list_parts_of
from store.recognitions import receiver, recognition
from store.roles import Role, list_holders
from store.tallies import tally
from store.tenants import Home, find_home, list_homes

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)


@pytest.fixture
def worlds() -> Worlds:
    registry.load()
    return make_worlds("http://127.0.0.1:1/teams/")


def make_worlds(service_url: str) -> Worlds:
    slack, teams = FakeSlack(NOW.timestamp), FakeTeams(now=lambda: NOW)
    teams.service_url = service_url
    return fill_fakes(slack, teams)


@pytest.fixture
def seeded(database: Database, worlds: Worlds) -> Database:
    assert seed_history(database, worlds, NOW)
    return database


def test_somebody_runs_the_demo_organisation_on_both_platforms(seeded: Database) -> None:
    with seeded.reading() as tx:
        held = list_holders(tx, home_of(seeded).tenant_id, Role.ADMINISTRATOR)
    [first] = [one for one in members(seeded).values() if one.id in held]
    assert (first.email, len(held)) == (COLLEAGUES[0].email, 1)
    assert {one.platform for one in first.accounts} == {"slack", "teams"}


def home_of(database: Database, platform: str = "slack") -> Home:
    with database.reading() as tx:
        first = find_home(tx, "slack", SLACK_TEAM)
        assert first
        return next(one for one in list_homes(tx, first.tenant_id) if one.platform == platform)


def members(database: Database) -> dict[str, Member]:
    with database.reading() as tx:
        return {one.name: one for one in list_persons(tx, home_of(database).tenant_id)}


# --- people -----------------------------------------------------------------------------------------------


def test_about_a_dozen_people_can_be_acted_as() -> None:
    assert 11 <= len([one for one in COLLEAGUES if one.gives]) <= 14
    assert {True} == {any(getattr(one, what) for one in COLLEAGUES) for what in ("guest", "gone", "bot", "admin")}


def test_names_are_as_people_have_them() -> None:
    letters = {unicodedata.bidirectional(letter) for one in COLLEAGUES for letter in one.name}
    assert "AL" in letters
    assert max(len(one.name) for one in COLLEAGUES) > 50
    assert any("'" in one.name for one in COLLEAGUES)
    assert any(unicodedata.category(letter) == "So" for one in COLLEAGUES for letter in one.name)


def test_the_clock_differs_over_the_organisation() -> None:
    offsets = {NOW.astimezone(ZoneInfo(one.zone)).utcoffset() for one in COLLEAGUES}
    assert max(filter(None, offsets)) - min(filter(None, offsets)) > timedelta(hours=20)


def test_one_person_has_both_accounts(seeded: Database) -> None:
    people = members(seeded)
    assert [one.platform for one in people["Alice Moreau"].accounts] == ["slack", "teams"]
    assert [one.platform for one in people["Kalani Akana"].accounts] == ["slack"]
    assert [one.platform for one in people["Inês Cardoso"].accounts] == ["teams"]
    assert len(people) == len(COLLEAGUES)


def test_both_workspaces_are_one_tenant_with_a_recognition_channel_each(seeded: Database) -> None:
    slack, teams = home_of(seeded), home_of(seeded, "teams")
    assert slack.tenant_id == teams.tenant_id
    assert slack.tenant_name == NAME
    assert slack.recognition_id
    assert teams.recognition_id


# --- the books --------------------------------------------------------------------------------------------


def test_the_books_agree(seeded: Database) -> None:
    with seeded.reading() as tx:
        assert verify(tx) == []


def test_wallets_hold_what_was_received(seeded: Database) -> None:
    tenant_id = home_of(seeded).tenant_id
    given = select(receiver.c.person_id, func.sum(recognition.c.points)).join_from(
        receiver, recognition, receiver.c.recognition_id == recognition.c.id
    )
    with seeded.reading() as tx:
        received = {row[0]: int(row[1]) for row in tx.execute(given.group_by(receiver.c.person_id))}
        kept = {one: find_balance(tx, tenant_id, wallet(one)) for one in received}
        aside = {one: sum(part.points for part in list_parts_of(tx, tenant_id, one)) for one in received}
        assert received == {one: kept[one] + aside[one] for one in received}
        assert sum(aside.values()) == 70, "for a breakfast"
        counted = select(func.sum(tally.c.points_received)).where(tally.c.period == "all")
        assert tx.execute(counted).scalar() == sum(received.values())


def test_a_month_of_thanks_on_working_days(seeded: Database) -> None:
    with seeded.reading() as tx:
        days = [row[0] for row in tx.execute(select(recognition.c.given_at))]
    assert 100 <= len(days) <= 140
    assert NOW - timedelta(days=30) <= min(days)
    assert max(days) < NOW
    assert not [day for day in days if day.isoweekday() > 5]


def test_old_thanks_are_sent_to_nobody(seeded: Database) -> None:
    with seeded.reading() as tx:
        assert count_pending(tx) == 0


def test_seeding_again_changes_nothing(seeded: Database, worlds: Worlds) -> None:
    before = latest_gift(seeded)
    assert not seed_history(seeded, worlds, NOW + timedelta(days=9))
    assert latest_gift(seeded) == before


# --- what the fakes show ----------------------------------------------------------------------------------


def test_fakes_of_the_next_start_have_the_same_ids(worlds: Worlds) -> None:
    again = make_worlds("http://127.0.0.1:2/teams/")
    assert again.teams_people == worlds.teams_people
    assert set(again.teams.world.conversations) == set(worlds.teams.world.conversations)
    assert set(again.workspace.conversations) == set(worlds.workspace.conversations)


def test_the_latest_thanks_are_shown_on_both_sides(seeded: Database, worlds: Worlds) -> None:
    assert show_latest(seeded, CardPresenter(), worlds) == LATEST
    slack = list(worlds.workspace.shown("C0KUDOS"))
    teams = worlds.teams.messages(worlds.teams_places["General"])
    assert len(slack) == len(teams) == LATEST
    assert "thanked" in text_of(slack[-1])
    assert [one.ts for one in slack] == sorted(one.ts for one in slack)


def test_what_waits_for_teams_finds_its_new_address(seeded: Database) -> None:
    url = "http://127.0.0.1:2/teams/"
    readdress(seeded, make_worlds(url))
    assert home_of(seeded, "teams").url == url
    with seeded.reading() as tx:
        addresses = set(tx.execute(select(conversation.c.service_url)).scalars())
    assert addresses == {"", url}


def test_what_is_shown_again_is_as_it_would_be_posted_now(seeded: Database, worlds: Worlds) -> None:
    show_latest(seeded, CardPresenter(), worlds)
    tenant_id = home_of(seeded).tenant_id
    with seeded.reading() as tx:
        newest = tx.execute(select(recognition.c.id).order_by(recognition.c.given_at.desc()).limit(1)).scalar_one()
    [by] = [one for one in members(seeded).values() if one.email == COLLEAGUES[0].email]
    with seeded.writing() as tx:
        made = BoostFact(
            recognition_id=newest, person_id=by.id, points=2, transaction_id=None, tally_labels=(), boosted_at=NOW
        )
        assert add_boost(tx, tenant_id, made)

    again = make_worlds("http://127.0.0.1:2/teams/")
    show_latest(seeded, CardPresenter(), again)
    latest = list(again.workspace.shown("C0KUDOS"))
    assert all("Boost +2" in str(one.blocks) for one in latest)
    assert f"{by.name} joined in" in str(latest[-1].blocks)


def test_the_books_know_what_is_shown_again_by_its_new_name(seeded: Database, worlds: Worlds) -> None:
    show_latest(seeded, CardPresenter(), worlds)
    again = make_worlds("http://127.0.0.1:2/teams/")
    again.teams.world.number_from(10_000)
    show_latest(seeded, CardPresenter(), again)
    tenant_id = home_of(seeded).tenant_id
    general = again.teams_places["General"]
    on_slack = [f"C0KUDOS:{one.ts}" for one in again.workspace.shown("C0KUDOS")]
    on_teams = [f"{general.id}|{one.id}" for one in again.teams.messages(general)]
    with seeded.reading() as tx:
        found = [
            find_posted(tx, tenant_id, home_of(seeded, platform).workspace_id, ref)
            for platform, refs in (("slack", on_slack), ("teams", on_teams))
            for ref in refs
        ]
        rows = tx.execute(select(func.count()).select_from(outbox)).scalar_one()
        assert count_pending(tx) == 0
    assert all(found)
    assert rows == 2 * LATEST
