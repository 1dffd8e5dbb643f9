"""The fake keeps the rules of Teams: what it shows, what it refuses, and what it sends."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox.fake_teams import Conversation, FakeTeams, Person, buttons_of, text_of
from bot.teams.auth import Gate, SandboxGate, TeamsApp
from bot.teams.credentials import Tokens

APP = TeamsApp("app-1", "secret-1")
CARD_TYPE = "application/vnd.microsoft.card.adaptive"


@dataclass
class Bot:
    """An app that remembers what it was sent and answers as it is told."""

    answer: Any = None
    status: int = 200
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)

    async def door(self, request: web.Request) -> web.Response:
        self.heard.append(await request.json())
        self.headers.append(request.headers)
        if self.answer is None:
            return web.Response(status=self.status)
        return web.json_response(self.answer, status=self.status)


@dataclass
class Connector:
    """The routes, called as `bot/teams` calls them."""

    teams: FakeTeams
    http: aiohttp.ClientSession
    tokens: Tokens

    async def __call__(self, method: str, path: str, body: Any = None, **query: str) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {await self.tokens.token()}"}
        url = f"{self.teams.service_url}v3/{path}"
        async with self.http.request(method, url, json=body, params=query, headers=headers) as response:
            return response.status, await response.json() if await response.read() else None

    async def send(self, conversation: Conversation, text: str = "hello", **query: str) -> tuple[int, Any]:
        return await self("POST", f"conversations/{conversation.id}/activities", message(text), **query)


def message(text: str) -> dict[str, Any]:
    return {"type": "message", "text": text}


def card_message(*body: dict[str, Any], actions: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"type": "message", "attachments": [attachment(*body, actions=actions)]}


def attachment(*body: dict[str, Any], actions: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions)}
    return {"contentType": CARD_TYPE, "content": card}


def line(text: str) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text}


def dialog(title: str, *body: dict[str, Any], **data: str) -> dict[str, Any]:
    send = {"type": "Action.Submit", "title": "Send", "data": data}
    value = {"title": title, "card": attachment(*body, actions=(send,))}
    return {"task": {"type": "continue", "value": value}}


def refuse_bad_cards(card: Mapping[str, Any]) -> None:
    if card.get("version") != "1.5":
        raise ValueError("version")


@pytest.fixture
def bot() -> Bot:
    return Bot()


@pytest.fixture
async def teams(bot: Bot) -> AsyncIterator[FakeTeams]:
    app = web.Application()
    app.router.add_post("/api/messages", bot.door)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
    made = FakeTeams(
        bot_url=url,
        app_id=APP.app_id,
        password=APP.password,
        check_card=refuse_bad_cards,
        now=lambda: datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    )
    async with made as teams:
        yield teams
    await runner.cleanup()


@pytest.fixture
def connector(teams: FakeTeams, http: aiohttp.ClientSession) -> Connector:
    return Connector(teams, http, Tokens(APP, http, teams.login_url))


@pytest.fixture
def ann(teams: FakeTeams) -> Person:
    return teams.person("Ann Alba", time_zone="Europe/Paris", locale="fr-FR")


@pytest.fixture
def bob(teams: FakeTeams) -> Person:
    return teams.person("Bob Brand")


@pytest.fixture
def general(teams: FakeTeams, ann: Person, bob: Person) -> Conversation:
    return teams.channel("General", "Engineering", ann, bob)


# the connector


async def test_a_post_is_shown_and_can_be_edited_and_deleted(
    teams: FakeTeams, connector: Connector, general: Conversation
) -> None:
    status, sent = await connector.send(general)
    assert status == 201
    [shown] = teams.messages(general)
    assert (shown.id, shown.text, shown.author) == (sent["id"], "hello", None)

    seen = teams.revision
    path = f"conversations/{general.id}/activities/{sent['id']}"
    assert await connector("PUT", path, message("hello, you")) == (200, sent)
    assert teams.messages(general)[0].text == "hello, you"
    assert teams.revision > seen

    assert await connector("DELETE", path) == (200, None)
    assert teams.messages(general) == []
    status, error = await connector("PUT", path, message("too late"))
    assert (status, error["error"]["code"]) == (404, "ActivityNotFoundInConversation")


async def test_replies_stay_in_their_thread(teams: FakeTeams, connector: Connector, general: Conversation) -> None:
    _, root = await connector.send(general)
    await connector("POST", f"conversations/{general.id}/activities/{root['id']}", message("first"))
    thread = f"conversations/{general.id};messageid={root['id']}/activities"
    await connector("POST", thread, message("second"))
    assert [m.root_id for m in teams.messages(general)] == [None, root["id"], root["id"]]


async def test_a_new_thread_can_be_created_in_a_channel(
    teams: FakeTeams, connector: Connector, general: Conversation
) -> None:
    body = {"isGroup": True, "channelData": {"channel": {"id": general.id}}, "activity": message("new")}
    status, made = await connector("POST", "conversations", body)
    assert (status, made["id"]) == (201, f"{general.id};messageid={made['activityId']}")
    del body["activity"]
    assert (await connector("POST", "conversations", body))[0] == 400


async def test_one_chat_a_person(
    teams: FakeTeams, connector: Connector, ann: Person, bob: Person, general: Conversation
) -> None:
    tenant = {"tenant": {"id": teams.world.tenant_id}}
    asked = [{"members": [{"id": ref}], "channelData": tenant} for ref in (ann.id, ann.aad_id)]
    answers = [await connector("POST", "conversations", body) for body in asked]
    assert answers[0] == answers[1] == (201, {"id": teams.chat(ann).id})
    await connector.send(teams.chat(ann), "psst")
    assert [m.text for m in teams.personal(ann)] == ["psst"]
    assert teams.personal(bob) == []


async def test_what_cannot_be_created(
    teams: FakeTeams, connector: Connector, ann: Person, general: Conversation
) -> None:
    eve = teams.person("Eve Elsewhere")
    tenant = {"tenant": {"id": teams.world.tenant_id}}
    group = {"isGroup": True, "members": [{"id": ann.id}, {"id": eve.id}], "channelData": tenant}
    assert await connector("POST", "conversations", group) == (
        400,
        {"error": {"code": "BadSyntax", "message": "Incorrect conversation creation parameters"}},
    )
    no_tenant = {"members": [{"id": ann.id}], "channelData": {}}
    assert (await connector("POST", "conversations", no_tenant))[0] == 400
    stranger = {"members": [{"id": eve.id}], "channelData": tenant}
    status, error = await connector("POST", "conversations", stranger)
    assert (status, error["error"]["code"]) == (403, "BotNotInConversationRoster")


async def test_a_targeted_message_is_for_one_reader(
    teams: FakeTeams, connector: Connector, ann: Person, bob: Person, general: Conversation
) -> None:
    path = f"conversations/{general.id}/activities"
    whisper = message("only you") | {"recipient": {"id": ann.id}}
    status, sent = await connector("POST", path, whisper, isTargetedActivity="true")
    assert status == 201
    assert [m.text for m in teams.targeted(ann, general)] == ["only you"]
    assert teams.targeted(bob, general) == teams.messages(general) == []

    one = f"{path}/{sent['id']}"
    assert (await connector("PUT", one, message("changed")))[0] == 400
    assert (await connector("PUT", one, whisper, isTargetedActivity="true"))[0] == 400
    assert (await connector("PUT", one, message("changed"), isTargetedActivity="true"))[0] == 200
    assert (await connector("DELETE", one, isTargetedActivity="true"))[0] == 200

    assert (await connector("POST", path, message("to whom?"), isTargetedActivity="true"))[0] == 400
    assert (await connector.send(teams.chat(ann), isTargetedActivity="true"))[0] == 400


@pytest.mark.parametrize(
    ("activity", "status", "code"),
    [
        ({"type": "message", "text": "x" * 51_200}, 413, "MessageSizeTooBig"),
        ({"type": "message"}, 400, "BadSyntax"),
        ({"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": {}}]}, 400, "BadSyntax"),
    ],
)
async def test_what_cannot_be_sent(
    connector: Connector, general: Conversation, activity: dict[str, Any], status: int, code: str
) -> None:
    answer, error = await connector("POST", f"conversations/{general.id}/activities", activity)
    assert (answer, error["error"]["code"]) == (status, code)


async def test_text_beside_a_card_is_split_and_gives_no_id(
    teams: FakeTeams, connector: Connector, general: Conversation
) -> None:
    both = message("look") | card_message(line("card"))
    assert await connector("POST", f"conversations/{general.id}/activities", both) == (201, {})
    assert [text_of(m) for m in teams.messages(general)] == ["look", "card"]


async def test_the_bot_writes_only_where_it_is_wanted(
    teams: FakeTeams, connector: Connector, ann: Person, general: Conversation
) -> None:
    async def code(conversation: Conversation) -> tuple[int, str]:
        status, error = await connector.send(conversation)
        return status, error["error"]["code"]

    teams.chat(ann).blocked = True
    assert await code(teams.chat(ann)) == (403, "MessageWritesBlocked")
    assert await code(teams.group_chat("Lunch", ann, installed=False)) == (403, "BotNotInConversationRoster")
    await teams.uninstall(general)
    assert await code(general) == (403, "BotNotInConversationRoster")
    status, error = await connector("POST", "conversations/19:gone@thread.tacv2/activities", message("?"))
    assert (status, error) == (
        404,
        {"error": {"code": "ConversationNotFound", "message": "Conversation not found."}},
    )


async def test_only_own_messages_can_be_edited(
    teams: FakeTeams, connector: Connector, ann: Person, general: Conversation
) -> None:
    said = await teams.say(ann, general, "mine")
    path = f"conversations/{general.id}/activities/{said.activity['id']}"
    assert (await connector("PUT", path, message("ours")))[0] == 403


async def test_members_by_page_and_by_any_id(
    teams: FakeTeams, connector: Connector, ann: Person, general: Conversation
) -> None:
    gus = teams.person("Gus Guest", email="gus@partner.example", guest=True)
    await teams.join(gus, general)
    for number in range(118):
        await teams.join(teams.person(f"Person {number}"), general)
    base = f"conversations/{general.id}"
    ids, token = [], ""
    while True:
        _, page = await connector("GET", f"{base}/pagedmembers", pageSize="10", continuationToken=token)
        ids.append([member["id"] for member in page["members"]])
        token = page.get("continuationToken", "")
        if not token:
            break
    assert [len(page) for page in ids] == [50, 50, 21]
    assert len((await connector("GET", f"{base}/members"))[1]) == 121
    for ref in (gus.id, gus.aad_id, gus.upn.replace("#", "%23")):
        _, member = await connector("GET", f"{base}/members/{ref}")
        assert (member["name"], member["userRole"]) == ("Gus Guest", "guest")
    await teams.leave(gus, general)
    assert (await connector("GET", f"{base}/members/{gus.id}"))[0] == 404


async def test_a_team_and_its_channels(teams: FakeTeams, connector: Connector, general: Conversation) -> None:
    assert general.team
    random = teams.channel("Random", general.team)
    _, team = await connector("GET", f"teams/{general.team.id}")
    assert (team["name"], team["channelCount"], team["memberCount"]) == ("Engineering", 2, 2)
    _, shown = await connector("GET", f"teams/{general.team.id}/conversations")
    assert [(c["id"], c["name"]) for c in shown["conversations"]] == [
        (general.id, None),
        (random.id, "Random"),
    ]
    await teams.uninstall(random)
    assert (await connector("GET", f"teams/{general.team.id}"))[0] == 403


async def test_no_token_no_answer(
    teams: FakeTeams, http: aiohttp.ClientSession, connector: Connector, general: Conversation
) -> None:
    url = f"{teams.service_url}v3/conversations/{general.id}/activities"
    for headers in ({}, {"Authorization": "Bearer made.up.token"}):
        async with http.post(url, json=message("?"), headers=headers) as response:
            assert response.status == 401
    teams.login.revoke()
    await connector.tokens.token()
    teams.login.revoke()
    assert (await connector.send(general))[0] == 401
    connector.tokens.forget()
    assert (await connector.send(general))[0] == 201


# failing on demand


async def test_it_fails_as_told_and_then_no_more(
    teams: FakeTeams, http: aiohttp.ClientSession, connector: Connector, general: Conversation
) -> None:
    teams.fail("send", status=429, retry_after=7, times=2)
    headers = {"Authorization": f"Bearer {await connector.tokens.token()}"}
    url = f"{teams.service_url}v3/conversations/{general.id}/activities"
    async with http.post(url, json=message("?"), headers=headers) as response:
        assert (response.status, response.headers["Retry-After"]) == (429, "7")
    assert [(await connector.send(general))[0] for _ in range(2)] == [429, 201]
    assert len(teams.messages(general)) == 1
    assert [call.body["text"] for call in teams.calls("send")] == ["?", "hello", "hello"]


@pytest.mark.parametrize(("after_effect", "shown"), [(True, 1), (False, 0)])
async def test_a_cut_connection_before_or_after_the_effect(
    teams: FakeTeams, connector: Connector, general: Conversation, after_effect: bool, shown: int
) -> None:
    teams.fail("send", after_effect=after_effect)
    with pytest.raises(aiohttp.ClientError):
        await connector.send(general)
    assert len(teams.messages(general)) == shown


async def test_an_error_after_the_effect_and_a_slow_answer(
    teams: FakeTeams, connector: Connector, general: Conversation
) -> None:
    teams.fail("send", status=502, after_effect=True)
    assert (await connector.send(general))[0] == 502
    teams.fail("send", hang_s=30)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await connector.send(general)
    teams.fail("send", hang_s=0.01)
    assert (await connector.send(general))[0] == 201
    assert len(teams.messages(general)) == 2


async def test_one_conversation_fails_alone(
    teams: FakeTeams, connector: Connector, ann: Person, general: Conversation
) -> None:
    teams.fail("send", status=412, conversation=general.id)
    assert (await connector.send(teams.chat(ann)))[0] == 201
    assert (await connector.send(general))[1]["error"]["code"] == "PreconditionFailed"


# what the bot hears


async def test_a_channel_message_mentions_the_bot_first(
    teams: FakeTeams, bot: Bot, ann: Person, bob: Person, general: Conversation
) -> None:
    said = await teams.say(ann, general, "kudos @Bob Brand for R&D")
    [heard] = bot.heard
    assert (said.status, said.activity) == (200, heard)
    assert heard["text"] == "<at>Plaudit</at>&nbsp;kudos <at>Bob Brand</at>&nbsp;for R&amp;D\n"
    mentions = [e for e in heard["entities"] if e["type"] == "mention"]
    assert [m["mentioned"]["id"] for m in mentions] == ["28:app-1", bob.id]
    assert all(m["text"] in heard["text"] for m in mentions)
    assert heard["conversation"] == {
        "conversationType": "channel",
        "tenantId": teams.world.tenant_id,
        "id": f"{general.id};messageid={heard['id']}",
        "isGroup": True,
        "name": "General",
    }
    assert general.team
    assert heard["channelData"]["team"]["id"] == general.team.id
    assert heard["from"] == {"id": ann.id, "name": "Ann Alba", "aadObjectId": ann.aad_id}
    assert heard["timestamp"] == "2026-11-20T09:30:00.000Z"
    assert heard["localTimestamp"] == "2026-11-20T10:30:00.000+01:00"
    assert {"type": "clientInfo", "locale": "fr-FR", "country": "FR", "platform": "Windows"}.items() <= heard[
        "entities"
    ][-1].items()


async def test_a_reply_carries_its_root(
    teams: FakeTeams, bot: Bot, ann: Person, bob: Person, general: Conversation
) -> None:
    root = teams.message((await teams.say(ann, general, "one")).activity["id"])
    await teams.say(bob, general, "two", reply_to=root)
    assert bot.heard[1]["conversation"]["id"] == f"{general.id};messageid={root.id}"
    assert [m.root_id for m in teams.messages(general)] == [None, root.id]


async def test_a_personal_message_needs_no_mention(teams: FakeTeams, bot: Bot, ann: Person) -> None:
    await teams.say(ann, teams.chat(ann), "points <b>?")
    assert bot.heard[0]["text"] == "points &lt;b&gt;?\n"
    assert bot.heard[0]["conversation"]["conversationType"] == "personal"
    assert "isGroup" not in bot.heard[0]["conversation"]


async def test_deliveries_pass_our_own_gate(
    teams: FakeTeams, bot: Bot, http: aiohttp.ClientSession, ann: Person
) -> None:
    gate = Gate(APP, http, teams.openid_metadata_url, frozenset({"127.0.0.1"}))
    await teams.say(ann, teams.chat(ann), "hello")
    claims = await gate.check(bot.headers[0]["Authorization"], bot.heard[0])
    assert claims.service_url == teams.service_url


async def test_the_sandbox_sends_unsigned(bot: Bot, teams: FakeTeams, ann: Person) -> None:
    async with FakeTeams(bot_url=teams.wire.bot_url, signed=False) as sandbox:
        eve = sandbox.person("Eve Early")
        await sandbox.say(eve, sandbox.chat(eve), "hello")
    assert "Authorization" not in bot.headers[0]
    await SandboxGate("app-1").check(None, bot.heard[0], "127.0.0.1")


async def test_a_slash_command_is_between_its_author_and_the_bot(
    teams: FakeTeams, bot: Bot, ann: Person, general: Conversation
) -> None:
    await teams.slash(ann, general, "points")
    assert bot.heard[0]["recipient"]["isTargeted"] is True
    assert bot.heard[0]["text"] == "points\n"
    assert teams.messages(general) == []
    assert len(teams.targeted(ann, general)) == 1


async def test_a_pressed_button_changes_the_card_for_who_pressed_it(
    teams: FakeTeams, bot: Bot, connector: Connector, ann: Person, bob: Person, general: Conversation
) -> None:
    boost = {"type": "Action.Execute", "title": "Boost", "verb": "boost", "data": {"id": "r1"}}
    path = f"conversations/{general.id}/activities"
    _, sent = await connector("POST", path, card_message(line("thanks"), actions=(boost,)))
    post = teams.message(sent["id"])
    assert buttons_of(post) == ["Boost"]

    boosted = attachment(line("boosted"))["content"]
    bot.answer = {"statusCode": 200, "type": CARD_TYPE, "value": boosted}
    await teams.press(ann, post, "boost")
    value = bot.heard[0]["value"]
    assert value["action"] == boost
    assert (value["trigger"], bot.heard[0]["replyToId"]) == ("manual", post.id)
    assert text_of(teams.message(post.id).card_for(ann)) == "boosted"
    assert text_of(teams.message(post.id).card_for(bob)) == "thanks"
    with pytest.raises(LookupError, match="no button"):
        await teams.press(ann, post, "boost")

    await connector("PUT", f"{path}/{post.id}", card_message(line("1 boost"), actions=(boost,)))
    assert text_of(teams.message(post.id).card_for(ann)) == "1 boost"

    bot.answer = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Once."}
    await teams.press(ann, post, "Boost")
    assert teams.notice(ann) == "Once."
    bot.answer = {"statusCode": 400, "type": "application/vnd.microsoft.error", "value": {"message": "No."}}
    await teams.press(ann, post, "Boost")
    assert teams.notice(ann) == "No."


async def test_a_button_opens_a_dialog_which_is_filled_in_and_closed(
    teams: FakeTeams, bot: Bot, connector: Connector, ann: Person, general: Conversation
) -> None:
    fetch = {"msteams": {"type": "task/fetch"}, "form": "kudos"}
    actions = (
        {"type": "Action.Submit", "title": "Give", "data": fetch},
        {"type": "Action.Submit", "title": "Old", "data": {"a": 1}},
    )
    path = f"conversations/{general.id}/activities"
    _, sent = await connector("POST", path, card_message(line("hi"), actions=actions))
    post = teams.message(sent["id"])

    reason = {"type": "Input.Text", "id": "reason", "label": "Why?", "value": "because"}
    bot.answer = dialog("Kudos", line("Give kudos"), reason, form_id="f1")
    await teams.press(ann, post, "Give")
    assert (bot.heard[-1]["name"], bot.heard[-1]["value"]["data"]) == ("task/fetch", fetch)
    assert text_of(teams.dialog(ann)) == "Give kudos\nWhy?"

    bot.answer = dialog("Kudos", line("Whom?"), reason, form_id="f1")
    await teams.task_submit(ann, {"reason": "the release"})
    assert bot.heard[-1]["name"] == "task/submit"
    assert bot.heard[-1]["value"]["data"] == {"form_id": "f1", "reason": "the release"}
    assert "Whom?" in text_of(teams.dialog(ann))

    bot.status = 500
    await teams.task_submit(ann, {})
    assert teams.dialog(ann)
    assert "Unable to reach" in teams.notice(ann)

    bot.status, bot.answer = 200, {"task": {"type": "message", "value": "Sent."}}
    await teams.task_submit(ann, {})
    assert (teams.dialog(ann), teams.notice(ann)) == (None, "Sent.")

    bot.answer = None
    await teams.press(ann, post, "Old")
    assert (bot.heard[-1]["type"], bot.heard[-1]["value"]) == ("message", {"a": 1})
    assert "text" not in bot.heard[-1]


async def test_a_message_action_carries_the_message(
    teams: FakeTeams, bot: Bot, ann: Person, bob: Person, general: Conversation
) -> None:
    said = teams.message((await teams.say(bob, general, "shipped, with @Ann Alba")).activity["id"])
    bot.answer = dialog("Kudos", line("for this"), form_id="f2")
    await teams.compose_fetch(ann, general, "kudos", "message", said)
    value = bot.heard[-1]["value"]
    assert (value["commandId"], value["commandContext"]) == ("kudos", "message")
    payload = value["messagePayload"]
    assert payload["from"]["user"]["id"] == bob.aad_id
    assert '<at id="1">Ann Alba</at>' in payload["body"]["content"]
    assert [m["mentionText"] for m in payload["mentions"]] == ["Plaudit", "Ann Alba"]

    preview = attachment(line("preview"))
    result = {"type": "result", "attachmentLayout": "list", "attachments": [preview]}
    bot.answer = {"composeExtension": result}
    sent = await teams.compose_submit(ann, {})
    assert sent.activity["name"] == "composeExtension/submitAction"
    assert sent.activity["value"]["data"] == {"form_id": "f2"}
    assert (teams.dialog(ann), teams.draft(ann)) == (None, preview)
    assert [d.status for d in await teams.resend(sent, 2)] == [200, 200]
    assert bot.heard[-1] == bot.heard[-3]


async def test_the_bot_hears_reactions_to_its_own_messages_only(
    teams: FakeTeams, bot: Bot, connector: Connector, ann: Person, general: Conversation
) -> None:
    said = teams.message((await teams.say(ann, general, "hello")).activity["id"])
    assert await teams.reaction(ann, said) is None
    await connector.send(general)
    post = teams.messages(general)[-1]
    await teams.reaction(ann, post, "heart")
    await teams.reaction(ann, post, "heart", added=False)
    assert bot.heard[-2]["reactionsAdded"] == bot.heard[-1]["reactionsRemoved"] == [{"type": "heart"}]
    assert (bot.heard[-1]["replyToId"], teams.message(post.id).reactions) == (post.id, frozenset())


async def test_installing_tells_the_bot_twice(teams: FakeTeams, bot: Bot, ann: Person) -> None:
    lunch = teams.group_chat("Lunch", ann, installed=False)
    with pytest.raises(LookupError, match="not in Lunch"):
        await teams.say(ann, lunch, "hello")
    await teams.install(lunch, by=ann)
    await teams.uninstall(lunch)
    assert [(h["type"], h.get("action"), h.get("membersAdded"), h.get("membersRemoved")) for h in bot.heard] == [
        ("conversationUpdate", None, [{"id": "28:app-1"}], None),
        ("installationUpdate", "add", None, None),
        ("conversationUpdate", None, None, [{"id": "28:app-1"}]),
        ("installationUpdate", "remove", None, None),
    ]


async def test_an_edited_message_keeps_its_id(teams: FakeTeams, bot: Bot, ann: Person, general: Conversation) -> None:
    said = teams.message((await teams.say(ann, general, "helo")).activity["id"])
    await teams.edited(ann, said, "hello")
    assert (bot.heard[-1]["type"], bot.heard[-1]["id"]) == ("messageUpdate", said.id)
    assert bot.heard[-1]["channelData"]["eventType"] == "editMessage"
    assert teams.message(said.id).edits == 1


async def test_anything_can_be_thrown_at_the_door(teams: FakeTeams) -> None:
    assert (await teams.raw(b"{}", {"Authorization": "Bearer x"}))[0] == 200
    teams.connect("http://127.0.0.1:9/nobody")
    assert await teams.raw(b"{}") == (502, None)


def test_text_of_a_card_in_reading_order() -> None:
    facts = {"type": "FactSet", "facts": [{"title": "Points", "value": "5"}]}
    rich = {"type": "RichTextBlock", "inlines": ["Dear ", {"type": "TextRun", "text": "Ann"}]}
    column = {"type": "Column", "items": [line("inside")], "fallback": line("never")}
    shown = card_message(line("title"), {"type": "ColumnSet", "columns": [column]}, facts, rich)
    assert text_of(shown["attachments"][0]["content"]).split("\n") == [
        "title",
        "inside",
        "Points",
        "5",
        "Dear ",
        "Ann",
    ]
