"""Block Kit's rules over the whole tree; slack_sdk's own validation stops at the first level.

Each block and element is a table of its fields. A type or a field that is in no table is a mistake.
"""

from collections.abc import Mapping
from json import dumps
from typing import Any

import orjson

from cards.limits import (
    SLACK_ALL_TEXT,
    SLACK_BLOCKS,
    SLACK_BUTTON,
    SLACK_CONFIRM,
    SLACK_CONTEXT,
    SLACK_HEADER,
    SLACK_TEXT,
    SLACK_VIEW_BLOCKS,
    SLACK_VIEW_BYTES,
    SLACK_VIEW_TITLE,
    BadCard,
    CardTooLarge,
    units,
)
from cards.rules import Fields, Rule, anything, inside, many, node, object_of, one_of, plain, string, text


def check_slack(body: Mapping[str, Any]) -> None:
    """A message: raises BadCard for what Slack answers with invalid_blocks, CardTooLarge for its lengths."""
    inside("text", string(40_000), body.get("text"))
    blocks = body.get("blocks")
    inside("blocks", many(node(BLOCKS), SLACK_BLOCKS), blocks)
    # No character takes fewer bytes in UTF-8 than units in UTF-16, so most need no counting.
    if len(orjson.dumps(blocks)) > SLACK_ALL_TEXT and (total := _text_units(blocks)) > SLACK_ALL_TEXT:
        raise CardTooLarge(f"blocks: {total} characters of text, {SLACK_ALL_TEXT} are taken")


def check_slack_view(view: Mapping[str, Any]) -> None:
    """A modal or a home tab."""
    inside("view", node(VIEWS), view)
    if view["type"] == "modal" and "submit" not in view and any(b["type"] == "input" for b in view["blocks"]):
        raise BadCard("view: inputs without submit")
    if len(dumps(view)) > SLACK_VIEW_BYTES:
        raise CardTooLarge(f"view: more than {SLACK_VIEW_BYTES} bytes")


def _text_units(tree: Any) -> int:
    if isinstance(tree, list):
        return sum(map(_text_units, tree))
    if not isinstance(tree, dict):
        return 0
    return sum(units(v) if k == "text" and isinstance(v, str) else _text_units(v) for k, v in tree.items())


ELEMENTS: dict[str, Rule] = {}  # interactive ones and what stands in a context
BLOCKS: dict[str, Rule] = {}
RICH: dict[str, Rule] = {}  # what stands in rich text
VIEWS: dict[str, Rule] = {}

_id = string(255)
_flag = one_of(True, False)
_confirm = object_of(
    {f"{name}*": plain(longest) for name, longest in SLACK_CONFIRM.items()} | {"style": one_of("primary", "danger")}
)
_option = object_of(
    {"text*": text(75), "value*": string(150), "description": text(75), "url": string(3000)},
)
_options = many(_option, 100)
_group = object_of({"label*": plain(75), "options*": _options})
_common: Fields = {"type*": anything, "action_id": _id, "confirm": _confirm, "focus_on_load": _flag}
_typed: Fields = {**_common, "placeholder": plain(150)}
_button: Fields = {
    **_common,
    "text*": plain(SLACK_BUTTON),
    "value": string(2000),
    "url": string(3000),
    "style": one_of("primary", "danger"),
    "accessibility_label": string(75),
}
_select: Fields = {**_typed, "options": _options, "option_groups": many(_group, 100)}
_image: Fields = {"type*": anything, "image_url*": string(3000), "alt_text*": string(2000)}
_ticks: Fields = {**_common, "options*": many(_option, 10), "initial_options": many(_option, 10)}
_people: Fields = {**_typed, "initial_users": many(_id, 100), "max_selected_items": anything}
_places: Fields = {
    **_typed,
    "default_to_current_conversation": _flag,
    "filter": anything,
    "response_url_enabled": _flag,
}
_words: Fields = {
    **_typed,
    "multiline": _flag,
    "initial_value": string(3000),
    "min_length": anything,
    "max_length": anything,
    "dispatch_action_config": anything,
}

