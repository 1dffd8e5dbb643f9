"""Typed text of Teams: words and people, whatever mark-up a client puts around them."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.teams.activities import MentionEntity
from bot.teams.mentions import read_plain, read_text
from handlers.vocabulary import AccountRef, Mentioned, Platform, Typed, WorkspaceRef

TENANT = WorkspaceRef(Platform.TEAMS, "t1")
BOT = MentionEntity("28:app", "Plaudit", "<at>Plaudit</at>")
ANN = MentionEntity("29:ann", "Ann Alba", "<at>Ann Alba</at>")
BOB = MentionEntity("29:bob", "Bob", "<at>Bob</at>")
TAG = MentionEntity("MTAwOnRhZw==", "on call", "<at>on call</at>")


def typed(text: str, *mentions: MentionEntity) -> Typed:
    return read_text(text, mentions or (BOT, ANN, BOB, TAG), BOT.id, TENANT)


def mentioned(entity: MentionEntity) -> Mentioned:
    return Mentioned(AccountRef(TENANT, entity.id), entity.name)


@pytest.mark.parametrize(
    "text",
    [
        "<at>Plaudit</at> kudos <at>Ann Alba</at> thanks",
        "kudos <at>Plaudit</at><at>Ann Alba</at> thanks",
        "kudos <at>Ann Alba</at> thanks <at>Plaudit</at>",
        "<at>Plaudit</at>&nbsp;kudos <at>Ann Alba</at> thanks\n",
        '<div><p>kudos <at id="1">Ann Alba</at> thanks</p></div>',
    ],
)
def test_the_apps_own_mention_is_left_out_wherever_it_is(text: str) -> None:
    words = [piece.strip() if isinstance(piece, str) else piece for piece in typed(text)]
    assert words == ["kudos", mentioned(ANN), "thanks"]


def test_signs_that_people_typed_are_signs_again() -> None:
    assert typed("a &lt;at&gt;Bob&lt;/at&gt; &amp;amp; b") == ("a <at>Bob</at> &amp; b",)


def test_less_than_is_no_tag() -> None:
    assert typed("1 <2 and 3> 2 <y or z>") == ("1 <2 and 3> 2 <y or z>",)


def test_a_mention_shortened_to_a_first_name() -> None:
    short = MentionEntity("29:ann", "Ann Alba", "<at>Ann</at>")
    assert typed("kudos <at>Ann</at>", short) == ("kudos ", Mentioned(AccountRef(TENANT, "29:ann"), "Ann"))


def test_a_name_with_signs_in_it() -> None:
    one = MentionEntity("29:rd", "R&D <Ops>", "<at>R&amp;D &lt;Ops&gt;</at>")
    assert typed("<at>R&amp;D &lt;Ops&gt;</at> did it", one) == (mentioned(one), " did it")


def test_namesakes_stand_in_the_order_of_their_entities() -> None:
    first, second = MentionEntity("29:a1", "Ann", "<at>Ann</at>"), MentionEntity("29:a2", "Ann", "<at>Ann</at>")
    assert typed("<at>Ann</at> <at>Ann</at>", first, second) == (mentioned(first), " ", mentioned(second))


def test_somebody_mentioned_twice_is_the_same_both_times() -> None:
    assert typed("<at>Bob</at> and <at>Bob</at>") == (mentioned(BOB), " and ", mentioned(BOB))


def test_a_mention_without_a_person_is_a_typed_name() -> None:
    assert typed("kudos <at>Cleo Cruz</at> hi") == ("kudos @Cleo Cruz hi",)
    assert typed("kudos <at>on call</at>") == ("kudos @on call",)


@pytest.mark.parametrize(
    "picture",
    [
        '<emoji id="tada" alt="🎉" title="Party"></emoji>',
        '<img itemtype="http://schema.skype.com/Emoji" alt="🎉">',
        "<img alt='🎉' src='https://statics/x'/>",
        '<span title="Party" type="(tada)"><img alt="🎉"></span>',
    ],
)
def test_pictures_are_the_signs_they_show(picture: str) -> None:
    assert typed(f"well {picture} done") == ("well 🎉 done",)


def test_lines_stay_lines() -> None:
    assert typed("<p>one</p><div>two<br/>three</div>") == ("one\ntwo\nthree",)


def test_a_message_as_one_line() -> None:
    assert read_plain('<div>Hi <at id="0">Ann</at>,<br>all&nbsp;<b>well</b></div>') == "Hi Ann, all well"


MARKUP = st.lists(
    st.sampled_from(
        [
            "<at>",
            "</at>",
            '<at id="9">',
            "<at",
            "Ann Alba",
            "Bob",
            "<p>",
            "</div>",
            "<br/>",
            "&lt;",
            "&#x",
            "&nbsp;",
            '<img alt="',
            "<emoji alt='x",
            '"',
            ">",
            "<",
            '<span itemtype=skype.com/Mention itemid="1">',
            "</span>",
            "Plaudit",
            "\ud800",
            "\x00",
            " ",
            "\n",
        ]
    )
    | st.text(max_size=5),
    max_size=30,
).map("".join)


@given(MARKUP)
def test_nothing_raises_and_no_empty_piece_stays(text: str) -> None:
    pieces = typed(text)
    assert all(pieces)
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(pieces))
    assert Mentioned(AccountRef(TENANT, BOT.id), BOT.name) not in pieces
    read_plain(text)


@pytest.mark.parametrize("part", ["<at>", "<at ", '<img alt="', "<span skype.com/Mention ", "<", "&", "<emoji alt='"])
def test_long_nonsense_is_read_quickly(part: str) -> None:
    began = time.perf_counter()
    typed(part * (200_000 // len(part)))
    assert time.perf_counter() - began < 5
