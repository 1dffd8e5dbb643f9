"""`/api/messages` through real HTTP, with tokens signed by the fake's keys, before a door that plays its part."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web

from bot.admission import Lane
from bot.presenter import CardPresenter
from bot.sandbox.fake_teams import Conversation, FakeTeams, Person, text_of
from bot.teams.app import LONGEST_BODY, LOOK_AGAIN_S, TeamsEdge
from bot.teams.arrivals import Admission
from bot.teams.auth import LOOPBACK_HOSTS, Checks, Gate, SandboxGate, TeamsApp
from bot.teams.book import Book
from bot.teams.connector import Connector
from bot.teams.credentials import Tokens
from bot.teams.directory import TeamsDirectory, asked_in
from bot.teams.forms import write_dialog
from handlers.dispatch import Answered
from handlers.vocabulary import (
    Action,
    Card,
    Command,
    Form,
    PeopleField,
    Platform,
    Reaction,
    Reader,
    Request,
    Submission,
    TextField,
)
from store.conversations import Place, close_place, find_place
from store.db import Database
from store.outbox import claim_due
from store.people import Member, find_members, list_persons
from store.programme import list_values
from store.tenants import Home, find_home
from store.types import Ids

FORM = Form(
    name="kudos",
    form_id="f1",
    opened_by="kudos_form",
    title="Say thank you",
    submit="Send",
    fields=(PeopleField(name="receivers", label="Whom?"), TextField(name="reason", label="What for?")),
    context={"about": "m1"},
)
NOTHING = Answered("nothing", {}, "done")
OPEN = Answered("form", write_dialog(FORM), "read")


def reply(sentence: str, outcome: str = "done") -> Answered:
    card = Card("notice", {"sentence": sentence})
    return Answered("reply", CardPresenter().card(card, Reader(Platform.TEAMS, "", "")), outcome)


@dataclass
class Door:
    """Answers what it was told to, and remembers what it was asked."""

    answers: list[Answered] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    promised: list[Answered] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    async def answer(self, request: Request, *, late: Callable[[Answered], Awaitable[None]] | None = None) -> Answered:
        self.asked.append(request)
        envelope = asked_in.get()
        self.seen.append(envelope.id if envelope else "")
        if late and self.promised:
            await late(self.promised.pop())
        return self.answers.pop(0) if self.answers else NOTHING


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    teams: FakeTeams
    edge: TeamsEdge
    door: Door
    database: Database
    sends: list[bool]
    clock: Clock

    def home(self) -> Home | None:
        with self.database.reading() as tx:
            return find_home(tx, Platform.TEAMS, self.teams.world.tenant_id)

    def place(self, conversation: Conversation) -> Place | None:
        home = self.home()
        assert home
        with self.database.reading() as tx:
            return find_place(tx, home.tenant_id, home.workspace_id, conversation.id)

    def member(self, person: Person) -> Member | None:
        home = self.home()
        assert home
        with self.database.reading() as tx:
            return find_members(tx, home.tenant_id, home.workspace_id, [person.id]).get(person.id)


@asynccontextmanager
async def staged(
    database: Database, *, admission: Admission | None = None, sandbox: bool = False
) -> AsyncIterator[Stage]:
    writers = Lane("w", 4 if database.kind == "postgresql" else 1)
    readers, door, sends, clock = Lane("r", 1), Door(), list[bool](), Clock()
    async with FakeTeams(signed=not sandbox) as teams, aiohttp.ClientSession() as http:
        app = TeamsApp(teams.login.app_id, teams.login.password)
        tokens = Tokens(app, http, teams.login_url)
        gate: Checks = Gate(app, http, teams.openid_metadata_url, LOOPBACK_HOSTS)
        connector = Connector(http, tokens, LOOPBACK_HOSTS)
        book = Book(database, writers=writers, readers=readers, clock=lambda: datetime.now(UTC), new_id=Ids())
        edge = TeamsEdge(
            gate=SandboxGate(app.app_id) if sandbox else gate,
            door=door,
            book=book,
            directory=TeamsDirectory(connector, book),
            connector=connector,
            presenter=CardPresenter(),
            commands={"kudos", "help"},
            admission=admission,
            on_sends=lambda: sends.append(True),
            clock=clock,
        )
        async with listening(edge) as url:
            teams.connect(url)
            yield Stage(teams, edge, door, database, sends, clock)
            await edge.drain()
    await writers.close()
    await readers.close()


@asynccontextmanager
async def listening(edge: TeamsEdge) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/api/messages", edge.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    await runner.cleanup()


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[Stage]:
    async with staged(database) as stage:
        yield stage


@pytest.fixture
def ann(stage: Stage) -> Person:
    return stage.teams.person("Ann Alba", time_zone="Europe/Vienna")


@pytest.fixture
async def general(stage: Stage, ann: Person) -> Conversation:
    """A channel whose team has installed the app."""
    channel = stage.teams.channel("General", "Engineering", ann, stage.teams.person("Bob Brand"))
    await stage.teams.install(channel)
    await stage.edge.drain()
    stage.sends.clear()
    return channel


# --- who is let in ----------------------------------------------------------------------------------------


async def test_a_stranger_is_not_let_in(stage: Stage) -> None:
    body = json.dumps({"type": "message", "channelId": "msteams", "serviceUrl": stage.teams.service_url})
    assert await stage.teams.raw(body.encode()) == (401, None)
    assert stage.door.asked == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000])
async def test_what_is_no_activity_is_refused(stage: Stage, body: bytes) -> None:
    assert (await stage.teams.raw(body))[0] == 400


async def test_a_signed_activity_that_makes_no_sense_is_refused(stage: Stage, ann: Person) -> None:
    activity = stage.teams.activity(ann, stage.teams.chat(ann), "message") | {"text": 7}
    assert (await stage.teams.wire.send(activity)).status == 400


async def test_a_body_too_large_is_not_read(stage: Stage) -> None:
    assert (await stage.teams.raw(b" " * (LONGEST_BODY + 1)))[0] == 413


async def test_without_keys_nobody_is_refused_for_good(stage: Stage, ann: Person) -> None:
    stage.teams.fail("keys", status=500)
    assert (await stage.teams.say(ann, stage.teams.chat(ann), "kudos")).status == 503


# --- messages ---------------------------------------------------------------------------------------------


async def test_a_message_reaches_the_door_and_is_acknowledged(stage: Stage, ann: Person, general: Conversation) -> None:
    delivery = await stage.teams.say(ann, general, "kudos @Bob Brand for the release")
    assert (delivery.status, delivery.body) == (200, None)
    [asked] = stage.door.asked
    assert isinstance(asked, Command)
    assert (asked.name, asked.wired, asked.who.id) == ("kudos", False, ann.aad_id)
    assert asked.where is not None
    assert asked.where.id == general.id
    assert stage.door.seen == [delivery.activity["id"]]


async def test_a_slash_command_is_a_message_too(stage: Stage, ann: Person, general: Conversation) -> None:
    await stage.teams.slash(ann, general, "kudos @Bob Brand for the release")
    [asked] = stage.door.asked
    assert isinstance(asked, Command)
    assert asked.name == "kudos"


@pytest.mark.parametrize("outcome", ["busy", "failure", "unknown", "lookup_failed"])
async def test_what_was_not_taken_is_told_to_the_asker_alone(
    stage: Stage, ann: Person, general: Conversation, outcome: str
) -> None:
    stage.door.answers.append(reply("I am busy right now.", outcome))
    assert (await stage.teams.say(ann, general, "kudos")).status == 200
    await stage.edge.drain()
    assert [text_of(one) for one in stage.teams.targeted(ann, general)] == ["I am busy right now."]


async def test_in_the_personal_chat_it_is_told_there(stage: Stage, ann: Person, general: Conversation) -> None:
    stage.door.answers.append(reply("I am busy right now.", "busy"))
    await stage.teams.say(ann, stage.teams.chat(ann), "kudos")
    await stage.edge.drain()
    assert text_of(stage.teams.personal(ann)[-1]) == "I am busy right now."


async def test_edits_are_heard_and_left(stage: Stage, ann: Person, general: Conversation) -> None:
    chat = stage.teams.chat(ann)
    await stage.teams.say(ann, chat, "kudos")
    [said] = stage.teams.messages(chat)
    assert (await stage.teams.edited(ann, said, "kudos to nobody")).status == 200
    assert len(stage.door.asked) == 1


async def test_reactions_to_what_the_app_wrote_are_asked_one_by_one(
    stage: Stage, ann: Person, general: Conversation
) -> None:
    post = stage.teams.world.post(general, None, {"type": "message", "text": "Ann thanked Bob"})
    stage.door.answers += [NOTHING, NOTHING, reply("I am busy right now.", "busy")]
    delivery = await stage.teams.reaction(ann, post, "like")
    assert delivery
    change = {"id": "f:1", "reactionsAdded": [{"type": "heart"}], "reactionsRemoved": [{"type": "like"}]}
    await stage.teams.wire.send(delivery.activity | change)
    await stage.edge.drain()
    asked = [one for one in stage.door.asked if isinstance(one, Reaction)]
    assert [(one.emoji, one.added) for one in asked] == [("like", True), ("heart", True), ("like", False)]
    assert all(one.about.id == f"{general.id}|{post.id}" and not one.wired for one in asked)
    assert [text_of(one) for one in stage.teams.targeted(ann, general)] == ["I am busy right now."]


async def test_a_place_is_noted_before_the_answer_and_its_sender_after_it(
    stage: Stage, ann: Person, general: Conversation
) -> None:
    lunch, chat = stage.teams.group_chat("Lunch", ann), stage.teams.chat(ann)
    await stage.teams.say(ann, lunch, "kudos")
    await stage.teams.say(ann, chat, "kudos")
    noted = stage.place(lunch)
    assert noted is not None
    assert (noted.member, noted.kind, noted.name, noted.service_url) == (
        True,
        "group",
        "Lunch",
        stage.teams.service_url,
    )
    await stage.edge.drain()
    member = stage.member(ann)
    assert member is not None
    assert (member.zone, member.accounts[0].chat_ref) == ("Europe/Vienna", chat.id)


async def test_a_place_that_was_closed_to_us_is_found_open_again(
    stage: Stage, ann: Person, general: Conversation
) -> None:
    await stage.teams.say(ann, general, "kudos")
    home, before = stage.home(), stage.place(general)
    assert home is not None
    assert before is not None
    with stage.database.writing() as tx:
        close_place(tx, home.tenant_id, before.id, archived=False)
    stage.clock.now += LOOK_AGAIN_S
    await stage.teams.say(ann, general, "kudos")
    assert stage.place(general) == before


# --- invokes ----------------------------------------------------------------------------------------------


async def test_a_button_is_answered_on_its_card(stage: Stage, ann: Person, general: Conversation) -> None:
    stage.door.answers.append(reply("Hello"))
    chat = stage.teams.chat(ann)
    invoke = stage.teams.activity(ann, chat, "invoke") | {
        "name": "adaptiveCard/action",
        "value": {"action": {"type": "Action.Execute", "verb": "boost", "data": {"id": "r1"}}},
    }
    delivery = await stage.teams.wire.send(invoke)
    assert delivery.status == 200
    assert delivery.body == {
        "statusCode": 200,
        "type": "application/vnd.microsoft.activity.message",
        "value": "Hello",
    }


async def test_a_form_is_opened_filled_and_answered(stage: Stage, ann: Person, general: Conversation) -> None:
    stage.door.answers += [OPEN, reply("Sent.")]
    await stage.teams.task_fetch(ann, {"act": "kudos_form"})
    await stage.teams.task_submit(ann, {"receivers": "aad-1,aad-2", "reason": "for the release"})
    opened, sent = stage.door.asked
    assert isinstance(opened, Action)
    assert isinstance(sent, Submission)
    assert (sent.key, sent.context) == ("form:f1", {"about": "m1"})
    assert [one.id for one in sent.values["receivers"] if not isinstance(one, str)] == ["aad-1", "aad-2"]
    assert "Sent." in text_of(stage.teams.dialog(ann))


@pytest.mark.parametrize("compose", [False, True])
async def test_a_form_with_errors_stays_open_with_what_was_typed(
    stage: Stage, ann: Person, general: Conversation, compose: bool
) -> None:
    again = Answered("form", {**OPEN.payload, "card": json.loads(json.dumps(OPEN.payload["card"]))}, "read")
    again.payload["card"]["actions"][0]["data"]["form_id"] = "f2"
    stage.door.answers += [OPEN, Answered("errors", {"reason": "Say a few words."}, "mend"), again]
    if compose:
        await stage.teams.compose_fetch(ann, general, "kudos_form")
        await stage.teams.compose_submit(ann, {"receivers": "aad-1", "reason": "x"})
    else:
        await stage.teams.task_fetch(ann, {"act": "kudos_form"})
        await stage.teams.task_submit(ann, {"receivers": "aad-1", "reason": "x"})
    _, _, opener = stage.door.asked
    assert isinstance(opener, Action)
    assert (opener.name, opener.values) == ("kudos_form", {"about": "m1"})
    card = stage.teams.dialog(ann)
    assert card is not None
    assert "Say a few words." in text_of(card)
    assert {one["id"]: one["value"] for one in card["body"] if "id" in one} == {"receivers": "aad-1", "reason": "x"}
    assert card["actions"][0]["data"]["form_id"] == "f1"


async def test_a_late_answer_follows_in_a_message(stage: Stage, ann: Person, general: Conversation) -> None:
    stage.door.promised.append(reply("Here it is."))
    stage.door.answers.append(reply("Still working on it.", "late"))
    await stage.teams.compose_fetch(ann, general, "kudos_form")
    assert [text_of(one) for one in stage.teams.targeted(ann, general)] == ["Here it is."]
    assert "Still working" in text_of(stage.teams.dialog(ann))


async def test_an_invoke_of_another_kind_is_not_implemented(stage: Stage, ann: Person) -> None:
    invoke = stage.teams.activity(ann, stage.teams.chat(ann), "invoke") | {"name": "config/fetch", "value": {}}
    assert (await stage.teams.wire.send(invoke)).status == 501


async def test_a_message_extension_does_not_say_that_the_app_is_there(
    stage: Stage, ann: Person, general: Conversation
) -> None:
    lunch = stage.teams.group_chat("Lunch", ann, installed=False)
    await stage.teams.compose_fetch(ann, lunch, "kudos_form")
    assert stage.place(lunch) is None


# --- coming and going -------------------------------------------------------------------------------------


async def test_a_team_that_installs_the_app_is_connected_and_welcomed_once(stage: Stage, ann: Person) -> None:
    bob, team = stage.teams.person("Bob Brand"), "Engineering"
    general = stage.teams.channel("General", team, ann, bob)
    launch = stage.teams.channel("Launch", stage.teams.world.teams[general.id])
    for delivery in (*await stage.teams.install(general), *await stage.teams.install(general)):
        assert delivery.status == 200
    await stage.edge.drain()
    home, channel, other = stage.home(), stage.place(general), stage.place(launch)
    assert home is not None
    assert channel is not None
    assert other is not None
    assert (home.zone, home.bot_ref, home.url) == ("Europe/Vienna", stage.teams.world.bot_id, stage.teams.service_url)
    assert home.recognition_id == channel.id
    assert (channel.name, channel.member, other.name, other.member) == ("General", True, "Launch", True)
    with stage.database.writing() as tx:
        assert len(list_values(tx, home.tenant_id)) == 5
        assert {one.name for one in list_persons(tx, home.tenant_id)} == {"Ann Alba", "Bob Brand"}
        [welcome] = claim_due(tx, datetime.now(UTC), most=10, lease_ms=1000)
    assert (welcome.view, welcome.conversation_ref, welcome.service_url) == (
        "welcome",
        general.id,
        stage.teams.service_url,
    )
    assert stage.sends == [True]


async def test_installing_for_oneself_chooses_no_recognition_place(stage: Stage, ann: Person) -> None:
    await stage.teams.install(stage.teams.chat(ann))
    home = stage.home()
    assert home is not None
    assert home.recognition_id is None
    assert stage.sends == [True]
    await stage.edge.drain()
    member = stage.member(ann)
    assert member is not None
    assert member.accounts[0].chat_ref == stage.teams.chat(ann).id


async def test_another_organisation_is_declined_politely(database: Database) -> None:
    async with staged(database, admission=Admission(only="ours")) as stage:
        ann = stage.teams.person("Ann Alba")
        chat = stage.teams.chat(ann)
        await stage.teams.install(chat)
        await stage.edge.drain()
        assert stage.home() is None
        assert "another organisation" in stage.teams.personal(ann)[-1].text


async def test_a_removed_app_posts_there_no_more(stage: Stage, general: Conversation) -> None:
    await stage.teams.uninstall(general)
    noted = stage.place(general)
    assert noted is not None
    assert not noted.member
    await stage.teams.install(general)
    again = stage.place(general)
    assert again is not None
    assert again.member


async def test_somebody_who_joins_is_known_at_once(stage: Stage, general: Conversation) -> None:
    cleo = stage.teams.person("Cleo Cruz")
    await stage.teams.join(cleo, general)
    await stage.edge.drain()
    assert stage.member(cleo) is not None


async def test_a_roster_that_cannot_be_read_stops_nothing(stage: Stage, ann: Person) -> None:
    general = stage.teams.channel("General", "Engineering", ann)
    stage.teams.fail("channels", times=9, status=500)
    assert all(delivery.status == 200 for delivery in await stage.teams.install(general))
    await stage.edge.drain()
    assert stage.place(general) is not None


async def test_tenants_that_come_at_once_are_connected_once(stage: Stage, ann: Person) -> None:
    chats = [stage.teams.chat(stage.teams.person(f"Person {n}")) for n in range(6)]
    deliveries = await asyncio.gather(*(stage.teams.install(chat) for chat in chats))
    assert {one.status for pair in deliveries for one in pair} == {200}
    assert stage.home() is not None


async def test_outside_the_sandbox_speaking_connects_nobody(stage: Stage, ann: Person) -> None:
    await stage.teams.say(ann, stage.teams.chat(ann), "kudos")
    assert stage.home() is None


async def test_in_the_sandbox_the_first_word_makes_an_organisation(database: Database) -> None:
    async with staged(database, admission=Admission(by_speaking=True), sandbox=True) as stage:
        ann = stage.teams.person("Ann Alba")
        assert (await stage.teams.say(ann, stage.teams.chat(ann), "kudos")).status == 200
        assert stage.home() is not None
        assert len(stage.door.asked) == 1
