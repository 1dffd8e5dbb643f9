"""What Slack and Teams are told about us: accepted by them, complete, and the same as what is committed."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from bot.settings import Settings, WrongSetting
from handlers import registry
from manifest import build
from manifest.build import SLACK_SCOPES, UNLISTED, Shape, print_manifest, slack_manifest, teams_manifest, teams_zip
from manifest.files import ROOT, stale

URL = "https://plaudit.test"
BOT = "11111111-2222-3333-4444-555555555555"
SCHEMAS = Path(__file__).parent / "schemas"


@pytest.fixture(autouse=True)
def _registered() -> None:
    registry.load()


def settings(**given: Any) -> Settings:
    return Settings(plaudit_public_url=URL, **given)


# --- accepted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("newest", "version"), [(True, "1.30"), (False, "1.19")])
def test_teams_accepts_it(newest: bool, version: str) -> None:
    schema = json.loads((SCHEMAS / f"teams-{version}.schema.json").read_text(encoding="utf-8"))
    manifest = teams_manifest(BOT, URL, newest)
    assert manifest["manifestVersion"] == version
    assert [error.message for error in Draft4Validator(schema).iter_errors(manifest)] == []


@pytest.mark.parametrize("socket_mode", [False, True])
def test_slack_accepts_it(socket_mode: bool) -> None:
    """Limits: docs.slack.dev/reference/app-manifest."""
    manifest = slack_manifest(URL, socket_mode)
    shown, features, settings = manifest["display_information"], manifest["features"], manifest["settings"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert len(features["bot_user"]["display_name"]) <= 80
    assert 1 <= len(features["slash_commands"]) <= 50
    for command in features["slash_commands"]:
        assert 2 <= len(command["command"]) <= 32
        assert 1 <= len(command["description"]) <= 2000
        assert 1 <= len(command.get("usage_hint", "?")) <= 1000
    assert 1 <= len(features["shortcuts"]) <= 10
    for shortcut in features["shortcuts"]:
        assert 1 <= len(shortcut["name"]) <= 24
        assert 1 <= len(shortcut["description"]) <= 150
        assert len(shortcut["callback_id"]) <= 255
    assert len(settings["event_subscriptions"]["bot_events"]) <= 100


def test_socket_mode_needs_no_address() -> None:
    assert URL in json.dumps(slack_manifest(URL))
    assert URL not in json.dumps(slack_manifest(URL, socket_mode=True))


# --- complete ---------------------------------------------------------------------------------------------


def test_every_command_is_offered_on_both() -> None:
    typed = {one["command"] for one in slack_manifest(URL)["features"]["slash_commands"]}
    assert typed == {f"/{name}" for name in registry.commands} - {"/help"}, "help is `/kudos help` on Slack"
    for newest, unlisted in ((True, ()), (False, UNLISTED)):
        for offered in teams_manifest(BOT, URL, newest)["bots"][0]["commandLists"]:
            assert {one["title"] for one in offered["commands"]} == set(registry.commands) - set(unlisted)


def test_every_menu_entry_is_offered_on_both() -> None:
    titled = {name: entry.menu for name, entry in registry.actions.items() if entry.menu}
    shortcuts = slack_manifest(URL)["features"]["shortcuts"]
    assert {one["callback_id"]: one["name"] for one in shortcuts} == titled
    for newest in (True, False):
        [extension] = teams_manifest(BOT, URL, newest)["composeExtensions"]
        assert {one["id"]: one["title"] for one in extension["commands"]} == titled


def test_thanks_for_a_message_start_at_the_message() -> None:
    kinds = {one["callback_id"]: one["type"] for one in slack_manifest(URL)["features"]["shortcuts"]}
    assert kinds == {"kudos_form": "global", "reward_form": "global", "kudos_about": "message"}
    [extension] = teams_manifest(BOT, URL)["composeExtensions"]
    assert {one["id"] for one in extension["commands"] if one["context"] == ["message"]} == {"kudos_about"}


def test_only_the_newest_speaks_of_slash_commands() -> None:
    newest, compatible = (json.dumps(teams_manifest(BOT, URL, newest)) for newest in (True, False))
    assert '"slash"' in newest
    assert '"slash"' not in compatible
    assert "supportsTargetedMessages" not in compatible


def test_every_scope_has_its_reason() -> None:
    assert slack_manifest(URL)["oauth_config"]["scopes"]["bot"] == list(SLACK_SCOPES)
    assert all(reason.endswith(".") for reason in SLACK_SCOPES.values())
    assert not [scope for scope in SLACK_SCOPES if scope.endswith(":history")], "no conversation is read"


def test_no_event_lacks_its_scope() -> None:
    """Scopes: docs.slack.dev/reference/events, on the page of each."""
    events = slack_manifest(URL)["settings"]["event_subscriptions"]["bot_events"]
    assert {_scope_of(event) for event in events} - {""} <= set(SLACK_SCOPES)


def _scope_of(event: str) -> str:
    match event:
        case "team_join" | "user_change":
            return "users:read"
        case "reaction_added" | "reaction_removed":
            return "reactions:read"
        case "app_home_opened" | "app_uninstalled" | "tokens_revoked":
            return ""
        case "member_joined_channel" | "member_left_channel":
            return "channels:read"  # and groups:read, for those of private channels
        case _ if event.startswith("channel_"):
            return "channels:read"
        case _ if event.startswith("group_"):
            return "groups:read"
        case _:
            raise AssertionError(f"look up the scope of {event}")


# --- the package ------------------------------------------------------------------------------------------


def test_the_package_is_the_same_every_time() -> None:
    assert teams_zip(BOT, URL) == teams_zip(BOT, URL)
    with zipfile.ZipFile(io.BytesIO(teams_zip(BOT, URL))) as package:
        assert {one.date_time for one in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_package_holds_what_the_manifest_names() -> None:
    with zipfile.ZipFile(io.BytesIO(teams_zip(BOT, URL))) as package:
        manifest = json.loads(package.read("manifest.json"))
        icons = {one.filename: package.read(one) for one in package.infolist() if one.filename.endswith(".png")}
    assert manifest == teams_manifest(BOT, URL)
    assert set(icons) == set(manifest["icons"].values())
    assert _size(icons["color.png"]) == (192, 192)
    assert _size(icons["outline.png"]) == (32, 32)
    assert _has_alpha(icons["outline.png"]), "Teams wants the outline on a transparent ground"


def test_slack_takes_the_icon() -> None:
    """Square, 512 to 2000 pixels (docs.slack.dev: app icon)."""
    assert _size((build.ICONS / "slack.png").read_bytes()) == (512, 512)


def _size(png: bytes) -> tuple[int, int]:
    """Of the header: signature, chunk length and name, width and height (PNG, 11.2.2)."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _has_alpha(png: bytes) -> bool:
    return png[25] == 6


