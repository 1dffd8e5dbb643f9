"""A whole world for tests: Slack and Teams as fakes, the real process between them, over real HTTP.

await world.slack.command("ann", "#general", "/kudos", "@bob for the release")
await world.settled()
assert "Ann Lee thanked Bob Okafor" in world.shown("#general")
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp.test_utils import TestServer
from sqlalchemy import Connection, text

from app import Process
from bot.sandbox.fake_slack import (
    Conversation,
    FakeSlack,
    Group,
    Kind,
    Message,
    Person,
    SlackClient,
    View,
    Workspace,
    text_of,
)
from bot.sandbox.fake_slack.blocks import elements
from bot.sandbox.fake_teams import FakeTeams
from bot.settings import Settings, read_settings
from bot.slack.site import SlackSite
from cards.block_kit import check_slack, check_slack_view
from cards.limits import check_teams
from handlers.attention import REASONS
from handlers.vocabulary import Platform
from store.ledger_check import verify
from store.people import list_persons
from store.tenants import list_all_homes

SECRET = "a signing secret of the tests"
APP_ID, APP_PASSWORD, TENANT = "11111111-0000-4000-8000-000000000001", "pw", "22222222-0000-4000-8000-000000000002"


class World:
    def __init__(self, clock: Any, slack: FakeSlack, workspace: Workspace, teams: FakeTeams) -> None:
        self.clock = clock
        self.fake_slack = slack
        self.workspace = workspace
        self.fake_teams = teams
        self.process: Process
        self.slack: SlackClient

    # --- what people see ---

    def shown(self, channel: str) -> str:
        """Everything in a Slack channel that everybody sees."""
        return "\n".join(text_of(one) for one in self.slack.messages(channel))

    def whispered(self, user: str, channel: str = "#general") -> str:
        """The last thing that only this person saw in a channel."""
        return text_of(self.answer(user, channel))

    def answer(self, user: str, channel: str = "#general") -> Message:
        """The last message that only this person saw in a channel, to act on."""
        return self.slack.ephemerals(user, channel)[-1]

    def told(self, user: str) -> str:
        """Everything the app wrote to somebody directly."""
        return "\n".join(text_of(one) for one in self.slack.direct(user))

    # --- what people do on Slack ---

    async def tap(self, user: str, where: Message | View, label: str) -> None:
        """Presses the button with this label, and waits for what it brings."""
        buttons = [one for _, one in elements(where.blocks) if one["type"] == "button"]
        button = next(one for one in buttons if label in (one["text"]["text"], one.get("accessibility_label")))
        await self.slack.press(user, where, button["action_id"], button.get("value"))
        await self.answered()

    async def open_form(self, user: str, channel: str = "#general") -> View:
        """The form that the command alone opens."""
        await self.slack.command(user, channel, "/kudos")
        return await self.form_of(user)

    async def form_of(self, user: str) -> View:
        """The form that somebody has before them."""
        await self.answered()
        view = self.slack.view(user)
        assert view, f"{user} has no form open"
        return view

    async def answered(self) -> None:
        """Until every answer that follows an acknowledgement was given."""
        for one in self.process.platforms.values():
            await one.settle()

    # --- what time does ---

    def hold_back(self) -> None:
        """From now on nothing leaves the outbox."""
        self.change("UPDATE workspace SET paused_until = 9000000000000")

    def let_go(self) -> None:
        self.change("UPDATE workspace SET paused_until = 0")

    async def settled(self) -> None:
        """Until everything that is due was sent and recorded; lanes rest no time at all."""
        relay = self.process.relay
        for _ in range(200):
            await relay.sent()
            recorded = relay.busy  # what was sent is recorded by the next turn, which lets its lane rest
            self.change("UPDATE lane SET free_at = 0")
            if not await relay.turn() and not relay.busy and not recorded:
                return
        raise AssertionError("the outbox does not run empty")

    # --- what an auditor sees ---

    def reading(self) -> Any:
        return self.process.core.database.reading()

    def change(self, sql: str, **values: object) -> None:
        with self.process.core.database.writing() as tx:
            tx.execute(text(sql), values)

    def one(self, sql: str, **values: object) -> Any:
        with self.reading() as tx:
            return tx.execute(text(sql), values).scalar()

    def balance(self, kind: str, name: str) -> int:
        """What all of somebody's accounts of a kind hold together."""
        with self.reading() as tx:
            person = self.person(tx, name)
        sql = "SELECT COALESCE(SUM(balance), 0) FROM ledger_account WHERE kind = :kind AND owner = :owner"
        return int(self.one(sql, kind=kind, owner=person))

    def tally(self, count: str, name: str) -> int:
        """One of somebody's counts over all time: given, received, points_given, points_received."""
        with self.reading() as tx:
            person = self.person(tx, name)
        sql = f"SELECT COALESCE(SUM({count}), 0) FROM tally WHERE period = 'all' AND person_id = :person"  # noqa: S608
        return int(self.one(sql, person=person))

    def footprint(self) -> dict[str, int]:
        """How much there is of everything that a gift leaves behind. A refusal adds nothing to it."""
        tables = ("recognition", "recognition_receiver", "ledger_transaction", "ledger_entry", "tally", "outbox")
        return {table: self.one(f"SELECT COUNT(*) FROM {table}") for table in tables}  # noqa: S608

    def person(self, tx: Connection, name: str) -> str:
        tenant = list_all_homes(tx)[0].tenant_id
        return next(one.id for one in list_persons(tx, tenant) if one.name.startswith(name))

    def cards_without_reason(self) -> set[str]:
        """What was sent to one person, and nobody has written down why. Answers to who asked have no subject."""
        sql = "SELECT DISTINCT view FROM outbox WHERE kind = 'direct' AND subject_kind <> ''"
        with self.reading() as tx:
            return set(tx.execute(text(sql)).scalars()) - REASONS.keys()

    def books_agree(self) -> bool:
        with self.reading() as tx:
            return verify(tx) == []


