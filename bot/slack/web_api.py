"""Calls of Slack's Web API over one shared session, with the ways in which a call fails told apart.

Not slack_sdk's client: measured, a call costs 190 µs of CPU this way and 270 there, and there a given session
takes no time-out, and a refused connection looks like a lost answer. Nothing is tried again here: the relay and
Slack's own retries do that, and two layers of it post twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any, TypeAlias

import orjson
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
)

Json: TypeAlias = dict[str, Any]

API_URL = "https://slack.com/api/"
CONNECT_S = 3.0
PAGE = 200  # what Slack recommends for its lists
MOST_WAITS = 20  # for one page of a list
_NOTHING: Mapping[str, str] = {}


class SlackTrouble(Exception):
    """A call that brought nothing. `what` is one line for an operator, without tokens and texts."""

    def __init__(self, method: str, what: str) -> None:
        super().__init__(f"{method}: {what}")
        self.method = method
        self.what = what


class Declined(SlackTrouble):
    """Slack understood and said no; `what` is its code."""


class Unavailable(SlackTrouble):
    """Slack did not do it, and may do it later."""


class RateLimited(Unavailable):
    def __init__(self, method: str, after_s: float | None) -> None:
        super().__init__(method, "ratelimited")
        self.after_s = after_s


class Lost(SlackTrouble):
    """No answer, or none that can be read: Slack may have done it."""


class SlackApi:
    """`url` ends in a slash. `sleep` is how lists wait when Slack asks for it."""

    def __init__(
        self,
        http: ClientSession,
        url: str = API_URL,
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.http = http
        self.url = url
        self._sleep = sleep

    async def ask(
        self, method: str, token: str, arguments: Mapping[str, str] = _NOTHING, *, timeout_s: float = 10.0
    ) -> Json:
        """A method that reads. These take a form and no JSON."""
        return await self._call(method, token, timeout_s, data=arguments)

    async def do(self, method: str, token: str, body: Mapping[str, Any], *, timeout_s: float = 10.0) -> Json:
        """A method that changes something."""
        return await self._call(method, token, timeout_s, data=orjson.dumps(body), headers=_JSON)

    async def pages(
        self, method: str, token: str, part: str, arguments: Mapping[str, str]
    ) -> AsyncIterator[list[Json]]:
        """`part` of a list, page by page, as slowly as Slack wants it."""
        cursor = ""
        while True:
            page = await self._patiently(method, token, {**arguments, "cursor": cursor, "limit": str(PAGE)})
            yield page.get(part) or []
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return

    async def respond(self, response_url: str, body: Mapping[str, Any]) -> None:
        """An answer to an interaction; Slack takes five within thirty minutes."""
        name = "response_url"
        try:
            async with self.http.post(response_url, json=body, timeout=_within(10.0)) as answer:
                if answer.status >= 400:
                    raise Declined(name, f"HTTP {answer.status}")
        except (ClientError, TimeoutError) as error:
            raise Lost(name, type(error).__name__) from error

    async def _patiently(self, method: str, token: str, arguments: Mapping[str, str]) -> Json:
        for _ in range(MOST_WAITS):
            try:
                return await self.ask(method, token, arguments)
            except RateLimited as limited:
                await self._sleep(limited.after_s or 30.0)
        raise RateLimited(method, None)

    async def _call(
        self, method: str, token: str, timeout_s: float, *, data: Any, headers: Mapping[str, str] | None = None
    ) -> Json:
        head = {"Authorization": f"Bearer {token}", **(headers or {})}
        try:
            async with self.http.post(self.url + method, data=data, headers=head, timeout=_within(timeout_s)) as answer:
                return await _read(method, answer)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise Unavailable(method, f"no connection ({type(error).__name__})") from error
        except (ClientError, TimeoutError, ValueError) as error:
            raise Lost(method, f"no answer ({type(error).__name__})") from error


_JSON = {"Content-Type": "application/json; charset=utf-8"}


async def _read(method: str, answer: ClientResponse) -> Json:
    if answer.status == 429:
        raise RateLimited(method, _seconds(answer.headers.get("Retry-After", "")))
    if answer.status == 504:  # a gateway gave up waiting: what it waited for may be done
        raise Lost(method, "HTTP 504")
    if answer.status >= 500:
        raise Unavailable(method, f"HTTP {answer.status}")
    body = orjson.loads(await answer.read())
    if not isinstance(body, dict) or "ok" not in body:
        raise Lost(method, f"HTTP {answer.status} without an answer")
    if not body["ok"]:
        raise Declined(method, str(body.get("error") or "unknown_error"))
    return body


def _seconds(header: str) -> float | None:
    return float(header) if header.isascii() and header.isdigit() else None


def _within(seconds: float) -> ClientTimeout:
    return ClientTimeout(total=seconds, connect=min(CONNECT_S, seconds))
