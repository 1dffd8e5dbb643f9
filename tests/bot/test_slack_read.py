"""Bodies from Slack become requests, and whatever else comes is refused without a crash."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.read import Asked, Malformed, event_of, read, read_reaction
from handlers.vocabulary import (
    AccountRef,
    Action,
    ChannelLink,
    Command,
    ConversationRef,
    GroupRef,
    Mentioned,
    MessageRef,
    PlaceKind,
    Platform,
    Reaction,
    Submission,
    WorkspaceRef,
)

RECORDED = Path(__file__).parents[1] / "recorded" / "slack"
KINDS = ("command", "button", "view_submission", "message_action", "org_shortcut")
ACME = WorkspaceRef(Platform.SLACK, "T0ACME")
ANN, BOB, EVE = (AccountRef(ACME, ref) for ref in ("U0ANN", "U0BOB", "W0EVE"))
GENERAL = ConversationRef(ACME, "C0GENERAL", PlaceKind.CHANNEL, "general")


def recorded(name: str) -> dict[str, Any]:
    return dict(json.loads((RECORDED / f"{name}.json").read_text()))


def asked(body: dict[str, Any]) -> Asked:
    found = read(body)
    assert found
    return found


def test_a_command() -> None:
    assert asked(recorded("command")).request == Command(
        key="slack:trigger:13345224609.738474920.8088930838d8",
        who=ANN,
        where=GENERAL,
        name="kudos",
        text=(
            Mentioned(BOB, "bob"),
            " ",
            Mentioned(GroupRef(ACME, "S0DESIGN"), "@design"),
            " +5 for R&D on https://acme.test/a?b=1&c=2 ",
            ChannelLink("C0TEAM", "teamwork"),
        ),
    )


def test_a_button() -> None:
    found = asked(recorded("button"))
    assert found.request == Action(
        key="slack:trigger:12466734323.1395872398",
        who=BOB,
        where=GENERAL,
        name="thank_back",
        values={"id": "r1"},
    )
    assert found.way.response_url == "https://hooks.slack.com/actions/T0ACME/2/def"


def test_a_reaction() -> None:
    """`where` is private until Slack says otherwise, for an event does not tell."""
    where = ConversationRef(ACME, "C0GENERAL", PlaceKind.PRIVATE)
    assert read_reaction(*event_of(recorded("reaction_added")), "https://acme.slack.com/") == Reaction(
        key="slack:reaction_added:T0ACME:C0GENERAL:1790000000.000100:U0ANN:+1:1790000003.083100",
        who=ANN,
        where=where,
        wired=False,
        emoji="+1",
        added=True,
        event_at=1_790_000_003_083_100,
        about=MessageRef(
            where,
            "C0GENERAL:1790000000.000100",
            author=BOB,
            link="https://acme.slack.com/archives/C0GENERAL/p1790000000000100",
        ),
    )


def test_a_reaction_that_is_taken_off_is_another_request() -> None:
    team_id, event = event_of(recorded("reaction_added"))
    taken = read_reaction(team_id, event | {"type": "reaction_removed", "event_ts": "1790000009.1"}, "")
    assert taken
    assert (taken.added, taken.event_at, taken.about.link) == (False, 1_790_000_009_100_000, "")


def test_a_reaction_to_what_a_webhook_wrote_names_no_author() -> None:
    team_id, event = event_of(recorded("reaction_added"))
    reaction = read_reaction(team_id, {name: value for name, value in event.items() if name != "item_user"}, "")
    assert reaction
    assert reaction.about.author is None


@pytest.mark.parametrize("value", [None, 7, "", "junk", "[1]", '{"id": 1}', '{"id": {"a": "b"}}', "{" * 5000])
def test_a_button_may_carry_anything(value: object) -> None:
    body = recorded("button")
    body["actions"][0]["value"] = value
    request = asked(body).request
    assert isinstance(request, Action)
    assert request.values == {}


def test_a_form() -> None:
    found = asked(recorded("view_submission"))
    assert found.request == Submission(
        key="form:f1",
        who=ANN,
        where=GENERAL,
        form="kudos",
        values={
            "receivers": (BOB, EVE),
            "reason": "the R&D & the rest",
            "points": "5",
            "value": "v3",
            "badge": "",
            "audience": "here",
        },
        context={
            "where_id": "C0GENERAL",
            "where_kind": "channel",
            "where_name": "general",
            "about": "https://acme.slack.com/archives/C0GENERAL/p1",
        },
    )
    assert found.way.view_id == "V0FORM"


@pytest.mark.parametrize(("entered", "read_as"), [("C0KUDOS", "C0KUDOS"), (None, ""), (7, "")])
def test_a_chosen_channel_is_its_id(entered: object, read_as: str) -> None:
    body = recorded("view_submission")
    chosen = {"channel": {"type": "channels_select", "selected_channel": entered}}
    body["view"]["state"]["values"] = {"channel": chosen}
    found = asked(body).request
    assert isinstance(found, Submission)
    assert found.values == {"channel": read_as}


def test_a_form_sent_twice_is_one_request() -> None:
    first, again = recorded("view_submission"), recorded("view_submission")
    again["trigger_id"] = "another"
    assert asked(first).request.key == asked(again).request.key


@pytest.mark.parametrize("context", [{"where_id": "C1"}, {"where_id": "C1", "where_kind": "moon"}, {"where_id": 5}, 5])
def test_a_form_from_nowhere_has_no_place(context: object) -> None:
    body = recorded("view_submission")
    body["view"]["private_metadata"] = json.dumps({"form_id": "f1", "context": context})
    assert asked(body).request.where is None


def test_a_message_shortcut() -> None:
    where = ConversationRef(ACME, "G0SECRET", PlaceKind.PRIVATE)
    assert asked(recorded("message_action")).request == Action(
        key="slack:trigger:816.11",
        who=ANN,
        where=where,
        name="kudos_about",
        about=MessageRef(
            where,
            "1790000004.000300",
            author=BOB,
            link="https://acme.slack.com/archives/G0SECRET/p1790000004000300?thread_ts=1790000003.000100&cid=G0SECRET",
            excerpt="I fixed it <again>, @somebody and @here: https://acme.test in #teamwork",
        ),
    )


def test_a_message_of_an_app_has_no_author() -> None:
    body = recorded("message_action")
    body["message"]["bot_id"] = "B1"
    request = asked(body).request
    assert isinstance(request, Action)
    assert request.about
    assert request.about.author is None


def test_a_long_message_is_cut() -> None:
    body = recorded("message_action")
    body["message"]["text"] = "word " * 100
    request = asked(body).request
    assert isinstance(request, Action)
    assert request.about
    assert len(request.about.excerpt) <= 200


def test_an_app_of_a_whole_organisation_is_told_the_team_by_the_person() -> None:
    found = asked(recorded("org_shortcut"))
    assert found.request == Action(key="slack:trigger:900.1", who=AccountRef(ACME, "W0ANN"), name="kudos_form")
    assert found.way.team_id == "T0ACME"


@pytest.mark.parametrize(
    ("channel_id", "name", "kind", "shown"),
    [
        ("C1", "general", PlaceKind.CHANNEL, "general"),
        ("C1", "privategroup", PlaceKind.PRIVATE, ""),
        ("G1", "mpdm-ann--bob-1", PlaceKind.GROUP, "mpdm-ann--bob-1"),
        ("D1", "directmessage", PlaceKind.DIRECT, ""),
        ("D1", "", PlaceKind.DIRECT, ""),
    ],
)
def test_kinds_of_places(channel_id: str, name: str, kind: PlaceKind, shown: str) -> None:
    body = recorded("command") | {"channel_id": channel_id, "channel_name": name}
    assert asked(body).request.where == ConversationRef(ACME, channel_id, kind, shown)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "url_verification"},
        {"type": "view_closed"},
        {"type": "event_callback", "team_id": "T1", "event": {"type": "x"}},
    ],
)
def test_what_asks_for_nothing(body: dict[str, Any]) -> None:
    assert read(body) is None


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"type": 5},
        {"command": "/kudos"},
        {"command": 5, "team_id": "T1", "user_id": "U1", "channel_id": "C1", "trigger_id": "1"},
        {"type": "block_actions", "actions": []},
        {"type": "view_submission", "view": None},
        {"type": "shortcut", "team": "T1"},
        {"type": "event_callback"},
        {"type": "event_callback", "team_id": "T1", "event": {"type": {}}},
        {"type": "event_callback", "event": {"type": "team_join"}},
    ],
)
def test_what_slack_would_not_send(body: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        read(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(KINDS), st.data())
def test_a_body_with_any_part_replaced_is_read_or_refused(kind: str, data: st.DataObject) -> None:
    body = recorded(kind)
    path = data.draw(st.sampled_from(list(_paths(body))))
    parent: Any = body
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = data.draw(JSON)
    with suppress(Malformed):
        read(body)


def _paths(tree: Any, before: tuple[Any, ...] = ()) -> Any:
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for step, child in steps:
        yield (*before, step)
        yield from _paths(child, (*before, step))


def test_what_no_database_takes_is_left_out() -> None:
    body = recorded("command") | {"text": "for the \x00release\ud800"}
    request = asked(body).request
    assert isinstance(request, Command)
    assert request.text == ("for the release",)


def test_what_no_database_takes_is_left_out_of_buttons_and_forms() -> None:
    button = recorded("button")
    button["actions"][0]["value"] = json.dumps({"id": "01\x00\ud800a", "\x00id2": "\x00"})
    pressed = asked(button).request
    assert isinstance(pressed, Action)
    assert pressed.values == {"id": "01a", "id2": ""}
    form = recorded("view_submission")
    form["view"]["private_metadata"] = json.dumps({"form_id": "f\x00", "context": {"id": "\x00a"}})
    form["view"]["state"]["values"] = {
        "whom": {"x": {"type": "multi_users_select", "selected_users": ["U2\x00"]}},
        "reason": {"x": {"type": "plain_text_input", "value": "so \x00 be it"}},
    }
    sent = asked(form).request
    assert isinstance(sent, Submission)
    assert (sent.key, sent.context) == ("form:f", {"id": "a"})
    assert sent.values == {"whom": (AccountRef(sent.who.workspace, "U2"),), "reason": "so  be it"}
