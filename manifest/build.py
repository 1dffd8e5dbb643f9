"""The app manifests of Slack and Teams, made from the registry: what is not registered is not offered.

`python -m manifest.build --write` refreshes the committed `slack.json` and `teams.json`. Limits of both are checked
in `tests/test_manifest.py`.
"""

from __future__ import annotations

import io
import json
import sys
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeAlias
from urllib.parse import urlsplit

from bot.settings import Settings, WrongSetting
from bot.slack.events import EVENTS
from bot.web import SLACK_DOOR
from handlers import registry
from handlers.registry import Entry
from manifest.files import ROOT, Files, refresh

Json: TypeAlias = dict[str, Any]

NAME = "Plaudit"
COLOUR = "#3d1b5b"  # the ground of the icons
TAGLINE = "Say thank you where everybody sees it, with points that count."
ABOUT = (
    "Plaudit makes thanks visible. Write kudos with a name and a reason, or choose Give kudos for this on a message: "
    "the post says who helped, how, and which of your values it shows. Everybody has a weekly allowance of points to "
    "give, and what people receive is theirs. Plaudit reads no conversations: it sees only what is sent to it, and "
    "reactions, but not the words they are for."
)
PLACEHOLDER_URL = "https://plaudit.example.com"
PLACEHOLDER_ID = "00000000-0000-0000-0000-000000000000"

HERE = Path(__file__).parent
ICONS = HERE / "icons"


# --- Slack ------------------------------------------------------------------------------------------------

SLACK_SCOPES = {
    "commands": "Slash commands and shortcuts.",
    "chat:write": "Posts recognitions, and answers whoever asked.",
    "chat:write.public": "Posts where a command was typed without an invitation to each public channel.",
    "im:write": "Starts the direct conversation in which receivers are told.",
    "users:read": "Names and time zones of people; who is a guest, a bot or gone.",
    "users:read.email": "Finds a person by the address that was typed, and the same person on Teams.",
    "usergroups:read": "Finds the members of a @group that is thanked.",
    "channels:read": "Whether a public channel may be posted to, and its name.",
    "groups:read": "The same for private channels that Plaudit was invited to.",
    "reactions:read": "Gives points where somebody reacts with the programme's emoji; others are passed over.",
}
"""The least that works, each with its reason; a review for the Marketplace asks for them. No `*:history`: no
conversation is read."""

HELP = "help"
"""On Slack `/kudos help`: the names of slash commands are shared by all apps of a workspace, so `/help` is nobody's
(api.slack.com/tutorials/slash-commands-style-guide)."""


def slack_manifest(public_url: str, socket_mode: bool = False) -> Json:
    """For "create an app from a manifest". In Socket Mode there is no address to call."""
    door = f"{public_url}{SLACK_DOOR}"
    request_url = {} if socket_mode else {"request_url": door}
    return {
        "_metadata": {"major_version": 2},
        "display_information": {
            "name": NAME,
            "description": TAGLINE,
            "long_description": ABOUT,
            "background_color": COLOUR,
        },
        "features": {
            # Read only: what is written there would reach nobody.
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": True,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [_shortcut(entry) for entry in listed_menu()],
            "slash_commands": [
                _slash_command(entry, {} if socket_mode else {"url": door})
                for entry in listed_commands()
                if entry.name != HELP
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SLACK_SCOPES)}},
        "settings": {
            "event_subscriptions": request_url | {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True} | request_url,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def _slash_command(entry: Entry, url: Json) -> Json:
    usage = {"usage_hint": entry.usage} if entry.usage else {}
    # Escaped, a mention comes as <@U1> instead of a name that two people may have.
    return {"command": f"/{entry.name}", "description": entry.help, "should_escape": True} | usage | url


def _shortcut(entry: Entry) -> Json:
    return {
        "name": entry.menu,
        "type": "message" if entry.on_message else "global",
        "callback_id": entry.name,
        "description": entry.help,
    }


# --- Teams ------------------------------------------------------------------------------------------------

NEWEST, COMPATIBLE = "1.30", "1.19"
"""Slash commands came with 1.29; some tenants and store channels still refuse what is so new."""


def teams_manifest(app_id: str, public_url: str, newest: bool = True) -> Json:
    """The newest shows slash commands; the compatible one has the same commands by @mention and in menus."""
    version = NEWEST if newest else COMPATIBLE
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.schema.json",
        "manifestVersion": version,
        "version": _version(),
        "id": app_id,
        "developer": {
            "name": NAME,
            "websiteUrl": public_url,
            "privacyUrl": public_url,
            "termsOfUseUrl": public_url,
        },
        "name": {"short": NAME, "full": f"{NAME}: recognition for your organisation"},
        "description": {"short": TAGLINE, "full": ABOUT},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": COLOUR,
        "defaultInstallScope": "team",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
        "bots": [_bot(app_id, newest)],
        "composeExtensions": [
            {"botId": app_id, "commands": [_message_extension(entry, newest) for entry in listed_menu()]}
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(public_url).hostname],
    }


