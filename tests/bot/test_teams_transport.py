"""Sending to Teams, against the fake connector, which fails in every way that Teams does."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.sandbox.fake_teams import Conversation, FakeTeams, Person, text_of
from bot.teams import connector
from bot.teams.auth import LOOPBACK_HOSTS, SERVICE_HOSTS, TeamsApp
from bot.teams.connector import Connector
from bot.teams.credentials import Tokens
from bot.teams.pace import QUICK_MS, QUICK_ONES, SLOW_MS, Pace
from bot.teams.transport import Site, TeamsTransport
from bot.transport import Fate, SendFailed, Transport
from store.outbox import Due, SendKind, State

PAYLOAD = {
    "text": "Ann thanked Bob",
    "card": {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "**Ann** thanked Bob"}]},
}


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams() as teams:
        yield teams


@pytest.fixture
def tokens(teams: FakeTeams, http: aiohttp.ClientSession) -> Tokens:
    return Tokens(TeamsApp(teams.login.app_id, teams.login.password), http, teams.login_url)


@pytest.fixture
def transport(teams: FakeTeams, http: aiohttp.ClientSession, tokens: Tokens) -> TeamsTransport:
    site = Site(teams.world.tenant_id, teams.world.bot_id, teams.service_url)
    return TeamsTransport(Connector(http, tokens, LOOPBACK_HOSTS), site)


@pytest.fixture
def ann(teams: FakeTeams) -> Person:
    return teams.person("Ann Alba")


@pytest.fixture
def general(teams: FakeTeams, ann: Person) -> Conversation:
    return teams.channel("General", "Engineering", ann)


def due(kind: SendKind, conversation: str = "", account: str = "", **more: Any) -> Due:
    row: dict[str, Any] = {
        "tenant_id": "t",
        "id": "m1",
        "lane": f"w/{conversation or account}",
        "workspace_id": "w",
        "kind": kind,
        "conversation_id": None,
        "conversation_ref": conversation,
        "account_id": None,
        "account_ref": account,
        "service_url": "",
        "subject_kind": "",
        "subject_id": "",
        "reader_id": None,
        "view": "kudos_posted",
        "payload": PAYLOAD,
        "linked": False,
        "state": State.SENDING,
        "ref": "",
        "wanted": 0,
        "shown": 0,
        "attempts": 0,
        "expires_at": None,
        "added_at": datetime(2026, 11, 18, tzinfo=UTC),
    }
    return Due(**(row | more))


def post_to(place: Conversation, **more: Any) -> Due:
    return due(SendKind.POST, place.id, **more)


async def failure(transport: TeamsTransport, message: Due) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await transport.send(message, PAYLOAD)
    return failed.value


def test_it_is_a_transport(transport: TeamsTransport) -> None:
    _: Transport = transport


# --- what is shown ----------------------------------------------------------------------------------------


async def test_a_post_is_one_card_and_can_be_opened(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation
) -> None:
    sent = await transport.send(post_to(general), PAYLOAD)
    [message] = teams.messages(general)
    assert text_of(message) == "**Ann** thanked Bob"
    assert message.activity["summary"] == "Ann thanked Bob"
    assert sent.ref == f"{general.id}|{message.id}"
    link = urlsplit(sent.link)
    assert link.path.endswith(f"/{message.id}")
    assert parse_qs(link.query) == {"tenantId": [teams.world.tenant_id]}


async def test_an_edit_changes_the_post(teams: FakeTeams, transport: TeamsTransport, general: Conversation) -> None:
    sent = await transport.send(post_to(general), PAYLOAD)
    card = PAYLOAD["card"] | {"body": [{"type": "TextBlock", "text": "taken back"}]}  # type: ignore[operator]
    again = await transport.edit(post_to(general, ref=sent.ref, state=State.SENT), PAYLOAD | {"card": card})
    [message] = teams.messages(general)
    assert (text_of(message), message.edits) == ("taken back", 1)
    assert again == sent


async def test_a_direct_message_opens_the_chat(teams: FakeTeams, transport: TeamsTransport, ann: Person) -> None:
    teams.group_chat("Lunch", ann)
    sent = await transport.send(due(SendKind.DIRECT, account=ann.aad_id), PAYLOAD)
    [message] = teams.personal(ann)
    assert sent.chat_ref == message.conversation_id
    assert sent.link == ""
    again = await transport.send(due(SendKind.DIRECT, sent.chat_ref, ann.aad_id), PAYLOAD)
    assert (len(teams.personal(ann)), again.chat_ref) == (2, "")
    assert len(teams.calls("create")) == 1


async def test_a_whisper_is_seen_by_one_where_they_are(
    teams: FakeTeams, transport: TeamsTransport, ann: Person, general: Conversation
) -> None:
    sent = await transport.send(due(SendKind.WHISPER, general.id, ann.id), PAYLOAD)
    assert (len(teams.targeted(ann, general)), teams.messages(general)) == (1, [])
    await transport.edit(due(SendKind.WHISPER, general.id, ann.id, ref=sent.ref), PAYLOAD)
    assert teams.targeted(ann, general)[0].edits == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405])
async def test_a_whisper_that_cannot_be_targeted_goes_to_the_chat(
    teams: FakeTeams, transport: TeamsTransport, ann: Person, general: Conversation, status: int
) -> None:
    teams.fail("send", status=status, conversation=general.id)
    sent = await transport.send(due(SendKind.WHISPER, general.id, ann.id), PAYLOAD)
    [message] = teams.personal(ann)
    assert sent.chat_ref == message.conversation_id
    await transport.edit(due(SendKind.WHISPER, general.id, ann.id, ref=sent.ref), PAYLOAD)
    assert teams.personal(ann)[0].edits == 1


async def test_a_link_to_a_chat_says_so(teams: FakeTeams, transport: TeamsTransport, ann: Person) -> None:
    sent = await transport.send(post_to(teams.group_chat("Lunch", ann)), PAYLOAD)
    assert parse_qs(urlsplit(sent.link).query)["context"] == ['{"contextType":"chat"}']


async def test_one_token_serves_all_sends(teams: FakeTeams, transport: TeamsTransport, general: Conversation) -> None:
    for _ in range(3):
        await transport.send(post_to(general), PAYLOAD)
    assert len(teams.calls("token")) == 1


# --- failures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [412, 429, 500, 502, 503])
async def test_what_passes_is_tried_again(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation, status: int
) -> None:
    teams.fail("send", status=status, retry_after=7)
    failed = await failure(transport, post_to(general))
    assert (failed.fate, failed.after_s, failed.everywhere) == (Fate.AGAIN, 7, False)


async def test_a_gateway_that_gave_up_waiting_may_have_shown_it(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation
) -> None:
    teams.fail("send", status=504)
    assert (await failure(transport, post_to(general))).fate is Fate.UNCERTAIN


async def test_a_refused_token_is_replaced(teams: FakeTeams, transport: TeamsTransport, general: Conversation) -> None:
    await transport.send(post_to(general), PAYLOAD)
    teams.login.revoke()
    assert (await failure(transport, post_to(general))).fate is Fate.AGAIN
    await transport.send(post_to(general), PAYLOAD)
    assert len(teams.calls("token")) == 2


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "MessageWritesBlocked"), (403, "BotNotInConversationRoster"), (404, "ConversationNotFound")],
)
async def test_a_conversation_that_is_closed_to_us_is_dead(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation, status: int, code: str
) -> None:
    teams.fail("send", status=status, code=code)
    failed = await failure(transport, post_to(general))
    assert (failed.fate, failed.closed) == (Fate.DEAD, "not_in_channel")
    assert code in failed.what


@pytest.mark.parametrize("status", [400, 413])
async def test_a_message_that_teams_will_not_take_is_dead(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation, status: int
) -> None:
    teams.fail("send", status=status)
    failed = await failure(transport, post_to(general))
    assert (failed.fate, failed.closed) == (Fate.DEAD, "")


async def test_an_edit_of_a_deleted_post_closes_nothing(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation
) -> None:
    with pytest.raises(SendFailed) as failed:
        await transport.edit(post_to(general, ref=f"{general.id}|17"), PAYLOAD)
    assert (failed.value.fate, failed.value.closed) == (Fate.DEAD, "")
    with pytest.raises(SendFailed, match="no id"):
        await transport.edit(post_to(general, ref=f"{general.id}|"), PAYLOAD)


async def test_a_lost_answer_is_uncertain(teams: FakeTeams, transport: TeamsTransport, general: Conversation) -> None:
    teams.fail("send", after_effect=True)
    assert (await failure(transport, post_to(general))).fate is Fate.UNCERTAIN
    assert len(teams.messages(general)) == 1


async def test_a_late_answer_is_uncertain(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "TIMEOUT", aiohttp.ClientTimeout(total=0.1))
    teams.fail("send", hang_s=0.5)
    assert (await failure(transport, post_to(general))).fate is Fate.UNCERTAIN


async def test_a_chat_that_may_be_open_shows_nothing_yet(
    teams: FakeTeams, transport: TeamsTransport, ann: Person, general: Conversation
) -> None:
    teams.fail("create", after_effect=True)
    assert (await failure(transport, due(SendKind.DIRECT, account=ann.id))).fate is Fate.AGAIN


async def test_somebody_who_cannot_be_written_to_is_dead(teams: FakeTeams, transport: TeamsTransport) -> None:
    stranger = teams.person("Sam Stone")
    assert (await failure(transport, due(SendKind.DIRECT, account=stranger.id))).fate is Fate.DEAD


async def test_no_connection_is_tried_again(transport: TeamsTransport, unused_tcp_port: int) -> None:
    nowhere = f"http://127.0.0.1:{unused_tcp_port}/teams/"
    failed = await failure(transport, due(SendKind.POST, "19:x@thread.tacv2", service_url=nowhere))
    assert failed.fate is Fate.AGAIN


async def test_a_wrong_secret_lets_everything_wait(teams: FakeTeams, http: aiohttp.ClientSession) -> None:
    tokens = Tokens(TeamsApp(teams.login.app_id, "wrong"), http, teams.login_url)
    site = Site(teams.world.tenant_id, teams.world.bot_id, teams.service_url)
    failed = await failure(
        TeamsTransport(Connector(http, tokens, LOOPBACK_HOSTS), site), due(SendKind.POST, "19:x@thread.tacv2")
    )
    assert (failed.fate, failed.everywhere, failed.after_s) == (Fate.AGAIN, True, 300)
    assert "wrong" not in failed.what


@pytest.mark.parametrize(
    "service_url",
    ["https://evil.example/", "http://smba.trafficmanager.net/emea/", "https://smba.trafficmanager.net@evil.example/"],
)
async def test_our_token_goes_to_known_hosts_only(
    teams: FakeTeams, http: aiohttp.ClientSession, tokens: Tokens, service_url: str
) -> None:
    site = Site("t", "28:b", service_url)
    transport = TeamsTransport(Connector(http, tokens, SERVICE_HOSTS), site)
    assert (await failure(transport, due(SendKind.POST, "19:x@thread.tacv2"))).fate is Fate.DEAD
    assert teams.calls("token") == []


async def test_no_failure_tells_what_was_written(
    teams: FakeTeams, transport: TeamsTransport, general: Conversation
) -> None:
    for status in (400, 403, 429, 500):
        teams.fail("send", status=status)
        assert "Ann" not in (await failure(transport, post_to(general))).what


async def test_nobody_can_search_in_teams(transport: TeamsTransport, general: Conversation) -> None:
    with pytest.raises(SendFailed) as failed:
        await transport.find(post_to(general))
    assert failed.value.fate is Fate.UNCERTAIN


# --- pace -------------------------------------------------------------------------------------------------


def test_a_conversation_obeys_every_window_of_teams() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    times = []
    while now < 2 * 3600:
        times.append(now)
        now += pace.rest_ms("c") / 1000
    for most, window_s in ((7, 1), (8, 2), (60, 30), (1800, 3600)):
        assert max(_within(times, window_s)) <= most


def test_a_quiet_conversation_is_quick_again() -> None:
    now = 0.0
    pace = Pace(lambda: now)
    rests = [pace.rest_ms("c") for _ in range(QUICK_ONES + 1)]
    assert (rests[0], rests[-1]) == (QUICK_MS, SLOW_MS)
    assert pace.rest_ms("another") == QUICK_MS
    now = 3 * SLOW_MS / 1000
    assert pace.rest_ms("c") == QUICK_MS


def _within(times: list[float], window_s: int) -> list[int]:
    counts, start = [], 0
    for end, at in enumerate(times):
        while times[start] <= at - window_s:
            start += 1
        counts.append(end - start + 1)
    return counts
