"""Every script is set with its own letters, in its own direction, and broken and cut where people would."""

from __future__ import annotations

import pytest
import uharfbuzz as hb

from cards.pictures.bidi import in_order, levels
from cards.pictures.colour_glyphs import painted
from cards.pictures.fonts import emoji
from cards.pictures.ink import Sheet
from cards.pictures.letters import graphemes, ready
from cards.pictures.lines import Box, Measured, fit
from cards.pictures.page import Piece, Spot, Style, row
from cards.pictures.painting import png
from cards.pictures.shaping import shape

SCRIPTS = {
    "Latin": "Ångström Łukasz Đặng İstanbul Þór ẞ",
    "combining": "e\u0301 a\u0302\u0323 o\u031b n\u0303",
    "Greek": "Γιώργος Παπαδόπουλος",
    "Cyrillic": "Анна Ковальчук Ђорђе Қайрат",
    "Hebrew": "תודה רבה שָׁלוֹם",
    "Arabic": "شكراً جزيلاً على المساعدة پژواک ٹھیک",
    "Han, simplified": "感谢你的帮助，赟祎喆堃",
    "Han, traditional": "感謝你的幫助",
    "Japanese": "骨川さん、ありがとうございました！リーダー",
    "Korean": "김민준 감사합니다 뷁",
    "Thai": "ขอบคุณมากที่ช่วยทีมใหม่แก้ปัญหา",
    "Devanagari": "नई टीम की मदद के लिए धन्यवाद",
    "Bengali": "শুভ্র ধন্যবাদ",
    "Gurmukhi": "ਪੰਜਾਬੀ",
    "Gujarati": "ગુજરાતી",
    "Tamil": "ஆனந்த்",
    "Telugu": "క్షమించు",
    "Kannada": "ಕನ್ನಡ",
    "Malayalam": "മലയാളം",
    "Sinhala": "ස්තූතියි",
    "Lao": "ຂອບໃຈ",
    "Khmer": "អរគុណ",
    "Myanmar": "ကျေးဇူး",
    "Ethiopic": "አመሰግናለሁ",
    "Armenian": "Հայերեն",
    "Georgian": "ქართული",
    "signs": "½ ™ → ≤ 20 € ₹ ₪ ✓ “quoted” – … • ☎\ufe0e",
    "fancy letters": "𝓕𝓪𝓷𝓬𝔂 ㎏ ﬁ Ⓐ",
    "emoji": "🎉 ❤️ ❤ ☕ ✈️ 🫶🏼 🥹 🫨 🙂‍↔️ 1️⃣ #️⃣",
}
ONE_SIGN = ["👩🏽‍🚀", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴‍☠️", "🇺🇦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👍🏿", "1️⃣", "🧑‍🤝‍🧑", "❤️"]


@pytest.mark.parametrize("bold", [False, True], ids=["regular", "bold"])
@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_no_glyph_is_missing(text: str, bold: bool) -> None:
    line = shape(ready(text), bold)
    assert line.glyphs
    assert line.missing == 0


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS.keys())
def test_every_script_leaves_ink_that_is_not_the_box(text: str) -> None:
    assert _drawn(text) not in (_drawn(""), _drawn("ᚠ" * len(graphemes(ready(text)))))


