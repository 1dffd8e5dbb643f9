"""One workspace as the Web API sees it, with what it lets through."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.sandbox.fake_slack.blocks import Json, text_of
from bot.sandbox.fake_slack.views import Views
from bot.sandbox.fake_slack.workspace import SlackError, Workspace

Check = Callable[[Mapping[str, Any]], None]

LONGEST_TEXT = 40_000
LONGEST_BLOCKS = 13_200  # measured by others, in no documentation: bolt-js issue 2509
LARGEST_VIEW = 250_000
CONTENT = ("text", "blocks", "attachments", "metadata")


@dataclass(frozen=True)
class Team:
    """A check raises ValueError with what is wrong."""

    workspace: Workspace
    views: Views
    check_message: Check
    check_view: Check


def view_content(team: Team, content: Any, kind: str = "modal") -> Json:
    if not isinstance(content, dict) or content.get("type") != kind:
        raise SlackError("invalid_arguments", f"[ERROR] a view of type {kind} is needed [json-pointer:/view/type]")
    if len(json.dumps(content).encode()) > LARGEST_VIEW:
        raise SlackError("view_too_large")
    try:
        team.check_view(content)
    except ValueError as error:
        raise SlackError("invalid_arguments", f"[ERROR] {error} [json-pointer:/view]") from error
    return content


def message_content(team: Team, content: Json) -> Json:
    if not any(content.get(part) for part in ("text", "blocks", "attachments")):
        raise SlackError("no_text")
    if len(content.get("text") or "") > LONGEST_TEXT:
        raise SlackError("msg_too_long")
    if content.get("blocks") and len(text_of(content)) > LONGEST_BLOCKS:
        raise SlackError("msg_blocks_too_long")
    try:
        team.check_message(content)
    except ValueError as error:
        raise SlackError("invalid_blocks", f"[ERROR] {error} [json-pointer:/blocks]") from error
    return content
