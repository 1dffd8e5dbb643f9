"""What is shown about people: one place decides, every feature asks it, and a no holds everywhere at once."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest

from handlers.purposes import BY_PURPOSE, RULES, Purpose
from manifest.files import ROOT
from tests.administration import audited, fills, open_administration, opens, says, stored_policy
from tests.rhythm import Rhythm
from tests.test_tidy import modules
from tests.world import World

MONDAY = "2026-11-23T08:00Z"  # 09:00 in Berlin
DECIDES = ("handlers/purposes.py", "handlers/choices.py", "handlers/admin_purposes.py")
"""What knows all purposes, and shows nothing of anybody."""

PROOFS: Mapping[Purpose, str] = {
    Purpose.BOARD: "tests/test_boards.py",
    Purpose.CELEBRATION: "tests/test_celebrations.py",
    Purpose.REMINDER: "tests/test_reminders.py",
    Purpose.WALL: "tests/test_wall.py",
    Purpose.PROFILE: "tests/test_profile.py",
    Purpose.SUGGESTION: "tests/test_home.py",
    Purpose.SHARE: "tests/test_sharing.py",
    Purpose.COPIED: "tests/test_attention.py",
    Purpose.THANKED_BACK: "tests/test_purposes.py",
    Purpose.MILESTONE: "tests/test_purposes.py",
    Purpose.NOTE: "tests/test_wall_notes.py",
    Purpose.RESTOCK: "tests/test_catalogue.py",
}
"""By purpose: the tests that show that a no of it is heard."""

NOT_YET: Mapping[Purpose, str] = {
    Purpose.UNNOTICED: "what managers are told comes later; who says no or yes now is heard from the first day on",
}
"""Purposes that nothing asks for yet, each with its reason."""


@pytest.fixture
async def world(database_url: str, clock: Any) -> AsyncIterator[World]:
    """Ann runs the programme."""
    async with open_administration(database_url, clock) as opened:
        yield opened


# --- one registry, which everything asks ------------------------------------------------------------------


@pytest.mark.parametrize("purpose", PROOFS)
def test_some_feature_asks_for_it_and_a_test_says_no(purpose: Purpose) -> None:
    asking = [path for path in sources() if path not in DECIDES and names(path, purpose)]
    assert asking, f"nothing in handlers asks for {purpose}"
    tested = (ROOT / PROOFS[purpose]).read_text(encoding="utf-8")
    assert names(PROOFS[purpose], purpose) or BY_PURPOSE[purpose].say_no in tested, f"{purpose} is refused nowhere"


def test_every_purpose_has_its_proof() -> None:
    assert {*PROOFS, *NOT_YET} == set(Purpose) == {one.purpose for one in RULES}


@pytest.mark.parametrize("purpose", NOT_YET)
def test_what_nothing_asks_for_yet_is_asked_for_by_nothing(purpose: Purpose) -> None:
    assert [path for path in sources() if path not in DECIDES and names(path, purpose)] == []


async def test_who_wants_no_thanks_back_gets_none(world: World, rhythm: Rhythm) -> None:
    await world.slack.command("bob", "#general", "/kudos", "@ann for the review")
    await world.settled()
    rhythm.chose("Bob O", Purpose.THANKED_BACK, False)
    await world.tap("ann", world.slack.direct("ann")[-1], "Thank back")
    await world.settled()
    assert world.told("bob") == ""


async def test_who_wants_no_notes_of_badges_earns_them_in_silence(world: World, rhythm: Rhythm, clock: Any) -> None:
    world.change("UPDATE badge SET earning = 'given', threshold = 1 WHERE shortcode = 'rocket'")
    world.change("UPDATE tenant SET programme_version = programme_version + 1")
    for name, giver in (("Bob O", "bob"), ("Cl", "cleo")):
        await world.slack.command(giver, "#general", "/kudos", "@ann for the review")
        rhythm.chose(name, Purpose.MILESTONE, name == "Cl")
    await rhythm.at("2026-11-19T07:00Z")
    await rhythm.at("2026-11-19T10:00Z")
    assert world.one("SELECT COUNT(*) FROM earned_badge") == 2
    assert world.one("SELECT COUNT(*) FROM outbox WHERE view = 'badge_earned'") == 1


def sources() -> list[str]:
    return [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / "handlers").rglob("*.py"))]


def names(path: str, purpose: Purpose) -> bool:
    """Whether a module uses `Purpose.BOARD`."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.Attribute)
        and node.attr == purpose.name
        and isinstance(node.value, ast.Name)
        and node.value.id == "Purpose"
        for node in ast.walk(tree)
    )


KNOW_CHOICES = {
    "handlers/purposes.py": "the one that decides",
    "store/boards.py": "leaves people out by `Naming`, which comes from there",
    "store/wall.py": "the same",
    "store/tables.py": "every table",
}


def test_nobody_else_looks_into_what_people_chose() -> None:
    looking = {
        module.path
        for module in modules()
        if any(name == "store.choices" or name.startswith("store.choices.") for _, name in module.imports)
    }
    assert looking == set(KNOW_CHOICES)


# --- the organisation's choice ----------------------------------------------------------------------------


