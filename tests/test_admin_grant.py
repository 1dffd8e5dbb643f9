"""Points from the organisation: granted once, told, in the books and in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from handlers.vocabulary import AccountRef, Action, Platform, WorkspaceRef
from tests.administration import audited, fills, open_administration, opens, says
from tests.conftest import Clock
from tests.world import World

GRANT = "grant @bob +50 for five calm years"


@pytest.fixture
async def world(database_url: str, clock: Clock) -> AsyncIterator[World]:
    async with open_administration(database_url, clock) as opened:
        yield opened


async def test_granted_points_are_in_the_wallet_told_and_in_the_audit(world: World) -> None:
    assert "*Granted.* <@U2> gets *50 points*" in await says(world, GRANT)
    await world.settled()
    assert world.balance("wallet", "Bob Okafor") == 50
    assert world.balance("allowance", "Ann") == 0, "it comes from nobody's allowance"
    told = world.told("bob")
    assert "*<@U1>* granted you *50 points*" in told
    assert "five calm years" in told
    [fact] = audited(world)
    assert (fact.act, fact.reason, fact.details["points"]) == ("points granted", "five calm years", 50)
    assert world.one("SELECT kind FROM ledger_transaction WHERE act LIKE 'admin-grant:%'") == "admin-grant"
    assert world.books_agree()


async def test_a_statement_says_who_granted_what_for(world: World) -> None:
    await says(world, "grant @bob @cleo +50 for five calm years")
    for user in ("bob", "cleo"):
        await world.slack.command(user, "#general", "/rewards", "statement")
        await world.answered()
        assert "Granted by Ann Lee: five calm years, *50 in*, then 50" in world.whispered(user)


async def test_a_grant_asks_where_anything_is_in_doubt(world: World) -> None:
    world.change("UPDATE person SET active = false WHERE name = 'Bob Tanaka'")
    assert "could be Bob Okafor or Bob Tanaka" in await says(world, "grant bob +5 for the launch")
    assert "Is it 50 points?" in await says(world, "grant @bob 50 for the launch")
    assert "Nothing was granted." in await says(world, "grant @gus +5 for the launch")
    view = await opens(world, "grant")
    await fills(world, who=["U2"], points="5", reason="\u200b\u200d\u2060\u3164")
    assert view.errors.keys() == {"reason"}
    assert audited(world) == []


async def test_the_draft_of_a_grant_is_no_recognition(world: World) -> None:
    await says(world, GRANT)
    await says(world, GRANT)
    draft = str(world.one("SELECT id FROM draft"))
    who = AccountRef(WorkspaceRef(Platform.SLACK, "T1"), "U1")
    forged = Action(key="forged", who=who, name="send_again", values={"draft": draft})
    assert world.process.dispatcher.dispatch(forged).outcome == "no_draft"


async def test_several_get_them_by_mention_name_and_address(world: World) -> None:
    told = await says(world, "grant @bob cleo@acme.test bob.tanaka@acme.test +7 for the launch")
    assert "21 in all" in told
    assert [world.balance("wallet", one) for one in ("Bob Okafor", "Cléo", "Bob Tanaka")] == [7, 7, 7]


async def test_the_same_grant_typed_again_is_asked_about(world: World) -> None:
    await says(world, GRANT)
    assert "Do you mean it twice?" in await says(world, GRANT)
    assert world.balance("wallet", "Bob Okafor") == 50
    question = world.answer("ann")
    await world.tap("ann", question, "Grant it once more")
    assert world.balance("wallet", "Bob Okafor") == 100
    await world.slack.press("ann", question, "admin_menu")
    assert len(audited(world)) == 2
    world.clock.forward(seconds=61)
    await says(world, GRANT)
    assert world.balance("wallet", "Bob Okafor") == 150


async def test_the_button_that_means_it_twice_works_once(world: World) -> None:
    await says(world, GRANT)
    await says(world, GRANT)
    question = world.answer("ann")
    buttons = question.blocks
    await world.tap("ann", question, "Grant it once more")
    world.workspace.edit(question, {"text": "", "blocks": buttons})  # as an old client still shows it
    await world.tap("ann", question, "Grant it once more")
    assert "That was granted already" in world.whispered("ann")
    assert world.balance("wallet", "Bob Okafor") == 100


async def test_a_form_sent_twice_grants_once(world: World) -> None:
    view = await opens(world, "grant")
    values = {"who": ["U2", "U3"], "points": "100", "reason": "for the launch"}
    sent = await world.slack.submit("ann", view, values)
    await world.slack.deliveries.resend(sent)
    await world.settled()
    assert world.balance("wallet", "Bob Okafor") == 100
    assert world.told("bob").count("for the launch") == 1
    assert len(audited(world)) == 1


async def test_errors_of_the_form_stand_at_their_fields(world: World) -> None:
    view = await opens(world, "grant")
    good: dict[str, Any] = {"who": ["U2"], "points": "5", "reason": "for the launch"}
    for values, field, part in (
        ({"who": ["U1"]}, "who", "Nobody grants points to themselves"),
        ({"who": ["U5"]}, "who", "is a guest"),
        ({"who": ["U7"]}, "who", "is an app"),
        ({"who": ["U6"]}, "who", "is not active"),
        ({"points": "0"}, "points", "1 to 10,000"),
        ({"points": "10001"}, "points", "1 to 10,000"),
        ({"points": "many"}, "points", "not a whole number"),
        ({"reason": "x"}, "reason", "3 to 500 characters"),
        ({"reason": "x" * 501}, "reason", "3 to 500 characters"),
    ):
        assert part in await fills(world, **good | values), values
        assert view.errors.keys() == {field}
    assert audited(world) == []
    assert "*Granted.*" in await fills(world, **good)


WRONG = {
    "grant @bob for nothing": "How many points",
    "grant +50 for nothing": "Who gets the points",
    "grant @bob +2.5 for halves": "cannot read +2.5",
    "grant @bob +5 +6 for both": "Which amount",
    "grant @bob +50": "3 to 500 characters",
    "grant @bob +20000 for a lot": "1 to 10,000",
    "grant @bob +5 for the work #apollo": "has no #value",
    "grant bob +5 for the work": "could be Bob Okafor or Bob Tanaka",
}


async def test_what_is_typed_wrongly_is_told(world: World) -> None:
    told = {typed: await says(world, typed) for typed in WRONG}
    assert {typed: told[typed] for typed, part in WRONG.items() if part not in told[typed]} == {}
    assert not any(world.footprint().values())
