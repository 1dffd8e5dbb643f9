"""Who may speak to `/api/messages`: the check of an incoming activity's token.

The rules are botbuilder's (`ChannelValidation` and its government sister); issuers, algorithms, leeway and
the endorsement check come from `botframework.connector.auth`. The walk through them is our own, over PyJWT:
botbuilder's fetches keys synchronously without a time-out, looks for a new key once an hour at best, raises
seven kinds of exception for a bad token, checks no service URL where the activity has none, and accepts
everything when the app id is empty. Wrapping all that is longer than this file and needs a thread a request;
here a check with warm keys takes about 0.1 ms on the loop, most of it the signature. Tokens of the Emulator
and of other bots ("skills") are refused.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any, Protocol

import aiohttp
import jwt
import structlog
from botframework.connector.auth import (
    AuthenticationConstants,
    ChannelValidation,
    EndorsementsValidator,
    GovernmentConstants,
)
from jwt.types import Options
from yarl import URL

OPENID_METADATA_URL: str = AuthenticationConstants.TO_BOT_FROM_CHANNEL_OPENID_METADATA_URL

# Where Teams and the Bot Framework answer: public cloud, US government (GCC, GCC High, DoD), China. Our own
# token will be sent there, so a signed claim alone is not enough.
SERVICE_HOSTS = frozenset(
    {
        "smba.trafficmanager.net",
        "*.botframework.com",
        "smba.infra.gcc.teams.microsoft.com",
        "smba.infra.gov.teams.microsoft.us",
        "smba.infra.dod.teams.microsoft.us",
        "*.botframework.azure.us",
        "*.botframework.azure.cn",
        "frontend.botapi.msg.infra.teams.microsoftonline.cn",
    }
)
LOOPBACK_HOSTS = frozenset({"127.0.0.1", "::1", "localhost"})

_ISSUERS = (
    AuthenticationConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER,
    GovernmentConstants.TO_BOT_FROM_CHANNEL_TOKEN_ISSUER,
    "https://api.botframework.azure.cn",
)
_LEEWAY_S: int = ChannelValidation.TO_BOT_FROM_CHANNEL_TOKEN_VALIDATION_PARAMETERS.clock_tolerance
_MUST_HAVE: Options = {"require": ["exp", "iss", "aud"], "strict_aud": True}

_KEYS_LIVE_S = 24 * 3600
_REFETCH_AFTER_S = 300  # a stranger naming made-up keys costs us one fetch in five minutes
_RETRY_AFTER_S = 5  # while there are no keys at all
_FETCH_TIMEOUT = aiohttp.ClientTimeout(total=5)
# No answer, or an answer that is no set of keys.
_UNFETCHED = (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError, jwt.PyJWTError)

_log = structlog.get_logger(__name__)


class NotAuthorised(Exception):
    """The sender is not Teams, or not speaking to us: 401. The reason is for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeysUnavailable(Exception):
    """Nobody can tell just now who the sender is, for the signing keys could not be fetched: 503."""


class AppType(StrEnum):
    SINGLE_TENANT = "SingleTenant"
    MULTI_TENANT = "MultiTenant"


@dataclass(frozen=True)
class TeamsApp:
    """Our registration. An empty app id would accept and address nobody, so there is none."""

    app_id: str
    password: str = field(repr=False)
    app_type: AppType = AppType.MULTI_TENANT
    app_tenant_id: str = ""

    def __post_init__(self) -> None:
        if not self.app_id:
            raise ValueError("MICROSOFT_APP_ID is empty: nobody could be told from anybody")
        if self.app_type is AppType.SINGLE_TENANT and not self.app_tenant_id:
            raise ValueError("MICROSOFT_APP_TENANT_ID is needed where MICROSOFT_APP_TYPE is SingleTenant")


@dataclass(frozen=True)
class Claims:
    """What is known for certain about an activity that was let in."""

    app_id: str
    service_url: str
    channel_id: str


class Checks(Protocol):
    """Lets an activity in, or raises `NotAuthorised` or `KeysUnavailable`. `peer`: where it came from."""

    async def check(
        self, authorization: str | None, activity: Mapping[str, Any], peer: str | None = None
    ) -> Claims: ...


