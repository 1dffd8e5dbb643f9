"""What is sent to Slack arrives, and a send that failed says in which of three ways."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer, unused_port

from bot.sandbox.fake_slack import Conversation, FakeSlack, Kind, Message, Person, Workspace
from bot.slack import transport as module
from bot.slack.tokens import EnvironmentToken
from bot.slack.transport import SlackTransport
from bot.slack.web_api import SlackApi
from bot.transport import Fate, SendFailed
from store.outbox import Due, SendKind

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
CARD = {"text": "Ann thanked Bob", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Ann*"}}]}
POST = Due(
    tenant_id="t1",
    id="m1",
    lane="w1/C1",
    workspace_id="w1",
    kind=SendKind.POST,
    conversation_id="c1",
    conversation_ref="C1",
    account_id=None,
    account_ref="",
    service_url="",
    subject_kind="recognition",
    subject_id="r1",
    reader_id=None,
    view="kudos_posted",
    payload=CARD,
    linked=False,
    state="sending",
    ref="",
    wanted=0,
    shown=0,
    attempts=0,
    expires_at=None,
    added_at=NOW,
)
DIRECT = replace(POST, kind=SendKind.DIRECT, conversation_id=None, conversation_ref="", account_ref="U1")
WHISPER = replace(POST, kind=SendKind.WHISPER, account_ref="U1")


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    fake = FakeSlack(NOW.timestamp)
    workspace = fake.add_workspace()
    workspace.add_people(Person("U1", "ann"), Person("U2", "bob"))
    workspace.add_conversations(
        Conversation("C1", "general", members=["U1", workspace.bot.id]),
        Conversation("C3", "old", members=[workspace.bot.id], is_archived=True),
        Conversation("C4", "secret", Kind.PRIVATE, members=["U1"]),
        Conversation("C5", "elsewhere", members=["U1"]),
    )
    async with TestServer(fake.app()) as server:
        fake.base_url = str(server.make_url("/"))
        yield fake


@pytest.fixture
def workspace(slack: FakeSlack) -> Workspace:
    return slack.teams["T1"].workspace


@pytest.fixture
async def transport(slack: FakeSlack, http: ClientSession) -> SlackTransport:
    api = SlackApi(http, slack.api_url)
    tokens = EnvironmentToken(api, "xoxb-T1")
    await tokens.list()
    return SlackTransport(api, tokens, "T1")


async def failure(transport: SlackTransport, message: Due = POST) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await transport.send(message, CARD)
    return failed.value


def shown(workspace: Workspace, channel: str, *, to: str | None = None) -> list[Message]:
    return list(workspace.shown(channel, to=to))


async def test_a_post(transport: SlackTransport, slack: FakeSlack, workspace: Workspace) -> None:
    sent = await transport.send(POST, CARD)
    [message] = shown(workspace, "C1")
    assert sent.ref == f"C1:{message.ts}"
    assert sent.link == f"https://acme.slack.com/archives/C1/p{message.ts.replace('.', '')}"
    assert not sent.chat_ref
    assert message.text == "Ann thanked Bob"
    [call] = slack.calls("chat.postMessage")
    assert call.arguments["unfurl_links"] is call.arguments["unfurl_media"] is False
    assert "link_names" not in call.arguments


async def test_a_direct_message_tells_its_conversation_once(transport: SlackTransport, workspace: Workspace) -> None:
    chat = workspace.direct("U1").id
    first = await transport.send(DIRECT, CARD)
    again = await transport.send(replace(DIRECT, conversation_ref=chat), CARD)
    assert (first.chat_ref, again.chat_ref) == (chat, "")
    assert len(shown(workspace, chat)) == 2


async def test_a_whisper(transport: SlackTransport, workspace: Workspace) -> None:
    await transport.send(WHISPER, CARD)
    assert len(shown(workspace, "C1", to="U1")) == 1
    assert not shown(workspace, "C1")


@pytest.mark.parametrize("channel", ["C4", "C5", "C3"])
async def test_a_whisper_where_the_app_may_not_speak(
    transport: SlackTransport, workspace: Workspace, channel: str
) -> None:
    sent = await transport.send(replace(WHISPER, conversation_ref=channel), CARD)
    assert sent.chat_ref == workspace.direct("U1").id
    assert len(shown(workspace, sent.chat_ref)) == 1


async def test_an_edit(transport: SlackTransport, workspace: Workspace) -> None:
    sent = await transport.send(POST, CARD)
    edited = await transport.edit(replace(POST, ref=sent.ref), {"text": "taken back", "blocks": []})
    assert edited == sent
    assert [message.text for message in shown(workspace, "C1")] == ["taken back"]


# --- failures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "fate"),
    [
        ({"status": 500}, Fate.AGAIN),
        ({"status": 503}, Fate.AGAIN),
        ({"status": 504}, Fate.UNCERTAIN),
        ({"error": "service_unavailable"}, Fate.AGAIN),
        ({"error": "team_added_to_org"}, Fate.AGAIN),
        ({"error": "internal_error"}, Fate.UNCERTAIN),
        ({"error": "fatal_error"}, Fate.UNCERTAIN),
        ({}, Fate.UNCERTAIN),
        ({"after_effect": True}, Fate.UNCERTAIN),
        ({"status": 404}, Fate.UNCERTAIN),
        ({"error": "msg_too_long"}, Fate.DEAD),
        ({"error": "something_new"}, Fate.DEAD),
    ],
)
async def test_fates(transport: SlackTransport, slack: FakeSlack, how: dict[str, Any], fate: Fate) -> None:
    slack.fail("chat.postMessage", **how)
    assert (await failure(transport)).fate is fate


async def test_a_post_after_a_long_silence_is_uncertain(
    transport: SlackTransport, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "TIMEOUT_S", 0.05)
    slack.fail("chat.postMessage", hang_s=5, status=200)
    assert (await failure(transport)).fate is Fate.UNCERTAIN


async def test_nobody_there_is_no_doubt(http: ClientSession, slack: FakeSlack) -> None:
    tokens = EnvironmentToken(SlackApi(http, slack.api_url), "xoxb-T1")
    await tokens.list()
    nobody = SlackApi(http, f"http://127.0.0.1:{unused_port()}/api/")
    assert (await failure(SlackTransport(nobody, tokens, "T1"))).fate is Fate.AGAIN


async def test_too_many_posts_in_a_channel_rest_that_channel(transport: SlackTransport, slack: FakeSlack) -> None:
    slack.fail("chat.postMessage", status=429, retry_after=7)
    failed = await failure(transport)
    assert (failed.fate, failed.after_s, failed.everywhere) == (Fate.AGAIN, 7, False)


async def test_too_many_posts_of_the_app_rest_the_workspace(transport: SlackTransport, slack: FakeSlack) -> None:
    slack.fail("chat.postMessage", error="rate_limited")
    failed = await failure(transport)
    assert (failed.fate, failed.everywhere) == (Fate.AGAIN, True)


async def test_too_many_edits_rest_the_workspace(transport: SlackTransport, slack: FakeSlack) -> None:
    slack.fail("chat.update", status=429, retry_after=3)
    with pytest.raises(SendFailed) as failed:
        await transport.edit(replace(POST, ref="C1:1.2"), CARD)
    assert (failed.value.fate, failed.value.after_s, failed.value.everywhere) == (Fate.AGAIN, 3, True)


@pytest.mark.parametrize(
    ("channel", "closed"), [("C3", "archived"), ("C4", "not_in_channel"), ("C5", "not_in_channel")]
)
async def test_closed_conversations(transport: SlackTransport, channel: str, closed: str) -> None:
    failed = await failure(transport, replace(POST, conversation_ref=channel))
    assert (failed.fate, failed.closed) == (Fate.DEAD, closed)


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "invalid_auth", "missing_scope"])
async def test_an_administrator_reads_what_to_do(transport: SlackTransport, slack: FakeSlack, error: str) -> None:
    slack.fail("chat.postMessage", error=error)
    failed = await failure(transport)
    assert failed.fate is Fate.DEAD
    assert error in failed.what
    assert "install it again" in failed.what or "install the app again" in failed.what
    assert "xoxb" not in failed.what


async def test_a_workspace_without_the_app(transport: SlackTransport, slack: FakeSlack, http: ClientSession) -> None:
    api = SlackApi(http, slack.api_url)
    other = SlackTransport(api, EnvironmentToken(api, "xoxb-T1"), "T9")
    assert (await failure(other)).fate is Fate.DEAD


async def test_an_edit_of_a_message_that_is_gone(transport: SlackTransport) -> None:
    with pytest.raises(SendFailed) as failed:
        await transport.edit(replace(POST, ref="C1:1.2"), CARD)
    assert failed.value.fate is Fate.DEAD


# --- looking for it ---------------------------------------------------------------------------------------


async def test_a_post_whose_answer_was_lost_is_found(transport: SlackTransport, slack: FakeSlack) -> None:
    slack.fail("chat.postMessage", after_effect=True)
    await failure(transport)
    sent = await transport.find(POST)
    assert sent
    assert sent.ref.startswith("C1:")
    assert sent.link.startswith("https://acme.slack.com/archives/C1/p")
    assert await transport.find(replace(POST, id="m2")) is None


@pytest.mark.parametrize(
    ("how", "fate"),
    [
        ({"error": "missing_scope"}, Fate.UNCERTAIN),
        ({"error": "token_revoked"}, Fate.UNCERTAIN),
        ({"status": 429}, Fate.AGAIN),
        ({"status": 500}, Fate.AGAIN),
        ({}, Fate.AGAIN),
    ],
)
async def test_who_cannot_look_now_looks_later_and_who_may_not_look_asks(
    transport: SlackTransport, slack: FakeSlack, how: dict[str, Any], fate: Fate
) -> None:
    slack.fail("conversations.history", **how)
    with pytest.raises(SendFailed) as failed:
        await transport.find(POST)
    assert failed.value.fate is fate


async def test_too_much_was_said_since_to_look(transport: SlackTransport, workspace: Workspace) -> None:
    for number in range(250):
        workspace.post("C1", "U1", {"text": f"{number}"})
    with pytest.raises(SendFailed) as failed:
        await transport.find(replace(POST, added_at=NOW))
    assert failed.value.fate is Fate.UNCERTAIN