def teams_zip(app_id: str, public_url: str, newest: bool = True) -> bytes:
    """The package to upload. The same bytes for the same input: fixed dates, and stored, for zlibs compress unlike."""
    manifest = as_text(teams_manifest(app_id, public_url, newest))
    icons = {name: (ICONS / name).read_bytes() for name in ("color.png", "outline.png")}
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_STORED) as archive:
        for name, content in ({"manifest.json": manifest.encode()} | icons).items():
            member = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            member.create_system = 3  # else the byte tells on which system it was made
            archive.writestr(member, content)
    return package.getvalue()


def _bot(app_id: str, newest: bool) -> Json:
    bot: Json = {"botId": app_id, "scopes": ["personal", "team", "groupChat"]}
    if newest:
        # The slash menu exists in channels and group chats only; it needs targeted messages (agent-slash-commands.md).
        return bot | {
            "supportsTargetedMessages": True,
            "commandLists": [
                _command_list("personal") | {"triggers": ["mention"]},
                _command_list("team", "groupChat") | {"triggers": ["mention", "slash"]},
            ],
        }
    return bot | {"commandLists": [_command_list("personal", "team", "groupChat", without=UNLISTED)]}


UNLISTED = ("profile",)
"""Older schemas list ten commands. Whoever types these is understood all the same."""


def _command_list(*scopes: str, without: Iterable[str] = ()) -> Json:
    listed = (entry for entry in listed_commands() if entry.name not in without)
    described = {entry.name: f"{entry.help} {entry.usage}".strip() for entry in listed}
    return {
        "scopes": list(scopes),
        "commands": [{"title": name, "description": text} for name, text in described.items()],
    }


def _message_extension(entry: Entry, newest: bool) -> Json:
    about = entry.on_message
    slash = {"triggers": ["slash"]} if newest and not about else {}
    return {
        "id": entry.name,
        "type": "action",
        "title": entry.menu,
        "description": entry.help,
        "context": ["message"] if about else ["compose", "commandBox"],
        "fetchTask": True,
    } | slash


def _version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as project:
        return str(tomllib.load(project)["project"]["version"])


# --- what is offered --------------------------------------------------------------------------------------


def listed_commands() -> Iterable[Entry]:
    """By name, help last."""
    registry.load()
    return sorted(registry.commands.values(), key=lambda entry: (entry.name == HELP, entry.name))


def listed_menu() -> Iterable[Entry]:
    """The actions with a title in menus; those that start from a message last."""
    registry.load()
    titled = (entry for entry in registry.actions.values() if entry.menu)
    return sorted(titled, key=lambda entry: (entry.on_message, entry.name))


# --- for people -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What an operator asks of a manifest: of Slack's the first, of Teams' the others; `package` is where to write."""

    socket_mode: bool = False
    compatible: bool = False
    package: Path | None = None


def print_manifest(platform: str, settings: Settings, out: TextIO, shape: Shape) -> None:
    """`python app.py manifest`. Raises `WrongSetting`, with a sentence, for an address that no platform would call."""
    url, newest = _public_url(settings), not shape.compatible
    if platform == "slack":
        out.write(as_text(slack_manifest(url, shape.socket_mode or bool(settings.slack_app_token))))
    elif shape.package:
        shape.package.write_bytes(teams_zip(_needed_app_id(settings, url), url, newest))
        out.write(f"{shape.package} is ready to upload.\n")
    else:
        out.write(as_text(teams_manifest(settings.microsoft_app_id or PLACEHOLDER_ID, url, newest)))


def as_text(manifest: Json) -> str:
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"


def _public_url(settings: Settings) -> str:
    url = settings.plaudit_public_url.rstrip("/") or PLACEHOLDER_URL
    if urlsplit(url).scheme != "https" or not urlsplit(url).hostname:
        raise WrongSetting(f"PLAUDIT_PUBLIC_URL is {url}, but Slack and Teams call https:// addresses only.")
    return url


def _needed_app_id(settings: Settings, url: str) -> str:
    """A package is for uploading: it has no place for placeholders."""
    if not settings.microsoft_app_id:
        raise WrongSetting("MICROSOFT_APP_ID is missing: the package names the bot it belongs to.")
    if url == PLACEHOLDER_URL:
        raise WrongSetting("PLAUDIT_PUBLIC_URL is missing: the package names the server it belongs to.")
    return settings.microsoft_app_id


def generated() -> Files:
    """The committed files, with placeholders for what each installation has of its own."""
    return {
        HERE / "slack.json": as_text(slack_manifest(PLACEHOLDER_URL)),
        HERE / "teams.json": as_text(teams_manifest(PLACEHOLDER_ID, PLACEHOLDER_URL)),
    }


if __name__ == "__main__":
    sys.exit(refresh(generated))
