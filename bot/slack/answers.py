"""Answers that do not fit in the response to Slack's request: forms, buttons, and what took longer."""

from __future__ import annotations

from typing import Any, TypeAlias

import structlog

from bot.slack.read import Way
from bot.slack.tokens import SlackTokens
from bot.slack.web_api import Declined, SlackApi, SlackTrouble
from bot.slack.write import notice, write_home, write_response, write_view
from handlers.dispatch import Answered

Json: TypeAlias = dict[str, Any]

TRIGGER_LIFE_S = 3.0
TOO_SLOW = "Slack was too slow to open the form. Nothing was taken; please type `/kudos` again."
NOT_OPENED = "I could not open the form just now. Nothing was taken; please type `/kudos` again."

_log = structlog.get_logger("slack.answers")


class Answers:
    def __init__(self, api: SlackApi, tokens: SlackTokens) -> None:
        self._api = api
        self._tokens = tokens

    async def give(self, way: Way, answered: Answered) -> None:
        """Shows an answer to whoever asked. A form that cannot be opened is told; what cannot be told is logged."""
        try:
            if answered.kind == "form":
                await self._open(way, answered.payload)
            elif way.view_id and not way.response_url:
                await self._show_in_view(way, answered)
            elif body := write_response(answered):
                await self._tell(way, body)
        except SlackTrouble as trouble:
            _log.warning("answer lost", kind=answered.kind, what=str(trouble))

    async def show_home(self, way: Way, answered: Answered) -> None:
        """Shows somebody's Home tab, to them."""
        try:
            await self._call("views.publish", way, {"user_id": way.user_id, "view": write_home(answered)})
        except SlackTrouble as trouble:
            _log.warning("home lost", what=str(trouble))

    async def update(self, way: Way, answered: Answered, view: Json) -> None:
        """Shows a late answer to a form where its promise stands."""
        try:
            if answered.kind != "nothing":
                body = {"view_id": way.view_id, "view": _as_view(answered, view)}
                await self._call("views.update", way, body)
        except SlackTrouble as trouble:
            _log.warning("answer lost", kind=answered.kind, what=str(trouble))

    async def _open(self, way: Way, view: Json) -> None:
        method = "views.push" if way.view_id and not way.at_home else "views.open"
        try:
            await self._call(method, way, {"trigger_id": way.trigger_id, "view": view})
        except SlackTrouble as trouble:
            _log.warning("form not opened", what=str(trouble))
            if trouble.what == "exchanged_trigger_id":  # it is open: this was a second delivery
                return
            late = not isinstance(trouble, Declined) or trouble.what == "expired_trigger_id"
            await self._tell(way, write_response(notice(TOO_SLOW if late else NOT_OPENED)))

    async def _show_in_view(self, way: Way, answered: Answered) -> None:
        """A button in a view has no response_url: what replaces its card replaces the view."""
        view = _as_view(answered, {})
        match answered.kind:
            case "replace" if way.at_home:
                await self.show_home(way, answered)
            case "reply" | "errors" if way.at_home:
                await self._call("views.open", way, {"trigger_id": way.trigger_id, "view": view})
            case "replace":
                await self._call("views.update", way, {"view_id": way.view_id, "view": view})
            case "reply" | "errors":
                await self._call("views.push", way, {"trigger_id": way.trigger_id, "view": view})

    async def _tell(self, way: Way, body: Json) -> None:
        """A global shortcut has no response_url either; then it is said in the personal chat."""
        if way.response_url:
            await self._api.respond(way.response_url, body)
        else:
            direct: Json = {name: body[name] for name in ("text", "blocks") if name in body}
            await self._call("chat.postMessage", way, {"channel": way.user_id, **direct})

    async def _call(self, method: str, way: Way, body: Json) -> None:
        installed = await self._tokens.find(way.team_id)
        if installed is None:
            raise Declined(method, "not_installed")
        await self._api.do(method, installed.bot_token, body, timeout_s=TRIGGER_LIFE_S)


def _as_view(answered: Answered, instead_of: Json) -> Json:
    return answered.payload if answered.kind == "form" else write_view(answered, instead_of)
