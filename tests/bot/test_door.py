"""What whoever asks gets to read when things are slow, full, unknown or broken; and what is written to the log."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pytest
import structlog
from prometheus_client import generate_latest
from structlog.testing import LogCapture

from bot import door as module
from bot.admission import QUEUE_LIMIT, Lane
from bot.directory import Found, LookupFailed
from bot.door import Door
from bot.presenter import CardPresenter
from handlers.dispatch import Answered, Dispatcher
from handlers.vocabulary import AccountRef, Action, Command, Findable, Mentioned, Platform, WorkspaceRef
from store.db import Database
from tests.posting import PEOPLE, SLACK, House, command, open_house

PROMISE = "Still working"


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


@pytest.fixture
async def lane() -> AsyncIterator[Lane]:
    lane = Lane("door", 1)
    yield lane
    await lane.close()


@pytest.fixture
def log() -> Iterator[LogCapture]:
    """Every line with everything in it, as an administrator would find it."""
    before = structlog.get_config()
    capture = LogCapture()
    structlog.configure(processors=[structlog.processors.format_exc_info, capture])
    yield capture
    structlog.configure(**before)


class Phonebook:
    """A directory that knows nobody, or does not answer."""

    def __init__(self) -> None:
        self.asked: list[Findable] = []
        self.answers = True

    async def look_up(self, workspace: WorkspaceRef, refs: Sequence[Findable]) -> Found:
        self.asked += refs
        if not self.answers:
            raise LookupFailed
        return Found()


@pytest.fixture
def phonebook() -> Phonebook:
    return Phonebook()


@pytest.fixture
def door(house: House, lane: Lane, phonebook: Phonebook) -> Door:
    return make_door(house, lane, {Platform.SLACK: phonebook})


def make_door(house: House, lane: Lane, directories: Mapping[Platform, Any], dispatcher: Any = None) -> Door:
    return Door(dispatcher or house.dispatcher, CardPresenter(), writers=lane, readers=lane, directories=directories)


class Slow(Dispatcher):
    """The same, but it answers when it is told to: the work itself is done before."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self.__dict__.update(dispatcher.__dict__)
        self.done = threading.Event()
        self._go_on = threading.Event()

    def dispatch(self, request: Any) -> Answered:
        answered = super().dispatch(request)
        self.done.set()
        assert self._go_on.wait(30)
        return answered

    def let_go(self) -> None:
        self._go_on.set()


def shown(answered: Answered) -> str:
    return json.dumps(answered.payload, ensure_ascii=False)


# --- slow -------------------------------------------------------------------------------------------------


async def test_an_answer_that_takes_long_is_promised_and_follows(
    house: House, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.02)
    slow = Slow(house.dispatcher)
    door = make_door(house, lane, {}, slow)
    late: list[Answered] = []

    async def follow(answered: Answered) -> None:
        late.append(answered)

    promised = await door.answer(command("ann", "@bob for the release"), late=follow)
    assert PROMISE in shown(promised)
    assert late == []
    slow.let_go()
    await door.drain()
    assert [one.outcome for one in late] == ["done"]
    assert "45" in shown(late[0])
    assert house.balance("wallet", "bob") == 5


async def test_a_promised_answer_that_cannot_be_given_breaks_nothing(
    house: House, lane: Lane, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.02)
    slow = Slow(house.dispatcher)
    door = make_door(house, lane, {}, slow)

    async def lost(_: Answered) -> None:
        raise ConnectionError("nobody there any more")

    await door.answer(command("ann", "@bob for the release"), late=lost)
    slow.let_go()
    await door.drain()
    assert house.balance("wallet", "bob") == 5


async def test_a_client_that_hangs_up_cancels_nothing(house: House, lane: Lane) -> None:
    slow = Slow(house.dispatcher)
    door = make_door(house, lane, {}, slow)
    waiting = asyncio.create_task(door.answer(command("ann", "@bob for the release")))
    await asyncio.to_thread(slow.done.wait, 30)
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    slow.let_go()
    await door.drain()
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (45, 5)
    assert house.books_agree()


async def test_whoever_stops_waits_for_those_who_hung_up(house: House, lane: Lane) -> None:
    slow = Slow(house.dispatcher)
    door = make_door(house, lane, {}, slow)
    waiting = asyncio.create_task(door.answer(command("ann", "@bob for the release"), late=_nobody))
    await asyncio.to_thread(slow.done.wait, 30)
    waiting.cancel()
    stopping = asyncio.create_task(door.drain())
    await asyncio.sleep(0)
    assert not stopping.done()
    slow.let_go()
    await stopping


# --- full -------------------------------------------------------------------------------------------------


