"""Pictures over the web: those of badges, which chats show, and those of recognitions, behind a link.

Drawing takes a tenth of a second of one core, so it is done in a thread, one at a time, and kept for a while.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path

from aiohttp import web

from bot.admission import Busy
from bot.connected import Core
from bot.pictures import badges as badge_pictures
from bot.pictures import html
from bot.storable import storable
from bot.strangers import MOST_ASKING, Strangers
from handlers.programme import read_programme
from handlers.refusals import Refusal
from handlers.sharing import PATH, Shared, ShareDesk
from store.programme import BadgeFact

MOST_KEPT = 64
_STATIC = Path(__file__).parent / "static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}
_LOOKED_AT = "no-store"
_FOR_GOOD = "public, max-age=31536000, immutable"
"""A badge's address changes with what it shows."""


class Pictures:
    def __init__(self, core: Core, desk: ShareDesk) -> None:
        self._strangers = Strangers(core)
        self._desk = desk
        self._one = asyncio.Semaphore(1)
        self._kept: OrderedDict[object, bytes] = OrderedDict()
        self._drawing = 0

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        badges = web.Application()
        badges.router.add_get("/{tenant}/{badge}/{mark}.{kind:png|svg}", self._badge)
        badges.on_response_prepare.append(_harden)
        app.add_subapp(badge_pictures.PATH, badges)
        shares = web.Application()
        shares.router.add_static("/static", _STATIC)
        shares.router.add_get("/{token}", self._answered(self._page))
        shares.router.add_get("/{token}/picture.png", self._answered(self._look))
        shares.router.add_get("/{token}/plaudit.png", self._answered(self._take))
        shares.on_response_prepare.append(_harden)
        app.add_subapp(PATH, shares)

    # --- badges ---

    async def _badge(self, request: web.Request) -> web.Response:
        tenant_id, badge_id = (storable(request.match_info[one]) for one in ("tenant", "badge"))
        try:
            return await self._drawn_badge(tenant_id, badge_id, request.match_info["mark"], request.match_info["kind"])
        except Busy:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "5"})

    async def _drawn_badge(self, tenant_id: str, badge_id: str, asked: str, kind: str) -> web.Response:
        found = await self._strangers.read(lambda tx: read_programme(tx, tenant_id).badge(badge_id))
        if found is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        mark = badge_pictures.mark_of(found.emoji, found.title)
        is_new = mark == asked  # an old post shows the badge as it is now
        picture = await self._drawn((tenant_id, found.id, mark, kind), lambda: _DRAW[kind](found))
        return web.Response(
            body=picture, content_type=_TYPES[kind], headers={"Cache-Control": _FOR_GOOD if is_new else _LOOKED_AT}
        )

    # --- recognitions ---

    async def _page(self, request: web.Request) -> web.Response:
        shown = await self._strangers.read(lambda tx: self._desk.look(tx, request.match_info["token"]))
        return _html(html.share(shown, request.match_info["token"]))

    async def _look(self, request: web.Request) -> web.Response:
        return await self._picture(
            await self._strangers.read(lambda tx: self._desk.look(tx, request.match_info["token"]))
        )

    async def _take(self, request: web.Request) -> web.Response:
        """The same to keep, and counted; who only asks whether it is there is not."""
        token = request.match_info["token"]
        if request.method == "HEAD":
            return await self._look(request)
        shown = await self._strangers.write(lambda tx: self._desk.take(tx, token))
        answer = await self._picture(shown)
        answer.headers["Content-Disposition"] = 'attachment; filename="plaudit.png"'
        return answer

    async def _picture(self, shown: Shared) -> web.Response:
        picture = await self._drawn(shown, lambda: _draw_share(shown))
        return web.Response(body=picture, content_type="image/png", headers={"Cache-Control": _LOOKED_AT})

    # --- drawing ---

    async def _drawn(self, key: object, draw: Callable[[], bytes]) -> bytes:
        if key not in self._kept and self._drawing >= MOST_ASKING:
            raise Busy
        self._drawing += 1
        try:
            async with self._one:
                if key not in self._kept:
                    self._kept[key] = await asyncio.to_thread(draw)
                    while len(self._kept) > MOST_KEPT:
                        self._kept.popitem(last=False)
                self._kept.move_to_end(key)
                return self._kept[key]
        finally:
            self._drawing -= 1

    def _answered(
        self, step: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def answer(request: web.Request) -> web.Response:
            try:
                return await step(request)
            except Refusal as refusal:
                return _html(html.refused(refusal), HTTPStatus.GONE)
            except Busy:
                busy = Refusal("busy", "I am busy right now.", "Please try again in a minute.")
                return _html(html.refused(busy), HTTPStatus.SERVICE_UNAVAILABLE)

        return answer


def _draw_badge(badge: BadgeFact) -> bytes:
    from cards.pictures import BadgePicture, badge_png

    return badge_png(BadgePicture(badge.id, badge.emoji, badge.title))


def _draw_badge_svg(badge: BadgeFact) -> bytes:
    from cards.pictures import BadgePicture, badge_svg

    return badge_svg(BadgePicture(badge.id, badge.emoji, badge.title)).encode()


_DRAW = {"png": _draw_badge, "svg": _draw_badge_svg}
_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


def _draw_share(shown: Shared) -> bytes:
    from cards.pictures import draw_share_card

    return draw_share_card(html.picture_of(shown))


def _html(body: str, status: int = HTTPStatus.OK) -> web.Response:
    headers = {"Cache-Control": _LOOKED_AT}
    return web.Response(text=body, content_type="text/html", charset="utf-8", status=status, headers=headers)


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
