"""What people typed on Slack arrives as they meant it, and pings nobody."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack.mentions import plain_text, read_text
from handlers.vocabulary import AccountRef, ChannelLink, GroupRef, Mentioned, Piece, Platform, WorkspaceRef

ACME = WorkspaceRef(Platform.SLACK, "T1")


def person(ref: str, label: str = "") -> Mentioned:
    return Mentioned(AccountRef(ACME, ref), label)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("", ()),
        ("thanks", ("thanks",)),
        ("<@U1|ann> thanks", (person("U1", "ann"), " thanks")),
        ("<@W1>", (person("W1"),)),
        ("<@U1|ann &amp; co>", (person("U1", "ann & co"),)),
        ("<!subteam^S1|@design>!", (Mentioned(GroupRef(ACME, "S1"), "@design"), "!")),
        ("<!subteam^S1>", (Mentioned(GroupRef(ACME, "S1"), ""),)),
        ("<#C1|teamwork>", (ChannelLink("C1", "teamwork"),)),
        ("<#C1|>", (ChannelLink("C1", ""),)),
        ("to <mailto:a@b.test|a@b.test> now", ("to a@b.test now",)),
        ("<https://x.test/?a=1&amp;b=2|the page>", ("https://x.test/?a=1&b=2",)),
        ("<https://x.test>", ("https://x.test",)),
        ("<!channel> <!here|here> <!everyone>", ("@channel @here @everyone",)),
        ("<!date^1790000000^{date}|18 November>", ("18 November",)),
        ("R&amp;D &lt;3", ("R&D <3",)),
        ("&amp;lt;!channel&amp;gt;", ("&lt;!channel&gt;",)),
        ("&lt;@U1&gt;", ("<@U1>",)),
        ("a < b <> c > d", ("a < b  c > d",)),
        ("<@|x> <@B1>", ("@ @B1",)),
        ("<<@U1>>", ("<", person("U1"), ">")),
    ],
)
def test_reads(text: str, pieces: tuple[Piece, ...]) -> None:
    assert read_text(text, ACME) == pieces


WIRE = st.lists(
    st.sampled_from(["<", ">", "|", "@U1", "!channel", "!subteam^S1", "#C1", "&lt;", "&amp;", "mailto:", " ", "\x00"])
    | st.text(max_size=5)
).map("".join)


@given(WIRE)
def test_whatever_comes_is_read(text: str) -> None:
    pieces = read_text(text, ACME)
    assert all(pieces), "no empty pieces"
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in pairwise(pieces))
    assert len(plain_text(text, ACME, 20)) <= 20


@given(st.text())
def test_words_come_through_escape_and_back_unchanged(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert "".join(map(str, read_text(escaped, ACME))) == words


def test_plain_text_is_what_a_person_reads() -> None:
    wire = "I  fixed\nit &lt;again&gt; <@U1|ann> <@U2> <#C1|team>"
    assert plain_text(wire, ACME, 100) == "I fixed it <again> @ann @somebody #team"
