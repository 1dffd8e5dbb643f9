"""Names of people who did not agree are in no words that are shown outside; ordinary words stay as they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.unnamed import without_names

HIDDEN = ("Cléo Martin", "Will Tanaka", "Nguyễn Văn An", "王伟", "Søren O’Brien")
SHOWN = ("Bob Okafor",)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Bob, CLÉO MARTIN and cleo drew it", "Bob, a colleague and a colleague drew it"),
        ("as Okafor and Tanaka do", "as Okafor and a colleague do"),
        ("pairing with @bob2 and @Bob and @cleo.martin", "pairing with a colleague and @Bob and a colleague"),
        ("you will see that Will did it", "you will see that a colleague did it"),
        ("Cleo's plan, Martins idea, Martinův stůl", "a colleague's plan, a colleague idea, a colleague stůl"),
        ("C\u200bleo, and Cle\u0301o", "a colleague, and a colleague"),
        ("write to cleo.martin@acme.test", "write to a colleague"),
        ("感谢王伟的帮助", "感谢a colleague的帮助"),
        ("soren and o'brien, for Van", "a colleague and a colleague, for a colleague"),
        ("an apple for An", "an apple for a colleague"),
        ("the martingale, the Annual plan, a chronicle", "the martingale, the Annual plan, a chronicle"),
        ("Cléo Martin, Martin", "a colleague"),
    ],
)
def test_names_go_and_ordinary_words_stay(said: str, shown: str) -> None:
    assert without_names(said, HIDDEN, SHOWN) == shown


@given(st.text(max_size=60))
def test_any_words_are_taken(said: str) -> None:
    without_names(said, HIDDEN, SHOWN)
    assert "Tanaka" not in without_names(f"{said} Tanaka {said}", HIDDEN, SHOWN)


def test_where_everybody_agrees_the_words_stay() -> None:
    assert without_names("you will see, @Bob: well done", (), SHOWN) == "you will see, @Bob: well done"
