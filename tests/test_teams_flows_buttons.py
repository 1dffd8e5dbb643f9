"""Buttons on Teams: Undo, Thank back, and what others may not press."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import Delivery, Message, text_of
from tests.teams_world import Office, open_office

GIFT = "kudos @Bob Okafor +10 for the release"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def given(office: Office) -> tuple[Message, Message, Message]:
    """A gift of Ann to Bob: her confirmation, the post, and what Bob was told."""
    await office.says(office.ann, office.general, GIFT)
    return office.answer(office.ann, office.general), office.posts(office.general)[-1], office.directs(office.bob)[-1]


def said(delivery: Delivery) -> str:
    """What a button's answer says, and that it is one which a client can show."""
    assert delivery.status == 200
    assert delivery.body["statusCode"] == 200
    value = delivery.body["value"]
    return value if isinstance(value, str) else text_of(value)


async def test_undo_gives_the_points_back_and_the_post_says_so(office: Office) -> None:
    confirmation, post, told = await given(office)
    await office.taps(office.ann, confirmation, "Undo")
    seen = office.seen(office.ann, confirmation)
    assert "Taken back" in text_of(seen)
    assert "**50** of 50" in text_of(seen)
    assert office.buttons(seen) == []
    assert [text_of(one) for one in office.posts(office.general)] == [
        "<at>Ann Lee</at> took back this kudos to <at>Bob Okafor</at>."
    ]
    assert office.teams.message(post.id).edits == 1
    assert "took back this kudos to you" in text_of(office.teams.message(told.id))
    assert (office.allowance(office.ann), office.wallet(office.bob)) == (50, 0)


async def test_undo_from_the_dialog_works_too(office: Office) -> None:
    await office.opens_form(office.ann, office.general)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the release")
    await office.teams.compose_submit(office.ann, {}, "Undo")
    await office.settled()
    assert "Taken back" in office.dialog(office.ann)
    assert "took back" in office.shown(office.general)
    assert office.wallet(office.bob) == 0


async def test_after_ten_minutes_it_is_too_late_to_undo(office: Office) -> None:
    confirmation, _, _ = await given(office)
    office.world.clock.forward(minutes=10, seconds=1)
    assert "that time is over" in said(await office.taps(office.ann, confirmation, "Undo"))
    assert office.wallet(office.bob) == 10


async def test_what_arrives_twice_undoes_once_and_a_second_tap_is_told(office: Office) -> None:
    confirmation, _, _ = await given(office)
    first = await office.taps(office.ann, confirmation, "Undo")
    [same] = await office.teams.resend(first)
    assert same.body == first.body
    other = await office.teams.wire.send(first.activity | {"id": "f:another"})
    assert "took that back already" in said(other)
    assert (office.allowance(office.ann), office.wallet(office.bob)) == (50, 0)


async def test_thanking_back_tells_the_giver_once_and_costs_nothing(office: Office) -> None:
    _, _, told = await given(office)
    first = await office.taps(office.bob, told, "Thank back")
    assert first.status == 200
    await office.teams.wire.send(first.activity | {"id": "f:another"})
    await office.settled()
    assert office.told(office.ann).count("thanks you back") == 1
    assert "the release" in office.told(office.ann)
    shown = office.teams.message(told.id)
    assert "You thanked back." in text_of(shown)
    assert "?tenantId=" in text_of(shown)
    assert office.buttons(shown) == ["Make a picture"]
    assert office.wallet(office.bob) == 10


async def test_a_post_that_somebody_deleted_does_not_come_back_elsewhere(office: Office) -> None:
    await office.says(office.ann, office.lunch, GIFT)
    [post] = office.posts(office.lunch)
    office.teams.world.keep(post, deleted=True)
    await office.taps(office.bob, office.directs(office.bob)[-1], "Thank back")
    assert office.posts(office.general) == []
    assert "could not be" not in office.told(office.ann)


async def test_nobody_presses_for_somebody_else(office: Office) -> None:
    confirmation, _, told = await given(office)
    for message, verb, refusal in (
        (confirmation, "undo", "Only who gave it can take it back"),
        (told, "thank_back", "went to somebody else"),
        (confirmation, "post_again", "Only who gave it can post it again"),
        (confirmation, "send_again", "do not have that draft"),
    ):
        action = {"type": "Action.Execute", "verb": verb, "data": data_of_button(message)}
        delivery = await office.sends_invoke(office.cleo, office.general, "adaptiveCard/action", {"action": action})
        assert refusal in said(delivery), verb
    assert (office.wallet(office.bob), office.told(office.cleo)) == (10, "")


def data_of_button(message: Message) -> dict[str, Any]:
    """What a message's first button carries, as anybody could copy it."""
    assert message.card
    button, *_ = [action for part in message.card["body"] for action in part.get("actions", ())]
    return dict(button["data"])
