"""The page to upload a file: `GET /import/<token>`, a preview, and *Confirm*. It works without scripts.

The secret in the address is all that lets somebody in, so the address goes nowhere: no referrer to other sites, nothing
from other sites on the page, nothing kept in caches. There are no cookies that another site could ride on; a form
that comes from one is refused all the same. Files are read one at a time, behind what people wait for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit

import structlog
from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from sqlalchemy import Connection

from bot import import_html
from bot.admission import Busy
from bot.connected import Core
from bot.storable import storable
from bot.strangers import Strangers
from bot.writing import write
from handlers.brought_files import Preview
from handlers.refusals import Refusal
from handlers.rules.people_csv import MOST_BYTES
from handlers.upload_desk import PATH, UploadDesk

T = TypeVar("T")
Step: TypeAlias = Callable[[web.Request, str], Awaitable[web.Response]]

_STATIC = Path(__file__).parent / "import_static"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: browsers would then hide where a form comes from, and we look at that.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
_STATUS = {
    "no_link": HTTPStatus.GONE,
    "used_link": HTTPStatus.CONFLICT,
    "other_content": HTTPStatus.CONFLICT,
    "large_file": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "no_file": HTTPStatus.BAD_REQUEST,
    "no_form": HTTPStatus.BAD_REQUEST,
}
"""For the codes of refusals; for all others 403."""
_NO_FORM = (ValueError, LookupError, AssertionError, HttpProcessingError)
"""What reading a form raises where a body is none that a browser sends."""
_LONGEST_NAME = 80
_CHUNK = 65_536
_MOST_AROUND = 65_536
"""Bytes of a form beside its file."""

_log = structlog.get_logger("import")


class ImportPage:
    """`public_url` is asked for the address that browsers use."""

    def __init__(self, core: Core, desk: UploadDesk, public_url: Callable[[], str]) -> None:
        self._core = core
        self._strangers = Strangers(core)
        self._desk = desk
        self._public_url = public_url
        self._one_file = asyncio.Semaphore(1)

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        page = web.Application()
        page.router.add_get("/{token}", self._answered(self._show))
        page.router.add_get("/{token}/export", self._answered(self._export))
        page.router.add_post("/{token}", self._answered(self._preview))
        page.router.add_post("/{token}/confirm", self._answered(self._confirm))
        page.router.add_static("/static", _STATIC)
        page.on_response_prepare.append(_harden)
        app.add_subapp(PATH, page)

    # --- the three steps ---

    async def _show(self, request: web.Request, token: str) -> web.Response:
        """Whoever has the link may look, and programs that preview links may: nothing changes."""
        visit = await self._strangers.read(lambda tx: self._desk.visit(tx, token))
        if visit.done:
            return _page(import_html.taken(visit.kind.words))
        return _page(import_html.under_way(visit.kind.words) if visit.confirmed else import_html.upload(visit, token))

    async def _preview(self, request: web.Request, token: str) -> web.Response:
        visit = await self._strangers.read(lambda tx: self._desk.visit(tx, token))
        name, content = await _uploaded(request)
        async with self._one_file:
            file = await asyncio.to_thread(visit.kind.read, content, visit.today)
            preview, pages = await self._read(lambda tx: self._desk.preview(tx, token, file))
            content_id = await self._keep(token, name, preview, pages) if preview.rows else ""
        _log.info("previewed", tenant=visit.one.tenant_id, rows=preview.rows, errors=preview.error_count)
        return _page(import_html.preview(token, visit.kind.words, name, preview, content_id))

    async def _confirm(self, request: web.Request, token: str) -> web.Response:
        content_id = await _confirmed(request)
        await self._strangers.write(lambda tx: self._desk.confirm(tx, token, content_id))
        return web.Response(status=HTTPStatus.SEE_OTHER, headers={"Location": f"{PATH}/{token}"})

    async def _export(self, request: web.Request, token: str) -> web.Response:
        """With the mark by which spreadsheets know UTF-8."""
        text = await self._strangers.read(lambda tx: self._desk.export(tx, token))
        headers = {"Content-Disposition": 'attachment; filename="plaudit.csv"'}
        return web.Response(body=text.encode("utf-8-sig"), content_type="text/csv", charset="utf-8", headers=headers)

    async def _keep(self, token: str, name: str, preview: Preview, pages: list[str]) -> str:
        return await self._write(lambda tx: self._desk.keep(tx, token, name, preview, pages))

    # --- into the core, behind what people wait for ---

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._core.database.reading() as tx:
                return work(tx)

        return await self._core.readers.run(run, background=True)

    async def _write(self, work: Callable[[Connection], T]) -> T:
        return await self._core.writers.run(lambda: write(self._core.database, work), background=True)

    # --- answers ---

    def _answered(self, step: Step) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A refusal is a page that says what to do; so is being busy."""

        async def answer(request: web.Request) -> web.Response:
            token = request.match_info["token"]
            try:
                if request.method == "POST" and not self._is_own(request):
                    raise Refusal("elsewhere", "A page of another site sent this.", "Nothing was taken.")
                return await step(request, token)
            except Refusal as refusal:
                status = _STATUS.get(refusal.code, HTTPStatus.FORBIDDEN)
                back = token if refusal.code in ("large_file", "no_file", "no_form", "other_content") else ""
                return _page(import_html.refused(refusal, back), status)
            except Busy:
                busy = Refusal("busy", "I am busy right now.", "Nothing was taken; please try again in a minute.")
                return _page(import_html.refused(busy, token), HTTPStatus.SERVICE_UNAVAILABLE)

        return answer

    def _is_own(self, request: web.Request) -> bool:
        """Browsers say where a form comes from, in one of two ways; what is no browser rides on nobody's visit."""
        if site := request.headers.get("Sec-Fetch-Site"):
            return site == "same-origin"
        origin = request.headers.get("Origin")
        return origin is None or urlsplit(origin).netloc in (request.host, urlsplit(self._public_url()).netloc)


