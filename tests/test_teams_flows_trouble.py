"""When something is wrong on Teams: what the giver is told, and what the books say."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.admission import QUEUE_LIMIT
from bot.sandbox.fake_teams import text_of
from store.tenants import change_policy
from tests.teams_world import Office, open_office

GIFT = "kudos @Bob Okafor +10 for the release"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def test_busy_is_told_and_nothing_was_taken(office: Office) -> None:
    free, writers = threading.Event(), office.world.process.core.writers
    full = [asyncio.ensure_future(writers.run(free.wait)) for _ in range(QUEUE_LIMIT)]
    await asyncio.sleep(0)
    try:
        chat = office.teams.chat(office.ann)
        assert (await office.teams.say(office.ann, office.general, GIFT)).status == 200
        pressed = await office.teams.task_fetch(office.ann, {"act": "undo", "id": "r1"}, conversation=chat)
        assert "Nothing was taken" in str(pressed.body)
    finally:
        free.set()
        await asyncio.gather(*full)
    await office.settled()
    assert "I am busy right now. Nothing was taken" in office.answered(office.ann, office.general)
    assert (office.gifts(), office.posts(office.general)) == (0, [])


async def test_a_failure_is_told_and_nothing_was_taken(office: Office) -> None:
    with office.world.process.core.database.writing() as tx:
        change_policy(tx, office.home.tenant_id, {"weekly_allowance": "a lot"})
    await office.says(office.ann, office.general, GIFT)
    assert "Something went wrong on our side. Nothing was taken" in office.answered(office.ann, office.general)
    await office.opens_form(office.ann, office.lunch)
    assert "Something went wrong on our side" in office.dialog(office.ann)
    assert (office.gifts(), office.posts(office.general)) == (0, [])


async def test_where_targeted_messages_are_not_allowed_the_answer_is_in_the_personal_chat(office: Office) -> None:
    office.teams.fail("send", status=400, code="BadSyntax", conversation=office.general.id)
    await office.says(office.ann, office.general, GIFT)
    assert office.answers(office.ann, office.general) == []
    [answer] = office.directs(office.ann)
    assert "**40** of 50 left" in text_of(answer)
    assert len(office.posts(office.general)) == 1
    await office.taps(office.ann, answer, "Undo")
    assert "took back" in office.shown(office.general)


@pytest.mark.parametrize("status", [403, 404])
async def test_a_chat_that_takes_no_posts_is_marked_and_its_words_go_nowhere_else(office: Office, status: int) -> None:
    await office.opens_form(office.ann, office.lunch)
    office.teams.fail("send", status=status, conversation=office.lunch.id)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the noodles")
    assert office.posts(office.lunch) == []
    assert "the noodles" not in office.shown(office.general)
    assert "could not be posted" in office.told(office.ann)
    assert "I cannot post in Lunch" in office.told(office.ann)
    assert "the noodles" in office.told(office.bob)
    place = office.place(office.lunch)
    assert place
    assert not place.member
    await office.opens_form(office.cleo, office.lunch)
    await office.fills(office.cleo, receivers=office.bob.aad_id, reason="for the dumplings")
    assert "Add the app **Plaudit** to it" in office.dialog(office.cleo)
    assert "the dumplings" in office.shown(office.general)


async def test_a_recognition_channel_that_is_gone_is_told_too(office: Office) -> None:
    office.teams.fail("send", status=404, conversation=office.general.id)
    await office.opens_form(office.ann, office.private)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the noodles")
    assert "could not be posted" in office.told(office.ann)
    assert "the noodles" in office.told(office.bob)
    assert office.wallet(office.bob) == 5


async def test_a_post_with_an_uncertain_outcome_is_asked_about_and_posted_again_once(office: Office) -> None:
    await office.opens_form(office.ann, office.lunch)
    office.teams.fail("send", after_effect=True, conversation=office.lunch.id)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the noodles")
    assert len(office.posts(office.lunch)) == 1  # it was shown, and nobody can know
    asked = office.directs(office.ann)[-1]
    assert "could not find out whether" in text_of(asked)
    assert "**Lunch**" in text_of(asked)
    assert "the noodles" in office.told(office.bob)
    first = await office.taps(office.ann, asked, "Post again")
    assert "on its way again" in text_of(office.seen(office.ann, asked))
    assert len(office.posts(office.lunch)) == 2
    other = await office.teams.wire.send(first.activity | {"id": "f:another"})
    await office.settled()
    assert "has found its way already" in str(other.body)
    assert len(office.posts(office.lunch)) == 2
    assert (office.gifts(), office.wallet(office.bob)) == (1, 5)


async def test_a_post_that_may_be_tried_again_appears_once(office: Office) -> None:
    for status in (429, 500, 503):
        office.teams.fail("send", status=status, retry_after=0, conversation=office.lunch.id)
    await office.opens_form(office.ann, office.lunch)
    await office.fills(office.ann, receivers=office.bob.aad_id, reason="for the noodles")
    assert len(office.posts(office.lunch)) == 1
    assert office.directs(office.ann) == []


async def test_somebody_who_blocked_the_app_does_not_stop_the_others(office: Office) -> None:
    office.teams.chat(office.bob).blocked = True
    await office.says(office.ann, office.general, "kudos @Bob Okafor @Cléo Martin for the release")
    assert office.directs(office.bob) == []
    assert "the release" in office.told(office.cleo)
    assert len(office.posts(office.general)) == 1
