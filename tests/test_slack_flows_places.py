"""Where a kudos is shown on Slack, and what its giver reads about that."""

from __future__ import annotations

from bot.sandbox.fake_slack import Conversation, Kind
from tests.world import World

INVITE = "/invite @Plaudit"


async def give(world: World, channel: str, reason: str) -> str:
    """The confirmation of a kudos that Ann gives Bob."""
    await world.slack.command("ann", channel, "/kudos", f"@bob for {reason}")
    told = world.whispered("ann", channel)
    await world.settled()
    return told


async def test_a_confirmation_tells_who_where_and_what_is_left(world: World) -> None:
    await world.slack.command("ann", "#general", "/kudos", "@bob @cleo +15 for the calm launch")
    told = world.whispered("ann")
    assert "Your thanks to <@U2> and <@U3> is on its way to *<#C1>*" in told
    assert "15 points each, 30 in all. You have *20* of 50 left until Monday." in told
    assert "Undo" in told
    assert not world.slack.ephemerals("bob", "#general")


async def test_where_the_app_cannot_post_the_recognition_channel_does(world: World) -> None:
    world.workspace.add_conversations(
        Conversation("D1", "directmessage", Kind.IM, ["U1", "U2"]),
        Conversation("G1", "mpdm-ann--bob--cleo-1", Kind.MPIM, ["U1", "U2", "U3"]),
    )
    reasons = {
        "D1": "A direct message belongs to the people in it",
        "G1": "A direct message belongs to the people in it",
        "#secret": "I am not in that conversation yet",
        "#old": "is archived",
    }
    told = {channel: await give(world, channel, f"help in {channel}") for channel in reasons}
    assert all(why in told[channel] and "to *<#C2>*" in told[channel] for channel, why in reasons.items()), told
    assert [channel for channel in told if INVITE in told[channel]] == ["#secret"]
    shown = [f"help in {channel}" in world.shown("#kudos") for channel in reasons]
    assert (shown, world.shown("#secret"), world.shown("#old")) == ([True] * len(reasons), "", "")


async def test_once_invited_it_posts_in_the_private_channel(world: World) -> None:
    await give(world, "#secret", "the first time")
    world.workspace.conversation("#secret").members.append(world.workspace.bot.id)
    await world.slack.event("member_joined_channel", user=world.workspace.bot.id, channel="C5", channel_type="G")
    told = await give(world, "#secret", "the second time")
    assert "to *<#C5>*" in told
    assert INVITE not in told
    assert "the second time" in world.shown("#secret")
    assert "the second time" not in world.shown("#kudos")


async def test_in_the_apps_own_chat_a_kudos_goes_to_the_recognition_channel(world: World) -> None:
    own = world.workspace.direct("U1")
    told = await give(world, own.id, "writing to the app")
    assert "to *<#C2>*" in told
    assert "writing to the app" in world.shown("#kudos")


async def test_a_channel_archived_between_give_and_send_moves_the_post(world: World) -> None:
    world.hold_back()
    told = await give(world, "#general", "the old days")
    world.workspace.conversation("#general").is_archived = True
    world.let_go()
    await world.settled()
    assert "to *<#C1>*" in told
    assert "the old days" in world.shown("#kudos")
    assert "is in the recognition channel" in world.told("ann")
    assert world.told("bob").count("the old days") == 1
    assert "to *<#C2>*" in await give(world, "#general", "the next time")  # learnt


async def test_an_app_removed_between_give_and_send_shows_private_words_nowhere_else(world: World) -> None:
    private = world.workspace.conversation("#secret")
    private.members.append(world.workspace.bot.id)
    world.hold_back()
    await give(world, "#secret", "the old days")
    private.members.remove(world.workspace.bot.id)
    world.let_go()
    await world.settled()
    assert "the old days" not in world.shown("#kudos")
    assert world.told("ann").count("could not be posted") == 1
    assert world.told("bob").count("the old days") == 1
    assert INVITE in await give(world, "#secret", "the next time")


async def test_a_recognition_channel_that_is_opened_again_is_used_again(world: World) -> None:
    own, channel = world.workspace.direct("U1"), world.workspace.conversation("#kudos")
    for is_archived, kind in ((True, "channel_archive"), (False, "channel_unarchive")):
        channel.is_archived = is_archived
        await world.slack.event(kind, channel="C2", user="U1")
        told = await give(world, own.id, f"the {kind}")
        assert ("to *<#C2>*" in told) != is_archived, told


async def test_without_any_channel_the_words_still_arrive(world: World) -> None:
    world.change("UPDATE workspace SET recognition_id = NULL")
    world.change("UPDATE tenant SET programme_version = programme_version + 1")
    told = await give(world, "#secret", "being there")
    assert "I found no channel that I can post in" in told
    assert "being there" in world.told("bob")
    assert world.shown("#kudos") == ""
    assert world.balance("wallet", "Bob Okafor") == 5
