"""The page at /sandbox and what it asks for: what somebody sees, acts, the clock, and the gallery of cards."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.acts import Act, CannotDo, act_on_slack, act_on_teams
from bot.sandbox.fake_slack import SlackClient, SlackError
from bot.sandbox.gallery import gallery
from bot.sandbox.guard import Guard
from bot.sandbox.timeline import Jump, Timeline
from bot.sandbox.view import cast, slack_view, teams_view
from bot.sandbox.worlds import Worlds

PATIENCE_S = 20.0
"""How long a page waits for news before it asks again."""
_LOOK_S = 0.2
"""The fake Teams only counts its changes; it is looked at this often."""
_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Page:
    """`client` finds Slack's clients, once the address of our own doors is known. `behind` reads the books."""

    def __init__(
        self,
        worlds: Worlds,
        timeline: Timeline,
        client: Callable[[], SlackClient],
        on_clock: Callable[[], None],
        behind: Callable[[datetime], list[dict[str, Any]]],
    ) -> None:
        self._worlds = worlds
        self._timeline = timeline
        self._client = client
        self._on_clock = on_clock
        self._behind = behind
        self._run = secrets.token_hex(4)
        self._closing = False

    def app(self, guard: Guard) -> web.Application:
        """To be mounted at /sandbox."""
        app = web.Application(middlewares=[guard.acts_middleware])
        app.router.add_get("", _file("page.html"))
        app.router.add_get("/gallery", _file("gallery.html"))
        app.router.add_get("/api/cards", self._cards)
        app.router.add_get("/api/state", self._state)
        app.router.add_get("/api/behind", self._acts)
        app.router.add_post("/api/act", _answered(self._act))
        app.router.add_post("/api/clock", _answered(self._clock))
        app.router.add_static("/static", _HERE / "static")
        app.on_response_prepare.append(_harden)
        app.on_shutdown.append(self._close)
        return app

    @property
    def revision(self) -> int:
        return self._worlds.revision + self._timeline.revision

    async def _cards(self, _: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(gallery))

    async def _acts(self, request: web.Request) -> web.Response:
        """What is in the books since a moment that the page remembers."""
        try:
            since = datetime.fromisoformat(request.query.get("since", ""))
        except ValueError:
            raise web.HTTPBadRequest(text="since is no instant.\n") from None
        if since.tzinfo is None:
            raise web.HTTPBadRequest(text="since has no zone.\n")
        return web.json_response({"acts": await asyncio.to_thread(self._behind, since)})

    async def _state(self, request: web.Request) -> web.Response:
        """At once for a page that knows nothing or another run; else when there is news, or patience ends."""
        query = request.query
        since = query.get("since", "")
        if query.get("run") == self._run and since.isdecimal():
            await self._news(int(since))
        return web.json_response(self._seen(query.get("slack", ""), query.get("teams", "")))

    def _seen(self, slack: str, teams: str) -> dict[str, Any]:
        everybody = cast(self._worlds)
        known = {one[side]: one for one in everybody for side in ("slack", "teams") if one[side]}
        on_slack = slack if slack in known else everybody[0]["slack"]
        on_teams = teams if teams in known else everybody[0]["teams"]
        return {
            "run": self._run,
            "revision": self.revision,
            "clock": self._timeline.shown(),
            "cast": everybody,
            "slack": slack_view(self._worlds, self._timeline, on_slack),
            "teams": teams_view(self._worlds, on_teams),
        }

    async def _news(self, since: int) -> None:
        until = asyncio.get_running_loop().time() + PATIENCE_S
        slack = self._worlds.slack.revision
        while self.revision <= since and not self._closing and asyncio.get_running_loop().time() < until:
            await slack.after(slack.number, _LOOK_S)

    async def _act(self, body: dict[str, Any]) -> dict[str, Any]:
        act = Act(body)
        if body.get("side") == "slack":
            return {"told": await act_on_slack(self._client(), act)}
        return {"told": await act_on_teams(self._worlds.teams, act)}

    async def _clock(self, body: dict[str, Any]) -> dict[str, Any]:
        now = self._timeline.move(Jump(body.get("to", "")))
        self._on_clock()
        return {"now": now.isoformat()}

    async def _close(self, _: web.Application) -> None:
        self._closing = True


def _file(name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(_: web.Request) -> web.StreamResponse:
        return web.FileResponse(_HERE / "templates" / name)

    return serve


def _answered(
    act: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answers with JSON; what the fakes decline is a sentence for the person at the page."""

    async def answer(request: web.Request) -> web.Response:
        try:
            body = await request.json()
            return web.json_response(await act(body if isinstance(body, dict) else {}))
        except CannotDo as cannot:
            why = str(cannot)
        except (LookupError, SlackError, ValueError) as declined:
            why = f"That did not work: {declined}"
        return web.json_response({"error": why}, status=HTTPStatus.CONFLICT)

    return answer


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
