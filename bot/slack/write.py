"""Answers as Slack takes them: in the body of a 200, for a response_url, or as a view. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from cards.limits import SLACK_VIEW_TITLE, clip
from cards.slack import escape
from handlers.dispatch import Answered

Json: TypeAlias = dict[str, Any]


def write_command(answered: Answered) -> Json:
    """The body of a command's 200; an empty one says nothing."""
    body = write_response(answered)
    return {"response_type": "ephemeral", **_content(answered)} if body else {}


def write_response(answered: Answered) -> Json:
    """What goes to a response_url; nothing where a form opens or no words are needed."""
    match answered.kind:
        case "reply" | "errors":
            return {"response_type": "ephemeral", "replace_original": False, **_content(answered)}
        case "replace":
            return {"replace_original": True, **_content(answered)}
        case "form" | "nothing":
            return {}


def write_submission(answered: Answered, view: Mapping[str, Any]) -> Json:
    """The body of a form's 200; an empty one closes the form."""
    match answered.kind:
        case "reply" | "replace":
            return {"response_action": "update", "view": write_view(answered, view)}
        case "errors":
            return _errors(answered, view)
        case "form":  # not on top of it: whoever closes the second step would have the first one before them again
            return {"response_action": "update", "view": answered.payload}
        case "nothing":
            return {}


def write_view(answered: Answered, instead_of: Mapping[str, Any]) -> Json:
    """A view that shows a card, under the title of the view it follows, with nothing left to fill in."""
    title = str((instead_of.get("title") or {}).get("text") or "Plaudit")
    return {
        "type": "modal",
        "title": _plain(clip(title, SLACK_VIEW_TITLE)),
        "close": _plain("Close"),
        "blocks": _content(answered)["blocks"],
    }


def write_home(answered: Answered) -> Json:
    """The Home tab with a card."""
    return {"type": "home", "blocks": _content(answered)["blocks"]}


def notice(text: str) -> Answered:
    """A sentence of the edge's own."""
    return Answered("reply", _words(text), "notice")


def _content(answered: Answered) -> Json:
    """A card's text and blocks. Errors have no fields to stand at once the form is gone."""
    if answered.kind == "errors":
        return _words("\n".join(answered.payload.values()))
    return answered.payload


def _words(text: str) -> Json:
    shown = escape(text)
    return {"text": shown, "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": shown}}]}


def _errors(answered: Answered, view: Mapping[str, Any]) -> Json:
    """Slack shows errors at inputs only; one for something else goes to the first."""
    inputs = [block["block_id"] for block in view.get("blocks", ()) if block.get("type") == "input"]
    if not inputs:
        return {"response_action": "update", "view": write_view(answered, view)}
    errors: dict[str, str] = {}
    for field, sentence in answered.payload.items():
        block_id = field if field in inputs else inputs[0]
        errors[block_id] = f"{errors[block_id]} {sentence}" if block_id in errors else sentence
    return {"response_action": "errors", "errors": errors}


def _plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}
