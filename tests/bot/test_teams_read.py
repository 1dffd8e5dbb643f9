"""What becomes of the activities in `tests/recorded/teams`: shapes of Teams' documentation, people made up."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.activities import Activity, BadActivity, Invoke, Message, Other, Presence, Reacted, read_activity
from bot.teams.read import EXCERPT, HELP, read_invoke, read_message, read_opener, read_reactions
from handlers.vocabulary import (
    AccountRef,
    Action,
    Command,
    ConversationRef,
    Mentioned,
    MessageRef,
    PlaceKind,
    Platform,
    Reaction,
    Request,
    Submission,
    WorkspaceRef,
)

RECORDED = Path(__file__).parents[1] / "recorded" / "teams"
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))

TENANT = WorkspaceRef(Platform.TEAMS, "f6a2c1de-3b0a-4f0c-8a55-0d7c3b1e9a42")
ANN = AccountRef(TENANT, "b130c271-d2eb-45f9-83ab-9eb3fe3788bc")
BOB = AccountRef(TENANT, "29:1bBOB-xPq5")
BOB_AAD = AccountRef(TENANT, "4e1b2e4a-0000-4000-8000-00000000b0b0")
CLEO_AAD = AccountRef(TENANT, "4e1b2e4a-0000-4000-8000-00000000c1e0")
LAUNCH = ConversationRef(TENANT, "19:5f2launch@thread.tacv2", PlaceKind.CHANNEL, "Launch")
CHAT = ConversationRef(TENANT, "a:1-ann-and-plaudit", PlaceKind.PERSONAL)


def raw(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def read(activity: Activity) -> Request | None:
    assert isinstance(activity, Message | Invoke)
    if isinstance(activity, Message):
        return read_message(activity, {"kudos", "points", HELP})
    return read_invoke(activity)


def request(name: str) -> Request | None:
    return read(read_activity(raw(name)))


def said(text: str) -> Command:
    got = read(read_activity({**raw("message_personal"), "text": text}))
    assert isinstance(got, Command)
    return got


# --- messages ---------------------------------------------------------------------------------------------


def test_a_command_in_a_channel() -> None:
    assert request("message_channel") == Command(
        key="teams:19:5f2launch@thread.tacv2:1790000000101",
        who=ANN,
        where=LAUNCH,
        wired=False,
        name="kudos",
        text=(Mentioned(BOB, "Bob Brand"), "  +5 for keeping R&D calm <3"),
    )


def test_a_command_that_came_as_html_only() -> None:
    whole, bare = request("message_channel"), request("message_html_only")
    assert isinstance(whole, Command)
    assert isinstance(bare, Command)
    assert (bare.name, bare.text) == (whole.name, whole.text)


def test_a_command_in_the_personal_chat() -> None:
    got = request("message_personal")
    assert isinstance(got, Command)
    assert (got.name, got.where, got.text) == (
        "kudos",
        CHAT,
        (Mentioned(BOB, "Bob Brand"), " thanks for the review 🚀"),
    )


@pytest.mark.parametrize("text", ["kudos", "/kudos", "Kudos ", "KUDOS:", "<p>kudos</p>", "&nbsp;kudos"])
def test_the_command_word_as_people_type_it(text: str) -> None:
    assert (said(text).name, said(text).text) == ("kudos", ())


@pytest.mark.parametrize("text", ["", "hello", "kudosity @Bob", "thanks!", "<at>Bob Brand</at> kudos", "/ kudos"])
def test_whatever_is_no_command_is_answered_with_help(text: str) -> None:
    assert (said(text).name, said(text).text) == (HELP, ())


def test_the_button_of_an_old_card() -> None:
    got = request("message_old_button")
    assert isinstance(got, Action)
    assert (got.name, got.values, got.wired) == ("undo", {"id": "r1"}, False)


# --- invokes ----------------------------------------------------------------------------------------------


def test_a_button() -> None:
    assert request("invoke_card_action") == Action(
        key="teams:19:5f2launch@thread.tacv2:f:622749630322482883",
        who=ANN,
        where=LAUNCH,
        name="undo",
        values={"id": "r1"},
    )


def test_a_button_that_opens_a_dialog() -> None:
    got = request("invoke_task_fetch")
    assert isinstance(got, Action)
    assert (got.name, got.values, got.where) == ("kudos_form", {"place": "c1"}, CHAT)


def test_a_form_sent_back() -> None:
    assert request("invoke_task_submit") == Submission(
        key="form:0f1e",
        who=ANN,
        where=CHAT,
        form="kudos",
        values={"receivers": (BOB_AAD, CLEO_AAD), "reason": "for the calm launch", "points": "5"},
        context={"about_link": "https://teams.microsoft.com/l/message/x/1"},
    )


def test_the_action_that_opens_a_form_again() -> None:
    activity = read_activity(raw("invoke_task_submit"))
    assert isinstance(activity, Invoke)
    sent = read_invoke(activity)
    assert isinstance(sent, Submission)
    opener = read_opener(activity, sent)
    assert (opener.name, opener.values, opener.where) == ("kudos_form", sent.context, sent.where)


def test_nobody_picked_is_an_empty_field() -> None:
    body = raw("invoke_task_submit")
    body["value"]["data"]["receivers"] = ""
    got = read(read_activity(body))
    assert isinstance(got, Submission)
    assert got.values["receivers"] == ()


def test_a_message_action() -> None:
    got = request("invoke_compose_fetch_message")
    assert isinstance(got, Action)
    assert got.name == "kudos_for_message"
    assert got.about is not None
    assert (got.about.author, got.about.id, got.about.conversation) == (BOB_AAD, "1790000000080", LAUNCH)
    assert got.about.link.endswith("/1790000000080")
    assert got.about.excerpt.startswith("Hi Ann Alba, the release is out & quiet 🎉 It went well.")
    assert len(got.about.excerpt) <= EXCERPT


def test_a_command_box_has_no_conversation() -> None:
    got = request("invoke_compose_fetch_command_box")
    assert isinstance(got, Action)
    assert got.where is None


def test_a_form_remembers_where_it_was_opened() -> None:
    got = request("invoke_compose_submit")
    assert isinstance(got, Submission)
    assert got.where == LAUNCH


def test_where_teams_tells_the_place_a_form_cannot_claim_another() -> None:
    body = raw("invoke_task_submit")
    body["value"]["data"]["context"] |= {"where_id": "19:other@thread.tacv2", "where_kind": "channel"}
    got = read(read_activity(body))
    assert got is not None
    assert got.where == CHAT


def test_a_chat_of_two_others_is_not_the_chat_with_the_app() -> None:
    got = request("invoke_compose_fetch_chat_of_others")
    assert got is not None
    assert got.where is not None
    assert got.where.kind is PlaceKind.DIRECT


def test_an_invoke_that_we_do_not_serve() -> None:
    assert read(read_activity({**raw("invoke_task_fetch"), "name": "config/fetch"})) is None


# --- other activities -------------------------------------------------------------------------------------


def test_the_app_comes_and_goes() -> None:
    for name, here in {"installation_add_team": True, "roster_bot_added": True, "installation_remove": False}.items():
        activity = read_activity(raw(name))
        assert isinstance(activity, Presence)
        assert activity.here is here


def test_a_teams_first_channel_is_called_general() -> None:
    where = read_activity(raw("installation_add_team")).envelope.where
    assert where is not None
    assert (where.kind, where.name) == (PlaceKind.CHANNEL, "General")


def test_people_and_channels_that_are_new() -> None:
    people, channel = read_activity(raw("roster_people_added")), read_activity(raw("channel_created"))
    assert isinstance(people, Presence)
    assert isinstance(channel, Presence)
    assert (people.here, people.joined) == (None, (BOB.id,))
    assert channel.channel == ConversationRef(TENANT, "19:new@thread.tacv2", PlaceKind.CHANNEL, "Quality")
    assert channel.envelope.where
    assert channel.envelope.where.name == "General"


def test_an_edit_is_left_alone() -> None:
    assert isinstance(read_activity(raw("message_update")), Other)


def test_a_reaction() -> None:
    reacted = read_activity(raw("reaction"))
    assert isinstance(reacted, Reacted)
    [got] = read_reactions(reacted)
    at = datetime(2026, 11, 18, 18, 2, 11, 321_000, tzinfo=UTC)
    assert got == Reaction(
        key="teams:reaction:a:1-ann-and-plaudit|1790000000091:b130c271-d2eb-45f9-83ab-9eb3fe3788bc:like:"
        "+1795024931321000",
        who=ANN,
        where=CHAT,
        wired=False,
        emoji="like",
        added=True,
        event_at=int(at.timestamp() * 1_000_000),
        about=MessageRef(CHAT, "a:1-ann-and-plaudit|1790000000091"),
    )


def test_a_reaction_under_another_id_has_the_same_key() -> None:
    keys = set()
    for id in ("f:1", "f:2", None):
        reacted = read_activity(raw("reaction") | {"id": id})
        assert isinstance(reacted, Reacted)
        keys |= {one.key for one in read_reactions(reacted)}
    assert len(keys) == 1


def test_a_change_of_reactions_is_two_in_order_and_without_the_tone_of_a_skin() -> None:
    change = {"reactionsAdded": [{"type": "1f44f_clap-tone3"}], "reactionsRemoved": [{"type": "like"}, {"type": ""}]}
    reacted = read_activity(raw("reaction") | change)
    assert isinstance(reacted, Reacted)
    assert [(one.emoji, one.added) for one in read_reactions(reacted)] == [("1f44f_clap", True), ("like", False)]


@pytest.mark.parametrize(
    "changes",
    [
        {"replyToId": None},
        {"replyToId": 7},
        {"timestamp": "soon"},
        {"timestamp": None},
        {"timestamp": "2026-11-18T18:02:11"},
        {"reactionsAdded": [7]},
        {"reactionsAdded": [{"type": 7}]},
        {"from": None},
        {"conversation": None},
    ],
)
def test_a_reaction_that_could_not_be_told_from_others_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadActivity):
        read_activity(raw("reaction") | changes)


def test_the_senders_zone_and_language() -> None:
    envelope = read_activity(raw("message_personal")).envelope
    assert (envelope.zone, envelope.locale) == ("America/Los_Angeles", "en-US")


# --- malformed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"type": None},
        {"type": 7},
        {"channelData": {}, "conversation": {"id": "a:1"}},
        {"channelData": "no"},
        {"from": None},
        {"from": {"name": "Ann"}},
        {"conversation": None},
        {"id": None},
        {"text": ["kudos"]},
        {"entities": {"type": "mention"}},
        {"entities": ["mention"]},
        {"attachments": "text/html", "text": ""},
    ],
)
def test_what_we_could_not_go_on_with_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(BadActivity):
        read_activity({**raw("message_personal"), **changes})


def test_signs_that_no_database_takes_are_left_out() -> None:
    assert said("kudos \ud800for\x00 you").text == ("for you",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.data())
def test_any_damage_is_read_or_refused(data: st.DataObject) -> None:
    body = raw(data.draw(st.sampled_from(NAMES)))
    holder: Any = body
    while True:
        key = data.draw(st.sampled_from(sorted(holder)))
        if not isinstance(holder[key], dict) or not holder[key] or data.draw(st.booleans()):
            break
        holder = holder[key]
    holder[key] = data.draw(JSON)
    try:
        activity = read_activity(body)
    except BadActivity:
        return
    if isinstance(activity, Message | Invoke):
        read(activity)
