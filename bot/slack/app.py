"""Slack's door: Bolt checks and sorts what Slack sends, one listener a kind asks `Door` and writes its answer."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_internals import build_async_context
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.admission import Busy
from bot.directory import LookupFailed
from bot.door import LATE, NOT_TAKEN, Answering
from bot.slack.answers import Answers
from bot.slack.events import SlackEvents
from bot.slack.read import Asked, Malformed, event_of, read
from bot.slack.tokens import SlackTokens
from bot.slack.web_api import SlackApi
from bot.slack.write import write_command, write_submission
from handlers.dispatch import Answered

Json: TypeAlias = dict[str, Any]

DRAIN_S = 15.0
NOT_INSTALLED = "Plaudit is not connected to this workspace. Whoever manages its apps can install it again."
ASKED = "plaudit_asked"
_ANY = re.compile("")
_TIMESTAMP = re.compile("[0-9]{1,12}")

_log = structlog.get_logger("slack")


class SlackEdge:
    """Without a signing secret there is no HTTP door; with an app token there is Socket Mode."""

    def __init__(
        self,
        door: Answering,
        api: SlackApi,
        tokens: SlackTokens,
        events: SlackEvents,
        *,
        signing_secret: str = "",
        app_token: str = "",
    ) -> None:
        self._door = door
        self._tokens = tokens
        self._events = events
        self._answers = Answers(api, tokens)
        self._signing_secret = signing_secret
        self._bolt = self._make_bolt(api)
        self._socket = AsyncSocketModeHandler(self._bolt, app_token) if app_token else None
        self._tasks: set[asyncio.Task[None]] = set()

    async def handle(self, request: web.Request) -> web.Response:
        """`POST /slack/events`: commands, interactions and events alike."""
        if not self._signing_secret:
            raise web.HTTPNotFound
        if not _is_signed_somehow(request.headers):
            raise web.HTTPUnauthorized
        try:
            bolt_request = await _to_bolt(request)
        except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as error:
            # Bolt takes a body apart before it checks the signature.
            raise web.HTTPBadRequest(text="malformed") from error
        return await to_aiohttp_response(await self._bolt.async_dispatch(bolt_request))

    async def start(self) -> None:
        """Connects by Socket Mode, if that is how Slack reaches us."""
        if self._socket:
            await self._socket.connect_async()  # type: ignore[no-untyped-call]

    async def stop(self) -> None:
        """Hears nothing more from Socket Mode, and gives every answer that is still to be given."""
        if self._socket:
            await self._socket.close_async()  # type: ignore[no-untyped-call]
        await self.settle()

    async def settle(self) -> None:
        """Waits until what follows an acknowledgement was given, within reason."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=DRAIN_S)

    # --- wiring -------------------------------------------------------------------------------------------

    def _make_bolt(self, api: SlackApi) -> AsyncApp:
        """Bolt logs whole bodies as warnings and below; what people write is not for logs."""
        logger = logging.getLogger("plaudit.slack.bolt")
        logger.setLevel(logging.ERROR)
        bolt = AsyncApp(
            name="plaudit",
            logger=logger,
            process_before_response=True,
            signing_secret=self._signing_secret,
            client=AsyncWebClient(base_url=api.url, session=api.http, retry_handlers=[]),
            before_authorize=_Reading(),
            authorize=_ByToken(self._tokens),  # type: ignore[arg-type] # one of its own kind is taken as it is
            user_facing_authorize_error_message=NOT_INSTALLED,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
        )
        bolt.command(_ANY)(self._command)
        bolt.action({"type": "block_actions", "action_id": _ANY})(self._interaction)
        bolt.shortcut(_ANY)(self._interaction)
        bolt.view_submission(_ANY)(self._submission)
        bolt.event(_ANY)(self._event)
        return bolt

    # --- one listener a kind ------------------------------------------------------------------------------

    async def _command(self, context: AsyncBoltContext) -> BoltResponse:
        asked: Asked = context[ASKED]
        answered = await self._ask(asked)
        if answered.kind == "form":
            self._follow(self._answers.give(asked.way, answered))
        return _ok(write_command(answered))

    async def _interaction(self, context: AsyncBoltContext) -> BoltResponse:
        asked: Asked = context[ASKED]
        answered = await self._ask(asked)
        self._follow(self._answers.give(asked.way, answered))
        return _ok()

    async def _submission(self, context: AsyncBoltContext, body: Json) -> BoltResponse:
        asked: Asked = context[ASKED]
        view: Json = body["view"]
        answered = await self._door.answer(asked.request, late=lambda late: self._answers.update(asked.way, late, view))
        return _ok(write_submission(answered, view))

    async def _event(self, context: AsyncBoltContext, body: Json) -> BoltResponse:
        team_id, event = event_of(body)
        if asked := context.get(ASKED):
            return await self._home(asked)
        try:
            await self._events.take(team_id, event, context.bot_user_id or "")
        except (Busy, LookupFailed) as later:
            _log.warning("event postponed", kind=event["type"], why=repr(later))
            return BoltResponse(status=503, body="")
        except Malformed as error:
            _log.warning("malformed event", kind=event["type"], why=str(error))
            return BoltResponse(status=400, body="malformed")
        return _ok()

    async def _home(self, asked: Asked) -> BoltResponse:
        """Somebody came to their Home tab. It stays as it was if that cannot be done now; then Slack tells again."""
        shown = partial(self._answers.show_home, asked.way)
        answered = await self._door.answer(asked.request, late=shown)
        if answered.outcome in NOT_TAKEN:
            return BoltResponse(status=503, body="")
        if answered.outcome != LATE:
            self._follow(shown(answered))
        return _ok()

    async def _ask(self, asked: Asked) -> Answered:
        return await self._door.answer(asked.request, late=lambda answered: self._answers.give(asked.way, answered))

    def _follow(self, work: Awaitable[None]) -> None:
        """Answers after the 200, so that Slack's time for it does not run."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


class _ByToken(AsyncAuthorize):
    """Bolt's own would ask auth.test on every request. A class, for Bolt would fill in a method's `self`."""

    def __init__(self, tokens: SlackTokens) -> None:
        self._tokens = tokens

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **_: Any,
    ) -> AuthorizeResult | None:
        installed = await self._tokens.find(team_id or enterprise_id or "")
        if installed is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_id=installed.bot_id,
            bot_user_id=installed.bot_user_id,
            bot_token=installed.bot_token,
        )


def _is_signed_somehow(headers: Mapping[str, str]) -> bool:
    """What Bolt's check of the signature would crash on; whether it is right, Bolt finds out."""
    timestamp = headers.get("X-Slack-Request-Timestamp", "0")
    return _TIMESTAMP.fullmatch(timestamp) is not None and headers.get("X-Slack-Signature", "").isascii()


async def _to_bolt(request: web.Request) -> AsyncBoltRequest:
    """Bolt takes any form with the word "payload" in it for an interaction, so `/kudos @bob for the payload`
    would lose its body."""
    text = await request.text()
    made = AsyncBoltRequest(body=text, query=request.query_string, headers=dict(request.headers))
    if not made.body and text:
        made.body = dict(parse_qsl(text, keep_blank_values=True))
        made.context = build_async_context(AsyncBoltContext(), made.body)
    return made


class _Reading(AsyncMiddleware):
    """After the signature, before anything else looks into the body; Bolt's own parts trust its shape."""

    async def async_process(
        self, *, req: AsyncBoltRequest, resp: BoltResponse, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        try:
            req.context[ASKED] = read(req.body)
        except Malformed as malformed:
            _log.warning("malformed body", why=str(malformed))
            return BoltResponse(status=400, body="malformed")
        return await next()


def _ok(body: Json | None = None) -> BoltResponse:
    return BoltResponse(status=200, body=body or "")
