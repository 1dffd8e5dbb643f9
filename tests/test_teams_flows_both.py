"""One organisation on Slack and on Teams: one person with one wallet, and everything shown once on each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import text_of
from store.tenants import list_all_homes
from tests.teams_world import Office, open_office


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock, with_slack=True) as opened:
        yield opened


async def on_slack(office: Office, user: str, text: str) -> None:
    await office.world.slack.command(user, "#general", "/kudos", text)
    await office.settled()


async def test_the_same_address_is_one_person_with_one_wallet(office: Office) -> None:
    with office.world.reading() as tx:
        assert len({one.tenant_id for one in list_all_homes(tx)}) == 1
    bob = office.member(office.bob)
    assert bob
    assert {one.platform for one in bob.accounts} == {"slack", "teams"}
    await on_slack(office, "ann", "@bob +10 for the release")
    await office.says(office.cleo, office.general, "kudos @Bob Okafor +5 for the review")
    assert office.wallet(office.bob) == 15
    await on_slack(office, "ann", "@bob +20 for the launch")
    await office.says(office.ann, office.general, "kudos @Bob Okafor +25 for too much")
    assert "You have 20 of 50" in office.answered(office.ann, office.general)  # one allowance, too


async def test_a_gift_is_shown_once_on_each_with_absent_people_by_name(office: Office) -> None:
    yan = office.teams.person("Yan Only", email="yan@acme.test")
    await office.teams.join(yan, office.general)
    await office.says(office.ann, office.general, "kudos @Yan Only @Bob Okafor +10 for the release")
    [post] = office.posts(office.general)
    assert "<at>Yan Only</at> and <at>Bob Okafor</at>" in text_of(post)
    # Slack's #kudos is its recognition channel; there Yan has no account.
    on_the_other = office.world.shown("#kudos") + office.world.shown("#general")
    assert on_the_other.count("the release") == 1
    assert "Yan Only" in on_the_other
    assert "<@U2>" in on_the_other
    assert "the release" in office.told(yan)


async def test_from_slack_it_reaches_the_recognition_channel_of_teams(office: Office) -> None:
    await on_slack(office, "ann", "@bob +10 for the release")
    assert office.world.shown("#general").count("the release") == 1
    [post] = office.posts(office.general)
    assert "**<at>Ann Lee</at>** thanked **<at>Bob Okafor</at>**" in text_of(post)
    confirmation = office.world.answer("ann")
    await office.world.tap("ann", confirmation, "Undo")
    await office.settled()
    assert "took back" in office.world.shown("#general")
    assert "took back" in office.shown(office.general)


async def test_a_direct_message_goes_where_somebody_was_last(office: Office) -> None:
    clock = office.world.clock
    await on_slack(office, "bob", "@ann for the first")  # Bob is on Slack
    await on_slack(office, "cleo", "@bob for the second")
    assert "the second" in office.world.told("bob")
    clock.forward(minutes=5)
    await office.says(office.bob, office.general, "kudos @Ann Lee for the third")  # and now on Teams
    await on_slack(office, "cleo", "@bob for the fourth")
    assert "the fourth" in office.told(office.bob)
    assert "the fourth" not in office.world.told("bob")
    assert "the second" not in office.told(office.bob)
    clock.forward(minutes=5)
    await on_slack(office, "bob", "")  # a look at the form is no reason to move
    await on_slack(office, "bob", "@ann for the fifth")
    await office.says(office.cleo, office.general, "kudos @Bob Okafor for the sixth")
    assert "the sixth" in office.world.told("bob")


async def test_the_last_use_is_noted_seldom(office: Office) -> None:
    clock, noted = office.world.clock, []
    for hours in (0, 1, 22, 2):
        clock.forward(hours=hours)
        await on_slack(office, "bob", f"@ann +1 for the time {clock.now:%H} of {hours}")
        bob = office.member(office.bob)
        assert bob
        noted.append(next(one.used_at for one in bob.accounts if one.platform == "slack"))
    assert noted[0] == noted[1] == noted[2] != noted[3] == clock.now
