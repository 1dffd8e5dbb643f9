"""Wherever the process dies, what was acknowledged is in the books once, and shown once."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from aiohttp.test_utils import TestServer
from sqlalchemy import text

from bot.presenter import CardPresenter
from bot.relay import Relay
from bot.sandbox.fake_slack import Conversation, FakeSlack, Person, SlackClient, Workspace, text_of
from bot.transport import Sent, Transport
from handlers.deliveries import Deliveries
from handlers.dispatch import Dispatcher
from handlers.vocabulary import Card, Form, Reader
from store.db import Database
from store.ledger_check import verify
from store.migrate import is_current
from store.outbox import Due
from tests.posting import Death, House, Killed, command, open_house
from tests.world import SECRET, World, make_slack

ROOT = Path(__file__).parent.parent


@pytest.fixture
async def house(database: Database, clock: Any) -> AsyncIterator[House]:
    async with open_house(database, clock) as opened:
        yield opened


# --- a request --------------------------------------------------------------------------------------------


class Fuse:
    """The process dies at the `step`-th thing that it does."""

    def __init__(self, step: int) -> None:
        self.left = step

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def before(self, act: Callable[[], Any]) -> Callable[[], Any]:
        def burning() -> Any:
            self.burn()
            return act()

        return burning


class FusedPresenter(CardPresenter):
    def __init__(self, fuse: Fuse) -> None:
        self._fuse = fuse

    def card(self, card: Card, reader: Reader) -> dict[str, Any]:
        self._fuse.burn()
        return super().card(card, reader)

    def form(self, form: Form, reader: Reader) -> dict[str, Any]:
        self._fuse.burn()
        return super().form(form, reader)


def fused(house: House, fuse: Fuse) -> Dispatcher:
    """A dispatcher that dies at a look at the clock, at a new id, at a card, or right after the commit."""
    return Dispatcher(
        house.database,
        FusedPresenter(fuse),
        clock=fuse.before(house.clock),
        new_id=fuse.before(house.new_id),
        on_sends=fuse.burn,
    )


async def test_a_request_whose_process_died_at_any_step_is_done_once_when_it_comes_again(house: House) -> None:
    after_commit = 0
    for step in count(1):
        request = command("ann", "@bob +1 for step", str(step))
        try:
            fused(house, Fuse(step)).dispatch(request)
        except Killed:
            given = house.one("SELECT COUNT(*) FROM recognition")
            assert house.one("SELECT COUNT(*) FROM request") == given, "all of it, or nothing"
            answered = house.dispatcher.dispatch(request)
            assert (answered.outcome, answered.again) == ("done", given == step)
            after_commit += answered.again
            assert house.one("SELECT COUNT(*) FROM recognition") == step
        else:
            break
    assert step > 8, "a gift looks at the clock, makes ids and renders cards"
    assert after_commit == 1
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (50 - step, step)
    assert house.books_agree()


async def test_a_database_that_was_restarted_is_asked_again(
    postgresql_url: str, sweeper: psycopg.Connection, clock: Any
) -> None:
    """Nobody reads of a failure, and a commit whose answer got lost is found by the key."""
    with closing(Database(postgresql_url)) as database:
        async with open_house(database, clock) as house:
            house.dispatcher.dispatch(command("ann", "@bob +1 for the first"))
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
            sweeper.execute(others + "AND datname = current_database()")
            assert house.dispatcher.dispatch(command("ann", "@bob +1 for the second")).outcome == "done"
            assert house.one("SELECT COUNT(*) FROM recognition") == 2


async def test_a_refusal_whose_process_died_at_any_step_takes_nothing(house: House) -> None:
    for step in count(1):
        request = command("ann", "@ann for myself", str(step))
        try:
            fused(house, Fuse(step)).dispatch(request)
        except Killed:
            assert house.dispatcher.dispatch(request).outcome == "oneself"
        else:
            break
    assert step > 2
    assert house.one("SELECT COUNT(*) FROM outbox") == 0
    assert house.one("SELECT COUNT(*) FROM request") == step


# --- a send -----------------------------------------------------------------------------------------------


STEPS = ["claimed", "shown", "recorded"]


async def dies(house: House, kind: str, step: str) -> None:
    """Turns the relay until the process dies at a message of this kind."""
    if step == "recorded":
        while not house.one("SELECT COUNT(*) FROM outbox WHERE kind = :kind AND state = 'sent'", kind=kind):
            assert await house.turn()
            await house.relay.turn(claim=False)
        return
    death = Death(shown=step == "shown")
    house.platform.will(death, kind=kind)
    while not death.happened:
        assert await house.turn() or house.relay.busy


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("kind", ["post", "direct", "whisper"])
async def test_a_process_that_dies_at_a_message_neither_loses_nor_doubles_it(
    house: House, kind: str, step: str
) -> None:
    house.says("ann", "@bob for the release", wired=False)
    await dies(house, kind, step)
    house.kill()
    await house.settled()
    posts = [text for text in house.platform.texts("C1") if "the release" in text]
    whispers = [text for text in house.platform.texts("C1") if "Undo" in text]
    assert len(posts) == 1
    repeats = 1 if step == "shown" else 0
    assert len(whispers) == 1 + repeats * (kind == "whisper")
    assert len(house.platform.of("U2")) == 1 + repeats * (kind == "direct")
    assert house.states("post") + house.states("direct") + house.states("whisper") == ["sent"] * 3
    assert (house.balance("allowance", "ann"), house.balance("wallet", "bob")) == (45, 5)
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0
    assert house.books_agree()


@pytest.mark.parametrize("step", ["claimed", "shown"])
async def test_a_process_that_dies_at_an_edit_shows_the_last_state(house: House, step: str) -> None:
    house.says("ann", "@bob for the release")
    await house.settled()
    house.presses("ann", "undo", id=house.gift())
    await dies(house, "post", step)
    house.kill()
    await house.settled()
    [post] = house.platform.of("C1")
    assert "took back" in str(post.payload)
    assert house.one("SELECT COUNT(*) FROM outbox WHERE pending") == 0
    assert house.balance("allowance", "ann") == 50
    assert house.books_agree()


@pytest.mark.parametrize("step", ["claimed", "shown"])
async def test_where_nobody_can_look_the_giver_decides_and_the_button_works_once(house: House, step: str) -> None:
    house.platform.can_look = False
    house.says("ann", "@bob for the release")
    await dies(house, "post", step)
    house.kill()
    await house.settled()
    shown = 1 if step == "shown" else 0
    assert len(house.platform.of("C1")) == shown
    assert "Post again" in house.platform.texts("U1")[0]
    post = house.one("SELECT id FROM outbox WHERE kind = 'post'")
    assert house.presses("ann", "post_again", id=post).outcome == "done"
    assert house.presses("ann", "post_again", id=post).outcome == "not_uncertain"
    assert house.presses("bob", "post_again", id=post).outcome == "not_yours"
    await house.settled()
    assert len(house.platform.of("C1")) == shown + 1
    assert house.presses("ann", "post_again", id=post).outcome == "not_uncertain"
    assert house.books_agree()


# --- the same with Slack ----------------------------------------------------------------------------------


class DiesAfterSending:
    """A sender to Slack whose process does not live to hear the answer."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner

    async def send(self, message: Due, payload: dict[str, Any]) -> Sent:
        await self._inner.send(message, payload)
        raise Killed

    async def edit(self, message: Due, payload: dict[str, Any]) -> Sent:
        await self._inner.edit(message, payload)
        raise Killed

    async def find(self, message: Due) -> Sent | None:
        return await self._inner.find(message)

    def pace_ms(self, message: Due) -> int:
        return self._inner.pace_ms(message)


