"""The documents say what is so: the reference is generated, complete, and every link leads somewhere."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.calendar_page import CalendarPage
from bot.connected import Core
from bot.import_page import ImportPage
from bot.pictures.page import Pictures
from bot.settings import Settings
from bot.vendor_door import VendorDoor
from bot.wall.site import make_wall
from bot.web import SLACK_DOOR, TEAMS_DOOR, Health, make_web
from handlers import registry
from handlers.admin_settings import SETTINGS, Setting, shown
from handlers.rules.policy import Policy
from manifest import reference
from manifest.files import ROOT, stale

GUIDE = ROOT / "docs" / "guide"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("tests/**/*.md")])


@pytest.fixture(scope="module")
def text() -> str:
    registry.load()
    return reference.reference()


def test_the_reference_is_what_is_generated() -> None:
    assert [path.name for path in stale(reference.generated())] == [], "run: python -m manifest.reference --write"


def test_every_command_has_its_heading(text: str) -> None:
    headings = re.findall(r"^### (\S+)$", text, re.MULTILINE)
    assert sorted(headings) == sorted(registry.commands)


def test_every_setting_has_its_row_and_a_meaning(text: str) -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert re.search(rf"^\| `{name.upper()}` \| .* \|$", text, re.MULTILINE), name


def test_every_rule_has_its_row(text: str) -> None:
    for rule in dataclasses.fields(Policy):
        assert re.search(rf"^\| `{rule.name}` \| .+ \|", text, re.MULTILINE), rule.name


def test_every_command_of_the_program_is_told() -> None:
    known = set(re.findall(r"add_parser\(\s*\"([\w-]+)\"", (ROOT / "app.py").read_text(encoding="utf-8")))
    assert {name.partition(" ")[0] for name in reference.PROGRAM} == known


def test_every_door_is_told() -> None:
    app = make_web(Health({}), {SLACK_DOOR: _shut, TEAMS_DOOR: _shut})
    nobody: Any = None
    ImportPage(nobody, nobody, str).mount(app)
    Pictures(nobody, nobody).mount(app)
    CalendarPage(nobody, nobody).mount(app)
    VendorDoor(Core(nobody, nobody, nobody, nobody, nobody), nobody).mount(app)
    core = Core(nobody, nobody, nobody, nobody, nobody)
    make_wall(core, nobody, nobody, owners=(), public_url=str, on_sends=nobody, sealer=nobody).mount(app)
    doors = {f"{one.method} {one.resource.canonical}" for one in app.router.routes() if one.resource}
    assert set(reference.DOORS) == {door for door in doors if not door.startswith("HEAD")}


async def _shut(request: web.Request) -> web.StreamResponse:
    raise web.HTTPNotFound


# --- the guide --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guide() -> str:
    registry.load()
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(GUIDE.glob("*.md")))


def test_the_guide_tells_every_command(guide: str) -> None:
    assert [name for name in registry.commands if not re.search(rf"`/?{name}\b", guide)] == []


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda one: one.word)
def test_the_guide_tells_every_setting_with_its_default(guide: str, setting: Setting) -> None:
    row = re.search(rf"^\| [^|]+ \| `setup {setting.word} [^|]+ \| ([^|]+) \|", guide, re.MULTILINE)
    assert row, setting.word
    assert row[1] == shown(getattr(Policy(), setting.field))


def test_every_picture_of_the_guide_is_there_and_every_one_is_shown(guide: str) -> None:
    pictures = re.findall(r'<img src="pictures/([^"]+)" width="\d+" alt="[^"]{20,}">', guide)
    assert sorted(pictures) == sorted(path.name for path in (GUIDE / "pictures").iterdir())
    assert len(pictures) == guide.count("<img"), "every picture has a width, and says in words what it shows"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_between_documents_leads_somewhere(document: Path) -> None:
    broken = [link for link in _links(document) if not _leads_somewhere(document, link)]
    assert broken == []


_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)[^)]*\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def _links(document: Path) -> list[str]:
    """Relative ones, outside of code."""
    prose = _CODE.sub("", document.read_text(encoding="utf-8"))
    return [link for link in _LINK.findall(prose) if not re.match(r"[a-z]+:", link)]


def _leads_somewhere(document: Path, link: str) -> bool:
    path, _, anchor = link.partition("#")
    target = document.parent / path if path else document
    return target.exists() and (not anchor or target.suffix != ".md" or anchor in _anchors(target))


def _anchors(document: Path) -> set[str]:
    """Of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
