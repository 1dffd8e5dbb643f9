"""What each word of the vocabulary becomes on each platform."""

import json
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cards.limits import BadCard
from cards.plain import PlainUi
from cards.slack import SlackUi, act_of
from cards.teams import TeamsUi
from cards.text import CATALOGUES, Bar, ChannelName, Count, Link, Mention, Writer

ANN, BOB, CLEO = Mention("Ann", "U1"), Mention("Bob", "U2"), Mention("Cleo")
LINK = Link("https://acme.example/a_(b)?c=1&d=2", "the [post]")


def slack() -> SlackUi:
    return SlackUi("slack", "en", ZoneInfo("Europe/Vienna"))


def teams() -> TeamsUi:
    return TeamsUi("teams", "en", ZoneInfo("Europe/Vienna"))


def plain() -> PlainUi:
    return PlainUi("plain", "en", ZoneInfo("Europe/Vienna"))


WRITERS = (slack, teams, plain)


@pytest.mark.parametrize(
    ("value", "on_slack", "on_teams", "in_plain"),
    [
        (ANN, "<@U1>", "<at>Ann</at>", "Ann"),
        (CLEO, "Cleo", "Cleo", "Cleo"),
        (
            [ANN, BOB, CLEO],
            "<@U1>, <@U2> and Cleo",
            "<at>Ann</at>, <at>Bob</at> and Cleo",
            "Ann, Bob and Cleo",
        ),
        ([ANN], "<@U1>", "<at>Ann</at>", "Ann"),
        (ChannelName("dev_ops", "C1"), "<#C1>", r"dev\_ops", "#dev_ops"),
        (ChannelName("#general"), "#general", "\u200b#general", "#general"),
        (
            LINK,
            "<https://acme.example/a_%28b%29?c=1&amp;d=2|the [post]>",
            r"[the \[post\]](https://acme.example/a_%28b%29?c=1&d=2)",
            "the [post]",
        ),
        (Count(1, "point", "points"), "1 point", "1 point", "1 point"),
        (Count(1200, "point", "points"), "1,200 points", "1,200 points", "1,200 points"),
        (date(2026, 11, 23), *["Monday 23 November"] * 3),
        (datetime(2026, 11, 23, 8, 0, tzinfo=UTC), *["Monday 23 November, 09:00"] * 3),
        ("a < b & c", "a &lt; b &amp; c", "a <\u200b b & c", "a < b & c"),
        (
            "snake_case :party_hat:",
            "snake_case :party_hat:",
            r"snake\_case :party\_hat:",
            "snake_case :party_hat:",
        ),
    ],
)
def test_each_value_is_shown_by_its_type(value: object, on_slack: str, on_teams: str, in_plain: str) -> None:
    shown = [make().fill("{it}", {"it": value}, 3000) for make in WRITERS]
    assert shown == [on_slack, on_teams, in_plain]


@pytest.mark.parametrize(
    ("part", "whole", "blocks"),
    [
        (0, 10, "░░░░░░░░░░"),
        (7, 10, "▓▓▓▓▓▓▓░░░"),
        (50, 50, "▓▓▓▓▓▓▓▓▓▓"),
        (1, 5000, "▓░░░░░░░░░"),
        (4999, 5000, "▓▓▓▓▓▓▓▓▓░"),
        (60, 50, "▓▓▓▓▓▓▓▓▓▓"),
        (-5, 50, "░░░░░░░░░░"),
        (0, 0, "░░░░░░░░░░"),
    ],
)
def test_a_bar_is_ten_blocks_and_a_little_is_never_nothing(part: int, whole: int, blocks: str) -> None:
    said = [
        make().fill("{bar}{part} of {whole}", {"bar": Bar(part, whole), "part": 1, "whole": 2}, 99) for make in WRITERS
    ]
    assert said == [f"{blocks} 1 of 2", f"{blocks} 1 of 2", "1 of 2"]  # read aloud, its numbers say it


def test_right_to_left_names_are_isolated() -> None:
    assert plain().fill("{a} thanked {b}", {"a": Mention("דנה"), "b": BOB}, 99) == "\u2068דנה\u2069 thanked Bob"


@pytest.mark.parametrize("value", [None, True, 1.5, {"a": 1}, b"a"])
def test_other_types_are_refused(value: object) -> None:
    with pytest.raises(BadCard, match="cannot show"):
        plain().fill("{it}", {"it": value}, 99)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(BadCard, match="zone"):
        PlainUi("plain", "en", None).fill("{at}", {"at": datetime(2026, 1, 1, tzinfo=UTC)}, 99)


def test_a_link_leads_only_to_the_web() -> None:
    with pytest.raises(BadCard, match="web address"):
        slack().fill("{it}", {"it": Link("javascript:alert(1)", "here")}, 99)


def test_values_are_cut_until_the_text_fits_and_no_escape_is_cut() -> None:
    text = slack().fill("{it}!", {"it": "&" * 500}, 500)
    assert text == "&amp;" * 79 + "…!"


def test_namesakes_are_two_mentions_on_teams() -> None:
    ui = teams()
    ui.say("{a} and {b} and {a}", a=Mention("Ann", "29:1"), b=Mention("Ann", "29:2"))
    assert [e["mentioned"]["id"] for e in ui.entities] == ["29:1", "29:2"]
    assert ui.parts[0]["text"] == "<at>Ann</at> and <at>Ann\u200b</at> and <at>Ann</at>"


