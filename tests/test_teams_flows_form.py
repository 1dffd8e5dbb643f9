"""The dialog on Teams, from every place that opens it, until somebody is thanked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import text_of
from tests.teams_world import Office, open_office

OF_OTHERS = "19:a_b@unq.gbl.spaces"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def test_the_compose_box_opens_it_and_the_post_appears_where_it_was_opened(office: Office) -> None:
    ann, bob, cleo = office.ann, office.bob, office.cleo
    await office.opens_form(ann, office.lunch)
    assert "50 of 50 points left" in office.dialog(ann)
    assert (office.filled(ann)["points"], office.filled(ann)["audience"]) == (5, "here")
    await office.fills(ann, receivers=f"{bob.aad_id},{cleo.aad_id}", reason="for the noodles", points="10")
    assert "**20** of 50 left" not in office.dialog(ann)
    assert "**30** of 50 left" in office.dialog(ann)
    assert office.buttons(office.teams.dialog(ann)) == ["Undo", "Change the words"]
    [post] = office.posts(office.lunch)
    assert "<at>Bob Okafor</at> and <at>Cléo Martin</at>** with **10 points** each" in text_of(post)
    assert "the noodles" in office.told(cleo)
    assert "<at>" not in office.dialog(ann)  # a dialog would show the tags


async def test_value_badge_and_reason_of_the_form_are_shown(office: Office) -> None:
    await office.opens_form(office.ann, office.general)
    card = office.teams.dialog(office.ann)
    assert card
    offered = {one["id"]: one["choices"] for one in card["body"] if one.get("choices")}
    value, badge = offered["value"][1], offered["badge"][1]
    await office.fills(
        office.ann,
        receivers=office.bob.aad_id,
        reason="two lines\nof *thanks* <at>Cléo Martin</at>",
        value=value["value"],
        badge=badge["value"],
    )
    words = office.shown(office.general)
    assert value["title"].split()[-1] in words
    assert badge["title"].split()[-1] in words
    assert "two lines" in words
    assert "of *thanks*" in words
    [post] = office.posts(office.general)
    assert post.card
    assert office.cleo.id not in str(post.card["msteams"]["entities"])


async def test_kudos_alone_gives_a_card_whose_button_opens_it(office: Office) -> None:
    for where in (office.general, office.teams.chat(office.ann)):
        await office.says(office.ann, where, "kudos")
        shown = [*office.answers(office.ann, where), *office.directs(office.ann)][-1]
        assert office.buttons(shown) == ["Give kudos"]
        assert (await office.teams.press(office.ann, shown, "Give kudos")).status == 200
        assert "Whom do you thank?" in office.dialog(office.ann)
    await office.teams.task_submit(office.ann, {"receivers": office.bob.aad_id, "reason": "for the release"})
    await office.settled()
    assert "**45** of 50 left" in office.dialog(office.ann)
    assert "the release" in office.shown(office.general)


async def test_the_slash_menu_opens_it(office: Office) -> None:
    await office.teams.compose_fetch(office.ann, office.lunch, "kudos_form", context="commandBox")
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the release")
    assert "the release" in office.shown(office.lunch)


async def test_from_the_command_box_outside_any_conversation_it_goes_to_the_recognition_channel(
    office: Office,
) -> None:
    def nowhere(activity: dict[str, Any]) -> dict[str, Any]:
        data = {"tenant": activity["channelData"]["tenant"]}
        return {key: value for key, value in activity.items() if key != "conversation"} | {"channelData": data}

    chat = office.teams.chat(office.ann)
    fetch = office.teams.activity(office.ann, chat, "invoke") | {
        "name": "composeExtension/fetchTask",
        "value": {"commandId": "kudos_form", "commandContext": "commandBox"},
    }
    opened = await office.teams.wire.send(nowhere(fetch))
    data = opened.body["task"]["value"]["card"]["content"]["actions"][0]["data"]
    filled = data | {"receivers": office.bob.aad_id, "reason": "for the release", "points": 5}
    submit = office.teams.activity(office.ann, chat, "invoke") | {
        "name": "composeExtension/submitAction",
        "value": {"commandId": "kudos_form", "commandContext": "commandBox", "data": filled},
    }
    sent = await office.teams.wire.send(nowhere(submit))
    await office.settled()
    words = text_of(sent.body["task"]["value"]["card"]["content"])
    assert "on its way to **General**" in words
    assert "I am not in that conversation" not in words
    assert "the release" in office.shown(office.general)


async def test_a_message_can_be_thanked_for_with_a_link_to_it(office: Office) -> None:
    await office.teams.say(office.bob, office.general, "I fixed the build.")
    said = office.teams.messages(office.general)[-1]
    await office.teams.compose_fetch(office.ann, office.general, "kudos_about", context="message", message=said)
    assert office.filled(office.ann)["receivers"] == office.bob.aad_id
    await office.fills(office.ann, reason="x")  # too short: the link survives a second look
    await office.fills(office.ann, reason="for fixing the build", receivers=office.bob.aad_id)
    assert f"[about this message](https://teams.microsoft.com/l/message/{office.general.id}/{said.id})" in office.shown(
        office.general
    )
    assert office.wallet(office.bob) == 5


async def test_ones_own_message_and_that_of_the_app_prefill_nobody(office: Office) -> None:
    await office.says(office.ann, office.general, "kudos @Bob Okafor for the release")
    [own] = [one for one in office.teams.messages(office.general) if one.author]
    [post] = office.posts(office.general)
    for message in (own, post):
        await office.teams.compose_fetch(office.ann, office.general, "kudos_about", context="message", message=message)
        assert office.filled(office.ann)["receivers"] == ""


MENDED: dict[str, tuple[dict[str, str], str]] = {
    "receivers": ({"receivers": ""}, "Whom would you like to thank?"),
    "oneself": ({"receivers": "{ann}"}, "kudos go to others"),
    "a guest": ({"receivers": "{guest}"}, "is a guest"),
    "a stranger": ({"receivers": "00000000-0000-4000-8000-00000000dead"}, "cannot find one of these people"),
    "reason": ({"reason": "x"}, "What was it for?"),
    "points": ({"points": "ten"}, "not a whole number"),
    "many points": ({"points": "26"}, "25 to each person"),
}


async def test_errors_stand_at_their_field_and_keep_what_was_typed(office: Office) -> None:
    ids = {"ann": office.ann.aad_id, "guest": office.guest.aad_id}
    good = {"receivers": office.bob.aad_id, "reason": "for a *long* story", "points": "7", "audience": "receivers"}
    await office.opens_form(office.ann, office.general)
    for case, (typed, why) in MENDED.items():
        filled = good | {name: value.format(**ids) for name, value in typed.items()}
        await office.fills(office.ann, **filled)
        assert why in office.dialog(office.ann), case
        kept = {name: str(value) for name, value in office.filled(office.ann).items() if name in good}
        kept |= {"points": filled["points"]} if filled["points"] == "ten" else {}
        assert kept == {name: value for name, value in filled.items() if name in kept}, case
    assert office.gifts() == 0
    await office.fills(office.ann, **good)
    assert (office.gifts(), office.wallet(office.bob)) == (1, 7)


async def test_a_form_that_the_client_sends_three_times_gives_once(office: Office) -> None:
    await office.opens_form(office.ann, office.general)
    sent = await office.teams.compose_submit(
        office.ann, {"receivers": office.bob.aad_id, "reason": "for the release", "points": "10"}
    )
    again = [office.teams.wire.send(sent.activity | {"id": f"f:again-{number}"}, patience_s=5) for number in range(2)]
    answers = [one.body for one in await asyncio.gather(*again)]
    await office.settled()
    assert answers == [sent.body, sent.body]
    assert (office.gifts(), office.wallet(office.bob), len(office.posts(office.general))) == (1, 10, 1)
    assert len(office.directs(office.bob)) == 1


async def test_for_the_receivers_only_is_posted_nowhere(office: Office) -> None:
    await office.opens_form(office.ann, office.general)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for listening", audience="receivers")
    assert office.posts(office.general) == []
    assert "in a message from me" in office.dialog(office.ann)
    assert "for listening" in office.told(office.bob)
    assert "Everyone can read it" not in office.told(office.bob)


@pytest.mark.parametrize("where", ["a group chat", "a chat of two"])
async def test_where_the_app_is_not_it_goes_to_the_recognition_channel_and_says_so(office: Office, where: str) -> None:
    if where == "a chat of two":
        office.private.id, office.private.kind = OF_OTHERS, type(office.private.kind).PERSONAL
        office.teams.world.add(office.private)
    await office.opens_form(office.ann, office.private)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for a secret")
    said = office.dialog(office.ann)
    assert "on its way to **General**" in said
    assert ("belongs to the people in it" if where == "a chat of two" else "Add the app **Plaudit** to it") in said
    assert "for a secret" in office.shown(office.general)
    assert office.posts(office.private) == []
    assert office.directs(office.bob)


async def test_what_a_form_says_of_itself_is_checked(office: Office) -> None:
    """A client can send what it likes: another link, and thousands of people to look up."""
    await office.opens_form(office.ann, office.general)
    card = office.teams.dialog(office.ann)
    assert card
    data = card["actions"][0]["data"] | {"reason": "for the release", "points": 1}
    elsewhere = data | {"receivers": office.bob.aad_id, "context": {"about": "https://evil.example/l/message/1"}}
    await office.sends_invoke(office.ann, office.general, "task/submit", {"data": elsewhere})
    assert "the release" in office.shown(office.general)
    assert "about this message" not in office.shown(office.general)
    led = {"about": "https://teams.microsoft.com/dl/launcher/launcher.html?url=elsewhere"}
    away = data | {"form_id": "led", "receivers": office.bob.aad_id, "reason": "for more", "context": led}
    await office.sends_invoke(office.ann, office.general, "task/submit", {"data": away})
    assert "for more" in office.shown(office.general)
    assert "launcher" not in office.shown(office.general)
    crowd = data | {"form_id": "another", "receivers": ",".join(f"nobody-{number}" for number in range(5000))}
    refused = await office.sends_invoke(office.ann, office.general, "task/submit", {"data": crowd})
    assert "cannot find one of these people" in str(refused.body)
    assert len(office.teams.calls("member")) <= 400
