"""An organisation in a database and a relay that is turned by hand, with a platform that behaves as it is told.

house.says("ann", "@bob for the release")
await house.settled()
assert "the release" in house.platform.texts("C1")[0]
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from sqlalchemy import select, text

from bot.admission import Lane
from bot.presenter import CardPresenter
from bot.relay import Relay
from bot.transport import Fate, SendFailed, Sent
from handlers import registry
from handlers.deliveries import Deliveries
from handlers.dispatch import Answered, Dispatcher
from handlers.presenter import Presenter
from handlers.vocabulary import (
    AccountRef,
    Action,
    Command,
    ConversationRef,
    Mentioned,
    PlaceKind,
    Platform,
    Typed,
    WorkspaceRef,
)
from store.conversations import Conversation, save_place
from store.db import Database, db_now_ms
from store.ledger_check import verify
from store.outbox import Due
from store.people import Profile, save_profiles
from store.programme import add_starting_programme
from store.tenants import Workspace, add_tenant, add_workspace, change_workspace
from store.types import Ids

ACME, WORKSPACE = "acme", "w1"
SLACK = WorkspaceRef(Platform.SLACK, "T1")
PEOPLE = {"ann": "U1", "bob": "U2", "cleo": "U3"}
PLACES = {"C1": "general", "C2": "kudos", "C3": "random", "C4": "design"}

_keys = count(1)


class Killed(BaseException):
    """The process ends here, and nothing of it is left but what it had committed and sent."""


@dataclass
class Shown:
    """A message as people see it, and every state that it had before."""

    message_id: str
    where: str
    payload: dict[str, Any]
    earlier: list[dict[str, Any]] = field(default_factory=list)


Spoil = Callable[[Callable[[], Sent]], Sent]


class ScriptedPlatform:
    """A `Transport` that shows messages in memory. `will(...)` says what becomes of the next ones."""

    def __init__(self) -> None:
        self.messages: list[Shown] = []
        self.looked_for: list[str] = []
        self.can_look = True
        self.look_fails: list[SendFailed] = []
        self.pace = 0
        self._next: list[tuple[str, Spoil]] = []
        self._gates: list[asyncio.Event] = []
        self._expected: list[tuple[int, str, asyncio.Event]] = []

    def will(self, spoil: Spoil, *, times: int = 1, kind: str = "") -> None:
        """What becomes of the next `times` sends or edits, or of those of one kind."""
        self._next += [(kind, spoil)] * times

    def hold(self) -> asyncio.Event:
        """The next send or edit waits until this is set."""
        gate = asyncio.Event()
        self._gates.append(gate)
        return gate

    def expect(self, number: int, where: str) -> asyncio.Event:
        """Is set when so many messages are shown there."""
        reached = asyncio.Event()
        self._expected.append((number, where, reached))
        return reached

    async def send(self, message: Due, payload: dict[str, Any]) -> Sent:
        await self._wait()
        return self._do(message, lambda: self._show(message, payload))

    async def edit(self, message: Due, payload: dict[str, Any]) -> Sent:
        await self._wait()
        return self._do(message, lambda: self._change(message, payload))

    async def find(self, message: Due) -> Sent | None:
        await asyncio.sleep(0)
        self.looked_for.append(message.id)
        if self.look_fails:
            raise self.look_fails.pop(0)
        if not self.can_look:
            raise SendFailed(Fate.UNCERTAIN, "nobody can look")
        found = [one for one in self.messages if one.message_id == message.id]
        return self._sent(found[0]) if found else None

    def pace_ms(self, message: Due) -> int:
        return self.pace

    def of(self, where: str) -> list[Shown]:
        return [one for one in self.messages if one.where == where]

    def texts(self, where: str) -> list[str]:
        """What people see there now, oldest first."""
        return [json.dumps(one.payload["blocks"], ensure_ascii=False) for one in self.of(where)]

    async def _wait(self) -> None:
        await asyncio.sleep(0)
        if self._gates:
            await self._gates.pop(0).wait()

    def _do(self, message: Due, act: Callable[[], Sent]) -> Sent:
        for entry in self._next:
            if entry[0] in ("", message.kind):
                self._next.remove(entry)
                return entry[1](act)
        return act()

    def _show(self, message: Due, payload: dict[str, Any]) -> Sent:
        self.messages.append(Shown(message.id, message.conversation_ref or message.account_ref, payload))
        for number, where, reached in self._expected:
            if len(self.of(where)) >= number:
                reached.set()
        return self._sent(self.messages[-1])

    def _change(self, message: Due, payload: dict[str, Any]) -> Sent:
        shown = self.messages[int(message.ref)]
        shown.earlier.append(shown.payload)
        shown.payload = payload
        return self._sent(shown)

    def _sent(self, shown: Shown) -> Sent:
        number = self.messages.index(shown)
        return Sent(str(number), f"https://acme.test/{number}")


def fails(fate: Fate, **more: Any) -> Spoil:
    """Nothing is shown, or nobody can tell."""

    def spoil(_: Callable[[], Sent]) -> Sent:
        raise SendFailed(fate, "as told", **more)

    return spoil


def answer_lost(act: Callable[[], Sent]) -> Sent:
    act()
    raise SendFailed(Fate.UNCERTAIN, "no answer")


class Death:
    """The process dies at a send: before it was shown, or after."""

    def __init__(self, *, shown: bool) -> None:
        self.happened = False
        self._shown = shown

    def __call__(self, act: Callable[[], Sent]) -> Sent:
        self.happened = True
        if self._shown:
            act()
        raise Killed


def crashes_after(act: Callable[[], Sent]) -> Sent:
    act()
    raise KeyError("a bug of ours")


class House:
    """One process' worth of dispatcher and relay. Several houses may stand on one database."""

    def __init__(self, database: Database, clock: Any, platform: ScriptedPlatform, presenter: Presenter) -> None:
        self.database = database
        self.clock = clock
        self.platform = platform
        self.presenter = presenter
        self.new_id = Ids()
        self.wakes = 0
        self.lane = Lane("test", 1, together=database.together) if database.kind == "sqlite" else Lane("test", 4)
        self.deliveries = Deliveries(database, presenter, clock=clock, new_id=self.new_id, owners=["cleo@acme.test"])
        self.dispatcher = Dispatcher(database, presenter, clock=clock, new_id=self.new_id, on_sends=self._wake)
        self.connected = True
        self.relay = self.new_relay()

    def new_relay(self) -> Relay:
        return Relay(self.deliveries, self.lane, self._transport, random=lambda: 0.5)

    def kill(self) -> None:
        """The relay is gone with all it knew; its leases run out."""
        self.relay = self.new_relay()
        self.leases_run_out()
        self.clock.forward(seconds=5)

    # --- people ---

    def says(self, who: str, *words: str, where: str = "C1", key: str = "", wired: bool = True) -> Answered:
        """`/kudos`; a word with an @ is a mention."""
        return self.dispatcher.dispatch(command(who, *words, where=where, key=key, wired=wired))

    def presses(self, who: str, name: str, key: str = "", **values: str) -> Answered:
        return self.dispatcher.dispatch(
            Action(key=key or f"press-{next(_keys)}", who=AccountRef(SLACK, PEOPLE[who]), name=name, values=values)
        )

    # --- the relay ---

    async def turn(self) -> int:
        """One turn, and what it began is sent; recorded is that by the next one."""
        claimed = await self.relay.turn()
        await self.relay.sent()
        return claimed

    async def settled(self, *, most: int = 100) -> None:
        """Until nothing that is due is left; lanes rest no time, whatever they wait for."""
        for _ in range(most):
            if self.relay.busy:
                await self.relay.turn(claim=False)
            self.leases_run_out()
            if not await self.turn() and not self.relay.busy:
                return
        raise AssertionError("the outbox does not run empty")

    def leases_run_out(self) -> None:
        self.change("UPDATE lane SET free_at = 0")

    # --- what an auditor sees ---

    def change(self, sql: str, **values: object) -> None:
        with self.database.writing() as tx:
            tx.execute(text(sql), values)

    def one(self, sql: str, **values: object) -> Any:
        with self.database.reading() as tx:
            return tx.execute(text(sql), values).scalar()

    def now_ms(self) -> int:
        """By the database's clock, as leases and pace are."""
        with self.database.reading() as tx:
            return tx.execute(select(db_now_ms())).scalar_one()

    def rests_ms(self, where: str) -> int:
        """How long nothing will be sent there."""
        free_at = self.one("SELECT free_at FROM lane WHERE id = :lane", lane=f"{WORKSPACE}/{where}")
        return int(free_at) - self.now_ms()

    def states(self, kind: str = "post") -> list[str]:
        with self.database.reading() as tx:
            rows = tx.execute(text("SELECT state FROM outbox WHERE kind = :kind ORDER BY id"), {"kind": kind})
            return list(rows.scalars())

    def gift(self) -> str:
        """The id of the newest recognition."""
        return str(self.one("SELECT MAX(id) FROM recognition"))

    def balance(self, kind: str, name: str) -> int:
        sql = "SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = :kind AND owner = :owner"
        return int(self.one(sql, kind=kind, owner=f"person {name}"))

    def books_agree(self) -> bool:
        with self.database.reading() as tx:
            return verify(tx) == []

    def _wake(self) -> None:
        self.wakes += 1

    async def _transport(self, due: Due) -> ScriptedPlatform | None:
        return self.platform if self.connected else None


