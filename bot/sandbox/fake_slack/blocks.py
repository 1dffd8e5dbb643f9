"""What a Slack client reads off Block Kit: its text, its inputs, and what somebody chose in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Json = dict[str, Any]

# Element type -> where its choice is kept. The start value sits under the same name with `initial_`.
CHOICES = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


def with_ids(blocks: Sequence[Json]) -> list[Json]:
    """Slack names the blocks that come without a block_id."""
    return [{**block, "block_id": block.get("block_id") or f"b{number}"} for number, block in enumerate(blocks)]


def elements(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Every interactive element with the id of its block."""
    for block in blocks:
        for node in _dicts(block):
            if "action_id" in node:
                yield block["block_id"], node


def find_element(blocks: Sequence[Json], action_id: str, value: object = None) -> tuple[str, Json]:
    """The element a person points at; of several buttons with one action_id, the one with that value."""
    found = [(block_id, node) for block_id, node in elements(blocks) if node["action_id"] == action_id]
    if value is not None:
        found = [(block_id, node) for block_id, node in found if node["type"] != "button" or node.get("value") == value]
    if not found:
        shown = [(node["action_id"], node.get("value")) for _, node in elements(blocks)]
        raise LookupError(f"nothing to press for {action_id!r} ({value!r}) among {shown}")
    return found[0]


def choose(element: Json, value: Any) -> Json:
    """What Slack says of a choice: options are named by their value and come back whole."""
    kind = element["type"]
    if kind == "button":
        return {
            "type": kind,
            "text": element["text"],
            **{k: element[k] for k in ("value", "style") if k in element},
        }
    key = CHOICES[kind]
    if key == "selected_option" and value is not None:
        value = _option(element, value)
    elif key == "selected_options":
        value = [_option(element, one) for one in value]
    return {"type": kind, key: value}


def start_values(blocks: Sequence[Json]) -> dict[str, Json]:
    """`state.values` of a view nobody has touched, by block_id and action_id."""
    values: dict[str, Json] = {}
    for block_id, element in elements(blocks):
        if key := CHOICES.get(element["type"]):
            empty: object = [] if key.endswith("s") else None
            initial = element.get("initial_" + key.removeprefix("selected_").removeprefix("rich_text_"), empty)
            values.setdefault(block_id, {})[element["action_id"]] = {"type": element["type"], key: initial}
    return values


def missing_inputs(blocks: Sequence[Json], values: Mapping[str, Json]) -> dict[str, str]:
    """Block id -> what the client says of a required input left empty. It does not submit such a view."""
    return {
        block["block_id"]: "Please complete this required field."
        for block in blocks
        if block["type"] == "input" and not block.get("optional") and not _is_filled(values.get(block["block_id"], {}))
    }


def text_of(shown: object) -> str:
    """The text of a message or view as a person reads it, a line a block; mrkdwn stays as it was sent."""
    shown = getattr(shown, "content", shown)
    if not isinstance(shown, Mapping):
        return _text(shown)
    title = _text(shown["title"]) + "\n" if "title" in shown and "blocks" in shown else ""
    blocks = shown.get("blocks") or []
    return title + ("\n".join(filter(None, map(_text, blocks))) if blocks else str(shown.get("text", "")))


# Inline parts of rich text run on; everything else is set apart.
_INLINE = ("rich_text_section", "rich_text_preformatted", "rich_text_quote")
_PARTS = (
    "title",
    "label",
    "text",
    "fields",
    "elements",
    "accessory",
    "element",
    "subtitle",
    "body",
    "rows",
    "blocks",
)


def _text(node: object) -> str:
    if isinstance(node, str):
        return node
    if isinstance(node, Sequence):
        return " ".join(filter(None, map(_text, node)))
    if not isinstance(node, Mapping):
        return ""
    match node.get("type"):
        case "user":
            return f"<@{node['user_id']}>"
        case "usergroup":
            return f"<!subteam^{node['usergroup_id']}>"
        case "channel" if "channel_id" in node:
            return f"<#{node['channel_id']}>"
        case "broadcast":
            return f"<!{node['range']}>"
        case "emoji":
            return f":{node['name']}:"
        case "image":
            return str(node.get("alt_text", ""))
        case "link":
            return str(node.get("text") or node["url"])
        case kind if kind in _INLINE:
            return "".join(map(_text, node["elements"]))
    return " ".join(filter(None, (_text(node[part]) for part in _PARTS if part in node)))


def _option(element: Json, value: str) -> Json:
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group.get("options", [])):
        if option["value"] == value:
            return dict(option)
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": value, "emoji": True}, "value": value}
    raise LookupError(f"no option {value!r} in {element['action_id']!r}")


def _is_filled(chosen: Mapping[str, Json]) -> bool:
    return any(value not in (None, "", []) for one in chosen.values() for key, value in one.items() if key != "type")


def _dicts(node: object) -> Iterator[Json]:
    if isinstance(node, dict):
        yield node
        for child in node.values():
            yield from _dicts(child)
    elif isinstance(node, list):
        for child in node:
            yield from _dicts(child)
