"""Answers in the forms that Slack takes."""

from typing import Any

import pytest

from bot.slack.write import notice, write_command, write_response, write_submission, write_view
from cards.block_kit import check_slack_view
from handlers.dispatch import Answered, AnswerKind

CARD = {"text": "Sent.", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "*Sent.*"}}]}
MODAL = {"type": "modal", "callback_id": "kudos"}
VIEW: dict[str, Any] = {
    "title": {"type": "plain_text", "text": "Give kudos"},
    "blocks": [
        {"type": "context", "block_id": "b0", "elements": []},
        {"type": "input", "block_id": "receivers"},
        {"type": "input", "block_id": "reason"},
    ],
}


def answered(kind: AnswerKind, payload: dict[str, Any] | None = None) -> Answered:
    return Answered(kind, CARD if payload is None else payload, "done")


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (answered("reply"), {"response_type": "ephemeral", **CARD}),
        (answered("replace"), {"response_type": "ephemeral", **CARD}),
        (answered("form", MODAL), {}),
        (answered("nothing", {}), {}),
        (answered("errors", {"reason": "Say why."}), {"response_type": "ephemeral", **notice("Say why.").payload}),
    ],
)
def test_to_a_command(answer: Answered, body: dict[str, Any]) -> None:
    assert write_command(answer) == body


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (answered("reply"), {"response_type": "ephemeral", "replace_original": False, **CARD}),
        (answered("replace"), {"replace_original": True, **CARD}),
        (answered("form", MODAL), {}),
        (answered("nothing", {}), {}),
    ],
)
def test_through_a_response_url(answer: Answered, body: dict[str, Any]) -> None:
    assert write_response(answer) == body


@pytest.mark.parametrize("kind", ["reply", "replace"])
def test_a_form_shows_the_card_in_its_place(kind: AnswerKind) -> None:
    body = write_submission(answered(kind), VIEW)
    assert body["response_action"] == "update"
    assert body["view"]["blocks"] == CARD["blocks"]
    assert body["view"]["title"]["text"] == "Give kudos"
    check_slack_view(body["view"])


def test_words_of_the_edge_are_a_view_too() -> None:
    view = write_view(notice("R&D is <here>."), {})
    assert view["blocks"][0]["text"]["text"] == "R&amp;D is &lt;here&gt;."
    check_slack_view(view)


def test_a_form_that_leads_to_another_gives_it_its_place() -> None:
    assert write_submission(answered("form", MODAL), VIEW) == {"response_action": "update", "view": MODAL}


def test_a_form_with_nothing_to_say_closes() -> None:
    assert write_submission(answered("nothing", {}), VIEW) == {}


def test_errors_stand_at_their_inputs() -> None:
    errors = {"reason": "Say why.", "points": "Too many.", "more": "And so on."}
    assert write_submission(answered("errors", errors), VIEW) == {
        "response_action": "errors",
        "errors": {"reason": "Say why.", "receivers": "Too many. And so on."},
    }


def test_errors_where_there_is_no_input() -> None:
    body = write_submission(answered("errors", {"reason": "Say why."}), {"blocks": []})
    assert body["response_action"] == "update"
    assert body["view"]["blocks"][0]["text"]["text"] == "Say why."
