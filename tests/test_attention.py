"""Attention: one message an act, one unasked message a day and three a week, in the reader's own day, and no leave."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox import fake_slack, fake_teams
from bot.transport import Fate
from cards.render import Target, render, samples
from handlers.attention import REASONS, hold_unasked
from handlers.context import TenantContext
from handlers.mailing import Mailer
from handlers.programme import read_programme
from handlers.purposes import BY_PURPOSE, Purpose
from handlers.rules.openings import week_of
from handlers.rules.policy import Policy
from handlers.vocabulary import Card, Direct, Subject
from store.attention import end_away, find_away, save_away
from store.choices import choose
from store.db import Database
from store.outbox import claim_what_may_go
from store.people import list_members
from store.tenants import change_policy, list_homes
from tests.conftest import Clock
from tests.posting import ACME, PEOPLE, House, Killed, fails, open_house, open_replica
from tests.rhythm import Rhythm
from tests.teams_world import Office, open_office
from tests.test_slack_flows_form import submit
from tests.world import World, open_world

BERLIN = ZoneInfo("Europe/Berlin")
_numbers = count(1)


@pytest.fixture
async def house(database: Database, clock: Clock) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
async def office(database_url: str, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


@contextmanager
def sending(house: House) -> Iterator[tuple[TenantContext, Mailer]]:
    """What a handler of ticks has, and how its answer reaches the outbox."""
    with house.database.writing() as tx:
        home = list_homes(tx, ACME)[0]
        ctx = TenantContext(
            tx=tx,
            now=house.clock(),
            new_id=house.new_id,
            home=home,
            policy=Policy.read(home.policy),
            programme=read_programme(tx, ACME),
        )
        yield ctx, Mailer(house.presenter, house.new_id)


def hints(house: House, *names: str, days: float = 7) -> list[str]:
    """Something unasked is written to each of these people now. Its subjects."""
    with sending(house) as (ctx, mailer):
        people = {one.name.lower(): one for one in list_members(ctx.tx, ACME, [f"person {name}" for name in names])}
        expires = ctx.now + timedelta(days=days)
        sends = [
            Direct(people[name], *_noted(next(_numbers)), unasked=Purpose.MILESTONE, expires_at=expires)
            for name in names
        ]
        mailer.send(ctx, sends)
    return [one.subject.id for one in sends]


def _noted(number: int) -> tuple[Card, Subject]:
    return Card("notice", {"sentence": f"hint {number}."}), Subject("hint", f"hint {number}.")


async def both_settled(*houses: House) -> None:
    """Until none of them finds anything to do. Leases are as long as they are."""
    idle = 0
    while idle < 3:
        claimed = await asyncio.gather(*(one.turn() for one in houses))
        idle = 0 if any(claimed) or any(one.relay.busy for one in houses) else idle + 1


def lives_in(house: House, name: str, zone: str) -> None:
    house.change("UPDATE person SET zone = :zone WHERE id = :id", zone=zone, id=f"person {name}")


def told(house: House, ref: str) -> int:
    return len(house.platform.of(ref))


async def at(house: House, instant: str) -> None:
    house.clock.now = datetime.fromisoformat(instant)
    await house.settled()


# --- the measure of a person ------------------------------------------------------------------------------------


async def test_one_unasked_message_a_day_goes_and_the_next_one_waits_for_tomorrow_morning(house: House) -> None:
    hints(house, "ann")
    hints(house, "ann")
    await house.settled()
    assert told(house, "U1") == 1
    await at(house, "2026-11-19T08:59:59Z")
    assert told(house, "U1") == 1
    await at(house, "2026-11-19T09:00Z")
    assert told(house, "U1") == 2


async def test_the_fourth_of_a_week_comes_on_monday(house: House) -> None:
    for _ in range(4):
        hints(house, "ann")
    seen = []
    for day in range(18, 25):  # Wednesday to Tuesday
        await at(house, f"2026-11-{day}T10:00Z")
        seen.append(told(house, "U1"))
    assert seen == [1, 2, 3, 3, 3, 4, 4]


async def test_it_is_nine_to_five_on_the_readers_own_wall(house: House) -> None:
    lives_in(house, "ann", "Asia/Tokyo")
    lives_in(house, "bob", "America/New_York")
    hints(house, "ann", "bob", "cleo")
    await house.settled()  # 10:00 in UTC, 19:00 in Tokyo, 05:00 in New York
    assert [told(house, one) for one in ("U1", "U2", "U3")] == [0, 0, 1]
    await at(house, "2026-11-18T14:00Z")
    assert [told(house, one) for one in ("U1", "U2", "U3")] == [0, 1, 1]
    await at(house, "2026-11-19T00:00Z")
    assert [told(house, one) for one in ("U1", "U2", "U3")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("evening", "morning"),
    [("2026-03-28T18:00Z", "2026-03-29T07:00Z"), ("2026-10-24T18:00Z", "2026-10-25T08:00Z")],
)
async def test_it_is_nine_on_the_day_when_clocks_change(house: House, evening: str, morning: str) -> None:
    lives_in(house, "ann", "Europe/Berlin")
    house.clock.now = datetime.fromisoformat(evening)
    hints(house, "ann")
    await house.settled()
    await at(house, f"{morning[:13]}:00:00Z".replace(morning[11:13], f"{int(morning[11:13]) - 1:02}"))
    assert told(house, "U1") == 0
    await at(house, morning)
    assert told(house, "U1") == 1


async def test_who_moves_west_has_no_day_twice(house: House) -> None:
    lives_in(house, "ann", "Pacific/Auckland")
    house.clock.now = datetime.fromisoformat("2026-11-18T21:00Z")  # Thursday 10:00
    hints(house, "ann")
    await house.settled()
    lives_in(house, "ann", "Pacific/Honolulu")
    hints(house, "ann")
    await at(house, "2026-11-18T22:00Z")  # Wednesday noon
    assert told(house, "U1") == 1
    await at(house, "2026-11-19T20:00Z")  # Thursday, which was had
    assert told(house, "U1") == 1
    await at(house, "2026-11-20T19:00Z")
    assert told(house, "U1") == 2


async def test_what_is_worth_nothing_in_the_morning_is_dropped(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-18T16:59Z")
    hints(house, "ann", days=0.1)
    hints(house, "ann", days=0.1)
    await house.settled()
    assert (told(house, "U1"), house.states("direct")) == (1, ["sent", "dropped"])


async def test_a_message_that_waits_holds_up_nothing_else(house: House) -> None:
    lives_in(house, "bob", "Asia/Tokyo")
    hints(house, "bob")
    house.says("ann", "@bob for the release")
    await house.settled()
    assert [("the release" in one) for one in house.platform.texts("U2")] == [True]


async def test_what_follows_from_an_act_is_not_counted_and_comes_at_night(house: House) -> None:
    hints(house, "bob")
    await house.settled()
    house.clock.now = datetime.fromisoformat("2026-11-18T23:00Z")
    for reason in ("the release", "the notes", "the tests"):
        house.says("ann", "@bob +1 for", reason)
    await house.settled()
    assert told(house, "U2") == 4


async def test_who_said_no_meanwhile_or_left_gets_nothing(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-18T20:00Z")
    hints(house, "ann", "bob", "cleo")
    await house.settled()
    with house.database.writing() as tx:
        choose(tx, ACME, "person ann", Purpose.MILESTONE, False, house.clock())
    house.change("UPDATE person SET active = false WHERE id = 'person bob'")
    await at(house, "2026-11-19T10:00Z")
    assert [told(house, one) for one in ("U1", "U2", "U3")] == [0, 0, 1]
    assert house.states("direct") == ["dropped", "dropped", "sent"]


async def test_a_no_of_the_organisation_stops_what_waits_for_whoever_did_not_choose(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-18T20:00Z")
    hints(house, "ann", "bob")
    await house.settled()
    with house.database.writing() as tx:
        choose(tx, ACME, "person ann", Purpose.MILESTONE, True, house.clock())
        change_policy(tx, ACME, {"purposes": {Purpose.MILESTONE.value: False}})
    await at(house, "2026-11-19T10:00Z")
    assert [told(house, one) for one in ("U1", "U2")] == [1, 0]


# --- leave ----------------------------------------------------------------------------------------------------


def goes_away(house: House, first: str, last: str) -> None:
    with house.database.writing() as tx:
        save_away(tx, ACME, "person ann", date.fromisoformat(first), date.fromisoformat(last))


async def test_nothing_unasked_comes_on_leave_and_after_it_only_what_is_still_worth_it(house: House) -> None:
    goes_away(house, "2026-11-18", "2026-11-20")
    hints(house, "ann", days=1)
    hints(house, "ann", days=7)
    for day in (18, 19, 20):
        await at(house, f"2026-11-{day}T12:00Z")
        assert told(house, "U1") == 0
    await at(house, "2026-11-21T09:00Z")
    assert (told(house, "U1"), house.states("direct")) == (1, ["dropped", "sent"])


async def test_thanks_reach_people_on_leave(house: House) -> None:
    goes_away(house, "2026-11-18", "2026-11-20")
    house.says("bob", "@ann for the release")
    await house.settled()
    assert told(house, "U1") == 1


async def test_a_leave_replaces_the_one_before_and_can_be_ended(house: House) -> None:
    goes_away(house, "2026-11-18", "2026-11-20")
    goes_away(house, "2026-12-01", "2026-12-02")
    with house.database.writing() as tx:
        known = find_away(tx, ACME, "person ann")
        assert known
        assert (known.first_on, known.last_on) == (date(2026, 12, 1), date(2026, 12, 2))
        end_away(tx, ACME, "person ann")
        assert find_away(tx, ACME, "person ann") is None


# --- whatever happens ------------------------------------------------------------------------------------------


async def test_two_relays_at_once_do_not_pass_the_measure(house: House, database_url: str) -> None:
    """Each person reads on two accounts, so their messages are in two lanes."""
    async with open_replica(house, database_url) as replica:
        for name in ("ann", "bob", "cleo"):
            for number in range(6):
                hints(house, name)
                if number % 2:
                    house.change("UPDATE outbox SET lane = lane || 'b' WHERE reader_id = :id", id=f"person {name}")
        house.change(
            "INSERT INTO lane (tenant_id, id, free_at, day, posts, bundle)"
            " SELECT DISTINCT tenant_id, lane, 0, '', 0, '' FROM outbox WHERE lane NOT IN (SELECT id FROM lane)"
        )
        await both_settled(house, replica)
    assert [told(house, one) for one in ("U1", "U2", "U3")] == [1, 1, 1]
    assert Counter(house.states("direct")) == {"sent": 3, "waiting": 15}


@pytest.mark.parametrize("shown", [False, True])
async def test_a_process_that_dies_at_an_unasked_message_neither_loses_it_nor_sends_another(
    house: House, shown: bool
) -> None:
    first, second = hints(house, "ann") + hints(house, "ann")

    def dies(act: Any) -> Any:
        if shown:
            act()
        raise Killed

    house.platform.will(dies)
    with pytest.raises(Killed):
        await house.relay._attempt((await house.lane.run(lambda: house.deliveries.turn([])))[0])
    house.kill()
    await house.settled()
    seen = house.platform.texts("U1")
    assert seen
    assert all(first in one for one in seen)
    await at(house, "2026-11-19T10:00Z")
    assert [second in one for one in house.platform.texts("U1")][-1]


async def test_a_decision_that_is_rolled_back_leaves_everything_as_it_was(house: House) -> None:
    hints(house, "ann")

    class _Gone(Exception): ...

    def claims_and_dies() -> None:
        with house.database.writing() as tx:
            now = house.clock()
            claim = claim_what_may_go(
                tx, now, most=8, lease_ms=1000, refuse=lambda heads, _: hold_unasked(tx, heads, now)
            )
            assert len(claim.dues) == 1
            raise _Gone

    with pytest.raises(_Gone):
        claims_and_dies()
    assert house.one("SELECT COUNT(*) FROM attention") == 0
    await house.settled()
    assert told(house, "U1") == 1


async def test_a_try_that_failed_at_five_goes_on_in_the_morning(house: House) -> None:
    house.clock.now = datetime.fromisoformat("2026-11-18T16:59:59Z")
    hints(house, "ann")
    house.platform.will(fails(Fate.AGAIN))
    await house.turn()
    house.clock.forward(seconds=5)
    await house.settled()
    assert told(house, "U1") == 0
    await at(house, "2026-11-19T09:00Z")
    assert told(house, "U1") == 1


async def test_a_try_that_failed_goes_on_the_same_day_and_counts_once(house: House) -> None:
    hints(house, "ann")
    house.platform.will(fails(Fate.AGAIN), times=3)
    await house.settled()
    assert (told(house, "U1"), house.one("SELECT in_week FROM attention")) == (1, 1)


async def test_many_who_are_held_back_keep_nobody_waiting(house: House) -> None:
    """More than one claim decides: the relay goes on at once."""
    house.clock.now = datetime.fromisoformat("2026-11-18T20:00Z")
    for _ in range(10):
        hints(house, "ann", "bob", "cleo")
    turns = 0
    while await house.turn() or house.deliveries.behind:
        turns += 1
        assert turns < 20
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending AND due_at > added_at") == 30


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Honolulu", "Pacific/Kiritimati"]),
        st.integers(0, 3),  # messages
        st.integers(0, 30),  # hours
    ),
    max_size=30,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_nobody_ever_gets_more_than_one_a_day_and_three_a_week(steps: Any, sqlite_template: Path) -> None:
    """However people move, whatever is written to them, and whenever the relay looks."""
    clock = Clock(datetime(2026, 10, 23, 10, tzinfo=UTC))  # clocks change on the 25th and on the 1st
    with TemporaryDirectory() as folder:
        copy = shutil.copy(sqlite_template, f"{folder}/plaudit.db")
        with closing(Database(f"sqlite:///{copy}", durable=False)) as database:
            async with open_house(database, clock) as house:
                seen = {"ann": list[datetime](), "bob": list[datetime]()}
                zones = dict.fromkeys(seen, "UTC")
                for name, zone, messages, hours in steps:
                    zones[name] = zone
                    lives_in(house, name, zone)
                    for _ in range(messages):
                        hints(house, name)
                    clock.forward(hours=hours)
                    await house.settled()
                    for who, walls in seen.items():
                        new = told(house, PEOPLE[who]) - len(walls)
                        walls += [clock.now.astimezone(ZoneInfo(zones[who]))] * new
                for walls in seen.values():
                    days = [wall.date() for wall in walls]
                    assert days == sorted(set(days))
                    assert all(time(9) <= wall.time() < time(17) for wall in walls)
                    assert max(Counter(week_of(day) for day in days).values(), default=0) <= 3


# --- one message an act -------------------------------------------------------------------------------------------


async def test_who_is_named_twice_or_receives_and_is_in_copy_gets_one_message(world: World) -> None:
    view = await world.open_form("ann")
    await submit(world, view, receivers=["U2"], audience="copied", copied=["U2", "U3"])
    assert [len(world.slack.direct(one)) for one in ("bob", "cleo")] == [1, 1]


async def test_an_answer_with_two_messages_about_the_same_sends_one(house: House) -> None:
    first, other = Subject("act", "1"), Subject("act", "2")
    with sending(house) as (ctx, mailer):
        ann, bob = list_members(ctx.tx, ACME, ["person ann", "person bob"])
        sends = [(ann, "one", first), (ann, "two", first), (bob, "one", first), (ann, "one", other)]
        mailer.send(ctx, [Direct(who, Card("notice", {"sentence": words}), about) for who, words, about in sends])
    assert house.one("SELECT COUNT(*) FROM outbox") == 3


# --- why, and no more of these ------------------------------------------------------------------------------------


@pytest.mark.parametrize("card", REASONS)
def test_every_message_to_a_person_has_a_reason_and_an_end_or_a_reason_for_none(card: str) -> None:
    reason = REASONS[card]
    assert reason.why
    assert bool(reason.mute) != bool(reason.stays)
    if reason.mute:
        shown = render(card, next(iter(samples(card).values())), Target("slack")).body["blocks"]
        acts = [one["action_id"] for block in shown if block["type"] == "actions" for one in block["elements"]]
        assert {"mute", "no_reminders"} & set(acts)
        assert BY_PURPOSE[reason.mute].otherwise
        for platform in ("slack", "teams"):
            body = str(render(card, next(iter(samples(card).values())), Target(platform)).body)
            assert "Why this" in body, "it says by itself why it came"


async def test_copies_are_muted_with_one_tap_and_can_be_wanted_again(world: World) -> None:
    async def copy(reason: str) -> int:
        await submit(
            world, await world.open_form("ann"), receivers=["U2"], audience="copied", copied=["U3"], reason=reason
        )
        return len(world.slack.direct("cleo"))

    assert await copy("the calm launch") == 1
    kept = world.slack.direct("cleo")[-1]
    await world.tap("cleo", kept, "No more copies")
    assert "You get no messages about thanks to others." in world.whispered("cleo", kept.channel)
    assert "the calm launch" in fake_slack.text_of(world.slack.direct("cleo")[-1])
    assert await copy("the notes") == 1
    await world.slack.command("cleo", "#general", "/my-choices")
    assert "Copies: no" in world.whispered("cleo").replace("*", "")
    await world.tap("cleo", world.answer("cleo"), "Send me copies")
    assert await copy("the tests") == 2


async def test_a_made_up_purpose_mutes_nothing(house: House) -> None:
    for purpose in ("", "board", "no such"):
        assert house.presses("ann", "mute", purpose=purpose).outcome == "unclear_choice"
    assert house.one("SELECT COUNT(*) FROM choice") == 0


async def test_thanks_back_are_muted_with_one_tap_on_teams(office: Office) -> None:
    for reason in ("the release", "the notes"):
        await office.says(office.ann, office.general, f"kudos @Bob Okafor +1 for {reason}")
    first, second = office.directs(office.bob)
    await office.taps(office.bob, first, "Thank back")
    [thanks] = office.directs(office.ann)
    await office.taps(office.ann, thanks, "No more of these")
    await office.taps(office.bob, second, "Thank back")
    assert [fake_teams.text_of(one).count("thanks you back") for one in office.directs(office.ann)] == [1]


# --- the reminder, whole ---------------------------------------------------------------------------------------------


async def test_a_reminder_waits_for_the_end_of_a_leave_that_ends_in_time(world: World, rhythm: Rhythm) -> None:
    for name in ("Ann", "Cl"):
        rhythm.chose(name, Purpose.REMINDER)
    world.change("UPDATE person SET zone = 'Europe/Berlin'")
    await rhythm.at("2026-11-19T02:00Z")
    with world.process.core.database.writing() as tx:
        save_away(tx, rhythm.tenant, rhythm.person("Ann").id, date(2026, 11, 19), date(2026, 11, 19))
        save_away(tx, rhythm.tenant, rhythm.person("Cl").id, date(2026, 11, 19), date(2026, 11, 20))
    seen = []
    for instant in ("2026-11-19T13:00Z", "2026-11-20T07:59Z", "2026-11-20T08:00Z", "2026-11-23T10:00Z"):
        await rhythm.at(instant)
        seen.append([len(world.slack.direct(one)) for one in ("ann", "cleo")])
    assert seen == [[0, 0], [0, 0], [1, 0], [1, 0]]


async def test_whoever_thanks_somebody_while_a_reminder_waits_gets_none(world: World, rhythm: Rhythm) -> None:
    rhythm.chose("Ann", Purpose.REMINDER)
    await rhythm.at("2026-11-19T02:00Z")
    with world.process.core.database.writing() as tx:
        save_away(tx, rhythm.tenant, rhythm.person("Ann").id, date(2026, 11, 19), date(2026, 11, 19))
    await rhythm.at("2026-11-19T13:00Z")
    await world.slack.command("ann", "#general", "/kudos", "@bob +1 for the release")
    await rhythm.at("2026-11-20T09:00Z")
    assert world.slack.direct("ann") == []


async def test_on_teams_a_reminder_is_held_back_the_same_way(office: Office) -> None:
    rhythm = Rhythm(office.world)
    rhythm.tenant = office.home.tenant_id
    await office.says(office.ann, office.general, "my-choices")
    await office.taps(office.ann, office.answer(office.ann, office.general), "Remind me")
    member = office.member(office.ann)
    assert member
    with office.world.process.core.database.writing() as tx:
        save_away(tx, rhythm.tenant, member.id, date(2026, 11, 19), date(2026, 11, 19))
    await rhythm.at("2026-11-19T13:00Z")
    assert office.directs(office.ann) == []
    await rhythm.at("2026-11-20T08:00Z")
    assert len(office.directs(office.ann)) == 1


# --- what administrators see ------------------------------------------------------------------------------------------


async def test_administrators_see_numbers_and_no_names(database_url: str, clock: Clock) -> None:
    async with open_world(database_url, clock, plaudit_owners="ann@acme.test") as world:
        rhythm = Rhythm(world)
        await rhythm.begin()
        world.change("UPDATE person SET zone = 'Europe/Berlin'")
        for name in ("Ann", "Bob O", "Cl", "Bob T"):
            rhythm.chose(name, Purpose.REMINDER)
        await rhythm.at("2026-11-19T02:00Z")
        with world.process.core.database.writing() as tx:
            save_away(tx, rhythm.tenant, rhythm.person("Ann").id, date(2026, 11, 19), date(2026, 11, 19))
            save_away(tx, rhythm.tenant, rhythm.person("Cl").id, date(2026, 11, 1), date(2026, 12, 20))
        await rhythm.at("2026-11-19T13:00Z")
        await world.slack.command("ann", "#general", "/rewards-admin", "attention")
        shown = world.whispered("ann").replace("*", "")
        assert "Thursday reminder: 2 sent, 1 waiting for a better time, 1 dropped" in shown
        assert not [name for name in ("Ann", "Bob", "Cléo") if name in shown]
