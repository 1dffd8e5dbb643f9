"""`/kudos` typed on Slack: what is understood, and what of it stays words."""

from __future__ import annotations

from bot.sandbox.fake_slack import text_of
from tests.world import World

ROCKET = "🚀 Badge: *Shipped it*"
TEAMWORK = "🤝 Value: *teamwork*"


async def posted(world: World, typed: str) -> list[str]:
    """The lines of the post that a typed command brings, without its button."""
    before = len(world.slack.messages("#general"))
    await world.slack.command("ann", "#general", "/kudos", typed)
    await world.settled()
    new = world.slack.messages("#general")[before:]
    if len(new) != 1:
        return [f"{len(new)} posts", world.whispered("ann")]
    *lines, button = text_of(new[0]).splitlines()
    assert button.startswith("Boost +2")
    return lines


def thanks(points: str, *receivers: str, icon: str = "🎉") -> str:
    names = {1: "{}", 2: "{} and {}", 3: "{}, {} and {}"}[len(receivers)]
    each = " each" if len(receivers) > 1 else ""
    shown = names.format(*(f"<@{one}>" for one in receivers))
    return f"{icon}  *<@U1>* thanked *{shown}* with *{points}*{each}"


async def test_people_are_named_in_every_way_there_is(world: World) -> None:
    world.workspace.groups["S1"].users += ["U5", "U6", "U7"]  # a guest, somebody who left, an app
    ways = {
        "@bob for the mention": [thanks("5 points", "U2"), "the mention"],
        "bob@acme.test for the address": [thanks("5 points", "U2"), "the address"],
        "Cléo Martin for the bare name": [thanks("5 points", "U3"), "the bare name"],
        "bob okafor for the lower case": [thanks("5 points", "U2"), "the lower case"],
        "@bob +1 bob.tanaka@acme.test @cleo for all three ways": [
            thanks("1 point", "U2", "U4", "U3"),
            "all three ways",
        ],
        "@design +1 for a group with the giver and others in it": [
            thanks("1 point", "U2", "U3"),
            "a group with the giver and others in it",
        ],
    }
    assert {typed: await posted(world, typed) for typed in ways} == ways
    assert world.balance("allowance", "Ann") == 50 - 4 * 5 - 3 - 2
    assert world.books_agree()


async def test_a_plain_handle_that_slack_did_not_resolve_is_looked_for(world: World) -> None:
    """A name of yesterday, which Slack itself no longer knows."""
    world.workspace.person("cleo").name = "cleo.martin"
    assert world.slack.typed("@cleo") == "@cleo"
    assert await posted(world, "@cleo for the plain name") == [thanks("5 points", "U3"), "the plain name"]


async def test_parts_come_in_any_order(world: World) -> None:
    expected = [thanks("2 points", "U2", icon="🚀"), "shipping it on time", f"{ROCKET} {TEAMWORK}"]
    orders = [
        "@bob +2 for shipping it on time #teamwork :rocket:",
        "+2 :rocket: #teamwork @bob shipping it on time",
        "shipping it on time @bob 🚀 #teamwork +2",
        "#teamwork @bob for shipping it on time 🚀 +2",
    ]
    shown = {}
    for typed in orders:
        shown[typed] = await posted(world, typed)
        world.clock.forward(seconds=61)  # the same gift at once would be asked about
    assert shown == dict.fromkeys(orders, expected)


async def test_a_value_counts_as_a_word_and_as_a_link_to_a_channel(world: World) -> None:
    ways = {
        "@bob for the word #craft": [thanks("5 points", "U2", icon="🛠️"), "the word", "🛠️ Value: *craft*"],
        "@bob for the channel #teamwork": [thanks("5 points", "U2", icon="🤝"), "the channel", TEAMWORK],
        "@bob for tidying up #general": [thanks("5 points", "U2"), "tidying up #general"],
    }
    assert "<#C3|teamwork>" in world.slack.typed("#teamwork")
    assert {typed: await posted(world, typed) for typed in ways} == ways


async def test_signs_within_a_reason_stay_words(world: World) -> None:
    ways = {
        f"@bob for {reason}": [thanks("5 points", "U2"), reason]
        for reason in (
            "growing sales by +5 % in C++",
            "being our #1 on the phone",
            "a < b && b > c, in <b>bold</b>",
            "the fix of issue #42, @ 3 o'clock",
        )
    }
    assert {typed: await posted(world, typed) for typed in ways} == ways


async def test_what_is_typed_pings_nobody_but_the_receivers(world: World) -> None:
    lines = await posted(world, "@bob for telling @here and @channel & <!everyone> about it")
    assert lines == [thanks("5 points", "U2"), "telling @here and @channel & <!everyone> about it"]
    sent = world.fake_slack.calls("chat.postMessage")[0].arguments
    assert "<!" not in str(sent["text"])


async def test_help_shows_the_programme_and_gives_nothing(world: World) -> None:
    shown = set()
    for typed in ("help", " HELP ", "?"):
        await world.slack.command("ann", "#general", "/kudos", typed)
        shown.add(world.whispered("ann"))
    (told,) = shown
    assert all(one in told for one in ("/kudos", "*teamwork*", "🚀 Shipped it", "*50* of 50"))
    assert not any(world.footprint().values())
