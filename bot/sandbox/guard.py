"""The sandbox is never a hole: what comes from elsewhere, or through somebody else's page, is refused.

Its doors take unsigned requests, so a browser on this machine must not be made to knock at them: not by a page
of another site (Origin, Sec-Fetch-Site), not by a name that was pointed here (Host), not by a proxy that opens
them to a network (forwarded headers).
"""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

HTTP = 80
_PEERS = frozenset({"127.0.0.1", "::1"})
_NAMES = ("127.0.0.1", "localhost", "[::1]")
_FORWARDED = ("forwarded", "via", "x-real-ip")
_OWN_SITE = frozenset({"same-origin", "none"})  # `none`: a person typed the address, or used a bookmark


class Guard:
    """It stands before every route. Until it knows the `port` that the process listens on, nobody gets in."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port

    @property
    def _hosts(self) -> frozenset[str]:
        if self.port is None:
            return frozenset()
        ends = ("", ":80") if self.port == HTTP else (f":{self.port}",)
        return frozenset(name + end for name in _NAMES for end in ends)

    @property
    def _origins(self) -> frozenset[str]:
        return frozenset(f"http://{host}" for host in self._hosts)

    @property
    def middleware(self) -> Middleware:
        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            if why := self.why_refused(request):
                return _refusal(HTTPStatus.FORBIDDEN, why)
            return await handler(request)

        return guarded

    @property
    def acts_middleware(self) -> Middleware:
        """For the page's own calls: what changes something must come from the page, as JSON."""

        @web.middleware
        async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.method in ("GET", "HEAD"):
                return await handler(request)
            if request.headers.get("Origin") not in self._origins:
                return _refusal(HTTPStatus.FORBIDDEN, "Only the sandbox's own page may do that.")
            if request.content_type != "application/json":
                return _refusal(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The page speaks JSON.")
            return await handler(request)

        return guarded

    def why_refused(self, request: web.Request) -> str:
        """A sentence, or nothing where the request may come in."""
        headers = request.headers
        if request.remote not in _PEERS:
            return "The sandbox answers this machine only."
        if any(name.lower() in _FORWARDED or name.lower().startswith("x-forwarded-") for name in headers):
            return "The sandbox must not be reached through a proxy: its doors are open to whoever gets here."
        if {host.lower() for host in headers.getall("Host", [""])} - self._hosts:
            return "The sandbox answers to 127.0.0.1 and localhost only, with the port it listens on."
        if set(headers.getall("Origin", [])) - self._origins:
            return "A page of another site asked for this, and the sandbox does not do what others ask."
        if set(headers.getall("Sec-Fetch-Site", [])) - _OWN_SITE:
            return "Another site led here. Type the address of the sandbox yourself to open it."
        return ""


def _refusal(status: HTTPStatus, sentence: str) -> web.Response:
    return web.Response(status=status, text=sentence + "\n")
