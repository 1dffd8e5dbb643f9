"""The house rules that a reader relies on: imports run one way, and time, chance, settings and commits have homes.

Each allowance names its file and says why. One that nobody needs any more fails too, so the lists stay short.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from manifest.files import ROOT

PLATFORMS = ("bot/slack", "bot/teams", "bot/sandbox")
ROOMS = ("app", "manifest", "bot", *PLATFORMS, "cards", "scheduler", "handlers", "store")
OURS = ("app", "manifest", "bot", "cards", "scheduler", "handlers", "store", "bench", "tests")

# --- imports between rooms: app -> bot, scheduler, manifest -> handlers -> store, and bot, app -> cards ------

MAY_IMPORT: Mapping[str, set[str]] = {
    "app": {"manifest", "bot", *PLATFORMS, "cards", "scheduler", "handlers", "store"},
    "manifest": {"bot", "bot/slack", "bot/teams", "handlers", "store"},
    "bot": {"cards", "handlers", "store"},
    "bot/slack": {"bot", "cards", "handlers", "store"},
    "bot/teams": {"bot", "cards", "handlers", "store"},
    "bot/sandbox": {"bot", "bot/slack", "bot/teams", "cards", "scheduler", "handlers", "store"},
    "scheduler": {"handlers", "store"},
    "handlers": {"store"},
    "cards": set(),
    "store": set(),
}

DOORWAYS = {
    ("bot/presenter.py", "bot/slack"): "the one place that picks the platform of a form",
    ("bot/presenter.py", "bot/teams"): "the one place that picks the platform of a form",
}
"""What a single file may import beyond its room."""


def test_imports_between_rooms_run_one_way() -> None:
    wrong = [
        f"{module.path}:{line} imports {name}, and {module.room} may not import {room}"
        for module in modules()
        for line, name in module.imports
        if (room := room_of(name))
        and room not in {module.room, *MAY_IMPORT[module.room]}
        and (module.path, room) not in DOORWAYS
    ]
    assert wrong == []


def test_every_doorway_is_used() -> None:
    used = {(module.path, room_of(name)) for module in modules() for _, name in module.imports}
    assert set(DOORWAYS) - used == set()


# --- libraries and their homes ------------------------------------------------------------------------------

HOMES: Mapping[str, tuple[str, ...]] = {
    "slack_bolt": ("bot/slack/",),
    "slack_sdk": ("bot/slack/",),
    "botbuilder": ("bot/teams/",),
    "botframework": ("bot/teams/",),
    "jwt": ("bot/teams/", "bot/sandbox/fake_teams/"),
    "aiohttp": ("app.py", "bot/"),
    "asyncio": ("app.py", "bot/", "scheduler/"),
    "apscheduler": ("scheduler/",),
    "jinja2": ("cards/", "bot/wall/"),
    "sqlmodel": ("store/",),
    "alembic": ("store/migrate.py", "store/migrations/"),
    "psycopg": ("store/",),
    "pydantic_settings": ("bot/settings.py",),
    "resvg_py": ("cards/pictures/",),
    "uharfbuzz": ("cards/pictures/",),
}
"""Where a library may be imported. So handlers, store and cards wait for nothing and talk to nobody."""


@pytest.mark.parametrize("library", HOMES)
def test_a_library_stays_in_its_home(library: str) -> None:
    abroad = [
        f"{module.path}:{line} imports {name}"
        for module in modules()
        for line, name in module.imports
        if name.split(".")[0] == library and not module.path.startswith(HOMES[library])
    ]
    assert abroad == []


# --- bans: what has one home, and who else may ---------------------------------------------------------------


@dataclass(frozen=True)
class Ban:
    """`names` are dotted: of a function, or of a module with everything in it. `.name()` is a method's call."""

    names: frozenset[str]
    allowed: Mapping[str, str]
    """Files, each with its reason."""


REAL_TIME = "real time of a platform's client, as a default that tests replace"
DURATIONS = "measures real durations, as a default that tests replace"

BANS = {
    "the clock": Ban(
        frozenset(
            {
                "datetime.date.today",
                "datetime.datetime.now",
                "datetime.datetime.today",
                "datetime.datetime.utcnow",
                *(f"time.{name}" for name in ("ctime", "gmtime", "localtime", "sleep", "strftime", "time", "time_ns")),
                *(f"time.{name}" for name in ("monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")),
                *(f"time.{name}" for name in ("process_time", "process_time_ns", "thread_time", "thread_time_ns")),
                "asyncio.get_running_loop().time",
                "asyncio.get_event_loop().time",
            }
        ),
        {
            "scheduler/clock.py": "the programme's clock itself",
            "store/db.py": "how long SQLite is asked again for a file that several processes open together",
            "store/types.py": "the time in an id, which nobody reads back",
            "bot/admission.py": DURATIONS,
            "bot/door.py": "how long a request took, for the log and the metrics",
            "bot/teams/app.py": DURATIONS,
            "bot/teams/auth.py": DURATIONS,
            "bot/teams/credentials.py": DURATIONS,
            "bot/teams/pace.py": DURATIONS,
            "handlers/dispatch.py": "how long conflicts are tried again; nothing that is stored depends on it",
            "bot/vendors.py": "real time in signatures, as a default that tests replace",
            "bot/vendor_door.py": "real time by which signatures grow old, as a default that tests replace",
            "bot/sandbox/app.py": REAL_TIME,
            "bot/sandbox/fake_teams/fake.py": REAL_TIME,
            "bot/sandbox/fake_teams/login.py": REAL_TIME,
            "bot/sandbox/page.py": "how long a page waits for news",
        },
    ),
    "chance": Ban(
        frozenset({"random", "secrets", "uuid", "os.urandom"}),
        {
            "store/types.py": "the ids that the program makes",
            "bot/relay.py": "the jitter of waiting times, as a default that tests replace",
            "bot/vendors.py": "the jitter of waiting times, as a default that tests replace",
            "bot/sandbox/app.py": "a new token and signing secret at every start",
            "bot/sandbox/page.py": "tells a page that the process is another one",
            "bot/sandbox/seed.py": "a made-up month from a fixed seed",
        },
    ),
    "the environment": Ban(
        frozenset({"os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv", "os.unsetenv", "dotenv"}), {}
    ),
    "the end of a transaction": Ban(
        frozenset({".begin()", ".begin_nested()", ".commit()", ".rollback()"}),
        {"store/db.py": "`writing` and `reading`: who leaves them has committed or rolled back"},
    ),
    "the beginning of a transaction that writes": Ban(
        frozenset({".writing()"}),
        {
            "handlers/dispatch.py": "every request",
            "handlers/deliveries.py": "every turn of the relay",
            "handlers/ticks.py": "every scheduled job, page by page",
            "bot/writing.py": "what Slack and Teams tell about people and places",
            "scheduler/jobs.py": "the daily cleaning",
            "store/mark.py": "whose database this is, before anything else",
            "store/migrate.py": "the migrations",
            "bot/sandbox/seed.py": "the demo organisation",
            "bot/sandbox/vendor.py": "where the toys outside the sandbox are",
            "bot/sandbox/reposted.py": "where the sandbox shows old posts again",
        },
    ),
    "print": Ban(
        frozenset({"print"}),
        {"app.py": "what the commands of the program tell whoever typed them"},
    ),
}
"""The environment has no exception: pydantic-settings reads it, and only `bot/settings.py` imports that."""


