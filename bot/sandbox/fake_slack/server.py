"""Slack's own server, in memory: the Web API and response_url."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from bot.sandbox.fake_slack.arguments import Arguments
from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.failures import Failure
from bot.sandbox.fake_slack.hooks import Hook
from bot.sandbox.fake_slack.methods import METHODS
from bot.sandbox.fake_slack.records import Message
from bot.sandbox.fake_slack.team import Check, Team
from bot.sandbox.fake_slack.views import Views
from bot.sandbox.fake_slack.workspace import Clock, Revision, SlackError, Workspace

RESPONSE_URL = "response_url"


@dataclass(frozen=True)
class Call:
    method: str
    arguments: Mapping[str, Any]
    at: float
    team_id: str | None


def anything_goes(_: Mapping[str, Any]) -> None:
    pass


class FakeSlack:
    """One or several workspaces behind one Web API. `clock` is real time: trigger ids live by it.

    Serve `app()` anywhere and say where with `base_url`, because response_urls are made from it.
    """

    def __init__(
        self, clock: Clock, *, check_message: Check = anything_goes, check_view: Check = anything_goes
    ) -> None:
        self.clock = clock
        self.base_url = ""
        self.revision = Revision()
        self.teams: dict[str, Team] = {}
        self._checks = (check_message, check_view)
        self._calls: list[Call] = []
        self._failures: list[Failure] = []
        self._recovered = asyncio.Event()
        self._hooks: dict[str, Hook] = {}

    def add_workspace(self, team_id: str = "T1", *, domain: str = "acme", token: str | None = None) -> Workspace:
        workspace = Workspace(team_id, domain, token or f"xoxb-{team_id}", self.clock, self.revision)
        self.teams[team_id] = Team(workspace, Views(workspace), *self._checks)
        return workspace

    def app(self, middlewares: Sequence[Middleware] = ()) -> web.Application:
        app = web.Application(middlewares=middlewares)
        app.router.add_route("*", "/api/{method}", self._serve_method)
        app.router.add_post("/response/{hook}", self._serve_hook)
        app.on_shutdown.append(self._let_go)
        return app

    @property
    def api_url(self) -> str:
        return f"{self.base_url.rstrip('/')}/api/"

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        status: int | None = None,
        error: str | None = None,
        retry_after: int | None = None,
        after_effect: bool = False,
        hang_s: float = 0,
        channel: str | None = None,
    ) -> None:
        """The next `times` calls of `method` ("*": of any, "response_url") fail, after `hang_s` of silence.

        With neither status nor error the connection closes without an answer. `after_effect`: what was
        asked is done all the same. `status=200`: the true answer, only late.
        """
        self._failures.append(Failure(method, times, status, error, retry_after, after_effect, hang_s, channel))

    def recover(self) -> None:
        """Nothing fails any more, and what hangs is answered now."""
        self._failures.clear()
        self._recovered.set()
        self._recovered = asyncio.Event()

    def calls(self, method: str | None = None) -> list[Call]:
        """Every call that arrived, failed ones too, oldest first."""
        return [call for call in self._calls if method in (None, call.method)]

    def new_response_url(self, team: Team, channel: str, user: str, message: Message | None = None) -> tuple[str, Hook]:
        hook = Hook(team, channel, user, message, self.clock())
        name = f"{team.workspace.team_id}-{len(self._hooks) + 1}"
        self._hooks[name] = hook
        return f"{self.base_url.rstrip('/')}/response/{name}", hook

    async def _let_go(self, _: web.Application) -> None:
        self.recover()

    async def _serve_method(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        arguments = await _read(request)
        act = partial(self._perform, name, request.headers.get("Authorization"), arguments)
        team = self._owner(request.headers.get("Authorization"))
        return await self._answer(request, name, arguments, act, team)

    async def _serve_hook(self, request: web.Request) -> web.Response:
        hook = self._hooks.get(request.match_info["hook"])
        body = await _read(request)
        place = Arguments(body) | {"channel": hook.channel if hook else None}
        return await self._answer(request, RESPONSE_URL, place, partial(_use, hook, body), hook.team if hook else None)

    async def _answer(
        self,
        request: web.Request,
        name: str,
        arguments: Mapping[str, Any],
        act: Callable[[], web.Response],
        team: Team | None,
    ) -> web.Response:
        self._calls.append(Call(name, arguments, self.clock(), team.workspace.team_id if team else None))
        for failure in self._failures:
            if failure.meets(name, arguments.get("channel")):
                failure.times -= 1
                return await failure.spoil(request, act, self._recovered)
        return act()

    def _perform(self, name: str, authorization: str | None, arguments: Arguments) -> web.Response:
        try:
            if name not in METHODS:
                raise SlackError("unknown_method")
            return web.json_response({"ok": True} | METHODS[name](self._authorised(authorization), arguments))
        except SlackError as error:
            return web.json_response(_declined(error))

    def _authorised(self, authorization: str | None) -> Team:
        if not authorization:
            raise SlackError("not_authed")
        team = self._owner(authorization)
        if team is None:
            raise SlackError("invalid_auth")
        if team.workspace.token_revoked:
            raise SlackError("token_revoked")
        return team

    def _owner(self, authorization: str | None) -> Team | None:
        owners = (team for team in self.teams.values() if authorization == f"Bearer {team.workspace.token}")
        return next(owners, None)


def _use(hook: Hook | None, body: Json) -> web.Response:
    try:
        if hook is None:
            raise SlackError("invalid_url")
        hook.use(body)
    except SlackError as error:
        gone = error.code.endswith("_url")
        return web.json_response(_declined(error), status=404 if gone else 400)
    return web.json_response({"ok": True})


async def _read(request: web.Request) -> Arguments:
    """Slack takes arguments from the query, from a form or from JSON."""
    if request.content_type == "application/json":
        return Arguments(await request.json())
    return Arguments({**request.query, **await request.post()})


def _declined(error: SlackError) -> Json:
    answer: Json = {"ok": False, "error": error.code}
    if error.messages:
        answer |= {"errors": list(error.messages), "response_metadata": {"messages": list(error.messages)}}
    return answer
