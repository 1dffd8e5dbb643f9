"""The wall in a browser: `GET /wall`, people's pages, notes, and the way in and out. It works without scripts.

A browser comes in by a link from the chat, which a button on its page uses up: what only looks at links, as mail
scanners and previews do, changes nothing. After it a cookie holds the session's secret; forms carry a token made of
it, and those that come from elsewhere are refused all the same.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias, TypeVar
from urllib.parse import urlsplit

import structlog
from aiohttp import web
from sqlalchemy import Connection

from bot.admission import Busy
from bot.connected import Core
from bot.door import NOT_TAKEN, Answering
from bot.storable import storable
from bot.strangers import Strangers
from bot.wall.answers import harden, html, page, refused, status_of, to, with_pictures
from bot.wall.html import render
from bot.wall.own_page import Acts, OwnPage
from bot.wall.own_pages import OWN_PAGES, leads_to
from bot.wall.screen_page import ScreenPage
from bot.writing import write
from handlers import wall_notes
from handlers.context import Context
from handlers.refusals import Refusal
from handlers.rules.wall_words import PERIODS, address, read_asked
from handlers.vocabulary import Send, Submission
from handlers.wall import PATH, Reception, Visit
from handlers.wall_list import list_thanks

T = TypeVar("T")
Step: TypeAlias = Callable[[web.Request], Awaitable[web.Response]]
Post: TypeAlias = Callable[[Context, tuple[Send, ...]], None]

_STATIC = Path(__file__).parent / "static"
_AT_THE_NOTE = ("note_length", "many_notes", "no_reason", "not_on_wall")
"""Codes of refusals that are shown on the person's page, with what was typed."""
_DONE = {
    "written": "Your note is on the page.",
    "hidden": "That note is hidden. Only you and its author see it.",
    "shown": "That note is on your page again.",
    "answered": "Your answer stands under the note.",
    "unanswered": "Your answer is gone.",
    "deleted": "Your note is deleted.",
    "taken": "That note is taken back. The audit has your reason.",
}
_MOST_BODY = 32_000
_COOKIE_LIFE_S = 7 * 24 * 60 * 60
_MOST_WAITING = 16
_NO_FORM = (ValueError, LookupError, AssertionError)

_log = structlog.get_logger("wall")


@dataclass(frozen=True, slots=True)
class Problem:
    """A note that could not be taken: why, and what was typed where."""

    sentence: str
    note_id: str = ""
    text: str = ""
    form_id: str = ""


