"""Alice runs the programme at the page, and brings a file to the page for files."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

LINES = b"""email,birthday,department
zoe@kestrel-finch.example,9 March,Design
priya@kestrel-finch.example,03/09,Design
nobody-of-this-name-works-here@kestrel-finch.example,,Design
"""


async def test_a_dialog_of_teams_goes_on_by_its_buttons(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Alice Moreau")
    await at.teams.goes_to("Plaudit")
    await at.teams.says("rewards-admin")
    await at.teams.message("Run Plaudit").get_by_role("button", name="Set-up").click()
    await at.teams.form.locator("footer .primary").click()
    await expect(at.teams.form).to_contain_text("nothing changed")
    await at.teams.form.get_by_role("button", name="Menu").click()
    await at.teams.form.get_by_role("button", name="Values").click()
    await at.teams.form.get_by_role("button", name="Change craft").click()
    await expect(at.teams.field("Name").locator("input")).to_have_value("craft")
    await at.teams.closes_form()


@pytest.mark.parametrize("width", [390, 1440])
async def test_the_page_for_files_shows_every_mistake(visit: Visit, width: int) -> None:
    looks: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": "dark"}
    at = await visit()
    await at.slack.acts_as("Alice Moreau")
    await at.slack.goes_to("general")
    await at.slack.says("/rewards-admin people import")
    await at.slack.field("Where are the lines?").get_by_text("In a file").click()
    await at.slack.form.locator("footer .primary").click()
    link = await at.slack.form.get_by_role("link").get_attribute("href")
    await at.slack.closes_form()

    at = await visit(re.sub(r".*(/import/.*)", r"/..\1", str(link)), **looks)
    file: Any = {"name": "people.csv", "mimeType": "text/csv", "buffer": LINES}
    await at.page.locator("input[type=file]").set_input_files(file)
    await at.page.get_by_role("button", name="Preview").click()
    says = at.page.get_by_text("Look for a typing mistake")
    await expect(says).to_be_visible()
    box = await says.bounding_box()
    assert box is not None
    assert box["width"] > 250
    assert box["x"] + box["width"] <= width
    assert await at.overflow() == 0
