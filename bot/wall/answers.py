"""What the wall answers a browser with: its headers, and the pages for refusals."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bot.wall.html import render
from handlers.refusals import Refusal

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then hide where a form comes from, and we look at that.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}
WITH_PICTURES = HEADERS["Content-Security-Policy"].replace("img-src 'self'", "img-src 'self' https:")
"""Of pages with pictures that administrators name by their address: rewards."""
_STATUS = {
    "no_link": HTTPStatus.GONE,
    "no_session": HTTPStatus.FORBIDDEN,
    "elsewhere": HTTPStatus.FORBIDDEN,
    "not_administrator": HTTPStatus.FORBIDDEN,
    "no_administrator_yet": HTTPStatus.FORBIDDEN,
    "old_form": HTTPStatus.FORBIDDEN,
    "no_page": HTTPStatus.NOT_FOUND,
    "left_off": HTTPStatus.NOT_FOUND,
    "no_note": HTTPStatus.NOT_FOUND,
    "reward_gone": HTTPStatus.NOT_FOUND,
    "no_such_budget": HTTPStatus.NOT_FOUND,
    "many_notes": HTTPStatus.TOO_MANY_REQUESTS,
    "no_form": HTTPStatus.BAD_REQUEST,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
}
"""For the codes of refusals; for all others 422, for something is to be mended."""


def refused(refusal: Refusal, *, inside: bool, status: int = 0) -> web.Response:
    """`inside`: whoever is there may go back to the wall."""
    return page("refused", status=status or status_of(refusal), refusal=refusal, inside=inside)


def status_of(refusal: Refusal) -> int:
    return _STATUS.get(refusal.code, HTTPStatus.UNPROCESSABLE_ENTITY)


def page(template: str, status: int = HTTPStatus.OK, **shown: object) -> web.Response:
    return html(render(template, **shown), status)


def html(body: str, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(text=body, content_type="text/html", charset="utf-8", status=status)


def with_pictures(answer: web.Response) -> web.Response:
    answer.headers["Content-Security-Policy"] = WITH_PICTURES
    return answer


def to(path: str) -> web.Response:
    return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": path})


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
