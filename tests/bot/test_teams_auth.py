"""Who is let in at `/api/messages`, and how we get our own tokens. Real keys, real servers on loopback."""

import asyncio
import base64
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import jwt
import pytest

from bot.sandbox.fake_teams import FakeTeams
from bot.teams.auth import (
    SERVICE_HOSTS,
    AppType,
    Gate,
    KeysUnavailable,
    NotAuthorised,
    SandboxGate,
    TeamsApp,
)
from bot.teams.credentials import Tokens, TokenUnavailable

APP = TeamsApp("app-1", "secret-1")
SERVICE_URL = "https://smba.trafficmanager.net/emea/"
ACTIVITY = {"type": "message", "channelId": "msteams", "serviceUrl": SERVICE_URL}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(app_id=APP.app_id, password=APP.password) as teams:
        yield teams


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate(teams: FakeTeams, http: aiohttp.ClientSession, clock: Clock) -> Gate:
    return Gate(APP, http, teams.openid_metadata_url, clock=clock)


def bearer(token: str) -> str:
    return f"Bearer {token}"


async def test_lets_teams_in(teams: FakeTeams, gate: Gate) -> None:
    claims = await gate.check(bearer(teams.login.channel_token(SERVICE_URL)), ACTIVITY)
    assert (claims.app_id, claims.service_url, claims.channel_id) == ("app-1", SERVICE_URL, "msteams")


async def test_accepts_a_clock_five_minutes_apart(teams: FakeTeams, gate: Gate) -> None:
    late = teams.login.channel_token(SERVICE_URL, exp=int(time.time()) - 200)
    await gate.check(bearer(late), ACTIVITY)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"exp": int(time.time()) - 3600}, "expired"),
        ({"exp": None}, "exp"),
        ({"exp": "soon"}, "exp"),
        ({"nbf": int(time.time()) + 3600}, "not yet valid"),
        ({"iss": "https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/"}, "issuer"),
        ({"iss": None}, "iss"),
        ({"aud": "another-app"}, "audience"),
        ({"aud": ["app-1", "another-app"]}, "claim format"),
        ({"aud": None}, "aud"),
        ({"serviceurl": "https://smba.trafficmanager.net/amer/"}, "service URL"),
        ({"serviceurl": None}, "service URL"),
    ],
)
async def test_refuses_wrong_claims(teams: FakeTeams, gate: Gate, changes: dict[str, Any], reason: str) -> None:
    token = teams.login.channel_token(SERVICE_URL, **changes)
    with pytest.raises(NotAuthorised, match=f"(?i){reason}"):
        await gate.check(bearer(token), ACTIVITY)


def made_up(head: str, body: str = "{}") -> str:
    parts = (base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (head, body, "sig"))
    return "Bearer " + ".".join(parts)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer garbage",
        "Bearer a.b.c",
        "Bearer \udcff.b.c",
        made_up("[]"),
        made_up("{"),
        made_up("[" * 6000),
        made_up('{"kid": 7, "alg": "RS256"}'),
        made_up('{"kid": {}, "alg": []}'),
        made_up('{"kid": "key-1"}'),
        made_up('{"kid": "key-1", "alg": "RS256"}'),
        made_up('{"kid": "key-1", "alg": "RS256"}', "[" * 6000),
    ],
)
async def test_refuses_what_is_no_token(gate: Gate, authorization: str | None) -> None:
    with pytest.raises(NotAuthorised):
        await gate.check(authorization, ACTIVITY)


async def test_refuses_a_wrong_signature(teams: FakeTeams, gate: Gate) -> None:
    head, body, signature = teams.login.channel_token(SERVICE_URL).split(".")
    forged = jwt.encode({"aud": "app-1"}, "0" * 32, algorithm="HS256").split(".")[1]
    for token in (f"{head}.{forged}.{signature}", f"{head}.{body}.{signature[::-1]}", f"{head}.{body}."):
        with pytest.raises(NotAuthorised):
            await gate.check(bearer(token), ACTIVITY)


@pytest.mark.parametrize(("algorithm", "key"), [("none", ""), ("HS256", "0" * 32)])
async def test_refuses_other_algorithms(teams: FakeTeams, gate: Gate, algorithm: str, key: str) -> None:
    claims = jwt.decode(teams.login.channel_token(SERVICE_URL), options={"verify_signature": False})
    token = jwt.encode(claims, key, algorithm=algorithm, headers={"kid": "key-1"})
    with pytest.raises(NotAuthorised):
        await gate.check(bearer(token), ACTIVITY)


async def test_refuses_a_channel_the_key_does_not_vouch_for(teams: FakeTeams, gate: Gate) -> None:
    token = teams.login.channel_token(SERVICE_URL)
    for channel in ("directline", "", None):
        with pytest.raises(NotAuthorised, match="channel"):
            await gate.check(bearer(token), ACTIVITY | {"channelId": channel})


@pytest.mark.parametrize(
    "service_url",
    [
        None,
        "",
        7,
        "http://smba.trafficmanager.net/emea/",
        "https://evil.example/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example\\@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@evil.example/",
        "https://me:you@smba.trafficmanager.net/",
        "https://xbotframework.com/",
        "https://[::1",
        "//smba.trafficmanager.net/",
        "http://127.0.0.1:9/",
    ],
)
async def test_sends_nothing_to_unknown_service_urls(teams: FakeTeams, gate: Gate, service_url: str | None) -> None:
    token = teams.login.channel_token(str(service_url))
    with pytest.raises(NotAuthorised, match="service URL"):
        await gate.check(bearer(token), ACTIVITY | {"serviceUrl": service_url})
    assert not teams.calls("keys")


