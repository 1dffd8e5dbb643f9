"""The checks find each mistake, wherever in the tree it is."""

from typing import Any

import pytest

from cards.block_kit import check_slack, check_slack_view
from cards.limits import SLACK_BLOCKS, BadCard, CardTooLarge, check_teams, clip, units

Node = dict[str, Any]


def plain(text: str) -> Node:
    return {"type": "plain_text", "text": text}


def section(text: str = "Hello") -> Node:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(text: str = "Go", action_id: str = "go", **more: object) -> Node:
    return {"type": "button", "text": plain(text), "action_id": action_id, **more}


def actions(*elements: Node) -> Node:
    return {"type": "actions", "elements": list(elements)}


def select(options: int) -> Node:
    return {
        "type": "static_select",
        "action_id": "pick",
        "options": [{"text": plain("A"), "value": str(i)} for i in range(options)],
    }


def message(*blocks: Node) -> Node:
    return {"text": "Hello", "blocks": list(blocks)}


def modal(**more: object) -> Node:
    return {"type": "modal", "title": plain("Say thank you"), "blocks": [section()], **more}


def teams(*body: Node) -> Node:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body)}


GOOD_BLOCKS = {
    "section": section("a" * 3000),
    "actions": actions(button("b" * 75), button(action_id="go:2")),
    "accessory": {**section(), "accessory": select(100)},
    "input": {
        "type": "input",
        "label": plain("Who?"),
        "element": {"type": "users_select", "action_id": "who"},
    },
}
BAD_BLOCKS = {
    "unknown block": {"type": "sektion"},
    "no type": {"text": plain("a")},
    "unknown element": actions({"type": "knob", "action_id": "go"}),
    "element in the wrong place": {"type": "context", "elements": [button()]},
    "unknown field": {**section(), "colour": "red"},
    "missing field": {"type": "header"},
    "markdown in a header": {"type": "header", "text": {"type": "mrkdwn", "text": "a"}},
    "empty text": section(""),
    "no elements": actions(),
    "same action_id twice": actions(button(), button()),
    "unknown style": actions(button(style="green")),
    "option without value": {**section(), "accessory": {**select(0), "options": [{"text": plain("A")}]}},
    "rich text of nothing known": {
        "type": "rich_text",
        "elements": [{"type": "rich_text_poem", "elements": []}],
    },
}
LARGE_BLOCKS = {
    "section of 3001": section("a" * 3001),
    "section of 3002 in UTF-16": section("😀" * 1501),
    "header of 151": {"type": "header", "text": plain("a" * 151)},
    "nested button of 76": {**section(), "accessory": button("b" * 76)},
    "value of 2001": actions(button(value="v" * 2001)),
    "26 buttons": actions(*[button(action_id=f"go:{i}") for i in range(26)]),
    "101 options": {**section(), "accessory": select(101)},
    "11 in a context": {"type": "context", "elements": [plain("a")] * 11},
}


@pytest.mark.parametrize("block", GOOD_BLOCKS.values(), ids=GOOD_BLOCKS)
def test_a_good_block_passes(block: Node) -> None:
    check_slack(message(block))


@pytest.mark.parametrize("block", BAD_BLOCKS.values(), ids=BAD_BLOCKS)
def test_a_bad_block_is_found(block: Node) -> None:
    with pytest.raises(BadCard) as found:
        check_slack(message(section(), block))
    assert str(found.value).startswith("/blocks/1")
    assert not isinstance(found.value, CardTooLarge)


@pytest.mark.parametrize("block", LARGE_BLOCKS.values(), ids=LARGE_BLOCKS)
def test_a_large_block_is_found(block: Node) -> None:
    with pytest.raises(CardTooLarge, match="/blocks/1"):
        check_slack(message(section(), block))


def test_a_message_of_51_blocks_is_too_large() -> None:
    check_slack(message(*[section()] * SLACK_BLOCKS))
    with pytest.raises(CardTooLarge):
        check_slack(message(*[section()] * (SLACK_BLOCKS + 1)))


def test_legal_blocks_with_too_much_text_together_are_too_large() -> None:
    check_slack(message(*[section("a" * 2640)] * 5))
    with pytest.raises(CardTooLarge, match="13201 characters"):
        check_slack(message(*[section("a" * 2640)] * 5, section("b")))


def test_a_message_wants_its_text() -> None:
    with pytest.raises(BadCard, match="/text"):
        check_slack({"blocks": [section()]})


@pytest.mark.parametrize(
    ("view", "where"),
    [
        (modal(title=plain("a" * 25)), "/view/title"),
        (modal(private_metadata="m" * 3001), "/view/private_metadata"),
        (modal(blocks=[section()] * 101), "/view/blocks"),
        (modal(blocks=[GOOD_BLOCKS["input"]]), "submit"),
        ({"type": "modal", "blocks": [section()]}, "title"),
        ({"type": "window"}, "window"),
    ],
)
def test_a_bad_view_is_found(view: Node, where: str) -> None:
    check_slack_view(modal())
    with pytest.raises(BadCard, match=where):
        check_slack_view(view)


@pytest.mark.parametrize(
    "element",
    [
        {"type": "Sticker"},
        {"type": "TextBlock"},
        {"type": "Container", "items": [{"type": "TextBlock", "text": ""}]},
        {"type": "ActionSet", "actions": [{"type": "Action.Execute", "verb": "go"}]},
        {"type": "ColumnSet", "columns": [{"type": "Column", "items": [{"type": "Knob"}]}]},
    ],
)
def test_a_bad_element_is_found_on_teams(element: Node) -> None:
    with pytest.raises(BadCard, match="body"):
        check_teams(teams({"type": "TextBlock", "text": "a"}, element))


def test_teams_takes_80_kilobytes_in_utf_16() -> None:
    check_teams(teams({"type": "TextBlock", "text": "é" * 39_000}))
    with pytest.raises(CardTooLarge):
        check_teams(teams({"type": "TextBlock", "text": "é" * 40_000}))


@pytest.mark.parametrize("text", ["a" * 50, "😀" * 50, "a😀" * 25, "e\u0301" * 25, "👩🏽‍🚀" * 9])
def test_a_cut_text_ends_in_an_ellipsis_and_fits(text: str) -> None:
    cut = clip(text, 20)
    assert 15 <= units(cut) <= 20
    assert cut.endswith("…")
    assert text.startswith(cut[:-1])


def test_a_text_that_fits_is_not_cut() -> None:
    assert clip("😀" * 10, 20) == "😀" * 10