def command(who: str, *words: str, where: str = "C1", key: str = "", wired: bool = True) -> Command:
    return Command(
        key=key or f"typed-{next(_keys)}",
        who=AccountRef(SLACK, PEOPLE[who]),
        where=ConversationRef(SLACK, where, PlaceKind.CHANNEL, PLACES[where]),
        wired=wired,
        name="kudos",
        text=_typed(words),
    )


def _typed(words: Iterable[str]) -> Typed:
    pieces: list[Any] = []
    for word in " ".join(words).split():
        if word.startswith("@"):
            pieces += [Mentioned(AccountRef(SLACK, PEOPLE[word[1:]]), word[1:].title()), " "]
        else:
            pieces.append(f"{word} ")
    return tuple(pieces)


@asynccontextmanager
async def open_house(
    database: Database,
    clock: Any,
    platform: ScriptedPlatform | None = None,
    *,
    found: bool = True,
    presenter: Presenter | None = None,
) -> AsyncIterator[House]:
    """`found` makes the organisation; a second house on the same database finds it there."""
    registry.load()
    if found:
        found_acme(database, clock)
    house = House(database, clock, platform or ScriptedPlatform(), presenter or CardPresenter())
    try:
        yield house
    finally:
        await house.relay.stop()
        await house.lane.close()


