"""Forms as dialogs, and answers as Teams wants them: checked against the Adaptive Cards schema."""

import json
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema
import pytest

from bot.teams.forms import with_errors, write_dialog
from bot.teams.write import ADAPTIVE_CARD, message_activity, write_invoke, write_message
from cards.render import Target, render, sample
from handlers.dispatch import Answered, AnswerKind
from handlers.vocabulary import (
    AccountRef,
    Choice,
    ChoiceField,
    ConversationField,
    FieldValue,
    Form,
    NumberField,
    PeopleField,
    Platform,
    TextField,
    WorkspaceRef,
)

TENANT = WorkspaceRef(Platform.TEAMS, "t1")
ANN, BOB = AccountRef(TENANT, "aad-ann"), AccountRef(TENANT, "aad-bob")
FORM = Form(
    name="kudos",
    form_id="f1",
    opened_by="kudos_form",
    title="Say thank you",
    submit="Send",
    note="To **everybody** <at>here</at>",
    fields=(
        PeopleField(name="receivers", label="Whom?", initial=(ANN, BOB)),
        TextField(name="reason", label="What for?", multiline=True, max_length=500, hint="A few words."),
        ChoiceField(name="badge", label="Badge", choices=(Choice("b1", "Rocket"),), optional=True),
        NumberField(name="points", label="Points", initial=2, least=1, most=20),
    ),
    context={"about_link": "https://teams.microsoft.com/l/message/x/1"},
)
CARD = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "For <at>Ann</at>."}],
    "msteams": {"entities": [{"type": "mention", "text": "<at>Ann</at>", "mentioned": {"id": "1", "name": "Ann"}}]},
}
BUTTONS = CARD | {"body": [{"type": "ActionSet", "actions": [{"type": "Action.Execute", "title": "Undo"}]}]}


def element(card: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in card["body"] if one.get("id") == name)
    return found


def check(card: dict[str, Any]) -> None:
    path = resources.files("adaptive_cards") / "schemas" / "schema-1.5.json"
    jsonschema.Draft6Validator(json.loads(path.read_text("utf-8-sig"))).validate(card)


def answered(kind: AnswerKind, payload: dict[str, Any], outcome: str = "done") -> Answered:
    return Answered(kind, payload, outcome)


REPLY = answered("reply", {"text": "For Ann.", "card": CARD})
REPLY_WITH_BUTTONS = answered("reply", {"text": "Undo?", "card": BUTTONS})
REPLACE = answered("replace", {"text": "For Ann.", "card": CARD})
OPEN = answered("form", write_dialog(FORM), "read")
ERRORS = answered("errors", {"reason": "Say a few words.", "points": "One is the least."}, "mend")
NOTHING = answered("nothing", {})


# --- the form ---------------------------------------------------------------------------------------------


def test_a_dialog_holds_every_field_and_takes_its_context_along() -> None:
    dialog = write_dialog(FORM)
    card = dialog["card"]
    check(card | {"body": [_without_query(one) for one in card["body"]]})
    assert dialog["title"] == "Say thank you"
    assert element(card, "receivers")["value"] == "aad-ann,aad-bob"
    assert element(card, "receivers")["choices.data"]["dataset"] == "graph.microsoft.com/users"
    assert [one["title"] for one in element(card, "badge")["choices"]] == ["None", "Rocket"]
    assert card["actions"][0]["data"] == {
        "form": "kudos",
        "form_id": "f1",
        "opened_by": "kudos_form",
        "context": {"about_link": "https://teams.microsoft.com/l/message/x/1"},
        "people_fields": "receivers",
    }


def test_a_channel_is_one_of_those_that_we_know() -> None:
    known = (Choice("19:a@thread.tacv2", "General"), Choice("19:b@thread.tacv2", "Launch"))
    where = ConversationField(name="channel", label="Where?", choices=known, initial="19:b@thread.tacv2", hint="One.")
    dialog = write_dialog(replace(FORM, fields=(where,)))
    check(dialog["card"])
    asked = element(dialog["card"], "channel")
    assert [one["title"] for one in asked["choices"]] == ["General", "Launch"]
    assert asked["value"] == "19:b@thread.tacv2"
    again = with_errors(dialog, {"channel": "19:a@thread.tacv2"}, {"channel": "It is archived."}, form_id="f1")
    assert element(again["card"], "channel")["value"] == "19:a@thread.tacv2"
    check(write_dialog(replace(FORM, fields=(replace(where, choices=(), initial=""),)))["card"])


def _without_query(one: dict[str, Any]) -> dict[str, Any]:
    """The people picker is Teams' own addition to the schema."""
    return {key: value for key, value in one.items() if key != "choices.data"}


def test_what_people_wrote_is_shown_as_text() -> None:
    note = write_dialog(FORM)["card"]["body"][0]["text"]
    assert "**" not in note
    assert "<at>" not in note


def test_errors_stand_at_their_fields_and_what_was_typed_stays() -> None:
    values: dict[str, FieldValue] = {"receivers": (BOB,), "reason": "ok", "badge": "b1", "points": "7"}
    errors = {"reason": "Say a few words.", "elsewhere": "Nobody is left."}
    card = with_errors(write_dialog(FORM), values, errors, form_id="first")["card"]
    assert [element(card, name)["value"] for name in values] == ["aad-bob", "ok", "b1", 7]
    assert card["body"][0]["text"] == "Nobody is left."
    at = card["body"].index(element(card, "reason"))
    assert (card["body"][at + 1]["text"], card["body"][at + 1]["color"]) == ("Say a few words.", "Attention")
    assert card["actions"][0]["data"]["form_id"] == "first"
    check(card | {"body": [_without_query(one) for one in card["body"]]})