class WallPage:
    """`public_url` is asked for the address that browsers use. `post` puts messages into the outbox, within the
    transaction; `on_sends` is called after its commit."""

    def __init__(
        self,
        core: Core,
        reception: Reception,
        screens: ScreenPage,
        door: Answering,
        *,
        public_url: Callable[[], str],
        post: Post,
        on_sends: Callable[[], None],
    ) -> None:
        self._core = core
        self._strangers = Strangers(core)
        self._reception = reception
        self._screens = screens
        self._answering = door
        self._public_url = public_url
        self._post = post
        self._on_sends = on_sends
        self._one_search = asyncio.Semaphore(1)
        self._waiting = 0

    def mount(self, app: web.Application) -> None:
        """Before the application starts."""
        page = web.Application()
        page.router.add_get("", self._answered(self._wall))
        page.router.add_get("/enter/{token}", self._answered(self._door))
        page.router.add_post("/enter/{token}", self._answered(self._enter))
        page.router.add_post("/leave", self._answered(self._leave))
        page.router.add_get("/people/{person}", self._answered(self._person))
        page.router.add_post("/people/{person}", self._answered(self._write))
        page.router.add_post("/notes/{note}", self._answered(self._act))
        page.router.add_get("/screen/{token}", self._screens.show)
        for one in OWN_PAGES:
            page.router.add_get(f"/{one.path}", self._answered(partial(self._own_page, one)))
            if one.acts:
                page.router.add_post(f"/{one.path}", self._answered(partial(self._own_act, one, one.acts)))
        page.router.add_static("/static", _STATIC)
        page.on_response_prepare.append(harden)
        app.add_subapp(PATH, page)

    # --- in and out ---

    async def _door(self, request: web.Request) -> web.Response:
        """Whoever has the link may look, and programs that preview links may: nothing changes."""
        token = request.match_info["token"]
        invited = await self._strangers.read(lambda tx: self._reception.invited(tx, token))
        return page("enter", invited=invited)

    async def _enter(self, request: web.Request) -> web.Response:
        token, earlier = request.match_info["token"], self._cookie_of(request)
        session = await self._strangers.write(lambda tx: self._reception.enter(tx, token, earlier))
        answer = to(PATH + leads_to(request.query))
        self._set_cookie(answer, session, _COOKIE_LIFE_S)
        return answer

    async def _leave(self, request: web.Request) -> web.Response:
        session = self._cookie_of(request)
        if session:
            await self._own_form(request, session)
            await self._write_down(lambda tx: self._reception.leave(tx, session))
        answer = page("left")
        self._set_cookie(answer, "", 0)
        return answer

    # --- looking ---

    async def _wall(self, request: web.Request) -> web.Response:
        asked = read_asked({name: storable(value) for name, value in request.query.items()})

        def look(visit: Visit) -> str:
            view = list_thanks(visit.ctx, asked)
            return render("wall", visit=visit, view=view, periods=PERIODS, address=address, started=not asked.narrowed)

        return html(await self._looked(request, look))

    async def _person(self, request: web.Request) -> web.Response:
        done = _DONE.get(request.query.get("done", ""), "")
        return html(await self._person_page(request, request.match_info["person"], done))

    async def _own_page(self, one: OwnPage, request: web.Request) -> web.Response:
        asked = _asked(request)
        shown = await self._looked(request, lambda visit: one.look(visit, asked), one.first)
        return one.as_file(shown) if one.file else _shown(one, shown)

    async def _own_act(self, one: OwnPage, acts: Acts, request: web.Request) -> web.Response:
        """What was sent goes in by the door that the chats use, and the page after it shows what was answered."""
        session = self._cookie_of(request)
        asked = await self._own_form(request, session) | _in_path(request)
        wanted = await self._strangers.read(lambda tx: acts.ask(self._reception.visit(tx, session), asked))
        answered = await self._answering.answer(wanted)
        if isinstance(wanted, Submission) and answered.kind == "errors":
            shown = await self._looked(request, lambda visit: acts.mend(visit, asked, answered.payload))
            return _shown(one, shown, HTTPStatus.UNPROCESSABLE_ENTITY)
        if answered.outcome in (*NOT_TAKEN, "unknown"):
            raise Busy
        return to(acts.back(asked))

    async def _person_page(
        self, request: web.Request, person_id: str, done: str = "", problem: Problem | None = None
    ) -> str:
        person_id = storable(person_id)
        before, notes = (storable(request.query.get(name, ""))[:80] for name in ("before", "notes"))

        def look(visit: Visit) -> str:
            view = wall_notes.show_person(visit.ctx, person_id, before=before, notes_before=notes)
            paged = bool(before or notes)
            limits = {"least": wall_notes.NOTE_LEAST, "most": wall_notes.NOTE_MOST, "reason": wall_notes.REASON_MOST}
            return render("person", visit=visit, view=view, done=done, problem=problem, paged=paged, limits=limits)

        return await self._looked(request, look)

    async def _looked(
        self, request: web.Request, look: Callable[[Visit], str], first: Callable[[Context], None] | None = None
    ) -> str:
        """One after the other, so that a reader stays free for the chats. `first` is written before."""
        session = self._cookie_of(request)
        if not session:
            raise _not_in()
        if self._waiting >= _MOST_WAITING:
            raise Busy
        await self._strangers.read(
            lambda tx: self._reception.visit(tx, session)
        )  # a made-up session takes nobody's place

        if first:
            await self._write_down(lambda tx: first(self._reception.visit(tx, session).ctx))

        def run(tx: Connection) -> tuple[str, bool]:
            visit = self._reception.visit(tx, session)
            return look(visit), visit.stale

        self._waiting += 1
        try:
            async with self._one_search:
                shown, stale = await self._read(run)
        finally:
            self._waiting -= 1
        if stale:
            await self._write_down(lambda tx: self._reception.note(tx, session))
        return shown

    # --- notes ---

    async def _write(self, request: web.Request) -> web.Response:
        person_id = storable(request.match_info["person"])
        session = self._cookie_of(request)
        form = await self._own_form(request, session)
        text, form_id = form.get("text", ""), form.get("form", "")[:80]
        if not form_id:
            raise _no_form()

        def put(tx: Connection) -> bool:
            ctx = self._reception.visit(tx, session).ctx
            sends = wall_notes.write_note(ctx, person_id, form_id, text)
            self._post(ctx, sends)
            return bool(sends)

        try:
            if await self._write_down(put):
                self._on_sends()
        except Refusal as refusal:
            return await self._mended(request, person_id, refusal, Problem(_said(refusal), "", text, form_id))
        return to(f"{PATH}/people/{person_id}?done=written#notes")

    async def _act(self, request: web.Request) -> web.Response:
        """What owner, author or an administrator does with a note."""
        note_id = storable(request.match_info["note"])
        session = self._cookie_of(request)
        form = await self._own_form(request, session)
        text, act, person_id = form.get("text", ""), form.get("act", ""), form.get("person", "")[:80]
        acts: Mapping[str, tuple[Callable[[Context], str], str]] = {
            "hide": (lambda ctx: wall_notes.hide(ctx, note_id, hidden=True), "hidden"),
            "show": (lambda ctx: wall_notes.hide(ctx, note_id, hidden=False), "shown"),
            "answer": (lambda ctx: wall_notes.answer(ctx, note_id, text), "answered" if text else "unanswered"),
            "delete": (lambda ctx: wall_notes.delete(ctx, note_id), "deleted"),
            "take-back": (lambda ctx: wall_notes.take_back_note(ctx, note_id, text), "taken"),
        }
        if act not in acts:
            raise _no_form()
        do, done = acts[act]
        try:
            owner = await self._write_down(lambda tx: do(self._reception.visit(tx, session).ctx))
        except Refusal as refusal:
            return await self._mended(request, person_id, refusal, Problem(_said(refusal), note_id, text))
        return to(f"{PATH}/people/{owner}?done={done}#notes")

    async def _mended(self, request: web.Request, person_id: str, refusal: Refusal, problem: Problem) -> web.Response:
        """The page again, with what was typed, where that can be mended."""
        if refusal.code not in _AT_THE_NOTE:
            raise refusal
        shown = await self._person_page(request, person_id, problem=problem)
        return html(shown, status_of(refusal))

    # --- into the core, behind what people wait for in the chat ---

    async def _read(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with self._core.database.reading() as tx:
                return work(tx)

        return await self._core.readers.run(run, background=True)

    async def _write_down(self, work: Callable[[Connection], T]) -> T:
        return await self._core.writers.run(lambda: write(self._core.database, work), background=True, short=True)

    # --- what a browser sends ---

    @property
    def _secure(self) -> bool:
        return self._public_url().startswith("https://")

    @property
    def _cookie(self) -> str:
        """Browsers take one so called over HTTPS only, and from this very host (RFC 6265bis, section 4.1.3.2)."""
        return "__Host-plaudit-wall" if self._secure else "plaudit-wall"

    def _cookie_of(self, request: web.Request) -> str:
        return storable(request.cookies.get(self._cookie, ""))

    def _set_cookie(self, answer: web.Response, value: str, life_s: int) -> None:
        answer.set_cookie(
            self._cookie, value, max_age=life_s, path="/", httponly=True, samesite="Lax", secure=self._secure
        )

    async def _own_form(self, request: web.Request, session: str) -> dict[str, str]:
        """What a form says that came from a page of this session."""
        if not session:
            raise _not_in()
        form = await _read_form(request)
        token = (await self._strangers.read(lambda tx: self._reception.visit(tx, session))).form_token
        if not hmac.compare_digest(form.get("token", "").encode(), token.encode()):
            raise Refusal("old_form", "That form is of an earlier visit. Nothing was taken.", "Open the page anew.")
        return form

    def _is_own(self, request: web.Request) -> bool:
        """Browsers say where a form comes from, in one of two ways; what is no browser rides on nobody's visit."""
        if site := request.headers.get("Sec-Fetch-Site"):
            return site == "same-origin"
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        own = {one for one in (request.host, urlsplit(self._public_url()).netloc) if one}
        return urlsplit(origin).netloc in own

    # --- answers ---

    def _answered(self, step: Step) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A refusal is a page that says what to do; so is being busy, and a failure."""

        async def answer(request: web.Request) -> web.Response:
            try:
                if request.method == "POST" and not self._is_own(request):
                    raise Refusal("elsewhere", "A page of another site sent this.", "Nothing was taken.")
                return await step(request)
            except Refusal as refusal:
                return refused(refusal, inside=bool(self._cookie_of(request)) and refusal.code != "no_session")
            except Busy:
                return refused(Refusal("busy", "I am busy right now.", "Please try again in a minute."), inside=True)
            except web.HTTPException:
                raise
            except Exception:
                _log.exception("failure", method=request.method)  # without the address, which may hold a secret
                failed = Refusal("failure", "Something went wrong on our side.", "Please try again in a minute.")
                return refused(failed, inside=True, status=HTTPStatus.INTERNAL_SERVER_ERROR)

        return answer


def _asked(request: web.Request) -> dict[str, str]:
    return {name: storable(value)[:80] for name, value in request.query.items()} | _in_path(request)


def _in_path(request: web.Request) -> dict[str, str]:
    return {name: storable(value)[:80] for name, value in request.match_info.items()}


def _shown(one: OwnPage, body: str, status: int = HTTPStatus.OK) -> web.Response:
    return with_pictures(html(body, status)) if one.pictures else html(body, status)


async def _read_form(request: web.Request) -> dict[str, str]:
    if request.content_type != "application/x-www-form-urlencoded" or not request.content_length:
        raise _no_form()
    if request.content_length > _MOST_BODY:
        raise _no_form()
    try:
        sent = await request.post()
    except _NO_FORM as error:
        raise _no_form() from error
    return {name: _typed(value) for name, value in sent.items() if isinstance(value, str)}


def _typed(value: str) -> str:
    """Browsers send two characters for the end of a line."""
    return storable(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _not_in() -> Refusal:
    return Refusal(
        "no_session",
        "This page is for members who came from the chat.",
        "Type /wall on Slack, or write wall to Plaudit on Teams: you get a link that opens it.",
    )


def _no_form() -> Refusal:
    return Refusal("no_form", "I cannot read that.", "Go back, and press the button again.")


def _said(refusal: Refusal) -> str:
    return f"{refusal.sentence} {refusal.next_step}"
