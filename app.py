"""Plaudit: settings in, one process out. `python app.py` serves; `python app.py --help` lists the rest."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import gc
import signal
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import aiohttp
import structlog
from aiohttp import web
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from bot.admission import Lane
from bot.calendar_page import CalendarPage
from bot.connected import Connected, Core
from bot.door import Door
from bot.import_page import ImportPage
from bot.logs import set_up_logs
from bot.metrics import OUTBOX_PENDING
from bot.pictures.badges import address_of
from bot.pictures.page import Pictures
from bot.presenter import CardPresenter
from bot.relay import Relay
from bot.senders import Senders
from bot.settings import Settings, WrongSetting, read_settings
from bot.slack.site import SlackSite
from bot.teams.site import TeamsSite
from bot.vendor_door import VendorDoor
from bot.vendors import Vendors
from bot.wall.site import make_wall
from bot.web import Health, make_web
from handlers import registry
from handlers.deliveries import Deliveries
from handlers.dispatch import Dispatcher
from handlers.order_calendar import CalendarDesk
from handlers.sharing import ShareDesk
from handlers.ticks import Ticks
from handlers.upload_desk import UploadDesk
from handlers.vendor_desk import VendorDesk
from handlers.vocabulary import BadgePicture, Platform
from manifest.build import Shape, print_manifest
from scheduler.clock import ProgrammeClock
from scheduler.jobs import clean_up
from scheduler.runner import Job, Runner
from scheduler.ticks import TickRunner
from store import tables
from store.db import Database
from store.ledger_check import verify
from store.mark import Mode, WrongDatabase, claim_mode, refuse_other_mode
from store.migrate import NewerDatabase, is_current, upgrade
from store.outbox import count_pending
from store.sealing import Sealer
from store.types import Ids

if TYPE_CHECKING:
    from bot.sandbox.app import Sandbox

MakeSandbox: TypeAlias = "Callable[[Database, CardPresenter, Callable[[], None]], Sandbox]"

DRAIN_S = 20.0
"""Most orchestrators kill after thirty."""
REFRESH_S, CLEAN_UP_S = 6 * 60 * 60.0, 60 * 60.0
"""Often enough for a process that is replaced every day."""
TICK_S = 5.0
"""How late something scheduled may be noticed; to look costs one look into an index."""

_log = structlog.get_logger("process")


def main(arguments: Sequence[str] | None = None) -> int:
    command = _parser().parse_args(arguments)
    try:
        settings = read_settings()
        set_up_logs(settings.plaudit_log)
        run = {"serve": serve, "migrate": migrate, "verify-ledger": verify_ledger, "manifest": manifest}
        return run[command.command or "serve"](settings, command)
    except (WrongSetting, WrongDatabase, NewerDatabase) as wrong:
        return _refuse(str(wrong))
    except OperationalError as error:
        return _refuse(f"PLAUDIT_DATABASE_URL names a database that does not answer: {error.orig}")
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return _refuse(f"PLAUDIT_PORT {settings.plaudit_port} is in use: stop what listens there, or set another one.")


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - for whoever starts it
    return 2


def serve(settings: Settings, command: argparse.Namespace) -> int:
    """Migrates and serves until it is told to stop."""
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings))
    return 0


def migrate(settings: Settings, command: argparse.Namespace) -> int:
    """Brings the database up to date."""
    upgrade(settings.database_url)
    return 0


def verify_ledger(settings: Settings, command: argparse.Namespace) -> int:
    """Recomputes every balance from the entries. Ends with 1 if anything differs."""
    with contextlib.closing(Database(settings.database_url, patient=True)) as database, database.reading() as tx:
        differences = verify(tx)
    for one in differences:
        print(one)  # noqa: T201 - what the command is for
    print(f"{len(differences)} differences" if differences else "The books agree.")  # noqa: T201
    return 1 if differences else 0


def manifest(settings: Settings, command: argparse.Namespace) -> int:
    """Prints an app manifest, or writes the Teams package."""
    shape = Shape(socket_mode=command.socket_mode, compatible=command.compatible, package=command.zip)
    print_manifest(command.platform, settings, sys.stdout, shape)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="app.py", description="Recognition and micro-rewards for Slack and Teams.")
    commands = parser.add_subparsers(dest="command", metavar="command")
    commands.add_parser("serve", help="migrate and serve (the default)")
    commands.add_parser("migrate", help="bring the database up to date")
    commands.add_parser("verify-ledger", help="recompute every balance; exit 1 on any difference")
    shown = commands.add_parser("manifest", help="print the app manifest of a platform")
    shown.add_argument("platform", choices=("slack", "teams"))
    shown.add_argument("--socket-mode", action="store_true", help="Slack: for Socket Mode, without a public address")
    shown.add_argument("--zip", type=Path, metavar="FILE", help="Teams: write the package to upload")
    shown.add_argument("--compatible", action="store_true", help="Teams: an older schema, for tenants that need it")
    return parser


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has Ctrl-C only
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    clock = ProgrammeClock()
    process = Process(settings, clock, sandbox=_sandbox_of(settings, clock))
    try:
        await process.start()
        # What is there now stays: the collector need not walk over it again and again while people wait.
        gc.collect()
        gc.freeze()
        await stop.wait()
    finally:
        await process.stop()


def _sandbox_of(settings: Settings, clock: ProgrammeClock) -> MakeSandbox | None:
    """How to make the sandbox, where this is one. Nothing of it is imported elsewhere."""
    if not settings.sandbox:
        return None
    from bot.sandbox.app import Sandbox

    return lambda database, presenter, on_clock: Sandbox(database, presenter, clock, on_clock=on_clock)


class Process:
    """One running process: started in order, stopped in the reverse one. `port` is known after `start`.

    Tests let go of the disk (`durable`), and turn relay and schedule by hand instead of letting them run (`relaying`).
    """

    def __init__(
        self,
        settings: Settings,
        clock: Callable[[], datetime],
        *,
        sandbox: MakeSandbox | None = None,
        durable: bool = True,
        relaying: bool = True,
    ) -> None:
        registry.load()
        self.settings = settings
        self.clock = clock
        self.port = settings.plaudit_port
        self.sandbox: Sandbox | None = None
        self._make_sandbox = sandbox
        self._durable = durable
        self._relaying = relaying
        self._stack = contextlib.AsyncExitStack()

    async def start(self) -> None:
        """Migrates, connects and serves. Raises `WrongDatabase` for a database of the other mode."""
        mode: Mode = "sandbox" if self._make_sandbox else "live"
        database = Database(self.settings.database_url, durable=self._durable)
        self._stack.callback(database.close)
        await asyncio.to_thread(refuse_other_mode, database, mode)
        await asyncio.to_thread(upgrade, self.settings.database_url)
        await asyncio.to_thread(claim_mode, database, mode)
        self.presenter = CardPresenter(self._badge_address)
        if self._make_sandbox:
            self.sandbox = self._make_sandbox(database, self.presenter, self._clock_moved)
            self._stack.push_async_callback(self.sandbox.stop)
            await self.sandbox.start()
        self._build(database)
        await self._open()
        _log.info("ready", address=f"http://{self.settings.plaudit_host}:{self.port}")

    async def stop(self) -> None:
        """Not ready any more, then: no new requests, finish what has begun, finish sends, close."""
        if hasattr(self, "health"):
            self.health.stopping = True
            await self.door.caught_up(DRAIN_S)  # with the doors open, so that /readyz can say 503
        await self._stack.aclose()
        _log.info("stopped")

    def _build(self, database: Database) -> None:
        one_writer = database.kind == "sqlite"
        writers = Lane("writer", 1, together=database.together) if one_writer else Lane("writer", 8)
        readers = Lane("reader", 2)
        self.core = Core(database, writers, readers, self.clock, Ids())
        sealer = Sealer(self.settings.secret_keys)
        if self.sandbox:
            self.sandbox.connect_vendor(sealer)
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar())
        presenter = self.presenter
        self.platforms: dict[Platform, Connected] = {one.platform: one for one in self._connect()}
        self.senders = Senders(self.core, self.platforms)
        deliveries = Deliveries(
            database, presenter, clock=self.clock, new_id=self.core.new_id, owners=self.settings.plaudit_owners
        )
        self.relay = Relay(deliveries, writers, self.senders.find)
        self.dispatcher = Dispatcher(
            database,
            presenter,
            clock=self.clock,
            new_id=self.core.new_id,
            on_sends=self._wake,
            owners=self.settings.plaudit_owners,
            public_url=self._public_url,
            sealer=sealer,
        )
        self.door = Door(
            self.dispatcher,
            presenter,
            writers=writers,
            readers=readers,
            directories={name: one.directory for name, one in self.platforms.items()},
        )
        desk = UploadDesk(clock=self.clock, new_id=self.core.new_id, owners=self.settings.plaudit_owners)
        self.import_page = ImportPage(self.core, desk, self._public_url)
        self.wall = make_wall(
            self.core,
            presenter,
            self.door,
            owners=self.settings.plaudit_owners,
            public_url=self._public_url,
            on_sends=self._wake,
            sealer=sealer,
        )
        self.pictures = Pictures(self.core, ShareDesk(clock=self.clock))
        self.calendar = CalendarPage(self.core, CalendarDesk(clock=self.clock))
        vendor_desk = VendorDesk(
            presenter, clock=self.clock, new_id=self.core.new_id, owners=self.settings.plaudit_owners, sealer=sealer
        )
        self.vendors = Vendors(self.core, vendor_desk, on_sends=self._wake, loopback=bool(self.sandbox))
        self.vendor_door = VendorDoor(self.core, vendor_desk, on_sends=self._wake)
        self.ticks = TickRunner(
            Ticks(
                database,
                presenter,
                clock=self.clock,
                new_id=self.core.new_id,
                on_sends=self._wake,
                owners=self.settings.plaudit_owners,
                sealer=sealer,
            ),
            read=lambda work: readers.run(work, background=True),
            write=lambda work: writers.run(work, background=True),
        )
        self.health = Health({"database": self._database_answers, "migrations": self._migrated, "relay": self._relays})
        self.runner = Runner(
            [
                Job("refresh", REFRESH_S, self._refresh),
                Job("clean-up", CLEAN_UP_S, self._clean_up),
                Job("plan", CLEAN_UP_S, self.ticks.plan),
                *([Job("ticks", TICK_S, self.ticks.run)] if self._relaying else []),
            ]
        )

    def _public_url(self) -> str:
        """Where browsers reach this process; the sandbox knows it itself."""
        return f"http://127.0.0.1:{self.port}" if self.sandbox else self.settings.plaudit_public_url

    def _badge_address(self, picture: BadgePicture) -> str:
        return address_of(picture, self._public_url(), loopback=bool(self.sandbox))

    def _wake(self) -> None:
        self.relay.wake()

    def _clock_moved(self) -> None:
        """In the sandbox: what is due now is not waited for."""
        self._wake()
        self.runner.wake("ticks")

    def _connect(self) -> list[Connected]:
        """The platforms whose credentials are set; in the sandbox both, with credentials of the fakes."""
        settings, teams_app = self.settings, ""
        if self.sandbox:
            settings, teams_app = settings.model_copy(update=_credentials(self.sandbox)), self.sandbox.teams.app_id
        connected: list[Connected] = []
        if settings.slack_bot_token:
            connected.append(SlackSite(settings, self.core, self.http))
        if settings.microsoft_app_id or teams_app:
            connected.append(
                TeamsSite(
                    settings,
                    self.core,
                    self.http,
                    presenter=self.presenter,
                    commands=registry.commands,
                    on_sends=self._wake,
                    sandbox_app_id=teams_app,
                )
            )
        return connected

    async def _open(self) -> None:
        """What is pushed here first is closed last."""
        stack = self._stack
        stack.push_async_callback(self.http.close)
        stack.push_async_callback(self.core.readers.close)
        stack.push_async_callback(self.core.writers.close)
        if self._relaying:
            relay = asyncio.create_task(self.relay.run())
            stack.push_async_callback(lambda: asyncio.wait({relay}))
        stack.push_async_callback(self.relay.stop)
        stack.push_async_callback(self.vendors.close)
        if self._relaying:
            vendors = asyncio.create_task(self.vendors.run())
            stack.push_async_callback(lambda: asyncio.wait({vendors}))
        stack.push_async_callback(self.vendors.stop)
        self.runner.start()
        stack.callback(self.runner.stop)
        for one in self.platforms.values():
            stack.push_async_callback(one.settle)
        stack.push_async_callback(self.door.drain)
        doors = {path: handler for one in self.platforms.values() for path, handler in one.doors(self.door).items()}
        for one in self.platforms.values():
            stack.push_async_callback(one.stop)
        application = make_web(self.health, doors)
        self.import_page.mount(application)
        self.pictures.mount(application)
        self.calendar.mount(application)
        self.vendor_door.mount(application)
        self.wall.mount(application)
        if self.sandbox:
            self.sandbox.mount(application)
        await self._listen(application)
        if self.sandbox:
            self.sandbox.listen_on(self.port)
        for one in self.platforms.values():
            await one.start()
        await self.ticks.plan()

    async def _listen(self, application: web.Application) -> None:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=DRAIN_S)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, self.settings.plaudit_host, self.settings.plaudit_port)
        await site.start()
        self.port = runner.addresses[0][1]

    async def _refresh(self) -> None:
        self.senders.forget()
        for one in self.platforms.values():
            await one.refresh()

    async def _clean_up(self) -> None:
        writers = self.core.writers
        await clean_up(self.core.database, self.clock, lambda work: writers.run(work, background=True))

    # --- /readyz ---

    async def _database_answers(self) -> bool:
        def ask() -> int:
            with self.core.database.reading() as tx:
                tx.execute(text("SELECT 1"))
                return count_pending(tx)

        OUTBOX_PENDING.set(await self.core.readers.run(ask, background=True))
        return True

    async def _migrated(self) -> bool:
        return await asyncio.to_thread(is_current, self.core.database)

    async def _relays(self) -> bool:
        return self.relay.healthy


def _credentials(sandbox: Sandbox) -> dict[str, str]:
    return {
        "slack_bot_token": sandbox.slack.token,
        "slack_signing_secret": sandbox.slack.signing_secret,
        "slack_api_url": sandbox.slack.api_url,
    }


assert tables.metadata  # every table is known before anything is built

if __name__ == "__main__":
    sys.exit(main())
