"""The fake Slack keeps Slack's rules, as the real SDK sees them. Source of the rules: docs.slack.dev."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.sandbox.fake_slack import (
    Conversation,
    FakeSlack,
    Group,
    Kind,
    Person,
    SlackClient,
    Workspace,
    text_of,
)

SECRET = "signing-secret"
BUTTONS = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "boost",
                "value": value,
                "text": {"type": "plain_text", "text": f"Boost {value}"},
            }
            for value in ("r1", "r2")
        ],
    }
]


class FixedClock(Clock):
    def __init__(self) -> None:
        self.at = 1_790_000_000.0

    def __call__(self) -> float:
        return self.at

    def now(self) -> float:
        return self.at


@dataclass
class App:
    """The product, as far as Slack can tell: it keeps what it hears and answers as told."""

    answer: Callable[[], web.Response] = web.Response
    heard: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    async def hear(self, request: web.Request) -> web.Response:
        self.heard.append((request.headers.copy(), await request.read()))
        return self.answer()

    def says(self, body: Mapping[str, Any]) -> None:
        self.answer = lambda: web.json_response(body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.heard[-1][1].decode()).items()}

    @property
    def payload(self) -> dict[str, Any]:
        return dict(json.loads(self.form["payload"]))


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


def refuse_forbidden(content: Mapping[str, Any]) -> None:
    if "forbidden" in text_of(content):
        raise ValueError("forbidden is too long")


@pytest.fixture
async def slack(clock: FixedClock) -> AsyncIterator[FakeSlack]:
    fake = FakeSlack(clock, check_message=refuse_forbidden, check_view=refuse_forbidden)
    workspace = fake.add_workspace()
    workspace.add_people(
        Person("U1", "ann", "Ann Lee", "ann@acme.test", tz="Europe/Berlin"),
        Person("U2", "bob", email="bob@acme.test"),
    )
    workspace.add_groups(Group("S1", "design", users=["U1"]))
    workspace.add_conversations(
        Conversation("C1", "general", members=["U1", "U2", workspace.bot.id]),
        Conversation("C2", "elsewhere", members=["U1"]),
        Conversation("C3", "old", members=[workspace.bot.id], is_archived=True),
        Conversation("C4", "secret", Kind.PRIVATE, members=["U1"]),
    )
    async with TestServer(fake.app()) as server:
        fake.base_url = str(server.make_url("/"))
        yield fake


@pytest.fixture
def workspace(slack: FakeSlack) -> Workspace:
    return slack.teams["T1"].workspace


@pytest.fixture
def api(slack: FakeSlack, http: ClientSession) -> AsyncWebClient:
    return AsyncWebClient("xoxb-T1", base_url=slack.api_url, session=http, retry_handlers=[])


@pytest.fixture
async def app() -> AsyncIterator[App]:
    heard = App()
    served = web.Application()
    served.router.add_post("/slack/events", heard.hear)
    async with TestServer(served) as server:
        heard.url = str(server.make_url("/slack/events"))
        yield heard


@pytest.fixture
def people(slack: FakeSlack, http: ClientSession, app: App) -> SlackClient:
    return SlackClient(slack, http, app.url, SECRET, patience_s=0.2)


def modal(text: str = "Hello", **more: Any) -> dict[str, Any]:
    reason = {"type": "plain_text_input", "action_id": "text"}
    label = {"type": "plain_text", "text": "Reason"}
    return {
        "type": "modal",
        "callback_id": "kudos",
        "title": {"type": "plain_text", "text": text},
        "blocks": [{"type": "input", "block_id": "reason", "label": label, "element": reason}],
        **more,
    }


async def trigger(people: SlackClient, app: App) -> str:
    await people.global_shortcut("ann", "give")
    return str(app.payload["trigger_id"])


async def refused(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_the_sdk_reads_the_directory(api: AsyncWebClient) -> None:
    assert (await api.auth_test())["team_id"] == "T1"
    assert (await api.users_info(user="U1", include_locale=True))["user"]["tz_offset"] == 7200
    assert (await api.users_lookupByEmail(email="Bob@acme.test"))["user"]["id"] == "U2"
    assert await refused(api.users_lookupByEmail(email="no@acme.test")) == "users_not_found"
    assert await refused(api.users_info(user="U9")) == "user_not_found"
    assert [g["handle"] for g in (await api.usergroups_list())["usergroups"]] == ["design"]
    assert (await api.usergroups_users_list(usergroup="S1"))["users"] == ["U1"]
    assert (await api.conversations_info(channel="C1"))["channel"]["is_member"] is True
    assert (await api.conversations_members(channel="C1"))["members"] == ["U1", "U2", "UBOTT1"]
    assert await refused(api.conversations_info(channel="C4")) == "channel_not_found"
    assert await refused(api.api_call("no.such")) == "unknown_method"


async def test_lists_come_in_pages(api: AsyncWebClient) -> None:
    names: list[str] = []
    async for page in await api.users_list(limit=3):
        assert len(page["members"]) <= 3
        names += [person["name"] for person in page["members"]]
    assert names == ["slackbot", "plaudit", "ann", "bob"]

    first = await api.conversations_list(limit=1, types="public_channel,private_channel", exclude_archived=True)
    rest = await api.conversations_list(cursor=first["response_metadata"]["next_cursor"], exclude_archived=True)
    assert [channel["name"] for channel in first["channels"] + rest["channels"]] == ["general", "elsewhere"]
    assert await refused(api.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_tokens_are_checked(slack: FakeSlack, api: AsyncWebClient, http: ClientSession) -> None:
    stranger = AsyncWebClient("xoxb-other", base_url=slack.api_url, session=http, retry_handlers=[])
    assert await refused(stranger.auth_test()) == "invalid_auth"
    slack.teams["T1"].workspace.token_revoked = True
    assert await refused(api.auth_test()) == "token_revoked"


async def test_messages_are_posted_changed_found_and_deleted(api: AsyncWebClient, people: SlackClient) -> None:
    metadata = {"event_type": "post", "event_payload": {"id": "7"}}
    first = await api.chat_postMessage(channel="C1", text="one", metadata=metadata)
    second = await api.chat_postMessage(channel="C1", text="two", blocks=BUTTONS)
    assert first["ts"] < second["ts"]
    assert (await api.chat_getPermalink(channel="C1", message_ts=first["ts"]))["permalink"].endswith(
        first["ts"].replace(".", "")
    )

    await api.chat_update(channel="C1", ts=second["ts"], text="changed")
    history = (await api.conversations_history(channel="C1", include_all_metadata=True))["messages"]
    assert [(m["text"], m.get("metadata"), "edited" in m, "blocks" in m) for m in history] == [
        ("changed", None, True, False),
        ("one", metadata, False, False),
    ]
    assert "metadata" not in (await api.conversations_history(channel="C1"))["messages"][1]

    await api.chat_delete(channel="C1", ts=first["ts"])
    assert [text_of(message) for message in people.messages("#general")] == ["changed"]
    assert await refused(api.chat_update(channel="C1", ts=first["ts"], text="?")) == "message_not_found"
    theirs = await people.say("ann", "general", "mine")
    assert await refused(api.chat_update(channel="C1", ts=theirs.ts, text="?")) == "cant_update_message"


async def test_a_person_is_written_to_directly(api: AsyncWebClient, people: SlackClient) -> None:
    opened = (await api.conversations_open(users="U1"))["channel"]["id"]
    assert (await api.chat_postMessage(channel="U1", text="psst"))["channel"] == opened
    assert [message.text for message in people.direct("ann")] == ["psst"]
    assert await refused(api.conversations_open(users="UBOTT1")) == "cannot_dm_bot"


async def test_only_one_person_sees_an_ephemeral_message(api: AsyncWebClient, people: SlackClient) -> None:
    await api.chat_postEphemeral(channel="C1", user="U1", text="only you")
    assert [message.text for message in people.ephemerals("ann", "general")] == ["only you"]
    assert people.messages("general") == people.ephemerals("bob", "general") == []
    assert (await api.conversations_history(channel="C1"))["messages"] == []


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C9", "text": "x"}, "channel_not_found"),
        ({"channel": "C4", "text": "x"}, "channel_not_found"),
        ({"channel": "C2", "text": "x"}, "not_in_channel"),
        ({"channel": "C3", "text": "x"}, "is_archived"),
        ({"channel": "C1", "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": "C1", "text": "forbidden"}, "invalid_blocks"),
        ({"channel": "C1"}, "no_text"),
    ],
)
async def test_a_message_is_declined(api: AsyncWebClient, arguments: dict[str, str], error: str) -> None:
    assert await refused(api.api_call("chat.postMessage", json=arguments)) == error


async def test_a_trigger_opens_once_within_three_seconds(
    api: AsyncWebClient, people: SlackClient, app: App, clock: FixedClock
) -> None:
    late, used = await trigger(people, app), await trigger(people, app)
    await api.views_open(trigger_id=used, view=modal())
    assert await refused(api.views_open(trigger_id=used, view=modal())) == "exchanged_trigger_id"
    clock.at += 3.1
    assert await refused(api.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await refused(api.views_open(trigger_id="made.up", view=modal())) == "invalid_arguments"


async def test_three_views_stack(api: AsyncWebClient, people: SlackClient, app: App) -> None:
    await api.views_open(trigger_id=await trigger(people, app), view=modal("1"))
    for title in ("2", "3"):
        await api.views_push(trigger_id=await trigger(people, app), view=modal(title))
    fourth = api.views_push(trigger_id=await trigger(people, app), view=modal("4"))
    assert await refused(fourth) == "push_limit_reached"
    top = people.view("ann")
    assert top
    assert text_of(top).startswith("3")


async def test_an_update_with_an_old_hash_conflicts(api: AsyncWebClient, people: SlackClient, app: App) -> None:
    view = (await api.views_open(trigger_id=await trigger(people, app), view=modal()))["view"]
    await api.views_update(view_id=view["id"], hash=view["hash"], view=modal("New"))
    stale = api.views_update(view_id=view["id"], hash=view["hash"], view=modal("Newer"))
    assert await refused(stale) == "hash_conflict"

    home = (await api.views_publish(user_id="U1", view={"type": "home", "blocks": BUTTONS}))["view"]
    await api.views_publish(user_id="U1", view={"type": "home", "blocks": []}, hash=home["hash"])
    stale = api.views_publish(user_id="U1", view={"type": "home", "blocks": BUTTONS}, hash=home["hash"])
    assert await refused(stale) == "hash_conflict"
    refused_view = api.views_open(trigger_id=await trigger(people, app), view=modal("forbidden"))
    assert await refused(refused_view) == "invalid_arguments"


async def test_a_limited_call_says_when_to_come_back(slack: FakeSlack, api: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", status=429, retry_after=7, channel="C1")
    await api.chat_postMessage(channel="U1", text="elsewhere")
    with pytest.raises(SlackApiError) as caught:
        await api.chat_postMessage(channel="C1", text="x")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert (await api.chat_postMessage(channel="C1", text="x"))["ok"]
    assert [call.arguments["channel"] for call in slack.calls("chat.postMessage")] == ["U1", "C1", "C1"]


@pytest.mark.parametrize(("after_effect", "shown"), [(True, ["x"]), (False, [])])
async def test_an_answer_is_lost(
    slack: FakeSlack, api: AsyncWebClient, people: SlackClient, after_effect: bool, shown: list[str]
) -> None:
    slack.fail("chat.postMessage", after_effect=after_effect)
    with pytest.raises(ClientError):
        await api.chat_postMessage(channel="C1", text="x")
    assert [message.text for message in people.messages("general")] == shown


async def test_slack_is_broken_slow_or_says_no(slack: FakeSlack, api: AsyncWebClient) -> None:
    slack.fail("auth.test", status=500)
    with pytest.raises(SlackApiError) as caught:
        await api.auth_test()
    assert caught.value.response.status_code == 500
    slack.fail("*", error="missing_scope")
    assert await refused(api.auth_test()) == "missing_scope"
    slack.fail("auth.test", status=200, hang_s=0.01)
    assert (await api.auth_test())["ok"]
    slack.fail("auth.test", hang_s=0.01)
    with pytest.raises(ClientError):
        await api.auth_test()


async def test_a_response_url_works_five_times_in_half_an_hour(
    api: AsyncWebClient, people: SlackClient, app: App, http: ClientSession, clock: FixedClock
) -> None:
    await people.command("ann", "elsewhere", "/kudos", "help")
    respond = AsyncWebhookClient(app.form["response_url"], session=http)
    assert (await respond.send(text="first")).status_code == 200
    await respond.send(text="second", replace_original=True)
    await respond.send(text="for all", response_type="in_channel")
    await respond.send(delete_original=True)
    assert [message.text for message in people.messages("elsewhere")] == ["for all"]
    assert people.ephemerals("ann", "elsewhere") == []
    assert (await respond.send(text="fifth")).status_code == 200
    assert "used_url" in (await respond.send(text="sixth")).body

    await people.command("ann", "elsewhere", "/kudos", "help")
    late = AsyncWebhookClient(app.form["response_url"], session=http)
    clock.at += 30 * 60 + 1
    assert "expired_url" in (await late.send(text="late")).body


async def test_deliveries_are_signed_and_can_be_forged_or_sent_again(
    people: SlackClient, app: App, clock: FixedClock
) -> None:
    verifier = SignatureVerifier(SECRET, clock)
    delivery = await people.command("ann", "general", "/kudos", "@bob for the release")
    await people.deliveries.resend(delivery, times=2)
    await people.event("team_join", user=people.workspace.user_json("bob"))
    assert all(verifier.is_valid_request(body, dict(headers)) for headers, body in app.heard)
    assert len({body for _, body in app.heard[:3]}) == 1

    await people.deliveries.raw(b"{}", "application/json", secret="wrong")
    await people.deliveries.raw(b"{}", "application/json", at=clock.at - 301)
    assert not any(verifier.is_valid_request(body, dict(headers)) for headers, body in app.heard[-2:])


async def test_an_event_comes_again_until_it_is_accepted(people: SlackClient, app: App) -> None:
    answers = iter([500, 500, 200])
    app.answer = lambda: web.Response(status=next(answers))
    delivery = await people.event("user_change", attempts=4, user={"id": "U1"})
    assert delivery.ok
    assert [headers.get("X-Slack-Retry-Num") for headers, _ in app.heard] == [None, "1", "2"]
    envelopes = [json.loads(body) for _, body in app.heard]
    assert envelopes[0] == envelopes[2]
    assert envelopes[0]["authorizations"][0]["user_id"] == "UBOTT1"


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("@bob, thanks", "<@U2|bob>, thanks"),
        ("@Bob. & <@U9>", "<@U2|bob>. &amp; &lt;@U9&gt;"),
        ("in #general for @design", "in <#C1|general> for <!subteam^S1|@design>"),
        ("@channel bob@acme.test", "<!channel> bob@acme.test"),
        ("see https://acme.test/a?b=1&c", "see <https://acme.test/a?b=1&amp;c>"),
        ("@nobody #nowhere", "@nobody #nowhere"),
    ],
)
async def test_a_typed_text_is_escaped_as_slack_does(people: SlackClient, app: App, text: str, sent: str) -> None:
    await people.command("ann", "general", "/kudos", text)
    assert app.form["text"] == sent


async def test_the_answer_to_a_command_is_shown(people: SlackClient, app: App) -> None:
    await people.command("ann", "general", "/kudos")
    assert people.ephemerals("ann", "general") == []
    app.says({"text": "for you"})
    await people.command("ann", "general", "/kudos")
    app.says({"text": "for all", "response_type": "in_channel"})
    await people.command("ann", "general", "/kudos")
    app.answer = lambda: web.Response(status=503)
    await people.command("ann", "general", "/kudos")
    await people.command("ann", "general", "/kudos", thread=True)
    assert [text_of(message) for message in people.messages("general")] == ["for all"]
    assert [text_of(message) for message in people.ephemerals("ann", "general")] == [
        "for you",
        '/kudos failed with the error "dispatch_failed"',
        "/kudos is not supported in threads. Sorry!",
    ]
    assert len(app.heard) == 4


async def test_who_does_not_answer_in_time_is_reported(
    slack: FakeSlack, http: ClientSession, people: SlackClient
) -> None:
    slack.fail("silence", hang_s=60)
    hasty = SlackClient(slack, http, f"{slack.api_url}silence", SECRET, patience_s=0.05)
    assert (await hasty.command("ann", "general", "/kudos")).status is None
    assert "operation_timeout" in text_of(people.ephemerals("ann", "general")[0])


async def test_a_button_is_pressed(api: AsyncWebClient, people: SlackClient, app: App, http: ClientSession) -> None:
    await api.chat_postMessage(channel="C1", text="Well done", blocks=BUTTONS)
    message = people.messages("general")[0]
    await people.press("ann", message, "boost", "r2")
    payload = app.payload
    assert payload["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "boost",
        "block_id": "b0",
        "text": {"type": "plain_text", "text": "Boost r2"},
        "value": "r2",
        "action_ts": "",
    }
    assert payload["message"]["ts"] == payload["container"]["message_ts"] == message.ts
    with pytest.raises(LookupError):
        await people.press("ann", message, "boost", "r3")

    await AsyncWebhookClient(payload["response_url"], session=http).send(text="done", replace_original=True)
    assert text_of(people.messages("general")[0]) == "done"


async def test_a_form_is_filled_in(api: AsyncWebClient, people: SlackClient, app: App) -> None:
    await api.views_open(trigger_id=await trigger(people, app), view=modal())
    heard = len(app.heard)
    await people.submit("ann")
    view = people.view("ann")
    assert view
    assert "reason" in view.errors
    assert len(app.heard) == heard

    app.says({"response_action": "errors", "errors": {"reason": "Say more."}})
    await people.submit("ann", values={"reason": "ok"})
    assert app.payload["view"]["state"]["values"] == {"reason": {"text": {"type": "plain_text_input", "value": "ok"}}}
    assert view.errors == {"reason": "Say more."}

    app.says({"response_action": "update", "view": modal("Again")})
    await people.submit("ann")
    app.says({"response_action": "push", "view": modal("Above", notify_on_close=True)})
    await people.submit("ann")
    above = people.view("ann")
    assert above
    assert (text_of(above), text_of(view)) == ("Above\nReason", "Again\nReason")

    await people.close("ann")
    assert app.payload["type"] == "view_closed"
    assert people.view("ann") is view
    app.answer = web.Response
    await people.submit("ann")
    assert people.view("ann") is None


async def test_the_app_hears_only_where_it_is_a_member(people: SlackClient, app: App) -> None:
    away = await people.say("ann", "elsewhere", "hello")
    assert not (await people.react("ann", away, "tada")).ok
    here = await people.say("ann", "general", "thanks @bob")
    await people.react("bob", here, "tada")
    events = [json.loads(body)["event"] for _, body in app.heard]
    assert [event["type"] for event in events] == ["message", "reaction_added"]
    assert events[0]["text"] == "thanks <@U2>"
    assert events[1]["item"] == {"type": "message", "channel": "C1", "ts": here.ts}


async def test_a_shortcut_carries_its_message_and_home_its_view(
    api: AsyncWebClient, people: SlackClient, app: App
) -> None:
    message = await people.say("bob", "secret", "fixed it")
    await people.message_shortcut("ann", message, "thank")
    assert (app.payload["callback_id"], app.payload["message"]["text"]) == ("thank", "fixed it")
    await api.views_publish(user_id="U1", view={"type": "home", "blocks": BUTTONS})
    await people.open_home("ann")
    event = json.loads(app.heard[-1][1])["event"]
    assert (event["tab"], event["view"]["type"], event["user"]) == ("home", "home", "U1")


async def test_a_page_can_wait_for_changes(slack: FakeSlack, api: AsyncWebClient) -> None:
    seen = slack.revision.number
    assert await slack.revision.after(seen, timeout_s=0.01) == seen
    await api.chat_postMessage(channel="C1", text="new")
    assert await slack.revision.after(seen, timeout_s=1) > seen


async def test_workspaces_are_apart(slack: FakeSlack, http: ClientSession, workspace: Workspace) -> None:
    other = slack.add_workspace("T2", domain="other")
    other.add_conversations(Conversation("C1", "general", members=[other.bot.id]))
    client = AsyncWebClient(other.token, base_url=slack.api_url, session=http, retry_handlers=[])
    await client.chat_postMessage(channel="C1", text="for T2")
    assert [message.text for message in other.shown("C1")] == ["for T2"]
    assert list(workspace.shown("C1")) == []
