"""The door of Teams: `POST /api/messages`.

Messages are answered 200 with nothing in it once they are stored: Teams shows nothing of it and never comes
again, so what was not stored is told to the person directly. Invokes are answered in the body.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

import structlog
from aiohttp import web

from bot.admission import Busy
from bot.door import Answering
from bot.presenter import CardPresenter
from bot.teams.activities import (
    Activity,
    BadActivity,
    Envelope,
    Invoke,
    Message,
    Other,
    Presence,
    Reacted,
    read_activity,
)
from bot.teams.arrivals import Admission, Arrivals
from bot.teams.auth import Checks, KeysUnavailable, NotAuthorised
from bot.teams.book import Book
from bot.teams.connector import Connector, ConnectorFailed
from bot.teams.directory import TeamsDirectory, asked_in
from bot.teams.forms import with_errors
from bot.teams.read import read_invoke, read_message, read_opener, read_reactions
from bot.teams.transport import Site, TeamsTransport
from bot.teams.write import write_invoke, write_message
from handlers.dispatch import Answered
from handlers.vocabulary import ConversationRef, PlaceKind, Submission
from store.conversations import Place
from store.tenants import Home

LONGEST_BODY = 256 * 1024
"""Bytes. A message has 100 KB at most; its quoted original and its HTML come along."""
MOST_KEPT = 50_000
LOOK_AGAIN_S = 600
"""How long the process trusts what it has noted: a place can be closed to us and opened again unheard."""

_log = structlog.get_logger(__name__)


class TeamsEdge:
    """`commands` are the words a message can begin with."""

    def __init__(
        self,
        *,
        gate: Checks,
        door: Answering,
        book: Book,
        directory: TeamsDirectory,
        connector: Connector,
        presenter: CardPresenter,
        commands: Collection[str],
        admission: Admission | None = None,
        on_sends: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._clock = clock
        self._gate = gate
        self._door = door
        self._book = book
        self._connector = connector
        self._commands = commands
        self._admission = admission or Admission()
        self._arrivals = Arrivals(
            book=book,
            directory=directory,
            connector=connector,
            presenter=presenter,
            admission=self._admission,
            follow=self._follow,
            on_sends=on_sends,
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._noted: set[tuple[object, ...]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        try:
            raw = await _read_json(request)
            await self._gate.check(request.headers.get("Authorization"), raw, request.remote)
            activity = read_activity(raw)
        except NotAuthorised as refused:
            _log.warning("teams_not_authorised", reason=refused.reason)
            return web.Response(status=401)
        except KeysUnavailable:
            return web.Response(status=503, headers={"Retry-After": "5"})
        except BadActivity as bad:
            _log.warning("teams_bad_activity", reason=str(bad))
            return web.Response(status=400)
        asked_in.set(activity.envelope)
        try:
            return await self._answer(activity)
        except Busy:
            return web.Response(status=503, headers={"Retry-After": "5"})

    async def drain(self) -> None:
        """Waits for what is done beside answers."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _answer(self, activity: Activity) -> web.Response:
        match activity:
            case Message():
                return await self._on_message(activity)
            case Invoke():
                return await self._on_invoke(activity)
            case Reacted():
                return await self._on_reaction(activity)
            case Presence():
                await self._arrivals.hear(activity)
            case Other():
                _log.debug("teams_left_alone", type=activity.type)
        return web.Response()

    # --- messages, invokes and reactions ----------------------------------------------------------------

    async def _on_message(self, message: Message) -> web.Response:
        envelope = message.envelope
        await self._note_place(envelope, here=True)
        answered = await self._door.answer(read_message(message, self._commands))
        self._note_sender(envelope)
        if answered.kind != "nothing":
            self._follow(self._tell(envelope, answered))
        return web.Response()

    async def _on_invoke(self, invoke: Invoke) -> web.Response:
        envelope = invoke.envelope
        request = read_invoke(invoke)
        if request is None:
            return web.Response(status=501)
        # A message extension is used anywhere; only a personal chat tells that the app is in it.
        personal = envelope.where is not None and envelope.where.kind is PlaceKind.PERSONAL
        await self._note_place(envelope, here=personal)
        answered = await self._door.answer(request, late=partial(self._tell, envelope))
        if answered.kind == "errors" and isinstance(request, Submission):
            answered = await self._form_again(invoke, request, answered)
        self._note_sender(envelope)
        body = write_invoke(invoke.name, answered)
        return web.Response() if body is None else web.json_response(body)

    async def _on_reaction(self, reacted: Reacted) -> web.Response:
        """Teams does not come again with one that was not taken, so its person is told."""
        envelope = reacted.envelope
        await self._note_place(envelope, here=True)
        for request in read_reactions(reacted):
            answered = await self._door.answer(request)
            if answered.kind != "nothing":
                self._follow(self._tell(envelope, answered))
        return web.Response()

    async def _form_again(self, invoke: Invoke, sent: Submission, answered: Answered) -> Answered:
        """Teams keeps no dialog open by itself: it is opened anew, with what was typed and what was wrong."""
        opened = await self._door.answer(read_opener(invoke, sent))
        if opened.kind != "form":
            return answered
        form_id = sent.key.removeprefix("form:")
        dialog = with_errors(opened.payload, sent.values, answered.payload, form_id=form_id)
        return replace(answered, kind="form", payload=dialog)

    async def _tell(self, envelope: Envelope, answered: Answered) -> None:
        """An answer that found no wire and is in no outbox: busy, a failure, or late."""
        payload = write_message(answered)
        if payload is None or envelope.where is None or envelope.sender is None:
            return
        site = Site(envelope.tenant_id, envelope.bot_id, envelope.service_url)
        transport = TeamsTransport(self._connector, site)
        try:
            await transport.tell(envelope.where, envelope.sender.id, payload)
        except ConnectorFailed as error:
            _log.warning("teams_answer_lost", outcome=answered.outcome, error=error.what)

    # --- what activities tell besides ---------------------------------------------------------------------

    async def _note_place(self, envelope: Envelope, *, here: bool) -> None:
        """Before the answer, which may be posted there."""
        news = self._news("place", envelope.tenant_id, envelope.service_url, envelope.where, here)
        if news is None:
            return
        try:
            home = await self._find_home(envelope)
            if home and here:
                await self._enter(home, envelope)
            if home:
                self._noted.add(news)
        except Exception:
            _log.exception("teams_place_not_noted")  # the answer goes on, and the next activity tells again

    async def _find_home(self, envelope: Envelope) -> Home | None:
        home = await self._book.find_home(envelope.workspace)
        if home is None and self._admission.by_speaking and self._admission.admits(envelope):
            return await self._book.connect(envelope)
        return home

    async def _enter(self, home: Home, envelope: Envelope) -> None:
        where = envelope.where
        if where and not _as_noted(envelope, where, await self._book.find_place(home, where.id)):
            await self._book.enter(home, [where], envelope, urgent=True)

    def _note_sender(self, envelope: Envelope) -> None:
        """After the answer, which has stored who that is."""
        news = self._news("sender", envelope.who, envelope.where, envelope.zone, envelope.locale)
        if news is not None:
            self._follow(self._keep_sender(envelope, news))

    async def _keep_sender(self, envelope: Envelope, news: tuple[object, ...]) -> None:
        if home := await self._book.find_home(envelope.workspace):
            await self._book.keep_sender(home, envelope)
            self._noted.add(news)

    def _news(self, *facts: object) -> tuple[object, ...] | None:
        """What this process has not noted lately, to be noted now. The hot path asks no store and writes none."""
        if len(self._noted) > MOST_KEPT:
            self._noted.clear()
        news = (*facts, int(self._clock() // LOOK_AGAIN_S))
        return None if news in self._noted else news

    def _follow(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(_logged(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _as_noted(envelope: Envelope, where: ConversationRef, place: Place | None) -> bool:
    if place is None or not place.member:
        return False
    return place.service_url == envelope.service_url and where.name in ("", place.name)


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception:
        _log.exception("teams_work_lost")


async def _read_json(request: web.Request) -> Mapping[str, Any]:
    if (request.content_length or 0) > LONGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LONGEST_BODY, request.content_length or 0)
    body = await request.read()
    if len(body) > LONGEST_BODY:
        raise web.HTTPRequestEntityTooLarge(LONGEST_BODY, len(body))
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadActivity("no JSON") from error
    if not isinstance(raw, dict):
        raise BadActivity("no object")
    return raw
