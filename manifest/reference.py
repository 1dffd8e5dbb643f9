"""`docs/REFERENCE.md`, made from the registry, the settings and the policy.

`python -m manifest.reference --write` refreshes it; a test compares.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterable, Iterator
from dataclasses import fields
from enum import Enum
from itertools import pairwise
from typing import Any

from bot.settings import Settings
from bot.web import SLACK_DOOR, TEAMS_DOOR
from handlers.rules.policy import Policy
from manifest.build import HELP, PLACEHOLDER_URL, listed_commands, listed_menu
from manifest.files import ROOT, Files, refresh

PATH = ROOT / "docs" / "REFERENCE.md"

PROGRAM = {
    "serve": "Brings the database up to date and serves; what happens when no command is given.",
    "migrate": "Brings the database up to date and ends.",
    "verify-ledger": "Recomputes every balance from the entries. Ends with 1 if anything differs.",
    "manifest slack": "Prints the manifest of the Slack app. `--socket-mode` makes one for Socket Mode, and so does a "
    "`SLACK_APP_TOKEN` that is set.",
    "manifest teams": "Prints the manifest of the Teams app. `--zip FILE` writes the package to upload instead; "
    "`--compatible` makes one without slash commands, for tenants that refuse the newest.",
}

DOORS = {
    f"POST {SLACK_DOOR}": "Slack: commands, shortcuts, buttons, forms and events. Signed by Slack.",
    f"POST {TEAMS_DOOR}": "Teams: messages and invokes. With a token of the Bot Framework.",
    "GET /import/{token}": "The page to upload a file of people or rewards, by an administrator's secret link.",
    "POST /import/{token}": "A file, to be shown. Changes nothing.",
    "POST /import/{token}/confirm": "What was shown is applied.",
    "GET /import/{token}/export": "The catalogue as it is, as such a file.",
    "GET /import/static": "How that page looks.",
    "GET /wall": "The wall, with search and filters in its address. With the session of a member, as all of `/wall` "
    "but the screens and the way in.",
    "GET /wall/enter/{token}": "A page with one button. With the secret of a link from the chat; changes nothing.",
    "POST /wall/enter/{token}": "Begins a session, once.",
    "POST /wall/leave": "Ends it.",
    "GET /wall/people/{person}": "A person's page.",
    "POST /wall/people/{person}": "A note is left there.",
    "POST /wall/notes/{note}": "A note is hidden, shown, answered, deleted or taken back.",
    "GET /wall/rewards": "The catalogue, with search and filters in its address.",
    "GET /wall/rewards/{reward}": "One reward, with its form to order it.",
    "POST /wall/rewards/{reward}": "It is ordered, wished for, or taken off the wish list.",
    "GET /wall/orders": "What one ordered oneself.",
    "POST /wall/orders": "An order is cancelled.",
    "GET /wall/budgets": "Budgets of one's own, with their spending against the plan. For administrators all.",
    "GET /wall/liability": "What is owed, and what a year can cost. For administrators.",
    "GET /wall/statement": "Movements of one's own points.",
    "GET /wall/statement.csv": "The same as a file.",
    "GET /wall/taxes": "What was redeemed in a year, by country and person. For administrators.",
    "GET /wall/taxes.csv": "The same as a file.",
    "GET /wall/yearly": "Yearly amounts that are over. For administrators.",
    "GET /wall/yearly.csv": "Who divided one of them how, as a file.",
    "GET /wall/screen/{token}": "What a big screen shows. With the secret of its link.",
    "GET /wall/static": "How those pages look.",
    "GET /pictures/badges/{tenant}/{badge}/{mark}.{kind}": "The picture of a badge, for chats. Open to everybody.",
    "GET /share/{token}": "The page of a picture of thanks. With the secret of its receiver's link.",
    "GET /share/{token}/picture.png": "That picture, to look at.",
    "GET /share/{token}/plaudit.png": "That picture, to keep: counted.",
    "GET /share/static": "How that page looks.",
    "POST /vendors/{token}": "Vendors call back about an order. With the secret of the address, and signed.",
    "GET /calendar/{token}.ics": "The calendar file of an order. With the secret of its link.",
    "GET /healthz": "200 while the process lives.",
    "GET /readyz": "200 while it takes requests; 503 while it starts or stops.",
    "GET /metrics": "Figures in the Prometheus format.",
}


def reference() -> str:
    return "\n".join(
        [
            "# Reference",
            "",
            "Generated from the code: `python -m manifest.reference --write`.",
            "",
            *_commands(),
            *_menus(),
            *_rules(),
            *_settings(),
            *_program(),
            *_doors(),
        ]
    )


def _commands() -> Iterator[str]:
    yield "## Commands\n"
    yield "On Slack type them with a slash. On Teams write to Plaudit, in a channel or group chat after `@Plaudit`;"
    yield "where the newest manifest is installed the slash menu has them too.\n"
    for entry in listed_commands():
        yield f"### {entry.name}\n"
        yield f"{entry.help}\n"
        if entry.name == HELP:
            yield "On Slack: `/kudos help`.\n"
        else:
            yield f"    {f'/{entry.name} {entry.usage}'.strip()}\n"


def _menus() -> Iterator[str]:
    yield "## Menus\n"
    yield "*Anywhere* is a global shortcut on Slack, and an action of the message box on Teams.\n"
    rows = ((entry.menu, "on a message" if entry.on_message else "anywhere", entry.help) for entry in listed_menu())
    yield from _table(("entry", "where", "what it does"), rows)


def _rules() -> Iterator[str]:
    yield "## Rules of the programme\n"
    yield "What holds where an organisation has decided nothing else.\n"
    told = _told(Policy)
    rows = ((f"`{one.name}`", _plain(getattr(Policy(), one.name)), told.get(one.name, "")) for one in fields(Policy))
    yield from _table(("rule", "default", "meaning"), rows)


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield "Environment variables, read once at the start. A wrong one stops the start with a sentence that names it.\n"
    rows = (
        (f"`{name.upper()}`", _plain(field.get_default(call_default_factory=True)), field.description or "")
        for name, field in Settings.model_fields.items()
    )
    yield from _table(("variable", "default", "meaning"), rows)


def _program() -> Iterator[str]:
    yield "## Program\n"
    yield f"A printed manifest has `{PLACEHOLDER_URL}` where `PLAUDIT_PUBLIC_URL` is not set, and an id of zeros where"
    yield "`MICROSOFT_APP_ID` is not. A package needs both.\n"
    rows = ((f"`python app.py {name}`", text) for name, text in PROGRAM.items())
    yield from _table(("command", "what it does"), rows)


def _doors() -> Iterator[str]:
    yield "## Doors\n"
    yield "A door of a platform whose credentials are not set answers 404. The sandbox has further ones of its own.\n"
    yield from _table(("door", "for"), ((f"`{door}`", text) for door, text in DOORS.items()))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(heads)
    yield _row(("---",) * len(heads))
    yield from map(_row, rows)
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _plain(value: Any) -> str:
    """A default as one writes it in the environment."""
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return f"`{value.value}`"
        case "" | ():
            return ""
        case _:
            return f"`{value}`"


def _told(described: type) -> dict[str, str]:
    """The sentence under each field of a class; Python itself forgets them."""
    [body] = (node.body for node in ast.parse(inspect.getsource(described)).body if isinstance(node, ast.ClassDef))
    told: dict[str, str] = {}
    for field, after in pairwise(body):
        match field, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                told[name] = inspect.cleandoc(text)
            case _:
                pass
    return told


def generated() -> Files:
    return {PATH: reference()}


if __name__ == "__main__":
    sys.exit(refresh(generated))