@pytest.mark.parametrize("typed", ["", "many", "2.5"])
def test_a_number_that_is_none_leaves_its_field_empty(typed: str) -> None:
    card = with_errors(write_dialog(FORM), {"points": typed}, {"points": "A number."}, form_id="f1")["card"]
    assert "value" not in element(card, "points")


# --- answers to invokes -----------------------------------------------------------------------------------


def test_a_button_gets_a_card_or_words() -> None:
    name = "adaptiveCard/action"
    shown = "application/vnd.microsoft.activity.message"
    assert write_invoke(name, REPLACE) == {"statusCode": 200, "type": ADAPTIVE_CARD, "value": CARD}
    assert write_invoke(name, REPLY) == {"statusCode": 200, "type": shown, "value": "For Ann."}
    assert write_invoke(name, REPLY_WITH_BUTTONS) == {"statusCode": 200, "type": ADAPTIVE_CARD, "value": BUTTONS}
    assert write_invoke(name, NOTHING) == {"statusCode": 200, "type": shown, "value": "Done."}
    assert write_invoke(name, ERRORS) == {
        "statusCode": 200,
        "type": shown,
        "value": "Say a few words. One is the least.",
    }


@pytest.mark.parametrize(
    ("text", "is_card"),
    [("Here it is: [Open it](https://acme.test/x).", True), ("Somebody typed \\[this\\](https://x)", False)],
)
def test_a_link_in_the_answer_to_a_button_can_be_opened(text: str, is_card: bool) -> None:
    body = [{"type": "Container", "items": [{"type": "TextBlock", "text": text}]}]
    answered = replace(REPLY, payload={"text": "Here it is: Open it.", "card": CARD | {"body": body}})
    shown = write_invoke("adaptiveCard/action", answered)
    assert shown is not None
    assert (shown["type"] == ADAPTIVE_CARD) is is_card


def test_a_button_cannot_open_a_form_but_show_another_that_does() -> None:
    body = write_invoke("adaptiveCard/action", OPEN)
    assert body is not None
    check(body["value"])
    assert body["value"]["actions"][0]["data"] == {
        "act": "kudos_form",
        "about_link": "https://teams.microsoft.com/l/message/x/1",
        "msteams": {"type": "task/fetch"},
    }


@pytest.mark.parametrize(
    "name", ["task/fetch", "composeExtension/fetchTask", "task/submit", "composeExtension/submitAction"]
)
def test_a_dialog_shows_a_form_or_the_answer(name: str) -> None:
    form, reply = write_invoke(name, OPEN), write_invoke(name, REPLY)
    assert form is not None
    assert reply is not None
    assert form["task"]["type"] == reply["task"]["type"] == "continue"
    assert form["task"]["value"]["card"] == {"contentType": ADAPTIVE_CARD, "content": OPEN.payload["card"]}
    assert reply["task"]["value"]["title"] == "Plaudit"
    assert write_invoke(name, ERRORS) == {"task": {"type": "message", "value": "Say a few words. One is the least."}}


def test_a_dialog_names_people_without_tags() -> None:
    body = write_invoke("task/submit", REPLY)
    assert body is not None
    content = body["task"]["value"]["card"]["content"]
    assert content["body"][0]["text"] == "For Ann."
    assert "msteams" not in content
    assert CARD["body"] == [{"type": "TextBlock", "text": "For <at>Ann</at>."}]


def test_a_button_in_a_dialog_is_sent_with_the_dialog() -> None:
    card = render("kudos_given", sample("kudos_given"), Target("teams")).body
    body = write_invoke("task/submit", answered("reply", {"text": "Sent.", "card": card}))
    shown = json.dumps(body)
    assert "Action.Execute" not in shown
    assert '"type": "Action.Submit", "title": "Undo", "data": {"act": "undo"' in shown


def test_a_button_in_a_dialog_says_the_same_of_itself_as_elsewhere() -> None:
    card = render("budgets", sample("budgets"), Target("teams")).body
    body = write_invoke("task/submit", answered("reply", {"text": "Budgets", "card": card}))
    assert json.dumps(body).count('"tooltip"') == json.dumps(card).count('"tooltip"') > 0


def test_a_code_takes_the_place_of_the_card_because_a_passing_word_cannot_be_copied() -> None:
    card = render("order_secret", sample("order_secret"), Target("teams")).body
    shown = write_invoke("adaptiveCard/action", answered("reply", {"text": "BOOK-7Q2F-99XA", "card": card}))
    assert shown == {"statusCode": 200, "type": ADAPTIVE_CARD, "value": card}


def test_nothing_to_say_closes_the_dialog() -> None:
    assert write_invoke("task/submit", NOTHING) is None
    assert write_invoke("composeExtension/submitAction", NOTHING) is None
    assert write_invoke("task/fetch", NOTHING) == {"task": {"type": "message", "value": "Done."}}


def test_an_answer_without_a_wire_is_a_message() -> None:
    assert write_message(REPLY) == REPLY.payload
    assert write_message(NOTHING) is None
    for one in (ERRORS, OPEN):
        told = write_message(one)
        assert told is not None
        check(told["card"])
        activity = message_activity(told)
        assert "text" not in activity
        assert activity["summary"] == told["text"]