class _Bounded:
    """A body of which a reader of forms gets so much and no more, in whatever part of the form it stands."""

    def __init__(self, body: StreamReader) -> None:
        self._body = body

    def __getattr__(self, name: str) -> Any:
        if self._body.total_bytes > MOST_BYTES + _MOST_AROUND + _CHUNK:
            raise _large_file()
        return getattr(self._body, name)


async def _confirmed(request: web.Request) -> str:
    """The id that stands in the form of the preview."""
    no_form = Refusal("no_form", "I cannot read that.", "Go back, and press the button again.")
    if request.content_type != "application/x-www-form-urlencoded":
        raise no_form
    try:
        return storable(str((await request.post()).get("content", "")))
    except (*_NO_FORM, web.HTTPRequestEntityTooLarge) as error:
        raise no_form from error


async def _uploaded(request: web.Request) -> tuple[str, bytes]:
    """Name and content of the file. What is too large is not read to its end."""
    if request.content_type != "multipart/form-data":
        raise _no_file()
    try:
        async for part in MultipartReader(request.headers, cast(StreamReader, _Bounded(request.content))):
            if isinstance(part, BodyPartReader) and part.name == "file" and part.filename:
                return _name(part.filename), await _content(part)
    except _NO_FORM as error:
        raise _no_file() from error
    raise _no_file()


async def _content(part: BodyPartReader) -> bytes:
    content = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise _large_file()
    return bytes(content)


def _name(typed: str) -> str:
    """One line, as it is shown and written into the audit."""
    return " ".join("".join(one if one.isprintable() else " " for one in typed).split())[:_LONGEST_NAME] or "a file"


def _large_file() -> Refusal:
    says = f"A file may have {MOST_BYTES // 1_000_000} MB."
    return Refusal("large_file", says, "Send it in parts, or with fewer columns.")


def _no_file() -> Refusal:
    return Refusal("no_file", "There was no file in that.", "Choose one, then press the button again.")


def _page(body: str, status: int = HTTPStatus.OK) -> web.Response:
    return web.Response(text=body, content_type="text/html", charset="utf-8", status=status)


async def _harden(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(_HEADERS)