async def test_the_organisations_choice_holds_for_whoever_did_not_choose(world: World, rhythm: Rhythm) -> None:
    rhythm.chose("Cl", Purpose.BOARD, True)
    told = await says(world, "purposes board no")
    assert "Leaderboards: the usual (yes) → *no*" in told
    for giver in ("bob", "cleo"):
        await world.slack.command(giver, "#general", "/kudos", "@ann for the review")
    await world.slack.command("ann", "#general", "/leaderboard")
    assert "Bob Okafor" not in world.whispered("ann")
    assert "Cléo Martin" in world.whispered("ann")
    assert "Leaderboards: no → *the usual (yes)*" in await says(world, "purposes board usual")
    assert "purposes" not in stored_policy(world)
    await world.slack.command("ann", "#general", "/leaderboard")
    assert "Bob Okafor" in world.whispered("ann")


async def test_a_board_that_names_only_who_said_yes_says_so_and_blames_nobody(world: World, rhythm: Rhythm) -> None:
    await says(world, "purposes board no")
    await world.slack.command("bob", "#general", "/kudos", "@ann for the review")
    await world.slack.command("bob", "#general", "/leaderboard")
    seen = world.whispered("bob").replace("*", "")
    assert "It names only those who said yes in My choices." in seen
    assert "You gave 1 and received 0 this week. Only you see that." in seen
    assert "you chose" not in seen
    assert "The first kudos" not in seen


async def test_the_form_shows_how_it_is_and_changes_several(world: World, rhythm: Rhythm) -> None:
    rhythm.policy(purposes={"wall": False}, board="teams")
    await opens(world, "purposes")
    told = await fills(world, wall="usual", profile="no", celebration="yes")
    assert "Wall: no → *the usual (yes)*" in told
    assert "Profile: the usual (yes) → *no*" in told
    assert stored_policy(world) == {"board": "teams", "purposes": {"celebration": True, "profile": False}}
    [fact] = audited(world)
    assert fact.act == "purposes changed"
    assert fact.details["profile_by_default"] == ["the usual (yes)", "no"]
    assert "profile by default: the usual (yes) → no" in await says(world, "audit")


async def test_what_is_so_already_is_no_change(world: World, rhythm: Rhythm) -> None:
    assert "nothing changed" in await says(world, "purposes board usual")
    assert audited(world) == []


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("purposes salary no", "There is no purpose “salary”"),
        ("purposes board", "yes, no or usual?"),
        ("purposes board maybe", "yes, no or usual?"),
    ],
)
async def test_what_cannot_be_read_is_told(world: World, rhythm: Rhythm, typed: str, told: str) -> None:
    assert told in await says(world, typed)
    assert stored_policy(world) == {}


async def test_only_administrators_decide_for_all(world: World, rhythm: Rhythm) -> None:
    assert "for the people who run Plaudit" in await says(world, "purposes board no", "bob")
    assert stored_policy(world) == {}


async def test_reminders_by_the_organisations_choice_reach_whoever_did_not_say_no(world: World, rhythm: Rhythm) -> None:
    rhythm.chose("Bob O", Purpose.REMINDER, False)
    await says(world, "purposes reminder yes")
    await rhythm.at("2026-11-19T02:30Z")
    await rhythm.at("2026-11-19T13:00Z")  # Thursday 14:00 in Berlin
    assert "Did somebody make your week a little easier?" in world.told("ann")
    assert "You asked" not in world.told("ann")
    await rhythm.at("2026-11-19T19:00Z")  # and in New York
    assert world.told("bob") == ""


# --- what was posted already ------------------------------------------------------------------------------


async def week_post(world: World, rhythm: Rhythm) -> None:
    for giver in ("bob", "cleo"):
        await world.slack.command(giver, "#general", "/kudos", "@ann for the review")
    await world.settled()
    await rhythm.at(MONDAY)
    assert "<@U2>" in world.shown("#kudos")


async def test_a_no_of_the_organisation_takes_names_off_the_post(world: World, rhythm: Rhythm) -> None:
    await week_post(world, rhythm)
    await says(world, "purposes board no")
    await world.settled()
    assert "Last week in thanks" in world.shown("#kudos")
    assert "<@U2>" not in world.shown("#kudos")


async def test_who_is_deactivated_is_taken_off_the_post_and_comes_back_with_their_return(
    world: World, rhythm: Rhythm
) -> None:
    await week_post(world, rhythm)
    await says(world, "deactivate @bob")
    await world.settled()
    assert "<@U2>" not in world.shown("#kudos")
    assert "<@U3>" in world.shown("#kudos")
    await says(world, "activate bob@acme.test")
    await world.settled()
    assert "<@U2>" in world.shown("#kudos")


async def test_who_is_deactivated_is_celebrated_no_more_today(world: World, rhythm: Rhythm) -> None:
    rhythm.record("Bob O", birthday="11-20")
    rhythm.chose("Bob O", Purpose.CELEBRATION)
    await rhythm.at("2026-11-20T08:00Z")
    assert "<@U2>" in world.shown("#kudos")
    await says(world, "deactivate @bob")
    await world.settled()
    assert "<@U2>" not in world.shown("#kudos")
