"""People, groups and conversations of a Slack workspace are found, and kept as Slack tells them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from bot.admission import Lane
from bot.directory import LookupFailed
from bot.sandbox.fake_slack import Conversation, FakeSlack, Group, Kind, Person
from bot.sandbox.fake_slack.workspace import Workspace
from bot.slack.connect import SlackConnector
from bot.slack.directory import SlackDirectory
from bot.slack.events import SlackEvents
from bot.slack.profiles import Channel, profile_of, recognition_channel, usual_zone
from bot.slack.read import Malformed
from bot.slack.records import Records
from bot.slack.tokens import EnvironmentToken
from bot.slack.web_api import SlackApi, SlackTrouble
from handlers.dispatch import Answered
from handlers.vocabulary import (
    AccountRef,
    ConversationRef,
    EmailRef,
    GroupRef,
    PlaceKind,
    Platform,
    Request,
    WorkspaceRef,
)
from store.conversations import Place, find_place, list_places
from store.db import Database
from store.people import Member, Profile, find_members
from store.programme import list_values
from store.tenants import Home, add_tenant, find_home
from store.types import Ids
from tests.conftest import Clock

ACME = WorkspaceRef(Platform.SLACK, "T1")
GROUP = GroupRef(ACME, "S1")


def account(ref: str) -> AccountRef:
    return AccountRef(ACME, ref)


def place(ref: str, kind: PlaceKind = PlaceKind.CHANNEL) -> ConversationRef:
    return ConversationRef(ACME, ref, kind)


class Door:
    """News ask nobody anything; reactions are tested with the whole process."""

    async def answer(self, request: Request, *, late: object = None) -> Answered:
        raise AssertionError(request)


class Office:
    """A workspace that is being connected, and what the store knows of it."""

    def __init__(self, slack: FakeSlack, http: ClientSession, database: Database, lane: Lane, clock: Clock) -> None:
        self.slack = slack
        self.workspace: Workspace = slack.teams["T1"].workspace
        self.waited: list[float] = []
        self.database = database
        self.api = SlackApi(http, slack.api_url, sleep=self._wait)
        self.tokens = EnvironmentToken(self.api, self.workspace.token)
        self.records = Records(database, lane, clock=clock, new_id=Ids())
        self.directory = SlackDirectory(self.api, self.tokens, self.records)
        self.connector = SlackConnector(self.api, self.tokens, self.records)
        self.events = SlackEvents(self.directory, self.records, self.tokens, Door())

    async def hears(self, kind: str, **event: Any) -> None:
        await self.events.take("T1", {"type": kind, **event}, self.workspace.bot.id)

    @property
    def home(self) -> Home:
        with self.database.reading() as tx:
            home = find_home(tx, "slack", "T1")
        assert home
        return home

    def member(self, ref: str) -> Member | None:
        with self.database.reading() as tx:
            return find_members(tx, self.home.tenant_id, self.home.workspace_id, [ref]).get(ref)

    def place(self, ref: str) -> Place | None:
        with self.database.reading() as tx:
            return find_place(tx, self.home.tenant_id, self.home.workspace_id, ref)

    async def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
async def office(database: Database, clock: Clock) -> AsyncIterator[Office]:
    slack = FakeSlack(lambda: clock().timestamp())
    workspace = slack.add_workspace()
    workspace.add_people(
        Person("U1", "ann", "Ann Lee", "ann@acme.test", tz="Europe/Berlin", locale="de-DE"),
        Person("U2", "bob", "Bob Ray", "bob@acme.test", tz="Europe/Berlin"),
        Person("U3", "guest", is_restricted=True),
        Person("U4", "gone", deleted=True),
    )
    workspace.add_groups(Group("S1", "design", users=["U1", "U9"]))
    workspace.add_conversations(
        Conversation("C1", "general", members=["U1", workspace.bot.id]),
        Conversation("C2", "recognition"),
        Conversation("C3", "old", is_archived=True),
        Conversation("G1", "secret", Kind.PRIVATE, members=["U1"]),
        Conversation("G2", "ours", Kind.PRIVATE, members=["U1", workspace.bot.id]),
    )
    lane = Lane("writer", 1)
    async with TestServer(slack.app()) as server, ClientSession() as http:
        slack.base_url = str(server.make_url("/"))
        yield Office(slack, http, database, lane, clock)
    await lane.close()


@pytest.fixture
async def connected(office: Office) -> Office:
    await office.connector.connect()
    return office


# --- connecting -------------------------------------------------------------------------------------------


async def test_connecting_makes_an_organisation_with_its_people_and_channels(connected: Office) -> None:
    home = connected.home
    assert (home.tenant_name, home.zone, home.url) == ("acme", "Europe/Berlin", "https://acme.slack.com/")
    assert home.bot_ref == connected.workspace.bot.id
    ann, gone, slackbot = connected.member("U1"), connected.member("U4"), connected.member("USLACKBOT")
    assert ann
    assert gone
    assert slackbot
    assert (ann.name, ann.email, ann.zone, ann.locale, ann.kind) == (
        "Ann Lee",
        "ann@acme.test",
        "Europe/Berlin",
        "de-DE",
        "member",
    )
    assert not gone.active
    assert slackbot.kind == "bot"
    assert connected.place("C3") is None, "archived channels are left out"
    with connected.database.reading() as tx:
        assert list_values(tx, home.tenant_id)
        recognitions = list_places(tx, home.tenant_id, [home.recognition_id or ""])
    assert [one.name for one in recognitions.values()] == ["recognition"]


async def test_connecting_again_changes_nothing_and_adds_nobody(connected: Office) -> None:
    before, ann = connected.home, connected.member("U1")
    connected.workspace.add_conversations(Conversation("C9", "kudos"))
    await connected.connector.connect()
    assert connected.home.tenant_id == before.tenant_id
    assert connected.home.recognition_id == before.recognition_id, "somebody may have chosen it"
    assert connected.member("U1") == ann


@pytest.mark.parametrize(("one_organisation", "joins"), [(True, True), (False, False)])
async def test_a_workspace_joins_the_organisation_that_is_alone_here(
    office: Office, clock: Clock, one_organisation: bool, joins: bool
) -> None:
    with office.database.writing() as tx:
        add_tenant(tx, "t1", "Acme", "UTC", clock())
    office.records.one_organisation = one_organisation
    await office.connector.connect()
    assert (office.home.tenant_id == "t1") is joins


async def test_many_people_are_read_page_by_page_as_slowly_as_slack_wants(connected: Office) -> None:
    connected.workspace.add_people(*(Person(f"UX{n:03}", f"p{n}") for n in range(250)))
    connected.slack.fail("users.list", status=429, retry_after=7)
    await connected.connector.refresh()
    assert connected.waited == [7]
    assert connected.member("UX000")
    assert connected.member("UX249")


async def test_two_accounts_of_one_person_stay_two(connected: Office) -> None:
    connected.workspace.add_people(*(Person(ref, ref.lower(), email="twin@acme.test") for ref in ("U7", "U8")))
    await connected.connector.refresh()
    await connected.connector.refresh()
    first, second = connected.member("U7"), connected.member("U8")
    assert first
    assert first == second
    assert [one.ref for one in first.accounts] == ["U7", "U8"]


async def test_a_silent_slack_is_told_to_the_caller(office: Office) -> None:
    office.slack.fail("*", status=500, times=99)
    with pytest.raises(SlackTrouble):
        await office.connector.connect()


# --- looking up -------------------------------------------------------------------------------------------


async def test_people_are_found_by_mention_and_by_address(connected: Office) -> None:
    connected.workspace.add_people(Person("U5", "eve", email="eve@acme.test"), Person("U6", "joe"))
    await connected.directory.look_up(ACME, [EmailRef("eve@acme.test"), account("U6"), account("U99")])
    assert connected.member("U5")
    assert connected.member("U6")
    assert connected.member("U99") is None


async def test_members_of_a_group_are_told_and_kept(connected: Office) -> None:
    connected.workspace.add_people(Person("U9", "new"))
    found = await connected.directory.look_up(ACME, [GROUP])
    assert found.groups == {GROUP: (account("U1"), account("U9"))}
    assert connected.member("U9")
    assert [call.arguments["user"] for call in connected.slack.calls("users.info")] == ["U9"]


async def test_a_group_that_is_gone_has_no_members(connected: Office) -> None:
    gone = GroupRef(ACME, "S404")
    assert (await connected.directory.look_up(ACME, [gone])).groups == {gone: ()}


@pytest.mark.parametrize(
    ("ref", "kind", "member"),
    [
        ("C1", "channel", True),
        ("C2", "channel", False),
        ("G1", "private", False),
        ("G2", "private", True),
        ("D404", "direct", False),
        ("DU1", "personal", True),
    ],
)
async def test_conversations(connected: Office, ref: str, kind: str, member: bool) -> None:
    connected.workspace.direct("U1")
    await connected.directory.look_up(ACME, [place(ref)])
    found = connected.place(ref)
    assert found
    assert (found.kind, found.member) == (kind, member)


async def test_a_group_chat_without_the_app_stays_a_group_chat(connected: Office) -> None:
    await connected.directory.look_up(ACME, [place("G404", PlaceKind.GROUP)])
    found = connected.place("G404")
    assert found
    assert (found.kind, found.member) == ("group", False)


async def test_what_the_app_may_not_look_up_is_not_found(connected: Office) -> None:
    connected.slack.fail("users.lookupByEmail", error="missing_scope")
    assert not (await connected.directory.look_up(ACME, [EmailRef("eve@acme.test")])).groups


@pytest.mark.parametrize("failure", [{"status": 429}, {"status": 500}, {}, {"error": "token_revoked"}])
async def test_slack_not_answering_is_told(connected: Office, failure: dict[str, Any]) -> None:
    connected.slack.fail("users.info", **failure)
    with pytest.raises(LookupFailed):
        await connected.directory.look_up(ACME, [account("U8"), account("U7")])


async def test_nothing_is_looked_up_in_a_workspace_that_is_not_ours(connected: Office) -> None:
    other = WorkspaceRef(Platform.SLACK, "T9")
    assert not (await connected.directory.look_up(other, [AccountRef(other, "U1")])).groups


# --- news -------------------------------------------------------------------------------------------------


async def test_somebody_joins_and_changes(connected: Office) -> None:
    user = {"id": "U7", "name": "zoe", "real_name": "Zoe", "tz": "Asia/Tokyo", "team_id": "T1", "profile": {}}
    await connected.hears("team_join", user=user)
    await connected.hears("user_change", user=user | {"real_name": "Zoe Sun", "deleted": True})
    zoe = connected.member("U7")
    assert zoe
    assert (zoe.name, zoe.zone, zoe.active) == ("Zoe Sun", "Asia/Tokyo", False)


async def test_the_app_is_invited_and_leaves(connected: Office) -> None:
    bot = connected.workspace.bot.id
    conversation = connected.workspace.conversations["G1"]
    conversation.members.append(bot)
    await connected.hears("member_joined_channel", user=bot, channel="G1")
    assert connected.place("G1")
    assert connected.place("G1").member  # type: ignore[union-attr]
    conversation.members.remove(bot)
    await connected.hears("group_left", channel="G1")
    assert not connected.place("G1").member  # type: ignore[union-attr]


async def test_others_come_and_go_unasked(connected: Office) -> None:
    await connected.hears("member_joined_channel", user="U1", channel="C2")
    assert not connected.slack.calls("conversations.info")


async def test_a_channel_is_renamed_and_archived(connected: Office) -> None:
    connected.workspace.conversations["C1"].name = "everybody"
    await connected.hears("channel_rename", channel={"id": "C1", "name": "everybody"})
    assert connected.place("C1").name == "everybody"  # type: ignore[union-attr]
    connected.workspace.conversations["C1"].is_archived = True
    await connected.hears("channel_archive", channel="C1", user="U1")
    assert connected.place("C1").archived  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "event", [{"type": "app_uninstalled"}, {"type": "tokens_revoked", "tokens": {"bot": ["UBOT"]}}]
)
async def test_the_app_is_uninstalled_and_comes_back(connected: Office, event: dict[str, Any]) -> None:
    before = connected.home
    await connected.events.take("T1", event)
    await connected.events.take("T1", event)
    with connected.database.reading() as tx:
        assert find_home(tx, "slack", "T1") is None
    await connected.connector.connect()
    assert connected.home.tenant_id == before.tenant_id


async def test_a_person_revokes_a_token_of_their_own(connected: Office) -> None:
    await connected.hears("tokens_revoked", tokens={"oauth": ["U1"]})
    assert connected.home


@pytest.mark.parametrize(
    "event",
    [
        {"type": "team_join"},
        {"type": "user_change", "user": "U1"},
        {"type": "user_change", "user": {"id": "U1", "profile": 5}},
        {"type": "channel_rename", "channel": {}},
        {"type": "channel_archive"},
    ],
)
async def test_news_that_slack_would_not_send(connected: Office, event: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        await connected.events.take("T1", event)


# --- pure -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "kind"),
    [
        ({}, "member"),
        ({"is_bot": True}, "bot"),
        ({"id": "USLACKBOT"}, "bot"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "stranger"),
        ({"team_id": "T9"}, "stranger"),
        ({"team_id": "T9", "enterprise_user": {"teams": ["T9", "T1"]}}, "member"),
    ],
)
def test_kinds_of_people(facts: dict[str, Any], kind: str) -> None:
    assert profile_of({"id": "U1", "team_id": "T1"} | facts, "T1").kind == kind


def test_names_and_handles() -> None:
    full = {"id": "U1", "name": "a.lee", "real_name": "Ann Lee", "profile": {"display_name": "annie"}}
    assert profile_of(full, "T1") == Profile("U1", "Ann Lee", handle="annie")
    assert profile_of({"id": "U1", "name": "a.lee", "profile": {"display_name": ""}}, "T1").name == "a.lee"


def test_where_recognitions_go() -> None:
    def channel(name: str, **more: Any) -> Channel:
        return Channel(f"C-{name}", PlaceKind.CHANNEL, name, **more)

    general = channel("everybody", general=True)
    assert recognition_channel([general, channel("thanks"), channel("kudos", archived=True)]) == channel("thanks")
    assert recognition_channel([channel("random"), general]) == general
    assert recognition_channel([]) is None


def test_the_zone_of_most() -> None:
    people = [
        Profile("U1", "a", zone="Asia/Tokyo"),
        Profile("U2", "b", zone="Asia/Tokyo"),
        Profile("U3", "c", zone="UTC"),
    ]
    assert usual_zone(people) == "Asia/Tokyo"
    assert usual_zone([]) == "UTC"
