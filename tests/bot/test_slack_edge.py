"""Slack's door, over real signed HTTP: what comes in reaches the one who answers, and the answer its asker."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, WSMsgType, web
from aiohttp.test_utils import TestServer, make_mocked_request

from bot.admission import Busy
from bot.directory import LookupFailed
from bot.door import Late
from bot.sandbox.fake_slack import Conversation, FakeSlack, Message, Person, SlackClient, View, text_of
from bot.slack.app import SlackEdge
from bot.slack.forms import write_modal
from bot.slack.tokens import EnvironmentToken
from bot.slack.web_api import SlackApi
from bot.slack.write import notice
from cards.block_kit import check_slack, check_slack_view
from handlers.dispatch import Answered, AnswerKind
from handlers.vocabulary import Action, Command, Form, Mentioned, PeopleField, PlaceKind, Request, Submission, TextField

SECRET = "signing-secret"
CARD = {
    "text": "Sent.",
    "blocks": [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Sent.*"}},
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "action_id": "undo",
                    "value": '{"id":"r1"}',
                    "text": {"type": "plain_text", "text": "Undo"},
                }
            ],
        },
    ],
}
GONE = {"text": "Taken back.", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Taken back."}}]}
FORM = write_modal(
    Form(
        name="kudos",
        form_id="f1",
        opened_by="kudos_form",
        title="Give kudos",
        submit="Send",
        fields=(PeopleField(name="receivers", label="Whom?"), TextField(name="reason", label="Why?", min_length=1)),
        context={"where_id": "C1", "where_kind": "channel", "where_name": "general"},
    )
)


@dataclass
class StubDoor:
    """Answers as told, and keeps what it was asked."""

    answered: Answered = field(default_factory=lambda: Answered("nothing", {}, "done"))
    later: Answered | None = None
    heard: list[Request] = field(default_factory=list)
    late: asyncio.Task[None] | None = None

    async def answer(self, request: Request, *, late: Late | None = None) -> Answered:
        self.heard.append(request)
        if self.later and late:
            self.late = asyncio.ensure_future(late(self.later))
        return self.answered

    def says(self, kind: AnswerKind, payload: dict[str, Any], outcome: str = "done") -> None:
        self.answered = Answered(kind, payload, outcome)

    def says_later(self, kind: AnswerKind, payload: dict[str, Any]) -> None:
        self.answered = notice("Still working on it.")
        self.later = Answered(kind, payload, "done")


@dataclass
class StubEvents:
    raises: Exception | None = None
    heard: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)

    async def take(self, team_id: str, event: dict[str, Any], bot_user_id: str = "") -> None:
        self.heard.append((team_id, event, bot_user_id))
        if self.raises:
            raise self.raises


class Stage:
    """People in front of the door."""

    def __init__(self, slack: FakeSlack, api: SlackApi, url: str, edge: SlackEdge) -> None:
        self.slack = slack
        self.api = api
        self.edge = edge
        self.people = SlackClient(slack, api.http, url, SECRET)

    async def settle(self) -> None:
        """Everything that follows an acknowledgement has happened."""
        await self.edge.settle()

    async def whispers(self, user: str, channel: str = "general") -> list[str]:
        await self.settle()
        return [text_of(message) for message in self.people.ephemerals(user, channel)]

    def post(self, to: str | None = None) -> Message:
        workspace = self.people.workspace
        return workspace.post("C1", workspace.bot.id, CARD, to=to, bot_id=workspace.bot_id)

    async def view(self, user: str = "ann") -> View | None:
        await self.settle()
        return self.people.view(user)


@pytest.fixture
def door() -> StubDoor:
    return StubDoor()


@pytest.fixture
def events() -> StubEvents:
    return StubEvents()


def check_blocks(body: Mapping[str, Any]) -> None:
    """Slack takes words alone, too."""
    if "blocks" in body:
        check_slack(body)


class RealTime:
    """Signatures are checked against real time."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture
def slack_clock() -> RealTime:
    return RealTime()


