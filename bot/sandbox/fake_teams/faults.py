"""The power to fail like Teams, and the record of what was called. One middleware for every route."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.sandbox.fake_teams.world import Json

_REMEMBERED = 10_000

# learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability, "Status code responses"
_TOLD = {
    400: ("BadSyntax", "Bad format of the request"),
    401: ("BotNotRegistered", "No registration found for this bot."),
    403: ("BotNotInConversationRoster", "The bot is not part of the conversation roster."),
    404: ("ConversationNotFound", "Conversation not found."),
    412: ("PreconditionFailed", "Precondition failed, please try again."),
    413: ("MessageSizeTooBig", "Message size too large."),
    429: ("Throttled", "Too many requests."),
    500: ("ServiceError", "Internal server error."),
    502: ("ServiceError", "Bad gateway."),
    503: ("ServiceUnavailable", "Service unavailable."),
    504: ("GatewayTimeout", "Gateway timeout."),
}


class Refused(Exception):
    """The connector's no, in its own shape."""

    def __init__(self, status: int, code: str = "", message: str = "", retry_after: int | None = None) -> None:
        usual_code, usual_message = _TOLD.get(status, ("ServiceError", "Unknown error."))
        super().__init__(code or usual_code)
        self.status = status
        self.body = {"error": {"code": code or usual_code, "message": message or usual_message}}
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    def response(self) -> web.Response:
        return web.json_response(self.body, status=self.status, headers=self.headers)


@dataclass(frozen=True)
class Call:
    """`body` is the JSON that came, or the form."""

    operation: str
    conversation: str | None
    body: Any
    query: Mapping[str, str]


@dataclass
class _Fault:
    operation: str
    times: int
    status: int | None
    code: str
    retry_after: int | None
    after_effect: bool
    hang_s: float
    conversation: str | None

    def meets(self, call: Call) -> bool:
        here = self.conversation is None or (call.conversation or "").startswith(self.conversation)
        return self.times > 0 and self.operation == call.operation and here


class Faults:
    def __init__(self) -> None:
        self.calls: deque[Call] = deque(maxlen=_REMEMBERED)  # a sandbox may run for days
        self._faults: list[_Fault] = []

    def fail(
        self,
        operation: str,
        *,
        times: int = 1,
        status: int | None = None,
        code: str = "",
        retry_after: int | None = None,
        after_effect: bool = False,
        hang_s: float = 0,
        conversation: str | None = None,
    ) -> None:
        """The next `times` calls of the operation fail.

        With a status: that answer, before or after the effect. With `hang_s` alone: slow, then right. With
        neither: the connection is cut; after the effect, that is "accepted without an answer".
        """
        self._faults.append(_Fault(operation, times, status, code, retry_after, after_effect, hang_s, conversation))

    @web.middleware
    async def middleware(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        call = Call(_operation(request), request.match_info.get("conversation"), await _body(request), request.query)
        self.calls.append(call)
        fault = next((fault for fault in self._faults if fault.meets(call)), None)
        if fault is None:
            return await _answer(request, handler)
        fault.times -= 1
        only_slow = fault.hang_s and not fault.status and not fault.after_effect
        answer = await _answer(request, handler) if fault.after_effect else None
        await asyncio.sleep(fault.hang_s)
        if only_slow:
            return await _answer(request, handler)
        if fault.status:
            return Refused(fault.status, fault.code, retry_after=fault.retry_after).response()
        if request.transport:
            request.transport.abort()
        return answer or web.Response()


async def _answer(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except Refused as refused:
        return refused.response()


def _operation(request: web.Request) -> str:
    return request.match_info.route.name or "unknown"


async def _body(request: web.Request) -> Json | None:
    if not request.can_read_body:
        return None
    if request.content_type != "application/json":
        return dict(await request.post())
    try:
        body: Json = await request.json()
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from error
    return body
