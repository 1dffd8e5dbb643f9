"""Every refusal of `/kudos` on Slack: it says what to do, and nothing is taken."""

from __future__ import annotations

from bot.sandbox.fake_slack import Person
from tests.world import World

OTHERS = ("bob", "cleo", "gus", "dora", "robo")

# What is typed -> what the answer says: the reason, and the next step.
PEOPLE = {
    "for being there": ("Whom would you like to thank?", "Mention somebody"),
    "bob for being there": ("“bob” could be Bob Okafor or Bob Tanaka", "@mention, or write the whole name"),
    "Zed Zorn for being there": ("I cannot find “Zed Zorn” here", "Mention the person with @"),
    "@zed for being there": ("I cannot find “zed” here", "Mention the person with @"),
    "nobody@else.test for being there": ("I cannot find “nobody@else.test”", "Mention the person with @"),
    "@ann for being there": ("kudos go to others", "Name a colleague"),
    "@bob @ann for being there": ("kudos go to others", "Name a colleague"),
    "@robo for being there": ("Robo is an app", "Name a colleague"),
    "@plaudit for being there": ("Plaudit is an app", "Name a colleague"),
    "@gus for being there": ("Gus Guest is a guest", "Name a colleague"),
    "@bob @gus for being there": ("Gus Guest is a guest", "Leave them out"),
    "@sam for being there": ("Sam Stranger belongs to another organisation", "Name a colleague"),
    "@dora for being there": ("Dora Gone is not active any more", "Name a colleague"),
    "dora@acme.test for being there": ("Dora Gone is not active any more", "Name a colleague"),
}
WORDS_AND_NUMBERS = {
    "@bob for being there #teamwrok": ("Did you mean #teamwork?", "Or leave it out"),
    "@bob for being there #zzz": ("#zzz is not one of our values", "There are #teamwork, #customer-first"),
    "@bob #craft for being there #courage": ("Which value is it", "one of them"),
    "@bob +26 for being there": ("26 points are more than one kudos may carry", "Write +25 or less"),
    "@bob +2.5 for being there": ("I cannot read +2.5 as points", "whole number"),
    "@bob +5 +6 for being there": ("Which amount do you mean: +5 or +6?", "Write one"),
    "@bob +10": ("What was it for?", "Say what they did"),
    "@bob ok": ("What was it for?", "Say what they did"),
    "@bob " + 2001 * "x": ("That is 2,001 characters; a reason has 2,000 at most", "Shorten it"),
}


async def answers(world: World, table: dict[str, tuple[str, str]]) -> dict[str, str]:
    told = {}
    for typed in table:
        delivery = await world.slack.command("ann", "#general", "/kudos", typed)
        told[typed] = world.whispered("ann") if delivery.ok else f"HTTP {delivery.status}"
    await world.settled()
    return told


def missing(told: dict[str, str], table: dict[str, tuple[str, str]]) -> dict[str, str]:
    """The answers that do not say what they should."""
    return {typed: told[typed] for typed, parts in table.items() if not all(part in told[typed] for part in parts)}


def nothing_was_taken(world: World) -> bool:
    untouched = not any(world.footprint().values()) and world.books_agree()
    return untouched and not world.shown("#general") and not any(world.told(one) for one in OTHERS)


async def test_refusals_about_people(world: World) -> None:
    world.workspace.add_people(Person("U8", "sam", "Sam Stranger", "sam@else.test", is_stranger=True))
    world.workspace.add_people(Person("U9", "zed"))
    world.fake_slack.fail("users.info", error="user_not_visible")
    assert missing(await answers(world, PEOPLE), PEOPLE) == {}
    assert nothing_was_taken(world)


async def test_refusals_about_words_and_numbers(world: World) -> None:
    assert missing(await answers(world, WORDS_AND_NUMBERS), WORDS_AND_NUMBERS) == {}
    assert nothing_was_taken(world)


async def test_an_app_cannot_thank(world: World) -> None:
    await world.slack.command("robo", "#general", "/kudos", "@bob for being there")
    assert "Apps cannot use Plaudit" in world.whispered("robo")
    assert nothing_was_taken(world)


async def test_an_allowance_that_does_not_suffice_for_all_gives_to_none(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob +25 for one half")
    await world.slack.command("ann", "#general", "/kudos", "@bob +10 for most of the other")
    await world.settled()
    before = (world.footprint(), world.told("bob"), world.told("cleo"))
    await world.slack.command("ann", "#general", "/kudos", "@bob @cleo +10 for more than is left")
    told = world.whispered("ann")
    await world.settled()
    assert "You have 15 of 50 points left this week, and this takes 20 (10 each for 2)" in told
    assert "Write +7 or less" in told
    assert (world.footprint(), world.told("bob"), world.told("cleo")) == before
    assert (world.balance("allowance", "Ann"), world.balance("wallet", "Bob Okafor")) == (15, 35)
    assert world.books_agree()


async def test_a_whole_week_given_away_says_when_there_is_more(world: World) -> None:
    for reason in ("the first half", "the second half"):
        await world.slack.command("ann", "#general", "/kudos", f"@bob +25 for {reason}")
    await world.slack.command("ann", "#general", "/kudos", "@bob +1 for one more")
    assert "You have 0 of 50 points left this week" in world.whispered("ann")
    assert "Fresh points arrive on Monday" in world.whispered("ann")
    assert world.balance("allowance", "Ann") == 0


async def test_who_left_is_not_meant_while_somebody_else_has_the_name(world: World) -> None:
    world.workspace.add_people(Person("U8", "cleo.old", "Cléo Martin", deleted=True))
    gone = world.workspace.user_json("U8")
    await world.slack.event("user_change", user=gone)
    await world.slack.command("ann", "#general", "/kudos", "Cléo Martin for the bare name")
    assert "<@U3>" in world.whispered("ann")