ELEMENTS |= {
    "button": object_of(_button),
    "image": object_of(_image),
    "plain_text": text(SLACK_TEXT),
    "mrkdwn": text(SLACK_TEXT),
    "overflow": object_of({**_common, "options*": many(_option, 5)}),
    "checkboxes": object_of(_ticks),
    "radio_buttons": object_of({**_common, "options*": many(_option, 10), "initial_option": _option}),
    "static_select": object_of({**_select, "initial_option": _option}),
    "multi_static_select": object_of(
        {**_select, "initial_options": many(_option, 100), "max_selected_items": anything}
    ),
    "external_select": object_of({**_typed, "initial_option": _option, "min_query_length": anything}),
    "users_select": object_of({**_typed, "initial_user": _id}),
    "multi_users_select": object_of(_people),
    "conversations_select": object_of({**_places, "initial_conversation": _id}),
    "channels_select": object_of({**_typed, "initial_channel": _id, "response_url_enabled": _flag}),
    "plain_text_input": object_of(_words),
    "number_input": object_of(
        {**_typed, "is_decimal_allowed*": _flag, "initial_value": _id, "min_value": _id, "max_value": _id}
    ),
    "email_text_input": object_of({**_typed, "initial_value": _id}),
    "url_text_input": object_of({**_typed, "initial_value": string(3000)}),
    "datepicker": object_of({**_typed, "initial_date": string(10)}),
    "timepicker": object_of({**_typed, "initial_time": string(5), "timezone": _id}),
}

_rich = many(node(RICH), 500)
_run: Fields = {"type*": anything, "style": anything}
_span = object_of({**_run, "elements*": _rich, "border": one_of(0, 1), "indent": anything})
RICH |= {
    "rich_text_section": _span,
    "rich_text_quote": _span,
    "rich_text_preformatted": _span,
    "rich_text_list": object_of(
        {
            **_run,
            "elements*": _rich,
            "style*": one_of("bullet", "ordered"),
            "indent": anything,
            "border": anything,
        }
    ),
    "text": object_of({**_run, "text*": string(SLACK_TEXT)}),
    "link": object_of({**_run, "url*": string(3000), "text": string(SLACK_TEXT)}),
    "user": object_of({**_run, "user_id*": _id}),
    "channel": object_of({**_run, "channel_id*": _id}),
    "emoji": object_of({**_run, "name*": _id, "unicode": _id}),
}

_block: Fields = {"type*": anything, "block_id": _id}
_labelled = [kind for kind in ELEMENTS if kind not in ("button", "image", "plain_text", "mrkdwn", "overflow")]
BLOCKS |= {
    "section": object_of(
        {
            **_block,
            "text": text(SLACK_TEXT),
            "fields": many(text(2000), 10),
            "accessory": node(ELEMENTS),
            "expand": _flag,
        }
    ),
    "header": object_of({**_block, "text*": plain(SLACK_HEADER)}),
    "divider": object_of(_block),
    "context": object_of({**_block, "elements*": many(node(ELEMENTS, "image", "plain_text", "mrkdwn"), SLACK_CONTEXT)}),
    "actions": object_of({**_block, "elements*": many(node(ELEMENTS), 25)}),
    "image": object_of({**_image, **_block, "title": plain(2000)}),
    "rich_text": object_of({**_block, "elements*": _rich}),
    "input": object_of(
        {
            **_block,
            "label*": plain(2000),
            "element*": node(ELEMENTS, *_labelled),
            "hint": plain(2000),
            "optional": _flag,
            "dispatch_action": _flag,
        }
    ),
}

_surface: Fields = {
    "type*": anything,
    "blocks*": many(node(BLOCKS), SLACK_VIEW_BLOCKS),
    "private_metadata": string(3000),
    "callback_id": _id,
    "external_id": _id,
}
VIEWS |= {
    "home": object_of(_surface),
    "modal": object_of(
        {
            **_surface,
            "title*": plain(SLACK_VIEW_TITLE),
            "submit": plain(SLACK_VIEW_TITLE),
            "close": plain(SLACK_VIEW_TITLE),
            "clear_on_close": _flag,
            "notify_on_close": _flag,
            "submit_disabled": _flag,
        }
    ),
}
