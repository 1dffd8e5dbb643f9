"""Somebody thanks somebody at the page, and everybody sees of it what is theirs to see."""

from __future__ import annotations

from typing import Literal

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_typed_kudos_on_slack_reaches_whom_it_should(visit: Visit) -> None:
    at = await visit()
    await at.slack.acts_as("Priya Raghunathan")
    await at.slack.goes_to("general")
    await at.slack.says("/kudos @yuki +2 for reading the contract twice #craft")
    await expect(at.slack.whispered("Sent.", "Only visible to you")).to_be_visible()
    await expect(at.slack.message("Priya Raghunathan", "thanked", "reading the contract twice")).to_be_visible()

    await at.slack.acts_as("佐藤 由紀")
    await at.slack.goes_to("Plaudit")
    await expect(at.slack.message("thanked you", "reading the contract twice")).to_be_visible()
    await at.slack.goes_to("general")
    await expect(at.slack.message("reading the contract twice")).to_be_visible()
    await expect(at.slack.all.locator(".messages .private")).to_have_count(0)


async def test_a_typed_kudos_on_teams_reaches_whom_it_should(visit: Visit) -> None:
    at = await visit()
    await at.teams.acts_as("Tāne Rāwiri")
    await at.teams.goes_to("Design")
    await at.teams.says("@Plaudit kudos @Inês Cardoso +2 for the museum photos #kindness")
    await expect(at.teams.whispered("Sent.", "Only you can see")).to_be_visible()
    await expect(at.teams.message("Tāne Rāwiri", "thanked", "the museum photos")).to_be_visible()

    await at.teams.acts_as("Inês Cardoso")
    await at.teams.goes_to("Plaudit")
    await expect(at.teams.message("thanked you", "the museum photos")).to_be_visible()
    await at.teams.goes_to("Design")
    await expect(at.teams.message("the museum photos")).to_be_visible()
    await expect(at.teams.all.locator(".messages .private")).to_have_count(0)


@pytest.mark.parametrize("platform", ["slack", "teams"])
async def test_an_error_stays_at_its_field_with_what_was_typed(
    visit: Visit, platform: Literal["slack", "teams"]
) -> None:
    at = await visit()
    side, reason = getattr(at, platform), f"the tea on {platform}"
    await side.acts_as("Siobhán O'Brien")
    await side.all.locator(".shortcut").click()
    await side.ticks("Whom do you thank?", "Siobh")
    await side.field("What for?").locator("textarea").fill(reason)
    await side.form.locator("footer .primary").click()
    await expect(side.form.get_by_text("yourself")).to_be_visible()
    await expect(side.field("What for?").locator("textarea")).to_have_value(reason)

    await side.ticks("Whom do you thank?", "Siobh")
    await side.ticks("Whom do you thank?", "Mateo")
    await side.form.locator("footer .primary").click()
    await expect(side.field("What for?")).to_have_count(0)  # Slack's modal goes on to say that it was sent
    await expect(side.message("thanked", reason)).to_be_visible()
    await side.closes_form()


@pytest.mark.parametrize(
    ("platform", "typed"),
    [("slack", "/kudos @maxi +1 for the slip on slack"), ("teams", "@Plaudit kudos @Bob Okafor for the slip on teams")],
)
async def test_a_slip_is_taken_back(visit: Visit, platform: Literal["slack", "teams"], typed: str) -> None:
    at = await visit()
    side = getattr(at, platform)
    await side.acts_as("نور الهاشمي")
    await side.says(typed)
    slip = f"the slip on {platform}"
    await expect(side.message("thanked", slip)).to_be_visible()
    await side.whispered("Sent.").get_by_role("button", name="Undo").click()
    await expect(side.message("took back this kudos")).to_be_visible()
    await expect(side.messages.filter(has_text="thanked").filter(has_text=slip)).to_have_count(0)