async def sends_and_dies(world: World) -> None:
    process = world.process

    async def dying(due: Due) -> Transport | None:
        found = await process.senders.find(due)
        return DiesAfterSending(found) if found else None

    core = process.core
    deliveries = Deliveries(core.database, process.presenter, clock=core.clock, new_id=core.new_id)
    relay = Relay(deliveries, core.writers, dying)
    assert await relay.turn() == 1
    await relay.sent()


async def test_slack_is_asked_by_metadata_whether_a_post_was_shown(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    await sends_and_dies(world)
    await world.settled()
    assert world.shown("#general").count("the release") == 1
    assert len(world.fake_slack.calls("conversations.history")) == 1
    assert "Everyone can read it here" in world.told("bob")
    assert len(world.slack.direct("bob")) == 1
    assert world.slack.direct("ann") == []
    assert world.books_agree()


async def test_without_the_scope_to_look_the_giver_is_asked_and_can_post_once_more(world: World) -> None:
    world.fake_slack.fail("conversations.history", error="missing_scope", times=99)
    await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
    await sends_and_dies(world)
    await world.settled()
    assert world.shown("#general").count("the release") == 1
    [notice] = world.slack.direct("ann")
    for _ in range(2):
        await world.slack.press("ann", notice, *button(notice.blocks, "Post again"))
    await world.answered()
    await world.settled()
    assert world.shown("#general").count("the release") == 2
    assert world.books_agree()


def button(blocks: list[dict[str, Any]], label: str) -> tuple[str, str]:
    found = (one for block in blocks if block["type"] == "actions" for one in block["elements"])
    return next((one["action_id"], one["value"]) for one in found if one["text"]["text"] == label)


# --- real processes ---------------------------------------------------------------------------------------


class Program:
    """`python app.py ...` in a process of its own, and what it logs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.lines: list[dict[str, Any]] = []
        self.address = ""
        self._news = asyncio.Condition()
        self._reading = asyncio.create_task(self._read())

    async def said(self, event: str) -> dict[str, Any]:
        """The first line about this, when there is one."""
        async with self._in_time(), self._news:
            while not (found := [line for line in self.lines if line.get("event") == event]):
                assert self.process.returncode is None, self.lines
                await self._news.wait()
            return found[0]

    async def ended(self) -> int:
        async with self._in_time():
            await self._reading
            return await self.process.wait()

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """A program that hangs is made to tell where."""
        try:
            async with asyncio.timeout(40):
                yield
        except TimeoutError:
            self.process.send_signal(signal.SIGABRT)
            await asyncio.wait({self._reading})
            raise AssertionError("\n".join(str(line) for line in self.lines)) from None

    async def _read(self) -> None:
        assert self.process.stderr
        async for line in self.process.stderr:
            async with self._news:
                self.lines.append(_read_line(line))
                self._news.notify_all()
        async with self._news:
            self._news.notify_all()


def _read_line(line: bytes) -> dict[str, Any]:
    try:
        read = json.loads(line)
    except ValueError:
        return {"text": line.decode()}
    return read if isinstance(read, dict) else {"text": line.decode()}


@asynccontextmanager
async def program(*arguments: str, **settings: str) -> AsyncIterator[Program]:
    environment = {
        name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR")
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "app.py",
        *arguments,
        cwd=ROOT,
        env=environment | settings | {"PYTHONFAULTHANDLER": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    started = Program(process)
    try:
        yield started
    finally:
        if process.returncode is None:
            process.kill()
        await started.ended()


@asynccontextmanager
async def serving(database_url: str, slack: FakeSlack, workspace: Workspace) -> AsyncIterator[Program]:
    """A serving process that has read its workspace."""
    async with program(
        "serve",
        PLAUDIT_PORT="0",
        PLAUDIT_DATABASE_URL=database_url,
        SLACK_SIGNING_SECRET=SECRET,
        SLACK_BOT_TOKEN=workspace.token,
        SLACK_API_URL=slack.api_url,
    ) as started:
        started.address = (await started.said("ready"))["address"]
        await started.said("refreshed")
        yield started


@pytest.fixture
async def slack() -> AsyncIterator[tuple[FakeSlack, Workspace]]:
    fake, workspace = make_slack()
    members = ["U1", "U2", "U3", workspace.bot.id]
    workspace.add_people(*(Person(f"U{n}", f"pal-{n}", email=f"pal-{n}@acme.test") for n in range(11, 20)))
    workspace.add_conversations(*(Conversation(f"C{n}", f"team-{n}", members=members) for n in range(11, 20)))
    async with TestServer(fake.app()) as server:
        fake.base_url = str(server.make_url("/"))
        yield fake, workspace


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def until(holds: Callable[[], object], *, seconds: float = 40) -> None:
    for _ in range(int(seconds * 100)):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it does not come to that")


async def test_kill_9_amid_a_burst_loses_nothing_that_was_acknowledged_and_doubles_nothing(
    database_url: str, slack: tuple[FakeSlack, Workspace], http: aiohttp.ClientSession
) -> None:
    fake, workspace = slack
    acknowledged: set[str] = set()
    numbers = iter(range(11, 20))

    async def gives(address: str) -> None:
        number = next(numbers)
        giver = ("ann", "bob", "cleo")[number % 3]
        client = SlackClient(fake, http, f"{address}/slack/events", SECRET)
        delivery = await client.command(giver, f"#team-{number}", "/kudos", f"@pal-{number} +1 for deed {number}")
        if delivery.ok:
            acknowledged.add(f"deed {number}")

    async with serving(database_url, fake, workspace) as first:
        # Four posts are shown, and nobody hears that they were.
        fake.fail("chat.postMessage", times=4, hang_s=60, after_effect=True)
        await asyncio.gather(*(gives(first.address) for _ in range(5)))
        await until(lambda: len(fake.calls("chat.postMessage")) >= 4)
        burst = [asyncio.create_task(gives(first.address)) for _ in range(4)]
        await until(lambda: len(acknowledged) > 5)
        first.process.kill()
        await first.ended()
        await asyncio.gather(*burst)
    fake.recover()
    with closing(Database(database_url)) as database:
        with database.writing() as tx:
            tx.execute(text("UPDATE lane SET free_at = 0"))  # their leases have run out meanwhile
        async with serving(database_url, fake, workspace) as second:
            await until(lambda: _one(database, "SELECT COUNT(*) FROM outbox WHERE pending") == 0)
            second.process.send_signal(signal.SIGTERM)
            assert await second.ended() == 0
        given = _all(database, "SELECT reason FROM recognition")
        with database.reading() as tx:
            assert verify(tx) == []
    assert len(acknowledged) > 5
    assert len(given) == len(set(given)), "each once"
    assert acknowledged <= set(given)
    shown = [text_of(one) for n in range(11, 20) for one in workspace.shown(f"C{n}") if one.to is None]
    assert {reason: sum(reason in text for text in shown) for reason in given} == dict.fromkeys(given, 1)
    assert len(shown) == len(given)
    async with program("verify-ledger", PLAUDIT_DATABASE_URL=database_url, PLAUDIT_SANDBOX="off") as check:
        assert await check.ended() == 0


async def test_sigterm_ends_what_has_begun_and_gives_back_every_lease(
    database_url: str, slack: tuple[FakeSlack, Workspace], http: aiohttp.ClientSession
) -> None:
    fake, workspace = slack
    async with serving(database_url, fake, workspace) as server:
        client = SlackClient(fake, http, f"{server.address}/slack/events", SECRET)
        workspace.add_people(Person("U50", "newbie", "New Bie", "new@acme.test"))
        fake.fail("chat.postMessage", status=200, hang_s=60)  # the first post is on its way
        fake.fail("users.info", status=200, hang_s=60)  # somebody is being looked up
        await client.command("ann", "#general", "/kudos", "@bob +1 for the first thing")
        await until(lambda: fake.calls("chat.postMessage"))
        asking = asyncio.create_task(client.command("ann", "#kudos", "/kudos", "@newbie +1 for the second thing"))
        await until(lambda: fake.calls("users.info"))
        server.process.send_signal(signal.SIGTERM)
        await until_not_ready(http, server.address)
        assert not asking.done()
        fake.recover()
        answer = await asking
        assert answer.ok
        assert "newbie" in str(answer.json) or "U50" in str(answer.json)
        assert await server.ended() == 0
    assert [line for line in server.lines if line.get("level") == "error"] == []
    written = json.dumps(server.lines)
    assert not [secret for secret in ("first thing", SECRET, workspace.token, "@acme.test") if secret in written]
    with closing(Database(database_url)) as database:
        assert _one(database, "SELECT COUNT(*) FROM recognition") == 2
        assert _all(database, "SELECT DISTINCT state FROM outbox ORDER BY state") in (["sent"], ["sent", "waiting"])
        leases = "SELECT COUNT(*) FROM lane WHERE free_at > :later"
        with database.reading() as tx:
            later = datetime.now().astimezone().timestamp() * 1000 + 5_000
            assert tx.execute(text(leases), {"later": later}).scalar_one() == 0
        with database.reading() as tx:
            assert verify(tx) == []


async def until_not_ready(http: aiohttp.ClientSession, address: str) -> None:
    for _ in range(1000):
        async with http.get(f"{address}/readyz") as answer:
            if answer.status == 503:
                assert (await answer.json())["serving"] is False
                return
        await asyncio.sleep(0.01)
    raise AssertionError("it stays ready")


async def test_two_processes_may_bring_the_same_new_database_up_to_date(blank_url: str) -> None:
    settings = {"PLAUDIT_DATABASE_URL": blank_url, "PLAUDIT_SANDBOX": "off"}
    async with program("migrate", **settings) as one, program("migrate", **settings) as other:
        assert (await one.ended(), await other.ended()) == (0, 0), (one.lines, other.lines)
    with closing(Database(blank_url)) as database:
        assert is_current(database)


def _one(database: Database, sql: str) -> Any:
    return _all(database, sql)[0]


def _all(database: Database, sql: str) -> list[Any]:
    with database.reading() as tx:
        return list(tx.execute(text(sql)).scalars())
