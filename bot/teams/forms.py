"""A form as a dialog of Teams: an Adaptive Card with inputs, and the same card again with what was wrong.

The client checks only what it cannot send otherwise (a number within its bounds). Everything else is refused
by us, for our words say what to do and Teams' only that something is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cards.limits import TEAMS_LABEL, check_teams, clip
from cards.teams import TeamsUi
from handlers.vocabulary import (
    AccountRef,
    ChoiceField,
    ConversationField,
    Field,
    FieldValue,
    Form,
    NumberField,
    PeopleField,
    TextField,
    is_optional,
)

Element = dict[str, Any]

NO_CHOICE = ""
"""What an optional choice holds when nothing is chosen: the client cannot take a choice back."""


def write_dialog(form: Form) -> dict[str, Any]:
    """`{"title", "card"}`. The data of its button comes back with what was filled in."""
    body = [_words(form.note)] if form.note else []
    for field in form.fields:
        body.append(_input(field))
        if field.hint:
            body.append(_words(field.hint, spacing="None"))
    card: Element = {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": "1.5",
        "body": body,
        "actions": [_submit(form)],
    }
    check_teams(card)
    return {"title": form.title, "card": card}


def with_errors(
    dialog: Mapping[str, Any], values: Mapping[str, FieldValue], errors: Mapping[str, str], *, form_id: str
) -> dict[str, Any]:
    """The same dialog with what was typed, and at each field what is wrong with it.

    It keeps the `form_id` it was sent with: should Teams deliver the first sending once more and it succeed
    this time, the mended one is known already, and nothing happens twice.
    """
    card = dialog["card"]
    ids = {element.get("id") for element in card["body"]}
    body = [_error(text) for name, text in errors.items() if name not in ids]
    for element in card["body"]:
        name = element.get("id", "")
        body.append(_filled(element, values[name]) if name in values else element)
        if name in errors:
            body.append(_error(errors[name]))
    actions = [one | {"data": one["data"] | {"form_id": form_id}} for one in card["actions"]]
    return {"title": dialog["title"], "card": card | {"body": body, "actions": actions}}


def _submit(form: Form) -> Element:
    people = [field.name for field in form.fields if isinstance(field, PeopleField)]
    data = {
        "form": form.name,
        "form_id": form.form_id,
        "opened_by": form.opened_by,
        "context": dict(form.context),
        # An answer does not say of what kind a field is, and ids of people look like any text.
        "people_fields": ",".join(people),
    }
    assert not data.keys() & {field.name for field in form.fields}, f"a field of {form.name} hides its data"
    title = clip(form.submit, TEAMS_LABEL)
    return {"type": "Action.Submit", "title": title, "style": "positive", "data": data}


def _input(field: Field) -> Element:
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


def _label(field: Field) -> str:
    """Teams' own mark for what is required is a red star; it says nothing of what is not."""
    return f"{field.label} (optional)" if is_optional(field) else field.label


def _people(field: PeopleField) -> Element:
    return {
        "type": "Input.ChoiceSet",
        "id": field.name,
        "label": _label(field),
        "isMultiSelect": True,
        "choices": [],
        "choices.data": {"type": "Data.Query", "dataset": "graph.microsoft.com/users"},
        "value": _joined(field.initial),
    }


def _text(field: TextField) -> Element:
    return {
        "type": "Input.Text",
        "id": field.name,
        "label": _label(field),
        "isMultiline": field.multiline,
        "maxLength": field.max_length,
        "value": field.initial,
    }


def _choice(field: ChoiceField) -> Element:
    choices = [{"title": one.label, "value": one.value} for one in field.choices]
    nothing = [{"title": "None", "value": NO_CHOICE}] if field.optional else []
    return {
        "type": "Input.ChoiceSet",
        "id": field.name,
        "label": _label(field),
        "style": "compact",
        "choices": [*nothing, *choices],
        "value": field.initial,
    }


def _number(field: NumberField) -> Element:
    return {
        "type": "Input.Number",
        "id": field.name,
        "label": _label(field),
        "min": field.least,
        "max": field.most,
        "value": field.initial,
        "errorMessage": f"A number from {field.least} to {field.most}, please.",
    }


def _conversation(field: ConversationField) -> Element:
    return {
        "type": "Input.ChoiceSet",
        "id": field.name,
        "label": _label(field),
        "style": "compact",
        "choices": [{"title": one.label, "value": one.value} for one in field.choices],
        "value": field.initial,
    }


def _filled(element: Element, value: FieldValue) -> Element:
    if element["type"] != "Input.Number":
        return element | {"value": value if isinstance(value, str) else _joined(value)}
    try:
        return element | {"value": int(str(value))}
    except ValueError:
        return {key: kept for key, kept in element.items() if key != "value"}


def _joined(people: tuple[AccountRef, ...]) -> str:
    return ",".join(one.id for one in people)


def _error(text: str) -> Element:
    return _words(text, color="Attention", weight="Bolder", isSubtle=False)


def _words(text: str, **looks: object) -> Element:
    """A line that may hold what people wrote, escaped as in every card."""
    ui = TeamsUi("teams", "en", None)
    ui.small("{text}", text=text)
    return ui.parts[0] | looks
