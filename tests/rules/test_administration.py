"""Pure rules of administration: value names and emoji, time zones as typed, and what a policy may say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.rules.grammar import KnownWords, read_kudos
from handlers.rules.policy import Policy
from handlers.rules.policy_bounds import BOUNDS, problems_of
from handlers.rules.shortening import shorten_together, weight
from handlers.rules.value_words import is_same_name, read_emoji, read_name
from handlers.rules.zones import find_zone, is_abbreviation, is_offset, nearest_zones


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("teamwork", "teamwork"),
        (" #Customer-First ", "Customer-First"),
        ("42", "42"),
        ("été", "été"),
        ("हिन्दी", "हिन्दी"),
        ("日本", "日本"),
        ("two words", None),
        ("x.y", None),
        ("-x", None),
        ("", None),
        ("#", None),
        ("x" * 31, None),
        ("🚀", None),
        ("a\u202eb", None),
        ("team\u3164work", None),
        ("team\u034fwork", None),
        ("team\u200bwork", None),
        ("team\ufe0fwork", None),
    ],
)
def test_a_name_of_a_value_is_one_that_can_be_typed(typed: str, name: str | None) -> None:
    assert read_name(typed) == name


@given(st.text(max_size=40))
def test_a_name_that_is_taken_is_understood_in_a_kudos(typed: str) -> None:
    name = read_name(typed)
    if name:
        known = KnownWords.of({name: "v1"}, {})
        assert read_kudos((f"@bob for the calm launch #{name}",), known).value_id == "v1"


@given(st.text(max_size=40))
def test_an_emoji_that_is_taken_is_one_word_that_is_shown(typed: str) -> None:
    emoji = read_emoji(typed)
    assert emoji is None or (emoji == emoji.strip() and " " not in emoji)


@pytest.mark.parametrize(
    ("typed", "emoji"),
    [
        ("🤝", "🤝"),
        ("🛠️", "🛠️"),
        ("👩🏽‍🚀", "👩🏽‍🚀"),
        ("🇮🇪", "🇮🇪"),
        (":handshake:", "🤝"),
        (":our_own:", ":our_own:"),
        (":Our_Own:", ":our_own:"),
        (":a|b:", None),
        (":" + 51 * "x" + ":", None),
        ("👩🏽‍❤️‍💋‍👨🏿", "👩🏽‍❤️‍💋‍👨🏿"),
        ("👩" + 20 * "\u200d👩", None),
        ("🤝🤝", None),
        ("🤝 ab", None),
        ("ab", None),
        ("1", None),
        ("", None),
        (":", None),
        ("::", None),
    ],
)
def test_a_value_has_one_emoji(typed: str, emoji: str | None) -> None:
    assert read_emoji(typed) == emoji


def test_names_that_are_typed_alike_are_the_same() -> None:
    assert is_same_name("Customer-First", "customer_first")
    assert not is_same_name("craft", "crafts")


def test_every_zone_is_found_by_its_name_in_any_case() -> None:
    named = [one for one in available_timezones() if "/" in one]
    assert [one for one in named if find_zone(one.lower()) is None] == []
    assert all(find_zone(one) == one for one in named)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("GMT", "UTC"),
        ("Kolkata", "Asia/Kolkata"),
        ("", None),
        ("../etc/passwd", None),
        ("Mars", None),
        ("Europe", None),
    ],
)
def test_a_zone_is_found_by_its_city(typed: str, zone: str | None) -> None:
    assert find_zone(typed) == zone


def test_a_slip_of_the_finger_finds_its_neighbours() -> None:
    assert nearest_zones("Europe/Berln")[0] == "Europe/Berlin"
    assert "Asia/Tokyo" in nearest_zones("Tokio")
    assert nearest_zones("") == []


def test_the_defaults_can_be_in_force() -> None:
    assert problems_of(Policy()) == {}


@pytest.mark.parametrize("field", BOUNDS)
def test_both_ends_of_a_bound_are_allowed_and_nothing_beyond(field: str) -> None:
    least, most = BOUNDS[field]
    roomy = Policy(allowance=10_000, most_points=10_000, default_points=1)
    assert field in problems_of(changed(Policy(), field, least - 1))
    assert field in problems_of(changed(Policy(), field, most + 1))
    assert field not in problems_of(changed(roomy, field, least))
    assert field not in problems_of(changed(roomy, field, most))


def changed(policy: Policy, field: str, value: Any) -> Policy:
    return replace(policy, **{field: value})


def test_what_one_gets_fits_into_what_one_has() -> None:
    assert problems_of(Policy(allowance=20)).keys() == {"most_points"}
    assert problems_of(Policy(default_points=26)).keys() == {"default_points"}


def test_a_reason_is_never_at_least_longer_than_at_most() -> None:
    assert problems_of(Policy(reason_least=40, reason_most=30)).keys() == {"reason_least", "reason_most"}
    assert BOUNDS["reason_least"][1] <= BOUNDS["reason_most"][0]


@pytest.mark.parametrize("typed", ["UTC+2", "gmt-05:00", "+1", "UTC −3"])
def test_an_offset_is_known_as_one(typed: str) -> None:
    assert is_offset(typed)


def test_an_abbreviation_is_no_zone_and_known_as_one() -> None:
    assert is_abbreviation("cet")
    assert not is_abbreviation("Berlin")
    assert [one for one in ("CET", "EST", "MST", "UTC+2") if find_zone(one)] == []


@given(st.lists(st.text(alphabet="ab &<*_🤝é\u05d0", max_size=600), max_size=12), st.integers(0, 9000))
def test_texts_that_share_a_message_fit_and_stay_whole_where_they_can(texts: list[str], most: int) -> None:
    kept = shorten_together(texts, most)
    assert sum(map(weight, kept)) <= most
    assert all(short in ("", text) or short.endswith("…") for short, text in zip(kept, texts, strict=True))
    if sum(map(weight, texts)) <= most:
        assert kept == texts
