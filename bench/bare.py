"""What a kudos is compared with: Bolt checks the signature and answers a short text. `python -m bench.bare PORT`."""

from __future__ import annotations

import sys
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bench.kudos import DOOR, SECRET, TEAM, TOKEN

_INSTALLED = AuthorizeResult(
    enterprise_id=None, team_id=TEAM, bot_id="B0PLAUDIT", bot_user_id="U0PLAUDIT", bot_token=TOKEN
)


async def authorize(**_: Any) -> AuthorizeResult:
    return _INSTALLED


async def kudos(ack: AsyncAck) -> None:
    await ack("Sent.")


def make_web() -> web.Application:
    bolt = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=True)
    bolt.command("/kudos")(kudos)

    async def handle(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    async def ready(request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    app = web.Application()
    app.router.add_post(DOOR, handle)
    app.router.add_get("/readyz", ready)
    return app


if __name__ == "__main__":
    web.run_app(make_web(), host="127.0.0.1", port=int(sys.argv[1]), access_log=None, print=None)
