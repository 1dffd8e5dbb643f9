"""The picture of a badge: from its id a colour and a shape that stay, readable, and safe on a page."""

from __future__ import annotations

import struct
from itertools import combinations
from xml.etree import ElementTree

import pytest

from cards.pictures import BadgePicture, badge_alt, badge_png, badge_svg
from cards.pictures.colours import DEEPER, GROUND, SOFT, TONES, WHITE, Tone, contrast, tone_of

ROCKET = BadgePicture("rocket", "🚀", "Rocket start")
SVG = "{http://www.w3.org/2000/svg}"


def test_the_png_is_512_by_512() -> None:
    assert struct.unpack(">II", badge_png(ROCKET)[16:24]) == (512, 512)


def test_the_same_badge_gives_the_same_bytes() -> None:
    assert badge_png(ROCKET) == badge_png(BadgePicture("rocket", "🚀", "Rocket start"))


def test_a_new_title_and_emoji_leave_the_colour() -> None:
    deep = tone_of("rocket").deep
    assert deep in badge_svg(ROCKET)
    assert deep in badge_svg(BadgePicture("rocket", "💡", "Bright idea"))


def test_all_colours_are_used() -> None:
    assert {tone_of(f"badge-{i}") for i in range(300)} == set(TONES)


@pytest.mark.parametrize("tone", TONES, ids=lambda tone: str(tone.deep))
def test_words_can_be_read_on_every_colour(tone: Tone) -> None:
    assert contrast(WHITE, tone.deep) >= 4.5
    assert contrast(tone.tint, tone.deep) >= 4.5


def test_words_can_be_read_on_the_share_card() -> None:
    assert min(contrast(words, ground) for words in (WHITE, SOFT) for ground in (GROUND, DEEPER)) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#777777", WHITE) == pytest.approx(4.48, abs=0.01)


def test_no_two_badges_differ_in_nothing() -> None:
    pictures = [badge_svg(BadgePicture(f"b{i}", emoji, emoji)) for i, emoji in enumerate("🚀💡🐘⭐")]
    assert all(one != other for one, other in combinations(pictures, 2))


@pytest.mark.parametrize(
    "title", ['</title><script>alert(1)</script>"', "\x00\ud800\uffff\ue000", "", "Q" * 2000, "תודה"]
)
@pytest.mark.parametrize("emoji", ["🏳️‍🌈", "", '<svg onload="x">', "\ud83d", "\u200d"])
def test_any_badge_is_an_svg_that_pages_can_show(title: str, emoji: str) -> None:
    svg = ElementTree.fromstring(badge_svg(BadgePicture("id \ud800 \" '", emoji, title)))  # noqa: S314
    assert not [e for e in svg.iter() if e.tag.rpartition("}")[2] in ("script", "image", "text", "foreignObject")]
    assert not [name for e in svg.iter() for name in e.attrib if name.startswith("on")]


def test_its_words_are_there_for_who_hears_it() -> None:
    svg = ElementTree.fromstring(badge_svg(ROCKET))  # noqa: S314
    assert svg.get("role") == "img"
    assert svg.findtext(f"{SVG}title") == badge_alt(ROCKET) == "Badge: Rocket start"
    assert badge_alt(BadgePicture("a", "⭐", "\u200b")) == "Badge: without a title"