@pytest.fixture
async def stage(door: StubDoor, events: StubEvents, slack_clock: RealTime) -> AsyncIterator[Stage]:
    slack = FakeSlack(slack_clock, check_message=check_blocks, check_view=check_slack_view)
    workspace = slack.add_workspace()
    workspace.add_people(Person("U1", "ann"), Person("U2", "bob"))
    workspace.add_conversations(Conversation("C1", "general", members=["U1", "U2", workspace.bot.id]))
    async with TestServer(slack.app()) as server, ClientSession() as http:
        slack.base_url = str(server.make_url("/"))
        api = SlackApi(http, slack.api_url)
        tokens = EnvironmentToken(api, "xoxb-T1")
        edge = SlackEdge(door, api, tokens, events, signing_secret=SECRET)  # type: ignore[arg-type]
        app = web.Application()
        app.router.add_post("/slack/events", edge.handle)
        async with TestServer(app) as served:
            yield Stage(slack, api, str(served.make_url("/slack/events")), edge)
            await edge.stop()


# --- the door ---------------------------------------------------------------------------------------------


async def test_another_secret_is_refused(stage: Stage, door: StubDoor) -> None:
    delivery = await stage.people.deliveries.raw(b"command=%2Fkudos", "application/x-www-form-urlencoded", secret="x")
    assert delivery.status == 401
    assert not door.heard


async def test_an_old_request_is_refused(stage: Stage, door: StubDoor, slack_clock: RealTime) -> None:
    at = slack_clock() - 600
    delivery = await stage.people.deliveries.raw(b"command=%2Fkudos", "application/x-www-form-urlencoded", at=at)
    assert delivery.status == 401
    assert not door.heard


@pytest.mark.parametrize("secret", [None, "wrong"])
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"\xff\xfe", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"payload=%7B", "application/x-www-form-urlencoded"),
        (b"payload=5", "application/x-www-form-urlencoded"),
        (b"payload=%7B%22type%22%3A%22block_actions%22%7D", "application/x-www-form-urlencoded"),
        (b"payload=%7B%22type%22%3A%22view_submission%22%7D", "application/x-www-form-urlencoded"),
        (b"command=%2Fkudos", "application/x-www-form-urlencoded"),
        (b'{"type":"event_callback","team_id":"T1","event":{"type":[]}}', "application/json"),
        (b'{"type":"event_callback","team_id":5,"event":{"type":"team_join"}}', "application/json"),
        (b'{"type":"event_callback","authorizations":5}', "application/json"),
        (b'{"type":"event_callback","event":5,"team":{"id":[]}}', "application/json"),
    ],
)
async def test_what_slack_would_not_send_is_refused(
    stage: Stage, door: StubDoor, body: bytes, content_type: str, secret: str | None
) -> None:
    delivery = await stage.people.deliveries.raw(body, content_type, secret=secret)
    assert delivery.status in (400, 401, 404)
    assert not door.heard


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Request-Timestamp": "soon"},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": "\u0661"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"Content-Type": "application/json; charset=nope"},
        {"Content-Type": "nonsense"},
    ],
)
async def test_odd_headers_are_refused(stage: Stage, door: StubDoor, headers: dict[str, str]) -> None:
    delivery = await stage.people.deliveries.raw(b"command=%2Fkudos", "text/plain", headers=headers)
    assert delivery.status in (400, 401)
    assert not door.heard


async def test_slack_makes_sure_of_the_address(stage: Stage) -> None:
    check = json.dumps({"type": "url_verification", "challenge": "3eZb", "token": "x"}).encode()
    delivery = await stage.people.deliveries.raw(check, "application/json")
    assert (delivery.status, delivery.json) == (200, {"challenge": "3eZb"})


async def test_without_a_secret_there_is_no_door(stage: Stage, door: StubDoor, events: StubEvents) -> None:
    tokens = EnvironmentToken(stage.api, "xoxb-T1")
    edge = SlackEdge(door, stage.api, tokens, events, signing_secret="")  # type: ignore[arg-type]
    with pytest.raises(web.HTTPNotFound):
        await edge.handle(make_mocked_request("POST", "/slack/events"))


