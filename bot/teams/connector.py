"""Calls to the Bot Connector: plain dictionaries over the shared session, with our token, to known hosts only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote

import aiohttp

from bot.teams.auth import SERVICE_HOSTS, NotAuthorised, check_service_url
from bot.teams.credentials import TokenUnavailable

TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
"""Well under the lease of a lane."""

Json = dict[str, Any]


class GivesTokens(Protocol):
    async def token(self) -> str: ...

    def forget(self, refused: str | None = None) -> None: ...


class ConnectorFailed(Exception):
    """Any way in which a call fails. `what` holds no text of a message and no token."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Refused(ConnectorFailed):
    """The connector said no. `code` is its own word for why."""

    def __init__(self, status: int, code: str, after_s: float | None) -> None:
        super().__init__(f"Teams answered {status} {code}".strip())
        self.status = status
        self.code = code
        self.after_s = after_s


class NotConnected(ConnectorFailed):
    """Nothing was sent."""


class NoAnswer(ConnectorFailed):
    """It was sent, and nobody knows what became of it."""


class NoToken(ConnectorFailed):
    """We have no token to send. `permanent`: until somebody corrects the registration or a setting."""

    def __init__(self, what: str, *, permanent: bool) -> None:
        super().__init__(what)
        self.permanent = permanent


class UnknownHost(ConnectorFailed):
    """Our token is not sent there."""


class Connector:
    """`tokens` is None in the sandbox, where nobody asks for one."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        tokens: GivesTokens | None,
        service_hosts: frozenset[str] = SERVICE_HOSTS,
    ) -> None:
        self._http = http
        self._tokens = tokens
        self._service_hosts = service_hosts

    async def call(
        self,
        method: str,
        service_url: str,
        *path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Json:
        """What came back; an empty object where that is no JSON. Raises `ConnectorFailed`."""
        url = self._url(service_url, path)
        token = await self._token()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        try:
            async with self._http.request(
                method, url, json=body, params=query, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                answer = await _answer(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotConnected(f"no connection to Teams: {type(error).__name__}") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(f"no answer from Teams: {type(error).__name__}") from error
        if response.status == 401 and self._tokens:
            self._tokens.forget(token)
        if not 200 <= response.status < 300:
            raise Refused(response.status, _code(answer), _after_s(response))
        return answer

    def _url(self, service_url: str, path: tuple[str, ...]) -> str:
        """The address was checked when it came in, but it came out of the database now."""
        try:
            check_service_url(service_url, self._service_hosts)
        except NotAuthorised as error:
            raise UnknownHost(error.reason) from error
        return "/".join([service_url.rstrip("/"), "v3", *(quote(part, safe="") for part in path)])

    async def _token(self) -> str:
        if self._tokens is None:
            return ""
        try:
            return await self._tokens.token()
        except TokenUnavailable as error:
            raise NoToken(str(error), permanent=error.permanent) from error


async def _answer(response: aiohttp.ClientResponse) -> Json:
    try:
        answer = await response.json(content_type=None)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _code(answer: Json) -> str:
    error = answer.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    return code[:60] if isinstance(code, str) else ""


def _after_s(response: aiohttp.ClientResponse) -> float | None:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdigit() else None
