"""The form of `/kudos` on Slack: opened by the command alone and by both shortcuts."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs

from bot.sandbox.fake_slack import View, text_of
from tests.world import World

KUDOS: dict[str, Any] = {"receivers": ["U2"], "reason": "for the calm launch"}


def value_of(view: View, name: str, label: str) -> str:
    """The value of a choice that is shown with this label."""
    block = next(one for one in view.blocks if one["block_id"] == name)
    return next(str(one["value"]) for one in block["element"]["options"] if one["text"]["text"] == label)


def typed(view: View) -> dict[str, Any]:
    """What stands in the fields."""
    entered = {name: next(iter(inputs.values())) for name, inputs in view.values.items()}
    return {name: one.get("value") or one.get("selected_users") for name, one in entered.items()}


async def submit(world: World, view: View, **values: Any) -> str:
    """Submits, and says what the view then shows."""
    await world.slack.submit("ann", view, KUDOS | values)
    await world.settled()
    shown = world.slack.view("ann")
    return text_of(shown.content) if shown else ""


async def test_the_command_alone_opens_the_form_and_sending_it_posts(world: World) -> None:
    view = await world.open_form("ann")
    assert "You have 50 of 50 points left until Monday" in text_of(view.content)
    shown = await submit(
        world,
        view,
        points="7",
        value=value_of(view, "value", "🤝 teamwork"),
        badge=value_of(view, "badge", "🚀 Shipped it"),
    )
    assert "Your thanks to <@U2> is on its way to *<#C1>*" in shown
    assert "*43* of 50" in shown
    post = world.shown("#general")
    assert all(one in post for one in ("*7 points*", "the calm launch", "*Shipped it*", "*teamwork*")), post
    assert "the calm launch" in world.told("bob")
    assert world.books_agree()


async def test_receivers_only_is_posted_nowhere_and_told_to_them(world: World) -> None:
    view = await world.open_form("ann")
    shown = await submit(world, view, receivers=["U2", "U3"], audience="receivers")
    assert "on its way to <@U2> and <@U3>, in a message from me" in shown
    assert (world.shown("#general"), world.shown("#kudos")) == ("", "")
    told = world.told("bob"), world.told("cleo")
    assert all("the calm launch" in one and "Everyone can read it" not in one for one in told)


async def test_mistakes_show_at_their_field_and_what_was_typed_stays(world: World) -> None:
    view = await world.open_form("ann")
    before = world.footprint()
    mistakes: dict[str, tuple[dict[str, Any], str]] = {
        "receivers": ({"receivers": ["U2", "U1"]}, "kudos go to others"),
        "reason": ({"reason": "  ok  "}, "What was it for?"),
        "points": ({"points": "26"}, "Write +25 or less"),
    }
    told = {}
    for field, (values, _) in mistakes.items():
        await world.slack.submit("ann", view, KUDOS | {"points": "5"} | values)
        told[field] = view.errors
        assert {name: typed(view)[name] for name in values} == values
    assert {field: field in errors for field, errors in told.items()} == dict.fromkeys(mistakes, True)
    assert all(says in told[field][field] for field, (_, says) in mistakes.items()), told
    assert world.footprint() == before
    assert "*45* of 50" in await submit(world, view, receivers=["U2"], points="5")  # the same form, mended


async def test_who_cannot_receive_is_told_at_the_picker(world: World) -> None:
    people = {
        "U5": "Gus Guest is a guest",
        "U6": "Dora Gone is not active any more",
        "U7": "Robo is an app",
        "U1": "kudos go to others",
        "U99": "I cannot find one of these people here",
    }
    view, told = await world.open_form("ann"), {}
    for picked in people:
        await submit(world, view, receivers=["U2", picked])
        told[picked] = view.errors["receivers"]
    assert {picked: told[picked] for picked, says in people.items() if says not in told[picked]} == {}
    assert not any(world.footprint().values())


async def test_too_little_left_is_told_at_the_points(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +25 for one half")
    await world.slack.command("ann", "#general", "/kudos", "@cleo +24 for nearly the other")
    view = await world.open_form("ann")
    assert typed(view)["points"] == "1"
    await submit(world, view, points="2")
    assert "You have 1 of 50 points left this week" in view.errors["points"]


async def test_a_form_submitted_twice_with_new_ids_gives_once(world: World) -> None:
    view = await world.open_form("ann")
    first = await world.slack.submit("ann", view, KUDOS)
    payload = _payload(first.sent) | {"trigger_id": "9.T1.new"}
    payload["view"] |= {"id": "VNEW", "hash": "other"}
    again = await world.slack.deliveries.interaction(payload)
    await world.settled()
    assert (again.status, again.json["view"]) == (200, first.json["view"])
    assert world.shown("#general").count("the calm launch") == 1
    assert world.balance("allowance", "Ann") == 45


async def test_a_kudos_sent_by_form_is_taken_back_in_the_form(world: World) -> None:
    view = await world.open_form("ann")
    await submit(world, view)
    await world.tap("ann", view, "Undo")
    await world.settled()
    assert "Taken back" in text_of(view.content)
    assert "took back" in world.shown("#general")
    assert world.balance("allowance", "Ann") == 50


async def test_the_same_gift_by_form_is_asked_about_and_sent_again_to_the_same_place(world: World) -> None:
    await submit(world, await world.open_form("ann"))
    view = await world.open_form("ann")
    assert "Send it again?" in await submit(world, view)
    await world.tap("ann", view, "Send again")
    await world.settled()
    assert "on its way to *<#C1>*" in text_of(view.content)
    assert world.shown("#general").count("the calm launch") == 2


async def test_the_message_shortcut_thanks_for_a_message_and_links_to_it(world: World) -> None:
    message = await world.slack.say("cleo", "#general", "the release is out")
    await world.slack.message_shortcut("ann", message, "kudos_about")
    view = await world.form_of("ann")
    assert typed(view)["receivers"] == ["U3"]
    await submit(world, view, receivers=["U3"])
    address = f"<https://acme.slack.com/archives/C1/p{message.ts.replace('.', '')}|about this message>"
    assert address in world.shown("#general")


async def test_the_message_shortcut_picks_nobody_who_cannot_be_thanked(world: World) -> None:
    picked = {}
    for author in ("U1", "U7", world.workspace.bot.id):
        message = world.workspace.post("C1", author, {"text": "hello"})
        await world.slack.message_shortcut("ann", message, "kudos_about")
        picked[author] = typed(await world.form_of("ann"))["receivers"]
    assert not any(picked.values()), picked


async def test_the_global_shortcut_posts_in_the_recognition_channel(world: World) -> None:
    await world.slack.global_shortcut("ann", "kudos_form")
    view = await world.form_of("ann")
    value_of(view, "audience", "Everybody in the recognition channel, as a post")
    shown = await submit(world, view)
    assert "on its way to *<#C2>*" in shown
    assert "/invite" not in shown
    assert "the calm launch" in world.shown("#kudos")


async def test_a_form_that_slack_does_not_open_is_told(world: World) -> None:
    world.fake_slack.fail("views.open", error="expired_trigger_id")
    await world.slack.command("ann", "#general", "/kudos")
    await world.answered()
    assert "Slack was too slow to open the form. Nothing was taken" in world.whispered("ann")


def _payload(sent: bytes) -> dict[str, Any]:

    payload: dict[str, Any] = json.loads(parse_qs(sent.decode())["payload"][0])
    return payload
