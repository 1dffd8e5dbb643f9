"""Arguments of a Web API call, and paging over its answer."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.fake_slack.blocks import Json
from bot.sandbox.fake_slack.workspace import SlackError

PAGE = 100
LONGEST_PAGE = 1000


class Arguments(dict[str, Any]):
    """From a query, a form or JSON: so everything may come as text."""

    def text(self, name: str, default: str = "") -> str:
        return str(self.get(name) or default)

    def required(self, name: str) -> str:
        if not self.get(name):
            raise SlackError("invalid_arguments", f"[ERROR] missing required field: {name}")
        return str(self[name])

    def flag(self, name: str) -> bool:
        return str(self.get(name, "")).lower() in ("1", "true")

    def names(self, name: str, default: str = "") -> list[str]:
        given = self.get(name) or default
        return list(given) if isinstance(given, list) else [one.strip() for one in str(given).split(",") if one.strip()]

    def structure(self, name: str) -> Any:
        """A list or an object, which forms carry as JSON text."""
        given = self.get(name)
        try:
            return json.loads(given) if isinstance(given, str) and given else given
        except json.JSONDecodeError as error:
            raise SlackError("invalid_arguments", f"[ERROR] {name} is not JSON: {error}") from error


def page(name: str, items: Sequence[object], arguments: Mapping[str, Any]) -> Json:
    """One page of `items` under `name`, with the cursor of the next, which is empty on the last."""
    size = _page_size(arguments.get("limit"))
    start = _offset(str(arguments.get("cursor") or ""))
    rest = start + size < len(items)
    return {
        name: list(items[start : start + size]),
        "response_metadata": {"next_cursor": _cursor(start + size) if rest else ""},
    }


def _page_size(limit: object) -> int:
    size = str(limit or PAGE)
    if not size.isdigit() or not 1 <= int(size) <= LONGEST_PAGE:
        raise SlackError("invalid_limit")
    return int(size)


def _cursor(offset: int) -> str:
    return base64.b64encode(f"next:{offset}".encode()).decode()


def _offset(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True).decode().removeprefix("next:")) if cursor else 0
    except (ValueError, binascii.Error) as error:
        raise SlackError("invalid_cursor") from error