def _check_message(message: Any) -> None:
    if "blocks" in message:
        check_slack(message)


def make_slack() -> tuple[FakeSlack, Workspace]:
    slack = FakeSlack(time.time, check_message=_check_message, check_view=check_slack_view)
    workspace = slack.add_workspace("T1", domain="acme")
    workspace.add_people(
        Person("U1", "ann", "Ann Lee", "ann@acme.test", tz="Europe/Berlin"),
        Person("U2", "bob", "Bob Okafor", "bob@acme.test", tz="America/New_York"),
        Person("U3", "cleo", "Cléo Martin", "cleo@acme.test", tz="Asia/Tokyo"),
        Person("U4", "bob2", "Bob Tanaka", "bob.tanaka@acme.test"),
        Person("U5", "gus", "Gus Guest", "gus@else.test", is_restricted=True),
        Person("U6", "dora", "Dora Gone", "dora@acme.test", deleted=True),
        Person("U7", "robo", "Robo", "", is_bot=True),
    )
    workspace.add_groups(Group("S1", "design", users=["U1", "U2", "U3"]))
    bot = workspace.bot.id
    workspace.add_conversations(
        Conversation("C1", "general", Kind.PUBLIC, members=["U1", "U2", "U3", bot]),
        Conversation("C2", "kudos", Kind.PUBLIC, members=["U1", "U2", bot]),
        Conversation("C3", "teamwork", Kind.PUBLIC, members=["U1"]),
        Conversation("C4", "old", Kind.PUBLIC, members=["U1"], is_archived=True),
        Conversation("C5", "secret", Kind.PRIVATE, members=["U1", "U2"]),
    )
    return slack, workspace


@asynccontextmanager
async def open_world(
    database_url: str, clock: Any, *, people: Sequence[Person] = (), **settings: str
) -> AsyncIterator[World]:
    """`people` are on Slack beside those whom every test knows."""
    slack, workspace = make_slack()
    workspace.add_people(*people)
    async with (
        TestServer(slack.app()) as server,
        FakeTeams(app_id=APP_ID, password=APP_PASSWORD, tenant_id=TENANT, check_card=check_teams) as teams,
        aiohttp.ClientSession() as http,
    ):
        slack.base_url = str(server.make_url("/"))
        teams.login.tenant = "botframework.com" if settings.get("microsoft_app_type") == "MultiTenant" else TENANT
        world = World(clock, slack, workspace, teams)
        process = Process(
            make_settings(database_url, slack, workspace, teams, **settings), clock, durable=False, relaying=False
        )
        world.process = process
        try:
            await process.start()
            site = process.platforms[Platform.SLACK]
            assert isinstance(site, SlackSite)
            await site.connected()
            address = f"http://127.0.0.1:{process.port}"
            world.slack = SlackClient(slack, http, f"{address}/slack/events", SECRET, team_id="T1")
            teams.connect(f"{address}/api/messages")
            yield world
            assert world.cards_without_reason() == set(), "say in handlers/attention.py why somebody gets it"
        finally:
            await process.stop()


def make_settings(database_url: str, slack: FakeSlack, workspace: Workspace, teams: FakeTeams, **more: str) -> Settings:
    given: dict[str, Any] = {
        "plaudit_port": 0,
        "plaudit_database_url": database_url,
        "plaudit_log": "error",
        "slack_signing_secret": SECRET,
        "slack_bot_token": workspace.token,
        "slack_api_url": slack.api_url,
        "microsoft_app_id": APP_ID,
        "microsoft_app_password": APP_PASSWORD,
        "microsoft_app_tenant_id": TENANT,
        "microsoft_openid_metadata_url": teams.openid_metadata_url,
        "microsoft_login_url": teams.login_url,
        "microsoft_service_hosts": "127.0.0.1",
    }
    return read_settings(**given | more)