@asynccontextmanager
async def open_replica(of: House, database_url: str, clock: Any = None) -> AsyncIterator[House]:
    """Another process on the same database, with the same platform before it."""
    with closing(Database(database_url, durable=False)) as database:
        async with open_house(database, clock or of.clock, of.platform, found=False) as replica:
            yield replica


def found_acme(database: Database, clock: Any) -> None:
    with database.writing() as tx:
        add_tenant(tx, ACME, "Acme", "UTC", clock())
        add_starting_programme(tx, ACME)
        add_workspace(
            tx,
            Workspace(
                tenant_id=ACME, id=WORKSPACE, platform=Platform.SLACK, ref="T1", name="acme", bot_ref="UB", url=""
            ),
        )
        profiles = [
            Profile(ref, name.title(), email=f"{name}@acme.test", handle=name, zone="UTC")
            for name, ref in PEOPLE.items()
        ]
        save_profiles(tx, ACME, WORKSPACE, profiles, {ref: f"person {name}" for name, ref in PEOPLE.items()})
        for ref, name in PLACES.items():
            made = Conversation(
                tenant_id=ACME,
                id=f"place {ref}",
                workspace_id=WORKSPACE,
                ref=ref,
                kind=PlaceKind.CHANNEL,
                name=name,
                member=True,
            )
            save_place(tx, made)
        change_workspace(tx, ACME, WORKSPACE, recognition_id="place C2")
