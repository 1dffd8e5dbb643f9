"""The outbox by itself: who may take a lane, what a claim and a record leave behind, and what changes add up to."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, text

from store import outbox
from store.db import Database, db_now_ms
from store.outbox import EDITS_GATHER, LINK_PATIENCE, Due, NewMessage, Record, SendKind, State
from store.tenants import Workspace, add_tenant, add_workspace, pause_workspace

ACME = "acme"
NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
SOON = NOW + timedelta(seconds=3)
LEASE_MS = 30_000
IDS = (f"m{number:04}" for number in count(1))


@pytest.fixture(autouse=True)
def _acme(database: Database) -> None:
    with database.writing() as tx:
        add_tenant(tx, ACME, "Acme", "UTC", NOW)
        add_workspace(tx, Workspace(tenant_id=ACME, id="w1", platform="slack", ref="T1", name="acme", bot_ref="UB"))


def new(where: str = "C1", subject: str = "r1", **more: Any) -> NewMessage:
    made = NewMessage(
        id=next(IDS),
        workspace_id="w1",
        kind=SendKind.POST,
        view="kudos_posted",
        payload={"text": "hello"},
        conversation_ref=where,
        subject_kind="recognition",
        subject_id=subject,
    )
    return replace(made, **more)


def add(database: Database, *messages: NewMessage, at: datetime = NOW) -> None:
    with database.writing() as tx:
        outbox.add_messages(tx, ACME, messages, at)


def claim(database: Database, at: datetime = NOW, most: int = 64) -> list[Due]:
    with database.writing() as tx:
        return outbox.claim_due(tx, at, most=most, lease_ms=LEASE_MS)


def write_down(database: Database, *records: Record, at: datetime = NOW) -> list[Record]:
    with database.writing() as tx:
        return outbox.record(tx, records, at)


def touch(database: Database, subject: str = "r1", due_at: datetime = NOW) -> int:
    with database.writing() as tx:
        return outbox.touch(tx, ACME, "recognition", subject, due_at)


def shown(due: Due, **more: Any) -> Record:
    return Record(message=due, state=State.SENT, ref="C1:1", link="https://acme.test/1", shown=due.wanted, **more)


def failed(due: Due, state: State, **more: Any) -> Record:
    return Record(message=due, state=state, ref=due.ref, shown=due.shown, attempts=due.attempts + 1, **more)


def leases_run_out(database: Database) -> None:
    with database.writing() as tx:
        tx.execute(text("UPDATE lane SET free_at = 0"))


def row(database: Database, message_id: str) -> Any:
    with database.reading() as tx:
        return tx.execute(select(outbox.outbox).where(outbox.outbox.c.id == message_id)).one()


def rests_ms(database: Database, where: str = "C1") -> int:
    with database.reading() as tx:
        free_at = tx.execute(select(outbox.lane.c.free_at).where(outbox.lane.c.id == f"w1/{where}")).scalar_one()
        return int(free_at - tx.execute(select(db_now_ms())).scalar_one())


def test_a_claim_takes_the_first_message_of_each_conversation(database: Database) -> None:
    first, second, elsewhere = new(), new(), new("C2")
    add(database, first, second, elsewhere)
    assert {one.id for one in claim(database)} == {first.id, elsewhere.id}


def test_a_claimed_conversation_is_nobody_elses_until_its_lease_runs_out(database: Database) -> None:
    message = new()
    add(database, message, new())
    [due] = claim(database)
    assert claim(database) == []
    assert 29_000 < rests_ms(database) <= LEASE_MS
    leases_run_out(database)
    [again] = claim(database)
    assert (again.id, due.state, again.state) == (message.id, State.WAITING, State.SENDING)


def test_a_sent_message_makes_way_for_the_next_after_its_pace(database: Database) -> None:
    add(database, new(), second := new())
    [due] = claim(database)
    write_down(database, shown(due, wait_ms=60_000))
    assert claim(database) == []
    assert 59_000 < rests_ms(database) <= 60_000
    leases_run_out(database)
    assert [one.id for one in claim(database)] == [second.id]


def test_what_is_not_due_yet_waits_and_holds_nobody_up(database: Database) -> None:
    later, now = new(), new()
    add(database, later, at=NOW + timedelta(minutes=3))
    add(database, now)
    assert [one.id for one in claim(database)] == [now.id]


def test_a_paused_workspace_sends_nothing(database: Database) -> None:
    add(database, new())
    with database.writing() as tx:
        pause_workspace(tx, ACME, "w1", 60_000)
    assert claim(database) == []


def test_a_relay_takes_no_more_than_it_can_send(database: Database) -> None:
    add(database, *(new(f"C{number}") for number in range(10)))
    assert [len(claim(database, most=4)) for _ in range(4)] == [4, 4, 2, 0]


def test_many_relays_share_the_conversations_and_none_is_taken_twice(database: Database, database_url: str) -> None:
    add(database, *(new(f"C{number}") for number in range(40)))

    def work(_: int) -> list[str]:
        with closing(Database(database_url, durable=False)) as own:
            return [one.id for _ in range(5) for one in claim(own, most=7)]

    with ThreadPoolExecutor(max_workers=4) as relays:
        taken = [one for claimed in relays.map(work, range(4)) for one in claimed]
    taken += [one.id for one in claim(database, most=40)]  # two that look at once may both see the same lanes
    assert len(taken) == len(set(taken)) == 40


@pytest.mark.parametrize("engine_name", ["postgresql"])
def test_a_lane_that_turns_out_empty_is_given_back(database: Database, database_url: str) -> None:
    """Another relay ends its last message between two looks of this one. On SQLite nobody comes in between."""
    add(database, new())
    [due] = claim(database)
    leases_run_out(database)
    with ThreadPoolExecutor(max_workers=1) as other, closing(Database(database_url)) as replica:
        with database.writing() as tx:
            outbox.record(tx, [failed(due, State.DROPPED)], NOW)
            claiming = other.submit(claim, replica)
            wait_for_a_lock(database)
        assert claiming.result() == []
    assert rests_ms(database) <= 0


def wait_for_a_lock(database: Database) -> None:
    """Until somebody waits for what somebody else holds."""
    for _ in range(500):
        with database.reading() as tx:
            waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND state = 'active'"
            if tx.execute(text(waiting)).scalar_one():
                return
        time.sleep(0.001)
    raise AssertionError("nobody waits")


def test_a_linked_message_waits_a_minute_for_its_post(database: Database) -> None:
    post, linked = new(), new("D1", kind=SendKind.DIRECT, linked=True, waits=True)
    add(database, post, linked)
    assert [one.id for one in claim(database)] == [post.id]
    assert claim(database, NOW + LINK_PATIENCE - timedelta(seconds=1)) == []
    assert [one.id for one in claim(database, NOW + LINK_PATIENCE)] == [linked.id]


@pytest.mark.parametrize("state", [State.SENT, State.DEAD, State.UNCERTAIN, State.DROPPED])
def test_a_linked_message_goes_when_the_fate_of_its_post_is_known(database: Database, state: State) -> None:
    add(database, new(), linked := new("D1", kind=SendKind.DIRECT, linked=True, waits=True))
    [due] = claim(database)
    write_down(database, shown(due) if state is State.SENT else failed(due, state))
    assert [one.id for one in claim(database)] == [linked.id]


@pytest.mark.parametrize("state", [State.WAITING, State.SENDING])
def test_a_linked_message_goes_on_waiting_while_its_post_is_tried(database: Database, state: State) -> None:
    add(database, new(), new("D1", kind=SendKind.DIRECT, linked=True, waits=True))
    [due] = claim(database)
    write_down(database, failed(due, state, wait_ms=60_000))
    assert claim(database) == []


def test_a_change_does_not_hurry_what_waits_for_its_post(database: Database) -> None:
    add(database, new(), new("D1", kind=SendKind.DIRECT, linked=True, waits=True))
    claim(database)
    assert touch(database) == 2
    assert claim(database) == []


def test_a_change_is_due_when_it_says_and_further_ones_do_not_put_it_off(database: Database) -> None:
    add(database, new())
    write_down(database, shown(claim(database)[0]))
    touch(database, due_at=SOON)
    touch(database, due_at=SOON + timedelta(seconds=2))
    assert claim(database, SOON - timedelta(seconds=1)) == []
    [edit] = claim(database, SOON)
    assert (edit.state, edit.wanted, edit.shown) == (State.SENT, 2, 0)


def test_changes_while_an_edit_is_sent_are_gathered_for_the_next_one(database: Database) -> None:
    add(database, new())
    write_down(database, shown(claim(database)[0]))
    touch(database)
    [edit] = claim(database)
    touch(database, due_at=SOON)
    write_down(database, shown(edit))
    assert claim(database) == []
    assert [one.wanted for one in claim(database, SOON)] == [2]


def test_an_edit_whose_relay_died_is_made_by_another(database: Database) -> None:
    add(database, new())
    write_down(database, shown(claim(database)[0]))
    touch(database)
    claim(database)
    leases_run_out(database)
    assert [one.wanted for one in claim(database, NOW + EDITS_GATHER)] == [1]


def test_an_edit_that_failed_is_due_again_when_its_lane_is_free(database: Database) -> None:
    add(database, new())
    write_down(database, shown(claim(database)[0]))
    touch(database)
    [edit] = claim(database)
    write_down(database, failed(edit, State.SENT))
    [again] = claim(database)
    assert (again.id, again.attempts) == (edit.id, 1)


def test_tries_are_counted_from_the_last_time_it_was_shown(database: Database) -> None:
    message = new()
    add(database, message)
    for expected in (0, 1, 2):
        [due] = claim(database)
        assert due.attempts == expected
        write_down(database, failed(due, State.WAITING))
    write_down(database, shown(claim(database)[0]))
    assert row(database, message.id).attempts == 0


def test_tries_that_a_relay_died_of_are_counted_too(database: Database) -> None:
    add(database, new())
    claim(database)
    leases_run_out(database)
    assert [one.attempts for one in claim(database)] == [1]


def test_what_became_of_it_without_a_link_keeps_the_link(database: Database) -> None:
    message = new()
    add(database, message)
    write_down(database, shown(claim(database)[0]))
    touch(database)
    write_down(database, failed(claim(database)[0], State.SENT))
    assert row(database, message.id).link == "https://acme.test/1"


def test_a_relay_that_slept_through_its_lease_cannot_undo_what_came_after(database: Database) -> None:
    message = new()
    add(database, message)
    [sleeper] = claim(database)
    leases_run_out(database)
    [other] = claim(database)
    assert write_down(database, failed(sleeper, State.WAITING)) == []
    assert rests_ms(database) > 29_000, "the other one's lease stands"
    assert write_down(database, shown(other))
    assert write_down(database, failed(sleeper, State.DEAD)) == []
    assert row(database, message.id).state == State.SENT


def test_that_it_was_shown_is_welcome_however_late(database: Database) -> None:
    message = new()
    add(database, message)
    [sleeper] = claim(database)
    leases_run_out(database)
    [other] = claim(database)
    assert write_down(database, shown(sleeper))
    assert rests_ms(database) > 29_000
    assert row(database, message.id).state == State.SENT
    assert write_down(database, failed(other, State.UNCERTAIN)) == []


def test_the_same_record_twice_does_no_harm(database: Database) -> None:
    message = new()
    add(database, message)
    [due] = claim(database)
    write_down(database, failed(due, State.UNCERTAIN))
    assert write_down(database, failed(due, State.UNCERTAIN)) == []
    assert row(database, message.id).state == State.UNCERTAIN


def test_only_an_uncertain_post_is_posted_again_and_only_once(database: Database) -> None:
    message = new()
    add(database, message)
    with database.writing() as tx:
        assert not outbox.post_again(tx, ACME, message.id, NOW)
    [due] = claim(database)
    write_down(database, failed(due, State.UNCERTAIN))
    with database.writing() as tx:
        assert not outbox.post_again(tx, "another", message.id, NOW)
        assert outbox.post_again(tx, ACME, message.id, NOW)
        assert not outbox.post_again(tx, ACME, message.id, NOW)
    [again] = claim(database)
    assert (again.state, again.attempts, again.wanted) == (State.WAITING, 0, 1)


@pytest.mark.parametrize("engine_name", ["sqlite"])  # PostgreSQL plans by statistics, and scans what is small
def test_a_claim_reads_no_more_of_a_long_history(database: Database) -> None:
    """What was sent stays in the table; claims and records find open work by an index of its own."""
    statements: list[str] = []
    with database.writing() as tx:
        connection: Any = tx.connection.dbapi_connection
        connection.set_trace_callback(statements.append)
        outbox.add_messages(tx, ACME, [new()], NOW)
        [due] = outbox.claim_due(tx, NOW, most=64, lease_ms=LEASE_MS)
        outbox.record(tx, [shown(due)], NOW)
        connection.set_trace_callback(None)
        plans = [
            (sql, step[3])
            for sql in statements
            if "outbox" in sql and not sql.startswith(("INSERT", "--"))
            for step in connection.execute(f"EXPLAIN QUERY PLAN {sql}")
        ]
    assert plans
    assert [(sql, step) for sql, step in plans if step.startswith("SCAN outbox") and "INDEX" not in step] == []
