"""Reactions end as their person left them, in whatever order the events arrive."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from store.db import Database
from store.reactions import ReactionKey, note, reaction

ACME = "acme"
NAMES = count(1)
Event = tuple[int, bool]
ADD, REMOVE, ADD_AGAIN = (1, True), (2, False), (3, True)

every_engine = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
"""Each example reacts to a message of its own, so that they may share a database."""


def new_key() -> ReactionKey:
    return ReactionKey("w1", "C1", f"message {next(NAMES)}", "U1", "tada")


def take_in(database: Database, key: ReactionKey, events: Sequence[Event]) -> list[bool]:
    """Each in a transaction of its own, as they arrive. Which of them changed something."""
    changes = []
    for event_at, present in events:
        with database.writing() as tx:
            changes.append(note(tx, ACME, key, event_at, present=present))
    return changes


def is_there(database: Database, key: ReactionKey) -> bool:
    with database.reading() as tx:
        query = select(reaction.c.present).where(reaction.c.message_ref == key.message_ref)
        return bool(tx.execute(query).scalar_one())


@every_engine
@given(st.permutations([ADD, REMOVE, ADD_AGAIN]))
def test_add_remove_add_ends_right_in_any_order_of_arrival(database: Database, arrival: list[Event]) -> None:
    key = new_key()
    take_in(database, key, arrival)
    assert is_there(database, key)


@every_engine
@given(
    st.lists(st.booleans(), min_size=1, max_size=6).flatmap(
        lambda states: st.lists(st.sampled_from(list(enumerate(states))), min_size=len(states), max_size=12).map(
            lambda again: [*enumerate(states), *again]
        )
    ),
    st.randoms(use_true_random=False),
)
@example([(0, True), (1, False), (1, False), (0, True)], None)
def test_any_events_in_any_order_and_number_end_as_the_last_one_says(
    database: Database, events: list[Event], random: object
) -> None:
    if random is not None:
        random.shuffle(events)  # type: ignore[attr-defined]
    key = new_key()
    changes = take_in(database, key, events)
    last = max(events)[1]
    assert is_there(database, key) is last
    assert sum(changes) % 2 == last, "every change turns it over, from absent on"


def test_who_asks_learns_whether_something_changed(database: Database) -> None:
    key = new_key()
    assert take_in(database, key, [ADD, ADD, ADD_AGAIN, REMOVE]) == [True, False, False, False]
    assert take_in(database, new_key(), [REMOVE, ADD]) == [False, False]


def test_people_emojis_and_tenants_do_not_touch_each_other(database: Database) -> None:
    mine = new_key()
    yours = ReactionKey("w1", "C1", mine.message_ref, "U2", "tada")
    rocket = ReactionKey("w1", "C1", mine.message_ref, "U1", "rocket")
    with database.writing() as tx:
        assert all(note(tx, ACME, key, 5, present=True) for key in (mine, yours, rocket))
        assert note(tx, "another", mine, 1, present=True)


@pytest.mark.parametrize("arrival", [[ADD, REMOVE, ADD_AGAIN], [ADD_AGAIN, REMOVE, ADD]])
def test_events_that_arrive_at_once_end_right(database: Database, arrival: list[Event]) -> None:
    key = new_key()
    with ThreadPoolExecutor(max_workers=3) as together:
        changes = list(together.map(lambda event: take_in(database, key, [event])[0], arrival))
    assert is_there(database, key)
    assert sum(changes) % 2 == 1
