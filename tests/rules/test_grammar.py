"""What people type after `/kudos`, and how it is read.

In the examples `<ann>` and `<bob>` are mentions and `<#general>` is a link to a channel.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import permutations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handlers.rules.grammar import (
    KnownWords,
    KudosText,
    NameRef,
    Problem,
    Receiver,
    TwoAmounts,
    TwoValues,
    UnclearAmount,
    UnknownValue,
    read_kudos,
)
from handlers.vocabulary import (
    AccountRef,
    ChannelLink,
    EmailRef,
    GroupRef,
    Mentioned,
    Piece,
    Platform,
    Typed,
    WorkspaceRef,
)

WORKSPACE = WorkspaceRef(Platform.SLACK, "T1")
PEOPLE = {name: Mentioned(AccountRef(WORKSPACE, name), name.capitalize()) for name in ("ann", "bob", "cleo")}
PEOPLE["crew"] = Mentioned(GroupRef(WORKSPACE, "crew"), "@crew")
KNOWN = KnownWords.of(
    values={
        "Teamwork": "teamwork",
        "Customer First": "customer",
        "5S": "5s",
        "Größe": "size",
        "टीमवर्क": "hindi",
    },
    badges={
        ":rocket:": "rocket",
        "🚀": "rocket",
        "⭐️": "star",
        ":star:": "star",
        ":+1:": "up",
        "👩‍🚀": "crew",
        "🇨🇭": "swiss",
    },
)


def typed(text: str) -> Typed:
    return tuple(_piece(part) for part in re.split(r"(<#?\w*>)", text) if part)


def _piece(part: str) -> Piece:
    if part.startswith("<#"):
        return ChannelLink("C1", part[2:-1])
    return PEOPLE.get(part[1:-1], part) if part.startswith("<") else part


def read(text: str) -> KudosText:
    return read_kudos(typed(text), KNOWN)


def who(reading: KudosText) -> list[str]:
    return [_name(receiver) for receiver in reading.receivers]


def _name(receiver: Receiver) -> str:
    if isinstance(receiver, EmailRef):
        return receiver.address
    return f"~{receiver.name}" if isinstance(receiver, NameRef) else receiver.id


# --- whole texts ------------------------------------------------------------------------------------------


def test_all_parts_of_the_example_are_read() -> None:
    assert read("<ann> <bob> +10 for shipping the release on time #teamwork :rocket:") == KudosText(
        receivers=(AccountRef(WORKSPACE, "ann"), AccountRef(WORKSPACE, "bob")),
        points=10,
        reason="shipping the release on time",
        value_id="teamwork",
        badge_id="rocket",
    )


def test_nothing_typed_is_nothing_read() -> None:
    assert read_kudos((), KNOWN) == KudosText((), None, "", None, None)


# --- who, and what the reason keeps of them ---------------------------------------------------------------

RECEIVERS = {
    "at the beginning": ("<ann> great work", ["ann"], "great work"),
    "at the end": ("great work <ann>", ["ann"], "great work"),
    "at both ends, once each": ("<ann> great work <bob> <ann>", ["ann", "bob"], "great work"),
    "with commas and an and": ("<ann>, <bob> and <cleo>: great work", ["ann", "bob", "cleo"], "great work"),
    "with an ampersand": ("<ann> & <bob> great work", ["ann", "bob"], "great work"),
    "without a space": ("<ann><bob>great work", ["ann", "bob"], "great work"),
    "to them": ("+10 to <ann> for great work", ["ann"], "great work"),
    "for them": ("+10 for <ann> for great work", ["ann"], "great work"),
    "and them, at the end": ("great work, <ann> and <bob>", ["ann", "bob"], "great work"),
    "to them, at the end": ("great work to <ann>", ["ann"], "great work"),
    "a dash before them": ("great work - <ann>", ["ann"], "great work"),
    "a mark after them": ("great work <ann>!", ["ann"], "great work!"),
    "a second mark": ("great work! <ann>!", ["ann"], "great work!"),
    "in the sentence": ("thanks to <ann> for the release", ["ann"], "thanks to Ann for the release"),
    "in the sentence, beside a channel": ("tidied <#general> <ann>", ["ann"], "tidied #general"),
    "in the sentence, beside another": ("<bob> for helping <ann> today", ["bob", "ann"], "helping Ann today"),
    "the sentence leans on them": (
        "+5 for pairing with <ann> and <bob>",
        ["ann", "bob"],
        "pairing with Ann and Bob",
    ),
    "it leans, and a part follows": ("pairing with <ann>, +5", ["ann"], "pairing with Ann"),
    "whose idea": ("<ann>'s idea was great", ["ann"], "Ann's idea was great"),
    "whose idea, after another": ("<bob>, <ann>’s idea was great", ["bob", "ann"], "Ann’s idea was great"),
    "a group": ("<crew> great work", ["crew"], "great work"),
    "a group in the sentence": ("proud of <crew> today", ["crew"], "proud of crew today"),
    "e-mail": ("Ann@Example.org great work", ["ann@example.org"], "great work"),
    "e-mail with commas": ("a@x.org, b.c+d@x.co.uk great", ["a@x.org", "b.c+d@x.co.uk"], "great"),
    "e-mail before a full stop": ("great work a@x.org.", ["a@x.org"], "great work."),
    "e-mail in the sentence": ("the a@x.org inbox is empty", ["a@x.org"], "the a@x.org inbox is empty"),
    "no e-mail": ("<ann> sorted out x@y and a@", ["ann"], "sorted out x@y and a@"),
    "a plain name": ("@bob.smith +5 for the fix", ["~bob.smith"], "the fix"),
    "a plain name beside a mention": ("<ann> @bob great work", ["ann", "~bob"], "great work"),
    "a plain name at the end": ("great work @bob.", ["~bob"], "great work."),
    "a plain name with an apostrophe": ("@o'brien for the fix", ["~o'brien"], "the fix"),
    "a plain name's idea": ("@bob's idea was great", ["~bob"], "@bob's idea was great"),
    "no name within the sentence": ("<ann> for working @home today", ["ann"], "working @home today"),
    "a name there if nobody else": ("thanks dear @bob for all", ["~bob"], "thanks dear @bob for all"),
    "nobody": ("great work", [], "great work"),
}


@pytest.mark.parametrize(("text", "receivers", "reason"), RECEIVERS.values(), ids=RECEIVERS)
def test_receivers(text: str, receivers: list[str], reason: str) -> None:
    reading = read(text)
    assert (who(reading), reading.reason) == (receivers, reason)


# --- points -----------------------------------------------------------------------------------------------

POINTS = {
    "at the beginning": ("+10 <ann> great work", 10, "great work"),
    "at the end": ("<ann> great work +10", 10, "great work"),
    "before a mark": ("<ann> great work +10!", 10, "great work!"),
    "with a word": ("<ann> +10 points great work", 10, "great work"),
    "with a short word": ("<ann> +10pts great work", 10, "great work"),
    "full-width plus": ("<ann> ＋10 great work", 10, "great work"),
    "right after a mention": ("<ann>+10 great work", 10, "great work"),
    "before an emoji": ("<ann> +10🚀 great work", 10, "great work"),
    "leading zeros": ("<ann> +010 great work", 10, "great work"),
    "nought": ("<ann> +0 great work", 0, "great work"),
    "the most digits": ("<ann> +999999 great work", 999999, "great work"),
    "said twice alike": ("<ann> +10 <bob> +10 great work", 10, "great work"),
    "the beginning wins": ("<ann> +10 for going from 5 to +20", 10, "going from 5 to +20"),
    "the end beats the sentence": ("<ann> won by +3 today +10", 10, "won by +3 today"),
    "in the sentence": ("<ann> for closing +10 deals", 10, "closing +10 deals"),
    "begins the reason": ("<ann> for +10 new customers", 10, "+10 new customers"),
    "not written": ("<ann> great work", None, "great work"),
    "per cent": ("<ann> made it +5% faster", None, "made it +5% faster"),
    "per cent, apart": ("<ann> +5 % faster", None, "+5 % faster"),
    "minutes": ("<ann> +5 minutes saved", None, "+5 minutes saved"),
    "degrees": ("<ann> +40° in the office", None, "+40° in the office"),
    "before a large number": ("<ann> +10 10000 users served", 10, "10000 users served"),
    "telephone": ("<ann> +49 170 1234567 answers", None, "+49 170 1234567 answers"),
    "telephone with dashes": ("<ann> +1-555-0100 answers", None, "+1-555-0100 answers"),
    "a sum": ("<ann> a+5 is not a +b", None, "a+5 is not a +b"),
    "C++": ("<ann> C++ and g++", None, "C++ and g++"),
    "ten or more": ("<ann> 10+ years", None, "10+ years"),
    "minus": ("<ann> -5 is cold", None, "-5 is cold"),
    "a score": ("<ann> +3:2 won", None, "+3:2 won"),
    "an unclear one in the sentence": ("<ann> for raising +1,000 for all", None, "raising +1,000 for all"),
}


@pytest.mark.parametrize(("text", "points", "reason"), POINTS.values(), ids=POINTS)
def test_points(text: str, points: int | None, reason: str) -> None:
    reading = read(text)
    assert (who(reading)[0], reading.points, reading.reason, reading.problems) == ("ann", points, reason, ())


# --- values -----------------------------------------------------------------------------------------------

VALUES = {
    "first": ("#teamwork <ann> great work", "teamwork", "great work"),
    "last": ("<ann> great work #TeamWork", "teamwork", "great work"),
    "before a full stop": ("<ann> great work #teamwork.", "teamwork", "great work."),
    "in the sentence": ("<ann> great #teamwork today", "teamwork", "great #teamwork today"),
    "the sentence leans on it": (
        "<ann> for being great at #teamwork",
        "teamwork",
        "being great at #teamwork",
    ),
    "with a hyphen": ("<ann> great work #customer-first", "customer", "great work"),
    "with an underscore": ("<ann> great work #customer_first", "customer", "great work"),
    "in one": ("<ann> great work #CustomerFirst", "customer", "great work"),
    "said twice": ("<ann> great work #customer-first #customerfirst", "customer", "great work"),
    "begins with a digit": ("<ann> great work #5S", "5s", "great work"),
    "full-width sign": ("<ann> great work ＃teamwork", "teamwork", "great work"),
    "decomposed letters": ("<ann> great work #gro\u0308ße", "size", "great work"),
    "written SS": ("<ann> great work #GRÖSSE", "size", "great work"),
    "vowel signs": ("<ann> great work #टीमवर्क", "hindi", "great work"),
    "before an emoji": ("<ann> great work #teamwork🎉", "teamwork", "great work #teamwork🎉"),
    "a channel of its name": ("<ann> great work <#teamwork>", "teamwork", "great work"),
    "such a channel in the sentence": ("<ann> great <#teamwork> today", "teamwork", "great #teamwork today"),
    "another channel": ("<ann> tidied up <#general>", None, "tidied up #general"),
    "a channel without a name": ("<ann> tidied up <#>", None, "tidied up #C1"),
    "numbers": ("<ann> our #1 fixed #42", None, "our #1 fixed #42"),
    "C#": ("<ann> taught C# and F#", None, "taught C# and F#"),
    "within an address": ("<ann> wrote https://x.org/a#teamwork", None, "wrote https://x.org/a#teamwork"),
    "an entity": ("<ann> typed &#teamwork; there", None, "typed &#teamwork; there"),
}


@pytest.mark.parametrize(("text", "value", "reason"), VALUES.values(), ids=VALUES)
def test_values(text: str, value: str | None, reason: str) -> None:
    reading = read(text)
    assert (who(reading), reading.value_id, reading.reason, reading.problems) == (["ann"], value, reason, ())


# --- badges -----------------------------------------------------------------------------------------------

BADGES = {
    "a code": ("<ann> great work :rocket:", "rocket", "great work"),
    "its emoji": ("🚀 <ann> great work", "rocket", "great work"),
    "capitals": ("<ann> great work :Rocket:", "rocket", "great work"),
    "with a variation selector": ("<ann> great work ⭐\ufe0f", "star", "great work"),
    "without": ("<ann> great work ⭐", "star", "great work"),
    "a code with a skin tone": ("<ann> great work :+1::skin-tone-3:", "up", "great work"),
    "joined, with a skin tone": ("<ann> great work 👩🏽‍🚀", "crew", "great work"),
    "a flag": ("<ann> great work 🇨🇭", "swiss", "great work"),
    "right after a word": ("<ann> great work🚀", "rocket", "great work"),
    "the first of two": ("<ann> :star: great work :rocket:", "star", "great work"),
    "in the sentence": ("<ann> the :rocket: launch", "rocket", "the :rocket: launch"),
    "the edge beats the sentence": ("<ann> the :rocket: launch :star:", "star", "the :rocket: launch"),
    "another code": ("<ann> :tada: great work", None, ":tada: great work"),
    "another emoji": ("<ann> 🎉 great work 👩‍💻", None, "🎉 great work 👩‍💻"),
    "part of another emoji": ("<ann> great work 🧑‍🚀", None, "great work 🧑‍🚀"),
    "times": ("<ann> at 10:30:15 sharp", None, "at 10:30:15 sharp"),
}


@pytest.mark.parametrize(("text", "badge", "reason"), BADGES.values(), ids=BADGES)
def test_badges(text: str, badge: str | None, reason: str) -> None:
    reading = read(text)
    assert (who(reading), reading.badge_id, reading.reason) == (["ann"], badge, reason)


# --- the reason -------------------------------------------------------------------------------------------

REASONS = {
    "For": ("<ann> For the release", "the release"),
    "for, after a colon": ("<ann>: for the release", "the release"),
    "for, once": ("<ann> for for loops", "for loops"),
    "forward": ("<ann> forward thinking", "forward thinking"),
    "for-profit": ("<ann> for-profit work", "for-profit work"),
    "because": ("<ann> because she helped", "she helped"),
    "because of": ("<ann> because of the release", "the release"),
    "a comma": ("<ann>, great work", "great work"),
    "a dash": ("<ann> - great work", "great work"),
    "a long dash": ("<ann> — great work", "great work"),
    "a full stop": ("<ann>. Great work", "Great work"),
    "a smile": ("<ann> :-) great work", ":-) great work"),
    "dots": ("<ann> ... great work", "... great work"),
    "C++ at the end": ("great C++ <ann>", "great C++"),
    "only for": ("<ann> for", ""),
    "only parts": ("<ann> +10 #teamwork :rocket:", ""),
    "spaces": ("<ann>  great \t work\u00a0 today ", "great work today"),
    "line breaks": ("<ann> great\nwork \n\n today", "great\nwork\n\ntoday"),
    "many line breaks": ("<ann> great\n\n \n\nwork", "great\n\nwork"),
    "line breaks of others": ("<ann> great\r\nwork\u2028today\x0bagain", "great\nwork\ntoday\nagain"),
    "a list": ("<ann> for:\n- this\n- that", "- this\n- that"),
    "decomposed letters": ("<ann> cafe\u0301", "café"),
    "control characters": ("<ann> gr\x00ea\x1bt\x7f", "great"),
    "text turned around": ("<ann> \u202egreat\u202c work", "great work"),
    "nothing to see": ("<ann> \u200b\u2060\ufeff", ""),
    "half a character": ("<ann> great\ud83d work", "great work"),
    "joiners": ("<ann> می‌خواهم 👨‍👩‍👧", "می‌خواهم 👨‍👩‍👧"),
    "a word for joining": ("<ann> and", "and"),
}


@pytest.mark.parametrize(("text", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason(text: str, reason: str) -> None:
    assert read(text).reason == reason


# --- problems ---------------------------------------------------------------------------------------------

PROBLEMS: dict[str, tuple[str, tuple[Problem, ...]]] = {
    "misspelt": ("<ann> great #teamwrok", (UnknownValue("#teamwrok", "teamwork"),)),
    "half a name": ("<ann> great work #customer", (UnknownValue("#customer", "customer"),)),
    "no such value": ("<ann> great work #xyz", (UnknownValue("#xyz", None),)),
    "no such value, in the sentence": ("<ann> the #xyz work today", (UnknownValue("#xyz", None),)),
    "two values": ("<ann> #teamwork and #customer-first", (TwoValues(("teamwork", "customer")),)),
    "two amounts": ("<ann> +10 <bob> +20 great", (TwoAmounts(("+10", "+20")),)),
    "two at the end": ("<ann> great work +10 +20", (TwoAmounts(("+10", "+20")),)),
    "two in the sentence": ("<ann> from +10 to +20 now", (TwoAmounts(("+10", "+20")),)),
    "a thousand": ("<ann> +1,000 great work", (UnclearAmount("+1,000"),)),
    "half a point": ("<ann> great work +2.5", (UnclearAmount("+2.5"),)),
    "a million": ("<ann> +1000000 great work", (UnclearAmount("+1000000"),)),
    "other digits": ("<ann> +٥ great work", (UnclearAmount("+٥"),)),
}


@pytest.mark.parametrize(("text", "problems"), PROBLEMS.values(), ids=PROBLEMS)
def test_problems(text: str, problems: tuple[Problem, ...]) -> None:
    assert read(text).problems == problems


def test_an_emoji_left_empty_is_no_badge() -> None:
    assert read_kudos(("great \U0001f3fd work",), KnownWords.of({}, {"": "nothing"})).badge_id is None


def test_of_two_amounts_or_values_none_is_taken() -> None:
    reading = read("<ann> +10 <bob> +20 #teamwork #customer-first")
    assert (reading.points, reading.value_id) == (None, None)


# --- bare names -------------------------------------------------------------------------------------------

NAMES: dict[str, tuple[str, list[tuple[list[str], int | None, str]]]] = {
    "before for": ("bob for the release", [(["~bob"], None, "the release")]),
    "after points": ("+10 bob for the release", [(["~bob"], 10, "the release")]),
    "two words, whole before points": ("Bob Smith +10 great work", [(["~Bob Smith"], 10, "great work")]),
    "before a colon": ("Bob Smith: great work", [(["~Bob Smith"], None, "great work")]),
    "before a comma": ("bob, great work", [(["~bob"], None, "great work")]),
    "a list": ("bob, ann smith and joe for all", [(["~bob", "~ann smith", "~joe"], None, "all")]),
    "points at the end": ("bob great work +10", [(["~bob"], 10, "great work")]),
    "points of the name's own edge": ("Bob +10 up to +20", [(["~Bob"], 10, "up to +20")]),
    "running into the reason": (
        "Ana María shipped it",
        [
            (["~Ana María shipped it"], None, ""),
            (["~Ana María shipped"], None, "it"),
            (["~Ana María"], None, "shipped it"),
            (["~Ana"], None, "María shipped it"),
        ],
    ),
    "and is not parted": ("bob and joe did it", [(["~bob", "~joe"], None, "did it")]),
    "not will": ("bob, will you see", [(["~bob"], None, "will you see")]),
    "going on after an @": ("@Bob Smith +10 for all", [(["~Bob Smith"], 10, "all")]),
    "beside a mention": ("<ann> @Bob Smith for all", [(["ann", "~Bob Smith"], None, "all")]),
    "two after an @": ("@Bob Smith, @Joe Doe for all", [(["~Bob Smith", "~Joe Doe"], None, "all")]),
    "two after an @, with and": ("@Bob Smith and @Joe did it", [(["~Bob Smith", "~Joe"], None, "did it")]),
    "an @ that is complete": ("@bob for the release", []),
    "a mention": ("<ann> bob for the release", []),
    "an e-mail": ("a@x.org bob for the release", []),
    "no name": ("thanks for the release", []),
    "five words": ("Ana María García López Díaz for all", [
        (["~Ana María García López"], None, "Díaz for all"),
        (["~Ana María García"], None, "López Díaz for all"),
        (["~Ana María"], None, "García López Díaz for all"),
        (["~Ana"], None, "María García López Díaz for all"),
    ]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "readings"), NAMES.values(), ids=NAMES)
def test_bare_names_are_guessed(text: str, readings: list[tuple[list[str], int | None, str]]) -> None:
    assert [(who(guess), guess.points, guess.reason) for guess in read(text).guesses] == readings


# --- promises for any text --------------------------------------------------------------------------------

PARTS = ["<ann>", "<bob>", "+10", "#teamwork", ":rocket:"]
WORDS = [
    "shipping",
    "release",
    "Grüße",
    "C++",
    "don't",
    "10:30",
    "🎉",
    "-5",
    "50%",
    "naïve",
    "C#",
    "really,",
    "ok.",
]
words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(lambda some: " ".join([*some, "today"]))
mentions = st.sampled_from(list(PEOPLE.values()))
links = st.builds(ChannelLink, st.just("C1"), st.text(max_size=10))
SHARP = st.sampled_from(
    [*PARTS, "@bob", "a@x.org", "for", "and", ",", "+1,000", "#foo", "\n", " ", "'s", "!", "🚀", ":"]
)
texts = st.text() | st.lists(SHARP | st.text(max_size=3)).map("".join) | st.lists(SHARP).map(" ".join)
pieces = st.lists(texts | mentions | links, max_size=6).map(tuple)


@pytest.mark.parametrize("order", list(permutations(["for the release", "<ann> <bob>", "+10", "#teamwork", "🚀"])))
def test_the_parts_come_in_any_order(order: tuple[str, ...]) -> None:
    assert read(" ".join(order)) == read("<ann> <bob> +10 for the release #teamwork :rocket:")


@given(words, st.permutations(PARTS), st.integers(0, len(PARTS)))
def test_a_reason_is_whole_between_any_parts(reason: str, parts: list[str], before: int) -> None:
    reading = read(" ".join([*parts[:before], "for", reason, *parts[before:]]))
    assert reading.reason == reason
    assert sorted(who(reading)) == ["ann", "bob"]
    assert (reading.points, reading.value_id, reading.badge_id) == (10, "teamwork", "rocket")


@given(st.lists(st.from_regex(r"[^\W_]+", fullmatch=True), min_size=1))
@example(["and"])
@example(["to", "and", "be"])
def test_nothing_of_plain_words_is_lost(reason: list[str]) -> None:
    expected = unicodedata.normalize("NFC", " ".join(["Dear", *reason]))
    assert read_kudos((" ".join(["Dear", *reason]),), KNOWN).reason == expected


@given(pieces)
def test_reading_never_fails_and_is_tidy(text: Typed) -> None:
    reading = read_kudos(text, KNOWN)
    for found in (reading, *reading.guesses):
        assert len(set(found.receivers)) == len(found.receivers)
        assert found.reason == found.reason.strip()
        assert "  " not in found.reason
        assert "\n\n\n" not in found.reason
        assert unicodedata.is_normalized("NFC", found.reason)
        assert found.reason.encode().decode() == found.reason
        assert found.points is None or 0 <= found.points < 10**6
    mentioned = {piece.ref for piece in text if isinstance(piece, Mentioned)}
    assert mentioned <= set(reading.receivers)


@given(pieces)
def test_every_guess_names_somebody_and_nobody_mentioned_is_lost(text: Typed) -> None:
    reading = read_kudos(text, KNOWN)
    for guess in reading.guesses:
        assert any(isinstance(receiver, NameRef) for receiver in guess.receivers)
        assert {ref for ref in reading.receivers if not isinstance(ref, NameRef)} <= set(guess.receivers)


@pytest.mark.parametrize(
    "shape", ["and ", " ", "a@", "@a.", "+1 ", "#a ", ":a", "a.", "🚀", "-", "a,", "\n", "+", "@a "]
)
def test_long_texts_take_no_longer_than_their_length(shape: str) -> None:
    read_kudos((shape * 20_000 + "x",), KNOWN)  # what grew with the square would take minutes
