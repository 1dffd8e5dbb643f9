"""Kudos typed on Teams, wherever people type: what they, the place and the receivers see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import Message, text_of
from tests.teams_world import Office, open_office

RELEASE = "kudos @Bob Okafor +10 for shipping the release on time #teamwork 🚀"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


def mentioned(message: Message) -> set[str]:
    """Who is notified by a message."""
    assert message.card
    return {one["mentioned"]["id"] for one in message.card["msteams"]["entities"]}


async def test_kudos_in_a_channel_are_posted_confirmed_and_told(office: Office) -> None:
    ann, bob, general = office.ann, office.bob, office.general
    await office.says(ann, general, RELEASE)
    [post] = office.posts(general)
    words = text_of(post)
    assert "**<at>Ann Lee</at>** thanked **<at>Bob Okafor</at>** with **10 points**" in words
    assert "shipping the release on time" in words
    assert "Value: **teamwork**" in words
    assert "🚀 Badge:" in words
    assert mentioned(post) == {ann.id, bob.id}
    answer = office.answer(ann, general)
    assert "on its way to **General**" in text_of(answer)
    assert "**40** of 50 left" in text_of(answer)
    assert office.buttons(answer) == ["Undo", "Change the words"]
    [told] = office.directs(bob)
    assert "**10 points** for you. Your wallet now holds 10 points." in text_of(told)
    assert f"/{post.id}?tenantId=" in text_of(told)
    assert office.buttons(told) == ["Thank back", "Make a picture"]
    assert office.directs(ann) == []
    assert (office.allowance(ann), office.wallet(bob)) == (40, 10)


async def test_in_a_group_chat_everything_stays_in_the_group_chat(office: Office) -> None:
    await office.says(office.ann, office.lunch, "kudos @Bob Okafor @Cléo Martin for the noodles")
    [post] = office.posts(office.lunch)
    assert "<at>Bob Okafor</at> and <at>Cléo Martin</at>** with **5 points** each" in text_of(post)
    assert "**40** of 50 left" in office.answered(office.ann, office.lunch)
    assert office.posts(office.general) == []
    assert "noodles" in office.told(office.bob)
    assert "noodles" in office.told(office.cleo)


async def test_in_the_personal_chat_the_post_goes_to_the_recognition_channel(office: Office) -> None:
    chat = office.teams.chat(office.ann)
    await office.says(office.ann, chat, "kudos bob@acme.test +5 for the calm launch")
    assert "the calm launch" in office.shown(office.general)
    [answer] = office.directs(office.ann)
    assert "on its way to **General**" in text_of(answer)
    assert "belongs to the people in it" not in text_of(answer)
    assert office.buttons(answer) == ["Undo", "Change the words"]


async def test_a_slash_command_shows_only_the_post_to_others(office: Office) -> None:
    await office.teams.slash(office.ann, office.general, "kudos @Bob Okafor for the release")
    await office.settled()
    [seen] = office.teams.messages(office.general)[1:]
    assert "thanked **<at>Bob Okafor</at>**" in text_of(seen)
    assert "**45** of 50" in office.answered(office.ann, office.general)


async def test_kudos_in_a_thread_are_taken_too(office: Office) -> None:
    await office.teams.say(office.cleo, office.general, "Who can help?")
    root = office.teams.messages(office.general)[-1]
    await office.teams.say(office.ann, office.general, "kudos @Bob Okafor for helping at once", reply_to=root)
    await office.settled()
    assert "helping at once" in office.shown(office.general)


async def test_words_that_are_no_command_and_help_are_answered_with_examples(office: Office) -> None:
    chat = office.teams.chat(office.ann)
    for words in ("kudos help", "help", "good morning!", "/kudos ?"):
        await office.says(office.ann, chat, words)
        assert "How to say thank you" in text_of(office.directs(office.ann)[-1]), words
    assert "**50** of 50" in office.told(office.ann)
    await office.says(office.ann, office.general, "hello")
    assert "How to say thank you" in office.answered(office.ann, office.general)
    assert office.posts(office.general) == []


async def test_help_takes_the_place_of_the_home_and_leads_back_to_it(office: Office) -> None:
    """So long a text is no notice that passes."""
    await office.says(office.ann, office.teams.chat(office.ann), "my-home")
    message = office.directs(office.ann)[-1]
    await office.taps(office.ann, message, "How it works")
    assert office.buttons(office.seen(office.ann, message)) == ["Give kudos", "My home"]
    await office.taps(office.ann, message, "My home")
    assert "Ask a person" in office.buttons(office.seen(office.ann, message))


REFUSED = {
    "kudos @Ann Lee for being me": "kudos go to others",
    "kudos @Gus Guest for the visit": "Gus Guest is a guest",
    "kudos @Dora Gone for everything": "Dora Gone is not active any more",
    "kudos bob for the release": "Bob Okafor or Bob Tanaka",
    "kudos zed@acme.test for the release": "cannot find “zed@acme.test”",
    "kudos nobody for the release": "nobody",
    "kudos for the release": "Whom would you like to thank?",
    "kudos @Bob Okafor": "What was it for?",
    "kudos @Bob Okafor for the release #teamwrok": "Did you mean #teamwork?",
    "kudos @Bob Okafor +26 for the release": "25 to each person",
    "kudos @Bob Okafor @Cléo Martin @Bob Tanaka +20 for the release": "takes 60 (20 each for 3)",
    "kudos @Plaudit for the release": "Whom would you like to thank?",
}


async def test_what_is_refused_says_what_to_do_and_takes_nothing(office: Office) -> None:
    dora = office.teams.person("Dora Gone")
    await office.teams.join(dora, office.general)
    await office.world.answered()
    office.world.change("UPDATE person SET active = :no WHERE name = 'Dora Gone'", no=False)
    for words, why in REFUSED.items():
        await office.says(office.ann, office.general, words)
        answer = office.answered(office.ann, office.general)
        assert why in answer, words
        assert "\n" in answer, f"no next step: {answer}"
    assert (office.gifts(), office.posts(office.general), office.told(office.bob)) == (0, [], "")
    assert office.allowance(office.ann) == 0  # not granted yet, so nothing was taken


async def test_somebody_new_is_looked_up_and_thanked(office: Office) -> None:
    zed = office.teams.person("Zed New")
    office.general.member_ids.append(zed.id)  # nobody told us
    await office.says(office.ann, office.general, "kudos @Zed New for starting so well")
    assert "thanked **<at>Zed New</at>**" in office.shown(office.general)
    assert "starting so well" in office.told(zed)
    assert office.wallet(zed) == 5


async def test_when_nobody_can_be_looked_up_the_asker_is_told(office: Office) -> None:
    zed = office.teams.person("Zed New")
    office.general.member_ids.append(zed.id)
    office.teams.fail("member", times=9, status=502)
    await office.says(office.ann, office.general, "kudos @Zed New for starting so well")
    assert "Nothing was taken" in office.answered(office.ann, office.general)
    assert (office.gifts(), office.posts(office.general)) == (0, [])


async def test_a_message_that_arrives_seven_times_at_once_gives_once(office: Office) -> None:
    zed = office.teams.person("Zed New")
    office.general.member_ids.append(zed.id)
    delivery = await office.teams.say(office.ann, office.general, "kudos @Zed New +10 for the release")
    same = [office.teams.wire.send(delivery.activity) for _ in range(6)]
    assert {one.status for one in await asyncio.gather(*same)} == {200}
    await office.settled()
    assert (
        len(office.posts(office.general))
        == len(office.directs(zed))
        == len(office.answers(office.ann, office.general))
        == 1
    )
    assert (office.gifts(), office.wallet(zed)) == (1, 10)


async def test_an_edited_message_gives_nothing_again(office: Office) -> None:
    await office.says(office.ann, office.general, RELEASE)
    [said] = [one for one in office.teams.messages(office.general) if one.author]
    assert (await office.teams.edited(office.ann, said, RELEASE.replace("+10", "+20"))).status == 200
    await office.settled()
    assert (office.gifts(), office.wallet(office.bob)) == (1, 10)
    assert len(office.answers(office.ann, office.general)) == 1


async def test_the_same_words_again_are_asked_about_and_sent_if_meant(office: Office) -> None:
    await office.says(office.ann, office.general, RELEASE)
    await office.says(office.ann, office.general, RELEASE)
    asked = office.answer(office.ann, office.general)
    assert "Send it again?" in text_of(asked)
    assert office.gifts() == 1
    await office.taps(office.ann, asked, "Send again")
    seen = office.seen(office.ann, asked)
    assert "**30** of 50 left" in text_of(seen)
    assert office.buttons(seen) == ["Undo", "Change the words"]
    assert (office.gifts(), len(office.posts(office.general)), office.wallet(office.bob)) == (2, 2, 20)
    await office.says(office.ann, office.general, RELEASE)
    asked = office.answer(office.ann, office.general)
    await office.taps(office.ann, asked, "No, once is right")
    assert "stays at one" in text_of(office.seen(office.ann, asked))
    assert office.gifts() == 2
