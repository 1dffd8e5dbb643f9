"""What messages and forms of both platforms may hold is drawn; what nobody knows is named, and not passed over."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Visit
from tests.browser.hands import Screen

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]

WORLD: Json = {
    "me": "U1",
    "people": {
        "U1": {"name": "Ann", "handle": "ann", "directory_id": "d1"},
        "U2": {"name": "Bob", "handle": "bob", "directory_id": "d2"},
    },
    "groups": {"S1": "design"},
    "places": [{"id": "C1", "name": "general", "kind": "public_channel"}],
}


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(value: str) -> Json:
    return {"text": plain(f"Option {value}"), "value": value, "description": plain(f"More about {value}")}


OPTIONS: list[Json] = [option("a"), option("b")]
BUTTON: Json = {"type": "button", "text": plain("Press"), "action_id": "press", "value": "1", "style": "primary"}
MENU = {"type": "overflow", "action_id": "more", "options": OPTIONS}
SELECT: Json = {"type": "static_select", "action_id": "pick", "options": OPTIONS, "placeholder": plain("Pick one")}
PICTURE: Json = {"type": "image", "image_url": "https://elsewhere.invalid/a.png", "alt_text": "A kestrel"}
RICH: list[Json] = [
    {"type": "text", "text": "bold", "style": {"bold": True}},
    {"type": "user", "user_id": "U2"},
    {"type": "usergroup", "usergroup_id": "S1"},
    {"type": "channel", "channel_id": "C1"},
    {"type": "broadcast", "range": "here"},
    {"type": "emoji", "name": "tada"},
    {"type": "link", "url": "https://kestrel.example", "text": "link"},
    {"type": "date", "timestamp": 0, "format": "{date}", "fallback": "a day"},
]
SECTION = {"type": "rich_text_section", "elements": RICH}
BLOCKS: list[Json] = [
    {"type": "header", "text": plain("Header")},
    {
        "type": "section",
        "text": {"type": "mrkdwn", "text": "*<@U1>* _and_ ~not~ `code` <#C1> <!date^0^{date}|then>"},
        "accessory": BUTTON,
    },
    {"type": "section", "fields": [plain("One"), plain("Two")], "accessory": MENU},
    {"type": "section", "text": plain("Choose"), "accessory": SELECT},
    {"type": "section", "text": plain("See"), "accessory": PICTURE},
    {"type": "divider"},
    {"type": "context", "elements": [PICTURE, plain("small print")]},
    {"type": "actions", "elements": [BUTTON, SELECT, MENU, {"type": "datepicker", "action_id": "day"}]},
    {**PICTURE, "title": plain("A picture")},
    {"type": "rich_text", "elements": [SECTION, {"type": "rich_text_list", "style": "ordered", "elements": [SECTION]}]},
    {"type": "rich_text", "elements": [{"type": kind, "elements": RICH[:1]} for kind in ("rich_text_quote",)]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Name"}], [{"type": "raw_text", "text": "Ann"}]]},
]
TYPED = ("plain_text_input", "email_text_input", "url_text_input", "number_input", "datepicker", "timepicker")
CHOSEN = ("static_select", "multi_static_select", "radio_buttons", "checkboxes")
FOUND = ("users_select", "multi_users_select", "channels_select", "conversations_select")


def modal() -> Json:
    elements: list[Json] = [{"type": kind} for kind in (*TYPED, *FOUND)] + [
        {"type": kind, "options": OPTIONS} for kind in CHOSEN
    ]
    inputs = [
        {"type": "input", "block_id": one["type"], "label": plain(one["type"]), "element": {**one, "action_id": "a"}}
        for one in elements
    ]
    return {"content": {"title": plain("All of it"), "blocks": inputs}, "values": {}, "errors": {"checkboxes": "Why?"}}


def words(text: str, **looks: Any) -> Json:
    return {"type": "TextBlock", "text": text, **looks}


CHOICES = [{"title": "A", "value": "a"}, {"title": "B", "value": "b"}]
CARD = {
    "type": "AdaptiveCard",
    "body": [
        words("Heading", style="heading", size="Large"),
        words("- one\n- two", separator=True, spacing="Large"),
        {"type": "RichTextBlock", "inlines": ["plain ", {"type": "TextRun", "text": "bold", "weight": "Bolder"}]},
        *({"type": "Container", "style": style, "items": [words(style)]} for style in ("good", "attention", "accent")),
        {
            "type": "ColumnSet",
            "columns": [
                {"type": "Column", "width": 70, "style": "accent", "minHeight": "8px", "items": []},
                {"type": "Column", "width": 30, "style": "emphasis", "minHeight": "8px", "items": []},
            ],
        },
        {"type": "FactSet", "facts": [{"title": "Left", "value": "**20** points"}]},
        {
            "type": "Table",
            "columns": [{"width": 2}, {"width": 1}],
            "rows": [
                {"type": "TableRow", "cells": [{"type": "TableCell", "items": [words(name)]} for name in row]}
                for row in (("Name", "Points"), ("Ann", "5"))
            ],
        },
        {"type": "Image", "url": "https://elsewhere.invalid/b.png", "altText": "A finch"},
        {"type": "Badge", "text": "New", "style": "Good"},
        {"type": "Icon", "name": "Star"},
        {"type": "ProgressBar", "value": 40},
        *({"type": f"Input.{kind}", "id": kind, "label": kind} for kind in ("Text", "Number", "Date", "Time")),
        {"type": "Input.Toggle", "id": "Toggle", "label": "Toggle", "title": "On"},
        {"type": "Input.ChoiceSet", "id": "compact", "label": "compact", "choices": CHOICES},
        {"type": "Input.ChoiceSet", "id": "expanded", "label": "expanded", "style": "expanded", "choices": CHOICES},
        {"type": "Input.ChoiceSet", "id": "many", "label": "many", "isMultiSelect": True, "choices": CHOICES},
        {"type": "ActionSet", "actions": [{"type": "Action.Submit", "title": "Later", "mode": "secondary"}]},
    ],
    "actions": [
        {"type": "Action.Execute", "title": "Go", "style": "positive"},
        {"type": "Action.ShowCard", "title": "Unfold", "card": {"body": [words("Unfolded")]}},
        {"type": "Action.OpenUrl", "title": "Open", "url": "https://kestrel.example"},
    ],
}
DRAWS = """async ([platform, held, how, world]) => {
  const module = await import(`/sandbox/static/${platform}.js`);
  const renderer = new (module.SlackRenderer ?? module.TeamsRenderer)(world);
  const drawn = how === "blocks" ? held.map((one) => renderer.block(one)) : renderer[how](held);
  const body = document.createElement("form");
  body.className = "body";
  body.append(...[drawn].flat());
  const pane = document.createElement("article");
  pane.className = `pane ${platform}`;
  pane.append(body);
  document.querySelector("main").replaceChildren(pane);
}"""


async def draw(at: Screen, platform: str, how: str, held: Any) -> str:
    """Draws it in place of the gallery, and returns what can be read."""
    await expect(at.page.locator("main")).to_have_attribute("aria-busy", "false")
    await at.page.evaluate(DRAWS, [platform, held, how, WORLD])
    return await at.page.locator("main").inner_text()


async def test_blocks_of_slack_are_drawn(visit: Visit) -> None:
    at = await visit("/gallery")
    shown = await draw(at, "slack", "blocks", BLOCKS)
    assert "[unsupported" not in shown
    assert "@Ann and not code #general then" in shown
    assert "bold@Bob@design#general@here🎉linka day" in shown
    await expect(at.page.get_by_role("img", name="A kestrel").first).to_be_visible()
    await expect(at.page.get_by_role("columnheader", name="Name")).to_be_visible()
    await at.page.get_by_label("More").first.click()
    await expect(at.page.get_by_role("button", name="Option a").first).to_be_visible()


async def test_inputs_of_slack_are_drawn_and_read(visit: Visit) -> None:
    at = await visit("/gallery")
    assert "[unsupported" not in await draw(at, "slack", "form", modal())
    await expect(at.page.locator(".field.wrong")).to_contain_text("Why?")
    await at.page.get_by_label("users_select", exact=True).select_option(label="Bob")
    await at.page.get_by_role("group", name="checkboxes").get_by_text("Option b").click()
    await at.page.get_by_label("datepicker").fill("2026-11-19")
    read = "import('/sandbox/static/slack_inputs.js').then((all) => [...document.querySelectorAll('[data-field]')]"
    filled = await at.page.evaluate(f"{read}.map((one) => [one.dataset.kind, all.asControl(one)]))")
    held = dict(filled)
    assert (held["users_select"], held["checkboxes"], held["datepicker"]) == ("U2", ["b"], "2026-11-19")
    assert held["radio_buttons"] is None
    assert held["plain_text_input"] is None


async def test_an_adaptive_card_is_drawn_and_read(visit: Visit) -> None:
    at = await visit("/gallery")
    assert "[unsupported" not in await draw(at, "teams", "card", CARD)
    await at.page.get_by_role("button", name="Unfold").click()
    await expect(at.page.get_by_text("Unfolded")).to_be_visible()
    await at.page.get_by_label("On", exact=True).check()
    await at.page.get_by_role("group", name="many").get_by_text("B").click()
    await at.page.get_by_role("radiogroup", name="expanded").get_by_text("A").click()
    read = "import('/sandbox/static/teams_inputs.js').then((all) => all.filledOnTeams(document.querySelector('.card')))"
    filled = await at.page.evaluate(read)
    assert (filled["Toggle"], filled["many"], filled["expanded"], filled["compact"]) == ("true", "b", "a", "a")


@pytest.mark.parametrize(
    ("platform", "how", "held"),
    [
        ("slack", "blocks", [{"type": "hologram"}]),
        ("teams", "card", {"body": [{"type": "hologram"}]}),
        ("teams", "card", {"body": [{"type": "hologram", "separator": True}]}),
    ],
)
async def test_what_nobody_knows_is_named(visit: Visit, platform: str, how: str, held: Any) -> None:
    at = await visit("/gallery")
    assert "[unsupported: hologram]" in await draw(at, platform, how, held)
