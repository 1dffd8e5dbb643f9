"""What exists: every command, action, form and view registers itself here, with the text that help shows.

Help, both manifests and the command reference are made from it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection

from handlers.rules.instants import Rule
from handlers.rules.policy import Policy
from handlers.vocabulary import Action, Card, Command, Opened, Reaction, Request, Submission
from store.outbox import Due

Handler: TypeAlias = Callable[..., Any]
Concerns: TypeAlias = Callable[[Any, Policy], bool]
"""Whether a request is for us at all, by the tenant's policy alone."""
Reads: TypeAlias = bool | Callable[[Any], bool]
"""Whether a handler changes nothing: always, or for some of its requests."""
View: TypeAlias = Callable[[Connection, Due], Card | None]
H = TypeVar("H", bound=Handler)
V = TypeVar("V", bound=View)


@dataclass(frozen=True, slots=True)
class Entry:
    """A handler and how people meet it.

    `menu` is its title where a platform lists it in a menu: of every message with `on_message`, else anywhere.
    What does not `concern` it is left before anything is looked up or stored: platforms tell much unasked.
    """

    name: str
    handler: Handler
    help: str
    usage: str = ""
    reads: Reads = False
    menu: str = ""
    on_message: bool = False
    concerns: Concerns | None = None

    def only_reads(self, request: Request) -> bool:
        return self.reads(request) if callable(self.reads) else self.reads


@dataclass(frozen=True, slots=True)
class TickEntry:
    """A scheduled job. Without a `rule` it is done once, as soon as it is scheduled.

    `by_tenant`: it goes by the tenant's own zone, and every tenant has it; else whoever needs it schedules it for a
    zone. What is later than `late` is not done any more.
    """

    name: str
    handler: Handler
    rule: Rule | None
    by_tenant: bool
    late: timedelta


commands: dict[str, Entry] = {}
actions: dict[str, Entry] = {}
submissions: dict[str, Entry] = {}
reactions: dict[str, Entry] = {}
pages: dict[str, Entry] = {}
views: dict[str, View] = {}
ticks: dict[str, TickEntry] = {}


def command(name: str, *, usage: str = "", reads: Reads = False) -> Callable[[H], H]:
    return lambda handler: _add(commands, Entry(name, handler, _help(handler), usage, reads))


def action(name: str, *, menu: str = "", on_message: bool = False, reads: Reads = False) -> Callable[[H], H]:
    """A button; with a `menu` title also an entry in a menu."""
    return lambda handler: _add(actions, Entry(name, handler, _help(handler), "", reads, menu, on_message))


def submission(name: str) -> Callable[[H], H]:
    return lambda handler: _add(submissions, Entry(name, handler, _help(handler)))


def reaction(*, concerns: Concerns) -> Callable[[H], H]:
    """What reactions do; there is one, which looks at the emoji and the message."""
    return lambda handler: _add(reactions, Entry("reaction", handler, _help(handler), concerns=concerns))


def page(name: str) -> Callable[[H], H]:
    """A page of the app that somebody opens, such as `home`. It changes nothing."""
    return lambda handler: _add(pages, Entry(name, handler, _help(handler), reads=True))


def view(card: str) -> Callable[[V], V]:
    """How the subject of a message with this card is shown again. None: it is not to be shown any more."""

    def register(shows: V) -> V:
        views[card] = shows
        return shows

    return register


def tick(
    name: str, *, rule: Rule | None = None, by_tenant: bool = False, late: timedelta = timedelta.max
) -> Callable[[H], H]:
    """A scheduled job: `def job(tick: Tick, ctx: TenantContext) -> Turned`."""

    def register(handler: H) -> H:
        assert name not in ticks, f"two jobs called {name}"
        ticks[name] = TickEntry(name, handler, rule, by_tenant, late)
        return handler

    return register


def find(request: Request) -> Entry | None:
    """The entry that a request is for. None for what an old message or a stranger's client may still send."""
    match request:
        case Command():
            return commands.get(request.name)
        case Action():
            return actions.get(request.name)
        case Submission():
            return submissions.get(request.form)
        case Reaction():
            return reactions.get("reaction")
        case Opened():
            return pages.get(request.name)
        case _:
            raise AssertionError(f"no handlers for {type(request).__name__}")


@cache
def load() -> None:
    """Imports every module of `handlers`, so that all of them are registered."""
    package = importlib.import_module("handlers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"handlers.{module.name}")


def _add(entries: dict[str, Entry], entry: Entry) -> Any:
    assert entry.name not in entries, f"two handlers for {entry.name}"
    entries[entry.name] = entry
    return entry.handler


def _help(handler: Handler) -> str:
    return (handler.__doc__ or "").strip().partition("\n")[0]