# --- for people -------------------------------------------------------------------------------------------


def test_what_is_committed_is_what_is_generated() -> None:
    assert [path.name for path in stale(build.generated())] == [], "run: python -m manifest.build --write"


@pytest.mark.parametrize(
    ("token", "asked", "socket_mode"), [("", False, False), ("", True, True), ("xapp-1", False, True)]
)
def test_an_operator_prints_slacks_manifest(token: str, asked: bool, socket_mode: bool) -> None:
    """For Socket Mode also before there is a token, for Slack gives one to an app that is there already."""
    out = io.StringIO()
    print_manifest("slack", settings(slack_app_token=token), out, Shape(socket_mode=asked))
    assert json.loads(out.getvalue()) == slack_manifest(URL, socket_mode)


def test_an_operator_prints_teams_manifest() -> None:
    out = io.StringIO()
    print_manifest("teams", settings(microsoft_app_id=BOT), out, Shape(compatible=True))
    assert json.loads(out.getvalue()) == teams_manifest(BOT, URL, newest=False)


def test_an_operator_writes_a_package(tmp_path: Path) -> None:
    package, out = tmp_path / "plaudit.zip", io.StringIO()
    print_manifest("teams", settings(microsoft_app_id=BOT), out, Shape(package=package))
    assert package.read_bytes() == teams_zip(BOT, URL)
    assert str(package) in out.getvalue()


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({"plaudit_public_url": URL, "microsoft_app_id": ""}, "MICROSOFT_APP_ID"),
        ({"plaudit_public_url": "", "microsoft_app_id": BOT}, "PLAUDIT_PUBLIC_URL"),
        ({"plaudit_public_url": "http://plaudit.test", "microsoft_app_id": BOT}, "PLAUDIT_PUBLIC_URL"),
        ({"plaudit_public_url": "https://", "microsoft_app_id": BOT}, "PLAUDIT_PUBLIC_URL"),
    ],
)
def test_a_package_nobody_could_use_is_refused(given: dict[str, str], names: str, tmp_path: Path) -> None:
    package = tmp_path / "plaudit.zip"
    with pytest.raises(WrongSetting, match=names):
        print_manifest("teams", Settings(**given), io.StringIO(), Shape(package=package))  # type: ignore[arg-type]
    assert not package.exists()


def test_the_version_is_the_products() -> None:
    assert f'version = "{teams_manifest(BOT, URL)["version"]}"' in (ROOT / "pyproject.toml").read_text()
