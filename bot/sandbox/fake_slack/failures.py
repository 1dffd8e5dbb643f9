"""Slack on a bad day: answers that are late, refused, lost, or lost after the effect."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web


@dataclass
class Failure:
    """Without `status` and `error` the connection closes unanswered; status 200 is the true answer, late."""

    method: str
    times: int
    status: int | None
    error: str | None
    retry_after: int | None
    after_effect: bool
    hang_s: float
    channel: str | None

    def meets(self, method: str, channel: str | None) -> bool:
        return self.times > 0 and self.method in (method, "*") and self.channel in (None, channel)

    async def spoil(
        self, request: web.Request, act: Callable[[], web.Response], recovered: asyncio.Event
    ) -> web.Response:
        done = act() if self.after_effect else None
        with suppress(TimeoutError):
            await asyncio.wait_for(recovered.wait(), self.hang_s)
        if self.error:
            return web.json_response(
                {"ok": False, "error": self.error}, status=self.status or 200, headers=self._wait()
            )
        if self.status is None:
            return _hang_up(request)
        if self.status == HTTPStatus.OK:
            return done or act()
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            answer = {"ok": False, "error": "ratelimited"}
            return web.json_response(answer, status=self.status, headers=self._wait())
        return web.Response(status=self.status, text="<h1>Server Error</h1>", content_type="text/html")

    def _wait(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.close()
    return web.Response()
