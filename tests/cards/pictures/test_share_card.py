"""A share card is 1200 by 630, says what was meant in every script, and stays within its frame, whatever was typed."""

from __future__ import annotations

import re
import struct
from dataclasses import replace
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cards.pictures import ShareCard, draw_share_card, share_alt
from cards.pictures.painting import png
from cards.pictures.share_card import share_svg

USUAL = ShareCard(
    giver="Ann Miller",
    receivers=("Bob Baker",),
    reason="Stayed late to help the new team find the bug in the import.",
    value="🤝 Teamwork",
    badge="Problem solver",
    badge_emoji="🛠️",
    organisation="Northwind Traders",
    day="22 November 2026",
)
EMPTY = ShareCard("", (), "", "", "", "", "", "")
HOSTILE = '</text><image href="file:///etc/passwd"/><script>alert(1)</script> ]]> &amp; {{ 7*7 }} {% raw %}'
LONGEST = {
    "words": "We had three days to move everything, and nobody thought it could be done. " * 26,
    "no space": "x" * 2000,
    "wide letters": "W" * 2000,
    "markup": HOSTILE * 20,
    "Hebrew": "תודה רבה על העזרה הגדולה עם הפרויקט " * 55,
    "Arabic without a space": "شكرا" * 500,
    "Han": "感谢你在上线前夜帮助团队找到并修复了导入程序中的问题，" * 74,
    "Thai": "ขอบคุณมากที่ช่วยทีมใหม่แก้ปัญหาในการนำเข้าข้อมูลจนดึก" * 37,
    "emoji": "👩🏽‍🚀🏳️‍🌈🇩🇪🎉" * 150,
    "marks": "Z" + "\u0335\u0321\u0328\u031b" * 499,
    "nothing to see": "\u200b\u200d\u2060" * 600,
    "no characters": "\x00\x1b\ud800\uffff\ue000\U0010ffff" * 300,
}


def test_it_is_a_png_of_1200_by_630() -> None:
    drawn = draw_share_card(USUAL)
    assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", drawn[16:24]) == (1200, 630)


def test_the_same_card_gives_the_same_bytes() -> None:
    assert draw_share_card(USUAL) == draw_share_card(replace(USUAL))


@pytest.mark.parametrize("part", ["giver", "reason", "value", "badge", "badge_emoji", "organisation", "day"])
def test_each_part_is_seen(part: str) -> None:
    changed: Any = {part: "🎯 Other"}
    other = replace(USUAL, **changed)
    assert share_svg(other) != share_svg(USUAL)


def test_an_empty_card_is_still_a_picture() -> None:
    assert len(draw_share_card(EMPTY)) > 1000
    assert share_alt(EMPTY) == "somebody recognised somebody."


# --- whatever was typed ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", LONGEST.values(), ids=LONGEST.keys())
def test_the_longest_texts_stay_within_the_frame_and_apart(text: str) -> None:
    svg = share_svg(ShareCard(text, (text, text, text), text[:2000], text, text, "🏆", text, text[:40]))
    frame = ((0, 0, 60, 630), (1140, 0, 60, 630), (0, 0, 1200, 50), (0, 598, 1200, 32))
    beside_the_badge, over_the_value = (800, 110, 20, 420), (0, 522, 800, 12)
    for strip in (*frame, beside_the_badge, over_the_value):
        assert _part(svg, strip) == _bare(strip), strip


@cache
def _bare(strip: tuple[int, int, int, int]) -> bytes:
    return _part(share_svg(EMPTY), strip)


def _part(svg: str, strip: tuple[int, int, int, int]) -> bytes:
    _, _, width, height = strip
    whole = 'width="1200" height="630" viewBox="0 0 1200 630"'
    assert whole in svg
    return png(svg.replace(whole, f'width="{width}" height="{height}" viewBox="{" ".join(map(str, strip))}"', 1))


def test_markup_in_a_text_is_drawn_and_never_read() -> None:
    card = ShareCard(HOSTILE, (HOSTILE,), HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    svg = share_svg(card)
    assert _tags(svg) <= DRAWN
    assert "passwd" not in svg
    assert HOSTILE in share_alt(card)


def test_nothing_is_loaded_from_elsewhere() -> None:
    svg = share_svg(replace(USUAL, reason=HOSTILE))
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', svg))
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", svg))


DRAWN = {"svg", "defs", "linearGradient", "radialGradient", "stop", "mask", "g", "path", "use", "rect", "circle"}


def _tags(svg: str) -> set[str]:
    parsed = ElementTree.fromstring(svg)  # noqa: S314 - our own, and the point is that it parses
    return {element.tag.rpartition("}")[2] for element in parsed.iter()}


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=30), max_size=5), st.text(max_size=2000))
def test_any_text_becomes_a_picture(name: str, names: list[str], reason: str) -> None:
    card = ShareCard(name, tuple(names), reason, name, name, name, name, name)
    assert _tags(share_svg(card)) <= DRAWN
    assert share_alt(card)


# --- for who hears it instead ---------------------------------------------------------------------------------


def test_the_alternative_text_says_all_of_it() -> None:
    assert share_alt(USUAL) == (
        "Ann Miller recognised Bob Baker: “Stayed late to help the new team find the bug in the import.”. "
        "Value: 🤝 Teamwork. Badge: Problem solver. Northwind Traders. 22 November 2026."
    )


def test_the_alternative_text_names_everybody() -> None:
    assert share_alt(replace(USUAL, receivers=("Ann", "Bob", "Cleo", "Dan"))).startswith(
        "Ann Miller recognised Ann, Bob, Cleo and Dan:"
    )


def test_the_picture_counts_whom_it_does_not_name() -> None:
    five = replace(USUAL, receivers=("Ann", "Bob", "Cleo", "Dan", "Eve"))
    assert share_svg(five) == share_svg(replace(five, receivers=("Ann", "Bob", "Zoe", "Yan", "Xi")))
    assert share_svg(five) != share_svg(replace(five, receivers=("Ann", "Bob", "Cleo", "Dan")))


def test_a_badge_may_bring_its_own_colour() -> None:
    assert share_svg(replace(USUAL, badge_id="b3")) != share_svg(replace(USUAL, badge_id="b4"))
