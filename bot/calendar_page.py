"""Calendar files over the web: `GET /calendar/<token>.ics`. The secret in the address is all that lets somebody in."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bot.admission import Busy
from bot.connected import Core
from bot.strangers import Strangers
from handlers.order_calendar import PATH, CalendarDesk
from handlers.refusals import Refusal

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}


class CalendarPage:
    def __init__(self, core: Core, desk: CalendarDesk) -> None:
        self._strangers = Strangers(core)
        self._desk = desk

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        page = web.Application()
        page.router.add_get("/{token}.ics", self._file)
        page.on_response_prepare.append(_harden)
        app.add_subapp(PATH, page)

    async def _file(self, request: web.Request) -> web.Response:
        token = request.match_info["token"]
        try:
            content = await self._strangers.read(lambda tx: self._desk.look(tx, token))
        except Refusal as refusal:
            return web.Response(text=f"{refusal.sentence} {refusal.next_step}\n", status=HTTPStatus.GONE)
        except Busy:
            text, later = "I am busy right now. Please try again in a minute.\n", {"Retry-After": "60"}
            return web.Response(text=text, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=later)
        return web.Response(
            body=content,
            content_type="text/calendar",
            charset="utf-8",
            headers={"Content-Disposition": 'attachment; filename="plaudit.ics"'},
        )


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