def test_a_name_cannot_leave_its_mention_on_teams() -> None:
    ui = teams()
    ui.say("{a}", a=Mention("Bob</at><at>Ann", "29:1"))
    assert ui.parts[0]["text"] == ui.entities[0]["text"] == "<at>Bob /at at Ann</at>"


def press(ui: SlackUi | TeamsUi, **more: object) -> dict[str, object]:
    ui.actions(lambda: ui.button("Go", act="go", **more))  # type: ignore[arg-type]
    block = ui.parts[0]["elements"] if isinstance(ui, SlackUi) else ui.parts[0]["actions"]
    button: dict[str, object] = block[0]
    return button


def test_a_button_carries_its_act_and_values() -> None:
    on_slack, on_teams = press(slack(), id="7"), press(teams(), id="7")
    assert on_slack["action_id"] == "go"
    assert json.loads(str(on_slack["value"])) == {"id": "7"}
    assert (on_teams["verb"], on_teams["data"]) == ("go", {"act": "go", "id": "7"})
    assert on_teams["fallback"] == {"type": "Action.Submit", "title": "Go", "data": {"act": "go", "id": "7"}}


def test_a_button_that_opens_a_form_fetches_a_dialog_on_teams() -> None:
    button = press(teams(), opens_form=True, id="7")
    assert button["type"] == "Action.Submit"
    assert button["data"] == {"act": "go", "id": "7", "msteams": {"type": "task/fetch"}}


def test_a_button_with_an_address_opens_it() -> None:
    assert press(slack(), url="https://a.example")["url"] == "https://a.example"
    assert press(teams(), url="https://a.example")["type"] == "Action.OpenUrl"


def test_a_button_can_ask_first() -> None:
    assert press(slack(), confirm="Really?", style="danger")["confirm"]
    unfolds = press(teams(), confirm="Really?", style="danger")
    assert unfolds["type"] == "Action.ShowCard"


def test_the_same_act_twice_has_two_ids_and_reads_back() -> None:
    ui = slack()
    ui.actions(lambda: ui.button("One", act="go") + ui.button("Two", act="go") + ui.button("Up", act="up"))
    ids = [button["action_id"] for button in ui.parts[0]["elements"]]
    assert ids == ["go", "go:2", "up"]
    assert [act_of(action_id) for action_id in ids] == ["go", "go", "up"]


def row(ui: SlackUi | TeamsUi, *buttons: tuple[str, str | None]) -> list[dict[str, Any]]:
    def caller() -> str:
        return "".join(ui.button(label, act="go", of="Tea", confirm=asks) for label, asks in buttons)

    ui.row({"title": "Tea"}, "**{title}**", "Food", caller=caller)
    return ui.parts


def test_the_only_button_of_a_row_stands_beside_it() -> None:
    (section,) = row(slack(), ("Open", None))
    assert section["text"] == {"type": "mrkdwn", "text": "*Tea*\nFood", "verbatim": True}
    assert section["accessory"]["text"]["text"] == "Open"
    (columns,) = row(teams(), ("Open", None))
    assert [[item["type"] for item in one["items"]] for one in columns["columns"]] == [["TextBlock"] * 2, ["ActionSet"]]


def test_several_buttons_of_a_row_and_one_that_unfolds_a_question_stand_below() -> None:
    assert [one["type"] for one in row(slack(), ("Open", None), ("Drop", None))] == ["section", "actions"]
    assert [one["type"] for one in row(teams(), ("Open", None), ("Drop", None))][-1] == "ActionSet"
    assert [one["type"] for one in row(teams(), ("Drop", "Sure?"))][-1] == "ActionSet"


def test_a_button_of_a_row_is_read_aloud_with_what_it_is_about() -> None:
    assert press(slack(), of="Tea")["accessibility_label"] == "Go Tea"
    assert press(teams(), of="Tea")["tooltip"] == "Go Tea"
    assert slack().spoken("Tell me", "שלום") == "Tell me: \u2068שלום\u2069"


@pytest.mark.parametrize("ui", [slack(), teams()])
def test_buttons_stand_in_actions_and_nothing_else_does(ui: SlackUi | TeamsUi) -> None:
    with pytest.raises(BadCard, match="stands in actions"):
        ui.button("Go", act="go")
    with pytest.raises(BadCard, match="only buttons"):
        ui.actions(lambda: ui.say("Hello"))


def test_small_print_shares_a_line_on_slack_and_begins_a_new_one_when_it_is_full() -> None:
    ui = slack()
    for n in range(11):
        ui.small("{n}", n=n)
    assert [len(block["elements"]) for block in ui.parts] == [10, 1]


def test_many_rows_fill_several_sections_on_slack() -> None:
    ui = slack()
    ui.each("{it}", [{"it": f"{i} " + "a" * 70} for i in range(100)])
    assert len(ui.parts) == 3
    assert all(len(block["text"]["text"]) <= 3000 for block in ui.parts)


def test_a_catalogue_translates_patterns_and_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    words = {
        "{n} from {who}": "{n} von {who}",
        "{first} and {last}": "{first} und {last}",
        "points": "Punkte",
    }
    monkeypatch.setitem(CATALOGUES, "de", words)
    ui: Writer = PlainUi("plain", "de", None)
    values = {"n": Count(2, "point", "points"), "who": [ANN, BOB]}
    assert ui.fill("{n} from {who}", values, 99) == "2 Punkte von Ann und Bob"
