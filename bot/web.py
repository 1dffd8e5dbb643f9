"""The doors: one aiohttp application with whatever is connected, health and metrics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Check = Callable[[], Awaitable[bool]]

LONGEST_BODY = 1_000_000
"""Bytes. Slack and Teams send a tenth of it at most."""
SLACK_DOOR, TEAMS_DOOR = "/slack/events", "/api/messages"


class Health:
    """Ready while every check holds and the process is not stopping; alive as long as it answers."""

    def __init__(self, checks: Mapping[str, Check]) -> None:
        self._checks = checks
        self.stopping = False

    async def ready(self, request: web.Request) -> web.Response:
        state = {name: await _holds(check) for name, check in self._checks.items()}
        state["serving"] = not self.stopping
        good = all(state.values())
        return web.json_response({"ready": good, **state}, status=200 if good else 503)

    async def alive(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})


def make_web(health: Health, doors: Mapping[str, Handler]) -> web.Application:
    """`doors` maps paths to what answers a POST there; a door without its credentials is not in it, so 404."""
    app = web.Application(client_max_size=LONGEST_BODY)
    app.router.add_get("/healthz", health.alive)
    app.router.add_get("/readyz", health.ready)
    app.router.add_get("/metrics", _metrics)
    for path, handler in doors.items():
        app.router.add_post(path, handler)
    return app


async def _metrics(request: web.Request) -> web.Response:
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _holds(check: Check) -> bool:
    try:
        return await check()
    except Exception:
        return False
