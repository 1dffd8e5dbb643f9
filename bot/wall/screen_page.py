"""A big screen of the wall: one recognition at a time, renewed every half minute. Nobody can do anything there.

The secret in its address is all that lets it in, and is in no cookie, no log and no link.
"""

from __future__ import annotations

from http import HTTPStatus

import structlog
from aiohttp import web

from bot.admission import Busy
from bot.connected import Core
from bot.strangers import Strangers
from bot.wall.html import render
from handlers.wall_screens import RENEWED_S, ScreenDesk, ScreenView

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
_log = structlog.get_logger("wall")


class ScreenPage:
    def __init__(self, core: Core, desk: ScreenDesk) -> None:
        self._strangers = Strangers(core)
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """What it shows now. What goes wrong is no reason for a dark screen: the page looks again by itself."""
        try:
            view = await self._look(request.match_info["token"])
        except Busy:
            return _page("screen_wait", HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:
            _log.exception("failure", method=request.method)  # without the address, which holds a secret
            return _page("screen_wait", HTTPStatus.INTERNAL_SERVER_ERROR)
        if view is None:
            return _page("screen_off", HTTPStatus.GONE)
        return _page("screen", view=view)

    async def _look(self, token: str) -> ScreenView | None:
        view = await self._strangers.read(lambda tx: self._desk.show(tx, token))
        if view and view.stale:
            note = view.screen
            await self._strangers.write(lambda tx: self._desk.note(tx, note))
        return view


def _page(template: str, status: int = HTTPStatus.OK, **shown: object) -> web.Response:
    body = render(template, renewed_s=RENEWED_S, **shown)
    return web.Response(text=body, content_type="text/html", charset="utf-8", status=status, headers=_HEADERS)
