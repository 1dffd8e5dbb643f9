"""What was answered, as the body of an invoke's response, or as a message. Pure.

Shapes: learn.microsoft.com/microsoftteams/platform: task-modules-and-cards/task-modules/task-modules-bots,
task-modules-and-cards/cards/universal-actions-for-adaptive-cards/overview.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.teams.read import CARD_ACTION
from handlers.dispatch import Answered

ADAPTIVE_CARD = "application/vnd.microsoft.card.adaptive"
TEXT = "application/vnd.microsoft.activity.message"
APP = "Plaudit"
DONE = "Done."

Body = dict[str, Any]


def write_invoke(name: str, answered: Answered) -> Body | None:
    """The body of the 200. None: an empty one, which closes a dialog."""
    if name == CARD_ACTION:
        return _on_card(answered)
    return _in_dialog(answered, opening=name.endswith(("/fetch", "/fetchTask")))


def write_message(answered: Answered) -> Body | None:
    """`{"text", "card"}` for an answer that found no wire. None where nothing is to be said."""
    payload = answered.payload
    match answered.kind:
        case "reply" | "replace":
            return payload
        case "form":
            return {"text": payload["title"], "card": _opener(payload)}
        case "errors":
            return _said(payload)
        case "nothing":
            return None


def message_activity(payload: Mapping[str, Any]) -> Body:
    """The card only, its words as summary: text and card in one activity become two messages without an id."""
    attachment = {"contentType": ADAPTIVE_CARD, "content": payload["card"]}
    return {"type": "message", "summary": payload["text"], "attachments": [attachment]}


# --- the answer to a button of a card ---------------------------------------------------------------------


def _on_card(answered: Answered) -> Body:
    """A card takes the place of the one that was pressed, for the one who pressed it."""
    payload = answered.payload
    match answered.kind:
        case "replace":
            return _shown(ADAPTIVE_CARD, payload["card"])
        case "reply":
            card = payload["card"]
            return _shown(ADAPTIVE_CARD, card) if _leads_on(card) else _shown(TEXT, payload["text"])
        case "form":
            return _shown(ADAPTIVE_CARD, _opener(payload))
        case "errors":
            return _shown(TEXT, _sentences(payload))
        case "nothing":
            return _shown(TEXT, DONE)


def _leads_on(node: Any) -> bool:
    """Whether there is something to press: buttons, or a link, which words alone would leave dead."""
    match node:
        case {"type": "ActionSet"}:
            return True
        case {"type": "TextBlock", "text": str(text)}:
            return _LINK.search(text) is not None
        case dict():
            return any(map(_leads_on, node.values()))
        case list():
            return any(map(_leads_on, node))
        case _:
            return False


_LINK = re.compile(r"(?<!\\)\]\(http")  # brackets that people typed are escaped


def _shown(kind: str, value: object) -> Body:
    return {"statusCode": 200, "type": kind, "value": value}


def _opener(dialog: Body) -> Body:
    """A form does not open by itself here, so a card with a button opens it."""
    data = dialog["card"]["actions"][0]["data"]
    fetch = {**data["context"], "act": data["opened_by"], "msteams": {"type": "task/fetch"}}
    button = {"type": "Action.Submit", "title": dialog["title"], "style": "positive", "data": fetch}
    words = {"type": "TextBlock", "text": "One more step:", "wrap": True}
    return {"type": "AdaptiveCard", "version": "1.5", "body": [words], "actions": [button]}


# --- the answer in a dialog -------------------------------------------------------------------------------


def _in_dialog(answered: Answered, *, opening: bool) -> Body | None:
    payload = answered.payload
    match answered.kind:
        case "form":
            return _continue(payload["title"], payload["card"], "medium")
        case "reply" | "replace":
            return _continue(APP, _for_dialog(payload["card"]), "small")
        case "errors":
            return _task("message", _sentences(payload))
        case "nothing":
            return _task("message", DONE) if opening else None


def _continue(title: str, card: Body, height: str) -> Body:
    attachment = {"contentType": ADAPTIVE_CARD, "content": card}
    return _task("continue", {"title": title, "height": height, "width": "medium", "card": attachment})


def _task(kind: str, value: object) -> Body:
    return {"task": {"type": kind, "value": value}}


def _for_dialog(card: Body) -> Body:
    """Mentions work in messages only, a dialog would show their tags; and it knows no buttons but Submit."""
    entities = card.get("msteams", {}).get("entities", ())
    names = {one["text"]: one["mentioned"]["name"] for one in entities}
    fit: Body = _fit({key: value for key, value in card.items() if key != "msteams"}, names)
    return fit


_LOOKS = ("style", "tooltip")
"""Of a button, beside what it sends."""


def _fit(node: Any, names: Mapping[str, str]) -> Any:
    match node:
        case {"type": "Action.Execute", "fallback": {} as submit}:
            return {name: node[name] for name in _LOOKS if name in node} | submit
        case dict():
            return {key: _fit(value, names) for key, value in node.items()}
        case list():
            return [_fit(value, names) for value in node]
        case str():
            return _named(node, names)
        case _:
            return node


def _named(text: str, names: Mapping[str, str]) -> str:
    for mention, name in names.items():
        text = text.replace(mention, name)
    return text


# --- words ------------------------------------------------------------------------------------------------


def _said(errors: Mapping[str, str]) -> Body:
    text = _sentences(errors)
    inlines = [{"type": "TextRun", "text": text}]
    body = [{"type": "RichTextBlock", "inlines": inlines}]
    return {"text": text, "card": {"type": "AdaptiveCard", "version": "1.5", "body": body}}


def _sentences(errors: Mapping[str, str]) -> str:
    return " ".join(errors.values())
