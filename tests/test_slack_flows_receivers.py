"""What receivers of a kudos get on Slack, what they can do with it, and the same gift typed twice."""

from __future__ import annotations

import asyncio

from tests.world import World


async def give(world: World, typed: str = "@bob @cleo for the calm launch") -> None:
    await world.slack.command("ann", "#general", "/kudos", typed)
    await world.settled()


async def test_each_receiver_is_told_once_with_a_link_to_the_post(world: World) -> None:
    await give(world)
    (post,) = world.slack.messages("#general")
    link = f"<https://acme.slack.com/archives/C1/p{post.ts.replace('.', '')}|the post>"
    told = {name: world.slack.direct(name) for name in ("bob", "cleo")}
    assert {name: len(messages) for name, messages in told.items()} == {"bob": 1, "cleo": 1}
    for name, other in (("bob", "<@U3>"), ("cleo", "<@U2>")):
        assert f"*<@U1>* thanked you, together with {other}" in world.told(name)
        assert link in world.told(name)
        assert "Thank back" in world.told(name)
    assert world.told("ann") == ""


async def test_thanking_back_tells_the_giver_once_and_costs_nothing(world: World) -> None:
    await give(world)
    (message,) = world.slack.direct("bob")
    before = (world.footprint()["ledger_entry"], world.balance("allowance", "Bob Okafor"))
    await asyncio.gather(*(world.slack.press("bob", message, "thank_back") for _ in range(2)))
    await world.settled()
    assert world.told("ann").count("thanks you back") == 1
    assert "<@U2>" in world.told("ann")
    assert "the calm launch" in world.told("ann")
    assert (world.footprint()["ledger_entry"], world.balance("allowance", "Bob Okafor")) == before


async def test_after_thanking_back_the_message_says_so_and_keeps_its_link(world: World) -> None:
    await give(world)
    (message,) = world.slack.direct("bob")
    await world.tap("bob", message, "Thank back")
    await world.settled()
    assert "You thanked back" in world.told("bob")
    assert "|the post>" in world.told("bob")
    assert "Thanking back costs" in world.told("cleo")
    assert len(world.fake_slack.calls("chat.update")) == 1, "what others see has not changed"


async def test_nobody_thanks_back_for_what_went_to_others_or_was_taken_back(world: World) -> None:
    await give(world, "@bob for the calm launch")
    (message,) = world.slack.direct("bob")
    stale = dict(message.content)
    await world.slack.press("cleo", message, "thank_back")
    await world.answered()
    assert "went to somebody else" in world.whispered("cleo", message.channel)
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    message.write(stale)  # somebody's client shows it as it was
    await world.slack.press("bob", message, "thank_back")
    await world.answered()
    assert "That kudos was taken back" in world.whispered("bob", message.channel)
    await world.settled()
    assert world.told("ann") == ""


# --- the same gift within a minute ------------------------------------------------------------------------


async def asked(world: World) -> None:
    await give(world)
    await give(world)
    assert "for exactly this a moment ago" in world.whispered("ann")
    assert world.shown("#general").count("the calm launch") == 1
    assert world.balance("allowance", "Ann") == 40


async def test_the_same_gift_is_asked_about_and_sent_again_once(world: World) -> None:
    await asked(world)
    question = world.answer("ann")
    stale = dict(question.content)
    await asyncio.gather(*(world.slack.press("ann", question, "send_again") for _ in range(2)))
    await world.answered()
    question.write(stale)  # somebody's client shows it as it was
    await world.tap("ann", question, "Send again")
    await world.settled()
    assert world.shown("#general").count("the calm launch") == 2
    assert len(world.slack.direct("bob")) == 2
    assert world.balance("allowance", "Ann") == 30
    assert "You sent that again already" in world.whispered("ann")
    assert world.books_agree()


async def test_sent_again_the_question_becomes_a_confirmation_that_can_be_undone(world: World) -> None:
    await asked(world)
    await world.tap("ann", world.answer("ann"), "Send again")
    assert "*30* of 50" in world.whispered("ann")
    await world.tap("ann", world.answer("ann"), "Undo")
    await world.settled()
    assert world.balance("allowance", "Ann") == 40
    assert world.shown("#general").count("the calm launch") == 1


async def test_no_leaves_it_at_one(world: World) -> None:
    await asked(world)
    await world.tap("ann", world.answer("ann"), "No, once is right")
    await world.settled()
    assert "it stays at one" in world.whispered("ann")
    assert world.shown("#general").count("the calm launch") == 1
    assert world.balance("allowance", "Ann") == 40


async def test_nobody_sends_again_what_somebody_else_typed(world: World) -> None:
    await asked(world)
    await world.tap("bob", world.answer("ann"), "Send again")
    assert "I do not have that draft" in world.whispered("bob")
    assert world.balance("wallet", "Cléo") == 5


async def test_other_words_another_amount_and_a_minute_later_are_not_the_same(world: World) -> None:
    for typed in ("@bob for the calm launch", "@bob +4 for the calm launch", "@bob for the launch", "@cleo for it all"):
        await give(world, typed)
        assert "Sent." in world.whispered("ann")
    world.clock.forward(seconds=60)
    await give(world, "@bob for the calm launch")
    assert "Sent." in world.whispered("ann")
