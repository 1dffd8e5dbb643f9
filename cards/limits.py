"""How much a message may hold, and the errors for one that holds too much or is built wrongly.

Sources: docs.slack.dev/reference/block-kit (blocks, block-elements, composition-objects);
msteams-docs includes/agent-message-size-limit.md; for Slack's limit on a whole message slackapi/bolt-js#2509.
"""

import json
from collections.abc import Mapping
from typing import Any

PLAIN_TEXT = 3000  # Slack cuts a message text at 40,000 and advises 4,000

SLACK_BLOCKS = 50
SLACK_VIEW_BLOCKS = 100
SLACK_VIEW_TITLE = 24
SLACK_ALL_TEXT = 13_200  # `msg_blocks_too_long`, though each block is legal
SLACK_TEXT = 3000
SLACK_QUOTE = 3000  # not documented for rich text; what a section may hold
SLACK_HEADER = 150
SLACK_CONTEXT = 10
SLACK_ALT = 2000
SLACK_BUTTON = 75
SLACK_SPOKEN = 75
SLACK_CONFIRM = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
SLACK_VIEW_BYTES = 250_000

TEAMS_BYTES = 80_000  # of 100 KB in UTF-16, mentions included; the rest is for the activity around it
TEAMS_TEXT = 10_000  # ours
TEAMS_LINES = 40  # of one quotation, ours
TEAMS_LABEL = 75  # ours


class BadCard(ValueError):
    """Built wrongly: a bug in a template."""


class CardTooLarge(BadCard):
    """Built well, but the platform would refuse its length."""


def clip(text: str, longest: int) -> str:
    """At most that many characters as platforms count them (UTF-16), the last one an ellipsis if cut."""
    if fits(text, longest):
        return text
    kept = text.encode("utf-16-le", "surrogatepass")[: 2 * (longest - 1)].decode("utf-16-le", "ignore")
    return kept.rstrip(" \n\u200d\ufe0f") + "…"


def fits(text: str, longest: int) -> bool:
    return len(text) * 2 <= longest or units(text) <= longest


def units(text: str) -> int:
    """The length in UTF-16, as JavaScript and .NET count it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_teams(card: Mapping[str, Any]) -> None:
    """Raises BadCard for what Teams would not show, CardTooLarge for what it would not take."""
    if card.get("type") != "AdaptiveCard" or card.get("version") not in ("1.4", "1.5"):
        raise BadCard("Teams shows an AdaptiveCard of version 1.4 or 1.5")
    _check_nodes(card.get("body"), "body")
    _check_nodes(card.get("actions", []), "actions")
    # ASCII JSON is never shorter than its UTF-16 count, so most cards are measured once.
    if len(json.dumps(card)) * 2 > TEAMS_BYTES and units(json.dumps(card, ensure_ascii=False)) * 2 > TEAMS_BYTES:
        raise CardTooLarge(f"more than {TEAMS_BYTES} bytes in UTF-16")


# Type: (what it must have, where it holds others).
_TEAMS_NODES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "TextBlock": (("text",), ()),
    "TextRun": (("text",), ()),
    "RichTextBlock": (("inlines",), ("inlines",)),
    "Container": (("items",), ("items",)),
    "ColumnSet": (("columns",), ("columns",)),
    "Column": ((), ("items",)),
    "FactSet": (("facts",), ()),
    "Image": (("url",), ()),
    "ImageSet": (("images",), ("images",)),
    "Table": ((), ("rows",)),
    "TableRow": ((), ("cells",)),
    "TableCell": (("items",), ("items",)),
    "ActionSet": (("actions",), ("actions",)),
    "Input.Text": (("id",), ()),
    "Input.Number": (("id",), ()),
    "Input.Date": (("id",), ()),
    "Input.Time": (("id",), ()),
    "Input.Toggle": (("id", "title"), ()),
    "Input.ChoiceSet": (("id",), ()),
    "Action.Execute": (("title",), ()),
    "Action.Submit": (("title",), ()),
    "Action.OpenUrl": (("title", "url"), ()),
    "Action.ToggleVisibility": (("title", "targetElements"), ()),
    "Action.ShowCard": (("title", "card"), ("card",)),
    "AdaptiveCard": ((), ("body", "actions")),  # within Action.ShowCard
}


def _check_nodes(nodes: Any, path: str) -> None:
    for node in nodes if isinstance(nodes, list) else [nodes]:
        kind = node.get("type") if isinstance(node, dict) else None
        if kind not in _TEAMS_NODES:
            raise BadCard(f"{path}: Teams knows no element {kind!r}")
        required, holds = _TEAMS_NODES[kind]
        for field in required:
            if not node.get(field):
                raise BadCard(f"{path}: {kind} without {field}")
        for field in holds:
            if field in node:
                _check_nodes(node[field], f"{path}.{field}")