async def test_a_workspace_without_the_app_is_told(stage: Stage, door: StubDoor) -> None:
    other = stage.slack.add_workspace("T9", token="xoxb-T9")
    other.add_people(Person("U1", "ann"))
    other.add_conversations(Conversation("C1", "general", members=["U1", other.bot.id]))
    people = SlackClient(stage.slack, stage.api.http, stage.people.deliveries.url, SECRET, team_id="T9")
    delivery = await people.command("ann", "general", "/kudos")
    assert delivery.status == 200
    assert "install" in text_of(people.ephemerals("ann", "general")[0])
    assert not door.heard


async def test_credentials_in_the_environment_do_not_change_bolt(
    door: StubDoor, events: StubEvents, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"):
        monkeypatch.setenv(name, "from-elsewhere")
    tokens = EnvironmentToken(stage.api, "xoxb-T1")
    edge = SlackEdge(door, stage.api, tokens, events, signing_secret=SECRET)  # type: ignore[arg-type]
    app = web.Application()
    app.router.add_post("/slack/events", edge.handle)
    async with TestServer(app) as served:
        stage.people.deliveries.url = str(served.make_url("/slack/events"))
        assert (await stage.people.command("ann", "general", "/kudos")).ok
    assert len(door.heard) == 1
    assert [call.team_id for call in stage.slack.calls("auth.test")] == ["T1"]


# --- commands ---------------------------------------------------------------------------------------------


async def test_a_command_is_answered_on_the_spot(stage: Stage, door: StubDoor) -> None:
    door.says("reply", CARD)
    delivery = await stage.people.command("ann", "general", "/kudos", "@bob for the release")
    assert (delivery.status, delivery.json) == (200, {"response_type": "ephemeral", **CARD})
    assert await stage.whispers("ann") == ["*Sent.*\nUndo"]
    [request] = door.heard
    assert isinstance(request, Command)
    assert (request.name, request.text[1:]) == ("kudos", (" for the release",))
    assert isinstance(request.text[0], Mentioned)


@pytest.mark.parametrize("text", ["@bob for the payload", "payload={}", "payload", "{", "[1] @bob", "@bob &payload=5"])
async def test_a_command_may_say_anything(stage: Stage, door: StubDoor, text: str) -> None:
    assert (await stage.people.command("ann", "general", "/kudos", text)).status == 200
    assert len(door.heard) == 1


async def test_a_command_with_nothing_to_say(stage: Stage) -> None:
    delivery = await stage.people.command("ann", "general", "/kudos")
    assert (delivery.status, delivery.body) == (200, "")


async def test_slack_is_asked_once_whose_the_token_is(stage: Stage) -> None:
    for _ in range(3):
        await stage.people.command("ann", "general", "/kudos")
    assert len(stage.slack.calls("auth.test")) == 1


async def test_a_command_opens_a_form(stage: Stage, door: StubDoor) -> None:
    door.says("form", FORM)
    delivery = await stage.people.command("ann", "general", "/kudos")
    assert (delivery.status, delivery.body) == (200, "")
    assert await stage.view()
    assert not await stage.whispers("ann")


async def test_a_form_that_comes_too_late_is_told(stage: Stage, door: StubDoor, slack_clock: RealTime) -> None:
    door.says("form", FORM)
    stage.slack.fail("views.open", error="expired_trigger_id")
    await stage.people.command("ann", "general", "/kudos")
    [said] = await stage.whispers("ann")
    assert "too slow" in said
    assert "/kudos" in said


async def test_a_form_that_was_opened_by_another_delivery_is_not_mentioned(stage: Stage, door: StubDoor) -> None:
    door.says("form", FORM)
    stage.slack.fail("views.open", error="exchanged_trigger_id")
    await stage.people.command("ann", "general", "/kudos")
    assert not await stage.whispers("ann")


async def test_a_late_answer_follows(stage: Stage, door: StubDoor) -> None:
    door.says_later("reply", CARD)
    await stage.people.command("ann", "general", "/kudos")
    assert door.late
    await door.late
    assert sorted(await stage.whispers("ann")) == ["*Sent.*\nUndo", "Still working on it."]


# --- buttons and shortcuts --------------------------------------------------------------------------------


async def test_a_button_is_answered_for_its_presser_alone(stage: Stage, door: StubDoor) -> None:
    door.says("reply", GONE)
    post = stage.post()
    delivery = await stage.people.press("bob", post, "undo")
    assert (delivery.status, delivery.body) == (200, "")
    assert await stage.whispers("bob") == ["Taken back."]
    assert text_of(post) == "*Sent.*\nUndo"
    [request] = door.heard
    assert isinstance(request, Action)
    assert (request.name, request.values) == ("undo", {"id": "r1"})


async def test_a_button_replaces_its_card(stage: Stage, door: StubDoor) -> None:
    door.says("replace", GONE)
    post = stage.post(to="U2")
    await stage.people.press("bob", post, "undo")
    await stage.settle()
    assert text_of(post) == "Taken back."


async def test_a_button_opens_a_form(stage: Stage, door: StubDoor) -> None:
    door.says("form", FORM)
    await stage.people.press("ann", stage.post(), "undo")
    assert await stage.view()


async def test_a_lost_answer_to_a_button_hurts_nobody(stage: Stage, door: StubDoor) -> None:
    door.says("reply", GONE)
    stage.slack.fail("response_url", status=500)
    assert (await stage.people.press("ann", stage.post(), "undo")).status == 200
    assert not await stage.whispers("ann")


async def test_a_message_shortcut_tells_the_message(stage: Stage, door: StubDoor) -> None:
    door.says("form", FORM)
    message = await stage.people.say("bob", "general", "it works again")
    await stage.people.message_shortcut("ann", message, "kudos_about")
    assert await stage.view()
    [request] = door.heard
    assert isinstance(request, Action)
    assert request.about
    assert request.about.author
    assert (request.name, request.about.author.id, request.about.excerpt) == ("kudos_about", "U2", "it works again")
    assert request.about.link.startswith("https://acme.slack.com/archives/C1/p")


async def test_a_global_shortcut_is_answered_in_the_personal_chat(stage: Stage, door: StubDoor) -> None:
    door.says("reply", CARD)
    await stage.people.global_shortcut("ann", "kudos_form")
    await stage.settle()
    assert [text_of(one) for one in stage.people.direct("ann")] == ["*Sent.*\nUndo"]


# --- forms ------------------------------------------------------------------------------------------------


@pytest.fixture
async def filled(stage: Stage, door: StubDoor) -> Callable[..., Any]:
    door.says("form", FORM)
    await stage.people.command("ann", "general", "/kudos")
    assert await stage.view()

    async def submit() -> Any:
        return await stage.people.submit("ann", None, {"receivers": ["U2"], "reason": "for the R&D"})

    return submit


async def test_a_form_becomes_its_answer(stage: Stage, door: StubDoor, filled: Callable[..., Any]) -> None:
    door.says("reply", CARD)
    await filled()
    view = await stage.view()
    assert view
    assert text_of(view) == "Give kudos\n*Sent.*\nUndo"
    request = door.heard[-1]
    assert isinstance(request, Submission)
    assert (request.key, request.form, request.values["reason"]) == ("form:f1", "kudos", "for the R&D")
    assert request.where
    assert (request.where.id, request.where.kind) == ("C1", PlaceKind.CHANNEL)


async def test_errors_stand_at_their_fields(stage: Stage, door: StubDoor, filled: Callable[..., Any]) -> None:
    door.says("errors", {"reason": "A few words more?", "points": "Too many."})
    await filled()
    view = await stage.view()
    assert view
    assert view.errors == {"reason": "A few words more?", "receivers": "Too many."}


async def test_a_form_closes_where_there_is_nothing_to_say(
    stage: Stage, door: StubDoor, filled: Callable[..., Any]
) -> None:
    door.says("nothing", {})
    await filled()
    assert await stage.view() is None


@pytest.mark.parametrize(
    ("kind", "payload", "said"),
    [("reply", CARD, "*Sent.*\nUndo"), ("errors", {"reason": "A few words more?"}, "A few words more?")],
)
async def test_a_late_answer_to_a_form_takes_the_place_of_its_promise(
    stage: Stage, door: StubDoor, filled: Callable[..., Any], kind: AnswerKind, payload: dict[str, Any], said: str
) -> None:
    door.says_later(kind, payload)
    await filled()
    assert text_of(await stage.view()) == "Give kudos\nStill working on it."
    assert door.late
    await door.late
    assert text_of(await stage.view()) == f"Give kudos\n{said}"


@pytest.mark.parametrize(("kind", "titles"), [("reply", 2), ("replace", 1), ("form", 2)])
async def test_a_button_in_a_view(
    stage: Stage, door: StubDoor, filled: Callable[..., Any], kind: AnswerKind, titles: int
) -> None:
    door.says("reply", CARD)
    await filled()
    view = await stage.view()
    assert view
    door.says(kind, FORM if kind == "form" else GONE)
    await stage.people.press("ann", view, "undo")
    await stage.settle()
    assert len(stage.slack.teams["T1"].views.stacks["U1"]) == titles
    assert ("Whom?" if kind == "form" else "Taken back.") in text_of(await stage.view())


# --- events -----------------------------------------------------------------------------------------------


async def test_an_event_is_thanked_for_when_it_is_taken(stage: Stage, events: StubEvents) -> None:
    delivery = await stage.people.event("channel_archive", channel="C1", user="U1")
    assert delivery.status == 200
    [(team_id, event, bot)] = events.heard
    assert (team_id, event["channel"], bot) == ("T1", "C1", "UBOTT1")


@pytest.mark.parametrize("trouble", [Busy(), LookupFailed("slow")])
async def test_an_event_that_could_not_be_taken_comes_again(
    stage: Stage, events: StubEvents, trouble: Exception
) -> None:
    events.raises = trouble
    delivery = await stage.people.event("team_join", attempts=4, user={"id": "U7"})
    assert delivery.status == 503
    assert "X-Slack-No-Retry" not in delivery.headers
    assert len(events.heard) == 4


async def test_a_bug_of_ours_is_logged_and_the_event_comes_again(
    stage: Stage, events: StubEvents, caplog: pytest.LogCaptureFixture
) -> None:
    events.raises = RuntimeError("bug")
    with caplog.at_level(logging.ERROR):
        delivery = await stage.people.event("team_join", user={"id": "U7"})
    assert delivery.status == 500
    assert "bug" in caplog.text


async def test_the_end_of_an_installation_is_heard_although_the_token_is_dead(stage: Stage, events: StubEvents) -> None:
    assert (await stage.people.event("app_uninstalled")).status == 200
    assert len(events.heard) == 1


async def test_what_others_say_is_not_logged(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await stage.people.say("bob", "general", "a secret")
        await stage.people.event("message", channel="C1", user="U2", text="a secret")
        await stage.people.deliveries.interaction({"type": "unheard of", "team": {"id": "T1"}, "text": "a secret"})
    assert "secret" not in caplog.text


# --- Socket Mode ------------------------------------------------------------------------------------------


async def test_a_command_over_socket_mode(door: StubDoor, events: StubEvents) -> None:
    door.says("reply", CARD)
    acknowledged: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def method(request: web.Request) -> web.Response:
        url = f"ws://{request.host}/socket"
        return web.json_response({"ok": True, "url": url, "team_id": "T1", "team": "acme"})

    async def socket(request: web.Request) -> web.WebSocketResponse:
        wire = web.WebSocketResponse()
        await wire.prepare(request)
        await wire.send_json({"type": "hello"})
        command = json.loads((Path(__file__).parents[1] / "recorded/slack/command.json").read_text())
        payload = command | {"team_id": "T1"}
        await wire.send_json({"envelope_id": "e1", "type": "slash_commands", "payload": payload})
        async for message in wire:
            if message.type is WSMsgType.TEXT and "envelope_id" in message.data:
                acknowledged.set_result(message.json())
        return wire

    app = web.Application()
    app.router.add_post("/api/{method}", method)
    app.router.add_get("/socket", socket)
    async with TestServer(app) as server, ClientSession() as http:
        api = SlackApi(http, str(server.make_url("/api/")))
        tokens = EnvironmentToken(api, "xoxb-T1")
        edge = SlackEdge(door, api, tokens, events, app_token="xapp-1")  # type: ignore[arg-type]
        await edge.start()
        answer = await asyncio.wait_for(acknowledged, 5)
        await edge.stop()
    assert answer == {"envelope_id": "e1", "payload": {"response_type": "ephemeral", **CARD}}