async def test_a_full_queue_says_busy_and_takes_nothing(house: House, lane: Lane, door: Door) -> None:
    go_on = threading.Event()
    waiting = [asyncio.create_task(lane.run(lambda: go_on.wait(30))) for _ in range(QUEUE_LIMIT)]
    await asyncio.sleep(0)
    answered = await door.answer(command("ann", "@bob for the release"))
    go_on.set()
    await asyncio.gather(*waiting)
    assert answered.outcome == "busy"
    assert "Nothing was taken" in shown(answered)
    assert house.one("SELECT COUNT(*) FROM request") == 0
    assert house.one("SELECT COUNT(*) FROM outbox") == 0
    again = await door.answer(command("ann", "@bob for the release"))
    assert again.outcome == "done"


# --- unknown and broken -----------------------------------------------------------------------------------


async def test_somebody_whom_nobody_knows_is_looked_up_once_and_refused(door: Door, phonebook: Phonebook) -> None:
    stranger = AccountRef(SLACK, "U99")
    request = Command(
        key="k1", who=AccountRef(SLACK, PEOPLE["ann"]), name="kudos", text=(Mentioned(stranger, "Zoe"), " for all")
    )
    answered = await door.answer(request)
    assert phonebook.asked == [stranger]
    assert answered.outcome == "unknown_person"


async def test_a_directory_that_does_not_answer_takes_nothing(house: House, door: Door, phonebook: Phonebook) -> None:
    phonebook.answers = False
    request = Command(
        key="k1",
        who=AccountRef(SLACK, PEOPLE["ann"]),
        name="kudos",
        text=(Mentioned(AccountRef(SLACK, "U99"), "Zoe"), " for all"),
    )
    answered = await door.answer(request)
    assert answered.outcome == "lookup_failed"
    assert house.one("SELECT COUNT(*) FROM request") == 0


async def test_a_workspace_that_nobody_connected_is_told_so(door: Door) -> None:
    elsewhere = AccountRef(WorkspaceRef(Platform.SLACK, "T9"), "U1")
    answered = await door.answer(Command(key="k1", who=elsewhere, name="kudos", text=("anything",)))
    assert answered.outcome == "unknown"


async def test_a_bug_is_told_kindly_and_takes_nothing(house: House, lane: Lane, log: LogCapture) -> None:
    class Broken(Dispatcher):
        def __init__(self) -> None:
            self.__dict__.update(house.dispatcher.__dict__)

        def dispatch(self, request: Any) -> Answered:
            raise KeyError("a bug of ours")

    answered = await make_door(house, lane, {}, Broken()).answer(command("ann", "@bob for the release"))
    assert answered.outcome == "failure"
    assert "Nothing was taken" in shown(answered)
    assert any("a bug of ours" in str(line.get("exception")) for line in log.entries)


# --- the log ----------------------------------------------------------------------------------------------


async def test_a_request_leaves_one_line_with_who_what_and_how_long(house: House, door: Door, log: LogCapture) -> None:
    request = command("ann", "@bob for the release")
    await door.answer(request)
    await door.answer(request)
    await door.answer(command("ann", "@ann for the release"))
    lines = [line for line in log.entries if line["event"] == "request"]
    assert [line["outcome"] for line in lines] == ["done", "again", "oneself"]
    assert all(line["tenant"] == "acme" and line["ms"] >= 0 for line in lines)
    assert {(line["kind"], line["name"], line["key"]) for line in lines[:2]} == {("command", "kudos", request.key)}


async def test_names_that_a_client_made_up_are_one_in_logs_and_metrics(door: Door, log: LogCapture) -> None:
    for number in range(3):
        await door.answer(
            Action(key=f"a{number}", who=AccountRef(SLACK, PEOPLE["ann"]), where=None, name=f"made-up-{number}")
        )
    assert [one["name"] for one in log.entries if one["event"] == "request"] == ["unknown"] * 3
    assert b"made-up" not in generate_latest()


async def test_no_line_tells_what_people_wrote_or_their_addresses(
    house: House, door: Door, lane: Lane, phonebook: Phonebook, log: LogCapture
) -> None:
    await door.answer(command("ann", "@bob for a very private reason"))
    await door.answer(command("ann", "@ann for a very private reason"))
    await door.answer(command("ann", "private.person@acme.test for a very private reason"))
    phonebook.answers = False
    await door.answer(command("ann", "private.person@acme.test for a very private reason"))
    written = json.dumps(log.entries, default=str)
    assert "private" not in written
    assert "@acme.test" not in written
    assert "xoxb" not in written


async def _nobody(_: Answered) -> None:
    pass
