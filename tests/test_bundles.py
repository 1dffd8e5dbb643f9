"""A busy channel: ten single posts a day, then one bundle every two hours; nothing is lost, and nothing shown twice."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox import fake_teams
from bot.transport import Fate
from handlers.vocabulary import Card, Post, Subject, Touch
from store.db import Database
from store.tenants import change_policy
from tests.conftest import Clock
from tests.posting import ACME, Death, House, Killed, answer_lost, fails, open_house, open_replica
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.test_attention import both_settled, sending
from tests.world import World, open_world

TEN = 10


@pytest.fixture
async def house(database: Database, clock: Clock) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        rhythm = Rhythm(opened.world)
        rhythm.tenant = opened.home.tenant_id
        rhythm.policy(allowance=200)
        yield opened


def rich(house: House, **policy: object) -> None:
    with house.database.writing() as tx:
        change_policy(tx, ACME, {"allowance": 5000, "repeat_s": 0} | policy)


def gives(house: House, many: int, where: str = "C1", who: str = "ann", first: int = 1) -> None:
    for number in range(first, first + many):
        house.says(who, f"@{'bob' if who != 'bob' else 'cleo'} +1 for help number {number}.", where=where)


async def at(house: House, instant: str) -> None:
    house.clock.now = datetime.fromisoformat(instant)
    await house.settled()


def shown(house: House, where: str = "C1") -> list[list[int]]:
    """Which numbers each post there shows."""
    return [[n for n in range(1, 61) if f"help number {n}." in one] for one in house.platform.texts(where)]


# --- ten, then together ---------------------------------------------------------------------------------------


async def test_thirty_on_a_day_are_ten_posts_and_bundles_at_even_hours(house: House) -> None:
    rich(house)
    for number, instant in enumerate(("09:00", "11:59", "12:00", "13:30", "15:00", "23:30")):
        house.clock.now = datetime.fromisoformat(f"2026-11-18T{instant}Z")
        gives(house, 5, first=1 + 5 * number)
        await house.settled()
    singles = [[n] for n in range(1, 11)]
    assert shown(house)[:11] == [*singles, [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]]
    await at(house, "2026-11-19T00:00Z")
    assert shown(house)[11:] == [[21, 22, 23, 24, 25], [26, 27, 28, 29, 30]]
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0


async def test_a_new_day_begins_with_single_posts(house: House) -> None:
    rich(house)
    gives(house, 12)
    await house.settled()
    house.clock.now = datetime.fromisoformat("2026-11-19T00:00Z")
    gives(house, 3, first=13)
    await house.settled()
    assert shown(house)[10:] == [[11, 12], [13], [14], [15]]


async def test_every_channel_has_ten_of_its_own(house: House) -> None:
    rich(house)
    gives(house, 12, "C1")
    gives(house, 9, "C3", first=21)
    await house.settled()
    assert (len(shown(house, "C1")), len(shown(house, "C3"))) == (10, 9)


@pytest.mark.parametrize(("limit", "posts"), [(0, 30), (3, 3), (40, 30)])
async def test_the_programme_says_how_many(house: House, limit: int, posts: int) -> None:
    rich(house, channel_posts=limit)
    gives(house, 30)
    await house.settled(most=400)
    assert len(shown(house)) == posts


@pytest.mark.parametrize(
    ("given_at", "before", "sent_at"),
    [
        ("2026-03-29T00:30Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00Z"),  # 01:30; clocks skip two o'clock
        ("2026-10-25T00:30Z", "2026-10-25T02:59:59Z", "2026-10-25T03:00Z"),  # 02:30, which comes twice
        ("2026-11-18T22:59Z", "2026-11-18T22:59:59Z", "2026-11-18T23:00Z"),  # midnight in Berlin
    ],
)
async def test_even_hours_are_those_of_the_tenants_wall(house: House, given_at: str, before: str, sent_at: str) -> None:
    rich(house)
    house.change("UPDATE tenant SET zone = 'Europe/Berlin'")
    house.clock.now = datetime.fromisoformat(given_at)
    gives(house, 12)
    await house.settled()
    await at(house, before)
    assert len(shown(house)) == TEN
    await at(house, sent_at)
    assert shown(house)[10:] == [[11, 12]]


async def test_a_tenant_that_moves_west_has_no_day_twice(house: House) -> None:
    rich(house)
    house.change("UPDATE tenant SET zone = 'Pacific/Auckland'")
    gives(house, 10)
    await house.settled()
    house.change("UPDATE tenant SET zone = 'Pacific/Honolulu'")
    gives(house, 2, first=11)
    await house.settled()
    assert len(shown(house)) == TEN


async def test_what_is_no_recognition_is_posted_beside_any_number_of_them(house: House) -> None:
    rich(house)
    gives(house, 12)
    await house.settled()
    with sending(house) as (ctx, mailer):
        place = ctx.programme.recognition_places["w1"]
        mailer.send(ctx, [Post(place, Card("notice", {"sentence": "a birthday"}), Subject("celebration", "today"))])
    gives(house, 12, "C2", first=21)
    await house.settled()
    assert ["a birthday" in one for one in house.platform.texts("C2")].count(True) == 1


# --- those who were thanked ----------------------------------------------------------------------------------


async def test_a_receiver_hears_at_once_though_the_post_waits(house: House) -> None:
    rich(house)
    gives(house, 12)
    await house.settled()
    seen = house.platform.texts("U2")
    assert len(seen) == 12
    assert ["the post" in one for one in seen] == [True] * 10 + [False] * 2


async def test_a_message_that_changes_later_links_to_the_bundle(house: House) -> None:
    rich(house)
    gives(house, 11)
    await house.settled()
    await at(house, "2026-11-18T12:00Z")
    house.presses("bob", "thank_back", id=house.gift())
    await house.settled()
    bundle = house.platform.of("C1")[-1]
    assert f"https://acme.test/{house.platform.messages.index(bundle)}" in house.platform.texts("U2")[-1]


# --- changes ---------------------------------------------------------------------------------------------------


async def test_what_is_taken_back_before_its_bundle_is_not_in_it(house: House) -> None:
    rich(house)
    gives(house, 12)
    await house.settled()
    house.presses("ann", "undo", id=house.gift())
    await at(house, "2026-11-18T12:00Z")
    assert shown(house)[10:] == [[11]]


async def test_a_bundle_of_which_nothing_stands_is_not_posted(house: House) -> None:
    rich(house)
    gives(house, 11)
    await house.settled()
    house.presses("ann", "undo", id=house.gift())
    await at(house, "2026-11-18T12:00Z")
    assert len(shown(house)) == TEN
    assert house.states()[-1] == "dropped"


async def test_what_is_taken_back_after_its_bundle_disappears_from_it(house: House) -> None:
    rich(house)
    house.clock.now = datetime.fromisoformat("2026-11-18T11:58Z")
    gives(house, 12)
    await house.settled()
    await at(house, "2026-11-18T12:00Z")
    assert shown(house)[10:] == [[11, 12]]
    house.presses("ann", "undo", id=house.gift())
    await house.settled()
    assert shown(house)[10:] == [[11]]
    house.presses("ann", "undo", id=house.one("SELECT MAX(id) FROM recognition WHERE taken_back_at IS NULL"))
    await house.settled()
    assert "were taken back" in house.platform.texts("C1")[-1]


async def test_a_boost_is_told_in_the_bundle(house: House) -> None:
    rich(house)
    gives(house, 11)
    await house.settled()
    await at(house, "2026-11-18T12:00Z")
    house.change(
        "INSERT INTO boost (tenant_id, recognition_id, person_id, points, tally_labels, boosted_at)"
        " VALUES ('acme', :id, 'person cleo', 2, '', :at)",
        id=house.gift(),
        at=house.clock().isoformat(),
    )
    with sending(house) as (ctx, mailer):
        mailer.send(ctx, [Touch(Subject("recognition", house.gift()))])
    await house.settled()
    assert "<@U1> and 1 colleague" in house.platform.texts("C1")[-1]


async def test_a_bundle_of_hundreds_shows_the_first_and_counts_the_others(house: House) -> None:
    rich(house, channel_posts=1)
    house.change("UPDATE workspace SET paused_until = 9000000000000")
    gives(house, 60)
    house.change("UPDATE workspace SET paused_until = 0")
    await house.settled()
    await at(house, "2026-11-18T12:00Z")
    [single, bundle] = shown(house)
    assert single == [1]
    assert bundle == list(range(2, 2 + len(bundle)))
    assert f"And {59 - len(bundle)} more." in house.platform.texts("C1")[-1]


# --- whatever happens -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", [1, 11, 12])
@pytest.mark.parametrize("after", [False, True])
async def test_a_process_that_dies_loses_and_doubles_nothing(house: House, which: int, after: bool) -> None:
    """At a single post, at the last of them, and at the bundle."""
    rich(house)
    house.clock.now = datetime.fromisoformat("2026-11-18T11:59Z")
    gives(house, 12)
    death = Death(shown=after)
    number = [0]

    def dies(act: Any) -> Any:
        number[0] += 1
        return death(act) if number[0] == which else act()

    house.platform.will(dies, times=60, kind="post")
    for _ in range(60):
        try:
            await house.settled()
        except Killed:
            house.kill()
        if house.clock() < datetime.fromisoformat("2026-11-18T12:30Z"):
            house.clock.forward(minutes=5)
    assert sorted(n for one in shown(house) for n in one) == list(range(1, 13))
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0


async def test_a_turn_that_is_rolled_back_decided_nothing(house: House) -> None:
    rich(house)
    gives(house, 12)
    for _ in range(10):
        house.leases_run_out()
        await house.turn()
    await house.relay.turn(claim=False)
    before = house.states()
    real = house.deliveries._new_id

    def dies() -> str:
        raise Killed

    house.deliveries._new_id = dies
    house.leases_run_out()
    with pytest.raises(Killed):
        house.deliveries.turn([])
    house.deliveries._new_id = real
    assert (house.states(), house.one("SELECT COUNT(*) FROM bundled")) == (before, 0)
    await house.settled()
    await at(house, "2026-11-18T12:00Z")
    assert shown(house)[10:] == [[11, 12]]


async def test_two_relays_at_once_post_ten_and_the_rest_together(house: House, database_url: str) -> None:
    rich(house)
    for where in ("C1", "C2", "C3"):
        gives(house, 14, where)
    async with open_replica(house, database_url) as replica:
        await both_settled(house, replica)
        house.clock.now = datetime.fromisoformat("2026-11-18T12:00Z")
        await both_settled(house, replica)
    for where in ("C1", "C2", "C3"):
        assert shown(house, where) == [*([n] for n in range(1, 11)), [11, 12, 13, 14]]


async def test_what_comes_after_a_bundle_was_sent_elsewhere_too_early_is_still_shown(
    house: House, database_url: str
) -> None:
    """Clocks of two processes are minutes apart: one sends the bundle, and the other one still adds to it."""
    rich(house)
    gives(house, 11)
    await house.settled()
    async with open_replica(house, database_url, Clock(datetime(2026, 11, 18, 12, 1, tzinfo=UTC))) as ahead:
        await ahead.settled()
    assert shown(house)[10:] == [[11]]
    house.clock.now = datetime.fromisoformat("2026-11-18T11:59Z")
    gives(house, 1, first=12)
    await house.settled()
    await at(house, "2026-11-18T12:02Z")
    assert shown(house)[10:] == [[11, 12]]


async def test_a_channel_that_closed_meanwhile_has_its_bundle_in_the_recognition_channel(house: House) -> None:
    rich(house)
    gives(house, 11)
    gives(house, 2, who="bob", first=12)
    await house.settled()
    house.platform.will(fails(Fate.DEAD, closed="archived"), kind="post")
    await at(house, "2026-11-18T12:00Z")
    assert shown(house, "C2") == [[11, 12, 13]]
    notices = [one for ref in ("U1", "U2") for one in house.platform.texts(ref) if "in the recognition channel" in one]
    assert len(notices) == 2


async def test_a_bundle_that_nobody_can_look_for_is_asked_about_once_and_posted_again(house: House) -> None:
    rich(house)
    house.platform.can_look = False
    gives(house, 13)
    await house.settled()
    house.platform.will(fails(Fate.UNCERTAIN), kind="post")
    await at(house, "2026-11-18T12:00Z")
    assert len(shown(house)) == TEN
    asked = [one for one in house.platform.texts("U1") if "post_again" in one]
    assert len(asked) == 1
    bundle = house.one("SELECT id FROM outbox WHERE view = 'bundle'")
    assert house.presses("bob", "post_again", id=bundle).outcome == "not_yours"
    assert house.presses("ann", "post_again", id=bundle).outcome == "done"
    await house.settled()
    assert shown(house)[10:] == [[11, 12, 13]]


async def test_a_bundle_without_an_answer_is_looked_for_and_not_posted_twice(house: House) -> None:
    rich(house)
    gives(house, 12)
    await house.settled()
    house.platform.will(answer_lost, kind="post")
    await at(house, "2026-11-18T12:00Z")
    await at(house, "2026-11-18T12:01Z")
    assert shown(house)[10:] == [[11, 12]]


STEPS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 200), st.booleans()), max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, zone=st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Kiritimati"]))
async def test_no_channel_ever_gets_more_than_ten_a_day_and_everything_is_shown_once(
    steps: Any, zone: str, sqlite_template: Path
) -> None:
    clock = Clock(datetime(2026, 10, 24, 20, tzinfo=UTC))  # clocks change the night after
    with TemporaryDirectory() as folder:
        copy = shutil.copy(sqlite_template, f"{folder}/plaudit.db")
        with closing(Database(f"sqlite:///{copy}", durable=False)) as database:
            async with open_house(database, clock) as house:
                rich(house)
                house.change("UPDATE tenant SET zone = :zone", zone=zone)
                singles: Counter[str] = Counter()
                given_so_far, seen, late = 0, 0, 0
                for many, minutes, kill in [*steps, (0, 600, False)]:
                    gives(house, many, first=given_so_far + 1)
                    given_so_far += many
                    if kill:
                        await house.turn()
                        house.kill()
                    before = clock.now.astimezone(ZoneInfo(zone)).date()
                    clock.forward(minutes=minutes)
                    late += kill and clock.now.astimezone(ZoneInfo(zone)).date() != before
                    await house.settled()
                    new = [one for one in house.platform.of("C1")[seen:] if "more kudos" not in str(one.payload)]
                    seen = len(house.platform.of("C1"))
                    singles[f"{clock.now.astimezone(ZoneInfo(zone)):%F}"] += len(new)
                # What a relay took before midnight, and died, counts for that day though it is shown on the next.
                assert max(singles.values()) <= TEN + late
                numbers = [n for one in house.platform.texts("C1") for n in range(1, 200) if f"help number {n}." in one]
                assert len(numbers) == len(set(numbers))
                assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0


# --- on both platforms --------------------------------------------------------------------------------------------


async def test_on_slack_a_busy_channel_gets_a_bundle_that_tells_who_thanked_whom(
    database_url: str, clock: Clock
) -> None:
    async with open_world(database_url, clock, plaudit_owners="ann@acme.test") as world:
        await _busy_on_slack(world, clock)


async def _busy_on_slack(world: World, clock: Clock) -> None:
    rhythm = Rhythm(world)
    await rhythm.begin()
    rhythm.policy(repeat_s=0)
    for number in range(13):
        await world.slack.command("ann", "#general", "/kudos", f"@bob @cleo +1 for part {number} #teamwork")
    await world.settled()
    assert len(world.slack.messages("#general")) == TEN
    await world.slack.command("ann", "#general", "/rewards-admin", "attention")
    assert "#general: 3 kudos wait for 12:00" in world.whispered("ann").replace("*", "")
    await rhythm.at("2026-11-18T11:00Z")  # noon in Berlin
    assert world.shown("#general").replace("*", "").splitlines()[-6:] == [
        "💛  3 more kudos in two hours",
        "🤝 <@U1> thanked <@U2> and <@U3>: “part 10”",
        "🤝 <@U1> thanked <@U2> and <@U3>: “part 11”",
        "🤝 <@U1> thanked <@U2> and <@U3>: “part 12”",
        "Give kudos",
        "Why together? After 10 posts a day, kudos come here every two hours, so that the channel stays readable.",
    ]
    clock.forward(minutes=1)
    assert world.books_agree()


async def test_on_teams_a_busy_channel_gets_a_bundle_too(office: Office) -> None:
    for number in range(12):
        await office.says(office.ann, office.general, f"kudos @Bob Okafor +1 for part {number}.")
    assert len(office.posts(office.general)) == TEN
    assert len(office.directs(office.bob)) == 12
    rhythm = Rhythm(office.world)
    rhythm.tenant = office.home.tenant_id
    await rhythm.at(office.world.clock() + timedelta(hours=2))
    [*_, bundle] = office.posts(office.general)
    said = fake_teams.text_of(bundle)
    assert [f"part {number}." in said for number in (9, 10, 11)] == [False, True, True]
    assert office.buttons(bundle) == ["Give kudos"]
