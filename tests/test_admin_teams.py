"""`rewards-admin` on Teams: typed, by cards and dialogs; Ann installed the app, so she runs it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.sandbox.fake_teams import Delivery, Message, Person, text_of
from handlers import registry
from store.audit import AuditFact, list_audit
from store.roles import Role, list_holders
from tests.teams_world import Office, open_office
from tests.world import open_world

registry.load()
Json = dict[str, Any]


@pytest.fixture
async def office(database_url: str, clock: Any) -> AsyncIterator[Office]:
    async with open_office(database_url, clock) as opened:
        yield opened


async def asks(office: Office, person: Person, typed: str = "") -> str:
    await office.says(person, office.general, f"rewards-admin {typed}")
    return office.answered(person, office.general)


async def dialog(office: Office, act: str, **data: str) -> None:
    """Presses a button that opens a dialog."""
    await office.teams.task_fetch(office.ann, {"act": act, **data}, conversation=office.general)


async def sends(office: Office, **filled: str) -> str:
    await office.teams.task_submit(office.ann, filled)
    await office.settled()
    return office.dialog(office.ann)


def seen(office: Office, person: Person, message: Message) -> str:
    return text_of(office.seen(person, message))


def audited(office: Office) -> list[AuditFact]:
    """What was done since the app came."""
    return [one for one in all_audited(office) if "because" not in one.details]


def all_audited(office: Office) -> list[AuditFact]:
    with office.world.reading() as tx:
        return list_audit(tx, office.home.tenant_id)


def administrators(office: Office) -> list[str]:
    with office.world.reading() as tx:
        return list_holders(tx, office.home.tenant_id, Role.ADMINISTRATOR)


# --- who runs it ------------------------------------------------------------------------------------------


async def test_whoever_brings_the_app_to_a_new_organisation_runs_it(office: Office) -> None:
    assert "Run Plaudit" in await asks(office, office.ann)
    told = await asks(office, office.bob)
    assert "for the people who run Plaudit here" in told
    member = office.member(office.ann)
    assert member
    assert administrators(office) == [member.id]
    assert (member.name, member.email) == ("Ann Lee", "ann@acme.test")
    [fact] = all_audited(office)
    assert (fact.act, fact.actor_id, fact.subject_id) == ("administrator added", member.id, member.id)
    assert "Ann Lee; because: they brought the app" in await asks(office, office.ann, "audit")


async def test_who_brings_it_again_or_to_another_team_does_not(office: Office) -> None:
    await office.teams.uninstall(office.general, office.ann)
    await office.teams.install(office.general, office.bob)
    await office.settled()
    assert len(administrators(office)) == 1
    assert "for the people who run Plaudit here" in await asks(office, office.bob)


async def test_a_guest_who_brings_it_is_none(database_url: str, clock: Any) -> None:
    async with open_office(database_url, clock, installed=False) as office:
        await office.teams.install(office.general, office.guest)
        await office.settled()
        assert "for the people who run Plaudit here" in await asks(office, office.guest)


async def test_where_owners_are_named_the_installer_is_none(database_url: str, clock: Any) -> None:
    of_many = "MultiTenant"
    async with open_world(database_url, clock, microsoft_app_type=of_many, plaudit_owners="bob@acme.test") as world:
        office = Office(world)
        await office.open()
        assert administrators(office) == []
        assert "for the people who run Plaudit here" in await asks(office, office.ann)
        assert "Run Plaudit" in await asks(office, office.bob)


# --- cards and dialogs ------------------------------------------------------------------------------------


async def test_the_menu_leads_to_every_page_and_back(office: Office) -> None:
    await asks(office, office.ann)
    menu = office.answer(office.ann, office.general)
    for button, shown in (
        ("Values", "teamwork"),
        ("People", "** part"),
        ("Administrators", "Ann Lee"),
        ("Audit", "they brought the app"),
        ("Health", "Microsoft Teams, connected. Recognitions go to #General"),
    ):
        await office.taps(office.ann, menu, button)
        assert shown in seen(office, office.ann, menu), button
        await office.taps(office.ann, menu, "Menu")
        assert "Run Plaudit" in seen(office, office.ann, menu)


async def test_set_up_by_the_dialog(office: Office) -> None:
    launch = office.teams.channel("Launch", office.teams.world.teams[office.general.id], installed=False)
    await office.teams.install(office.general, office.ann)
    await office.settled()
    await dialog(office, "admin_setup_form")
    card = office.teams.dialog(office.ann)
    assert card
    [field] = [one for one in card["body"] if one.get("id") == "channel"]
    assert {one["title"] for one in field["choices"]} == {"General", "Launch"}
    assert field["value"] == office.general.id
    told = await sends(office, zone="Atlantis", channel=launch.id)
    assert "I do not know the time zone" in told
    assert office.filled(office.ann)["channel"] == launch.id
    told = await sends(office, zone="Asia/Tokyo", channel=launch.id, board="off")
    assert "#General → " in told
    assert "#Launch**" in told
    assert "Europe/Berlin → **Asia/Tokyo**" in told
    assert [one.act for one in audited(office)] == ["set-up changed"]
    await office.says(office.bob, office.teams.chat(office.bob), "kudos ann@acme.test for the new home")
    assert "the new home" in office.shown(launch)


async def test_a_channel_of_nowhere_is_refused_at_its_field(office: Office) -> None:
    await dialog(office, "admin_setup_form")
    assert "I cannot find that channel" in await sends(office, channel="19:forged@thread.tacv2")
    assert "I cannot find that channel" in await sends(office, channel=office.teams.chat(office.bob).id)
    assert audited(office) == []


async def test_limits_by_the_dialog_keep_what_was_typed(office: Office) -> None:
    await dialog(office, "admin_limits_form")
    assert "more than 5 a week" in await sends(office, allowance="5", most_points="10")
    assert office.filled(office.ann)["allowance"] == 5
    assert "50 → **70**" in await sends(office, allowance="70", most_points="25")


async def test_values_by_the_dialog(office: Office) -> None:
    await dialog(office, "admin_value_form")
    assert "one emoji" in await sends(office, name="launch", emoji="no")
    assert "🚀 **launch**" in await sends(office, name="launch", emoji="🚀", meaning="We dare")
    await asks(office, office.ann, "values")
    card = office.answer(office.ann, office.general)
    await office.taps(office.ann, card, "Change launch")
    assert "**Retired.**" in await sends(office, name="launch", emoji="🚀", state="retired")
    assert [one.act for one in audited(office)] == ["value retired", "value added"]


async def test_granting_by_the_dialog_and_by_words(office: Office) -> None:
    await dialog(office, "admin_grant_form")
    assert "Who gets the points?" in await sends(office, who="", points="50", reason="for the launch")
    told = await sends(office, who=office.bob.aad_id, points="50", reason="for the launch")
    assert "**Granted.**" in told
    assert "granted you **50 points**" in office.told(office.bob)
    await asks(office, office.ann, "grant @Bob Okafor +50 for the launch")
    assert "Do you mean it twice?" in office.answered(office.ann, office.general)
    question = office.answer(office.ann, office.general)
    await office.taps(office.ann, question, "Grant it once more")
    assert office.wallet(office.bob) == 100
    await asks(office, office.ann, "grant cleo@acme.test +5 for asking")
    assert office.wallet(office.cleo) == 5


async def test_people_and_administrators(office: Office) -> None:
    await asks(office, office.ann, "admins add @Bob Okafor")
    assert "Run Plaudit" in await asks(office, office.bob)
    await dialog(office, "admin_deactivate_form")
    assert "Cléo Martin" in await sends(office, who=office.cleo.aad_id, reason="left")
    await office.says(office.ann, office.general, "kudos cleo@acme.test for something")
    assert "is not active any more" in office.answered(office.ann, office.general)
    await asks(office, office.ann, "people")
    await office.taps(office.ann, office.answer(office.ann, office.general), "Activate Cléo Martin")
    await office.says(office.ann, office.general, "kudos cleo@acme.test for coming back")
    assert "Sent." in office.answered(office.ann, office.general)
    await asks(office, office.ann, "admins remove @Bob Okafor")
    assert "for the people who run Plaudit here" in await asks(office, office.bob)
    assert "that is the last one" in await asks(office, office.ann, "admins remove @Ann Lee")


async def test_rewards_how_for_everybody(office: Office) -> None:
    await office.says(office.bob, office.general, "rewards how")
    told = office.answered(office.bob, office.general)
    assert "**50 points** to give in a week" in told
    assert "kudos help" in told


async def test_what_strangers_to_it_send_changes_nothing(office: Office) -> None:
    """Buttons and dialogs as a client could forge them, by somebody who is no administrator."""
    acts = [name for name, one in registry.actions.items() if one.handler.__module__.startswith("handlers.admin")]
    forms = [name for name, one in registry.submissions.items() if one.handler.__module__.startswith("handlers.admin")]
    for act in acts:
        pressed = {"action": {"type": "Action.Execute", "verb": act, "data": {"act": act}}, "trigger": "manual"}
        for name, value in (("adaptiveCard/action", pressed), ("task/fetch", {"data": {"act": act}})):
            assert "run Plaudit here" in _said(await office.sends_invoke(office.bob, office.general, name, value)), act
    for form in forms:
        data: Json = {"form": form, "form_id": f"forged-{form}", "opened_by": "admin_menu", "people": "who"}
        data |= {"name": "mine", "emoji": "🤝", "points": "50", "reason": "for me", "who": office.bob.aad_id}
        answer = await office.sends_invoke(office.bob, office.general, "task/submit", {"data": data})
        assert "run Plaudit here" in _said(answer), form
    assert audited(office) == []
    assert len(administrators(office)) == 1


def _said(delivery: Delivery) -> str:
    assert delivery.status == 200
    return str(delivery.body)
