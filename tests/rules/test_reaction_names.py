"""How emoji are called: what an administrator types, and what platforms tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.policy import Policy
from handlers.rules.reaction_names import is_negative, read_emoji_name, same_emoji


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        (":tada:", "tada"),
        (" :Tada: ", "tada"),
        ("tada", "tada"),
        ("🎉", "tada"),
        ("🏅", "sports_medal"),
        ("❤️", "heart"),
        ("👏🏽", "clap"),
        (":clap::skin-tone-4:", "clap"),
        (":thumbsup:", "+1"),
        (":our_own-emoji:", "our_own-emoji"),
        (":größe:", "größe"),
        ("off", ""),
        ("OFF", ""),
        ("none", ""),
        ("our_own-emoji", None),
        ("🫥", None),
        ("🎉🎉", None),
        (":two words:", None),
        (":a:b:", None),
        ("::", None),
        (":", None),
        ("", None),
        (":" + 81 * "x" + ":", None),
        ("<!channel>", None),
    ],
)
def test_an_emoji_is_typed_by_its_sign_or_its_name(typed: str, name: str | None) -> None:
    assert read_emoji_name(typed) == name


@given(st.text(max_size=60))
def test_what_is_taken_is_taken_again_as_it_is_shown(typed: str) -> None:
    name = read_emoji_name(typed)
    assert name is None or read_emoji_name(f":{name}:" if name else "off") == name


def test_the_emoji_that_a_programme_starts_with_is_one() -> None:
    assert read_emoji_name(f":{Policy().reaction}:") == Policy().reaction
    assert read_emoji_name("🏅") == Policy().reaction


@pytest.mark.parametrize(
    ("told", "chosen", "same"),
    [
        ("tada", "tada", True),
        ("thumbsup", "+1", True),
        ("+1", "thumbsup", True),
        ("medal", "sports_medal", False),
        ("tada2", "tada", False),
        ("", "tada", False),
    ],
)
def test_a_reaction_is_the_programmes_by_any_of_its_names(told: str, chosen: str, same: bool) -> None:
    assert same_emoji(told, chosen) is same


@pytest.mark.parametrize("kind", ["sad", "angry", "1f44e_thumbsdown", "1f622_cryingface", "1f494_brokenheart"])
def test_what_means_no_thanks(kind: str) -> None:
    assert is_negative(kind)


@pytest.mark.parametrize("kind", ["like", "heart", "laugh", "surprised", "1f44f_clappinghands", "1f389_partypopper"])
def test_what_means_well(kind: str) -> None:
    assert not is_negative(kind)
