"""Slack's door: who may knock, and the same knock many times."""

from __future__ import annotations

import asyncio
import time
from itertools import product
from urllib.parse import urlencode

from bot.sandbox.fake_slack import Delivery, payloads
from bot.sandbox.fake_slack.deliveries import FORM
from tests.conftest import Clock
from tests.world import SECRET, World, open_world

TYPED = "@bob for the calm launch"


def body(world: World, text: str = TYPED) -> bytes:
    """A command as Slack would send it."""
    place = world.workspace.conversation("#general")
    fields = payloads.command(world.workspace, "U1", place, "/kudos", world.slack.typed(text))
    return urlencode(fields | {"trigger_id": "1.T1.same", "response_url": "http://127.0.0.1:1/"}).encode()


def is_untouched(world: World) -> bool:
    return not any(world.footprint().values()) and world.one("SELECT COUNT(*) FROM request") == 0


async def test_what_is_not_signed_by_slack_just_now_stays_outside(world: World) -> None:
    send, now = world.slack.deliveries.raw, time.time()
    knocks = {
        "another secret": await send(body(world), FORM, secret="not the secret"),
        "old": await send(body(world), FORM, at=now - 330),
        "from the future": await send(body(world), FORM, at=now + 330),
        "no signature": await send(body(world), FORM, headers={"X-Slack-Signature": ""}),
        "no time": await send(body(world), FORM, headers={"X-Slack-Request-Timestamp": ""}),
        "another body": await send(body(world), FORM, headers={"X-Slack-Signature": await _signature_of_other(world)}),
    }
    assert {name: one.status for name, one in knocks.items()} == dict.fromkeys(knocks, 401)
    assert is_untouched(world)
    assert (await send(body(world), FORM, secret=SECRET, at=now - 200)).ok


async def test_one_command_delivered_seven_times_at_once_gives_once(world: World) -> None:
    send = world.slack.deliveries.raw
    deliveries = await asyncio.gather(*(send(body(world), FORM) for _ in range(7)))
    await world.settled()
    answers = [(one.status, one.json) for one in deliveries]
    assert answers == [(200, deliveries[0].json)] * 7
    assert "*45* of 50" in str(deliveries[0].json)
    assert world.shown("#general").count("the calm launch") == 1
    assert (len(world.slack.direct("bob")), world.balance("allowance", "Ann")) == (1, 45)
    assert world.books_agree()


async def test_one_refused_command_delivered_seven_times_is_refused_the_same_way(world: World) -> None:
    send = world.slack.deliveries.raw
    deliveries = await asyncio.gather(*(send(body(world, "@ann for myself"), FORM) for _ in range(7)))
    assert [(one.status, one.json) for one in deliveries] == [(200, deliveries[0].json)] * 7
    assert "kudos go to others" in str(deliveries[0].json)
    assert not any(world.footprint().values())


async def test_one_form_delivered_seven_times_at_once_gives_once(world: World) -> None:
    view = await world.open_form("ann")
    first = await world.slack.submit("ann", view, {"receivers": ["U2"], "reason": "the calm launch"})
    others = await asyncio.gather(*(_same(world, first) for _ in range(6)))
    await world.settled()
    assert [one.json for one in others] == [first.json] * 6
    assert world.shown("#general").count("the calm launch") == 1


async def test_slacks_checks_of_the_address_are_answered(world: World) -> None:
    assert (await world.slack.deliveries.raw(b"ssl_check=1&token=t", FORM)).status == 200
    asked = b'{"type": "url_verification", "token": "t", "challenge": "abc"}'
    assert "abc" in str((await world.slack.deliveries.raw(asked, "application/json")).body)
    assert is_untouched(world)


async def test_a_signed_body_that_is_none_is_refused_and_not_a_crash(world: World) -> None:
    bodies = (b"", b"payload=", b"payload=[]", b"payload={", b"command=%2Fkudos", b"\xff\xfe")
    statuses = {sent: (await world.slack.deliveries.raw(sent, FORM)).status for sent in bodies}
    assert {sent: status for sent, status in statuses.items() if status not in (400, 404)} == {}
    assert is_untouched(world)


async def test_a_button_of_an_old_message_is_answered_politely(world: World) -> None:
    button = {"type": "button", "action_id": "forgotten", "text": {"type": "plain_text", "text": "Old"}, "value": "?"}
    content = {"text": "from long ago", "blocks": [{"type": "actions", "elements": [button]}]}
    message = world.workspace.post("C1", world.workspace.bot.id, content)
    await world.tap("ann", message, "Old")
    assert "That button has had its day" in world.whispered("ann")
    assert "to start afresh" in world.whispered("ann")
    assert is_untouched(world)


async def test_buttons_with_nonsense_in_them_are_answered_politely(world: World) -> None:
    acts = ("undo", "thank_back", "send_again", "post_again")
    values = ("", "{", "[]", '{"id": 7}', '{"id": "no-such-thing", "draft": "none"}')
    told = {}
    for act, value in product(acts, values):
        button = {"type": "button", "action_id": act, "text": {"type": "plain_text", "text": "Odd"}, "value": value}
        content = {"text": "odd", "blocks": [{"type": "actions", "elements": [button]}]}
        await world.tap("ann", world.workspace.post("C1", world.workspace.bot.id, content), "Odd")
        told[act, value] = world.whispered("ann")
    assert {asked: answer for asked, answer in told.items() if "went wrong" in answer} == {}
    assert len(world.slack.ephemerals("ann", "#general")) == len(told)
    assert not any(world.footprint().values())


async def test_an_unknown_command_and_an_unknown_shortcut_are_answered_politely(world: World) -> None:
    await world.slack.command("ann", "#general", "/praise", "@bob for old times")
    assert "has had its day" in world.whispered("ann")
    await world.slack.global_shortcut("ann", "no_such_shortcut")
    await world.answered()
    assert "has had its day" in world.told("ann")
    assert is_untouched(world)


async def _same(world: World, delivery: Delivery) -> Delivery:
    return (await world.slack.deliveries.resend(delivery))[0]


async def _signature_of_other(world: World) -> str:
    other = await world.slack.deliveries.raw(b"ssl_check=1", FORM)
    return other.sent_headers["X-Slack-Signature"]


async def test_without_a_way_to_socket_mode_the_process_still_starts_and_stops(sqlite_url: str, clock: Clock) -> None:
    async with asyncio.timeout(10), open_world(sqlite_url, clock, slack_app_token="xapp-nobody-answers") as world:
        assert (await world.slack.command("ann", "#general", "/kudos", "@bob for being patient")).ok