class Gate:
    def __init__(
        self,
        app: TeamsApp,
        http: aiohttp.ClientSession,
        openid_metadata_url: str = OPENID_METADATA_URL,
        service_hosts: frozenset[str] = SERVICE_HOSTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._service_hosts = service_hosts
        self._keys = SigningKeys(http, openid_metadata_url, clock)

    async def check(self, authorization: str | None, activity: Mapping[str, Any], peer: str | None = None) -> Claims:
        token = _bearer(authorization)
        service_url = check_service_url(activity.get("serviceUrl"), self._service_hosts)
        channel_id = _channel(activity)
        key = await self._keys.get(_key_id(token))
        claimed = _verified(token, key, self._app.app_id)
        if key.endorsements and not EndorsementsValidator.validate(channel_id, key.endorsements):
            raise NotAuthorised(f"the key does not vouch for channel {channel_id!r}")
        if claimed.get(ChannelValidation.SERVICE_URL_CLAIM) != service_url:
            raise NotAuthorised("the activity names another service URL than its token")
        return Claims(self._app.app_id, service_url, channel_id)


class SandboxGate:
    """For the sandbox only: no token, but nothing from or to another machine."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    async def check(self, authorization: str | None, activity: Mapping[str, Any], peer: str | None = None) -> Claims:
        if peer not in LOOPBACK_HOSTS:
            raise NotAuthorised("the sandbox speaks to this machine only")
        service_url = check_service_url(activity.get("serviceUrl"), LOOPBACK_HOSTS)
        return Claims(self._app_id, service_url, _channel(activity))


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotAuthorised("no bearer token")
    return token


def check_service_url(text: object, hosts: frozenset[str]) -> str:
    """Read with yarl, as it is when we send: what was checked is what will be called. Raises `NotAuthorised`."""
    if not isinstance(text, str):
        raise NotAuthorised("no service URL")
    try:
        url = URL(text)
        host = url.host or ""
    except ValueError:
        raise NotAuthorised("the service URL cannot be read") from None
    on_this_machine = host in LOOPBACK_HOSTS  # where it is listed, too: nobody listens on that wire
    if url.scheme != "https" and not (url.scheme == "http" and on_this_machine):
        raise NotAuthorised("the service URL is not https")
    if "@" in url.authority or not any(fnmatchcase(host, known) for known in hosts):
        raise NotAuthorised(f"the service URL's host {host!r} is not known")
    return text


def _channel(activity: Mapping[str, Any]) -> str:
    channel_id = activity.get("channelId")
    if not isinstance(channel_id, str) or not channel_id:
        raise NotAuthorised("no channel")  # botbuilder skips the endorsement check here
    return channel_id


def _key_id(token: str) -> str:
    """Anybody can write a header, so anything can be in it: deep nesting, half characters, no object."""
    try:
        return str(jwt.get_unverified_header(token).get("kid", ""))
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NotAuthorised("the token cannot be read") from error


def _verified(token: str, key: "SigningKey", app_id: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key.public,
            algorithms=AuthenticationConstants.ALLOWED_SIGNING_ALGORITHMS,
            audience=app_id,
            issuer=_ISSUERS,
            leeway=_LEEWAY_S,
            options=_MUST_HAVE,
        )
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise NotAuthorised(str(error) or "the token does not hold") from error


@dataclass(frozen=True)
class SigningKey:
    public: Any
    endorsements: frozenset[str]


class SigningKeys:
    """The channel's public keys, kept for a day; when a fetch fails the old ones stay in use."""

    def __init__(self, http: aiohttp.ClientSession, metadata_url: str, clock: Callable[[], float]) -> None:
        self._http = http
        self._metadata_url = metadata_url
        self._clock = clock
        self._keys: Mapping[str, SigningKey] = {}
        self._fetched_at = self._tried_at = float("-inf")
        self._fetching = asyncio.Lock()

    async def get(self, key_id: str) -> SigningKey:
        if key_id not in self._keys or self._clock() - self._fetched_at > _KEYS_LIVE_S:
            await self._refresh()
        if key := self._keys.get(key_id):
            return key
        if self._fetched_at < self._tried_at:
            raise KeysUnavailable(f"no signing keys from {self._metadata_url}")
        raise NotAuthorised("signed with an unknown key")

    async def _refresh(self) -> None:
        async with self._fetching:
            now = self._clock()
            if now - self._tried_at < (_REFETCH_AFTER_S if self._keys else _RETRY_AFTER_S):
                return
            self._tried_at = now
            try:
                self._keys = await self._fetch()
                self._fetched_at = now
            except _UNFETCHED as error:
                _log.warning("teams_signing_keys_not_fetched", url=self._metadata_url, error=repr(error))

    async def _fetch(self) -> Mapping[str, SigningKey]:
        metadata = await self._get_json(self._metadata_url)
        published = (await self._get_json(metadata["jwks_uri"]))["keys"]
        return {
            jwk["kid"]: SigningKey(jwt.PyJWK(jwk).key, frozenset(jwk.get("endorsements", ())))
            for jwk in published
            if jwk["kty"] == "RSA"
        }

    async def _get_json(self, url: str) -> Any:
        async with self._http.get(url, timeout=_FETCH_TIMEOUT, raise_for_status=True) as response:
            return await response.json(content_type=None)
