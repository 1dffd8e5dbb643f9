"""The app comes to a Teams tenant, is welcomed, removed and brought back; and who is turned away."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import text_of
from tests.teams_world import Office, open_office
from tests.world import TENANT, open_world

GIFT = "kudos @Bob Okafor +10 for the release"


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    """Nobody has installed the app yet."""
    async with open_office(database_url, clock, installed=False) as opened:
        yield opened


async def test_a_team_that_installs_the_app_is_connected_read_and_welcomed_once(office: Office) -> None:
    crowd = [office.teams.person(f"Person {number}") for number in range(600)]
    office.general.member_ids.extend(one.id for one in crowd)
    launch = office.teams.channel("Launch", office.teams.world.teams[office.general.id], installed=False)
    await office.teams.install(office.general, office.ann)
    await office.teams.install(office.general, office.ann)
    await office.settled()
    assert len(office.teams.calls("pagedmembers")) >= 2
    assert {"Ann Lee", "Gus Guest", "Person 0", "Person 599"} <= office.people()
    assert [text_of(one).count("I am Plaudit") for one in office.teams.messages(office.general)] == [1]
    assert office.teams.messages(launch) == []
    assert office.home.zone == "Europe/Berlin"
    await office.says(office.ann, office.teams.chat(office.ann), "kudos bob@acme.test for the release")
    assert "the release" in office.shown(office.general)  # it became the recognition channel
    await office.says(office.ann, launch, "kudos @Bob Okafor for the launch")
    assert "the launch" in office.shown(launch)


async def test_every_kind_of_place_is_welcomed_once(office: Office) -> None:
    chat = office.teams.chat(office.ann)
    for where in (chat, office.lunch, office.general, chat, office.lunch):
        await office.teams.install(where, office.ann)
        await office.settled()
    for where in (chat, office.lunch, office.general):
        [welcome] = office.teams.messages(where)
        assert "I am Plaudit" in text_of(welcome)


async def test_a_removed_app_posts_there_no_more_until_it_is_brought_back(office: Office) -> None:
    await office.open()
    chat = office.teams.chat(office.ann)
    await office.teams.uninstall(office.general, office.ann)
    sent = len(office.teams.calls("send"))
    await office.says(office.ann, chat, "kudos bob@acme.test for the release")
    assert "in a message from me" in office.told(office.ann)
    to = [one.conversation for one in office.teams.calls("send")][sent:]
    assert office.general.id not in to
    assert "the release" in office.told(office.bob)
    await office.teams.install(office.general, office.ann)
    await office.says(office.ann, chat, "kudos bob@acme.test for the comeback")
    assert "the comeback" in office.shown(office.general)


async def test_somebody_who_joins_can_be_named_at_once(office: Office) -> None:
    await office.open()
    await office.teams.join(office.teams.person("Zed New"), office.general)
    await office.settled()
    await office.says(office.ann, office.teams.chat(office.ann), "kudos zed new for joining us")
    assert "Zed New" in office.shown(office.general)


async def test_a_tenant_that_never_installed_it_is_told_to(office: Office) -> None:
    await office.says(office.ann, office.teams.chat(office.ann), "kudos bob@acme.test for the release")
    assert "Ask whoever installed Plaudit" in office.told(office.ann)
    await office.opens_form(office.ann, office.teams.chat(office.ann))
    assert "Ask whoever installed Plaudit" in office.dialog(office.ann)
    assert office.find_home() is None


async def test_another_organisation_than_ours_is_declined_politely(sqlite_url: str, clock: Any) -> None:
    ours = "33333333-0000-4000-8000-000000000003"
    async with open_world(sqlite_url, clock, microsoft_app_tenant_id=ours) as world:
        world.fake_teams.login.tenant = ours
        office = Office(world)
        assert office.teams.world.tenant_id == TENANT
        chat = office.teams.chat(office.ann)
        for where in (chat, office.general):
            await office.teams.install(where, office.ann)
            await office.settled()
            assert "another organisation" in text_of(office.teams.messages(where)[-1])
        await office.says(office.ann, chat, "kudos bob@acme.test for the release")
        assert "I do not know this workspace" in text_of(office.directs(office.ann)[-1])
        assert office.find_home() is None


async def test_nobody_comes_in_without_teams_own_word(office: Office) -> None:
    await office.open()
    said = office.teams.activity(office.ann, office.general, "message") | {"text": GIFT}
    unsigned, teams = await office.teams.raw(b"{}"), office.teams
    assert unsigned[0] == 401
    for claims in ({"aud": "somebody else"}, {"iss": "https://evil.example"}, {"exp": 1}, {"serviceurl": "https://x"}):
        token = teams.login.channel_token(teams.service_url, **claims)
        headers = {"Authorization": f"Bearer {token}"}
        assert (await teams.wire.post(json_of(said), headers))[0] == 401, claims
    for token in ("", "x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        assert (await teams.wire.post(json_of(said), {"Authorization": f"Bearer {token}"}))[0] == 401, token
    # Signed rightly, but our own token would be sent there.
    for url in ("https://evil.example/teams/", "http://smba.trafficmanager.net/x", "https://127.0.0.1.evil.example"):
        assert (await teams.wire.send(said | {"serviceUrl": url})).status == 401, url
    assert office.gifts() == 0


def json_of(activity: dict[str, Any]) -> bytes:

    return json.dumps(activity).encode()
