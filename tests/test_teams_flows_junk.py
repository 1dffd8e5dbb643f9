"""What no card of ours ever sent, or one of long ago: answered politely, whatever it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.teams_world import Office, open_office


@pytest.fixture
async def office(sqlite_url: str, clock: Any) -> AsyncIterator[Office]:
    """Reading what was sent is the same on both engines."""
    async with open_office(sqlite_url, clock) as opened:
        yield opened


JUNK: tuple[Any, ...] = (
    None,
    True,
    7,
    1.5,
    10**400,
    "",
    "undo",
    "\x00\ud800",
    "x" * 20_000,
    [],
    ["undo"],
    [[[]]],
    {},
    {"act": {"act": "undo"}},
    {"": ""},
)
KUDOS = {"form": "kudos", "people": "receivers,reason"}
SHAPES: dict[str, tuple[str, Any]] = {
    "button": ("adaptiveCard/action", lambda it: {"action": {"type": "Action.Execute", "verb": it, "data": it}}),
    "button data": ("adaptiveCard/action", lambda it: {"action": {"verb": "undo", "data": {"id": it, "act": it}}}),
    "action": ("adaptiveCard/action", lambda it: {"action": it}),
    "fetch": ("task/fetch", lambda it: {"data": it}),
    "fetch act": ("task/fetch", lambda it: {"data": {"act": it}}),
    "fetch about": ("task/fetch", lambda it: {"data": {"act": "kudos_form", "about": it, "where_id": it}}),
    "submit": ("task/submit", lambda it: {"data": it}),
    "form": ("task/submit", lambda it: {"data": {"form": it, "form_id": it, "context": it}}),
    "fields": (
        "task/submit",
        lambda it: {"data": KUDOS | {"receivers": it, "reason": it, "points": it}},
    ),
    "opener": ("task/submit", lambda it: {"data": {"form": "kudos", "opened_by": it, "context": {"about": it}}}),
    "command": ("composeExtension/fetchTask", lambda it: {"commandId": it, "messagePayload": it}),
    "payload": (
        "composeExtension/fetchTask",
        lambda it: {
            "commandId": "kudos_about",
            "messagePayload": {"from": it, "body": it, "id": it, "linkToMessage": it},
        },
    ),
    "compose": ("composeExtension/submitAction", lambda it: {"commandId": it, "data": it}),
}


async def test_no_junk_in_an_invoke_is_more_than_declined(office: Office) -> None:
    for shape, (name, filled) in SHAPES.items():
        for junk in JUNK:
            invoke = office.teams.activity(office.ann, office.general, "invoke")
            delivery = await office.teams.wire.send(invoke | {"name": name, "value": filled(junk)})
            assert delivery.status == 200, (shape, str(junk)[:40])
            assert delivery.body is None or {"task", "statusCode"} & delivery.body.keys(), (shape, str(junk)[:40])
    await office.settled()
    assert office.gifts() == 0


@pytest.mark.parametrize("kind", ["message", "invoke", "conversationUpdate", "installationUpdate", "new"])
async def test_no_junk_around_it_is_more_than_declined(office: Office, kind: str) -> None:
    for key in ("value", "text", "entities", "from", "conversation", "channelData", "name", "id", "type", "locale"):
        for junk in JUNK:
            odd = office.teams.activity(office.ann, office.general, kind) | {"value": {}, "text": "kudos", key: junk}
            assert (await office.teams.wire.send(odd)).status in (200, 400, 501), (key, str(junk)[:40])
    await office.settled()
    assert office.gifts() == 0


async def test_what_old_cards_still_send_is_answered_politely(office: Office) -> None:
    chat = office.teams.chat(office.ann)
    old: tuple[tuple[str, dict[str, Any]], ...] = (
        ("adaptiveCard/action", {"action": {"verb": "boost_2019", "data": {"id": "r1"}}}),
        ("task/fetch", {"data": {"act": "survey"}}),
        ("task/submit", {"data": {"form": "survey", "form_id": "f1"}}),
        ("composeExtension/fetchTask", {"commandId": "survey"}),
        ("composeExtension/submitAction", {"commandId": "survey", "data": {"x": "y"}}),
    )
    for name, value in old:
        delivery = await office.sends_invoke(office.ann, chat, name, value)
        assert "has had its day" in str(delivery.body), name
        assert "/kudos" not in str(delivery.body), name
    await office.teams.submit_old(office.ann, office.teams.messages(office.general)[0], {"vote": "yes"})
    await office.settled()
    assert "has had its day" in office.answered(office.ann, office.general)
    unheard = await office.sends_invoke(office.ann, chat, "config/fetch", {})
    assert unheard.status == 501
