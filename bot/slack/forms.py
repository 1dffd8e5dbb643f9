"""A form as a modal of Slack. Block and action id of an input are the field's name; `read` takes them apart."""

from __future__ import annotations

import json
from typing import Any

from cards.block_kit import check_slack_view
from cards.limits import SLACK_VIEW_TITLE, clip
from handlers.vocabulary import (
    ChoiceField,
    ConversationField,
    Field,
    Form,
    NumberField,
    PeopleField,
    TextField,
    is_optional,
)

Block = dict[str, Any]

MOST_RADIO_BUTTONS = 3
"""Few choices are seen at once; more of them make a menu."""
_LABEL, _CHOICE, _HINT = 2000, 75, 2000


def write_modal(form: Form) -> dict[str, Any]:
    """The view of `form`. Raises `BadCard` where a limit of Slack does not hold."""
    view = {
        "type": "modal",
        "callback_id": form.name,
        "private_metadata": _compact({"form_id": form.form_id, "context": dict(form.context)}),
        "title": _plain(form.title, SLACK_VIEW_TITLE),
        "submit": _plain(form.submit, SLACK_VIEW_TITLE),
        "close": _plain("Cancel", SLACK_VIEW_TITLE),
        "blocks": [*_note(form.note), *(_input(field) for field in form.fields)],
    }
    check_slack_view(view)
    return view


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _note(note: str) -> list[Block]:
    return [{"type": "context", "elements": [_plain(note, 2000)]}] if note else []


def _input(field: Field) -> Block:
    block: Block = {
        "type": "input",
        "block_id": field.name,
        "label": _plain(field.label, _LABEL),
        "element": {"action_id": field.name, **_element(field)},
        "optional": is_optional(field),
    }
    return block | ({"hint": _plain(field.hint, _HINT)} if field.hint else {})


def _element(field: Field) -> Block:
    match field:
        case PeopleField():
            return _people(field)
        case TextField():
            return _text(field)
        case ChoiceField():
            return _choice(field)
        case NumberField():
            return _number(field)
        case ConversationField():
            return _conversation(field)


def _people(field: PeopleField) -> Block:
    initial = {"initial_users": [one.id for one in field.initial]} if field.initial else {}
    return {"type": "multi_users_select", **initial}


def _text(field: TextField) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "multiline": field.multiline,
        "max_length": field.max_length,
    }
    if field.min_length:
        element["min_length"] = field.min_length
    if field.initial:
        element["initial_value"] = clip(field.initial, field.max_length)
    return element


def _choice(field: ChoiceField) -> Block:
    few = len(field.choices) <= MOST_RADIO_BUTTONS
    options = [{"text": _plain(one.label, _CHOICE), "value": one.value} for one in field.choices]
    initial = next((option for option in options if option["value"] == field.initial), None)
    element: Block = {"type": "radio_buttons" if few else "static_select", "options": options}
    return element | ({"initial_option": initial} if initial else {})


def _number(field: NumberField) -> Block:
    return {
        "type": "number_input",
        "is_decimal_allowed": False,
        "initial_value": str(field.initial),
        "min_value": str(field.least),
        "max_value": str(field.most),
    }


def _conversation(field: ConversationField) -> Block:
    """Slack offers every public channel, also those that we never heard of."""
    initial = {"initial_channel": field.initial} if field.initial else {}
    return {"type": "channels_select", **initial}


def _plain(text: str, longest: int) -> Block:
    return {"type": "plain_text", "text": clip(text, longest), "emoji": True}
