"""The sandbox: both other sides, a demo organisation in the books, and a page to act in it.

    sandbox = Sandbox(database, presenter, clock)
    await sandbox.start()        # the fakes run, the books are seeded; `slack` and `teams` say how to connect
    sandbox.mount(web_app)       # the guard before every route, the page at /sandbox
    sandbox.listen_on(port)      # where our own doors are: the past is shown, and people can act
    ...
    await sandbox.stop()

The fakes listen on ports of their own, so that their addresses are known before ours is.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import ClientSession, web

from bot.sandbox.behind import behind
from bot.sandbox.fake_slack import FakeSlack, SlackClient
from bot.sandbox.fake_teams import FakeTeams
from bot.sandbox.gift_cards import PATH as CARDS
from bot.sandbox.gift_cards import ToyProvider, connect_provider
from bot.sandbox.guard import Guard
from bot.sandbox.organisation import ZONE
from bot.sandbox.page import Page
from bot.sandbox.seed import latest_gift, readdress, seed_history
from bot.sandbox.shown import show_latest, show_talk
from bot.sandbox.timeline import MovableClock, Timeline
from bot.sandbox.vendor import ToyVendor, connect_toys, connect_vendor
from bot.sandbox.worlds import SLACK_TEAM, Worlds, fill_fakes
from bot.vendor_door import PATH as VENDOR_DOOR
from bot.web import SLACK_DOOR, TEAMS_DOOR
from cards.block_kit import check_slack, check_slack_view
from cards.limits import check_teams
from handlers.presenter import Presenter
from store.db import Database
from store.sealing import Sealer

PATH = "/sandbox"
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class SlackSide:
    """What SLACK_* settings would say; made up at every start."""

    team_id: str
    api_url: str
    token: str = field(repr=False)
    signing_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class TeamsSide:
    """Neither side shows a token to the other: both are this process."""

    app_id: str
    tenant_id: str
    service_url: str


class Sandbox:
    """`on_clock` is called when somebody moved the programme's clock; `real` is seconds since 1970."""

    def __init__(
        self,
        database: Database,
        presenter: Presenter,
        clock: MovableClock,
        *,
        on_clock: Callable[[], None] = lambda: None,
        real: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._presenter = presenter
        self._clock = clock
        self._token, self._secret = secrets.token_urlsafe(), secrets.token_urlsafe()
        self.fake_slack = FakeSlack(real, check_message=_check_message, check_view=check_slack_view)
        self.fake_teams = FakeTeams(
            signed=False, asks_for_token=False, check_card=lambda card: check_teams(dict(card)), now=clock
        )
        self.worlds: Worlds = fill_fakes(self.fake_slack, self.fake_teams, token=self._token)
        # The books remember ids of messages from earlier runs. Each hundredth of a second has its number.
        self.fake_teams.world.number_from(int(real() * 100))
        self.timeline = Timeline(clock, ZONE, real)
        self.guard, self._slack_guard, self._teams_guard = Guard(), Guard(), Guard()
        books = partial(behind, database, self.worlds)
        self.vendor = ToyVendor(lambda: self._http, secrets.token_urlsafe(32), secrets.token_urlsafe(32), real)
        self._provider = ToyProvider(secrets.token_urlsafe(32))
        self._vendor_guard = Guard()
        self._page = Page(self.worlds, self.timeline, lambda: self.slack_client, on_clock, books)
        self._client: SlackClient | None = None

    async def start(self) -> None:
        """Starts the fakes, and seeds the books if they are new. The clock goes on where it had been moved to."""
        self._http = ClientSession()
        await self._start_slack()
        await self.fake_teams.start(middlewares=[self._teams_guard.middleware])
        self._teams_guard.port = _port_of(self.fake_teams.url)
        await self._start_vendor()
        await asyncio.to_thread(self._fill_books)

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        app.middlewares.insert(0, self.guard.middleware)
        app.add_subapp(PATH, self._page.app(self.guard))

    def listen_on(self, port: int) -> None:
        """The port of our own doors; before that, the guard lets nobody in.

        What was said before is shown only now: in it are addresses of pictures, which lead to that port.
        """
        show_talk(self.worlds, self._clock())
        show_latest(self._database, self._presenter, self.worlds)
        origin = f"http://{_LOOPBACK}:{port}"
        self.guard.port = port
        self.fake_teams.connect(origin + TEAMS_DOOR)
        self.vendor.call_back = f"{origin}{VENDOR_DOOR}/{self.vendor.token}"
        door = origin + SLACK_DOOR
        self._client = SlackClient(self.fake_slack, self._http, door, self._secret, team_id=SLACK_TEAM)

    def connect_vendor(self, sealer: Sealer) -> None:
        """The toys outside and the books know each other's secrets. After `start`."""
        address = f"http://{_LOOPBACK}:{self._vendor_guard.port}"
        vendor = partial(
            connect_vendor, vendor=self.vendor, address=f"{address}/orders", sealer=sealer, now=self._clock()
        )
        provider = partial(connect_provider, provider=self._provider, address=address + CARDS, sealer=sealer)
        connect_toys(self._database, vendor, provider)

    async def stop(self) -> None:
        await self._vendor_runner.cleanup()
        await self.fake_teams.stop()
        await self._slack_runner.cleanup()
        await self._http.close()

    @property
    def slack(self) -> SlackSide:
        return SlackSide(SLACK_TEAM, self.fake_slack.api_url, self._token, self._secret)

    @property
    def teams(self) -> TeamsSide:
        fake = self.fake_teams
        return TeamsSide(fake.world.app_id, fake.world.tenant_id, fake.service_url)

    @property
    def slack_client(self) -> SlackClient:
        """The hands of everybody on Slack; those of Teams are `fake_teams`."""
        assert self._client, "listen_on comes first"
        return self._client

    async def _start_slack(self) -> None:
        app = self.fake_slack.app([self._slack_guard.middleware])
        self._slack_runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._slack_runner.setup()
        await web.TCPSite(self._slack_runner, _LOOPBACK, 0).start()
        self._slack_guard.port = self._slack_runner.addresses[0][1]
        self.fake_slack.base_url = f"http://{_LOOPBACK}:{self._slack_guard.port}"

    async def _start_vendor(self) -> None:
        app = self.vendor.app([self._vendor_guard.middleware])
        app.router.add_post(CARDS, self._provider.take)
        self._vendor_runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._vendor_runner.setup()
        await web.TCPSite(self._vendor_runner, _LOOPBACK, 0).start()
        self._vendor_guard.port = self._vendor_runner.addresses[0][1]

    def _fill_books(self) -> None:
        seed_history(self._database, self.worlds, self._clock())
        readdress(self._database, self.worlds)
        self._catch_up(latest_gift(self._database))

    def _catch_up(self, newest: datetime | None) -> None:
        """An earlier run may have ended in the programme's future, and books are not unwritten."""
        if newest and newest > self._clock():
            self.timeline.move_to(newest)


def _check_message(content: Mapping[str, Any]) -> None:
    """What Slack's own client shows, such as that a command failed, has no blocks."""
    if content.get("blocks"):
        check_slack(content)


def _port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1])
