"""A form becomes a modal that Slack takes, whatever it holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.forms import write_modal
from cards.block_kit import check_slack_view
from cards.limits import BadCard
from handlers.vocabulary import (
    AccountRef,
    Choice,
    ChoiceField,
    ConversationField,
    Field,
    Form,
    NumberField,
    PeopleField,
    Platform,
    TextField,
    WorkspaceRef,
)

ANN = AccountRef(WorkspaceRef(Platform.SLACK, "T1"), "U1")


def form(*fields: Field, title: str = "Give kudos", note: str = "", **context: str) -> Form:
    return Form(
        name="kudos",
        form_id="f1",
        opened_by="kudos_form",
        title=title,
        submit="Send",
        fields=fields or (TextField(name="reason", label="What for?"),),
        note=note,
        context=context,
    )


def block(field: Field) -> dict[str, object]:
    return dict(write_modal(form(field))["blocks"][0])


def test_carries_its_id_and_its_context() -> None:
    view = write_modal(form(where_id="C1"))
    assert view["callback_id"] == "kudos"
    assert json.loads(view["private_metadata"]) == {"form_id": "f1", "context": {"where_id": "C1"}}


def test_people() -> None:
    asked = block(PeopleField(name="receivers", label="Whom?", initial=(ANN,), hint="Up to ten."))
    assert asked["block_id"] == "receivers"
    assert asked["element"] == {"type": "multi_users_select", "action_id": "receivers", "initial_users": ["U1"]}
    assert asked["hint"] == {"type": "plain_text", "text": "Up to ten.", "emoji": True}
    assert "initial_users" not in str(block(PeopleField(name="receivers", label="Whom?")))


def test_text_is_needed_if_it_has_a_least_length() -> None:
    needed = block(TextField(name="reason", label="Why?", multiline=True, min_length=3, max_length=20))
    assert needed["optional"] is False
    assert needed["element"] == {
        "type": "plain_text_input",
        "action_id": "reason",
        "multiline": True,
        "min_length": 3,
        "max_length": 20,
    }
    assert block(TextField(name="reason", label="Why?"))["optional"] is True


def test_text_that_is_there_already_is_no_longer_than_what_may_be_typed() -> None:
    element = block(TextField(name="reason", label="Why?", initial="x" * 30, max_length=20))["element"]
    assert isinstance(element, dict)
    assert len(element["initial_value"]) == 20


@pytest.mark.parametrize(("choices", "kind"), [(2, "radio_buttons"), (3, "radio_buttons"), (4, "static_select")])
def test_few_choices_are_seen_at_once(choices: int, kind: str) -> None:
    offered = tuple(Choice(f"v{n}", f"Value {n}") for n in range(choices))
    element = block(ChoiceField(name="value", label="Which?", choices=offered, initial="v1"))["element"]
    assert isinstance(element, dict)
    assert element["type"] == kind
    assert element["initial_option"]["value"] == "v1"


def test_a_choice_that_is_gone_is_not_chosen() -> None:
    offered = (Choice("v1", "One"),)
    asked = block(ChoiceField(name="value", label="Which?", choices=offered, initial="v9", optional=True))
    assert asked["optional"] is True
    assert "initial_option" not in str(asked)


def test_number() -> None:
    assert block(NumberField(name="points", label="Points", initial=5, least=1, most=50))["element"] == {
        "type": "number_input",
        "action_id": "points",
        "is_decimal_allowed": False,
        "initial_value": "5",
        "min_value": "1",
        "max_value": "50",
    }


def test_a_channel_is_one_of_the_public_ones_and_need_not_be_chosen() -> None:
    asked = block(ConversationField(name="channel", label="Where?", choices=(), initial="C1"))
    assert asked["optional"] is True
    assert asked["element"] == {"type": "channels_select", "action_id": "channel", "initial_channel": "C1"}
    assert "initial_channel" not in str(block(ConversationField(name="channel", label="Where?", choices=())))
    check_slack_view(write_modal(form(ConversationField(name="channel", label="Where?", choices=()))))


def test_the_note_stands_on_top() -> None:
    first = write_modal(form(note="You have 95 points left."))["blocks"][0]
    assert first["type"] == "context"
    assert first["elements"][0] == {"type": "plain_text", "text": "You have 95 points left.", "emoji": True}


@given(st.text(max_size=200), st.text(min_size=1, max_size=300), st.text(max_size=4000))
def test_slack_takes_it_whatever_its_words(title: str, label: str, note: str) -> None:
    offered = tuple(Choice(f"v{n}", label) for n in range(5))
    fields = (
        PeopleField(name="receivers", label=label, hint=note),
        TextField(name="reason", label=label, initial=note),
        ChoiceField(name="value", label=label, choices=offered),
    )
    check_slack_view(write_modal(form(*fields, title=title or "Form", note=note)))


def test_a_context_that_slack_would_refuse_is_a_bug() -> None:
    with pytest.raises(BadCard, match="private_metadata"):
        write_modal(form(about="x" * 3000))
