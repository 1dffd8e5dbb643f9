"""What the wall's pages make of what people wrote."""

from __future__ import annotations

import pytest

from bot.wall.html import initials, inline, paragraphs, step


def test_words_are_text_and_keep_their_place() -> None:
    assert inline("<b>\u202eann</b>\nlee") == "<bdi>&lt;b&gt;ann&lt;/b&gt; lee</bdi>"


def test_each_line_has_its_own_direction() -> None:
    assert paragraphs("one & two\n\nشكرا\n") == (
        '<span dir="auto">one &amp; two</span>\n<br>\n<span dir="auto">شكرا</span>'
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann Lee", "AL"),
        ("Cher", "C"),
        ("佐藤 由紀", "佐由"),
        ("Mateo Ibáñez 🎸", "MI"),
        ("🎸", "🎸"),
        ("  ", "?"),
        ("", "?"),
    ],
)
def test_a_coin_has_two_letters_at_most(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_long_words_are_set_smaller() -> None:
    assert [step("x" * length) for length in (10, 160, 420, 1000)] == ["short", "long", "longer", "longest"]
