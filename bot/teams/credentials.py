"""Our own access tokens for the Bot Connector, by client credentials.

Over the shared aiohttp session and not through msal, which botbuilder makes anew on every turn: one POST
needs no thread, has a time-out, goes to whatever login address is configured (msal asks Microsoft about an
unknown one first and refuses plain http), and tells the errors that pass from those that stay.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp
from botframework.connector.auth import AuthenticationConstants

from bot.teams.auth import AppType, TeamsApp

LOGIN_URL = "https://login.microsoftonline.com"
CONNECTOR_SCOPE = f"{AuthenticationConstants.TO_CHANNEL_FROM_BOT_OAUTH_SCOPE}/.default"

_RENEW_BEFORE_S = 300
_TIMEOUT = aiohttp.ClientTimeout(total=10)
# RFC 6749, 5.2: somebody has to change the registration or a setting before these go away.
_PERMANENT = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)


class TokenUnavailable(Exception):
    """No access token; `permanent` when asking again is of no use before an administrator acts."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class Tokens:
    def __init__(
        self,
        app: TeamsApp,
        http: aiohttp.ClientSession,
        login_url: str = LOGIN_URL,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app = app
        self._http = http
        self._url = f"{login_url.rstrip('/')}/{_tenant(app)}/oauth2/v2.0/token"
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._asking = asyncio.Lock()

    async def token(self, scope: str = CONNECTOR_SCOPE) -> str:
        """A token that is good for five more minutes; many callers at once cause one request."""
        if kept := self._find(scope):
            return kept.token
        async with self._asking:
            kept = self._find(scope) or await self._ask(scope)
            self._kept[scope] = kept
            return kept.token

    def forget(self, refused: str | None = None) -> None:
        """Ask anew next time. Naming the refused token spares a newer one that another caller has got."""
        self._kept = {s: k for s, k in self._kept.items() if refused is not None and k.token != refused}

    def _find(self, scope: str) -> "_Kept | None":
        kept = self._kept.get(scope)
        return kept if kept and self._clock() < kept.renew_at else None

    async def _ask(self, scope: str) -> "_Kept":
        asked_at = self._clock()
        form = {
            "grant_type": "client_credentials",
            "client_id": self._app.app_id,
            "client_secret": self._app.password,
            "scope": scope,
        }
        try:
            async with self._http.post(self._url, data=form, timeout=_TIMEOUT) as response:
                status, answer = response.status, await response.json(content_type=None)
            if status == 200:
                renew_at = asked_at + float(answer["expires_in"]) - _RENEW_BEFORE_S
                return _Kept(str(answer["access_token"]), renew_at)
        except (aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError) as error:
            raise TokenUnavailable(f"no answer from {self._url}: {error!r}", permanent=False) from error
        raise _refusal(status, answer)


@dataclass(frozen=True)
class _Kept:
    token: str
    renew_at: float


def _tenant(app: TeamsApp) -> str:
    if app.app_type is AppType.SINGLE_TENANT:
        return app.app_tenant_id
    return str(AuthenticationConstants.DEFAULT_CHANNEL_AUTH_TENANT)


def _refusal(status: int, answer: Any) -> TokenUnavailable:
    told = answer if isinstance(answer, Mapping) else {}
    error = str(told.get("error", "no reason"))
    first_line = str(told.get("error_description", "")).partition("\n")[0].strip()
    return TokenUnavailable(f"{status} {error}: {first_line}", permanent=error in _PERMANENT)