@pytest.mark.parametrize("what", BANS)
def test_what_has_one_home_stays_there(what: str) -> None:
    ban = BANS[what]
    wrong = [
        f"{module.path}:{line} uses {name}"
        for module in modules()
        for line, name in module.uses
        if _is_banned(name, ban) and module.path not in ban.allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("what", BANS)
def test_every_allowance_is_used(what: str) -> None:
    ban = BANS[what]
    used = {module.path for module in modules() for _, name in module.uses if _is_banned(name, ban)}
    assert set(ban.allowed) - used == set()


def _is_banned(name: str, ban: Ban) -> bool:
    return name in ban.names or name.partition(".")[0] in ban.names


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import time\ntime.time()", "time.time"),
        ("from time import monotonic as tick\ntick()", "time.monotonic"),
        ("import datetime as dt\ndt.datetime.now()", "datetime.datetime.now"),
        ("from datetime import datetime\nnow = datetime.now", "datetime.datetime.now"),
        ("import asyncio\nasyncio.get_running_loop().time()", "asyncio.get_running_loop().time"),
        ("def late():\n    from random import Random\n    return Random()", "random.Random"),
        ("import os\nos.environ['A']", "os.environ"),
        ("with database.writing() as tx:\n    tx.commit()", ".commit()"),
        ("print('hello')", "print"),
    ],
)
def test_the_test_sees_what_it_looks_for(source: str, name: str) -> None:
    assert any(name == used and _is_banned(used, ban) for _, used in _uses(source) for ban in BANS.values())


# --- reading the code ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Module:
    path: str
    room: str
    imports: tuple[tuple[int, str], ...]
    uses: tuple[tuple[int, str], ...]


@cache
def modules() -> tuple[Module, ...]:
    """What is served; the measurements and the tests stand outside the house."""
    folders = {room.partition("/")[0] for room in ROOMS} - {"app"}
    paths = [ROOT / "app.py", *(path for folder in sorted(folders) for path in sorted((ROOT / folder).rglob("*.py")))]
    return tuple(_module(path) for path in paths)


def _module(path: Path) -> Module:
    name = path.relative_to(ROOT).as_posix()
    source = path.read_text(encoding="utf-8")
    room = room_of(name.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    assert room, name
    return Module(name, room, tuple(_imports(ast.parse(source))), tuple(_uses(source)))


def room_of(module: str) -> str:
    """The room of a dotted name. Nothing for what is not ours; what stands outside the house is its own room."""
    first, *rest = module.split(".")
    if first not in OURS:
        return ""
    inner = f"{first}/{rest[0]}" if rest else ""
    return inner if inner in PLATFORMS else first


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Dotted names, also of imports within functions and for the type checker only."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, one.name) for one in names)
            case ast.ImportFrom(module=str(module), level=0, names=names):
                yield from ((node.lineno, f"{module}.{one.name}") for one in names)
            case ast.ImportFrom():
                raise AssertionError(f"line {node.lineno}: imports here name the whole way")


def _uses(source: str) -> Iterator[tuple[int, str]]:
    """Dotted names that the code uses, by what was imported: whatever they are called here."""
    tree = ast.parse(source)
    known = dict(_bindings(tree))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) if name in known:
                yield node.lineno, known[name]
            case ast.Name(id="print"):
                yield node.lineno, "print"
            case ast.Attribute() if name := _dotted(node, known):
                yield node.lineno, name
        match node:
            case ast.Call(func=ast.Attribute(attr=method)):
                yield node.lineno, f".{method}()"


def _bindings(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for one in names:
                    yield (one.asname, one.name) if one.asname else (one.name.partition(".")[0],) * 2
            case ast.ImportFrom(module=str(module), names=names):
                yield from ((one.asname or one.name, f"{module}.{one.name}") for one in names)


def _dotted(node: ast.expr, known: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.Attribute(value=value, attr=attr) if inner := _dotted(value, known):
            return f"{inner}.{attr}"
        case ast.Call(func=function) if inner := _dotted(function, known):
            return f"{inner}()"
    return ""