async def test_a_listed_host_is_known(teams: FakeTeams, http: aiohttp.ClientSession) -> None:
    hosts = SERVICE_HOSTS | {"127.0.0.1", "teams.corp.example"}
    gate = Gate(APP, http, teams.openid_metadata_url, hosts)
    for url in (teams.service_url, "https://teams.corp.example/", "https://europe.botframework.com/x"):
        await gate.check(bearer(teams.login.channel_token(url)), ACTIVITY | {"serviceUrl": url})


async def test_new_keys_are_fetched_once_in_five_minutes(teams: FakeTeams, gate: Gate, clock: Clock) -> None:
    await gate.check(bearer(teams.login.channel_token(SERVICE_URL)), ACTIVITY)
    teams.login.rotate("key-2")
    rotated = bearer(teams.login.channel_token(SERVICE_URL))
    for _ in range(3):
        with pytest.raises(NotAuthorised, match="unknown key"):
            await gate.check(rotated, ACTIVITY)
    assert len(teams.calls("keys")) == 1

    clock.now += 301
    await asyncio.gather(*(gate.check(rotated, ACTIVITY) for _ in range(5)))
    assert len(teams.calls("keys")) == 2


async def test_keys_are_fetched_anew_after_a_day_and_the_old_ones_help_out(
    teams: FakeTeams, gate: Gate, clock: Clock
) -> None:
    token = bearer(teams.login.channel_token(SERVICE_URL))
    await gate.check(token, ACTIVITY)
    clock.now += 24 * 3600 + 1
    teams.fail("keys", status=503)
    await gate.check(token, ACTIVITY)
    assert len(teams.calls("keys")) == 2


async def test_no_keys_is_not_a_refusal(teams: FakeTeams, gate: Gate, clock: Clock) -> None:
    token = bearer(teams.login.channel_token(SERVICE_URL))
    teams.fail("openid", status=500)
    for _ in range(2):
        with pytest.raises(KeysUnavailable):
            await gate.check(token, ACTIVITY)
    assert len(teams.calls("openid")) == 1
    clock.now += 6
    teams.fail("keys", times=2)  # aiohttp asks again by itself when a kept connection was cut
    with pytest.raises(KeysUnavailable):
        await gate.check(token, ACTIVITY)
    clock.now += 6
    await gate.check(token, ACTIVITY)


def test_an_app_without_id_or_tenant_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="MICROSOFT_APP_ID"):
        TeamsApp("", "secret")
    with pytest.raises(ValueError, match="MICROSOFT_APP_TENANT_ID"):
        TeamsApp("app-1", "secret", AppType.SINGLE_TENANT)
    assert "secret-1" not in repr(APP)


async def test_the_sandbox_takes_unsigned_activities_from_this_machine_only() -> None:
    gate = SandboxGate("app-1")
    local = ACTIVITY | {"serviceUrl": "http://127.0.0.1:56150/teams"}
    assert (await gate.check(None, local, "127.0.0.1")).service_url == local["serviceUrl"]
    for activity, peer in ((local, None), (local, "10.0.0.7"), (ACTIVITY, "127.0.0.1")):
        with pytest.raises(NotAuthorised):
            await gate.check(None, activity, peer)


@pytest.fixture
def tokens(teams: FakeTeams, http: aiohttp.ClientSession, clock: Clock) -> Tokens:
    return Tokens(APP, http, teams.login_url, clock)


async def test_many_senders_ask_for_one_token(teams: FakeTeams, tokens: Tokens) -> None:
    got = await asyncio.gather(*(tokens.token() for _ in range(20)))
    assert len(set(got)) == len(teams.calls("token")) == 1
    assert teams.login.accepts(bearer(got[0]))


async def test_a_token_is_renewed_five_minutes_early(teams: FakeTeams, tokens: Tokens, clock: Clock) -> None:
    first = await tokens.token()
    clock.now += teams.login.token_life_s - 301
    assert await tokens.token() == first
    clock.now += 2
    assert await tokens.token() != first


async def test_a_refused_token_is_forgotten_once(teams: FakeTeams, tokens: Tokens) -> None:
    refused = await tokens.token()
    tokens.forget(refused)
    newer = await tokens.token()
    tokens.forget(refused)
    assert await tokens.token() == newer != refused
    tokens.forget()
    assert await tokens.token() not in (newer, refused)


async def test_a_single_tenant_app_asks_its_own_tenant(teams: FakeTeams, http: aiohttp.ClientSession) -> None:
    teams.login.tenant = "tenant-1"
    app = TeamsApp("app-1", "secret-1", AppType.SINGLE_TENANT, "tenant-1")
    assert await Tokens(app, http, teams.login_url).token()
    with pytest.raises(TokenUnavailable, match="AADSTS90002") as wrong:
        await Tokens(APP, http, teams.login_url).token()
    assert wrong.value.permanent


async def test_a_wrong_secret_stays_wrong(teams: FakeTeams, http: aiohttp.ClientSession) -> None:
    with pytest.raises(TokenUnavailable, match="invalid_client: AADSTS7000215") as wrong:
        await Tokens(TeamsApp("app-1", "old"), http, teams.login_url).token()
    assert wrong.value.permanent


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429, "retry_after": 3}, {}])
async def test_a_troubled_login_passes(teams: FakeTeams, tokens: Tokens, fault: dict[str, Any]) -> None:
    teams.fail("token", **fault)
    with pytest.raises(TokenUnavailable) as trouble:
        await tokens.token()
    assert not trouble.value.permanent
    assert await tokens.token()
