"""Looking people up in rosters, against the fake connector and a real database."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import aiohttp
import pytest

from bot.admission import Lane
from bot.directory import Directory, LookupFailed
from bot.sandbox.fake_teams import Conversation, FakeTeams, Person
from bot.teams import directory as directory_module
from bot.teams.activities import Envelope, Sender
from bot.teams.auth import LOOPBACK_HOSTS, TeamsApp
from bot.teams.book import Book
from bot.teams.connector import Connector
from bot.teams.credentials import Tokens
from bot.teams.directory import TeamsDirectory, asked_in, read_profile
from handlers.vocabulary import AccountRef, ConversationRef, EmailRef, PlaceKind, Platform, WorkspaceRef
from store.conversations import Place, find_place
from store.db import Database
from store.people import Member, find_by_emails, find_members, list_persons
from store.tenants import Home
from store.types import Ids


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams() as teams:
        yield teams


@pytest.fixture
async def book(database: Database) -> AsyncIterator[Book]:
    writers, readers = Lane("w", 1), Lane("r", 1)
    yield Book(database, writers=writers, readers=readers, clock=lambda: datetime.now(UTC), new_id=Ids())
    await writers.close()
    await readers.close()


@pytest.fixture
def directory(teams: FakeTeams, http: aiohttp.ClientSession, book: Book) -> TeamsDirectory:
    tokens = Tokens(TeamsApp(teams.login.app_id, teams.login.password), http, teams.login_url)
    return TeamsDirectory(Connector(http, tokens, LOOPBACK_HOSTS), book)


@pytest.fixture
def ann(teams: FakeTeams) -> Person:
    return teams.person("Ann Alba", email="Ann.Alba@Example.com")


@pytest.fixture
def general(teams: FakeTeams, ann: Person) -> Conversation:
    return teams.channel("General", "Engineering", ann, teams.person("Bob Brand"))


@pytest.fixture
def workspace(teams: FakeTeams) -> WorkspaceRef:
    return WorkspaceRef(Platform.TEAMS, teams.world.tenant_id)


@pytest.fixture
def envelope(teams: FakeTeams, ann: Person, general: Conversation, workspace: WorkspaceRef) -> Envelope:
    return Envelope(
        id="1",
        tenant_id=workspace.id,
        service_url=teams.service_url,
        sender=Sender(ann.id, ann.aad_id, ann.name),
        bot_id=teams.world.bot_id,
        where=ConversationRef(workspace, general.id, PlaceKind.CHANNEL, "General"),
        zone="Europe/Vienna",
        locale="de-AT",
    )


@pytest.fixture
def asking(envelope: Envelope) -> Iterator[Envelope]:
    """Somebody asks from the channel."""
    token = asked_in.set(envelope)
    yield envelope
    asked_in.reset(token)


@pytest.fixture
async def home(book: Book, envelope: Envelope) -> Home:
    return await book.connect(envelope)


def find(database: Database, home: Home, *refs: str) -> dict[str, Member]:
    with database.reading() as tx:
        return find_members(tx, home.tenant_id, home.workspace_id, refs)


def place(database: Database, home: Home, ref: str) -> Place | None:
    with database.reading() as tx:
        return find_place(tx, home.tenant_id, home.workspace_id, ref)


def test_it_is_a_directory(directory: TeamsDirectory) -> None:
    _: Directory = directory


async def test_somebody_is_found_where_they_are_named(
    database: Database,
    directory: TeamsDirectory,
    home: Home,
    ann: Person,
    asking: Envelope,
    workspace: WorkspaceRef,
) -> None:
    await directory.look_up(workspace, [AccountRef(workspace, ann.id)])
    found = find(database, home, ann.id, ann.aad_id)
    assert set(found) == {ann.id, ann.aad_id}
    member = found[ann.id]
    assert (member.name, member.email, member.kind) == ("Ann Alba", "ann.alba@example.com", "member")
    assert (member.zone, member.locale) == ("Europe/Vienna", "de-AT")


async def test_somebody_elsewhere_is_found_in_a_channel_the_app_is_in(
    database: Database,
    directory: TeamsDirectory,
    book: Book,
    home: Home,
    teams: FakeTeams,
    envelope: Envelope,
    workspace: WorkspaceRef,
) -> None:
    cleo = teams.person("Cleo Cruz")
    sales = teams.channel("General", "Sales", cleo)
    where = ConversationRef(workspace, sales.id, PlaceKind.CHANNEL, "Sales")
    await book.enter(home, [where], envelope)
    await directory.look_up(workspace, [AccountRef(workspace, cleo.aad_id)])
    assert find(database, home, cleo.id)[cleo.id].zone == ""


async def test_an_address_is_looked_up(
    database: Database, directory: TeamsDirectory, home: Home, asking: Envelope, teams: FakeTeams
) -> None:
    await directory.look_up(asking.workspace, [EmailRef("bob.brand@example.com")])
    with database.reading() as tx:
        assert find_by_emails(tx, home.tenant_id, ["bob.brand@example.com"])


async def test_who_does_not_exist_is_not_found(
    database: Database, directory: TeamsDirectory, home: Home, asking: Envelope
) -> None:
    await directory.look_up(asking.workspace, [AccountRef(asking.workspace, "29:nobody")])
    assert find(database, home, "29:nobody") == {}


async def test_looking_up_twice_at_once_makes_one_person(
    database: Database, directory: TeamsDirectory, home: Home, ann: Person, asking: Envelope
) -> None:
    refs = [AccountRef(asking.workspace, ann.id), AccountRef(asking.workspace, ann.aad_id)]
    await directory.look_up(asking.workspace, refs)
    await directory.look_up(asking.workspace, refs)
    with database.reading() as tx:
        assert len(list_persons(tx, home.tenant_id)) == 1


async def test_a_guest_and_a_stranger_are_told_apart(teams: FakeTeams) -> None:
    member = {"id": "29:g", "aadObjectId": "aad-g", "name": "Gil", "tenantId": "t1", "userRole": "guest"}
    assert read_profile(member, "t1").kind == "guest"
    assert read_profile(member, "t2").kind == "stranger"
    assert read_profile({"id": "29:x", "name": None}, "t1").ref == "29:x"


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_when_teams_does_not_answer_nobody_is_taken_for_unknown(
    directory: TeamsDirectory, home: Home, ann: Person, asking: Envelope, teams: FakeTeams, status: int
) -> None:
    teams.fail("member", status=status)
    with pytest.raises(LookupFailed):
        await directory.look_up(asking.workspace, [AccountRef(asking.workspace, ann.id)])


async def test_a_slow_answer_is_not_waited_for(
    directory: TeamsDirectory,
    home: Home,
    ann: Person,
    asking: Envelope,
    teams: FakeTeams,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(directory_module, "LONGEST_S", 0.1)
    teams.fail("member", hang_s=0.5)
    with pytest.raises(LookupFailed):
        await directory.look_up(asking.workspace, [AccountRef(asking.workspace, ann.id)])


async def test_a_conversation_where_the_app_is_not_is_noted_as_such(
    database: Database, directory: TeamsDirectory, home: Home, asking: Envelope
) -> None:
    where = ConversationRef(asking.workspace, "19:others@thread.v2", PlaceKind.GROUP, "Lunch")
    await directory.look_up(asking.workspace, [where])
    noted = place(database, home, where.id)
    assert noted is not None
    assert (noted.member, noted.kind, noted.service_url) == (False, "group", asking.service_url)


async def test_a_conversation_that_is_known_stays_as_it_is(
    database: Database, directory: TeamsDirectory, book: Book, home: Home, asking: Envelope
) -> None:
    assert asking.where
    await book.enter(home, [asking.where], asking)
    await directory.look_up(asking.workspace, [asking.where])
    noted = place(database, home, asking.where.id)
    assert noted is not None
    assert noted.member


async def test_an_unknown_tenant_is_left_to_the_door(directory: TeamsDirectory) -> None:
    nowhere = WorkspaceRef(Platform.TEAMS, "unknown")
    await directory.look_up(nowhere, [AccountRef(nowhere, "29:x")])


async def test_a_whole_roster_is_read_page_by_page(
    database: Database, directory: TeamsDirectory, home: Home, general: Conversation, teams: FakeTeams
) -> None:
    for number in range(600):
        general.member_ids.append(teams.person(f"Person {number}").id)
    assert await directory.read_roster(home, general.id, teams.service_url) == 602
    assert len(teams.calls("pagedmembers")) == 2
    with database.reading() as tx:
        assert len(list_persons(tx, home.tenant_id)) == 602
