"""Who may do what an administrator may: nobody else, by no command, no button and no form, forged ones included."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from bot.sandbox.fake_slack import Person
from handlers import admin_words, registry
from handlers.dispatch import Answered
from handlers.vocabulary import (
    AccountRef,
    Action,
    Command,
    ConversationRef,
    FieldValue,
    PlaceKind,
    Platform,
    Request,
    Submission,
    WorkspaceRef,
)
from store.conversations import Conversation, save_place
from store.people import Profile, save_profiles
from store.programme import add_starting_programme, list_values
from store.roles import Role, give_role
from store.tenants import Workspace, add_tenant, add_workspace, list_all_homes
from tests.administration import appoint, audited, everything, open_administration, says
from tests.conftest import Clock
from tests.world import World, open_world

registry.load()
HOME, OTHER = WorkspaceRef(Platform.SLACK, "T1"), WorkspaceRef(Platform.SLACK, "T2")
PREFIX = ("handlers.admin", "handlers.people_")
OURS = {
    "command": [name for name, one in registry.commands.items() if one.handler.__module__.startswith(PREFIX)],
    "action": [name for name, one in registry.actions.items() if one.handler.__module__.startswith(PREFIX)],
    "form": [name for name, one in registry.submissions.items() if one.handler.__module__.startswith(PREFIX)],
    "word": list(admin_words.book.words),
}
ACTS = [(kind, name) for kind, names in OURS.items() for name in names]
TYPED = {
    "setup": "allowance 9999",
    "grant": "@bob +50 for nothing at all",
    "values add": "🤝 mine All mine",
    "values change": "#craft 🤝 mine All mine",
    "values retire": "#craft",
    "values back": "#craft",
    "deactivate": "bob@acme.test",
    "activate": "dora@acme.test",
    "admins add": "bob@acme.test",
    "admins remove": "ann@acme.test",
}
REFUSED = {
    "employee": ("U2", HOME, "not_administrator"),
    "guest with the role": ("U5", HOME, "not_administrator"),
    "deactivated administrator": ("U3", HOME, "deactivated"),
    "stranger with the role": ("U8", HOME, "stranger"),
}
_numbers = count()


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    stranger = Person("U8", "sam", "Sam Stranger", "sam@else.test", is_stranger=True)
    async with open_administration(database_url, clock, people=[stranger]) as opened:
        await opened.slack.command("ann", "#general", "/kudos", "@sam for a visit")  # so that he is known
        for name in ("Gus", "Cléo", "Sam"):
            appoint(opened, name)
        await says(opened, "deactivate @cleo")
        yield opened


def values_for(world: World) -> dict[str, str]:
    """What a button or a form could name: a value, a person, a draft of this tenant."""
    with world.reading() as tx:
        home = list_all_homes(tx)[0]
        return {"value": list_values(tx, home.tenant_id)[0].id, "person": world.person(tx, "Ann"), "draft": "d1"}


def request_of(kind: str, name: str, who: AccountRef, named: Mapping[str, str]) -> Request:
    """As a client could send it."""
    place = ConversationRef(who.workspace, "C1", PlaceKind.CHANNEL, "general")
    common: dict[str, Any] = {"key": f"test:{next(_numbers)}", "who": who, "where": place}
    match kind:
        case "command":
            return Command(name=name, **common)
        case "word":
            return Command(name="rewards-admin", text=(f"{name} {TYPED.get(name, '')}",), **common)
        case "action":
            return Action(name=name, values=dict(named), **common)
        case _:
            typed: dict[str, FieldValue] = {
                "name": "mine",
                "emoji": "🤝",
                "meaning": "All mine",
                "points": "50",
                "reason": "for nothing at all",
                "zone": "Asia/Tokyo",
                "allowance": "9999",
                "week_post": "no",
                "who": (AccountRef(who.workspace, "U2"),),
            }
            return Submission(form=name, values=typed, context=dict(named), **common)


def ask(world: World, request: Request) -> Answered:
    return world.process.dispatcher.dispatch(request)


def said(answered: Answered) -> str:
    return str(answered.payload)


def test_every_administrative_act_is_looked_at() -> None:
    assert {"admin_setup_form", "admin_values", "admin_role_take", "admin_grant_again"} <= set(OURS["action"])
    assert {"admin_setup", "admin_limits", "admin_value", "admin_grant", "admin_deactivate"} <= set(OURS["form"])
    assert {"grant", "setup", "values add", "admins remove", "deactivate"} <= set(OURS["word"])


@pytest.mark.parametrize("person", REFUSED)
async def test_nobody_else_may_do_any_of_it(world: World, person: str) -> None:
    user, home, code = REFUSED[person]
    named, before = values_for(world), everything(world)
    outcomes = {
        (kind, name): ask(world, request_of(kind, name, AccountRef(home, user), named)).outcome for kind, name in ACTS
    }
    assert outcomes == dict.fromkeys(outcomes, code)
    assert everything(world) == before


async def test_the_administrator_of_another_tenant_reaches_nothing_here(world: World) -> None:
    """Ids of this tenant in the buttons and forms of another one name nothing there."""
    _add_other_tenant(world)
    named = values_for(world)
    who = AccountRef(OTHER, "UX")
    before = _of_first_tenant(world)
    for kind, name in ACTS:
        request = request_of(kind, name, who, named)
        if name in ("admin_value_form", "admin_value", "admin_activate", "admin_role_take", "admin_grant_again"):
            answered = ask(world, request)
            assert answered.outcome in ("no_such_value", "unknown_person", "no_draft"), name
        elif kind == "action":
            ask(world, request)
    assert _of_first_tenant(world) == before


@pytest.mark.parametrize("forged", [{"value": "none", "person": "none", "draft": "none", "before": "zzz"}, {}])
async def test_what_an_administrators_button_names_is_not_trusted_either(world: World, forged: dict[str, str]) -> None:
    before = everything(world)
    for name in OURS["action"]:
        answered = ask(world, request_of("action", name, AccountRef(HOME, "U1"), forged))
        assert answered.kind in ("reply", "replace", "form"), name
    assert everything(world) == before


async def test_what_an_administrators_form_names_is_not_trusted_either(world: World) -> None:
    before = everything(world)
    ann = AccountRef(HOME, "U1")
    assert ask(world, request_of("form", "admin_value", ann, {"value": "none"})).outcome == "no_such_value"
    stranger = AccountRef(HOME, "U404")
    nobody: dict[str, FieldValue] = {"who": (stranger,), "reason": "for nothing", "points": "5"}
    for form in ("admin_grant", "admin_deactivate", "admin_role"):
        request = Submission(key=f"test:{form}", who=ann, form=form, values=nobody, looked_up=frozenset({stranger}))
        answered = ask(world, request)
        assert (answered.kind, answered.outcome) == ("errors", "unknown_person"), form
    assert everything(world) == before


async def test_everybody_else_is_told_kindly(world: World) -> None:
    told = await says(world, "", "bob")
    assert "for the people who run Plaudit here" in told
    assert "glad to hear it from you" in told


async def test_where_nobody_runs_it_yet_everybody_is_told_who_can_change_that(database_url: str, clock: Clock) -> None:
    async with open_world(database_url, clock) as world:
        told = await says(world, "")
    assert "Nobody here runs Plaudit yet" in told
    assert "PLAUDIT_OWNERS" in told


async def test_who_was_an_administrator_until_just_now_is_none_any_more(world: World) -> None:
    appoint(world, "Bob Okafor")
    assert "Run Plaudit" in await says(world, "", "bob")
    await says(world, "admins remove bob@acme.test")
    assert "for the people who run Plaudit here" in await says(world, "", "bob")
    assert audited(world)[0].act == "administrator removed"


def _add_other_tenant(world: World) -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    with world.process.core.database.writing() as tx:
        add_tenant(tx, "other", "Other", "UTC", at)
        add_starting_programme(tx, "other")
        made = Workspace(tenant_id="other", id="other-w", platform="slack", ref="T2", name="Other", bot_ref="UB")
        add_workspace(tx, made)
        profiles = [Profile(ref="UX", name="Xenia Admin"), Profile(ref="U2", name="Bob Elsewhere")]
        save_profiles(tx, "other", "other-w", profiles, {"UX": "other-x", "U2": "other-u2"})
        give_role(tx, "other", Role.ADMINISTRATOR, "other-x", at)

        place = Conversation(tenant_id="other", id="other-c", workspace_id="other-w", ref="C1", kind="channel")
        save_place(tx, place)


def _of_first_tenant(world: World) -> dict[str, list[str]]:
    return {table: [one for one in rows if "other" not in one] for table, rows in everything(world).items()}