def _drawn(text: str) -> bytes:
    sheet = Sheet()
    ink = sheet.draw(shape(ready(text)), 10, 60, 40, "#000000")
    size = 'width="900" height="80"'
    return png(f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{sheet.definitions}</defs>{ink}</svg>')


def test_what_no_typeface_has_is_a_box_and_is_counted() -> None:
    assert shape(ready("a ᚠ b")).missing == 1


@pytest.mark.parametrize("text", ONE_SIGN)
def test_an_emoji_of_several_signs_is_one_picture(text: str) -> None:
    line = shape(ready(text))
    assert sum(bool(painted(glyph.face, glyph.id)) for glyph in line.glyphs) == 1
    assert line.missing == 0
    assert len(graphemes(ready(text))) == 1


def test_the_emoji_use_only_what_is_drawn() -> None:
    seen: set[str] = set()
    paint = hb.PaintFuncs()
    paint.set_sweep_gradient_func(lambda *_: seen.add("sweep"))
    paint.set_image_func(lambda *_: seen.add("image"))
    paint.set_linear_gradient_func(lambda line, *_: seen.add(line.extend.name))
    paint.set_radial_gradient_func(lambda line, *_: seen.add(line.extend.name))
    paint.set_pop_group_func(lambda mode, _: seen.add(mode.name))
    font = emoji().font
    for glyph in range(font.face.glyph_count):
        if font.face.glyph_has_color_paint(glyph):
            font.paint_glyph(glyph, paint, None)
    assert seen == {"PAD", "SRC_OVER", "SRC_IN", "SOFT_LIGHT"}


def test_a_heap_of_marks_is_cut_to_what_languages_need() -> None:
    assert len(ready("x" + "\u0335" * 300)) == 5


# --- directions -----------------------------------------------------------------------------------------------


def test_hebrew_begins_at_the_right() -> None:
    alef, bet = (shape(letter).glyphs[0].id for letter in "אב")
    assert [glyph.id for glyph in sorted(shape("אב").glyphs, key=lambda glyph: glyph.x)] == [bet, alef]


@pytest.mark.parametrize(
    ("text", "base", "seen"),
    [
        ("abc אבג def", 0, "abc גבא def"),
        ("אבג abc דהו", 1, "והד abc גבא"),
        ("אבג 2.0 דהו", 1, "והד 2.0 גבא"),
        ("אבג 15% דהו", 1, "והד 15% גבא"),
        ("Apollo אבג!", 0, "Apollo גבא!"),
    ],
)
def test_mixed_lines_are_seen_as_the_standard_says(text: str, base: int, seen: str) -> None:
    order = in_order(levels(text, base))
    assert "".join(text[i] for i in order) == seen


def test_two_hebrew_names_in_a_sentence_keep_their_places() -> None:
    style = Style("#ffffff")
    first, last = shape("א").glyphs[0], shape("ב").glyphs[0]
    ink = row(Sheet(), [Piece("א", style), Piece(", ", style), Piece("ב", style)], Box(900, 60, (40,)), Spot(0, 50))
    assert ink.index(f"-{first.id}") < ink.index(f"-{last.id}")


# --- lines ----------------------------------------------------------------------------------------------------


def test_lines_break_between_words() -> None:
    assert fit("one two three four", Box(200, 200, (40,))).lines == ("one two", "three four")


def test_a_long_text_is_set_smaller_before_it_is_cut() -> None:
    box = Box(300, 120, (40, 20))
    assert fit("one two three", box).size == 40
    assert fit("one two three " * 5, box).size == 20


def test_what_does_not_fit_ends_after_a_word() -> None:
    cut = fit("one two three four five six seven eight nine ten", Box(200, 60, (40,)))
    assert cut.is_cut
    assert cut.lines == ("one two…",)


def test_a_word_that_is_wider_than_the_line_is_broken() -> None:
    lines = fit("x" * 60, Box(300, 400, (40,))).lines
    assert len(lines) > 1
    assert "".join(lines) == "x" * 60


def test_han_break_anywhere_but_not_before_a_full_stop() -> None:
    lines = fit("感谢你的帮助。" * 6, Box(240, 900, (40,))).lines
    assert len(lines) > 6
    assert not any(line.startswith("。") for line in lines)


def test_thai_breaks_where_a_syllable_begins() -> None:
    text = "ขอบคุณมากที่ช่วยทีมใหม่แก้ปัญหาในการนำเข้าข้อมูลจนดึก"
    lines = fit(text, Box(500, 900, (40,))).lines
    assert "".join(lines) == text
    assert all(line[0] in "เแโใไ" for line in lines[1:])


@pytest.mark.parametrize(
    "text", ["one two three " * 30, "感谢你的帮助，" * 60, "👩🏽‍🚀🎉" * 80, "x" * 500, "नई टीम की मदद " * 30]
)
def test_no_line_is_wider_than_the_box(text: str) -> None:
    measured = Measured(ready(text))
    assert all(measured.width(a, b) <= 20 for a, b in measured.lines(20))
